"""The rows about documents: made when these are settled, and kept as bytes until they are asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING

from policymine.tables.columns import ColumnRows, columns_of
from policymine.tables.schema import INTEGER, TABLES, Row, Value
from policymine.versions.kept import joined, parted
from policymine.versions.pairs import Pairs
from policymine.versions.reuse import from_above, level
from policymine.versions.signature import Signature
from policymine.versions.verify import SHARED, pair_changes, pair_reuse

if TYPE_CHECKING:
    from policymine.versions.grouping import Settled

MOST_CHANGES = 2000
"""Rows of ``changes`` for a pair."""
_TABLES = [TABLES[name] for name in ("versions", "changes", "reuse")]


@dataclass(frozen=True, slots=True)
class Reported:
    """Rows about documents, those of each table in their order.

    A document is the subject of each pair: the member beside the canonical one, the container, the later or adapting
    one of a revision or adaptation.
    """

    versions: Sequence[Row]
    changes: Sequence[Row]
    reuse: Sequence[Row]


def reports(settled: Settled, pairs: Pairs) -> Iterator[tuple[int, bytes]]:
    """The rows about each document that is the subject of a pair, as bytes.

    Args:
        settled: what was decided about documents; pairs: what these are to each other.
    """
    told = _Telling(settled, pairs)
    by_id = sorted(settled.reported, key=lambda pair: (pairs.ids[pair[0]], pairs.ids[pair[1]]))
    for doc, asked in groupby(by_id, key=lambda pair: pair[0]):
        yield doc, _packed(*told.about(doc, [other for _, other in asked]))


def reported(data: Iterable[bytes]) -> Reported:
    """The rows about several documents, from the bytes about each."""
    held = list(map(_unpacked, data))
    found = []
    for n, table in enumerate(_TABLES):
        columns = [list(chain.from_iterable(one[n][k] for one in held)) for k in range(len(table.columns))]
        found.append(ColumnRows(table.names, columns))
    return Reported(*found)


class _Telling:
    """What is to be told of documents that were settled together."""

    def __init__(self, settled: Settled, pairs: Pairs) -> None:
        self._settled = settled
        self._pairs = pairs
        self._work: dict[int, str] = {}
        for k, (c, _) in settled.canonical.items():
            self._work[c] = min(self._work.get(c, pairs.ids[k]), pairs.ids[k])
        self._standing: dict[int, str] = {}

    def about(self, doc: int, others: Sequence[int]) -> tuple[Sequence[Row], Sequence[Row], Sequence[Row]]:
        """The rows of the three tables."""
        versions: list[Row] = []
        changes: list[Sequence[Row]] = []
        reuse: list[Row] = []
        levels: dict[str, int] = {}
        canonical, ids = self._settled.canonical, self._pairs.ids
        ours, own = self._pairs.signature(doc), canonical[doc][0]
        for other in others:
            found, theirs = self._pairs.pair(doc, other), self._pairs.signature(other)
            levels[ids[other]] = level(theirs)
            inside = own == canonical[other][0]
            name, evidence = found.name, found.evidence
            if not inside and name in SHARED:
                name, evidence = "adaptation", f"{evidence}; header clash with another version of the work"
            if own == other:
                evidence += f"; other is canonical ({self._why(other, theirs)})"
            if not inside or own == other:
                rows = pair_changes(ours, theirs, found)
                if len(rows) > MOST_CHANGES:
                    evidence += f"; first {MOST_CHANGES} of {len(rows)} changes"
                changes.append(rows[:MOST_CHANGES])
            if not inside:
                reuse += pair_reuse(ours, theirs, found)
            versions.append({
                "work_id": self._work[own],
                "doc_id": ids[doc],
                "other_doc_id": ids[other],
                "relation": name,
                "similarity": found.similarity,
                "evidence": evidence,
            })
        return versions, _joined_rows(changes), from_above(reuse, levels)

    def _why(self, canonical: int, signed: Signature) -> str:
        """What the choice of a canonical version goes by, in its order."""
        if canonical not in self._standing:
            official = "official source, " if signed.is_official else ""
            self._standing[canonical] = (
                f"header {signed.n_header} of 4, {official}{signed.n_damaged} damaged, {signed.n_chars} characters"
                + self._settled.elected.get(canonical, "")
            )
        return self._standing[canonical]


def _joined_rows(parts: Sequence[Sequence[Row]]) -> Sequence[Row]:
    if len(parts) == 1:
        return parts[0]
    table = TABLES["changes"]
    columns = zip(*(columns_of(part, table) for part in parts if part), strict=True)
    return ColumnRows(table.names, [list(chain.from_iterable(of)) for of in columns]) if any(map(len, parts)) else []


def _packed(*rows: Sequence[Row]) -> bytes:
    """The rows of each table as bytes: whole numbers as such, other columns as JSON, one value alone once."""
    words: list[list[Value]] = []
    numbers = array("i", map(len, rows))
    for table, of in zip(_TABLES, rows, strict=True):
        for column, values in zip(table.columns, columns_of(of, table) if of else (), strict=False):
            if column.type == INTEGER:
                numbers.extend(values)  # type: ignore[arg-type]
            else:
                words.append(list(values[:1] if values.count(values[0]) == len(values) else values))
    return joined(words, numbers.tobytes())


def _unpacked(data: bytes) -> list[list[Sequence[Value]]]:
    """The columns of each table that ``_packed`` wrote."""
    held, long = parted(data)
    numbers = array("i", long)
    words = iter(held)
    at = len(_TABLES)
    found: list[list[Sequence[Value]]] = []
    for table, n in zip(_TABLES, numbers, strict=False):
        columns: list[Sequence[Value]] = []
        for column in table.columns if n else ():
            if column.type == INTEGER:
                columns.append(numbers[at : at + n])
                at += n
            else:
                values = next(words)
                columns.append(values * n if len(values) == 1 else values)
        found.append(columns or [()] * len(table.columns))
    return found
