"""The explicit character table: what stands for what, one code point by one (``data/lexicons/characters.tsv``)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from policymine.lexicon.files import read_lexicon

DROP = "\x00"
"""Stands for an invisible character until the normaliser leaves it out."""


@cache
def character_table() -> dict[int, str]:
    """The translation table for ``str.translate``; every replacement is exactly one character, so offsets stay.

    >>> "１２．５％，（一）".translate(character_table())
    '12.5%,(一)'
    """
    named = {"SPACE": " ", "BREAK": "\n", "DROP": DROP}
    table: dict[int, str] = {}
    for row in read_lexicon("characters"):
        first, _, last = row["from"].partition("-")
        for code in range(int(first, 16), int(last or first, 16) + 1):
            to = row["to"]
            if to == "WIDTH":
                table[code] = chr(code - 0xFEE0)
            elif to == "NFKC":
                folded = unicodedata.normalize("NFKC", chr(code))
                if len(folded) == 1 and folded != chr(code):
                    table[code] = folded
            else:
                table[code] = named.get(to) or chr(int(to, 16))
    return table


def fold_characters(text: str) -> str:
    """The text with every character replaced as the table says; the same length as before."""
    # A Windows line end is one break: its carriage return is dropped, not turned into a break of its own.
    text = text.replace("\r\n", DROP + "\n")
    # A text has few different characters of the table, and no replacement is itself replaced by another: this takes a
    # quarter of the time of str.translate.
    for found in set(_folded().findall(text)):
        text = text.replace(found, character_table()[ord(found)])
    return text


@cache
def _folded() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(map(chr, character_table())))}]")


def pair_quotes(text: str) -> str:
    """Turn straight and mismatched double quotes into opening and closing ones, paragraph by paragraph."""
    if '"' not in text:
        return text
    out = []
    for paragraph in text.split("\n"):
        if '"' in paragraph:
            chars, open_ = list(paragraph), False
            for i, c in enumerate(chars):
                if c == "“":
                    open_ = True
                elif c == "”":
                    open_ = False
                elif c == '"':
                    chars[i] = "”" if open_ else "“"
                    open_ = not open_
            paragraph = "".join(chars)
        out.append(paragraph)
    return "\n".join(out)
