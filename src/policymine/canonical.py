"""Facts of canonical versions only: a policy that was read from many websites is counted once.

Which version stands for a work is known when the last document was compared, so rows wait in a file until then.
``files``, ``documents``, ``versions``, ``changes``, ``reuse``, ``issues`` and the texts are those of every document:
they say what there was and what was left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policymine.assemble import Sink
from policymine.tables.columns import BatchRows, arrow_array, values_of
from policymine.tables.schema import PER_DOCUMENT, STRING, Row
from policymine.tables.waiting import WaitingRows

NOTE = (
    "Facts are those of canonical versions only (extract --canonical): one document a work, documents.is_canonical. "
    "The tables files, documents, versions, changes, reuse and issues and the texts are those of every document."
)


class CanonicalOnly:
    """Passes rows on, those of facts only for canonical versions, in the order in which they came."""

    def __init__(self, sink: Sink) -> None:
        """Begin.

        Args:
            sink: takes what is passed on.
        """
        self._sink = sink
        self._waiting = {table: WaitingRows(table) for table in PER_DOCUMENT if table != "issues"}
        self._canonical: list[str] = []

    def add_rows(self, table: str, rows: Sequence[Row]) -> None:
        """Pass rows on, or keep them until all documents are known."""
        if table == "documents":
            found = zip(values_of(rows, "doc_id"), values_of(rows, "is_canonical"), strict=True)
            self._canonical += [str(doc_id) for doc_id, is_canonical in found if is_canonical is not False]
        if table in self._waiting:
            self._waiting[table].add(rows)
        else:
            self._sink.add_rows(table, rows)

    def add_text(self, doc_id: str, text: str, beside: bytes | None = None) -> None:
        """Pass a text on."""
        self._sink.add_text(doc_id, text, beside)

    def end_table(self, table: str) -> None:
        """Pass on that a table has all its rows, where none are kept."""
        if table not in self._waiting:
            self._sink.end_table(table)

    def finish(self) -> None:
        """Pass on what was kept; all documents are known."""
        canonical = arrow_array(self._canonical, STRING)
        for table, waiting in self._waiting.items():
            for rows in waiting:
                self._sink.add_rows(table, _only(rows, canonical))
            waiting.close()


def _only(rows: BatchRows, documents: Any) -> BatchRows:
    """The rows of some documents."""
    import pyarrow.compute as pc

    return BatchRows(rows.batch.filter(pc.is_in(rows.batch.column("doc_id"), value_set=documents)))
