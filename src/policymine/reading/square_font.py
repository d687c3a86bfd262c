"""A font in which every character is one square, for PDF files that do not bring their Chinese font along.

pdfium then takes a font of the machine; where that has no glyph for a character, the character has no width, and one
that stands alone in its text object (家 in a narrow cell, 上 wrapped onto a line of its own) is passed over. With this
font nothing is lost, and a file reads alike on every machine, whichever fonts it has. The square is smaller than any
character, so that a character is as wide as the file itself says.

Source: OpenType 1.9, chapters glyf, loca, head, hhea, hmtx, maxp and cmap (format 13: many characters, one glyph).
"""

from __future__ import annotations

import ctypes
import struct
from typing import Any

EM, SIDE = 1_000, 20
"""Units of the font to its size, and of the square."""
_CHARSETS = (128, 129, 134, 136)
"""Shift JIS, Hangul, GB 2312, Big5, as pdfium numbers them."""
_installed: list[Any] = []


def square_font() -> bytes:
    """The font as a TrueType file: glyph 0 is empty, glyph 1 the square of all characters.

    >>> square_font()[:4] == bytes([0, 1, 0, 0])
    True
    """
    corners = (0, SIDE, 0, -SIDE, 0, 0, SIDE, 0)
    square = struct.pack(">5h2H4B8h", 1, 0, 0, SIDE, SIDE, 3, 0, 1, 1, 1, 1, *corners) + bytes(2)
    group = struct.pack(">3I", 0x21, 0x10FFFF, 1)
    tables = {
        b"cmap": struct.pack(">4HI", 0, 1, 3, 10, 12) + struct.pack(">2H3I", 13, 0, 16 + len(group), 0, 1) + group,
        b"glyf": square,
        b"head": struct.pack(
            ">4I2H2Q4h2H3h", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, EM, 0, 0, 0, 0, SIDE, SIDE, 0, 8, 2, 1, 0
        ),
        b"hhea": struct.pack(">I3hH11hH", 0x10000, 880, -120, 0, EM, 0, 0, EM, *(0,) * 8, 2),
        b"hmtx": struct.pack(">HhHh", EM, 0, EM, 0),
        b"loca": struct.pack(">3I", 0, 0, len(square)),
        b"maxp": struct.pack(">I14H", 0x10000, 2, 4, 1, 0, 0, 2, *(0,) * 8),
    }
    count = len(tables)
    head, body, first = struct.pack(">I4H", 0x10000, count, 64, 2, 16 * count - 64), b"", 12 + 16 * count
    for tag, table in tables.items():
        head += tag + struct.pack(">3I", 0, first + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return head + body


def use_square_font(pdfium: Any) -> None:
    """Give pdfium this font for each Chinese, Japanese or Korean one that a file lacks, and none of the machine.

    Args:
        pdfium: ``pypdfium2.raw``; once a process.
    """
    if _installed:
        return
    font, kinds = square_font(), dict(pdfium.FPDF_SYSFONTINFO._fields_)

    def data(_info: Any, _font: Any, table: int, buffer: Any, size: int) -> int:
        if table:
            return 0  # asked for one table: the whole file is asked for next
        if buffer and size >= len(font):
            ctypes.memmove(buffer, font, len(font))
        return len(font)

    answers = {
        "Release": lambda _info: None,
        "EnumFonts": lambda _info, _mapper: None,
        "MapFont": lambda _info, _weight, _italic, charset, _family, _face, _exact: 1 if charset in _CHARSETS else None,
        "GetFont": lambda _info, _face: None,
        "GetFontData": data,
        "GetFaceName": lambda _info, _font, _buffer, _size: 0,
        "GetFontCharset": lambda _info, _font: 134,
        "DeleteFont": lambda _info, _font: None,
    }
    info = pdfium.FPDF_SYSFONTINFO(1, *(kinds[name](answer) for name, answer in answers.items()))
    pdfium.FPDF_SetSystemFontInfo(info)
    _installed.append(info)  # pdfium calls back as long as the process lives
