"""Hostile input and a hostile system: everything ends soon, with a message and an exit code, never with a traceback."""

from __future__ import annotations

import importlib
import os
import pkgutil
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import policymine
from policymine.corpus import mine
from policymine.engines import Mined, mine_raw
from policymine.lexicon.files import read_rules
from policymine.models import Options
from policymine.reading import read_document
from policymine.reading.sources import list_sources
from policymine.tables.lock import FolderLock

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(policymine.__file__).parents[1])}
POSIX = pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX systems")
TEXT = "一、目标\n到2025年，新建观光码头{n}个。（市财政局牵头，市教育局配合）\n"
UNITS = (
    "（", "）", "《", "《〈〉", "〈〉", "“", "〔", "一、", "（一）", "1.", "1.部门", "一、\n", "——\n", "2020年", "2020年1月1日\n", "、", " ", "\n", "\u3000", "。",
    "，", "10个", "5%", "不少于3个", "前三", "翻一番", "百分之", "较", "比2010年的", "市", "厅", "委员会", "市财政局、", "各县（市、区）", "（市财政局牵头）",
    "由市财政局会同", "责任单位：市财政局\n", "根据《甲》", "办公室设在", "领导小组", "年底前", "3年内", "“十四五”期间", "每年", "打印  ", "来源：", "1", "a", "到2025年，新建3个。\n",
    "附件1\n", "简称“", "\ufeff", "\x00", "\u2028", "𠀀", "\ue000",
)


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """Ends what takes longer with an error (where the system has alarms), also inside a regular expression."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def late(*_: object) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _mine(text: str) -> Mined:
    return mine_raw(read_document(text.encode("utf-8", "surrogatepass"), "a.txt"), Options())


def _run(*arguments: object, **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "policymine", *map(str, arguments)]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": ENVIRONMENT, "encoding": "utf-8", "timeout": 120}
    done: subprocess.CompletedProcess[str] = subprocess.run(command, **{**options, **more}, check=False)  # type: ignore[call-overload]
    assert "Traceback" not in (done.stderr or ""), done.stderr
    return done


@pytest.mark.parametrize("unit", UNITS, ids=ascii)
def test_one_thing_again_and_again(unit: str) -> None:
    _mine(TEXT.format(n=1))
    text = unit * (5_000 // len(unit))
    for whole in (text, f"一、目标\n{text}", f"（{text}", f"《{text}甲乙丙"):
        with _limit(10):
            assert _mine(whole).rows.file["status"] in ("ok", "binary")


@pytest.mark.parametrize("seed", range(8))
def test_soup_of_what_documents_are_made_of(seed: int) -> None:
    chosen = random.Random(seed)
    few = chosen.sample(UNITS, 3)
    for units in (UNITS, few):
        text = "".join(chosen.choice(units) for _ in range(4000))
        with _limit(20):
            mined = _mine(text)
        assert mined.rows.file["status"] in ("ok", "binary"), mined.rows.tables["issues"]


def test_time_grows_with_the_length_and_no_faster() -> None:
    for unit in ("10个", "1.部门", "到2025年，新建3个，", "（市财政局牵头）", "2020年", "到2025年：\n"):
        taken = []
        for length in (15_000, 60_000):
            start = time.perf_counter()
            _mine(unit * (length // len(unit)))
            taken.append(time.perf_counter() - start)
        assert taken[1] < 9 * taken[0] + 1.0, (unit, taken)  # four times the text, and some noise


def test_a_sentence_without_an_end_is_no_promise() -> None:
    mined = _mine("一、目标\n到2025年，新建" + "码头10个、" * 500)
    assert not mined.rows.tables["targets"]
    reasons = [row["reason"] for row in mined.rows.tables["rejected"]]
    assert reasons.count("crowded") > 400


def test_a_document_on_one_line_is_read_like_any_other() -> None:
    line = "（一）改造旧港。到2025年，新建观光码头12个。"
    mined = _mine("一、目标。" + line * 3000)
    assert len(mined.rows.tables["targets"]) == 3000
    assert mined.text is not None
    for row in mined.rows.tables["targets"]:
        assert mined.text[int(row["start"] or 0) : int(row["end"] or 0)] == "12个"


def _patterns() -> dict[str, re.Pattern[str]]:
    """Every regular expression of the package's modules and rules, by its source."""
    found: dict[str, re.Pattern[str]] = {}

    def take(value: object) -> None:
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            found[value.pattern] = value
        elif isinstance(value, dict):
            for inner in value.values():
                take(inner)
        elif isinstance(value, tuple | list):
            for inner in value:
                take(inner)

    for module in pkgutil.walk_packages(policymine.__path__, "policymine."):
        if not module.name.endswith("__main__"):
            for value in vars(importlib.import_module(module.name)).values():
                take(value)
    rules = Path(policymine.__file__).parent / "data" / "rules"
    for file in rules.glob("*.toml"):
        for line in _strings(read_rules(file.stem)):
            if "${" not in line:
                try:
                    found[line] = re.compile(line)
                except re.error:
                    continue
    return found


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def test_no_pattern_backtracks_without_an_end() -> None:
    slow = []
    for source, pattern in _patterns().items():
        chosen = random.Random(source)
        words = re.findall(r"[\u4e00-\u9fff]{1,4}|[^\w\s\\]|[A-Za-z0-9]", source) or ["a"]
        for _ in range(12):
            body = "".join(chosen.choice(words) for _ in range(chosen.choice((1, 1, 2, 3))))
            text = chosen.choice(words) + body * (240 // len(body)) + chosen.choice(("", "x", "甲乙丙丁戊己庚辛壬癸子丑寅卯"))
            try:
                with _limit(2):
                    pattern.search(text)
            except TimeoutError:
                slow.append((source[:80], text[:40]))
                break
    assert not slow


@POSIX
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", [["extract", "a.txt"], ["extract", "a.txt", "--json"], ["show", "a.txt"], ["schema"], ["--version"]])
def test_output_that_cannot_be_written(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    with open("/dev/full", "w") as full:
        done = _run(*arguments, cwd=tmp_path, stdout=full)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "cannot be written" in done.stderr


@POSIX
def test_output_that_nobody_reads_or_that_is_closed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT * 200, encoding="utf-8")
    for command in ("show a.txt | true", "schema | head -1", "extract a.txt >&-", "show a.txt >&-", "show - <&-", "extract x 2>&-"):
        line = f"'{sys.executable}' -m policymine {command}"
        done = subprocess.run(["sh", "-c", line], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, encoding="utf-8", check=False)
        assert done.stderr == "", command


@POSIX
def test_folders_hold_more_than_files(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    (folder / "x.txt").mkdir(parents=True)
    (folder / "x.txt" / "新 文件\n甲.txt").write_text(TEXT, encoding="utf-8")
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "up").symlink_to(tmp_path)
    (folder / "broken").symlink_to(folder / "nothing")
    os.mkfifo(folder / "pipe")
    corpus = mine(folder)
    assert {row["source"]: row["status"] for row in corpus.rows("files")} == {
        "broken": "missing", "loop": "missing", "x.txt/新 文件\n甲.txt": "ok",
    }


@POSIX
def test_folders_within_folders(tmp_path: Path) -> None:
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        for _ in range(1500):
            os.mkdir("d")
            os.chdir("d")
        Path("a.txt").write_text(TEXT, encoding="utf-8")
        os.chdir(tmp_path)
        assert len(list_sources([tmp_path])) == 1
    finally:
        os.chdir(here)
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=False)


