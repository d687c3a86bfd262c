"""Tables by the rules drawn around their cells.

Rules that touch make a frame; its edges make a grid; squares of the grid without a rule between them are one (merged)
cell. The outline counts as ruled, so that tables open at the sides are found. A frame of one column is a box around
running text and no table.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from policymine.reading.pages.grid import NEAR, Grid, GridCell, nearest, places
from policymine.reading.pages.page import Glyph, Rule, lines_of

MOST_SQUARES = 40_000
"""Squares of a grid beyond which it is a drawing."""

def joined(rules: Iterable[Rule]) -> tuple[list[Rule], list[Rule]]:
    """Level and upright rules, those that go on in each other made one."""
    out: list[list[Rule]] = []
    rules = set(rules)
    for level in (True, False):
        lanes: dict[int, list[tuple[float, float, float]]] = defaultdict(list)
        found = sorted(
            ((r.y0 + r.y1) / 2, r.x0, r.x1) if level else ((r.x0 + r.x1) / 2, r.y0, r.y1)
            for r in rules if r.level is level
        )
        lane, at = -1, -1e9
        for place, start, end in found:
            if place - at > NEAR / 2:
                lane += 1
            at = place
            lanes[lane].append((start, end, place))
        whole: list[Rule] = []
        for parts in lanes.values():
            parts.sort()
            start, end, place = parts[0]
            for s, e, p in [*parts[1:], (float("inf"), float("inf"), 0.0)]:
                if s > end + NEAR:
                    whole.append(Rule(start, place, end, place) if level else Rule(place, start, place, end))
                    start, end, place = s, e, p
                else:
                    end = max(end, e)
        out.append(whole)
    return out[0], out[1]


def frames(level: Sequence[Rule], tall: Sequence[Rule]) -> list[list[Rule]]:
    """Rules that touch, together; those with at least one upright rule."""
    parent = list(range(len(level) + len(tall)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, h in enumerate(level):
        for j, v in enumerate(tall, len(level)):
            if h.x0 - NEAR <= v.x0 <= h.x1 + NEAR and v.y0 - NEAR <= h.y0 <= v.y1 + NEAR:
                parent[root(i)] = root(j)
    groups: dict[int, list[Rule]] = defaultdict(list)
    for i, rule in enumerate((*level, *tall)):
        groups[root(i)].append(rule)
    return [group for group in groups.values() if not all(r.level for r in group) and any(r.level for r in group)]


def outline(rules: Sequence[Rule]) -> tuple[float, float, float, float]:
    """Left, upper, right and lower edge of rules."""
    return min(r.x0 for r in rules), min(r.y0 for r in rules), max(r.x1 for r in rules), max(r.y1 for r in rules)


def area(rules: Sequence[Rule]) -> float:
    """How much rules enclose."""
    x0, y0, x1, y1 = outline(rules)
    return (x1 - x0) * (y1 - y0)


def ruled(frame: Sequence[Rule], glyphs: Sequence[Glyph]) -> Grid | None:
    """The table that a frame of rules draws; None for a box around text, or a drawing."""
    x0, y0, x1, y1 = outline(frame)
    level, tall = [r for r in frame if r.level], [r for r in frame if not r.level]
    xs = places([x0, x1, *(r.x0 for r in tall)])
    ys = places([y0, y1, *(r.y0 for r in level)])
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 2 or rows < 1 or columns * rows < 2 or columns * rows > MOST_SQUARES:
        return None
    parent = list(range(columns * rows))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for r in range(rows):
        y = (ys[r] + ys[r + 1]) / 2
        walls = {nearest(xs, v.x0) for v in tall if v.y0 <= y <= v.y1}
        for c in range(columns - 1):
            if c + 1 not in walls:
                parent[root(r * columns + c + 1)] = root(r * columns + c)
    for c in range(columns):
        x = (xs[c] + xs[c + 1]) / 2
        floors = {nearest(ys, h.y0) for h in level if h.x0 <= x <= h.x1}
        for r in range(rows - 1):
            if r + 1 not in floors:
                parent[root((r + 1) * columns + c)] = root(r * columns + c)
    squares: dict[int, list[int]] = defaultdict(list)
    for i in range(columns * rows):
        squares[root(i)].append(i)
    held: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        x, y = glyph.middle
        r, c = min(max(bisect_right(ys, y) - 1, 0), rows - 1), min(max(bisect_right(xs, x) - 1, 0), columns - 1)
        held[root(r * columns + c)].append(glyph)
    cells = []
    for key, group in squares.items():
        top, left = min(i // columns for i in group), min(i % columns for i in group)
        bottom, right = max(i // columns for i in group), max(i % columns for i in group)
        lines = tuple(lines_of(held[key]))
        cells.append(GridCell(top, left, bottom - top + 1, right - left + 1, xs[left], xs[right + 1], lines))
    cells.sort()
    if len(cells) < 2 or sum(bool(cell.lines) for cell in cells) < 2 or len({c.column for c in cells}) < 2:
        return None
    return Grid(x0, y0, x1, y1, tuple(xs), rows, tuple(cells))
