"""What a reader is and what it gives: the contract between ``reading/`` and the formats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from policymine.models import FieldReading, Issue, Layout, Options


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of the bytes of one file.

    Attributes:
        text: the document text; empty where ``status`` is not ``ok``.
        status: ``ok``, or why there is no text (``binary``, ``scanned``, ``encrypted``, ``damaged`` …).
        encoding: of the characters, for formats that have one.
        issues: what is doubtful, and what the reader lost (images, formulas, unreadable pages); every status but
            ``ok`` comes with one.
        layout: pages, tables and other structure of the text.
        fields: readings of metadata beside the document.
        media_type: where the reader knows better than the first bytes do.
    """

    text: str
    status: str = "ok"
    encoding: str | None = None
    issues: tuple[Issue, ...] = ()
    layout: Layout = Layout()
    fields: tuple[FieldReading, ...] = ()
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """One way to read files.

    Attributes:
        name: what stands in the column ``reader``.
        bid: how sure the reader is of a file, 0 to 1, from its first and last bytes (64 kB each) and the media type
            that they show (None: none); 0 is no bid.
        read: all bytes as a reading. It never raises for any bytes, fetches nothing and runs nothing; its limits come
            from the options, so that they do not depend on the clock.
    """

    name: str
    bid: Callable[[bytes, str | None], float]
    read: Callable[[bytes, Options], Reading]
