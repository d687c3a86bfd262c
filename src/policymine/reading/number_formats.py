"""How Word writes the numbers of its lists: 一, 十一, 甲, ①, １, IV, aa.

The formats are the values of ``ST_NumberFormat`` of ECMA-376 Part 1, 17.18.59 (a number format that is not among them,
and a number that its format has no sign for, is written in Arabic digits, as Word does). Reading such numbers is the
work of ``text.numerals``.
"""

from __future__ import annotations

from collections.abc import Callable

_HAN = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)
MOST = 32_767
"""The largest number that Word gives to a paragraph; beyond it every format is Arabic."""


def format_number(number: int, name: str, custom: str = "") -> str:
    """A number in one of Word's formats.

    Args:
        number: not below 0.
        name: the value of ``w:numFmt``; a bullet has no number.
        custom: the pattern of the format ``custom`` ("001, 002, 003, ..."): how many digits there are at least.

    >>> [format_number(12, name) for name in ("chineseCounting", "ideographTraditional", "decimalEnclosedCircle")]
    ['十二', '12', '⑫']
    >>> format_number(101, "chineseCountingThousand"), format_number(2, "ideographTraditional")
    ('一百零一', '乙')
    """
    if name in ("none", "bullet"):
        return ""
    if name == "custom":
        return str(number).zfill(len(custom.split(",")[0].strip()))
    write = _FORMATS.get(name)
    return write(number) if write and 0 <= number <= MOST else str(number)


def _multiplied(number: int, digits: str, tens: str = "十百千万", zero: str = "零", one: bool = False) -> str:
    """A number by digit and power (一百零二); ``one`` writes 一十 at the head, too."""
    if number == 0:
        return zero or digits[0]
    if number >= 10_000:
        head, rest = divmod(number, 10_000)
        tail = (zero if rest < 1000 else "") + _multiplied(rest, digits, tens, zero, True) if rest else ""
        return _multiplied(head, digits, tens, zero, one) + tens[3] + tail
    written, pending = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if not digit:
            pending = bool(written)
            continue
        written += zero if pending else ""
        pending = False
        skip = digit == 1 and power == 1 and not written and not one
        written += ("" if skip else digits[digit]) + (tens[power - 1] if power else "")
    return written


def _positional(number: int, digits: str) -> str:
    return "".join(digits[int(c)] for c in str(number))


def _chinese(number: int) -> str:
    return _multiplied(number, _HAN) if number < 100 else _positional(number, _HAN)


def _japanese(number: int) -> str:
    return _multiplied(number, _HAN, zero="").replace("一百", "百").replace("一千", "千") if number else _HAN[0]


def _roman(number: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        times, number = divmod(number, value)
        written += sign * times
    return written


def _letters(number: int) -> str:
    """a … z, aa … zz: the letter of the alphabet as often as it comes round."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else str(number)


def _sign(first: str, most: int) -> Callable[[int], str]:
    """Signs that stand in a row in Unicode, from 1."""
    return lambda number: chr(ord(first) + number - 1) if 1 <= number <= most else str(number)


def _member(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 1 <= number <= len(signs) else str(number)


def _cycle(number: int) -> str:
    return _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12] if number else "0"


def _full_width(number: int) -> str:
    return _positional(number, "０１２３４５６７８９")


def _thousand(number: int) -> str:
    return _multiplied(number, _HAN)


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalEnclosedCircle": _sign("①", 20),
    "decimalEnclosedCircleChinese": _sign("①", 20),
    "decimalEnclosedFullstop": _sign("⒈", 20),
    "decimalEnclosedParen": _sign("⑴", 20),
    "numberInDash": lambda number: f"- {number} -",
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
    "chineseCounting": _chinese,
    "taiwaneseCounting": _chinese,
    "chineseCountingThousand": _thousand,
    "taiwaneseCountingThousand": _thousand,
    "japaneseCounting": _japanese,
    "ideographDigital": lambda number: _positional(number, _HAN),
    "japaneseDigitalTenThousand": lambda number: _positional(number, _HAN),
    "taiwaneseDigital": lambda number: _positional(number, _HAN),
    "chineseLegalSimplified": lambda number: _multiplied(number, _LEGAL, "拾佰仟万", one=True),
    "ideographLegalTraditional": lambda number: _multiplied(number, _LEGAL_TRADITIONAL, "拾佰仟萬", one=True),
    "ideographTraditional": _member(_STEMS),
    "ideographZodiac": _member(_BRANCHES),
    "ideographZodiacTraditional": _cycle,
    "ideographEnclosedCircle": _sign("㊀", 10),
}
