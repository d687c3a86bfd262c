"""The item of a list that a number stands in, and the verb that governs it: 培育国际标准3项、国家标准10项."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from policymine.extraction.context import Context
from policymine.lexicon.files import alternation, words
from policymine.lexicon.patterns import wordings
from policymine.models import Quantity


@dataclass(frozen=True, slots=True)
class Item:
    """A number in its clause: the words that belong to it, and the verb that governs it.

    ``left`` and ``right`` bound the item of a list that the number stands in; ``verb_class`` is create, new, level,
    increase, decrease or None, ``verb_start``..``verb_end`` the verb's place; ``tail`` tells that the verb stands
    directly before the number; ``head`` is what stands before a time expression inside the item
    (园区标准机架到2023年达到3万架); ``origin`` is where the words begin that say from which number it changes
    (覆盖率由去年的52%提高到75%): neither they nor what follows belong to the indicator; ``each`` tells that the number
    only says how large each is of what is counted directly before it (建设2个1000亩的样板点).
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
    origin: int | None = None
    each: bool = False


@cache
def wording(rule: str) -> re.Pattern[str]:
    """The compiled wording of a rule of ``data/rules/numbers.toml``."""
    return wordings("numbers")[rule]


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
    particle, adverb, noun, word = (wording(f"verb.{what}").pattern for what in ("particle", "adverb", "noun-behind", "word-of-its-own"))
    first = "".join(sorted({word[0] for word in classes}))  # rules nearly every place out before any verb is tried there
    tail = re.compile(rf"(?=[{first}])(?P<verb>{every})(?:{particle})?(?:{adverb})*$")
    return tail, re.compile(rf"(?=[{first}])(?:(?P<verb>{head})(?!{noun}|{word})|(?P<change>{changes})(?!加?值(?!班)))"), classes


@cache
def nouns() -> frozenset[str]:
    """Verbs that are nouns where something stands before them (质量提升, 创新平台)."""
    return frozenset(words("verbs", noun="yes"))


def read_item(context: Context, k: int) -> Item:
    """The item of a list that the ``k``-th quantity of a document stands in, and its governing verb."""
    quantity = context.quantities[k]
    text = context.text
    clause = context.clause(quantity.start, quantity.end)
    left, right = clause
    section = context.section(quantity.start)
    body = section.body if section.body <= quantity.start else section.heading_start
    if left < body <= quantity.start:
        left = body  # 8.新增托位600个: the marker is no word of the clause
    zipped = False
    before = context.quantities[k - 1] if k else None
    done, before = _done_before(context, k, before)
    behind = context.quantities[k + 1] if k + 1 < len(context.quantities) else None
    if before and before.end > clause[0] and before.start >= clause[0]:
        between = text[done : quantity.start]
        per = not between and text[before.start - 1] == "每"  # 每10万人口10张
        zipped = between in ("、", "和", "及", "与", "以及", "和不少于") or between == "/" and before.unit != quantity.unit or not between and before.kind in _SIZES and quantity.kind in _SIZES and "count" in (before.kind, quantity.kind) and not per
        sized = between in ("共", "合计", "共计", "总计") and before.kind == "count" and quantity.kind != "count"
        zipped = zipped or sized
        if sized or not between and zipped:
            left = quantity.start  # 1620户4850人脱贫, 3个共66万千瓦
        elif zipped or re.match(r"[、和及与](?!\w{0,3}的)", between):
            left = done + 1
        elif re.search(r"(?:、|以及|和|及|与)$", between):
            left = quantity.start
        elif "、" not in between[:10] and before.kind == "count" and before.unit != "级" and (does := _verbs()[1].search(between, 1)) and does.start() <= 10 and "的" not in between[: does.start()] and between[does.start() - 1] not in "年月日":
            left = done + does.start()
        if re.fullmatch("的?[\u4e00-\u9fff]{0,12}", between) and before.comparator != "=" and quantity.kind == "count" and (between in ("", "的") or before.kind != "count") and k > 1 and context.quantities[k - 2].start >= clause[0]:
            above = context.quantities[k - 2].end
            left = above + 1 if text[above] in "、和及与" else left  # 1亿元以上的12个、5000万元以上的18个
    stop = quantity.end
    if behind and _sizes_what_follows(text, quantity, behind):
        stop = behind.end
        behind = context.quantities[k + 2] if k + 2 < len(context.quantities) else None
    closed = text.find(")", stop, clause[1]) + 1 if text[stop : stop + 1] == "(" else 0
    if closed and text[closed : closed + 1] in ("、", "和", "及", "与"):
        right = quantity.end  # 新增渔船50艘(含大型渔船10艘)、冷库3座
    elif behind and behind.start < clause[1]:
        between = text[stop : behind.start]
        if not between and {quantity.kind, behind.kind} <= _SIZES and (quantity.kind == "count") != (behind.kind == "count") or between in ("、", "和", "及", "与", "以及", "共", "合计", "共计", "总计") or re.match(r"[、和及与]", between):
            right = quantity.end
        elif found := re.search(r"(?:、|以及|和|及|与)$", between):
            right = stop + found.start()
        elif (verb_next := _next_verb(between)) is not None:
            right = stop + verb_next
    if before and left == clause[0] and text[before.end : left] == "," and origin_of_change(context, before) is not None:
        left = context.clause(before.start, before.end)[0]  # 产值由2亿元,发展到3亿元
    joined = text.rfind("并", left, quantity.start)
    if joined >= left and _verbs()[1].match(text, joined + 1):
        left = joined + 1  # 建成投运并新增处理能力26万吨: the second verb governs
    opened = text.rfind("(", left, quantity.start)
    if opened >= left and text.find(")", opened, quantity.start) < 0:
        left = opened + 1
    whole = left <= max(clause[0], body)
    behind_times, time_start = _behind_times(context, left, quantity.start)
    head = (left, time_start) if behind_times > left else (left, left)
    changed = _changed_by(context, left, quantity)
    left = left if changed else behind_times
    verb, start, end, tail = _governing_verb(text, left, replace(quantity, start=changed) if changed else quantity, head[1] - head[0] >= 3)
    head = (left, left) if changed else head
    acting = verb is None and quantity.kind in _COUNTED and text[quantity.number_start : quantity.number_start + 1].isdigit() and whole
    if acting and context.section(quantity.start).kind in _ACTING and (acts := _acting_verb(text, left, quantity, right)):
        verb, start, end = acts
    from_ = origin_of_change(context, before) if before and before.start >= left else None
    each = before is not None and _sizes_what_follows(text, before, quantity)
    return Item(quantity, clause, left, right, verb, start, end, tail, zipped, head, from_, each)


