"""Tables that somebody typed or pasted into plain text: cells parted by blanks, tabs or bars (a cell a line: ``stacked_tables.py``,
``lone_bars.py``).

A numbered row may run over several lines. Only a head whose words name columns of indicators or tasks
(``table_heads.toml``) opens such a table, and only rows that fit its columns go on with it; everything else stays prose.
What is found is given on as the tables of a file are, so that the same readers of tables look at both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from policymine.models import Cell, Layout, Table
from policymine.structure.lone_bars import tables_between_bars
from policymine.structure.stacked_tables import stacked_tables
from policymine.structure.table_heads import role_of
from policymine.structure.typed_cells import ANSWERED, Span, column_roles, fit, words_of

# A line feed is searched for in a tenth of the time of the beginning of a line.
_HEAD = re.compile(r"\n[^\S\n]*+(?:[^\s,，。;；:：]{1,20}+[^\S\n]++){1,9}[^\s,，。;；:：]{1,20}+[^\S\n]*$", re.MULTILINE)
_BARRED_HEAD = re.compile(r"\n[^\S\n]*+\|?(?:[^|\n,，。;；]{1,20}\|){1,14}[^|\n,，。;；]{0,20}$", re.MULTILINE)
_LINE = re.compile(r"\S++(?:[^\S\n]++\S++)*+")
_PIECE = re.compile(r"\S+")
_IN_TABS = re.compile(r"[^\t]+")
_IN_BARS = re.compile(r"[^|]+")
_BAR_LINE = re.compile(r"[|\s:：+-]+")  # |---|---|
_REST_OF_HEAD = re.compile(r"\n(?P<rest>[\u4e00-\u9fff]{1,4})[^\S\n]*(?=\n)")
_NUMBERED_LINE = re.compile(r"\|?\s*[(（]?\d{1,3}[)）.、]?(?:[\s|]|$)")
_HEADING_LINE = re.compile(r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十\d]{1,3}[章节条]|附件[\d:：]")
_LONGEST_GROUP = 8
_MOST_LINES_OF_ROW = 6


def with_typed_tables(text: str, layout: Layout) -> Layout:
    """The layout of a document with the tables that are typed into its text.

    Args:
        text: the document text; a file that marks its own tables is left as it is.
        layout: what the reader knows of it.

    >>> text = "工作任务 责任单位 完成时限\\n修订热力管网规程 市城管局 9月底前\\n建成换热站6座 市城管局、市财政局 年底前\\n"
    >>> [[text[c.start : c.end] for c in t.cells][3:6] for t in with_typed_tables(text, Layout()).tables]
    [['修订热力管网规程', '市城管局', '9月底前']]
    """
    if layout.tables:
        return layout
    found = sorted([*_in_lines(text), *stacked_tables(text), *tables_between_bars(text)], key=lambda table: table.start)
    apart = [table for before, table in pairwise([None, *found]) if table is not None and (before is None or table.start >= before.end)]
    return replace(layout, tables=tuple(apart)) if apart else layout


def _lines(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """The lines of a text that a pattern matches, which begins with the line feed before them."""
    return ((found.start(), found.end() - 1) for found in pattern.finditer(f"\n{text}"))


def _in_lines(text: str) -> Iterator[Table]:
    """Tables with a row a line."""
    at = 0
    heads = sorted([*_lines(_HEAD, text), *(_lines(_BARRED_HEAD, text) if "|" in text else ())])
    for start, end in heads:
        if start < at:
            continue
        split = _IN_BARS if "|" in text[start:end] else _IN_TABS if "\t" in text[start:end].strip() else _PIECE
        names = _pieces(text, (start, end), split)
        rest = _REST_OF_HEAD.match(text, end)
        if rest and not role_of(words_of(text, names[-1]))[0] and role_of(words_of(text, (names[-1][0], rest.end("rest"))))[0]:
            names[-1] = (names[-1][0], rest.end("rest"))  # 完成时 / 限
        roles = column_roles([words_of(text, name) for name in names])
        if not roles:
            continue
        rows = [names]
        used = 1
        for lines, last in _rows_of_lines(text, names[-1][1], roles):
            if split is _IN_BARS and (exact := _barred(text, lines[0], len(names))):
                rows.append(exact)
                lines = lines[1:]
                if last:
                    break
            left = [_pieces(text, line, split) for line in lines]
            if len(left) == 1 and len(left[0]) == 1 and lines[0][1] - lines[0][0] <= _LONGEST_GROUP and not last:
                continue  # 经济类: a group of rows, of which it says nothing
            while left and used:
                row, used = _longest_fit(text, left, roles, last)
                rows += [row] if row else ()
                left = left[used:]
            if left:
                break
        if len(rows) > 1:
            at = rows[-1][-1][1]
            yield _table(rows)


def _rows_of_lines(text: str, at: int, roles: Sequence[str]) -> Iterator[tuple[list[Span], bool]]:
    """The lines of each row: one, or in a numbered table all up to the next number; whether no other number follows."""
    row: list[Span] = []
    for line in _LINE.finditer(text, at):
        if _BAR_LINE.fullmatch(line[0]):
            at = line.end()
            continue
        begins = roles[0] != "number" or _NUMBERED_LINE.match(line[0]) is not None
        if not begins and _HEADING_LINE.match(line[0]) and _NUMBERED_LINE.match(text, line.end() + 1) is None:
            break  # 四、深化改革: what goes on below the table
        if not row and not begins or text.count("\n", at, line.start()) > 2 or not begins and (len(row) == _MOST_LINES_OF_ROW or text.count("\n", at, line.start()) > 1):
            break
        if begins and row:
            yield row, False
            row = []
        row.append(line.span())
        at = line.end()
    if row:
        yield row, True


def _longest_fit(text: str, lines: list[list[Span]], roles: Sequence[str], last: bool) -> tuple[list[Span] | None, int]:
    """The row that the first of its lines make, as many of them as fit the columns, and how many those are (0: none fit).

    Of the last row, what stands below belongs to it only as long as a column that answers is empty.
    """
    best: tuple[list[Span] | None, int] = (None, 0)
    most = float("-inf")
    pieces: list[Span] = []
    for k, more in enumerate(lines, 1):
        joined = _run_on(text, pieces, more)
        filled = best[0] and all(b > a for (a, b), role in zip(best[0], roles, strict=True) if role in ANSWERED)
        if last and filled and len(joined) == len(pieces) + len(more):
            break
        pieces = joined
        row, score = fit(text, pieces, roles)
        if row is not None and score >= most:
            best, most = (row, k), score
    return best


def _barred(text: str, line: Span, columns: int) -> list[Span] | None:
    """The cells between the bars of a line, empty ones too, where there are as many as columns."""
    start, end = line
    cells, at = [], start
    for piece in text[start:end].split("|"):
        words = piece.strip()
        first = at + piece.find(words)
        cells.append((first, first + len(words)))
        at += len(piece) + 1
    if len(cells) > columns and text[start:end].strip().startswith("|"):
        cells = cells[1:]
    if len(cells) == columns + 1 and cells[-1][0] == cells[-1][1]:
        cells = cells[:-1]
    return cells if len(cells) == columns else None


def _run_on(text: str, pieces: list[Span], more: list[Span]) -> list[Span]:
    """The pieces of two lines; a number that the line end parts from its unit is one word with it: 2023 / 年底."""
    if pieces and more and text[pieces[-1][1] - 1].isdigit() and text[more[0][0] - 1] == "\n":
        return [*pieces[:-1], (pieces[-1][0], more[0][1]), *more[1:]]
    return [*pieces, *more]


def _pieces(text: str, span: Span, split: re.Pattern[str]) -> list[Span]:
    found = []
    for piece in split.finditer(text, *span):
        words = piece[0].strip()
        start = piece.start() + piece[0].find(words)
        found.append((start, start + len(words)))
    return [piece for piece in found if piece[1] > piece[0]]


def _table(rows: Sequence[Sequence[Span]]) -> Table:
    cells = tuple(Cell(start, end, r, c) for r, row in enumerate(rows) for c, (start, end) in enumerate(row))
    return Table(rows[0][0][0], rows[-1][-1][1], cells)
