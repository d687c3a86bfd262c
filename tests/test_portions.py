"""Portions: what is sent, kept and written are the same rows, and a run in which little changed takes the rest as it is."""

from __future__ import annotations

import csv
import io
import itertools
import json
import pickle
import threading
import unittest.mock
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policymine import engines
from policymine.cache import Cache, open_cache
from policymine.engines import _chunks, mine_portions, mine_source
from policymine.models import Options
from policymine.portions import PACKED, Portion, portion_from, portion_of
from policymine.reading import read_document
from policymine.reading.sources import Source, list_sources
from policymine.run import Request, run_extract
from policymine.tables import lines, write
from policymine.tables.behind import MOST, Behind
from policymine.tables.columns import BatchRows, batch_of, joined_batch
from policymine.tables.lines import csv_lines, json_lines
from policymine.tables.schema import BOOLEAN, INTEGER, STRING, TABLES, Row
from policymine.tables.waiting import WaitingRows

BODY = "澄岚市人民政府关于第{n}批示范点的意见\n一、目标\n到2025年，新建示范点{n}个。（市教育局牵头，市财政局配合）\n"
TARGETS = TABLES["targets"]
_VALUES = {STRING: st.text(), INTEGER: st.integers(-(2**63), 2**63 - 1), BOOLEAN: st.booleans()}
ROWS = st.lists(
    st.fixed_dictionaries({
        column.name: st.none() | _VALUES.get(column.type, st.floats(allow_nan=False, allow_infinity=False))
        for column in TARGETS.columns
    }).map(lambda row: {name: row[name] for name in TARGETS.names}),
    min_size=1, max_size=4,
)


def _number(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


few_or_many = pytest.mark.parametrize("many", [False, True], ids=["few", "many"])


@few_or_many
@settings(deadline=None, max_examples=60)
@given(rows=ROWS)
def test_csv_is_what_a_csv_writer_writes(many: bool, rows: list[Row]) -> None:
    """Whatever stands in the cells: csv.writer is the judge, but that it leaves a carriage return unquoted before 3.13."""
    with unittest.mock.patch.object(lines, "_are_few", lambda batch: not many):
        written = bytes(csv_lines(batch_of(rows, TARGETS)).data).decode()
    shown = [["" if v is None else str(v).lower() if isinstance(v, bool) else str(_number(v)) for v in row.values()] for row in rows]
    assert list(csv.reader(io.StringIO(written, newline=""), strict=True)) == shown
    if not any("\r" in cell for line in shown for cell in line):
        judge = io.StringIO(newline="")
        csv.writer(judge, lineterminator="\n").writerows(shown)
        assert written == judge.getvalue()


@few_or_many
@settings(deadline=None, max_examples=60)
@given(rows=ROWS)
def test_json_is_what_json_writes(many: bool, rows: list[Row]) -> None:
    with unittest.mock.patch.object(lines, "_are_few", lambda batch: not many):
        written = bytes(json_lines("targets", batch_of(rows, TARGETS)).data).decode()
    assert len(written.splitlines()) == len(rows)
    numbers = [{name: _number(value) for name, value in row.items()} for row in rows]
    assert [json.loads(line) for line in written.splitlines()] == numbers
    plain = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in numbers)
    for mark in "\x85\u2028\u2029":
        plain = plain.replace(mark, f"\\u{ord(mark):04x}")
    assert written == plain


@pytest.mark.parametrize("made", [write._csv, write._jsonl])
@few_or_many
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(portions=st.lists(ROWS, min_size=1, max_size=4), piece=st.integers(1, 400))
def test_lines_made_in_pieces_are_the_same_and_so_are_their_marks(
    many: bool, made: Callable[[Path, str], write.LinesWriter], portions: list[list[Row]], piece: int, tmp_path: Path
) -> None:
    """However little is made at once, also where a portion begins or ends within a piece."""
    written = []
    with unittest.mock.patch.object(lines, "_are_few", lambda batch: not many):
        for size in (lines.PIECE, piece):
            with unittest.mock.patch.object(lines, "PIECE", size):
                writer = made(tmp_path / "targets.csv", "targets")
                writer.add(joined_batch(portions, TARGETS), itertools.accumulate(map(len, portions)))
                writer.close()
            written.append(((tmp_path / "targets.csv").read_bytes(), writer.marks.rows, writer.marks.places))
    assert written[0] == written[1]


@settings(deadline=None, max_examples=40)
@given(ROWS, ROWS)
def test_rows_are_the_same_in_a_batch(one: list[Row], other: list[Row]) -> None:
    joined = BatchRows(joined_batch([one, [], BatchRows(batch_of(other, TARGETS))], TARGETS))
    assert joined == one + other
    assert list(joined[1:]) == (one + other)[1:] and joined[0] == one[0] and joined[::-1] == (one + other)[::-1]


def _sources(count: int) -> list[Source]:
    made = []
    for n in range(count):
        raw = read_document(BODY.format(n=n + 1).encode(), f"{n:03}.txt")
        made.append(Source(raw.source, None, raw))
    return made


