"""The rows of many documents as the tables of one corpus: each content once, versions grouped, citations resolved.

Per-document tables go to the sink as documents come, in the order of the inputs, many rows at a time and never one by
one; only what needs the whole corpus (documents, citations, versions) waits for the last one, in files.
"""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from policymine.engines import spread, take_portions
from policymine.ledger import Ledger, StandingInput, StandingPortion
from policymine.memory import trimmed
from policymine.models import Options
from policymine.portions import PACKED, Input, Portion
from policymine.reading.sources import Source
from policymine.tables.links import Cited, link_works
from policymine.tables.schema import PER_DOCUMENT, Row
from policymine.tables.waiting import WaitingRows
from policymine.versions.comparison import COMPARED, Comparison

if TYPE_CHECKING:
    from policymine.cache import Cache
    from policymine.corrections.correcting import Correcting
    from policymine.versions.grouping import Answer, Task

LATEST = 2_000
"""Words that are held apart before they are sorted among the others."""
_FACTS = tuple(table for table in PACKED if table != "files")
_ALONE = tuple(table for table in PACKED if table not in ("documents", "citations", "issues"))
"""Tables that have all their rows when the last document was mined."""

class Engine(Protocol):
    """Mines and compares elsewhere, beyond this machine."""

    def mine(self, sources: Iterable[Source], options: Options, cache: Cache | None) -> Iterator[Portion]:
        """Read and mine inputs as ``engines.mine_portions`` does; collections are opened there too."""

    def spread(self, work: Callable[[Task], Answer], tasks: Iterable[Task]) -> Iterator[Answer]:
        """Do the tasks of the comparison (``versions.grouping.Spread``)."""


class Sink(Protocol):
    """Takes the rows and texts of a corpus in their final order."""

    def add_rows(self, table: str, rows: Sequence[Row]) -> None:
        """Append rows to a table."""

    def add_text(self, doc_id: str, text: str, beside: bytes | None = None) -> None:
        """Take the text of a document, and what is kept beside it."""

    def end_table(self, table: str) -> None:
        """Take note that no more rows of a table come."""


class KeepingSink(Sink, Protocol):
    """Makes a result in the place of an earlier one, of which it can keep texts."""

    def keep_text(self, doc_id: str, chars: int, beside: bool) -> None:
        """Keep the text of a document (so many characters), and what is beside it, as it stands in the result."""


@dataclass(frozen=True, slots=True)
class CacheUse:
    """How many documents were taken from the cache, and how many were mined."""

    hits: int = 0
    misses: int = 0


def collect(
    sources: Iterable[Source],
    sink: Sink,
    options: Options = Options(),  # noqa: B008 (frozen)
    jobs: int | None = 1,
    progress: Callable[[str], None] | None = None,
    cache: Cache | None = None,
    correcting: Correcting | None = None,
    engine: Engine | None = None,
    begin: Callable[[str], None] = lambda stage: None,
    ledger: Ledger | None = None,
) -> CacheUse:
    """Mine every input and hand the rows of the whole corpus to a sink.

    Args:
        sources: from ``reading.expand``; their order is the order of the rows.
        sink: takes rows and texts; with a ledger, a ``KeepingSink``.
        options: limits and choices.
        jobs: number of processes; None: one a core.
        progress: called with the name of each input that is done.
        cache: results of earlier runs; those of this one are added. They are without corrections.
        correcting: what readers decided about rows.
        engine: mines beyond this machine; ``sources`` are then those of ``list_sources``.
        begin: called with the name of each stage when it begins: mine, compare, link.
        ledger: what did not change is taken over from the earlier result that it knows of.

    Returns:
        How many documents were taken from the cache, and how many were mined.
    """
    hits = misses = 0
    index = None if cache is None else Path(cache.folder) / "versions"
    compared = Comparison(index, engine.spread if engine else None if jobs == 1 else partial(spread, jobs=jobs))
    seen = _Seen()
    with closing(WaitingRows("documents")) as documents, closing(WaitingRows("citations")) as citations:
        waiting = {"documents": documents, "citations": citations}
        at = dict.fromkeys(PACKED, 0)

        def add(table: str, rows: Sequence[Row]) -> None:
            at[table] += len(rows)
            if table in waiting:
                waiting[table].add(rows)
            else:
                sink.add_rows(table, rows)

        begin("mine")
        mined = engine.mine(sources, options, cache) if engine else take_portions(sources, options, jobs, cache, ledger)
        for portion in trimmed(mined):
            files, new = seen.look(portion.inputs)
            for one in portion.inputs:
                hits += one.cached is True
                misses += one.cached is False
                if progress is not None:
                    progress(one.source)
            before = dict(at)
            if isinstance(portion, StandingPortion):
                assert ledger is not None
                if (portion.files, portion.new) == (files, new) and compared.take(_signed(portion)):
                    for one in (portion.inputs[k] for k in new):
                        cast(KeepingSink, sink).keep_text(one.doc_id, one.chars, one.beside)
                    for table, (first, last) in portion.rows.items():
                        add(table, ledger.table(table).rows(first, last))
                    ledger.note(
                        portion.key, portion.kept_as, portion.inputs, files, new,
                        {table: (before[table], at[table]) for table in PACKED},
                    )
                    continue
                portion = portion.load()
            for first, last in _stretches(files):
                add("files", portion.rows("files", first, last))
            names: dict[int, str] = {}
            for k in new:
                one = portion.inputs[k]
                if one.doc_id is not None and one.text is not None:
                    sink.add_text(one.doc_id, one.text, one.beside)
                if one.signature is not None:
                    names[k] = compared.add(one.signature)
            for table, rows in _facts(portion, new, correcting):
                add(table, rows)
            if ledger is not None and portion.key and portion.kept_as:
                ledger.note(
                    portion.key, portion.kept_as,
                    [_standing(one, names.get(k)) for k, one in enumerate(portion.inputs)], files, new,
                    {table: (before[table], at[table]) for table in PACKED},
                )
        if correcting is not None:
            sink.add_rows("issues", correcting.left_over())
        stands = ledger is not None and ledger.stands  # then rows are still copied while documents are compared
        for table in () if stands else _ALONE:
            sink.end_table(table)
        begin("compare")
        works = compared.finish(sink.add_rows)
        for table in (*_ALONE, *COMPARED) if stands else COMPARED:
            sink.end_table(table)
        begin("link")
        cited = Cited(lambda: documents, works)
        for rows in documents:
            sink.add_rows("documents", link_works(rows, works))
        for rows in citations:
            sink.add_rows("citations", cited.link(rows))
    return CacheUse(hits, misses)


