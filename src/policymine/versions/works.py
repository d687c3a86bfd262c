"""Works: which documents are versions of one, which version stands for it, and how works relate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from policymine.tables.schema import Row
from policymine.versions.comparison import Comparison
from policymine.versions.grouping import Near, Settled, Spread, settle, settle_task
from policymine.versions.index import VersionIndex
from policymine.versions.reuse import from_above, level
from policymine.versions.signature import Signature
from policymine.versions.verify import SHARED, pair_changes, pair_reuse

MOST_CHANGES = 2000
"""Rows of ``changes`` for a pair."""
SPREAD_FROM = 1000
"""Documents that are near others from which other processes are worth starting."""


@dataclass(slots=True)
class Reported:
    """The rows about one document, those of each table in their order.

    The document is the subject of each pair: the member beside the canonical one, the container, the later or adapting
    one of a revision or adaptation.
    """

    versions: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    reuse: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class VersionResult:
    """What comparing a corpus found.

    Attributes:
        works: doc_id -> (work_id, is_canonical, similarity to the canonical version), for every document.
        versions, changes, reuse: rows of the tables of those names, sorted.
    """

    works: dict[str, tuple[str, bool, float]] = field(default_factory=dict)
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
        self.ids = index.rank()
        self._pairs = index.pairs
        near = index.near()
        self._canonical = list(range(len(self.ids)))
        self._similarity = [1.0] * len(self.ids)
        self._elected: dict[int, str] = {}
        self._standing: dict[int, str] = {}
        self._reported: list[tuple[int, int]] = []
        components = _components(near)
        if spread is None or sum(map(len, components)) < SPREAD_FROM:
            for docs in components:
                self._take(settle(docs, near, self._pairs))
        else:
            for found, new in spread(settle_task, index.tasks(components, near)):
                for settled in found:
                    self._take(settled)
                for pair in new:
                    index.keep(*pair)
        self._work = list(self.ids)
        for k, c in enumerate(self._canonical):
            self._work[c] = min(self._work[c], self.ids[k])
        self._reported.sort(key=lambda pair: (self.ids[pair[0]], self.ids[pair[1]]))

    def _take(self, settled: Settled) -> None:
        for k, (c, similarity) in settled.canonical.items():
            self._canonical[k], self._similarity[k] = c, similarity
        self._elected |= settled.elected
        self._reported += settled.reported

    @property
    def works(self) -> dict[str, tuple[str, bool, float]]:
        """doc_id -> (work_id, is_canonical, similarity to the canonical version), for every document, sorted."""
        found = {}
        for k, doc_id in sorted(enumerate(self.ids), key=lambda pair: pair[1]):
            c = self._canonical[k]
            found[doc_id] = (self._work[c], k == c, self._similarity[k])
        return found

    def reports(self) -> Iterator[Reported]:
        """What is to be reported, for one document after the other, in the order of ``doc_id``."""
        for doc, pairs in groupby(self._reported, key=lambda pair: pair[0]):
            reported = Reported()
            levels: dict[str, int] = {}
            for _, other in pairs:
                self._report(reported, doc, other)
                levels[self.ids[other]] = level(self._pairs.signature(other))
            reported.reuse = from_above(reported.reuse, levels)
            yield reported

    def _report(self, reported: Reported, doc: int, other: int) -> None:
        found = self._pairs.pair(doc, other)
        doc_id, other_id = self.ids[doc], self.ids[other]
        ours, theirs = self._pairs.signature(doc), self._pairs.signature(other)
        inside = self._canonical[doc] == self._canonical[other]
        name, evidence = found.name, found.evidence
        if not inside and name in SHARED:
            name, evidence = "adaptation", f"{evidence}; header clash with another version of the work"
        if inside and self._canonical[doc] == other:
            if other not in self._standing:
                self._standing[other] = _standing(theirs) + self._elected.get(other, "")
            evidence += f"; other is canonical ({self._standing[other]})"
        changes: list[Row] = []
        if not inside or self._canonical[doc] == other:
            changes = pair_changes(ours, theirs, found)
            if len(changes) > MOST_CHANGES:
                evidence += f"; first {MOST_CHANGES} of {len(changes)} changes"
                del changes[MOST_CHANGES:]
        reported.versions.append({
            "work_id": self._work[self._canonical[doc]],
            "doc_id": doc_id,
            "other_doc_id": other_id,
            "relation": name,
            "similarity": found.similarity,
            "evidence": evidence,
        })
        reported.changes += changes
        if not inside:
            reported.reuse += pair_reuse(ours, theirs, found)


def _components(near: Near) -> list[list[int]]:
    """Documents that are near each other, directly or by way of others, each list in order."""
    root: dict[int, int] = {}

    def find(k: int) -> int:
        root.setdefault(k, k)
        while root[k] != k:
            root[k] = k = root[root[k]]
        return k

    for i, others in near.items():
        for j in others:
            x, y = find(i), find(j)
            root[max(x, y)] = min(x, y)
    found: dict[int, list[int]] = defaultdict(list)
    for k in sorted(root):
        found[find(k)].append(k)
    return list(found.values())


def _standing(signed: Signature) -> str:
    """What the choice of a canonical version goes by, in its order."""
    official = "official source, " if signed.is_official else ""
    return f"header {signed.n_header} of 4, {official}{signed.n_damaged} damaged, {signed.n_chars} characters"
