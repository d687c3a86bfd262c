"""Tables in plain text whose cells are parted by bars on lines of their own, as text dumps of web pages leave them.

Two bars in succession part rows, or are an empty cell; which of the two, the columns of the head decide. Only a head whose
words name columns of indicators or tasks opens such a table (``table_heads.toml``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from policymine.models import Cell, Table
from policymine.structure.typed_cells import Span, column_roles, fit, words_of

_BAR = re.compile(r"^[^\S\n]*\|[^\S\n]*$", re.MULTILINE)
_MOST_LINES_OF_CELL = 8
_FEWEST_COLUMNS = 2

Cells = list[Span | None]
"""What stands between the bars, one after the other; None where nothing does."""


def tables_between_bars(text: str) -> Iterator[Table]:
    """The tables of a text with a bar a line, from its beginning to its end.

    >>> text = "|\\n任务\\n|\\n负责部门\\n|\\n|\\n新建公交站\\n|\\n市交通局\\n|\\n|\\n修订规程\\n|\\n市住建局\\n|\\n"
    >>> [[text[c.start : c.end] for c in t.cells][2:] for t in tables_between_bars(text)]
    [['新建公交站', '市交通局', '修订规程', '市住建局']]
    """
    for cells in _runs(text):
        size = cells.index(None) if None in cells else 0
        head = [cell for cell in cells[:size] if cell is not None]
        roles = column_roles([words_of(text, name) for name in head]) if size >= _FEWEST_COLUMNS else []
        rows = _rows(text, cells[size + 1 :], roles) if roles else []
        if rows:
            every = [head, *rows]
            made = (Cell(*span, r, c) for r, row in enumerate(every) for c, span in enumerate(row))
            yield Table(head[0][0], rows[-1][-1][1], tuple(made))


def _runs(text: str) -> Iterator[Cells]:
    """What stands between bars that are no more than a cell apart."""
    cells: Cells = []
    for bar, after in pairwise([*_BAR.finditer(text), None]):
        if bar is None or after is None or text.count("\n", bar.end(), after.start()) > _MOST_LINES_OF_CELL:
            yield cells
            cells = []
            continue
        words = text[bar.end() : after.start()].strip()
        first = text.find(words, bar.end())
        cells.append((first, first + len(words)) if words else None)


def _rows(text: str, cells: Cells, roles: Sequence[str]) -> list[list[Span]]:
    """The rows below a head: as many cells as columns, empty ones too, or what two bars in succession end, by what suits the columns."""
    rows: list[list[Span]] = []
    at, end, size = 0, 0, len(roles)
    while at < len(cells):
        row = cells[at : at + size]
        if len(row) == size and (at + size == len(cells) or cells[at + size] is None):
            made = []
            for cell in row:
                made.append(cell or (end, end))
                end = made[-1][1]
            at += size + 1
        else:
            upto = cells.index(None, at) if None in cells[at:] else len(cells)
            fitted, _ = fit(text, [cell for cell in cells[at:upto] if cell is not None], roles)
            if fitted is None:
                break
            made, end = fitted, fitted[-1][1]
            at = upto + 1
        rows.append(made)
    return rows
