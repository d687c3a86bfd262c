"""Figures of promised numbers: who promises how much, who raises the bar, who sets a number for what at all."""

from __future__ import annotations

from collections import Counter
from typing import Any

from policymine.comparison.compare import Comparison, as_frame
from policymine.comparison.pairs import Pair, pairs
from policymine.comparison.values import LEVELS, Value
from policymine.comparison.views import raises, value_rows
from policymine.exchange.wording import date
from policymine.figures.drawing import (
    GREY,
    LEVEL_COLOURS,
    LEVEL_NAMES,
    Drawn,
    canvas,
    level_legend,
    spread,
    title,
    wrapped,
)
from policymine.reading.sources import MisuseError

_BEHIND = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1}
_FAR = 20
"""Ratio of the largest to the smallest value above which the scale is logarithmic."""


def target_dots(compared: Comparison, indicator: str, near: bool = True) -> Drawn:
    """Who promises how much of one indicator, by when, and from which baseline?

    A row a place, a dot a promise with the year in which it is due; a line leads from the baseline where the text gives
    one; the promise of the nation goes through all rows. Values of near indicators, which may not be compared with the
    others, are hollow and carry their own name.

    Args:
        compared: from ``pm.compare``.
        indicator: words of the indicator's name.
        near: whether near indicators are shown too.

    Returns:
        The picture; the data has a row a dot, with its words and the row of ``targets``.

    Raises:
        MisuseError: no indicator has these words.
    """
    concept, values = _values_of(compared, indicator, near)
    rows = sorted(values, key=lambda v: (v.concept != concept, v.concept, _rank(v), v.place.name))
    names = list(dict.fromkeys(_row_name(v, concept) for v in rows))[::-1]
    with canvas(8.5, 1.5 + 0.36 * len(names)) as (figure, [axis]):
        for v in rows:
            own = v.concept == concept
            y, colour = names.index(_row_name(v, concept)), LEVEL_COLOURS.get(v.place.level, GREY) if own else GREY
            baseline = v.target["baseline_value"]
            if isinstance(baseline, int | float):
                axis.annotate("", (v.amount.value, y), (baseline, y), arrowprops={"arrowstyle": "->", "color": colour})
            axis.plot(v.amount.value, y, "o", color=colour, markersize=8, markerfacecolor=colour if own else "white")
            year = str(v.target["deadline"] or "?")[:4]
            axis.annotate(year, (v.amount.value, y), (0, 7), textcoords="offset points", ha="center", fontsize=7, color=colour)
            if own and v.place.level == "national":
                axis.axvline(v.amount.value, color=colour, linewidth=0.8, linestyle=":")
        _scale(axis, [v.amount.value for v in rows])
        axis.set_yticks(range(len(names)), names)
        axis.set_ylim(-0.6, len(names) - 0.2)
        axis.grid(axis="x", color="#e5e5e5")
        axis.set_xlabel(_unit(rows), fontsize=9)
        title(figure, f"{concept}：各地目标值（点上为完成年份，空心为相近而不可比的指标）" if near else f"{concept}：各地目标值")
        level_legend(figure, [v.place.level for v in rows if v.concept == concept])
    return Drawn(figure, _frame(compared, rows))


def level_ladder(compared: Comparison, indicator: str) -> Drawn:
    """Do lower levels raise the bar for one indicator (层层加码)?

    From the nation to province, city and county; a line joins two promises that may be compared (same year, same
    scope), red where the lower level is stricter, blue where it is less, grey where they are equal.

    Args:
        compared: from ``pm.compare``, with ``within`` where the tables do not know which province a place lies in.
        indicator: words of the indicator's name.

    Returns:
        The picture; the data has a row a line: the two promises, gap and ratio.

    Raises:
        MisuseError: no indicator has these words.
    """
    concept, values = _values_of(compared, indicator, near=False)
    lines = [p for p in pairs(values, near=False) if p.comparable and p.one.place.holds(p.other.place)]
    levels = [level for level in LEVELS if any(v.place.level == level for v in values)]
    x_of = {level: x for x, level in enumerate(levels)}
    with canvas(2.5 + 2.2 * max(len(levels), 1), 4.8) as (figure, [axis]):
        for pair in lines:
            gap = pair.gap or 0
            colour = "#c62828" if gap > 0 else "#1f6fb2" if gap < 0 else GREY
            axis.plot(
                [x_of[pair.one.place.level], x_of[pair.other.place.level]],
                [pair.one.amount.value, pair.other.amount.value], color=colour, linewidth=1.4, alpha=0.75,
            )
        numbers = [v.amount.value for v in values]
        least = ((max(numbers) - min(numbers)) or 1) / 14
        for level in levels:
            own = [v for v in values if v.place.level == level]
            for v, y in zip(own, spread([v.amount.value for v in own], least), strict=True):
                axis.plot(x_of[level], v.amount.value, "o", color=LEVEL_COLOURS[level], markersize=7)
                words = f"{v.place.name} {v.shown}（{str(v.target['deadline'] or '?')[:4]}）"
                axis.annotate(words, (x_of[level], v.amount.value), (x_of[level] + 0.06, y), fontsize=8, va="center", bbox=_BEHIND)
        axis.set_xticks(range(len(levels)), [LEVEL_NAMES[level] for level in levels])
        axis.set_xlim(-0.2, len(levels) - 0.1)
        axis.grid(axis="y", color="#e5e5e5")
        axis.set_ylabel(_unit(values), fontsize=9)
        title(figure, f"{concept}：逐级加码（红：下级更严；蓝：较宽；只连可比的）")
    return Drawn(figure, as_frame(raises(lines)))


