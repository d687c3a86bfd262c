"""Members of zip packages (DOCX, OFD, ODT, archives), opened under limits: the one place where anything is unpacked.

Decides: members are unpacked in memory, in blocks, never to disk, and their names are only compared, never used as
paths; all that is unpacked together stays under ``Options.max_bytes``, and beyond ``FREE_BYTES`` no member may unpack
to more than ``Options.max_ratio`` times what it takes packed. XML is parsed without document type (so without
entities), and only as much markup as fits the limit. The limits count bytes, so that they do not depend on the clock.
Leaves out: members that are encrypted, and compression that no office program writes. What goes wrong is one
exception, ``PackageError``, with the status of the document and the code of the issue.
"""

from __future__ import annotations

import io
import posixpath
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.parsers import expat

from policymine.models import Issue, Options

MOST_MEMBERS = 100_000
LONGEST_DIRECTORY = 64 << 20
"""Bytes of the list of members; more is read from no file."""
FREE_BYTES = 10 << 20
"""Bytes that a member may unpack to whatever it takes packed: repetitive tables pack well."""
BYTES_A_MARK = 8
"""Markup that holds an element or attribute in fewer bytes, on average over the limit, is made to fill the memory."""
_BLOCK = 1 << 20
_UNICODE_PATH = 0x7075
_END, _END64, _ENTRY = b"PK\x05\x06", b"PK\x06\x06", b"PK\x01\x02"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, struct.error, OverflowError)


class PackageError(Exception):
    """A package or one of its members that cannot be read.

    Attributes:
        status: for the document: ``damaged``, ``encrypted``, ``too-large`` or ``too-long``.
        issue: with the code that belongs to the status.
    """

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.issue = Issue(f"read-{status}", message)


class Package:
    """A zip package; made by ``open_package``.

    Attributes:
        names: the names of its files (no folders) in the order of the package, '/' between their parts, each once.
    """

    def __init__(self, archive: zipfile.ZipFile, options: Options, shared: bool) -> None:
        self._archive = archive
        self._options = options
        self._shared = shared
        self._unpacked = 0
        self._members = {member_name(info): info for info in archive.infolist() if not info.is_dir()}
        self._folded = {name.casefold(): name for name in self._members}
        self.names: tuple[str, ...] = tuple(self._members)

    def find(self, name: str) -> str | None:
        """The member that a name means: without regard to case, '.' and '..' resolved within the package.

        Returns:
            Its name as it stands in ``names``, or None.
        """
        if name in self._members:
            return name
        name = posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/")
        return name if name in self._members else self._folded.get(name.casefold())

    def size(self, name: str) -> int:
        """The bytes that a member says it unpacks to (it never gives more); as ``read``."""
        return self._info(name).file_size

    def is_link(self, name: str) -> bool:
        """Whether a member is a symbolic link; as ``read``."""
        return stat.S_ISLNK(self._info(name).external_attr >> 16)

    def check(self) -> None:
        """Refuse a package that says it unpacks to more than the limits, before it is given to another library.

        Raises:
            PackageError: as ``read`` for any of its members.
        """
        sizes = [(info.file_size, info.compress_size) for info in self._members.values()]
        if sum(size for size, _ in sizes) > self._options.max_bytes:
            raise PackageError("too-large", f"its parts unpack to more than {self._options.max_bytes} bytes")
        if any(size > FREE_BYTES and size > self._options.max_ratio * packed for size, packed in sizes):
            ratio = self._options.max_ratio
            raise PackageError("too-large", f"a part unpacks to more than {ratio} times its packed size")

    def _info(self, name: str) -> zipfile.ZipInfo:
        known = self.find(name)
        if known is None:
            raise PackageError("damaged", f"the package holds no {name}")
        return self._members[known]

    def read(self, name: str) -> bytes:
        """All bytes of a member.

        Args:
            name: as ``find`` takes it.

        Raises:
            PackageError: there is no such member, it is damaged or encrypted, or a limit is passed.
        """
        return b"".join(self.blocks(name))

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member in blocks of at most a megabyte; as ``read``."""
        info = self._info(name)
        known = member_name(info)
        if info.flag_bits & 1:
            raise PackageError("encrypted", f"{known} in the package is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PackageError("damaged", f"{known} is packed by method {info.compress_type}, which is not supported")
        limit, ratio = self._options.max_bytes, self._options.max_ratio
        size = 0
        try:
            with self._archive.open(info) as stream:
                while block := stream.read(_BLOCK):
                    size += len(block)
                    self._unpacked += len(block)
                    if (self._unpacked if self._shared else size) > limit:
                        raise PackageError("too-large", f"{known} unpacks to more than {limit} bytes are left for")
                    if size > FREE_BYTES and size > ratio * info.compress_size:
                        raise PackageError("too-large", f"{known} unpacks to more than {ratio} times its packed size")
                    yield block
        except NotImplementedError:
            raise PackageError("damaged", f"{known} is packed in a way that is not supported") from None
        except RuntimeError:  # what zipfile raises for encryption
            raise PackageError("encrypted", f"{known} in the package is encrypted") from None
        except _BROKEN as error:
            raise PackageError("damaged", f"{known} in the package is damaged: {error}") from None

    def xml(self, name: str) -> Element:
        """A member as the root of its XML; as ``read``."""
        return parse_xml(self.read(name), name, self._options)


def open_package(data: bytes | BinaryIO, options: Options, shared: bool = True) -> Package:
    """Open a zip package.

    Args:
        data: all its bytes, or a stream that can seek.
        options: ``max_bytes`` and ``max_ratio``.
        shared: whether ``max_bytes`` is for all that is read together, or for each member.

    Raises:
        PackageError: it is damaged or holds more members than any document.

    >>> packed = io.BytesIO()
    >>> with zipfile.ZipFile(packed, "w") as archive:
    ...     archive.writestr("text/a.xml", "<正文>到2025年</正文>")
    >>> package = open_package(packed.getvalue(), Options())
    >>> package.names, package.xml("/text/./A.xml").text
    (('text/a.xml',), '到2025年')
    """
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    try:
        _check_directory(stream)
        archive = zipfile.ZipFile(stream)
    except _BROKEN as error:
        raise PackageError("damaged", f"the package is damaged or incomplete: {error}") from None
    except NotImplementedError:
        raise PackageError("damaged", "the package spans several files or needs a newer form of zip") from None
    return Package(archive, options, shared)


def _check_directory(stream: BinaryIO) -> None:
    """Refuse a list of members that would fill the memory before anything can be judged."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - (1 << 16) - 100))
    tail = stream.read()
    at, at64 = tail.rfind(_END), tail.rfind(_END64)
    if at < 0 or len(tail) < at + 22:
        raise zipfile.BadZipFile("its end is missing")
    length = struct.unpack_from("<L", tail, at + 12)[0]
    if 0 <= at64 <= len(tail) - 56:
        length = max(length if length < 0xFFFFFFFF else 0, struct.unpack_from("<Q", tail, at64 + 40)[0])
    if length > LONGEST_DIRECTORY:
        raise PackageError("too-large", f"the list of members takes {length} bytes")
    stream.seek(max(0, size - len(tail) - length))
    entries = stream.read(length + len(tail)).count(_ENTRY)
    if entries > MOST_MEMBERS:
        raise PackageError("too-large", f"the package holds {entries} members; at most {MOST_MEMBERS} are read")


