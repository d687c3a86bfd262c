"""Beyond one machine: the same steps on a Spark cluster, the same rows in the same order.

The cluster reads and mines documents and compares those that may be versions of each other; this process finds which
may be, and writes the tables. Files are opened where the cluster runs (in a folder that all its machines share; by
Spark's own means where the path is a URL: ``s3a://``, ``hdfs://``, ``abfs://`` …), collections are taken apart, and
what comes out of them is dealt evenly, so that one large table keeps every core busy. What was mined lies on the disks
of the cluster until it is fetched. Spark tries a task again when a process or a machine is lost. Leaves out where the
cluster is and what it may use: Spark's own configuration says that.
"""

from __future__ import annotations

import os
import pickle
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING, Any

from policymine.cache import Cache, library_versions, package_digest
from policymine.engines.steps import (
    BYTES,
    COMPARED,
    NUMBERED,
    ROWS,
    Batches,
    EngineError,
    carried,
    comparing,
    mining,
    opening,
)
from policymine.models import Options
from policymine.portions import Portion
from policymine.reading.sources import Source, is_left_out, is_url, named_sources
from policymine.telling import Telling

if TYPE_CHECKING:
    from policymine.versions.grouping import Answer, Task

PORTION = 1_000_000
"""Bytes of files whose documents one task mines: what is done again when a machine is lost."""
MOST_TASKS = 20_000
_CARRIED = 64_000_000
"""Bytes of tasks of the comparison that are on the way at once."""
_INSTALL = 'it needs PySpark: pip install "policymine[spark]"'
INSTALL_JAVA = "install Java 17 or later (Debian, Ubuntu: apt-get install default-jre-headless), or set JAVA_HOME to it"
_ERROR = re.compile(r"^[\w.]*?(\w+(?:Error|Exception|Exit)): (.+)$", re.MULTILINE)


