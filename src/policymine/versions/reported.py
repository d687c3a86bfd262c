"""The rows about documents: made when these are settled, and kept as bytes until they are asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, groupby
from typing import TYPE_CHECKING

from policymine.tables.columns import ColumnRows, columns_of
from policymine.tables.schema import INTEGER, TABLES, Row, Value
from policymine.versions.clashes import member_clashes
from policymine.versions.fact_changes import facts_note
from policymine.versions.kept import joined, parted
from policymine.versions.pairs import Pairs, Place
from policymine.versions.reuse import from_above, level
from policymine.versions.verify import SHARED, pair_changes, pair_facts, pair_reuse

if TYPE_CHECKING:
    from policymine.versions.grouping import Settled

MOST_CHANGES = 2000
"""Rows of ``changes`` for a pair."""
STEPS = ("header", "source", "damage", "length")
"""The steps of the order in which canonical versions are chosen, before the id."""
Standing = tuple[int, bool, int, int]
"""Where a document is in each step; the smaller is the better."""
Telling = tuple[int, int, "bytes | Place"]
"""A document, what the rows about it depend on, and these rows, or the place where they are kept."""
Told = Mapping[int, Mapping[int, Place]]
"""For each document the places of rows about it, by what they depend on."""
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


def reports(settled: Settled, pairs: Pairs, known: Told) -> Iterator[Telling]:
    """The rows about each document that is the subject of a pair.

    Args:
        settled: what was decided about documents; pairs: what these are to each other.
        known: the places of rows that were made before.
    """
    told = _Telling(settled, pairs)
    by_id = sorted(settled.reported, key=lambda pair: (pairs.ids[pair[0]], pairs.ids[pair[1]]))
    for doc, of in groupby(by_id, key=lambda pair: pair[0]):
        others = [other for _, other in of]
        asked = told.asked(doc, others)
        place = known.get(doc, {}).get(asked)
        yield doc, asked, place or _packed(*told.about(doc, others))


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
        self._members: dict[int, list[int]] = {}
        for k, (c, _) in settled.canonical.items():
            self._members.setdefault(c, []).append(k)
        self._work = {c: min(pairs.ids[k] for k in group) for c, group in self._members.items()}
        self._standing: dict[int, Standing] = {}

    def asked(self, doc: int, others: Sequence[int]) -> int:
        """All that the rows about a document depend on beyond its own signature, as a number."""
        canonical, names = self._settled.canonical, self._pairs.names
        own = canonical[doc][0]
        told: list[object] = [self._work[own]]
        for other in others:
            work = canonical[other][0]
            told += [names[other], work == own, own == other and other in self._settled.elected]
            if work != own and self._pairs.relation(doc, other).name in SHARED:
                told.append([[names[k] for k in self._members[c]] for c in (own, work)])
        return int.from_bytes(blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")

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
                name, evidence = "adaptation", f"{evidence}; {self._parted(doc, other)}"
            if own == other:
                evidence += f"; other is canonical ({self._why(other, doc)})"
            if not inside or own == other:
                rows, facts = pair_changes(ours, theirs, found), pair_facts(ours, theirs, found)
                if facts:
                    evidence += f"; {facts_note(facts, rows)}"
                if len(rows) > MOST_CHANGES:
                    evidence += f"; first {MOST_CHANGES} of {len(rows)} changes"
                changes += [rows[:MOST_CHANGES], facts]
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

    def _parted(self, doc: int, other: int) -> str:
        """Why two canonical versions that are alike stand for two works."""
        canonical = self._settled.canonical
        for one, stranger in ((doc, other), (other, doc)):
            for k in self._members[canonical[one][0]]:
                clashes = member_clashes(self._pairs.signature(k), self._pairs.signature(stranger))
                for field, words in sorted(clashes.items()):
                    return f"{field} clash of {self._pairs.ids[k]} and {self._pairs.ids[stranger]}: {words}"
        return "their versions are not all versions of one"

    def _why(self, canonical: int, member: int) -> str:
        """What the choice of a canonical version goes by, in its order, and in which step this member was behind it."""
        chosen, behind = self._order(canonical), self._order(member)
        shown = ", ".join(words for words in map(_shown, STEPS, chosen) if words)
        step = next((n for n, (a, b) in enumerate(zip(chosen, behind, strict=True)) if a != b), None)
        if step is None:
            won = "won by id, all else equal here"
        elif chosen[step] < behind[step]:
            won = f"won by {STEPS[step]}, here {_shown(STEPS[step], behind[step]) or 'none'}"
        elif canonical in self._settled.elected:
            won = f"most versions read as it does, though here {_shown(STEPS[step], behind[step])}"
        else:
            won = f"stood for other versions already, though here {_shown(STEPS[step], behind[step])}"
        return f"{shown}; {won}"

    def _order(self, doc: int) -> Standing:
        if doc not in self._standing:
            signed = self._pairs.signature(doc)
            self._standing[doc] = (-signed.n_header, not signed.is_official, signed.n_damaged, -signed.n_chars)
        return self._standing[doc]


def _shown(step: str, value: int) -> str:
    """A document in a step of the order."""
    return {
        "header": f"header {-value} of 4",
        "source": "" if value else "official source",
        "damage": f"{value} damaged",
        "length": f"{-value} characters",
    }[step]


def _joined_rows(parts: Sequence[Sequence[Row]]) -> Sequence[Row]:
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return parts[0] if parts else []
    table = TABLES["changes"]
    columns = zip(*(columns_of(part, table) for part in parts), strict=True)
    return ColumnRows(table.names, [list(chain.from_iterable(of)) for of in columns])


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
