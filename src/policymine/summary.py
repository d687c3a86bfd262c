"""What a run has done, counted on the way: for the summary on a terminal, the line in a pipe, the JSON and run.json."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from policymine.assemble import CacheUse, KeepingSink, Sink
from policymine.issues import ERROR, NOTE
from policymine.tables.columns import values_of
from policymine.tables.schema import Row

_LINE = ("sections", "targets", "goals", "deadlines", "responsibilities", "citations", "tasks", "versions", "issues")


@dataclass(slots=True)
class Summary:
    """Passes rows and texts on to a sink and counts them.

    Attributes:
        sink: takes the rows and texts.
        status: number of files by status.
        rows: number of rows by table.
        departments: the different departments named (full names).
        chars: length of all texts.
        works: number of different works.
        cache: how many documents were taken from the cache, and how many were mined.
        corrections: how many decisions of readers were applied, and how many do not fit; None where there are none.
        canonical: whether facts are those of canonical versions only.
        messages: source, level and message of what was met in reading, errors and warnings.
        stages: seconds of each stage of the run.
    """

    sink: Sink
    status: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    departments: set[str] = field(default_factory=set)
    chars: int = 0
    works: int = 0
    cache: CacheUse = field(default_factory=CacheUse)
    corrections: tuple[int, int] | None = None
    canonical: bool = False
    messages: list[tuple[str, str, str]] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)

    def add_rows(self, table: str, rows: Sequence[Row]) -> None:
        """Count rows and pass them on."""
        self.rows[table] += len(rows)
        if table == "files":
            self.status.update(map(str, values_of(rows, "status")))
        elif table == "responsibilities":
            self.departments.update(map(str, values_of(rows, "department_name")))
        elif table == "documents":
            self.works += sum(is_canonical is not False for is_canonical in values_of(rows, "is_canonical"))
        elif table == "issues":
            for row in rows:
                code, level = str(row["code"]), str(row["level"])
                if level == ERROR or (level != NOTE and code.startswith(("read-", "correction-"))):
                    self.messages.append((str(row["source"]), level, str(row["message"])))
        self.sink.add_rows(table, rows)

    def add_text(self, doc_id: str, text: str, beside: bytes | None = None) -> None:
        """Count a text and pass it on."""
        self.chars += len(text)
        self.sink.add_text(doc_id, text, beside)

    def end_table(self, table: str) -> None:
        """Pass on that a table has all its rows."""
        self.sink.end_table(table)

    def keep_text(self, doc_id: str, chars: int, beside: bool) -> None:
        """Count a text that stays and pass it on."""
        self.chars += chars
        cast(KeepingSink, self.sink).keep_text(doc_id, chars, beside)

    @property
    def unread(self) -> int:
        """The number of files that could not be read or mined."""
        return sum(count for status, count in self.status.items() if status != "ok")

    def counts(self) -> dict[str, int]:
        """The figures of the run by name."""
        return {
            "files": self.rows["files"],
            "unread": self.unread,
            "documents": self.rows["documents"],
            "works": self.works,
            "characters": self.chars,
            "departments": len(self.departments),
            **{name: self.rows[name] for name in _LINE},
            "cached": self.cache.hits,
            **({"canonical": self.works} if self.canonical else {}),
            **(dict(zip(("corrected", "unfit"), self.corrections, strict=True)) if self.corrections else {}),
        }

    def line(self, out: str) -> str:
        """The figures in one line of ``key=value``."""
        place = json.dumps(out, ensure_ascii=False) if any(c.isspace() for c in out) else out
        return " ".join(f"{name}={count}" for name, count in self.counts().items()) + f" out={place}"

    def as_json(self, out: str, seconds: float) -> dict[str, Any]:
        """The figures and messages as plain values."""
        return {
            "out": out,
            "seconds": round(seconds, 3),
            **self.counts(),
            "status": dict(sorted(self.status.items())),
            "messages": [
                {"source": source, "level": level, "message": message} for source, level, message in self.messages
            ],
        }
