"""Bytes in, document text out: readers bid on a file by its bytes, the highest bid reads, no bid is an issue.

This is the place where readers of further formats go: a reader (``contract.Reader``) is a value in ``READERS``. Nothing
here depends on the name of a file, and nothing raises for any bytes: what cannot be read becomes a document with a
status (``unsupported-format``, ``binary``, ``too-long``, ``missing``) and an issue that says what to do.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from policymine.models import FieldReading, Issue, Options, RawDocument
from policymine.reading.contract import Reader
from policymine.reading.docx import DOCX
from policymine.reading.formats import sniff
from policymine.reading.holding import Held, blocks_of, hold, hold_bytes
from policymine.reading.html import HTML
from policymine.reading.kept import USER, from_kept, kept_path
from policymine.reading.libreoffice import LIBREOFFICE
from policymine.reading.ofd import OFD
from policymine.reading.pdf import PDF
from policymine.reading.plain import PLAIN
from policymine.reading.sources import Source
from policymine.text.script import is_traditional, traditional_share

_NAMES = {
    "application/pdf": "a PDF",
    "application/x-ole-storage": "an old Word, WPS or Excel file",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "a Word file (.docx)",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "an Excel file (.xlsx)",
    "application/ofd": "an OFD file",
    "application/vnd.rar": "a RAR archive (unpack it and give the folder)",
    "application/x-7z-compressed": "a 7z archive (unpack it and give the folder)",
    "application/zstd": "a file compressed with zstd (unpack it and give what is in it)",
    "text/html": "a web page (HTML)",
}


READERS: tuple[Reader, ...] = (PLAIN, DOCX, LIBREOFFICE, PDF, OFD, HTML)
"""Every reader; of equal bids the earlier one reads."""


def read_document(data: bytes, source: str, options: Options = Options()) -> RawDocument:  # noqa: B008 (frozen)
    """Read one document from its bytes.

    Args:
        data: all bytes of the file.
        source: its name in the tables.
        options: ``max_chars`` is the longest text that is kept for mining.

    Returns:
        The document text with how it was read; where it could not be, a status other than ``ok``, no text, and an
        issue. Never raises for any bytes.

    >>> raw = read_document("到2025年，新建3条线路。".encode("gb18030"), "a.txt")
    >>> raw.text, raw.encoding, raw.status
    ('到2025年，新建3条线路。', 'gb18030', 'ok')
    >>> read_document(b"%PDF-1.7 ...", "b.txt").status
    'damaged'
    """
    return read_held(hold_bytes(data), source, options)


def read_source(source: Source, options: Options = Options()) -> RawDocument:  # noqa: B008 (frozen)
    """Read one input; a file longer than any text within the limit is hashed but never held in memory.

    Args:
        source: from ``sources.list_sources``.
        options: ``max_chars`` is the longest text that is kept for mining.

    Returns:
        As ``read_document``; ``doc_id`` is empty for a file that could not be opened (status ``missing``).
    """
    held = hold_source(source, options)
    return read_held(held, source.name, options, source.fields) if isinstance(held, Held) else held


def hold_source(source: Source, options: Options = Options()) -> Held | RawDocument:  # noqa: B008 (frozen)
    """The bytes of one input with their hash, for ``read_held``; a document where there are no bytes to read.

    Args:
        source: from ``sources.list_sources``.
        options: ``max_chars`` limits what is held in memory.
    """
    if source.held is not None:
        return source.held
    if source.path is None:
        if source.raw is None:
            raise ValueError(f"{source.name}: neither a path nor a document")
        return source.raw
    try:
        if source.raw is not None:
            return _read_stored(source.raw, Path(source.path), source.fields)
        with open(source.path, "rb") as stream:
            if stat.S_ISCHR(mode := os.fstat(stream.fileno()).st_mode) or stat.S_ISBLK(mode):
                raise OSError(errno.EINVAL, "it is a device, not a file")
            return hold(blocks_of(stream), options)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        issue = Issue("read-missing", f"the file could not be opened: {reason}", source=source.name)
        return RawDocument("", source.name, "", 0, "", None, "", "missing", (issue,))


def read_stream(stream: BinaryIO, source: str, options: Options = Options()) -> RawDocument:  # noqa: B008 (frozen)
    """Read one document from a stream of bytes (as ``read_document``), held only while it may be within the limit."""
    return read_held(hold(blocks_of(stream), options), source, options)


def read_held(held: Held, source: str, options: Options, fields: tuple[FieldReading, ...] = ()) -> RawDocument:
    """Read one document from what is held of its file; as ``read_document``.

    Args:
        held: from ``hold_source``.
        source: its name in the tables.
        options: limits.
        fields: the user's readings of its metadata.
    """
    media_type = sniff(held.edges)
    blank = RawDocument(held.doc_id, source, "", held.size, media_type or "text/plain", None, "")
    if held.size == 0:
        issues = _issues(blank, "read-empty", "the file is empty")
        return replace(blank, encoding="utf-8", reader="plain", issues=issues)
    reader = max(READERS, key=lambda r: r.bid(held.edges, media_type))
    if reader.bid(held.edges, media_type) <= 0:
        what = _NAMES.get(media_type or "", media_type or "an unknown format")
        issues = _issues(blank, "read-unsupported", f"the file is {what}, which is not read yet")
        return replace(blank, status="unsupported-format", issues=issues)
    if held.data is None:
        if media_type is None:
            message = f"{held.size} bytes are more than {options.max_chars} characters can take"
            return replace(blank, status="too-long", issues=_issues(blank, "read-too-long", message))
        message = f"{held.size} bytes are more than the limit of {options.max_bytes}"
        return replace(blank, status="too-large", issues=_issues(blank, "read-too-large", message))
    read = reader.read(held.data, options)
    done = replace(
        blank, encoding=read.encoding, reader=reader.name if read.status == "ok" else "",
        media_type=read.media_type or blank.media_type, status=read.status,
        issues=tuple(replace(issue, doc_id=held.doc_id, source=source) for issue in read.issues),
    )
    if read.status != "ok":
        return done
    if len(read.text) > options.max_chars:
        message = f"{len(read.text)} characters are more than the limit of {options.max_chars}"
        return replace(done, status="too-long", issues=_issues(blank, "read-too-long", message))
    done = replace(done, issues=(*done.issues, *doubts(read.text, held.doc_id, source)))
    return replace(done, text=read.text, layout=read.layout, fields=(*read.fields, *fields))


def doubts(text: str, doc_id: str, source: str) -> tuple[Issue, ...]:
    """What is doubtful about a text as such: that there is none, or that it is in traditional script."""
    if not text.strip():
        return (Issue("read-empty", "the file holds nothing but blanks", doc_id, source),)
    if is_traditional(text):
        message = f"{traditional_share(text):.0%} of its characters are those of traditional script"
        return (Issue("read-traditional", message, doc_id, source),)
    return ()


def _issues(raw: RawDocument, code: str, message: str) -> tuple[Issue, ...]:
    return (Issue(code, message, raw.doc_id, raw.source),)


def _read_stored(raw: RawDocument, path: Path, fields: tuple[FieldReading, ...]) -> RawDocument:
    """A document of an earlier result, its text and what was read beside it taken from there; new fields go before."""
    if raw.status not in ("ok", "failed"):
        return raw
    beside = kept_path(path)
    layout, old = from_kept(beside.read_bytes()) if beside.exists() else (raw.layout, raw.fields)
    told = {field.field for field in fields}
    fields = (*(f for f in old if f.origin != USER or f.field not in told), *fields)
    return replace(raw, status="ok", text=path.read_bytes().decode("utf-8"), layout=layout, fields=fields)
