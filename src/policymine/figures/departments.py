"""The figure of departments: who leads, and who works with whom."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from policymine.comparison.compare import Comparison, as_frame
from policymine.figures.drawing import GREY, Drawn, canvas, title
from policymine.tables.labels import ZH, value_label
from policymine.tables.schema import Row

_Edge = tuple[str, str]


def department_network(compared: Comparison, split: int | None = None, most: int = 18) -> Drawn:
    """Which functions of government work together, and which of them leads?

    A node a function (the same duty under whatever name), larger the more tasks it has, darker the more of them it leads;
    a line joins functions that stand in one list, thicker the more lists, with an arrow from the one that leads.

    Args:
        compared: from ``pm.compare``.
        split: a year; documents signed before it and from it on are two pictures side by side (a reform of departments).
        most: number of functions shown, those with the most tasks first.

    Returns:
        The picture; the data has a row a pair of functions: period, one, other, lists together, lists in which one leads.
    """
    issued = {row["doc_id"]: int(str(row["date_issued"] or -1)[:4]) for row in compared.corpus.rows("documents")}
    if split is None:
        issued = dict.fromkeys(issued, 0)
    periods = {"": (0, 9999)} if split is None else {f"{split}年以前": (0, split - 1), f"{split}年起": (split, 9999)}
    data: list[Row] = []
    with canvas(6.4 * len(periods), 6.6, len(periods)) as (figure, axes):
        for (name, (first, last)), axis in zip(periods.items(), axes, strict=True):
            rows = [
                row for row in compared.corpus.rows("responsibilities")
                if row["doc_id"] in compared.places and first <= issued[row["doc_id"]] <= last
            ]
            tasks, leading, together, led = _counts(rows)
            shown = sorted(tasks, key=lambda f: (-tasks[f], f))[:most]
            _draw(axis, shown, tasks, leading, together, led)
            axis.set_title(name, fontsize=10)
            data += [
                {
                    "period": name or None, "one": one, "other": other, "together": count,
                    "one_leads": led[one, other], "other_leads": led[other, one],
                }
                for (one, other), count in sorted(together.items(), key=lambda item: (-item[1], item[0]))
            ]
        title(figure, "部门协作（点越大任务越多，越深牵头越多；箭头由牵头单位指出）")
    return Drawn(figure, as_frame(data))


def _counts(rows: Iterable[Row]) -> tuple[Counter[str], Counter[str], Counter[_Edge], Counter[_Edge]]:
    """Tasks and leads by function; lists together, and lists in which the first leads, by two functions."""
    lists: defaultdict[object, dict[str, str]] = defaultdict(dict)
    tasks: Counter[str] = Counter()
    leading: Counter[str] = Counter()
    for row in rows:
        if row["function"]:
            name, role = str(value_label("responsibilities", "function", row["function"], ZH)), str(row["role"])
            tasks[name] += 1
            leading[name] += role == "lead"
            if lists[row["list_id"]].get(name) != "lead":
                lists[row["list_id"]][name] = role
    together: Counter[_Edge] = Counter()
    led: Counter[_Edge] = Counter()
    for named in lists.values():
        for one in named:
            for other in named:
                if one < other:
                    together[one, other] += 1
                if one != other and named[one] == "lead" and named[other] != "lead":
                    led[one, other] += 1
    return tasks, leading, together, led


def _draw(
    axis: Any, shown: list[str], tasks: Counter[str], leading: Counter[str], together: Counter[_Edge], led: Counter[_Edge]
) -> None:
    axis.set_axis_off()
    axis.set_aspect("equal")
    axis.set_xlim(-1.75, 1.75)
    axis.set_ylim(-1.45, 1.45)
    if not shown:
        axis.text(0, 0, "没有", ha="center", va="center", color=GREY)
        return
    angle = {name: math.pi / 2 - 2 * math.pi * i / len(shown) for i, name in enumerate(shown)}
    at = {name: (math.cos(a), math.sin(a)) for name, a in angle.items()}
    widest = max(together.values(), default=1)
    for (one, other), count in sorted(together.items()):
        if one in at and other in at:
            axis.plot(*zip(at[one], at[other], strict=True), color="#b8c4d0", linewidth=0.4 + 4 * count / widest, zorder=1)
    for (one, other), count in sorted(led.items()):
        if one in at and other in at:
            arrow = {"arrowstyle": "-|>", "color": "#b2182b", "linewidth": 0.5 + count / widest, "shrinkA": 10, "shrinkB": 10, "alpha": 0.6}
            axis.annotate("", at[other], at[one], arrowprops=arrow, zorder=2)
    largest = max(tasks.values())
    for name in shown:
        share = leading[name] / tasks[name]
        axis.scatter(*at[name], s=60 + 420 * tasks[name] / largest, color=(0.13 + 0.55 * (1 - share), 0.4 + 0.3 * (1 - share), 0.67), zorder=3)
        x, y = at[name]
        side = "left" if x > 0.05 else "right" if x < -0.05 else "center"
        axis.annotate(f"{name} {tasks[name]}", (1.14 * x, 1.14 * y), ha=side, va="center", fontsize=8, zorder=4)
