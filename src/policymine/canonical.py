"""Facts of canonical versions only: a policy that was read from many websites is counted once.

Which version stands for a work is known when the last document was compared, so rows wait in a file until then.
``files``, ``documents``, ``versions``, ``changes``, ``reuse``, ``issues`` and the texts are those of every document:
they say what there was and what was left out.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Sequence

from policymine.assemble import Sink
from policymine.tables.schema import PER_DOCUMENT, Row

NOTE = (
    "Facts are those of canonical versions only (extract --canonical): one document a work, documents.is_canonical. "
    "The tables files, documents, versions, changes, reuse and issues and the texts are those of every document."
)
_WAITING = frozenset(PER_DOCUMENT) - {"issues"}


class CanonicalOnly:
    """Passes rows on, those of facts only for canonical versions, in the order in which they came."""

    def __init__(self, sink: Sink) -> None:
        """Begin.

        Args:
            sink: takes what is passed on.
        """
        self._sink = sink
        self._waiting = tempfile.TemporaryFile(prefix="policymine-")  # noqa: SIM115 (closed when it was read)
        self._canonical: frozenset[object] | None = None

    def add_rows(self, table: str, rows: Sequence[Row]) -> None:
        """Pass rows on, or keep them until the documents are known."""
        if table == "documents":
            self._canonical = frozenset(row["doc_id"] for row in rows if row["is_canonical"] is not False)
            self._waiting.seek(0)
            while True:
                try:
                    waiting, held = pickle.load(self._waiting)
                except EOFError:
                    break
                self._pass_on(waiting, held)
            self._waiting.close()
        if table not in _WAITING:
            self._sink.add_rows(table, rows)
        elif self._canonical is None:
            if rows:
                pickle.dump((table, list(rows)), self._waiting, pickle.HIGHEST_PROTOCOL)
        else:
            self._pass_on(table, rows)

    def add_text(self, doc_id: str, text: str, beside: bytes | None = None) -> None:
        """Pass a text on."""
        self._sink.add_text(doc_id, text, beside)

    def _pass_on(self, table: str, rows: Sequence[Row]) -> None:
        assert self._canonical is not None
        if kept := [row for row in rows if row["doc_id"] in self._canonical]:
            self._sink.add_rows(table, kept)
