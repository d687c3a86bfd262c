"""Many documents: one process or several, the same result either way.

Documents are read and mined one by one, here or in worker processes, and come back as rows in the order of the inputs,
whichever worker was faster. An error in one document, even one that ends its process, is a row with the status
``failed`` and an issue; it never stops the others.
"""

from __future__ import annotations

import os
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, TypeVar, cast
from zlib import crc32

from policymine.ledger import Ledger, StandingPortion
from policymine.models import Issue, Options, RawDocument
from policymine.portions import Mined, Portion, portion_of
from policymine.reading import hold_source, read_held, read_source
from policymine.reading.expand import Reopening
from policymine.reading.holding import Held
from policymine.reading.kept import to_kept
from policymine.reading.sources import Source
from policymine.tables.rows import document_rows, unmined_rows
from policymine.workers import Answer, Workers

if TYPE_CHECKING:
    from policymine.cache import Cache

SMALL = 1_000_000
"""Bytes of input up to which starting worker processes costs more than it saves."""
CHUNK_BYTES = 400_000
CHUNK_DOCUMENTS = 32
_AHEAD = 3
"""Chunks a worker that are in flight: enough to keep all busy, few enough to keep memory flat."""
_BYTES_AHEAD = 32_000_000
_Task = TypeVar("_Task")
_Given = TypeVar("_Given")
_ENDING = (KeyboardInterrupt, SystemExit)
"""What ends the run; everything else that a document raises is its own, also the panics of libraries in Rust, which
are no ``Exception``."""
_ENDED = "the process that mined it was ended by the system; it may need more memory"


def mine_portions(
    sources: Iterable[Source], options: Options, jobs: int | None = 1, cache: Cache | None = None
) -> Iterator[Portion]:
    """Read and mine inputs, one process or many; the results come in the order of the inputs, some at a time.

    Args:
        sources: from ``reading.expand``; taken one by one, no further ahead than keeps the processes busy.
        options: limits and choices.
        jobs: number of processes; None: one a core. Small inputs are mined in this process in any case.
        cache: results of earlier runs; those of this one are added.
    """
    return cast(Iterator[Portion], take_portions(sources, options, jobs, cache, None))


def take_portions(
    sources: Iterable[Source], options: Options, jobs: int | None, cache: Cache | None, ledger: Ledger | None
) -> Iterator[Portion | StandingPortion]:
    """As ``mine_portions``; what did not change is only named, where it stands in the result that a ledger knows."""
    if jobs is None:
        jobs = _cores()
    first, rest = _first(sources) if jobs > 1 else ([], iter(sources))
    chunks = _chunks(chain(first, rest))
    if jobs <= 1 or _is_small(first):
        reopening = Reopening(options)
        return (
            _standing(chunk, options, cache, ledger)
            or _marked(chunk, _mine_chunk(reopening.read(chunk), options, cache), ledger)
            for chunk in chunks
        )
    return _pooled(chunks, options, jobs, cache, ledger)


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
                return found
        raw = read_held(held, source.name, options, source.fields) if isinstance(held, Held) else held
    except _ENDING:
        raise
    except BaseException as error:
        return _failed(_unread(source, options), _what(error))
    return mine_raw(raw, options, cache, isinstance(held, Held))


