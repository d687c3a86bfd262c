"""Segment with jieba and the policy lexicon, exactly and fast.

rjieba cuts as jieba does except where a stretch of Chinese holds one of ``+ # & . _ % -``: it reads numbers and
Latin words there in another way (measured on 1.4 million characters). So the runs without Chinese characters in such
stretches are cut here, by the rule of jieba's ``finalseg``, and all else by rjieba; a stretch that may hold one of the
dictionary's mixed words (C++, 4S店) is cut here as a whole, with jieba's own sums. A test compares the result with
``jieba.cut``. All tokenizers are private, and of jieba only the dictionary is read.
"""

from __future__ import annotations

import importlib.util
import math
import re
import sys
from collections import Counter
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from policymine.lexicon.files import alternation, read_lexicon
from policymine.lexicon.recurring import lines_of, remembered
from policymine.models import Terms

if TYPE_CHECKING:
    import rjieba

# A stretch that jieba cuts as one block (re_han_default of jieba 0.42.1) and that holds a symbol.
# The look behind keeps the search linear: a stretch is tried from its first character only.
_HELD = re.compile(r"(?<![\u4E00-\u9FD5a-zA-Z0-9+#&._%-])[\u4E00-\u9FD5a-zA-Z0-9]*+[+#&._%-][\u4E00-\u9FD5a-zA-Z0-9+#&._%-]*")
# 一一一: two ways to cut it are equally likely, and the rounding of jieba's sums over the whole block decides.
_TIE = re.compile(r"([\u4E00-\u9FD5]{1,3})\1\1")
_BLOCK = re.compile(r"([\u4E00-\u9FD5a-zA-Z0-9+#&._%-]+)")
_LATIN_RUN = re.compile(r"[^\u4E00-\u9FD5]+")
_CHINESE_RUN = re.compile(r"([\u4E00-\u9FD5]+)")
# How jieba's finalseg splits what is not Chinese.
_NUMBER = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")
_HOLE = "\x01"
# The placeholder's own character, and Chinese characters that jieba's dictionary does not reach: always words alone.
_APART = re.compile("([\x01\u3400-\u4dbf\u9fd6-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f])")
_TERM = re.compile(r"[\u4e00-\u9fffA-Za-z]")
LONGEST = 2000
"""Characters of a block that may be cut with jieba's own sums, which is slow; a longer one is no text."""
_WORDS = 100_000
"""Words about which is remembered what the dictionary says; a document has a thousand."""
FREQUENCY = 2000
"""Frequency given to the words of the policy lexicon: enough to win over their parts."""
SUM, LONGEST_WORD, HEAD = 60_101_967, 16, 100
"""Of jieba's dictionary (0.42.1): the sum of the frequencies, the characters of the longest word, and the lines in which
all words stand that mix Chinese with anything else; a test compares."""


@cache
def _class() -> type[rjieba.Jieba]:
    """rjieba's class alone: the package, once imported, makes a tokenizer that is not ours, and takes as long as ours."""
    if (package := sys.modules.get("rjieba")) is None:
        spec = importlib.util.find_spec("rjieba")
        assert spec is not None
        sys.modules["rjieba"] = importlib.util.module_from_spec(spec)  # not executed: only what is inside it is
        try:
            package = importlib.import_module("rjieba.rjieba")
        finally:
            del sys.modules["rjieba"]
    found: type[rjieba.Jieba] = package.Jieba
    return found


@cache
def _fast() -> rjieba.Jieba:
    tokenizer = _class()()
    for row in read_lexicon("terms"):
        tokenizer.add_word(row["term"], FREQUENCY, row["tag"])
    return tokenizer


@cache
def _dictionary() -> bytes:
    """jieba's dictionary: lines of word, frequency, tag; each behind a line feed."""
    spec = importlib.util.find_spec("jieba")  # found, not imported: its import costs more than reading the file
    assert spec is not None and spec.origin is not None
    return b"\n" + (Path(spec.origin).parent / "dict.txt").read_bytes()


@cache
def _policy_words() -> frozenset[str]:
    return frozenset(row["term"] for row in read_lexicon("terms"))


@lru_cache(_WORDS)
def _frequency(word: str) -> int:
    """The frequency of a word of the dictionary or the lexicon; 0: it is none.

    All but a few lines of the dictionary are in order, so that it need not be read whole.
    """
    if word in _policy_words():
        return FREQUENCY
    if not _fast().has_word(word):
        return 0
    lines, wanted = _dictionary(), f"{word} ".encode()
    low, high = 1, len(lines)
    while low < high:
        start = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
        line = lines[start : lines.index(b"\n", start) + 1]
        if line.startswith(wanted):
            break
        low, high = (start + len(line), high) if line < wanted else (low, start)
    else:
        start = lines.find(b"\n" + wanted) + 1
    return int(lines[start : start + 80].split(b" ")[1]) if start else 0


@cache
def _total() -> float:
    """The logarithm of the sum of all frequencies."""
    return math.log(SUM + FREQUENCY * len(read_lexicon("terms")))


@cache
def _mixed() -> re.Pattern[str]:
    """The dictionary's words that mix Chinese with anything else; they stand first in it."""
    words = (line.split(b" ", 1)[0].decode() for line in _dictionary().split(b"\n", HEAD)[1:HEAD])
    return re.compile(alternation([word for word in words if _LATIN_RUN.search(word)]))


