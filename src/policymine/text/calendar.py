"""Dates and plan periods: 二〇一二年七月一日 → 2012-07-01, “十四五” → 2021 to 2025."""

from __future__ import annotations

import re

from policymine.text.numerals import han_to_int

_HAN_DATE = re.compile(r"([一二三四五六七八九零〇○0O]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十廿卅]{1,4})日?")
_DATE = re.compile(r"((?:19|20)\d\d) ?[年/.-] ?(\d{1,2}) ?[月/.-] ?(\d{1,2}) ?日?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
FIRST_PLAN_YEAR = 1953
PLAN_NUMBERS = {"六五": 6, "七五": 7, "八五": 8, "九五": 9, "十五": 10, "十一五": 11, "十二五": 12, "十三五": 13, "十四五": 14, "十五五": 15, "十六五": 16}


def plan_years(name: str) -> tuple[int, int] | None:
    """First and last year of a five-year plan by its short name (source: the plans' own titles).

    >>> plan_years("十四五"), plan_years("九五")
    ((2021, 2025), (1996, 2000))
    """
    plan = PLAN_NUMBERS.get(name)
    if plan is None:
        return None
    last = 5 * plan + 1955
    return last - 4, last


FIRST_YEAR, LAST_YEAR = 1949, 2100
"""The years that policies of the People's Republic speak of."""


def is_plausible(date: str | None) -> bool:
    """Whether the year of a date (or prefix of one, or None) can be meant; 7671 was damaged on the way.

    >>> is_plausible("2025-12"), is_plausible("7671"), is_plausible(None)
    (True, False, True)
    """
    return date is None or FIRST_YEAR <= int(date[:4]) <= LAST_YEAR


def iso_date(text: str) -> str | None:
    """The first full date in a text, as YYYY-MM-DD, or None; impossible dates are none.

    >>> iso_date("二○一二年七月二十六日"), iso_date("2012 年 7 月 26 日"), iso_date("2012-13-01")
    ('2012-07-26', '2012-07-26', None)
    """
    if found := _DATE.search(text):
        return day(int(found[1]), int(found[2]), int(found[3]))
    if found := _HAN_DATE.search(text):
        year = han_to_int(re.sub("[0O○]", "〇", found[1]))
        month, number = han_to_int(found[2]), han_to_int(found[3].replace("廿", "二十").replace("卅", "三十"))
        if year and month and number:
            return day(year, month, number)
    return None


def day(year: int, month: int, number: int) -> str | None:
    """YYYY-MM-DD, or None where there is no such day."""
    if not (1 <= month <= 12 and 1 <= number <= _DAYS[month - 1] and 1900 <= year <= 2199):
        return None
    return f"{year:04d}-{month:02d}-{number:02d}"


def month_end(year: int, month: int) -> int:
    """The last day of a month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return _DAYS[month - 1]


def first_day(stated: str | None) -> str | None:
    """The first day that a prefix of an ISO date can mean.

    >>> first_day("2025"), first_day("2025-06"), first_day(None)
    ('2025-01-01', '2025-06-01', None)
    """
    return stated + "-01-01"[(len(stated) - 4) // 3 * 3 :] if stated else None


def last_day(stated: str | None) -> str | None:
    """The last day that a prefix of an ISO date can mean.

    >>> last_day("2025"), last_day("2024-02"), last_day(None)
    ('2025-12-31', '2024-02-29', None)
    """
    if not stated or len(stated) == 10:
        return stated
    if len(stated) == 4:
        return f"{stated}-12-31"
    return f"{stated}-{month_end(int(stated[:4]), int(stated[5:7])):02d}"
