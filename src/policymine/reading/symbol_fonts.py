"""Characters of symbol fonts (Wingdings, Symbol) as Unicode: bullets, ticks, boxes and arrows that documents use.

Such fonts hold their signs at U+F020 to U+F0FF or at the bytes below; what a font shows there cannot be known from the
character. The tables are the fonts' own (their published character charts); only signs that mean something in a text
are listed.
"""

from __future__ import annotations

_FONTS: dict[str, dict[int, str]] = {
    "wingdings": {
        0x6C: "●", 0x6D: "○", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "□", 0x72: "□", 0x73: "◆", 0x74: "◆", 0x75: "◆",
        0x76: "◆", 0x9F: "•", 0xA0: "•", 0xA1: "○", 0xA2: "○", 0xA4: "◎", 0xA6: "○", 0xA7: "■", 0xA8: "□", 0xAA: "★",
        0xAB: "★", 0xB2: "◇", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "→", 0xF0: "→", 0xFB: "×",
        0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    },
    "wingdings 2": {0x50: "✓", 0x4F: "×", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "□", 0x97: "●", 0xA2: "■"},
    "symbol": {
        0xB7: "•", 0xA7: "■", 0xA8: "◆", 0xAE: "→", 0xAC: "←", 0xB3: "≥", 0xA3: "≤", 0xB9: "≠", 0xBB: "≈", 0xB1: "±",
        0xB4: "×", 0xB8: "÷", 0xB0: "°", 0xB2: "″", 0xA2: "′", 0xA5: "∞", 0x61: "α", 0x62: "β", 0x67: "γ", 0x6D: "μ",
        0x57: "Ω", 0x53: "Σ", 0xE5: "∑",
    },
}
BULLET = "•"
"""What stands for a bullet whose sign is not known."""


def symbol(code: int, font: str) -> str | None:
    """The sign that a symbol font shows for a character, or None where it is not known.

    Args:
        code: the character, with or without 0xF000.
        font: the name of the font.

    >>> symbol(0xF06C, "Wingdings"), symbol(0xFC, "wingdings"), symbol(0xF0FF, "Webdings")
    ('●', '✓', None)
    """
    signs = _FONTS.get(font.strip().casefold())
    if signs is not None:
        return signs.get(code - 0xF000 if 0xF000 <= code <= 0xF0FF else code)
    return chr(code) if 0x20 <= code < 0xD800 or 0xF900 <= code <= 0x10FFFF else None


def bullet(text: str, font: str) -> str:
    """The text of a bullet of a list, with signs of symbol fonts as Unicode.

    >>> bullet("\\uf06e", "Wingdings"), bullet("\\uf0b7", ""), bullet("--", ""), bullet("o", "Courier New")
    ('■', '•', '--', '○')
    """
    if text == "o" and font.startswith("Courier"):  # Word's own bullet of the second level
        return "○"
    if font.strip().casefold() in _FONTS:
        return "".join(symbol(ord(c), font) or BULLET for c in text)
    return "".join(BULLET if "\ue000" <= c <= "\uf8ff" else c for c in text)
