"""Many documents: one process or several, the same result either way.

Documents are read and mined one by one, here or in worker processes, and come back as rows in the order of the inputs,
whichever worker was faster. An error in one document, even one that ends its process, is a row with the status
``failed`` and an issue; it never stops the others.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import tempfile
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeVar

from policymine.models import Issue, Options, RawDocument
from policymine.reading import hold_source, read_held, read_source
from policymine.reading.holding import Held
from policymine.reading.kept import to_kept
from policymine.reading.sources import Source
from policymine.tables.rows import DocumentRows, document_rows, unmined_rows

if TYPE_CHECKING:
    from policymine.cache import Cache
    from policymine.versions import Signature

_Made = TypeVar("_Made")
SMALL = 1_000_000
"""Bytes of input up to which starting worker processes costs more than it saves."""
CHUNK_BYTES = 400_000
CHUNK_DOCUMENTS = 32
_AHEAD = 3
"""Chunks a worker that are in flight: enough to keep all busy, few enough to keep memory flat."""
_BYTES_AHEAD = 32_000_000
_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")
_MOST_PROCESSES = 60
"""Windows can wait for no more."""
_ENDING = (KeyboardInterrupt, SystemExit)
"""What ends the run; everything else that a document raises is its own, also the panics of libraries in Rust, which
are no ``Exception``."""
_ENDED = "the process that mined it was ended by the system; it may need more memory"


@dataclass(frozen=True, slots=True)
class Mined:
    """What a worker sends back for one input: its rows, its text with what is kept beside it, and what versions are
    found by.

    ``cached`` tells whether it was kept by an earlier run; None for what is never kept.
    """

    rows: DocumentRows
    text: str | None = None
    beside: bytes | None = None
    signature: Signature | None = None
    cached: bool | None = None


def mine_sources(
    sources: Iterable[Source], options: Options, jobs: int | None = 1, cache: Cache | None = None
) -> Iterator[Mined]:
    """Read and mine inputs, one process or many; the results come in the order of the inputs.

    Args:
        sources: from ``reading.expand``; taken one by one, no further ahead than keeps the processes busy.
        options: limits and choices.
        jobs: number of processes; None: one a core. Small inputs are mined in this process in any case.
        cache: results of earlier runs; those of this one are added.
    """
    if jobs is None:
        jobs = _cores()
    first, rest = _first(sources) if jobs > 1 else ([], iter(sources))
    if jobs <= 1 or _is_small(first):
        return (mine_source(source, options, cache) for source in chain(first, rest))
    return _pooled(_chunks(chain(first, rest)), options, jobs, cache)


def _cores() -> int:
    """The cores that this process may use."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def mine_source(source: Source, options: Options, cache: Cache | None = None) -> Mined:
    """Read and mine one input; an error becomes a document with the status ``failed``, never an exception."""
    try:
        held = hold_source(source, options)
        if cache is not None and held.doc_id:
            known = None if isinstance(held, Held) else held
            fields = source.fields if known is None else known.fields
            if found := cache.get(held.doc_id, source.name, fields, known):
                return Mined(*found, cached=True)
        raw = read_held(held, source.name, options, source.fields) if isinstance(held, Held) else held
    except _ENDING:
        raise
    except BaseException as error:
        return _failed(_unread(source, options), _what(error))
    return mine_raw(raw, options, cache)


def mine_raw(raw: RawDocument, options: Options, cache: Cache | None = None) -> Mined:
    """Mine one document that was read, and keep the result; as ``mine_source``."""
    if raw.status != "ok":
        return Mined(unmined_rows(raw))
    from policymine.pipeline import mine_document
    from policymine.versions import signature

    try:
        mined = mine_document(raw, options)
        rows, signed = document_rows(mined), signature(mined)
    except _ENDING:
        raise
    except BaseException as error:
        return _failed(raw, _what(error))
    if cache is not None:
        cache.put(raw, rows, signed)
    return Mined(rows, raw.text, to_kept(raw), signed, cached=False)


def _unread(source: Source, options: Options) -> RawDocument:
    """A document whose bytes no reader could take: its name, and its hash where the file can be opened."""
    raw = RawDocument("", source.name, "", 0, "", None, "", "failed")
    with suppress(Exception):
        held = hold_source(replace(source, raw=None), options)
        if isinstance(held, Held):
            return replace(raw, doc_id=held.doc_id, size=held.size)
    return raw


