"""A run that is killed, finds no room on the disk or loses a worker: nothing half written appears, and the next run ends
with the same bytes as an undisturbed one."""

from __future__ import annotations

import csv
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import policymine
from policymine.tables.replacing import MARK, replace_files, undo
from samples import RAW, SLOW, sample_text

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX systems")
FORMATS = "parquet,csv,jsonl"
# The command with workers and an index of versions in the cache even for few documents. With STEP in the environment
# it kills itself and its workers just before so many changes of the file system below HERE, whichever process makes
# them; with FULL, that change finds no room instead. With DEADLY, a worker dies that opens a file of this name.
PROGRAM = """
import errno, os, signal, sys
from policymine import engines
from policymine.versions import comparison
if __name__ == "__main__":
    engines.SMALL, engines.CHUNK_DOCUMENTS, comparison.KEPT_FROM = -1, 4, 10
    from policymine.cli import main
    main()
"""
SITE = """
import errno, os, signal, sys
here, counter = os.environ["HERE"], os.environ["COUNTER"]
step, full, deadly = (os.environ.get(name) for name in ("STEP", "FULL", "DEADLY"))
worker = any("spawn_main" in argument for argument in sys.orig_argv)
if limit := os.environ.get("WORKER_MEMORY"):
    import resource
    if worker:
        resource.setrlimit(resource.RLIMIT_AS, (int(limit), int(limit)))
changes = {"os.rename": 0, "os.remove": 0, "os.mkdir": 0, "os.rmdir": 0, "open": 0, "shutil.rmtree": 0}
busy = False
def hook(event, arguments):
    global busy
    if event not in changes or busy:
        return
    path = os.fspath(arguments[0]) if isinstance(arguments[0], (str, os.PathLike)) else ""
    if deadly and worker and event == "open" and path.endswith(deadly):
        os.kill(os.getpid(), signal.SIGKILL)
    if event == "open" and not (isinstance(arguments[1], str) and set(arguments[1]) & set("wax+") or arguments[2] & 3):
        return
    if not os.path.abspath(path).startswith(here):
        return
    busy = True
    try:
        file = os.open(counter, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, b".")
        count = os.fstat(file).st_size
        os.close(file)
    finally:
        busy = False
    if step and count >= int(step):  # two processes may count at once, and neither see that number
        os.killpg(0, signal.SIGKILL)
    if full and (count >= int(full) and event in ("open", "os.mkdir") or count == int(full) and event == "os.rename"):
        raise OSError(errno.ENOSPC, "No space left on device", path)
sys.addaudithook(hook)
"""


