"""The figure of deadlines: what falls due when."""

from __future__ import annotations

from collections import Counter

from policymine.comparison.compare import Comparison, as_frame
from policymine.comparison.views import calendar
from policymine.figures.drawing import GREY, Drawn, canvas, title

_KINDS = {"once": ("一次性", "#2166ac"), "recurring": ("周期性", "#f4a582"), "ongoing": ("自某时起", "#92c5de")}
_PLANS = {11: "十一五", 12: "十二五", 13: "十三五", 14: "十四五", 15: "十五五"}


def deadline_timeline(compared: Comparison) -> Drawn:
    """When do promises fall due, and how many have no end?

    Stacked bars a year: what is due once, what recurs, what holds from a date on; the bands are five-year plans. What
    names no year (每年, 30日内) is counted below.

    Args:
        compared: from ``pm.compare``.

    Returns:
        The picture; the data has a row a year and kind with their number (year is null where none is named).
    """
    counts = Counter((row["year"], str(row["kind"])) for row in calendar(compared.corpus, compared.places))
    years = sorted({year for year, _ in counts if isinstance(year, int)})
    with canvas(9, 3.8) as (figure, [axis]):
        if years:
            bottoms: Counter[int] = Counter()
            for kind, (label, colour) in _KINDS.items():
                heights = [counts[year, kind] for year in years]
                if any(heights):
                    axis.bar(years, heights, bottom=[bottoms[y] for y in years], color=colour, label=label, width=0.7)
                bottoms.update(dict(zip(years, heights, strict=True)))
            for year in years:
                axis.text(year, bottoms[year], str(bottoms[year]), ha="center", va="bottom", fontsize=8)
            top = max(bottoms.values())
            for number, name in _PLANS.items():
                first = 2006 + 5 * (number - 11)
                if first <= max(years) and first + 4 >= min(years):
                    axis.axvspan(first - 0.5, first + 4.5, color="#f0f2f5" if number % 2 else "#ffffff", zorder=0)
                    middle = (max(first, min(years)) + min(first + 4, max(years))) / 2
                    axis.text(middle, top * 1.13, name, ha="center", fontsize=8, color=GREY)
            axis.set_xlim(min(years) - 0.6, max(years) + 0.6)
            axis.set_ylim(0, top * 1.22)
            axis.set_xticks(years)
            axis.legend(frameon=False, fontsize=9, loc="center left")
        undated = {label: counts[None, kind] for kind, (label, _) in _KINDS.items()}
        axis.set_xlabel("未写年份：" + "，".join(f"{label} {count} 项" for label, count in undated.items()), fontsize=9)
        title(figure, "完成时限（按到期年份）")
    data = [{"year": year, "kind": kind, "count": n} for (year, kind), n in
            sorted(counts.items(), key=lambda item: (item[0][0] is None, item[0][0] or 0, item[0][1]))]
    return Drawn(figure, as_frame(data))
