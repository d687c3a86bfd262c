"""Collections opened: what archives and tables of texts hold, one input after the other.

Decides by the bytes whether a file is a collection: an archive (ZIP, TAR, gzip, bzip2, xz) or a table with a column of
texts (CSV, JSON lines, Parquet, XLSX). A member is named ``folder.zip!/a/b.txt``, a record ``set.csv#17`` (the head of
the table not counted). A collection is read once from beginning to end, and no further ahead than its members are
asked for, so memory does not grow with it. What cannot be read of it is an input with a status. Leaves out archives
more than ``DEEPEST`` deep in others.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Protocol

from policymine.models import Issue, Options, RawDocument
from policymine.reading.archives import (
    BROKEN,
    ExhaustedError,
    Inflated,
    Joined,
    Member,
    Unpacking,
    tar_members,
    zip_members,
)
from policymine.reading.formats import sniff
from policymine.reading.holding import EDGE, blocks_of, hold, hold_bytes
from policymine.reading.metadata import TEXT, Metadata, field_of, readings
from policymine.reading.packed import PackageError
from policymine.reading.records import PARQUET, XLSX, Record, Sheet, is_named_table, sheets, table_type
from policymine.reading.sources import STDIN, MisuseError, Source, Unread, list_sources, order

DEEPEST = 3
"""Archives in archives that are opened."""
ZIP, TAR = "application/zip", "application/x-tar"
COMPRESSED = ("application/gzip", "application/x-bzip2", "application/x-xz")
_SAMPLE = 20
_LONG, _MUCH_LONGER = 100, 5
"""A column is plainly the text where its values have so many characters on average, and so many times those of any
other column."""


class Known(Protocol):
    """Knows what files hold that did not change."""

    def mark(self, path: str) -> str | None:
        """What changes when a file does; None where it cannot be told."""

    def members(self, source: Source) -> list[tuple[str, int]] | None:
        """Names and sizes of the inputs in a file, by its name and mark; None where it is to be opened."""

    def note_members(self, source: Source, members: Sequence[tuple[str, int]]) -> None:
        """Take what a file holds."""


class Inputs:
    """The inputs of a run with collections opened.

    Attributes:
        given: how many were given so far.
    """

    def __init__(
        self, sources: Sequence[Source], options: Options, metadata: Metadata | None = None, known: Known | None = None
    ) -> None:
        """Take the inputs, what the user says about them, and what is known of the files from an earlier run."""
        self._sources, self._options, self._metadata, self._known = sources, options, metadata, known
        self.given = 0
        self._passed = self._within = self._members = 0
        self._stream: BinaryIO | None = None
        self._sizes: list[int] | None = None

    def __iter__(self) -> Iterator[Source]:
        for source in self._sources:
            self._within = self._members = 0
            for one in self._inputs(source):
                self._within += 1
                self.given += 1
                if self._sizes is None and self._within > 1:
                    self._sizes = [_size(source) for source in self._sources]
                yield one if self._metadata is None else self._metadata.describe(one)
            self._passed += 1

    def _inputs(self, source: Source) -> Iterator[Source]:
        if self._known is None or source.path is None or source.raw is not None:
            yield from _expanded(source, self._options, self._more, self._watch)
            return
        marked = replace(source, mark=self._known.mark(source.path))
        members = self._known.members(marked) if marked.mark is not None else None
        whole = marked.mark is not None
        if members is None:
            members = []
            for one in _expanded(source, self._options, self._more, self._watch):
                members.append((one.name, one.held.size if one.held is not None else 0))
                whole = whole and (one.raw is None or one.name != source.name)  # else a collection that says no more
                yield replace(one, mark=marked.mark)
        else:
            self._more(len(members))
            for number, (name, size) in enumerate(members):
                unread = Unread(source.path, source.name, number, size)
                yield marked if name == source.name else Source(name, mark=marked.mark, unread=unread)
        if whole:
            self._known.note_members(marked, members)

    def expected(self) -> tuple[int, bool]:
        """How many there will be, and whether that is estimated: where a file holds many, by the bytes that are read.

        >>> Inputs([Source("a", "a"), Source("b", "b")], Options()).expected()
        (2, False)
        """
        if self._sizes is None:
            return len(self._sources), False
        if self._passed == len(self._sources):
            return self.given, False
        size = max(1, self._sizes[self._passed])
        at = size * self._within / self._members if self._members else self._position()
        read = sum(self._sizes[: self._passed]) + min(max(at, 1), size)
        return max(self.given, round(self.given * max(sum(self._sizes), read) / read)), True

    def _position(self) -> int:
        return self._stream.tell() if self._stream is not None and not self._stream.closed else 0

    def _more(self, members: int) -> None:
        self._members += members

    def _watch(self, stream: BinaryIO) -> None:
        self._stream = stream


def expand(sources: Iterable[Source], options: Options, metadata: Metadata | None = None) -> Iterator[Source]:
    """The inputs with collections opened, in their order.

    Args:
        sources: from ``list_sources``.
        options: limits and the column of texts.
        metadata: what the user says about them.
    """
    return iter(Inputs(list(sources), options, metadata))


class Reopening:
    """Gives inputs that were known without reading them with what stands in their file, which is read once in order."""

    def __init__(self, options: Options) -> None:
        """Begin; nothing is opened yet."""
        self._options = options
        self._file = "", ""
        self._inputs: Iterator[tuple[int, Source]] = iter(())

    def read(self, sources: Iterable[Source]) -> list[Source]:
        """The inputs, which stand behind those of an earlier call; one that is not there any more has no bytes."""
        return [source if source.unread is None else self._read(source, source.unread) for source in sources]

    def _read(self, source: Source, unread: Unread) -> Source:
        file = unread.path, unread.name
        if file != self._file:
            self._file, self._inputs = file, enumerate(expand([Source(unread.name, unread.path)], self._options))
        found = next((one for number, one in self._inputs if number == unread.number), None)
        return source if found is None or found.name != source.name else replace(found, mark=source.mark)


def find_document(given: str, options: Options, stdin: BinaryIO) -> Source:
    """The one document that a path means, also in a collection (``a.zip!/b.txt``, ``set.csv#17``).

    Args:
        given: a path, with the place in a collection behind it, or ``-``.
        options: limits and the column of texts.
        stdin: standard input.

    Raises:
        MisuseError: there is none, or there are several.
    """
    outer = given if os.path.exists(given) else order(given)
    sources = list_sources([outer])
    if len(sources) != 1:
        raise MisuseError(f"{given}: {len(sources)} files fit; show takes one document")
    if outer == STDIN:
        sources = [Source(STDIN, held=hold(blocks_of(stdin), options))]
    inputs = expand(sources, options)
    if outer != given:
        wanted = sources[0].name + given[len(outer) :]
        found = next((source for source in inputs if source.name == wanted), None)
        if found is None:
            raise MisuseError(f"{given}: {outer} holds no such document")
        return found
    first, *more = islice(inputs, 2)
    if more:
        raise MisuseError(f"{given}: it holds several documents; name one of them, as '{first.name}'")
    return first


def _size(source: Source) -> int:
    try:
        return os.path.getsize(source.path) if source.path is not None else source.held.size if source.held else 0
    except OSError:
        return 0


def _expanded(
    source: Source, options: Options, tell: Callable[[int], None], watch: Callable[[BinaryIO], None]
) -> Iterator[Source]:
    if source.raw is not None:
        yield source
    elif source.held is not None:
        if source.held.data is None:
            yield source
        else:
            yield from _Opening(options, source.held.size, tell).open(source, io.BytesIO(source.held.data))
    elif (stream := _open(source.path or "")) is None:
        yield source
    else:
        with stream:
            watch(stream)
            size = os.fstat(stream.fileno()).st_size
            yield from _Opening(options, size, tell).open(source, stream)


def _open(path: str) -> BinaryIO | None:
    """A file for reading; None for pipes and devices, and what cannot be opened: the reading will say so."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        return open(path, "rb")
    except (OSError, ValueError):
        return None


class _Opening:
    """One file that may be a collection, and all that is in it."""

    def __init__(self, options: Options, size: int, tell: Callable[[int], None]) -> None:
        self._options, self._tell = options, tell
        self._unpacking = Unpacking(options, size)

    def open(self, source: Source, stream: BinaryIO, depth: int = 0) -> Iterator[Source]:
        """What a file holds; itself where it is no collection. The stream can seek."""
        head = stream.read(EDGE)
        tail = b""
        if head.startswith(b"PK"):
            stream.seek(max(0, stream.seek(0, io.SEEK_END) - EDGE))
            tail = stream.read()
        stream.seek(0)
        media_type = sniff(head + tail) or self._table(head, source.name)
        if media_type not in (ZIP, TAR, *COMPRESSED, PARQUET, XLSX) and not _is_table(media_type):
            yield source
            return
        if depth > DEEPEST:
            issue = Issue("read-nested", f"it lies in {depth} archives, one in the other; {DEEPEST} are opened")
            yield _unread(source.name, "unsupported-format", issue)
            return
        try:
            if media_type == ZIP:
                count, members = zip_members(stream, self._unpacking)
                self._tell(count)
                yield from self._members(source, members, depth)
            elif media_type == TAR:
                yield from self._members(source, tar_members(stream, self._unpacking), depth)
            elif media_type in COMPRESSED:
                yield from self._inflated(source, Inflated(stream, str(media_type), self._unpacking), depth)
            else:
                yield from self._records(source, stream, str(media_type), head)
        except PackageError as error:
            yield _unread(source.name, error.status, error.issue)

    def _table(self, head: bytes, name: str) -> str | None:
        """Whether a file is a table of texts: named so, or with a column that is named for it."""
        media_type = table_type(head, name)
        if media_type is None or is_named_table(name):
            return media_type
        first = next(iter(sheets(io.BytesIO(head), media_type, self._options, head)))
        return media_type if _text_column(first.columns, self._options) is not None else None

    def _inflated(self, source: Source, inflated: Inflated, depth: int) -> Iterator[Source]:
        """The file that was compressed: an archive, a table, or one document."""
        stream = io.BufferedReader(inflated, EDGE)
        head = b""
        while len(head) < EDGE and (block := stream.read(EDGE - len(head))):
            head += block
        whole = io.BufferedReader(Joined(head, stream), EDGE)
        inner = f"{source.name}!/{_inner_name(source.name)}"
        media_type = sniff(head) or self._table(head, inner)
        if media_type == TAR:
            yield from self._members(source, tar_members(whole, self._unpacking), depth)
        elif _is_table(media_type):
            yield from self._records(Source(inner, fields=source.fields), whole, str(media_type), head)
        else:
            yield from self._members(source, iter([Member(_inner_name(source.name), blocks_of(whole))]), depth)

    def _members(self, source: Source, members: Iterator[Member], depth: int) -> Iterator[Source]:
        empty = True
        for member in members:
            empty = False
            name = f"{source.name}!/{member.name}"
            if member.issue is not None:
                yield _unread(name, member.status, member.issue)
                continue
            try:
                held = hold(member.blocks, self._options)
            except ExhaustedError:
                raise
            except PackageError as error:
                yield _unread(name, error.status, error.issue)
                continue
            except BROKEN as error:
                yield _unread(name, "damaged", Issue("read-damaged", f"the member is damaged or incomplete: {error}"))
                continue
            one = Source(name, held=held)
            if held.data is None:
                yield one
            else:
                yield from self.open(one, io.BytesIO(held.data), depth + 1)
        if empty:
            yield _unread(source.name, "empty", Issue("read-empty", "the archive holds no file to read"))

    def _records(self, source: Source, stream: IO[bytes], media_type: str, head: bytes) -> Iterator[Source]:
        """The records of a table; of a workbook, those of every sheet that has the column."""
        seen: list[str] = []
        found = False
        several = media_type == XLSX and self._several(stream, head)
        for sheet in sheets(stream, media_type, self._options, head):
            column, sample = self._column(sheet)
            if column is None:
                seen += [name for name in sheet.columns if name not in seen]
                continue
            found = True
            self._tell(sheet.count)
            place = f"{source.name}!/{sheet.name}" if several else source.name
            for number, record in chain(sample, sheet.records):
                yield _record(f"{place}#{number}", record, column, source)
        if not found:
            yield _unread(source.name, "no-text-column", Issue("read-columns", _no_column(seen, self._options)))

    def _several(self, stream: IO[bytes], head: bytes) -> bool:
        """Whether more than one sheet of a workbook has texts; the stream is at its beginning again."""
        count = 0
        for sheet in sheets(stream, XLSX, self._options, head):
            count += self._column(sheet)[0] is not None
        stream.seek(0)
        return count > 1

    def _column(self, sheet: Sheet) -> tuple[str | None, list[tuple[int, Record | PackageError]]]:
        """The column of texts, else the one whose values are long where all others are short; and the records read."""
        column = _text_column(sheet.columns, self._options)
        if column is not None or self._options.text_column is not None:
            return column, []
        sample = list(islice(sheet.records, _SAMPLE))
        rows = [record for _, record in sample if isinstance(record, dict)]
        lengths = sorted((sum(len(row.get(c, "")) for row in rows) / max(1, len(rows)), c) for c in sheet.columns)
        longest, name = lengths[-1] if lengths else (0, None)
        plain = longest >= _LONG and (len(lengths) < 2 or longest >= _MUCH_LONGER * lengths[-2][0])
        return name if plain else None, sample


def _is_table(media_type: str | None) -> bool:
    return media_type in ("text/csv", "application/jsonl")


def _text_column(columns: Sequence[str], options: Options) -> str | None:
    """The column that the user named, else the first whose name says that it holds texts."""
    if options.text_column is not None:
        return options.text_column if options.text_column in columns else None
    return next((column for column in columns if field_of(column) == TEXT), None)


def _no_column(columns: Sequence[str], options: Options) -> str:
    shown = ", ".join(columns[:20]) or "none"
    if options.text_column is not None:
        return f"it has no column {options.text_column!r} (there are: {shown})"
    return f"which column holds the texts is not plain (there are: {shown})"


def _record(name: str, record: Record | PackageError, column: str, source: Source) -> Source:
    if isinstance(record, PackageError):
        return _unread(name, record.status, record.issue)
    held = hold_bytes(record.get(column, "").encode("utf-8", "replace"))
    return Source(name, held=held, fields=readings(record, [column]))


def _inner_name(name: str) -> str:
    """What a compressed file was called before.

    >>> _inner_name("a/b.txt.gz"), _inner_name("set.tgz"), _inner_name("x")
    ('b.txt', 'set.tar', 'x')
    """
    last = PurePosixPath(name.rpartition("!/")[2]).name
    stem, dot, suffix = last.rpartition(".")
    return last if not dot or not stem else f"{stem}.tar" if suffix in ("tgz", "tbz2", "txz") else stem


def _unread(name: str, status: str, issue: Issue) -> Source:
    """An input that is told of and not read."""
    issue = Issue(issue.code, issue.message, None, name)
    return Source(name, raw=RawDocument("", name, "", 0, "", None, "", status, (issue,)))
