"""Which script a text is in: traditional characters are recognised, and read as the simplified ones that stand for them.

The rules and lexicons know simplified script only. A text in traditional script is read through a table of characters
(``traditional.tsv``), one for one, so offsets stay and every row quotes the text as it is written; what a table cannot
know (other words for the same thing, 西元 and 民國 years, institutions) stays as it is, so such a text gets an issue.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from policymine.lexicon.files import read_lexicon

SAMPLE = 50_000
"""Characters by which the script of a text is judged."""
LEAST = 0.05
"""Share of characters that only traditional script has, from which a text is in it: such texts have 0.2 and more,
others with names and quotations less than 0.01."""

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@cache
def _table() -> dict[int, str]:
    return {ord(row["traditional"]): row["simplified"] for row in read_lexicon("traditional")}


@cache
def _only_traditional() -> re.Pattern[str]:
    """The characters that no text in simplified script has: those that GB 2312 lacks."""
    return re.compile(f"[{''.join(c for c in map(chr, _table()) if not _in_gb2312(c))}]")


def _in_gb2312(c: str) -> bool:
    try:
        c.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(1)  # asked when a text is read and again when it is normalised
def traditional_share(text: str) -> float:
    """The share of Chinese characters that only traditional script has, at the beginning of a text.

    >>> traditional_share("經濟發展"), traditional_share("经济发展"), traditional_share("2025")
    (0.75, 0.0, 0.0)
    """
    sample = text[:SAMPLE]
    traditional = len(_only_traditional().findall(sample))
    return traditional / sum(map(len, _CHINESE.findall(sample))) if traditional else 0.0


def is_traditional(text: str) -> bool:
    """Whether a text is in traditional script.

    >>> is_traditional("關於加快建設現代物流體系的意見"), is_traditional("关于加快建设现代物流体系、促进全省商贸流通业高质量发展的实施意见（軾）")
    (True, False)
    """
    return traditional_share(text) >= LEAST


def simplify(text: str) -> str:
    """A text in traditional script, character by character in simplified script; of the same length.

    >>> simplify("到２０２５年，全省新建物流園區３個")
    '到２０２５年，全省新建物流园区３个'
    """
    return text.translate(_table())
