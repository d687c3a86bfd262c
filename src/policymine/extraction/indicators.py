"""What a number measures or counts: the words before it, the phrase behind it, or the indicator that goes on."""

from __future__ import annotations

import re

from policymine.extraction.items import LEADING, Item

# (?>…) keeps a word from being tried in two ways; a comparison without a year (较上年) stands at most once.
_TRIMMED = r"(?>[比较](?:19|20)\d\d年[底末]?的?|达到?|[为占共等约的在要]|平均|均|总计|基本|优于|±|保持|稳定|力争|确保|分别|平均|总体|同比|动态|净|年均)*"
_TRIM_BEFORE = re.compile(rf"{_TRIMMED}(?:[比较].{{2,12}}{_TRIMMED})?$")
_TRIM_AFTER = re.compile(r"^(?:的|及以上的|以上的|以上|左右的?|以内|[,、\s])+")
# 比上年增加0.1平方米: what is compared was named before.
_COMPARISON = re.compile(r"[比较](?:上年|去年|上一年|同期|“?十[一二三四五六]?五”?(?:期间|时期|期?末)?|(?:(?:19|20)\d\d|[一二][〇零○九八七六五四三二一]{3})年[底末]?)(?:同期|水平)?净?")
ADVERBS = re.compile(r"(?:分别|平均|年均|日均|月均|同比|动态|先期|初步考虑|均|各|约|共|累计|总计|合计|的?基础上|再|又|以后|此后|今后|先行|率先|做到|基本|前|预算|列支|出资)*")
_OPENERS = re.compile(r"^(?:或|实现|确保|使|推动|促进|力争|保持|保障|加强|推进|达到|努力|带动|其中)+(?=[\u4e00-\u9fff]{4,})")

# 总规模10亿元的发展基金: the size of what is named behind the number.
_SIZED = re.compile("(?:推动|整合|统筹|探索|联合)?(?:设立|组建|建立)?(?:首期|资金)?(?:总?规模|总额|总投资)")


# 每年出资1亿元用于渔港建设
_USED_FOR = re.compile("用于(?=[\u4e00-\u9fff]{2})")


def indicator_span(text: str, item: Item) -> tuple[int, int]:
    """The span of the words that say what the number is about; empty where the clause has none.

    Args:
        text: the normalised text.
        item: the number in its clause.
    """
    before = _before(text, item)
    after = _after(text, item)
    if before[1] <= before[0] and after[1] <= after[0] and item.head[1] - item.head[0] >= 2:
        return _head(text, item)
    quantity = item.quantity
    if quantity.kind == "money" and before[1] <= before[0] and (use := _USED_FOR.match(text, quantity.end, after[1])):
        return use.end(), after[1]
    if _SIZED.fullmatch(text, *before) and text.startswith("的", quantity.end) and after[1] - after[0] >= 2:
        return after
    if quantity.kind in ("percent", "points", "index", "rank", "multiple"):
        place_only = re.fullmatch(r"全[市省国区县]|我[市省区县国]|其中", text[before[0] : before[1]])
        return before if before[1] - before[0] >= 2 and not place_only else after
    if item.tail and item.verb_class == "level":
        return before if before[1] - before[0] >= 2 else after
    if item.tail and item.verb_class in ("create", "new"):
        return after if after[1] - after[0] >= 1 else before
    if item.left == quantity.start or quantity.kind == "count" and after[1] - after[0] >= 2:
        return after
    if after[1] - after[0] >= 2 and before[1] - before[0] < 2:
        return after
    if text[quantity.end - 1 : quantity.end] and after[1] - after[0] >= 2 and re.search(r"(?:的|等)$", text[before[0] : quantity.start]):
        return after
    return before if before[1] - before[0] >= 2 else after


def _head(text: str, item: Item) -> tuple[int, int]:
    """The words before the time expression: 园区标准机架 in 园区标准机架到2023年达到3万架."""
    start, stop = item.head
    if lead := LEADING.match(text[start:stop]):
        start += lead.end()
    while stop > start and text[stop - 1] in ",、:;在于到至达":
        stop -= 1
    return start, start if ADVERBS.fullmatch(text, start, max(start, stop)) else max(start, stop)


def _before(text: str, item: Item) -> tuple[int, int]:
    start = item.left
    stop = item.verb_start if item.tail else item.quantity.start
    if item.origin is not None:
        stop = min(stop, item.origin)
    if not item.tail and item.verb_class:
        start = item.verb_end
    lead = LEADING.match(text[start:stop])
    if lead:
        start += lead.end()
    if opener := _OPENERS.match(text[start:stop]):
        start += opener.end()
    if (trim := _TRIM_BEFORE.search(text[start:stop])) and trim.start() >= 2:
        stop = start + trim.start()
    while start < stop and text[start] in ":、,;) 的" and not text.startswith("的士", start):
        start += 1
    if item.tail and (done := _DONE.match(text, start, stop)):
        start = done.end()  # 完成水库除险加固12座
    if item.tail and text[start:stop] in ("完成", "实现", "实施", "开展", "组织", "推进", "设立", "整合设立", "推动设立"):
        stop = start
    if _COMPARISON.fullmatch(text, start, stop) or ADVERBS.fullmatch(text, start, stop):
        stop = start
    return start, max(start, stop)


# 1620户4850人脱贫: the second number is no part of what the first one counts.
_BESIDE = re.compile(r"\d[\d.]*万?[人户口家个](?:的)?")


# 30项于6月底前发布, 6个项目予以支持: what is done with them.
_TOLD = re.compile(r"于(?=\d|今|年|每)|予以|给予|同(?=[一二三四五六七八九十\d])|落户|纳入|列入|按期")


_DONE = re.compile("(?:完成|开展|实施|推进)(?![率度]|机制|方案|细则)(?=[\u4e00-\u9fff]{2})")


def _after(text: str, item: Item) -> tuple[int, int]:
    start, stop = item.quantity.end, item.right
    if beside := _BESIDE.match(text, start, stop):
        start = beside.end()
    if trim := _TRIM_AFTER.match(text[start:stop]):
        start += trim.end()
    if text.startswith("(", start):  # 绿色工厂100家(其中国家级15家)
        start = text.find(")", start, stop) + 1 or stop
    if (told := _TOLD.search(text, start, stop)) and (told.start() == start or told.start() >= start + 2):
        stop = told.start()
    while stop > start and text[stop - 1] in "、,;和及与并":
        stop -= 1
    if text[start:stop] in ("目标", "的目标", "任务", "目标任务"):
        stop = start
    return start, stop
