"""The Spark engine: on two worker processes the same files as here; what is lost or broken on the way costs no row."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from policymine.engines import spark
from policymine.reading.sources import MisuseError
from policymine.run import Request, run_extract
from policymine.tables.write import read_rows
from policymine.telling import Event, Telling
from samples import NAMES, SLOW, sample_text

MASTER = "local-cluster[2,1,1024]"
DEADLY = "这一份使进程终止"
FAULT = f"""
import os
from policymine import pipeline

mine = pipeline.mine_document

def deadly(raw, *more):
    if "{DEADLY}" in raw.text:
        os._exit(3)
    return mine(raw, *more)

pipeline.mine_document = deadly
"""

with_spark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SLOW, reason="starts a cluster: make test-full"),
    pytest.mark.skipif(find_spec("pyspark") is None, reason="needs the extra spark (PySpark)"),
    pytest.mark.skipif(spark.find_java(os.environ) is None, reason="needs Java 17 or later"),
]


def _command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "policymine", *arguments], capture_output=True, text=True, encoding="utf-8",
        env={**os.environ, **environment}, timeout=600,
    )


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a cluster writes it: parts with metadata, the same text twice, a broken line, a plain file, a mark."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path_factory.mktemp("shelf")
    texts = [
        text.replace("省", mark + "省", 1) if k else text
        for k, mark in enumerate(("", "东", "西", "南")) for text in map(sample_text, NAMES)
    ]
    rows = [{"id": f"n{i}", "text": text, "url": f"https://www.example.gov.cn/{i}"} for i, text in enumerate(texts)]
    (folder / "in").mkdir()
    pq.write_table(pa.Table.from_pylist(rows[: len(rows) // 2]), folder / "in" / "part-0.parquet")
    lines = [json.dumps(row, ensure_ascii=False) for row in (*rows[len(rows) // 2 :], rows[0], {"id": "e", "text": ""})]
    (folder / "in" / "part-1.jsonl").write_text("\n".join([*lines[:3], "{", *lines[3:]]) + "\n", encoding="utf-8")
    (folder / "in" / "单独.txt").write_bytes(sample_text(NAMES[0]).encode("gb18030"))
    (folder / "_SUCCESS").touch()
    return folder


@pytest.fixture(scope="module")
def local(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process makes of the folder."""
    return _made(shelf, tmp_path_factory.mktemp("local"), "local")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two worker processes, in which a certain document ends the process that mines it."""
    folder = tmp_path_factory.mktemp("fault")
    (folder / "sitecustomize.py").write_text(FAULT, encoding="utf-8")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder), before)))
    try:
        with spark.SparkEngine(MASTER, Telling(None, time.perf_counter)) as engine:
            yield engine._session.sparkContext
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before
        shutil.rmtree(Path(sys.modules["pyspark"].__file__ or "").parent / "work", ignore_errors=True)


def _made(
    shelf: Path | str, out: Path, engine: str, progress: Callable[[Event], None] | None = None
) -> dict[str, bytes]:
    request = Request((str(shelf),), out, ("parquet", "csv"), 1, rejected=True, engine=engine)
    run_extract(request, progress=progress)
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*")) if path.is_file() and path.name not in ("run.json", ".policymine-lock")
    }


@pytest.mark.parametrize("given", [(), ("file",)], ids=["path", "url"])
class TestCluster:
    """The same folder by its path, and by its URL."""

    pytestmark = with_spark

    def test_the_files_are_those_of_one_process(
        self, shelf: Path, local: dict[str, bytes], cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        given: Sequence[str],
    ) -> None:
        compared: list[int] = []
        spread = spark.SparkEngine.spread

        def counted(self: spark.SparkEngine, *arguments: Any) -> Iterator[Any]:
            for answer in spread(self, *arguments):
                compared.append(len(answer[1]))
                yield answer

        monkeypatch.setattr("policymine.versions.works.SPREAD_FROM", 2)
        monkeypatch.setattr("policymine.versions.works.TASK", 10)
        monkeypatch.setattr(spark, "_CARRIED", 100_000)
        monkeypatch.setattr(spark, "PORTION", 50_000)
        monkeypatch.setattr(spark.SparkEngine, "spread", counted)
        made = _made(shelf.as_uri() if given else shelf, tmp_path / "out", "spark")
        assert made.keys() == local.keys()
        assert [name for name in made if made[name] != local[name]] == []
        assert len(read_rows(tmp_path / "out", "versions")) > 5
        assert len(compared) > 1 and sum(compared) > 5
        assert len(cluster._jsc.sc().statusTracker().getExecutorInfos()) == 3  # two workers and this process


@pytest.mark.usefixtures("cluster")
class TestLosses:
    """What goes wrong on a cluster."""

    pytestmark = with_spark

    def test_a_machine_that_is_lost_costs_no_row(
        self, shelf: Path, local: dict[str, bytes], cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        killed: list[int] = []

        def kill(event: Event) -> None:
            begun = event.kind == "done" and event.stage == "mine" and 2 < (event.total or 0) > event.done
            if begun and not killed:
                killed.append(_children(cluster._gateway.proc.pid)[0])
                os.kill(killed[0], signal.SIGKILL)

        monkeypatch.setattr(spark, "PORTION", 20_000)
        assert _made(shelf, tmp_path / "out", "spark", kill) == local
        assert killed

    def test_a_document_that_ends_its_process_is_failed_and_the_others_are_mined(self, tmp_path: Path) -> None:
        texts = [sample_text(name) for name in NAMES]
        lines = [json.dumps({"text": text}, ensure_ascii=False) for text in (*texts[:3], DEADLY, *texts[3:])]
        (tmp_path / "set.jsonl").write_text("\n".join(lines), encoding="utf-8")
        _made(tmp_path / "set.jsonl", tmp_path / "out", "spark")
        files = read_rows(tmp_path / "out", "files")
        assert [row["source"] for row in files if row["status"] != "ok"] == ["set.jsonl#4"]
        assert files[3]["status"] == "failed" and len(files) == len(texts) + 1
        assert any(row["code"] == "document-failed" for row in read_rows(tmp_path / "out", "issues"))

    def test_another_version_on_the_cluster_stops_the_run_and_leaves_the_result(
        self, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "a.txt").write_text(sample_text(NAMES[0]), encoding="utf-8")
        before = _made(tmp_path / "a.txt", tmp_path / "out", "local")
        monkeypatch.setattr(spark, "library_versions", lambda: {"jieba": "0.1"})
        with pytest.raises(MisuseError, match="install the same versions everywhere"):
            _made(shelf, tmp_path / "out", "spark")
        after = {name: (tmp_path / "out" / name).read_bytes() for name in before}
        assert after == before
        assert not list((tmp_path / "out").glob(".policymine-tmp*"))


class TestCommand:
    """The command starts a cluster of its own."""

    pytestmark = with_spark

    def test_log_is_json_and_no_file_is_left(self, shelf: Path, tmp_path: Path) -> None:
        arguments = ("extract", str(shelf / "in" / "单独.txt"), "--out", str(tmp_path / "out"), "--engine", "spark")
        (tmp_path / "tmp").mkdir()
        done = _command(*arguments, "--master", MASTER, "--log-format", "json", TMPDIR=str(tmp_path / "tmp"))
        assert done.returncode == 0, done.stderr
        events = [json.loads(line) for line in done.stderr.splitlines()]
        assert [e["stage"] for e in events if e["event"] == "stage"] == [
            "list", "connect", "list", "mine", "fetch", "compare", "link", "write"
        ]
        assert "documents=1" in done.stdout
        assert [path.name for path in (tmp_path / "tmp").iterdir() if path.name.startswith("policymine")] == []


    def test_where_the_cluster_goes_away_the_run_ends_with_a_reason_and_no_half_tables(
        self, shelf: Path, tmp_path: Path
    ) -> None:
        arguments = ["extract", str(shelf), "--out", str(tmp_path / "out"), "--engine", "spark", "--master", MASTER]
        command = [sys.executable, "-m", "policymine", *arguments, "--log-format", "json"]
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment) as process:
            assert process.stderr is not None
            lines = (line for line in process.stderr if line.startswith("{"))  # PySpark's threads complain, too
            for line in lines:
                if json.loads(line)["stage"] == "mine":
                    os.kill(_children(process.pid)[0], signal.SIGKILL)
                    break
            last = json.loads([*lines][-1])
        assert process.returncode == 2
        assert last["event"] == "error" and "the cluster could not finish" in last["message"]
        assert "Spark's messages are in" in last["message"] and list(tmp_path.glob("policymine-spark-*.log"))
        assert not (tmp_path / "out").exists()


def _children(pid: int) -> list[int]:
    """The processes that a process started, by number."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (map(int, line.split()) for line in listed.splitlines())
    return sorted(child for child, parent in pairs if parent == pid)


