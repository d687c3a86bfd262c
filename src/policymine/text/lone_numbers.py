"""Numbers of headings that stand alone on their line, the title below them, as text copied from some PDF files has them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_OPENS = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,2})\.(\d{1,2})(?!\d|\.\d|[%‰])")
_TITLE = re.compile(r"[\u4e00-\u9fff“《][^。;:!?]{1,29}$")
_FEWEST = 3


def lone_numbers(lines: Sequence[str]) -> frozenset[int]:
    """Which lines are the number of a heading whose title is the next line.

    Decides by the numbers of the whole text: at least three lines are a number and nothing else, with a number beside
    each (1.2 has 1.1 or 1.3) at the head of some line, and below each stand a few words without a stop. A column of values (5.3, 12.4) does not count on.

    Args:
        lines: the lines of a text, characters folded, blanks stripped.

    Returns:
        The places of these lines.

    >>> sorted(lone_numbers(["1.1", "适用范围", "本办法适用于全市。", "1.2", "工作原则", "1.3", "职责分工"]))
    [0, 3, 5]
    >>> sorted(lone_numbers(["增速", "5.3", "产值", "12.4", "利润", "7.1", "税收"]))
    []
    """
    opened = [(i, found) for i, line in enumerate(lines) if line[:1].isdigit() and (found := _OPENS.match(line))]
    known = {(found[1], int(found[2])) for _, found in opened}
    alone = [
        i
        for i, found in opened
        if found.end() == len(lines[i]) and i + 1 < len(lines) and _TITLE.match(lines[i + 1])
        and known & {(found[1], int(found[2]) - 1), (found[1], int(found[2]) + 1)}
    ]
    return frozenset(alone) if len(alone) >= _FEWEST else frozenset()
