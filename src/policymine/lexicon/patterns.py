"""Compile the rules of a TOML file: named parts put in, each rule a ``Pattern``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from policymine.lexicon.files import LexiconError, read_rules

_PART = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled rule: its id, expression, and the row of the file it came from."""

    id: str
    regex: re.Pattern[str]
    row: dict[str, Any]
    unless_after: re.Pattern[str] | None


@cache
def compile_rules(name: str) -> tuple[Pattern, ...]:
    """The rules of ``data/rules/<name>.toml``, compiled, in the order of the file."""
    content = read_rules(name)
    parts: dict[str, str] = content.get("parts", {})

    def put_in(found: re.Match[str]) -> str:
        try:
            return f"(?:{_PART.sub(put_in, parts[found[1]])})"
        except KeyError:
            raise LexiconError(f"{name}.toml: no part named {found[1]}; add it under [parts]") from None

    out = []
    for row in content["rules"]:
        after = row.get("unless_after")
        out.append(
            Pattern(row["id"], re.compile(_PART.sub(put_in, row["pattern"])), row, re.compile(after) if after else None)
        )
    return tuple(out)
