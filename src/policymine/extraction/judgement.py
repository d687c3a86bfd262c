"""Which numbers are promised: where a number stands is asked first, then two lists of rules decide, and say why.

The rules (``data/rules/judgement.toml``) look for wordings of the past, of subsidies and of conditions around a number, and ask for
the verb that governs it (培育, 达到, 提高), the list it hangs in and the kind of its section (``standing``).
"""

from __future__ import annotations

from policymine.extraction.context import Context, touches
from policymine.extraction.deciding import decided, deciding, marked
from policymine.extraction.items import Item
from policymine.extraction.standing import LONGEST_PARAGRAPH, Number, part_of, shortened, words
from policymine.models import TimeExpression


def why_not(context: Context, item: Item, listed: bool) -> tuple[str, str] | None:
    """The reason why a number is not promised and the rule that says so; None where it is promised.

    Args:
        context: the document.
        item: the number in its clause.
        listed: whether the number goes on a list whose last number was promised.
    """
    quantity = item.quantity
    if context.in_name(quantity.start, quantity.end):
        return "name", "target.name"
    if touches(context.quoted, quantity.start, quantity.end):
        return "name", "target.quoted"
    if context.in_heading(quantity.start) and not (context.text[quantity.number_start].isdigit() and _all_that_is_said(context, quantity.start)):
        return "label", "target.heading"
    number = Number(context, item, listed)
    if number.section == "background":
        return "past", "target.background"
    if _assessed(number):
        return "condition", "target.assessment"
    if number.section in ("conditions", "subsidy") and not _funded(number) and not _bounds_grants(number) and not _own_promise(number) and not shortened(number):
        rule = decided(deciding("judgement", "reject", quantity.kind), number, number.holds, quantity.unit)
        if rule and rule.reason == "subsidy" and quantity.kind in ("money", "percent") and quantity.comparator not in (">=", ">"):
            return rule.reason, rule.id
        return "condition", f"target.{number.section}-section"
    if _past_time(context, quantity.start if item.origin is None else item.origin):
        return "past", "target.past-year"
    if quantity.kind == "money" and _funded(number):
        return None
    for group in ("reject", "promised"):
        if rule := decided(deciding("judgement", group, quantity.kind), number, number.holds, quantity.unit):
            return (rule.reason, rule.id) if rule.reason else None
    return "existing", "target.no-verb"


def _all_that_is_said(context: Context, at: int) -> bool:
    """Whether the title of a heading promises itself: nothing but who is in charge, or when, stands below it."""
    section = context.section(at)
    if context.text[section.heading_end : section.heading_end + 1] == "。" and context.text[section.heading_end + 1 : section.heading_end + 2] not in ("\n", ""):
        return True  # 2.新建幼儿园100所。保持…: a sentence that opens its item
    below = context.sections[section.index + 1].start if section.index + 1 < len(context.sections) else section.end
    alone = below >= section.end and section.kind in ("tasks", "objectives")
    return alone and words("heading.only-duties").fullmatch(context.text[section.body : section.end]) is not None


def cues(context: Context, item: Item) -> list[tuple[str, str, str]]:
    """Every wording that speaks against a number being promised, whether or not it decided.

    Args:
        context: the document.
        item: the number in its clause.

    Returns:
        Rule, reason and the words that the rule matched, in the order in which the rules are asked.
    """
    number = Number(context, item, False)
    number["part"] = number["grant"] = part_of(number)
    found = []
    for rule in deciding("judgement", "reject", item.quantity.kind):
        if not all(map(number.holds, rule.when)):
            continue
        if match := rule.regex.search(number[rule.where]):
            found.append((rule.id, str(rule.reason), match.group()))
    return found


def _assessed(number: Number) -> bool:
    """Whether the paragraph states above the number what a funded project is measured by."""
    text, at = number.context.text, number.at
    begin = max(number.context.line_span(number.context.line(at))[0], at - LONGEST_PARAGRAPH)
    return text.find("考核指标", begin, at) >= 0 and words("paragraph.assessed").search(text, begin, at) is not None


def _funded(number: Number) -> bool:
    """Whether a clause sets up a fund or a budget line, or says how large the one is that its sentence sets up."""
    set_up, first = words("fund.set-up"), number.item.clause[0]
    if words("fund.paid").search(number["to-number"]):
        return False
    if set_up.search(number["clause"]):
        return True
    sized = number.quantity.kind == "money" and words("fund.size").search(number["clause"])
    return bool(sized) and set_up.search(number.context.text, number.context.part(number.at)[0], first) is not None


def _bounds_grants(number: Number) -> bool:
    """Whether a share binds the giver: the part of what is given out as a whole that goes to some."""
    if number.quantity.kind != "percent" or number.section == "conditions" and not words("share.given-out").search(number["clause"]):
        return False
    return bool(words("share.of-grants").search(number.context.text[number.item.left : number.at]))


def _own_promise(number: Number) -> bool:
    """In a section about grants, a clause that says what the giver will have (每年遴选30个标杆项目) still promises."""
    item, verb, money = number.item, number.item.verb_class, number.quantity.kind == "money"
    if number.section != "subsidy" or money and not number.listed and verb != "new":
        return False
    dated = any(t.relation == "by" for t in number.context.times_in(item.clause[0], number.at))
    of_its_own = verb in ("create", "new") and (number["clause"].startswith("每年") or dated or verb == "new" and money)
    if words("grant.told").search(number["clause"] if of_its_own else part_of(number)):
        return False
    if verb in ("create", "new") or number.listed and verb is None:
        return True
    named = max(item.verb_start - item.left, item.head[1] - item.head[0]) >= 4
    return verb == "level" and (item.tail or dated) and named and number.quantity.kind in ("count", "percent")


def _past_time(context: Context, at: int) -> bool:
    """Whether the last time expression before a number, in its sentence, names a year gone by."""
    year = context.header.year
    last = None
    for time in context.times_in(context.sentence(at)[0], at):
        if time.relation in ("by", "during", "on") and time.end_date and not _measured_by(context.text, time) and not context.in_name(time.start, time.end):
            last = time
    return last is not None and year is not None and int((last.end_date or "0")[:4]) < year


def _measured_by(text: str, time: TimeExpression) -> bool:
    return words("year.measured-by").search(marked(text, (time.start, time.end), time.start - 2, time.end + 40)) is not None
