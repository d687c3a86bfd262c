"""What a reader can decide about: the tables whose rows are judged, the columns that can be edited, their values."""

from __future__ import annotations

import re

from policymine.tables.schema import NUMBER, TABLES, Value

EDITABLE: dict[str, tuple[str, ...]] = {
    "targets": (
        "indicator", "comparator", "value", "value_max", "unit", "change", "baseline_value", "baseline_year",
        "binding", "deadline", "every",
    ),
    "goals": ("class", "deadline"),
    "deadlines": ("relation", "start_date", "end_date", "period"),
    "responsibilities": ("department_name", "function", "role"),
    "citations": ("title", "doc_number", "relation"),
}
"""The columns that can be edited, by table; rows of other tables are not judged, they follow from these."""

CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("targets", "comparator"): (">=", ">", "<=", "<", "~", "=", "range"),
    ("targets", "change"): ("level", "increase", "decrease", "count", "rank"),
    ("targets", "binding"): ("约束性", "预期性"),
    ("goals", "class"): ("universal", "relative", "assigned", "other"),
    ("deadlines", "relation"): ("by", "from", "during", "within", "every", "on"),
    ("responsibilities", "role"): ("lead", "responsible", "support"),
    ("citations", "relation"): ("basis", "implements", "amends", "repeals", "mentions", "forwards"),
}
"""The values of a column that has a closed set of them."""

LAYER = {
    "targets": "target", "goals": "goal", "deadlines": "deadline", "responsibilities": "department",
    "citations": "citation",
}
"""What the table ``rejected`` calls the rows of a table."""

NEVER_EMPTY = {("targets", "value"), ("responsibilities", "department_name"), ("responsibilities", "role")}
"""Columns that an edit cannot empty."""
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_PERIOD = re.compile(r"P[0-9.]+[YMWD]")
_FORM = {
    "deadline": (_DATE, "a date: 2025, 2025-06 or 2025-06-30"),
    "start_date": (_DATE, "a date: 2025, 2025-06 or 2025-06-30"),
    "end_date": (_DATE, "a date: 2025, 2025-06 or 2025-06-30"),
    "period": (_PERIOD, "a period: P1Y, P6M or P30D"),
    "every": (_PERIOD, "a period: P1Y, P6M or P30D"),
}
_TYPES = {(name, column.name): column.type for name in EDITABLE for column in TABLES[name].columns}


def typed(table: str, column: str, value: object) -> Value:
    """A value that a reader entered, in the type of its column; blank is null.

    Args:
        table: one of ``EDITABLE``.
        column: one of its columns.
        value: a string, a number or None.

    Raises:
        ValueError: the column cannot be edited, or cannot have the value; the message says what it can have.

    >>> typed("targets", "value", "96.5"), typed("goals", "deadline", " ")
    (96.5, None)
    """
    if column not in EDITABLE[table]:
        raise ValueError(f"{column} of {table} cannot be edited; these can: {', '.join(EDITABLE[table])}")
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise ValueError(f"{column} cannot be {value!r}")
    words = str(value).strip() if value is not None else ""
    if not words:
        if (table, column) in NEVER_EMPTY:
            raise ValueError(f"{column} of {table} cannot be empty")
        return None
    if _TYPES[table, column] == NUMBER:
        try:
            number = float(words)
        except ValueError:
            raise ValueError(f"{column} is {words!r} and must be a number") from None
        if number - number != 0:
            raise ValueError(f"{column} is {words!r} and must be a number")
        return number
    choices = CHOICES.get((table, column), ())
    if choices and words not in choices:
        raise ValueError(f"{column} is {words!r} and must be one of {', '.join(choices)}")
    form = _FORM.get(column)
    if form and not form[0].fullmatch(words):
        raise ValueError(f"{column} is {words!r} and must be {form[1]}")
    return words
