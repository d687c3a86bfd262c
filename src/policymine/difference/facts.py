"""The facts of two documents matched by where they stand, and those that are others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from policymine.tables.rows import DocumentRows
from policymine.tables.schema import Row, Value
from policymine.text.characters import fold_characters
from policymine.versions.align import Op
from policymine.versions.signature import Signature, comparison_key, key_offsets

FIELDS = {
    "targets": ("indicator", "comparator", "value", "value_max", "unit", "change", "deadline", "binding", "every"),
    "deadlines": ("relation", "start_date", "end_date", "period"),
    "responsibilities": ("department_name", "role"),
}
"""The columns in which a fact of each table can differ."""
HEADER = ("title", "doc_number", "issuers", "date_issued", "addressees")


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that is another one in the other document.

    Attributes:
        table: targets, deadlines, responsibilities or documents (fields of the header).
        fields: names of the columns that differ, with the value in each document; empty where one lacks the fact.
        a, b: the row in each document; None where it has none.
    """

    table: str
    fields: tuple[tuple[str, Value, Value], ...]
    a: Row | None
    b: Row | None

    def as_row(self) -> dict[str, object]:
        """Plain values."""
        return {
            "table": self.table,
            "fields": [{"name": name, "a": old, "b": new} for name, old, new in self.fields],
            "a": self.a,
            "b": self.b,
        }


def changed_facts(
    rows_a: DocumentRows, rows_b: DocumentRows, a: Signature, b: Signature, ops: Sequence[Op]
) -> list[FactChange]:
    """The facts that differ, header first, then by table in the order of the text.

    Two facts are the same one if their words stand at the same place of the alignment. How they are written (width,
    ％ or %) is no difference, since the values are compared.

    Args:
        rows_a, rows_b: the rows of each document; a, b: their signatures.
        ops: the alignment of ``a.key`` with ``b.key``.
    """
    found = [change for change in (_header(rows_a, rows_b),) if change is not None]
    to_b = _Mapping(a, b, ops)
    for table, fields in FIELDS.items():
        ours, theirs = rows_a.tables.get(table, []), rows_b.tables.get(table, [])
        rest = list(theirs)
        changed: list[tuple[int, FactChange]] = []
        for row in ours:
            start, end = to_b.span(row)
            match = next((t for t in rest if _int(t["start"]) < end and start < _int(t["end"])), None)
            if match is None:
                changed.append((start, FactChange(table, (), row, None)))
                continue
            rest.remove(match)
            differing = tuple((name, row[name], match[name]) for name in fields if row[name] != match[name])
            if differing:
                changed.append((start, FactChange(table, differing, row, match)))
        changed += [(_int(row["start"]), FactChange(table, (), None, row)) for row in rest]
        found += [change for _, change in sorted(changed, key=lambda pair: pair[0])]
    return found


def _header(rows_a: DocumentRows, rows_b: DocumentRows) -> FactChange | None:
    a, b = rows_a.document, rows_b.document
    if a is None or b is None:
        return None
    fields = tuple((name, a[name], b[name]) for name in HEADER if _letters(a[name]) != _letters(b[name]))
    return FactChange("documents", fields, a, b) if fields else None


class _Mapping:
    """From places of one document text to those of the other."""

    def __init__(self, a: Signature, b: Signature, ops: Sequence[Op]) -> None:
        self._ours, self._theirs = key_offsets(a), key_offsets(b)
        self._ops = [*ops, Op(a.n_chars, a.n_chars, b.n_chars, b.n_chars)]
        self._ends = [op.a_end for op in self._ops]

    def span(self, row: Row) -> tuple[int, int]:
        """Where the words of a row stand in the other text."""
        first = bisect_left(self._ours, _int(row["start"]))
        last = max(first, bisect_left(self._ours, _int(row["end"])) - 1)
        start, end = self._key(first, at_end=False), self._key(last, at_end=True)
        if not self._theirs:
            return 0, 0
        return self._theirs[min(start, len(self._theirs) - 1)], self._theirs[min(end, len(self._theirs) - 1)] + 1

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


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0
