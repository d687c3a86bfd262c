"""What kind of table it is, by the grammar of its head: indicators with their targets, tasks with who and when, other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from policymine.lexicon.files import alternation, read_rules
from policymine.lexicon.roles import role_labels
from policymine.structure.grids import Grid, GridCell
from policymine.structure.table_units import unit_in
from policymine.text.calendar import plan_years

MOST_COLUMNS = 60
"""Columns above which no head is read: such a table holds statistics."""
DEEPEST_HEAD = 3
_LATEST_HEAD = 4
_PLAN = "十[一二三四五六]?五|九五"
_YEAR = re.compile(rf"(?<!\d)(?:到|至)?(?:(?:(?:19|20)\d\d年?[-至~]{{1,2}})?(?P<y>(?:19|20)\d\d)(?!\d)(?:年|(?=\D|$))(?P<edge>底|末)?|“?(?P<plan>{_PLAN})(?!\d)”?(?:期?末|期间|时期)?)")
_BARE_YEAR = re.compile(r"(?:到|至)?(?:19|20)\d\d年?(?:度|底|末)?(?:[(〔\[][^()]*[)〕\]])?")
_BRACKETS = re.compile(r"[(\[〔【][^()\[\]〔〕【】]*[)\]〕】]")
_NOT_HEADS = frozenset({"任务分工"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its head.

    ``role`` is a rule of ``table_heads.toml``, "department" (with its ``duty``: lead, responsible, support), "year" or
    "" (nothing is known of it); ``date`` is the year that the head states, at ``start``..``end``.
    """

    number: int
    role: str
    words: str
    duty: str | None = None
    date: str | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a table: its kind ("indicator", "task", "other"), its columns, and the first row below it."""

    kind: str
    columns: tuple[Column, ...]
    first: int

    def having(self, *roles: str) -> list[Column]:
        """The columns of some roles, from left to right."""
        return [c for c in self.columns if c.role in roles]


@cache
def rules(group: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The patterns of one group of ``table_heads.toml`` (heads, captions, changes), in order."""
    return tuple((row["id"], re.compile(row["pattern"])) for row in read_rules("table_heads")[group])


def matches(group: str, name: str, words: str) -> bool:
    """Whether one rule of ``table_heads.toml`` takes these words.

    >>> matches("captions", "reached", "“十三五”规划主要指标完成情况")
    True
    """
    return any(rule == name and pattern.search(words) for rule, pattern in rules(group))


@cache
def _duties() -> tuple[re.Pattern[str], dict[str, str]]:
    roles = {w: role for role, ws in read_rules("table_heads")["duties"].items() for w in ws}
    roles = {word: role for word, role in (role_labels() | roles).items() if word not in _NOT_HEADS}
    label = alternation(list(roles))
    return re.compile(rf"[\u4e00-\u9fff]{{0,6}}?(?P<label>{label})(?:[及和、与/][\u4e00-\u9fff、]{{1,10}})?"), roles


@lru_cache(1000)
def role_of(words: str) -> tuple[str, str | None]:
    """The role of a column by the words of its head, and the duty of those whom it names.

    >>> role_of("责任(配合)单位"), role_of("完成时限"), role_of("2025年"), role_of("甲")
    (('department', 'responsible'), ('deadline', None), ('year', None), ('', None))
    """
    label, duties = _duties()
    if found := label.fullmatch(_BRACKETS.sub("", words)):
        return "department", duties[found["label"]]
    for name, pattern in rules("heads"):
        if pattern.search(words):
            return name, None
    return ("year" if _BARE_YEAR.fullmatch(words) else ""), None


def words_of(text: str, cell: GridCell) -> str:
    """The words of a cell, its paragraphs joined."""
    return text[cell.start : cell.end].replace("\n", "")


def read_head(text: str, grid: Grid, year: int | None, caption: str) -> Head:
    """Find the head of a table and what its columns hold.

    Decides by the words of the head and the years in it; years before the document's own are no targets. A table
    with a column of indicators and one of targets is one of indicators, and so is one of tasks or of places with what is to
    be reached year by year; a table of tasks has a column of tasks and
    one that says who or by when. Leaves out statistics, contacts, forms and schedules ("other").

    Args:
        text: the normalised text.
        grid: the table.
        year: the year of writing, where it is known.
        caption: the words above the table, in one line.
    """
    titles = grid.titles()
    if grid.n_columns > MOST_COLUMNS:
        return Head("other", (), titles)
    for first in range(titles, min(titles + _LATEST_HEAD, grid.n_rows)):
        cells = [c for c in grid.row(first) if c.end > c.start]
        if len(cells) < 2 or 3 * len({c.column for c in cells}) < 2 * len(grid.row(first)):
            continue
        behind = _behind_head(text, grid, first)
        columns = _columns(text, grid, first, behind)
        made = _kind(_dated(columns, year, caption), caption)
        if made[0] != "other" and behind < grid.n_rows:
            return Head(*made, behind)
    return Head("other", (), min(titles + 1, grid.n_rows))


def _behind_head(text: str, grid: Grid, first: int) -> int:
    """The first row below the head that begins in a row: what its cells span, marked rows, and rows of sub-heads."""
    last = min(first + DEEPEST_HEAD, grid.n_rows)
    behind = max(min(c.row + c.rows, last) for c in grid.row(first) if c.row <= first)
    if all(c.rows >= grid.n_rows for c in grid.row(first)):
        behind = first + 1
    while behind < last:
        own = [c for c in grid.row(behind) if c.row == behind and c.end > c.start]
        marked = bool(own) and all(c.header for c in own)
        below = [words_of(text, c) for c in own]
        heads = bool(own) and own[0].column > 0 and all(role_of(w)[0] for w in below)
        if not (marked or heads and any(c.columns > 1 for c in grid.row(first))):
            break
        behind += 1
    return behind


