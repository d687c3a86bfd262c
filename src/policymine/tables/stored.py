"""What an earlier result holds: its texts, its formats, and its inputs for a run that adds to it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path

from policymine.models import Issue, RawDocument
from policymine.reading.sources import Source
from policymine.tables.schema import OPTIONAL, Row, Value
from policymine.tables.write import BOOKS, FORMATS, read_rows

PACKAGE = "datapackage.json"


def text_path(folder: Path, doc_id: str) -> Path:
    """Where a result holds the text of a document."""
    path = folder / "text" / f"{doc_id}.txt"
    return path if path.exists() else folder / "text" / doc_id[:2] / f"{doc_id}.txt"


def stored_formats(folder: Path) -> tuple[str, ...]:
    """The formats of a result, in the order of ``write.FORMATS``."""
    return tuple(name for name in FORMATS if (folder / BOOKS.get(name, f"documents.{name}")).exists())


def stored_optional(folder: Path) -> frozenset[str]:
    """The optional tables that a result holds."""
    return frozenset(t for t in OPTIONAL if any((folder / f"{t}.{name}").exists() for name in FORMATS))


def stored_corrections(folder: Path) -> tuple[str, ...]:
    """The names of the files of corrections that a result was made with."""
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        return tuple(map(str, run["arguments"]["corrections"]))
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def stored_sources(folder: Path) -> list[Source]:
    """The inputs of an earlier result, to be mined again together with new ones (``--append``).

    Their texts are taken from the result, so the files themselves need not be there any more.

    Args:
        folder: a result, or a folder without one (nothing is stored then).
    """
    if not (folder / PACKAGE).exists():
        return []
    files, sources = read_rows(folder, "files"), []
    issues = _stored_issues(read_rows(folder, "issues"), {row["doc_id"] for row in files if row["reader"]})
    for row in files:
        doc_id, name = str(row["doc_id"] or ""), str(row["source"])
        size = row["size"]
        raw = RawDocument(
            doc_id, name, "", size if isinstance(size, int) else 0, str(row["media_type"] or ""),
            str(row["encoding"]) if row["encoding"] else None, str(row["reader"] or ""), str(row["status"]),
            tuple(issues.get(doc_id or name, ())),
        )
        sources.append(Source(name, str(text_path(folder, doc_id)) if raw.reader else None, raw))
    return sources


def _stored_issues(rows: Iterable[Row], texts: Collection[Value]) -> dict[str, list[Issue]]:
    """The issues of reading, by document (by name where there is none); those of mining a text are found again."""
    found: dict[str, list[Issue]] = {}
    for row in rows:
        if not str(row["code"]).startswith("read-") and (row["code"] != "document-failed" or row["doc_id"] in texts):
            continue
        doc_id, source = str(row["doc_id"] or ""), str(row["source"])
        start, end = row["start"], row["end"]
        issue = Issue(
            str(row["code"]), str(row["message"]), doc_id or None, source,
            start if isinstance(start, int) else None, end if isinstance(end, int) else None,
        )
        found.setdefault(doc_id or source, []).append(issue)
    return found
