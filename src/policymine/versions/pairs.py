"""What documents are to each other: known from an earlier run or worked out, each pair once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, MutableMapping

from policymine.versions.kept import Kept, pair_bytes, pair_from, signature_from
from policymine.versions.relation import is_typography
from policymine.versions.signature import Signature
from policymine.versions.verify import Verified, verify

AT_HAND = 16_000_000
"""Characters of signatures that are held in memory."""
RELATIONS = 50_000
"""Relations that are held in memory, without what differs."""
LATEST = 300
"""Pairs that are held in memory with what differs."""
MISPRINT = 8
"""Characters of a difference that may be a misprint or a spoilt figure."""
Place = tuple[int, int]


class Pairs:
    """Pairs of the documents of a run; a document is named by its rank, its place in the canonical order."""

    def __init__(
        self, kept: Kept, ids: Mapping[int, str], names: Mapping[int, int], where: Callable[[int], Place],
        known: MutableMapping[tuple[int, int], Place | bytes], keep: Callable[[int, int, bytes], Place | bytes],
    ) -> None:
        """Begin.

        Args:
            kept: the file that holds signatures and pairs.
            ids: the doc_ids; names: numbers that differ where signatures do.
            where: the place there of the signature of a document.
            known: the places, or bytes, of pairs compared before, the smaller rank first; new ones are added.
            keep: called with a new pair, smaller rank first, and its bytes; says where they are now.
        """
        self._kept = kept
        self.ids = ids
        self.names = names
        self._where = where
        self._known = known
        self._keep = keep
        self._signatures: OrderedDict[int, Signature] = OrderedDict()
        self._size = 0
        self._relations: dict[tuple[int, int], Verified] = {}
        self._latest: dict[tuple[int, int], Verified] = {}

    def signature(self, rank: int) -> Signature:
        """The signature of a document."""
        if rank in self._signatures:
            self._signatures.move_to_end(rank)
            return self._signatures[rank]
        signed = self._signatures[rank] = signature_from(self._kept.read(*self._where(rank)))
        self._size += len(signed.raw) + len(signed.key)
        while self._size > AT_HAND and len(self._signatures) > 2:
            _, old = self._signatures.popitem(last=False)
            self._size -= len(old.raw) + len(old.key)
        return signed

    def relation(self, i: int, j: int) -> Verified:
        """As ``pair``, without evidence and what differs."""
        key = (i, j) if i < j else (j, i)
        if (found := self._relations.get(key)) is None:
            if len(self._relations) >= RELATIONS:
                self._relations.clear()
            pair = self.pair(i, j)
            found = self._relations[key] = Verified(pair.name, pair.similarity, second=pair.second)
        return found

    def pair(self, i: int, j: int) -> Verified:
        """What two documents are to each other: known, or worked out now and kept."""
        key = (i, j) if i < j else (j, i)
        if (found := self._latest.get(key)) is None:
            if (known := self._known.get(key)) is not None:
                found = pair_from(known if isinstance(known, bytes) else self._kept.read(*known))
            else:
                found = verify(self.signature(i), self.signature(j))
                self._known[key] = self._keep(*key, pair_bytes(found))
            if len(self._latest) >= LATEST:
                self._latest.clear()
            self._latest[key] = found
        return found

    def readings(self, i: int, j: int) -> frozenset[tuple[int, int, str]]:
        """Where ``j`` reads otherwise than ``i`` in a misprint or a figure: start and end in ``i``, words of ``j``."""
        a, b = self.signature(i), self.signature(j)
        found = self.pair(i, j).ops
        ops = found if a.doc_id < b.doc_id else [op.flipped() for op in found]
        return frozenset(
            (op.a_start, op.a_end, b.key[op.b_start : op.b_end])
            for op in ops
            if op.size <= MISPRINT and not is_typography(a.key, b.key, op)
        )
