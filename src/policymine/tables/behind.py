"""Writing that goes on in a thread of its own while the next documents are mined.

What Arrow and the system do for it holds no lock of Python, so it takes another core. The order stays, and no more
waits than a few pieces of work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

MOST = 3
"""Pieces of work that may wait, beside light ones."""


class Behind:
    """Does what it is given, one after the other; an error comes with a later call, and nothing is done after it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "policymine-writing")
        self._pending: deque[Future[None]] = deque()
        self._failed = False

    def do(self, work: Callable[..., None], *given: object, light: bool = False) -> None:
        """Have work done; waits where much is to be done already, unless what is given takes next to no memory."""
        while self._pending and (not light and len(self._pending) >= MOST or self._pending[0].done()):
            self._pending.popleft().result()
        self._pending.append(self._pool.submit(self._done, work, *given))

    def _done(self, work: Callable[..., None], *given: object) -> None:
        if self._failed:
            return
        try:
            work(*given)
        except BaseException:
            self._failed = True
            raise

    def wait(self) -> None:
        """Until all is done."""
        while self._pending:
            self._pending.popleft().result()

    def stop(self) -> None:
        """Leave what is not yet begun, and end."""
        self._pool.shutdown(wait=True, cancel_futures=True)
