"""Compile the rules of a TOML file: named parts put in, each rule a ``Pattern``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from policymine.lexicon.files import LexiconError, read_rules

_PART = re.compile(r"\$\{(\w+)\}")
# A part that is an alternative of its own needs no group; without one, a search skips to the characters it begins with.
_ALTERNATIVE = re.compile(r"(?<![^|])\$\{(\w+)\}(?![^|])")
_WORDS = re.compile(r"[^\\.^$*+?{}\[\]()]+")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled rule: its id, expression, and the row of the file it came from.

    ``reach``: how many characters a match may reach before and behind its anchor ``near``; ``behind``: what every match
    stands directly behind, unless it opens the text.
    """

    id: str
    regex: re.Pattern[str]
    row: dict[str, Any]
    unless_after: re.Pattern[str] | None
    near: re.Pattern[str] | None = None
    reach: tuple[int, int] = (40, 40)
    behind: re.Pattern[str] | None = None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The rule's matches in a text, tried only where they can be.

        Those of a rule with ``behind`` begin with what they stand behind.
        """
        if self.near:
            return around(self.regex, self.near, text, *self.reach)
        if self.behind is None:
            return self.regex.finditer(text)
        first = self.regex.match(text)
        following = self.behind.finditer(text, first.end() if first else 0)
        return chain([first], following) if first else following


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
    windows: list[tuple[int, int]] = []
    for first, last in _spans(anchor, text):
        start, end = first - before, last + after
        if windows and start <= windows[-1][1]:
            start = windows.pop()[0]
        windows.append((max(0, start), end))
    done = 0
    for start, end in windows:
        for near in pattern.finditer(text, max(start, done), end):
            # once more without the end of the window, which may have cut it short
            if near.start() >= done and (match := pattern.match(text, near.start())):
                yield match
                done = match.end()


def _spans(anchor: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Where an anchor stands in a text, in order; words are found by themselves, which is faster, and may overlap."""
    if not (words := _words_of(anchor)):
        return [found.span() for found in anchor.finditer(text)]
    spans = []
    for word in words:
        at = text.find(word)
        while at >= 0:
            spans.append((at, at + len(word)))
            at = text.find(word, at + 1)
    return sorted(spans) if len(words) > 1 else spans


@cache
def _words_of(anchor: re.Pattern[str]) -> tuple[str, ...]:
    """The words of an anchor that is nothing but words (起|开始); none where it is anything else."""
    return tuple(anchor.pattern.split("|")) if _WORDS.fullmatch(anchor.pattern) else ()


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

    def part(found: re.Match[str]) -> str:
        try:
            return whole(parts[found[1]])
        except KeyError:
            raise LexiconError(f"{name}.toml: no part named {found[1]}; add it under [parts]") from None

    def whole(pattern: str) -> str:
        return _PART.sub(lambda found: f"(?:{part(found)})", _ALTERNATIVE.sub(part, pattern))

    out = []
    for row in content["rules"]:
        after, near = (re.compile(row[key]) if key in row else None for key in ("unless_after", "near"))
        before, behind = row.get("reach", (40, 40))
        pattern = whole(row["pattern"])
        standing = re.compile(f"{row['behind']}(?:{pattern})") if "behind" in row else None
        out.append(Pattern(row["id"], re.compile(pattern), row, after, near, (before, behind), standing))
    return tuple(out)
