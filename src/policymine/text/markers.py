"""Marker families of headings (一、 （一） 1. 第一条 ——), as data of ``data/rules/outline.toml``."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from policymine.lexicon.files import read_rules
from policymine.lexicon.recurring import remembered
from policymine.text.numerals import ordinal


class Marker(NamedTuple):
    """A marker at the head of a line: its family, ordinal (None for dashes and bullets), and end offset."""

    family: str
    ordinal: int | None
    start: int
    end: int


@cache
def families() -> dict[str, re.Pattern[str]]:
    """The families by name, in the order in which documents usually nest them."""
    return {f["id"]: re.compile(f["pattern"]) for f in read_rules("outline")["families"]}


@cache
def inline_families() -> frozenset[str]:
    """Families that may open a heading in the middle of a line, after the end of a sentence."""
    return frozenset(f["id"] for f in read_rules("outline")["families"] if f["inline"])


@cache
def opened_lines() -> re.Pattern[str]:
    """A line feed before a character that opens a marker of some family."""
    firsts = (f["first"] for f in read_rules("outline")["families"])
    return re.compile(rf"\n(?=[{''.join(re.escape(c) if len(c) == 1 else c.strip('[]') for c in firsts)}])")


@remembered
def _opened_by(first: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The families that a character can open; it rules nearly every line out."""
    rules = read_rules("outline")["families"]
    return tuple((f["id"], families()[f["id"]]) for f in rules if re.match(f["first"], first))


# 附件1 or 附1 with a title or alone on its line; 附件10万元 and 附近 are neither.
_ANNEX = re.compile(r"附(?:(?:件|表|录|图)(?:\d{1,2}(?:-\d{1,2})?|[一二三四五六七八九十]{1,3})?|\d{1,2})(?:[:. 、\n]|(?=[\u4e00-\u9fff《“])(?!万|亿|个|家|项|元|份|属))")
# An item of a box is a short line of its own.
_BOX_ITEM = re.compile(r"[^\n。;]{2,24}(?:\n|$)")
_NEXT = re.compile(r"[一二三四五六七八九十]{1,2}(?:、|和|及|等)")
_NO_TITLE = re.compile(r"[项款目条类等]")


_ordinal = remembered(ordinal, 1000)


def marker_at(text: str, at: int) -> Marker | None:
    """The marker that begins at ``at`` of a text with folded characters, or None.

    Guards: 1.5亿元 and 3·15 are numbers, （一）项 refers to an item, 第三条规定 cites a rule.

    >>> marker_at("(二)主要目标", 0)
    Marker(family='han_paren', ordinal=2, start=0, end=3)
    >>> marker_at("1.5亿元", 0) is None
    True
    """
    for name, pattern in _opened_by(text[at : at + 1]):
        if not (found := pattern.match(text, at)):
            continue
        value = _ordinal(found[found.lastgroup] if found.lastgroup else "")
        if name in ("han_paren", "han") and _NO_TITLE.match(text, found.end()) and text[found.end() + 1 : found.end() + 2] in "规中的、和至,所或":
            continue
        if name == "han" and _enumeration(text, found.end()):
            continue
        if name == "annex" and not _ANNEX.match(text, at):
            continue
        if name == "two_digit" and not _BOX_ITEM.match(text, found.end()):
            continue
        if name == "arabic" and (value is None or value > 200 or value == 0):
            continue
        return Marker(name, value, at, found.end())
    return None


def _enumeration(text: str, at: int) -> bool:
    """一、二、三等奖: the next item is again a bare numeral."""
    return _NEXT.match(text, at, at + 4) is not None
