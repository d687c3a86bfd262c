"""What the workers of a cluster do: open files, mine, compare. They take and give record batches of pyarrow.

From the second time that a task is tried its documents are mined in a process beside it, so that one that ends its
process is ``failed`` and the others are mined, as on one machine.
"""

from __future__ import annotations

import pickle
import platform
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policymine.cache import Cache, library_versions, package_digest
from policymine.engines import mine_one_by_one, mine_source
from policymine.models import Options
from policymine.portions import Mined, portion_of
from policymine.reading.expand import expand
from policymine.reading.holding import hold_bytes
from policymine.reading.sources import MisuseError, Source
from policymine.versions.kept import Kept
from policymine.workers import collect_rarely

if TYPE_CHECKING:
    from policymine.versions.grouping import Answer, Task

ROWS, BYTES = 64, 8_000_000
"""Rows, or bytes, that go between Spark and a process of Python at once."""
NUMBERED = "place bigint, number bigint, data binary"
COMPARED = "n bigint, data binary"

Batches = Iterator[Any]
"""Record batches of pyarrow."""


class EngineError(MisuseError):
    """The cluster cannot be reached, or could not finish."""


@lru_cache(1)
def _own_digest() -> str:
    return package_digest(library_versions())


def opening(batches: Batches, options: Options, digest: str) -> Batches:
    """On the cluster: files -> the inputs in them, numbered."""
    if _own_digest() != digest:
        raise EngineError(
            f"policymine, Python or a library on {platform.node()} is not that of the machine where the run was "
            "started; install the same versions everywhere (pip install -c constraints.txt)"
        )

    def inputs() -> Iterator[tuple[int, int, bytes]]:
        for place, name, path, content in _rows(batches, "place", "name", "path", "content"):
            source = Source(name, path) if content is None else Source(name, held=hold_bytes(content))
            for number, one in enumerate(expand([source], options)):
                yield place, number, pickle.dumps(one, pickle.HIGHEST_PROTOCOL)

    return _batches(inputs(), NUMBERED)


def mining(batches: Batches, options: Options, cache: Cache | None) -> Batches:
    """On the cluster: inputs -> what was mined from each."""
    from pyspark import TaskContext

    collect_rarely()
    waiting: deque[tuple[int, int]] = deque()

    def sources() -> Iterator[Source]:
        for place, number, data in _rows(batches, "place", "number", "data"):
            waiting.append((place, number))
            yield pickle.loads(data)

    def mined() -> Iterator[tuple[int, int, bytes]]:
        if TaskContext.get().attemptNumber() == 0:
            done: Iterable[Mined] = (mine_source(source, options, cache) for source in sources())
        else:
            done = mine_one_by_one(sources(), options, cache)
        for one in done:
            yield *waiting.popleft(), pickle.dumps(portion_of([one]), pickle.HIGHEST_PROTOCOL)

    return _batches(mined(), NUMBERED)


def carried(task: Task) -> bytes:
    """A task with what it reads from a file of this machine."""
    kept = Kept(task.path, to_write=False)
    try:
        signatures = {k: kept.read(*place) for k, place in task.where.items()}
        known = {pair: kept.read(*place) for pair, place in task.known.items()}
    finally:
        kept.close()
    return pickle.dumps((replace(task, where={}, known={}), signatures, known), pickle.HIGHEST_PROTOCOL)


def comparing(batches: Batches, work: Callable[[Task], Answer]) -> Batches:
    """On the cluster: tasks of the comparison -> their answers."""

    def answers() -> Iterator[tuple[int, bytes]]:
        for n, data in _rows(batches, "n", "data"):
            task, signatures, known = pickle.loads(data)
            with tempfile.TemporaryDirectory(prefix="policymine-") as folder:
                kept = Kept(path := Path(folder) / "kept")
                where = {k: kept.append(one) for k, one in signatures.items()}
                places = {pair: kept.append(one) for pair, one in known.items()}
                kept.close()
                answer = work(replace(task, path=path, where=where, known=places))
            yield n, pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)

    return _batches(answers(), COMPARED)


def _rows(batches: Batches, *names: str) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        yield from zip(*(batch.column(name).to_pylist() for name in names), strict=True)


def _batches(rows: Iterator[tuple[Any, ...]], schema: str) -> Batches:
    """Rows -> record batches of the columns that a schema of Spark names."""
    import pyarrow as pa

    types = {"bigint": pa.int64(), "binary": pa.binary()}
    columns = [(name, types[kind]) for name, kind in (column.split() for column in schema.split(", "))]

    def batch(rows: list[tuple[Any, ...]]) -> Any:
        return pa.RecordBatch.from_arrays(
            [pa.array(values, kind) for values, (_, kind) in zip(zip(*rows, strict=True), columns, strict=True)],
            [name for name, _ in columns],
        )

    portion: list[tuple[Any, ...]] = []
    size = 0
    for row in rows:
        portion.append(row)
        size += sum(len(value) for value in row if isinstance(value, bytes))
        if len(portion) >= ROWS or size >= BYTES:
            yield batch(portion)
            portion, size = [], 0
    if portion:
        yield batch(portion)