def _sizes_what_follows(text: str, quantity: Quantity, behind: Quantity) -> bool:
    """建设2个1000亩的样板点, 抓好3个各500亩以上的样板点: how large each is; not 建设住房320套1.6万平方米."""
    apart = text[quantity.end : behind.start]
    return quantity.kind == "count" != behind.kind and behind.kind in _LARGE and apart in ("", "各") and wording("item.so-large").match(text[behind.end : behind.end + 6]) is not None


LONGEST_ASIDE = 60
"""Characters of an aside in a list of numbers before its last number."""
_COUNTED = frozenset(("count", "amount", "area", "length", "mass", "energy", "volume", "other"))
_SIZES = frozenset(("count", "area", "length", "volume"))
"""What may stand directly behind what is counted: 建设住房320套1.6万平方米."""
_LARGE = frozenset(("area", "length", "volume", "amount", "mass", "energy"))
"""How large one is of what is counted: 建设2个1000亩的样板点."""
_ACTING = frozenset(("tasks", "objectives", "safeguards"))


def _acting_verb(text: str, left: int, quantity: Quantity, right: int) -> tuple[str, int, int] | None:
    """The verb behind its subject where the number closes the item: 经济开发区新引进项目18个, 依法拆除违法建设6万平方米."""
    if not wording("item.closed").match(text[quantity.end : right + 1]):
        return None
    _, head, classes = _verbs()
    before = text[left : quantity.start]
    if wording("item.of-a-firm").match(before):
        return None
    for found in head.finditer(before):
        word = found["verb"] or found["change"]
        apart = not wording("verb.noun-before").search(before, 0, found.start())
        if len(word) >= 2 and apart and not wording("verb.attribute-behind").match(before[found.end() :]) and word not in nouns():
            return classes[word], left + found.start(), left + found.end()
    return None


def origin_of_change(context: Context, quantity: Quantity) -> int | None:
    """Where the words begin that name a number as the one from which something changes; None where it is no such number.

    Args:
        context: the document.
        quantity: the number.
    """
    text = context.text
    found = wording("item.origin").search(text, max(0, quantity.start - 14), quantity.start)
    return found.start() if found and wording("item.origin-changes").match(text, quantity.end) else None


def _done_before(context: Context, k: int, before: Quantity | None) -> tuple[int, Quantity | None]:
    """The number of the list before the ``k``-th of a document, and where it ends with the brackets behind it.

    分别减少12%(其中城区减少13%)、15%: what stands in brackets is no number of the list.
    """
    text = context.text
    if before is None:
        return 0, None
    closed = text.find(")", before.end, context.quantities[k].start)
    opened = text.rfind("(", max(0, closed - LONGEST_ASIDE), before.start) if closed >= 0 else -1
    if opened < 0 or text.find(")", opened, closed) >= 0:
        return before.end, before
    return next(((closed + 1, q) for q in reversed(context.quantities[max(0, k - 8) : k]) if q.end == opened), (before.end, before))


