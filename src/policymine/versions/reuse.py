"""Which clauses a document took from another one: rows of the ``reuse`` table."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from policymine.tables.schema import Row
from policymine.versions.align import Op
from policymine.versions.signature import Signature, key_offsets

LEAST_COPIED = 0.6
"""Part of a clause that must stand in the source, in order, for the clause to be copied from there."""
SHORTEST = 12
"""Characters that count (letters, digits) from which a clause can be copied; less is equal by chance."""
AS_WELL = 0.1
"""Similarity by which a clause may be less like one source than like another and still count as taken from it."""
_CLAUSE = re.compile(r"[^。；！？;!?\n]+(?:[。；！？;!?]+[”’」』）)]*|\n|$)|\n")


def reuse_rows(doc: Signature, source: Signature, ops: Sequence[Op]) -> list[Row]:
    """The clauses of ``doc`` that stand in ``source`` too, word for word or edited.

    A clause ends with 。；！？ or its line; one that is broken over lines counts as the words of each line. Its
    ``similarity`` is the part of its letters and digits that is equal in the alignment with the source.

    Args:
        doc: the document that copies; source: the one it copies from.
        ops: the alignment of ``doc.key`` with ``source.key``.

    Returns:
        Rows with exactly the columns of the table, in the order of ``doc``; offsets are those of the document texts.
    """
    if not doc.key or not source.key:
        return []
    ours, theirs = key_offsets(doc), key_offsets(source)
    equal = list(_equal(ops, len(doc.key), len(source.key)))
    ends = [start + size for start, _, size in equal]
    starts = [start for start, _, _ in equal]
    rows: list[Row] = []
    for match in _CLAUSE.finditer(doc.raw):
        k0, k1 = bisect_left(ours, match.start()), bisect_left(ours, match.end())
        if k1 - k0 < SHORTEST:
            continue
        runs = equal[bisect_right(ends, k0) : bisect_left(starts, k1)]
        spans = _together([(max(k0, i), min(k1, i + size), j - i) for i, j, size in runs], k1 - k0)
        copied = sum(end - start for start, end, _ in spans)
        if copied < LEAST_COPIED * (k1 - k0):
            continue
        first, last = spans[0][0] + spans[0][2], spans[-1][1] + spans[-1][2]
        rows.append({
            "doc_id": doc.doc_id,
            "start": ours[k0],
            "end": ours[k1 - 1] + 1,
            "source_doc_id": source.doc_id,
            "source_start": theirs[first],
            "source_end": theirs[last - 1] + 1,
            "similarity": round(copied / max(k1 - k0, last - first), 4),
        })
    return rows


def level(source: Signature) -> int:
    """How far down a document was issued: 0 centre, 1 province, 2 prefecture, 3 county, 4 where nothing says."""
    if not source.issuers and not any(source.places):
        return len(source.places) + 1
    return max((n for n, place in enumerate(source.places, 1) if place), default=0)


def from_above(rows: Sequence[Row], levels: Mapping[str, int]) -> list[Row]:
    """One source for each clause of a document: of those that hold it about as well, the one issued highest up.

    Args:
        rows: of one ``doc_id``; levels: of each ``source_doc_id``.
    """
    clauses: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        clauses[int(row["start"] or 0), int(row["end"] or 0)].append(row)
    chosen: list[Row] = []
    for _, held in sorted(clauses.items()):
        least = max(map(_alike, held)) - AS_WELL
        best = [row for row in held if _alike(row) >= least]
        chosen.append(min(best, key=lambda row: (levels[_source(row)], -_alike(row), _source(row))))
    return chosen


def _source(row: Row) -> str:
    return str(row["source_doc_id"])


def _alike(row: Row) -> float:
    return float(row["similarity"] or 0)


def _together(spans: list[tuple[int, int, int]], most: int) -> list[tuple[int, int, int]]:
    """Those of the equal spans (start, end, shift to the source) that stand in one place of the source, the most."""
    groups: list[list[tuple[int, int, int]]] = []
    for start, end, shift in spans:
        if groups and start + shift - (groups[-1][-1][1] + groups[-1][-1][2]) <= most // 2:
            groups[-1].append((start, end, shift))
        else:
            groups.append([(start, end, shift)])
    return max(groups, key=lambda group: sum(end - start for start, end, _ in group), default=[])


def _equal(ops: Sequence[Op], n: int, m: int) -> Iterator[tuple[int, int, int]]:
    """The equal stretches between the differences: start in the first key, start in the second, length."""
    i = j = 0
    for op in (*ops, Op(n, n, m, m)):
        if op.a_start > i:
            yield i, j, op.a_start - i
        i, j = op.a_end, op.b_end
