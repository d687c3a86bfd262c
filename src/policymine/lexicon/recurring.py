"""What is found in lines, remembered: versions and reprints have most in common, and boilerplate all.

For what a line alone decides. Lines that were not seen before are put together and searched as one text, which takes a
fraction of the time of one after the other; a test compares with both, on every document at hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from itertools import accumulate
from typing import Generic, TypeVar

from policymine.lexicon.patterns import Pattern

Found = TypeVar("Found")
MOST = 1_000_000
"""Characters of lines that are remembered, some two hundred documents; of a longer text none is."""
_LONGEST = 500
"""Characters of words that are remembered one by one."""


def remembered(find: Callable[[str], Found], most: int = 20_000) -> Callable[[str], Found]:
    """A function of words (a line, as a rule) that remembers what it found; of long ones it remembers nothing.

    Half the time of ``lru_cache``, which notes each call: here all is forgotten when it is too much.

    Args:
        find: what the words alone decide.
        most: how many are remembered.

    >>> remembered(len)("建10家")
    4
    """
    return _Known(find, most).__getitem__


class _Known(dict[str, Found]):
    def __init__(self, find: Callable[[str], Found], most: int) -> None:
        super().__init__()
        self._find, self._most = find, most

    def __missing__(self, words: str) -> Found:
        found = self._find(words)
        if len(words) <= _LONGEST:
            if len(self) >= self._most:
                self.clear()
            self[words] = found
        return found


@lru_cache(1)
def lines_of(text: str) -> list[str]:
    """The lines of a text, the same ones each time: what is remembered of them is found sooner; not to be changed."""
    return text.split("\n")


@lru_cache(1)
def _starts(text: str) -> list[int]:
    """Where the lines of a text begin."""
    return [*accumulate((len(line) + 1 for line in lines_of(text)[:-1]), initial=0)]


class ByLine(Generic[Found]):
    """Finds in a text what it found in the same lines before.

    Args:
        find: gives what stands in a text, in order; it never looks over the end of a line. Further arguments are those
            of the call.
        start: where something that was found stands.
        moved: the same, so many characters further on.

    >>> import re
    >>> numbers = ByLine(lambda text: [m.start() for m in re.finditer("[0-9]+", text)], int, int.__add__)
    >>> numbers("建10家\\n建20家\\n"), numbers("三\\n建20家\\n")
    ([1, 6], [3])
    """

    def __init__(
        self, find: Callable[..., Iterable[Found]], start: Callable[[Found], int], moved: Callable[[Found, int], Found]
    ) -> None:
        self._find, self._start, self._moved = find, start, moved
        self._known: dict[Hashable, dict[str, tuple[Found, ...]]] = {}
        self._size = 0

    def __call__(self, text: str, *about: Hashable) -> list[Found]:
        """What stands in a text, in order.

        Args:
            text: lines that end with a line feed; what follows the last one is searched anew each time.
            about: what else decides.
        """
        if len(text) > MOST:
            return list(self._find(text, *about))
        if self._size > MOST:
            self._known.clear()
            self._size = 0
        known = self._known.setdefault(about, {})
        *lines, rest = lines_of(text)
        in_lines = [*map(known.get, lines)]
        if None in in_lines:
            new = dict.fromkeys(line for line, here in zip(lines, in_lines, strict=True) if here is None)
            self._learn([*new], known, about)
            in_lines = [known[line] for line in lines]
        starts = _starts(text)
        filled = [(k, here) for k, here in enumerate(in_lines) if here]  # nothing stands in most lines
        found = [self._moved(one, starts[k]) for k, here in filled for one in here]
        found += (self._moved(one, starts[-1] - 1) for one in (self._find(f"\n{rest}", *about) if rest else ()))
        return found

    def _learn(self, lines: list[str], known: dict[str, tuple[Found, ...]], about: tuple[Hashable, ...]) -> None:
        self._size += sum(map(len, lines))
        # two line feeds at the end: the last line is no more an end ($) than the others
        found = iter(self._find("\n".join(("", *lines, "", "")), *about))
        one = next(found, None)
        at = 1
        for line in lines:
            here = []
            while one is not None and self._start(one) <= at + len(line):
                here.append(self._moved(one, -at))
                one = next(found, None)
            known[line] = tuple(here)
            at += len(line) + 1


class Scan:
    """The matches of several rules in a text, by lines: where a rule matched in a line, it is tried there at once.

    Args:
        rules: none matches over the end of a line, but for what it stands behind.
    """

    def __init__(self, rules: Iterable[Pattern]) -> None:
        self._rules = {rule.id: rule for rule in rules}
        self._places = ByLine(self._found, lambda at: at[0] - 1, lambda at, by: (at[0] + by, at[1] + by, at[2]))

    def __call__(self, text: str) -> dict[str, list[re.Match[str]]]:
        """The matches of each rule, in order."""
        found: dict[str, list[re.Match[str]]] = {name: [] for name in self._rules}
        for _, start, name in self._places(text):
            rule = self._rules[name]
            behind = rule.behind.match(text, start) if rule.behind and start >= 0 else None
            if match := behind or rule.regex.match(text, max(start, 0)):
                found[name].append(match)
        return found

    def _found(self, text: str) -> list[tuple[int, int, str]]:
        return sorted((m.end(), m.start(), rule.id) for rule in self._rules.values() for m in rule.finditer(text))
