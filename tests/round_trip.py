"""The same facts from another format: documents as plain text, facts of two of them compared, bytes mined.

A test of a reader turns the plain documents into its format (its converter stands in its own test file), mines the
bytes and compares: ``same_share(mine_bytes(convert(text), name), plain_rows(name))``. Facts are compared without their
places and without width, punctuation and blanks, in the fields that the scores are strict about.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from policymine.corpus import mine_one, mine_text
from policymine.models import Options
from policymine.reading import read_document
from policymine.reading.plain import decode
from policymine.tables.schema import Row
from samples import NAMES, SHARED, sample, sample_text

FIELDS = {
    "targets": ("indicator", "comparator", "value", "value_max", "unit", "change", "deadline"),
    "deadlines": ("text", "relation", "start_date", "end_date", "period"),
    "responsibilities": ("department", "role"),
    "sections": ("level", "heading"),
    "goals": ("text", "deadline"),
}
"""The tables that are compared, and in which columns."""
Rows = Mapping[str, Sequence[Row]]
Fact = tuple[str, ...]


def plain_documents() -> list[tuple[str, str]]:
    """The samples and, where they are present, the documents beside the project, each with its text (lines end in LF)."""
    found = [(name, sample_text(name)) for name in NAMES]
    found += [(path.stem, decode(path.read_bytes()).text or "") for path in sorted((SHARED / "texts").glob("*.txt"))]
    return [(name, text.replace("\r\n", "\n").replace("\r", "\n")) for name, text in found]


@cache
def plain_rows(name: str) -> Rows:
    """The tables of a plain document, by its name."""
    return sample(name).as_rows() if name in NAMES else mine_text(dict(plain_documents())[name], name).as_rows()


def mine_bytes(data: bytes, source: str) -> Rows:
    """The tables of one file, from its bytes; the reader is found by them."""
    raw = read_document(data, source)
    assert raw.status == "ok", (source, raw.status, raw.issues)
    return mine_one(raw, Options(terms=False)).as_rows()


def facts_of(rows: Rows) -> Counter[Fact]:
    """The facts of a document, each with the name of its table, in the columns that are compared."""
    return Counter((table, *(_fold(row[c]) for c in columns)) for table, columns in FIELDS.items() for row in rows[table])


def same_share(rows_a: Rows, rows_b: Rows) -> float:
    """How many of the facts of two documents both have: shared ones ÷ all (1.0 where there are none)."""
    a, b = facts_of(rows_a), facts_of(rows_b)
    return (a & b).total() / max(1, (a | b).total()) if a or b else 1.0


def differing(rows_a: Rows, rows_b: Rows) -> list[Fact]:
    """The facts that only one of two documents has, for messages of tests."""
    a, b = facts_of(rows_a), facts_of(rows_b)
    return sorted(((a - b) + (b - a)).elements())


def _fold(value: object) -> str:
    return re.sub(r"[\s\W_]+", "", unicodedata.normalize("NFKC", "" if value is None else str(value)))
