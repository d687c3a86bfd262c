"""The normalised text and its way back to the document text.

One place fixes the order of the steps: 1 characters (``characters.tsv``, in traditional script also
``traditional.tsv``, one for one; a full stop of another keyboard); 2 residue lines left out; 3 blanks: left out between Chinese characters and inside
numbers, kept between Latin words; 4 line breaks: joined inside a sentence, kept between paragraphs, put in where a
website merged paragraphs; 5 straight quotes turned into opening and closing ones. What the file itself says
(``Layout``) goes before what the characters suggest: running heads are residue, a cell of a table is a paragraph of its
own, known paragraphs begin where they begin. What is left is cut out of the document text piece by piece, so the offset
map is carried by construction: no step searches for anything afterwards.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from policymine.lexicon.recurring import remembered
from policymine.models import Layout
from policymine.text.characters import fold_characters, pair_quotes
from policymine.text.lone_numbers import lone_numbers
from policymine.text.markers import marker_at
from policymine.text.residue import is_residue
from policymine.text.script import is_traditional, simplify

_BLANK = re.compile(r"[ \x00]+")
_BLANKS = re.compile(r"\s")
_LATIN = re.compile(r"[A-Za-z0-9]")
_SENTENCE_END = "。!?;:"
_OPEN_END = ",、(“《〔-+"
_CLOSE_START = ",、。;:)”》〕%!?"
FULL_LINE = 36
"""Columns (a Chinese character has two) from which a line can be one that was broken at the page width."""
WIDEST_PAGE = 140
_SHORTEST_BROKEN = 20
_ALIKE = 6
_UNIT_AHEAD = re.compile("[年月日时分万亿千百个项户件处座亩吨元米辆%]|公[里斤顷]|平方|台(?!账)|家(?!庭)|人(?![民员才力事])|条(?![件例])|名(?![称单])")
_NUMBER_BEHIND = re.compile(r"(?<![\d.-])\d{1,6}(?:\.\d+)?$")
LONGEST_PARAGRAPH = 50_000
"""Characters after which a paragraph ends in any case, so that no step slows down with the length of a line."""


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """Normalised text whose paragraphs are its lines, and the way back.

    Attributes:
        raw: the document text.
        folded: ``raw`` with its characters folded, of the same length (the header is read from it).
        text: the normalised text; paragraphs end with a line feed, blanks inside them are gone.
        residue: document-text spans of the lines left out.
        layout: what the reader knows of the document text.
    """

    raw: str
    folded: str
    text: str
    residue: tuple[tuple[int, int], ...]
    layout: Layout
    _starts: list[int] = field(repr=False)
    _sources: list[int] = field(repr=False)

    def raw_start(self, at: int) -> int:
        """The document-text offset of the normalised character at ``at``."""
        if not self._starts:
            return 0
        k = bisect_right(self._starts, at) - 1
        return min(self._sources[k] + at - self._starts[k], len(self.raw))

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The document-text span of a normalised span: from its first to behind its last character."""
        if end <= start or not self._starts:
            first = self.raw_start(start)
            return first, first
        starts, sources, size = self._starts, self._sources, len(self.raw)
        k = bisect_right(starts, start) - 1
        first = sources[k] + start - starts[k]
        k = bisect_left(starts, end, k + 1) - 1
        last = sources[k] + end - starts[k]
        return first if first < size else size, last if last < size else size

    def norm_start(self, raw_at: int) -> int:
        """The first normalised offset whose character stands at or behind ``raw_at`` of the document text."""
        k = bisect_right(self._sources, raw_at) - 1
        if k < 0:
            return 0
        end = self._starts[k + 1] if k + 1 < len(self._starts) else len(self.text)
        return min(self._starts[k] + raw_at - self._sources[k], end)

    def quote(self, start: int, end: int) -> str:
        """The words as written, without the blanks, line breaks and residue that normalisation left out."""
        first, last = self.raw_span(start, end)
        if last - first == end - start and not _BLANKS.search(self.text, start, end):
            return self.raw[first:last]  # nothing was left out
        k = bisect_right(self.residue, (first, len(self.raw)))
        words = []
        while k < len(self.residue) and self.residue[k][1] <= last:  # a page number inside a sentence
            words.append(self.raw[first : self.residue[k][0]])
            first = self.residue[k][1]
            k += 1
        return _WRITTEN.sub("", "".join((*words, self.raw[first:last])))


