"""What looks like a fact and is none from the start: ordinals, 一批, a body in brackets that is told nothing to do.

The other extractors reject what they considered; here is what they never take up, so that every number and every
body in brackets stands in some table (``data/rules/leftovers.toml``).
"""

from __future__ import annotations

from collections.abc import Iterable

from policymine.extraction.context import Context, merge_into, merged, touches
from policymine.lexicon.patterns import compile_rules
from policymine.models import Rejected


def find_leftovers(context: Context, taken: Iterable[tuple[int, int]]) -> list[Rejected]:
    """The words that a rule names and nothing was read from; of two rules at one place the earlier one decides.

    Args:
        context: the document.
        taken: spans that other rows were read from, accepted or rejected.

    Returns:
        Rejected rows by place.
    """
    markers = ((s.start, s.start + len(s.marker)) for s in context.sections)
    spans = merged((a, b) for a, b in (*taken, *markers) if b > a)
    found: list[Rejected] = []
    for rule in compile_rules("leftovers"):
        before = len(found)
        for match in rule.finditer(context.text):
            start, end = match.span()
            if not touches(spans, start, end):
                found.append(Rejected(rule.row["layer"], start, end, rule.row["reason"], rule.id))
        for row in found[before:]:
            merge_into(spans, row.start, row.end)
    return found
