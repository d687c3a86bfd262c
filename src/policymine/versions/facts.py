"""The facts of a document that the comparison needs, small enough to be kept with its signature."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from policymine.tables.columns import values_of
from policymine.tables.rows import DocumentRows
from policymine.tables.schema import Row

Facts = Mapping[str, Sequence[Row]]
"""Rows of ``documents`` (one), ``fields`` and the tables of ``FIELDS``, with ``_KEPT`` of their columns or all."""
FIELDS = {
    "targets": ("indicator", "comparator", "value", "value_max", "unit", "change", "deadline", "binding", "every"),
    "deadlines": ("relation", "start_date", "end_date", "period"),
    "responsibilities": ("department_name", "role"),
}
"""The columns in which a fact of each table can differ."""
HEADER = ("title", "doc_number", "issuers", "date_issued", "addressees")
"""The columns of ``documents`` in which a header can differ."""
IDS = {
    "documents": "doc_id", "targets": "target_id", "deadlines": "deadline_id", "responsibilities": "responsibility_id",
}
"""The column that names a row."""
_KEPT = {
    "documents": ("doc_id", *HEADER),
    "fields": ("field", "start", "end"),
    **{table: (IDS[table], "start", "end", *names) for table, names in FIELDS.items()},
}


def all_facts(rows: DocumentRows) -> Facts:
    """The facts of a document that was mined, with all columns."""
    return {
        "documents": [rows.document] if rows.document is not None else [],
        "fields": [row for row in rows.tables.get("fields", ()) if row["chosen"] and row["start"] is not None],
        **{table: rows.tables.get(table, ()) for table in FIELDS},
    }


def kept_facts(rows: DocumentRows) -> str:
    """The facts of a document that was mined as text, column by column."""
    facts = all_facts(rows)
    columns = {table: [values_of(facts[table], name) for name in names] for table, names in _KEPT.items()}
    return json.dumps(columns, ensure_ascii=False, separators=(",", ":"))


def facts_from(text: str) -> Facts:
    """The facts that ``kept_facts`` wrote."""
    columns = json.loads(text)
    return {
        table: [dict(zip(names, values, strict=True)) for values in zip(*columns[table], strict=True)]
        for table, names in _KEPT.items()
    }
