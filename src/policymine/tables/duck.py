"""All tables of a result in one DuckDB database, for SQL: the names, types and meanings of the schema.

The file holds the same rows as the others; its bytes are
DuckDB's own business, so results are compared by query.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from policymine.reading.sources import MisuseError
from policymine.tables.schema import BOOLEAN, INTEGER, NUMBER, STRING, TABLES, Row, Table

_TYPES = {STRING: "VARCHAR", INTEGER: "BIGINT", NUMBER: "DOUBLE", BOOLEAN: "BOOLEAN"}


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise MisuseError(
            "DuckDB is not installed; run  pip install duckdb  or leave duckdb out of --format"
        ) from error
    return duckdb


@contextmanager
def database_errors(place: Path) -> Iterator[None]:
    """Errors of DuckDB (no room on the disk, no memory) as errors of the system, for which the command has words."""
    try:
        yield
    except _duckdb().Error as error:
        raise OSError(errno.EIO, str(error).partition("\n")[0], str(place)) from error


class TablesDatabase:
    """A database that tables are written into (``tables.duckdb``)."""

    def __init__(self, path: Path) -> None:
        """Make the database.

        Raises:
            MisuseError: the package duckdb is not installed.
        """
        self._path = path
        with database_errors(path):
            self._connection = _duckdb().connect(str(path), config={"threads": 1})

    def table(self, name: str) -> DatabaseTable:
        """An empty table of the database."""
        with database_errors(self._path):
            return DatabaseTable(self._connection, TABLES[name], self._path)

    def close(self) -> None:
        """Write the file.

        Raises:
            OSError: it cannot be written.
        """
        with database_errors(self._path):
            self._connection.close()


class DatabaseTable:
    """The rows of one table in a database; a ``TableWriter``."""

    def __init__(self, connection: Any, table: Table, path: Path) -> None:
        self._connection, self._table, self._path = connection, table, path
        columns = ", ".join(f'"{column.name}" {_TYPES[column.type]}' for column in table.columns)
        connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
        connection.execute(f'COMMENT ON TABLE "{table.name}" IS {_quoted(table.description)}')
        for column in table.columns:
            meaning = _quoted(f"{column.label_zh}: {column.description}")
            connection.execute(f'COMMENT ON COLUMN "{table.name}"."{column.name}" IS {meaning}')

    def add(self, batch: Any) -> None:
        """Append rows."""
        import pyarrow as pa

        with database_errors(self._path):
            self._connection.register("portion", pa.Table.from_batches([batch]))
            self._connection.execute(f'INSERT INTO "{self._table.name}" SELECT * FROM portion')
            self._connection.unregister("portion")

    def close(self) -> None:
        """Nothing is left to be written."""


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def read_table(path: Path, name: str) -> list[Row]:
    """The rows of a table of a database, in the order in which they were written; none where it is not there.

    Raises:
        MisuseError: the package duckdb is not installed.
    """
    with _duckdb().connect(str(path), read_only=True) as connection:
        known = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        if name not in known:
            return []
        found = connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid')
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