def _what(error: BaseException) -> str:
    """An error in one line: what and where, without paths of the machine."""
    if isinstance(error, MemoryError):
        return "there was not enough memory for it"
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}: {error}"


def _failed(raw: RawDocument, message: str) -> Mined:
    issue = Issue("document-failed", message, raw.doc_id or None, raw.source)
    raw = replace(raw, status="failed", issues=(*raw.issues, issue))
    return Mined(unmined_rows(raw), *((raw.text, to_kept(raw)) if raw.doc_id else ()))


def _size(source: Source) -> int:
    if source.held is not None:
        return len(source.held.data or b"")
    try:
        return os.path.getsize(source.path) if source.path is not None else 0
    except OSError:
        return 0


def _first(sources: Iterable[Source]) -> tuple[list[Source], Iterator[Source]]:
    """So many inputs that it is known whether they are small, and the others."""
    rest, first, total = iter(sources), [], 0
    for source in rest:
        first.append(source)
        total += _size(source)
        if total > SMALL and len(first) > 1:
            break
    return first, rest


def _is_small(first: Sequence[Source]) -> bool:
    return len(first) < 2 or sum(map(_size, first)) <= SMALL


def _chunks(sources: Iterable[Source]) -> Iterator[list[Source]]:
    chunk: list[Source] = []
    size = 0
    for source in sources:
        chunk.append(source)
        size += _size(source)
        if size >= CHUNK_BYTES or len(chunk) >= CHUNK_DOCUMENTS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _mine_chunk(chunk: list[Source], options: Options, cache: Cache | None) -> list[Mined]:
    return [mine_source(source, options, cache) for source in chunk]


def _laid_down(chunk: list[Source], options: Options, cache: Cache | None) -> str:
    """Mine in a worker; the name of the file that holds the result.

    Through the pipe of the pool goes no more than one write takes: a process that is killed while it sends would leave
    half a message, and everybody waiting for the rest.
    """
    done = _mine_chunk(chunk, options, cache)
    handle, name = tempfile.mkstemp(prefix="policymine-")
    with open(handle, "wb") as stream:
        pickle.dump(done, stream, pickle.HIGHEST_PROTOCOL)
    return name


def _taken_up(name: str) -> list[Mined]:
    with open(name, "rb") as stream:
        done: list[Mined] = pickle.load(stream)
    os.unlink(name)
    return done