# A decimal heading number at the head of a line: 1　总则, 1.2.1　国家级.
_DECIMAL = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){1,3}|\d{1,2}(?=[ \x00]+[\u4e00-\u9fff]{2,16}(?![\u4e00-\u9fff,。;:、(])))[ \x00]++(?!(?:[万亿千百个年月元号位件]|家(?!庭|政|具|电)|项(?!目)|日(?!常)|名(?!称|录|单)|人(?!工|才|员|民|口|力|事|文)|条(?!件|例)|次(?!生)|天(?!然)|种(?![植养业])|类(?!别)))[\u4e00-\u9fff]"
)
# A full stop of another keyboard ends a Chinese sentence as 。 does; one behind a numeral (十二.总则, (一).总则, 第三.) opens an item.
_ASCII_STOP = re.compile(
    r"\.(?<=[\u4e00-\u9fff)”》%][\u4e00-\u9fff)”》%]\.)(?<![一二三四五六七八九十][一二三四五六七八九十]\.)(?<!第[一二三四五六七八九十]\.)(?<!\([一二三四五六七八九十]\)\.)"
    r"(?=[ \x00]*(?:[\u4e00-\u9fff“《(]|\n|$))"
)
_WRITTEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")


def normalize(raw: str, layout: Layout = Layout()) -> NormalizedText:  # noqa: B008 (frozen)
    """Normalise a document text (see the module's docstring for the steps).

    Args:
        raw: the document text.
        layout: what the reader knows of it.

    >>> n = normalize("到２０２０年，\\n新建３　万亩。")
    >>> n.text
    '到2020年,新建3万亩。\\n'
    >>> n.raw_span(n.text.index("3万亩"), n.text.index("。"))
    (10, 14)
    """
    folded = _ASCII_STOP.sub("。", fold_characters(simplify(raw) if is_traditional(raw) else raw))
    parts: list[str] = []
    sources: list[int] = []
    residue: list[tuple[int, int]] = []
    lines = _lines(folded, layout, residue)
    for i, line in enumerate(lines):
        behind = "\n"
        if line.soft:
            behind = " " if i + 1 < len(lines) and (line.number or _both_latin(folded, line, lines[i + 1])) else ""
        at = line.start
        if line.blanks:
            at = _cut_at_blanks(folded, raw, line, parts, sources)
        parts.append(folded[at : line.stop] + behind)
        sources.append(at)
    starts = [*accumulate(map(len, parts), initial=0)][:-1]
    return NormalizedText(raw, folded, pair_quotes("".join(parts)), tuple(residue), layout, starts, sources)


_OPENS = re.compile(r"(?:到|至)20\d\d年[^,。;]{0,4},")
"""A promise opens its paragraph, also where the one above it lost its 。."""


@dataclass(slots=True)
class _Line:
    """A line with text; ``width`` counts columns (a Chinese character has two), ``length`` characters.

    ``blanks`` tells whether any may stand in it, ``cell`` is the number of the table cell that holds it (-1: none), ``opens`` tells whether a paragraph begins
    with it (None: the file does not say), ``number`` that the line is the number of the title below it.
    """

    start: int
    stop: int
    width: int
    length: int
    indented: bool
    gap: bool
    blanks: bool
    cell: int = -1
    opens: bool | None = None
    number: bool = False
    soft: bool = False


def _lines(folded: str, layout: Layout, residue: list[tuple[int, int]]) -> list[_Line]:
    """The lines that hold text, blanks stripped, residue left out, each told whether its break is soft."""
    lines: list[_Line] = []
    gap = False
    known = frozenset(layout.paragraphs)
    for start, whole, cell in _stretches(folded, layout):
        indent, stripped, columns, residual, blanks = _look(whole)
        if not stripped:
            gap = gap or bool(lines)
            continue
        first = start + indent
        stop = first + len(stripped)
        if layout.furniture and _within(layout.furniture, first, stop):
            residue.append((first, stop))
            gap = False
            continue
        if cell < 0 and (residual or len(stripped) <= 3 and _bare_page_number(stripped, lines, folded)):
            residue.append((first, stop))
            gap = not _is_page_number(stripped)
            continue
        opens = (start in known or first in known) if known else None
        cut = len(stripped) > LONGEST_PARAGRAPH or blanks and _GLUED_HEADING.search(folded, first, stop)
        for part_start, part_stop in _parts(folded, first, stop) if cut else ((first, stop),):
            length = part_stop - part_start
            width = columns if length == len(stripped) else _columns(folded[part_start:part_stop])
            lines.append(_Line(part_start, part_stop, width, length, indent >= 2, gap, blanks, cell, opens))
            gap = False
    if sum(line.gap for line in lines) * 5 > len(lines) * 4:  # blank lines everywhere separate nothing
        for line in lines:
            line.gap = False
    for i in lone_numbers([folded[line.start : line.stop] for line in lines]):
        lines[i].number = True
    joined, sizes = 0, ([line.width for line in lines], [line.length for line in lines])
    for i in range(len(lines) - 1):
        line, following = lines[i], lines[i + 1]
        opens_here = i == 0 or not lines[i - 1].soft
        joined = line.length + (0 if opens_here else joined)
        if line.cell != following.cell or joined >= LONGEST_PARAGRAPH:
            line.soft = False
        elif line.number or following.number:
            line.soft = line.number
        elif following.opens is not None:
            line.soft = not following.opens
        else:
            line.soft = _is_soft(folded, lines, i, opens_here, sizes)
    return lines


