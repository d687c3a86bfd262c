"""Tables of single pages made into tables of the document: those that go on over a page are one.

A table goes on where it is the first thing of a page, the last thing of the page before was a table, and the edges of
their columns agree. Of the second part

- rows at its head that repeat the head of the table are kept in the text as furniture, in no cell; the rows that they
  repeat are marked as header cells, since the file itself says so;
- a row that was cut (each of its cells goes on with a full line, or only one has words) is put back into its row;
- an empty cell at its head below a merged cell is the rest of that cell.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from policymine.reading.pages.flow import Block
from policymine.reading.pages.grid import NEAR, Grid, GridCell
from policymine.reading.pages.page import Line

AGREE = 4.0
"""Points by which the drawn edges of columns may differ in a table that goes on."""
_MOST_HEADS = 4
_LOOK_BACK = 200
"""Rows above a page that tell what is merged: time in proportion to the rows."""
_CONTINUED = re.compile(r"[（(]?\s*(?:续表|续上表|接上表|接上页)\s*[\d一二三四五六七八九十]{0,3}\s*[）)]?.{0,20}")
_ENDED = "。；！？;!?"


@dataclass(slots=True)
class RowCell:
    """A cell of a table of the document as it is put together; a line is its words and whether a paragraph begins."""

    row: int
    column: int
    rows: int
    columns: int
    lines: list[tuple[str, bool]]
    first: Line | None
    last: Line | None
    room: float
    header: bool = False

    @property
    def text(self) -> str:
        """The words of the cell without its line breaks."""
        return "".join(words for words, _ in self.lines)


Row = list[RowCell]


@dataclass(slots=True)
class Piece:
    """What is written next: a line of text, or (``row``) a row of the table with the number ``table``."""

    page: int
    text: str = ""
    furniture: bool = False
    opens: bool = True
    row: Row | None = None
    table: int = -1


@dataclass(slots=True)
class _Open:
    """The table that may go on: its number, its last part, the edges of its columns, its rows so far, its pieces."""

    number: int
    part: Grid
    edges: tuple[float, ...]
    rows: int
    pieces: list[Piece] = field(default_factory=list)


def joined(blocks: Sequence[Block]) -> list[Piece]:
    """Lines and tables in reading order as pieces of the text, tables joined over pages."""
    pieces: list[Piece] = []
    last: _Open | None = None
    number = -1
    for i, block in enumerate(blocks):
        if block.table is None:
            assert block.line is not None
            goes_on = last is not None and not block.furniture and _announces(blocks, i)
            pieces.append(Piece(block.page, block.line.text, block.furniture or goes_on, block.opens))
            if not pieces[-1].furniture:
                last = None
            continue
        follows = last is not None and last.pieces[-1].page == block.page - 1
        if last is not None and follows and (edges := _agreed(last, block.table)):
            _go_on(last, block, edges, pieces)
            continue
        number += 1
        last = _Open(number, block.table, block.table.edges, block.table.rows)
        last.pieces = [Piece(block.page, row=row, table=number) for row in rows_of(block.table)]
        pieces += last.pieces
    return pieces


def _announces(blocks: Sequence[Block], i: int) -> bool:
    """Whether a line says 续表 above a table at the head of a page."""
    line, rest = blocks[i].line, [b for b in blocks[i + 1 : i + 4] if not b.furniture]
    ahead = bool(rest) and rest[0].table is not None and rest[0].page == blocks[i].page
    return ahead and line is not None and _CONTINUED.fullmatch(line.text.strip()) is not None


def _agreed(table: _Open, part: Grid) -> tuple[float, ...] | None:
    """The edges of the columns that a table and a part on the next page share; None where it is another table.

    Edges that are drawn stand at the same places (one part may lack some inside, where cells are merged); those that
    are not part the words of both.
    """
    a, b = table.edges, part.edges
    if part.ruled and table.part.ruled:
        more, fewer = (a, b) if len(a) >= len(b) else (b, a)
        if abs(a[0] - b[0]) > AGREE or abs(a[-1] - b[-1]) > AGREE:
            return None
        return more if all(min(abs(x - y) for y in more) <= AGREE for x in fewer) else None
    if len(a) != len(b) or part.ruled or table.part.ruled:
        return None
    ours, theirs = _extents(table.part), _extents(part)
    for c in range(len(a) - 2):
        ends = max(ours[c][1], theirs[c][1])
        if ends > min(ours[c + 1][0], theirs[c + 1][0]) + NEAR:
            return None
    return a


def _extents(grid: Grid) -> list[tuple[float, float]]:
    """From where to where the words of each column reach."""
    found = [(float("inf"), float("-inf"))] * (len(grid.edges) - 1)
    for cell in grid.cells:
        for line in cell.lines if cell.columns == 1 else ():
            x0, x1 = found[cell.column]
            found[cell.column] = min(x0, line.x0), max(x1, line.x1)
    return found


def rows_of(grid: Grid) -> list[Row]:
    """The rows of a table of a page, every cell told which of its lines begin paragraphs."""
    pads: dict[tuple[int, int], float] = {}
    for cell in grid.cells:
        key = cell.column, cell.columns
        for line in cell.lines:
            pads[key] = min(pads.get(key, line.size), max(0.2 * line.size, line.x0 - cell.x0))
    rows: list[Row] = [[] for _ in range(grid.rows)]
    for cell in grid.cells:
        rows[cell.row].append(_row_cell(cell, pads.get((cell.column, cell.columns), 0.0)))
    return rows


def _row_cell(cell: GridCell, pad: float) -> RowCell:
    wide = max([cell.x1 - cell.x0 - 2 * pad, *(line.x1 - line.x0 for line in cell.lines)])
    lines = []
    for k, line in enumerate(cell.lines):
        above = cell.lines[k - 1] if k else None
        lines.append((line.text, above is None or not is_full(above, wide, line)))
    first, last = (cell.lines[0], cell.lines[-1]) if cell.lines else (None, None)
    return RowCell(cell.row, cell.column, cell.rows, cell.columns, lines, first, last, wide)


def is_full(above: Line, wide: float, below: Line) -> bool:
    """Whether the first word of a line had no room behind the line above."""
    return wide - (above.x1 - above.x0) < below.chunk + 0.3 * below.size


def _go_on(table: _Open, block: Block, edges: tuple[float, ...], pieces: list[Piece]) -> None:
    """Add the part of a table that stands on the next page."""
    grid = block.table
    assert grid is not None
    rows = rows_of(grid)
    before = [piece.row for piece in table.pieces if piece.row is not None]
    for part, old in ((before, table.edges), (rows, grid.edges)):
        _remap(part, old, edges)
    table.edges, table.part = edges, grid
    heads = 0
    while heads < min(len(rows), len(before), _MOST_HEADS) and rows[heads] and _same(rows[heads], before[heads]):
        heads += 1
    for row in before[:heads]:
        for cell in row:
            cell.header = True
    pieces += [Piece(block.page, furniture=True, row=row, table=table.number) for row in rows[:heads]]
    before = before[: heads + 1] + before[max(heads + 1, len(before) - _LOOK_BACK) :]
    rest = rows[heads:]
    if rest and _is_cut(rest[0], before, heads):
        for cell in rest[0]:
            above = _covering(before, cell.column)
            if above:
                above.rows += cell.rows - 1
            if above and cell.lines:
                above.lines += [(cell.lines[0][0], not _continues(above, cell)), *cell.lines[1:]]
                above.last = cell.last
        shift = table.rows - heads - 1
        rest = rest[1:]
    else:
        shift = table.rows - heads
    if rest:
        _extend_merged(rest, before, heads)
    for row in rest:
        for cell in row:
            cell.row += shift
    added = [Piece(block.page, row=row, table=table.number) for row in rest]
    table.rows += len(rest)
    table.pieces += added or [Piece(block.page)]
    pieces += added


def _continues(above: RowCell, cell: RowCell) -> bool:
    """Whether the words of a cell can be the rest of a paragraph in the cell above."""
    if above.last is None or cell.first is None:
        return False
    return is_full(above.last, max(above.room, cell.room), cell.first)


def _remap(rows: Sequence[Row], old: Sequence[float], new: Sequence[float]) -> None:
    if len(old) == len(new):
        return
    place = [min(range(len(new)), key=lambda k: abs(new[k] - edge)) for edge in old]
    for row in rows:
        for cell in row:
            first, end = place[cell.column], place[cell.column + cell.columns]
            cell.column, cell.columns = first, end - first


def _same(row: Row, other: Row) -> bool:
    return [(c.column, c.columns, c.text) for c in row] == [(c.column, c.columns, c.text) for c in other]


def _covering(rows: Sequence[Row], column: int) -> RowCell | None:
    """The lowest cell of a column."""
    for row in reversed(rows):
        for cell in row:
            if cell.column <= column < cell.column + cell.columns:
                return cell
    return None


def _is_cut(row: Row, before: Sequence[Row], heads: int) -> bool:
    """Whether a row at the head of a page is the rest of the last row of the page before."""
    filled = [cell for cell in row if cell.lines]
    if not filled or len(filled) == len(row) or len(before) <= heads or any(cell.columns > 1 for cell in filled):
        return False
    above = [_covering(before, cell.column) for cell in filled]
    if any(cell is None or not cell.lines for cell in above):
        return False
    if all(_continues(a, cell) for a, cell in zip(above, filled, strict=True) if a):
        return True
    return len(filled) == 1 and above[0] is not None and above[0].text[-1] not in _ENDED


def _extend_merged(rows: list[Row], before: Sequence[Row], heads: int) -> None:
    """Give the empty cells at the head of a page to the merged cells that the page cut."""
    merged: dict[int, bool] = defaultdict(bool)
    for row in (*before[heads:], *rows):
        for cell in row:
            merged[cell.column] |= cell.rows > 1
    for cell in list(rows[0]):
        above = _covering(before, cell.column)
        if cell.lines or not merged[cell.column] or above is None or not above.lines:
            continue
        if (above.column, above.columns) == (cell.column, cell.columns):
            above.rows += cell.rows
            rows[0].remove(cell)
