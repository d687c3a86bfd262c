"""Rows of a table of indicators (专栏 主要指标) as targets: 指标 | 单位 | 2020年 | 2025年 | 年均增速 | 属性."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policymine.extraction.context import Context
from policymine.extraction.deadlines import due
from policymine.extraction.goals import stated_outcome
from policymine.extraction.table_rows import TableRow
from policymine.extraction.targets import is_baseline
from policymine.models import Deadline, Goal, Quantity, Target, TimeExpression
from policymine.structure.grids import GridCell
from policymine.structure.table_heads import Column, Head, deals_out, matches, rules
from policymine.structure.table_units import TOTAL, is_unit, unit_in, without_unit
from policymine.structure.text_tables import TextTable
from policymine.text.amounts import LONGEST_UNIT, Amount, read_amount

_NUMBERED = re.compile(r"[(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[)、]|\.(?!\d))|[①-⑳]|\d{1,2}(?=[\s\u3000])")
_OF_WHICH = re.compile(r"(?:其中)?[:、,]?")
_MARKED = re.compile(r"[*※]+$")
_UNIT = re.compile(rf"\((?P<unit>[^()]{{1,{LONGEST_UNIT}}})\)(?=\(|$)")
_ROUND_TOTALS = re.compile(r"\(\)(?:内|中|号|里)?[^。;\n]{0,8}累计")
_ORDINAL = re.compile(r"[(]?\d{1,3}[)]?\.?|[一二三四五六七八九十]{1,3}")
_LONGEST_NAME = 30
_PAIRED = 4
"""Characters of the name of a sub-row (城镇, 农村) up to which the name that it stands under is needed too."""


@dataclass(frozen=True, slots=True)
class RowTarget:
    """A target or goal of a row, with the deadline of its column (None: the head states none).

    ``above`` is where the lines above the table say by when all of it is to be done.
    """

    found: Target | Goal
    deadline: Deadline | None
    above: int | None = None


class IndicatorTable:
    """Reads the rows of one table of indicators.

    Args:
        context: the document.
        table: the table.
    """

    def __init__(self, context: Context, table: TextTable) -> None:
        self._context, self._head = context, table.head
        self._measured, self._unit = _captioned(table.caption) if table.head.having("place") else ("", None)
        self._dealt = bool(table.head.having("place")) and deals_out(table.caption.replace("\n", ""))
        self._above = _dated_above(context, table) if self._dealt else None
        self._round = any(_ROUND_TOTALS.search(context.text, p.grid.start, p.grid.end + 200) for p in table.parts)
        self._promised = [c for c in self._head.having("target", "growth") if c.role == "target" or c.date or self._head.having("target")]
        self.deadlines = {c.number: _deadline(context, c) for c in self._promised if c.date}
        targets = [c for c in self._head.having("target") if c.date]
        self._end = max(targets, key=lambda c: c.date or "", default=None)

    def read(self, row: TableRow) -> list[RowTarget]:
        """The targets of a row, and the goals where words stand in the place of a number (完成国家下达任务).

        Left out: figures of the base year and earlier, cells without a number, and what is only marked by a dash.
        """
        text = self._context.text
        named = indicator_of(self._context, self._head, row)
        if named is None:
            return []
        name, bracket = named
        unit = next((w for c in self._head.having("unit") if (w := row.words(text, c))), None) or bracket or self._unit
        made: list[RowTarget] = []
        for column in self._promised:
            for cell in row.cell(column)[:1]:
                made += self._targets(row, column, cell, name + self._what(column), unit_in(column.words) or unit)
        return made

    def _what(self, column: Column) -> str:
        """What a column of a table of places measures: by its head, or by the caption where the head says only how much."""
        said = without_unit(column.words)
        by_head = self._dealt and not column.date and not matches("amounts", "dealt", column.words)
        return said if by_head else self._measured

    def _targets(self, row: TableRow, column: Column, cell: GridCell, name: str, unit: str | None) -> list[RowTarget]:
        context = self._context
        deadline = self.deadlines.get(column.number) or (self.deadlines.get(self._end.number) if self._end else None)
        words, places = _joined(context.text, cell)
        amount = read_amount(words, TOTAL.sub("", unit or ""))
        if amount is not None:
            return [self._target(row, column, _quantity(context.text, amount, places), name, amount, deadline, "target.table")]
        found = [q for q in context.cell_quantities(cell.start, cell.end) if not is_baseline(context, q)]
        if found:
            return [self._target(row, column, q, name, None, deadline, "target.table-words") for q in found]
        goal = _outcome(words)
        if goal is None:
            return []
        section = context.section(cell.start).index
        return [RowTarget(Goal(cell.start, cell.end, section, goal, *_governed(deadline), None, "goal.table"), deadline)]

    def _target(self, row: TableRow, column: Column, quantity: Quantity, name: str, amount: Amount | None, deadline: Deadline | None, rule: str) -> RowTarget:
        text = self._context.text
        total = amount is not None and (amount.bracketed or self._round and quantity.text.startswith("(") or "累计" in amount.lead)
        total = total or "累计" in name or "累计" in column.words and "年均" not in column.words
        lead = amount.lead if amount else text[max(self._cell_start(row, column), quantity.start - 6) : quantity.start]
        yearly = not total and (column.role == "growth" or re.search("年均(?!浓度|气温|值|水平|密度|降水|损失率)|每年", name + lead) is not None)
        base = self._baseline(row, quantity.unit)
        target = Target(
            quantity,
            self._context.section(quantity.start).index,
            name,
            _change(name, lead, column, quantity, below_zero=amount is not None and amount.value < 0, dealt=self._what(column) if self._dealt else ""),
            min(row.start, quantity.start),
            max(row.end, quantity.end),
            *_governed(deadline),
            None,
            "P1Y" if yearly else None,
            *base,
            self._binding(row),
            rule,
            ("cumulative",) if total else (),
        )
        return RowTarget(target, deadline, self._above)

    def _cell_start(self, row: TableRow, column: Column) -> int:
        return row.cell(column)[0].start

    def _baseline(self, row: TableRow, unit: str | None) -> tuple[float | None, str | None]:
        """What the column of the base year says; else the last column of a year gone by."""
        text = self._context.text
        columns = self._head.having("baseline") or sorted((c for c in self._head.having("past") if "年均" not in c.words), key=lambda c: c.date or "")
        for column in reversed(columns):
            given = next((row.words(text, c) for c in self._head.having("unit")), None)
            named = indicator_of(self._context, self._head, row)
            amount = read_amount(row.words(text, column), TOTAL.sub("", given or (named[1] if named else None) or unit_in(column.words) or ""))
            if amount is not None and (amount.unit == unit or unit is None or amount.unit is None):
                return amount.value, column.date
        return None, None

    def _binding(self, row: TableRow) -> str | None:
        words = [row.words(self._context.text, c) for c in self._head.having("attribute", "category")]
        return next((b for b in ("约束性", "预期性") for w in words if b[:2] in w), None)


def amount_target(context: Context, cell: GridCell, named: GridCell, clause: tuple[int, int]) -> Target | None:
    """The target of a cell that holds nothing but a number with its unit, about what another cell names."""
    words, places = _joined(context.text, cell)
    amount = read_amount(words)
    if amount is None or amount.unit is None:
        return None
    quantity = _quantity(context.text, amount, places)
    name = context.normalized.quote(named.start, named.end)
    if context.text[quantity.number_start : quantity.end] in context.text[named.start : named.end]:
        return None  # 新建渔港12座 says it itself
    dealt = name if matches("amounts", "done", amount.lead) or matches("amounts", "done", name) else ""
    change = _change(name, amount.lead, None, quantity, amount.value < 0, dealt)
    section = context.section(cell.start).index
    return Target(quantity, section, name if len(name) <= _LONGEST_NAME else "", change, *clause, None, None, None, None, None, None, None, "target.table-aim")


def indicator_of(context: Context, head: Head, row: TableRow) -> tuple[str, str | None] | None:
    """The indicator of a row, without number, group and unit, and the unit in brackets behind it.

    A short sub-row (其中：城镇) carries the name that it stands under.
    """
    text, found = context.text, []
    for column in head.having("indicator") or head.having("place"):
        for cell in row.cell(column)[:1]:
            if cell not in found and not _ORDINAL.fullmatch(text[cell.start : cell.end]):
                found.append(cell)
    if not found:
        return None
    cell = found[-1]
    start, end = cell.start, cell.end
    if numbered := _NUMBERED.match(text, start, end):
        start = numbered.end()
    elif text[start].isdigit():  # 1　地区生产总值: the blank is gone in the normalised text
        first = context.normalized.raw_start(start)
        if numbered := re.compile(r"\d{1,2}(?=\s)").match(context.normalized.raw, first):
            start += numbered.end() - first
    start = _of_which(text, start, end)
    if marked := _MARKED.search(text, start, end):
        end = marked.start()
    bracket = next((b for b in _UNIT.finditer(text, start, end) if is_unit(b["unit"])), None)
    unit = bracket["unit"] if bracket else None
    end = bracket.start() if bracket else end
    name = context.normalized.quote(start, end)
    if len(name) <= _PAIRED and len(found) > 1 and found[-2].rows > 1:
        name = context.normalized.quote(found[-2].start, found[-2].end) + name
    return (name, unit) if name else None


def _captioned(caption: str) -> tuple[str, str | None]:
    """What the lines above a table of places say is measured, and in which unit: 各县PM2.5年均浓度目标, 单位：微克/立方米."""
    said = dict(rules("captions"))
    unit = said["in-unit"].search(caption)
    lines = [line for words in caption.split("\n") if (line := said["in-unit"].sub("", words))]
    measured = said["of-aims"].sub("", said["of-places"].sub("", lines[-1])) if lines else ""
    return measured, unit["unit"] if unit else None


def _dated_above(context: Context, table: TextTable) -> int | None:
    """Where the lines above a table say by when all of it is to be done: (2021年6月底前完成)."""
    start = table.parts[0].grid.start
    dates = [t.start for t in context.times_in(max(0, start - len(table.caption) - 2), start) if t.relation == "by" and t.end_date]
    return dates[-1] if dates else None


def _outcome(words: str) -> str | None:
    """The class of the outcome that a cell states in the place of a number; None where it states none (待定)."""
    if len(words) < 4:
        return None
    stated = stated_outcome(words)
    return stated[1] if stated else next((kind for kind, pattern in rules("outcomes") if pattern.search(words)), None)


def _of_which(text: str, start: int, end: int) -> int:
    found = _OF_WHICH.match(text, start, end)
    return found.end() if found and found.end() < end else start


def _change(name: str, lead: str, column: Column | None, quantity: Quantity, below_zero: bool, dealt: str = "") -> str:
    """Whether a number is a level or a change, by the words before it, the name beside it, the head of its column.

    What is dealt out to places is done, unless it is measured.
    """
    if quantity.kind == "rank":
        return "rank"
    if below_zero:
        return "decrease"
    for words in (lead, name):
        if words is lead and re.search(r"(?:到|至|为)$", words):
            return "level"
        for change, pattern in rules("changes"):
            if pattern.search(words):
                return change
    if quantity.kind == "points":
        return "increase"
    if dealt and quantity.kind in ("count", "length", "area") and not matches("amounts", "stock", dealt):
        return "count"
    return "increase" if column and column.role == "growth" else "level"


def _joined(text: str, cell: GridCell) -> tuple[str, list[int]]:
    """The words of a cell without line breaks, and where each character stands."""
    places = [at for at in range(cell.start, cell.end) if text[at] != "\n"]
    return "".join(text[at] for at in places), places


def _quantity(text: str, amount: Amount, places: list[int]) -> Quantity:
    start, end = places[amount.start], places[amount.end - 1] + 1
    number = places[amount.number_start]
    return Quantity(start, end, text[start:end], number, abs(amount.value), amount.value_max, amount.unit, amount.comparator, amount.kind)


def _deadline(context: Context, column: Column) -> Deadline:
    words = context.text[column.start : column.end]
    bare = re.fullmatch(r"(?:19|20)\d\d年?", words) is not None  # a bare year says during which
    expression = TimeExpression(column.start, column.end, words, "during" if bare else "by", column.date if bare else None, column.date, None, "deadline.table-head")
    return Deadline(expression, context.section(column.start).index, *due(expression, None))


def _governed(deadline: Deadline | None) -> tuple[str | None, str | None]:
    return (deadline.expression.end_date, "heading") if deadline else (None, None)
