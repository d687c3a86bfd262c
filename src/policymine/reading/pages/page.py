"""What stands on a page, whatever the format: characters and rules by their places, and the lines they make.

Readers of formats that know places and not words (PDF, OFD) give pages; ``tables`` finds tables, ``flow`` the
reading order and paragraphs, ``document`` the document text. Lengths are points, y grows downwards. Nothing here
knows a format.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

_SAME_PLACE = 0.15
"""Em: the same character so near itself is one, drawn twice to look bold."""
_SAME_LINE = 0.45
_WORD_GAP, _GAP, _WIDE_GAP = 0.22, 0.55, 1.5
"""Em: a blank between Latin characters, between others, and one worth two."""
_ODD = frozenset(("Cc", "Co", "Cn", "Cs"))
_OPENING = "（《“〈【〔([‘"
_LATIN = re.compile(r"[\x21-\x7e]+")
_CLOSING = "，。、；：？！）》”〉】〕%)]’·…—,.;:"


class Glyph(NamedTuple):
    """A character: where its baseline begins, how far it reaches along it, its size, and the angle of its line.

    ``angle`` is 0, 90, 180 or 270 degrees counterclockwise, -1 for any other.
    """

    text: str
    x: float
    y: float
    width: float
    size: float
    angle: int = 0

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of an upright character."""
        return self.x + self.width / 2, self.y - 0.38 * self.size


class Rule(NamedTuple):
    """A line that was drawn: level (its height is small) or upright (its width is)."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def level(self) -> bool:
        """Whether it is horizontal."""
        return self.x1 - self.x0 >= self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Page:
    """A page; ``images`` is the share of it that images cover, ``lost`` why nothing could be read (else empty).

    ``slanted`` counts characters left out because they stand askew to the text (stamps, watermarks).
    """

    width: float
    height: float
    glyphs: tuple[Glyph, ...] = ()
    rules: tuple[Rule, ...] = ()
    images: float = 0.0
    hidden: int = 0
    slanted: int = 0
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: its characters in order from the left (``bare`` lets go of them), their baseline and size.

    ``chunk`` is the width of what must stand together at its head: a word or number with the marks around it.
    """

    glyphs: tuple[Glyph, ...]
    text: str
    x0: float
    x1: float
    y: float
    size: float
    chunk: float

    def bare(self) -> Line:
        """The line without its single characters, which take fifty times the memory of its text."""
        return replace(self, glyphs=())


def is_odd(character: str) -> bool:
    """Whether a character says nothing to a reader: private use, unassigned, control, or the mark of a lost one."""
    return character == "\ufffd" or unicodedata.category(character) in _ODD


