"""Numbers that are written in words: 三百五十个, 十八万六千人, 三点五亿元, 百分之八十, 三分之一, 九成, 一半, 翻两番."""

from __future__ import annotations

import re
from functools import cache

from policymine.lexicon.files import alternation, read_lexicon
from policymine.lexicon.patterns import Anchor
from policymine.models import Quantity
from policymine.text.bounds import around_number, bounded, unit_kinds, within_word
from policymine.text.numerals import han_to_int, number

_DIGITS = "一二两三四五六七八九"
_ANY = f"{_DIGITS}十百千"
_WHOLE = f"[{_ANY}](?:零?[{_ANY}]){{0,6}}"
_DECIMAL = f"(?:{_WHOLE}|零)点[零{_DIGITS}]{{1,6}}"
# 五千米 are five kilometres, and 三百千瓦 no 1,300 of anything.
_KILO = "千[瓦伏克米卡]"
_SIZED = (
    f"{_DECIMAL}(?:万亿|[十百千]?[万亿])?|[{_ANY}万亿](?:零?(?!{_KILO})[{_ANY}万亿]){{1,8}}|[{_ANY}](?={_KILO})"
)
_NO_START = f"(?<![第零{_ANY}万亿之])(?<![零{_DIGITS}十]点)"
_MEASURES = "倍个家项条所类种支座眼批名人件套台处户场部门次期亩大位只艘架辆张间栋组片块队级"


@cache
def written_patterns() -> dict[str, re.Pattern[str]]:
    """The patterns of numbers in words, by name; a fraction (点五) counts before a size, a share or what is measured."""
    head, tail = around_number()
    counted = rf"(?:(?P<n>{_WHOLE}(?:[万亿]零?{_WHOLE})?|{_DECIMAL}(?=[万亿倍]|个?百分点))(?P<mag>万亿|亿|万)?|(?P<mag0>万|亿))"
    return {
        "han": re.compile(rf"{head}{_NO_START}(?:(?P<low>[{_DIGITS}十]{{1,3}})[至到])?{counted}(?P<more>余|多)?(?P<unit>个?百分点|人次|个月|个小时|个工作日|[{_MEASURES}]){tail}"),
        "han-sized": re.compile(
            rf"{head}(?<![\d.几数]){_NO_START}(?P<n>{_SIZED})(?P<more>余|多)?(?P<unit>{alternation(_sized_units())})(?![化角素件气])(?:人民币)?{tail}"
        ),
        "percent": re.compile(rf"{head}(?P<base>[百千万])分之(?P<n>[{_DIGITS}十百零点]{{1,12}}|\d{{1,3}}(?:\.\d{{1,4}})?){tail}"),
        "fraction": re.compile(rf"{head}(?P<d>[二三四五六七八九十])分之(?P<n>[一二三四五六七八九]){tail}"),
        "slash": re.compile(rf"{head}(?<![\d./A-Za-z])(?P<n>[1-3])/(?P<d>[2-9])(?=以上|左右|以内|的[\u4e00-\u9fff]|[,;。、\n]){tail}"),
        "tenths": re.compile(
            rf"{head}(?<![一二三四五六七八九十])(?P<n>[{_DIGITS}])成{tail}(?=[,;。、的()\n]|提高|提升|上升|增加|扩大|下降|降|减)"
        ),
        "half": re.compile(rf"{head}(?P<n>一半|半数|半(?P<unit>亩|公顷|公斤|公里|平方米)){tail}|(?P<over>过半)(?=[,;。\n])"),
        "double": re.compile(r"翻(?P<n>[一两二三四])?番|(?P<twice>倍增)(?=[,;。、\n])"),
    }


ANCHORS = {
    "han": Anchor.of(rf"[零{_ANY}万亿][余多]?(?:百分点|[{_MEASURES}])"),
    "han-sized": Anchor.of(
        f"[十百千万亿](?:(?<=[{_ANY}万亿].)[余多]?(?=[^\\W\\da-zA-Z])|(?=[{_ANY}万亿]))|点(?=[零{_DIGITS}])"
    ),
    "percent": Anchor.of("分之"),
    "fraction": Anchor.of("分之"),
    "slash": Anchor.of("[1-3]/[2-9]"),
    "tenths": Anchor.of(f"成(?<=[{_DIGITS}]成)"),
    "half": Anchor.of("半(?:(?=[数亩公平])|(?<=[一过]半))"),
    "double": Anchor.of("番|倍增"),
}
"""What every match of a pattern holds; the pattern is tried only near it."""


_RATE_OF = re.compile("[\u4e00-\u9fff]{2,14}率")


def _sized_units() -> list[str]:
    """Units of size in Chinese (元, 万亩's 亩, 吨): what a number in Chinese numerals is followed by outside counts."""
    sized = {"money", "area", "mass", "length", "energy", "volume"}
    return [row["term"] for row in read_lexicon("units") if row["kind"] in sized and not row["term"].isascii()]


