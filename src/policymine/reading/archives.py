"""Archives and compressed files as a stream of members: ZIP, TAR, and what gzip, bzip2 and xz have packed.

Decides: members are read one after the other in memory, never to disk; their names are only names (``../`` and the
like are left out of them); links and devices are rows with a status, never followed; hidden files, lock files and
README files are left out, as in folders. All that one archive unpacks to, archives in it included, is bounded by
``Unpacking``. Leaves out RAR, 7z and archives in several parts: they get a status that says so.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

from policymine.models import Issue, Options
from policymine.reading.holding import blocks_of
from policymine.reading.packed import Package, PackageError, open_package
from policymine.reading.sources import is_left_out, readable_name

_BLOCK = 1 << 20
_XZ_MEMORY = 128 << 20
"""Bytes that unpacking xz may take: the dictionary of the highest usual level takes 64 MB."""
BROKEN = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, OverflowError)


class ExhaustedError(PackageError):
    """An archive unpacks to more than the limit; what comes behind is not read."""


class Unpacking:
    """How much one file may still unpack to: ``max_bytes``, or ``max_ratio`` times its size where that is more."""

    def __init__(self, options: Options, size: int) -> None:
        self.options = options
        self._limit = max(options.max_bytes, options.max_ratio * size)
        self._left = self._limit

    def spend(self, count: int) -> None:
        """Take note of bytes that were unpacked.

        Raises:
            ExhaustedError: that is more than there may be.
        """
        self._left -= count
        if self._left < 0:
            raise ExhaustedError("too-large", f"it unpacks to more than {self._limit} bytes; the rest is not read")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its bytes in blocks, or why there are none (``status``, with an issue)."""

    name: str
    blocks: Iterator[bytes] = iter(())
    status: str = "ok"
    issue: Issue | None = None


def zip_names(package: Package) -> list[str]:
    """The names of the members of a ZIP archive that are read."""
    return [name for name in package.names if not _is_left_out(name)]


def zip_members(stream: BinaryIO, unpacking: Unpacking) -> tuple[int, Iterator[Member]]:
    """The number of members of a ZIP archive, and the members in the order of the archive.

    Raises:
        PackageError: its list of members cannot be read.
    """
    package = open_package(stream, unpacking.options, shared=False)
    names = zip_names(package)
    return len(names), (_zip_member(package, name, unpacking) for name in names)


def _zip_member(package: Package, name: str, unpacking: Unpacking) -> Member:
    shown = clean_name(name)
    if package.is_link(name):
        return _link(shown)
    if package.size(name) > unpacking.options.max_bytes:
        return too_large(shown, package.size(name), unpacking.options)
    return Member(shown, _counted(package.blocks(name), unpacking))


def tar_members(stream: IO[bytes], unpacking: Unpacking) -> Iterator[Member]:
    """The members of a TAR archive, in its order; the blocks of one must be read before the next is asked for.

    Raises:
        PackageError: (while it is read) the archive is damaged or incomplete.
    """
    try:
        with tarfile.open(fileobj=cast(BinaryIO, stream), mode="r|", tarinfo=_TarInfo, bufsize=_BLOCK) as archive:
            while (info := archive.next()) is not None:
                cast(Any, archive).members.clear()  # it would keep every one
                name = clean_name(readable_name(info.name))
                if info.isdir() or _is_left_out(name):
                    continue
                if not info.isreg():
                    yield _link(name)
                elif info.size > unpacking.options.max_bytes:
                    yield too_large(name, info.size, unpacking.options)
                else:
                    content = archive.extractfile(info)
                    yield Member(name, blocks_of(content) if content is not None else iter(()))
            if not cast(_TarInfo, archive.tarinfo).ended:
                raise PackageError("damaged", "the archive ends before its end mark, or a part of it is broken")
    except PackageError:
        raise
    except BROKEN as error:
        raise PackageError("damaged", f"the archive is damaged or incomplete: {error}") from None


class _TarInfo(tarfile.TarInfo):
    """Tells an end mark from a broken header, which tarfile takes for the end too."""

    ended = False

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> _TarInfo:
        try:
            found = super().fromtarfile(archive)
        except tarfile.HeaderError as error:
            cls.ended = type(error).__name__ == "EOFHeaderError"
            raise
        cls.ended = False
        return found


class Joined(io.RawIOBase):
    """A stream whose first bytes were taken from it already."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        super().__init__()
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """The next bytes."""
        if self._head:
            block, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            block = self._rest.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


class Inflated(io.RawIOBase):
    """What a compressed file unpacks to, as a stream that counts.

    Reading raises ``PackageError`` where the file is damaged, incomplete, or unpacks to more than it may.
    """

    def __init__(self, stream: BinaryIO, media_type: str, unpacking: Unpacking) -> None:
        super().__init__()
        self._unpacking = unpacking
        if media_type == "application/gzip":
            self._unpacked: IO[bytes] = cast(IO[bytes], gzip.GzipFile(fileobj=stream, mode="rb"))
        elif media_type == "application/x-bzip2":
            self._unpacked = bz2.BZ2File(stream)
        else:
            self._unpacked = cast(IO[bytes], _Xz(stream))

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer; 0 at the end."""
        try:
            block = self._unpacked.read(min(len(buffer), _BLOCK))
        except BROKEN as error:
            raise PackageError("damaged", f"it is damaged or incomplete: {error}") from None
        self._unpacking.spend(len(block))
        buffer[: len(block)] = block
        return len(block)


class _Xz:
    """What xz has packed, read with bounded memory (which ``lzma.LZMAFile`` cannot)."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decompressor = self._new()

    @staticmethod
    def _new() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        while True:
            if self._decompressor.eof:
                rest = self._decompressor.unused_data or self._stream.read(_BLOCK)
                if not rest.strip(b"\0"):
                    return b""
                self._decompressor = self._new()
            else:
                rest = self._stream.read(_BLOCK) if self._decompressor.needs_input else b""
                if self._decompressor.needs_input and not rest:
                    raise EOFError("it ends before its end mark")
            if block := self._decompressor.decompress(rest, size):
                return block


def clean_name(name: str) -> str:
    """The name of a member without what would lead out of its archive, and without control characters.

    >>> clean_name("../../etc/passwd"), clean_name("/a//./b.txt"), clean_name("..")
    ('etc/passwd', 'a/b.txt', '(no name)')
    """
    parts = ("".join(c for c in part if c.isprintable()).strip() for part in name.replace("\\", "/").split("/"))
    return "/".join(part for part in parts if part not in ("", ".", "..")) or "(no name)"


def too_large(name: str, size: int, options: Options) -> Member:
    """A member that is larger than any file may be."""
    issue = Issue("read-too-large", f"{size} bytes are more than the limit of {options.max_bytes}")
    return Member(name, status="too-large", issue=issue)


def _is_left_out(name: str) -> bool:
    *folders, last = name.split("/")
    return is_left_out(last) or any(f == "__MACOSX" or f.startswith(".") and f.strip(".") for f in folders)


def _link(name: str) -> Member:
    issue = Issue("read-link", "it is a link or a device in an archive, which is not followed")
    return Member(name, status="unsupported-format", issue=issue)


def _counted(blocks: Iterator[bytes], unpacking: Unpacking) -> Iterator[bytes]:
    for block in blocks:
        unpacking.spend(len(block))
        yield block
