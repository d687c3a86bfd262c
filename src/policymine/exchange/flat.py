"""The flat view: a row a target with all that an analyst filters by, in one sheet, within the limits of Excel.

Columns of several tables stand side by side: document and place, section, target, deadline, departments of its task,
evidence. A cell that is longer than Excel takes goes on in a further column (``clause (2)``), rows beyond Excel's limit
in a further sheet or file, so that nothing is lost. In the CSV, which is made for spreadsheets alone, text that begins
with ``=``, ``+``, ``-``, ``@``, a tab or a line break gets an apostrophe before it; in the workbook it is text anyway.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from policymine.exchange.wording import departments, section_words
from policymine.reading.sources import MisuseError
from policymine.tables.labels import ZH, column_label, value_label
from policymine.tables.schema import STRING, TABLES, Column, Row, Value
from policymine.tables.workbook import MOST_CHARS, MOST_ROWS, fitting, new_workbook, put, sheet_name

if TYPE_CHECKING:
    from policymine.corpus import Corpus

_OF_DOCUMENT = (
    "title", "doc_number", "issuer_level", "province", "prefecture", "county", "date_issued", "is_canonical",
)
_OF_TARGET = (
    "indicator", "comparator", "value", "value_max", "unit", "change", "baseline_value", "baseline_year", "deadline",
    "every", "binding",
)
_ROLES = (
    Column("lead", STRING, "牵头单位", "Departments that lead the task."),
    Column("responsible", STRING, "责任单位", "Departments that are responsible for it."),
    Column("support", STRING, "配合单位", "Departments that support it."),
)
_SECTION = Column("section", STRING, "章节", "Path and heading of the section.")
_PLACE = ("clause", "start", "end", "flags", "review", "target_id", "doc_id")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def _columns() -> list[tuple[str, Column]]:
    """The columns of the view with the table that each comes from."""
    found = {(name, column.name): column for name in ("documents", "targets") for column in TABLES[name].columns}
    return [
        *(("documents", found["documents", name]) for name in _OF_DOCUMENT), ("", _SECTION),
        *(("targets", found["targets", name]) for name in _OF_TARGET), *(("", role) for role in _ROLES),
        *(("targets", found["targets", name]) for name in _PLACE), ("documents", found["documents", "source"]),
    ]


COLUMNS = tuple(column for _, column in _columns())
"""The columns of the view; those of ``documents`` and ``targets`` are the columns of these tables."""


def flat_rows(corpus: Corpus) -> list[Row]:
    """A row a target, with its document, section and departments.

    Args:
        corpus: mined or loaded.

    >>> import policymine as pm
    >>> [row] = flat_rows(pm.mine_text("一、主要任务\\n到2025年，新建3条线路。（市甲局牵头，市乙局配合）"))
    >>> row["section"], row["indicator"], row["value"], row["lead"], row["support"]
    ('一 主要任务', '线路', 3.0, '市甲局', '市乙局')
    """
    documents = {row["doc_id"]: row for row in corpus.rows("documents")}
    sections = {row["section_id"]: row for row in corpus.rows("sections")}
    named: defaultdict[object, list[Row]] = defaultdict(list)
    for row in corpus.rows("responsibilities"):
        named[row["task_id"]].append(row)
    made = []
    for target in corpus.rows("targets"):
        document = documents[target["doc_id"]]
        own = named[target["task_id"]] if target["task_id"] else []
        made.append({
            **{name: document[name] for name in (*_OF_DOCUMENT, "source")},
            "section": section_words(sections.get(target["section_id"])) or None,
            **{name: target[name] for name in (*_OF_TARGET, *_PLACE)},
            **{role.name: departments(own, role.name) or None for role in _ROLES},
        })
    return [{column.name: row[column.name] for column in COLUMNS} for row in made]


def write_flat(corpus: Corpus, path: str | os.PathLike[str], labels: str = ZH) -> int:
    """Write the flat view as a workbook (``.xlsx``) or for spreadsheets as CSV with BOM (``.csv``).

    Args:
        corpus: mined or loaded.
        path: the file; beyond Excel's rows a CSV goes on in ``NAME-2.csv``.
        labels: language of headings and codes: zh or en.

    Returns:
        The number of rows.

    Raises:
        MisuseError: the name ends with neither.
        OSError: the file cannot be written.
    """
    path = Path(path)
    rows = flat_rows(corpus)
    headings, cells = _for_people(rows, labels)
    if path.suffix.lower() == ".xlsx":
        _write_workbook(path, headings, cells)
    elif path.suffix.lower() == ".csv":
        for number, portion in enumerate(_portions(cells), 1):
            file = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
            _write_csv(file, headings, portion)
    else:
        raise MisuseError(f"{path}: the flat view is a workbook or a CSV; give a name that ends with .xlsx or .csv")
    return len(rows)


def _for_people(rows: list[Row], labels: str) -> tuple[list[str], list[list[Value]]]:
    """Headings and cells, codes in words, long cells over several columns."""
    headings: list[str] = []
    cells: list[list[Value]] = [[] for _ in rows]
    for table, column in _columns():
        parts = [_parts(value_label(table, column.name, row[column.name], labels)) for row in rows]
        label = column_label(column, labels)
        for number in range(max(map(len, parts), default=1)):
            headings.append(label if number == 0 else f"{label} ({number + 1})")
            for line, own in zip(cells, parts, strict=True):
                line.append(own[number] if number < len(own) else None)
    return headings, cells


def _parts(value: Value) -> list[Value]:
    if not isinstance(value, str):
        return [value]
    parts: list[Value] = []
    while value:
        part = fitting(value, MOST_CHARS - 1)  # an apostrophe may come before it
        parts.append(part)
        value = value[len(part):]
    return parts or [None]


def _portions(cells: list[list[Value]]) -> Iterator[list[list[Value]]]:
    for first in range(0, max(len(cells), 1), MOST_ROWS - 1):
        yield cells[first : first + MOST_ROWS - 1]


def _write_workbook(path: Path, headings: list[str], cells: list[list[Value]]) -> None:
    taken: set[str] = set()
    with new_workbook(path) as book:
        style = book.add_format({"bold": True, "bg_color": "#DDE6F0", "bottom": 1, "text_wrap": True, "valign": "top"})
        for portion in _portions(cells):
            sheet = book.add_worksheet(sheet_name(TABLES["targets"].label_zh, taken))
            sheet.set_column(0, len(headings) - 1, 14)
            for number, heading in enumerate(headings):
                put(sheet, 0, number, heading, style)
            for line, values in enumerate(portion, 1):
                for number, value in enumerate(values):
                    put(sheet, line, number, value)
            sheet.freeze_panes(1, 1)
            sheet.autofilter(0, 0, len(portion), len(headings) - 1)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)


def _write_csv(path: Path, headings: list[str], cells: Iterable[list[Value]]) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        with open(part, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(headings)
            writer.writerows([_harmless(value) for value in line] for line in cells)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _harmless(value: Value) -> Value:
    """Text that no spreadsheet takes for a formula; a bare sign of comparison stays as it is.

    >>> _harmless("=1+1"), _harmless("=") , _harmless(-3)
    ("'=1+1", '=', -3)
    """
    return f"'{value}" if isinstance(value, str) and len(value) > 1 and value.startswith(_FORMULA) else value