@remembered
def _look(line: str) -> tuple[int, str, int, bool, bool]:
    """How many blanks a line begins with, its words, how many columns they take, whether they are residue, and whether blanks stand in them."""
    words = line.strip(" \x00")
    blanks = " " in words or "\x00" in words
    return len(line) - len(line.lstrip(" \x00")), words, _columns(words), is_residue(words), blanks


def _columns(words: str) -> int:
    """Columns of words on a page, where a Chinese character takes two."""
    return len(words) + (len(words.encode("utf-8", "replace")) - len(words)) // 2


def _stretches(folded: str, layout: Layout) -> Iterator[tuple[int, str, int]]:
    """The lines of the text with their starts, cut at the edges of table cells, each with the number of its cell (-1: none)."""
    cells = [cell for table in layout.tables for cell in table.cells if cell.end > cell.start]
    at = 0
    for number, cell in enumerate((*cells, None)):
        start = len(folded) if cell is None else cell.start
        for line in folded[at:start].split("\n") if number == 0 or folded[at:start].strip(" \x00\n") else ():
            yield at, line, -1
            at += len(line) + 1
        if cell is not None:
            at = start
            for line in folded[at : cell.end].split("\n"):
                yield at, line, number
                at += len(line) + 1
            at = cell.end


def _within(spans: tuple[tuple[int, int], ...], start: int, end: int) -> bool:
    k = bisect_right(spans, start, key=lambda span: span[0]) - 1
    return k >= 0 and spans[k][1] >= end


# A heading at the end of a line that lost the break before it (at the end of a page): …规范。3.2.1　数据交换.
_GLUED_HEADING = re.compile(r"[。;][ \x00]*(?P<heading>(?:\d{1,2}(?:\.\d{1,2}){1,3}|第[一二三四五六七八九十\d]{1,3}[章节])[ \x00]{1,8}(?![万亿千百个]|(?:公[里斤顷]|平方|元|吨|亩|倍|米))(?![\u4e00-\u9fff]*[的是])[\u4e00-\u9fff]{2,20}$)")


