"""What the first bytes of a file say it is, whatever its name: known formats that are not plain text.

A table of magic numbers; nothing is decoded here. What none of them fits is left to the reader of plain text, which
tells text from binary data by its characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x7fELF", "application/x-executable"),
    (b"CAJ\x00", "application/x-caj"),
    (b"HN\x00\x00", "application/x-caj"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OOXML = "application/vnd.openxmlformats-officedocument."
_ZIP_MEMBERS: tuple[tuple[bytes, str], ...] = (
    (b"word/", _OOXML + "wordprocessingml.document"),
    (b"xl/", _OOXML + "spreadsheetml.sheet"),
    (b"ppt/", _OOXML + "presentationml.presentation"),
    (b"ofd.xml", "application/ofd"),
)
_MANY = 200
"""Members of a package whose list may begin before what is held of it."""
_ZIP_TYPES: tuple[tuple[bytes, str], ...] = (
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"mimetypeapplication/epub+zip", "application/epub+zip"),
)
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*|<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_PDF_BEHIND = re.compile(rb"%PDF-[12]\.\d")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def sniff(data: bytes) -> str | None:
    """The media type that the bytes show, or None where they show none (plain text, or unknown binary data).

    Args:
        data: the bytes of the file, or its first and last 64 kB.

    >>> sniff(b"%PDF-1.7"), sniff("到2025年".encode())
    ('application/pdf', None)
    """
    if data.startswith(_ZIP):
        return _sniff_zip(data)
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return media_type
    if _PDF_BEHIND.search(data, 0, 1024) and b"endobj" in data:  # readers of PDF forgive what stands before it
        return "application/pdf"
    if data[:2] == b"MZ" and b"\x00" in data[:64]:
        return "application/x-msdownload"
    if data[:2] == b"BM" and b"\x00" in data[:32]:
        return "image/bmp"
    if data[257:262] == b"ustar":
        return "application/x-tar"
    head = data[:4096]
    for mark in _MARKS:
        if head.startswith(mark):
            head = head[len(mark) :].replace(b"\x00", b"")
    return "text/html" if _HTML.match(head) else None


def _sniff_zip(data: bytes) -> str:
    """What a zip package is, by its list of members: an archive of Word files holds ``word/`` only inside of them."""
    for mark, media_type in _ZIP_TYPES:
        if mark in data[:200]:
            return media_type
    names = frozenset(_listed(data))
    if not names:  # the list is missing: what is left of the package must do
        low = data.lower()
        return next((media_type for member, media_type in _ZIP_MEMBERS if member in low), "application/zip")
    for member, media_type in _ZIP_MEMBERS:
        office = media_type.startswith(_OOXML) and b"[content_types].xml" not in names and len(names) < _MANY
        if not office and any(name.startswith(member) for name in names):
            return media_type
    return "application/zip"


def _listed(data: bytes) -> Iterator[bytes]:
    """The names in the list of members at the end of a zip package, as far as it is there, in lower case."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or len(data) < end + 22:
        return
    at = data.find(b"PK\x01\x02", max(0, end - int.from_bytes(data[end + 12 : end + 16], "little") - 76), end)
    while 0 <= at <= end - 46 and data.startswith(b"PK\x01\x02", at):
        name, extra, comment = (int.from_bytes(data[at + k : at + k + 2], "little") for k in (28, 30, 32))
        yield data[at + 46 : at + 46 + name].lower()
        at += 46 + name + extra + comment
