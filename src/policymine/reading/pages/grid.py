"""The grid of a table on a page, and what both ways of finding tables need."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from policymine.reading.pages.page import Glyph, Line

NEAR = 3.0
"""Points: rules so near to each other touch or are one."""


class GridCell(NamedTuple):
    """A cell of a table on a page: its place in the grid, its left and right edge, its lines."""

    row: int
    column: int
    rows: int
    columns: int
    x0: float
    x1: float
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The lines of the cell, one below the other."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table on a page: its outline, the edges of its columns, its number of rows, its cells in reading order.

    ``ruled`` tells that the edges are drawn; else they lie somewhere between the words of two columns.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    edges: tuple[float, ...]
    rows: int
    cells: tuple[GridCell, ...]
    ruled: bool = True

    def bare(self) -> Grid:
        """The table without the single characters of its lines."""
        cells = (cell._replace(lines=tuple(line.bare() for line in cell.lines)) for cell in self.cells)
        return replace(self, cells=tuple(cells))


def parted(glyphs: Iterable[Glyph], x0: float, y0: float, x1: float, y1: float) -> tuple[list[Glyph], list[Glyph]]:
    """The characters whose middle stands inside an outline, and the others."""
    inside: list[Glyph] = []
    outside: list[Glyph] = []
    for glyph in glyphs:
        x, y = glyph.middle
        (inside if x0 <= x <= x1 and y0 <= y <= y1 else outside).append(glyph)
    return inside, outside


def places(values: Iterable[float]) -> list[float]:
    """Values that differ by more than ``NEAR``, those near to each other made one."""
    out: list[list[float]] = []
    for value in sorted(values):
        if out and value - out[-1][-1] <= NEAR:
            out[-1].append(value)
        else:
            out.append([value])
    return [sum(near) / len(near) for near in out]


def nearest(places: Sequence[float], value: float) -> int:
    """Which of several ascending places a value is nearest to."""
    k = bisect_right(places, value)
    if k and (k == len(places) or value - places[k - 1] <= places[k] - value):
        return k - 1
    return k
