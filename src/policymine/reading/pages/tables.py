"""The tables of a page: by frames of rules first, then by level rules, then by columns that line up."""

from __future__ import annotations

from policymine.reading.pages.columns import LEAST, Band, banded, columned, lined_up, stacks
from policymine.reading.pages.frames import area, frames, joined, outline, ruled
from policymine.reading.pages.grid import NEAR, Grid, parted
from policymine.reading.pages.page import Glyph, Page, Rule, lines_of

MOST_RULES, MOST_FRAMES, MOST_PAIRS = 2_000, 100, 10_000_000
"""Rules of a page (after joining), their frames, and pairs of rule and character, beyond which it is a drawing."""


def find_tables(page: Page) -> tuple[list[Grid], list[Glyph]]:
    """The tables of an upright page from the top, and the characters that stand in none."""
    level, tall = joined(page.rules)
    tables: list[Grid] = []
    free = list(page.glyphs)
    rules = len(level) + len(tall)
    if rules <= MOST_RULES and rules * len(free) <= MOST_PAIRS:
        found = sorted(frames(level, tall), key=lambda f: -area(f))[:MOST_FRAMES]
        used: set[Rule] = set()
        for frame in found:
            x0, y0, x1, y1 = outline(frame)
            if any(t.x0 - NEAR <= x0 and x1 <= t.x1 + NEAR and t.y0 - NEAR <= y0 and y1 <= t.y1 + NEAR for t in tables):
                used.update(frame)  # a table inside a cell: its text is the cell's
                continue
            inside, outside = parted(free, x0, y0, x1, y1)
            grid = ruled(frame, inside)
            if grid:
                tables.append(grid)
                used.update(frame)
                free = outside
        for group in stacks([rule for rule in level if rule not in used]):
            for x0, x1, bands in banded(group, free):
                inside, outside = parted(free, x0 - NEAR, bands[0].top, x1 + NEAR, bands[-1].bottom)
                grid = columned(bands, x0, x1)
                if grid:
                    tables.append(grid)
                    free = outside
    for run in lined_up(lines_of(free)):
        x0, x1 = min(line.x0 for line in run), max(line.x1 for line in run)
        grid = columned([Band(run[0].y - run[0].size, run[-1].y, run)], x0, x1)
        if grid and len(grid.edges) > LEAST and grid.rows >= LEAST:
            tables.append(grid)
            taken = {id(glyph) for line in run for glyph in line.glyphs}
            free = [glyph for glyph in free if id(glyph) not in taken]
    return sorted(tables, key=lambda t: (t.y0, t.x0)), free
