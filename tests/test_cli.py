"""The command line: what it prints, what it leaves behind, and its exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import policymine
from policymine import __version__
from policymine.assemble import collect
from policymine.corpus import Corpus
from policymine.reading.sources import list_sources
from policymine.summary import Summary
from policymine.view import print_summary, show_document

# the package that these tests import is the one that the commands run, installed or not, in any folder
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(policymine.__file__).parents[1])}
TEXT = (
    "澄岚市人民政府关于发展观光渔业的意见\n各县（区）人民政府：\n一、总体目标\n到2025年，新建观光码头12个。\n"
    "二、主要任务\n（一）改造旧港。完善配套设施。（市农业农村局牵头，市财政局配合）\n"
)


def _run(*arguments: object, stdin: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "policymine", *map(str, arguments)], input=stdin, capture_output=True, cwd=cwd,
        check=False, env=ENVIRONMENT,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(done.args, done.returncode, out.replace("\r\n", "\n"), err.replace("\r\n", "\n"))


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with two documents, one with blanks and Chinese characters in its name."""
    folder = tmp_path / "文件 夹"
    (folder / "b").mkdir(parents=True)
    (folder / "甲 意见.txt").write_text(TEXT, encoding="utf-8")
    (folder / "b" / "2.txt").write_bytes(TEXT.replace("12个", "15个").encode("gb18030"))
    return folder


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "run.json"
    }


