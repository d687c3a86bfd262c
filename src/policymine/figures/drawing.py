"""What all figures share: a picture with its data, fonts, colours, room for labels.

Pictures are SVG whose text stays text, so that a browser draws Chinese with its own font whether or not this machine has
one. PNG and PDF need a Chinese font here; the first installed one of a list is taken. No setting of matplotlib is changed
for anybody else.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policymine.reading.sources import MisuseError

if TYPE_CHECKING:
    import pandas as pd

LEVEL_COLOURS = {
    "national": "#222222", "province": "#b2182b", "prefecture": "#2166ac", "county": "#4d9221", "township": "#8c6bb1",
}
LEVEL_NAMES = {"national": "国家", "province": "省级", "prefecture": "市级", "county": "县级", "township": "乡级"}
GREY = "#8a8f98"
_FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB",
    "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK JP", "Arial Unicode MS",
)


@dataclass(frozen=True)
class Drawn:
    """A picture and the data that it shows, a row a mark.

    A notebook shows the picture; ``data`` is the data frame, ``figure`` the figure of matplotlib.
    """

    figure: Any
    data: pd.DataFrame

    def svg(self) -> str:
        """The picture as SVG with its text as text; the same data and fonts give the same bytes."""
        stream = io.StringIO()
        with _settings():
            self.figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")
        return stream.getvalue()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture: .svg, or .png and .pdf, which need a Chinese font on this machine.

        Raises:
            OSError: the file cannot be written.
        """
        if Path(path).suffix.lower() == ".svg":
            Path(path).write_text(self.svg(), encoding="utf-8", newline="\n")
            return
        with _settings():
            self.figure.savefig(path, bbox_inches="tight", dpi=160)

    def _repr_html_(self) -> str:
        return self.svg()[self.svg().index("<svg") :]


@contextmanager
def _settings() -> Iterator[None]:
    import logging
    import warnings

    import matplotlib

    font = chinese_font()
    logger = logging.getLogger("matplotlib.font_manager")
    level = logger.level
    with matplotlib.rc_context({
        "svg.fonttype": "none", "svg.hashsalt": "policymine", "axes.unicode_minus": False,
        "font.family": [*([font] if font else []), "DejaVu Sans"],
    }), warnings.catch_warnings():
        if font is None:  # the reader's browser has one
            warnings.filterwarnings("ignore", message="Glyph .* missing")
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            logger.setLevel(level)


@cache
def chinese_font() -> str | None:
    """The Chinese font of this machine that pictures use; None where none of those known is installed."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in _FONTS if name in installed), None)


@contextmanager
def canvas(width: float, height: float, panels: int = 1) -> Iterator[tuple[Any, Sequence[Any]]]:
    """A new figure with its axes, drawn with the settings of this package.

    Args:
        width: in inches.
        height: in inches.
        panels: number of axes side by side.

    Raises:
        MisuseError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MisuseError('matplotlib is not installed; run  pip install "policymine[figures]"') from error
    with _settings():
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(1, panels, squeeze=False)[0]
        for axis in axes:
            axis.spines[["top", "right"]].set_visible(False)
            axis.tick_params(labelsize=9)
        yield figure, axes
        figure.draw_without_rendering()  # lays out with these settings, once: the same picture however often it is saved
        figure.set_layout_engine("none")


def title(figure: Any, words: str) -> None:
    """The title of a figure, at its left."""
    figure.suptitle(words, x=0.01, ha="left", fontsize=12)


def level_legend(figure: Any, levels: Sequence[str]) -> None:
    """Which colour is which level of government."""
    from matplotlib.lines import Line2D

    shown = [level for level in LEVEL_COLOURS if level in levels]
    handles = [
        Line2D([], [], marker="o", linestyle="", color=LEVEL_COLOURS[level], label=LEVEL_NAMES[level]) for level in shown
    ]
    if handles:
        figure.legend(handles=handles, loc="outside lower right", ncols=len(handles), frameon=False, fontsize=9)


def spread(wanted: Sequence[float], least: float) -> list[float]:
    """Places for labels near where they are wanted, at least so far apart.

    >>> spread([1.0, 1.1, 5.0], 1.0)
    [0.55, 1.55, 5.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups: list[list[int]] = []
    centres: list[float] = []
    for i in order:
        groups.append([i])
        centres.append(wanted[i])
        while len(groups) > 1 and centres[-1] - centres[-2] < least * (len(groups[-1]) + len(groups[-2])) / 2:
            merged = groups[-2] + groups[-1]
            groups[-2:] = [merged]
            centres[-2:] = [sum(wanted[j] for j in merged) / len(merged)]
    placed = [0.0] * len(wanted)
    for group, centre in zip(groups, centres, strict=True):
        for k, i in enumerate(group):
            placed[i] = round(centre + (k - (len(group) - 1) / 2) * least, 9)
    return placed


def wrapped(words: str, width: int, lines: int = 2) -> str:
    """Words in lines of so many characters; what goes beyond ends with ….

    >>> wrapped("数字经济核心产业增加值占比", 6)
    '数字经济核心\\n产业增加值…'
    """
    parts = [words[i : i + width] for i in range(0, len(words), width)]
    if len(parts) <= lines:
        return "\n".join(parts)
    return "\n".join([*parts[: lines - 1], parts[lines - 1][: width - 1] + "…"])
