"""The small tables of the index of versions: a database of DuckDB in a folder that stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from policymine.tables.columns import arrow_array
from policymine.tables.schema import BOOLEAN, STRING

NAME, SIGNATURES, SAMPLES = "versions-5.duckdb", "signatures-5.bin", "samples-5.bin"
"""The number is that of their form: another form stands beside it."""
WORD = 8
"""Bytes of a number of a sample."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    n UINTEGER, sid UBIGINT, sid_rest UBIGINT, place UBIGINT, size UINTEGER, drawn UBIGINT, kept UINTEGER,
    featured UINTEGER, n_low UINTEGER, n_header UTINYINT, official BOOLEAN, damaged UINTEGER, n_chars UINTEGER,
    doc_id VARCHAR);
CREATE TABLE IF NOT EXISTS pairs (a UINTEGER, b UINTEGER, place UBIGINT, size UINTEGER);
CREATE TABLE IF NOT EXISTS told (n UINTEGER, asked UBIGINT, place UBIGINT, size UINTEGER);
CREATE TABLE IF NOT EXISTS answers (sid UBIGINT, sid_rest UBIGINT, place UBIGINT, size UINTEGER);
"""
"""Places and sizes are those in the files beside it."""


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows to a table."""
    if rows:
        names = [column[0] for column in con.execute(f"SELECT * FROM {table} LIMIT 0").description]
        con.register("rows", pa.table([_column(list(of)) for of in zip(*rows, strict=True)], names))
        con.execute(f"INSERT INTO {table} SELECT * FROM rows")
        con.unregister("rows")


def _column(values: list[Any]) -> Any:
    """A column for DuckDB, without pandas (``tables.columns``)."""
    if isinstance(values[0], int) and not isinstance(values[0], bool):
        numbers = np.array(values, np.uint64)
        return pa.Array.from_buffers(pa.uint64(), len(values), [None, pa.py_buffer(numbers)])
    return arrow_array(values, STRING if isinstance(values[0], str) else BOOLEAN)


def opened(folder: Path) -> duckdb.DuckDBPyConnection | None:
    """The database in a folder that stays; None where another run has it, or it or a file beside it is damaged."""
    con = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        con = duckdb.connect(str(folder / NAME))
        con.execute(SCHEMA)
        tables = ("documents", "pairs", "answers", "told")
        stretches = " UNION ALL ".join(f"SELECT place + size AS stop FROM {table}" for table in tables)
        samples = f"SELECT (drawn + kept + featured) * {WORD} AS stop FROM documents"
        for file, stops in ((SIGNATURES, stretches), (SAMPLES, samples)):
            ((least,),) = con.execute(f"SELECT coalesce(max(stop), 0) FROM ({stops})").fetchall()
            with open(folder / file, "ab") as stream:
                if stream.tell() < least:
                    raise OSError
        return con
    except (duckdb.Error, OSError):
        if con is not None:
            con.close()
        return None
