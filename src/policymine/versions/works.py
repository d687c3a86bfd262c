"""Works: which documents are versions of one, which version stands for it, and how works relate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from policymine.tables.schema import Row
from policymine.versions.changes import change_rows
from policymine.versions.clashes import header_clashes
from policymine.versions.relation import LEAST_CONTAINED, Relation, relate
from policymine.versions.signature import Signature

LEAST_VERSION = 0.55
"""Containment from which a candidate may be a version (3 % of noise in both copies leave about three quarters)."""
NEIGHBOURS = 20
"""Candidates of a document, the most alike first, whose relation is reported beyond its own work."""
ALL_PAIRS = 20
"""Versions of a work up to which the relation of each two of them is reported, above only that to the canonical one."""
MOST_CHANGES = 2000
SHARED = ("identical", "version")
"""The relations whose documents share a work."""


@dataclass(frozen=True, slots=True)
class VersionResult:
    """What comparing a corpus found.

    Attributes:
        works: doc_id -> (work_id, is_canonical, similarity to the canonical version), for every document.
        versions, changes, reuse: rows of the tables of those names, sorted. In ``versions`` ``doc_id`` is the subject:
            the member beside the canonical one, the container, the later or lower-ranking one of a revision or
            adaptation. ``reuse`` is empty as yet.
    """

    works: dict[str, tuple[str, bool, float]] = field(default_factory=dict)
    versions: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    reuse: list[Row] = field(default_factory=list)


def canonical_order(signed: Signature) -> tuple[int, int, str]:
    """The total order by which the canonical version is chosen, the least first.

    Most of title, number, date and issuers in the header; then most characters that count; then the smallest doc_id.
    """
    return -signed.n_header, -signed.n_chars, signed.doc_id


def compare_corpus(signatures: Sequence[Signature]) -> VersionResult:
    """Group documents into works and say how they relate; the same for any order of ``signatures``.

    Nothing is merged by way of a third: going through the documents in canonical order, each that is free becomes
    canonical and takes those free candidates that are proven identical or a version against it and whose header
    clashes with no member. Beyond works, the canonical versions of works with alike members are compared.

    Args:
        signatures: one for each distinct document (doc_ids differ).
    """
    ranked = sorted(signatures, key=canonical_order)
    pairs: list[tuple[int, int, float, float]] = []
    if len(ranked) > 1:
        from policymine.versions.candidates import (
            candidate_pairs,
        )  # loads numpy, which a single document can do without

        pairs = candidate_pairs([s.key for s in ranked], LEAST_CONTAINED)
    judge = _Judge(ranked)
    near: dict[int, list[int]] = defaultdict(list)
    for i, j, containment, _ in pairs:
        if containment >= LEAST_VERSION:
            near[i].append(j)
    canonical = _group(ranked, near, judge)
    members: dict[int, list[int]] = defaultdict(list)
    for k, c in enumerate(canonical):
        members[c].append(k)
    work_ids = {c: min(ranked[k].doc_id for k in group) for c, group in members.items()}
    result = VersionResult()
    for k, c in enumerate(canonical):
        relation = judge.relation(c, k) if k != c else None
        similarity = round(relation.similarity, 4) if relation else 1.0
        result.works[ranked[k].doc_id] = (work_ids[c], k == c, similarity)
    inside = [pair for c, group in members.items() for pair in _pairs_inside(c, group)]
    across = {(min(x, y), max(x, y)) for i, j in _nearest(pairs) if (x := canonical[i]) != (y := canonical[j])}
    for i, j in [*inside, *sorted(across)]:
        if relation := judge.relation(i, j):
            same_work = canonical[i] == canonical[j]
            if same_work and relation.name not in SHARED:
                continue
            _report(result, ranked, (i, j), relation, work_ids[canonical[i]] if same_work else None, canonical[i] == i)
    for doc_id in sorted(result.works):
        result.works[doc_id] = result.works.pop(doc_id)
    result.versions.sort(key=lambda row: (str(row["doc_id"]), str(row["other_doc_id"])))
    result.changes.sort(key=lambda row: (str(row["doc_id"]), str(row["other_doc_id"])))
    _add_work_ids(result)
    return result


class _Judge:
    """Relations of pairs of documents, each worked out once and always in the order of their ids."""

    def __init__(self, ranked: Sequence[Signature]) -> None:
        self._ranked = ranked
        self._known: dict[tuple[int, int], Relation | None] = {}

    def relation(self, i: int, j: int) -> Relation | None:
        """What document ``i`` and ``j`` are to each other; ``subject`` and the alignment are those of (i, j)."""
        if (i, j) not in self._known:
            if self._ranked[i].doc_id <= self._ranked[j].doc_id:
                self._known[i, j] = relate(self._ranked[i], self._ranked[j])
            else:
                found = relate(self._ranked[j], self._ranked[i])
                self._known[i, j] = found and found.flipped()
        return self._known[i, j]


def _group(ranked: Sequence[Signature], near: dict[int, list[int]], judge: _Judge) -> list[int]:
    """For each document its canonical version (itself where it is one)."""
    canonical = [-1] * len(ranked)
    for i in range(len(ranked)):
        if canonical[i] >= 0:
            continue
        canonical[i] = i
        members = [i]
        for j in sorted(near[i]):
            if canonical[j] >= 0 or (relation := judge.relation(i, j)) is None or relation.name not in SHARED:
                continue
            if not any(header_clashes(ranked[k], ranked[j], misprints=True) for k in members):
                canonical[j] = i
                members.append(j)
    return canonical


def _pairs_inside(canonical: int, group: Sequence[int]) -> list[tuple[int, int]]:
    if len(group) > ALL_PAIRS:
        return [(canonical, k) for k in group if k != canonical]
    return [(i, j) for n, i in enumerate(group) for j in group[n + 1 :]]


def _nearest(pairs: Iterable[tuple[int, int, float, float]]) -> set[tuple[int, int]]:
    """The pairs that are among the nearest of one of their documents."""
    ranked: dict[int, list[tuple[float, float, int, int]]] = defaultdict(list)
    for i, j, containment, jaccard in pairs:
        ranked[i].append((-containment, -jaccard, i, j))
        ranked[j].append((-containment, -jaccard, i, j))
    return {(i, j) for near in ranked.values() for _, _, i, j in sorted(near)[:NEIGHBOURS]}


def _report(
    result: VersionResult,
    ranked: Sequence[Signature],
    pair: tuple[int, int],
    relation: Relation,
    work: str | None,
    first: bool,
) -> None:
    """Add the row of a pair, and its changes where the two are versions or revisions of a canonical one."""
    i, j = pair
    name, evidence = relation.name, relation.evidence
    if work is None and name in SHARED:
        name, evidence = "adaptation", evidence + "; header clash with another version of the work"
    doc, other, turned = ranked[j], ranked[i], True
    if work is None and _is_subject(ranked[i], ranked[j], relation):
        doc, other, turned = ranked[i], ranked[j], False
    if work is not None and first:
        evidence += f"; other is canonical (header {other.n_header} of 4, {other.n_chars} characters)"
    if first and name in (*SHARED, "revision"):
        rows = change_rows(doc, other, [op.flipped() for op in relation.ops] if turned else relation.ops)
        if len(rows) > MOST_CHANGES:
            evidence += f"; first {MOST_CHANGES} of {len(rows)} changes"
        result.changes.extend(rows[:MOST_CHANGES])
    result.versions.append(
        {
            "work_id": work,
            "doc_id": doc.doc_id,
            "other_doc_id": other.doc_id,
            "relation": name,
            "similarity": round(relation.similarity, 4),
            "evidence": evidence,
        }
    )


def _is_subject(a: Signature, b: Signature, relation: Relation) -> bool:
    """Whether the better-ranking ``a`` is the subject of a row across works: the container, the adapting, the later."""
    if relation.name == "contains":
        return relation.subject == 0
    if a.date_issued and b.date_issued and a.date_issued != b.date_issued:
        return a.date_issued > b.date_issued
    return relation.name == "adaptation" and relation.subject == 0


def _add_work_ids(result: VersionResult) -> None:
    """Rows across works carry the work of their subject."""
    for row in result.versions:
        row["work_id"] = row["work_id"] or result.works[str(row["doc_id"])][0]
