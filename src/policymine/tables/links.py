"""What only the whole corpus can tell about a document: its work, and which document a citation means."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from policymine.tables.schema import Row

_NOT_WORD = re.compile(r"[\W_]+")


def link_works(documents: Iterable[Row], works: Mapping[str, tuple[str, bool, float | None]]) -> None:
    """Fill ``work_id``, ``is_canonical`` and ``similarity`` of the rows of ``documents``, in place.

    Args:
        documents: rows of ``documents``; one that ``works`` lacks stays a work of its own.
        works: doc_id -> (work_id, is_canonical, similarity).
    """
    for row in documents:
        work = works.get(str(row["doc_id"]))
        if work is not None:
            row["work_id"], row["is_canonical"], row["similarity"] = work


def link_citations(documents: Iterable[Row], citations: Iterable[Row]) -> None:
    """Fill ``cited_doc_id`` of the rows of ``citations``, in place.

    A citation means the document of the corpus with its number, else the one with its title (or inner title), width
    and punctuation aside, that has no other number. Of several versions of one work the canonical one is meant; of
    several works none, since nothing tells which. A document never cites its own work.
    """
    by_number: defaultdict[str, list[Row]] = defaultdict(list)
    by_title: defaultdict[str, list[Row]] = defaultdict(list)
    for row in documents:
        if row["doc_number"]:
            by_number[_fold(row["doc_number"])].append(row)
        for title in {_fold(row["title"]), _fold(row["inner_title"])} - {""}:
            by_title[title].append(row)
    work_of = {row["doc_id"]: row["work_id"] for rows in (by_number, by_title) for r in rows.values() for row in r}
    for citation in citations:
        number, title = _fold(citation["doc_number"]), _fold(citation["title"])
        found = by_number.get(number, []) if number else []
        named = [row for row in by_title.get(title, []) if not number or not row["doc_number"]]
        cited = _the_one(found or named)
        if cited is not None and cited["work_id"] != work_of.get(citation["doc_id"], citation["doc_id"]):
            citation["cited_doc_id"] = cited["doc_id"]


def _the_one(rows: list[Row]) -> Row | None:
    if len({row["work_id"] for row in rows}) != 1:
        return None
    return min(rows, key=lambda row: (not row["is_canonical"], str(row["doc_id"])))


def _fold(value: object) -> str:
    return _NOT_WORD.sub("", str(value)) if value else ""
