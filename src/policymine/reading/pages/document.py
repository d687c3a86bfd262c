"""Pages of characters and rules → document text with its layout: what the readers of PDF and OFD share.

A line of the page is a line of the text. Where no page can be read, that is the status of the document; else the text
is that of the others, with an issue for each run of pages that is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from policymine.models import Cell, Issue, Layout, Table
from policymine.reading.contract import Reading
from policymine.reading.pages.flow import Block, flow, page_blocks
from policymine.reading.pages.joins import Piece, Row, joined
from policymine.reading.pages.page import Page, is_odd, upright
from policymine.reading.plain import is_unlikely

MOST_ON_PAGE = 100_000
"""Characters of one page beyond which it is made to do harm."""
MOST_RULES = 1_000_000
"""Drawn lines of a document after which no more are looked at."""
MOST_ODD = 0.25
"""Share of unreadable characters above which the text of a page is garbled."""
SCAN, PICTURE = 0.25, 0.05
"""Share of a page that images must cover for it to be a scan (without text), or to have lost something (with text)."""

LOST = {
    "scanned": "only images: a scan",
    "garbled": "characters that stand for nothing: the file hides what its signs mean",
    "damaged": "cannot be opened",
    "crowded": "more characters than a page can hold",
}


def read_pages(pages: Iterable[Page], issues: Sequence[Issue] = ()) -> Reading:
    """The document text of pages.

    Decides per page whether it can be read: a page with images and no text is ``scanned``, one whose characters are
    mostly unreadable, or unlike any Chinese text, is ``garbled``, one that the file lost is ``damaged``.

    Args:
        pages: as the format gives them, not turned yet.
        issues: what the reader has to say already.

    >>> from policymine.reading.pages.page import Glyph
    >>> words = [Glyph(c, 80 + 16 * i, 200, 16, 16) for i, c in enumerate("到二〇二五年")]
    >>> read_pages([Page(600, 800, tuple(words)), Page(600, 800, images=0.9)]).issues[0].message
    'page 2: only images: a scan'
    """
    lost: list[str] = []
    sizes: list[tuple[float, float]] = []
    blocks: list[Block] = []
    pictured: list[int] = []
    count = slanted = hidden = unknown = 0
    rules = MOST_RULES
    for number, page in enumerate(pages):
        lost.append(page.lost or _unreadable(page))
        page = Page(page.width, page.height) if lost[-1] else upright(page)
        sizes.append((page.width, page.height))
        rules -= len(page.rules)
        if rules < 0:
            page = replace(page, rules=())
        blocks += page_blocks(number, page)  # a page at a time: its single characters are not kept
        count, slanted, hidden = count + len(page.glyphs), slanted + page.slanted, hidden + page.hidden
        unknown += sum(glyph.text == "\ufffd" for glyph in page.glyphs)
        if page.glyphs and page.images >= PICTURE:
            pictured.append(number + 1)
    found = list(issues)
    missing = [why for why in LOST if why in lost]
    if missing and not count:
        worst = max(missing, key=lost.count)
        worst = "damaged" if worst == "crowded" else worst
        what = "; ".join(f"{run}: {LOST[why]}" for why in missing for run in _runs(_where(lost, why)))
        return Reading("", worst, issues=(Issue(f"read-{worst}", what), *found))
    found += [Issue("read-pages", f"{run}: {LOST[why]}") for why in missing for run in _runs(_where(lost, why))]
    if slanted:
        found.append(Issue("read-lost", f"{slanted} characters stand askew to the text (a watermark, a stamp)"))
    if pictured:
        found.append(Issue("read-lost", f"{', '.join(_runs(pictured))}: what images show is not in the text"))
    if hidden * 2 > count > 0:
        found.append(Issue("read-recognised", "the text lies unseen under an image: a machine read it from a scan"))
    if rules < 0:
        found.append(Issue("read-lost", f"only the first {MOST_RULES} drawn lines were looked at for tables"))
    if unknown:
        found.append(Issue("read-undecodable", f"the file does not say what {unknown} characters are"))
    text, layout = _written(joined(flow(blocks, sizes)), len(sizes))
    return Reading(text, issues=tuple(found), layout=layout)


def _unreadable(page: Page) -> str:
    if not page.glyphs:
        return "scanned" if page.images >= SCAN else ""
    words = "".join(glyph.text for glyph in page.glyphs)
    odd = sum(map(is_odd, words))
    return "garbled" if odd > MOST_ODD * len(words) or is_unlikely(words) else ""


def _where(lost: Sequence[str], why: str) -> list[int]:
    return [number for number, reason in enumerate(lost, 1) if reason == why]


def _runs(numbers: Iterable[int]) -> list[str]:
    """Pages in words, those that follow each other together: page 3, pages 5-8."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return [f"page {a}" if a == b else f"pages {a}-{b}" for a, b in runs]


class _Writer:
    """The document text as it grows, with what stands where."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.at = 0

    def add(self, words: str) -> tuple[int, int]:
        start = self.at
        self.parts.append(words)
        self.at += len(words)
        return start, self.at


def _written(pieces: Sequence[Piece], count: int) -> tuple[str, Layout]:
    out = _Writer()
    pages = [0] * count
    furniture: list[tuple[int, int]] = []
    paragraphs: list[int] = []
    tables: dict[int, list[Cell]] = {}
    number = 0
    for piece in pieces:
        while number < piece.page:
            number += 1
            pages[number] = out.at
        if piece.row is None:
            start, end = out.add(piece.text)
            out.add("\n")
            if piece.furniture:
                furniture.append((start, end))
            elif piece.opens:
                paragraphs.append(start)
        elif piece.furniture:
            start = out.at
            _write_row(out, piece.row, [])
            furniture.append((start, out.at - 1))
        else:
            tables.setdefault(piece.table, []).extend(_write_row(out, piece.row, paragraphs))
    pages[number + 1 :] = [out.at] * (count - number - 1)
    made = tuple(Table(cells[0].start, cells[-1].end, tuple(cells)) for _, cells in sorted(tables.items()))
    return "".join(out.parts), Layout(tuple(pages), made, tuple(furniture), (), tuple(paragraphs))


def _write_row(out: _Writer, row: Row, paragraphs: list[int]) -> list[Cell]:
    cells = []
    for k, cell in enumerate(row):
        if k:
            out.add("\t")
        start = out.at
        for j, (words, opens) in enumerate(cell.lines):
            if j:
                out.add("\n")
            if opens:
                paragraphs.append(out.at)
            out.add(words)
        cells.append(Cell(start, out.at, cell.row, cell.column, cell.rows, cell.columns, cell.header))
    out.add("\n")
    return cells
