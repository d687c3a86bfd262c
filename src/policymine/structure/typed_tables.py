"""Tables that somebody typed or pasted into plain text: cells parted by blanks or tabs, or each cell on a line of its own.

Only a head whose words name columns of indicators or tasks (``table_heads.toml``) opens such a table, and only rows
that fit its columns go on with it; everything else stays prose. What is found is given on as the tables of a file
are, so that the same readers of tables look at both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from policymine.models import Cell, Layout, Table
from policymine.structure.table_heads import role_of
from policymine.text.characters import fold_characters

Span = tuple[int, int]

_HEAD = re.compile(r"^[^\S\n]*+(?:[^\s,，。;；:：]{1,14}+[^\S\n]++){1,9}[^\s,，。;；:：]{1,14}+[^\S\n]*$", re.MULTILINE)
_NUMBER_HEAD = re.compile(r"^[^\S\n]*序[^\S\n]*号[^\S\n]*$", re.MULTILINE)
_LINE = re.compile(r"\S[^\n]*?(?=[^\S\n]*$)", re.MULTILINE)
_PIECE = re.compile(r"\S+")
_IN_TABS = re.compile(r"[^\t]+")
_ORGAN = re.compile(r"(?:[局委厅部办署院会处队府区县市]|中心|公司|街道|乡镇|单位|部门)\)?(?:等(?:部门|单位)?)?$|[局委厅部办][、,;]|同上")
_AMOUNT = re.compile(r"^[\[(]?[<>≤≥±+~-]*\d|^[一二三四五六七八九十百千万]+[成个家项]|^[-—–/]+$|[\d一-龥](?:以上|以下|左右)$|保持|持续|完成|达到|下达|提高|下降|全")
_ATTRIBUTE = re.compile(r"^(?:约束|预期|指导|引导|参考|考核)[性型]?(?:指标)?$")
_WHEN = re.compile(r"\d+[年月日]|[年月季][度底前末初]|上半年|下半年|长期|持续|全年|同上|常态|[-—–/]+$")
_MOST_WORDS = 60
_FEWEST_KNOWN = 2 / 3
_MOST_LINES = 24
_ASKED = frozenset(("indicator", "task", "measure"))
_ANSWERED = frozenset(("target", "year", "department", "deadline", "aim"))
_EMPTY = {"": -1.0, "category": -0.3, "unit": -0.5, "baseline": -0.5, "past": -0.5}
_WRONG, _NEUTRAL = -3.0, 0.0


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
    found = sorted([*_in_lines(text), *_in_columns(text)], key=lambda table: table.start)
    apart = [table for before, table in pairwise([None, *found]) if table is not None and (before is None or table.start >= before.end)]
    return replace(layout, tables=tuple(apart)) if apart else layout


def _in_lines(text: str) -> Iterator[Table]:
    """Tables with a row a line."""
    at = 0
    for head in _HEAD.finditer(text):
        if head.start() < at:
            continue
        split = _IN_TABS if "\t" in head[0].strip() else _PIECE
        names = _pieces(text, head.span(), split)
        roles = _roles(text, names)
        if not roles:
            continue
        rows = [names]
        for line in _LINE.finditer(text, head.end()):
            if text.count("\n", rows[-1][-1][1], line.start()) > 2:
                break
            row = _fit(text, _pieces(text, line.span(), split), roles)
            if row is None:
                break
            rows.append(row)
        if len(rows) > 1:
            at = rows[-1][-1][1]
            yield _table(rows)


def _in_columns(text: str) -> Iterator[Table]:
    """Tables with a cell a line, whose rows are numbered."""
    at = 0
    for head in _NUMBER_HEAD.finditer(text):
        if head.start() < at:
            continue
        lines = [found.span() for found, _ in zip(_LINE.finditer(text, head.start()), range(12), strict=False)]
        size = next((k for k, (start, end) in enumerate(lines) if text[start:end] == "1"), 0)
        roles = _roles(text, lines[:size]) if size else []
        if not roles:
            continue
        rows, first = [lines[:size]], lines[size][0]
        while first >= 0:
            row, first = _numbered(text, first, len(rows), roles)
            if row is None:
                break
            rows.append(row)
        if len(rows) > 1:
            at = rows[-1][-1][1]
            yield _table(rows)


def _numbered(text: str, first: int, number: int, roles: Sequence[str]) -> tuple[list[Span] | None, int]:
    """The cells of a row that begins with its number, and where the next row begins (-1: this is the last)."""
    lines: list[Span] = []
    for line in _LINE.finditer(text, first):
        if lines and line[0] == str(number + 1):
            return _fit(text, lines, roles), line.start()
        lines.append(line.span())
        if len(lines) > _MOST_LINES:
            break
    return _fit(text, lines[: len(roles)], roles), -1


def _pieces(text: str, span: Span, split: re.Pattern[str]) -> list[Span]:
    found = []
    for piece in split.finditer(text, *span):
        words = piece[0].strip()
        start = piece.start() + piece[0].find(words)
        found.append((start, start + len(words)))
    return [piece for piece in found if piece[1] > piece[0]]


def _roles(text: str, names: Sequence[Span]) -> list[str]:
    """What the columns hold by the words of a head; empty where this is no head."""
    roles = [role_of(fold_characters(text[start:end]))[0] for start, end in names]
    known = {role for role in roles if role}
    enough = sum(bool(role) for role in roles) >= _FEWEST_KNOWN * len(roles)
    return roles if enough and known & _ASKED and known & _ANSWERED else []


def _fit(text: str, pieces: list[Span], roles: Sequence[str]) -> list[Span] | None:
    """The pieces of a row dealt to the columns, in order, each column an unbroken run of them (none: an empty cell).

    Of all ways the one in which the words suit the columns best; None where even that one suits badly, or the line
    is too long or a sentence.
    """
    if not pieces or len(pieces) > _MOST_WORDS or pieces[-1][1] - pieces[0][0] > 40 * _MOST_WORDS:
        return None
    words = [fold_characters(text[start:end]) for start, end in pieces]
    nothing: tuple[float, list[int]] = (float("-inf"), [])
    best = [(0.0, list[int]())] + [nothing] * len(words)
    for role in roles:
        nexts = [nothing] * len(best)
        for used, (score, cuts) in enumerate(best):
            if score == float("-inf"):
                continue
            gain = _EMPTY.get(role, -2.0)
            for upto in range(used, len(best)):
                if upto > used:
                    gain = (gain if upto > used + 1 else 0.0) + _suits(role, words[upto - 1]) - (0.2 if upto > used + 1 else 0.0)
                if score + gain > nexts[upto][0]:
                    nexts[upto] = (score + gain, [*cuts, upto])
        best = nexts
    score, cuts = best[-1]
    edges = [0, *cuts]
    filled = sum(b > a for a, b in pairwise(edges))
    if score < 0 or filled < 2:
        return None
    at = pieces[0][0]
    row = []
    for a, b in pairwise(edges):
        row.append((pieces[a][0], pieces[b - 1][1]) if b > a else (at, at))
        at = row[-1][1]
    return row


def _suits(role: str, words: str) -> float:
    """How well a word suits a column."""
    if role == "number":
        return 1.0 if re.fullmatch(r"[(]?\d{1,3}[).、]?", words) else _WRONG
    if role in ("target", "year", "past", "baseline", "growth"):
        return 1.0 if _AMOUNT.search(words) else _WRONG
    if role == "attribute":
        return 1.0 if _ATTRIBUTE.search(words) or re.fullmatch(r"[-—–/]+", words) else _WRONG
    if role == "department":
        return 1.0 if _ORGAN.search(words) else -1.0
    if role == "deadline":
        return 1.0 if _WHEN.search(words) else _WRONG
    if role == "unit":
        return 0.5 if len(words) <= 6 and not words[0].isdigit() else _WRONG
    bare = re.fullmatch(r"[\d.,%<>≤≥~-]+", words) is not None
    return _WRONG if bare else _NEUTRAL if _ATTRIBUTE.search(words) else 0.4


def _table(rows: Sequence[Sequence[Span]]) -> Table:
    cells = tuple(Cell(start, end, r, c) for r, row in enumerate(rows) for c, (start, end) in enumerate(row))
    return Table(rows[0][0][0], rows[-1][-1][1], cells)
