"""A few hundred numbers that stand for a text: what alike documents are found by.

The hash of a character 5-gram decides whether it is kept (FracMinHash), so two texts keep the same ones of what they
share, and a short text inside a long one is found as well as two of a length, which banded MinHash would miss. Joined
in pairs in the order of the text, they also tell a document from others put together from the same paragraphs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

GRAM = 5
KEPT = 32
"""One gram in so many is kept of a long text."""
FEWEST = 64
"""Grams that are kept at least, so that short texts have a sample too."""
SINGLE = 64
"""One gram in so many is looked for by itself."""
AHEAD = 3
"""A kept gram is joined with the one so many further on."""
_BASE = np.uint64(1_000_003)
_SUFFIXES = "省市州盟县"
Numbers = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Sample:
    """What stands for a text.

    Attributes:
        kept: the kept grams, sorted: for estimates of how much two texts share.
        n_low: how many of them every text keeps, however long.
        features: what documents are looked up by.
    """

    kept: Numbers
    n_low: int
    features: Numbers


def sample(key: str, words: Iterable[str] = ()) -> Sample:
    """The sample of a comparison key; the same on every machine.

    Args:
        key: the normalised text folded to what counts.
        words: of the header (number, title): whoever has the same is looked at first.
    """
    found = grams(key)
    low = found < np.uint64(2**64 // KEPT)
    base = found[low]
    kept = distinct(base)
    n_low = len(kept)
    sequences = [base]
    if n_low < FEWEST and len(found):
        kept = distinct(found)[:FEWEST]
        sequences.append(found[found <= kept[-1]])
        singles = kept
    else:
        singles = kept[kept < np.uint64(2**64 // SINGLE)]
    joined = [mixed(s[:-AHEAD] * np.uint64(31) + s[AHEAD:]) for s in sequences if len(s) > AHEAD]
    own = np.array([_word(w) for w in (*words, *_places(key))], np.uint64)
    return Sample(kept, n_low, distinct(np.concatenate([singles, *joined, own])))


def shared_part(a: Sample, b: Sample) -> float:
    """The estimated part of the text with fewer grams that stands in the other one."""
    if min(a.n_low, b.n_low) < FEWEST < max(a.n_low, b.n_low):
        smaller = min(a.n_low, b.n_low)
    else:
        smaller = min(len(a.kept), len(b.kept))
    if not smaller:
        return 0.0
    both = np.concatenate((a.kept, b.kept))
    both.sort()
    return min(1.0, int((both[1:] == both[:-1]).sum()) / smaller)


def grams(key: str) -> Numbers:
    """The hashes of all 5-grams in the order of the text."""
    codes = np.frombuffer(key.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    if len(codes) < GRAM:
        return np.empty(0, np.uint64)
    two = codes[:-1] * _BASE + codes[1:]
    four = two[:-2] * (_BASE * _BASE) + two[2:]
    return mixed(four[:-1] * _BASE + codes[4:])


def distinct(numbers: Numbers) -> Numbers:
    """Each number once, sorted."""
    numbers = np.sort(numbers)
    first = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=first[1:])
    return numbers[first]


def mixed(h: Numbers) -> Numbers:
    """The finaliser of splitmix64: a plain polynomial is not even enough to sample by it."""
    h = h ^ (h >> np.uint64(30))
    h *= np.uint64(0xBF58476D1CE4E5B9)
    h ^= h >> np.uint64(27)
    h *= np.uint64(0x94D049BB133111EB)
    h ^= h >> np.uint64(31)
    return h


def _word(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _places(key: str) -> list[str]:
    """Words that end like names of places and come more than once: what copies of a template differ in."""
    found: Counter[str] = Counter()
    for suffix in _SUFFIXES:
        at = key.find(suffix, 2)
        while at >= 0:
            found[key[at - 2 : at + 1]] += 1
            at = key.find(suffix, at + 1)
    return [word for word, n in sorted(found.items()) if n > 1]