@POSIX
def test_devices_are_no_documents(tmp_path: Path) -> None:
    done = _run("extract", "/dev/zero", "--out", tmp_path / "out", timeout=60)
    assert done.returncode == 1
    assert "zero: error: the file could not be opened: it is a device" in done.stderr


@POSIX
def test_what_may_not_be_read(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    (shelf / "closed").mkdir(parents=True)
    for name in ("a.txt", "b.txt"):
        (shelf / name).write_text(TEXT, encoding="utf-8")
    (shelf / "a.txt").chmod(0)
    (shelf / "closed").chmod(0)
    try:
        if os.access(shelf / "a.txt", os.R_OK):
            pytest.skip("this user may read everything")
        done = _run("extract", shelf, "--out", tmp_path / "out")
        assert done.returncode == 1
        assert [line.split(":")[1].strip() for line in done.stderr.splitlines()] == ["a.txt", "closed"]
    finally:
        (shelf / "closed").chmod(0o700)


def test_a_file_that_vanishes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    [source] = list_sources([tmp_path])
    (tmp_path / "a.txt").unlink()
    from policymine.engines import mine_source

    assert mine_source(source, Options()).rows.file["status"] == "missing"


def test_one_run_at_a_time_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    out = tmp_path / "out"
    assert _run("extract", tmp_path / "a.txt", "--out", out).returncode == 0
    before = sorted(path.name for path in out.iterdir())
    lock = FolderLock(out)
    assert lock.acquire()
    done = _run("extract", tmp_path / "a.txt", "--out", out)
    assert (done.returncode, "another run is writing its result there" in done.stderr) == (2, True)
    lock.release()
    assert sorted(path.name for path in out.iterdir()) == before
    assert _run("extract", tmp_path / "a.txt", "--out", out).returncode == 0
    assert sorted(path.name for path in out.iterdir()) == before
