"""Numerals: every value of a range in every way of writing it, and words that only look like numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policymine.text.numerals import MAGNITUDES, han_to_int, number, ordinal

DIGITS = "零一二三四五六七八九"


def han(value: int) -> str:
    """A number below a hundred million as it is written."""
    if value >= 10_000:
        rest = value % 10_000
        gap = "零" if 0 < rest < 1000 else ""
        return han(value // 10_000) + "万" + gap + (han(rest) if rest else "")
    out, zero = "", False
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = value // size % 10
        if digit:
            out += ("零" if zero and out else "") + DIGITS[digit] + unit
            zero = False
        else:
            zero = True
    return out or "零"


def test_every_number_to_twenty_thousand() -> None:
    for value in range(20_001):
        written = han(value)
        assert han_to_int(written) == value, written
        if 10 <= value < 20:
            assert han_to_int(written.removeprefix("一")) == value
        if value > 9:
            positional = "".join("〇一二三四五六七八九"[int(d)] for d in str(value))
            assert han_to_int(positional) == value, positional


@given(st.integers(0, 99_999_999))
def test_larger_numbers(value: int) -> None:
    assert han_to_int(han(value)) == value


@pytest.mark.parametrize(("text", "value"), [
    ("两", 2), ("两百", 200), ("两万", 20_000), ("一亿零三百", 100_000_300), ("〇", 0), ("二〇二五", 2025), ("二○一二", 2012), ("百", 100), ("万", 10_000),
])
def test_spoken_forms(text: str, value: int) -> None:
    assert han_to_int(text) == value


@pytest.mark.parametrize("text", ["", "总", "一般", "12", "一.五", "第一", "十几"])
def test_what_is_no_numeral(text: str) -> None:
    assert han_to_int(text) is None


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_none(text: str) -> None:
    assert han_to_int(text) is None or set(text) <= set("零〇○一二三四五六七八九两十百千万亿")
    number(text)
    ordinal(text)


@given(st.decimals(0, 99999, places=2), st.sampled_from(sorted(MAGNITUDES)))
def test_digits_are_exact_in_decimal(value: object, magnitude: str) -> None:
    from decimal import Decimal

    assert number(str(value), magnitude) == float(Decimal(str(value)) * MAGNITUDES[magnitude])


def test_digits_with_commas_and_magnitudes() -> None:
    assert number("83.9", "万") == 839_000
    assert number("1,200") == 1200
    assert number("三", "千亿") == 3e11
    assert number("1..2") is None
    assert number("5", "兆") is None


def test_every_ordinal_to_ninety_nine() -> None:
    for value in range(1, 100):
        assert ordinal(str(value)) == value == ordinal(han(value))
    assert [ordinal(c) for c in "①②⑳"] == [1, 2, 20]
    assert ordinal("") is None
    assert ordinal("甲") is None
