"""The rows of a table of the document: merged cells filled down, rows that run over a page put together."""

from __future__ import annotations

from dataclasses import dataclass, field

from policymine.structure.grids import GridCell
from policymine.structure.table_heads import Column, Head, matches, words_of
from policymine.structure.text_tables import Part, TextTable
from policymine.text.normalize import NormalizedText

_AS_ABOVE = frozenset(("同上", "〃", "″", '"', "“", "”", "同左"))


@dataclass(slots=True)
class TableRow:
    """A row below the head of a table.

    Attributes:
        start, end: the words of the cells that begin in the row.
        cells: the cells that cover the row by the number of their column; more than one where the row is cut in two
            by the end of a page. Cells without words are left out.
        shared: columns whose cell is merged with the row above.
    """

    start: int
    end: int
    cells: dict[int, list[GridCell]] = field(default_factory=dict)
    shared: set[int] = field(default_factory=set)

    def cell(self, column: Column) -> list[GridCell]:
        """The cells of a column in this row; empty where it says nothing."""
        return self.cells.get(column.number, [])

    def words(self, text: str, column: Column) -> str:
        """The words of a column in this row."""
        return "".join(words_of(text, c) for c in self.cell(column))


def table_rows(normalized: NormalizedText, table: TextTable) -> list[TableRow]:
    """The rows of a table that say something of their own.

    Left out: rows of titles and heads (repeated ones too), notes, and rows with a single cell that only name a group.

    Args:
        normalized: the normalised text, with its pages where the file has such.
        table: one of indicators or tasks.
    """
    text = normalized.text
    rows: list[TableRow] = []
    columns = [c for c in table.head.columns if c.role]
    heads = _head_rows(text, table)
    for k, part in enumerate(table.parts):
        filled = {c.number: part.grid.column(c.number) for c in columns}
        own: list[list[GridCell]] = [[] for _ in range(part.grid.n_rows)]
        for cell in part.grid.cells:
            if cell.end > cell.start:
                own[cell.row].append(cell)
        for number in range(part.first, part.grid.n_rows):
            if not own[number] or [words_of(text, c) for c in own[number]] in heads:
                continue
            row = _row(part, number, own[number], filled)
            new_page = k > 0 and number == part.first or bool(rows) and _page(normalized, rows[-1].end - 1) != _page(normalized, row.start)
            if rows and new_page and _goes_on(table.head, rows[-1], row):
                rows[-1].end = row.end
                for column, cells in row.cells.items():
                    above = rows[-1].cells.setdefault(column, [])
                    above += (c for c in cells if c not in above)
                continue
            if matches("captions", "note", text[row.start : row.end]) or len(own[number]) == 1 and _names_group(part, own[number][0], row):
                continue
            _fill_from_above(text, table, rows[-1] if rows else None, row, continued=k > 0)
            rows.append(row)
    return rows


def _head_rows(text: str, table: TextTable) -> list[list[str]]:
    part = table.parts[0]
    found = [[words_of(text, c) for c in part.grid.row(number) if c.row == number and c.end > c.start] for number in range(part.first)]
    return [words for words in found if len(words) > 1]


def _row(part: Part, number: int, own: list[GridCell], filled: dict[int, list[GridCell | None]]) -> TableRow:
    row = TableRow(min(c.start for c in own), max(c.end for c in own))
    for column, cells in filled.items():
        cell = cells[number]
        if cell is not None and cell.end > cell.start and cell.row >= part.first:
            row.cells[column] = [cell]
            if cell.row < number:
                row.shared.add(column)
    return row


def _names_group(part: Part, cell: GridCell, row: TableRow) -> bool:
    """Whether the only cell of a row stands alone: over the whole width, or with nothing merged beside it."""
    return cell.columns >= part.grid.n_columns or not row.shared


def _page(normalized: NormalizedText, at: int) -> int | None:
    return normalized.layout.page(normalized.raw_start(at)) if normalized.layout.pages else None


def _goes_on(head: Head, above: TableRow, row: TableRow) -> bool:
    """Whether the first row of a page is the rest of the last row of the page before: it has no number of its own."""
    numbers = head.having("number") or head.having("task", "indicator")[:1]
    return bool(numbers) and all(above.cell(c) and not row.cell(c) for c in numbers)


def _fill_from_above(text: str, table: TextTable, above: TableRow | None, row: TableRow, continued: bool) -> None:
    """Take over what 同上 stands for, and a merged cell that the end of a page cut in two."""
    if above is None:
        return
    for column in table.head.columns:
        cells, number = row.cell(column), column.number
        same = bool(cells) and words_of(text, cells[0]) in _AS_ABOVE
        cut = not cells and continued and column.role in ("department", "deadline") and number in above.shared
        if (same or cut) and above.cell(column):
            row.cells[number] = above.cell(column)
            row.shared.add(number)
