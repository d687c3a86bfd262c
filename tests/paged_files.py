"""Plain text set on pages as offices do it: where each line stands, and a PDF of it by reportlab.

``set_text`` breaks paragraphs into lines (28 characters a line, 22 lines a page, as GB/T 9704-2012 has it), with the
marks that may not begin or end a line kept where they belong. What it gives (pages of words and rules at places) is
turned into PDF here and into OFD by ``ofd_files``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from reportlab.lib.colors import black
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from policymine.text.normalize import normalize

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, TOP, TEXT_WIDTH, TEXT_HEIGHT = 28 * MM, 37 * MM, 28 * 16, 22 * 29
_NOT_FIRST, _NOT_LAST = "，。、；：！？）》”〉】〕%)]’·…,.;:", "（《“〈【〔([‘"


@dataclass(frozen=True)
class Words:
    """Words whose baseline begins at ``x``, ``y`` points from the upper left corner of the page."""

    text: str
    x: float
    y: float
    size: float


@dataclass
class Sheet:
    """A page: its words and its rules (x0, y0, x1, y1)."""

    words: list[Words] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)


@cache
def font() -> str:
    """The Chinese font that PDF readers bring along."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


@cache
def width(character: str, size: float) -> float:
    """How far a character reaches."""
    return float(pdfmetrics.stringWidth(character, font(), size))


def words_width(text: str, size: float) -> float:
    """How far words reach."""
    return sum(width(c, size) for c in text)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a plain text, as written."""
    normal, found, at = normalize(text), [], 0
    for line in normal.text.split("\n"):
        if line:
            found.append(normal.quote(at, at + len(line)))
        at += len(line) + 1
    return found


def broken(text: str, reach: float, size: float, indent: float = 0) -> list[str]:
    """A paragraph as lines of at most ``reach`` points, the first one shorter by ``indent``."""
    lines, line, used, room = [], "", 0.0, reach - indent
    for c in text:
        if used + width(c, size) > room + 0.01 and line:
            carried = ""
            if c in _NOT_FIRST:
                while len(line) > 1 and (not carried or carried[0] in _NOT_FIRST):
                    carried, line = line[-1] + carried, line[:-1]
            while len(line) > 1 and line[-1] in _NOT_LAST:
                carried, line = line[-1] + carried, line[:-1]
            lines.append(line)
            line, room = carried, reach
            used = words_width(line, size)
        line += c
        used += width(c, size)
    return [*lines, line] if line else lines


def set_text(
    text: str, *, head: str = "", indent: int = 2, space: float = 0, number: str = "— {} —", title: bool = True
) -> list[Sheet]:
    """A plain text on pages: title centred, paragraphs with ``indent`` characters and ``space`` points between them."""
    sheets, y = [Sheet()], 0.0
    for i, paragraph in enumerate(paragraphs(text)):
        centred = title and i == 0 and len(paragraph) < 80
        size, first = (22, 0) if centred else (16, 16 * indent)
        for k, line in enumerate(broken(paragraph, TEXT_WIDTH - (88 if centred else 0), size, first)):
            if y + 29 > TEXT_HEIGHT:
                sheets.append(Sheet())
                y = 0
            x = LEFT + (first if k == 0 else 0)
            if centred:
                x = LEFT + (TEXT_WIDTH - words_width(line, size)) / 2
            sheets[-1].words.append(Words(line, x, TOP + y + size, size))
            y += 29
        y += space + (29 if centred else 0)
    for at, sheet in enumerate(sheets, 1):
        furnish(sheet, at, head, number)
    return sheets


def furnish(sheet: Sheet, at: int, head: str = "", number: str = "— {} —") -> None:
    """Give a page its number (outside: right on odd pages, left on even ones) and running head."""
    if number:
        words = number.format(at)
        x = LEFT + (TEXT_WIDTH - 14 - words_width(words, 14) if at % 2 else 14)
        sheet.words.append(Words(words, x, TOP + TEXT_HEIGHT + 30, 14))
    if head:
        sheet.words.append(Words(head, (WIDTH - words_width(head, 12)) / 2, TOP - 30, 12))
        sheet.rules.append((LEFT, TOP - 25, LEFT + TEXT_WIDTH, TOP - 25))


def pdf_of(sheets: Sequence[Sheet], face: str | None = None, draw: Callable[[Canvas, int], None] | None = None) -> bytes:
    """Pages as a PDF; ``draw`` may draw more on each."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    for at, sheet in enumerate(sheets):
        for words in sheet.words:
            canvas.setFont(face or font(), words.size)
            canvas.drawString(words.x, HEIGHT - words.y, words.text)
        canvas.setStrokeColor(black)
        canvas.setLineWidth(0.5)
        for x0, y0, x1, y1 in sheet.rules:
            canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)
        if draw:
            draw(canvas, at)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@dataclass(frozen=True)
