"""How a number stands in its document: the words around it in which rules are looked for, and what else rules ask about it."""

from __future__ import annotations

import re
from collections.abc import Callable

from policymine.extraction.context import Context
from policymine.extraction.deciding import marked, unmarked
from policymine.extraction.items import Item, origin_of_change
from policymine.lexicon.patterns import wordings

LONGEST_PARAGRAPH = 5000
"""Characters of a paragraph that are looked back on."""


def words(rule: str) -> re.Pattern[str]:
    """The compiled wording of a rule of ``data/rules/judgement.toml``."""
    return wordings("judgement")[rule]


class Number(dict[str, str]):
    """A number, the words around it by the names that rules have for them, and what else they ask about it."""

    def __init__(self, context: Context, item: Item, listed: bool) -> None:
        super().__init__()
        self.context = context
        self.item = item
        self.listed = listed
        self.quantity = item.quantity
        self.at = item.quantity.start
        self.section = context.section(self.at).kind
        # what something changes from (由目前的71%提高到) was, whatever is said of it
        self.stop = item.origin if item.origin is not None else self.at

    def __missing__(self, where: str) -> str:
        self[where] = words = WHERE[where](self)
        return words

    def holds(self, fact: str) -> bool:
        """Whether a fact of ``FACTS`` holds."""
        return FACTS[fact](self)

    def dated(self, stop: int) -> bool:
        """Whether the sentence names a date to come before an offset: what follows is a promise, not the past."""
        year = self.context.header.year
        return any(
            t.relation in ("by", "within") or year is not None and t.relation == "during" and (t.end_date or "0")[:4] > str(year)
            for t in self.context.times_in(self.context.sentence(self.at)[0], stop)
        )


# ---- the words in which rules are looked for


def _around(number: Number) -> str:
    item, text, at = number.item, number.context.text, number.at
    verb = text[item.verb_start : at] if number.stop < item.verb_start else ""
    ahead = unmarked(text[item.left : number.stop])
    return f"{ahead}{verb}{marked(text, (at, item.quantity.end), at, item.clause[1])}"


def _to_number(number: Number) -> str:
    """The sentence up to the number, but for what something changes from and what was before words like 力争."""
    context = number.context
    start = max(context.sentence(number.at)[0], context.section(number.at).body)
    kept, done = [], start
    for quantity in context.quantities_in(start, number.stop):
        origin = origin_of_change(context, quantity)
        if origin is not None and origin >= done:
            kept.append(context.text[done:origin])
            done = quantity.end
    return words("sentence.ahead").split("".join((*kept, context.text[done : number.stop])))[-1]


def _onward(number: Number) -> str:
    item, context, end = number.item, number.context, number.item.quantity.end
    return marked(context.text, (number.at, end), item.left, min(end + 40, context.sentence(number.at)[1]))


def part_of(number: Number) -> str:
    """The words of the part of a sentence (to ；) that holds a number."""
    first, last = number.context.part(number.at)
    return number.context.text[first:last]


def _own_clause(number: Number) -> str:
    first, last = number.item.clause
    return number.context.text[first : last + 2]


WHERE: dict[str, Callable[[Number], str]] = {
    "around": _around,
    "clause": lambda n: n.context.text[slice(*n.item.clause)],
    "so-far": lambda n: n.context.text[n.item.clause[0] : n.stop],
    "part": lambda n: _own_clause(n) if _stands_apart(n, False) else part_of(n),
    "grant": lambda n: _own_clause(n) if _stands_apart(n, True) else part_of(n),
    "onward": _onward,
    "to-number": _to_number,
}
"""The words in which rules are looked for, by the names that rules have for them."""


def _stands_apart(number: Number, grant: bool) -> bool:
    """Whether a clause promises by its own verb, whatever is paid or asked for in the clauses around it."""
    item = number.item
    if item.zipped and number.listed and item.left == number.at:
        return True  # 住房320套1.6万平方米
    if item.quantity.kind in ("count", "percent") and wordings("judgement", "promised")["promised.done-behind"].search(number["around"]):
        return True
    if item.quantity.kind == "count":
        return item.verb_class is not None and (grant or item.verb_class != "level") or number.listed
    if item.quantity.kind in ("area", "length") and item.verb_class in ("create", "new") and not words("grant.told").search(number["clause"]) and not words("grant.behind").match(number.context.text, item.clause[1]):
        return True
    if item.quantity.kind == "money" and item.tail and words("clause.level-of-money").search(number["so-far"]):
        return True
    if item.quantity.kind == "money" and not grant:
        return item.origin is not None or item.verb_class in ("create", "new")
    return item.quantity.kind in ("percent", "points") and item.tail and item.verb_class in ("level", "increase", "decrease")


# ---- what rules ask about a number but for the words around it


def _made(number: Number) -> bool:
    """Whether a verb makes the number, or a list whose number was promised goes on: then it is not what exists."""
    item = number.item
    promised = item.tail and item.verb_class or item.verb_class in ("create", "further") or number.listed and item.left == number.at
    return bool(promised) and not words("there.already").search(number["around"])


def _to_come(number: Number) -> bool:
    """Whether a comparison with last year is a promise (能耗比上年下降3%): among tasks and objectives, with nothing done."""
    return number.section in ("tasks", "objectives") and number.item.tail and not words("comparison.done").search(number["clause"])


