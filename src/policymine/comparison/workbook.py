"""A comparison as a workbook: the matrix, and every table that it rests on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from policymine.comparison.columns import COMPARISON_TABLES
from policymine.comparison.compare import Comparison
from policymine.comparison.views import calendar, concreteness, leads, matrix, pair_rows, raises, value_rows
from policymine.reading.sources import MisuseError
from policymine.tables.columns import columns_of
from policymine.tables.labels import ZH
from policymine.tables.workbook import TableSheet, new_workbook, put, sheet_name


def write_comparison(
    compared: Comparison, path: str | os.PathLike[str], report: str = "report.html", labels: str = ZH
) -> int:
    """Write a comparison as a workbook: indicator × place first, then values, pairs with reasons, and the other tables.

    Args:
        compared: from ``compare``.
        path: the file (``.xlsx``); the same comparison gives the same bytes.
        report: the evidence page as seen from the workbook; a cell of the matrix links to its first value there.
        labels: language of headings and codes: zh or en.

    Returns:
        The number of pairs.

    Raises:
        MisuseError: the name of the file does not end with .xlsx.
        OSError: the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise MisuseError(f"{path}: a comparison is a workbook; give a name that ends with .xlsx")
    corpus, places, pairs = compared.corpus, compared.places, compared.pair_items
    rows = {
        "values": value_rows(compared.items), "pairs": pair_rows(pairs), "raises": raises(pairs),
        "leads": leads(corpus, places), "calendar": calendar(corpus, places),
        "concreteness": concreteness(corpus, places),
    }
    taken: set[str] = set()
    with new_workbook(path) as book:
        heading = book.add_format({"bold": True, "bg_color": "#DDE6F0", "bottom": 1, "text_wrap": True, "valign": "top"})
        _matrix(book, compared, report, heading, taken)
        for table in COMPARISON_TABLES:
            sheet = TableSheet(book, table, labels, heading, taken)
            sheet.add_columns(columns_of(rows[table.name], table))
            sheet.close()
    return len(pairs)


def _matrix(book: Any, compared: Comparison, report: str, heading: Any, taken: set[str]) -> None:
    """Indicators of several places first, then those of one; each cell with its promises and a link to the first."""
    sheet = book.add_worksheet(sheet_name("矩阵", taken))
    columns, rows = matrix(compared.items, shared=False)
    several = sorted(rows, key=lambda row: sum(value is not None for value in row.values()) < 3)
    first = {}
    for value in reversed(compared.items):
        first[value.concept, value.place.name] = str(value.target["target_id"])
    link = book.add_format({"text_wrap": True, "valign": "top", "font_color": "#0B5394", "underline": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, max(1, len(columns)), 18)
    for number, name in enumerate(["指标", *columns]):
        put(sheet, 0, number, name, heading)
    for line, row in enumerate(several, 1):
        sheet.set_row(line, 14 * max(2, *(str(value or "").count("\n") + 1 for value in row.values())))
        put(sheet, line, 0, row["concept"], wrap)
        for number, name in enumerate(columns, 1):
            if row[name] is not None:
                address = f"external:{report}#{first[str(row['concept']), name]}"
                sheet.write_url(line, number, address, link, str(row[name])[:255])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(several), len(columns))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
