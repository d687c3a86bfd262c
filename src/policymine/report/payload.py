"""A corpus as the data of the evidence page: an index of all rows, and a block for each text.

The index holds what filters and lists need, column by column, each string of a column once; it is read at once. The
block of a document holds its text, outline and anchors; it is read when the document is opened, so a page of many
documents opens as quickly as one of few. All offsets count code points of the document text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policymine.corpus import Corpus
from policymine.corrections.anchors import Letters, clause_span, letters_of_text
from policymine.corrections.columns import CHOICES, EDITABLE, NEVER_EMPTY
from policymine.tables.labels import ZH, value_label
from policymine.tables.schema import NUMBER, STRING, TABLES, Row
from policymine.versions.sketch import sketch

KINDS = ("targets", "goals", "deadlines", "responsibilities", "citations", "tasks")
"""The tables whose rows the page shows."""
_DOCUMENT = (
    "doc_id", "title", "inner_title", "doc_number", "issuers", "issuer_level", "province", "prefecture", "county",
    "doc_type", "date_issued", "date_published", "source", "n_chars", "status", "flags",
)
# said otherwise in the page: by the position of a row, by its offsets in the text, or by the number of another row
_ELSEWHERE = {"doc_id", "section_id", "task_id", "deadline_id", "list_id", "clause", "text", "task", "cited_doc_id"}


def index(corpus: Corpus, version: str) -> dict[str, Any]:
    """What the page reads at once: documents, rows, labels of columns, and what can be edited.

    Args:
        corpus: the tables.
        version: version of policymine, which stands in the corrections that the page writes.
    """
    documents = corpus.rows("documents")
    numbers: dict[object, int] = {row["doc_id"]: i for i, row in enumerate(documents)}
    sections = _numbers_within(corpus.rows("sections"), "section_id")
    tasks = {row["task_id"]: i for i, row in enumerate(_by_document(corpus, "tasks", numbers))}
    deadlines = {row["deadline_id"]: i for i, row in enumerate(_by_document(corpus, "deadlines", numbers))}
    tables = {}
    for kind in KINDS:
        rows = _by_document(corpus, kind, numbers)
        key = TABLES[kind].key[0]
        columns: dict[str, list[Any]] = {
            "doc": [numbers[row["doc_id"]] for row in rows],
            "section": [sections.get(row.get("section_id")) for row in rows],
            "task_row": [tasks.get(row.get("task_id")) for row in rows] if kind != "tasks" else [],
            "deadline_row": [deadlines.get(row.get("deadline_id")) for row in rows] if kind != "deadlines" else [],
            "cited": [numbers.get(row.get("cited_doc_id")) for row in rows] if kind == "citations" else [],
        }
        encoded: dict[str, Any] = {
            name: values for name, values in columns.items() if any(v is not None for v in values)
        }
        for column in TABLES[kind].columns:
            if column.name not in _ELSEWHERE - {key}:
                values = [row[column.name] for row in rows]
                if any(value is not None for value in values):
                    plain = column.name == key or column.type != STRING
                    encoded["id" if column.name == key else column.name] = values if plain else _dictionary(values)
        tables[kind] = {"n": len(rows), "columns": encoded}
    ids = sorted(f"{row['doc_id']} {row['text_sha256']}" for row in documents)
    return {
        "version": version,
        "corpus": hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16],
        "documents": {"n": len(documents), "columns": {
            name: _dictionary([row[name] for row in documents]) if name not in ("doc_id", "n_chars")
            else [row[name] for row in documents] for name in _DOCUMENT
        }},
        "tables": tables,
        "labels": {
            name: {column.name: column.label_zh for column in TABLES[name].columns} for name in ("documents", *KINDS)
        },
        "codes": {
            column: codes for name in ("documents", *KINDS) for column, codes in _codes(name, corpus.rows(name)).items()
        },
        "editable": EDITABLE,
        "needed": [f"{table}.{column}" for table, column in sorted(NEVER_EMPTY)],
        "numbers": [
            f"{table}.{column.name}" for table in EDITABLE for column in TABLES[table].columns if column.type == NUMBER
        ],
        "choices": {f"{table}.{column}": values for (table, column), values in CHOICES.items()},
    }


def blocks(corpus: Corpus) -> Iterator[dict[str, Any]]:
    """What the page reads of each document when it is opened, in the order of ``documents``."""
    rows: dict[str, dict[object, list[Row]]] = {}
    for name in ("sections", *EDITABLE):
        rows[name] = {}
        for row in corpus.rows(name):
            rows[name].setdefault(row["doc_id"], []).append(row)
    for document in corpus.rows("documents"):
        doc_id = document["doc_id"]
        try:
            text = corpus.text(str(doc_id))
        except KeyError:
            yield {"text": None, "sections": [], "anchors": {}, "residue": [], "sketch": ""}
            continue
        letters = letters_of_text(text)
        anchors = {
            table: [_anchor(letters, row) for row in by_document.get(doc_id, [])]
            for table, by_document in rows.items() if table != "sections"
        }
        yield {
            "text": text,
            "sections": [_section(text, row) for row in rows["sections"].get(doc_id, [])],
            "residue": [list(span) for span in letters.residue],
            "anchors": anchors,
            "sketch": sketch(letters.key),
        }


def _codes(table: str, rows: Sequence[Row]) -> dict[str, dict[str, object]]:
    """What the codes of each column are called in Chinese, of those that can stand in it."""
    found: dict[str, dict[str, object]] = {}
    for column in TABLES[table].columns:
        if column.type == STRING and column.name not in _ELSEWHERE:
            cells = {str(row[column.name]) for row in rows if row[column.name] is not None}
            if column.name == "flags":
                cells = {flag for cell in cells for flag in cell.split(";")}
            named = {code: value_label(table, column.name, code, ZH) for code in sorted(cells)}
            named |= {code: value_label(table, column.name, code, ZH) for code in CHOICES.get((table, column.name), ())}
            found[f"{table}.{column.name}"] = {code: label for code, label in named.items() if label != code}
    return {name: codes for name, codes in found.items() if codes}


def _by_document(corpus: Corpus, table: str, numbers: Mapping[object, int]) -> list[Row]:
    """The rows of a table in the order of the documents, those of one document in their own."""
    return sorted(corpus.rows(table), key=lambda row: numbers[row["doc_id"]])


def _numbers_within(rows: Sequence[Row], key: str) -> dict[object, int]:
    """The number of each row among those of its document."""
    counts: dict[object, int] = {}
    numbers: dict[object, int] = {}
    for row in rows:
        numbers[row[key]] = counts.get(row["doc_id"], 0)
        counts[row["doc_id"]] = numbers[row[key]] + 1
    return numbers


def _dictionary(values: Sequence[object]) -> dict[str, Any]:
    """A column of strings, each different one once; -1 is null.

    >>> _dictionary(["甲", None, "乙", "甲"])
    {'of': ['甲', '乙'], 'is': [0, -1, 1, 0]}
    """
    numbers: dict[object, int] = {}
    found = [-1 if value is None else numbers.setdefault(value, len(numbers)) for value in values]
    return {"of": list(numbers), "is": found}


def _anchor(letters: Letters, row: Row) -> list[int]:
    """Start and end of the clause that is quoted, and its ordinal where it stands more than once."""
    start, end = row["start"], row["end"]
    assert isinstance(start, int) and isinstance(end, int)
    first, last, ordinal, of = clause_span(letters, start, end)
    return [first, last] if of == 1 else [first, last, ordinal, of]


def _section(text: str, row: Row) -> list[object]:
    """Level, marker, heading, kind, path, start, end, and the end of the words of the heading."""
    at = int(row["start"] or 0)
    for c in f"{row['marker'] or ''}{row['heading'] or ''}":
        while at < len(text) and text[at] != c and (text[at].isspace() or not text[at].isprintable()):
            at += 1
        at += 1
    heading_end = at if row["heading"] or row["marker"] else row["start"]
    return [*(row[name] for name in ("level", "marker", "heading", "kind", "path", "start", "end")), heading_end]
