"""Segment with jieba and the policy lexicon, exactly and fast.

rjieba cuts as jieba does except where a stretch of Chinese holds one of ``+ # & . _ % -`` (measured on 1.4 million
characters: all differences stood in such stretches). So those stretches go to jieba itself and all others to
rjieba; a test compares the result with ``jieba.cut``. Both tokenizers are private: the module-global dictionary of
jieba is never touched.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from policymine.lexicon.files import read_lexicon
from policymine.models import Term

if TYPE_CHECKING:
    import rjieba

# The blocks that jieba cuts as one (re_han_default of jieba 0.42.1).
_BLOCK = re.compile(r"[\u4E00-\u9FD5a-zA-Z0-9+#&\._%\-]+")
_SYMBOL = re.compile(r"[-+#&._%]")
_HELD = re.compile(r"[\u4E00-\u9FD5a-zA-Z0-9]*[+#&._%-][\u4E00-\u9FD5a-zA-Z0-9+#&._%-]*")
_TERM = re.compile(r"[\u4e00-\u9fffA-Za-z]")
FREQUENCY = 2000
"""Frequency given to the words of the policy lexicon: enough to win over their parts."""


@cache
def _fast() -> rjieba.Jieba:
    import rjieba

    tokenizer = rjieba.Jieba()
    for row in read_lexicon("terms"):
        tokenizer.add_word(row["term"], FREQUENCY, row["tag"])
    return tokenizer


@cache
def _exact() -> Any:
    """A private jieba tokenizer; jieba's warnings on Python 3.12 and later and its chatter are silenced."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    # Read the dictionary without jieba's cache file: nothing is written outside --out.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for row in read_lexicon("terms"):
        tokenizer.add_word(row["term"], FREQUENCY, row["tag"])
    return tokenizer


def cut(text: str) -> Iterator[str]:
    """The words of a text in order, exactly those of ``jieba.cut`` with the policy lexicon (HMM on).

    Args:
        text: any text; the words joined give it back.

    >>> list(cut("推进数字经济高质量发展"))
    ['推进', '数字经济', '高质量发展']
    """
    at = 0
    fast = _fast()
    for held in _HELD.finditer(text):
        if held.start() > at:
            yield from fast.cut(text[at : held.start()])
        yield from _exact().cut(held.group())
        at = held.end()
    if at < len(text):
        yield from fast.cut(text[at:])


def count_terms(text: str) -> tuple[Term, ...]:
    """The terms of a text with their counts and the dictionary's tag, sorted by term.

    Leaves out punctuation, numbers and single characters.

    Args:
        text: the normalised text.
    """
    counts = Counter(word for word in cut(text) if len(word) > 1 and _TERM.search(word))
    return tuple(Term(word, tag_of(word), counts[word]) for word in sorted(counts))


@cache
def tag_of(word: str) -> str | None:
    """The dictionary's tag of a word, or None where the dictionary lacks it."""
    fast = _fast()
    if not fast.has_word(word):
        return None
    tags = fast.tag(word, hmm=False)
    return tags[0][1] if len(tags) == 1 else None
