"""Goals: sentences that promise an outcome in words (显著提升, 基本形成, 全覆盖), dated or in a section of objectives."""

from __future__ import annotations

import re
from functools import cache

from policymine.extraction.context import Context
from policymine.extraction.deadlines import Governing
from policymine.extraction.inheritance import Inheritance
from policymine.lexicon.files import read_rules
from policymine.models import Goal

_QUOTED = re.compile(r"《[^《》]*》|“[^“”]*”")
_BRACKETED = re.compile(r"\([^()]*\)")
# Sentences that tell what is done, thought or asked, not what will be.
_ACTION = re.compile(r"^(?:以[^,]{2,60}(?:为指导|为引领|为主线|为统领)|坚持|深入贯彻|全面贯彻|牢固树立|认真贯彻|贯彻落实|按照|根据|为了|为贯彻|为深入|鼓励|支持|引导|督促|加强|推进|推动|加快|强化|开展|组织|建立健全|完善|落实|探索|深化|优化|加大|积极|大力|着力|严格|各|要|对|充分发挥|进一步|不断|持续|切实|统筹|聚焦|围绕|依托|发挥|抓好|做好|培育|引进|扩大|搭建|打造|建设|构建|形成|实施|提升|提高|发展|健全|营造|夯实|促进|巩固|推广|布局|突破|制定|创新|拓展|壮大|培养|完成|举办|争创|利用|通过|面向|在|到|重点)")
_SLOGAN = re.compile(r"(?:向[^,]{2,16}(?:发展|迈进|转变)|为[^,]{4,60}(?:提供|奠定|作出|贡献|注入)[^,]{0,20})$")


@cache
def _outcomes() -> tuple[tuple[str, str, str, re.Pattern[str]], ...]:
    return tuple((r["id"], r["class"], r["strength"], re.compile(r["pattern"])) for r in read_rules("outcomes")["outcomes"])


def find_goals(context: Context, inheritance: Inheritance) -> list[Goal]:
    """The sentences of a document that promise an outcome in words.

    A sentence is cut at 。！？； and line ends. It counts where it states an outcome and either carries or inherits
    a deadline, or stands in a section of objectives. Left out: actions to be taken, slogans that name only a
    direction, numbered headings (a bullet's first sentence may be one).

    Args:
        context: the document.
        inheritance: answers which deadline governs a position.
    """
    goals: list[Goal] = []
    start = 0
    for end in [*context.cuts, len(context.text)]:
        if end - start >= 8:
            made = _goal(context, inheritance, start, end)
            if made:
                goals.append(made)
        start = end
    return goals


def _goal(context: Context, inheritance: Inheritance, start: int, end: int) -> Goal | None:
    text = context.text
    section = context.section(start)
    if section.kind in ("background", "annex", "conditions", "subsidy", "front", "safeguards") and section.kind != "objectives" and not _dated_inside(context, start, end):
        return None
    if section.kind in ("background", "conditions", "subsidy"):
        return None
    first = start
    if section.start == start or section.start > start:
        bullet = section.family in ("dash", "bullet", "arabic_paren", "circled")
        if section.heading and section.body >= end and not bullet:
            return None
        if section.heading and not bullet:
            first = section.body
            if first >= end:
                return None
    if context.in_name(first, min(end, first + 4)) and end - start < 60:
        return None
    words = _BRACKETED.sub("", _QUOTED.sub("“”", text[first:end])).strip("\n。;!? ")
    if len(words) < 6:
        return None
    governing = inheritance.governing(end - 1, end - 1) if end > start else Governing(None, None, None)
    own = _dated_inside(context, start, end)
    objectives = _objectives(context, section.index)
    if not (objectives or own or governing.value and governing.origin in ("lead-in", "heading")) and not governing.value:
        return None
    outcome = _outcome(words, objectives, own, governing)
    if outcome is None:
        return None
    rule, kind = outcome
    return Goal(start, end, section.index, kind, governing.value, governing.origin, governing.index, rule)


def _dated_inside(context: Context, start: int, end: int) -> bool:
    """Whether a date by which something is promised stands in the sentence itself."""
    return any(t.relation in ("by", "during") and t.end_date and start <= t.start < end for t in context.times)


def _objectives(context: Context, index: int) -> bool:
    """Whether a section, or one above it, is one of objectives."""
    current: int | None = index
    while current is not None:
        section = context.sections[current]
        if section.kind == "objectives":
            return True
        current = section.parent
    return False


def _outcome(words: str, objectives: bool, own: bool, governing: Governing) -> tuple[str, str] | None:
    """The rule and class of the outcome that a sentence states, or None."""
    for rule, kind, strength, pattern in _outcomes():
        found = pattern.search(words)
        if not found:
            continue
        if strength == "built" and not (objectives or own):
            continue
        clause = words[max(words.rfind(",", 0, found.start()), words.rfind(":", 0, found.start())) + 1 : found.end()]
        if _ACTION.match(clause) and strength != "built" and not objectives and kind == "other" and found.start() - words.rfind(",", 0, found.start()) < 4:
            continue
        return rule, kind
    return None
