"""How right the rows are, by the judgement of readers, and how far two readers agree: figures for a methods section.

Precision needs rows that were drawn at random: the evidence page shows a sample (the rows with the smallest ids, which
are hashes), the same for every reader. Recall is not told by it: what was never found is on no page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from policymine.corrections.anchors import Anchor
from policymine.corrections.columns import EDITABLE
from policymine.corrections.decisions import ACCEPT, EDIT, REJECT, Corrections, Decision

ALL = "all"
"""What the figures over all tables are called."""
_Z = 1.959964


class MissingLibraryError(ImportError):
    """A library that a figure needs is not installed; the message says how to install it."""


@dataclass(frozen=True, slots=True)
class Precision:
    """How many of the judged rows of a table are right.

    Attributes:
        table: its name, or ``all``.
        judged, accepted, edited, rejected: numbers of rows.
        precision: share of rows that are right as they stand.
        low, high: its 95 % interval (Wilson).
        found: share of rows that are a fact, also where a value had to be edited.
    """

    table: str
    judged: int
    accepted: int
    edited: int
    rejected: int
    precision: float
    low: float
    high: float
    found: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two readers agree on the rows of a table that both judged.

    Attributes:
        table: its name, or ``all``.
        both: number of rows judged by both; ``one_only``: by one of them.
        same: share of rows with the same verdict.
        kappa: Cohen's kappa of the verdicts (accept, edit, reject); None where all verdicts are the same.
        alpha: Krippendorff's alpha (nominal) of the verdicts; None likewise.
        f1: of the rows that each holds right, with all their values; None where neither holds any right.
    """

    table: str
    both: int
    one_only: int
    same: float
    kappa: float | None
    alpha: float | None
    f1: float | None


def precision(corrections: Corrections) -> list[Precision]:
    """Precision by table, the tables without judged rows left out, and over all.

    >>> from policymine.corrections.decisions import Decision
    >>> verdicts = ["accept"] * 9 + ["reject"]
    >>> said = [Decision(v, "goals", "d", Anchor("", f"目标{i}", ""), {}, {}) for i, v in enumerate(verdicts)]
    >>> one = precision(Corrections(tuple(said)))[0]
    >>> one.table, one.judged, one.precision, round(one.low, 3), round(one.high, 3)
    ('goals', 10, 0.9, 0.596, 0.982)
    """
    counts = {table: Counter(d.verdict for d in corrections.decisions if d.table == table) for table in EDITABLE}
    counts[ALL] = Counter(d.verdict for d in corrections.decisions)
    return [_precision(table, count) for table, count in counts.items() if count.total()]


def _precision(table: str, count: Counter[str]) -> Precision:
    judged = count.total()
    right = count[ACCEPT] / judged
    # Wilson, Probable inference, the law of succession, and statistical inference (1927)
    middle = (right + _Z**2 / (2 * judged)) / (1 + _Z**2 / judged)
    half = _Z / (1 + _Z**2 / judged) * (right * (1 - right) / judged + _Z**2 / (4 * judged**2)) ** 0.5
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    found = (count[ACCEPT] + count[EDIT]) / judged
    return Precision(table, judged, count[ACCEPT], count[EDIT], count[REJECT], right, low, high, found)


def agreement(one: Corrections, other: Corrections) -> list[Agreement]:
    """The agreement of two readers by table, the tables that neither judged left out, and over all.

    Args:
        one: the decisions of one reader.
        other: those of the other, about rows of the same documents.

    Raises:
        MissingLibraryError: the library for kappa and alpha is not installed.
    """
    first, second = ({d.place: d for d in made.decisions} for made in (one, other))
    places = dict.fromkeys([*first, *second])
    by_table = {table: [place for place in places if place[1] == table] for table in EDITABLE}
    by_table[ALL] = list(places)
    return [_agreement(table, among, first, second) for table, among in by_table.items() if among]


_Place = tuple[str, str, Anchor]


def _agreement(
    table: str, places: list[_Place], first: dict[_Place, Decision], second: dict[_Place, Decision]
) -> Agreement:
    both = [(first[place], second[place]) for place in places if place in first and place in second]
    if not both:
        return Agreement(table, 0, len(places), 0.0, None, None, None)
    verdicts = [(a.verdict, b.verdict) for a, b in both]
    kappa, alpha = _chance_corrected(verdicts)
    held = [[d.judged() if d.verdict != REJECT else None for d in pair] for pair in both]
    right = sum(a is not None for a, _ in held) + sum(b is not None for _, b in held)
    shared = sum(a is not None and a == b for a, b in held)
    same = sum(a == b for a, b in verdicts) / len(both)
    f1 = 2 * shared / right if right else None
    return Agreement(table, len(both), len(places) - len(both), same, kappa, alpha, f1)


def _chance_corrected(verdicts: list[tuple[str, str]]) -> tuple[float | None, float | None]:
    """Cohen's kappa and Krippendorff's alpha; undefined where nobody ever said anything else."""
    if len({verdict for pair in verdicts for verdict in pair}) < 2:
        return None, None
    try:
        from nltk.metrics.agreement import AnnotationTask
    except ImportError as error:
        raise MissingLibraryError(
            'kappa and alpha need nltk: python -m pip install "policymine[agreement]"'
        ) from error
    said = [(who, str(i), verdict) for i, pair in enumerate(verdicts) for who, verdict in zip("ab", pair, strict=True)]
    task = AnnotationTask(data=said)
    return float(task.kappa()), float(task.alpha())


def as_json(figures: Iterable[Precision | Agreement]) -> list[dict[str, object]]:
    """Figures as plain values."""
    return [asdict(figure) for figure in figures]
