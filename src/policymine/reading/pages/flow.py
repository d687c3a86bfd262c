"""The order in which a page is read, where paragraphs begin, and what belongs to the page only.

Reading order: from the top; where a page is set in two columns, the left one before the right one, between lines
that run over both. Paragraphs begin by indentation, behind a line that had room for the next word, behind a wider gap,
or with another size of type. Running heads and page numbers are lines at the edge of pages: the same words at the same
place on several, or a number in the form of page numbers.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policymine.reading.pages.grid import Grid
from policymine.reading.pages.page import Glyph, Line, Page, lines_of
from policymine.reading.pages.tables import find_tables
from policymine.text.characters import fold_characters
from policymine.text.markers import marker_at

EDGE = 0.13
"""Share of the height of a page, above and below, in which running heads and page numbers stand."""
_ENDS = "。！？；：!?;:"
_DASHED = re.compile(r"[-—–―－·•.~\s]{1,4}(\d{1,4})[-—–―－·•.~\s]{1,4}|第 *(\d{1,4}) *页.{0,12}|(\d{1,4}) */ *\d{1,4}")
_BARE = re.compile(r"\d{1,4}")
_NUMBERED = re.compile(r"(?P<a>\d{1,4})\s+(?P<head>.*\D)|(?P<foot>.*\S)\s+(?P<b>\d{1,4})(?: */ *\d{1,4})?", re.S)
"""A running head or foot with the number of the page, as browsers print it too (address, then 2/7)."""


@dataclass(frozen=True, slots=True)
class Block:
    """A line or table in reading order; ``column`` is that of the page (0: the only, or over both)."""

    page: int
    column: int
    line: Line | None = None
    table: Grid | None = None
    furniture: bool = False
    opens: bool = True


Sizes = Sequence[tuple[float, float]]
"""Width and height of each page."""


def flow(blocks: Sequence[Block], sizes: Sizes) -> list[Block]:
    """The lines and tables of all pages (``page_blocks``), each line told what it is.

    >>> pages = [Page(600, 800, tuple(Glyph(c, 80 + 16 * i, y, 16, 16) for i, c in enumerate(words)))
    ...          for words, y in (("到二〇二五年底前，", 400), ("-3-", 780))]
    >>> blocks = [block for number, page in enumerate(pages) for block in page_blocks(number, page)]
    >>> [(b.line.text, b.furniture) for b in flow(blocks, [(600, 800), (600, 800)])]
    [('到二〇二五年底前，', False), ('-3-', True)]
    """
    page_only = _furniture(blocks, sizes)
    blocks = [
        Block(b.page, b.column, b.line, b.table, i in page_only) if b.line else b for i, b in enumerate(blocks)
    ]
    return _opened(blocks, sizes)


def page_blocks(number: int, page: Page) -> list[Block]:
    """The lines and tables of an upright page in reading order."""
    tables, free = find_tables(page)
    placed: list[tuple[float, int, Block]] = []
    for top, column, line in _columned(free, page, tables):
        placed.append((top, column, Block(number, column, line.bare())))
    placed += [(table.y0, 0, Block(number, 0, None, table.bare())) for table in tables]
    placed.sort(key=lambda p: p[0])
    return [block for _, _, block in placed]


# reading order


def _columned(glyphs: Sequence[Glyph], page: Page, tables: Sequence[Grid]) -> Iterable[tuple[float, int, Line]]:
    """Lines with the place in the order (a height) and the column (0: over the page, 1 left, 2 right)."""
    gutter = _gutter(glyphs, page)
    if gutter is None:
        for line in lines_of(glyphs):
            yield line.y - line.size, 0, line
        return
    x0, x1 = gutter
    across: list[tuple[float, float]] = []  # heights at which lines run over both columns
    for top, bottom in sorted((g.y - g.size, g.y) for g in glyphs if g.x < x1 and g.x + g.width > x0):
        if across and top <= across[-1][1]:
            across[-1] = across[-1][0], max(bottom, across[-1][1])
        else:
            across.append((top, bottom))
    whole: list[Glyph] = []
    sides: dict[tuple[int, int], list[Glyph]] = defaultdict(list)
    bounds = sorted([*(t.y0 for t in tables), *(top for top, _ in across)])
    for glyph in glyphs:
        middle = glyph.y - 0.38 * glyph.size
        k = bisect_right(across, (middle, float("inf"))) - 1
        if k >= 0 and middle <= across[k][1]:
            whole.append(glyph)
        else:
            band = bisect_left(bounds, middle)
            sides[band, 1 if glyph.x < x1 else 2].append(glyph)
    for line in lines_of(whole):
        yield line.y - line.size, 0, line
    for band in sorted({band for band, _ in sides}):
        start = min(g.y - g.size for side in (1, 2) for g in sides[band, side])
        for side in (1, 2):
            for k, line in enumerate(lines_of(sides[band, side])):
                yield start + side * 1e-3 + k * 1e-6, side, line


def _gutter(glyphs: Sequence[Glyph], page: Page) -> tuple[float, float] | None:
    """The upright strip in the middle of a page between two columns of text, if there is one.

    It is crossed by few characters (titles over both columns), is wider than an em, and most lines on both of its
    sides fill their column: else it is a table, or a list.
    """
    if len(glyphs) < 60:
        return None
    sizes = sorted(g.size for g in glyphs)
    em = sizes[len(sizes) // 2]
    left, right = min(g.x for g in glyphs), max(g.x + g.width for g in glyphs)
    cover: Counter[int] = Counter()
    for g in glyphs:
        for x in range(int(g.x), int(g.x + g.width) + 1):
            cover[x] += 1
    usual = sum(cover.values()) / max(1.0, right - left)
    best: tuple[int, int] | None = None
    start = None
    for x in range(int(left + 0.3 * (right - left)), int(left + 0.7 * (right - left)) + 2):
        empty = cover[x] <= 0.12 * usual and x <= left + 0.7 * (right - left)
        if empty and start is None:
            start = x
        elif not empty and start is not None:
            if best is None or x - start > best[1] - best[0]:
                best = (start, x)
            start = None
    if best is None or best[1] - best[0] < 0.9 * em:
        return None
    for side in ((left, best[0]), (best[1], right)):
        lines = lines_of(g for g in glyphs if side[0] - 1 <= g.x + g.width / 2 <= side[1] + 1)
        full = sum(line.x1 - line.x0 > 0.75 * (side[1] - side[0]) for line in lines)
        if len(lines) < 5 or full * 2 < len(lines):
            return None
    return float(best[0]), float(best[1])


# running heads and page numbers


def _furniture(blocks: Sequence[Block], sizes: Sizes) -> set[int]:
    edge: list[tuple[int, int, Line]] = []
    by_page: dict[int, list[int]] = defaultdict(list)
    for i, block in enumerate(blocks):
        by_page[block.page].append(i)
    apart: set[int] = set()
    for number, indices in by_page.items():
        height = sizes[number][1]
        ordered = sorted(indices, key=lambda i: _top(blocks[i]))
        apart |= _apart(ordered, blocks)
        for i in {*ordered[:3], *ordered[-3:]}:
            line = blocks[i].line
            if line and (line.y < EDGE * height or line.y - line.size > (1 - EDGE) * height):
                edge.append((i, number, line))
    same: dict[tuple[str, int], set[int]] = defaultdict(set)
    series: dict[tuple[str, int], set[int]] = defaultdict(set)
    keys: dict[int, list[tuple[str, int]]] = defaultdict(list)
    found: set[int] = set()
    for i, number, line in edge:
        words = fold_characters(line.text).strip()
        if _DASHED.fullmatch(words):
            found.add(i)
            continue
        for y in (round(line.y / 3), round(line.y / 3) + 1):  # two lattices, so that no place falls between
            keys[i].append((words, y))
            same[words, y].add(number)
        if numbered := _NUMBERED.fullmatch(words):
            value, rest = numbered["a"] or numbered["b"], numbered["head"] or numbered["foot"]
        elif _BARE.fullmatch(words):
            value, rest = words, ""
        else:
            continue
        key = (rest, int(value) - number)
        keys[i].append(key)
        series[key].add(number)
    for i, number, line in edge:
        often = max((len(same.get(key, ())) for key in keys[i] if not _BARE.fullmatch(key[0])), default=0)
        repeated = often > 1 and i in apart or often > 2 and often * 2 > len(by_page)
        counted = any(len(series.get(key, ())) > 1 for key in keys[i])
        alone = _BARE.fullmatch(line.text.strip()) and _is_alone(i, by_page[number], blocks)
        if repeated or counted or alone:
            found.add(i)
    return found


def _apart(ordered: Sequence[int], blocks: Sequence[Block]) -> set[int]:
    """The first and last lines of a page that a wider gap or another size part from the rest: two at either edge."""
    tops = [_top(blocks[i]) for i in ordered]
    sizes = [block.line.size if block.line else 0.0 for block in (blocks[i] for i in ordered)]
    steps = [abs(a - b) > 0.15 * max(a, b) for a, b in zip(sizes, sizes[1:], strict=False)]
    gaps = [below - above for above, below in zip(tops, tops[1:], strict=False)]
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 0.0
    found: set[int] = set()
    for k in (0, 1):
        if k < len(gaps) and (gaps[k] > 1.2 * usual or steps[k]):
            found.update(ordered[: k + 1])
        if k < len(gaps) and (gaps[-1 - k] > 1.2 * usual or steps[-1 - k]):
            found.update(ordered[-1 - k :])
    return found


def _top(block: Block) -> float:
    return block.line.y - block.line.size if block.line else block.table.y0 if block.table else 0.0


def _is_alone(i: int, indices: Sequence[int], blocks: Sequence[Block]) -> bool:
    """Whether a line stands well below everything else of its page."""
    line = blocks[i].line
    if not line:
        return False
    others = [b.line.y if b.line else b.table.y1 if b.table else 0.0 for j in indices if j != i for b in [blocks[j]]]
    return not others or line.y - line.size - max(others) > 1.5 * line.size


# paragraphs


@dataclass(frozen=True, slots=True)
class _Measure:
    """Edges and middle of a column of text, pitch and size of its lines, and whether first lines are indented."""

    left: float
    right: float
    middle: float
    pitch: float
    size: float
    indented: bool


def _opened(blocks: Sequence[Block], sizes: Sizes) -> list[Block]:
    """The blocks, each line told whether a paragraph begins with it."""
    groups: dict[tuple[int, int, int], list[Line]] = defaultdict(list)
    for b in blocks:
        if b.line and not b.furniture:
            groups[_group(b, sizes)].append(b.line)
    measures = {key: _measure(lines, 5 * key[0] if key[2] == 0 else None) for key, lines in groups.items()}
    running = [i for i, b in enumerate(blocks) if not b.furniture]
    opens = dict.fromkeys(running, True)
    for k in range(1, len(running)):
        above, below = blocks[running[k - 1]], blocks[running[k]]
        if above.line and below.line:
            measure = measures[_group(above, sizes)]
            around = [
                b.line for b in (blocks[j] for j in running[max(0, k - 4) : k + 5])
                if b.line and (b.page, b.column) == (below.page, below.column)
            ]
            left = measure.left if measure.indented else min(line.x0 for line in around)
            after = blocks[running[k + 1]].line if k + 1 < len(running) else None
            opens[running[k]] = _begins(above, below, after, measure, left)
    return [
        Block(b.page, b.column, b.line, b.table, b.furniture, opens.get(i, True)) for i, b in enumerate(blocks)
    ]


def _group(block: Block, sizes: Sizes) -> tuple[int, int, int]:
    width, height = sizes[block.page]
    return round(width / 10), round(height / 10), block.column


def _measure(lines: Sequence[Line], middle: float | None) -> _Measure:
    sizes = sorted(line.size for line in lines)
    em = sizes[len(sizes) // 2]
    ends = sorted(line.x1 for line in lines)
    right = ends[-1]
    for k in range(len(ends) - 1, 0, -1):  # the farthest end that a share of the lines reach
        if k + 1 - bisect_left(ends, ends[k] - 0.7 * em) >= max(2, len(lines) // 12):
            right = ends[k]
            break
    left = min(line.x0 for line in lines)
    pitches = sorted(
        b.y - a.y for a, b in zip(lines, lines[1:], strict=False)
        if 0 < b.y - a.y < 4 * em and right - a.x1 < 1.5 * em and abs(a.size - b.size) < 0.1 * em
    )
    indented = sum(1.2 * em < line.x0 - left < 3.5 * em for line in lines) * 10 > len(lines)
    pitch = pitches[len(pitches) // 2] if pitches else 1.9 * em
    return _Measure(left, right, (left + right) / 2 if middle is None else middle, pitch, em, indented)


def _begins(above: Block, below: Block, after: Line | None, measure: _Measure, left: float) -> bool:
    """Whether a paragraph begins with the line ``below``."""
    a, b = above.line, below.line
    assert a is not None and b is not None
    em = max(a.size, b.size)
    if abs(a.size - b.size) > 0.15 * em:
        return True
    together = (above.page, above.column) == (below.page, below.column)
    if together and b.y - a.y > measure.pitch + 0.45 * em and b.y - a.y > 1.3 * measure.pitch:
        return True
    words = fold_characters(b.text)
    if together and _are_centred(a, b, measure):
        return marker_at(words, 0) is not None or a.text[-1] in _ENDS
    full = measure.right - a.x1 < b.chunk + 0.3 * em
    ended = a.text[-1] in _ENDS
    if b.x0 - left > 1.2 * em:
        hangs = after is not None and all(abs(line.x0 - b.x0) < 0.3 * em for line in (a, after))
        return not (together and hangs and full and not ended) or marker_at(words, 0) is not None
    if not full or ended and marker_at(words, 0) is not None:
        return True
    room = measure.right - a.x1 > 0.8 * em and b.chunk > 2.4 * em or a.text[-1] in "）)"
    return room and not measure.indented and marker_at(words, 0) is not None


def _are_centred(a: Line, b: Line, measure: _Measure) -> bool:
    """Whether two lines (a title) are centred on the page: a signature is so too, but on the right."""
    middle = (a.x0 + a.x1) / 2
    same = abs(middle - (b.x0 + b.x1) / 2) < 0.35 * a.size + 1
    inside = min(a.x0, b.x0) - measure.left > 0.5 * a.size
    shifted = abs(a.x0 - b.x0) > 0.5 * a.size or a.size > 1.15 * measure.size
    return same and inside and shifted and abs(middle - measure.middle) < 0.8 * a.size
