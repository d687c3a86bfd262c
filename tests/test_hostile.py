"""Hostile and broken files through the real command: bounded time and memory, a row and a reason each, no traceback.

Every connection is refused and noted while the command runs, and what it leaves in the folder for temporary files is
looked at: nothing is fetched, nothing is unpacked to disk.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import policymine
from hostile_files import HOSTILE, TEXT, VALID, sparse
from policymine.corpus import mine_text

MOST_BYTES = 20_000_000
MOST_MEMORY = 700
"""Megabytes that the command may take with that limit, at its peak; it takes some 310, without hostile files 150."""
MOST_SECONDS = 240
"""A quiet machine takes some 30."""
_SITE = """
import socket
def refuse(*arguments, **more):
    open({mark!r}, "a").write(repr(arguments) + chr(10))
    raise OSError("no network in this test")
for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refuse)
socket.getaddrinfo = socket.create_connection = refuse
"""
_MAIN = """
import resource, sys
from policymine.cli import main
try:
    main()
finally:
    try:
        peak = next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
    except OSError:  # no Linux: an upper bound
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 << 20 if sys.platform == "darwin" else 1 << 10)
    open({mark!r}, "w").write(str(peak))
"""
TOO_LARGE, DAMAGED, ENCRYPTED, OK = {"too-large"}, {"damaged"}, {"encrypted"}, {"ok"}
EXPECTED: dict[str, set[str]] = {
    "xml-bomb.docx": DAMAGED, "xml-square.docx": DAMAGED, "outside.docx": DAMAGED, "zip-bomb.docx": TOO_LARGE,
    "linked.docx": OK, "locked.docx": ENCRYPTED, "locked.pdf": ENCRYPTED, "locked.zip": ENCRYPTED,
    "zip-bomb.zip": {"too-large", "ok"}, "nested-bomb.zip": TOO_LARGE, "overlapping.zip": DAMAGED,
    "itself.gz": {"unsupported-format"}, "bomb.txt.gz": TOO_LARGE, "bomb.csv.gz": {"too-long"}, "bomb.bz2": TOO_LARGE,
    "bomb.xz": TOO_LARGE, "bomb.tar.gz": {"too-large", "binary"}, "greedy.xz": DAMAGED, "huge.tar": {"too-large", "damaged"},
    "links.tar": {"unsupported-format"}, "climbing.tar": OK, "climbing.zip": OK, "sheet-bomb.xlsx": TOO_LARGE,
    "xml-bomb.xlsx": DAMAGED, "table.parquet": DAMAGED, "outside.html": OK, "spans.html": OK, "attributes.html": OK,
    "quotes.csv": {"too-long"}, "deep.jsonl": {"damaged", "ok"}, "lying.txt": OK, "lying.pdf": OK, "lying.docx": OK,
    "lying.html": OK, "lying.zip": OK, "lying.csv": {"binary"}, "empty.zip": {"empty"}, "empty.docx": OK,
    "huge.txt": {"too-long"}, "huge.pdf": TOO_LARGE, "huge.csv": {"too-long"}, "huge.zip": DAMAGED, "good.txt": OK,
}


@dataclass(frozen=True)
class _Run:
    """What the command made of a folder."""

    code: int
    errors: str
    rows: dict[str, list[dict[str, object]]]
    megabytes: int
    seconds: float
    fetched: str
    left: list[str]


def _run(folder: Path, place: Path, *arguments: str) -> _Run:
    site, temporary, out = place / "site", place / "temporary", place / "out"
    for made in (site, temporary):
        made.mkdir()
    (site / "sitecustomize.py").write_text(_SITE.format(mark=str(place / "fetched")), encoding="utf-8")
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join((str(site), str(Path(policymine.__file__).parents[1]))),
        "TMPDIR": str(temporary), "TEMP": str(temporary),
    }
    command = [sys.executable, "-c", _MAIN.format(mark=str(place / "peak")), "extract", str(folder), "--out", str(out)]
    started = time.perf_counter()
    done = subprocess.run(
        [*command, "--no-cache", "--format", "jsonl", *arguments], env=environment, cwd=temporary, check=False,
        capture_output=True, encoding="utf-8", timeout=MOST_SECONDS,
    )
    seconds = time.perf_counter() - started
    rows: dict[str, list[dict[str, object]]] = {}
    for table in ("files", "documents", "issues", "targets", "fields"):
        lines = (out / f"{table}.jsonl").read_text(encoding="utf-8").splitlines() if out.exists() else []
        rows[table] = [json.loads(line) for line in lines]
    fetched = (place / "fetched").read_text() if (place / "fetched").exists() else ""
    left = sorted(path.name for path in temporary.rglob("*"))
    return _Run(done.returncode, done.stderr, rows, int((place / "peak").read_text()), seconds, fetched, left)


def _statuses(run: _Run) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in run.rows["files"]:
        source = str(row["source"])
        found[source.partition("!/")[0].partition("#")[0]].add(str(row["status"]))
    return found


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Run]:
    place = tmp_path_factory.mktemp("hostile")
    folder = place / "files"
    folder.mkdir()
    for name, make in HOSTILE.items():
        (folder / name).write_bytes(make())
    (folder / "good.txt").write_text(TEXT, encoding="utf-8")
    sparse(folder / "huge.txt", TEXT.encode(), 2 << 30)
    for name, head in (("huge.pdf", b"%PDF-1.7\n"), ("huge.csv", b"id,text\n1,"), ("huge.zip", b"PK\x03\x04")):
        sparse(folder / name, head, 300 << 20)
    yield _run(folder, place, "--max-bytes", str(MOST_BYTES), "--jobs", "1")
    for path in folder.iterdir():
        path.unlink()


def test_every_file_is_a_row_with_its_status(hostile: _Run) -> None:
    found = _statuses(hostile)
    assert set(found) == {*HOSTILE, "good.txt", "huge.txt", "huge.pdf", "huge.csv", "huge.zip"}
    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert {name for name in found if name.endswith(".ofd") and "ok" in found[name]} == set()
    assert set().union(*found.values()) <= {
        "ok", "damaged", "too-large", "too-long", "encrypted", "binary", "empty", "unsupported-format",
    }


def test_every_file_that_is_not_read_has_a_reason_and_a_remedy(hostile: _Run) -> None:
    told = {row["doc_id"] or row["source"]: str(row["message"]) for row in hostile.rows["issues"]}
    for row in hostile.rows["files"]:
        assert row["status"] == "ok" or len(told[row["doc_id"] or row["source"]].split(". ")) > 1, row
    assert hostile.code == 1 and "Traceback" not in hostile.errors


def test_the_rest_of_the_batch_is_unharmed(hostile: _Run) -> None:
    [good] = [row for row in hostile.rows["files"] if row["source"] == "good.txt"]
    targets = [row for row in hostile.rows["targets"] if row["doc_id"] == good["doc_id"]]
    assert [(row["value"], row["indicator"]) for row in targets] == [
        (row["value"], row["indicator"]) for row in mine_text(TEXT).rows("targets")
    ]
    assert len(targets) == 1


def test_time_and_memory_are_bounded(hostile: _Run) -> None:
    assert hostile.megabytes < MOST_MEMORY, f"{hostile.megabytes} MB"
    assert hostile.seconds < MOST_SECONDS, f"{hostile.seconds} s"


def test_nothing_is_fetched_followed_or_unpacked(hostile: _Run) -> None:
    assert hostile.fetched == ""
    assert hostile.left == []
    assert not Path("/tmp/climbed.txt").exists()
    secrets = Path("/etc/passwd").read_text(encoding="utf-8") if Path("/etc/passwd").exists() else "root:"
    assert secrets[:20] not in json.dumps(hostile.rows, ensure_ascii=False)


def _broken(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """A file cut at several places, and with some of its bytes changed, dropped or doubled; the same in every run."""
    chance = random.Random(name)
    for part in (0.02, 0.3, 0.5, 0.8, 0.97):
        yield f"cut-{part}-{name}", data[: int(len(data) * part)]
    yield f"cut-last-{name}", data[:-1]
    for n in range(8):
        changed = bytearray(data)
        for _ in range(chance.choice((1, 3, 30))):
            at = chance.randrange(len(changed))
            kind = chance.randrange(4)
            if kind == 0:
                changed[at] = chance.randrange(256)
            elif kind == 1:
                changed[at] ^= 1 << chance.randrange(8)
            elif kind == 2:
                del changed[at : at + chance.randrange(1, 9)]
            else:
                changed[at:at] = changed[at : at + chance.randrange(1, 200)]
        yield f"mutated-{n}-{name}", bytes(changed)


def test_broken_files_of_every_format(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    names = []
    for name, make in VALID.items():
        for broken, data in _broken(name, make()):
            (folder / broken).write_bytes(data)
            names.append(broken)
        (folder / f"whole-{name}").write_bytes(make())
    run = _run(folder, tmp_path, "--jobs", "2")
    assert run.code in (0, 1) and "Traceback" not in run.errors
    found = _statuses(run)
    assert set(found) == {*names, *(f"whole-{name}" for name in VALID)}
    whole = {name: statuses for name, statuses in found.items() if name.startswith("whole-") and not name.endswith(".ofd")}
    assert whole == dict.fromkeys(whole, {"ok"})
    assert "failed" not in set().union(*found.values()), [row for row in run.rows["issues"] if row["code"] == "document-failed"]
    told = {row["doc_id"] or row["source"] for row in run.rows["issues"]}
    assert [row for row in run.rows["files"] if row["status"] != "ok" and (row["doc_id"] or row["source"]) not in told] == []
    assert run.fetched == "" and run.left == []