def heat_map(compared: Comparison, most: int = 24) -> Drawn:
    """Who sets a number for what, and where is a number that may not be compared?

    Indicators of several places by place: filled where the place sets a number for it (the latest is written in),
    hatched where it has a number for a near indicator only, empty where it has none.

    Args:
        compared: from ``pm.compare``.
        most: number of indicators shown, those of the most places first.

    Returns:
        The picture; the data has a row a cell with its state (number, near, none), the promise and the reason.
    """
    rows = _cells(compared, most)
    concepts = list(dict.fromkeys(str(row["concept"]) for row in rows))
    places = list(dict.fromkeys(str(row["place"]) for row in rows))
    with canvas(3 + 1.05 * max(len(places), 1), 1.2 + 0.46 * max(len(concepts), 1)) as (figure, [axis]):
        for row in rows:
            x, y = places.index(row["place"]), len(concepts) - 1 - concepts.index(row["concept"])
            if row["state"] == "number":
                axis.add_patch(_cell(x, y, facecolor="#cfe2f3", edgecolor="white"))
                words = "\n".join([*(row["promise"][i : i + 9] for i in range(0, len(row["promise"]), 9)), row["year"]])
                axis.text(x, y, words.strip(), ha="center", va="center", fontsize=7.5, linespacing=1.1)
            elif row["state"] == "near":
                axis.add_patch(_cell(x, y, facecolor="#fff4e0", edgecolor="#e0b060", hatch="///", linewidth=0))
        axis.set_xticks(range(len(places)), [wrapped(name, 6) for name in places])
        axis.set_yticks(range(len(concepts)), [wrapped(name, 16) for name in concepts[::-1]])
        axis.set_xlim(-0.5, max(len(places), 1) - 0.5)
        axis.set_ylim(-0.5, max(len(concepts), 1) - 0.5)
        axis.spines[["left", "bottom"]].set_visible(False)
        axis.tick_params(length=0)
        title(figure, "指标×地区（蓝：有数；斜线：只有相近而不可比的数；空：没有）")
    return Drawn(figure, as_frame(rows))


def _cell(x: float, y: float, **style: Any) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, **style)


def _cells(compared: Comparison, most: int) -> list[dict[str, Any]]:
    by_concept: dict[str, dict[str, Value]] = {}
    for v in compared.items:  # later deadlines come later
        by_concept.setdefault(v.concept, {})[v.place.name] = v
    order = sorted((c for c in by_concept if len(by_concept[c]) > 1), key=lambda c: (-len(by_concept[c]), c))[:most]
    near: dict[tuple[str, str], Pair] = {}
    for pair in compared.pair_items:
        if pair.one.concept != pair.other.concept:
            near.setdefault((pair.one.concept, pair.other.place.name), pair)
            near.setdefault((pair.other.concept, pair.one.place.name), pair)
    columns = sorted(
        {v.place.name: v for c in order for v in by_concept[c].values()}.values(), key=lambda v: (_rank(v), v.place.name)
    )
    rows = []
    for concept in order:
        for column in columns:
            place = column.place.name
            own, other = by_concept[concept].get(place), near.get((concept, place))
            rows.append({
                "concept": concept, "place": place, "state": "number" if own else "near" if other else "none",
                "promise": own.shown if own else None,
                "year": str(own.target["deadline"] or "")[:4] if own else None,
                "reason": "；".join(r.text for r in other.reasons if r.bars) if other and not own else None,
            })
    return rows


def _values_of(compared: Comparison, indicator: str, near: bool) -> tuple[str, list[Value]]:
    """The indicator that the words mean, and its values (first) with those of near ones, all of one unit and kind."""
    named = Counter(
        v.concept for v in compared.items if indicator in v.concept or indicator in str(v.target["indicator"])
    )
    if not named:
        raise MisuseError(f"no indicator has the words {indicator}; the attribute indicators lists all")
    spread_over = {c: len({v.place.name for v in compared.items if v.concept == c}) for c in named}
    concept = min(named, key=lambda c: (c != indicator, -spread_over[c], len(c), c))
    own = [v for v in compared.items if v.concept == concept]
    kind = Counter((v.amount.unit, v.target["change"] in ("increase", "decrease")) for v in own).most_common(1)[0][0]
    others: list[Value] = []
    if near:
        others = [v for v in compared.of(concept).items if v.concept != concept]
    return concept, [
        v for v in [*own, *others] if (v.amount.unit, v.target["change"] in ("increase", "decrease")) == kind
    ]


def _unit(values: list[Value]) -> str:
    """The unit as it is written where all write the same, and its size is that of the scale."""
    written = {str(v.target["unit"] or "") for v in values}
    same = len(written) == 1 and all(v.amount.value == v.target["value"] for v in values)
    return written.pop() if same else values[0].amount.unit


def _row_name(value: Value, concept: str) -> str:
    return value.place.name if value.concept == concept else f"{value.place.name}：{wrapped(value.concept, 20, 1)}"


def _rank(value: Value) -> int:
    return LEVELS.index(value.place.level) if value.place.level in LEVELS else len(LEVELS)


def _scale(axis: Any, numbers: list[float]) -> None:
    if min(numbers) > 0 and max(numbers) > _FAR * min(numbers):
        from matplotlib.ticker import NullFormatter

        axis.set_xscale("log")
        axis.xaxis.set_minor_formatter(NullFormatter())
    axis.margins(x=0.1)


def _frame(compared: Comparison, values: list[Value]) -> Any:
    return as_frame([
        {**row, "due": date(row["deadline"])} for row in value_rows(values)
    ])
