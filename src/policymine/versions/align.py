"""Alignment of two keys: where they agree and where not, as few readable differences as possible."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from policymine.versions.signature import code_points

GRAM = 16
"""Characters of an anchor: so long a stretch that stands once in both texts is the same place of the document."""
EVERY = 8
"""One gram in so many can be an anchor."""
NEAR = 4
"""Characters within which two differences are looked at together."""
LARGEST_GAP = 200_000_000
"""Product of lengths up to which the stretch between two anchors is aligned (50 MB); a larger one is one difference."""
_MULTIPLIERS = {
    size: np.uint64(m)
    for size, m in ((1, 0x9E3779B97F4A7C15), (2, 0xC2B2AE3D27D4EB4F), (4, 0x165667B19E3779F9), (8, 0xD6E8FEB86659FD93))
}
_Codes = NDArray[np.uint32]
_Places = NDArray[np.int64]
_Picked = tuple[_Places, NDArray[np.uint64]]
_NUMERIC = frozenset("0123456789.")


class Op(NamedTuple):
    """``a[a_start:a_end]`` stands where the other text has ``b[b_start:b_end]``; one of them may be empty."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int

    @property
    def size(self) -> int:
        """The longer side."""
        ours, theirs = self.a_end - self.a_start, self.b_end - self.b_start
        return ours if ours > theirs else theirs

    def flipped(self) -> Op:
        """The same difference with the two texts exchanged."""
        return Op(self.b_start, self.b_end, self.a_start, self.a_end)


def align(a: str, b: str) -> list[Op]:
    """The differences of two keys in order; between them the texts are equal.

    Long stretches that stand once in both texts are fixed first, so that a missing head, an added annex or a text
    inside another never scatters. Between two of them that lie equally far apart in both texts the characters are
    compared one by one; the rest is aligned by edit distance (rapidfuzz). Equal islands that are smaller than the
    differences around them are given up, and a difference inside a number covers the whole number.
    Moved paragraphs show as removed in one place and added in another.
    """
    ops: list[Op] = []
    i = j = 0
    for start_a, start_b, size, differ in [*_anchored(a, b), _Stretch(len(a), len(b), 0, [])]:
        ops.extend(_gap(a, b, Op(i, start_a, j, start_b)))
        for first, last in _clustered(differ):
            if first == last:
                ops.append(Op(start_a + first, start_a + first + 1, start_b + first, start_b + first + 1))
                continue
            ops.extend(_gap(a, b, Op(start_a + first, start_a + last + 1, start_b + first, start_b + last + 1)))
        i, j = start_a + size, start_b + size
    return list(_whole_numbers(a, b, _without_islands(ops)))


def n_matched(a: str, ops: list[Op]) -> int:
    """Characters of ``a`` that are equal in the alignment."""
    return len(a) - sum(op.a_end - op.a_start for op in ops)


class _Stretch(NamedTuple):
    """``size`` characters that begin and end equally in both texts; in between those at ``differ`` are others."""

    a: int
    b: int
    size: int
    differ: list[int]


def _anchored(a: str, b: str) -> list[_Stretch]:
    """Stretches that are the same place of the document, in order and without overlap in both texts.

    Only grams that their hash picks are looked at: equal stretches have the same ones in both texts.
    """
    (at_a, grams_a), (at_b, grams_b) = _picked(a), _picked(b)
    if not len(grams_a) or not len(grams_b):
        return []
    k_b = np.minimum(np.searchsorted(grams_b, grams_a), len(grams_b) - 1)
    k_a = (grams_b[k_b] == grams_a).nonzero()[0]
    if not len(k_a):
        return []
    first, second = at_a[k_a], at_b[k_b[k_a]]
    order = first.argsort()
    first, second = first[order], second[order]
    if len(second) > 1 and not (second[1:] > second[:-1]).all():
        chain = _in_order(second.tolist())
        first, second = first[chain], second[chain]
    shift = second - first
    begins = [0, *((shift[1:] != shift[:-1]).nonzero()[0] + 1).tolist()]
    codes_a, codes_b = code_points(a), code_points(b)
    stretches: list[_Stretch] = []
    end_a = end_b = 0
    for k, following in zip(begins, [*begins[1:], len(shift)], strict=True):
        by = int(shift[k])
        for start, size, differ in _whole(codes_a, codes_b, first[k:following], by):
            cut = max(0, end_a - start, end_b - start - by)
            if cut < size:
                places = [at - cut for at in differ if at >= cut] if cut else differ
                stretches.append(_Stretch(start + cut, start + by + cut, size - cut, places))
                end_a, end_b = start + size, start + by + size
    return stretches


