"""Compile the rules of a TOML file: named parts put in, each rule a ``Pattern``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from policymine.lexicon.files import LexiconError, read_rules

_PART = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled rule: its id, expression, and the row of the file it came from.

    ``reach``: how many characters a match may reach before and behind its anchor ``near``.
    """

    id: str
    regex: re.Pattern[str]
    row: dict[str, Any]
    unless_after: re.Pattern[str] | None
    near: re.Pattern[str] | None = None
    reach: tuple[int, int] = (40, 40)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The rule's matches in a text, tried only around its anchor where it has one."""
        return around(self.regex, self.near, text, *self.reach) if self.near else self.regex.finditer(text)


def around(
    pattern: re.Pattern[str], anchor: re.Pattern[str], text: str, before: int = 60, after: int = 60
) -> Iterator[re.Match[str]]:
    """The matches of an expensive pattern that hold a cheap anchor, found only near the anchor's places.

    Gives what ``pattern.finditer(text)`` gives as long as each match holds the anchor and reaches no further than
    ``before`` and ``after`` characters from it; a test compares the two on every document at hand.

    Args:
        pattern: what is looked for.
        anchor: what every match holds.
        text: where to look.
        before: how far a match may begin before its anchor.
        after: how far it may go on behind it.
    """
    done = 0
    for found in anchor.finditer(text):
        if found.start() < done:
            continue
        start, end = max(done, found.start() - before), min(len(text), found.end() + after)
        for near in pattern.finditer(text, start, end):
            # once more without the end of the window, which may have cut it short
            if near.start() >= done and (match := pattern.match(text, near.start())):
                yield match
                done = match.end()


def starting(pattern: re.Pattern[str], first: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches of an expensive pattern, tried only where a cheap one matches.

    Gives what ``pattern.finditer(text)`` gives as long as no match begins where ``first`` does not match; a test
    compares the two on every document at hand.

    Args:
        pattern: what is looked for.
        first: the characters that a match can begin with.
        text: where to look.
    """
    done = 0
    for found in first.finditer(text):
        if found.start() >= done and (match := pattern.match(text, found.start())):
            yield match
            done = match.end()


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
        after, near = (re.compile(row[key]) if key in row else None for key in ("unless_after", "near"))
        before, behind = row.get("reach", (40, 40))
        regex = re.compile(_PART.sub(put_in, row["pattern"]))
        out.append(Pattern(row["id"], regex, row, after, near, (before, behind)))
    return tuple(out)