def _exact(block: str) -> list[str]:
    """The words of one block in jieba's own way, with its sums: the likeliest path, the rest by the hidden Markov model."""
    total, size = _total(), len(block)
    best = [0.0] * (size + 1)
    ends = [0] * size
    for start in range(size - 1, -1, -1):
        reached = [end for end in range(start + 1, min(start + LONGEST_WORD, size) + 1) if _frequency(block[start:end])]
        sums = ((math.log(_frequency(block[start:end]) or 1) - total + best[end], end) for end in reached or [start + 1])
        best[start], ends[start] = max(sums)
    out: list[str] = []
    start = single = 0  # from single on, characters that are no words
    while start < size:
        end = ends[start]
        if end - start > 1:
            out += [*_singles(block[single:start]), block[start:end]]
            single = end
        start = end
    return out + _singles(block[single:])


def _singles(run: str) -> list[str]:
    """The words of a run of single characters: left uncut where it is a word, else by jieba's ``finalseg``."""
    if len(run) < 2 or _frequency(run):
        return list(run)
    out: list[str] = []
    for k, part in enumerate(_CHINESE_RUN.split(run)):
        out += _finalseg(part) if k % 2 else filter(None, _NUMBER.split(part))
    return out


def cut(text: str) -> list[str]:
    """The words of a text in order, exactly those of ``jieba.cut`` with the policy lexicon (HMM on).

    Only in a block of more than 2,000 characters without any punctuation may a rare word differ.

    Args:
        text: any text; the words joined give it back.

    >>> cut("推进数字经济高质量发展")
    ['推进', '数字经济', '高质量发展']
    """
    if _APART.search(text):
        out: list[str] = []
        for k, part in enumerate(_APART.split(text)):
            out += [part] if k % 2 else cut(part)
        return out
    if not _TIE.search(text):
        return _cut(text)
    out = []
    for part in _BLOCK.split(text):
        out += _exact(part) if len(part) <= LONGEST and _TIE.search(part) else _cut(part)
    return out


def _cut(text: str) -> list[str]:
    """The words of a text without ties."""
    filled: list[list[str]] = []

    def hole(found: re.Match[str]) -> str:
        stretch = found.group()
        if len(stretch) <= LONGEST and _mixed().search(stretch):
            filled.append(_exact(stretch))
            return _HOLE

        def run(latin: re.Match[str]) -> str:
            filled.append([part for part in _NUMBER.split(latin.group()) if part])
            return _HOLE

        return _LATIN_RUN.sub(run, stretch)

    words: list[str] = _fast().cut(_HELD.sub(hole, text))
    if not filled:
        return words
    out, at = [], 0
    for part in filled:
        i = words.index(_HOLE, at)
        out += _beside_hole(words[at:i], at > 0, True)
        out += part
        at = i + 1
    return out + _beside_hole(words[at:], True, False)


def _beside_hole(words: list[str], hole_before: bool, hole_behind: bool) -> list[str]:
    """The words between two holes, as jieba cuts them there.

    jieba leaves a run of single characters that is itself a dictionary word uncut only where the run stands alone;
    beside a number the run is not that word, and the hidden Markov model cuts it (降至1.1 → 降至).
    """
    first, last = 0, len(words)
    while first < last and len(words[first]) == 1 and "\u4e00" <= words[first] <= "\u9fd5":
        first += 1
    if hole_before and first > 1 and _fast().has_word(run := "".join(words[:first])):
        words = [*_finalseg(run), *words[first:]]
        last = len(words)
    begin = last
    while begin > 0 and len(words[begin - 1]) == 1 and "\u4e00" <= words[begin - 1] <= "\u9fd5":
        begin -= 1
    if hole_behind and last - begin > 1 and _fast().has_word(run := "".join(words[begin:])):
        words = [*words[:begin], *_finalseg(run)]
    return words


@cache
def _model() -> rjieba.Jieba:
    """A tokenizer without words: what it cuts, the hidden Markov model cuts alone."""
    empty: rjieba.Jieba = _class().empty()  # type: ignore[no-untyped-call]
    return empty


@cache
def _finalseg(run: str) -> tuple[str, ...]:
    """What jieba's ``finalseg`` makes of a run of Chinese characters."""
    return tuple(_model().cut(run))


def count_terms(text: str) -> Terms:
    """The terms of a text with their counts and the dictionary's tags, the most frequent first, of equals by term.

    Leaves out punctuation, numbers and single characters.

    Args:
        text: the normalised text.
    """
    lines = lines_of(text)  # no word goes over the end of a line
    counts = Counter(chain.from_iterable(map(_terms_in, lines)))
    words = sorted(counts)
    words.sort(key=counts.__getitem__, reverse=True)
    return Terms(tuple(words), tuple(map(_known_tag, words)), tuple(map(counts.__getitem__, words)))


@remembered
def _terms_in(line: str) -> tuple[str, ...]:
    """The words of a line that are terms."""
    return tuple(filter(None, map(_known_term, cut(line))))


def _term(word: str) -> str:
    """The word where it is a term, else nothing; of equal words always the same one, so that a line holds no others."""
    return word if len(word) > 1 and _TERM.search(word) else ""


_known_term = remembered(_term, _WORDS)


def tag_of(word: str) -> str | None:
    """The dictionary's tag of a word, or None where the dictionary lacks it."""
    fast = _fast()
    if not fast.has_word(word):
        return None
    tags = fast.tag(word, hmm=False)
    return tags[0][1] if len(tags) == 1 else None


_known_tag = remembered(tag_of, _WORDS)
