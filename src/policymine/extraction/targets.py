"""Targets: the numbers that a policy promises to reach, with indicator, change, baseline and deadline."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import replace
from itertools import pairwise

from policymine.extraction.context import Context
from policymine.extraction.deadlines import NOTHING
from policymine.extraction.indicators import NO_MORE, indicator_span
from policymine.extraction.inheritance import Inheritance
from policymine.extraction.items import Item, making_verb, object_of, origin_of_change, read_item, wording
from policymine.extraction.judgement import why_not
from policymine.models import Quantity, Rejected, Target

MOST_NUMBERS = 60
"""Numbers in one part of a sentence above which it is a table run together; policy documents have ten."""


def find_targets(context: Context, inheritance: Inheritance) -> tuple[list[Target], list[Rejected]]:
    """The promised numbers of a document, and the others with the reason why they are none.

    Args:
        context: the document.
        inheritance: answers which deadline governs a position.

    Returns:
        Targets by place, and rejected numbers with their reason (name, past, subsidy, condition, existing …).
    """
    targets: list[Target] = []
    rejected: list[Rejected] = []
    state: _State = _State()
    outer: tuple[int, _State] | None = None
    before: dict[tuple[int, str | None], tuple[int, int]] = {}
    for k, quantity in enumerate(context.quantities):
        sentence = context.sentence(quantity.start)[0]
        part, part_end = context.part(quantity.start)
        if len(context.quantities_in(part, part_end)) > MOST_NUMBERS:
            rejected.append(Rejected("target", quantity.start, quantity.end, "crowded", "target.crowded"))
            continue
        if sentence != state.sentence:
            state, outer = _State(sentence=sentence, part=part), None
        elif part != state.part:
            state.part, state.change = part, None
        baseline = is_baseline(context, quantity)
        item = read_item(context, k)
        if outer and item.clause[0] > outer[0] or outer and quantity.start > outer[0]:
            state, outer = outer[1], None
        elif outer is None and context.text[item.clause[0] - 1 : item.clause[0]] == "(" and state.accepted:
            outer = item.clause[1], copy(state)  # what is told in brackets is no part of the list around them
        listed = state.accepted and (_goes_on(context, item, state.end) or item.left == quantity.start and quantity.unit == state.unit and _staged(context, item))
        reason = ("baseline", "target.baseline") if baseline else why_not(context, item, listed)
        if reason:
            rejected.append(Rejected("target", quantity.start, quantity.end, *reason))
            state.accepted = state.accepted and reason[0] in ("attribute", "baseline")
            continue
        start, end = indicator_span(context.text, item)
        if state.indicator and quantity.unit == state.unit and wording("indicator.part-alone").fullmatch(context.text, start, end) and (
            wording("indicator.of-it").search(context.text, item.clause[0], start) or item.tail and quantity.kind != "count" and _goes_on(context, item, state.end)
        ):
            start, end = state.indicator  # 覆盖率达到90%,其中山区不低于75%
        if context.text.startswith("共", quantity.end) and wording("indicator.verb-does").fullmatch(context.text, item.verb_start, item.verb_end) and k + 1 < len(context.quantities) and context.quantities[k + 1].start == quantity.end + 1:
            behind = indicator_span(context.text, read_item(context, k + 1))
            start, end = behind if behind[1] - behind[0] >= 2 else (start, end)  # 完成河东电厂3台共66万千瓦机组关停
        if item.tail and item.verb_class == "level" and wording("indicator.place-only").match(context.text[start:end]):
            start = end  # 三年内全市发展到1200个
        goes_on = item.verb_class not in ("create", "further", "new") or quantity.unit == state.unit
        if state.indicator and wording("indicator.beyond").match(context.text, start, end) and quantity.kind in ("percent", "points"):
            start, end = state.indicator  # 渔民收入增长8%,高于经济增速1个百分点
        if end - start < 2 and item.tail and wording("indicator.verb-names").fullmatch(context.text, item.verb_start, item.verb_end):
            start, end = item.verb_start, item.verb_end
        if start >= quantity.end and item.zipped and state.indicator and quantity.kind == "percent" and context.text.startswith("的", quantity.end):
            start, end = state.indicator  # 分别削减4%和5%的任务
        if start >= quantity.end and state.indicator and quantity.unit == state.unit and wording("indicator.where").match(context.text, item.clause[0], start + 2):
            start, end = state.indicator  # 新建渔港12座,其中7座在库区
        if end - start < 2 and state.indicator and goes_on or item.zipped and state.indicator and end - start < 2:
            start, end = state.indicator
        if (end - start < 2 or wording("indicator.place-only").match(context.text[start:end])) and (named := _named_before(context, item)):
            start, end = named
        line = context.line(quantity.start)
        opens = item.clause[0] == 0 or context.text[item.clause[0] - 1] in "。;!?\n"
        if end - start < 2 and opens and (line, quantity.unit) in before and quantity.kind not in ("percent", "points", "index") and item.left < quantity.start and wording("indicator.verb-of-any").match(context.text[item.left : quantity.start]):
            start, end = before[line, quantity.unit]
        if end - start < 2 and item.tail and item.verb_class == "create" and wording("indicator.verb-of-any").match(context.text[item.left : quantity.start]):
            start, end = _titled(context, item) or (start, end)
        if end - start < 2 and item.verb_class == "create" and item.right == quantity.end:
            start, end = _named_behind_next(context, k) or (start, end)
        if end - start < 2 and item.verb_class in ("create", "new") and item.verb_end - item.verb_start >= 2:
            start, end = item.verb_start, item.verb_end  # 深耕深翻18万亩, 开工150台: nothing else is named
        goes = state.change if (listed or item.verb_class is None) and (quantity.kind in ("percent", "points", "multiple") or quantity.unit == state.unit or state.adds or state.change not in ("increase", "decrease")) else None
        change = _change(context.text, item, goes, context.text[start:end], state.last)
        if quantity.comparator == "=" and quantity.kind == "count" and item.verb_class == "create" and wording("change.at-least").search(context.text, item.left, item.verb_start):
            item = replace(item, quantity=replace(quantity, comparator=">="))
        name = context.normalized.quote(start, end)
        if (start, end) == state.indicator and (share := wording("indicator.share").match(context.text[item.left : quantity.start])):
            name += share["of"]  # 总收入达到20亿元,占GDP的3%
        target = _target(context, inheritance, item, change, name)
        if targets and item.zipped and targets[-1].quantity.comparator == "=" and quantity.comparator in (">=", "<=", "~") and (
            "分别" in context.text[item.clause[0] : quantity.start] or quantity.number_start == quantity.start and quantity.unit == targets[-1].quantity.unit and context.text[targets[-1].quantity.end] in "和及"
        ):
            _share_bound(context, targets, quantity)
        above = targets[-1].quantity if targets and item.zipped else quantity
        state.bound = quantity.comparator == "=" and above.comparator in (">", ">=", "<", "<=") and (above.number_start > above.start or state.bound)
        if state.bound:
            target = replace(target, quantity=replace(quantity, comparator=above.comparator))
        targets.append(target)
        state.accepted, state.end, state.change = True, item.clause[1], change
        state.last = None if item.verb_class == "create" and change == "level" else change  # 完成产值4000万元、新项目5个
        state.adds = item.verb_class == "new" or state.adds and item.verb_class is None
        if end > start:
            state.indicator, state.unit = (start, end), quantity.unit
            before[line, quantity.unit] = start, end
    for first, last in _runs(context, targets):
        if not _pair_names(context, targets, first, last) and "、" not in targets[first].indicator:
            _pair_dates(inheritance, targets, first, last)
    return targets, rejected


def _share_bound(context: Context, targets: list[Target], quantity: Quantity) -> None:
    """分别下降27%、25%和15%以上: what bounds the last number of a run bounds all of it."""
    behind = quantity
    for k in range(len(targets) - 1, -1, -1):
        last = targets[k].quantity
        if last.comparator != "=" or last.unit == "%" and last.value >= 100 or context.text[last.end : behind.number_start] not in _APART:
            return
        targets[k] = replace(targets[k], quantity=replace(last, comparator=quantity.comparator))
        behind = last


_APART = ("、", "和", "及", "与", "以及")


def _runs(context: Context, targets: list[Target]) -> list[tuple[int, int]]:
    """The first and the one behind the last of targets whose numbers stand side by side."""
    apart = [i for i in range(1, len(targets)) if context.text[targets[i - 1].quantity.end : targets[i].quantity.start] not in _APART]
    edges = [0, *apart, len(targets)]
    return [(first, last) for first, last in pairwise(edges) if last - first > 1]


def _pair_names(context: Context, targets: list[Target], first: int, last: int) -> bool:
    """Give numbers side by side their own names (覆盖率、绿地率分别达到42%和38%), or the one that stands behind them all.

    Returns:
        Whether each has its own.
    """
    run = targets[first:last]
    end = run[-1].quantity.end
    if run[-1].indicator and context.text.startswith(run[-1].indicator, end) and len({t.quantity.unit for t in run}) == 1:
        names = [run[-1].indicator] * len(run)  # 分别建成100个、150个和200个服务站
    elif before := _named_one_by_one(context, targets, first, last) or _named_as_before(targets, first, last):
        names = before
    elif run[0].indicator.startswith(run[1].indicator + "占"):
        names = [run[0].indicator] * len(run)  # 渔港7个、8个,占全省的20%、25%
    else:
        names = wording("indicator.joined").split(run[0].indicator)
        said = context.text[run[0].clause_start : run[0].quantity.start]
        counted = all(t.quantity.kind == "count" for t in run) and all(len(name) > 3 and name[-1] != "级" for name in names)
        if len(names) != len(run) or "分别" not in said or not (counted or all(wording("indicator.measured-by").search(name) for name in names)):
            return False
    for i, name in enumerate(names, first):
        targets[i] = replace(targets[i], indicator=name)
    return names[0] != names[1]


def _named_one_by_one(context: Context, targets: list[Target], first: int, last: int) -> list[str] | None:
    """出口达到100亿元,利用外资2亿美元,分别增长10%、15%: the names of as many levels directly before, where the run has none of its own."""
    run, above = targets[first:last], targets[max(0, 2 * first - last) : first]
    said = context.text[run[0].clause_start : run[0].quantity.start]
    if len(above) != len(run) or not said.startswith("分别") or any(t.quantity.kind != "percent" for t in run) or any(t.quantity.kind == "percent" for t in above):
        return None
    names = [t.indicator for t in above]
    together = context.part(above[0].quantity.start) == context.part(run[0].quantity.start) and run[0].indicator == names[-1]
    return names if together and len(set(names)) == len(names) else None


def _named_as_before(targets: list[Target], first: int, last: int) -> list[str] | None:
    """渔船和渔港分别达到12艘和4座,年均增长8%和6%: the names of the run directly before, where those are what goes on."""
    above = [t.indicator for t in targets[max(0, 2 * first - last) : first]]
    joined = targets[first].indicator
    return above if len(set(above)) == last - first and joined not in above and all(name in joined for name in above) else None


def _pair_dates(inheritance: Inheritance, targets: list[Target], first: int, last: int) -> None:
    """Give the numbers of one indicator their own dates where 分别 pairs them with as many dates."""
    own = inheritance.paired(targets[first].quantity.start, last - first) or ()
    for i, governing in enumerate(own, first):
        targets[i] = replace(targets[i], deadline=governing.value, deadline_from=governing.origin, deadline_index=governing.index)


class _State:
    """What goes on from number to number of a list, until the sentence ends."""

    def __init__(self, sentence: int = -1, part: int = -1) -> None:
        self.sentence = sentence
        self.part = part
        self.accepted = False
        self.end = -1
        self.change: str | None = None
        self.last: str | None = None
        self.bound = False  # 分别不高于10、35、50: the bound of the first is that of all
        self.adds = False  # 新增收储点40个、打捆机65台
        self.indicator: tuple[int, int] | None = None
        self.unit: str | None = None


def _goes_on(context: Context, item: Item, end: int) -> bool:
    """Whether the number stands in the clause of the last promised one or in the next."""
    between = context.text[end : item.clause[0]]
    return item.clause[1] == end or len(between) <= 2 and ":" not in between


def _named_before(context: Context, item: Item) -> tuple[int, int] | None:
    """实施园区整治，2018年完成20个: what is counted was named in the clause before, behind its verb."""
    text, stop = context.text, item.clause[0] - 1
    if stop < 1 or text[stop] not in ",:":
        return None
    first, _ = context.clause(stop - 1, stop)
    section = context.section(item.quantity.start)
    first = max(first, section.body if section.body < stop else first)
    charged = text.find("负责", first, stop)  # 市渔业局负责渔民的培训,今年培训300人次
    first = charged + 2 if charged >= 0 else first
    if context.quantities_in(first, stop) or not 3 <= stop - first <= 40:
        return None
    treated = wording("indicator.treated").match(text, first, stop)
    start, end = treated.span("what") if treated else object_of(text, first, stop, item.quantity.kind in ("money", "percent"))
    if start == first and (urged := wording("indicator.urged").match(text, first, stop)):
        below = object_of(text, urged.end(), stop)[0]
        start = first = below if below > urged.end() else first
    if (trim := wording("indicator.end").search(text[start:end])) and trim.start() >= 2:
        end = start + trim.start()
    plain = text[start:end] if start == first else text[start:end].replace("、", "")
    return (start, end) if end - start >= 2 and plain.isalpha() and not wording("indicator.adverb").fullmatch(text, start, end) else None


def _named_behind_next(context: Context, k: int) -> tuple[int, int] | None:
    """解决12万人、6万头牲畜的饮水困难: what the first number is about stands behind the second."""
    if context.text[context.quantities[k].end] not in "、和及" or k + 1 == len(context.quantities) or context.quantities[k + 1].start != context.quantities[k].end + 1:
        return None
    start, end = indicator_span(context.text, read_item(context, k + 1))
    own = context.text.find("的", start, end)
    if own < 0 and (shared := wording("indicator.shared-want").search(context.text, start, end)):
        return shared.span()
    return (own + 1, end) if own >= 0 and end - own > 2 else None


def _titled(context: Context, item: Item) -> tuple[int, int] | None:
    """(三)治理黑臭水体。2021年完成42条: what is counted is what the heading names."""
    section = context.section(item.quantity.start)
    start, end = object_of(context.text, section.heading_start, section.heading_end)
    named = section.family != "annex" and 2 <= end - start <= 20 and context.text[start:end].isalpha() and not wording("indicator.general-heading").search(context.text, start, end)
    return (start, end) if named and item.quantity.number_start - item.quantity.start <= 4 else None


def _staged(context: Context, item: Item) -> bool:
    """累计1200公里：2023年底前300公里，2024年底前700公里: nothing but a date stands before the number."""
    start, end = item.clause[0], item.quantity.start
    named = wording("change.stage-words")
    return any(t.end + 1 >= end - 1 and not named.sub("", context.text[start : t.start]) for t in context.times_in(start, end))


def is_baseline(context: Context, quantity: Quantity) -> bool:
    """比2010年的132.4万吨减少7.0%, 由52%提高到75%: the first number is the baseline."""
    if origin_of_change(context, quantity) is not None:
        return True
    beside = context.quantities_in(max(0, quantity.start - 12), quantity.start)
    if beside and beside[-1].unit == quantity.unit and context.text[beside[-1].end : quantity.start] in _APART and is_baseline(context, beside[-1]):
        return wording("baseline.and-then").match(context.text, quantity.end) is not None  # 比2013年的6万吨、2万吨分别减少
    return quantity.kind != "multiple" and wording("baseline.compared-with").search(context.text, max(0, quantity.start - 12), quantity.start) is not None


def _change(text: str, item: Item, state: str | None, indicator: str, last: str | None) -> str:
    quantity = item.quantity
    if quantity.kind == "rank":
        return "rank"
    if quantity.kind == "count" and quantity.comparator in (">", ">=") and item.verb_class in ("level", None) and wording("change.total").search(indicator):
        return "level"  # 新增渔船30艘,总数突破500艘
    if quantity.kind == "multiple":
        return "level" if item.verb_class == "level" and item.tail and quantity.text[0] not in "翻倍" else "increase"
    if quantity.value == 0:
        return "increase" if text.startswith(NO_MORE, quantity.end) else "level"
    if item.verb_class in ("increase", "decrease"):
        if quantity.kind == "count" and not item.tail and not wording("change.by-so-many").match(text, item.verb_start):
            return "count"
        return item.verb_class
    if item.verb_class in ("create", "level") and quantity.kind not in ("percent", "points") and wording("change.adds-done").match(text[item.verb_start : quantity.start]):
        return "increase"
    if item.verb_class == "new":
        share = quantity.kind == "percent" and (text[quantity.start - 1] == "的" or wording("change.share").search(indicator))
        return "level" if share else "increase"  # 新增渔民的70%, 新增渔民中受过培训比例
    if quantity.kind in ("percent", "points", "index") and not (quantity.kind == "index" and item.verb_class == "create"):
        if quantity.kind == "points":
            if wording("change.above").search(text, item.left, quantity.start):
                return "level"
            return "decrease" if wording("change.decrease").search(text[item.left : quantity.start]) else "increase"
        goes_on = item.zipped or wording("change.or-more").fullmatch(text, item.left, quantity.start)
        return state if goes_on and state in ("increase", "decrease") else "level"
    if item.verb_class == "create" and quantity.kind in ("mass", "energy") and wording("change.closes").search(text[item.verb_start : item.verb_end]):
        return "decrease"
    if quantity.kind == "money" and item.verb_class == "create" and wording("change.spent").search(text[item.verb_start : quantity.start]):
        return "count"
    if quantity.kind == "money" and item.verb_class in ("create", "further") and not wording("change.closes").search(text[item.verb_start : item.verb_end]):
        return "level"
    if wording("change.of-a-year").fullmatch(text[item.verb_start : item.verb_end] + (quantity.unit or "")):
        return "level"
    if item.verb_class in ("create", "further"):
        closed = wording("change.closed").match(text[item.verb_start : item.verb_end])
        capacity = wording("change.capacity").search(text[item.left : quantity.start]) or text.startswith(("产能", "能力"), quantity.end)
        return "level" if capacity and not closed and quantity.kind not in ("count", "other") else "count"
    if item.verb_class in ("level", None) and not item.tail and quantity.kind in ("count", "area", "length") and wording("change.done-itself").search(indicator) and state not in ("increase", "decrease"):
        return "count"  # 实现渔房防潮改造1.2万户, 300公里旧渔网更新改造
    made = quantity.kind == "count" and quantity.value == int(quantity.value) and not wording("change.stock").search(indicator)
    if item.verb_class == "level":
        if text[item.verb_start : quantity.start] in ("实现", "再实现") and (made or quantity.kind in ("length", "area") and text[quantity.end : quantity.end + 2].isalpha()):
            return "count"  # 实现1620户脱贫, 实现20公里护岸贯通
        if last == "count" and quantity.kind not in ("percent", "points", "index", "money") and item.verb_start == quantity.start and wording("indicator.of-it").search(text, item.clause[0], quantity.start):
            return "count"  # 命名15家,其中民营企业不少于8家
        return "count" if made and item.verb_start == quantity.start and quantity.comparator == ">=" else "level"
    if quantity.kind == "count" and item.verb_class is None and wording("change.made").search(text[quantity.end : item.right]):
        return "count"
    if item.verb_class is None and quantity.kind == "count" and text[item.left : quantity.start] in ("将", "把", "对"):
        return "count"  # 新增岗位30个,将20名渔民纳入名单
    if item.verb_class is None and quantity.kind in ("money", "area", "mass", "energy") and wording("change.adds-inside").search(text, item.left, quantity.start):
        return "increase"  # 金融机构新增贷款15亿元
    if state == "increase" and item.verb_class is None and quantity.kind in ("count", "length", "area") and text[item.clause[0] - 1] == "," and wording("change.done-itself").search(text, item.left, quantity.start):
        return "count"  # 新增管网12公里,老旧管网改造2公里
    if state == "count" and item.verb_class is None and wording("indicator.measure").match(indicator):
        return "level"  # 建成冷链园6座,面积9万平方米以上
    if state == "count" and (quantity.kind == "money" or wording("change.total").search(indicator) or quantity.comparator in ("<", "<=") and wording("change.stock").search(indicator)):
        return "level"  # 建成渔港3座、每千瓦时0.80元以下
    if state == "level" and item.verb_class is None and made and text[item.left - 1] in "、和及与":
        verb = making_verb(text, item.clause[0], quantity.start)
        return "count" if verb and not wording("change.of-a-year").fullmatch(verb + (quantity.unit or "")) else "level"  # 建成护岸总长度超过80公里、码头12个
    if state == "increase" and item.verb_class is None and wording("change.per-head").match(indicator):
        return "level"  # 新增绿地100公顷,人均绿地面积15平方米
    return state if state and state != "rank" else "count" if made and last != "level" else "level"


def _target(context: Context, inheritance: Inheritance, item: Item, change: str, indicator: str) -> Target:
    quantity, text = item.quantity, context.text
    governing = inheritance.governing(quantity.start, quantity.end)
    clause = text[item.clause[0] : item.clause[1]]
    year = value = None
    years = wording("baseline.year")
    found = max(years.finditer(clause, 0, quantity.start - item.clause[0]), key=re.Match.start, default=years.search(clause))
    if found or item.origin is None:
        year = found["y"] if found else None
        numbers = context.quantities_in(*item.clause)
        bases = [other for other in numbers if other is not quantity and is_baseline(context, other)]
        changes = [other for other in numbers if other.unit == quantity.unit and context.clause(other.start, other.end) == item.clause]
        if bases:  # 比2013年的6万吨、2万吨分别减少10%、20%: each its own
            before = [base for base in bases if base.start < quantity.start] or bases
            value = (bases[changes.index(quantity)] if len(changes) == len(bases) and quantity in changes else before[-1]).value
    else:
        value = context.quantities_in(item.origin, quantity.start)[0].value
        from_year = re.search(r"(?:19|20)\d\d(?=年)", text[item.origin : quantity.start])
        year = from_year.group() if from_year else None
    every = None
    for time in context.times_in(max(item.clause[0] - 30, context.part(quantity.start)[0]), quantity.start):
        if time.relation == "every":
            every = time.period
    binding = next((word for word in ("约束性", "预期性") if word in clause), None)
    own = context.times_in(item.clause[0], quantity.start)
    if every and governing.origin == "paragraph" or (governing.origin in ("sentence", "paragraph") or governing.origin == "clause" and inheritance.begins(governing) < context.part(quantity.start)[0]) and any(t.relation == "within" for t in own):
        governing = NOTHING  # 每年…, 三年累计…: an earlier sentence does not bound what recurs, nor any date what has a length of its own
    first = context.sentence(quantity.start)[0]
    lengths = list(wording("change.over-years").finditer(text, max(first, quantity.start - 80), quantity.start))
    if lengths and governing.origin in ("clause", "sentence", "paragraph") and context.quantities_in(max(0, inheritance.begins(governing)), lengths[-1].start()):
        governing = NOTHING
    if wording("change.from-then-on").search(text, item.clause[0], quantity.start):
        governing = NOTHING
    if every is None and "年均" in text[item.left : quantity.start]:
        every = "P1Y"  # an average over the years to the date that governs it
    section = context.section(quantity.start)
    return Target(
        quantity,
        section.index,
        indicator,
        change,
        *item.clause,
        governing.value,
        governing.origin,
        governing.index,
        every,
        value,
        year,
        binding,
        f"target.{item.verb_class or 'listed'}",
    )