def upright(page: Page) -> Page:
    """A page turned so that most of its text reads from left to right; what stands askew to it is left out.

    Vertical writing (columns from the right to the left) is laid on its side: its columns become lines.

    >>> down = [Glyph(c, 500, 100 + 20 * i, 16, 16) for i, c in enumerate("到二〇二五年")]
    >>> [line.text for line in lines_of(upright(Page(600, 800, tuple(down))).glyphs)]
    ['到二〇二五年']
    """
    if not page.glyphs:
        return page
    angle = Counter(glyph.angle for glyph in page.glyphs if glyph.angle >= 0).most_common(1)
    turn = angle[0][0] if angle else 0
    kept = [glyph for glyph in page.glyphs if glyph.angle == turn]
    page = replace(page, glyphs=tuple(kept), slanted=len(page.glyphs) - len(kept))
    if not angle:
        return replace(page, glyphs=tuple(g._replace(angle=0) for g in page.glyphs), slanted=0)
    for _ in range(turn // 90):
        page = _turned(page)
    return _laid(page) if _is_vertical(page.glyphs) else page


def _turned(page: Page) -> Page:
    """A page turned clockwise by a quarter."""
    w, h = page.width, page.height
    glyphs = tuple(g._replace(x=h - g.y, y=g.x, angle=(g.angle - 90) % 360) for g in page.glyphs)
    rules = tuple(Rule(h - r.y1, r.x0, h - r.y0, r.x1) for r in page.rules)
    return replace(page, width=h, height=w, glyphs=glyphs, rules=rules)


def _is_vertical(glyphs: Sequence[Glyph]) -> bool:
    down = along = 0
    for above, below in zip(glyphs, glyphs[1:], strict=False):
        dx, dy, em = below.x - above.x, below.y - above.y, max(above.size, 1.0)
        down += abs(dx) < 0.3 * em and 0.6 * em < dy < 1.8 * em
        along += abs(dy) < 0.3 * em and 0.2 * em < dx < 1.8 * em
    return down > 2 * along and down >= 4


def _laid(page: Page) -> Page:
    w = page.width
    glyphs = tuple(
        g._replace(x=g.y - 0.88 * g.size, y=w - g.x - g.width / 2 + 0.38 * g.size, width=g.size) for g in page.glyphs
    )
    rules = tuple(Rule(r.y0, w - r.x1, r.y1, w - r.x0) for r in page.rules)
    return replace(page, width=page.height, height=w, glyphs=glyphs, rules=rules)


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """The lines that upright characters make, from the top; what stands side by side is one line.

    >>> glyphs = [Glyph("年", 26, 50, 10, 10), Glyph("5", 20, 50, 5, 10), Glyph("县", 20, 70, 10, 10)]
    >>> [line.text for line in lines_of(glyphs)]
    ['5年', '县']
    """
    rows: list[list[Glyph]] = []
    size = 0.0
    for glyph in sorted(glyphs, key=lambda g: (g.y, g.x)):
        if rows and glyph.y - rows[-1][0].y <= _SAME_LINE * max(size, glyph.size):
            rows[-1].append(glyph)
            size = max(size, glyph.size)
        else:
            rows.append([glyph])
            size = glyph.size
    return [line_of(row) for row in rows]


def line_of(glyphs: Iterable[Glyph]) -> Line:
    """One line of characters: sorted from the left, blanks where there are gaps, doubles left out."""
    kept: list[Glyph] = []
    parts: list[str] = []
    for glyph in sorted(glyphs, key=lambda g: g.x):
        if kept:
            last = kept[-1]
            em = max(last.size, glyph.size)
            if glyph.text == last.text and abs(glyph.x - last.x) < _SAME_PLACE * em:
                continue
            gap = (glyph.x - last.x - last.width) / em
            latin = last.text[-1] < "\u2000" and glyph.text[0] < "\u2000"
            parts.append("  " if gap >= _WIDE_GAP else " " if gap >= (_WORD_GAP if latin else _GAP) else "")
        kept.append(glyph)
        parts.append(glyph.text)
    middle = len(kept) // 2
    size, at = sorted(g.size for g in kept)[middle], sorted(g.y for g in kept)[middle]
    end = max(g.x + g.width for g in kept)
    return Line(tuple(kept), "".join(parts), kept[0].x, end, at, size, _chunk(kept))


def segments(line: Line, gap: float) -> list[Line]:
    """A line cut where a gap of so many em stands in it."""
    cuts = [
        i for i in range(1, len(line.glyphs))
        if line.glyphs[i].x - line.glyphs[i - 1].x - line.glyphs[i - 1].width > gap * line.size
    ]
    if not cuts:
        return [line]
    return [line_of(line.glyphs[a:b]) for a, b in zip([0, *cuts], [*cuts, len(line.glyphs)], strict=True)]


def _chunk(glyphs: Sequence[Glyph]) -> float:
    """How far that reaches which must stand together at the head of a line: a word with the marks around it."""
    text = [g.text for g in glyphs]
    end = 0
    while end < len(text) and text[end] in _OPENING:
        end += 1
    if end < len(text):
        end += 1
        while end < len(text) and _go_together(glyphs[end - 1], glyphs[end]):
            end += 1
    while end < len(text) and text[end] in _CLOSING:
        end += 1
    return glyphs[end - 1].x + glyphs[end - 1].width - glyphs[0].x


def _go_together(before: Glyph, behind: Glyph) -> bool:
    if not (_LATIN.match(before.text) and _LATIN.match(behind.text)):
        return False
    return behind.x - before.x - before.width < _WORD_GAP * before.size
