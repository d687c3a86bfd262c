"""Find numbers with their unit and bound words: 不低于96.5%, 3—5家, 百分之八十, 翻一番, 前三.

Finding a number and deciding about it are two things: here every number is found, in whatever role it stands
(ordinals, years and parts of names excepted); ``extraction/judgement.py`` decides which are promised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from policymine.lexicon.files import alternation, words
from policymine.lexicon.patterns import Anchor, around, starting
from policymine.lexicon.recurring import ByLine
from policymine.models import Quantity
from policymine.text.bounds import around_number, bounded, bounds, kind_of, within_word
from policymine.text.numerals import MAGNITUDES, han_to_int, number
from policymine.text.written_numbers import ANCHORS, MAKERS, written_patterns

_NUM = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
# 37千瓦 and 3百分点: the unit begins with what would be a magnitude.
_MAG = f"(?!千[瓦伏克米卡]|百分点)(?:{'|'.join(sorted((m for m in MAGNITUDES if m), key=len, reverse=True))})"


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    head, tail = around_number()
    # 克标准煤/千瓦时: what is weighed, and per what
    unit = rf"(?:(?:{alternation(words('units'))})(?!(?<=人口)[腔述译头岸径])(?:标准[煤油]|标煤|标油|油当量|二氧化碳(?:当量)?)?(?:/(?:{alternation([w for w in words('units') if w != '%'])})|每(?:立方米|平方米|平方公里|升|吨|千克|千瓦时|亩))?(?:[(](?:[座次套个家户人处项件辆艘只])[)])?)"
    return {
        **written_patterns(),
        "digits": re.compile(
            rf"{head}(?<![\d.第附+《])(?:(?<![A-Za-z])|(?<=APP)|(?<=App))(?P<n>{_NUM})(?P<mag>{_MAG})?(?P<sign>[%‰])?(?P<more>余|多)?"
            rf"(?(sign)|(?P<unit1>{unit})?)(?:[-~至到](?P<n2>{_NUM})(?P<mag2>{_MAG})?(?P<sign2>[%‰])?(?P<more2>余|多)?(?P<unit>{unit})?)?{tail}"
        ),
        "zero": re.compile(r"(?:为|实现|保持|达到)?(?P<n>清零|归零)|(?P<z>为零)(?=[,;。、\n)])|(?<=实现)(?P<zz>零)(?=发生|事故|死亡|投诉|增长)|(?<=[\u4e00-\u9fff“])(?P<happens>零)(?=(?:发生|死亡|增长|新增|排放|投诉)”?[,;。、\n)])"),
        "rank": re.compile(r"(?P<word>(?<![年月日底末门])前(?P<n>[一二两三四五六七八九十]{1,3}|\d{1,3})(?P<unit>名|位|强|家)?)(?![年个月天季日小]|[一-九\d])|(?<=[国省市球界区列居])(?P<word2>第(?P<n2>[一二三四五六七八九十]|\d{1,2})(?P<unit2>名|位)?)(?=[,;。、\n])"),
        "scale": re.compile(rf"(?<![不未])(?P<pre>超过|超|突破|过|破|达到|达|近|迈上|跨越)(?P<n>[一二三四五六七八九](?=[百千万]))?(?P<mag>{_MAG})(?P<unit>{unit}(?<!级))?(?P<post>级|大关|台阶|规模)?(?=[,;。、\n]|以上)"),
        "level": re.compile(rf"(?P<n>{_NUM})?(?P<mag>万亿|千亿|百亿|亿|千万|百万)(?P<unit>元)?级(?=[,;。、\n])"),
        "ratio": re.compile(rf"{head}(?<![\d.])(?P<n>{_NUM})[:∶]1(?![\d.]){tail}"),
        "many": re.compile(r"数以(?P<mag>[万千百])计"),
    }


# A bare number is an index only behind one of these and before the end of a clause.
_INDEX_BEFORE = re.compile(r"(?:达到?|到|至|为|在|≥|>=|<=|≤|提升到|不低于|不高于|超过|低于|高于|指数|系数|得分)\Z")
_INDEX_AFTER = re.compile(r"[,;。、)\n]|$|和|以")
_NAME_BEFORE = re.compile(r"[A-Za-z0-9.\-+]$")


def find_quantities(text: str) -> list[Quantity]:
    """Every number with unit or bound of a normalised text, in order, none overlapping another.

    Leaves out ordinals (第3), version numbers (V1.0), parts of names (5G, X86) and numbers of law articles; years
    and dates are taken out later, where the time expressions are known.

    >>> [(q.text, q.value, q.unit, q.comparator) for q in find_quantities("培育30家以上企业，合格率不低于96.5%")]
    [('30家以上', 30.0, '家', '>='), ('不低于96.5%', 96.5, '%', '>=')]
    """
    return _BY_LINE(text)


def _in_lines(text: str) -> list[Quantity]:
    found: list[Quantity] = []
    for name in _patterns():
        for match in matches(name, text):
            made = _MAKERS[name](match, text) if name in _MAKERS else _counted(match, text)
            if made is not None and not _vague(text, made):
                found.append(made)
    found.sort(key=lambda q: (q.start, -q.end))
    kept: list[Quantity] = []
    for made in found:
        if kept and made.start < kept[-1].end:
            if made.end - made.number_start > kept[-1].end - kept[-1].number_start:
                kept[-1] = made
            continue
        kept.append(made)
    return _shared_units(text, _points_shared(text, kept))


def _moved(q: Quantity, by: int) -> Quantity:
    # dataclasses.replace takes three times as long
    return Quantity(q.start + by, q.end + by, q.text, q.number_start + by, q.value, q.value_max, q.unit, q.comparator, q.kind)


_BY_LINE = ByLine(_in_lines, lambda q: q.start, _moved)


def _points_shared(text: str, found: list[Quantity]) -> list[Quantity]:
    """提高13个、16个和19个百分点: the 个 of all are 个百分点."""
    for k in range(len(found) - 1, 0, -1):
        last, before = found[k], found[k - 1]
        if last.kind == "points" and before.unit == "个" and text[before.end : last.number_start] in ("、", "和", "及", "与"):
            found[k - 1] = replace(before, unit=last.unit, kind=last.kind)
    return found


# 分别不高于10、35、50毫克: bare numbers side by side before one with a unit.
_SIDE_BY_SIDE = re.compile(rf"(?<![A-Za-z\d.,第前~-])(?<!\d[至到])(?P<n>{_NUM})(?P<mag>{_MAG})?(?:、|和|及|与)\Z")
_PAIRED = re.compile(r"分别[^,;。\n]{0,16}(?<!\d[、和及与])\Z")


def _shared_units(text: str, found: list[Quantity]) -> list[Quantity]:
    """达到1000万、1400万和1800万平方米, 分别达到20、30和50万户: the last unit, and magnitude, are those of all.

    Not of times (分别于2022、2025年建成), nor of a range or a rank (分别为10—20和30—40家, 分别列前3、5名).
    """
    at_number = {q.number_start: q for q in found}
    out: list[Quantity] = []
    for quantity in reversed(found):
        if out and quantity.start >= out[-1].start:
            continue  # was read with the numbers beside it
        out.append(quantity)
        if not quantity.unit or quantity.kind == "time" or quantity.number_start != quantity.start or text[quantity.start - 1 : quantity.start] not in tuple("、和及与"):
            continue
        own = re.match(rf"[\d,.]+({_MAG})?", quantity.text)
        at, run = quantity.start, []
        while beside := _SIDE_BY_SIDE.search(text, max(0, at - 16), at):
            run.append(beside)
            at = beside.start()
        if not run or not all(beside["mag"] for beside in run) and not _PAIRED.search(text, max(0, at - 24), at):
            continue
        for beside in run:
            magnitude = beside["mag"] or (own and own[1]) or ""
            value = number(beside["n"], magnitude)
            if value is None:
                break
            end = beside.end("mag") if beside["mag"] else beside.end("n")
            first = at_number.get(beside.start("n"))
            start = first.start if first else beside.start()
            comparator = first.comparator if first and first.start < first.number_start else "="
            out.append(Quantity(start, end, text[start:end], beside.start(), value, None, quantity.unit, comparator, quantity.kind))
    return out[::-1]


def matches(name: str, text: str) -> Iterable[re.Match[str]]:
    """The matches of one pattern, tried only where it can match."""
    pattern, anchor = _patterns()[name], _ANCHORS.get(name)
    return around(pattern, anchor, text, *_REACH.get(name, (40, 40))) if anchor else starting(pattern, _firsts()[name], text)


def _vague(text: str, quantity: Quantity) -> bool:
    """几十家, 数百家 tell no number."""
    at = quantity.number_start
    return text[at : at + 1] in "十百千万亿" and text[at - 1 : at] in ("几", "数")


@cache
def _firsts() -> dict[str, Anchor]:
    """The characters that the matches of the other patterns begin with."""
    bound = re.escape("".join({word[0]: "" for word in bounds()[0]}))
    return {"digits": Anchor.of(rf"[\d{bound}]"), "rank": Anchor.of("前|第")}


# What every match of a pattern holds; the pattern is tried only near it.
_ANCHORS = {
    **ANCHORS,
    "zero": Anchor.of("零"),
    "scale": Anchor.of("(?:超过|超|突破|过|破|达|达到|近|迈上|跨越)[一二三四五六七八九]?[百千万亿十]"),
    "level": Anchor.of("级(?<=[百千万亿元]级)"),
    "many": Anchor.of("数以"),
    "ratio": Anchor.of(":1|∶1"),
}
# How far a match goes before and behind what it holds, where it is worth saying.
_REACH = {"han": (30, 8), "han-sized": (30, 30)}


def _counted(match: re.Match[str], text: str) -> Quantity | None:
    """A number in digits with its unit, or a bare one where it can only be an index."""
    unit, sign = match["unit"] or match["unit1"], match["sign2"] or match["sign"]
    at = match.start("n")
    magnitude = match["mag"] or ""
    if sign:
        unit = sign
    if unit == "级" and magnitude in ("亿", "万亿", "千亿", "百亿", "千万", "百万"):
        unit = None
    second = number(match["n2"], match["mag2"] or "") if match["n2"] else None
    if match["n2"] and not (match["unit"] or sign or match["mag2"] or "." in match["n"] and "." in match["n2"]):
        return None
    if second is not None and not magnitude and match["mag2"]:
        magnitude = match["mag2"]
    free = not within_word(match, text)
    if not free and match["pre"] != "约":
        return None
    value = number(match["n"], magnitude)
    if value is None or second is not None and second <= value:
        return None
    kind = "multiple" if unit == "倍" else kind_of(unit) if unit else "index"
    if not unit:
        follows = text[match.end() : match.end() + 1]
        if magnitude or match["post"] and not follows.isalpha() or match["more"]:
            kind = "amount" if magnitude else "index"
        elif not (_INDEX_BEFORE.search(text, max(0, match.start() - 6), match.start()) or match["pre"]) or not _INDEX_AFTER.match(text, match.end()):
            return None
        if follows.isascii() and follows.isalpha():
            return None
    elif unit.isascii() and unit.isalpha() and text[match.end() : match.end() + 1].isascii() and text[match.end() : match.end() + 1].isalpha():
        return None
    if unit in ("G", "M", "T", "P") and (match["n"] in ("2", "3", "4", "5", "6") and unit == "G" or text[match.end() : match.end() + 1] in ("+", "-")):
        return None
    if unit in ("条", "款", "项") and text[max(0, match.start() - 1) : match.start()] == "第":
        return None
    if _NAME_BEFORE.search(text, max(0, at - 1), at) and not match["pre"]:
        return None
    if match["pre"] == "突破" and kind == "count" and text[match.end() : match.end() + 1] not in "，,;。、\n)":
        # 突破50项技术: the verb, not a bound
        return Quantity(at, match.end(), text[at : match.end()], at, value, second, unit, "range" if second else bounds()[1].get(match["post"] or "", "="), kind)
    made = bounded(match, at, value, unit, kind, value_max=second)
    return made if free else replace(made, start=at, text=text[at : made.end], comparator=made.comparator if match["post"] else "=")


def _zero(match: re.Match[str], text: str) -> Quantity | None:
    return bounded(match, match.start(), 0.0, None, "index")


def _rank(match: re.Match[str], text: str) -> Quantity | None:
    digits = match["n"] or match["n2"]
    value = int(digits) if digits.isdigit() else han_to_int(digits)
    if not value:
        return None
    return bounded(match, match.start(), float(value), match["unit"] or match["unit2"], "rank")


def _scale(match: re.Match[str], text: str) -> Quantity | None:
    sign = bounds()[0].get(match["pre"], "=")
    return bounded(match, match.start("n") if match["n"] else match.start("mag"), float(MAGNITUDES[match["mag"]]) * (han_to_int(match["n"] or "") or 1), match["unit"], "amount", sign=sign)


def _level(match: re.Match[str], text: str) -> Quantity | None:
    value = number(match["n"] or "1", match["mag"])
    return None if value is None else bounded(match, match.start(), value, match["unit"], "amount")


def _ratio(match: re.Match[str], text: str) -> Quantity | None:
    """师生比达到1.5:1: so many to one; no unit."""
    value = number(match["n"])
    if value is None or "比" not in text[max(0, match.start() - 14) : match.start()].rpartition("\n")[2]:
        return None
    return bounded(match, match.start("n"), value, None, "index")


def _many(match: re.Match[str], text: str) -> Quantity | None:
    return bounded(match, match.start(), float(MAGNITUDES[match["mag"]]), None, "count", sign=">=")


_MAKERS = {
    **MAKERS,
    "zero": _zero,
    "rank": _rank,
    "scale": _scale,
    "level": _level,
    "many": _many,
    "ratio": _ratio,
}
