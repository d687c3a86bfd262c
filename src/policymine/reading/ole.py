"""What an OLE compound file is: old Word, Excel, PowerPoint, a message, or an encrypted new one; its streams by name.

Reads as much of the container ([MS-CFB]) as that takes: the allocation table, the directory, and the head of a stream.
Every chain is followed at most as often as the file has sectors, so that a file that bites its tail ends.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NONE = 0xFFFFFFFA
"""From here on a number is no sector but says why there is none."""
_MOST_ENTRIES = 100_000
_KINDS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "word"),
    ("Workbook", "excel"),
    ("Book", "excel"),
    ("PowerPoint Document", "powerpoint"),
    ("__properties_version1.0", "message"),
    ("FileHeader", "hwp"),
    ("VisioDocument", "visio"),
    ("CONTENTS", "works"),
)


class OleError(Exception):
    """The file is damaged: its directory cannot be read."""


@dataclass(frozen=True, slots=True)
class OleFile:
    """What is known of a compound file.

    Attributes:
        kind: word, excel, powerpoint, message, hwp, visio, works, encrypted (a new Office file with a password), or
            empty where nothing tells.
        protected: an old Word file with a password.
    """

    kind: str
    protected: bool = False


def inspect(data: bytes) -> OleFile:
    """What a compound file is.

    Args:
        data: all its bytes.

    Raises:
        OleError: its directory cannot be read.
    """
    try:
        return _inspect(data)
    except (struct.error, IndexError, OverflowError) as error:
        raise OleError(f"its directory cannot be read: {error}") from None


def _inspect(data: bytes) -> OleFile:
    shift = struct.unpack_from("<H", data, 30)[0]
    if not data.startswith(MAGIC) or shift not in (9, 12):
        raise OleError("its head is no head of a compound file")
    size = 1 << shift
    table = _Table(data, size)
    entries = b"".join(table.chain(struct.unpack_from("<L", data, 48)[0]))
    count = min(len(entries) // 128, _MOST_ENTRIES)
    if not count:
        raise OleError("its directory is missing")
    streams: dict[str, tuple[int, int]] = {}
    waiting, seen = [struct.unpack_from("<L", entries, 76)[0]], set()
    while waiting:  # the entries of the root, a tree of siblings; what is inside of embedded objects is not among them
        at = waiting.pop()
        if at >= count or at in seen:
            continue
        seen.add(at)
        length = struct.unpack_from("<H", entries, at * 128 + 64)[0]
        name = entries[at * 128 : at * 128 + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        streams[name] = struct.unpack_from("<LL", entries, at * 128 + 116)
        waiting += struct.unpack_from("<LL", entries, at * 128 + 68)
    kind = next((kind for name, kind in _KINDS if name in streams), "")
    if kind != "word":
        return OleFile(kind)
    head = next(table.chain(streams["WordDocument"][0]), b"")
    return OleFile(kind, len(head) > 12 and bool(struct.unpack_from("<H", head, 10)[0] & 0x0100))


class _Table:
    """The allocation table: which sector follows which."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size
        self._sectors = len(data) // size
        wanted = list(struct.unpack_from("<109L", data, 76))
        further, left = struct.unpack_from("<L", data, 68)[0], self._sectors
        while further < _NONE and left > 0:
            block = struct.unpack(f"<{size // 4}L", self._sector(further))
            wanted += block[:-1]
            further, left = block[-1], left - 1
        self._next: list[int] = []
        for sector in wanted:
            if sector >= _NONE or len(self._next) > self._sectors:
                break
            self._next += struct.unpack(f"<{size // 4}L", self._sector(sector))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start + self._size > len(self._data):
            raise OleError("it is cut off")
        return self._data[start : start + self._size]

    def chain(self, sector: int) -> Iterator[bytes]:
        """The sectors of a stream from its first on."""
        left = self._sectors
        while sector < _NONE and left > 0:
            yield self._sector(sector)
            sector, left = self._next[sector], left - 1
