"""Rows that stand in an earlier result and are wanted again: read or copied from its files, not made anew.

Parquet says by itself where which rows are. In files of lines nothing does, so whoever writes them notes a place behind
every portion of rows (``Marks``), and the next run copies the bytes between two of them.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import IO, Any, cast

from policymine.tables.columns import BatchRows, arrow_schema, empty_batch
from policymine.tables.schema import Value

_BLOCK = 1 << 20


class Marks:
    """Places in a file of lines: behind so many rows, so many bytes."""

    def __init__(self, rows: Sequence[int], places: Sequence[int]) -> None:
        """Begin with what is known; the first is behind the head of the file."""
        self.rows = array("Q", rows)
        self.places = array("Q", places)

    def add(self, rows: int, place: int) -> None:
        """Note a place further on."""
        self.rows.append(rows)
        self.places.append(place)

    def between(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The marks from that behind ``first`` rows to that behind ``last``.

        Raises:
            ValueError: there is no such mark.
        """
        start, end = self._at(first), self._at(last)
        return zip(self.rows[start : end + 1], self.places[start : end + 1], strict=True)

    def _at(self, rows: int) -> int:
        at = bisect_left(self.rows, rows)
        if at == len(self.rows) or self.rows[at] != rows:
            raise ValueError(f"no mark behind {rows} rows")
        return at


class StandingTable:
    """One table of an earlier result."""

    def __init__(self, folder: Path, table: str, marks: Mapping[str, Marks]) -> None:
        """Begin.

        Args:
            folder: the result; Parquet is among its formats.
            table: its name.
            marks: by format, those of its files of lines.
        """
        self._folder, self.name, self._marks = folder, table, marks
        self._readers: dict[str | None, _Reader] = {}

    def rows(self, first: int, last: int) -> StandingRows:
        """The rows from ``first`` up to ``last`` (exclusive)."""
        return StandingRows(self, first, last)

    def batches(self, first: int, last: int, column: str | None = None) -> Iterator[Any]:
        """Some rows as record batches.

        Args:
            first, last: which; column: only this one; None: all.
        """
        import pyarrow as pa

        if column not in self._readers:  # one for each: rows are written in another thread than looked at
            self._readers[column] = _Reader(self._folder / f"{self.name}.parquet", column)
        for batch in self._readers[column].batches(first, last):
            yield batch if column else pa.RecordBatch.from_arrays(batch.columns, schema=arrow_schema(self.name))

    def close(self) -> None:
        """Let go of the files."""
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()

    def copy(self, extension: str, first: int, last: int, to: IO[bytes]) -> Iterator[tuple[int, int]]:
        """Copy the lines of some rows from the file of a format.

        Returns:
            The marks among them: how many rows and bytes behind the first.
        """
        marks = list(self._marks[extension].between(first, last))
        (_, begin), (_, end) = marks[0], marks[-1]
        with open(self._folder / f"{self.name}.{extension}", "rb") as stream:
            done = _copied_by_system(stream, begin, end - begin, to)
            stream.seek(begin + done)
            left = end - begin - done
            while left and (block := stream.read(min(left, _BLOCK))):
                left -= to.write(block)
        if left:
            raise OSError(f"{self._folder}: {self.name}.{extension} was changed while it was read")
        return ((rows - first, place - begin) for rows, place in marks[1:])


def _copied_by_system(stream: IO[bytes], begin: int, count: int, to: IO[bytes]) -> int:
    """How many bytes the system copied from file to file by itself; 0 where it cannot."""
    copy: Callable[[int, int, int, int], int] | None = getattr(os, "copy_file_range", None)
    done = 0
    if copy is not None:
        to.flush()
        with suppress(OSError):  # said by what is then written in the ordinary way
            while done < count and (more := copy(stream.fileno(), to.fileno(), count - done, begin + done)):
                done += more
    return done


class _Reader:
    """Reads a file of Parquet from its beginning to its end, a row group at a time."""

    def __init__(self, path: Path, column: str | None) -> None:
        import pyarrow.parquet as pq

        self._file: Any = pq.ParquetFile(path)
        self._columns = None if column is None else [column]
        described = self._file.metadata
        groups = range(described.num_row_groups)
        self._begins = list(accumulate((described.row_group(group).num_rows for group in groups), initial=0))
        self._group, self._read = -1, cast(Any, None)

    def close(self) -> None:
        self._file.close(force=True)

    def batches(self, first: int, last: int) -> Iterator[Any]:
        group = bisect_right(self._begins, first) - 1
        while first < last:
            if group != self._group:
                table = self._file.read_row_group(group, self._columns, use_threads=False).combine_chunks()
                self._group, [self._read] = group, table.to_batches()
            begin, end = self._begins[group : group + 2]
            yield self._read.slice(first - begin, min(last, end) - first)
            first, group = end, group + 1


class StandingRows(BatchRows):
    """Rows of an earlier result; read from there only where somebody looks at them."""

    __slots__ = ("first", "last", "table")

    def __init__(self, table: StandingTable, first: int, last: int) -> None:
        """Begin.

        Args:
            table: where they stand; first, last: which (exclusive).
        """
        for name, value in (("table", table), ("first", first), ("last", last)):
            object.__setattr__(self, name, value)

    table: StandingTable
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first

    @property
    def batch(self) -> Any:
        """All of them as a record batch."""
        import pyarrow as pa

        found = list(self.table.batches(self.first, self.last))
        return pa.concat_batches(found) if found else empty_batch(self.table.name)

    def values(self, name: str) -> list[Value]:
        """The values of a column."""
        return [
            value for batch in self.table.batches(self.first, self.last, name) for value in batch.column(0).to_pylist()
        ]

    def followed_by(self, other: StandingRows) -> StandingRows | None:
        """These and others together; None where the others do not stand right behind them."""
        if self.table is not other.table or self.last != other.first:
            return None
        return StandingRows(self.table, self.first, other.last)