def test_a_portion_is_the_same_as_bytes() -> None:
    mined = [mine_source(source, Options()) for source in [*_sources(3), Source("gone", "/nowhere/at/all")]]
    portion = portion_of(mined)
    again = portion_from(portion.to_bytes())
    sent: Portion = pickle.loads(pickle.dumps(portion))
    assert again.inputs != portion.inputs == sent.inputs  # who was cached is sent, and not kept
    assert [one.cached for one in again.inputs] == [None] * 4
    for table in PACKED:
        assert portion.batches[table].equals(again.batches[table]) and again.batches[table].equals(sent.batches[table])
    assert sent.mined()[:3] == mined[:3]
    assert sent.mined()[3].rows.file == mined[3].rows.file and sent.mined()[3].rows.document is None
    assert [len(again.rows("files", k, k + 1)) for k in range(4)] == [1] * 4
    assert [len(again.rows("documents", k, k + 1)) for k in range(4)] == [1, 1, 1, 0]


def test_what_waits_in_a_file_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policymine.tables.waiting._PORTION", 3)
    rows = [{"doc_id": str(n), "term": "码头", "pos": None, "count": n} for n in range(8)]
    waiting = WaitingRows("terms")
    for row in rows:
        waiting.add([row])
    assert len(waiting) == 8
    assert [row for some in waiting for row in some] == rows == [row for some in waiting for row in some]
    waiting.clear()
    assert (len(waiting), list(waiting)) == (0, [])
    for row in rows[:4]:
        waiting.add([row])
    assert [row for some in waiting for row in some] == rows[:4]
    waiting.close()


# ---- a second run


def _boundaries(names: Sequence[str]) -> set[str]:
    return {chunk[-1].name for chunk in _chunks(Source(name, None) for name in names)}


@pytest.mark.parametrize("place", [0, 150, 300])
def test_what_comes_in_changes_the_chunks_around_it_only(place: int) -> None:
    names = [f"{n:05}.txt" for n in range(300)]
    before, after = _boundaries(names), _boundaries([*names[:place], "neu.txt", *names[place:]])
    assert len(before) > 12
    assert len(before ^ after) <= 6


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of documents that were looked up one by one, or mined."""
    looked: list[str] = []
    single = engines.mine_source

    def counting(source: Source, options: Options, cache: Cache | None = None) -> object:
        looked.append(source.name)
        return single(source, options, cache)

    monkeypatch.setattr(engines, "mine_source", counting)
    return looked


def test_unchanged_portions_are_taken_as_they_are(tmp_path: Path, counted: list[str]) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for n in range(60):
        (shelf / f"{n:03}.txt").write_text(BODY.format(n=n + 1), encoding="utf-8")
    cache = open_cache(tmp_path / "cache", Options())

    def run() -> int:
        counted.clear()
        list(mine_portions(list_sources([shelf]), Options(), 1, cache))
        return len(counted)

    assert run() == 60
    assert run() == 0
    (shelf / "000a.txt").write_text(BODY.format(n=99), encoding="utf-8")
    assert 0 < run() < 60
    assert run() == 0


CHANGES = {
    "beginning": {"0000.txt": 91}, "middle": {"015a.txt": 92}, "end": {"zzz.txt": 93}, "changed": {"007.txt": 94}, "removed": {"000.txt": None, "031.txt": None},
    "twice": {"020a.txt": 1, "zzz.txt": 1},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_second_run_ends_with_the_bytes_of_an_undisturbed_one(tmp_path: Path, change: str) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for n in range(32):
        (shelf / f"{n:03}.txt").write_text(BODY.format(n=n + 1), encoding="utf-8")

    def run(name: str, cache: Path | None, options: Options = Options()) -> dict[str, bytes]:  # noqa: B008 (frozen)
        out = tmp_path / name
        run_extract(Request((str(shelf),), out, ("parquet", "csv", "jsonl"), 1, options, rejected=True, cache=cache))
        return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file() and p.name != "run.json"}

    first = run("first", tmp_path / "cache")
    for name, n in CHANGES[change].items():
        if n is None:
            (shelf / name).unlink()
        else:
            (shelf / name).write_text(BODY.format(n=n), encoding="utf-8")
    second = run("first", tmp_path / "cache")
    assert second != first
    assert second == run("none", None)
    if change == "changed":
        assert run("first", tmp_path / "cache", Options(max_chars=50)) == run("none", None, Options(max_chars=50)) != second


# ---- writing behind


def test_an_error_behind_is_told_and_nothing_is_done_after_it() -> None:
    behind, done = Behind(), []
    gate = threading.Event()

    def fail() -> None:
        gate.wait(10)
        raise OSError(28, "No space left on device")

    behind.do(fail)
    behind.do(done.append, 1)
    gate.set()
    with pytest.raises(OSError, match="No space"):
        for _ in range(2 * MOST):
            behind.do(done.append, 2)
        behind.wait()
    behind.stop()
    assert done == []