def _share_of_all(number: Number) -> bool:
    """Whether a share is promised of all of a place, not asked of one applicant."""
    if number.quantity.kind != "percent" or not number.item.tail:
        return False
    return number.section == "objectives" or bool(words("share.of-all").search(number["clause"])) or number.holds("dated")


def _frequent(number: Number) -> bool:
    """Whether so many are so often, or so few that they are no target; 全年发放3期以上, 年内举办活动6次 are promised."""
    often = number.quantity.value < 100 and words("part.often").search(part_of(number))
    if often or number.item.verb_class == "level" or number.quantity.value >= 10:
        return bool(often)
    once = number.item.verb_class == "create" and number.quantity.value > 1 and words("clause.once").search(number["clause"])
    return not once


def _counted(number: Number) -> bool:
    """Whether what is counted is made, whatever is paid for it: 国家补助各地改造渡口6500处, 发放租赁补贴900户."""
    item = number.item
    made = number.quantity.kind == "count" and item.verb_class in ("create", "new") and item.verb_start < number.at
    return made and number.section not in ("subsidy", "conditions") and words("clause.counted").search(number["around"]) is not None


def _chosen(number: Number) -> bool:
    """Whether so many are to be chosen for a grant, or the list of them goes on."""
    chosen = words("count.chosen").search(number["around"]) or number.listed and number.quantity.kind == "count" and words("clause.chooses").search(number["clause"])
    return number.quantity.kind == "count" and number.section not in ("subsidy", "conditions") and bool(chosen)


def _of_counted(number: Number) -> bool:
    """Whether an amount stands directly behind what is counted, as its own: 7家以上年捕捞产值过8亿元."""
    context, first = number.context, number.item.clause[0]
    before = context.quantities_in(first, number.at)
    return bool(before) and before[-1].kind == "count" and words("count.has").match(context.text, before[-1].end, number.at) is not None


def _length_promised(number: Number) -> bool:
    """Whether a length (of service, of life) is what changes, or is to be reached by a date."""
    item, before = number.item, number["around"].partition("⟦")[0]
    if not item.tail:
        return number.section == "objectives" and words("length.of-people").search(before) is not None
    if item.verb_start < number.at:
        return item.verb_class in ("level", "decrease", "increase", "new")
    return len(before) >= 2 and number.holds("dated") or words("length.of-service").search(before) is not None


def shortened(number: Number) -> bool:
    """Whether a length is what something is to be shortened to: 补贴审核时限压缩至15个工作日."""
    item = number.item
    return number.quantity.kind == "time" and item.tail and wordings("numbers")["length.measured"].search(number.context.text, item.left, number.at) is not None


def _dated_above(number: Number) -> bool:
    """Whether the paragraph names a date to come before the number."""
    context = number.context
    first, _ = context.line_span(context.line(number.at))
    return any(t.relation == "by" for t in context.times_in(max(first, number.at - LONGEST_PARAGRAPH), number.at))


def _acting(number: Number) -> bool:
    """Whether what a section measures is to be done: among tasks and objectives, and not in a year that nobody knows to be over."""
    if number.section not in ("tasks", "objectives", "safeguards") or number.holds("regulation"):
        return False
    context = number.context
    return context.header.year is not None or all(t.relation != "during" for t in context.times_in(context.sentence(number.at)[0], number.at))


def _level_of_subject(number: Number) -> bool:
    item = number.item
    return item.tail and item.verb_class == "level" and item.verb_start - item.left >= 2


FACTS: dict[str, Callable[[Number], bool]] = {
    "acting": _acting,
    "aims": lambda n: n.section == "objectives" or n.dated(n.at),
    "at-most": lambda n: n.quantity.comparator in ("<=", "<"),
    "bound-before": lambda n: n.quantity.number_start > n.at,
    "bounded": lambda n: n.quantity.comparator in (">=", ">", "~", "range", "<=", "<"),
    "capped": lambda n: n.item.tail and n.item.verb_class in ("level", "decrease"),
    "chosen": _chosen,
    "clause-dated": lambda n: n.dated(n.item.clause[1]),
    "counted": _counted,
    "created": lambda n: n.item.verb_class == "create",
    "dated": lambda n: n.dated(n.at),
    "dated-above": _dated_above,
    "frequent": _frequent,
    "each": lambda n: n.item.each,
    "front": lambda n: n.section == "front",
    "length-promised": _length_promised,
    "level-of-subject": _level_of_subject,
    "of-counted": _of_counted,
    "listed": lambda n: n.listed,
    "looks-ahead": lambda n: words("sentence.planned").search(n.context.text, n.context.sentence(n.at)[0], n.at) is not None,
    "made": _made,
    "raised": lambda n: n.item.tail and n.item.verb_class != "create",
    "reply": lambda n: "答复" in (n.context.header.title or ""),
    "rank": lambda n: n.quantity.kind == "rank",
    "regulation": lambda n: n.context.header.doc_type in ("条例", "办法", "细则", "规定", "规则"),
    "share-of-all": _share_of_all,
    "shortened": shortened,
    "to-come": _to_come,
    "verb": lambda n: n.item.verb_class is not None,
}
"""What rules ask about a number but for the words around it."""