def member_name(info: zipfile.ZipInfo) -> str:
    r"""The name of a member as text with '/' between its parts; names that are not marked UTF-8 may be GB18030.

    >>> info = zipfile.ZipInfo("规划\\一.txt".encode("gb18030").decode("cp437"))
    >>> member_name(info)
    '规划/一.txt'
    """
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            raw = info.orig_filename.encode("cp437")
        except UnicodeEncodeError:
            raw = b""
        name = _unicode_name(info.extra, raw) or name
        for encoding in ("utf-8", "gb18030") if raw and not raw.isascii() and name == info.filename else ():
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/").lstrip("/")


def _unicode_name(extra: bytes, raw: bytes) -> str:
    """The name in the field that holds it as Unicode, if it stands for the name that is there."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == _UNICODE_PATH and length > 5 and extra[5:9] == struct.pack("<L", zlib.crc32(raw)):
            return extra[9 : 4 + length].decode("utf-8", "replace")
        extra = extra[4 + length :]
    return ""


def parse_xml(data: bytes, name: str, options: Options) -> Element:
    """Parse XML from outside: no document type (entities are declared there), nothing fetched, markup bounded.

    Args:
        data: its bytes.
        name: what messages call it.
        options: ``max_bytes`` bounds how many elements and attributes there may be.

    Raises:
        PackageError: it is no well-formed XML, has a document type, or holds too much markup.

    >>> parse_xml(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "a.xml", Options())
    Traceback (most recent call last):
    policymine.reading.packed.PackageError: a.xml has a document type, which no part of such a file may have
    """
    if data.count(b"<") + data.count(b"=") > options.max_bytes // BYTES_A_MARK:
        raise PackageError("too-large", f"{name} holds more markup than fits the limit of {options.max_bytes} bytes")
    try:
        if _has_doctype(data):
            raise PackageError("damaged", f"{name} has a document type, which no part of such a file may have")
        return fromstring(data)
    except (ParseError, expat.ExpatError, ValueError, LookupError) as error:
        raise PackageError("damaged", f"{name} is damaged: {error}") from None


class _PrologueReadError(Exception):
    """The first element begins: what can come before it has come."""


def _has_doctype(data: bytes) -> bool:
    """Whether XML declares a document type before its first element, in whatever encoding."""
    found = []

    def stop(*_: object) -> None:
        raise _PrologueReadError

    def note(*_: object) -> None:
        found.append(True)
        raise _PrologueReadError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = note
    parser.StartElementHandler = stop
    with suppress(_PrologueReadError):
        parser.Parse(data, True)
    return bool(found)