def test_extract_writes_a_result_and_one_line(shelf: Path, tmp_path: Path) -> None:
    done = _run("extract", shelf, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    [line] = done.stdout.splitlines()
    figures = dict(pair.split("=", 1) for pair in line.split(" "))
    assert (figures["files"], figures["documents"], figures["unread"]) == ("2", "2", "0")
    assert {"targets.parquet", "targets.csv", "datapackage.json", "run.json"} <= set(os.listdir(tmp_path / "out"))
    assert "targets.jsonl" not in os.listdir(tmp_path / "out")


def test_the_same_bytes_whatever_order_jobs_and_folder(shelf: Path, tmp_path: Path) -> None:
    files = [shelf / "甲 意见.txt", shelf / "b" / "2.txt"]
    for name, paths, jobs in (("1", files, 1), ("2", files[::-1], 2)):
        options = ("--out", tmp_path / name, "--format", "parquet,csv,jsonl", "--jobs", jobs)
        assert _run("extract", *paths, *options).returncode == 0
    assert _content(tmp_path / "1") == _content(tmp_path / "2")


def test_append_gives_what_one_run_over_all_would_give(shelf: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    (shelf / "leer.txt").touch()
    (shelf / "c.pdf").write_bytes(b"%PDF-1.4")
    whole = [shelf / name for name in ("甲 意见.txt", "leer.txt", "c.pdf", "b/2.txt")]
    assert _run("extract", *whole, "--out", one, "--format", "csv", "--rejected").returncode == 1
    assert _run("extract", *whole[:3], "--out", other, "--format", "csv", "--rejected", "--keep-going").returncode == 0
    assert _run("extract", whole[3], "--out", other, "--append", "--keep-going").returncode == 0
    assert _content(one) == _content(other)


def test_json_summary(shelf: Path, tmp_path: Path) -> None:
    done = _run("extract", shelf, "--out", tmp_path / "out", "--json")
    summary = json.loads(done.stdout)
    assert (summary["documents"], summary["status"], summary["messages"]) == (2, {"ok": 2}, [])


def test_quiet_prints_nothing(shelf: Path, tmp_path: Path) -> None:
    done = _run("extract", shelf, "--out", tmp_path / "out", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_standard_input(tmp_path: Path) -> None:
    done = _run("extract", "-", "--out", tmp_path / "out", "--format", "jsonl", stdin=TEXT.encode("gb18030"))
    assert done.returncode == 0
    row = json.loads((tmp_path / "out/files.jsonl").read_text(encoding="utf-8"))
    assert (row["source"], row["encoding"], row["status"]) == ("-", "gb18030", "ok")


def test_unreadable_files_are_named_with_reason_and_remedy(shelf: Path, tmp_path: Path) -> None:
    (shelf / "图.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (shelf / "long.txt").write_text("一" * 5000, encoding="utf-8")
    arguments = ["extract", shelf, "--out", tmp_path / "out", "--max-chars", "3000"]
    done = _run(*arguments)
    assert done.returncode == 1
    png, long = sorted(done.stderr.splitlines(), key=lambda line: "long.txt" in line)
    assert "图.txt" in png and "image/png" in png and "Save it" in png
    assert "long.txt" in long and "--max-chars" in long
    assert "unread=2" in done.stdout
    assert _run(*arguments, "--keep-going").returncode == 0


def test_an_empty_file_is_read_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "空.txt").touch()
    done = _run("extract", tmp_path / "空.txt", "--out", tmp_path / "out")
    assert done.returncode == 0
    assert "空.txt: warning: the file is empty" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["extract", "gone.txt"], "gone.txt: no such file"),
        (["extract", "empty"], "empty: no file to read"),
        (["extract", "*.docx"], "*.docx: no file fits"),
        (["extract", "a.txt", "--out", "a.txt/out"], "cannot be written"),
        (["extract", "a.txt", "--out", "full"], "full: the folder holds something"),
        (["extract", "a.txt", "--format", "csv,xml"], "unknown format xml"),
        (["extract", "a.txt", "--lexicon", "gone.tsv"], "gone.tsv: no such file"),
        (["extract", "a.txt", "--jobs", "0"], "--jobs"),
        (["extract"], "PATHS"),
        (["show", "gone.txt"], "gone.txt: no such file"),
        (["show", "full"], "this is a folder"),
        (["schema", "--no-such-option"], "no-such-option"),
    ],
)
def test_misuse_is_2_with_a_message(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full/notes.doc").touch()
    before = sorted(path.name for path in tmp_path.rglob("*"))
    done = _run(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_show_in_a_pipe_gives_a_line_a_fact(shelf: Path) -> None:
    done = _run("show", shelf / "甲 意见.txt")
    assert (done.returncode, done.stderr) == (0, "")
    for line in done.stdout.splitlines():
        kind, start, end, words, *_ = line.split("\t")
        if kind not in {"document", "section"}:
            assert " ".join(TEXT[int(start) : int(end)].split()) == words
    assert _run("show", "-", stdin=TEXT.encode()).stdout == done.stdout


def test_show_as_json_has_every_table(shelf: Path) -> None:
    rows = json.loads(_run("show", shelf / "b" / "2.txt", "--json").stdout)
    assert rows["documents"][0]["source"] == "2.txt"
    assert {"text", "targets", "sections", "terms"} <= set(rows)


def test_show_says_why_a_file_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    done = _run("show", tmp_path / "a.pdf")
    assert (done.returncode, done.stdout) == (1, "")
    assert "a.pdf: damaged: the file is no PDF" in done.stderr


def test_schema(tmp_path: Path) -> None:
    lines = _run("schema").stdout.splitlines()
    assert lines[0].split("\t")[:3] == ["table", "column", "type"]
    assert any(line.startswith("targets\tvalue\tnumber\t") for line in lines)
    assert json.loads(_run("schema", "--json").stdout)["targets"]["primaryKey"] == ["target_id"]


def test_what_a_terminal_shows(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    text = TEXT.replace("完善", "完\x1b[31m善[/bold]\r")
    corpus = policymine.mine_text(text)
    show_document(corpus, str(corpus.rows("documents")[0]["doc_id"]))
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "完 [31m善[/bold]" in shown
    assert "改造旧港" in shown.split("marked:")[0], "the outline"
    summary = Summary(Corpus())
    collect(list_sources([shelf]), summary)
    summary.add_rows("files", [{"status": "binary"}])
    print_summary(summary, "[out]", 1.0)
    shown = capsys.readouterr().out
    assert "2    documents 文档" in shown
    assert "1 of 3 files could not be read: 1 binary" in shown
    assert "written to [out]" in shown


def test_version() -> None:
    assert _run("--version").stdout == f"policymine {__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; sys.argv = ['policymine', '--help']\nfrom policymine.cli import main\n"
    code += "try: main()\nexcept SystemExit: pass\n"
    code += "print(sorted({'pandas', 'pyarrow', 'jieba', 'numpy', 'regex', 'rich.console'} & set(sys.modules)))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", env=ENVIRONMENT)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, number: int) -> None:
    shelf, out = tmp_path / "shelf", tmp_path / "out"
    shelf.mkdir()
    for n in range(400):
        (shelf / f"{n}.txt").write_text(TEXT * 20 + str(n), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "policymine", "extract", str(shelf), "--out", str(out), "--jobs", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=ENVIRONMENT,
        start_new_session=True,
        # Jobs in the background of a shell inherit that Ctrl-C is ignored, and would go on here.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    waited = 0.0
    while not out.exists() and waited < 20:
        time.sleep(0.05)
        waited += 0.05
    time.sleep(0.3)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # Ctrl-C goes to every process of the terminal
    else:
        process.send_signal(number)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 130, (stdout, stderr)
    assert stdout == ""
    assert stderr.strip() == "policymine: interrupted; nothing was written"
    assert not out.exists()
