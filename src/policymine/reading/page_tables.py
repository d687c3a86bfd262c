"""Which tables of a page hold data, and the grid of their cells.

Old pages are laid out in tables, so most tables are none. A table of data has several rows of several filled cells,
no cell that holds most of its words, and most of them in no table within. Everything else is read as the blocks
that it is made of: a frame around a box, columns of a page, two signatures side by side.
"""

from __future__ import annotations

from policymine.reading.markup import Block

MOST_IN_ONE = 0.7
"""Share of the words of a table that one cell may hold."""
_SHORT = 300
"""Characters up to which a table may have most of its words in one cell."""
_MOST_CELLS = 50_000


def holds_data(table: Block) -> bool:
    """Whether a block with the tag ``table`` is a table of data."""
    return _holds_data(_rows(table))


def grid_of(table: Block) -> list[list[tuple[Block, int, int]]]:
    """The cells of a table of data, row by row, each with its row and column in the grid that spans make.

    Args:
        table: a block with the tag ``table``.

    Returns:
        A list a row with the cells that begin in it; empty where the table only lays out the page.

    >>> from policymine.reading.markup import read_markup
    >>> page = read_markup("<table><tr><td rowspan=2>指标<td>2025年<tr><td>15<tr><td>甲<td>8</table>")
    >>> [table] = page.root.blocks()[0].blocks()[0].blocks()
    >>> [[(cell.rows, y, x) for cell, y, x in row] for row in grid_of(table)]
    [[(2, 0, 0), (1, 0, 1)], [(1, 1, 1)], [(1, 2, 0), (1, 2, 1)]]
    """
    rows = _rows(table)
    if not _holds_data(rows):
        return []
    taken: set[tuple[int, int]] = set()
    grid: list[list[tuple[Block, int, int]]] = []
    for y, row in enumerate(rows):
        x, placed = 0, []
        for cell in row:
            while (y, x) in taken:
                x += 1
            placed.append((cell, y, x))
            cell.rows = min(cell.rows, len(rows) - y)
            if len(taken) + cell.rows * cell.columns > _MOST_CELLS:
                cell.rows = cell.columns = 1
            taken.update((y + i, x + j) for i in range(cell.rows) for j in range(cell.columns))
            x += cell.columns
        grid.append(placed)
    return [row for row in grid if row]


def _rows(table: Block) -> list[list[Block]]:
    rows: list[list[Block]] = []
    waiting = [table]
    while waiting:
        block = waiting.pop()
        if block.tag == "tr":
            rows.append([cell for cell in block.blocks() if cell.tag in ("td", "th")])
        else:
            inner = reversed(block.blocks())
            waiting.extend(part for part in inner if part.tag in ("tr", "thead", "tbody", "tfoot"))
    return rows


def _holds_data(rows: list[list[Block]]) -> bool:
    if sum(len(row) > 1 for row in rows) < 2:
        return False
    sizes = [[sum(len(line.text) for line in cell.lines()) for cell in row] for row in rows]
    filled = [sum(map(bool, row)) for row in sizes]
    whole = sum(map(sum, sizes))
    if sum(n > 1 for n in filled) < 2 or sum(n > 1 for n in filled) * 2 < sum(map(bool, filled)):
        return False
    if whole > _SHORT and max(max(row, default=0) for row in sizes) > MOST_IN_ONE * whole:
        return False
    return 2 * sum(map(_tabled, (cell for row in rows for cell in row))) <= whole


def _tabled(cell: Block) -> int:
    """The characters of a cell that stand in tables of their own."""
    found, waiting = 0, cell.blocks()
    while waiting:
        block = waiting.pop()
        if block.tag == "table":
            found += sum(len(line.text) for line in block.lines())
        else:
            waiting.extend(block.blocks())
    return found
