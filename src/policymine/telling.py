"""How far a run is: events for the progress bar and for logs, and the seconds of each stage.

The clock is handed in; what is told goes to a function that is handed in, too.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

TICK = 5.0
"""Seconds between two ticks."""
WINDOW = 30.0
"""Seconds over which the rate is taken: what came out of a cache at the beginning says nothing of what is left."""
_OFTEN = 0.25


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a run tells while it goes on.

    Attributes:
        kind: ``stage`` when a stage begins, ``done`` when an input (or a task of a cluster) is done, and ``tick`` every
            ``TICK`` seconds, whatever happens.
        stage: ``list``, ``mine``, ``compare``, ``link`` or ``write``; with a cluster also ``connect`` and ``fetch``.
        seconds: since the run began.
        done: inputs (or tasks) that are done in this stage.
        total: how many there are; None where nobody knows.
        estimated: whether ``total`` is an estimate.
        source: the input that was done last.
        rate: how many a second, over the last ``WINDOW`` seconds.
    """

    kind: str
    stage: str
    seconds: float
    done: int = 0
    total: int | None = None
    estimated: bool = False
    source: str | None = None
    rate: float | None = None

    @property
    def seconds_left(self) -> float | None:
        """How long it takes at this rate; None where nobody knows.

        >>> Event("done", "mine", 10.0, 50, 200, rate=5.0).seconds_left
        30.0
        """
        return (self.total - self.done) / self.rate if self.total is not None and self.rate else None


Progress = Callable[[Event], None]


class Telling:
    """Tells how far a run is, and measures its stages; a context manager, for the thread that ticks."""

    def __init__(self, progress: Progress | None, clock: Callable[[], float], every: float | None = None) -> None:
        """Begin with the stage ``list``.

        Args:
            progress: is told; None: nobody.
            clock: seconds.
            every: seconds between two ticks; None: ``TICK``.
        """
        self._progress, self._clock, self._every = progress, clock, TICK if every is None else every
        self._began = self._stage_began = clock()
        self._stages: dict[str, float] = {}
        self._now = Event("stage", "list", 0.0)
        self._recent = deque([(0.0, 0)])
        self._ended = threading.Event()

    def __enter__(self) -> Telling:
        self._tell(self._now)
        if self._progress is not None:
            threading.Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()

    def begin(self, stage: str) -> None:
        """A stage ends, and the next one begins."""
        self._end_stage()
        seconds = self._since()
        self._recent = deque([(seconds, 0)])
        self._tell(Event("stage", stage, seconds))

    def done(self, done: int, total: int | None, estimated: bool = False, source: str | None = None) -> None:
        """So many inputs are done in this stage."""
        seconds, recent = self._since(), self._recent
        if seconds - recent[-1][0] >= _OFTEN:
            recent.append((seconds, done))
            while len(recent) > 2 and seconds - recent[1][0] >= WINDOW:
                recent.popleft()
        rate = self._rate(seconds, done)
        self._tell(Event("done", self._now.stage, seconds, done, total, estimated, source, rate))

    def stages(self) -> tuple[dict[str, float], float]:
        """The seconds of each stage up to now, and of all."""
        self._end_stage()
        return {stage: round(seconds, 3) for stage, seconds in self._stages.items()}, self._since()

    def _end_stage(self) -> None:
        now = self._clock()
        self._stages[self._now.stage] = self._stages.get(self._now.stage, 0.0) + now - self._stage_began
        self._stage_began = now

    def _since(self) -> float:
        return self._clock() - self._began

    def _rate(self, seconds: float, done: int) -> float | None:
        began, before = self._recent[0]
        return (done - before) / (seconds - began) if seconds - began >= 1 else None

    def _tell(self, event: Event) -> None:
        self._now = event
        if self._progress is not None:
            self._progress(event)

    def _tick(self) -> None:
        while not self._ended.wait(self._every):
            if self._progress is not None:
                now, seconds = self._now, self._since()
                rate = self._rate(seconds, now.done)
                self._progress(replace(now, kind="tick", seconds=seconds, rate=rate))
