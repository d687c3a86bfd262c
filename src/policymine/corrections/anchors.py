"""Which words of a text a correction is about, so that they are found again in another copy of it.

An anchor quotes the words with the clause around them. It is looked for by the characters that count (Han characters,
letters, digits; ``versions.signature.comparison_key``), so width, punctuation, line breaks, residue and traditional
script are no matter.
Where the clause stands more than once, its ordinal tells which is meant, and only while the number of occurrences is
the same: nothing is guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from policymine.text.characters import DROP, fold_characters
from policymine.text.normalize import normalize
from policymine.text.script import simplify
from policymine.versions.signature import Signature, comparison_key, key_offsets

LEAST = 24
"""Characters that count of a clause; a shorter one is quoted with the sentences before it."""
MOST = 120
"""Characters of the document text that are quoted on either side at most."""
_END = re.compile(r"[。；;！!？?\n\r\v\f\x85\u2028\u2029]")
_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_INSIDE_NUMBER = frozenset("0123456789.")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words of a text with the clause around them, as written, without blanks and line breaks.

    ``ordinal`` counts from 1 among the ``of`` places at which the whole clause stands.
    """

    before: str
    words: str
    after: str
    ordinal: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True)
class Letters:
    """The characters of a document text that count, each with its offset; the document as corrections see it."""

    raw: str
    residue: tuple[tuple[int, int], ...]
    key: str
    offsets: Sequence[int]


def clause_span(letters: Letters, start: int, end: int) -> tuple[int, int, int, int]:
    """The clause that an anchor of the words ``start``..``end`` of the document text quotes.

    Args:
        letters: the document.
        start: of the words, in the document text.
        end: of the words.

    Returns:
        Start and end of the clause in the document text, its ordinal and the number of places where it stands.
    """
    key, offsets = letters.key, letters.offsets
    found = _END.search(letters.raw, max(start, end - 1), end + MOST)
    right = bisect_left(offsets, found.start() if found else end + MOST)
    lowest = max(0, start - MOST)
    left = bisect_left(offsets, lowest)
    for found in reversed(list(_END.finditer(letters.raw, lowest, start))):
        if right - bisect_left(offsets, found.end()) >= LEAST:
            left = bisect_left(offsets, found.end())
            break
    while 0 < left < right and key[left - 1] in _INSIDE_NUMBER and key[left] in _INSIDE_NUMBER:
        left -= 1
    while left < right < len(key) and key[right - 1] in _INSIDE_NUMBER and key[right] in _INSIDE_NUMBER:
        right += 1
    if left == right:
        return start, end, 1, 1
    first, last = min(offsets[left], start), max(offsets[right - 1] + 1, end)
    places = _places(key, _key(quote(letters, first, last)))
    return first, last, bisect_left(places, bisect_left(offsets, first)) + 1, max(len(places), 1)


def anchor(letters: Letters, start: int, end: int) -> Anchor:
    """The anchor of some words of a document text.

    >>> text = "一、目标\\n到2025年，市区绿化率达到４０%以上，全市新建公园12个。"
    >>> anchor(letters_of_text(text), 19, 24)
    Anchor(before='到2025年，市区绿化率达到', words='４０%以上', after='，全市新建公园12个', ordinal=1, of=1)
    """
    first, last, ordinal, of = clause_span(letters, start, end)
    parts = (quote(letters, first, start), quote(letters, start, end), quote(letters, end, last))
    return Anchor(*parts, ordinal, of)


def find(letters: Letters, wanted: Anchor) -> tuple[int, int] | str:
    """Where the words of an anchor stand in a document.

    Args:
        letters: the document, the one that the anchor was made of or another copy of it.
        wanted: the anchor.

    Returns:
        Start and end in the document text, or the reason why the place cannot be told.
    """
    key = _key(wanted.before + wanted.words + wanted.after)
    before, inside = _count(_key(wanted.before)), _count(_key(wanted.words))
    if not inside:
        return "it quotes no words"
    places = _places(letters.key, key)
    if not places:
        return "its clause no longer stands in the text"
    if len(places) != wanted.of:
        return f"its clause stands {len(places)} times in the text where it stood {wanted.of} times"
    at = places[min(wanted.ordinal, len(places)) - 1]
    counted = [i for i in range(at, at + len(key)) if letters.key[i] not in "-."][before : before + inside]
    return letters.offsets[counted[0]], letters.offsets[counted[-1]] + 1


def letters_of_text(text: str) -> Letters:
    """The letters of a document text.

    From the text alone, as the evidence page has it: what a reader of files knows of pages is not in a result.
    """
    n = normalize(text)
    key = comparison_key(n.text)
    return Letters(text, n.residue, simplify(key), key_offsets(Signature("", "", text, n.residue, key, "")))


def quote(letters: Letters, start: int, end: int) -> str:
    """Words of the document text as written, without residue, blanks and line breaks."""
    parts, at = [], start
    for a, b in letters.residue:
        if a < end and b > at:
            parts.append(letters.raw[at:max(a, at)])
            at = b
    return _BLANK.sub("", "".join([*parts, letters.raw[at:end]]))


def _key(words: str) -> str:
    return comparison_key(fold_characters(simplify(words)).replace(DROP, ""))


def _count(key: str) -> int:
    """The characters of a key that count, separators of numbers aside."""
    return sum(c not in "-." for c in key)


def _places(text: str, key: str) -> list[int]:
    """Where a key stands in that of a text, without those places where it begins or ends inside a number."""
    places: list[int] = []
    at = text.find(key) if key else -1
    while at >= 0:
        end = at + len(key)
        cuts_first = at > 0 and key[0] in _INSIDE_NUMBER and text[at - 1] in _INSIDE_NUMBER
        cuts_last = end < len(text) and key[-1] in _INSIDE_NUMBER and text[end] in _INSIDE_NUMBER
        if not cuts_first and not cuts_last:
            places.append(at)
        at = text.find(key, at + 1)
    return places
