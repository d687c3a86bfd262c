"""What looks like a fact and is none from the start: ordinals, 一批, a body in brackets that is told nothing to do.

The other extractors reject what they considered; here is what they never take up, so that every number and every
body in brackets stands in some table (``data/rules/leftovers.toml``).
"""

from __future__ import annotations

from collections.abc import Iterable

from policymine.extraction.context import Context, merge_into, merged, touches
from policymine.lexicon.patterns import compile_rules
from policymine.lexicon.recurring import ByLine
from policymine.models import Rejected

_Place = tuple[int, int, int]


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
    rules = compile_rules("leftovers")
    places: list[list[_Place]] = [[] for _ in rules]
    for place in _PLACES(context.text):
        places[place[2]].append(place)
    for rule, of in zip(rules, places, strict=True):
        before = len(found)
        for start, end, _ in of:
            if not touches(spans, start, end):
                found.append(Rejected(rule.row["layer"], start, end, rule.row["reason"], rule.id))
        for row in found[before:]:
            merge_into(spans, row.start, row.end)
    return found


def _in_lines(text: str) -> list[_Place]:
    """Start, end and rule of all that a rule names."""
    return sorted((*match.span(), k) for k, rule in enumerate(compile_rules("leftovers")) for match in rule.finditer(text))


_PLACES = ByLine(_in_lines, lambda place: place[0], lambda place, by: (place[0] + by, place[1] + by, place[2]))
