"""The cache: the same bytes with it and without it, only what changed is mined again, and nothing in it can do harm."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

import policymine
from policymine import engines
from policymine.cache import KEPT, UNUSED, _head, default_folder, open_cache, package_digest
from policymine.cli import app
from policymine.corpus import mine
from policymine.models import Options, UserLexicon
from policymine.portions import Portion, portion_from
from policymine.reading.sources import list_sources

TEXT = (
    "澄岚市人民政府关于发展观光渔业的意见\n澄政发〔2020〕{n}号\n各县（区）人民政府：\n一、总体目标\n"
    "到2025年，新建观光码头{n}个，渔民收入显著提升。\n二、主要任务\n（一）改造旧港。根据《港口规划》完善配套设施。"
    "自印发之日起30日内开工。（市农业农村局牵头，市财政局配合）\n"
)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "文件 夹"
    folder.mkdir()
    for n in range(1, 7):
        (folder / f"{n} 意见.txt").write_text(TEXT.format(n=n), encoding="utf-8")
    (folder / "gbk.txt").write_bytes(TEXT.format(n=9).encode("gb18030"))
    (folder / "empty.txt").touch()
    (folder / "schlecht.txt").write_bytes(b"\xff\x00\x81" * 99)
    return folder


def _extract(*arguments: object, code: int = 1) -> dict[str, int]:
    """Run the command; the hits and misses of its cache."""
    done = CliRunner().invoke(app, ["extract", *map(str, arguments), "--format", "parquet,csv,jsonl", "--json", "--rejected"])
    assert done.exit_code == code, done.output
    out = Path(str(arguments[arguments.index("--out") + 1]))
    use: dict[str, int] = json.loads((out / "run.json").read_text(encoding="utf-8"))["cache"] or {}
    assert json.loads(done.stdout)["cached"] == use.get("hits", 0)
    return use


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "run.json"
    }


def _entries(cache: Path) -> list[Path]:
    return sorted(path for path in cache.glob("*/*/*") if path.is_file())


def test_the_same_bytes_with_and_without(shelf: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert _extract(shelf, "--out", tmp_path / "none", "--no-cache") == {}
    assert _extract(shelf, "--out", tmp_path / "first", "--cache", cache) == {"hits": 0, "misses": 8}
    assert _extract(shelf, "--out", tmp_path / "again", "--cache", cache) == {"hits": 8, "misses": 0}
    assert _content(tmp_path / "none") == _content(tmp_path / "first") == _content(tmp_path / "again")
    assert len(_entries(cache)) == 8 + 1  # each document, and a portion of them together
    assert not list(cache.rglob("unfinished*"))


def test_the_same_bytes_from_several_processes(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "SMALL", -1)
    monkeypatch.setattr(engines, "CHUNK_DOCUMENTS", 2)
    _extract(shelf, "--out", tmp_path / "none", "--no-cache")
    for name, use in (("first", {"hits": 0, "misses": 8}), ("again", {"hits": 8, "misses": 0})):
        assert _extract(shelf, "--out", tmp_path / name, "--cache", tmp_path / "cache", "--jobs", 2) == use
        assert _content(tmp_path / name) == _content(tmp_path / "none")


def test_only_what_changed_is_mined_again(shelf: Path, tmp_path: Path) -> None:
    arguments = (shelf, "--out", tmp_path / "out", "--cache", tmp_path / "cache")
    _extract(*arguments)
    (shelf / "1 意见.txt").write_text(TEXT.format(n=77), encoding="utf-8")
    (shelf / "2 意见.txt").rename(shelf / "neu.txt")
    (shelf / "3 意见.txt").unlink()
    shutil.copy(shelf / "4 意见.txt", shelf / "kopie.txt")
    assert _extract(*arguments) == {"hits": 5, "misses": 3}
    _extract(shelf, "--out", tmp_path / "none", "--no-cache")
    assert _content(tmp_path / "out") == _content(tmp_path / "none")


def test_append_takes_what_is_there(shelf: Path, tmp_path: Path) -> None:
    files = sorted(shelf.iterdir())
    _extract(*files[:4], "--out", tmp_path / "out", "--cache", tmp_path / "cache", code=0)
    use = _extract(*files[4:], "--out", tmp_path / "out", "--cache", tmp_path / "cache", "--append")
    assert use == {"hits": 4, "misses": 4}
    _extract(*files, "--out", tmp_path / "none", "--no-cache")
    assert _content(tmp_path / "out") == _content(tmp_path / "none")


def test_other_options_and_lexicons_find_nothing(shelf: Path, tmp_path: Path) -> None:
    lexicon = tmp_path / "own.tsv"
    arguments = (shelf, "--out", tmp_path / "out", "--cache", tmp_path / "cache")
    assert _extract(*arguments)["hits"] == 0
    assert _extract(*arguments, "--max-chars", 1000)["hits"] == 0
    lexicon.write_text("term\tfunction\n海星\tdata\n", encoding="utf-8")
    assert _extract(*arguments, "--lexicon", lexicon)["hits"] == 0
    assert _extract(*arguments, "--lexicon", lexicon)["misses"] == 0
    lexicon.write_text("term\tfunction\n海月\tdata\n", encoding="utf-8")
    assert _extract(*arguments, "--lexicon", lexicon)["hits"] == 0
    assert _extract(*arguments)["misses"] == 0


def test_the_name_of_a_lexicon_is_no_matter(tmp_path: Path) -> None:
    row = ("海星", "data", "", "", "", "", "")
    one, other = (open_cache(tmp_path, Options(lexicons=(UserLexicon(name, (row,)),))) for name in "ab")
    assert one == other != open_cache(tmp_path, Options())


@pytest.mark.parametrize("name", ["pipeline.py", "data/lexicons/units.tsv", "data/rules/times.toml", "text/times.py"])
def test_every_file_of_the_package_counts(tmp_path: Path, name: str) -> None:
    package = tmp_path / "policymine"
    shutil.copytree(Path(policymine.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    before = package_digest({"a": "1"}, package)
    assert before == package_digest({"a": "1"}) == package_digest({"a": "1"}, package)
    assert before != package_digest({"a": "2"}, package)
    with open(package / name, "a", encoding="utf-8") as file:
        file.write("\n")
    changed = package_digest({"a": "1"}, package)
    (package / name).unlink()
    assert len({before, changed, package_digest({"a": "1"}, package)}) == 3


def test_every_data_file_counts(tmp_path: Path) -> None:
    for name in ("a.py", "lexicons/b.tsv", "rules/c.toml", "report/d.js", "__pycache__/a.pyc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1", encoding="utf-8")
    before = package_digest({}, tmp_path)
    for path in sorted(tmp_path.rglob("*")):
        if path.is_file():
            path.write_text("2", encoding="utf-8")
            assert (package_digest({}, tmp_path) != before) == (path.suffix != ".pyc"), path
            path.write_text("1", encoding="utf-8")


def _damages(entry: bytes) -> Iterator[bytes]:
    head, _, body = entry.partition(b"\n")
    yield b""
    yield entry[: len(entry) // 2]
    yield entry[:-1]
    yield entry.replace(head[-10:], b"0123456789")
    yield head + b"\n" + body[:40] + bytes([body[40] ^ 1]) + body[41:]
    yield b"cposix\nsystem\n(S'touch /tmp/harm'\ntR."
    right = portion_from(body)
    [one] = right.inputs
    more = {**right.batches, "targets": right.batches["sections"]}
    odd = {**right.batches, "targets": right.batches["targets"].slice(1)}
    for foreign in (
        pa.compress(b"[]", "zstd", asbytes=True), (99).to_bytes(4, "little") + pa.compress(b"[]" * 50, "zstd", asbytes=True), b"no compressed data",
        Portion((), {table: batch.slice(0, 0) for table, batch in right.batches.items()}).to_bytes(),
        Portion((replace(one, source="another"),), right.batches).to_bytes(), Portion((replace(one, doc_id=None),), right.batches).to_bytes(),
        Portion((one, one), right.batches).to_bytes(), Portion((one,), odd).to_bytes(), Portion((one,), more).to_bytes(),
        Portion((replace(one, counts=one.counts[1:]),), right.batches).to_bytes(),
    ):
        yield _head(foreign, head.rpartition(b" ")[2]) + b"\n" + foreign


def test_damaged_and_foreign_entries_are_written_anew(shelf: Path, tmp_path: Path) -> None:
    cache = open_cache(tmp_path / "cache", Options())
    [source] = list_sources([shelf / "1 意见.txt"])
    right = engines.mine_source(source, Options(), cache)
    assert right.cached is False
    [entry] = _entries(tmp_path / "cache")
    whole = entry.read_bytes()
    for damaged in _damages(whole):
        entry.write_bytes(damaged)
        again = engines.mine_source(source, Options(), cache)
        assert replace(again, cached=None) == replace(right, cached=None)
        assert again.cached is False, damaged[:80]
        assert entry.read_bytes() == whole
    entry.unlink()
    entry.mkdir()
    assert engines.mine_source(source, Options(), cache).cached is False
    entry.rmdir()
    assert engines.mine_source(source, Options(), cache).cached is False
    assert engines.mine_source(source, Options(), cache) == replace(right, cached=True)


def test_an_entry_of_another_document_is_not_taken(shelf: Path, tmp_path: Path) -> None:
    cache = open_cache(tmp_path / "cache", Options())
    one, other = list_sources([shelf / "1 意见.txt", shelf / "2 意见.txt"])
    engines.mine_source(one, Options(), cache)
    raw = engines.read_source(one)
    assert cache.get(raw.doc_id, raw.source, raw=raw) is not None
    assert cache.get(raw.doc_id, raw.source, raw=replace(raw, encoding="gb18030")) is None
    assert cache.get(raw.doc_id, other.name) is None


@pytest.mark.parametrize("step", ["replace", "makedirs"])
def test_a_full_disk_stops_nothing(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    cache = open_cache(tmp_path / "cache", Options())
    [source] = list_sources([shelf / "1 意见.txt"])

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(f"policymine.cache.os.{step}", full)
        assert engines.mine_source(source, Options(), cache).cached is False
    assert [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()] == ["CACHEDIR.TAG", "swept"]


def test_what_failed_is_tried_again(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = open_cache(tmp_path / "cache", Options())
    [source] = list_sources([shelf / "1 意见.txt"])
    with monkeypatch.context() as patched:
        patched.setattr("policymine.pipeline.mine_document", None)
        assert engines.mine_source(source, Options(), cache).rows.file["status"] == "failed"
    assert not _entries(tmp_path / "cache")
    assert engines.mine_source(source, Options(), cache).rows.file["status"] == "ok"


def test_the_folder_of_the_cache_is_no_input(shelf: Path, tmp_path: Path) -> None:
    for _ in range(2):
        use = _extract(shelf, "--out", tmp_path / "out", "--cache", shelf / "cache")
        assert sum(use.values()) == 8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cache", "a.txt"], "a.txt: no cache can be kept there: it is a file"),
        (["--cache", "a.txt/c"], "a.txt"),
        (["--cache", "out"], "cannot be in --out"),
        (["--cache", "out/c"], "cannot be in --out"),
        (["--cache", "c", "--no-cache"], "exclude each other"),
    ],
)
def test_misuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(TEXT, encoding="utf-8")
    done = CliRunner().invoke(app, ["extract", "a.txt", "--out", "out", *arguments])
    assert done.exit_code == 2, done.output
    assert message in done.output
    assert os.listdir() == ["a.txt"]


def test_a_place_of_the_system_that_cannot_be_used_is_no_matter(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("POLICYMINE_CACHE", str(tmp_path / "file" / "cache"))
    assert _extract(shelf, "--out", tmp_path / "out") == {}


def test_the_place_of_the_system() -> None:
    home = "/home/a" if os.name != "nt" else "C:/a"
    linux = {"HOME": home}
    assert default_folder(linux, "linux") == Path(home, ".cache", "policymine")
    assert default_folder({**linux, "XDG_CACHE_HOME": f"{home}/x"}, "linux") == Path(home, "x", "policymine")
    assert default_folder({**linux, "XDG_CACHE_HOME": "relative"}, "linux") is None
    assert default_folder({**linux, "POLICYMINE_CACHE": "mine"}, "linux") == Path("mine")
    assert default_folder(linux, "darwin") == Path(home, "Library/Caches/policymine")
    assert default_folder({"LOCALAPPDATA": home}, "win32") == Path(home, "policymine")
    assert default_folder({}, "linux") is default_folder({}, "win32") is default_folder({}, "darwin") is None


def test_results_of_versions_long_gone_are_deleted(tmp_path: Path) -> None:
    for n in range(5):
        (tmp_path / f"{n:016}" / "ab").mkdir(parents=True)
        os.utime(tmp_path / f"{n:016}", (n, n))
    (tmp_path / "of the user").mkdir()
    open_cache(tmp_path, Options())
    kept = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    assert {"of the user", f"{4:016}", f"{3:016}"} < kept
    assert len(kept) == KEPT + 1


def test_what_no_run_used_for_long_is_deleted(shelf: Path, tmp_path: Path) -> None:
    arguments = (shelf, "--out", tmp_path / "out", "--cache", tmp_path / "cache")
    _extract(*arguments)
    old = time.time() - (UNUSED + 1) * 86_400
    [used, *others] = _entries(tmp_path / "cache")
    for path in (*others, *tmp_path.glob("cache/*/swept")):
        os.utime(path, (old, old))
    os.utime(used, (old + 2 * 86_400,) * 2)
    open_cache(tmp_path / "cache", Options())
    assert _entries(tmp_path / "cache") == [used]
    assert _extract(*arguments)["misses"] >= 7


def test_an_entry_that_is_used_stays(shelf: Path, tmp_path: Path) -> None:
    arguments = (shelf, "--out", tmp_path / "out", "--cache", tmp_path / "cache")
    _extract(*arguments)
    old = time.time() - (UNUSED - 1) * 86_400
    for path in _entries(tmp_path / "cache"):
        os.utime(path, (old, old))
    _extract(*arguments)
    [portion] = [path for path in _entries(tmp_path / "cache") if path.stat().st_mtime > old + 1]
    for path in (*_entries(tmp_path / "cache"), *tmp_path.glob("cache/*/swept")):
        os.utime(path, (path.stat().st_mtime - 2 * 86_400,) * 2)
    assert _extract(*arguments) == {"hits": 8, "misses": 0}
    assert _entries(tmp_path / "cache") == [portion]


def test_notebooks_keep_results_where_they_are_told(shelf: Path, tmp_path: Path) -> None:
    first = mine(shelf, cache=tmp_path / "cache")
    assert len(_entries(tmp_path / "cache")) == 8 + 1
    assert mine(shelf, cache=tmp_path / "cache").as_rows() == first.as_rows() == mine(shelf).as_rows()
