"""Chinese and Arabic numerals to numbers: 二十三 → 23, 1.2万亿 → 1.2e12, ① → 1."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from math import isfinite

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
_LONGEST = 20
"""Characters of a numeral in words; no number is longer."""
_TENS = {"十": 10, "百": 100, "千": 1000}
MAGNITUDES = {
    "万亿": 10**12,
    "千亿": 10**11,
    "百亿": 10**10,
    "十亿": 10**9,
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 10**3,
    "百": 10**2,
    "": 1,
}
"""What a number is multiplied by: 3万件 is 30,000 件."""


def han_to_int(text: str) -> int | None:
    """The value of a Chinese numeral, or None if it is none.

    Reads positional (二〇一二) and multiplicative (一千二百零五, 三万) forms and 两.

    >>> [han_to_int(t) for t in ("二十三", "十", "二〇一二", "一百零五", "三万五千", "一亿五千万", "两", "总")]
    [23, 10, 2012, 105, 35000, 150000000, 2, None]
    """
    if not text or len(text) > _LONGEST:
        return None
    if len(text) > 1 and all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _TENS:
            section += (digit or (1 if not section else 0) or 1) * _TENS[c]
            digit = 0
        elif c == "亿":
            total = (total + section + digit or 1) * MAGNITUDES[c]
            section = digit = 0
        elif c == "万":  # 一亿五千万: the 亿 before it stays what it is
            total += (section + digit or (0 if total else 1)) * MAGNITUDES[c]
            section = digit = 0
        else:
            return None
    return total + section + digit


def ordinal(text: str) -> int | None:
    """The ordinal of a marker's numeral: 12, 十二, ⑫, b; None if it has none.

    >>> ordinal("十二"), ordinal("7"), ordinal("③"), ordinal("b")
    (12, 7, 3, 2)
    """
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    if len(text) == 1 and "①" <= text <= "⑳":
        return ord(text) - ord("①") + 1
    if len(text) == 1 and "a" <= text <= "z":
        return ord(text) - ord("a") + 1
    return han_to_int(text)


def number(digits: str, magnitude: str = "") -> float | None:
    """The value of digits (Arabic with . and thousands commas, or Chinese) times a magnitude word.

    Exact in decimal before it becomes a float, so that 83.9万 is 839000.0.

    >>> number("83.9", "万"), number("1,200"), number("十二"), number("三", "千亿"), number("三点五", "亿"), number("三点五千万")
    (839000.0, 1200.0, 12.0, 300000000000.0, 350000000.0, 35000000.0)
    """
    scale = MAGNITUDES.get(magnitude)
    if scale is None:
        return None
    plain = digits.replace(",", "")
    if plain and plain[0] in "0123456789":
        try:
            value = float(Decimal(plain) * scale)
        except InvalidOperation:
            return None
        return value if isfinite(value) else None
    whole, point, part = plain.partition("点")
    if point:  # 三点五亿, 三点五千万
        digits = part.rstrip("十百千万亿")
        above, below = han_to_int(whole), [_DIGITS.get(c) for c in digits]
        size = MAGNITUDES.get(part[len(digits) :])
        if above is None or None in below or size is None or len(digits) > _LONGEST:
            return None
        return float(Decimal(f"{above}.{''.join(map(str, below))}") * size * scale)
    whole_value = han_to_int(plain)
    return None if whole_value is None else float(whole_value * scale)
