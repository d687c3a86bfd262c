"""The doc_ids of many documents, held as bytes: a fifth of the room that as many strings take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray


class Ids(Sequence[str]):
    """Some doc_ids; each is made when it is asked for.

    >>> ids = Ids(np.array([encoded("b"), encoded("a")]))
    >>> ids[1], len(ids)
    ('a', 2)
    """

    def __init__(self, held: NDArray[np.bytes_]) -> None:
        """Take them as bytes, which sort as the words do."""
        self.held = held

    def __len__(self) -> int:
        return len(self.held)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Ids: ...

    def __getitem__(self, at: int | slice) -> str | Ids:
        if isinstance(at, slice):
            return Ids(self.held[at])
        found: bytes = self.held[at]
        return found.decode("utf-8", "surrogatepass")


def encoded(doc_id: str) -> bytes:
    """A doc_id as bytes."""
    return doc_id.encode("utf-8", "surrogatepass")
