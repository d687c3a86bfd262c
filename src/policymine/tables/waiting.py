"""Rows that wait in a file, for what is to be filled in or for more of them: memory does not grow with them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Any

from policymine.tables.columns import BatchRows, arrow_schema, batch_of
from policymine.tables.schema import TABLES, Row

_PORTION = 2_000
"""Rows from which they go into the file together; fewer stay at hand."""


class WaitingRows:
    """Rows of one table: added first, then read as often as wanted, in their order; ``len`` tells how many wait."""

    def __init__(self, table: str) -> None:
        """Begin.

        Args:
            table: its name.
        """
        self._table = TABLES[table]
        self._file: IO[bytes] | None = None
        self._writer: Any = None
        self._held: list[Any] = []
        self._waiting = 0
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def add(self, rows: Sequence[Row]) -> None:
        """Append rows."""
        if not len(rows):
            return
        self._held.append(batch_of(rows, self._table))
        self._waiting += len(rows)
        self._rows += len(rows)
        if self._waiting >= _PORTION:
            self._write()

    def _write(self) -> None:
        import pyarrow as pa

        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="policymine-")  # noqa: SIM115 (closed by close)
            self._begin(self._file)
        held, self._held, self._waiting = self._held, [], 0
        self._writer.write_batch(held[0] if len(held) == 1 else pa.concat_batches(held))

    def _begin(self, file: IO[bytes]) -> None:
        import pyarrow as pa

        self._writer = pa.ipc.new_stream(file, arrow_schema(self._table.name))

    def __iter__(self) -> Iterator[BatchRows]:
        """The rows, some at a time; none can be added any more, until they are forgotten."""
        import pyarrow as pa

        if self._file is not None and self._rows > self._waiting:
            self._file.flush()
            self._file.seek(0)
            for batch in pa.ipc.open_stream(self._file):
                yield BatchRows(batch)
        if self._held:
            yield BatchRows(pa.concat_batches(self._held))

    def clear(self) -> None:
        """Forget the rows; others can be added."""
        self._held, self._waiting, self._rows = [], 0, 0
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._begin(self._file)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
