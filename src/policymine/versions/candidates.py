"""Which pairs of documents are worth aligning: those that share many character 5-grams.

The grams are sampled by their hash (FracMinHash), which estimates the *containment* of one text in another as well
for a short text in a long one as for two of a length; banded MinHash would miss the former. Every pair that the
sample proposes is then counted on all grams, so what is handed on is exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

GRAM = 5
SAMPLE = 4
"""One gram in so many is looked up in the index."""
LIKELY = 0.25
"""Containment in the sample from which a pair is counted exactly."""
COMMON = 48
"""Documents up to which the holders of a gram are paired one by one; above, they are counted as a matrix."""
MOST_DENSE = 3000
"""Documents up to which the matrix is used; in a larger corpus grams in more than ``COMMON`` documents are passed
over (a work of more versions than that can then fall apart, never be merged wrongly)."""
_Grams = NDArray[np.uint64]


def grams(keys: Sequence[str]) -> list[_Grams]:
    """The sorted distinct hashes of each key's character 5-grams; the same on every machine."""
    hashed: list[_Grams] = []
    for key in keys:
        codes = np.frombuffer(key.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
        n = len(codes) - GRAM + 1
        if n <= 0:
            hashed.append(np.empty(0, np.uint64))
            continue
        h = np.zeros(n, np.uint64)
        for k in range(GRAM):
            h = h * np.uint64(1_000_003) + codes[k : k + n]
        # The finaliser of splitmix64: a plain polynomial is not even enough in its low bits to sample by them.
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        hashed.append(np.unique(h ^ (h >> np.uint64(31))))
    return hashed


def candidate_pairs(keys: Sequence[str], least: float) -> list[tuple[int, int, float, float]]:
    """Pairs of keys of which the one with fewer grams has at least ``least`` of them in the other.

    Args:
        keys: comparison keys; the pairs are indices of it, the smaller first, in order.
        least: the smallest containment that is reported.

    Returns:
        (index, index, containment, Jaccard similarity), both counted on all 5-grams.
    """
    all_grams = grams(keys)
    sampled = [g[g % np.uint64(SAMPLE) == 0] for g in all_grams]
    pairs: list[tuple[int, int, float, float]] = []
    for i, j in _likely(sampled):
        a, b = all_grams[i], all_grams[j]
        shared = len(np.intersect1d(a, b, assume_unique=True))
        smaller = min(len(a), len(b))
        if smaller and shared >= least * smaller:
            pairs.append((i, j, shared / smaller, shared / (len(a) + len(b) - shared)))
    return pairs


def _likely(sampled: list[_Grams]) -> list[tuple[int, int]]:
    """Pairs whose samples overlap enough, in order."""
    n = len(sampled)
    sizes = np.array([len(g) for g in sampled], np.int64)
    if n < 2 or not sizes.sum():
        return []
    values = np.concatenate(sampled)
    owners = np.repeat(np.arange(n, dtype=np.int64), sizes)
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    lengths = np.diff(np.r_[starts, len(values)])
    codes: list[NDArray[np.int64]] = []
    for length in np.unique(lengths[(lengths > 1) & (lengths <= COMMON)]):
        held = owners[starts[lengths == length][:, None] + np.arange(length)]
        left, right = np.triu_indices(int(length), 1)
        codes.append((held[:, left] * n + held[:, right]).ravel())
    code, count = np.unique(np.concatenate(codes), return_counts=True) if codes else (np.empty(0, np.int64),) * 2
    if n <= MOST_DENSE and (common := np.flatnonzero(lengths > COMMON)).size:
        shared = np.zeros((n, n), np.int64)
        shared.ravel()[code] = count
        shared += _dense(owners, starts[common], lengths[common], n)
        code = np.flatnonzero(np.triu(shared, 1))
        count = shared.ravel()[code]
    left, right = code // n, code % n
    enough = count >= LIKELY * np.minimum(sizes[left], sizes[right])
    return list(zip(left[enough].tolist(), right[enough].tolist(), strict=True))


def _dense(
    owners: NDArray[np.int64], starts: NDArray[np.int64], lengths: NDArray[np.int64], n: int
) -> NDArray[np.int64]:
    """How many of the given grams each pair of documents shares."""
    shared = np.zeros((n, n), np.int64)
    for at in range(0, len(starts), 4096):
        held = np.zeros((n, len(starts[at : at + 4096])), np.float32)
        for column, (start, length) in enumerate(zip(starts[at : at + 4096], lengths[at : at + 4096], strict=True)):
            held[owners[start : start + length], column] = 1
        shared += (held @ held.T).astype(np.int64)
    return shared
