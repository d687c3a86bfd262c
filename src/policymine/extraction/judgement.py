"""Which numbers are promised: every number gets features, a small table of wordings decides, and says why.

The decision reads the clause around the number: the verb that governs it (培育, 达到, 提高), the list it hangs in,
the kind of its section, and cues of the past, of subsidies and of conditions (``data/rules/judgement.toml``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from policymine.extraction.context import Context, touches
from policymine.lexicon.files import alternation, read_rules, words
from policymine.models import Quantity

_ADVERB = "平均|总体上?|整体|均|分别|约|原则上|一般|也|再|力争|争取|确保|全部|共|总共|合计|累计|都|各|每年|稳步|逐步|全年|年均|至少|不少于"
_LEADING = re.compile(
    r"^(?:[\s、,]|力争|确保|争取|努力|同时|其中|并|且|以及|使|预计|基本|进一步|大力|积极|全面|加快|着力|统筹|有序|深入|持续|滚动|重点|通过|每年|各|再|累计|分批次?|择优|首批|优先|年内|共|全年|计划|拟|目标|将|要|和|及|与|到时|届时|率先|稳步|逐步|提出|明确|并提出|支持建设)+"
)


@dataclass(frozen=True, slots=True)
class Item:
    """A number in its clause: the words that belong to it, and the verb that governs it.

    ``left`` and ``right`` bound the item of a list that the number stands in; ``verb_class`` is create, new, level,
    increase, decrease or None, ``verb_start``..``verb_end`` the verb's place; ``tail`` tells that the verb stands
    directly before the number; ``head`` is what stands before a time expression inside the item
    (园区标准机架到2023年达到3万架).
    """

    quantity: Quantity
    clause: tuple[int, int]
    left: int
    right: int
    verb_class: str | None
    verb_start: int
    verb_end: int
    tail: bool
    zipped: bool
    head: tuple[int, int] = (0, 0)


@cache
def _verbs() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str]]:
    """What stands directly before a number; what opens a clause; the class of each verb."""
    classes: dict[str, str] = {}
    for cls in ("further", "create", "new", "decrease", "increase", "level"):
        for word in words("verbs", **{"class": cls}):
            classes[word] = cls
    every = alternation(list(classes))
    head = alternation([w for cls in ("create", "further", "new") for w in words("verbs", **{"class": cls})])
    changes = alternation([w for w, c in classes.items() if c in ("increase", "decrease")])
    tail = re.compile(rf"(?P<verb>{every})(?:出|起|其|一|并|[(][^()]*[)])?(?:{_ADVERB}|全球|全国|全省|全市|世界|国内|国际|同类城市)*$")
    return tail, re.compile(rf"(?P<verb>{head})|(?P<change>{changes})"), classes


def read_item(context: Context, k: int) -> Item:
    """The item of a list that the ``k``-th quantity of a document stands in, and its governing verb."""
    quantity = context.quantities[k]
    text = context.text
    clause = context.clause(quantity.start, quantity.end)
    left, right = clause
    zipped = False
    before = context.quantities[k - 1] if k else None
    behind = context.quantities[k + 1] if k + 1 < len(context.quantities) else None
    if before and before.end > clause[0] and before.start >= clause[0]:
        between = text[before.end : quantity.start]
        zipped = between in ("、", "和", "及", "与", "以及", "和不少于")
        if zipped or re.match(r"[、和及与](?!\w{0,3}的)", between):
            left = before.end + 1
        elif re.search(r"(?:、|以及|和|及|与)$", between):
            left = quantity.start
    if behind and behind.start < clause[1]:
        between = text[quantity.end : behind.start]
        if between in ("、", "和", "及", "与", "以及") or re.match(r"[、和及与]", between):
            right = quantity.end
        elif found := re.search(r"(?:、|以及|和|及|与)$", between):
            right = quantity.end + found.start()
    behind_times, time_start = _behind_times(context, left, quantity.start)
    head = (left, time_start) if behind_times > left else (left, left)
    left = behind_times
    verb, start, end, tail = _governing_verb(text, left, quantity)
    return Item(quantity, clause, left, right, verb, start, end, tail, zipped, head)


_COMPARED = re.compile(r"(?:比|较|相比|以|自)$")


def _behind_times(context: Context, left: int, right: int) -> tuple[int, int]:
    """Time expressions do not belong to what is measured: 到2020年新建… begins behind them; with the last one's start.

    A year that the number is compared with (比2010年下降18%) stays where it is.
    """
    low, start = left, left
    for time in context.times_in(left, right):
        if time.end <= right and not _COMPARED.search(context.text, max(0, time.start - 2), time.start):
            low, start = time.end, time.start
    found = re.match(r",|、|前后?|内", context.text[low : low + 1]) if low > left else None
    return (low + 1 if found and low + 1 <= right else low), start


def _governing_verb(text: str, left: int, quantity: Quantity) -> tuple[str | None, int, int, bool]:
    tail, head, classes = _verbs()
    before = text[left : quantity.start]
    window = before[-14:]
    if found := tail.search(window):
        at = quantity.start - len(window) + found.start("verb")
        cls = classes[found["verb"]]
        if found["verb"] == "突破" and quantity.kind == "count":
            cls = "create"  # 突破50项技术 makes them, 突破50家 would be said of a number of firms
        first = quantity.kind == "count" and text[quantity.end : quantity.end + 2].isalpha() and text[quantity.end] != "的"
        if first or not (found["verb"] in _NOUNS and at > left and not _only_verbs(text[left:at])):
            return cls, at, at + len(found["verb"]), True
    if quantity.value == 0 and quantity.kind == "index":
        return "level", quantity.start, quantity.start, True
    if part_of := _PART_OF.search(before):
        at = left + part_of.start()
        return "level", at, quantity.start, True
    if quantity.number_start - quantity.start > 3 and quantity.text.startswith("至少"):
        return "create", quantity.start, quantity.number_start, True
    if quantity.number_start > quantity.start and quantity.comparator in (">", ">=") and quantity.kind == "count" and len(before) >= 3:
        lead = _LEADING.match(before)
        if not head.match(before, lead.end() if lead else 0):
            return "level", quantity.start, quantity.number_start, True
    if quantity.text != text[quantity.number_start : quantity.end] and quantity.comparator in (">", ">=", "<", "<=") and quantity.kind not in ("count",):
        return "level", quantity.start, quantity.number_start, True
    lead = _LEADING.match(before)
    at = lead.end() if lead else 0
    found = _verb_in(before, at)
    if found:
        verb = found["verb"] or found["change"]
        if verb == "突破":
            return "create", left + found.start(), left + found.end(), False
        opens = found.start() == at
        prepositional = re.match(r"(?:在|围绕|面向|依托|聚焦|通过|对|将|把|以|结合|针对|由|组织|支持|推动|引导|鼓励|每|全)", before[at:])
        if opens or prepositional:
            return classes[verb], left + found.start(), left + found.end(), False
    return None, quantity.start, quantity.start, False


def _verb_in(words_: str, at: int) -> re.Match[str] | None:
    """The first verb that governs; one in an enumeration of nouns (规划、建设、应用、管理四个环节) does not."""
    _, head, _ = _verbs()
    for found in head.finditer(words_, at):
        last = found
        while words_[last.end() : last.end() + 1] == "、":
            following = head.match(words_, last.end() + 1)
            if following is None:
                break
            last = following
        else:
            return found
    return None


# 达到全国配套份额的50%: the number is a part of something else that is named.
_PART_OF = re.compile(r"(?:达到|达|占|占到|占比达到)[^,;。、\d]{2,18}的$")


def _only_verbs(words_: str) -> bool:
    """Whether nothing but verbs and adverbs stands before a verb that may be a noun: 推动建设300个."""
    _, head, _ = _verbs()
    lead = _LEADING.match(words_)
    rest = words_[lead.end() :] if lead else words_
    return not rest or (found := head.fullmatch(rest)) is not None and bool(found)


# Words of the verb list that are nouns where something stands before them (质量提升, 创新平台).
_NOUNS = frozenset({"创新", "服务", "试点", "应用", "联合", "总结", "供应", "供给", "治理", "研发", "授权", "转化", "投资", "发展", "建设", "培训", "升级", "改造", "是", "到", "创", "引", "办", "育", "建", "翻", "至", "居", "节能"})


@cache
def _rejections() -> tuple[tuple[dict[str, object], re.Pattern[str]], ...]:
    return tuple((row, re.compile(row["pattern"])) for row in read_rules("judgement")["reject"])


_FREQUENCY = frozenset("次 期 届 场 场次 批 轮 班次".split())
_LIFE_UNITS = frozenset("年 岁 个月 天 日 小时 分钟 秒 周 个工作日 工作日 学年 级 度 分 点 位".split())
_HAN_COUNT = re.compile(r"[两三四五六七八九十百]{1,3}[大个条类种支座项所家批]")
_BOUNDED = (">=", ">", "~", "range", "<=", "<")


def why_not(context: Context, item: Item, listed: bool) -> tuple[str, str] | None:
    """The reason why a number is not promised and the rule that says so; None where it is promised.

    Args:
        context: the document.
        item: the number in its clause.
        listed: whether the number goes on a list whose last number was promised.
    """
    quantity, text = item.quantity, context.text
    if context.in_name(quantity.start, quantity.end):
        return "name", "target.name"
    if touches(context.quoted, quantity.start, quantity.end):
        return "name", "target.quoted"
    if context.in_heading(quantity.start):
        return "label", "target.heading"
    section = context.section(quantity.start)
    if section.kind == "background":
        return "past", "target.background"
    line, _ = context.line_span(context.line(quantity.start))
    if _ASSESSED.match(text, line):
        return "condition", "target.assessment"
    if section.kind in ("conditions", "subsidy") and not _FUND.search(text, *item.clause) and not _share(context, item):
        return "condition", f"target.{section.kind}-section"
    part = context.part(quantity.start)
    where = {
        "before": text[item.left : quantity.start],
        "after": text[quantity.end : item.clause[1]],
        "clause": text[item.clause[0] : item.clause[1]],
        "part": text[part[0] : part[1]],
        "to-number": text[max(context.sentence(quantity.start)[0], section.body) : quantity.start],
    }
    if quantity.kind == "money" and _FUND.search(where["clause"]):
        return None
    past = _past_time(context, quantity.start)
    if past:
        return "past", "target.past-year"
    for row, pattern in _rejections():
        kinds = row.get("kinds")
        if kinds and quantity.kind not in kinds:  # type: ignore[operator]
            continue
        if row["reason"] == "existing" and (item.tail and item.verb_class or item.verb_class in ("create", "further") or listed and item.left == quantity.start):
            continue
        if row["reason"] == "subsidy" and quantity.kind == "count" and item.verb_class == "create" and not pattern.search(where["clause"]):
            continue
        if row["id"] in ("target.past", "target.requirement", "target.forecast-free") and _future_before(context, quantity.start):
            continue
        if pattern.search(where[str(row["where"])]):
            return str(row["reason"]), str(row["id"])
    return _unpromised(context, item, listed, where["before"], where["after"])


# What a funded project must show: 考核指标 of a call for proposals.
_ASSESSED = re.compile(r"(?:[(（]?[\d一二三四五六七八九十]{1,3}[)）.、]?)?(?:主要)?考核指标")
# A fund or a yearly budget line to be set up is promised; what is paid out of it is not.
_FUND = re.compile(r"(?:设立|安排|统筹安排|筹集|组建|建立|列支|投入)[^,。;]{0,24}(?:基金|专项资金|引导资金|发展资金|专项经费|资金池)")


def _past_time(context: Context, at: int) -> bool:
    """Whether the last time expression before a number, in its sentence, names a year gone by."""
    first, _ = context.sentence(at)
    year = context.header.year
    last = None
    for time in context.times_in(first, at):
        if time.relation in ("by", "during", "on") and time.end_date and not _COMPARED.search(context.text, max(0, time.start - 2), time.start):
            last = time
    return last is not None and year is not None and int((last.end_date or "0")[:4]) < year


_SHARE = re.compile(r"(?:占比|比例|比重)[^,]{0,4}$")
_OF_APPLICANTS = re.compile(r"研发|营业|收入|人员|职工|员工|持股|投入|申报|学历|债")
_REGULATIONS = frozenset(("条例", "办法", "细则", "规定", "规则"))


def _share(context: Context, item: Item) -> bool:
    """A share that bounds what is given out as a whole binds the giver, not the applicant."""
    before = context.text[item.left : item.quantity.start]
    return item.quantity.kind == "percent" and bool(_SHARE.search(before)) and not _OF_APPLICANTS.search(before)


def _future_before(context: Context, at: int) -> bool:
    """Whether the sentence names a date to come before a position: what follows is a promise, not the past."""
    first, _ = context.sentence(at)
    return any(t.relation == "by" for t in context.times_in(first, at))


def text_of_part(context: Context, at: int) -> str:
    """The words of the part of a sentence (to ；) that holds a position."""
    first, last = context.part(at)
    return context.text[first:last]


LONGEST_PARAGRAPH = 5000
"""Characters of a paragraph that are looked back on."""


def _dated_above(context: Context, at: int) -> bool:
    """Whether the paragraph names a date to come before a position."""
    first, _ = context.line_span(context.line(at))
    return any(t.relation == "by" for t in context.times_in(max(first, at - LONGEST_PARAGRAPH), at))


def _unpromised(context: Context, item: Item, listed: bool, before: str, after: str) -> tuple[str, str] | None:
    """Numbers that no verb promises."""
    quantity = item.quantity
    often = re.search(r"每[年季月周半]|定期", text_of_part(context, quantity.start)) is not None
    if quantity.unit in _FREQUENCY and item.verb_class != "level" and (often or quantity.value < 10):
        return "frequency", "target.frequency"
    own_verb = item.verb_start < quantity.start
    promised = item.tail and not own_verb and len(before) >= 2 and _future_before(context, quantity.start)
    if quantity.unit in _LIFE_UNITS and not promised and not (item.tail and own_verb and item.verb_class in ("level", "decrease", "increase")):
        return "attribute", "target.length"
    bounded = quantity.comparator in _BOUNDED
    if quantity.kind == "count" and quantity.comparator in ("<=", "<") and not own_verb:
        return "limit", "target.quota"
    if quantity.kind == "money" and context.header.doc_type in _REGULATIONS and not _future_before(context, quantity.start):
        return "condition", "target.regulation"
    if quantity.kind == "rank" and (after.startswith("的") or re.search(r"在[^,。]{2,14}排名$", before)):
        return "attribute", "target.rank-of-what-counts"
    sized = quantity.kind in ("money", "area", "energy", "data", "mass", "length", "amount")
    if re.match(r"的基础上", after):
        return "baseline", "target.basis"
    if re.match(r"的(?:国家|行业|强制性)?标准", after):
        return "standard", "target.standard"
    if sized and (re.match(r"(?:以上|以下)?的(?!目标|规模(?:$|,)|水平|产值)", after) or not item.verb_class and bounded and len(after) >= 2 and not before.strip("、,和")):
        return "attribute", "target.attribute"
    if _HAN_COUNT.match(quantity.text[quantity.number_start - quantity.start :]) and not bounded and item.verb_class != "create":
        return "existing", "target.han-existing"
    if context.section(quantity.start).kind == "front" and not bounded and not _dated_above(context, quantity.start):
        return "existing", "target.preface"
    if quantity.kind in ("rank", "multiple"):
        return None if item.verb_class or quantity.kind == "multiple" or listed else ("existing", "target.no-verb")
    if quantity.unit in ("人", "户") and bounded and re.match(r"[\u4e00-\u9fff]{2,10}\d+[家个所]|的(?:企业|单位|机构|项目|村|社区)", after):
        return "attribute", "target.size-of-what-counts"
    if item.tail and item.verb_class:
        if quantity.kind == "index" and not before.strip():
            return None if listed else ("attribute", "target.no-subject")
        return None
    if item.verb_class:
        return None
    if listed:
        return None
    if quantity.kind in ("percent", "points"):
        return None if len(before) >= 2 or bounded or after else ("existing", "target.bare-percent")
    objectives = context.section(quantity.start).kind == "objectives" or _future_before(context, quantity.start)
    if objectives and (bounded or len(before) >= 2 and not after):
        return None
    return "existing", "target.no-verb"