def _signed(portion: StandingPortion) -> list[str]:
    """The names of the signatures of new documents."""
    return [name for k in portion.new if (name := portion.inputs[k].signed) is not None]


def _standing(one: Input, signed: str | None) -> StandingInput:
    return StandingInput(one.source, str(one.doc_id), len(one.text or ""), one.beside is not None, signed)


class _Seen:
    """Which files and documents came already: eight bytes of each."""

    def __init__(self) -> None:
        self._files, self._documents = _Known(), _Known()

    def look(self, inputs: Sequence[Input | StandingInput]) -> tuple[list[int], list[int]]:
        """The places of files that are new, and of documents that are; what is no document is new."""
        files, documents = [], []
        for k, one in enumerate(inputs):
            if self._files.add(f"{one.source}\0{one.doc_id}"):
                files.append(k)
            if one.doc_id is None or self._documents.add(one.doc_id):
                documents.append(k)
        return files, documents


class _Known:
    """Words that were seen, by a hash of 64 bits: the latest in a set, the others sorted in an array."""

    def __init__(self) -> None:
        self._latest: set[int] = set()
        self._sorted = array("Q")

    def add(self, words: str) -> bool:
        """Take note of words; whether they are new."""
        number = int.from_bytes(blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        at = bisect_left(self._sorted, number)
        if number in self._latest or (at < len(self._sorted) and self._sorted[at] == number):
            return False
        self._latest.add(number)
        if len(self._latest) > LATEST + len(self._sorted) // 8:
            self._sorted = array("Q", heapq.merge(self._sorted, sorted(self._latest)))
            self._latest.clear()
        return True


def _facts(
    portion: Portion, documents: Sequence[int], correcting: Correcting | None
) -> Iterator[tuple[str, Sequence[Row]]]:
    """The rows of some documents of a portion, in their order; of a corrected one, those that readers decided."""
    as_read: list[int] = []
    for k in documents:
        changed = _corrected(portion, k, correcting) if correcting is not None else None
        if changed is None:
            as_read.append(k)
            continue
        yield from _as_read(portion, as_read)
        yield from changed.items()
        as_read = []
    yield from _as_read(portion, as_read)


def _as_read(portion: Portion, documents: Sequence[int]) -> Iterator[tuple[str, Sequence[Row]]]:
    for first, last in _stretches(documents):
        for table in _FACTS:
            yield table, portion.rows(table, first, last)


def _corrected(portion: Portion, k: int, correcting: Correcting) -> Mapping[str, Sequence[Row]] | None:
    """The rows of a document as readers decided; None where nobody decided anything about it."""
    signed = portion.inputs[k].signature
    if signed is None:
        return None
    [document] = portion.rows("documents", k, k + 1)
    mined = {table: portion.rows(table, k, k + 1) for table in PER_DOCUMENT}
    changed = correcting.correct(document, signed, mined)
    return None if changed is mined else {"documents": [document], **changed}


def _stretches(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Places that follow each other, as the first and the one behind the last.

    >>> list(_stretches([0, 1, 2, 4]))
    [(0, 3), (4, 5)]
    """
    for _, group in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        stretch = [place for _, place in group]
        yield stretch[0], stretch[-1] + 1
