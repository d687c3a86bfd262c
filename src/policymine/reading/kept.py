"""What a reader gave beside the text (layout and metadata), kept with the text so that a result can be mined again.

It stands in ``text/<doc_id>.layout.json``, written only where there is something. Leaves out what the name of the file
suggests: that is found again from the name.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from policymine.models import Cell, FieldReading, Layout, RawDocument, Table

FILE_NAME, USER = "file name", "user"
"""The origins of readings that the name of the file suggests, and of those that the user gives."""


def to_kept(raw: RawDocument) -> bytes | None:
    """What is kept of a document beside its text; None where there is nothing.

    >>> to_kept(RawDocument("d", "a.txt", "到2025年", 10, "text/plain", "utf-8", "plain")) is None
    True
    """
    fields = [[f.field, f.value, f.origin, f.start, f.end, f.chosen] for f in raw.fields if f.origin != FILE_NAME]
    if raw.layout == Layout() and not fields:
        return None
    layout = raw.layout
    content = {
        "pages": layout.pages,
        "tables": [
            {"start": t.start, "end": t.end, "cells": [
                [c.start, c.end, c.row, c.column, c.rows, c.columns, c.header] for c in t.cells
            ]}
            for t in layout.tables
        ],
        "furniture": layout.furniture,
        "synthetic": layout.synthetic,
        "paragraphs": layout.paragraphs,
        "fields": fields,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def from_kept(data: bytes) -> tuple[Layout, tuple[FieldReading, ...]]:
    """Layout and metadata as ``to_kept`` wrote them.

    Raises:
        ValueError: the bytes are not what ``to_kept`` writes.
    """
    content: dict[str, Any] = json.loads(data)
    try:
        layout = Layout(
            tuple(content["pages"]),
            tuple(
                Table(table["start"], table["end"], tuple(Cell(*cell) for cell in table["cells"]))
                for table in content["tables"]
            ),
            _spans(content["furniture"]),
            _spans(content["synthetic"]),
            tuple(content["paragraphs"]),
        )
        return layout, tuple(FieldReading(*values) for values in content["fields"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"no layout of a document: {error}") from None


BESIDE = ".layout.json"
"""What the name of a file ends with that stands beside a text."""


def kept_path(text: Path) -> Path:
    """Where what stands beside a text is kept.

    >>> kept_path(Path("text/ab12.txt")).name
    'ab12.layout.json'
    """
    return text.with_suffix(BESIDE)


def _spans(pairs: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in pairs)
