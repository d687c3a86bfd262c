"""Goals: sentences that promise an outcome in words (显著提升, 基本形成, 全覆盖), dated or in a section of objectives."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from policymine.extraction.context import Context
from policymine.extraction.inheritance import Inheritance
from policymine.lexicon.files import read_rules
from policymine.models import Goal

# What is quoted counts where it is short and closes its clause: 高频事项“应办尽办”.
_QUOTED = re.compile(r"《[^《》]*》|“[^“”]{9,}”|“[^“”]*”(?![,;。\n])|(?<![的”])“(?!应.{1,2}尽)[^“”]*”")
_BRACKETED = re.compile(r"\([^()]*\)")
# Clauses that tell what is done, not what will be: 推进…加快发展 is an action, …加快发展 an outcome.
_ACTION = re.compile(
    r"^(?:坚持|深入贯彻|全面贯彻|牢固树立|认真贯彻|贯彻落实|按照|根据|为(?:了|贯彻|进一步|全面|加快|推进|深入)|鼓励|支持|引导|督促|加强|推进|推动|全面(?:加强|加快|推进|深化|落实|开展|展开|实施|推广|贯彻)|加快(?!形成|建成|构建|打造)|强化|开展|组织|落实|探索|深化|优化|加大|积极|大力|着力|严格|各(?!类|项|种|具|方面|领域)|要|对|充分发挥|"
    r"进一步(?:加强|推进|推动|强化|落实|加大|规范|优化|完善|健全|深化|拓展|扩大|发挥)|不断(?:加强|推进|推动|强化|提高|提升|完善|优化|扩大)|持续(?:推进|推动|加强|强化|优化|提升|完善|深化|丰富)|切实|聚焦|围绕|依托|发挥|抓好|做好|重点(?:培育|推进|支持|建设|发展|加强)|培育|引进|扩大|提升|提高|完善|健全|促进|以[^,]{2,40}为[^,的]{1,16}(?:$|、以)|[^,]{4,24}为[^,]{2,10}阶段$)"
)
_PURPOSE = re.compile(r"^(?:为|为了)[^,]{2,}|现(?:提出|就|将|印发)|制定本|特制定|通知如下|是指|主要(?:用于|包括|涵盖)|规范了|思路是:")
# What is lacking now, what a period is, who must understand what: no outcome is promised.
_LACKING = re.compile(r"(?<!条件)尚不具备|未根本|不降反升|预计|以来[^,]{0,24}(?:反弹|取得|实现)|未能|尚未|有待|差距(?:较大|突出|仍|依然)|矛盾(?:较大|突出|仍|依然)|问题(?:较大|突出|仍|依然)")
_NO_PROMISE = re.compile(r"[^,]{0,20}时期,?是[^。]{0,160}(?:时期|五年|阶段|关键期|攻坚期)|各(?:级|地)[^,]{2,16}要从")
_COUNTED = re.compile(r"[两三四五六七八九十]+[个家项所座]$|\d[\d.,]*(?:余|多)?[万亿千百]*(?:个|家|项|名|人|件|款|所|处|种|条|%|亩|元|套|台|座|户|批|支|次|类|吨|公里|千米|米|平方|立方|千瓦|床|张|班|辆|艘|架|株|头|只)")

# 30户以上达到国际先进水平: a count of those who reach it, which is a target.
_COUNTED_BEFORE = re.compile(r"\d(?:(?:万|余|多)?[个家户所项条名人]|%)(?:以上|左右)?[\u4e00-\u9fff]{0,8}$")
_REACHED = ("达到", "达成", "进入", "跻身", "位居", "处于", "高于")

# 实行巡察全覆盖: what is carried out everywhere is an action.
_DONE = re.compile(r"(?:实行|进行|开展|组织|推行)[^,]{0,24}$")
# 用3年时间,推动渔业迈上新台阶: what is brought about by a date is its outcome.
_BROUGHT_ABOUT = re.compile(r"(?:推动|推进|促进|使|带动)[^,;。]{4,60}$")
_MADE_SO = re.compile(r"(?:推动|推进|促进|使|带动)[^,;。]{4,60}(?:建成|形成|成型|达标|见效)$")
# 已实现…, 正形成…: it is so already, or on the way; but 真正实现….
_ALREADY = re.compile(r"已$|(?<![真修改校])正$")
_DATE_AHEAD = re.compile(r"(?:[到至]?20\d\d年(?:[底末]前?|前)?|“十[三四五]五”(?:期间|[期]?末))")
_BY_DATE = re.compile(r"(?:年|年底|末|前|内|期间|时间|努力)[,:]$")


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
    objectives = {s.index for s in context.sections if _objectives(context, s.index)}
    # a heading that stands behind a sentence without a full stop ends it
    for end in sorted({*context.cuts, *(s.start for s in context.sections if s.start), len(context.text)}):
        if end - start >= 6 and not context.tables.closed(start):
            made = _goal(context, inheritance, start, end, objectives)
            if made:
                goals.append(made)
        start = end
    return goals


def _goal(
    context: Context, inheritance: Inheritance, start: int, end: int, objectives: set[int]
) -> Goal | None:
    text = context.text
    section = context.section(end - 2)
    if section.kind in ("background", "annex", "conditions", "subsidy"):
        return None
    stated = _AIMS_STATED.search(text, context.sentence(start)[0], end) is not None
    if not stated and section.index not in objectives and section.kind != "objectives" and not inheritance.may_govern(end, section):
        return None
    first = max(start, section.start)
    if section.heading and first < section.body:
        if section.family not in ("dash", "bullet") and section.body >= end - 1:
            return None
        first = section.body if section.family not in ("dash", "bullet") else first
    governing = inheritance.governing(max(first, end - 2), end - 1)
    dated = governing.origin in ("clause", "sentence") or inheritance.has_length(first, end)
    aims = stated or section.index in objectives or context.tables.kind(end - 1) == "objectives"
    if not (aims or dated or governing.value):
        return None
    if section.kind in ("front", "safeguards") and not dated and not stated and governing.origin not in ("paragraph", "lead-in"):
        return None
    words = _BRACKETED.sub("", _QUOTED.sub("“”", text[first:end])).strip("-\n。;!? ")
    if len(words) < (4 if section.family in ("dash", "bullet") else 6) or _announces(text, end, words) or _LACKING.search(words) or _NO_PROMISE.match(words) or section.kind in _TOLD and _PURPOSE.search(words):
        return None
    outcome = stated_outcome(words, aims or dated or governing.origin == "lead-in", aims)
    if outcome is None:
        return None
    rule, kind = outcome
    return Goal(first, end, section.index, kind, governing.value, governing.origin, governing.index, rule)


_SET_UP = re.compile(r"建立|打造(?!成)")
"""What is set up is an outcome among objectives, an action elsewhere; what is 建成 or 形成 is one wherever it has a date."""
_AIMS_STATED = re.compile(r"目标(?:是|为|如下):")
"""A sentence that states its aims, each behind a semicolon: 总体目标是：突破…；形成…."""
_TOLD = ("front", "guidance", "tasks")
"""Kinds of section whose sentences of purpose (为…，制定本方案) promise nothing."""


def _announces(text: str, end: int, words: str) -> bool:
    """A line that only announces what follows: it ends with a colon, or is short and ends with nothing."""
    last = text[end - 2 : end - 1]
    return text[end - 1 : end] == "\n" and (last == ":" or last not in "。;!?)" and len(words) < 12)


def _objectives(context: Context, index: int) -> bool:
    """Whether a section is one of objectives, or stands below one without a purpose of its own."""
    current: int | None = index
    while current is not None:
        section = context.sections[current]
        if section.kind in ("objectives", "guidance"):
            return section.kind == "objectives"
        current = section.parent
    return False


@lru_cache(10_000)
def stated_outcome(words: str, built: bool = True, aimed: bool = True) -> tuple[str, str] | None:
    """The rule and class of the first outcome that a sentence states in words, or None.

    Args:
        words: the sentence without brackets and quoted names.
        built: whether what is to be built or formed counts.
        aimed: whether what is to be completed or solved counts: the sentence stands among objectives.
    """
    for rule, kind, strength, pattern in _outcomes():
        if strength == "built" and not built or strength == "aimed" and not aimed:
            continue
        for found in pattern.finditer(words):
            begin = max(words.rfind(",", 0, found.start()), words.rfind(":", 0, found.start())) + 1
            stop = words.find(",", found.end())
            date = _DATE_AHEAD.match(words, begin, found.start())
            begin = date.end() if date else begin
            clause = words[begin : stop if stop >= 0 else len(words)]
            if _ALREADY.search(words, max(0, found.start() - 2), found.start()):
                continue
            if kind == "universal" and _DONE.search(words, begin, found.start()):
                continue
            if found.group().startswith(_REACHED) and _COUNTED_BEFORE.search(words, begin, found.start()):
                continue
            if words[found.end() : found.end() + 1].isdecimal() or _COUNTED.search(found.group()) or strength != "strong" and _COUNTED.search(clause):
                continue
            if strength != "built" and kind == "other" and _ACTION.match(clause) and not (
                _MADE_SO.match(clause) and built or _BROUGHT_ABOUT.match(clause) and (date or _BY_DATE.search(words, 0, begin))
            ):
                continue
            if strength == "built" and not aimed and _SET_UP.match(found.group()):
                continue
            return rule, kind
    return None
