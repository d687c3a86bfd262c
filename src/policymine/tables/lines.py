"""Record batches as lines of text: CSV and JSON, made column by column by the functions of Arrow.

These take a quarter of a second and 40 MB when the first of them is called, so few rows are put together without them.

CSV quotes a cell where it must, as ``csv.writer`` does; a carriage return is quoted too, which readers take for the end
of a line. JSON has an object a line with every column, and no character in it that some reader breaks lines at.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

from policymine.tables.columns import BatchRows, arrow_array
from policymine.tables.schema import STRING, TABLES, Row, Value

_ESCAPED = re.compile(rb'["\\\x00-\x1f]|\xc2\x85|\xe2\x80[\xa8\xa9]')
"""What JSON cannot hold as it is, or some reader takes for the end of a line."""
_BREAKS = str.maketrans({mark: f"\\u{ord(mark):04x}" for mark in "\x85\u2028\u2029"})
FEW_CELLS = 40_000
PIECE = 1_000_000
"""Bytes of a record batch that are made into lines at once: what is made on the way is many times as much."""
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def pieces(batch: Any) -> Iterator[Any]:
    """A record batch in pieces of some size, for ``csv_lines`` and ``json_lines``."""
    if not _are_few(batch):
        import pyarrow.compute  # noqa: F401 (for all pieces or for none)
    rows = max(1, batch.num_rows * PIECE // max(PIECE, batch.nbytes))
    for first in range(0, batch.num_rows, rows):
        yield batch.slice(first, rows)


class Lines(NamedTuple):
    """Rows as text: their bytes, and where each begins in these, with the end of the last."""

    data: Any
    begins: Sequence[int]


def csv_lines(batch: Any) -> Lines:
    """The rows of a record batch as CSV in UTF-8, null an empty cell.

    >>> from policymine.tables.columns import batch_of
    >>> rows = [{"doc_id": "a", "term": "x,y", "pos": None, "count": 2}]
    >>> bytes(csv_lines(batch_of(rows, TABLES["terms"])).data)
    b'a,"x,y",,2\\n'
    """
    if _are_few(batch):
        rows = zip(*([_cell(value) for value in column.to_pylist()] for column in batch.columns), strict=True)
        return _few(",".join(row) + "\n" for row in rows)
    cells = [_shown(column) for column in batch.columns]
    lines = _lines(cells, ",")
    text = lines.data.to_pybytes()
    n = batch.num_rows
    plain = text.count(b",") == n * (len(cells) - 1) and text.count(b"\n") == n
    if plain and b'"' not in text and b"\r" not in text:  # most rows hold nothing that must be quoted
        return lines
    return _lines([_quoted(cell) for cell in cells], ",")


def json_lines(table: str, batch: Any) -> Lines:
    """The rows of a record batch as JSON lines in UTF-8.

    >>> from policymine.tables.columns import batch_of
    >>> rows = [{"doc_id": "a", "term": "规划", "pos": None, "count": 2}]
    >>> bytes(json_lines("terms", batch_of(rows, TABLES["terms"])).data).decode()
    '{"doc_id":"a","term":"规划","pos":null,"count":2}\\n'
    """
    if _are_few(batch):
        return _few(_json(_row(row)).translate(_BREAKS) + "\n" for row in BatchRows(batch))
    import pyarrow.compute as pc

    parts: list[Any] = []
    for column, values in zip(TABLES[table].columns, batch.columns, strict=True):
        cells = _json_words(values) if column.type == STRING else _shown(values)
        parts += [_word(f'{"," if parts else "{"}"{column.name}":'), cells]
    closed = (parts[-1], _word("}"), _word(""))
    parts[-1] = pc.binary_join_element_wise(*closed, null_handling="replace", null_replacement="null")
    return _lines(parts, "", "null")


def _are_few(batch: Any) -> bool:
    return "pyarrow.compute" not in sys.modules and batch.num_rows * batch.num_columns < FEW_CELLS


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(_plain(value))
    return '"' + value.replace('"', '""') + '"' if any(sign in value for sign in ',"\r\n') else value


def _row(row: Row) -> Row:
    return {name: _plain(value) if isinstance(value, float) else value for name, value in row.items()}


def _few(lines: Iterable[str]) -> Lines:
    encoded = [line.encode() for line in lines]
    return Lines(b"".join(encoded), list(accumulate(map(len, encoded), initial=0)))


def _lines(cells: Sequence[Any], between: str, null: str = "") -> Lines:
    """Lines that are put together from cells."""
    import pyarrow.compute as pc

    *first, last = cells
    last = pc.binary_join_element_wise(last, _word("\n"), _word(""), null_handling="replace", null_replacement=null)
    lines = pc.binary_join_element_wise(*first, last, _word(between), null_handling="replace", null_replacement=null)
    _, places, data = lines.buffers()
    begins = memoryview(places).cast("i")[: len(lines) + 1]
    return Lines(data.slice(0, begins[-1]), begins)


def _shown(column: Any) -> Any:
    """The values of a column as words."""
    kind = str(column.type)
    if kind == "string":
        return column
    if kind == "double":
        return _words([None if value is None else str(_plain(value)) for value in column.to_pylist()])
    return column.cast("string")


def _plain(value: float | int) -> Value:
    """A number as it is written: 30000 rather than 30000.0.

    >>> _plain(30000.0), _plain(96.5)
    (30000, 96.5)
    """
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _quoted(column: Any) -> Any:
    import pyarrow.compute as pc

    marked = pc.match_substring_regex(column, '[",\\r\\n]')
    if not pc.any(marked).as_py():
        return column
    inner = pc.replace_substring(column, '"', '""')
    return pc.if_else(marked, pc.binary_join_element_wise(_word('"'), inner, _word('"'), _word("")), column)


def _json_words(column: Any) -> Any:
    import pyarrow.compute as pc

    _, places, data = column.buffers()
    if data is not None and len(column):
        at = memoryview(places).cast("i")  # of a piece, only its own words are looked through
        data = memoryview(data)[at[column.offset] : at[column.offset + len(column)]]
    if data is not None and _ESCAPED.search(data):
        return _words([None if word is None else _json(word).translate(_BREAKS) for word in column.to_pylist()])
    return pc.binary_join_element_wise(_word('"'), column, _word('"'), _word(""))


@cache
def _word(word: str) -> Any:
    """A word as the functions of Arrow take it: for a plain one they load pandas, to see whether it belongs to it."""
    return arrow_array([word], STRING)[0]


def _words(words: Sequence[str | None]) -> Any:
    return arrow_array(words, STRING)