def test_without_pyspark_the_message_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['pyspark'] = None; from policymine.cli import main; main()"
    arguments = ["extract", __file__, "--out", str(tmp_path / "out"), "--engine", "spark"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 2
    assert 'pip install "policymine[spark]"' in done.stderr
    assert len(done.stderr.splitlines()) == 1 and not (tmp_path / "out").exists()


@pytest.mark.skipif(find_spec("pyspark") is None, reason="needs the extra spark (PySpark)")
def test_without_java_the_message_says_what_to_install(tmp_path: Path) -> None:
    arguments = ("extract", __file__, "--out", str(tmp_path / "out"), "--engine", "spark")
    done = _command(*arguments, PATH=str(tmp_path), JAVA_HOME="")
    assert done.returncode == 2
    assert "install Java 17 or later" in done.stderr
    assert len(done.stderr.splitlines()) == 1 and not (tmp_path / "out").exists()


@pytest.mark.parametrize("changed, words", [
    ({"append": True}, "takes no --append"),
    ({"metadata": Path("a.csv")}, "takes no --metadata"),
    ({"paths": ("-",)}, "takes no standard input"),
    ({"paths": ("s3a://bucket/in",), "engine": "local"}, "give --engine spark"),
])
def test_what_cannot_be_done_is_said(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    with pytest.raises(MisuseError, match=words):
        run_extract(Request(**{"paths": ("a.txt",), "out": tmp_path / "out", "engine": "spark", **changed}))
    assert not (tmp_path / "out").exists()
