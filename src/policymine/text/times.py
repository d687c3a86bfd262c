"""Find time expressions (rules in ``data/rules/times.toml``) and say which dates they state.

Whether an expression is a deadline is decided elsewhere (``extraction/deadlines.py``): here 2012年 is found in a
title as well as in a promise. Values are as stated: nothing is counted from the signing date, but 今年 and 年底前
take the year of writing where it is known.
"""

from __future__ import annotations

import re
from dataclasses import replace

from policymine.lexicon.patterns import Pattern, compile_rules
from policymine.lexicon.recurring import ByLine
from policymine.models import TimeExpression
from policymine.text.calendar import day, month_end, plan_years
from policymine.text.numerals import han_to_int

_UNITS = {"年": "Y", "年度": "Y", "学年": "Y", "合同年": "Y", "月": "M", "月度": "M", "个月": "M", "周": "W", "星期": "W", "日": "D", "天": "D", "工作日": "D"}
_THIRDS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}
# Every expression holds one of these; a text without them is not scanned.
_GATE = re.compile(r"今冬|[年月日天周]|规划期末|季度|小时|分钟|世纪|阶段|十[一二三四五六]?五|[六七八九]五|学期|工作日|汛|[供采]暖|入冬|春耕|雨季|[暑寒][期假]|春节|国庆|秋收|开学|高考|每旬")


def find_times(text: str, year: int | None) -> list[TimeExpression]:
    """Every time expression of a normalised text, in order, none overlapping another.

    Args:
        text: the normalised text.
        year: the year of writing, for 今年, 年底前 and 明年; None leaves them without a date.

    >>> [(t.text, t.relation, t.end_date) for t in find_times("到2025年，每年培育10家", None)]
    [('到2025年', 'by', '2025'), ('每年', 'every', None)]
    """
    return _BY_LINE(text, year)


def _in_lines(text: str, year: int | None) -> list[TimeExpression]:
    if not _GATE.search(text):
        return []
    found: list[tuple[int, int, int, TimeExpression, Pattern, re.Match[str]]] = []
    for rank, rule in enumerate(compile_rules("times")):
        for match in rule.finditer(text):
            if rule.unless_after and rule.unless_after.match(text, match.end()):
                continue
            made = _expression(rule, match, year)
            if made:
                found.append((made.start, -made.end, rank, made, rule, match))
    found.sort(key=lambda f: f[:3])
    kept: list[TimeExpression] = []
    for _, _, _, made, rule, match in found:
        if kept and (dated := _year_of_sentence(text, kept[-1], match)) is not None and (year is None or dated > year):
            made = _expression(rule, match, dated) or made
        if kept and made.start < kept[-1].end:
            if made.end - made.start > kept[-1].end - kept[-1].start:
                kept[-1] = made
            continue
        kept.append(made)
    return kept


def _year_of_sentence(text: str, before: TimeExpression, match: re.Match[str]) -> int | None:
    """The year of a month that names none: that of the date before it in the sentence, if that names one and is no later in the year."""
    month = _MONTH.match(match[0])
    stated = before.end_date or before.start_date or ""
    if match[0].startswith("全年") and before.relation in ("by", "during") and stated[:4].isdigit() and stated[:4] in before.text:
        return None if _STOP.search(text, before.end, match.start()) else int(stated[:4])
    if not month or len(stated) < 7 or stated[:4] not in before.text or int(month[1]) < int(stated[5:7]) or _STOP.search(text, before.end, match.start()):
        return None
    return int(stated[:4])


_MONTH = re.compile(r"[自从在于到至]?(1[0-2]|0?[1-9])月")
_STOP = re.compile("[。;!?]")


_BY_LINE = ByLine(_in_lines, lambda time: time.start, lambda time, by: replace(time, start=time.start + by, end=time.end + by))


def _expression(rule: Pattern, match: re.Match[str], year: int | None) -> TimeExpression | None:
    groups = {k: v for k, v in match.groupdict().items() if v}
    relation: str = rule.row["relation"]
    start = end = period = None
    if relation in ("within", "every"):
        period = _period(groups)
    else:
        first, last = _dates(groups, year)
        if first == "" or last == "":
            return None
        start = None if relation == "by" else first
        end = None if relation == "from" else last
    of = "only" if "only" in groups else 0  # the words before it only say of what it is the length
    return TimeExpression(match.start(of), match.end(of), match[of], relation, start, end, period, rule.id)


