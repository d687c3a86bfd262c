"""Rows into files: Parquet, CSV, JSONL, XLSX and DuckDB with the same rows, written as they come.

The bytes depend on the rows and on the versions of the libraries alone: fixed order of columns, row groups of a fixed
number of rows, no time and no machine in any file. CSV is UTF-8 with a byte-order mark (so that Excel opens it
rightly), null an empty cell; JSONL has one object a line with every column. A CSV holds the words as they are, also
those that a spreadsheet would take for a formula: it is data for programs, and an apostrophe before them would be a
character that does not stand in the text. For spreadsheets there is XLSX, where text stays text (``workbook.py``).
XLSX and DuckDB hold all tables in one file.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from policymine.reading.sources import MisuseError
from policymine.tables.columns import (
    ColumnRows,
    Columns,
    arrow_table,
    arrow_type,
    columns_of,
    held_columns,
    hold_columns,
)
from policymine.tables.labels import EN
from policymine.tables.schema import BOOLEAN, INTEGER, NUMBER, STRING, TABLES, Row, Value

FORMATS = ("parquet", "csv", "jsonl", "xlsx", "duckdb")
BOOKS = {"xlsx": "tables.xlsx", "duckdb": "tables.duckdb"}
"""Formats that hold all tables in one file, and its name."""
ROW_GROUP = 50_000
"""Rows of a Parquet row group."""


class TableWriter(Protocol):
    """Takes the rows of one table; the file is whole after ``close``."""

    def add(self, columns: Columns) -> None:
        """Append rows, which are given column by column."""

    def close(self) -> None:
        """Write what is left and close the file."""


class CsvWriter:
    """The rows of one table as CSV."""

    def __init__(self, path: Path, table: str) -> None:
        schema = TABLES[table]
        self._cells = [_CELLS[column.type] for column in schema.columns]
        self._file = open(path, "w", encoding="utf-8", newline="")  # noqa: SIM115 (closed by close)
        self._file.write("\ufeff")  # as utf-8-sig does, at a third of its time
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(schema.names)

    def add(self, columns: Columns) -> None:
        """Append rows."""
        cells = [as_cells(values) for as_cells, values in zip(self._cells, columns, strict=True)]
        lines = "\n".join(map(",".join, zip(*cells, strict=True))) + "\n"
        rows, commas = len(cells[0]), len(cells[0]) * (len(cells) - 1)
        # most rows hold nothing that must be quoted: csv.writer would look at every character for it
        if lines.count(",") == commas and lines.count("\n") == rows and '"' not in lines and "\r" not in lines:
            self._file.write(lines)
        elif "\r" not in lines:
            self._writer.writerows(zip(*cells, strict=True))
        else:  # which csv.writer does not quote before Python 3.13, and readers take for the end of a line
            self._file.writelines(",".join(map(_quoted, row)) + "\n" for row in zip(*cells, strict=True))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in ',"\r\n') else cell


def _words(values: Sequence[Any]) -> Sequence[str]:
    return [value or "" for value in values] if None in values else values


def _numbers(values: Sequence[Value]) -> Sequence[str]:
    return ["" if value is None else str(value) for value in values]


def _booleans(values: Sequence[Value]) -> Sequence[str]:
    return ["" if value is None else "true" if value else "false" for value in values]


_CELLS: dict[str, Callable[[Sequence[Value]], Sequence[str]]] = {
    STRING: _words, INTEGER: _numbers, NUMBER: _numbers, BOOLEAN: _booleans,
}


class JsonlWriter:
    """The rows of one table as JSON lines."""

    def __init__(self, path: Path, table: str) -> None:
        self._names = TABLES[table].names
        self._file = open(path, "w", encoding="utf-8", newline="")  # noqa: SIM115 (closed by close)
        self._encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

    def add(self, columns: Columns) -> None:
        """Append rows."""
        lines = "".join(self._encode(row) + "\n" for row in ColumnRows(self._names, columns))
        for mark in "\x85\u2028\u2029":  # would break the line for readers that split at them
            if mark in lines:
                lines = lines.replace(mark, f"\\u{ord(mark):04x}")
        self._file.write(lines)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class ParquetWriter:
    """The rows of one table as Parquet."""

    def __init__(self, path: Path, table: str) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._table = TABLES[table]
        schema = pa.schema([(column.name, arrow_type(column.type)) for column in self._table.columns])
        self._writer: Any = pq.ParquetWriter(path, schema, compression="zstd", store_schema=False)
        self._held = held_columns(self._table)

    def add(self, columns: Columns) -> None:
        """Append rows."""
        for full in hold_columns(self._held, columns, ROW_GROUP):
            self._writer.write_table(arrow_table(full, self._table))

    def close(self) -> None:
        """Write what is left and close the file."""
        if self._held[0]:
            self._writer.write_table(arrow_table(self._held, self._table))
            self._held = held_columns(self._table)
        self._writer.close()


_WRITERS: dict[str, Callable[[Path, str], TableWriter]] = {
    "parquet": ParquetWriter, "csv": CsvWriter, "jsonl": JsonlWriter,
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

    def __init__(self, folder: Path, table: str, formats: Iterable[str], books: Iterable[Book] = ()) -> None:
        self.rows = 0
        self._table = TABLES[table]
        self._writers = [_WRITERS[name](folder / f"{table}.{name}", table) for name in formats if name in _WRITERS]
        self._writers += [book.table(table) for book in books]

    def add(self, rows: Sequence[Row]) -> None:
        """Append rows; whole numbers are written without a decimal point, and what is no number as null."""
        if not rows:
            return
        self.rows += len(rows)
        columns = [
            list(map(_plain, values)) if column.type == NUMBER else values
            for column, values in zip(self._table.columns, columns_of(rows, self._table), strict=True)
        ]
        for writer in self._writers:
            writer.add(columns)

    def close(self) -> None:
        """Close every file."""
        for writer in self._writers:
            writer.close()


def _plain(value: Value) -> Value:
    """A number as it is written: 30000 rather than 30000.0; infinities and NaN are null.

    >>> _plain(30000.0), _plain(96.5), _plain(float("nan"))
    (30000, 96.5, None)
    """
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


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
