"""The facts of two documents matched by where they stand, and those that are others."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from policymine.tables.schema import Row, Value
from policymine.text.characters import fold_characters
from policymine.versions.align import Op
from policymine.versions.facts import FIELDS, HEADER, IDS, Facts, facts_from
from policymine.versions.signature import Signature, comparison_key, key_offsets

_Span = tuple[int, int]
_NUMERIC = re.compile(r"P?T?[-0-9.]+[YMWDH]?")


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that is another one in the other document.

    Attributes:
        table: targets, deadlines, responsibilities or documents (a field of the header).
        fields: names of the columns that differ, with the value in each document; empty where one lacks the fact.
        a, b: the row in each document; None where it has none.
        a_span, b_span: its words in each document text; an empty span where they would stand.
    """

    table: str
    fields: tuple[tuple[str, Value, Value], ...]
    a: Row | None
    b: Row | None
    a_span: _Span = (0, 0)
    b_span: _Span = (0, 0)

    def as_row(self) -> dict[str, object]:
        """Plain values."""
        return {
            "table": self.table,
            "fields": [{"name": name, "a": old, "b": new} for name, old, new in self.fields],
            "a": self.a,
            "b": self.b,
        }

    def flipped(self) -> FactChange:
        """The same change with the two documents exchanged."""
        fields = tuple((name, new, old) for name, old, new in self.fields)
        return FactChange(self.table, fields, self.b, self.a, self.b_span, self.a_span)


def changed_facts(facts_a: Facts, facts_b: Facts, a: Signature, b: Signature, ops: Sequence[Op]) -> list[FactChange]:
    """The facts that differ, header first, then by table in the order of the text.

    Two facts are the same one if their words stand at the same place of the alignment. How they are written (width,
    ％ or %) is no difference, since the values are compared.

    Args:
        facts_a, facts_b: the facts of each document; a, b: their signatures.
        ops: the alignment of ``a.key`` with ``b.key``.
    """
    to_b, to_a = _Mapping(a, b, ops), _Mapping(b, a, [op.flipped() for op in ops])
    found = _header(facts_a, facts_b, to_b, to_a)
    for table, fields in FIELDS.items():
        theirs = facts_b[table]
        starts = [_span(row)[0] for row in theirs]
        longest = max((end - start for start, end in map(_span, theirs)), default=0)
        rest = dict(enumerate(theirs))
        changed: list[FactChange] = []
        for row in facts_a[table]:
            start, end = to_b.span(_span(row))
            near = range(bisect_left(starts, start - longest), bisect_left(starts, end))
            at = next((k for k in near if k in rest and _span(rest[k])[1] > start), None)
            if at is None:
                changed.append(FactChange(table, (), row, None, _span(row), to_b.place(_span(row))))
                continue
            match = rest.pop(at)
            differing = tuple((name, row[name], match[name]) for name in fields if row[name] != match[name])
            if differing:
                changed.append(FactChange(table, differing, row, match, _span(row), _span(match)))
        for row in rest.values():
            changed.append(FactChange(table, (), None, row, to_a.place(_span(row)), _span(row)))
        found += sorted(changed, key=lambda change: (change.a_span, change.b_span))
    return found


def fact_rows(doc: Signature, other: Signature, ops: Sequence[Op]) -> list[Row]:
    """The facts that differ as rows of ``changes``: one for each column that does, one for a fact that one lacks.

    ``kind`` is ``number`` (one number or date for another), ``wording`` (another value), ``added`` (the fact, or a
    value of it, is ``doc``'s only) or ``removed`` (``other``'s only). The same from both sides.

    Args:
        doc: the document of ``doc_id``; other: that of ``other_doc_id``.
        ops: the alignment of ``doc.key`` with ``other.key``.

    Returns:
        Rows with exactly the columns of the table; none where the facts of a document are not known.
    """
    if not doc.facts or not other.facts:
        return []
    if other.doc_id < doc.doc_id:
        theirs = [op.flipped() for op in ops]
        found = changed_facts(facts_from(other.facts), facts_from(doc.facts), other, doc, theirs)
    else:
        turned = changed_facts(facts_from(doc.facts), facts_from(other.facts), doc, other, ops)
        found = [change.flipped() for change in turned]
    rows: list[Row] = []
    for change in found:
        (start, end), (other_start, other_end) = change.b_span, change.a_span
        for field, old, new in change.fields or ((None, None, None),):
            rows.append({
                "doc_id": doc.doc_id, "other_doc_id": other.doc_id, "kind": _kind(change, old, new),
                "text": doc.raw[start:end], "other_text": other.raw[other_start:other_end],
                "start": start, "end": end, "other_start": other_start, "other_end": other_end, "fact": change.table,
                "fact_id": None if change.b is None else change.b[IDS[change.table]],
                "other_fact_id": None if change.a is None else change.a[IDS[change.table]],
                "field": field, "value": _value(new), "other_value": _value(old),
            })
    return rows


