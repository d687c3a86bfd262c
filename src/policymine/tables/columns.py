"""Rows column by column, and columns as Arrow arrays, built from their buffers.

``pyarrow.array`` would do the same, but imports pandas on its first call, which takes longer than mining a hundred
documents.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter
from typing import Any, overload

from policymine.tables.schema import BOOLEAN, INTEGER, NUMBER, STRING, Row, Table, Value

Columns = Sequence[Sequence[Value]]
"""The values of rows, a sequence a column of the table, in the order of the schema."""


@dataclass(frozen=True, slots=True, eq=False)
class ColumnRows(Sequence[Row]):
    """Rows that are held column by column: a tenth of the time and room of as many dictionaries.

    Each is made when it is asked for; writers take ``columns``.

    >>> rows = ColumnRows(("term", "count"), (["规划", "目标"], [2, 1]))
    >>> len(rows), rows[1]
    (2, {'term': '目标', 'count': 1})
    """

    names: tuple[str, ...]
    columns: Columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[Row]:
        return (dict(zip(self.names, values, strict=True)) for values in zip(*self.columns, strict=True))

    @overload
    def __getitem__(self, at: int) -> Row: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...

    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            return ColumnRows(self.names, [column[at] for column in self.columns])
        return dict(zip(self.names, (column[at] for column in self.columns), strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)


def columns_of(rows: Sequence[Row], table: Table) -> Columns:
    """Rows of a table column by column."""
    if isinstance(rows, ColumnRows) and rows.names == table.names:
        return rows.columns
    return list(zip(*map(itemgetter(*table.names), rows), strict=True)) if rows else [()] * len(table.columns)


def held_columns(table: Table) -> list[list[Value]]:
    """The columns of a table without rows, to be filled by ``hold_columns``."""
    return [[] for _ in table.columns]


def hold_columns(held: list[list[Value]], columns: Columns, portion: int) -> Iterator[Columns]:
    """Append rows to those that are held; full portions are taken out of them.

    >>> held = [[1, 2]]
    >>> list(hold_columns(held, [[3, 4, 5]], 2)), held
    ([[[1, 2]], [[3, 4]]], [[5]])
    """
    for column, values in zip(held, columns, strict=True):
        column.extend(values)
    while len(held[0]) >= portion:
        yield [column[:portion] for column in held]
        for column in held:
            del column[:portion]


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
        words: Any = [value or "" for value in values] if nulls else values
        joined = "".join(words)
        sizes = map(len, words if joined.isascii() else map(str.encode, words))
        ends = array("i", accumulate(sizes, initial=0))
        buffers = [valid, pa.py_buffer(ends.tobytes()), pa.py_buffer(joined.encode())]
    elif kind == BOOLEAN:
        buffers = [valid, pa.py_buffer(_bits([bool(value) for value in values]))]
    else:
        numbers: Any = [value if value is not None else 0 for value in values] if nulls else values
        buffers = [valid, pa.py_buffer(array("q" if kind == INTEGER else "d", numbers).tobytes())]
    return pa.Array.from_buffers(arrow_type(kind), len(values), buffers, nulls)


def arrow_table(columns: Columns, table: Table) -> Any:
    """The columns of a table as an Arrow table of its schema."""
    import pyarrow as pa

    schema = pa.schema([(column.name, arrow_type(column.type)) for column in table.columns])
    arrays = [arrow_array(values, column.type) for values, column in zip(columns, table.columns, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _bits(flags: Sequence[bool]) -> bytes:
    """Flags as a bitmap, the first in the lowest bit of the first byte.

    >>> _bits([True, False, False, False, False, False, False, False, True])
    b'\\x01\\x01'
    """
    digits = "".join("1" if flag else "0" for flag in reversed(flags))
    return int(digits or "0", 2).to_bytes((len(flags) + 7) // 8, "little")