def _whole(a: _Codes, b: _Codes, starts: _Places, shift: int) -> list[tuple[int, int, list[int]]]:
    """The stretches (start in a, length, where they differ) of some equal grams that lie equally far apart in both.

    It is one where only a few characters differ between the grams; else each gram is one.
    """
    start, end = int(starts[0]), int(starts[-1]) + GRAM
    differ = (a[start:end] != b[start + shift : end + shift]).nonzero()[0]
    if len(differ) <= (end - start) // 8:
        return [(start, end - start, differ.tolist())]
    half = len(starts) // 2
    return [*_whole(a, b, starts[:half], shift), *_whole(a, b, starts[half:], shift)]


def _clustered(places: list[int]) -> list[tuple[int, int]]:
    """Places that lie within a few characters of each other, as (first, last): a character lost and one too many."""
    clusters: list[tuple[int, int]] = []
    for at in places:
        if clusters and at - clusters[-1][1] <= NEAR:
            clusters[-1] = (clusters[-1][0], at)
        else:
            clusters.append((at, at))
    return clusters


@lru_cache(maxsize=64)
def _picked(text: str) -> _Picked:
    """Where the grams stand that are looked at, one in ``EVERY``, and their hashes, sorted; none stands twice."""
    size, h = 1, code_points(text).astype(np.uint64)
    while size < GRAM and len(h) > size:  # the hash of a gram from those of its halves
        h = h[:-size] * _MULTIPLIERS[size] + h[size:]
        size *= 2
    if size < GRAM:
        return np.empty(0, np.int64), np.empty(0, np.uint64)
    h = (h ^ (h >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    at = (h >> np.uint64(32) < np.uint64(2**32 // EVERY)).nonzero()[0]
    order = h[at].argsort()
    at = at[order]
    values = h[at]
    once = np.ones(len(values), np.bool_)
    once[1:] = values[1:] != values[:-1]
    once[:-1] &= once[1:]
    return at[once], values[once]


def _in_order(second: list[int]) -> list[int]:
    """The places in a list of the longest chain that increases."""
    tails: list[int] = []
    chain_at: list[int] = []
    before: list[int] = []
    for k, j in enumerate(second):
        p = bisect_left(tails, j)
        if p == len(tails):
            tails.append(j)
            chain_at.append(k)
        else:
            tails[p], chain_at[p] = j, k
        before.append(chain_at[p - 1] if p else -1)
    k = chain_at[-1] if chain_at else -1
    chain: list[int] = []
    while k >= 0:
        chain.append(k)
        k = before[k]
    return chain[::-1]


def _gap(a: str, b: str, gap: Op) -> Iterator[Op]:
    part_a, part_b = a[gap.a_start : gap.a_end], b[gap.b_start : gap.b_end]
    if part_a == part_b:
        return
    if not part_a or not part_b or len(part_a) * len(part_b) > LARGEST_GAP:
        yield gap
        return
    for code in Levenshtein.opcodes(part_a, part_b):
        if code.tag != "equal":
            yield Op(
                gap.a_start + code.src_start,
                gap.a_start + code.src_end,
                gap.b_start + code.dest_start,
                gap.b_start + code.dest_end,
            )


def _without_islands(ops: list[Op]) -> list[Op]:
    """Join differences that touch or whose equal island between is shorter than the smaller of them."""
    joined: list[Op] = []
    for op in ops:
        while joined:
            last = joined[-1]
            island = op.a_start - last.a_end
            if island and (island >= op.size or island >= last.size):
                break
            op = Op(last.a_start, op.a_end, last.b_start, op.b_end)
            joined.pop()
        joined.append(op)
    return joined


def _whole_numbers(a: str, b: str, ops: list[Op]) -> Iterator[Op]:
    """Widen differences that begin or end inside a number to all of it, and join those that then touch."""
    held: Op | None = None
    for op in ops:
        a0, a1, b0, b1 = op.a_start, op.a_end, op.b_start, op.b_end
        if _inside(a, a0, a1) or _inside(b, b0, b1):
            while a0 and b0 and a[a0 - 1] in _NUMERIC and a[a0 - 1] == b[b0 - 1]:
                a0, b0 = a0 - 1, b0 - 1
            while a1 < len(a) and b1 < len(b) and a[a1] in _NUMERIC and a[a1] == b[b1]:
                a1, b1 = a1 + 1, b1 + 1
        op = Op(a0, a1, b0, b1)
        if held is not None and (op.a_start <= held.a_end and op.b_start <= held.b_end):
            held = Op(held.a_start, max(op.a_end, held.a_end), held.b_start, max(op.b_end, held.b_end))
            continue
        if held is not None:
            yield held
        held = op
    if held is not None:
        yield held


def _inside(text: str, start: int, end: int) -> bool:
    """Whether the stretch has a numeral at one of its edges, or is empty and stands within a number."""
    if start == end:
        return 0 < start < len(text) and text[start - 1] in _NUMERIC and text[start] in _NUMERIC
    return text[start] in _NUMERIC or text[end - 1] in _NUMERIC
