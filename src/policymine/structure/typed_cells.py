"""The cells of a table that somebody typed into plain text: what its columns hold, and which words stand in which.

Used by the readers of typed tables (``typed_tables.py``: a row a line; ``stacked_tables.py``: a cell a line).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from policymine.structure.table_heads import role_of
from policymine.structure.table_units import unit_in
from policymine.text.characters import fold_characters

Span = tuple[int, int]

_ORGAN = re.compile(r"(?:[局委厅部办署院会处队府区县市]|中心|公司|街道|乡镇|单位|部门)\)?(?:等(?:部门|单位)?)?$|[局委厅部办][、,;]|同上")
_AMOUNT = re.compile(r"^[\[(]?[<>≤≥±+~-]*\d|^[一二三四五六七八九十百千万]+[成个家项]|^[-—–/]+$|[\d一-龥](?:以上|以下|左右)$|保持|持续|完成|达到|下达|提高|下降|全")
_ATTRIBUTE = re.compile(r"^(?:约束|预期|指导|引导|参考|考核)[性型]?(?:指标)?$")
_WHEN = re.compile(r"\d+[年月日]|[年月季][度底前末初]|上半年|下半年|长期|持续|全年|同上|常态|逐年|分年度|每年|[-—–/]+$")
_MOST_WORDS = 60
_MOST_UNKNOWN = 1 / 3
_ASKED = frozenset(("indicator", "task", "measure", "place"))
ANSWERED = frozenset(("target", "year", "department", "deadline", "aim"))
_EMPTY = {"": -1.0, "category": -0.3, "unit": -0.5, "baseline": -0.5, "past": -0.5}
_WRONG, _NEUTRAL = -3.0, 0.0


def words_of(text: str, cell: Span) -> str:
    """The words of a cell, without blanks and line ends."""
    return fold_characters("".join(text[slice(*cell)].split()))


def column_roles(names: Sequence[str]) -> list[str]:
    """What the columns hold by the words of a head; empty where this is no head.

    >>> column_roles(["指标", "2025年目标值"]), column_roles(["甲", "乙"])
    (['indicator', 'target'], [])
    """
    roles: list[str] = []
    for name in names:
        roles.append(role_of(name)[0])
        if not roles[-1] and "place" in roles[:2] and unit_in(name):
            roles[-1] = "target"  # 县区 | 渔港改造（座）
        if roles.count("") > _MOST_UNKNOWN * len(names):
            return []
    return roles if _ASKED.intersection(roles) and ANSWERED.intersection(roles) else []


def fit(text: str, pieces: list[Span], roles: Sequence[str]) -> tuple[list[Span] | None, float]:
    """The pieces of a row dealt to the columns, in order, each column an unbroken run of them (none: an empty cell).

    Of all ways the one in which the words suit the columns best, and how well; None where even that one suits badly,
    or the line is too long or a sentence.
    """
    nothing: tuple[float, list[int]] = (float("-inf"), [])
    if not pieces or len(pieces) > _MOST_WORDS or pieces[-1][1] - pieces[0][0] > 40 * _MOST_WORDS:
        return None, nothing[0]
    words = [words_of(text, piece) for piece in pieces]
    best = [(0.0, list[int]())] + [nothing] * len(words)
    for role in roles:
        nexts = [nothing] * len(best)
        for used, (score, cuts) in enumerate(best):
            if score == float("-inf"):
                continue
            gain = _EMPTY.get(role, -2.0)
            for upto in range(used, len(best)):
                if upto > used:
                    gain = (gain if upto > used + 1 else 0.0) + suits(role, words[upto - 1]) - (0.2 if upto > used + 1 else 0.0)
                if score + gain > nexts[upto][0]:
                    nexts[upto] = (score + gain, [*cuts, upto])
        best = nexts
    score, cuts = best[-1]
    edges = [0, *cuts]
    filled = sum(b > a for a, b in pairwise(edges))
    if score < 0 or filled < 2:
        return None, score
    at = pieces[0][0]
    row = []
    for a, b in pairwise(edges):
        row.append((pieces[a][0], pieces[b - 1][1]) if b > a else (at, at))
        at = row[-1][1]
    return row, score


def suits(role: str, words: str) -> float:
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
        return 0.5 if len(words) <= 8 and not words[0].isdigit() and not _ATTRIBUTE.search(words) else _WRONG
    if role == "category" and _ATTRIBUTE.search(words):
        return 0.5  # 类型: 约束性
    bare = re.fullmatch(r"[\d.,%<>≤≥~-]+", words) is not None
    return _WRONG if bare else _NEUTRAL if _ATTRIBUTE.search(words) else 0.4


