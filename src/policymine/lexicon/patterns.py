"""Compile the rules of a TOML file: named parts put in, each rule a ``Pattern``."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
class Anchor:
    """What is looked for first, because it is found quickly: words, or a cheap pattern.

    Of patterns, one that begins with a character and asks behind it what stood before is ten times as fast as one that
    begins with a set of characters; so is a word of one character.
    """

    words: tuple[str, ...]
    regex: re.Pattern[str]

    @classmethod
    def of(cls, pattern: str) -> Anchor:
        """The anchor that a pattern describes; one that is nothing but words (起|开始) is looked for as such."""
        return cls(tuple(pattern.split("|")) if _WORDS.fullmatch(pattern) else (), re.compile(pattern))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where it stands in a text, in order; words may overlap."""
        if not self.words:
            return [found.span() for found in self.regex.finditer(text)]
        spans = []
        for word in self.words:
            at, size = text.find(word), len(word)
            while at >= 0:
                spans.append((at, at + size))
                at = text.find(word, at + 1)
        if len(self.words) > 1:
            spans.sort()
        return spans


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled rule: its id, expression, and the row of the file it came from.

    ``reach``: how many characters a match may reach before and behind its anchor ``near``; ``behind``: what every match
    stands directly behind, unless it opens the text. A row's ``first``: the characters that a match can begin with,
    asked before anything else.
    """

    id: str
    regex: re.Pattern[str]
    row: dict[str, Any]
    unless_after: re.Pattern[str] | None
    near: Anchor | None = None
    reach: tuple[int, int] = (40, 40)
    behind: re.Pattern[str] | None = None

    def finditer(self, text: str) -> Iterable[re.Match[str]]:
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
    pattern: re.Pattern[str], anchor: Anchor, text: str, before: int = 60, after: int = 60
) -> list[re.Match[str]]:
    """The matches of an expensive pattern that hold a cheap anchor, found only near the anchor's places.

    Gives what ``pattern.finditer(text)`` gives as long as each match holds the anchor and reaches no further than
    ``before`` and ``after`` characters from it; a test compares the two on every document at hand.

    Args:
        pattern: what is looked for; never nothing.
        anchor: what every match holds.
        text: where to look.
        before: how far a match may begin before its anchor.
        after: how far it may go on behind it.
    """
    windows: list[tuple[int, int]] = []
    end = -1
    for first, last in anchor.spans(text):
        if not windows or first - before > end:
            windows.append((max(0, first - before), last + after))
        else:
            windows[-1] = windows[-1][0], max(end, last + after)
        end = windows[-1][1]
    found: list[re.Match[str]] = []
    at = 0
    for start, end in windows:
        at = max(at, start)
        while near := pattern.search(text, at, end):
            # once more without the end of the window, which may have cut it short
            if match := pattern.match(text, near.start()):
                found.append(match)
                at = match.end()
            else:
                at = near.start() + 1
    return found


def starting(pattern: re.Pattern[str], first: Anchor, text: str) -> list[re.Match[str]]:
    """The matches of an expensive pattern, tried only where a cheap one matches.

    Gives what ``pattern.finditer(text)`` gives as long as no match begins where ``first`` does not match; a test
    compares the two on every document at hand.

    Args:
        pattern: what is looked for.
        first: the characters that a match can begin with.
        text: where to look.
    """
    found: list[re.Match[str]] = []
    done = 0
    for at, _ in first.spans(text):
        if at >= done and (match := pattern.match(text, at)):
            found.append(match)
            done = match.end()
    return found


@cache
def compile_rules(name: str, group: str = "rules") -> tuple[Pattern, ...]:
    """The rules of a group of ``data/rules/<name>.toml``, compiled, in the order of the file."""
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
    for row in content[group]:
        after = re.compile(row["unless_after"]) if "unless_after" in row else None
        near = Anchor.of(row["near"]) if "near" in row else None
        before, behind = row.get("reach", (40, 40))
        pattern = whole(row["pattern"])
        if "first" in row:
            pattern = f"(?={row['first']})(?:{pattern})"
        standing = re.compile(f"{row['behind']}(?:{pattern})") if "behind" in row else None
        out.append(Pattern(row["id"], re.compile(pattern), row, after, near, (before, behind), standing))
    return tuple(out)


@cache
def wordings(name: str, group: str = "rules") -> dict[str, re.Pattern[str]]:
    """The compiled wordings of a group of rules by their ids."""
    return {rule.id: rule.regex for rule in compile_rules(name, group)}
