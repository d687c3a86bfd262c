"""Tables in plain text with each cell on a line of its own, as they come from copying a page or a Word file.

Read are tables whose rows are numbered (序号, then 1, 2, 3 …) and, without numbers, tables whose head names every column and
whose cells all suit their columns. A head of two rows, its dates below it in brackets, and the names of groups between
the rows (经济类) are understood. Left out: tables with empty cells that left no line and have no numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from policymine.models import Cell, Table
from policymine.structure.table_heads import role_of
from policymine.structure.typed_cells import Span, column_roles, fit, suits, words_of

_LINE = re.compile(r"\S++(?:[^\S\n]++\S++)*+")
_NUMBER_HEAD = re.compile(r"\n[^\S\n]*序[^\S\n]*号[^\S\n]*$", re.MULTILINE)
_NAME_HEAD = re.compile(r"\n[^\S\n]*(?:[\u4e00-\u9fff]{0,4}(?:指标|任务|事项|项目)(?:名称)?|类别|县区|单位名称)[^\S\n]*$", re.MULTILINE)
_DATE_BELOW = re.compile(r"[(（〔\[]?(?:19|20)\d\d年?[)）〕\]]?")
_GROUP = re.compile(r"[^\d,，。;；:：%]{2,14}")
_OVER_SEVERAL = frozenset(("target", "aim", "year", "growth", ""))
_DEEPEST = 24
"""Lines down to which the head of a table goes."""
_MOST_LINES = 24
_FEWEST_COLUMNS = 3
_FIRST_ROWS = 4
_SUITS_BADLY = -1.0


def stacked_tables(text: str) -> Iterator[Table]:
    """The tables of a text with a cell a line, from its beginning to its end.

    >>> text = "序号\\n指标\\n单位\\n目标值\\n2024年\\n2025年\\n1\\n公交站\\n座\\n6\\n8\\n2\\n书屋\\n家\\n3\\n9\\n"
    >>> [[text[c.start : c.end] for c in t.cells][-5:] for t in stacked_tables(text)]
    [['2', '书屋', '家', '3', '9']]
    """
    at = 0
    for start in sorted({*_lines(_NUMBER_HEAD, text), *_lines(_NAME_HEAD, text)}):
        if start < at:
            continue
        lines = [found.span() for found, _ in zip(_LINE.finditer(text, start), range(_DEEPEST), strict=False)]
        if text[slice(*lines[0])].startswith("序"):
            head, rows = _numbered_table(text, lines)
        else:
            head, rows = _unnumbered_table(text, lines)
        if rows:
            at = rows[-1][-1][1]
            yield _table(head, rows)


def _lines(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    return (found.start() for found in pattern.finditer(f"\n{text}"))


def _numbered_table(text: str, lines: Sequence[Span]) -> tuple[list[Cell], list[list[Span]]]:
    size = next((k for k, (start, end) in enumerate(lines) if text[start:end] == "1"), 0)
    if not size:
        return [], []
    names, below = list(lines[:size]), [found.span() for found in _LINE.finditer(text, lines[size][0])]
    best: tuple[float, list[Cell], list[str]] = (0.0, [], [])
    for head, columns in _heads(text, names):
        roles = column_roles([_said(text, parts) for parts in columns])
        score = _numbered_rows(text, below, roles, _FIRST_ROWS)[1] + _SUITS_BADLY * roles.count("") if roles else 0.0
        if score > best[0]:
            best = score, head, roles
    return best[1], _numbered_rows(text, below, best[2], len(below))[0] if best[1] else []


Columns = list[list[Span]]


def _heads(text: str, names: list[Span]) -> Iterator[tuple[list[Cell], Columns]]:
    """The ways to read the lines of a head as columns: the last may be a group of rows, dates may stand below, a name over several."""
    for shown in (names, names[:-1]):
        dated = next((k for k, name in enumerate(reversed(shown)) if not _DATE_BELOW.fullmatch(text[slice(*name)])), 0)
        for below in sorted({0, dated}):
            upper, dates = shown[: len(shown) - below], shown[len(shown) - below :]
            if below < len(upper) >= _FEWEST_COLUMNS:
                yield _side_by_side(upper, dates)
                yield from _one_over_several(text, upper, dates)


def _side_by_side(names: list[Span], dates: list[Span]) -> tuple[list[Cell], Columns]:
    """Each name a column, dates below the last of them."""
    first = len(names) - len(dates)
    cells = [Cell(*name, 0, k, 1 + (k < first and bool(dates))) for k, name in enumerate(names)]
    return [*cells, *_below(dates, first, 1)], [*([name] for name in names[:first]), *([*both] for both in zip(names[first:], dates, strict=True))]


def _one_over_several(text: str, names: list[Span], dates: list[Span]) -> Iterator[tuple[list[Cell], Columns]]:
    """One name stands over several columns; theirs follow all names of the first row (序号 | 指标 | 目标值 | 属性, 2025年 | 2030年)."""
    for over, first in combinations(range(1, len(names) - 1), 2):
        own = names[first:]
        if role_of(words_of(text, names[over]))[0] not in _OVER_SEVERAL or len(dates) not in (0, len(own)):
            continue
        depth, wider = 2 + bool(dates), len(own) - 1
        cells = [Cell(*name, 0, k + wider * (k > over), 1 if k == over else depth, 1 + wider * (k == over)) for k, name in enumerate(names[:first])]
        under = [[names[over], *parts] for parts in (zip(own, dates, strict=True) if dates else ([name] for name in own))]
        columns = [*([name] for name in names[:over]), *under, *([name] for name in names[over + 1 : first])]
        yield [*cells, *_below(own, over, 1), *_below(dates, over, 2)], columns


def _said(text: str, parts: Sequence[Span]) -> str:
    """The words of a column: its lowest where they say what it holds, else all of them."""
    words = [words_of(text, part) for part in parts]
    return words[-1] if role_of(words[-1])[0] not in ("", "year") else "".join(words)


def _below(names: Sequence[Span], column: int, row: int) -> Iterator[Cell]:
    return (Cell(*name, row, column + k, header=True) for k, name in enumerate(names))


def _numbered_rows(text: str, lines: Sequence[Span], roles: Sequence[str], most: int) -> tuple[list[list[Span]], float]:
    """The rows below a head, at most so many, and how well they suit its columns, all together."""
    rows: list[list[Span]] = []
    scores: list[float] = []
    first = 0
    while first >= 0 and len(rows) < most:
        row, score, first = _numbered_row(text, lines, first, len(rows) + 1, roles)
        if row is None:
            break
        rows.append(row)
        scores.append(score)
    return rows, sum(scores)


def _numbered_row(text: str, lines: Sequence[Span], first: int, number: int, roles: Sequence[str]) -> tuple[list[Span] | None, float, int]:
    """The cells of a row that begins with its number, how well they suit, and where the next row begins (-1: this is the last).

    A figure may look like the next number: of all places where it stands, the one that leaves a row that suits best.
    """
    best: tuple[list[Span] | None, float, int] = (None, float("-inf"), -1)
    for upto in range(first + 2, min(first + _MOST_LINES, len(lines))):
        if text[slice(*lines[upto])] != str(number + 1):
            continue
        for cells in (list(lines[first:upto]), list(lines[first : upto - 1])):
            if len(cells) < upto - first and not _GROUP.fullmatch(text[slice(*lines[upto - 1])]):
                continue
            row, score = _dealt(text, cells, roles)
            if row is not None and score > best[1]:
                best = row, score, upto
    if best[0] is not None:
        return best
    return *_dealt(text, list(lines[first : first + len(roles)]), roles), -1


def _dealt(text: str, cells: list[Span], roles: Sequence[str]) -> tuple[list[Span] | None, float]:
    """The cells of a row in its columns: one each where there are as many, though the words of one suit badly; else, for what it is worth, several in one or none."""
    if len(cells) == len(roles):
        score = sum(max(_SUITS_BADLY, suits(role, words_of(text, cell))) for role, cell in zip(roles, cells, strict=True))
        if score > 0:
            return cells, score
    row, score = fit(text, cells, roles)
    if row is None or row[0] != cells[0]:
        return None, score
    filled = sum(end > start for start, end in row)
    return row, score - (len(cells) - filled) - (len(roles) - filled)


def _unnumbered_table(text: str, lines: Sequence[Span]) -> tuple[list[Cell], list[list[Span]]]:
    known = next((k for k, name in enumerate(lines) if not role_of(words_of(text, name))[0]), len(lines))
    for width in range(known, _FEWEST_COLUMNS - 1, -1):
        roles = column_roles([words_of(text, name) for name in lines[:width]])
        if not roles or "target" not in roles and "year" not in roles:
            continue
        rows: list[list[Span]] = []
        at = lines[width][0] if width < len(lines) else len(text)
        while cells := [found.span() for found, _ in zip(_LINE.finditer(text, at), range(width), strict=False)]:
            if len(cells) < width or any(suits(role, words_of(text, cell)) < 0 for role, cell in zip(roles, cells, strict=True)):
                break
            rows.append(cells)
            at = cells[-1][1]
        if len(rows) > 1:
            return [Cell(*name, 0, k) for k, name in enumerate(lines[:width])], rows
    return [], []


def _table(head: Sequence[Cell], rows: Sequence[Sequence[Span]]) -> Table:
    depth = max(cell.row + 1 for cell in head)
    cells = [*head, *(Cell(start, end, depth + r, c) for r, row in enumerate(rows) for c, (start, end) in enumerate(row))]
    return Table(head[0].start, rows[-1][-1][1], tuple(cells))