class Place:
    """A folder with documents, and room for results, a cache and temporary files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shelf, self.out = folder, folder / "shelf", folder / "made" / "out"
        self.made, self.temporary, self.site = folder / "made", folder / "temporary", folder / "site"
        for made in (self.shelf, self.made, self.temporary, self.site):
            made.mkdir()
        (self.site / "sitecustomize.py").write_text(SITE, encoding="utf-8")
        (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
        self.arguments = ("extract", self.shelf, "--out", self.out, "--cache", self.made / "cache", "--jobs", 2, "--format", FORMATS, "-q")

    def fill(self, copies: int) -> None:
        """Every sample, the texts with another year and another last line in each copy."""
        for n in range(copies):
            for path in sorted(RAW.iterdir()):
                data = path.read_bytes()
                if path.suffix == ".txt":
                    data = (sample_text(path.stem).replace("2025", str(2024 + n)) + f"\n到2027年，新建灯塔{n + 2}座。\n").encode()
                if path.suffix != ".pdf" or n == 0:
                    (self.shelf / f"{n}-{path.name}").write_bytes(data)

    def start(self, *more: object, preexec: object = None, **environment: object) -> subprocess.Popen[str]:
        (self.folder / "counter").unlink(missing_ok=True)
        paths = os.pathsep.join((str(self.site), str(Path(policymine.__file__).parents[1])))
        command = [sys.executable, str(self.folder / "program.py"), *map(str, (*self.arguments, *more))]
        return subprocess.Popen(
            command, env={
                **os.environ, "PYTHONPATH": paths, "HERE": str(self.made), "COUNTER": str(self.folder / "counter"),
                "TMPDIR": str(self.temporary), **{name: str(value) for name, value in environment.items()},
            },
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True, preexec_fn=preexec,  # type: ignore[call-overload]
        )

    def run(self, *more: object, preexec: object = None, **environment: object) -> tuple[int, str]:
        """Run to the end; the exit code and what was said, which is never a traceback."""
        process = self.start(*more, preexec=preexec, **environment)
        try:
            _, errors = process.communicate(timeout=240)
        finally:
            _kill(process)
        assert "Traceback" not in errors, errors
        return process.returncode, errors

    def steps(self) -> int:
        """How many changes of the file system the last run made."""
        return (self.folder / "counter").stat().st_size

    def result(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes()
            for path in sorted(self.out.rglob("*")) if path.is_file() and path.name not in ("run.json", ".policymine-lock")  # which the next run takes away
        }

    def left(self) -> list[str]:
        """What is there that should not be: temporary and hidden files."""
        names = [path.relative_to(self.folder).as_posix() for path in self.temporary.rglob("*")]
        return names + [
            path.relative_to(self.folder).as_posix() for path in self.made.rglob("*")
            if path.name.startswith((".", "unfinished", "spilled")) or path.name.endswith(".part")
        ]

    def clear(self) -> None:
        shutil.rmtree(self.made)
        self.made.mkdir()


def _kill(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("killed"))
    place.fill(4 if SLOW else 1)
    yield place
    shutil.rmtree(place.folder)


@pytest.fixture(scope="module")
def undisturbed(place: Place) -> tuple[dict[str, bytes], int, float]:
    """What a run gives that nothing disturbs, how many changes it makes and how long it takes."""
    began = time.monotonic()
    assert place.run() == (0, "")
    assert place.left() == []
    return place.result(), place.steps(), time.monotonic() - began


def _moments(steps: int) -> list[int]:
    """Changes of the file system before which a run is killed: some at random, some while the result is put in place."""
    chance = random.Random(7)
    return sorted({*chance.sample(range(1, steps), 20 if SLOW else 2), *chance.sample(range(steps - 70, steps), 20 if SLOW else 1)})


def test_a_run_killed_at_any_step_is_gone_on_with(place: Place, undisturbed: tuple[dict[str, bytes], int, float]) -> None:
    whole, steps, _ = undisturbed
    for step in _moments(steps):
        place.clear()
        assert place.run(STEP=step)[0] == -signal.SIGKILL, step
        there = {name: data for name, data in place.result().items() if name != MARK}  # the mark is the last to go
        assert "datapackage.json" not in there or there == whole
        assert place.run() == (0, "")
        assert place.result() == whole, step
        assert place.left() == [], step


@pytest.mark.slow
@pytest.mark.skipif(not SLOW, reason="some minutes; make test-full runs it")
@pytest.mark.parametrize("moment", range(20))
def test_a_run_killed_at_any_time_is_gone_on_with(place: Place, undisturbed: tuple[dict[str, bytes], int, float], moment: int) -> None:
    whole, _, seconds = undisturbed
    place.clear()
    process = place.start()
    time.sleep(random.Random(moment).uniform(0.1, 1.0) * seconds)
    _kill(process)
    assert place.run() == (0, "")
    assert place.result() == whole
    assert place.left() == []


def test_what_was_there_is_put_back_after_a_kill(tmp_path: Path) -> None:
    """Killed while one result takes the place of another, and then added to: nothing of the earlier one is lost."""
    place = Place(tmp_path)
    (place.shelf / "a.txt").write_text("一、目标\n到2025年，新建观光码头12个。\n", encoding="utf-8")
    assert place.run() == (0, "")
    (place.shelf / "a.txt").unlink()
    (place.shelf / "b.txt").write_text("一、目标\n到2026年，新建灯塔7座。\n", encoding="utf-8")
    assert place.run("--append") == (0, "")
    whole, steps = place.result(), place.steps()
    (place.shelf / "c.txt").write_text("一、目标\n到2027年，新建渔港3座。\n", encoding="utf-8")
    for step in range(steps - 50, steps - 1, 3 if SLOW else 60):
        if place.run("--append", STEP=step)[0] == 0:
            break
        assert place.run("--append") == (0, "")
        rows = list(csv.DictReader((place.out / "files.csv").read_text(encoding="utf-8-sig").splitlines()))
        assert [row["source"] for row in rows] == ["a.txt", "b.txt", "c.txt"], step
        assert place.left() == []
    assert len(place.result()) == len(whole) + 1


def test_a_replacement_is_undone_from_wherever_it_stopped(tmp_path: Path) -> None:
    out, work = tmp_path / "out", tmp_path / "out" / ".policymine-tmp-1"
    names = ("a", "b", "c", "last")

    def prepare(old: tuple[str, ...]) -> None:
        shutil.rmtree(out, ignore_errors=True)
        for folder in (work / "new", work / "old"):
            folder.mkdir(parents=True)
        for name in ("b", "c", "last"):
            (work / "new" / name).write_text("new", encoding="utf-8")
        for name in (*old, "foreign"):
            (out / name).write_text("old", encoding="utf-8")

    def content() -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in out.iterdir() if path.is_file()}

    moves = os.replace
    for old in ((), ("a", "b", "last")):
        before = dict.fromkeys((*old, "foreign"), "old")
        for stop in range(8):
            for again in (None, 0, 2):  # the undoing is stopped too, and done once more
                prepare(old)
                left = [stop]

                error = KeyboardInterrupt() if again is None else OSError(errno.EACCES, "held by another program")

                def counted(source: Path, target: Path, left: list[int] = left, error: BaseException = error) -> None:
                    left[0] -= 1
                    if left[0] < 0:
                        raise error
                    moves(source, target)

                with pytest.MonkeyPatch.context() as patched:
                    patched.setattr(os, "replace", counted)
                    try:
                        replace_files(out, work, names, "last")
                    except (OSError, KeyboardInterrupt):
                        pass
                    else:
                        assert content() == {"b": "new", "c": "new", "last": "new", "foreign": "old"}
                        continue
                    if again is not None:
                        left[0] = again
                        with suppress(OSError):
                            undo(out)
                undo(out)
                assert content() == before, (old, stop, again)
                assert not (out / MARK).exists()


def test_a_mark_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / "victim" / "new").mkdir(parents=True)
    (tmp_path / "victim" / "new" / "z").touch()
    out.mkdir()
    (out / "a").touch()
    for plan in (
        {"work": "../victim", "new": ["a", "z"], "old": []}, {"work": ".policymine-tmp-1", "new": ["../a"], "old": []}, {"work": 1}, [], "x",
    ):
        (out / MARK).write_text(json.dumps(plan), encoding="utf-8")
        undo(out)
        assert (out / "a").exists() and not (tmp_path / "victim" / "new" / "a").exists()


# ---- no room


def test_a_disk_that_is_full_at_any_step(place: Place, undisturbed: tuple[dict[str, bytes], int, float]) -> None:
    """Whatever cannot be made, or moved: a message and 1, and no result."""
    _, steps, _ = undisturbed
    chance = random.Random(3)
    for step in [*sorted(chance.sample(range(1, steps), 12 if SLOW else 1)), steps - 20]:
        place.clear()
        code, said = place.run(FULL=step)
        assert code in (1, 2) and "No space left on device" in said and said.count("\n") == 1, (step, code, said)
        assert not place.out.exists() or not [path for path in place.out.iterdir() if not path.name.startswith(".")], step


def test_files_that_may_not_grow(place: Place, undisturbed: tuple[dict[str, bytes], int, float]) -> None:
    import resource

    whole, _, _ = undisturbed
    for most in (3_000, 40_000) if SLOW else (40_000,):
        place.clear()

        def limit(most: int = most) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        code, said = place.run(preexec=limit)
        assert (code, said.count("\n")) == (1, 1) and "nothing was written; make room there" in said, said
        assert not place.out.exists()
    assert place.run() == (0, "")
    assert place.result() == whole


@pytest.mark.parametrize("formats", ["parquet,csv", "jsonl,xlsx,duckdb"] if SLOW else ["parquet,csv,xlsx,duckdb"])
def test_a_small_disk(tmp_path: Path, formats: str) -> None:
    """A file system in memory, the result before and after; what was there stays."""
    place = Place(tmp_path)
    (place.shelf / "a.txt").write_text("一、目标\n到2025年，新建观光码头12个。\n", encoding="utf-8")
    size = 12_000_000
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place.made], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        assert place.run("--format", formats) == (0, "")
        earlier = place.result()
        place.fill(1)
        filler = place.made / "filler"
        for room in (20_000, 150_000, 400_000, 900_000) if SLOW else (20_000, 600_000):
            free = shutil.disk_usage(place.made).free + (filler.stat().st_size if filler.exists() else 0)
            filler.write_bytes(b"x" * (free - room))
            code, said = place.run("--format", formats)
            assert (code, said.count("\n")) == (1, 1) and "nothing was written" in said, (room, said)
            assert place.result() == earlier
            assert place.left() == []
        filler.unlink()
        assert place.run("--format", formats) == (0, "")
        assert len(place.result()) > len(earlier)
    finally:
        subprocess.run(["umount", place.made], check=False)


# ---- a worker that dies


def _statuses(place: Place) -> dict[str, str]:
    rows = csv.DictReader((place.out / "files.csv").read_text(encoding="utf-8-sig").splitlines())
    return {row["source"]: row["status"] for row in rows}


def test_a_worker_killed_once_is_no_matter(place: Place, undisturbed: tuple[dict[str, bytes], int, float]) -> None:
    whole, _, _ = undisturbed
    place.clear()
    process = place.start()
    try:
        killed = 0
        for _ in range(2000):
            for child in _children(process.pid):
                if not killed and len(list(place.made.glob("cache/*/*/*"))) > 3:
                    os.kill(child, signal.SIGKILL)
                    killed = child
            if killed or process.poll() is not None:
                break
            time.sleep(0.01)
        _, said = process.communicate(timeout=240)
    finally:
        _kill(process)
    assert (process.returncode, said, killed > 0) == (0, "", True)
    assert place.result() == whole
    assert place.left() == []


def _children(parent: int) -> list[int]:
    """The workers of a process."""
    if not Path("/proc/self/task").exists():
        pytest.skip("no /proc here")
    found = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        for child in (task / "children").read_text().split():
            try:
                command = Path(f"/proc/{child}/cmdline").read_bytes()
            except OSError:
                continue
            if b"spawn_main" in command:
                found.append(int(child))
    return found


def test_a_document_that_kills_its_worker_harms_no_other(place: Place, undisturbed: tuple[dict[str, bytes], int, float]) -> None:
    place.clear()
    name = sorted(path.name for path in place.shelf.glob("*.txt"))[5]
    code, said = place.run(DEADLY=name)
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith(f"policymine: {name}: error: the process that mined it was ended by the system; it may need more memory")
    assert {source for source, status in _statuses(place).items() if status != "ok"} == {name}
    documents = list(csv.DictReader((place.out / "documents.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["status"] for row in documents if row["source"] == name] == ["failed"]
    assert place.left() == []
    assert place.run() == (0, "")  # what failed is tried again
    assert place.result() == undisturbed[0]


@pytest.mark.slow
@pytest.mark.skipif(not SLOW, reason="a minute; make test-full runs it")
def test_a_document_too_large_for_the_memory_harms_no_other(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.fill(1)
    lines = (f"（{n}）改造旧港。到2025年，新建观光码头{n}个。（市财政局牵头，市教育局配合）\n" for n in range(1, 60_000))
    (place.shelf / "0-large.txt").write_text("一、目标\n" + "".join(lines), encoding="utf-8")
    code, said = place.run(WORKER_MEMORY=600 << 20)
    assert code == 1 and "policymine: 0-large.txt: error: " in said, said
    assert {source for source, status in _statuses(place).items() if status != "ok"} == {"0-large.txt"}
    assert place.left() == []
