"""Which deadline governs a promise: its clause, its sentence, its paragraph, a lead-in line, a heading."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import islice

from policymine.extraction.context import LONGEST_CLAUSE, Context
from policymine.extraction.deadlines import NOTHING, Governing
from policymine.lexicon.patterns import wordings
from policymine.models import Deadline, Section

# A paragraph opener without a marker: a short sentence that states an outcome.
_OPENER = re.compile(r"[^,;。:\d\n]{6,24}。[^\n]")
_MOST = 100
"""Lead-ins, or paragraphs below one, that are looked at."""
_LABELS = 120
"""Characters below an item in which a line with its label may stand."""
_BULLETS = ("dash", "bullet", "arabic_paren", "circled")


def _words(rule: str) -> re.Pattern[str]:
    return wordings("inheritance")[rule]


class Inheritance:
    """Answers which deadline governs a position; built once a document.

    Only expressions that state an end govern (到2020年, “十四五”期间): 每年 and 自2019年起 do not. The nearest one
    counts: earlier in the clause or sentence, then an earlier sentence of the paragraph, then a lead-in
    (到2015年，具体目标：) until the next heading of its level, then the heading.
    """

    def __init__(self, context: Context, deadlines: list[Deadline]) -> None:
        self._context = context
        self._dated = [(d.expression.start, i) for i, d in enumerate(deadlines) if _value(d) and not context.tables.closed(d.expression.start)]
        self._starts = [s for s, _ in self._dated]
        self._deadlines = deadlines
        self._lengths = sorted(d.expression.start for d in deadlines if d.expression.relation == "within")
        self._headed = any(context.in_heading(s) for s in self._starts)
        self._lead_ins = self._find_lead_ins()

    def governing(self, start: int, end: int) -> Governing:
        """The deadline that governs the words from ``start`` to ``end``."""
        context = self._context
        line_start, _ = context.line_span(context.line(start))
        first, last = context.sentence(start)
        k = bisect_left(self._starts, end) - 1
        if k >= 0 and self._starts[k] >= max(first, line_start):
            if self._starts[k] >= context.clause(start, end)[0]:
                return self._made(k, "clause")
            if self._closes_clause(k + 1, start, end):
                return self._made(k + 1, "clause")
            opening = k if self._starts[k] >= context.part(start)[0] and not self._alone(k, line_start) else self._opening(k, max(first, line_start), first)
            if opening >= 0:
                after = self._deadlines[self._dated[opening][1]].expression.end + 1
                return self._made(opening, "sentence" if context.text.find(",", after, start) >= 0 else "clause")
        behind = k + 1
        near = behind < len(self._starts) and self._starts[behind] < end + LONGEST_CLAUSE
        if near and self._starts[behind] < context.clause(start, end)[1]:
            return self._made(behind, "clause")
        section = context.section(start)
        if (stated := self._stated_behind(end, last, section)) is not None:
            return self._made(stated, "sentence" if self._starts[stated] < last else "paragraph")
        begin = max(line_start, section.start)
        k = self._opening(bisect_left(self._starts, end) - 1, begin, first)
        if k >= 0:
            if self._followed(self._starts[k], start):
                return NOTHING
            return self._made(k, "heading" if context.in_heading(self._starts[k]) else "paragraph")
        above = bisect_right(self._lead_ins, start, key=lambda lead_in: lead_in[0])
        for _, end_at, lead in reversed(self._lead_ins[max(0, above - _MOST) : above]):
            if start < end_at:
                return self._made(lead, "lead-in")
        return self._from_heading(section)

    def _closes_clause(self, k: int, start: int, end: int) -> bool:
        """Whether the ``k``-th date stands behind some words of its clause and says when they are done."""
        if k >= len(self._starts) or not end <= self._starts[k] < self._context.clause(start, end)[1]:
            return False
        time = self._deadlines[self._dated[k][1]].expression
        return _words("date.of-its-clause").match(self._context.text, time.end) is not None

    def _opening(self, k: int, begin: int, sentence: int) -> int:
        """The last date from ``begin`` to the ``k``-th that opens its clause; -1 if none.

        One that stands behind what it dates (渔港监控覆盖率2015年达到40%) bounds nothing that follows.
        """
        stage = -1
        while k >= 0 and self._starts[k] >= begin:
            at = self._starts[k]
            if self._deadlines[self._dated[k][1]].expression.relation == "on":
                k -= 1
                continue
            first = max(0, begin - 1, at - 40)  # with the character that the clause begins behind
            text, end = self._context.text, self._deadlines[self._dated[k][1]].expression.end
            if at < sentence and text[at - 1] in "、,;" and _words("date.of-a-stage").match(text, end):
                stage = max(stage, k)
            elif not self._alone(k, first) and _words("date.opens-clause").search(text, first, at):
                return stage if stage > k and self._context.sentence(at) == self._context.sentence(self._starts[stage]) else k
            k -= 1
        return -1

    def _alone(self, k: int, first: int) -> bool:
        """Whether a date is that of a part, or of what is done by then, and of nothing behind it."""
        text, time = self._context.text, self._deadlines[self._dated[k][1]].expression
        return _words("date.of-a-part").search(text, max(first, time.start - 4), time.start) is not None or _words("date.done-by-then").match(text, time.end) is not None

    def _followed(self, date: int, at: int) -> bool:
        """Whether a later sentence goes on with a length (再经过3—5年的时间…): what it says is not due at the earlier date."""
        first = bisect_right(self._lengths, date)
        return any(_words("sentence.goes-on").search(self._context.text, max(date, length - 16), length) is not None for length in self._lengths[first : bisect_left(self._lengths, at)])

    def paired(self, start: int, count: int) -> list[Governing] | None:
        """The deadlines of ``count`` numbers that 分别 gives to as many dates: 到2028年、2030年，…分别达到85%和95%.

        Args:
            start: where the first number begins.
            count: how many numbers there are.
        """
        text, last = self._context.text, bisect_left(self._starts, start)
        first = last - count
        if first < 0 or self._starts[first] < self._context.sentence(start)[0]:
            return None
        times = [self._deadlines[self._dated[k][1]].expression for k in range(first, last)]
        joined = all(text[a.end : b.start] in ("、", "和", "及", "与") for a, b in zip(times, times[1:], strict=False))
        if not joined or "分别" not in text[times[-1].end : start]:
            return None
        return [self._made(k, "clause") for k in range(first, last)]

    def begins(self, governing: Governing) -> int:
        """Where the expression begins that says a deadline; -1 where none does."""
        return -1 if governing.index is None else self._deadlines[governing.index].expression.start

    def may_govern(self, end: int, section: Section) -> bool:
        """Whether any deadline can govern what ends at ``end``: a cheap test before the exact answer."""
        if self._lead_ins or self._headed or self._lengths:
            return True
        first, _ = self._context.line_span(self._context.line(end - 1))
        k = bisect_left(self._starts, end)
        return k > 0 and self._starts[k - 1] >= first

    def has_length(self, start: int, end: int) -> bool:
        """Whether a length of time that is given to the policy (三年内, 用3年时间) stands between two offsets."""
        k = bisect_left(self._lengths, start)
        return k < len(self._lengths) and self._lengths[k] < end

    def _made(self, k: int, origin: str) -> Governing:
        index = self._dated[k][1]
        return Governing(_value(self._deadlines[index]), origin, index)

    def _stated_behind(self, at: int, sentence_end: int, section: Section) -> int | None:
        """The date that an item ends with: …，10月底前完成。 or （市渔业局牵头，6月底前完成）, 完成时限：2024年6月."""
        text = self._context.text
        _, stop = self._context.line_span(self._context.line(at))
        for k in range(bisect_left(self._starts, at), len(self._starts)):
            time = self._deadlines[self._dated[k][1]].expression
            if time.start >= stop and time.start >= min(section.end, stop + _LABELS):
                return None
            labelled = _words("item.labelled").search(text, max(0, time.start - 12), time.start) is not None
            if time.start >= stop and not labelled:
                return None
            if time.relation == "on":
                continue
            own = text[time.start - 1] in ",;(:、" or _words("item.date-leads").search(text, max(0, time.start - 6), time.start)
            if labelled or own and _words("item.completed").match(text, time.end) and (time.end < sentence_end or _bracketed(text, time.start, stop)):
                return k
        return None

    def _from_heading(self, section: Section) -> Governing:
        sections = self._context.sections
        current: Section | None = section
        while current is not None:
            if current.heading:
                k = bisect_right(self._starts, current.start - 1)
                if k < len(self._starts) and self._starts[k] < current.body:
                    return self._made(k, "heading")
            current = sections[current.parent] if current.parent is not None else None
        return NOTHING

    def _find_lead_ins(self) -> list[tuple[int, int, int]]:
        """Spans that a dated line governs: one that ends with a colon, or closes directly above its bullets."""
        context, found = self._context, []
        text = context.text
        seen: set[int] = set()
        for k in range(len(self._dated) - 1, -1, -1):
            line = context.line(self._starts[k])
            if line in seen:
                continue
            seen.add(line)
            _, end = context.line_span(line)
            if self._followed(self._starts[k], end):
                continue
            section = context.section(self._starts[k])
            if end + 1 >= len(text):
                continue
            following = context.section(end + 1)
            if section.family in _BULLETS and section.parent is not None and following.family == section.family and section.start < context.line_span(line)[0]:
                section = context.sections[section.parent]  # 第二步，到2025年…。 stands below the bullets of the first step
            bullets = following.start == end + 1 and following.level > section.level
            if bullets and following.family not in _BULLETS:
                bullets = self._alone_in(section, end) and _words("line.of-the-whole").search(text, context.line_span(line)[0], end) is not None
            if text[end - 1 : end] == ":" or bullets and (following.family in ("dash", "bullet") or section.kind == "objectives"):
                found.append((end + 1, self._until(end + 1, section), k))
            elif section.kind in ("objectives", "guidance") and (last := self._openers(line, section)):
                found.append((end + 1, last, k))
        return sorted(found)

    def _alone_in(self, section: Section, end: int) -> bool:
        """Whether a section states one date before an offset, and no day."""
        first = bisect_left(self._starts, section.start)
        return bisect_left(self._starts, end) == first + 1 and self._deadlines[self._dated[first][1]].expression.relation != "on"

    def _openers(self, line: int, section: Section) -> int:
        """The end of the unmarked paragraphs below a dated one that open with a short outcome (…显著提升。); 0 if none."""
        context, last = self._context, 0
        for _ in range(min(_MOST, len(context.lines) - line - 1)):
            line += 1
            start, end = context.line_span(line)
            if context.section(start).index != section.index or not _OPENER.match(context.text, start, end):
                break
            last = end
        return last

    def _until(self, at: int, section: Section) -> int:
        """The next heading of the level of the section that the lead-in stands in, or above."""
        level = max(section.level, 1)
        for other in islice(self._context.sections, section.index + 1, None):
            if other.start >= at and other.level <= level:
                return other.start
        return len(self._context.text)


def _bracketed(text: str, at: int, end: int) -> bool:
    """Whether a position stands in brackets that close the line."""
    close = text.find(")", at, end)
    return close >= 0 and text.rfind("(", 0, at) > text.rfind(")", 0, at) and close + 2 >= end


def _value(deadline: Deadline) -> str | None:
    expression = deadline.expression
    return expression.end_date if expression.relation in ("by", "during", "on") else None
