"""What a run tells: stages that add up, ticks at steady intervals, totals that are right or said to be estimated."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from policymine import telling
from policymine.models import Options
from policymine.reading.expand import Inputs
from policymine.reading.sources import list_sources
from policymine.run import Request, run_extract
from policymine.telling import Event, Telling

TEXT = "澄岚市人民政府关于第{n}批示范点的意见\n到2025年，新建示范点{n}个。\n"


def _lines(count: int) -> str:
    """Records that no compression makes much smaller."""
    records = ({"text": TEXT.format(n=n), "id": hashlib.shake_256(b"%d" % n).hexdigest(400)} for n in range(count))
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def test_stages_add_up_to_the_whole() -> None:
    clock = count()
    told: list[Event] = []
    with Telling(told.append, lambda: float(next(clock)), every=60) as telling_:
        telling_.begin("mine")
        telling_.done(1, 2, source="a.txt")
        telling_.begin("write")
        stages, seconds = telling_.stages()
    assert [(event.kind, event.stage, event.done) for event in told] == [
        ("stage", "list", 0), ("stage", "mine", 0), ("done", "mine", 1), ("stage", "write", 0)
    ]
    assert list(stages) == ["list", "mine", "write"]
    assert abs(sum(stages.values()) - seconds) <= 1  # one reading of this clock
    assert all(taken > 0 for taken in stages.values())


def test_the_rate_is_that_of_the_last_half_minute_and_falls_where_nothing_happens() -> None:
    now = 0.0
    told: list[Event] = []
    telling_ = Telling(told.append, lambda: now)
    telling_.begin("mine")
    for done in range(1, 1001):  # a thousand from the cache within a second
        now += 0.001
        telling_.done(done, 2000)
    for done in range(1001, 1201):  # then two a second
        now += 0.5
        telling_.done(done, 2000)
    assert told[-1].rate == pytest.approx(2, abs=0.1)
    assert told[-1].seconds_left == pytest.approx(400, rel=0.05)
    now += 60
    telling_.done(1201, 2000)
    assert told[-1].rate is not None and told[-1].rate < 1
    telling_.begin("write")
    telling_.done(1, None)
    assert (told[-1].rate, told[-1].seconds_left) == (None, None)


def test_ticks_come_also_where_nothing_happens() -> None:
    told: list[Event] = []
    with Telling(told.append, time.perf_counter, every=0.02) as telling_:
        telling_.done(3, 9, source="a.txt")
        for _ in range(500):
            time.sleep(0.01)
            if sum(event.kind == "tick" for event in told) >= 3:
                break
    ticks = [event for event in told if event.kind == "tick"]
    assert len(ticks) >= 3
    assert {(event.done, event.total, event.source) for event in ticks} == {(3, 9, "a.txt")}
    assert sorted(event.seconds for event in ticks) == [event.seconds for event in ticks]
    after = len(told)
    time.sleep(0.1)
    assert len(told) == after


def test_the_number_of_plain_files_is_known(tmp_path: Path) -> None:
    for n in range(3):
        (tmp_path / f"{n}.txt").write_text(TEXT.format(n=n), encoding="utf-8")
    inputs = Inputs(list_sources([tmp_path]), Options())
    assert [inputs.expected() for _ in inputs] == [(3, False)] * 3


@pytest.mark.parametrize("kind", ["jsonl", "gz", "parquet"])
def test_the_number_of_records_is_estimated_and_right_at_the_end(tmp_path: Path, kind: str) -> None:
    for part in range(4):
        path = tmp_path / f"part-{part}.{kind}"
        if kind == "jsonl":
            path.write_text(_lines(500), encoding="utf-8")
        elif kind == "gz":
            path.with_suffix(".jsonl.gz").write_bytes(gzip.compress(_lines(500).encode()))
        else:
            import pyarrow as pa
            import pyarrow.parquet as pq

            rows = [json.loads(line) for line in _lines(500).splitlines()]
            pq.write_table(pa.Table.from_pylist(rows), path)
    inputs = Inputs(list_sources([tmp_path]), Options())
    told = [inputs.expected() for _ in inputs]
    assert inputs.expected() == (2000, False)
    assert all(estimated for _, estimated in told[1:])
    late = [total for total, _ in told[600:]]
    assert min(late) > 1300 and max(late) < 3000
    assert all(total >= given for given, (total, _) in enumerate(told, 1))


def test_run_json_has_the_seconds_of_each_stage(tmp_path: Path) -> None:
    (tmp_path / "set.jsonl").write_text(_lines(3), encoding="utf-8")
    told: list[Event] = []
    run_extract(Request((str(tmp_path / "set.jsonl"),), tmp_path / "out", ("csv",), 1), progress=told.append)
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert list(run["stages"]) == ["list", "mine", "compare", "link", "write"]
    assert abs(sum(run["stages"].values()) - run["seconds"]) < 0.05
    assert run["arguments"]["engine"] == "local"
    done = [event for event in told if event.kind == "done"]
    assert [(event.done, event.source) for event in done] == [(n, f"set.jsonl#{n}") for n in (1, 2, 3)]


def _extract(*arguments: str) -> tuple[int, str, list[dict[str, object]]]:
    command = [sys.executable, "-m", "policymine", "extract", *arguments, "--log-format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    return done.returncode, done.stdout, [json.loads(line) for line in done.stderr.splitlines()]


def test_the_log_is_an_object_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT.format(n=1), encoding="utf-8")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7 broken")
    code, printed, events = _extract(str(tmp_path), "--out", str(tmp_path / "out"), "--jobs", "1", "--no-cache")
    assert code == 1 and printed.startswith("files=2 ")
    assert all({"event", "stage", "seconds", "source", "counts"} <= event.keys() for event in events)
    stages = [event["stage"] for event in events if event["event"] == "stage"]
    assert stages == ["list", "mine", "compare", "link", "write"]
    [message] = [event for event in events if event["event"] == "message"]
    assert (message["source"], message["level"]) == ("b.pdf", "error")
    assert events[-1]["event"] == "end" and dict(events[-1]["counts"])["files"] == 2  # type: ignore[call-overload]
    assert list(events[-1]["stages"]) == stages  # type: ignore[call-overload]


def test_misuse_is_an_object_too(tmp_path: Path) -> None:
    code, printed, events = _extract(str(tmp_path / "none"), "--out", str(tmp_path / "out"))
    assert (code, printed) == (2, "")
    assert [event["event"] for event in events] == ["stage", "error"]
    assert "no such file or folder" in str(events[-1]["message"])


def test_the_interval_is_some_seconds() -> None:
    assert 1 <= telling.TICK <= 10
