"""A second run into the same folder takes over what did not change, and ends with the bytes of a fresh one."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from policymine import engines
from policymine import ledger as noting
from policymine.cache import Cache
from policymine.models import Options
from policymine.portions import Portion
from policymine.reading import expand as expanding
from policymine.reading.sources import Source
from policymine.run import Request, run_extract
from policymine.tables.folder import take_back

BODY = "东澜省人民政府关于加快发展的意见\n一、总体目标\n到2025年，新建观光码头{n}个，力争达到{n}0%以上。\n二、保障措施\n由省发展改革委牵头，省财政厅配合。\n"
FORMATS = ("parquet", "csv", "jsonl")
Content = dict[str, bytes]


class Place:
    """A shelf of inputs, its results, and which inputs were looked at in a run."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shelf = folder, folder / "shelf"
        self.looked: list[str] = []
        self.shelf.mkdir()
        for n in range(24):
            self.write(f"{n:03}.txt", n + 1)
        self.set("m.jsonl", range(100, 130))
        self.set("q.jsonl", range(200, 210))

    def write(self, name: str, n: int) -> None:
        (self.shelf / name).write_text(BODY.format(n=n), encoding="utf-8")

    def set(self, name: str, numbers: range) -> None:
        lines = [json.dumps({"id": n, "text": BODY.format(n=n)}, ensure_ascii=False) + "\n" for n in numbers]
        (self.shelf / name).write_text("".join(lines), encoding="utf-8")

    def run(
        self, name: str = "out", cached: bool = True, options: Options = Options(),  # noqa: B008 (frozen)
        formats: tuple[str, ...] = FORMATS, **more: object,
    ) -> Content:
        self.looked.clear()
        time.sleep(0.1)  # else the files might change again without a trace
        out = self.folder / name
        cache = self.folder / "cache" if cached else None
        run_extract(Request((str(self.shelf),), out, formats, 1, options, rejected=True, cache=cache, **more))  # type: ignore[arg-type]
        return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file() and p.name != "run.json"}

    def counts(self, name: str) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.folder / name / "run.json").read_text(encoding="utf-8"))["counts"]
        return {key: value for key, value in found.items() if key != "cached"}

    def texts(self) -> dict[str, int]:
        return {path.stem: path.stat().st_ino for path in (self.folder / "out/text").rglob("*.txt")}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name in ("policymine.run.MANY", "policymine.tables.folder.MANY"):
        monkeypatch.setattr(name, 20)
    monkeypatch.setattr("policymine.versions.comparison.KEPT_FROM", 10)
    monkeypatch.setattr(engines, "CHUNK_DOCUMENTS", 8)
    made = Place(tmp_path)
    mine = engines._mine_chunk

    def counting(chunk: list[Source], options: Options, cache: Cache | None) -> Portion:
        made.looked += [source.name for source in chunk]
        return mine(chunk, options, cache)

    monkeypatch.setattr(engines, "_mine_chunk", counting)
    return made


def _without(place: Place, *names: str) -> None:
    for name in names:
        (place.shelf / name).unlink()


