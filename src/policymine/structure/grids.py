"""The tables of a document as grids over the normalised text: which cell stands where, and what covers a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policymine.models import Table
from policymine.text.normalize import NormalizedText


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell that covers ``rows`` times ``columns`` places of its grid; ``start``..``end`` are its words."""

    start: int
    end: int
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """One table of the file; ``cells`` in the order of the text, the empty ones too."""

    start: int
    end: int
    cells: tuple[GridCell, ...]
    n_rows: int
    n_columns: int

    def row(self, number: int) -> list[GridCell]:
        """The cells that cover a row, by column."""
        return sorted((c for c in self.cells if c.row <= number < c.row + c.rows), key=lambda c: c.column)

    def column(self, number: int) -> list[GridCell | None]:
        """The cell that covers each row of a column; where cells overlap, the first of the text."""
        filled: list[GridCell | None] = [None] * self.n_rows
        for cell in self.cells:
            if cell.column <= number < cell.column + cell.columns:
                for row in range(cell.row, min(cell.row + cell.rows, self.n_rows)):
                    if filled[row] is not None:
                        break
                    filled[row] = cell
        return filled

    def titles(self) -> int:
        """How many rows at the top hold one cell with text and no more: the caption that was put into the table."""
        filled = [0] * self.n_rows
        for cell in self.cells:
            filled[cell.row] += cell.end > cell.start
        return next((row for row, n in enumerate(filled) if n > 1), 0)

    @property
    def framed(self) -> bool:
        """Whether this is running text in a frame: no row has two cells with text."""
        rows = [c.row for c in self.cells if c.end > c.start]
        return len(set(rows)) == len(rows)


def read_grids(text: NormalizedText) -> Iterator[Grid]:
    """The tables that a reader found, over the normalised text; those without any text are left out.

    >>> from policymine.models import Cell, Layout
    >>> from policymine.text.normalize import normalize
    >>> n = normalize("指标\\t2025年", Layout(tables=(Table(0, 8, (Cell(0, 2, 0, 0), Cell(3, 8, 0, 1))),)))
    >>> [[n.text[c.start : c.end] for c in grid.cells] for grid in read_grids(n)]
    [['指标', '2025年']]
    """
    for table in text.layout.tables:
        made = _grid(text, table)
        if made is not None:
            yield made


def _grid(text: NormalizedText, table: Table) -> Grid | None:
    if not any(cell.end > cell.start for cell in table.cells):
        return None
    n_rows = 1 + max(cell.row for cell in table.cells)
    n_columns = 1 + max(cell.column for cell in table.cells)
    cells = []
    for cell in table.cells:
        start, end = text.norm_start(cell.start), text.norm_start(cell.end)
        while start < end and text.text[end - 1] == "\n":
            end -= 1
        while start < end and text.text[start] == "\n":
            start += 1
        # A span beyond the last row or column covers nothing.
        rows, columns = min(cell.rows, n_rows - cell.row), min(cell.columns, n_columns - cell.column)
        cells.append(GridCell(start, end, cell.row, cell.column, max(rows, 1), max(columns, 1), cell.header))
    start, end = min(c.start for c in cells), max(c.end for c in cells)
    return Grid(start, end, tuple(cells), n_rows, n_columns) if end > start else None
