"""For each of many documents the few that it is worth comparing with, in a number each."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policymine.versions.sampling import Sample, shared_part

NEAREST = 5
"""Documents that one may be aligned with."""
LEAST_PART = 0.3
"""Estimated part of the shorter text that must stand in the other."""
_NONE = 2**32 - 1


class Neighbours:
    """The near documents of each, the nearest first; documents are named by their rank."""

    def __init__(self, documents: int) -> None:
        """None of them has any yet."""
        self._held = array("I", [_NONE]) * (documents * NEAREST)

    def __getitem__(self, rank: int) -> list[int]:
        return [other for other in self._held[rank * NEAREST : (rank + 1) * NEAREST] if other != _NONE]

    def put(self, rank: int, near: list[int]) -> None:
        """Say who is near a document: ``NEAREST`` at most."""
        self._held[rank * NEAREST : rank * NEAREST + len(near)] = array("I", near)

    def components(self, places: NDArray[Any]) -> Iterator[list[int]]:
        """The documents that are near each other, directly or by way of others, each list in order; without those that
        are near none.

        Args:
            places: where each document lies; the lists come in the order of their first one's, so that what is read
                of many lies more or less one behind the other.
        """
        held = np.frombuffer(self._held, np.uint32) if self._held else np.empty(0, np.uint32)
        at = (held != _NONE).nonzero()[0]
        i, j = (at // NEAREST).astype(np.uint32), held[at]
        root = np.arange(len(held) // NEAREST, dtype=np.uint32)
        while True:  # each takes the smallest root around it, which then leads on to its own
            smaller = np.minimum(root[i], root[j])
            before = root.copy()
            for side in (before[i], before[j], i, j):
                np.minimum.at(root, side, smaller)
            while not (root == (further := root[root])).all():
                root = further
            if (root == before).all():
                break
        ranks = np.unique(np.concatenate((i, j)))
        yield from _runs(ranks[places[root[ranks]].argsort(kind="stable")], root)


def nearest(
    candidates: Iterable[tuple[NDArray[np.uint32], NDArray[np.uint32]]], documents: int,
    sampled: Callable[[int], Sample], only: Container[int] | None = None,
) -> Neighbours:
    """Those of the candidates for each document that share enough with it.

    Args:
        candidates: document and candidate, sorted by document, then the better candidate first.
        documents: how many there are; ``sampled``: the sample of each.
        only: the documents in question; None: all.
    """
    found = Neighbours(documents)
    before, near = -1, list[int]()
    for owners, others in candidates:
        for i, j in zip(owners.tolist(), others.tolist(), strict=True):
            if i != before:
                if near:
                    found.put(before, near)
                before, near = i, []
                ours = sampled(i) if only is None or i in only else None
            if ours is None or len(near) == NEAREST:
                continue
            # what is near a better document shares enough with it
            if (j < i and i in found[j]) or shared_part(ours, sampled(j)) >= LEAST_PART:
                near.append(j)
    if near:
        found.put(before, near)
    return found


def _runs(ranks: NDArray[np.uint32], root: NDArray[np.uint32]) -> Iterator[list[int]]:
    ends = (np.diff(root[ranks]) != 0).nonzero()[0] + 1
    for start, end in zip([0, *ends], [*ends, len(ranks)], strict=True):
        if end > start:
            yield ranks[start:end].tolist()