def _next_verb(between: str) -> int | None:
    """Where the words between two numbers of a clause begin to be about the second: at a verb that follows a 、."""
    _, head, _ = _verbs()
    at = between.find("、")
    while at >= 0:
        if head.match(between, at + 1):
            return at
        at = between.find("、", at + 1)
    return None


_JOINED = ("、", "和", "及", "与", "至")


def _behind_times(context: Context, left: int, right: int) -> tuple[int, int]:
    """Time expressions do not belong to what is measured: 到2020年新建… begins behind them; with the last one's start.

    A year that the number is compared with (比2010年下降18%) stays where it is.
    """
    low, start = left, left
    for time in context.times_in(left, right):
        if time.end <= right and not wording("item.compared-time").search(context.text, max(0, time.start - 2), time.start):
            if low == left or context.text[low : time.start] not in ("", *_JOINED):
                start = time.start  # of 2024年、2026年分别…, 2013—2015年每年… the first
            low = time.end
    closes = left < low < right and context.text[low] in ",、前内"
    return (low + 1 if closes else low), start


def _changed_by(context: Context, left: int, quantity: Quantity) -> int | None:
    """Where a date begins that stands between a verb of change and its number: 由2020年的20%提高到2025年的30%."""
    text = context.text
    for time in reversed(context.times_in(left, quantity.start)):
        begin = time.start + (text[time.start] in "到至")
        return begin if text[time.end : quantity.start] == "的" and wording("item.changed-to").search(text, left, begin) else None
    return None


def _governing_verb(text: str, left: int, quantity: Quantity, headed: bool) -> tuple[str | None, int, int, bool]:
    tail, head, classes = _verbs()
    before = text[left : quantity.start]
    if quantity.kind == "count" and (has := wording("verb.has").search(before)):
        return "create", left + has.start("verb"), quantity.start, False
    window = before[-14:]
    if found := tail.search(window):
        at = quantity.start - len(window) + found.start("verb")
        cls = classes[found["verb"]]
        if found["verb"] == "突破" and quantity.kind == "count":
            cls = "create"  # 突破50项技术 makes them, 突破50家 would be said of a number of firms
        if found["verb"] == "为" and at == left and quantity.kind == "count" and head.search(text, quantity.end, quantity.end + 20):
            return "create", at, at + 1, False  # 为5000个行政村安装器材
        first = quantity.kind == "count" and text[quantity.end : quantity.end + 2].isalpha() and text[quantity.end] != "的"
        if first and found["verb"] in ("提升", "提高"):
            cls = "create"  # 提升50条街巷 counts what is done
        if first or not (found["verb"] in nouns() and at > left and not only_verbs(text[left:at])):
            return cls, at, at + len(found["verb"]), True
    if quantity.kind == "count" and wording("verb.per").search(before):
        return "level", quantity.start, quantity.start, True
    if before.endswith("在") and (text[left - 1] in "年月底末初内前" if before == "在" else wording("verb.stays").search(before)) and quantity.comparator != "=" and text[quantity.end : quantity.end + 1] in (",", ";", "。", "、"):
        return "level", quantity.start - 1, quantity.start, True  # 2015年在215万人以内: it stays there
    lead = wording("item.leading").match(before)
    if quantity.number_start > quantity.start and (adds := wording("verb.adds").match(before, lead.end() if lead else 0)):
        return "new", left + adds.start(), left + adds.end(), False
    if quantity.kind == "count" and (named := wording("verb.reaches-named").search(before)):
        return "level", left + named.start(), quantity.start, False
    if quantity.value == 0 and quantity.kind == "index":
        return "level", quantity.start, quantity.start, True
    if part_of := wording("verb.part-of").search(before):
        at = left + part_of.start()
        return "level", at, quantity.start, True
    inside = text[quantity.start + 2 : quantity.number_start]
    if quantity.text.startswith("至少") and (len(inside) > 1 or inside and (inside == "有" or head.fullmatch(inside))):
        return "create", quantity.start, quantity.number_start, True
    if quantity.number_start > quantity.start and quantity.comparator in (">", ">=") and quantity.kind == "count" and len(before) >= 3:
        lead = wording("item.leading").match(before)
        at = lead.end() if lead else 0
        if wording("verb.attribute").search(before) or not head.match(before, at):
            if (placed := _placed_verb(before, at)) and not wording("verb.measured").search(before[placed.end() :]) and not before.endswith("数"):
                return classes[placed.group()], left + placed.start(), left + placed.end(), False
            return "level", quantity.start, quantity.number_start, True
    if quantity.number_start > quantity.start and quantity.kind == "count" and not before and headed:
        return "level", quantity.start, quantity.number_start, True
    if quantity.kind == "percent" and quantity.comparator in (">", ">=") and (cut := wording("verb.cuts-by").match(before)):
        return "decrease", left + cut.start(1), left + cut.end(1), False
    if quantity.text != text[quantity.number_start : quantity.end] and quantity.comparator in (">", ">=", "<", "<=") and quantity.kind not in ("count",):
        lead = wording("item.leading").match(before)
        made = head.match(before, lead.end() if lead else 0) if quantity.kind in ("area", "length") and quantity.comparator in (">", ">=") else None
        if made and made["verb"] and len(made["verb"]) > 1 and not wording("verb.measured").search(before[made.end() :]):
            return classes[made["verb"]], left + made.start(), left + made.end(), False
        return "level", quantity.start, quantity.number_start, True
    lead = wording("item.leading").match(before)
    at = lead.end() if lead else 0
    found = _verb_in(before, at)
    if found:
        verb = found["verb"] or found["change"]
        if verb == "突破":
            return "create", left + found.start(), left + found.end(), False
        opens = found.start() == at
        if not opens and found.end() == len(before) and verb in nouns() and wording("change.done-itself").search(verb):
            return None, quantity.start, quantity.start, False  # 全市农房改造1万户
        prepositional = wording("verb.preposition").match(before[at:])
        if prepositional and not opens and len(verb) == 1 and before[found.start() - 1] not in "再新改扩续" and (longer := _longer_verb(before, found.end())):
            found, verb = longer, longer["verb"] or longer["change"]  # 在建材行业推广技术: 建 is none
        if opens or prepositional or wording("verb.subject").fullmatch(before, at, found.start()):
            return classes[verb], left + found.start(), left + found.end(), False
    return None, quantity.start, quantity.start, False


