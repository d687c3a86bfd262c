"""The files of corrections: a line a decision, and a line a document that decisions are about.

A file is JSONL in UTF-8, as the evidence page writes it; several can be put one behind the other. A decision:

    {"verdict": "edit", "table": "targets", "doc_id": "…", "before": "到2025年，绿化率达到", "words": "40%以上",
     "after": "", "ordinal": 1, "of": 1, "values": {"value": 40, …}, "set": {"deadline": "2026"},
     "reviewer": "甲", "note": ""}

``values`` are those that the reader saw, ``set`` those that they put in their place. A document, so that decisions
hold in near-identical versions of it: ``{"document": "…", "title": "…", "sketch": "…"}`` (``versions.sketch``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policymine.corrections.anchors import Anchor
from policymine.corrections.columns import EDITABLE, typed
from policymine.tables.schema import Row, Value

ACCEPT, REJECT, EDIT = "accept", "reject", "edit"
VERDICTS = (ACCEPT, REJECT, EDIT)


class CorrectionsError(ValueError):
    """A file of corrections that cannot be used; the message names file, line, reason and remedy."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reader decided about a row.

    Attributes:
        verdict: accept (right as it stands), reject (no such fact) or edit (right with the values of ``changes``).
        table: the table of the row.
        doc_id: the document that was read.
        anchor: the words that the row was read from.
        values: the values that the reader saw, of the columns that can be edited.
        changes: the values that they put in their place (verdict edit).
        reviewer, note: who decided, and why; may be empty.
        origin: file and line, for messages.
    """

    verdict: str
    table: str
    doc_id: str
    anchor: Anchor
    values: Row = field(hash=False)
    changes: Row = field(hash=False)
    reviewer: str = ""
    note: str = ""
    origin: str = ""

    @property
    def place(self) -> tuple[str, str, Anchor]:
        """What the decision is about; a later decision about the same replaces an earlier one."""
        return self.doc_id, self.table, self.anchor

    def judged(self) -> Row:
        """The values that the reader holds right: those seen, with the changes."""
        return {**self.values, **self.changes}


@dataclass(frozen=True, slots=True)
class Corrections:
    """The decisions of some files, one a place, and the sketches of the documents that they are about."""

    decisions: tuple[Decision, ...] = ()
    sketches: Mapping[str, str] = field(default_factory=dict, hash=False)
    names: tuple[str, ...] = ()


def read_corrections(paths: Iterable[Path]) -> Corrections:
    """Read and check files of corrections; of two decisions about one place the later one counts.

    Args:
        paths: the files, in the order in which they were made.

    Raises:
        CorrectionsError: a file cannot be read, or a line of it is no correction.
    """
    decisions: dict[tuple[str, str, Anchor], Decision] = {}
    sketches: dict[str, str] = {}
    names: list[str] = []
    for path in paths:
        names.append(path.name)
        for number, entry in _entries(path):
            origin = f"{path.name}, line {number}"
            try:
                if "document" in entry:
                    sketches[_words(entry, "document")] = _words(entry, "sketch", "")
                    continue
                decision = _decision(entry, origin)
            except ValueError as error:
                raise CorrectionsError(f"{path}, line {number}: {error}; mend or remove the line") from error
            decisions.pop(decision.place, None)
            decisions[decision.place] = decision
    return Corrections(tuple(decisions.values()), sketches, tuple(names))


def _entries(path: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise CorrectionsError(f"{path}: no such file; download it from the evidence page") from None
    except OSError as error:
        reason = "this is a folder" if path.is_dir() else error.strerror
        raise CorrectionsError(f"{path}: {reason}; give the file that the evidence page wrote") from None
    except UnicodeDecodeError:
        raise CorrectionsError(f"{path}: this is no text in UTF-8; give what the evidence page wrote") from None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            json.dumps(entry, ensure_ascii=False).encode()  # half a surrogate pair could not be written
        except (ValueError, RecursionError):
            entry = None
        if not isinstance(entry, dict):
            raise CorrectionsError(f"{path}, line {number}: this is no JSON object; mend or remove the line")
        yield number, entry


def _decision(entry: dict[str, Any], origin: str) -> Decision:
    verdict, table = _words(entry, "verdict"), _words(entry, "table")
    if verdict not in VERDICTS:
        raise ValueError(f"the verdict is {verdict!r} and must be one of {', '.join(VERDICTS)}")
    if table not in EDITABLE:
        raise ValueError(f"the table is {table!r} and must be one of {', '.join(EDITABLE)}")
    ordinal, of = _count(entry, "ordinal"), _count(entry, "of")
    if ordinal > of:
        raise ValueError(f"ordinal is {ordinal} of {of}")
    words = _words(entry, "words")
    anchor = Anchor(_words(entry, "before", ""), words, _words(entry, "after", ""), ordinal, of)
    # what was seen may be nothing that this version knows; what is to be set must be
    values: Row = {name: _scalar(value) for name, value in _object(entry, "values").items() if name in EDITABLE[table]}
    changes: Row = {name: typed(table, name, value) for name, value in _object(entry, "set").items()}
    if (verdict == EDIT) != bool(changes):
        raise ValueError("a row is edited with the values of 'set', and only then" if changes else "'set' is missing")
    others = (_words(entry, "reviewer", ""), _words(entry, "note", ""))
    return Decision(verdict, table, _words(entry, "doc_id"), anchor, values, changes, *others, origin)


def _words(entry: dict[str, Any], name: str, default: str | None = None) -> str:
    value = entry.get(name, default)
    if not isinstance(value, str) or default is None and not value:
        raise ValueError(f"{name!r} is missing or no text")
    return value


def _count(entry: dict[str, Any], name: str) -> int:
    value = entry.get(name, 1)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name!r} must be a whole number from 1")
    return value


def _scalar(value: object) -> Value:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number else str(value) if value is not None else None  # type: ignore[arg-type]


def _object(entry: dict[str, Any], name: str) -> dict[str, Any]:
    value = entry.get(name) or {}
    if not isinstance(value, dict):
        raise ValueError(f"{name!r} must be an object")
    return value
