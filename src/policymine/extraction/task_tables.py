"""Who and by when in the rows of a table: cells below 牵头单位, 责任单位, 完成时限."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from policymine.extraction.context import Context
from policymine.extraction.deadlines import due
from policymine.extraction.lists import CellList, Found, names_with_roles
from policymine.extraction.table_rows import TableRow
from policymine.lexicon.departments import Departments
from policymine.models import Deadline, TimeExpression
from policymine.structure.grids import GridCell
from policymine.structure.table_heads import Head
from policymine.text.calendar import day

_WRITTEN = r"(?P<y{0}>20\d\d)(?:[./-](?P<m{0}>1[0-2]|0?[1-9])(?:[./-](?P<d{0}>3[01]|[12]\d|0?[1-9]))?)?(?![\d年])"
_OF_YEAR = re.compile(r"(?P<m>1[0-2]|[1-9])月(?:份|底|末)?(?:(?P<d>3[01]|[12]\d|[1-9])日)?(?:上旬|中旬|下旬)?")
_DATES = re.compile(rf"(?<!\d){_WRITTEN.format(1)}(?:年?(?:--?|~|至|到){_WRITTEN.format(2)})?(?:年?(?P<edge>底|末))?前?")

_COMPLETE = re.compile("完成|时限|期限|办结")
_RANGE = re.compile(r"至|[年月日底]\D?-|~|月到")


def row_lists(context: Context, departments: Departments, head: Head, row: TableRow, governs: tuple[int, int]) -> Iterator[CellList]:
    """The lists of departments in a row, each with the role of its column where its own words say none.

    Args:
        context: the document.
        departments: tells the nameless ones.
        head: the head of the table.
        row: the row; a cell that is merged with the row above gives its names again, as evidence for this row.
        governs: the words of the task that the row is about.
    """
    columns = head.having("department")
    led = any(c.duty == "lead" for c in columns)
    for column in columns:
        for cell in row.cell(column):
            names, open_list, _ = names_with_roles(context.text, cell.start, cell.end, departments, column.duty)
            if names:
                rule = "responsibility.table-merged" if column.number in row.shared else "responsibility.table"
                yield CellList(Found(cell.start, cell.end, tuple(names), open_list, rule), governs, not led and column.duty == "responsible")


def row_deadlines(context: Context, head: Head, row: TableRow) -> list[Deadline]:
    """The deadlines of a row: what its cells below 完成时限 say; 持续推进 and 长期 are no dates.

    A bare year or month below 完成时限 is the time by which, a range (2023-2025年) the time during which; below 时间进度 a
    time is what it is anywhere.
    """
    found = []
    for column in head.having("deadline"):
        for cell in row.cell(column):
            times = list(context.cell_times(cell.start, cell.end)) or _written(context.text, cell) or _of_year(context, cell)
            for time in times:
                expression = _by(time) if time.relation == "on" or _COMPLETE.search(column.words) else time
                made = due(expression, context.header.date_issued)
                found.append(Deadline(expression, context.section(cell.start).index, *made))
    return found


def _by(time: TimeExpression) -> TimeExpression:
    begin, end = time.start_date, time.end_date
    within_a_year = begin and end and begin[:4] == end[:4] and not _RANGE.search(time.text)
    return replace(time, relation="by", start_date=None) if time.relation in ("during", "on") and within_a_year and time.text != "全年" else time


def _written(text: str, cell: GridCell) -> list[TimeExpression]:
    """Dates in figures alone: 2025.12, 2025-06-30, 2023-2025."""
    found = []
    for match in _DATES.finditer(text, cell.start, cell.end):
        first, last = _date(match, 1), _date(match, 2)
        if first is None or match["y2"] and last is None:
            continue
        if match["edge"] and "-" not in (last or first):
            last = (last or first) + "-12"
        relation, begin = ("during", first) if match["y2"] else ("by", None)
        found.append(TimeExpression(match.start(), match.end(), match[0], relation, begin, last or first, None, "time.cell"))
    return found


def _of_year(context: Context, cell: GridCell) -> list[TimeExpression]:
    """A month or day alone in its cell (7月底, 5月31日): of the year of writing."""
    year, match = context.header.year, _OF_YEAR.fullmatch(context.text, cell.start, cell.end)
    if year is None or match is None:
        return []
    stated = f"{year}-{int(match['m']):02d}"
    end = day(year, int(match["m"]), int(match["d"])) if match["d"] else stated
    return [TimeExpression(match.start(), match.end(), match[0], "by", None, end, None, "time.cell")] if end else []


def _date(match: re.Match[str], which: int) -> str | None:
    year, month, number = (match[f"{part}{which}"] for part in "ymd")
    if year is None:
        return None
    if number:
        return day(int(year), int(month), int(number))
    return f"{year}-{int(month):02d}" if month else str(year)
