"""What is kept of a file while it is read: its bytes within the limits, its two ends, its size and its hash.

A file is read once, in blocks. One that is longer than any document within the limits is hashed to its end but never
held, so that it has its ``doc_id`` like every other and the memory stays flat.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from policymine.models import Options
from policymine.reading.formats import sniff

_BLOCK = 1 << 20
EDGE = 1 << 16
"""Bytes at either end of a file that readers bid on."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept of a file: all bytes (None: more than the limit), its two ends, its size and hash (``doc_id``)."""

    data: bytes | None
    edges: bytes
    size: int
    doc_id: str


def hold_bytes(data: bytes) -> Held:
    """All bytes of a file, whatever their number.

    >>> hold_bytes(b"abc").doc_id
    'ba7816bf8f01cfea4141'
    """
    return Held(data, data[:EDGE] + data[-EDGE:], len(data), hashlib.sha256(data).hexdigest()[:20])


def blocks_of(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a stream in blocks of a megabyte."""
    while block := stream.read(_BLOCK):
        yield block


def hold(blocks: Iterable[bytes], options: Options) -> Held:
    """Read to the end of a file.

    Args:
        blocks: its bytes in blocks, from ``blocks_of`` or a member of an archive.
        options: a plain text of more than four bytes a character of ``max_chars`` is not held, nor is another file of
            more than ``max_bytes``.
    """
    digest, size, head, tail, limit = hashlib.sha256(), 0, b"", b"", 0
    kept: list[bytes] = []
    for block in blocks:
        digest.update(block)
        size += len(block)
        if not head:
            head = block[:EDGE]
            limit = most_bytes(head, options)
        tail = (tail + block)[-EDGE:]
        if size <= limit:
            kept.append(block)
        else:
            kept.clear()
    data = b"".join(kept) if size <= limit else None
    return Held(data, head + tail, size, digest.hexdigest()[:20])


def most_bytes(head: bytes, options: Options) -> int:
    """The length up to which a file with this head is held.

    >>> most_bytes("到2025年".encode(), Options(max_chars=10)), most_bytes(b"%PDF-1.7", Options(max_chars=10))
    (44, 100000000)
    """
    longest = 4 * options.max_chars + 4
    return longest if sniff(head) is None else max(longest, options.max_bytes)
