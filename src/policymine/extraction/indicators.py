"""What a number measures or counts: the words before it, the phrase behind it, or the indicator that goes on."""

from __future__ import annotations

from policymine.extraction.items import Item, nouns, only_verbs, verb_at, wording

NO_MORE = ("增长", "新增")
"""Behind 零: so many more, none."""


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
    if quantity.kind == "money" and before[1] <= before[0] and (use := wording("indicator.used-for").match(text, quantity.end, after[1])):
        return use.end(), after[1]
    if wording("indicator.size").fullmatch(text, *before) and text.startswith("的", quantity.end) and after[1] - after[0] >= 2:
        return after
    if quantity.kind == "percent" and item.tail and item.verb_class == "create" and text.startswith("的", quantity.end) and after[1] - after[0] >= 2:
        return after  # 安排不少于10%的用地指标
    if quantity.kind in ("percent", "points", "index", "rank", "multiple"):
        place_only = wording("indicator.place-only").match(text[before[0] : before[1]])
        return before if before[1] - before[0] >= 2 and not place_only else after
    if item.tail and item.verb_class == "level":
        return before if before[1] - before[0] >= 2 else after
    if item.tail and item.verb_class in ("create", "new"):
        return after if after[1] - after[0] >= 1 else before
    if item.left == quantity.start or quantity.kind == "count" and after[1] - after[0] >= 2:
        return after
    if after[1] - after[0] >= 2 and before[1] - before[0] < 2:
        return after
    if text[quantity.end - 1 : quantity.end] and after[1] - after[0] >= 2 and text[before[0] : quantity.start].endswith(("的", "等")):
        return after
    return before if before[1] - before[0] >= 2 else after


def _head(text: str, item: Item) -> tuple[int, int]:
    """The words before the time expression: 园区标准机架 in 园区标准机架到2023年达到3万架."""
    start, stop = item.head
    if lead := wording("item.leading").match(text[start:stop]):
        start += lead.end()
    while stop > start and text[stop - 1] in ",、:;在于到至达从由":
        stop -= 1
    if (trim := wording("indicator.end").search(text[start:stop])) and trim.start() >= 2:
        stop = start + trim.start()
    return start, start if wording("indicator.adverb").fullmatch(text, start, max(start, stop)) else max(start, stop)


def _before(text: str, item: Item) -> tuple[int, int]:
    start = item.left
    stop = item.verb_start if item.tail else item.quantity.start
    if item.tail and text[stop - 1] == "的" and text.startswith("占比", stop):
        stop += 2  # 达到标准的占比不低于30%: a name with its verb
    if item.origin is not None:
        stop = min(stop, item.origin)
    if not item.tail and item.verb_class:
        start = item.verb_end
        if (second := wording("indicator.second-verb").match(text, start, stop)) and stop - second.end() >= 2:
            start = second.end()
        while text[start] in "、和及" and (beside := verb_at(text, start + 1, stop)):
            start = beside  # 新建、改扩建渔港12座
        if item.verb_class == "new" and text[start:stop] == "就业":
            start = item.left  # 城镇新增就业
        elif wording("indicator.measure").match(text[start:stop]) and text[item.verb_start : item.verb_end] in nouns():
            start = item.verb_start  # 节能改造面积
    lead = wording("item.leading").match(text[start:stop])
    if lead:
        start += lead.end()
    if opener := wording("indicator.opener").match(text[start:stop]):
        start += opener.end()
    if (trim := wording("indicator.end").search(text[start:stop])) and trim.start() >= 2:
        stop = start + trim.start()
    if text[start : start + 1] == "(" and (closed := text.find(")", start, stop)) >= 0 and stop - closed > 2:
        start = closed + 1  # 新建(改扩建)渔港12座
    while start < stop and text[start] in ":、,;) 的" and not text.startswith("的士", start):
        start += 1
    if item.tail and (done := wording("indicator.done").match(text, start, stop)):
        start = done.end()  # 完成水库除险加固12座
    if item.tail and wording("indicator.bare-verb").match(text[start:stop]):
        stop = start
    if item.tail and text[start] == "为" and wording("indicator.verb-names").fullmatch(text, item.verb_start, item.verb_end):
        stop = start  # 为渔企减税降费2亿元
    if item.tail and item.verb_class == "create" and stop - start > 3 and text[start] == "在" and wording("verb.placed").fullmatch(text, start, stop):
        stop = start  # 在沿江各乡镇造林3000亩: where, not what
    elif item.tail and stop - start >= 2 and wording("indicator.verb-names").fullmatch(text, item.verb_start, item.verb_end):
        stop = item.verb_end  # 荒山造林3万亩, 农民增收500元
    if item.tail and stop - start > 2 and text[stop - 1] in "和并及" and only_verbs(text[start : stop - 1]):
        stop = start  # 新建和整治100处: what was named before
    if wording("indicator.compared").fullmatch(text, start, stop) or wording("indicator.adverb").fullmatch(text, start, stop):
        stop = start
    return start, max(start, stop)


def _after(text: str, item: Item) -> tuple[int, int]:
    start, stop = item.quantity.end, item.right
    if item.quantity.value == 0 and text.startswith(NO_MORE, start):
        return start, start  # 实现零增长: of what was named before
    if beside := wording("indicator.beside").match(text, start, stop):
        start = beside.end()
    if trim := wording("indicator.behind-unit").match(text[start:stop]):
        start += trim.end()
    if text.startswith("(", start):  # 绿色工厂100家(其中国家级15家)
        start = text.find(")", start, stop) + 1 or stop
        if trim := wording("indicator.behind-unit").match(text[start:stop]):
            start += trim.end()
    which = wording("indicator.of-a-list").match(text, start, stop)
    if (told := wording("indicator.told").search(text, which.end() if which else start, stop)) and (told.start() == start or told.start() >= start + 2):
        stop = told.start()
    if text[item.quantity.start - 1 : item.quantity.start] == "在" and (done := wording("indicator.done-there").search(text, start + 2, stop)):
        stop = done.start()
    while stop > start and text[stop - 1] in "、,;和及与并":
        stop -= 1
    if wording("indicator.bare-aim").match(text[start:stop]):
        stop = start
    return start, stop
