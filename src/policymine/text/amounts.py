"""The number that fills a cell of a table: ≥65, [13.5], 6左右, 5.5%-6%, with the unit that stands elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from policymine.lexicon.files import alternation, words
from policymine.text.bounds import bounds, unit_kinds
from policymine.text.numerals import MAGNITUDES, number

_NUM = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MAG = "|".join(sorted((m for m in MAGNITUDES if m), key=len, reverse=True))
_LEAD = r"(?:(?:比|较)(?:(?:19|20)\d\d年?|基期|上年|“?十[一二三四五]?五”?)(?:底|末)?|年均|平均|每年|五年|累计|到|至|达到?|保持在?|稳定在?|控制在|维持在?|为|力争|确保|完成|新建|建成|增长|增加|提高|提升|上升|新增|下降|降低|减少|压减|降|共)*"
_SPLIT = re.compile(rf"(?P<mag>{_MAG})?(?P<unit>.*)", re.DOTALL)
_NO_UNIT = re.compile(r"[-/\\—无]*")
LONGEST_AMOUNT = 60
LONGEST_UNIT = 16


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a cell; ``start``..``end`` are offsets of the cell's words, bounds and brackets included.

    ``bracketed`` tells that it stands in square brackets, which in the tables of plans means the total of the whole
    period; ``lead`` are the words before it (年均增长); a number below zero keeps its sign.
    """

    start: int
    end: int
    number_start: int
    value: float
    value_max: float | None
    unit: str | None
    comparator: str
    kind: str
    bracketed: bool
    lead: str


def split_unit(unit: str) -> tuple[str, str | None]:
    """The magnitude and the unit of the words that name a unit: 万元/人 → 万, 元/人; 千瓦 has no magnitude.

    >>> split_unit("亿立方米"), split_unit("千瓦"), split_unit("千米/平方千米"), split_unit("%"), split_unit("-")
    (('亿', '立方米'), ('', '千瓦'), ('', '千米/平方千米'), ('', '%'), ('', None))
    """
    if _NO_UNIT.fullmatch(unit):
        return "", None
    if unit.split("/", 1)[0] in unit_kinds() or unit.startswith("百分"):
        return "", "%" if unit in ("百分比", "百分数", "百分率") else unit
    found = _SPLIT.fullmatch(unit)
    if found is None or not found["mag"]:
        return "", unit
    return found["mag"], found["unit"] or None


@cache
def _pattern() -> re.Pattern[str]:
    before, after = bounds()
    pre, post = alternation(list(before)), alternation(list(after))
    unit = rf"(?:{alternation(words('units'))})(?:/[^\d()\[\]]{{1,8}})?"
    mag = rf"(?!千[瓦伏克米卡]|百分点)(?:{_MAG})"
    return re.compile(
        rf"(?P<lead>{_LEAD})(?P<open>[\[〔【(]?)(?P<pre>{pre})?(?P<open2>[\[〔【]?)(?P<pre2>{pre})?(?P<n>-?(?:{_NUM}))(?P<mag>{mag})?"
        rf"(?P<unit>{unit})?(?:(?:[-~至到]|--)(?P<n2>{_NUM})(?P<mag2>{mag})?(?P<unit2>{unit})?)?(?P<more>余|多)?(?P<post>{post})?"
        rf"(?P<close>[\]〕】)]{{0,2}})(?P<post2>{post})?(?P<mark>\((?:累计|[^()\d]{{1,14}})\)|[*※①-⑳]*)"
    )


def read_amount(cell: str, unit: str | None = None) -> Amount | None:
    """The number that a cell holds, or None where it holds none or more than one.

    Args:
        cell: the words of the cell, normalised, without line breaks.
        unit: the unit that the table gives for the row or column; one in the cell goes before it.

    >>> a = read_amount("[>5500]", "万人")
    >>> a.value, a.unit, a.comparator, a.bracketed
    (55000000.0, '人', '>', True)
    >>> read_amount("6左右", "%").comparator, read_amount("完成国家下达任务"), read_amount("-")
    ('~', None, None)
    """
    found = _pattern().fullmatch(cell) if len(cell) <= LONGEST_AMOUNT else None
    if found is None:
        return None
    given_mag, given = split_unit(unit or "")
    mag, own = found["mag2"] or found["mag"] or "", found["unit2"] or found["unit"]
    if own is None:
        mag, own = mag or given_mag, given
    first, second = number(found["n"].lstrip("-"), found["mag"] or mag), number(found["n2"], mag) if found["n2"] else None
    if first is None or second is not None and second <= first:
        return None
    if found["n"].startswith("-"):
        first = -first
    before, after = bounds()
    comparator = "range" if second is not None else after.get(found["post"] or found["post2"] or "") or before.get(found["pre"] or found["pre2"] or "") or (">" if found["more"] else "=")
    start = found.end("lead")
    kind = "multiple" if own == "倍" else unit_kinds().get(own, "other") if own else "index"
    square = bool(set(found["open"] + found["open2"]) & set("[〔【"))
    return Amount(start, found.end("post2") if found["post2"] else found.end("close"), found.start("n"), first, second, own, comparator, kind, square, found["lead"])