def collect_rarely() -> None:
    """Look for garbage in cycles less often: rows and matches are many and in no cycles, the lexicons stay anyway."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def _start_worker(temporary: str) -> None:
    tempfile.tempdir = temporary
    # A library in Rust that finds no memory left would wait for itself for ever while it writes where that was.
    os.environ["RUST_BACKTRACE"] = "0"
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the main process
    collect_rarely()


@contextmanager
def _sheltered() -> Iterator[None]:
    """Processes started here do not get Ctrl-C, not even before their initializer; here it comes after the block.

    The mask holds for this thread and what it starts; a signal that another thread is given (those of libraries) would
    still run its handler here and leave a process half started, so the handlers wait too.
    """
    mask: Callable[..., set[signal.Signals]] | None = getattr(signal, "pthread_sigmask", None)  # not on Windows
    caught: list[int] = []
    own = {}
    if threading.current_thread() is threading.main_thread():
        handlers = ((number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM))
        own = {number: handler for number, handler in handlers if callable(handler)}
        for number in own:
            signal.signal(number, lambda received, frame: caught.append(received))
    before = mask(signal.SIG_BLOCK, {signal.SIGINT}) if mask is not None else set()
    try:
        yield
    finally:
        if mask is not None:
            mask(signal.SIG_SETMASK, before)
        for number, handler in own.items():
            signal.signal(number, handler)
        for received in caught[:1]:
            own[signal.Signals(received)](received, None)


def _ready() -> bool:
    return True


def _pool(jobs: int, temporary: str) -> ProcessPoolExecutor:
    # spawn: the same on every system, and safe beside the threads of a progress bar
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(temporary,))


def _pooled(
    chunks: Iterator[list[Source]], options: Options, jobs: int, cache: Cache | None = None
) -> Iterator[Mined]:
    jobs = min(jobs, _MOST_PROCESSES)
    with tempfile.TemporaryDirectory(prefix="policymine-", ignore_cleanup_errors=True) as folder:
        pool = _pool(jobs, folder)
        try:
            try:
                with _sheltered():
                    first = pool.submit(_ready)
                first.result()
            except BrokenProcessPool:  # no processes here (a script without a main guard, a sandbox): go on without
                for chunk in chunks:
                    yield from _mine_chunk(chunk, options, cache)
                return
            pending: deque[tuple[list[Source], Future[str]]] = deque()
            while True:
                while _has_room(pending, jobs) and (following := next(chunks, None)) is not None:
                    pending.append((following, _submit(pool, _laid_down, following, options, cache)))
                if not pending:
                    return
                chunk, future = pending[0]
                try:
                    done = _taken_up(future.result())
                except OSError:  # no room for results
                    raise
                except Exception:
                    # One of the chunks in flight ended its process, or its result could not be handed over for want of
                    # memory: mine the first alone, give the others to a new pool.
                    _stop(pool)
                    done = list(_one_by_one(chunk, options, cache, folder))
                    pool = _pool(jobs, folder)
                    waiting = [later for later, _ in pending]
                    pending = deque((later, _submit(pool, _laid_down, later, options, cache)) for later in waiting[1:])
                else:
                    pending.popleft()
                yield from done
        finally:
            _stop(pool)


def _has_room(pending: Sequence[tuple[list[Source], object]], jobs: int) -> bool:
    """Whether one chunk more may be in flight; of what is held in memory, no more than some bytes are."""
    held = sum(len(source.held.data or b"") for chunk, _ in pending for source in chunk if source.held)
    return len(pending) < jobs * _AHEAD and (held < _BYTES_AHEAD or len(pending) < 2)


def _submit(pool: ProcessPoolExecutor, work: Callable[..., _Made], *given: object) -> Future[_Made]:
    """A future even where the pool is broken already: the error then comes when its turn comes."""
    try:
        with _sheltered():
            return pool.submit(work, *given)
    except BrokenProcessPool as error:
        future: Future[_Made] = Future()
        future.set_exception(error)
        return future


def _one_by_one(chunk: list[Source], options: Options, cache: Cache | None, folder: str) -> Iterator[Mined]:
    """Mine documents in a process that one of them may end; that one is ``failed``, the others are mined."""
    pool = _pool(1, folder)
    try:
        for source in chunk:
            try:
                [done] = _taken_up(_submit(pool, _laid_down, [source], options, cache).result())
            except OSError:
                raise
            except Exception as error:
                _stop(pool)
                pool = _pool(1, folder)
                try:  # there too: it may be the reading that ends a process
                    raw = replace(_submit(pool, read_source, source, options).result(), source=source.name)
                except Exception:
                    _stop(pool)
                    pool = _pool(1, folder)
                    raw = _unread(source, options)
                done = _failed(raw, _ENDED if isinstance(error, BrokenProcessPool) else _what(error))
            yield done
    finally:
        _stop(pool)


def spread(work: Callable[[_Task], _Answer], tasks: Iterable[_Task], jobs: int | None) -> Iterator[_Answer]:
    """Do tasks in several processes.

    Args:
        work: a function of a module; what a process cannot do because it was ended, is done here.
        tasks: taken one by one, no further ahead than keeps the processes busy.
        jobs: number of processes; None: one a core.

    Returns:
        The answers, in the order of the tasks.
    """
    jobs = min(_cores() if jobs is None else jobs, _MOST_PROCESSES)
    if jobs <= 1:
        yield from map(work, tasks)
        return
    pool = _pool(jobs)
    pending: deque[tuple[_Task, Future[_Answer] | None]] = deque()
    rest = iter(tasks)
    broken = False
    try:
        while True:
            while len(pending) < jobs * _AHEAD and (task := next(rest, None)) is not None:
                try:
                    with _sheltered():
                        pending.append((task, None if broken else pool.submit(work, task)))
                except BrokenProcessPool:
                    pending.append((task, None))
            if not pending:
                return
            task, future = pending.popleft()
            try:
                yield work(task) if future is None else future.result()
            except BrokenProcessPool:  # no processes here, or one was ended: go on without
                broken = True
                yield work(task)
    finally:
        _stop(pool)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End a pool at once, also in the middle of its work."""
    processes = list((getattr(pool, "_processes", None) or {}).values())
    manager = getattr(pool, "_executor_manager_thread", None)
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    if manager is not None:  # at exit it would be woken through a pipe that it may be closing at that moment
        manager.join(5)
