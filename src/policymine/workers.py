"""Processes that work beside this one, and may end at any moment without stopping it.

Answers come as files: through the pipe that all workers of a pool share goes no more than one write takes, since a
process that is killed while it sends would leave half a message there, and everybody waiting for the rest. The files,
and whatever else workers write for a while, stand in a folder that is gone in the end.
"""

from __future__ import annotations

import atexit
import gc
import os
import pickle
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Any, Generic, TypeVar

MOST = 60
"""Windows can wait for no more."""
_Made = TypeVar("_Made")


class Answer(Generic[_Made]):
    """What a worker will have made."""

    def __init__(self, file: Future[str]) -> None:
        self._file = file

    def result(self) -> _Made:
        """Wait for it and take it; once.

        Raises:
            BrokenProcessPool: a process was ended, this one or another of the same workers.
            OSError: there is no room for it.
        """
        name = self._file.result()
        with open(name, "rb") as stream:
            made: _Made = pickle.load(stream)
        os.unlink(name)
        return made


class Workers:
    """Processes for one kind of work; a context manager."""

    def __init__(self, jobs: int) -> None:
        """Begin; processes are started as work comes.

        Args:
            jobs: how many.
        """
        self.jobs = min(jobs, MOST)
        self._folder = tempfile.TemporaryDirectory(prefix="policymine-", ignore_cleanup_errors=True)
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._folder.cleanup()

    def can_start(self) -> bool:
        """Whether there can be processes here (not in a script without a main guard, nor in some sandboxes)."""
        try:
            return self.submit(_ready).result()
        except BrokenProcessPool:
            return False

    def submit(self, work: Callable[..., _Made], *given: object) -> Answer[_Made]:
        """Have work done by a function of a module; what goes wrong is told when the answer is taken."""
        if self._pool is None:
            # spawn: the same on every system, and safe beside the threads of a progress bar
            self._pool = ProcessPoolExecutor(
                self.jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(self._folder.name,)
            )
        try:
            with _sheltered():
                return Answer(self._pool.submit(_laid_down, work, *given))
        except BrokenProcessPool as error:
            future: Future[str] = Future()
            future.set_exception(error)
            return Answer(future)

    def stop(self) -> None:
        """End the processes at once, also in the middle of their work; the next work starts others."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        processes = list((getattr(pool, "_processes", None) or {}).values())
        manager = getattr(pool, "_executor_manager_thread", None)
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        if manager is not None:  # at exit it would be woken through a pipe that it may be closing at that moment
            manager.join(5)


def collect_rarely() -> None:
    """Look for garbage in cycles less often: rows and matches are many and in no cycles, the lexicons stay anyway."""
    gc.freeze()
    gc.set_threshold(400_000, 20, 100)
    atexit.register(gc.disable)  # at its end Python looks through all that is left once, not twice


def _start(folder: str) -> None:
    tempfile.tempdir = folder
    # A library in Rust that finds no memory left would wait for itself for ever while it writes where that was.
    os.environ["RUST_BACKTRACE"] = "0"
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the main process
    threading.Thread(target=_end_with_main, daemon=True).start()
    collect_rarely()


def _end_with_main() -> None:
    """End when the main process does, also where it was killed and could tell nobody."""
    main = parent_process()
    if main is not None:
        main.join()
        os._exit(1)


def _ready() -> bool:
    return True


def _laid_down(work: Callable[..., Any], *given: object) -> str:
    """Do work in a process; the name of the file that holds what it made."""
    made = work(*given)
    handle, name = tempfile.mkstemp()
    with open(handle, "wb") as stream:
        pickle.dump(made, stream, pickle.HIGHEST_PROTOCOL)
    return name


@contextmanager
def _sheltered() -> Iterator[None]:
    """Processes started here do not get Ctrl-C, not even before their initializer; here it comes after the block.

    The mask holds for this thread and what it starts; a signal that another thread is given (those of libraries) would
    still run its handler here and leave a process half started, so the handlers wait too.
    """
    mask: Callable[..., set[signal.Signals]] | None = getattr(signal, "pthread_sigmask", None)  # not on Windows
    caught: list[int] = []
    own = {}
    if threading.current_thread() is threading.main_thread():
        handlers = ((number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM))
        own = {number: handler for number, handler in handlers if callable(handler)}
        for number in own:
            signal.signal(number, lambda received, frame: caught.append(received))
    before = mask(signal.SIG_BLOCK, {signal.SIGINT}) if mask is not None else set()
    try:
        yield
    finally:
        if mask is not None:
            mask(signal.SIG_SETMASK, before)
        for number, handler in own.items():
            signal.signal(number, handler)
        for received in caught[:1]:
            own[signal.Signals(received)](received, None)
