"""Facts in the few words that people write into a cell: ≥94%, 较2015年下降15%, 2020年12月底前, 市甲局、市乙局."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from policymine.tables.labels import ZH, value_label
from policymine.tables.schema import Row, Value

_MAGNITUDES = ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))
_SHARES = ("%", "‰", "百分点", "分")


def amount(value: Value, unit: Value) -> str:
    """A number with its unit; large ones in 万 and 亿 where that loses nothing.

    >>> amount(94.0, "%"), amount(30000000000, "元"), amount(30000, "件"), amount(12345678, "个")
    ('94%', '300亿元', '3万件', '1234.5678万个')
    """
    if not isinstance(value, int | float):
        return ""
    number, words = Decimal(repr(value)), str(unit or "")
    if not words.startswith(_SHARES):
        for size, name in _MAGNITUDES:
            part = number / size
            if abs(number) >= size and -int(part.normalize().as_tuple().exponent) <= 4:
                return f"{part.normalize():f}{name}{words}"
    return f"{number.normalize():f}{words}"


def promised(target: Row) -> str:
    """What a row of ``targets`` promises about its indicator, without the indicator.

    >>> row = {"comparator": ">=", "value": 94, "value_max": None, "unit": "%", "change": "level", "every": None,
    ...        "baseline_year": None}
    >>> promised(row), promised({**row, "comparator": "=", "change": "decrease", "baseline_year": "2015"})
    ('≥94%', '较2015年下降94%')
    >>> promised({**row, "comparator": "range", "value": 5, "value_max": 8, "unit": "家", "every": "P1Y"})
    '每年5—8家'
    """
    comparator, unit = target["comparator"], target["unit"]
    if comparator == "range":
        words = f"{amount(target['value'], None)}—{amount(target['value_max'], unit)}"
    else:
        sign = value_label("targets", "comparator", comparator, ZH) if comparator != "=" else ""
        words = f"{sign}{amount(target['value'], unit)}"
    if target["change"] in ("increase", "decrease"):
        words = f"{value_label('targets', 'change', target['change'], ZH)}{words}"
    elif target["change"] == "rank":
        words = f"位次{words}"
    relative = target["change"] in ("increase", "decrease")  # a table gives a base year without 较
    if target["baseline_year"] and relative and not str(target.get("rule")).startswith("target.table"):
        words = f"较{target['baseline_year']}年{words}"
    return every(target["every"]) + words


def every(period: Value) -> str:
    """The period of a promise that is made anew each time: P1Y is 每年.

    >>> every("P1Y"), every("P3Y"), every("P3M"), every(None)
    ('每年', '每3年', '每3个月', '')
    """
    if not period:
        return ""
    number, unit = str(period)[1:-1], {"Y": "年", "M": "个月", "W": "周", "D": "日"}.get(str(period)[-1], "")
    return f"每{'' if number == '1' and unit in '年周日' else number}{unit}" if unit else ""


def date(value: Value) -> str:
    """A date as it is written in Chinese, cut as the text cuts it.

    >>> date("2020"), date("2018-12"), date("2018-12-31"), date(None)
    ('2020年', '2018年12月', '2018年12月31日', '')
    """
    if not value:
        return ""
    parts = str(value).split("-")
    if not all(part.isdigit() for part in parts):
        return str(value)
    return "".join(f"{part if i == 0 else int(part)}{name}" for i, (part, name) in
                   enumerate(zip(parts, "年月日", strict=False)))


def departments(rows: Iterable[Row], role: str) -> str:
    """The departments of one role as written, each once, in the order of the text; 等 where the list is open.

    Args:
        rows: rows of ``responsibilities``.
        role: lead, responsible or support.
    """
    chosen = [row for row in rows if row["role"] == role]
    words = "、".join(dict.fromkeys(str(row["department"]) for row in chosen))
    return f"{words}等" if any(row["open_list"] for row in chosen) else words


def section_words(section: Row | None) -> str:
    """Where a row stands: the path of its section and what the heading says.

    >>> section_words({"path": "三/（二）", "heading": "主要任务"})
    '三/（二） 主要任务'
    """
    if section is None:
        return ""
    return " ".join(str(section[name]) for name in ("path", "heading") if section[name])


def document_words(document: Row) -> str:
    """How a document is called: its title, else the name of its file."""
    return str(document["title"] or document["inner_title"] or document["source"])


def lines(parts: Iterable[str]) -> str:
    """Parts that are not empty, each once, a line each."""
    return "\n".join(dict.fromkeys(part for part in parts if part))
