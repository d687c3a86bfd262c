"""Figures of a comparison: each function answers one question and returns the picture with the data that it shows.

    import policymine as pm
    from policymine import figures

    figures.target_dots(pm.compare(corpus), "合格率")
"""

from __future__ import annotations

from policymine.figures.departments import department_network
from policymine.figures.drawing import Drawn
from policymine.figures.promises import heat_map, level_ladder, target_dots
from policymine.figures.timeline import deadline_timeline

__all__ = ["Drawn", "deadline_timeline", "department_network", "heat_map", "level_ladder", "target_dots"]
