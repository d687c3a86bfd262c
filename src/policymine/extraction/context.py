"""What every extractor needs to know about a document, worked out once: sentences, clauses, names, times, numbers."""

from __future__ import annotations

import operator
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from policymine.lexicon.patterns import wordings
from policymine.models import Header, Quantity, Section, TimeExpression
from policymine.structure.text_tables import NO_TABLES, TextTables
from policymine.text.normalize import NormalizedText
from policymine.text.quantities import find_quantities
from policymine.text.times import find_times

_NAME = re.compile(r"《(?:[^《》\n]|《[^《》\n]*》){1,160}+》")
_QUOTED = re.compile(r"“[^“”\n]{1,40}”")
LONGEST_SENTENCE = 1000
"""Characters after which a sentence is cut where nothing ends it; policy documents have none of half that length."""
LONGEST_CLAUSE = 300
"""Characters of a clause on either side of what it is asked for."""
_CUT = re.compile(r"[。!?;\n]")
_MARK = re.compile(r"[,;。:!?\n()《》“”]")


def _start(found: TimeExpression | Quantity) -> int:
    return found.start


@dataclass(frozen=True, slots=True)
class Context:
    """One document as the extractors see it; all positions of the normalised text.

    Attributes:
        names: spans of 《…》. quoted: spans of “…”.
        stops: ends of sentences (behind 。！？ and line ends); cuts: ends of the parts that ； separates too.
        times, quantities: every one found in the prose, in whatever role; those in the cells of tables that are no prose
            are given by ``cell_times`` and ``cell_quantities``.
        tables: the tables of the document.
    """

    text: str
    normalized: NormalizedText
    header: Header
    sections: tuple[Section, ...]
    names: tuple[tuple[int, int], ...]
    quoted: tuple[tuple[int, int], ...]
    titles: tuple[tuple[int, int], ...]
    stops: list[int] = field(repr=False)
    cuts: list[int] = field(repr=False)
    lines: list[int] = field(repr=False)
    times: tuple[TimeExpression, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    tables: TextTables = NO_TABLES
    tabled_times: tuple[TimeExpression, ...] = ()
    tabled_quantities: tuple[Quantity, ...] = ()
    section_starts: tuple[int, ...] = ()

    def sentence(self, at: int) -> tuple[int, int]:
        """The sentence that holds a position: from behind the last 。 or line end to behind the next."""
        k = bisect_right(self.stops, at)
        return (self.stops[k - 1] if k else 0), (self.stops[k] if k < len(self.stops) else len(self.text))

    def part(self, at: int) -> tuple[int, int]:
        """The part of a sentence that ； closes (GUIDELINE's sentence of a goal)."""
        k = bisect_right(self.cuts, at)
        return (self.cuts[k - 1] if k else 0), (self.cuts[k] if k < len(self.cuts) else len(self.text))

    def times_in(self, start: int, end: int) -> Sequence[TimeExpression]:
        """The time expressions that begin between two offsets."""
        return self.times[bisect_left(self.times, start, key=_start) : bisect_left(self.times, end, key=_start)]

    def quantities_in(self, start: int, end: int) -> Sequence[Quantity]:
        """The quantities that begin between two offsets."""
        first = bisect_left(self.quantities, start, key=_start)
        return self.quantities[first : bisect_left(self.quantities, end, key=_start)]

    def cell_times(self, start: int, end: int) -> Sequence[TimeExpression]:
        """The time expressions in a cell that is no prose."""
        first = bisect_left(self.tabled_times, start, key=_start)
        return self.tabled_times[first : bisect_left(self.tabled_times, end, key=_start)]

    def cell_quantities(self, start: int, end: int) -> Sequence[Quantity]:
        """The quantities in a cell that is no prose."""
        first = bisect_left(self.tabled_quantities, start, key=_start)
        return self.tabled_quantities[first : bisect_left(self.tabled_quantities, end, key=_start)]

    def line(self, at: int) -> int:
        """The number of the paragraph that holds a position."""
        return bisect_right(self.lines, at) - 1

    def line_span(self, number: int) -> tuple[int, int]:
        """Start and end of a paragraph, without its line feed."""
        end = self.lines[number + 1] - 1 if number + 1 < len(self.lines) else len(self.text)
        return self.lines[number], end

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The clause around a span: between commas, colons and stops outside brackets and names."""
        text = self.text
        first, last = self.part(start)
        first, last = max(first, start - LONGEST_CLAUSE), min(last, end + LONGEST_CLAUSE)
        depth = 0
        for mark in reversed([*_MARK.finditer(text, first, start)]):
            c = mark.group()
            if c in ")》”":
                depth += 1
            elif c in "(《“":
                if depth == 0 and c == "(":
                    first = mark.end()
                    break
                depth = max(0, depth - 1)
            elif depth == 0 and c != "\n" and not self._ratio(mark.start()):
                first = mark.end()
                break
        depth = 0
        for mark in _MARK.finditer(text, end, last):
            c = mark.group()
            if c in "(《“":
                depth += 1
            elif c in ")》”":
                if depth == 0 and c == ")":
                    return first, mark.start()
                depth = max(0, depth - 1)
            elif depth == 0 and not self._ratio(mark.start()):
                return first, mark.start()
        return first, max(last, end)

    def _ratio(self, at: int) -> bool:
        """Whether a colon stands between the digits of a ratio (2.5:1)."""
        text = self.text
        return text[at] == ":" and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()

    def section(self, at: int) -> Section:
        """The innermost section that holds a position; a cell of a table of tasks is for what its column is for."""
        section = self.sections[bisect_right(self.section_starts, at) - 1]  # the first begins at 0
        kind = self.tables.kind(at) if self.tables.tables else None
        return replace(section, kind=kind) if kind in ("tasks", "objectives") else section

    def in_heading(self, at: int) -> bool:
        """Whether a position stands in the title of a heading."""
        section = self.section(at)
        return bool(section.heading) and at < section.body

    def in_name(self, start: int, end: int) -> bool:
        """Whether a span touches a 《name》 or the document's own title."""
        return touches(self.names, start, end) or touches(self.titles, start, end)


def _ends(marks: list[int], length: int) -> list[int]:
    """The ends that marks give, and in between where nothing ends for longer than any sentence is."""
    if max(map(operator.sub, [*marks, length], [0, *marks])) < LONGEST_SENTENCE:
        return marks
    ends: list[int] = []
    last = 0
    for end in [*marks, length + 1]:
        ends.extend(range(last + LONGEST_SENTENCE, end, LONGEST_SENTENCE))
        ends.append(end)
        last = end
    return ends[:-1]


def _measured(text: str, time: TimeExpression) -> bool:
    if time.relation == "within" and time.period and time.period.startswith("PT") and wordings("numbers")["length.speed"].search(text, max(0, time.start - 20), time.start):
        return True
    return time.relation == "within" and wordings("numbers")["length.measured"].search(text, max(0, time.start - 20), time.start) is not None


def touches(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a span touches one of the sorted, disjoint spans."""
    k = bisect_left(spans, (end, end)) - 1
    return k >= 0 and spans[k][1] > start


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap put into one."""
    out: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if out and a < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out


def merge_into(spans: list[tuple[int, int]], start: int, end: int) -> None:
    """Put one more span into spans that are in order and disjoint; what ``merged`` makes of all, without the others.

    >>> spans = [(0, 2), (4, 6), (8, 9)]
    >>> merge_into(spans, 5, 8)
    >>> spans
    [(0, 2), (4, 8), (8, 9)]
    """
    first = bisect_left(spans, (start,))
    if first and spans[first - 1][1] > start:
        first -= 1
    last = bisect_left(spans, (end,), lo=first)
    spans[first:last] = merged([*spans[first:last], (start, end)])


def read_context(
    text: NormalizedText, header: Header, sections: tuple[Section, ...], tables: TextTables = NO_TABLES
) -> Context:
    """Work out what the extractors share.

    Args:
        text: the normalised text.
        header: gives the year of writing and the spans of titles.
        sections: the outline.
        tables: tell which cells are prose.
    """
    t = text.text
    titles = tuple(sorted((text.norm_start(a), text.norm_start(b)) for a, b in header.title_spans))
    names = tuple(m.span() for m in _NAME.finditer(t))
    times = tuple(_of_term(x, f"{header.title}\n{t[:_HEAD]}") for x in find_times(t, header.year) if not _measured(t, x))
    spans = tuple((x.start, x.end) for x in times)
    quantities = tuple(q for q in find_quantities(t) if not touches(spans, q.number_start, q.end))
    marks = [m.end() for m in _CUT.finditer(t)]
    stops = _ends([end for end in marks if t[end - 1] != ";"], len(t))
    return Context(
        t,
        text,
        header,
        sections,
        names,
        tuple(m.span() for m in _QUOTED.finditer(t)),
        titles,
        stops,
        sorted({*stops, *_ends(marks, len(t))}),
        [0, *(end for end in marks if t[end - 1] == "\n")],
        tuple(x for x in times if not tables.closed(x.start)),
        tuple(q for q in quantities if not tables.closed(q.number_start)),
        tables,
        tuple(x for x in times if tables.closed(x.start)),
        tuple(q for q in quantities if tables.closed(q.number_start)),
        tuple(s.start for s in sections),
    )


_HEAD = 600
"""Characters at the head of a text in which a plan is named with its years."""
_TERM = re.compile(r"规划[^《》\n]{0,4}[(（](?:19|20)\d\d年?[-—–~至到]+(?P<last>(?:19|20)\d\d)年?[)）]|(?:19|20)\d\d年?[-—–~至到]+(?P<end>(?:19|20)\d\d)年[^《》\n]{2,30}规划")


def _of_term(time: TimeExpression, head: str) -> TimeExpression:
    """到规划期末 with the last of the years of the plan that the title or the opening names: 规划(2004—2020年)."""
    if time.rule != "time.term-end" or not (term := _TERM.search(head)):
        return time
    return replace(time, end_date=term["last"] or term["end"])
