"""Rows column by column, and as record batches of Arrow, the form in which they are handed on and written.

``pyarrow.array`` would make columns, too, but imports pandas on its first call, which takes longer than mining a
hundred documents; so they are built from their buffers.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, overload

from policymine.tables.schema import BOOLEAN, INTEGER, NUMBER, STRING, TABLES, Row, Table, Value

Columns = Sequence[Sequence[Value]]
"""The values of rows, a sequence a column of the table, in the order of the schema."""
_MOST_BYTES = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class ColumnRows(Sequence[Row]):
    """Rows that are held column by column: a tenth of the time and room of as many dictionaries.

    Each is made when it is asked for.

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


@dataclass(frozen=True, slots=True, eq=False)
class BatchRows(Sequence[Row]):
    """Rows that are held as a record batch: a fiftieth of the room of dictionaries, and none of their time.

    Each is made when it is asked for; a slice is a view.

    >>> rows = BatchRows(batch_of([{"doc_id": "a", "term": "规划", "pos": None, "count": 2}], TABLES["terms"]))
    >>> rows[0]["term"], rows.values("count"), len(rows[1:])
    ('规划', [2], 0)
    """

    batch: Any

    def values(self, name: str) -> list[Value]:
        """The values of a column."""
        found: list[Value] = self.batch.column(self.batch.schema.get_field_index(name)).to_pylist()
        return found

    def columns(self) -> Columns:
        """The values of all columns."""
        return [column.to_pylist() for column in self.batch.columns]

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def __iter__(self) -> Iterator[Row]:
        names = self.batch.schema.names
        return (dict(zip(names, values, strict=True)) for values in zip(*self.columns(), strict=True))

    @overload
    def __getitem__(self, at: int) -> Row: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...

    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            first, last, step = at.indices(len(self))
            return BatchRows(self.batch.slice(first, max(0, last - first))) if step == 1 else list(self)[at]
        names = self.batch.schema.names
        return {name: column[at].as_py() for name, column in zip(names, self.batch.columns, strict=True)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)


def values_of(rows: Sequence[Row], name: str) -> list[Value]:
    """The values of one column of rows."""
    return rows.values(name) if isinstance(rows, BatchRows) else [row[name] for row in rows]


def columns_of(rows: Sequence[Row], table: Table) -> Columns:
    """Rows of a table column by column."""
    if isinstance(rows, BatchRows):
        return rows.columns()
    if isinstance(rows, ColumnRows) and rows.names == table.names:
        return rows.columns
    return list(zip(*map(itemgetter(*table.names), rows), strict=True)) if rows else [()] * len(table.columns)


def batch_of(rows: Sequence[Row], table: Table) -> Any:
    """Rows of a table as a record batch; what is no number is null."""
    return rows.batch if isinstance(rows, BatchRows) else _batch(columns_of(rows, table), table)


def joined_batch(parts: Iterable[Sequence[Row]], table: Table) -> Any:
    """Several lists of rows of a table as one record batch.

    >>> joined_batch([[], ColumnRows(TABLES["terms"].names, [["a"], ["规划"], ["n"], [2]])], TABLES["terms"]).num_rows
    1
    """
    import pyarrow as pa

    filled = [rows for rows in parts if len(rows)]
    if not filled:
        return empty_batch(table.name)
    if len(filled) == 1:
        return batch_of(filled[0], table)
    if all(isinstance(rows, list) for rows in filled):
        return batch_of(list(chain.from_iterable(filled)), table)
    if any(isinstance(rows, BatchRows) for rows in filled):
        return pa.concat_batches([batch_of(rows, table) for rows in filled])
    columns = zip(*(columns_of(rows, table) for rows in filled), strict=True)
    return _batch([list(chain.from_iterable(column)) for column in columns], table)


def _batch(columns: Columns, table: Table) -> Any:
    import pyarrow as pa

    arrays = [
        arrow_array(list(map(_finite, values)) if column.type == NUMBER else values, column.type)
        for values, column in zip(columns, table.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(table.name))


def _finite(value: Value) -> Value:
    return None if isinstance(value, float) and not math.isfinite(value) else value


@cache
def arrow_schema(table: str) -> Any:
    """The Arrow schema of a table."""
    import pyarrow as pa

    return pa.schema([(column.name, arrow_type(column.type)) for column in TABLES[table].columns])


@cache
def empty_batch(table: str) -> Any:
    """A record batch of a table without rows."""
    return _batch([()] * len(TABLES[table].columns), TABLES[table])


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
        buffers = [valid, *map(pa.py_buffer, _words(words))]
    elif kind == BOOLEAN:
        buffers = [valid, pa.py_buffer(_bits([bool(value) for value in values]))]
    else:
        numbers: Any = [value if value is not None else 0 for value in values] if nulls else values
        buffers = [valid, pa.py_buffer(array("q" if kind == INTEGER else "d", numbers).tobytes())]
    return pa.Array.from_buffers(arrow_type(kind), len(values), buffers, nulls)


def _words(words: Sequence[str]) -> tuple[Any, Any]:
    """The ends of words in UTF-8, and their bytes; found by a mark between them, which hardly a word holds."""
    import numpy as np

    joined = "\0".join(words).encode()
    marked = np.frombuffer(joined, np.uint8)
    if len(marked) > _MOST_BYTES:
        raise OverflowError("more text than a column can hold")
    ends = np.zeros(len(words) + 1, np.int32)
    at = np.flatnonzero(marked == 0)
    if len(at) == len(words) - 1:
        ends[1:-1] = at - np.arange(len(at))
        ends[-1] = len(marked) - len(at)
        return ends, joined.replace(b"\0", b"")
    np.cumsum([len(word.encode()) for word in words], out=ends[1:])
    return ends, "".join(words).encode()


def _bits(flags: Sequence[bool]) -> bytes:
    """Flags as a bitmap, the first in the lowest bit of the first byte.

    >>> _bits([True, False, False, False, False, False, False, False, True])
    b'\\x01\\x01'
    """
    import numpy as np

    return np.packbits(np.array(flags, np.bool_), bitorder="little").tobytes()
