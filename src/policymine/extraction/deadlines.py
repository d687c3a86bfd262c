"""Decide which time expressions are deadlines, and which of them governs a promise.

Not deadlines: dates of signing, publication, meetings and earlier documents, periods in names and titles,
history, the age of things (GUIDELINE, layer deadline). The wordings are in ``data/rules/deadlines.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from policymine.extraction.context import Context
from policymine.extraction.deciding import decided, deciding, marked
from policymine.lexicon.patterns import wordings
from policymine.models import Deadline, Header, Rejected, TimeExpression
from policymine.text.calendar import first_day, last_day, month_end

_BEFORE, _BEHIND = 14, 100
"""Characters around a time that rules see."""
_OF_THIS_YEAR = frozenset({"time.part-of-this-year", "time.month-of-this-year", "time.length-of-acts", "time.length-total"})
_BACKWARD = frozenset({"time.every", "time.every-some", "time.every-before", "time.cycle"})


_YEAR = "time.bare-year"


def _words(rule: str) -> re.Pattern[str]:
    return wordings("deadlines")[rule]


@dataclass(frozen=True, slots=True)
class Governing:
    """The deadline that governs a promise: its date as stated, where it was found, and its index."""

    value: str | None
    origin: str | None
    index: int | None


NOTHING = Governing(None, None, None)


def find_deadlines(context: Context) -> tuple[list[Deadline], list[Rejected]]:
    """The time expressions that say when something in the policy must be, begins, lasts or recurs.

    Args:
        context: the document; its year of writing tells past from future where it is known.

    Returns:
        Deadlines in order, and the expressions that are none with the reason (name, signature, past, history,
        attribute, age).
    """
    kept: list[Deadline] = []
    rejected: list[Rejected] = []
    for expression in context.times:
        reason = why_not(expression, context)
        if reason:
            rejected.append(Rejected("deadline", expression.start, expression.end, reason, expression.rule))
            continue
        expression = _as_promise(expression, context)
        section = context.section(expression.start).index
        earliest, latest, origin = due(expression, context.header.date_issued)
        kept.append(Deadline(expression, section, earliest, latest, origin))
    return kept, rejected


def _as_promise(time: TimeExpression, context: Context) -> TimeExpression:
    """2020年,质量水平大幅提升 in a section of objectives says by when, not during which year it happens."""
    said = _around(time, context.text)
    if time.relation in ("during", "on") and _words("time.limit").search(said):
        return replace(time, relation="by", start_date=None)
    if time.rule != _YEAR or context.section(time.start).kind != "objectives":
        return time
    if not context.text.startswith(",", time.end) or _words("year.of-acts").search(said) or _staged(time, context):
        return time
    return replace(time, relation="by", start_date=None)


def _staged(time: TimeExpression, context: Context) -> bool:
    """2018年,…。2019年,…。: one year after the other, each is the year of its own stage."""
    text = context.text
    years = (t for t in context.times_in(time.start - _STAGES, time.start + _STAGES) if t.rule == _YEAR)

    def opens(t: TimeExpression) -> bool:
        return text[t.start - 1 : t.start] in ("。", ";", "\n", "-", ".") or text[t.start - 1] in ")、" and context.section(t.start).start >= t.start - 6

    return any(t.end_date != time.end_date and text.startswith(",", t.end) and opens(t) for t in years)


_STAGES = 800
"""Characters on either side in which years that open sentences or items are looked for."""


def why_not(time: TimeExpression, context: Context) -> str | None:
    """The reason why a time expression is no deadline; None where it is one."""
    text = context.text
    if context.in_name(max(time.start, time.end - 2), time.end):  # 自《…办法》发布之日起 only holds a name
        return "name"
    first, last = context.line_span(context.line(time.start))
    if last - first <= 60 and _words("line.signed").match(text[first:last]) and not _words("line.due").search(text[first:last]):
        return "signature"
    if time.start > 0 and text[time.start - 1] in "〔[" or text[time.end : time.end + 1] in ("〕", "]"):
        return "name"
    if context.in_heading(time.start) and time.relation != "by" and not _of_heading(time, text):
        return "label"
    section, said = context.section(time.start), _around(time, text)
    if section.kind == "background" or _words("time.what-it-is").search(said):
        return "history"
    if time.rule in _OF_THIS_YEAR and (section.kind == "front" and time.relation == "within" or _tells(time, context)):
        return "past"
    group = "lengths" if time.relation == "within" else "recurring" if time.rule in _BACKWARD else "dates"
    if group == "dates" and _gone(time, context.header) and not (context.in_heading(time.start) and _bracketed(time, text)):
        return "past"
    rule = decided(deciding("deadlines", group, time.rule), {"around": said}, lambda fact: FACTS[fact](time, context))
    return rule.reason if rule else None


def _around(time: TimeExpression, text: str) -> str:
    return marked(text, (time.start, time.end), time.start - _BEFORE, time.end + _BEHIND)


def _of_heading(time: TimeExpression, text: str) -> bool:
    """近期目标(2021—2025年), 启动阶段(2024年3月): the brackets say when what stands below is due; 2010年主要目标: the heading does."""
    if time.rule in (_YEAR, "time.plan-period") and _words("year.of-what-is-below").match(text, time.end):
        # The columns of a table say when, not its title.
        return not _words("title.of-table").search(text[text.rfind("\n", 0, time.start) + 1 : time.start])
    return time.relation in ("during", "from") and _bracketed(time, text)


def _bracketed(time: TimeExpression, text: str) -> bool:
    return text[time.start - 1] == "(" and text.startswith(")", time.end)


def _tells(time: TimeExpression, context: Context) -> bool:
    """Whether the sentence up to the clause of a time tells what was: another year that is over, or a word of the past."""
    first, last = context.sentence(time.start)[0], context.clause(time.start, time.end)[1]
    year = context.header.year
    over = any(t.end_date and year and int(t.end_date[:4]) < year for t in context.times_in(first, time.start))
    return over or _words("sentence.told").search(context.text, first, last) is not None


def _year(time: TimeExpression) -> int | None:
    stated = time.end_date or time.start_date
    return int(stated[:4]) if stated else None


def _signed(header: Header) -> str:
    """The day of signing where it is known to the day."""
    return header.date_issued if header.date_issued and len(header.date_issued) == 10 else ""


def _gone(time: TimeExpression, header: Header) -> bool:
    """Whether a date was over when the document was written."""
    stated, signed = _year(time), _signed(header)
    if stated is not None and header.year is not None and stated < header.year:
        return True
    return bool(signed and time.end_date) and (last_day(time.end_date) or signed) < signed


def _not_to_come(time: TimeExpression, context: Context) -> bool:
    """Whether a date is none after signing, nor in a later year; what a date begins is always to come."""
    stated, year, signed = time.end_date or time.start_date, context.header.year, _signed(context.header)
    later = bool(signed) and stated is not None and (last_day(stated) or "") > signed
    return time.relation != "from" and not later and (year is None or stated is None or int(stated[:4]) <= year)


def _ahead(time: TimeExpression, context: Context) -> bool:
    """Whether a day is after that of the document, whose year is known."""
    stated, header = time.end_date or time.start_date, context.header
    return header.year is not None and stated is not None and stated > (header.date_issued or f"{header.year}")


def _this_year_or_later(time: TimeExpression, context: Context) -> bool:
    stated, year = _year(time), context.header.year
    return year is not None and stated is not None and stated >= year


def _opens_section(time: TimeExpression, context: Context) -> bool:
    body = context.section(time.start).body
    return body <= time.start and not context.text[body : time.start].strip()


FACTS: dict[str, Callable[[TimeExpression, Context], bool]] = {
    "ahead": _ahead,
    "conditions": lambda time, context: context.section(time.start).kind == "conditions",
    "in-heading": lambda time, context: context.in_heading(time.start),
    "not-to-come": _not_to_come,
    "opens-section": _opens_section,
    "own-length": lambda time, context: time.rule in ("time.length-of-acts", "time.length-total"),
    "this-year-or-later": _this_year_or_later,
}
"""What the rules ask about a time but for its words."""


def counts_from_signing(words: str) -> bool:
    """Whether a length counts from the day on which the document was issued.

    >>> counts_from_signing("自印发之日起30日内"), counts_from_signing("自受理之日起5个工作日内")
    (True, False)
    """
    return _words("counted.from-signing").search(words) is not None


def due(time: TimeExpression, issued: str | None) -> tuple[str | None, str | None, str | None]:
    """Earliest and latest day, worked out; relative lengths count from the signing date where the text says so."""
    if time.relation == "within":
        counted = re.fullmatch(r"P(\d+)([DWMY])", time.period or "")
        if not counted or not issued or not counts_from_signing(time.text):
            return None, None, None
        begin = date.fromisoformat(issued)
        try:
            return issued, _later(begin, int(counted[1]), counted[2]), "date_issued"
        except (ValueError, OverflowError):  # 自印发之日起9999年内
            return None, None, None
    return first_day(time.start_date), last_day(time.end_date), None


def _later(begin: date, count: int, unit: str) -> str:
    if unit in "DW":
        return (begin + timedelta(days=count * (7 if unit == "W" else 1))).isoformat()
    months = begin.month - 1 + count * (12 if unit == "Y" else 1)
    year, month = begin.year + months // 12, months % 12 + 1
    return date(year, month, min(begin.day, month_end(year, month))).isoformat()