def _han(match: re.Match[str], text: str) -> Quantity | None:
    """A Chinese-numeral count: 两个产业带; 一 only where a bound word says that it counts."""
    whole, bound = match["n"] or "一", match["pre"] or match["post"]
    value = number(whole + (match["mag"] or match["mag0"] or ""))  # 十八万六千, 一亿五千万
    if value is None or text[match.start("n" if match["n"] else "mag0") - 1] == "每" or match["mag0"] and match["unit"] in "人户大":
        return None
    if match["unit"] in "人户" and not bound and (whole in ("十", "百", "千") and not match["mag"] or text[match.end() : match.end() + 1] == "口"):
        return None  # 千人计划, 百万人口
    if whole == "十" and match["mag"] == "万" and match["unit"] == "人" and not bound and _RATE_OF.match(text, match.end()):
        return None  # 十万人生产安全事故死亡率
    if match["low"]:
        return _between(match, value)
    if _BESIDE.search(whole):
        return _about(match, whole)
    if value < 2 and match["unit"] == "批" or value < 2 and (match["pre"] or "") in ("突破", "超过", "超", "过", "破"):
        return None
    if value < 2 and not bound and match["unit"] != "倍" and "点" not in whole or value < 1 and "点" not in whole:
        return None
    unit: str | None = match["unit"]
    if unit == "部" and text[match.end() : match.end() + 1] in "分门" or within_word(match, text):
        return None
    if unit == "大":
        if value > 20 or text[match.end() : match.end() + 1] in "量幅力批大小中型规":
            return None
        unit = None
    if unit in ("级", "次", "期", "位", "部", "门", "场", "人", "组", "片", "块") and not bound and match["n"] != "两" and (value < 30 or unit not in "人次位场"):
        return None
    return bounded(match, match.start("n" if match["n"] else "mag0"), value, unit, _kind(unit))


def _kind(unit: str | None) -> str:
    return "multiple" if unit == "倍" else unit_kinds().get(unit or "", "count")


# 三五个, 两三百家: so many or so many.
_BESIDE = re.compile(f"[{_DIGITS}]{{2}}")


def _about(match: re.Match[str], whole: str) -> Quantity | None:
    """Two digits side by side are the ends of a range: 三五家 are three to five; 二三十家 and what goes down are left out."""
    if len(whole) != 2 or match["mag"] or match["unit"] in "级次期位部门场人组片块大":
        return None
    low, high = (number(digit) for digit in whole)
    if low is None or high is None or low >= high:
        return None
    return bounded(match, match.start("n"), low, match["unit"], _kind(match["unit"]), value_max=high)


def _between(match: re.Match[str], high: float) -> Quantity | None:
    """两至三个: from so many to so many."""
    low = number(match["low"])
    if low is None or low >= high or match["unit"] in "级次期位部门场人组片块大":
        return None
    return bounded(match, match.start("low"), low, match["unit"], _kind(match["unit"]), value_max=high)


def _han_sized(match: re.Match[str], text: str) -> Quantity | None:
    """A Chinese-numeral amount: 五百万元, 百万吨, 三千亩."""
    value = number(match["n"], "")
    fine = "点" in match["n"] or match["unit"].startswith("千")
    if value is None or value < 10 and not fine or within_word(match, text):
        return None
    return bounded(match, match.start("n"), value, match["unit"], unit_kinds()[match["unit"]])


def _percent(match: re.Match[str], text: str) -> Quantity | None:
    value = number(match["n"])
    if value is None:
        return None
    if match["base"] == "万":
        value /= 100
    return bounded(match, match.start() + (len(match["pre"] or "")), value, "‰" if match["base"] == "千" else "%", "percent")


def _fraction(match: re.Match[str], text: str) -> Quantity | None:
    above, below = han_to_int(match["n"]), han_to_int(match["d"])
    if not above or not below:
        return None
    return bounded(match, match.start("d"), round(100 * above / below, 6), "%", "percent")


def _slash(match: re.Match[str], text: str) -> Quantity | None:
    """减少1/3以上: so many of so many parts."""
    above, below = int(match["n"]), int(match["d"])
    return None if above >= below else bounded(match, match.start("n"), round(100 * above / below, 6), "%", "percent")


def _tenths(match: re.Match[str], text: str) -> Quantity | None:
    return bounded(match, match.start("n"), 10.0 * (han_to_int(match["n"]) or 0), "%", "percent")


def _half(match: re.Match[str], text: str) -> Quantity | None:
    if match["unit"]:
        return bounded(match, match.start("n"), 0.5, match["unit"], unit_kinds()[match["unit"]])
    over = ">" if match["over"] else None
    return bounded(match, match.start("n") if match["n"] else match.start(), 50.0, "%", "percent", sign=over)


def _double(match: re.Match[str], text: str) -> Quantity | None:
    times = han_to_int(match["n"] or "一") or 1
    return bounded(match, match.start(), float(2**times - 1), "倍", "multiple")


MAKERS = {
    "han": _han,
    "han-sized": _han_sized,
    "percent": _percent,
    "fraction": _fraction,
    "slash": _slash,
    "tenths": _tenths,
    "half": _half,
    "double": _double,
}
"""What makes a quantity of a match of each pattern; None where it is none."""
