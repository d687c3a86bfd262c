"""Lists of rules of which the first that holds decides: words around a number or a time, and facts about it.

A rule of such a list (in ``judgement.toml`` and ``deadlines.toml``) has a ``pattern``, looked for in the words that ``where`` names, and may
ask more: ``kinds`` and ``units`` of what is decided about, facts that must hold (``when``), facts that keep it from deciding (``unless``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from policymine.lexicon.patterns import compile_rules
from policymine.lexicon.recurring import remembered


@dataclass(frozen=True, slots=True, eq=False)
class Deciding:
    """A rule; ``reason`` says why something is none, None that it is one. Rules ``a/b`` and ``a/c`` are both told of as ``a``."""

    id: str
    reason: str | None
    regex: re.Pattern[str]
    stands: Callable[[str], bool]
    where: str
    units: frozenset[str]
    when: tuple[str, ...]
    unless: tuple[str, ...]


@cache
def deciding(name: str, group: str, kind: str) -> tuple[Deciding, ...]:
    """The rules of a group of ``data/rules/<name>.toml`` that are asked about a kind of thing, in the order of the file."""
    return tuple(
        Deciding(
            rule.id.partition("/")[0], rule.row.get("reason"), rule.regex, _standing(rule.regex), rule.row.get("where", "around"),
            frozenset(rule.row.get("units", ())), tuple(rule.row.get("when", ())), tuple(rule.row.get("unless", ())),
        )
        for rule in compile_rules(name, group)
        if kind in rule.row.get("kinds", (kind,))
    )  # fmt: skip


def decided(
    rules: Iterable[Deciding], words: Mapping[str, str], holds: Callable[[str], bool], unit: str | None = None
) -> Deciding | None:
    """The first rule that holds.

    Args:
        rules: in order.
        words: what stands around, by the names that rules have for it.
        holds: whether a fact holds, by the name that rules have for it; only asked of rules whose words stand there.
        unit: the unit of a number.
    """
    for rule in rules:
        if (not rule.units or unit in rule.units) and rule.stands(words[rule.where]) and all(map(holds, rule.when)) and not any(map(holds, rule.unless)):
            return rule
    return None


@cache
def _standing(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """Whether a pattern stands in words; the same words are asked about in version after version."""
    return remembered(lambda words: pattern.search(words) is not None, 1000)


def marked(text: str, span: tuple[int, int], begin: int, stop: int) -> str:
    """The words from one offset to another with those of a span between ⟦ and ⟧.

    >>> marked("预计到2025年建成。", (2, 8), 1, 10)
    '计⟦到2025年⟧建成'
    """
    start, end = span
    return f"{unmarked(text[max(begin, 0) : start])}⟦{unmarked(text[start:end])}⟧{unmarked(text[end:stop])}"


def unmarked(words: str) -> str:
    """Words of a document, whose own marks are none of ours."""
    return words.replace("⟦", "[").replace("⟧", "]")
