"""Goals: sentences that promise an outcome in words (显著提升, 基本形成, 全覆盖), dated or in a section of objectives."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from policymine.extraction.context import Context
from policymine.extraction.inheritance import Inheritance
from policymine.lexicon.patterns import compile_rules, wordings
from policymine.models import Goal

_BRACKETED = re.compile(r"\([^()]*\)")
_TOLD = ("front", "guidance", "tasks")
"""Kinds of section whose sentences of purpose (为…，制定本方案) promise nothing."""


def _words(rule: str) -> re.Pattern[str]:
    return wordings("outcomes")[rule]


def find_goals(context: Context, inheritance: Inheritance) -> list[Goal]:
    """The sentences of a document that promise an outcome in words.

    A sentence is cut at 。！？； and line ends. It counts where it states an outcome and either carries or inherits
    a deadline, or stands in a section of objectives. Left out: actions to be taken, slogans that name only a
    direction, numbered headings (a bullet's first sentence may be one).

    Args:
        context: the document.
        inheritance: answers which deadline governs a position.
    """
    goals: list[Goal] = []
    start = 0
    objectives = {s.index for s in context.sections if _objectives(context, s.index)}
    aims = [m.span() for m in _words("sentence.aims").finditer(context.text)]
    # a heading that stands behind a sentence without a full stop ends it
    for end in sorted({*context.cuts, *(s.start for s in context.sections if s.start), len(context.text)}):
        if end - start >= 6 and not context.tables.closed(start):
            made = _goal(context, inheritance, start, end, objectives, aims)
            if made:
                goals.append(made)
        start = end
    return goals


def _goal(
    context: Context, inheritance: Inheritance, start: int, end: int, objectives: set[int], aims: list[tuple[int, int]]
) -> Goal | None:
    text = context.text
    section = context.section(end - 2)
    if section.kind in ("background", "annex", "conditions", "subsidy"):
        return None
    k = bisect_left(aims, (context.sentence(start)[0], 0)) if aims else 0
    stated = k < len(aims) and aims[k][1] <= end
    if not stated and section.index not in objectives and section.kind != "objectives" and not inheritance.may_govern(end, section):
        return None
    first = max(start, section.start)
    if section.heading and first < section.body:
        if section.family not in ("dash", "bullet") and section.body >= end - 1:
            return None
        first = section.body if section.family not in ("dash", "bullet") else first
    governing = inheritance.governing(max(first, end - 2), end - 1)
    dated = governing.origin in ("clause", "sentence") or inheritance.has_length(first, end)
    aimed = stated or section.index in objectives or context.tables.kind(end - 1) == "objectives"
    if not (aimed or dated or governing.value):
        return None
    if section.kind in ("front", "safeguards") and not dated and not stated and governing.origin not in ("paragraph", "lead-in"):
        return None
    words = _BRACKETED.sub("", _words("sentence.quoted").sub("“”", text[first:end])).strip("-\n。;!? ")
    if len(words) < (4 if section.family in ("dash", "bullet") else 6) or _announces(text, end, words) or _words("sentence.lacking").search(words) or _words("sentence.of-a-period").match(words) or _words("sentence.describing").match(words) or section.kind in _TOLD and _words("sentence.purpose").search(words):
        return None
    outcome = stated_outcome(words, aimed or dated or governing.origin == "lead-in", aimed)
    if outcome is None:
        return None
    rule, kind = outcome
    return Goal(first, end, section.index, kind, governing.value, governing.origin, governing.index, rule)


def _announces(text: str, end: int, words: str) -> bool:
    """A line that only announces what follows: it ends with a colon, or is short and ends with nothing."""
    last = text[end - 2 : end - 1]
    return text[end - 1 : end] == "\n" and (last == ":" or last not in "。;!?)" and len(words) < 12)


def _objectives(context: Context, index: int) -> bool:
    """Whether a section is one of objectives, or stands below one without a purpose of its own."""
    current: int | None = index
    while current is not None:
        section = context.sections[current]
        if section.kind in ("objectives", "guidance"):
            return section.kind == "objectives"
        current = section.parent
    return False


@lru_cache(10_000)
def stated_outcome(words: str, built: bool = True, aimed: bool = True) -> tuple[str, str] | None:
    """The rule and class of the first outcome that a sentence states in words, or None.

    Args:
        words: the sentence without brackets and quoted names.
        built: whether what is to be built or formed counts.
        aimed: whether what is to be completed or solved counts: the sentence stands among objectives.
    """
    for rule in compile_rules("outcomes", "outcomes"):
        kind, strength = rule.row["class"], rule.row["strength"]
        if strength == "built" and not built or strength == "aimed" and not aimed:
            continue
        for found in rule.regex.finditer(words):
            begin = max(words.rfind(",", 0, found.start()), words.rfind(":", 0, found.start())) + 1
            stop = words.find(",", found.end())
            date = _words("clause.dated").match(words, begin, found.start())
            begin = date.end() if date else begin
            clause = words[begin : stop if stop >= 0 else len(words)]
            if _words("outcome.already").search(words, max(0, found.start() - 2), found.start()):
                continue
            if kind == "universal" and _words("outcome.carried-out").search(words, begin, found.start()):
                continue
            if _words("outcome.level").match(found.group()) and _words("outcome.reached-by-so-many").search(words, begin, found.start()):
                continue
            if words[found.end() : found.end() + 1].isdecimal() or _words("outcome.counted").search(found.group()) or strength != "strong" and _words("outcome.counted").search(clause):
                continue
            if strength != "built" and kind == "other" and _words("clause.action").match(clause) and not (
                _words("clause.brought-to-its-end").match(clause) and built or _words("clause.brought-about").match(clause) and (date or _words("clause.behind-date").search(words, 0, begin))
            ):
                continue
            if strength == "built" and not aimed and _words("outcome.set-up").match(found.group()):
                continue
            return rule.id, kind
    return None
