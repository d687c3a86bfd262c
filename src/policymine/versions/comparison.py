"""The documents of a run as they come, and the rows of ``versions``, ``changes`` and ``reuse`` at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from policymine.tables.schema import Row
from policymine.versions.signature import Signature

if TYPE_CHECKING:
    from policymine.versions.index import VersionIndex


class Comparison:
    """Takes signatures one by one; a document alone needs no comparison, and no engine is loaded for it."""

    def __init__(self, folder: Path | None = None) -> None:
        """Begin.

        Args:
            folder: where the index stays for the next run; None: it is gone afterwards.
        """
        self._folder = folder
        self._first: Signature | None = None
        self._index: VersionIndex | None = None

    def add(self, signed: Signature) -> None:
        """Take a document that was not taken before."""
        if self._first is None:
            self._first = signed
            return
        if self._index is None:
            from policymine.versions.index import VersionIndex

            self._index = VersionIndex(self._folder)
            self._index.add(self._first)
        self._index.add(signed)

    def finish(self, add_rows: Callable[[str, Sequence[Row]], None]) -> dict[str, tuple[str, bool, float]]:
        """Group the documents into works.

        Args:
            add_rows: called with the name of a table and rows for it, which come in their final order.

        Returns:
            doc_id -> (work_id, is_canonical, similarity to the canonical version), for every document.
        """
        if self._index is None:
            return {self._first.doc_id: (self._first.doc_id, True, 1.0)} if self._first else {}
        from policymine.versions.works import Works

        with self._index as index:
            found = Works(index)
            for reports in found.reports():
                add_rows("versions", [report.version for report in reports])
                add_rows("changes", [row for report in reports for row in report.changes])
                add_rows("reuse", sorted((row for report in reports for row in report.reuse), key=_place))
            return found.works


def _place(row: Row) -> tuple[int, int, str]:
    return int(row["start"] or 0), int(row["end"] or 0), str(row["source_doc_id"])
