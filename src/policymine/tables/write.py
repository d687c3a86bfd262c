"""Rows into files: Parquet, CSV, JSONL, XLSX and DuckDB with the same rows, written as they come.

The bytes depend on the rows and on the versions of the libraries alone (DuckDB's file excepted): fixed order of
columns, row groups of a fixed number of rows, no time and no machine in any file. CSV is UTF-8 with a byte-order
mark (so that Excel opens it rightly), null an empty cell; JSONL has one object a line with every column. A CSV
holds the words as they are, also those that a spreadsheet would take for a formula: it is data for programs, and an
apostrophe before them would be a character that does not stand in the text. For spreadsheets there is XLSX, where
text stays text (``workbook.py``). XLSX and DuckDB hold all tables in one file.
"""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import partial
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any, Protocol, cast

from policymine.reading.sources import MisuseError
from policymine.tables.behind import Behind
from policymine.tables.columns import BatchRows, arrow_schema, joined_batch
from policymine.tables.labels import EN
from policymine.tables.lines import FEW_CELLS, Lines, csv_lines, json_lines, pieces
from policymine.tables.schema import BOOLEAN, INTEGER, NUMBER, STRING, TABLES, Row, Value
from policymine.tables.standing import Marks, StandingRows
from policymine.tables.waiting import WaitingRows

FORMATS = ("parquet", "csv", "jsonl", "xlsx", "duckdb")
BOOKS = {"xlsx": "tables.xlsx", "duckdb": "tables.duckdb"}
"""Formats that hold all tables in one file, and its name."""
GROUP_CELLS = 400_000
"""Cells of a Parquet row group: 100,000 rows of four columns.

Few groups, since the writer keeps some 2 kB of each column of each; one that is not yet full waits in a file."""
PORTION_CELLS = FEW_CELLS
"""Cells from which rows are made into the formats, together."""


STANDING = 25
"""So many times as many cells of an earlier result are handed on together: they take no room until they are written."""


class TableWriter(Protocol):
    """Takes the rows of one table; the file is whole after ``close``."""

    def add(self, batch: Any) -> None:
        """Append the rows of a record batch of the table."""

    def close(self) -> None:
        """Write what is left and close the file."""


class LinesWriter:
    """The rows of one table as lines of text.

    Attributes:
        marks: where the rows of each portion end.
    """

    def __init__(self, path: Path, head: str, lines: Callable[[Any], Lines]) -> None:
        self.extension = path.suffix[1:]
        self._lines = lines
        self._file = open(path, "wb")  # noqa: SIM115 (closed by close)
        self._size = self._file.write(head.encode())
        self._rows = 0
        self.marks = Marks([0], [self._size])

    def add(self, batch: Any, ends: Iterable[int] = ()) -> None:
        """Append rows.

        Args:
            batch: the rows; ends: behind how many of them a portion ends.
        """
        waiting, done = deque(ends), 0
        for piece in pieces(batch):
            data, begins = self._lines(piece)
            self._file.write(data)
            while waiting and waiting[0] <= done + piece.num_rows:
                end = waiting.popleft()
                self.marks.add(self._rows + end, self._size + begins[end - done])
            done += piece.num_rows
            self._size += begins[-1]
        self._rows += done

    def copy(self, standing: StandingRows) -> None:
        """Append rows of an earlier result."""
        rows, size = self._rows, self._size
        for above, behind in standing.table.copy(self.extension, standing.first, standing.last, self._file):
            self._rows, self._size = rows + above, size + behind
            self.marks.add(self._rows, self._size)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _csv(path: Path, table: str) -> LinesWriter:
    return LinesWriter(path, "\ufeff" + ",".join(TABLES[table].names) + "\n", csv_lines)


def _jsonl(path: Path, table: str) -> LinesWriter:
    return LinesWriter(path, "", partial(json_lines, table))