def _parts(folded: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """A line whole, or cut before a heading glued to its end, and into parts that are no longer than any paragraph, behind a 。 where there is one."""
    while stop - start > LONGEST_PARAGRAPH:
        end = folded.rfind("。", start, start + LONGEST_PARAGRAPH) + 1 or start + LONGEST_PARAGRAPH
        yield start, end
        start = end
    if glued := _GLUED_HEADING.search(folded, start, stop):
        yield start, glued.start() + 1
        start = glued.start("heading")
    yield start, stop


def _bare_page_number(line: str, lines: list[_Line], folded: str) -> bool:
    """A short line of digits alone that cuts a sentence in two is a page number."""
    if not (line.isdigit() and lines):
        return False
    above = lines[-1]
    return above.width >= FULL_LINE and folded[above.stop - 1] not in _SENTENCE_END


def _is_page_number(line: str) -> bool:
    return line.strip("- ").isdigit()


# What the end of a line parts is one date or number: 2023 / 年底.
_DATE_BROKEN = re.compile(r"(?<!\d)20\d\d年$|年\d\d?月$|月\d\d?日$|\d%$")


def _is_soft(folded: str, lines: list[_Line], i: int, opens: bool, sizes: tuple[list[int], list[int]]) -> bool:
    """Whether the break after line ``i`` stands inside a sentence.

    ``opens`` tells that the line opens a paragraph (its lost indentation makes it shorter than the page). Where
    blank lines or residue stand between two lines, the break is soft only if the punctuation says that the
    sentence goes on.
    """
    line, following = lines[i], lines[i + 1]
    last, first = folded[line.stop - 1], folded[following.start]
    if last in _OPEN_END and not (last == "-" and line.width < FULL_LINE):
        return marker_at(folded, following.start) is None or last in "(“《"
    if first in _CLOSE_START or first in "年月日%" and _DATE_BROKEN.search(folded[max(line.start, line.stop - 10) : line.stop] + first):
        return True
    if last == "〕" and first.isdigit() and folded[line.stop - 5 : line.stop - 1].isdigit():  # 某政发〔2018〕 / 7号
        return True
    if following.gap or following.indented and not line.indented:
        return False
    if marker_at(folded, following.start) is not None:
        return False
    if line.gap and (opened := marker_at(folded, line.start)) is not None and opened.family == "annex":
        return False  # 附件 任务表, a line of its own however long it is
    broken = last.isdigit() and (line.width >= FULL_LINE or line.cell >= 0)
    if broken and _UNIT_AHEAD.match(folded, following.start) and _NUMBER_BEHIND.search(folded, max(line.start, line.stop - 12), line.stop):
        return True
    full, exact = _is_full(*sizes, i, opens)
    if last in _SENTENCE_END:
        return exact and not following.indented
    if full:
        return True
    words = folded[line.start : line.stop]
    if opens and line.width >= FULL_LINE and not following.indented and _is_item(folded, lines, i):
        return True
    running = ("。" in words or ";" in words or words.count(",") >= 2) and line.width >= 2 * FULL_LINE
    return running and not following.indented and last not in ")”》." and following.width >= 8 and not _OPENS.match(folded, following.start)


def _is_item(folded: str, lines: list[_Line], i: int) -> bool:
    """Whether line ``i`` opens an item of a list whose items end with semicolons; such an item ends nowhere else."""
    if marker_at(folded, lines[i].start) is None or folded[lines[i].stop - 1] in ")”》.":
        return False
    return folded[lines[i + 1].stop - 1] == ";" or i > 0 and folded[lines[i - 1].stop - 1] == ";"


def _is_full(widths: list[int], lengths: list[int], i: int, opens: bool) -> tuple[bool, bool]:
    """Whether line ``i`` reaches the width at which the lines around it were broken, and whether exactly.

    Texts taken from PDFs are wrapped at one width in columns, others at one number of characters: several
    neighbours reach it and none exceeds it.
    """
    width, length, full, exact = widths[i], lengths[i], False, False
    if not FULL_LINE - 8 <= width <= WIDEST_PAGE:
        return False, False
    for reach in (8, 3):
        around = slice(max(0, i - reach), i + reach + 1)
        page = max(widths[around])
        if FULL_LINE <= page <= min(WIDEST_PAGE, width + 10) and _third(widths[around]) >= page - 4:
            full = full or width >= page - (10 if opens else 4)
            exact = exact or width >= page - 1
        page = max(lengths[around])
        if page <= min(WIDEST_PAGE // 2 + 10, length + 4) and _third(lengths[around]) >= page - 1:
            full = full or length >= page - (4 if opens else 1)
            exact = exact or length == page
    if not full and length >= _SHORTEST_BROKEN:  # so many characters a line, more where a number would be cut in two
        near = [n for n in lengths[max(0, i - 8) : i + 9] if length - 5 <= n <= length]
        full = len(near) >= _ALIKE and max(map(near.count, near)) >= _ALIKE
    return full, exact


def _third(sizes: list[int]) -> int:
    """The third largest; 0 where there are but two."""
    return sorted(sizes)[-3] if len(sizes) > 2 else 0


def _both_latin(folded: str, line: _Line, following: _Line) -> bool:
    return folded[line.stop - 1].isascii() and folded[line.stop - 1].isalpha() and folded[following.start].isascii() and folded[following.start].isalpha()


def _cut_at_blanks(folded: str, raw: str, line: _Line, parts: list[str], sources: list[int]) -> int:
    """Append what is kept of a line up to its last blanks, and tell where what stands behind them begins.

    Blanks go; a wide gap behind a sentence is a lost paragraph break.
    """
    at = line.start
    for blank in _BLANK.finditer(folded, line.start, line.stop):
        a, b = blank.span()
        kept = ""
        before, after = folded[a - 1], folded[b] if b < line.stop else ""
        if before in "。;:!?" and (b - a >= 4 or raw.count("\u3000", a, b) >= 2):
            kept = "\n"
        elif at == line.start and _DECIMAL.match(folded, line.start, line.stop):
            kept = " "  # 1.2 等级划分: without the blank the number could not be told from a value
        elif " " in blank.group() and _LATIN.match(before) and _LATIN.match(after) and (before.isalpha() or after.isalpha()) and not _unit_after_number(before, folded, b):
            kept = " "
        parts.append(folded[at:a] + kept)
        sources.append(at)
        at = b
    return at


def _unit_after_number(before: str, folded: str, at: int) -> bool:
    """12 EFLOPS is a number with its unit: no blank is kept."""
    return before.isdigit() and folded[at].isalpha()
