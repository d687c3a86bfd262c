"""XLSX files that are safe to open: the same bytes for the same rows, and text that stays text.

A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break is written as a string, as every other one: no
cell of ours is ever a formula, a number or a link because of how it looks. The creation date is fixed. Excel takes
1,048,576 rows a sheet and 32,767 characters (UTF-16 units) a cell: rows go on in a further sheet, and a longer cell
is cut and says so (its words are in the text, from ``start`` to ``end``).
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from policymine.tables.columns import Columns
from policymine.tables.labels import EN, column_label, table_label, value_label
from policymine.tables.schema import BOOLEAN, INTEGER, NUMBER, TABLES, Table, Value

MOST_ROWS = 1_048_576
"""Rows of a sheet, with its heading."""
MOST_CHARS = 32_767
"""UTF-16 units of a cell."""
MOST_LINKS = 65_530
"""Links of a sheet."""
_CREATED = datetime(2000, 1, 1)
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_WIDTHS = {INTEGER: 10, NUMBER: 12, BOOLEAN: 8}
_LONG = frozenset({"clause", "text", "task", "title", "heading", "message", "evidence", "other_text"})


def open_workbook(path: Path, temporary: Path | None = None) -> Any:
    """A new workbook that xlsxwriter fills row by row, in memory that does not grow with the number of rows.

    Args:
        path: the file; it is there after ``close``.
        temporary: folder for what is written before that; None: the system's.
    """
    import xlsxwriter

    options: dict[str, Any] = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False,
    }
    if temporary is not None:
        options["tmpdir"] = str(temporary)
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": _CREATED})
    return book


def close_workbook(book: Any) -> None:
    """Write the file of a workbook; a second call does nothing.

    Raises:
        OSError: it cannot be written.
    """
    from xlsxwriter.exceptions import FileCreateError

    if book.fileclosed:
        return
    try:
        book.close()
    except FileCreateError as error:
        book.fileclosed = True  # else it tries again, and complains, when it is collected
        raise error.args[0] from error


@contextmanager
def new_workbook(path: Path) -> Iterator[Any]:
    """A workbook that becomes the file when all is written; after an error an earlier file stays as it is.

    Raises:
        OSError: the file cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.touch()  # what cannot be written is said before the work is done
        book = open_workbook(part)
        yield book
        close_workbook(book)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that a sheet can have: 31 characters, none of ``[]:*?/\\``, none twice; it is added to ``taken``.

    >>> taken = set()
    >>> sheet_name("质量/安全", taken), sheet_name("质量:安全", taken)
    ('质量 安全', '质量 安全 (2)')
    """
    name = _FORBIDDEN.sub(" ", wanted).strip(" '")
    name = "Sheet" if name.casefold() in ("", "history") else name
    number = 1
    while True:
        ending = f" ({number})" if number > 1 else ""
        made = name
        while units(made + ending) > 31:
            made = made[:-1]
        made = made.rstrip(" '") + ending
        if made.casefold() not in taken:
            taken.add(made.casefold())
            return made
        number += 1


def units(words: str) -> int:
    """The length of words as Excel counts it: in UTF-16 units.

    >>> units("目标"), units("\\U00020000")
    (2, 2)
    """
    return len(words) + sum(c > "\uffff" for c in words)


def fitting(words: str, most: int = MOST_CHARS) -> str:
    """The beginning of words that a cell can hold; it never ends within a character."""
    if len(words) * 2 <= most or units(words) <= most:
        return words
    length = most
    kept = words[:length]
    while (over := units(kept) - most) > 0:
        length -= (over + 1) // 2
        kept = words[:length]
    return kept


def put(sheet: Any, row: int, column: int, value: Value, style: Any = None) -> None:
    """Write a value into a cell: numbers as numbers, truth as truth, and all else as text, whatever it begins with."""
    if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
        if style is not None:
            sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, int | float) and abs(value) < 1e15:
        sheet.write_number(row, column, value, style)
    else:
        words = str(value)
        if fitting(words) != words:
            kept = fitting(words, MOST_CHARS - 40)
            words = f"{kept}…（截去{len(words) - len(kept)}字，见原文）"
        sheet.write_string(row, column, words, style)


class TablesWorkbook:
    """All tables of a result in one workbook, a sheet a table (``tables.xlsx``).

    Rows of different tables may come in any order. A table that is longer than a sheet goes on in further ones.
    """

    def __init__(self, path: Path, language: str = EN) -> None:
        """Open the workbook.

        Args:
            path: the file.
            language: of the names of sheets and columns and of codes: ``en`` (as in the schema) or ``zh``.
        """
        self._book = open_workbook(path, path.parent)
        self._language = language
        self._heading = self._book.add_format({"bold": True, "bg_color": "#DDE6F0", "bottom": 1})
        self._taken: set[str] = set()

    def table(self, name: str) -> TableSheet:
        """The sheet of a table; sheets stand in the order in which they are asked for."""
        return TableSheet(self._book, TABLES[name], self._language, self._heading, self._taken)

    def close(self) -> None:
        """Write the file; a second call does nothing."""
        close_workbook(self._book)


class TableSheet:
    """The rows of one table in a workbook; a ``TableWriter``."""

    def __init__(self, book: Any, table: Table, language: str, heading: Any, taken: set[str]) -> None:
        self._book, self._table, self._language = book, table, language
        self._heading, self._taken = heading, taken
        self._sheet: Any = None
        self._row = 0
        self._open()

    def _open(self) -> None:
        self._sheet = self._book.add_worksheet(sheet_name(table_label(self._table, self._language), self._taken))
        self._sheet.freeze_panes(1, 0)
        for number, column in enumerate(self._table.columns):
            width = 48 if column.name in _LONG else _WIDTHS.get(column.type, 18)
            self._sheet.set_column(number, number, width)
        for number, column in enumerate(self._table.columns):
            put(self._sheet, 0, number, column_label(column, self._language), self._heading)
        self._row = 1

    def add(self, batch: Any) -> None:
        """Append the rows of a record batch."""
        self.add_columns([column.to_pylist() for column in batch.columns])

    def add_columns(self, columns: Columns) -> None:
        """Append rows that are given column by column."""
        for row in zip(*columns, strict=True):
            if self._row == MOST_ROWS:
                self.close()
                self._open()
            for number, (column, value) in enumerate(zip(self._table.columns, row, strict=True)):
                shown = value_label(self._table.name, column.name, value, self._language)
                put(self._sheet, self._row, number, shown)
            self._row += 1

    def close(self) -> None:
        """Set the filter over what was written."""
        self._sheet.autofilter(0, 0, self._row - 1, len(self._table.columns) - 1)