def _columns(text: str, grid: Grid, first: int, behind: int) -> list[Column]:
    above: dict[int, list[GridCell]] = {}
    for row in range(first, behind):
        for cell in grid.row(row):
            for number in range(cell.column, min(cell.column + cell.columns, grid.n_columns)):
                stack = above.setdefault(number, [])
                if cell.end > cell.start and cell not in stack:
                    stack.append(cell)
    columns = []
    for number in sorted(above):
        parts = [words_of(text, c) for c in above[number]]
        if not parts:
            continue
        role, duty = role_of(parts[-1])
        if not role or role == "year" and len(parts) > 1:
            joined = role_of("".join(parts))
            role, duty = joined if joined[0] else (role, duty)
        columns.append(Column(number, role, "".join(parts), duty, *_date(text, above[number])))
    return columns


def _date(text: str, cells: Sequence[GridCell]) -> tuple[str | None, int, int]:
    """The last year that a head states, from its lowest cell upwards, and where it stands."""
    for cell in reversed(cells):
        years = list(_YEAR.finditer(text, cell.start, cell.end))
        if not years:
            continue
        found = years[-1]
        if found["plan"]:
            plan = plan_years(found["plan"])
            if plan is None:
                continue
            return str(plan[1]), found.start(), found.end()
        return found["y"] + ("-12" if found["edge"] else ""), found.start(), found.end()
    return None, cells[-1].start, cells[-1].end


def _dated(columns: list[Column], year: int | None, caption: str) -> list[Column]:
    """Settle what the years of the heads mean: before the year of writing they are past, from it on they are promised."""
    explicit = [c for c in columns if c.role == "target"]
    years = sorted({c.date for c in columns if c.role == "year" and c.date})
    past = any(c.role in ("past", "baseline") for c in columns)
    promised = bool(explicit) or any(c.role == "attribute" for c in columns) or matches("captions", "promised", caption)
    promised = promised and (bool(explicit) or not matches("captions", "reached", caption))

    def settled(column: Column) -> str:
        date = column.date
        if column.role in ("target", "growth") and date and year and int(date[:4]) < year:
            return "past"
        if column.role != "year" or date is None:
            return column.role
        if year is not None:
            basis = int(date[:4]) == year and date == years[0] and date != years[-1] and not past and not matches("captions", "year-by-year", caption)
            return "past" if int(date[:4]) < year or basis else "target"
        if not promised or date == years[0] and (len(years) > 1 or any(t.date and t.date > date for t in explicit)):
            return "past"
        return "target"

    return [replace(c, role=settled(c)) for c in columns]


def _kind(columns: list[Column], caption: str) -> tuple[str, tuple[Column, ...]]:
    if matches("captions", "form", caption):
        return "other", tuple(columns)
    roles = {c.role for c in columns}
    spent = any(matches("captions", name, caption) for name in ("reached", "funds"))
    yearly = not spent and sum(c.role == "target" and c.date is not None for c in columns) > 1
    if "place" in roles and "indicator" not in roles and not spent and (dealt := _dealt_out(columns, caption)):
        return "indicator", dealt
    if "indicator" not in roles and "target" in roles and ("unit" in roles or yearly and not roles & {"department", "deadline"}):
        columns = [replace(c, role="indicator") if c.role == "task" else c for c in columns]
        roles = {c.role for c in columns}
        if "place" in roles and yearly and "indicator" not in roles:
            return "indicator", tuple(columns)
    if "indicator" in roles and "target" not in roles and "aim" in roles and not roles & {"task", "measure"}:
        columns = [replace(c, role="target") if c.role == "aim" else c for c in columns]
        roles = {c.role for c in columns}
    promised = "target" in roles or any(c.role == "growth" and (c.date or "目标" in c.words) for c in columns)
    if "indicator" in roles and promised:
        return "indicator", tuple(columns)
    if roles & {"task", "measure", "indicator"} and roles & {"department", "deadline"}:
        return "task", tuple(columns)
    return "other", tuple(columns)


def deals_out(caption: str) -> bool:
    """Whether the lines above a table of places say that it deals out what is to be done.

    >>> deals_out("各县区渔港改造任务分解表单位:座"), deals_out("各县区渔港改造任务完成情况表")
    (True, False)
    """
    return matches("captions", "dealt-out", dict(rules("captions"))["in-unit"].sub("", caption))


def _dealt_out(columns: Sequence[Column], caption: str) -> tuple[Column, ...]:
    """The columns of a table that deals out to places what they have to do, a column a measure; none where it is no such table."""
    in_one_unit = matches("captions", "in-unit", caption)
    if not deals_out(caption) or any(c.role in ("department", "measure") or c.role == "target" and c.date for c in columns):
        return ()
    measures = {c.number for c in columns if c.role in ("", "task", "target", "aim") and c.date is None and (in_one_unit or unit_in(c.words) or matches("amounts", "dealt", c.words))}
    return tuple(replace(c, role="target") if c.number in measures else c for c in columns) if measures else ()


def same_heads(one: Iterable[Column], other: Iterable[Column]) -> bool:
    """Whether two heads say the same, column by column."""
    return [(c.number, c.words) for c in one] == [(c.number, c.words) for c in other]
