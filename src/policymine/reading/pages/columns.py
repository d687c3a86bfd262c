"""Tables by level rules alone (three-line tables, GB/T 7713.2), or by columns that line up.

What stands between two level rules of one extent is a band; columns are where no line of the bands has a character; a
band is a row, or several where wide gaps part its lines. Without rules, at least three lines one below the other with
three or more columns that line up make a table.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from policymine.reading.pages.grid import NEAR, Grid, GridCell, nearest, parted, places
from policymine.reading.pages.page import Glyph, Line, Rule, lines_of, segments

LEAST = 3
"""Rows, and columns, of a table without rules; bands of which each is a row."""
_COLUMN_GAP = 0.8
_LOOK_BACK = 40
"""Lines above that tell where the columns are while they are collected: time in proportion to the lines."""
_BESIDE = 40.0
"""Points: words so near beside level rules, at their height: the rules underline the blanks of a form."""


@dataclass(frozen=True, slots=True)
class Band:
    """What stands between two level rules; ``floor`` are the pieces of the lower one."""

    top: float
    bottom: float
    lines: Sequence[Line]
    floor: Sequence[Rule] = ()


def stacks(level: Sequence[Rule]) -> list[list[list[Rule]]]:
    """Level rules of one extent, from the top, each as its pieces (merged cells leave gaps); only where two are."""
    heights = places(r.y0 for r in level)
    rows: list[list[Rule]] = [[] for _ in heights]
    for rule in sorted(level):
        rows[nearest(heights, rule.y0)].append(rule)
    groups: list[list[list[Rule]]] = []
    for row in rows:
        for group in groups:
            x0, x1 = min(r.x0 for r in group[0]), max(r.x1 for r in group[0])
            if any(abs(r.x0 - x0) <= 2 * NEAR for r in row) and any(abs(r.x1 - x1) <= 2 * NEAR for r in row):
                group.append(row)
                break
        else:
            groups.append([row])
    return [group for group in groups if len(group) > 1]


def banded(group: Sequence[Sequence[Rule]], glyphs: Sequence[Glyph]) -> Iterable[tuple[float, float, list[Band]]]:
    """Stretches between rules whose lines have columns: left and right edge, and the bands."""
    x0, x1 = min(r.x0 for r in group[0]), max(r.x1 for r in group[0])
    run: list[Band] = []
    parts: list[list[Line]] = []
    for above, below in zip(group, [*group[1:], ()], strict=True):
        if below:
            inside, outside = parted(glyphs, x0 - NEAR, above[0].y0, x1 + NEAR, below[0].y0)
            beside, _ = parted(outside, x0 - _BESIDE, above[0].y0, x1 + _BESIDE, below[0].y0)
            lines = lines_of(inside)
            own = _pieces(lines)
            many = sum(len(pieces) > 1 for pieces in own)
            fits = run and (len(lines) == 1 or _fit(chain(*own), _columns([*parts[-_LOOK_BACK:], *own], x0)))
            if lines and not beside and (many * 2 >= len(lines) or many and len(lines) < 12 or fits):
                run.append(Band(above[0].y0, below[0].y0, lines, below))
                parts += own
                continue
        if run:
            yield x0, x1, run
            run, parts = [], []


def lined_up(lines: Sequence[Line]) -> list[list[Line]]:
    """Runs of lines with three or more pieces each, one below the other, that line up; with what wraps below them."""
    runs: list[list[Line]] = []
    run: list[Line] = []
    loose: list[Line] = []
    parts: list[list[Line]] = []  # the pieces of the lines of the run
    for line in [*lines, None]:
        own = segments(line, _COLUMN_GAP) if line is not None else []
        many = len(own) >= LEAST
        if line is not None and run and line.y - (loose or run)[-1].y < 3.5 * line.size:
            recent = parts[-_LOOK_BACK:]
            edges = _columns([*recent, own] if many else recent, 0)
            if many and len(edges) >= LEAST:
                run += [*loose, line]
                parts += [*(segments(wrapped, _COLUMN_GAP) for wrapped in loose), own]
                loose = []
                continue
            if not many and _fit(own, edges):
                loose.append(line)
                continue
        if sum(len(pieces) >= LEAST for pieces in parts) >= LEAST:
            pitch = min(b.y - a.y for a, b in zip(run, run[1:], strict=False))
            while loose and loose[0].y - run[-1].y < 1.1 * pitch:
                run.append(loose.pop(0))
            runs.append(run)
        run, parts, loose = ([line], [own], []) if line is not None and many else ([], [], [])
    return runs


def _fit(pieces: Iterable[Line], edges: Sequence[float]) -> bool:
    """Whether no piece reaches over the edge of a column."""
    return all(bisect_right(edges, p.x0 + 1) == bisect_right(edges, p.x1 - 1) for p in pieces)


def _pieces(lines: Iterable[Line]) -> list[list[Line]]:
    return [segments(line, _COLUMN_GAP) for line in lines]


def _columns(parts: Sequence[Sequence[Line]], x0: float) -> list[float]:
    """Left edges of the columns: where no line with several pieces has a character, behind where one had."""
    pieces = [piece for part in parts if len(part) > 1 for piece in part]
    if not pieces:
        return [x0]
    reaches: list[tuple[float, float]] = []
    for start, end in sorted((p.x0, p.x1) for p in pieces):
        if reaches and start <= reaches[-1][1]:
            reaches[-1] = reaches[-1][0], max(end, reaches[-1][1])
        else:
            reaches.append((start, end))
    alone = [part[0] for part in parts if len(part) == 1]  # what wraps in one column shows how wide it is
    pieces += [p for p in alone if sum(p.x0 < end and p.x1 > start for start, end in reaches) == 1]
    sizes = sorted(p.size for p in pieces)
    em = sizes[len(sizes) // 2]
    edges = [min(x0, min(p.x0 for p in pieces))]
    reach = edges[0]
    for start, end in sorted((p.x0, p.x1) for p in pieces):
        if start - reach >= 0.5 * em and reach > edges[0]:
            edges.append((start + reach) / 2)
        reach = max(reach, end)
    return edges


def columned(bands: Sequence[Band], x0: float, x1: float) -> Grid | None:
    """The table that bands of lines make by their columns; None where there is one column only."""
    lines = [line for band in bands for line in band.lines]
    edges = _columns(_pieces(lines), x0)
    if len(edges) < 2:
        return None
    single = len(bands) >= LEAST  # rules between the rows: a row each
    rows: list[Sequence[Line]] = []
    for band in bands:
        rows += [band.lines] if single else _rows(band.lines, edges)
    cells: list[GridCell] = []
    ends = [*edges[1:], max(x1, *(line.x1 for line in lines))]
    for r, row in enumerate(rows):
        held: dict[tuple[int, int], list[Glyph]] = defaultdict(list)
        for line in row:
            for piece in segments(line, 0.5):
                first = min(max(bisect_right(edges, piece.x0 + 1) - 1, 0), len(edges) - 1)
                last = max(first, bisect_right(edges, piece.x1 - 1) - 1)
                held[first, last] += piece.glyphs
        spans = _apart(held)
        for c in range(len(edges)):
            if all(not first <= c <= last for first, last in spans):
                spans[c, c] = []
        for (first, last), glyphs in sorted(spans.items()):
            cells.append(GridCell(r, first, 1, last - first + 1, edges[first], ends[last], tuple(lines_of(glyphs))))
    if single:
        cells = _merged(cells, bands)
    top, bottom = min(line.y - line.size for line in lines), max(line.y + 0.2 * line.size for line in lines)
    return Grid(edges[0], top, ends[-1], bottom, (*edges, ends[-1]), len(rows), tuple(cells), False)


def _merged(cells: Sequence[GridCell], bands: Sequence[Band]) -> list[GridCell]:
    """Cells without a rule between them made one."""
    done: list[GridCell] = []
    for cell in cells:
        middle = (cell.x0 + cell.x1) / 2
        for k, above in enumerate(done):
            below = (above.column, above.columns, above.row + above.rows) == (cell.column, cell.columns, cell.row)
            if below and not any(r.x0 <= middle <= r.x1 for r in bands[cell.row - 1].floor):
                done[k] = above._replace(rows=above.rows + 1, lines=above.lines + cell.lines)
                break
        else:
            done.append(cell)
    return sorted(done)


def _apart(held: dict[tuple[int, int], list[Glyph]]) -> dict[tuple[int, int], list[Glyph]]:
    """Spans of columns that share none: those that do are one."""
    out: dict[tuple[int, int], list[Glyph]] = {}
    for (first, last), glyphs in sorted(held.items()):
        if out and (before := max(out))[1] >= first:
            out[before[0], max(before[1], last)] = out.pop(before) + glyphs
        else:
            out[first, last] = list(glyphs)
    return out


def _rows(band: Sequence[Line], edges: Sequence[float]) -> list[list[Line]]:
    """The lines of a band as rows: parted at wide gaps where there are narrow ones, else where most columns begin."""
    gaps = [b.y - a.y for a, b in zip(band, band[1:], strict=False)]
    if not gaps:
        return [list(band)]
    narrow, wide = min(gaps), max(gaps)
    uneven = wide > 1.25 * narrow
    rows = [[band[0]]]
    for line, gap in zip(band[1:], gaps, strict=True):
        begun = {bisect_right(edges, p.x0 + 1) for p in segments(line, _COLUMN_GAP)}
        if gap > (narrow + wide) / 2 if uneven else 1 in begun and len(begun) * 2 > len(edges):
            rows.append([line])
        else:
            rows[-1].append(line)
    return rows
