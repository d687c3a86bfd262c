"""Alignment of two keys: where they agree and where not, as few readable differences as possible."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

GRAM = 16
"""Characters of an anchor: so long a stretch that stands once in both texts is the same place of the document."""
EVERY = 8
"""One gram in so many can be an anchor."""
LARGEST_GAP = 200_000_000
"""Product of lengths up to which the stretch between two anchors is aligned (50 MB); a larger one is one difference."""
_MULTIPLIERS = {
    size: np.uint64(m)
    for size, m in ((1, 0x9E3779B97F4A7C15), (2, 0xC2B2AE3D27D4EB4F), (4, 0x165667B19E3779F9), (8, 0xD6E8FEB86659FD93))
}
_NUMERIC = frozenset("0123456789.")


@dataclass(frozen=True, slots=True)
class Op:
    """``a[a_start:a_end]`` stands where the other text has ``b[b_start:b_end]``; one of them may be empty."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int

    @property
    def size(self) -> int:
        """The longer side."""
        return max(self.a_end - self.a_start, self.b_end - self.b_start)

    def flipped(self) -> Op:
        """The same difference with the two texts exchanged."""
        return Op(self.b_start, self.b_end, self.a_start, self.a_end)


def align(a: str, b: str) -> list[Op]:
    """The differences of two keys in order; between them the texts are equal.

    Long stretches that stand once in both texts are fixed first, so that a missing head, an added annex or a text
    inside another never scatters; the rest is aligned by edit distance (rapidfuzz). Equal islands that are smaller
    than the differences around them are given up, and a difference inside a number covers the whole number.
    Moved paragraphs show as removed in one place and added in another.
    """
    ops: list[Op] = []
    i = j = 0
    for start_a, start_b, size in [*_anchors(a, b), (len(a), len(b), 0)]:
        ops.extend(_gap(a, b, Op(i, start_a, j, start_b)))
        i, j = start_a + size, start_b + size
    return list(_whole_numbers(a, b, _without_islands(ops)))


def n_matched(a: str, ops: list[Op]) -> int:
    """Characters of ``a`` that are equal in the alignment."""
    return len(a) - sum(op.a_end - op.a_start for op in ops)


def _anchors(a: str, b: str) -> list[tuple[int, int, int]]:
    """Stretches (start in a, start in b, length) that are equal, in order in both, each seeded by a unique gram.

    Only grams that their hash picks are looked at: equal stretches have the same ones in both texts.
    """
    picked_a, picked_b = _picked(a), _picked(b)
    seen: dict[str, int] = {}
    for i in picked_a:
        gram = a[i : i + GRAM]
        seen[gram] = -1 if gram in seen else i
    found: list[tuple[int, int, int]] = []
    shift, end = 0, -1
    for j in picked_b:
        i = seen.get(b[j : j + GRAM], -1)
        if i < 0 or (j + GRAM <= end and i - j == shift):
            continue
        back = _common_before(a, b, i, j)
        size = back + _common(a, b, i, j)
        found.append((i - back, j - back, size))
        shift, end = i - j, j - back + size
    return _in_order(found)


def _picked(text: str) -> list[int]:
    """Where the grams begin that are looked at: about one in ``EVERY``."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    size, h = 1, codes
    while size < GRAM and len(h) > size:  # the hash of a gram from those of its halves
        h = h[:-size] * _MULTIPLIERS[size] + h[size:]
        size *= 2
    if size < GRAM:
        return []
    mixed = (h ^ (h >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.flatnonzero(mixed >> np.uint64(32) < np.uint64(2**32 // EVERY)).tolist()


def _common_before(a: str, b: str, i: int, j: int) -> int:
    """Length of the equal stretch that ends before ``i`` and ``j``."""
    size, most = 0, min(i, j)
    while size < most and a[i - size - 1] == b[j - size - 1]:
        size += 1
    return size


def _common(a: str, b: str, i: int, j: int) -> int:
    """Length of the equal stretch that begins at ``i`` and ``j``, found by doubling and halving steps."""
    size, step = 0, 64
    while a[i + size : i + size + step] == b[j + size : j + size + step] and i + size < len(a) and j + size < len(b):
        size += min(step, len(a) - i - size, len(b) - j - size)
        step *= 2
    while step:
        if len(part := a[i + size : i + size + step]) == step and part == b[j + size : j + size + step]:
            size += step
        step //= 2
    return size


def _in_order(found: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The longest chain of anchors that is increasing in both texts, overlaps cut off at their beginning."""
    tails: list[int] = []
    chain_at: list[int] = []
    before: list[int] = []
    for k, (i, _, _) in enumerate(found):
        p = bisect_left(tails, i)
        if p == len(tails):
            tails.append(i)
            chain_at.append(k)
        else:
            tails[p], chain_at[p] = i, k
        before.append(chain_at[p - 1] if p else -1)
    k = chain_at[-1] if chain_at else -1
    chain: list[tuple[int, int, int]] = []
    while k >= 0:
        chain.append(found[k])
        k = before[k]
    kept: list[tuple[int, int, int]] = []
    end_a = end_b = 0
    for i, j, size in reversed(chain):
        cut = max(0, end_a - i, end_b - j)
        if size - cut >= GRAM:
            kept.append((i + cut, j + cut, size - cut))
            end_a, end_b = i + size, j + size
    return kept


def _gap(a: str, b: str, gap: Op) -> Iterator[Op]:
    part_a, part_b = a[gap.a_start : gap.a_end], b[gap.b_start : gap.b_end]
    if not part_a and not part_b:
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
            if island and island >= min(last.size, op.size):
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
    """Whether the stretch has a numeral at one of its edges (or is empty: then the neighbours decide)."""
    return start == end or text[start] in _NUMERIC or text[end - 1] in _NUMERIC
