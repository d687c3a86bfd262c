"""What is outside of the tables: names that a file system allows, and places that the command may not write to."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

import policymine
from hostile_files import TEXT, VALID
from policymine.corpus import Corpus
from samples import RAW, SLOW

POSIX = pytest.mark.skipif(os.name != "posix", reason="names that only POSIX systems allow")
LONG = "长" * 82 + ".txt"  # 250 bytes
NAMES: tuple[bytes, ...] = (
    b"new\nline.txt", b"carriage\rreturn.txt", b'"quoted", twice.txt', b"it's.txt", b"tab\there.txt", LONG.encode(), b"\xff\xfe\xd6\xd0.txt",
    b"=1+1.txt", b"@SUM(A1).txt", b"+cmd|'calc'!A0.txt", b"-rf.txt", b"--out.txt", b"a!.txt", b"a#1.txt", b"%s{0}$HOME`id`.txt", b"back\\slash.txt", b" .txt",
    b"\x01\x1b[31mred.txt", "\u202egnp.txt".encode(), b"*.txt", b"[a].txt", b"<b>.txt", "\U0001f4c8.txt".encode(), "e\u0301.txt".encode(), "\u00e9.txt".encode(),
)


def _run(*arguments: object, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(policymine.__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1", **more}
    done = subprocess.run(
        [sys.executable, "-m", "policymine", *map(str, arguments)], cwd=folder, env=environment, capture_output=True,
        encoding="utf-8", errors="replace", check=False, timeout=240,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@POSIX
def test_any_name_of_a_file_is_a_row_of_its_own(tmp_path: Path) -> None:
    shelf, out = tmp_path / "shelf", tmp_path / "out"
    shelf.mkdir()
    for n, name in enumerate(NAMES):
        with open(os.path.join(os.fsencode(shelf), name), "wb") as file:
            file.write(TEXT.replace("12", str(n + 13)).encode())
    done = _run("extract", shelf, "--out", out, "--format", "parquet,csv,jsonl,xlsx", "--cache", tmp_path / "cache", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = Corpus.load(out).rows("files")
    assert len({row["source"] for row in rows}) == len(rows) == len(NAMES)
    assert {row["status"] for row in rows} == {"ok"}
    for name in NAMES:
        assert name.decode("utf-8", "replace") in {row["source"] for row in rows} or b"\xff" in name, name
    values = sorted(int(str(row["value"]).partition(".")[0]) for row in Corpus.load(out).rows("targets"))
    assert values == list(range(13, 13 + len(NAMES)))
    with open(out / "files.csv", encoding="utf-8-sig", newline="") as file:
        assert [row["source"] for row in csv.DictReader(file)] == [row["source"] for row in rows]
    with open(out / "files.jsonl", encoding="utf-8", newline="\n") as file:
        assert [json.loads(line)["source"] for line in file] == [row["source"] for row in rows]
    book = openpyxl.load_workbook(out / "tables.xlsx")
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    again = _run("extract", shelf, "--out", out, "--format", "parquet", "--cache", tmp_path / "cache", folder=tmp_path)
    assert (again.returncode, f"cached={len(NAMES)}" in again.stdout) == (0, True), again.stderr
    shown = _run("show", os.path.join(os.fsencode(shelf), NAMES[6]).decode("utf-8", "surrogateescape"), folder=tmp_path)
    assert shown.returncode == 0, shown.stderr
    for verb in ("report", "compare", "tasks"):
        made = _run(verb, out, "-o", tmp_path / f"{verb}.{'html' if verb == 'report' else 'xlsx'}", folder=tmp_path)
        assert made.returncode == 0, made.stderr


@POSIX
def test_a_folder_of_any_name_takes_a_result_or_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    out = "出 \n'\""
    done = _run("extract", "a.txt", "--out", out, "--format", "parquet,csv,jsonl,xlsx,duckdb", "--cache", f"c{out}", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / out / "datapackage.json").exists()
    none = b"\xff out".decode("utf-8", "surrogateescape")
    for arguments in (("--out", none), ("--out", "out", "--cache", none)):
        done = _run("extract", "a.txt", *arguments, folder=tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "the name of the folder is not in UTF-8; give another --" in done.stderr
        assert not (tmp_path / "out").exists()


def _touched(*folders: Path) -> dict[str, int]:
    """When something was last made or deleted in each folder."""
    return {str(path): path.stat().st_mtime_ns for folder in folders for path in (folder, *folder.rglob("*"))}


@pytest.mark.parametrize("jobs", [1, 2] if SLOW else [2])
def test_nothing_is_written_elsewhere_not_even_for_a_while(tmp_path: Path, jobs: int) -> None:
    """Files of every format, enough of them for an index of versions; the folders around stay untouched all the time."""
    shelf, home, temporary, here = (tmp_path / name for name in ("shelf", "home", "temporary", "here"))
    for folder in (shelf, home, temporary, here):
        folder.mkdir()
    for name, make in VALID.items():
        (shelf / name).write_bytes(make())
    for path in RAW.iterdir():
        (shelf / path.name).write_bytes(path.read_bytes())
    if jobs == 2:
        (shelf / "large.txt").write_text("一、目标\n" + "各县区要加强组织领导。\n" * 40_000, encoding="utf-8")
    (shelf / "old.rtf").write_bytes(b"{\\rtf1\\ansi To 2025 build 12 piers.}")
    before = _touched(shelf, home, temporary, here)
    done = _run(
        "extract", shelf, "--out", tmp_path / "out", "--cache", tmp_path / "cache", "--canonical", "--jobs", jobs,
        "--format", "parquet,csv,xlsx,duckdb", "-q", "--keep-going", folder=here,
        HOME=str(home), TMPDIR=str(temporary), TEMP=str(temporary), TMP=str(temporary), XDG_CACHE_HOME=str(home), XDG_CONFIG_HOME=str(home),
    )
    assert done.returncode == 0, done.stderr
    assert _touched(shelf, home, temporary, here) == before
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]
