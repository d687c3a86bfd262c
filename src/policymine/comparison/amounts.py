"""Values that can be set side by side: units reconciled, the direction in which a promise is stricter, its extent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from policymine.comparison.scope import Scope
from policymine.lexicon.files import read_lexicon
from policymine.tables.schema import Row

MORE, LESS = 1, -1
_SHARES = frozenset({"%", "百分点"})


@dataclass(frozen=True, slots=True)
class Amount:
    """The value of a target in a unit that others have too.

    Attributes:
        value: the lower end of a range.
        unit: the base unit (公里 and 米 are 米); 个 for everything that is counted, 指数 for a score without unit.
        direction: 1 where more is stricter, -1 where less is (a cap, a rank, an amount of harm).
        direction_from: what tells it: comparator, change, measure, or assumed.
        extensive: whether it is an amount of the whole place, so that a part of the place has a part of it.
    """

    value: float
    unit: str
    direction: int
    direction_from: str
    extensive: bool


@cache
def _scales() -> dict[str, tuple[str, Decimal]]:
    return {row["unit"]: (row["base"], Decimal(row["factor"])) for row in read_lexicon("unit_scales")}


@cache
def _counting() -> frozenset[str]:
    return frozenset(row["term"] for row in read_lexicon("units") if row["kind"] == "count")


@cache
def _harm() -> frozenset[str]:
    return frozenset(row["measure"] for row in read_lexicon("less_is_better"))


def read_amount(target: Row, scope: Scope) -> Amount:
    """The value of a row of ``targets`` as it is compared.

    Args:
        target: a row of ``targets``.
        scope: of its indicator.

    >>> row = {"value": 25, "unit": "公里", "comparator": ">=", "change": "level"}
    >>> read_amount(row, Scope())
    Amount(value=25000.0, unit='米', direction=1, direction_from='comparator', extensive=True)
    >>> row = {"value": 18, "unit": "%", "comparator": "=", "change": "decrease"}
    >>> read_amount(row, Scope(measure=("能耗",)))
    Amount(value=18.0, unit='%', direction=1, direction_from='change', extensive=False)
    """
    value, given = Decimal(repr(float(target["value"] or 0))), str(target["unit"] or "")
    unit, factor = _scales().get(given, (given, Decimal(1)))
    if unit in ("", "分"):
        unit = "指数"
    elif unit in _counting():
        unit = "个"
    if target["change"] == "rank":
        unit = "位"
    direction, told_by = _direction(target, scope)
    relative = unit in _SHARES or unit in ("指数", "位") or bool(scope.per) or target["change"] == "rank"
    return Amount(float(value * factor), unit, direction, told_by, not relative)


def _direction(target: Row, scope: Scope) -> tuple[int, str]:
    """In which direction the promise is stricter, and what tells it.

    A promised decrease is stricter the larger it is, whatever decreases; a rank the nearer to the first.
    """
    comparator, change = str(target["comparator"]), target["change"]
    if change in ("increase", "decrease"):
        return (LESS if comparator in ("<=", "<") else MORE), "change"
    if change == "rank":
        return LESS, "change"
    if comparator in ("<=", "<"):
        return LESS, "comparator"
    if comparator in (">=", ">"):
        return MORE, "comparator"
    if set(scope.measure) & _harm():
        return LESS, "measure"
    return MORE, "measure" if scope.measure else "assumed"