class ParquetWriter:
    """The rows of one table as Parquet."""

    def __init__(self, path: Path, table: str) -> None:
        import pyarrow.parquet as pq

        self._schema = arrow_schema(table)
        self._writer: Any = pq.ParquetWriter(path, self._schema, compression="zstd", store_schema=False)
        self._group = max(1, GROUP_CELLS // len(self._schema))
        self._waiting = WaitingRows(table)

    def add(self, batch: Any) -> None:
        """Append rows."""
        while len(self._waiting) + batch.num_rows >= self._group:
            missing = self._group - len(self._waiting)
            self._waiting.add(BatchRows(batch.slice(0, missing)))
            self._write()
            batch = batch.slice(missing)
        self._waiting.add(BatchRows(batch))

    def _write(self) -> None:
        import pyarrow as pa

        # in one piece: what pages hold would depend on the pieces
        group = pa.Table.from_batches([rows.batch for rows in self._waiting], self._schema).combine_chunks()
        self._waiting.clear()
        self._writer.write_table(group)

    def close(self) -> None:
        """Write what is left and close the file."""
        with closing(self._waiting):
            if len(self._waiting):
                self._write()
        self._writer.close()


_WRITERS: dict[str, Callable[[Path, str], TableWriter]] = {
    "parquet": ParquetWriter, "csv": _csv, "jsonl": _jsonl,
}


class Book(Protocol):
    """A file that holds all tables; it is whole after ``close``, which comes after that of its tables."""

    def table(self, name: str) -> TableWriter:
        """The writer of one table."""

    def close(self) -> None:
        """Write what is left and close the file."""


def open_books(folder: Path, formats: Iterable[str], language: str = EN) -> list[Book]:
    """The files that hold all tables, for those of the formats that are of this kind.

    Args:
        folder: where they go.
        formats: names from ``FORMATS``; others are passed over.
        language: of the names in a workbook.

    Raises:
        MisuseError: the package that writes a format is not installed.
    """
    books: list[Book] = []
    for name in formats:
        if name == "xlsx":
            from policymine.tables.workbook import TablesWorkbook

            books.append(TablesWorkbook(folder / BOOKS[name], language))
        elif name == "duckdb":
            from policymine.tables.duck import TablesDatabase

            books.append(TablesDatabase(folder / BOOKS[name]))
    return books


class TableFiles:
    """One table in several formats at once."""

    def __init__(
        self, folder: Path, table: str, formats: Iterable[str], books: Iterable[Book] = (), behind: Behind | None = None
    ) -> None:
        """Open the files.

        Args:
            folder: where they go.
            table: its name.
            formats: names from ``FORMATS``.
            books: files that hold all tables.
            behind: writes; None: it is done at once.
        """
        self.rows = 0
        self._table = TABLES[table]
        self._writers = [_WRITERS[name](folder / f"{table}.{name}", table) for name in formats if name in _WRITERS]
        self._writers += [book.table(table) for book in books]
        self.behind = behind
        self._portion = PORTION_CELLS // len(self._table.columns)
        self._held: list[Sequence[Row]] = []
        self._waiting = 0

    def add(self, rows: Sequence[Row]) -> None:
        """Append rows; whole numbers are written without a decimal point, and what is no number as null."""
        if not len(rows):
            return
        self.rows += len(rows)
        if isinstance(rows, StandingRows):
            before = self._held[-1] if self._held else None
            if isinstance(before, StandingRows) and (both := before.followed_by(rows)) is not None:
                self._held[-1] = rows = both
            else:
                self._held.append(rows)
            if len(rows) >= STANDING * self._portion:
                self._flush()
            return
        self._waiting += len(rows)
        self._held.append(rows)
        if self._waiting >= self._portion:
            self._flush()

    def _flush(self) -> None:
        held, self._held, self._waiting = self._held, [], 0
        if self.behind is None:
            self._write(held)
        else:
            self.behind.do(self._write, held, light=all(isinstance(rows, StandingRows) for rows in held))

    def _write(self, held: Sequence[Sequence[Row]]) -> None:
        for stands, group in groupby(held, lambda rows: isinstance(rows, StandingRows)):
            if stands:
                for rows in group:
                    self._copy(cast(StandingRows, rows))
                continue
            parts = list(group)
            batch = joined_batch(parts, self._table)
            for writer in self._writers:
                if isinstance(writer, LinesWriter):
                    writer.add(batch, accumulate(map(len, parts)))
                else:
                    writer.add(batch)

    def _copy(self, rows: StandingRows) -> None:
        others = [writer for writer in self._writers if not isinstance(writer, LinesWriter)]
        for batch in rows.table.batches(rows.first, rows.last) if others else ():
            for writer in others:
                writer.add(batch)
        for writer in self._writers:
            if isinstance(writer, LinesWriter):
                writer.copy(rows)

    def marks(self) -> dict[str, Marks]:
        """Where portions end in each file of lines, by format."""
        return {writer.extension: writer.marks for writer in self._writers if isinstance(writer, LinesWriter)}

    def close(self) -> None:
        """Write what is left and close every file; nothing is written behind any more. A second call does nothing."""
        if self._held:
            held, self._held = self._held, []
            self._write(held)
        for writer in self._writers:
            writer.close()
        self._writers = [writer for writer in self._writers if isinstance(writer, LinesWriter)]  # they have the marks


def read_rows(folder: Path, table: str) -> list[Row]:
    """Read a table of a result back, from whichever format is there; an absent table is empty.

    Args:
        folder: a result.
        table: name of the table.

    Raises:
        MisuseError: the result is a workbook alone, which is for people and cannot be read back.
    """
    names = TABLES[table].names
    if (path := folder / f"{table}.parquet").exists():
        import pyarrow.parquet as pq

        rows: list[Row] = pq.read_table(path).to_pylist()
    elif (path := folder / f"{table}.jsonl").exists():
        with open(path, encoding="utf-8", newline="\n") as lines:
            rows = [json.loads(line) for line in lines]
    elif (path := folder / f"{table}.csv").exists():
        parse = {c.name: _PARSERS[c.type] for c in TABLES[table].columns}
        with open(path, encoding="utf-8-sig", newline="") as lines:
            rows = [
                {name: parse[name](cell) if cell != "" else None for name, cell in row.items() if name in parse}
                for row in csv.DictReader(lines)
            ]
    elif (path := folder / BOOKS["duckdb"]).exists():
        from policymine.tables.duck import read_table

        rows = read_table(path, table)
    elif (folder / BOOKS["xlsx"]).exists() and not any((folder / f"files.{name}").exists() for name in _WRITERS):
        raise MisuseError(
            f"{folder}: only a workbook is there, which is for people; run extract with --format parquet,xlsx"
        )
    else:
        return []
    return [{name: row.get(name) for name in names} for row in rows]


_PARSERS: dict[str, Callable[[str], Value]] = {
    STRING: str, INTEGER: int, NUMBER: float, BOOLEAN: lambda cell: cell == "true",
}
