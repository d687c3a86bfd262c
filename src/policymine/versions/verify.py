"""A pair of documents compared once and for all: their relation, what differs, and which clauses are copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policymine.tables.schema import Row
from policymine.versions.align import Op
from policymine.versions.changes import change_rows
from policymine.versions.fact_changes import fact_rows
from policymine.versions.relation import relate
from policymine.versions.reuse import reuse_rows
from policymine.versions.signature import Signature

SHARED = ("identical", "version")
"""The relations whose documents share a work."""
WITH_CHANGES = (*SHARED, "revision", "adaptation")
WITH_REUSE = ("adaptation", "contains", "revision")


@dataclass(frozen=True, slots=True)
class Verified:
    """What is known of a pair (a, b), of which ``a`` has the smaller ``doc_id``.

    Attributes:
        name: the relation; None where there is none to report.
        similarity, evidence: of the relation.
        second: whether ``b`` is the subject of a row across works: the container, the adapting one, the later one.
        ops: what differs between the keys, from ``a`` to ``b``.
    """

    name: str | None
    similarity: float = 0.0
    evidence: str = ""
    second: bool = True
    ops: tuple[Op, ...] = ()


def verify(a: Signature, b: Signature) -> Verified:
    """Compare two documents; pure, and the same for (b, a).

    Args:
        a: a document; b: another one.
    """
    if a.doc_id > b.doc_id:
        a, b = b, a
    relation = relate(a, b)
    if relation is None:
        return Verified(None)
    second = _is_second_subject(a, b, relation.name, relation.subject)
    return Verified(relation.name, round(relation.similarity, 4), relation.evidence, second, relation.ops)


def pair_changes(doc: Signature, other: Signature, found: Verified) -> Sequence[Row]:
    """Rows of ``changes`` of a pair, in whichever order: those of words."""
    if found.name not in WITH_CHANGES:
        return []
    return change_rows(doc, other, _ops(doc, other, found), typography=found.name != "adaptation")


def pair_facts(doc: Signature, other: Signature, found: Verified) -> list[Row]:
    """Rows of ``changes`` of a pair, in whichever order: those of facts."""
    if found.name not in WITH_CHANGES or found.name == "identical":
        return []
    return fact_rows(doc, other, _ops(doc, other, found))


def pair_reuse(doc: Signature, source: Signature, found: Verified) -> list[Row]:
    """Rows of ``reuse`` of a pair, ``doc`` being the subject."""
    if found.name not in WITH_REUSE:
        return []
    return reuse_rows(doc, source, _ops(doc, source, found))


def _ops(doc: Signature, other: Signature, found: Verified) -> Sequence[Op]:
    return found.ops if doc.doc_id < other.doc_id else [op.flipped() for op in found.ops]


def _is_second_subject(a: Signature, b: Signature, name: str, subject: int | None) -> bool:
    """Which of the two a row across works is about; by the pair alone, so that other documents do not turn it."""
    if name == "contains" and subject is not None:
        return subject == 1
    if a.date_issued and b.date_issued and a.date_issued != b.date_issued:
        return a.date_issued < b.date_issued
    if subject is not None:
        return subject == 1
    levels = [sum(map(bool, s.places)) for s in (a, b)]
    if any(levels) and levels[0] != levels[1]:
        return levels[1] > levels[0]
    return (a.n_header, a.n_chars) >= (b.n_header, b.n_chars)