def facts_note(facts: Sequence[Row], words: Sequence[Row]) -> str:
    """How many facts differ, and whether that is all there is, for the evidence of a pair.

    Args:
        facts: rows of ``fact_rows``; words: those of ``change_rows``, of the same pair.
    """
    counts = Counter(table for table, *_ in {_named(row) for row in facts})
    of = {"documents": "the header"}
    listed = ", ".join(f"{counts[table]} of {of.get(table, table)}" for table in IDS if counts[table])
    covered = [_Covered(facts, *side) for side in (("start", "end"), ("other_start", "other_end"))]
    only = all(row["kind"] == "typography" or any(side.holds(row) for side in covered) for row in words)
    return f"{'only these ' if only else ''}facts differ: {listed}"


class _Covered:
    """The words of facts on one side of a pair."""

    def __init__(self, facts: Sequence[Row], start: str, end: str) -> None:
        self._start, self._end = start, end
        spans = sorted((_int(row[start]), _int(row[end])) for row in facts)
        self._starts = [span[0] for span in spans]
        self._ends = list(accumulate((span[1] for span in spans), max))

    def holds(self, row: Row) -> bool:
        """Whether a change of words overlaps those of a fact."""
        start, end = _int(row[self._start]), _int(row[self._end])
        at = bisect_left(self._starts, end)
        return at > 0 and self._ends[at - 1] > start


def _header(facts_a: Facts, facts_b: Facts, to_b: _Mapping, to_a: _Mapping) -> list[FactChange]:
    if not facts_a["documents"] or not facts_b["documents"]:
        return []
    (a,), (b,) = facts_a["documents"], facts_b["documents"]
    ours, theirs = (
        {str(row["field"]): _span(row) for row in reversed(facts["fields"])} for facts in (facts_a, facts_b)
    )
    found = []
    for name in HEADER:
        if _letters(a[name]) != _letters(b[name]):
            here, there = ours.get(name), theirs.get(name)
            spans = here or to_a.place(there or (0, 0)), there or to_b.place(here or (0, 0))
            found.append(FactChange("documents", ((name, a[name], b[name]),), a, b, *spans))
    return found


def _named(row: Row) -> tuple[Value, ...]:
    """What names the fact that a row is about."""
    field = row["field"] if row["fact"] == "documents" else None
    return row["fact"], row["fact_id"], row["other_fact_id"], field


def _kind(change: FactChange, old: Value, new: Value) -> str:
    if change.a is None or change.b is None:
        return "added" if change.a is None else "removed"
    if old is None or new is None:
        return "added" if old is None else "removed"
    return "number" if all(_NUMERIC.fullmatch(str(value)) for value in (old, new)) else "wording"


def _value(value: Value) -> str | None:
    """A value as words: 95.0 is 95."""
    return f"{value:.15g}" if isinstance(value, float) else None if value is None else str(value)


class _Mapping:
    """From places of one document text to those of the other."""

    def __init__(self, a: Signature, b: Signature, ops: Sequence[Op]) -> None:
        self._ours, self._theirs = key_offsets(a), key_offsets(b)
        self._ops = [*ops, Op(a.n_chars, a.n_chars, b.n_chars, b.n_chars)]
        self._ends = [op.a_end for op in self._ops]

    def span(self, span: _Span) -> _Span:
        """Where the words of a span stand in the other text."""
        first, behind = (bisect_left(self._ours, at) for at in span)
        last = max(first, behind - 1)
        start, end = self._key(first, at_end=False), self._key(last, at_end=True)
        if not self._theirs:
            return 0, 0
        return self._theirs[min(start, len(self._theirs) - 1)], self._theirs[min(end, len(self._theirs) - 1)] + 1

    def place(self, span: _Span) -> _Span:
        """Where the words of a span would begin in the other text."""
        start = self._key(bisect_left(self._ours, span[0]), at_end=False)
        at = self._theirs[start] if start < len(self._theirs) else self._theirs[-1] + 1 if self._theirs else 0
        return at, at

    def _key(self, at: int, at_end: bool) -> int:
        """The place in the other key of a character of this one."""
        k = min(bisect_right(self._ends, at), len(self._ops) - 1)
        op = self._ops[k]
        if at >= op.a_start and op.a_end > op.a_start:
            return max(op.b_start, op.b_end - 1) if at_end else op.b_start
        return op.b_start - (op.a_start - at)


def _letters(value: Value) -> str:
    """A field without what typography may change."""
    return comparison_key(fold_characters(str(value or "")))


def _span(row: Row) -> _Span:
    return _int(row["start"]), _int(row["end"])


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0
