"""The documents of a run as they come, and the rows of ``versions``, ``changes`` and ``reuse`` at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from policymine.tables.schema import Row
from policymine.versions.signature import Signature

if TYPE_CHECKING:
    from policymine.versions.grouping import Spread
    from policymine.versions.index import VersionIndex


COMPARED = ("versions", "changes", "reuse")
"""The tables whose rows come of it."""
KEPT_FROM = 200
"""Documents from which the comparison is kept for the next run; of fewer it is quicker to do it again."""
AT_HAND = 2_000_000
"""Characters of texts from which it is, however few there are: so many are held in memory."""


class Comparison:
    """Takes signatures one by one; a document alone needs no comparison, and no engine is loaded for it."""

    def __init__(self, folder: Path | None = None, spread: Spread | None = None) -> None:
        """Begin.

        Args:
            folder: where the index of many documents stays for the next run; None: it is gone afterwards.
            spread: does tasks in several processes; the result is the same without.
        """
        self._folder = folder
        self._spread = spread
        self._first: list[Signature] = []
        self._size = 0
        self._index: VersionIndex | None = None
        self.verified = 0
        """Pairs that were aligned, not known from earlier runs."""

    def take(self, names: Sequence[str]) -> bool:
        """Take documents by the names of their signatures in the index that stays.

        Returns:
            Whether it knows all of them; else none was taken.
        """
        if self._index is None:
            self._index = self._open(self._folder)
        with _errors(self._index):
            return self._index.take(names)

    def add(self, signed: Signature) -> str:
        """Take a document that was not taken before.

        Returns:
            The name of its signature.
        """
        if self._index is not None:
            with _errors(self._index):
                return self._index.add(signed)
        from policymine.versions.kept import signature_bytes, signature_name

        self._first.append(signed)
        self._size += len(signed.raw)
        if len(self._first) >= KEPT_FROM or (len(self._first) > 1 and self._size >= AT_HAND):
            self._index = self._open(self._folder)
        return signature_name(signature_bytes(signed))

    def _open(self, folder: Path | None) -> VersionIndex:
        from policymine.versions.index import VersionIndex

        index = VersionIndex(folder)
        with _errors(index):
            for signed in self._first:
                index.add(signed)
        self._first.clear()
        return index

    def finish(self, add_rows: Callable[[str, Sequence[Row]], None]) -> Mapping[str, tuple[str, bool, float]]:
        """Group the documents into works.

        Args:
            add_rows: called with the name of a table and rows for it, which come in their final order.

        Returns:
            doc_id -> (work_id, is_canonical, similarity to the canonical version), for every document.
        """
        if self._index is None and len(self._first) < 2:
            return {one.doc_id: (one.doc_id, True, 1.0) for one in self._first}
        from policymine.versions.works import Works

        with self._index or self._open(None) as index, _errors(index):
            found = Works(index, self._spread)
            for reported in found.reports():
                for table in COMPARED:
                    add_rows(table, getattr(reported, table))
            self.verified = index.verified
            return found.works


@contextmanager
def _errors(index: VersionIndex) -> Iterator[None]:
    from policymine.tables.duck import database_errors
    from policymine.versions.kept import DamagedError

    try:
        with database_errors(index.folder):
            yield
    except DamagedError as error:
        index.forget()
        what = "the index of versions was damaged, and is gone now; run it again"
        raise OSError(error.errno, what, error.filename) from error
