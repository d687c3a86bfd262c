"""Which documents share the rarest features: a join of any number of them in bounded memory.

Every step deals its records out to parts by a hash of what they are brought together by, and takes the parts one after
the other, so time grows with the number of features and memory does not. With one part nothing touches the disk.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from policymine.versions.sampling import Numbers, mixed

COMMON = 32
"""Documents up to which all holders of a feature are paired with each other; of more only with the first of them."""
FIRST = 2
WIDE = 12
"""Documents that share most with one, weighed by how rare what they share is."""
PART = 250_000
"""Features in a part."""
MOST = 2**16
"""Documents in a part at most."""
_RAREST = np.uint64(2**20)
_RANK, _WEIGHT = np.uint64(32), np.uint64(44)
"""Bits of a rank, and of a weight: what stands above them in one number is sorted, or added up, with them."""
_HEAVIEST = np.uint64(2**44 - 1)
_ODD = np.uint64(0x9E3779B97F4A7C15)

Ranks = NDArray[np.uint32]
_HELD = np.dtype([("feature", "<u8"), ("rank", "<u4")])
_ALIKE = np.dtype([("who", "<u8"), ("rank", "<u4"), ("times", "<u4")])
_SHARING = np.dtype([("both", "<u8"), ("value", "<u8")])
_SIDED = np.dtype([("order", "<u8"), ("j", "<u4")])
_Records = NDArray[Any]


def candidates(
    features: Iterable[tuple[Ranks, Numbers]], count: int, documents: int, folder: Path, asked: Numbers | None = None
) -> Iterator[tuple[Ranks, Ranks]]:
    """The documents that share most with each one.

    The more documents hold a feature, the less it counts. Features that the same documents hold are taken together;
    documents with only one feature in common are no pair.

    Args:
        features: rank and feature of each feature of a document, in portions, in any order.
        count: of all features; documents: how many there are.
        folder: for what does not fit into memory.
        asked: only these features count, sorted.

    Returns:
        In portions: document and candidate, sorted by document, then the better candidate first.
    """
    if asked is not None and not len(asked):
        return
    n_parts = 1
    while n_parts * PART < count or n_parts * MOST < documents:
        n_parts *= 2
    held = _Dealt(_HELD, n_parts, folder)
    for ranks, numbers in features:
        if asked is not None:
            known = asked[np.minimum(np.searchsorted(asked, numbers), len(asked) - 1)] == numbers
            ranks, numbers = ranks[known], numbers[known]
        held.deal(numbers, feature=numbers, rank=ranks)
    alike = _Dealt(_ALIKE, n_parts, folder)
    for part in held.parts():
        _bring_together(part["feature"], part["rank"], alike)
    sharing = _Dealt(_SHARING, n_parts, folder)
    for part in alike.parts():
        if held_by := list(_pairs(part)):
            both, value = (np.concatenate(of) for of in zip(*held_by, strict=True))
            sharing.deal(mixed(both), both=both, value=value)
    sided = _Dealt(_SIDED, n_parts, folder)
    portion = documents // n_parts + 1
    for part in sharing.parts():
        i, j, weights = _added_up(part)
        for owners, others, weight in ((j, i, weights), _without_crowds(i, j, weights)):
            number, place = np.divmod(owners, np.uint32(portion))
            sided.deal(number, order=_order(place, weight), j=others)
    for n, part in enumerate(sided.parts()):
        order, j = _foremost(part["order"], part["j"])
        yield (order >> _WEIGHT).astype(np.uint32) + np.uint32(n * portion), j


class _Dealt:
    """Records dealt out to parts; with more than one part they lie in a file that is gone afterwards."""

    def __init__(self, form: np.dtype[Any], n_parts: int, folder: Path) -> None:
        self._form = form
        self._n_parts = n_parts
        self._file: IO[bytes] | None = None
        if n_parts > 1:
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by parts)
        self._at: list[list[tuple[int, int]]] = [[] for _ in range(n_parts)]
        self._held: list[_Records] = []

    def deal(self, by: NDArray[Any], **columns: NDArray[Any]) -> None:
        """Take records, each to the part that a number says."""
        if self._file is None:
            self._held.append(self._records(len(by), columns))
            return
        parts = (by & np.array(self._n_parts - 1, by.dtype)).astype(np.uint16)
        order = parts.argsort(kind="stable")
        data = self._records(len(by), {name: column[order] for name, column in columns.items()}).tobytes()
        ends = np.bincount(parts, minlength=self._n_parts).cumsum().tolist()
        start = self._file.tell()
        self._file.write(data)
        for at, first, end in zip(self._at, [0, *ends], ends, strict=False):
            if end > first:
                at.append((start + first * self._form.itemsize, (end - first) * self._form.itemsize))

    def _records(self, count: int, columns: dict[str, NDArray[Any]]) -> _Records:
        records = np.empty(count, self._form)
        for name, column in columns.items():
            records[name] = column
        return records

    def parts(self) -> Iterator[_Records]:
        """The records, part by part; they are let go of afterwards."""
        if self._file is None:
            yield np.concatenate(self._held) if self._held else np.empty(0, self._form)
            self._held.clear()
            return
        with self._file as stream:
            for at in self._at:
                data = bytearray()
                for start, size in at:
                    stream.seek(start)
                    data += stream.read(size)
                yield np.frombuffer(data, self._form)


def _bring_together(features: Numbers, ranks: Ranks, alike: _Dealt) -> None:
    """The holders of each feature that several have, once for all features with the same holders."""
    order = features.argsort()
    begins = _begins(features[order])
    sizes = np.diff(begins, append=len(order))
    shared = sizes > 1
    ranks = ranks[order][np.repeat(shared, sizes)]
    sizes = sizes[shared]
    if not len(sizes):
        return
    ends = sizes.cumsum()
    whos = mixed(np.add.reduceat(mixed(ranks * _ODD), ends - sizes) + sizes.astype(np.uint64))
    who, first, times = np.unique(whos, return_index=True, return_counts=True)
    sizes, begins = sizes[first], (ends - sizes)[first]
    at = np.arange(sizes.sum()) + np.repeat(begins - (sizes.cumsum() - sizes), sizes)
    whose = np.repeat(who, sizes)
    alike.deal(whose, who=whose, rank=ranks[at], times=np.repeat(times, sizes))


def _pairs(part: _Records) -> Iterator[tuple[Numbers, Numbers]]:
    """The pairs of holders (the smaller rank, the larger) with how many features they share so and what these weigh."""
    order = part["who"].argsort()
    begins = _begins(part["who"][order])
    if not len(begins):
        return
    sizes = np.diff(begins, append=len(order))
    times = np.add.reduceat(part["times"][order].astype(np.uint64), begins)
    group = np.repeat(np.arange(len(begins), dtype=np.uint64), sizes)
    held = np.sort(group << _RANK | part["rank"][order])
    held = held[_begins(held)]  # the same holders, found in several parts
    rank = _lower(held)
    begins = _begins(held >> _RANK)
    n_held = np.diff(begins, append=len(held))
    times //= n_held.astype(np.uint64)
    value = times << _WEIGHT | times * (_RAREST // (n_held - 1).astype(np.uint64))
    for size in range(2, COMMON + 1):
        those = (n_held == size).nonzero()[0]
        if len(those):
            holders = rank[begins[those][:, None] + np.arange(size)]
            one, other = np.triu_indices(size, 1)
            yield both(holders[:, one].ravel(), holders[:, other].ravel()), value[those].repeat(len(one))
    those = (n_held > COMMON).nonzero()[0]
    for nth in range(FIRST if len(those) else 0):
        n = n_held[those] - 1 - nth
        at = np.arange(n.sum()) + np.repeat(begins[those] + 1 + nth - (n.cumsum() - n), n)
        yield both(rank[begins[those] + nth].repeat(n), rank[at]), value[those].repeat(n)


def _added_up(part: _Records) -> tuple[Ranks, Ranks, Numbers]:
    """Each pair once, with what it weighs; without those that share one feature only."""
    order = part["both"].argsort()
    both = part["both"][order]
    begins = _begins(both)
    if not len(begins):
        return _lower(both), _lower(both), both
    value = np.add.reduceat(part["value"][order], begins)
    several = value >> _WEIGHT > 1
    both = both[begins[several]]
    return (both >> _RANK).astype(np.uint32), _lower(both), value[several] & _HEAVIEST


def _without_crowds(i: Ranks, j: Ranks, weight: Numbers) -> tuple[Ranks, Ranks, Numbers]:
    """Pairs, sorted, without what cannot be among the best of ``i``: the first that holds what many do has them all."""
    begins = _begins(i)
    sizes = np.diff(begins, append=len(i))
    many = np.repeat(sizes > WIDE, sizes)
    owners = i[begins[sizes > WIDE]]
    order = _order(np.repeat(np.arange(len(owners)), sizes[sizes > WIDE]), weight[many])
    order, best = _foremost(order, j[many])
    return (
        np.concatenate((i[~many], owners[order >> _WEIGHT])),
        np.concatenate((j[~many], best)),
        np.concatenate((weight[~many], _HEAVIEST - (order & _HEAVIEST))),
    )


def _order(owner: NDArray[Any], weight: Numbers) -> Numbers:
    """A number that sorts by owner, then by weight, the heaviest first."""
    return owner.astype(np.uint64) << _WEIGHT | (_HEAVIEST - weight)


def _foremost(order: Numbers, j: Ranks) -> tuple[Numbers, Ranks]:
    """The best for each owner, sorted; of the same weight the better document first."""
    by = order.argsort()
    order, j = order[by], j[by]
    begins = _begins(order)
    equal = np.repeat(np.arange(len(begins), dtype=np.uint64), np.diff(begins, append=len(order)))
    j = _lower(np.sort(equal << _RANK | j))
    begins = _begins(order >> _WEIGHT)
    nth = np.arange(len(order)) - np.repeat(begins, np.diff(begins, append=len(order)))
    return order[nth < WIDE], j[nth < WIDE]


def both(i: Ranks, j: Ranks) -> Numbers:
    """Two documents as one number, which sorts by the first."""
    return i.astype(np.uint64) << _RANK | j


def _lower(numbers: Numbers) -> Ranks:
    return numbers.astype(np.uint32)


def _begins(numbers: NDArray[Any]) -> NDArray[Any]:
    """Where in a sorted array a new number begins."""
    first = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=first[1:])
    return first.nonzero()[0]
