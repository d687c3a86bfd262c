"""What a process frees goes back to the system, so that a long run takes little more memory than a short one."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

_POOL = "ARROW_DEFAULT_MEMORY_POOL"
_OFTEN = 100
_Thing = TypeVar("_Thing")


def give_back_at_once() -> None:
    """Have Arrow take its memory from where what it frees goes back at once; not on Windows.

    What its functions, and its readers and writers of Parquet, take for themselves comes from the pool that it knows of
    when it is loaded; so where it is not loaded yet, the environment of the process says which.
    """
    if "pyarrow" not in sys.modules and platform.libc_ver()[0] == "glibc":
        os.environ.setdefault(_POOL, "jemalloc")
    import pyarrow as pa

    with suppress(NotImplementedError):
        pa.set_memory_pool(pa.jemalloc_memory_pool())
        pa.jemalloc_set_decay_ms(0)


def take_again() -> None:
    """Have Arrow keep what it freed for a second: row groups that are read and written one after the other take the
    same room, and the system need not empty it each time."""
    import pyarrow as pa

    with suppress(NotImplementedError):
        pa.jemalloc_set_decay_ms(1_000)


def trim() -> None:
    """Give back what lies free between what is in use; only where the C library can (glibc)."""
    if sys.platform == "linux":
        with suppress(ImportError, AttributeError, OSError):
            import ctypes

            ctypes.CDLL(None).malloc_trim(0)


def trimmed(things: Iterable[_Thing]) -> Iterator[_Thing]:
    """The same things, with a ``trim`` now and then and at the end.

    >>> list(trimmed([1, 2]))
    [1, 2]
    """
    for n, thing in enumerate(things, 1):
        yield thing
        if n % _OFTEN == 0:
            trim()
    trim()
