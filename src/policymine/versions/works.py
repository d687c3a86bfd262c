"""Works: which documents are versions of one, which version stands for it, and how works relate."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policymine.memory import trim
from policymine.tables.schema import Row
from policymine.versions.comparison import Comparison
from policymine.versions.grouping import Spread, Task, settle, settle_task
from policymine.versions.ids import Ids, encoded
from policymine.versions.index import VersionIndex
from policymine.versions.reported import Reported, Telling, reported, reports
from policymine.versions.signature import Signature

SPREAD_FROM = 1000
"""Documents to compare from which other processes are worth starting."""
TASK = 200
"""Documents that another process groups in one go."""
LARGEST_TASK = 10_000
"""Documents near each other up to which another process groups them; of more, all that is found would be in memory."""
PORTION = 500_000
"""Bytes of rows that are handed on at once."""
_FOUND = np.dtype([("canonical", "<u4"), ("similarity", "<f8"), ("place", "<u8"), ("size", "<u4")])
"""Of a document: its canonical version, and where the rows about it are."""


@dataclass(frozen=True, slots=True)
class VersionResult:
    """What comparing a corpus found.

    Attributes:
        works: doc_id -> (work_id, is_canonical, similarity to the canonical version), for every document.
        versions, changes, reuse: rows of the tables of those names, sorted.
    """

    works: Mapping[str, tuple[str, bool, float]] = field(default_factory=dict)
    versions: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    reuse: list[Row] = field(default_factory=list)


def compare_corpus(signatures: Sequence[Signature]) -> VersionResult:
    """Group documents into works and say how they relate; the same for any order of ``signatures``.

    Args:
        signatures: one for each distinct document (doc_ids differ).
    """
    tables: dict[str, list[Row]] = {"versions": [], "changes": [], "reuse": []}
    comparison = Comparison()
    for signed in signatures:
        comparison.add(signed)
    works = comparison.finish(lambda table, rows: tables[table].extend(rows))
    return VersionResult(works, **tables)


class WorkOf(Mapping[str, tuple[str, bool, float]]):
    """doc_id -> (work_id, is_canonical, similarity to the canonical version), sorted; some forty bytes each."""

    def __init__(
        self, ids: Ids, work: NDArray[np.uint32], is_canonical: NDArray[np.bool_],
        similarity: NDArray[np.float64],
    ) -> None:
        """Begin.

        Args:
            ids: sorted; work: the place among them of each one's work.
            is_canonical, similarity: as they are to be given.
        """
        self._ids = ids
        self._work = work
        self._is_canonical = is_canonical
        self._similarity = similarity

    def __getitem__(self, doc_id: str) -> tuple[str, bool, float]:
        wanted = encoded(doc_id)
        at = bisect_left(self._ids.held, wanted)
        if at == len(self._ids) or self._ids.held[at] != wanted:
            raise KeyError(doc_id)
        return self._ids[self._work[at]], bool(self._is_canonical[at]), float(self._similarity[at])

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


class Works:
    """The works of the documents of an index.

    Nothing is merged by way of a third: going through the documents in canonical order, each joins the work whose
    canonical version it is proven identical to, or a version of, and with whose members its header does not clash; it
    tries the works of the documents nearest to it. Where there is none, it is the canonical version of its own.
    """

    def __init__(self, index: VersionIndex, spread: Spread | None = None) -> None:
        """Group the documents of this run.

        Args:
            index: with all of them added.
            spread: does tasks in several processes; None: all is done here, with the same result.
        """
        self._index = index
        self.ids = index.rank()
        self._near = index.near()
        trim()
        self._found = np.zeros(len(self.ids), _FOUND)
        self._found["canonical"] = np.arange(len(self.ids))
        self._found["similarity"] = 1.0
        waiting: list[list[int]] = []
        for docs in self._near.components(index.places):
            if (answer := index.answer(docs, self._near)) is not None:
                self._take(docs, np.frombuffer(answer, _FOUND))
            elif spread is None:
                self._settle(docs)
            else:
                waiting.append(docs)
        if spread is not None and sum(map(len, waiting)) >= SPREAD_FROM:
            for docs in waiting:
                if len(docs) > LARGEST_TASK:
                    self._settle(docs)
            self._spread(spread, [docs for docs in waiting if len(docs) <= LARGEST_TASK])
        else:
            for docs in waiting:
                self._settle(docs)
        self._order = self.ids.held.argsort(kind="stable").astype(np.uint32)

    def _settle(self, docs: list[int]) -> None:
        """Group documents that are near each other, here."""
        pairs = self._index.pairs(docs, {k: self.ids[k] for k in docs})
        settled = settle(docs, {k: near for k in docs if (near := self._near[k])}, pairs)
        self._keep(docs, settled.canonical, reports(settled, pairs, self._index.told(docs)))

    def _spread(self, spread: Spread, components: list[list[int]]) -> None:
        sent: deque[list[list[int]]] = deque()

        def tasks() -> Iterator[Task]:
            held: list[list[int]] = []
            for docs in chain(components, [[]]):
                if held and (not docs or sum(map(len, held)) >= TASK):
                    sent.append(held)
                    yield self._index.task(held, self._near, self.ids)
                    held = []
                held.append(docs)

        for found, new in spread(settle_task, tasks()):
            for docs, (canonical, rows) in zip(sent.popleft(), found, strict=True):
                self._keep(docs, canonical, rows)
            for pair in new:
                self._index.keep(*pair)
            del found, new  # or they would be there while the next are read

    def _keep(
        self, docs: list[int], canonical: Mapping[int, tuple[int, float]], rows: Iterable[Telling]
    ) -> None:
        """Take what was found out, and keep it for the next run."""
        where = {
            doc: self._index.tell(doc, asked, of) if isinstance(of, bytes) else of for doc, asked, of in rows
        }
        place = {k: n for n, k in enumerate(docs)}
        found = [(place[canonical[k][0]], canonical[k][1], *where.get(k, (0, 0))) for k in docs]
        answer = np.array(found, _FOUND)
        self._index.keep_answer(docs, self._near, answer.tobytes())
        self._take(docs, answer)

    def _take(self, docs: list[int], answer: NDArray[Any]) -> None:
        ranks = np.array(docs, np.uint32)
        own = answer.copy()
        own["canonical"] = ranks[answer["canonical"]]
        self._found[ranks] = own

    @property
    def works(self) -> WorkOf:
        """The work of every document."""
        canonical = self._found["canonical"]
        place = np.empty(len(canonical), np.uint32)
        place[self._order] = np.arange(len(canonical))
        smallest = np.full(len(canonical), len(canonical), np.uint32)
        np.minimum.at(smallest, canonical, place)
        return WorkOf(
            Ids(self.ids.held[self._order]),
            smallest[canonical][self._order],
            (canonical == np.arange(len(canonical)))[self._order],
            self._found["similarity"][self._order],
        )

    def reports(self) -> Iterator[Reported]:
        """What is to be reported, portion by portion, in the order of ``doc_id``."""
        held: list[bytes] = []
        size = 0
        for found in self._found[self._order]:
            if found["size"]:
                held.append(self._index.kept.read(int(found["place"]), int(found["size"])))
                size += len(held[-1])
            if size > PORTION:
                yield reported(held)
                held, size = [], 0
        if held:
            yield reported(held)