class Merged:
    """A cell over several rows of a column; the rows below have None there."""

    text: str
    rows: int


Rows = Sequence[Sequence[str | Merged | None]]


def set_table(
    rows: Rows, columns: Sequence[float], *, heads: int = 1, rules: str = "all", start: float = 0, size: float = 12, split: bool = False,
    sheets: list[Sheet] | None = None, number: str = "— {} —",
) -> list[Sheet]:
    """A table on pages, its head repeated on each.

    ``rules``: ``all``; ``level`` (a rule above and below each row); ``three`` (above and below the head, and at the
    end); ``none``. ``split`` lets a row be cut at the foot of a page. ``start`` is where on the (last) page it begins.
    """
    pitch, pad = size * 1.4, 5.0
    edges = [LEFT]
    for wide in columns:
        edges.append(edges[-1] + wide)
    sheets = sheets or [Sheet()]
    y = TOP + start
    tops: list[float] = [y]
    open_until: dict[int, int] = {}

    def cells(row: Sequence[str | Merged | None]) -> list[list[str]]:
        texts = [cell.text if isinstance(cell, Merged) else cell or "" for cell in row]
        return [broken(text, wide - 2 * pad, size) if text else [] for text, wide in zip(texts, columns, strict=True)]

    def level(at: float, r: int) -> None:
        """The rule above row ``r``, but for the columns of cells that go on there."""
        if rules == "none" or rules == "three" and r not in (0, heads, len(rows)):
            return
        for c in range(len(columns)):
            if rules == "three" or not (r < len(rows) and rows[r][c] is None and open_until.get(c, 0) > r):
                sheets[-1].rules.append((edges[c], at, edges[c + 1], at))

    def close(at: float) -> None:
        if rules == "all":
            sheets[-1].rules += [(edge, tops[-1], edge, at) for edge in edges]

    def put(r: int, lines: list[list[str]]) -> float:
        for c, cell in enumerate(lines):
            for k, line in enumerate(cell):
                sheets[-1].words.append(Words(line, edges[c] + pad, y + pad + size + k * pitch, size))
        return y + 2 * pad + pitch * max(1, *map(len, lines))

    def turn(r: int) -> None:
        nonlocal y
        if r and rules in ("all", "level", "three"):
            sheets[-1].rules.append((edges[0], y, edges[-1], y))
            close(y)
        sheets.append(Sheet())
        y = TOP
        tops.append(y)
        sheets[-1].rules += [(edges[0], y, edges[-1], y)] if rules != "none" else []
        for h in range(heads if r >= heads else 0):
            y = put(h, cells(rows[h]))
            sheets[-1].rules += [(edges[0], y, edges[-1], y)] if rules != "none" else []

    for r, row in enumerate(rows):
        lines = cells(row)
        for c, cell in enumerate(row):
            if isinstance(cell, Merged):
                open_until[c] = r + cell.rows
        high = 2 * pad + pitch * max(1, *map(len, lines))
        if y + high > TOP + TEXT_HEIGHT:
            fits = int((TOP + TEXT_HEIGHT - y - 2 * pad) / pitch)
            if split and 0 < fits < max(map(len, lines)):
                level(y, r)
                y = put(r, [cell[:fits] for cell in lines])
                lines = [cell[fits:] for cell in lines]
                turn(r)
                y = put(r, lines)
                continue
            turn(r)
        else:
            level(y, r)
        y = put(r, lines)
    level(y, len(rows))
    close(y)
    for at, sheet in enumerate(sheets, 1):
        furnish(sheet, at, "", number)
    return sheets


def squashed(text: str) -> str:
    """A text without blanks and line breaks."""
    return re.sub(r"\s+", "", text)


# PDF written by hand, for what no library writes


def stream(content: bytes, extra: bytes = b"") -> bytes:
    """A stream object."""
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), extra, content)


def bare_pdf(objects: Sequence[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalog."""
    out, at = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in at)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, table, size, len(out))


def one_page(content: bytes, characters: str = "GB1", resources: bytes = b"", more: Sequence[bytes] = (), extra: bytes = b"") -> bytes:
    """A page with a font /F1 that is not embedded and does not say which characters its codes are (objects from 8: ``more``)."""
    font_of = b"<</Type/Font/Subtype/CIDFontType2/BaseFont/AAAAAA+Hidden/CIDSystemInfo<</Registry(Adobe)/Ordering(%s)/Supplement 0>>/FontDescriptor 6 0 R/DW 1000>>"
    return bare_pdf([
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>%s>>/Contents 7 0 R>>" % resources,
        b"<</Type/Font/Subtype/Type0/BaseFont/AAAAAA+Hidden/Encoding/Identity-H/DescendantFonts[5 0 R]>>",
        font_of % characters.encode(),
        b"<</Type/FontDescriptor/FontName/AAAAAA+Hidden/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 700/StemV 80>>",
        stream(content, extra),
        *more,
    ])