def mine_raw(raw: RawDocument, options: Options, cache: Cache | None = None, from_file: bool = True) -> Mined:
    """Mine one document that was read, and keep the result as one of its file or not; as ``mine_source``."""
    if raw.status != "ok":
        return Mined(unmined_rows(raw))
    from policymine.pipeline import mine_document
    from policymine.versions import signature
    from policymine.versions.facts import kept_facts

    try:
        found = mine_document(raw, options)
        rows = document_rows(found)
        mined = Mined(rows, raw.text, to_kept(raw), signature(found, kept_facts(rows)), cached=False)
    except _ENDING:
        raise
    except BaseException as error:
        return _failed(raw, _what(error))
    if cache is not None:
        cache.put(raw, mined, from_file)
    return mined


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
    if source.unread is not None:
        return source.unread.size
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
    """Inputs that are mined together.

    Where one ends is decided by names as much as by sizes: what comes in or goes between two runs changes the chunks
    around it, those further on are the same, and found in the cache.
    """
    chunk: list[Source] = []
    size = 0
    for source in sources:
        chunk.append(source)
        size += _size(source)
        last = crc32(source.name.encode("utf-8", "surrogatepass")) % CHUNK_DOCUMENTS < CHUNK_DOCUMENTS // 8
        if size >= CHUNK_BYTES or len(chunk) >= CHUNK_DOCUMENTS or (last and len(chunk) >= CHUNK_DOCUMENTS // 4):
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _mine_chunk(chunk: list[Source], options: Options, cache: Cache | None) -> Portion:
    if cache is None:
        return portion_of([mine_source(source, options) for source in chunk])
    held = [_at_hand(source, options) for source in chunk]
    keys = [key for source in held if (key := _key(source, cache)) is not None]
    if len(keys) == len(held) and (found := cache.get_together(keys)) is not None:
        return found
    done = [mine_source(source, options, cache) for source in held]
    portion = portion_of(done)
    if len(keys) == len(held) and all(one.cached is not None for one in done):
        return cache.put_together(keys, portion)
    return portion


def _at_hand(source: Source, options: Options) -> Source:
    """An input with its bytes, or the document that it is; as it was where that goes wrong."""
    try:
        held = hold_source(source, options)
    except _ENDING:
        raise
    except BaseException:  # said when it is mined
        return source
    return replace(source, held=held) if isinstance(held, Held) else replace(source, raw=held, path=None)


def _key(source: Source, cache: Cache) -> str | None:
    """What an input with its bytes is known by; None where it is never kept."""
    if source.held is not None:
        return cache.key(source.held.doc_id, source.name, source.fields)
    if source.raw is None or source.raw.status != "ok" or source.path is not None:
        return None
    return cache.key(source.raw.doc_id, source.name, source.raw.fields, source.raw)


def _standing(
    chunk: list[Source], options: Options, cache: Cache | None, ledger: Ledger | None
) -> StandingPortion | None:
    """What stands of a chunk in the earlier result."""
    if ledger is None:
        return None
    return ledger.standing(
        ledger.key(chunk), lambda: _mine_chunk(Reopening(options).read(chunk), options, cache)
    )


def _marked(chunk: list[Source], portion: Portion, ledger: Ledger | None) -> Portion:
    return portion if ledger is None else replace(portion, key=ledger.key(chunk))


def _pooled(
    chunks: Iterator[list[Source]], options: Options, jobs: int, cache: Cache | None, ledger: Ledger | None
) -> Iterator[Portion | StandingPortion]:
    pending: deque[tuple[list[Source], Answer[Portion] | StandingPortion | None]] = deque()
    reopening = Reopening(options)
    can_start: bool | None = None
    with Workers(jobs) as workers:
        while True:
            while _has_room(pending, workers.jobs) and (following := next(chunks, None)) is not None:
                begun: Answer[Portion] | StandingPortion | None = _standing(following, options, cache, ledger)
                if begun is None:
                    following = reopening.read(following)
                    can_start = workers.can_start() if can_start is None else can_start
                    begun = workers.submit(_mine_chunk, following, options, cache) if can_start else None
                pending.append((following, begun))
            if not pending:
                return
            chunk, answer = pending.popleft()
            if isinstance(answer, StandingPortion):
                yield answer
                continue
            try:
                done = _mine_chunk(chunk, options, cache) if answer is None else answer.result()
            except OSError:  # no room for answers
                raise
            except Exception:
                # One of the chunks in flight ended its process, or its answer could not be handed over for want of
                # memory: mine the first alone, and the others anew.
                workers.stop()
                done = portion_of(list(mine_one_by_one(chunk, options, cache)))
                pending = deque(
                    (later, workers.submit(_mine_chunk, later, options, cache) if isinstance(given, Answer) else given)
                    for later, given in pending
                )
            yield _marked(chunk, done, ledger)


def _has_room(pending: Sequence[tuple[list[Source], object]], jobs: int) -> bool:
    """Whether one chunk more may be in flight; of what is held in memory, no more than some bytes are."""
    held = sum(len(source.held.data or b"") for chunk, _ in pending for source in chunk if source.held)
    return len(pending) < jobs * _AHEAD and (held < _BYTES_AHEAD or len(pending) < 2)


def mine_one_by_one(sources: Iterable[Source], options: Options, cache: Cache | None) -> Iterator[Mined]:
    """Mine documents in a process that one of them may end; that one is ``failed``, the others are mined.

    Args:
        sources: taken one by one.
        options: limits and choices.
        cache: results of earlier runs.
    """
    with Workers(1) as worker:
        for source in sources:
            try:
                done = worker.submit(mine_source, source, options, cache).result()
            except OSError:
                raise
            except Exception as error:
                worker.stop()
                try:  # there too: it may be the reading that ends a process
                    raw = replace(worker.submit(read_source, source, options).result(), source=source.name)
                except Exception:
                    worker.stop()
                    raw = _unread(source, options)
                done = _failed(raw, _ENDED if isinstance(error, BrokenProcessPool) else _what(error))
            yield done


def spread(work: Callable[[_Task], _Given], tasks: Iterable[_Task], jobs: int | None) -> Iterator[_Given]:
    """Do tasks in several processes.

    Args:
        work: a function of a module; what a process cannot do because it was ended, is done here.
        tasks: taken one by one, no further ahead than keeps the processes busy.
        jobs: number of processes; None: one a core.

    Returns:
        The answers, in the order of the tasks.
    """
    jobs = _cores() if jobs is None else jobs
    if jobs <= 1:
        yield from map(work, tasks)
        return
    pending: deque[tuple[_Task, Answer[_Given] | None]] = deque()
    rest = iter(tasks)
    broken = False
    with Workers(jobs) as workers:
        while True:
            while len(pending) < workers.jobs * _AHEAD and (task := next(rest, None)) is not None:
                pending.append((task, None if broken else workers.submit(work, task)))
            if not pending:
                return
            task, answer = pending.popleft()
            try:
                yield work(task) if answer is None else answer.result()
            except BrokenProcessPool:  # no processes here, or one was ended: go on without
                broken = True
                yield work(task)