def _dates(groups: dict[str, str], year: int | None) -> tuple[str | None, str | None]:
    """First and last date stated; empty strings for a date that does not exist."""
    if "plan" in groups:
        years = plan_years(groups["plan"])
        if years and "part" in groups:
            count = _int(groups["pn"]) - 1
            years = (years[0], years[0] + count) if groups["part"] in "前头" else (years[1] - count, years[1])
        return (str(years[0]), str(years[1])) if years else ("", "")
    if "century" in groups:
        return None, _century_end(groups["century"], year)
    y = _year(groups, year)
    if y is None:
        return None, None
    if "half" in groups:
        return (f"{y}-01", f"{y}-06") if groups["half"] == "上半年" else (f"{y}-07", f"{y}-12")
    if "quarter" in groups:
        q = _int(groups["quarter"])
        return f"{y}-{3 * q - 2:02d}", f"{y}-{3 * q:02d}"
    month = _int(groups["m"]) if "m" in groups else None
    if groups.get("rel") in ("今明两年", "今冬明春"):
        return str(y), str(y + 1)
    if month is None:
        last = f"{y}-12" if "edge" in groups or groups.get("rel2", "").startswith(("年底", "年末")) else str(y)
        return str(y), str(_int(groups["y2"])) if "y2" in groups else last
    if "third2" in groups:
        return _parts_of_months(y, month, groups)
    if "third" in groups:
        a, b = _THIRDS[groups["third"]]
        return day(y, month, a), day(y, month, min(b, month_end(y, month)))
    first = f"{y}-{month:02d}" if "d" not in groups else _day(y, month, _int(groups["d"]))
    y2 = _int(groups.get("y2", str(y + ("over" in groups))))
    month2 = _int(groups.get("m2", str(month)))
    if "d2" in groups:
        return first, _day(y2, month2, _int(groups["d2"]))
    if "m2" in groups or "y2" in groups:
        return first, f"{y2}-{month2:02d}"
    return first, first


def _parts_of_months(year: int, month: int, groups: dict[str, str]) -> tuple[str | None, str | None]:
    """5月下旬至8月底: from the first to the last day."""
    first: str | None = f"{year}-{month:02d}"
    if "d" in groups or "third" in groups:
        first = day(year, month, _int(groups["d"]) if "d" in groups else _THIRDS.get(groups["third"], (1, 10))[0])
    last = _int(groups["m2"])
    upto = _THIRDS.get(groups["third2"], (1, 31))[1]
    over = _int(groups["y2"]) if "y2" in groups else year + (last < month)  # 11月下旬至3月底 goes over the turn of the year
    return first, day(over, last, min(upto, month_end(over, last)))


def _int(text: str) -> int:
    return int(text) if text.isdigit() else han_to_int(text) or 0


def _century_end(words: str, year: int | None) -> str | None:
    """本世纪末 of 1998 is 2000."""
    if words == "本":
        return None if year is None else str((year - 1) // 100 * 100 + 100)
    return f"{_int(words)}00"


def _day(year: int, month: int, number: int) -> str:
    """The date; one of a year that cannot be meant is kept as written, another that does not exist is empty."""
    return day(year, month, number) or ("" if 1900 <= year < 2100 else f"{year}-{month:02d}-{number:02d}")


def _year(groups: dict[str, str], year: int | None) -> int | None:
    if "y" in groups:
        return _int(groups["y"])
    if year is None or not groups.keys() & {"rel", "rel2", "m", "half", "quarter", "whole"} or groups.get("rel", "")[:1] in ("次", "下"):
        return None
    return year + 1 if groups.get("rel", "").startswith("明") else year


def _period(groups: dict[str, str]) -> str | None:
    """The ISO 8601 length: 三个月 → P3M, a range by its upper bound."""
    unit = groups.get("u") or groups.get("u2") or groups.get("u3") or "年"
    if unit == "左右":
        unit = "年"
    text = groups.get("n3") or groups.get("n2") or groups.get("n") or "1"
    count = int(text) if text.isdigit() else (han_to_int(text) or 0)
    if text == "半" and unit in ("月", "个月", "小时"):
        return "P15D" if unit != "小时" else "PT30M"
    if text == "半" and unit in ("日", "天"):
        return "PT12H"
    if text == "半" or unit == "半年" or unit == "学期":
        return "P6M"
    if count == 0:
        return None
    if unit in ("季", "季度"):
        return f"P{3 * count}M"
    if unit == "旬":
        return f"P{10 * count}D"
    if unit in ("小时", "分钟"):
        return f"PT{count}{'H' if unit == '小时' else 'M'}"
    return f"P{count}{_UNITS.get(unit, 'Y')}"