CHANGES: dict[str, Callable[[Place], None]] = {
    "nothing": lambda place: None,
    "beginning": lambda place: place.write("0000.txt", 91),
    "middle": lambda place: place.write("015a.txt", 92),
    "end": lambda place: place.write("zzz.txt", 93),
    "changed": lambda place: place.write("007.txt", 94),
    "removed": lambda place: _without(place, "000.txt", "017.txt"),
    "a set comes in": lambda place: place.set("n.jsonl", range(300, 306)),
    "a set grows": lambda place: place.set("m.jsonl", range(99, 131)),
    "a set goes": lambda place: _without(place, "m.jsonl"),
    "the same earlier": lambda place: place.write("0000.txt", 9),
    "the same later": lambda place: place.write("zzz.txt", 9),
    "the same no more": lambda place: place.write("003.txt", 95),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_bytes_are_those_of_a_fresh_run(place: Place, change: str) -> None:
    shutil.copy(place.shelf / "003.txt", place.shelf / "018.txt")
    first, texts = place.run(), place.texts()
    CHANGES[change](place)
    second = place.run()
    assert len(place.looked) < 50 and ((place.looked == []) is (change == "nothing"))
    assert (second == first) is (change == "nothing")
    assert sum(texts.get(name) == inode for name, inode in place.texts().items()) > 15  # they stand where they were
    assert second == place.run("fresh", cached=False)
    assert place.counts("out") == place.counts("fresh")
    assert place.run() == second and place.looked == []  # what is taken over is noted again


def test_nothing_is_looked_at_where_nothing_changed(place: Place) -> None:
    first = place.run()
    assert len(place.looked) == 64
    assert place.run() == first and place.looked == []
    assert place.run() == first and place.looked == []


def _texts(place: Place) -> list[Path]:
    return sorted((place.folder / "out/text").rglob("*.txt"))


def _as_old(place: Place) -> None:
    _texts(place)[3].write_text("anders", encoding="utf-8")
    os.utime(_texts(place)[3], (1, 1))


def _changed(place: Place, pattern: str, old: bytes, new: bytes) -> None:
    for path in place.folder.glob(pattern):
        path.write_bytes(path.read_bytes().replace(old, new, 1))


def _deleted(place: Place, pattern: str) -> None:
    for path in place.folder.glob(pattern):
        shutil.rmtree(path)


def _changed_with_old_times(place: Place) -> None:
    path = place.shelf / "003.txt"
    was = path.stat()
    place.write("003.txt", 5)
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


SPOILT: dict[str, Callable[[Place], object]] = {
    "a text": lambda place: _texts(place)[3].write_text("anders", encoding="utf-8"),
    "a text as old as before": _as_old,
    "a text gone": lambda place: _texts(place)[3].unlink(),
    "a layout gone": lambda place: next((place.folder / "out/text").rglob("*.layout.json")).unlink(),
    "a text too many": lambda place: (place.folder / "out/text/zz.txt").touch(),
    "a table": lambda place: _changed(place, "out/terms.csv", b"1", b"7"),
    "a table gone": lambda place: (place.folder / "out/targets.parquet").unlink(),
    "the result": lambda place: _deleted(place, "out"),
    "the entries of the cache": lambda place: _deleted(place, "cache/*/??"),
    "the index": lambda place: _deleted(place, "cache/*/versions"),
    "the ledger": lambda place: _changed(place, "cache/*/results/*", b'"sha256"', b'"sha"'),
    "a line of the ledger": lambda place: _changed(place, "cache/*/results/*", b"m.jsonl#3", b"m.jsonl#4"),
    "an input with its old times": _changed_with_old_times,
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_not_as_it_was_left_is_made_anew(place: Place, what: str) -> None:
    place.run()
    SPOILT[what](place)
    assert place.run() == place.run("fresh", cached=False)
    assert place.run() == place.run("fresh", cached=False)


def test_members_of_one_name_are_told_apart(place: Place) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(place.shelf / "z.zip", "w") as archive:
        warnings.simplefilter("ignore")  # the name stands twice in it
        for n in range(30):
            archive.writestr("same.txt", BODY.format(n=400 + n))
    place.run()
    place.write("y.txt", 96)
    assert place.run() == place.run("fresh", cached=False)


def test_a_set_with_broken_records_is_read_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (place.shelf / "m.jsonl").read_text(encoding="utf-8").splitlines()
    lines[3::7] = ["{"] * len(lines[3::7])  # what they are in is not kept, so it is mined again in every run
    (place.shelf / "m.jsonl").write_text("\n".join(lines), encoding="utf-8")
    first = place.run()
    opened: list[str] = []
    expand = expanding.expand

    def counting(sources: list[Source], *more: Any) -> Iterator[Source]:
        opened.extend(source.name for source in sources)
        return expand(sources, *more)

    monkeypatch.setattr(expanding, "expand", counting)
    assert place.run() == first
    assert opened == ["m.jsonl"] and "m.jsonl#5" in place.looked and "q.jsonl#5" not in place.looked


SHUT: dict[str, tuple[str, bytes]] = {
    "without files": ("s.zip", b"PK\x05\x06" + bytes(18)),
    "damaged": ("s.zip", b"PK\x03\x04" + bytes(400)),
    "cut off": ("s.txt.gz", gzip.compress(BODY.encode() * 9)[:60]),
    "without texts": ("s.csv", b"a,b\n1,2\n3,4\n"),
}


@pytest.mark.parametrize("what", SHUT)
def test_a_collection_that_cannot_be_opened_says_the_same_again(place: Place, what: str) -> None:
    name, data = SHUT[what]
    (place.shelf / name).write_bytes(data)
    first = place.run()
    assert place.run() == first == place.run("fresh", cached=False)


def test_of_files_that_may_change_again_without_a_trace_nothing_is_taken_over(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noting, "_FINE", 10**18)
    first = place.run()
    assert place.run() == first and len(place.looked) == 64


def test_results_with_books_are_taken_over(place: Place) -> None:
    first = place.run(formats=("parquet", "xlsx"))
    assert place.run(formats=("parquet", "xlsx")) == first and place.looked == []


def test_a_ledger_that_cannot_be_written_is_none(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    first = place.run()
    place.write("023.txt", 77)
    second = place.run("fresh", cached=False)
    with monkeypatch.context() as patched:  # no room: each writing to a file that is open for reading is an OSError
        patched.setattr(noting, "open", lambda path, mode: open(path, mode) and open(path, "rb"), raising=False)  # noqa: SIM115
        assert place.run() == second and len(place.looked) < 20
    [folder] = place.folder.glob("cache/*/results")
    shutil.rmtree(folder)
    folder.touch()  # no right to
    assert place.run() == second
    assert first != second


def test_other_options_take_nothing_over(place: Place) -> None:
    place.run()
    for more in ({"options": Options(max_chars=60)}, {"options": Options(text_column="id")}, {"canonical": True}):
        assert place.run(**more) == place.run("fresh", cached=False, **more)
    first = place.run()
    assert first == place.run("fresh", cached=False)


def test_so_few_are_left_that_their_texts_stand_in_one_folder(place: Place) -> None:
    place.run()
    for path in place.shelf.glob("*.jsonl"):
        path.unlink()
    (place.shelf / "003.txt").unlink()
    for n in range(12, 24):
        (place.shelf / f"{n:03}.txt").unlink()
    second = place.run()
    assert second == place.run("fresh", cached=False)
    assert [path.parent.name for path in _texts(place)] == ["text"] * 11


def test_a_replacement_in_place_is_undone_from_wherever_it_stopped(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    first, out = place.run(), place.folder / "out"
    place.write("0000.txt", 91)
    place.write("007.txt", 92)
    moves = os.replace
    stops = 0
    for stop in range(1, 400, 9):
        left = [stop]

        def counted(source: Path, target: Path, left: list[int] = left) -> None:
            left[0] -= "out" in Path(target).parts and "new" not in Path(target).parts
            if left[0] < 0:
                raise OSError(13, "held by another program")
            moves(source, target)

        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", counted)
            try:
                second = place.run()
                break
            except OSError:
                stops += 1
        take_back(out)
        inside = [path.relative_to(out) for path in out.rglob("*") if path.is_file() and path.name != "run.json"]
        assert {path.as_posix(): (out / path).read_bytes() for path in inside if path.parts[0][0] != "."} == first, stop
    assert stops > 5
    assert second == place.run("fresh", cached=False) != first
