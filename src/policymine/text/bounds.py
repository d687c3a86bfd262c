"""The words that bound a number (不低于, 以上), the kinds of units, and the quantity that a match with them makes."""

from __future__ import annotations

import re
from functools import cache

from policymine.lexicon.files import alternation, read_lexicon, read_rules
from policymine.models import Quantity


@cache
def bounds() -> tuple[dict[str, str], dict[str, str]]:
    """The words that bound a number, before and behind it, with the comparator that each stands for."""
    rules = read_rules("bounds")
    before = {w: sign for sign, ws in rules["before"].items() for w in ws}
    after = {w: sign for sign, ws in rules["after"].items() for w in ws}
    return before, after


@cache
def unit_kinds() -> dict[str, str]:
    """The kind of each unit of the lexicon: percent, points, money, count, area …"""
    return {row["term"]: row["kind"] for row in read_lexicon("units")}


def kind_of(unit: str) -> str:
    """The kind of a unit; one per another (毫克/升) is a rate, one of something (吨标准煤) of its first word's kind."""
    kinds = unit_kinds()
    if unit in kinds:
        return kinds[unit]
    if "/" in unit or "每" in unit:
        return "rate"
    return next((kinds[unit[:n]] for n in range(len(unit), 0, -1) if unit[:n] in kinds), "other")


@cache
def around_number() -> tuple[str, str]:
    """The patterns of the bound words before a number (group ``pre``) and behind it (group ``post``)."""
    before, after = bounds()
    behind = r"(?P<gap>(?:[^,;。:、\d\n由百千万亿()]|\([^()\d\n]{1,8}\)){0,14}的|(?:每[\u4e00-\u9fff]{1,4}){1,2}|(?<=至少)[^,;。:、\d\n]{1,6})?"
    return rf"(?:(?P<pre>{alternation(list(before))}){behind})?", rf"(?P<post>{alternation(list(after))})?"


def bounded(
    match: re.Match[str], at: int, value: float, unit: str | None, kind: str, sign: str | None = None, value_max: float | None = None, end: int | None = None
) -> Quantity:
    """A quantity with the comparator that its bound words stand for.

    Args:
        match: of a pattern with ``around_number``.
        at: where the number itself begins.
        value, unit, kind, value_max: of the number.
        sign: the comparator where no bound word says it.
        end: where the quantity ends, if not where the match does.
    """
    before, after = bounds()
    groups = match.groupdict()
    if value_max is not None:
        comparator = "range"
    elif sign:
        comparator = sign
    elif groups.get("post") in after:
        comparator = after[groups["post"]]
    elif groups.get("more") or groups.get("more2"):
        comparator = ">"
    else:
        comparator = before.get(groups.get("pre") or "", "=")
    stop = match.end() if end is None else end
    if comparator == "=" and kind == "time" and match.string.startswith("内", stop):
        comparator, stop = "<=", stop + 1  # 压缩至5个工作日内
    return Quantity(match.start(), stop, match.string[match.start() : stop], at, value, value_max, unit, comparator, kind)


def within_word(match: re.Match[str], text: str) -> bool:
    """通过三个, 经过2人, 节约5吨: 过 and 约 are no bounds there."""
    if match["pre"] == "约":
        return text[max(0, match.start() - 1) : match.start()] in tuple("节签制集预条履合公契违邀")
    return match["pre"] == "过" and text[max(0, match.start() - 1) : match.start()] in tuple("通经不难越路")
