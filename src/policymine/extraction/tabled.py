"""The facts that the tables of a document give, row by row, each with the task of its row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from policymine.extraction.context import Context
from policymine.extraction.deadlines import NOTHING, Governing
from policymine.extraction.indicator_tables import IndicatorTable, RowTarget, amount_target
from policymine.extraction.inheritance import Inheritance
from policymine.extraction.lists import CellList
from policymine.extraction.table_rows import TableRow, table_rows
from policymine.extraction.task_tables import row_deadlines, row_lists
from policymine.lexicon.departments import Departments
from policymine.models import Deadline, Goal, Rejected, Target
from policymine.structure.grids import GridCell
from policymine.structure.table_heads import Head

_FAR = (None, "heading", "lead-in")
"""Where the deadline of a promise may come from without being nearer than the one of its row."""


@dataclass(slots=True)
class RowTask:
    """The task of a row: its words, the cells that begin in it, its dates and its lists of departments."""

    start: int
    end: int
    cells: list[tuple[int, int]] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    lists: list[CellList] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tabled:
    """What the tables of a document give.

    Attributes:
        tasks: by place. Facts that prose extractors find in a cell belong to the task of its row too.
        targets: targets and goals with the deadline of their column.
        heads: the deadlines that heads of columns state.
    """

    tasks: tuple[RowTask, ...] = ()
    targets: tuple[RowTarget, ...] = ()
    heads: tuple[Deadline, ...] = ()
    _cells: tuple[tuple[int, int, int], ...] = field(default=(), repr=False)

    def task_at(self, at: int) -> int | None:
        """The number of the task whose cell holds a position; None outside of rows."""
        k = bisect_right(self._cells, at, key=lambda cell: cell[0]) - 1
        return self._cells[k][2] if k >= 0 and at < self._cells[k][1] else None

    def deadlines(self) -> list[Deadline]:
        """The deadlines of heads and rows, by place; one in a merged cell once for each row, in their order."""
        return sorted([*self.heads, *(d for t in self.tasks for d in t.deadlines)], key=lambda d: d.expression.start)

    def lists(self) -> list[CellList]:
        """The lists of departments, by place; one in a merged cell once for each row, in their order."""
        return sorted((c for t in self.tasks for c in t.lists), key=lambda c: c.found.start)


NOTHING_TABLED = Tabled()


def read_tabled(context: Context, departments: Departments) -> Tabled:
    """Read the rows of all tables of indicators and tasks of a document.

    Args:
        context: the document.
        departments: the lexicon of departments.
    """
    tasks: dict[tuple[int, int], RowTask] = {}
    targets: list[RowTarget] = []
    heads: list[Deadline] = []
    for table in context.tables.tables:
        if table.head.kind == "other":
            continue
        indicators = IndicatorTable(context, table) if table.head.kind == "indicator" else None
        for row in table_rows(context.normalized, table):
            words = _task_cell(table.head, row)
            task = tasks.setdefault((words.start, words.end), RowTask(words.start, words.end))
            task.cells += ((c.start, c.end) for number, cells in row.cells.items() if number not in row.shared for c in cells)
            known = {d.expression.start for d in task.deadlines} | {c.found.start for c in task.lists}
            task.deadlines += (d for d in row_deadlines(context, table.head, row) if d.expression.start not in known)
            task.lists += (c for c in row_lists(context, departments, table.head, row, (words.start, words.end)) if c.found.start not in known)
            targets += indicators.read(row) if indicators else _aims(context, table.head, row, words)
        heads += indicators.deadlines.values() if indicators else ()
    ordered = tuple(sorted(tasks.values(), key=lambda t: (t.start, t.end)))
    cells = sorted((start, end, k) for k, task in enumerate(ordered) for start, end in task.cells)
    return Tabled(ordered, tuple(targets), tuple(heads), tuple(cells)) if ordered else NOTHING_TABLED


def _task_cell(head: Head, row: TableRow) -> GridCell:
    """The cell that says what is to be done: the one of the finest column, one of the row's own before a merged one.

    Of a cell that the end of a page cuts in two, the longer piece.
    """
    found = [c for role in ("measure", "task", "indicator") for c in reversed(head.having(role)) if row.cell(c)]
    column = next((c for c in found if c.number not in row.shared), found[0] if found else None)
    pieces = row.cell(column) if column else []
    return max(pieces, key=lambda c: (c.end - c.start, -c.start)) if pieces else GridCell(row.start, row.end, 0, 0)


def _aims(context: Context, head: Head, row: TableRow, words: GridCell) -> Iterator[RowTarget]:
    """The bare numbers (≥90%) of the column that says what a task is to reach."""
    for column in head.having("aim", "target"):
        for cell in row.cell(column):
            made = amount_target(context, cell, words, (min(row.start, cell.start), max(row.end, cell.end)))
            if made:
                yield RowTarget(made, None)


def with_tables(
    context: Context,
    tabled: Tabled,
    inheritance: Inheritance,
    deadlines: list[Deadline],
    targets: list[Target],
    goals: list[Goal],
) -> tuple[list[Target], list[Goal]]:
    """The targets and goals of prose and tables together, by place, each with the deadline that governs it.

    In a row the deadline of the column goes first, then the only date of the row, then one above the table, then what
    governs the table.

    Args:
        context: the document.
        tabled: what the tables give.
        inheritance: answers which deadline governs a position of the prose.
        deadlines: all of the document.
        targets: those of the prose.
        goals: those of the prose.
    """
    if not tabled.tasks:
        return targets, goals
    numbers = {id(d): i for i, d in enumerate(deadlines)}
    starts = {d.expression.start: i for i, d in enumerate(deadlines)}

    def of_row(at: int) -> Governing:
        number = tabled.task_at(at)
        own = [d for d in tabled.tasks[number].deadlines if d.expression.end_date and d.expression.relation != "every"] if number is not None else []
        return Governing(own[0].expression.end_date, "paragraph", numbers[id(own[0])]) if len(own) == 1 else NOTHING

    def dated(found: Target | Goal, at: int) -> Target | Goal:
        governing = of_row(at) if found.deadline_from in _FAR else NOTHING
        if governing is NOTHING:
            return found
        return replace(found, deadline=governing.value, deadline_from=governing.origin, deadline_index=governing.index)

    in_prose: list[Target | Goal] = [*targets, *goals]
    made = [dated(f, _place(f)) for f in in_prose]
    for row in tabled.targets:
        found, at = row.found, _place(row.found)
        if row.deadline is not None:
            made.append(replace(found, deadline_index=numbers[id(row.deadline)]))
            continue
        governing = of_row(at)
        if governing is NOTHING and row.above in starts:
            above = starts[row.above]
            governing = Governing(deadlines[above].expression.end_date, "heading", above)
        if governing is NOTHING:
            governing = inheritance.governing(at, at + 1)
        made.append(replace(found, deadline=governing.value, deadline_from=governing.origin, deadline_index=governing.index))
    made.sort(key=_place)
    return [f for f in made if isinstance(f, Target)], [f for f in made if isinstance(f, Goal)]


def _place(found: Target | Goal) -> int:
    return found.quantity.start if isinstance(found, Target) else found.start


def unread_cells(context: Context, targets: list[Target], deadlines: list[Deadline]) -> list[Rejected]:
    """The numbers and dates in cells of tables that became no fact."""
    used = {t.quantity.number_start for t in targets}
    dated = {d.expression.start for d in deadlines}
    numbers = [Rejected("target", q.start, q.end, "table", "target.table-cell") for q in context.tabled_quantities if not any(at in used for at in range(q.start, q.end))]
    times = [Rejected("deadline", x.start, x.end, "table", x.rule) for x in context.tabled_times if not any(at in dated for at in range(x.start, x.end))]
    return [*numbers, *times]
