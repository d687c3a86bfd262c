"""How columns and codes are called for people: Chinese words for what the tables hold.

Names of tables and columns come from ``schema.py``, codes from ``labels.tsv`` and ``functions.tsv``; nothing else in
the package translates. Parquet, CSV, JSONL and DuckDB keep the names of the schema, because programs rely on them.
"""

from __future__ import annotations

from functools import cache

from policymine.lexicon.files import read_lexicon
from policymine.tables.schema import Column, Table, Value

EN, ZH = "en", "zh"
LANGUAGES = (EN, ZH)


def column_label(column: Column, language: str) -> str:
    """The heading of a column.

    >>> from policymine.tables.schema import TABLES
    >>> column_label(TABLES["targets"].columns[4], "zh"), column_label(TABLES["targets"].columns[4], "en")
    ('指标名称', 'indicator')
    """
    return column.label_zh if language == ZH else column.name


def table_label(table: Table, language: str) -> str:
    """The name of a table: ``targets`` or 指标."""
    return table.label_zh if language == ZH else table.name


def value_label(table: str, column: str, value: Value, language: str) -> Value:
    """A value as it is shown: a code in Chinese words where it has some, everything else as it is.

    Args:
        table: name of the table that the column stands in.
        column: name of the column.
        value: what stands in the cell.
        language: ``zh`` or ``en``; ``en`` keeps every code.

    >>> value_label("responsibilities", "role", "lead", "zh"), value_label("targets", "unit", "家", "zh")
    ('牵头', '家')
    >>> value_label("responsibilities", "function", "market-regulation", "zh")
    '市场监管'
    """
    if language != ZH or not isinstance(value, str):
        return value
    codes = _codes()
    return codes.get((f"{table}.{column}", value)) or codes.get((column, value)) or value


@cache
def _codes() -> dict[tuple[str, str], str]:
    """Label by column and code; the plain name of a column stands for every table that has no own label for it."""
    found: dict[tuple[str, str], str] = {}
    for row in read_lexicon("labels"):
        found[row["column"], row["code"]] = row["label_zh"]
        found.setdefault((row["column"].split(".")[1], row["code"]), row["label_zh"])
    for row in read_lexicon("functions"):
        found["function", row["function"]] = row["label_zh"]
    for code in ("national", "province", "prefecture", "county", "township"):
        found["responsibilities.level", code] = found["documents.issuer_level", code]
    return found
