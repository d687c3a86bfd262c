"""The tables of a document in its text: what each is, which parts continue another, and which cells are prose."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from policymine.models import Header
from policymine.structure.grids import Grid, GridCell, read_grids
from policymine.structure.table_heads import Head, matches, read_head, same_heads, words_of
from policymine.text.amounts import read_amount
from policymine.text.normalize import NormalizedText

PROSE = {"task": "tasks", "measure": "tasks", "aim": "objectives", "target": "objectives"}
"""Roles of columns whose cells are read as prose, and the kind of section that such a cell counts as."""
_SENTENCE = re.compile(r"[。;]|^(?=.{20,}$).*,", re.DOTALL)
_LONGEST_CAPTION = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the file that is a table of the document or continues one; ``first`` is its first row below the head."""

    grid: Grid
    first: int


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of the document, over all pages that it runs over."""

    head: Head
    parts: tuple[Part, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class TextTables:
    """The tables of a document, and what the cells of each are for the steps that read prose.

    A cell is closed to prose (numbers, names, dates: the readers of tables look at them), or counts as a section of
    tasks or of objectives, or is prose like any other. No cell opens a heading: 一、加强领导 in a table is a group
    of its tasks. Tables that only frame running text are none of these.
    """

    tables: tuple[TextTable, ...] = ()
    _starts: list[int] = field(default_factory=list, repr=False)
    _cells: list[tuple[int, str]] = field(default_factory=list, repr=False)

    def kind(self, at: int) -> str | None:
        """What the cell at a position is: closed, tasks, objectives, prose; None outside of the cells of tables."""
        k = bisect_right(self._starts, at) - 1
        return self._cells[k][1] if k >= 0 and at < self._cells[k][0] else None

    def closed(self, at: int) -> bool:
        """Whether a position stands in a cell that is not prose."""
        return bool(self._starts) and self.kind(at) == "closed"

    def closed_spans(self) -> Iterator[tuple[int, int]]:
        """The spans of the cells that are not prose, in order."""
        return ((start, end) for start, (end, kind) in zip(self._starts, self._cells, strict=True) if kind == "closed")


NO_TABLES = TextTables()


def read_tables(text: NormalizedText, header: Header) -> TextTables:
    """Find out what the tables of a document are.

    A table that follows another with nothing between them (or only 续表), with as many columns and the same head or
    none of its own, continues it.

    Args:
        text: the normalised text with its layout.
        header: the year of writing tells targets from what was reached.
    """
    tables: list[TextTable] = []
    last_end = 0
    for grid in read_grids(text):
        if grid.start < last_end:
            continue
        caption = _caption(text.text, grid, last_end)
        head = read_head(text.text, grid, header.year, caption.replace("\n", ""))
        last = tables[-1] if tables else None
        if last and _continues(text.text, last, grid, head):
            first = head.first if head.kind != "other" else 0
            tables[-1] = TextTable(last.head, (*last.parts, Part(grid, first)), last.caption)
        elif not grid.framed:
            tables.append(TextTable(head, (Part(grid, head.first),), caption))
        last_end = grid.end
    cells = sorted((start, end, kind) for table in tables for start, end, kind in _kinds(text.text, table))
    return TextTables(tuple(tables), [start for start, _, _ in cells], [(end, kind) for _, end, kind in cells]) if tables else NO_TABLES


def _caption(text: str, grid: Grid, begin: int) -> str:
    """The lines that head a table: the short ones directly above it, and rows of titles inside it."""
    titles = grid.titles()
    inside = [words_of(text, c) for c in grid.cells if c.row < titles and c.end > c.start]
    above: list[str] = []
    at = grid.start
    for _ in range(3):
        line = text.rfind("\n", begin, max(at - 1, begin)) + 1 or begin
        words = text[line : max(at - 1, line)]
        if not words or len(words) > _LONGEST_CAPTION or words.endswith("。"):
            break
        above.insert(0, words)
        at = line
    return "\n".join([*above, *inside])


def _continues(text: str, last: TextTable, grid: Grid, head: Head) -> bool:
    before = last.parts[-1].grid
    between = text[before.end : grid.start].strip("\n")
    if last.head.kind == "other" or grid.n_columns != before.n_columns:
        return False
    if between and not matches("captions", "continued", between):
        return False
    return same_heads(last.head.columns, head.columns) if head.kind != "other" else True


def _kinds(text: str, table: TextTable) -> Iterator[tuple[int, int, str]]:
    """The cells with text of a table and what each is; rows of titles are as if they stood above it."""
    roles = {c.number: c.role for c in table.head.columns}
    for k, part in enumerate(table.parts):
        titles = part.grid.titles() if k == 0 else 0
        for cell in part.grid.cells:
            if cell.end > cell.start and cell.row >= titles:
                yield cell.start, cell.end, _cell_kind(text, table, part, cell, roles)


def _cell_kind(text: str, table: TextTable, part: Part, cell: GridCell, roles: dict[int, str]) -> str:
    if cell.row < part.first or matches("captions", "note", text[cell.start : cell.end]) or cell.columns >= part.grid.n_columns:
        return "closed"
    if table.head.kind == "task":
        kind = PROSE.get(roles.get(cell.column, ""), "closed")
        return "closed" if kind == "objectives" and read_amount(words_of(text, cell)) else kind
    if table.head.kind == "other":
        return "prose" if _SENTENCE.search(text, cell.start, cell.end) else "closed"
    return "tasks" if roles.get(cell.column) in ("task", "measure") else "closed"