def object_of(text: str, start: int, end: int, acting: bool = False) -> tuple[int, int]:
    """The words of a clause behind the words that lead to it and its verb: 园区整治 in 全面实施园区整治.

    Args:
        text: the normalised text; start, end: the clause.
        acting: also behind who acts (省财政设立渔业资金).
    """
    lead = wording("item.leading").match(text[start:end])
    at = start + lead.end() if lead else start
    verb = _verbs()[1].match(text, at, end) or _verbs()[1].search(text, at, end)
    acts = verb and (verb.start() == at or acting and wording("verb.subject").fullmatch(text, at, verb.start()))
    return (verb.end() if verb and acts else at), end


def _verb_in(words_: str, at: int) -> re.Match[str] | None:
    """The first verb that governs; one in an enumeration of nouns (建设、改造、培育三个环节) does not."""
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


def _placed_verb(words_: str, at: int) -> re.Match[str] | None:
    """The verb behind a place, or those who act: 在渔港周边设置停靠点, 每个县建设渔港."""
    if wording("verb.attribute").search(words_):
        return None
    for found in _verbs()[1].finditer(words_, at):
        behind = words_[found.end() :]
        attribute = wording("verb.attribute-behind").match(behind) or wording("verb.named-by").match(behind) or found.group() in nouns() and behind[:1] in tuple("中上方和及与、")
        goes_before = wording("verb.placed").fullmatch(words_, at, found.start()) or wording("verb.subject").fullmatch(words_, at, found.start())
        if len(found.group()) > 1 and not attribute and goes_before:
            return found
    return None


def _longer_verb(words_: str, at: int) -> re.Match[str] | None:
    """The next verb of more than one character."""
    while found := _verb_in(words_, at):
        if len(word := found["verb"] or found["change"]) > 1 and word not in nouns():
            return found
        at = found.end()
    return None


def verb_at(text: str, at: int, stop: int) -> int | None:
    """Where a verb of more than one character ends that stands at an offset, with a name behind it; None where none does."""
    verb = _verbs()[1].match(text, at, stop)
    return verb.end() if verb and verb.end() - at > 1 and stop - verb.end() > 1 else None


_MARKER = re.compile(r"\(?[一二三四五六七八九十\d]{1,3}[).、]")


def making_verb(text: str, start: int, stop: int) -> str:
    """The verb with which a clause opens if it makes what is counted (建成护岸…), else "".

    Args:
        text: the normalised text.
        start: where the clause begins.
        stop: where the number begins.
    """
    _, head, classes = _verbs()
    if marker := _MARKER.match(text, start, stop):
        start = marker.end()
    lead = wording("item.leading").match(text[start:stop])
    found = head.match(text, start + (lead.end() if lead else 0), stop)
    return found.group() if found and classes[found.group()] == "create" else ""


def only_verbs(words_: str) -> bool:
    """Whether nothing but verbs and adverbs stands before a verb that may be a noun: 推动建设300个."""
    _, head, _ = _verbs()
    lead = wording("item.leading").match(words_)
    rest = words_[lead.end() :] if lead else words_
    return not rest or (found := head.fullmatch(rest)) is not None and bool(found)
