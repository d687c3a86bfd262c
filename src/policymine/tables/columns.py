"""Lists of values as Arrow arrays, built from their buffers.

``pyarrow.array`` would do the same, but imports pandas on its first call, which takes longer than mining a hundred
documents.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any

from policymine.tables.schema import BOOLEAN, INTEGER, NUMBER, STRING, Row, Table, Value


def arrow_type(kind: str) -> Any:
    """The Arrow type of a type of column (string, integer, number, boolean)."""
    import pyarrow as pa

    return {STRING: pa.string(), INTEGER: pa.int64(), NUMBER: pa.float64(), BOOLEAN: pa.bool_()}[kind]


def arrow_array(values: Sequence[Value], kind: str) -> Any:
    """Values of one column as an Arrow array; None is null.

    Args:
        values: all of the type that ``kind`` names, or None.
        kind: string, integer, number or boolean.

    >>> arrow_array(["甲", None], "string").to_pylist()
    ['甲', None]
    """
    import pyarrow as pa

    nulls = values.count(None)
    valid = pa.py_buffer(_bits([value is not None for value in values])) if nulls else None
    if kind == STRING:
        words: list[Any] = [value or "" for value in values] if nulls else list(values)
        joined = "".join(words)
        sizes = map(len, words if joined.isascii() else map(str.encode, words))
        ends = array("i", accumulate(sizes, initial=0))
        buffers = [valid, pa.py_buffer(ends.tobytes()), pa.py_buffer(joined.encode())]
    elif kind == BOOLEAN:
        buffers = [valid, pa.py_buffer(_bits([bool(value) for value in values]))]
    else:
        numbers: list[Any] = [value if value is not None else 0 for value in values]
        buffers = [valid, pa.py_buffer(array("q" if kind == INTEGER else "d", numbers).tobytes())]
    return pa.Array.from_buffers(arrow_type(kind), len(values), buffers, nulls)


def arrow_table(rows: Sequence[Row], table: Table) -> Any:
    """Rows of a table as an Arrow table, its columns those of the schema."""
    import pyarrow as pa

    schema = pa.schema([(column.name, arrow_type(column.type)) for column in table.columns])
    values = zip(*map(itemgetter(*table.names), rows), strict=True) if rows else ((),) * len(table.columns)
    columns = [arrow_array(held, column.type) for held, column in zip(values, table.columns, strict=True)]
    return pa.Table.from_arrays(columns, schema=schema)


def _bits(flags: Sequence[bool]) -> bytes:
    """Flags as a bitmap, the first in the lowest bit of the first byte.

    >>> _bits([True, False, False, False, False, False, False, False, True])
    b'\\x01\\x01'
    """
    digits = "".join("1" if flag else "0" for flag in reversed(flags))
    return int(digits or "0", 2).to_bytes((len(flags) + 7) // 8, "little")
