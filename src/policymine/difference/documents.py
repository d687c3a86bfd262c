"""Two documents compared: their relation, the words that differ, and the facts that differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from policymine.portions import Mined
from policymine.reading.sources import MisuseError
from policymine.tables.schema import Row
from policymine.versions.align import Op
from policymine.versions.changes import change_rows
from policymine.versions.fact_changes import FactChange, changed_facts
from policymine.versions.facts import all_facts
from policymine.versions.relation import SHORTEST, relate
from policymine.versions.settle import differences
from policymine.versions.signature import Signature

KINDS = ("number", "wording", "added", "removed", "typography")
"""The kinds of changes, those that matter most first."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two documents.

    Attributes:
        a, b: the documents.
        relation: identical, version, revision, adaptation, contains; ``unrelated`` where they share too little.
        evidence: why it is thought so.
        ops: the alignment of their keys.
        changes: rows of the table ``changes`` with ``b`` as ``doc_id`` and ``a`` as ``other_doc_id``: what is ``added``
            stands in ``b`` only; those of words, since ``facts`` has the others.
        facts: targets, deadlines, responsibilities and fields of the header that are others.
    """

    a: Signature
    b: Signature
    relation: str
    evidence: str
    ops: tuple[Op, ...]
    changes: Sequence[Row] = ()
    facts: list[FactChange] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many changes there are of each kind."""
        counted = Counter(str(row["kind"]) for row in self.changes)
        return {kind: counted[kind] for kind in KINDS}

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            "a": {"source": self.a.source, "doc_id": self.a.doc_id, "title": self.a.title},
            "b": {"source": self.b.source, "doc_id": self.b.doc_id, "title": self.b.title},
            "relation": self.relation,
            "evidence": self.evidence,
            "counts": self.counts(),
            "facts": [change.as_row() for change in self.facts],
            "changes": list(self.changes),
        }


def compare_documents(a: Mined, b: Mined) -> Difference:
    """Compare two documents that were mined.

    Args:
        a: the earlier or better-known one; b: the other.

    Raises:
        MisuseError: one of them has no text that could be compared.
    """
    one, other = (_signature(mined) for mined in (a, b))
    relation = relate(one, other)
    ops = tuple(differences(one, other)) if relation is None else relation.ops
    name, evidence = (relation.name, relation.evidence) if relation is not None else ("unrelated", "")
    if relation is None:
        short = min(one.n_chars, other.n_chars) < SHORTEST
        evidence = f"fewer than {SHORTEST} characters" if short else "they have too little in common"
    return Difference(
        one, other, name, evidence, ops,
        change_rows(other, one, [op.flipped() for op in ops]),
        changed_facts(all_facts(a.rows), all_facts(b.rows), one, other, ops),
    )


def _signature(mined: Mined) -> Signature:
    if mined.signature is None:
        reasons = "; ".join(str(row["message"]) for row in mined.rows.tables.get("issues", []))
        raise MisuseError(f"{mined.rows.file['source']}: {mined.rows.file['status']}: {reasons or 'it has no text'}")
    return mined.signature
