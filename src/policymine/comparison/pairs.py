"""Two values side by side: may they be compared, and if not, why.

A reason is a code of ``reasons.tsv`` with what stands on either side; those that bar say that a difference of the two
numbers says nothing about the promises, the others what to bear in mind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from policymine.comparison.scope import FACETS, is_near, is_part, similarity
from policymine.comparison.values import Value
from policymine.exchange.wording import date
from policymine.lexicon.files import read_lexicon


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two values are not compared (``bars``), or what to bear in mind when they are."""

    code: str
    bars: bool
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values of different documents; where one place lies in the other, the wider one comes first.

    Attributes:
        similarity: of the names of their indicators as written, from 0 to 1.
        reasons: those that bar first.
    """

    one: Value
    other: Value
    similarity: float
    reasons: tuple[Reason, ...]

    @property
    def comparable(self) -> bool:
        """Whether nothing bars a comparison."""
        return not any(reason.bars for reason in self.reasons)

    @property
    def gap(self) -> float | None:
        """By how much the other promise is stricter (negative: less strict), in the common unit."""
        if not self.comparable:
            return None
        return round((self.other.amount.value - self.one.amount.value) * self.one.amount.direction, 9)

    @property
    def ratio(self) -> float | None:
        """The other value divided by the one."""
        return self.other.amount.value / self.one.amount.value if self.comparable and self.one.amount.value else None


@cache
def _wordings() -> dict[str, tuple[bool, str]]:
    return {row["code"]: (row["bars"] == "yes", row["label_zh"]) for row in read_lexicon("reasons")}


def _reason(code: str, one: str, other: str) -> Reason:
    bars, words = _wordings()[code]
    return Reason(code, bars, words.format(a=one, b=other))


def reasons(one: Value, other: Value) -> tuple[Reason, ...]:
    """Why two values are not compared, or what to bear in mind; none where nothing differs."""
    found = [*_of_scope(one, other), *_of_amount(one, other), *_of_time(one, other)]
    return tuple(sorted(found, key=lambda reason: not reason.bars))


def _of_scope(one: Value, other: Value) -> Iterator[Reason]:
    for facet in FACETS:
        a, b = getattr(one.scope, facet), getattr(other.scope, facet)
        if a == b:
            continue
        code = facet
        if facet == "subject":
            if not a or not b:
                code = "subject-unnamed"
            elif is_part(a, b) or is_part(b, a):
                code = "subject-part"
        yield _reason(code, one.scope.words(facet), other.scope.words(facet))
    if one.scope.rest != other.scope.rest:
        yield _reason("wording", str(one.target["indicator"]), str(other.target["indicator"]))


def _of_amount(one: Value, other: Value) -> Iterator[Reason]:
    a, b = one.amount, other.amount
    nothing = (a.value == 0 and not one.target["unit"]) or (b.value == 0 and not other.target["unit"])
    if a.unit != b.unit and not nothing:
        yield _reason("unit", str(one.target["unit"] or "指数"), str(other.target["unit"] or "指数"))
    kinds = [_kind(value) for value in (one, other)]
    if kinds[0] != kinds[1]:
        yield _reason("change", *(_CHANGES[kind] for kind in kinds))
    elif one.target["change"] != other.target["change"]:
        yield _reason("total", *(_CHANGES[str(v.target["change"])] for v in (one, other)))
    elif kinds[0] not in ("increase", "decrease") or one.target["every"] and other.target["every"]:
        pass  # a level, or what grows by the year, is not measured from the base year that a table gives beside it
    elif one.target["baseline_year"] != other.target["baseline_year"]:
        yield _reason("baseline", *(date(v.target["baseline_year"]) or "未写明" for v in (one, other)))
    if bool(one.target["every"]) != bool(other.target["every"]):
        yield _reason("period", *("每期" if v.target["every"] else "一次" for v in (one, other)))
    if a.direction != b.direction:
        yield _reason("direction", one.shown, other.shown)
    if a.extensive or b.extensive:
        code = "size" if one.place.level == other.place.level else "extent"
        yield _reason(code, one.place.name, other.place.name)
    if one.target["comparator"] != other.target["comparator"]:
        yield _reason("comparator", one.shown, other.shown)


_CHANGES = {"level": "达到", "increase": "提高", "decrease": "下降", "rank": "位次", "count": "新建、培育等"}


def _kind(value: Value) -> str:
    """Level, increase, decrease or rank; what is created is counted like a level, with a word of caution."""
    change = str(value.target["change"])
    return "level" if change == "count" else change


def _of_time(one: Value, other: Value) -> Iterator[Reason]:
    due = [None if v.target["deadline"] is None else str(v.target["deadline"]) for v in (one, other)]
    if due[0] is None and due[1] is None:
        return
    if due[0] is None or due[1] is None:
        yield _reason("deadline-unknown", date(due[0]) or "未写", date(due[1]) or "未写")
    elif due[0][:4] != due[1][:4]:
        yield _reason("deadline", date(due[0]), date(due[1]))


def pairs(values: Sequence[Value], near: bool = True) -> Iterator[Pair]:
    """Every two values of different documents that are of the same indicator, or of near ones.

    Args:
        values: from ``values.values``.
        near: whether values of near indicators are paired too; they are never comparable, and say why.
    """
    by_concept: defaultdict[str, list[Value]] = defaultdict(list)
    for value in values:
        by_concept[value.concept].append(value)
    concepts = list(by_concept)
    for i, name in enumerate(concepts):
        own = by_concept[name]
        for k, one in enumerate(own):
            yield from _with(one, own[k + 1 :])
        if not near:
            continue
        for other_name in concepts[i + 1 :]:
            others = by_concept[other_name]
            if is_near(own[0].scope, others[0].scope):
                for one in own:
                    yield from _with(one, others)


def _with(one: Value, others: Sequence[Value]) -> Iterator[Pair]:
    for other in others:
        if one.target["doc_id"] != other.target["doc_id"]:
            alike = similarity(str(one.target["indicator"]), str(other.target["indicator"]))
            first, second = (other, one) if other.place.holds(one.place) else (one, other)
            yield Pair(first, second, round(alike, 3), reasons(first, second))