class SparkEngine:
    """A Spark cluster that mines; a context manager. What it keeps on the cluster is gone when it is left."""

    def __init__(self, master: str | None, telling: Telling) -> None:
        """Start a session, or take the one that is there.

        Args:
            master: address of the cluster (``spark://host:7077``, ``yarn``, ``local-cluster[2,1,1024]`` …); None: what
                Spark's configuration says, else the cores of this machine.
            telling: told of the tasks that are done, about once a second.

        Raises:
            EngineError: PySpark or Java is missing, or the session cannot be started.
        """
        telling.begin("connect")
        self._log = tempfile.NamedTemporaryFile(prefix="policymine-spark-", suffix=".log", delete=False)  # noqa: SIM115
        try:
            self._own, self._session = _started(master, self._log)
        except BaseException as error:
            self._close(keep=isinstance(error.__cause__, Exception))
            raise
        self._mined: Any = None
        self._telling = telling
        self.documents = 0
        """How many were mined; known before the first of them is fetched."""

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if self._own:
            with suppress(Exception):  # Java may be gone
                self._session.stop()
        elif self._mined is not None:
            self._mined.unpersist()
        self._close(keep=isinstance(error, EngineError))

    def _close(self, keep: bool) -> None:
        self._log.close()
        if not keep:
            os.unlink(self._log.name)

    def list_urls(self, urls: Sequence[str]) -> list[Source]:
        """The files that URLs mean, as ``reading.sources.list_sources`` does for paths.

        Args:
            urls: files, folders (all that is below them), globs.

        Raises:
            EngineError: there is nothing at one of them, or it cannot be reached.
        """
        found: dict[str, str] = {}
        with self._failures():
            for url in urls:
                root = _bare(re.split(r"/[^/]*[*?\[{]", url)[0])
                paths = [row.path for row in self._binary([url]).select("path").collect()]
                for path in paths:
                    name = _bare(path).removeprefix(root).lstrip("/") or path.rpartition("/")[2]
                    if path == url or not is_left_out(path.rpartition("/")[2]):
                        found[path] = name
                if not paths:
                    raise EngineError(f"{url}: no file to read there")
        return named_sources(found)

    def mine(self, sources: Iterable[Source], options: Options, cache: Cache | None) -> Iterator[Portion]:
        """Read and mine inputs on the cluster; as ``engines.mine_portions``, but collections are opened there too.

        Args:
            sources: from ``list_sources`` or ``list_urls``.
            options: limits and choices.
            cache: results of earlier runs, in a folder that all machines share.

        Raises:
            EngineError: the cluster could not finish.
        """
        from pyspark import StorageLevel

        sources = list(sources)
        with self._failures():
            files, size = self._files(sources)
            cores = self._session.sparkContext.defaultParallelism
            tasks = min(MOST_TASKS, max(2 * cores, size // PORTION))
            opens = partial(opening, options=options, digest=package_digest(library_versions()))
            opened = _mapped(files.repartition(min(len(sources), tasks), "place"), opens, NUMBERED)
            dealt = opened.repartition(tasks, "place", "number")  # by key: a task tried again gets the same
            mined = _mapped(dealt, partial(mining, options=options, cache=cache), NUMBERED)
            self._mined = mined.persist(StorageLevel.DISK_ONLY)
            self.documents = self._do(self._mined)
            self._telling.begin("fetch")
            ordered = self._mined.repartitionByRange(tasks, "place", "number").sortWithinPartitions("place", "number")
            for row in ordered.toLocalIterator(prefetchPartitions=True):
                yield pickle.loads(row.data)

    def spread(self, work: Callable[[Task], Answer], tasks: Iterable[Task]) -> Iterator[Answer]:
        """Do the tasks of the comparison on the cluster; as ``engines.spread``.

        Args:
            work: a function of a module.
            tasks: taken some at a time, so that memory stays flat.

        Raises:
            EngineError: the cluster could not finish.
        """
        import pyarrow as pa

        with self._failures():
            for portion in _portions(map(carried, tasks)):
                table = pa.table({"n": list(range(len(portion))), "data": portion})
                asked = self._session.createDataFrame(table).repartition(len(portion), "n")
                done = _mapped(asked, partial(comparing, work=work), COMPARED).collect()
                for row in sorted(done, key=lambda row: int(row.n)):
                    yield pickle.loads(row.data)

    def _files(self, sources: Sequence[Source]) -> tuple[Any, int]:
        """A data frame of files, the content with those that Spark reads; and their size together."""
        import pyarrow as pa

        paths = [str(source.path) for source in sources]
        columns = {"place": range(len(paths)), "name": [source.name for source in sources], "path": paths}
        files = self._session.createDataFrame(pa.table({name: list(column) for name, column in columns.items()}))
        urls = [path for path in paths if is_url(path)]
        if not urls:
            return files.selectExpr("*", "CAST(NULL AS BINARY) AS content"), sum(map(_size, paths))
        read = self._binary(urls)
        size = read.selectExpr("sum(length)").first()[0]
        return files.join(read.select("path", "content"), "path", "left"), size + sum(map(_size, paths))

    def _binary(self, urls: Sequence[str]) -> Any:
        return self._session.read.format("binaryFile").option("recursiveFileLookup", "true").load(list(urls))

    def _do(self, frame: Any) -> int:
        """Work a data frame out, telling how far it is; the number of its rows."""
        context = self._session.sparkContext
        tracker = context.statusTracker()
        with ThreadPoolExecutor(1) as pool:
            job = pool.submit(frame.count)
            try:
                while not wait_for([job], 1).done:
                    stages = map(tracker.getStageInfo, tracker.getActiveStageIds())
                    if running := [stage for stage in stages if stage is not None]:
                        self._telling.done(running[-1].numCompletedTasks, running[-1].numTasks)
            except BaseException:
                context.cancelAllJobs()
                raise
            return int(job.result())

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """What Spark raises, in a line of our own."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            yield
        except (PySparkException, Py4JError, ConnectionError) as error:
            place = f"Spark's messages are in {self._log.name}" if self._own else "see Spark's messages"
            raise EngineError(f"--engine spark: the cluster could not finish: {_reason(error)}; {place}") from error


def find_java(environment: Mapping[str, str]) -> str | None:
    """The program that Spark is started with; None where there is none.

    Args:
        environment: ``JAVA_HOME`` counts before ``PATH``.
    """
    home = environment.get("JAVA_HOME")
    return shutil.which(os.path.join(home, "bin", "java") if home else "java", path=environment.get("PATH"))


def _started(master: str | None, log: IO[bytes]) -> tuple[bool, Any]:
    """A session, and whether it is ours to stop; what Java writes goes to a file, not between the lines of ours."""
    if find_spec("pyspark") is None:
        raise EngineError(f"--engine spark: {_INSTALL}")
    with _without_warnings():
        from pyspark import SparkConf, SparkContext
        from pyspark.java_gateway import launch_gateway
        from pyspark.sql import SparkSession

        running = SparkSession.getActiveSession()
        if running is None:
            if find_java(os.environ) is None:
                raise EngineError(f"--engine spark: there is no Java; {INSTALL_JAVA}")
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            settings = {"spark.app.name": "policymine", "spark.ui.showConsoleProgress": "false"}
            conf = SparkConf(loadDefaults=False)
            conf.setAll([*settings.items(), *([("spark.master", master)] if master else [])])
            try:
                SparkContext(conf=conf, gateway=launch_gateway(conf, {"stderr": log}))
            except Exception as error:  # whatever Java says: PySpark has no one exception for it
                raise EngineError(
                    f"--engine spark: Spark could not be started: {_reason(error)}; it needs Java 17 or later, and a "
                    f"cluster at --master (Spark's messages are in {log.name})"
                ) from error
        session = (running or SparkSession.builder.getOrCreate()).newSession()
        session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", ROWS)
        session.conf.set("spark.sql.execution.arrow.maxBytesPerBatch", BYTES)
        return running is None, session


@contextmanager
def _without_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PySpark's about pandas, which is not used here
        yield


def _mapped(frame: Any, step: Callable[[Batches], Batches], schema: str) -> Any:
    with _without_warnings():
        return frame.mapInArrow(step, schema)


def _reason(error: BaseException) -> str:
    """The innermost error of a message of Spark, in one line."""
    found = [f"{name}: {what}" if name != "EngineError" else what for name, what in _ERROR.findall(str(error))]
    return " ".join((found[-1] if found else str(error)).split())[:300]


def _bare(url: str) -> str:
    """A path without what the same URL may be written with or without.

    >>> _bare("file:///a/b/"), _bare("file:/a/b"), _bare("s3a://bucket/b")
    ('/a/b', '/a/b', '/bucket/b')
    """
    return re.sub(r"^\w+:/*", "/", url).rstrip("/")


def _size(path: str) -> int:
    try:
        return 0 if is_url(path) else os.path.getsize(path)
    except OSError:
        return 0


def _portions(data: Iterable[bytes]) -> Iterator[list[bytes]]:
    portion: list[bytes] = []
    for one in data:
        portion.append(one)
        if sum(map(len, portion)) >= _CARRIED:
            yield portion
            portion = []
    if portion:
        yield portion
