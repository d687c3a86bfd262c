"""Tables from outside, record by record: CSV, JSON lines, Parquet and XLSX, read as streams under limits.

Decides delimiter and encoding by the bytes; a file that is named ``.csv`` but has no columns is no table. A record is
a dictionary of texts by the names of its columns; dates are ISO. Leaves out formulas (their last values are taken),
formats and hidden sheets' being hidden.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import IO, Any, BinaryIO, cast

from policymine.models import Options
from policymine.reading.packed import PackageError, open_package
from policymine.reading.plain import encoding_of

PARQUET = "application/vnd.apache.parquet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV, JSON_LINES = "text/csv", "application/jsonl"
_BY_NAME = {".csv": CSV, ".tsv": CSV, ".jsonl": JSON_LINES, ".ndjson": JSON_LINES}
_DELIMITERS = ",\t;|"
_MOST_COLUMNS = 500
_LONGEST_NAME = 60
_SAMPLE = 4096
"""Bytes that tell whether a file is text at all."""
_HEAD_ROWS = 5
"""Rows of a sheet among which the names of its columns are looked for: a title may stand above them."""

Record = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table from outside.

    Attributes:
        name: of the sheet in a workbook; empty where a file has only one table.
        columns: the names of its columns.
        records: number (from 1) and content of each; a ``PackageError`` in place of one that is broken. Reading them
            raises ``PackageError`` where nothing behind the place can be read.
        count: how many there are; 0 where that is only known at the end.
    """

    name: str
    columns: tuple[str, ...]
    records: Iterator[tuple[int, Record | PackageError]]
    count: int = 0


def table_type(head: bytes, name: str) -> str | None:
    r"""Whether bytes that show no other format are a table: ``text/csv``, ``application/jsonl`` or None.

    Args:
        head: the first bytes.
        name: of the file; ``.csv``, ``.tsv``, ``.jsonl`` and ``.ndjson`` are a hint.

    >>> table_type("标题,正文\\n".encode(), "a.txt"), table_type("到2025年。".encode(), "a.csv")
    ('text/csv', None)
    """
    first = head.partition(b"\n")[0]
    looks = b"\0" in first[:64] or first.lstrip(b"\xef\xbb\xbf \t\r").startswith(b"{") or any(
        d.encode() in first for d in _DELIMITERS
    )
    encoding = encoding_of(head[:_SAMPLE]) if looks else None
    if encoding is None:
        return None
    line = head.decode(encoding, "ignore").splitlines()[0].strip("\ufeff \t") if head.strip() else ""
    if line.startswith("{"):
        return JSON_LINES if _BY_NAME.get(_suffix(name)) == JSON_LINES or _json_object(line) is not None else None
    columns = _columns_of(line)
    return CSV if len(columns) > 1 and all(columns) and len(set(columns)) == len(columns) else None


def is_named_table(name: str) -> bool:
    """Whether a file is called a table, so that it is meant as one.

    >>> is_named_table("a/Set.CSV"), is_named_table("a.txt")
    (True, False)
    """
    return _suffix(name) in _BY_NAME


def sheets(stream: IO[bytes], media_type: str, options: Options, head: bytes = b"") -> Iterator[Sheet]:
    """The tables of a file.

    Args:
        stream: at its beginning; Parquet and XLSX must be able to seek.
        media_type: as ``sniff`` or ``table_type`` tell.
        options: limits.
        head: the first bytes, where text is decoded.

    Raises:
        PackageError: the file is damaged, or passes a limit.
    """
    if media_type == PARQUET:
        yield _parquet(cast(BinaryIO, stream))
    elif media_type == XLSX:
        yield from _workbook(cast(BinaryIO, stream), options)
    else:
        text = io.TextIOWrapper(cast(Any, stream), encoding_of(head) or "utf-8", "replace", newline="")
        lines = _lines(text, options.max_chars)
        yield _json_lines(lines) if media_type == JSON_LINES else _csv(lines, options.max_chars)


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _columns_of(line: str) -> list[str]:
    delimiter = _delimiter(line)
    try:
        columns = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []
    return [] if len(columns) > _MOST_COLUMNS or any(len(c) > _LONGEST_NAME or "。" in c for c in columns) else columns


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _lines(text: io.TextIOBase, longest: int) -> Iterator[str]:
    while line := text.readline(longest + 1):
        if len(line) > longest:
            raise PackageError("too-long", f"a line is longer than the limit of {longest} characters")
        yield line


def _csv(lines: Iterator[str], longest: int) -> Sheet:
    first = next((line for line in lines if line.strip("\ufeff\r\n")), "")
    columns = _columns_of(first.lstrip("\ufeff"))
    csv.field_size_limit(min(longest, 2**31 - 1))

    def records() -> Iterator[tuple[int, Record | PackageError]]:
        rows = csv.reader(lines, delimiter=_delimiter(first))
        number = 0
        try:
            for cells in rows:
                number += 1
                if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
                    what = f"the row has {len(cells)} cells for {len(columns)} columns"
                    yield number, PackageError("damaged", f"{what}: a text in it lacks its quotes")
                elif any(cells):
                    yield number, dict(zip(columns, cells, strict=False))
        except csv.Error as error:
            status = "too-long" if "limit" in str(error) else "damaged"
            raise PackageError(status, f"row {number + 1}: {error}") from None

    return Sheet("", tuple(columns), records())


def _json_lines(lines: Iterator[str]) -> Sheet:
    def records() -> Iterator[tuple[int, Record | PackageError]]:
        for number, line in enumerate(lines, 1):
            if not line.strip("\ufeff \t\r\n"):
                continue
            found = _json_object(line)
            if found is None:
                yield number, PackageError("damaged", "the line is no JSON object")
            else:
                yield number, {str(key): _words(value) for key, value in found.items()}

    known = records()
    first = list(islice(known, 20))
    columns = dict.fromkeys(name for _, record in first if isinstance(record, dict) for name in record)
    return Sheet("", tuple(columns), chain(first, known))


def _json_object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line.strip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _parquet(stream: BinaryIO) -> Sheet:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(stream)
        columns = tuple(map(str, file.schema_arrow.names))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise PackageError("damaged", f"the Parquet file is damaged or incomplete: {_one_line(error)}") from None

    def records() -> Iterator[tuple[int, Record | PackageError]]:
        number = 0
        try:
            for batch in file.iter_batches(batch_size=64, use_threads=False):  # a thread would hold memory of its own
                for row in batch.to_pylist():
                    number += 1
                    yield number, {str(name): _words(value) for name, value in row.items()}
        except (pa.ArrowException, OSError, ValueError) as error:
            raise PackageError("damaged", f"behind row {number}: {_one_line(error)}") from None

    return Sheet("", columns, records(), file.metadata.num_rows)


def _workbook(stream: BinaryIO, options: Options) -> Iterator[Sheet]:
    import openpyxl

    open_package(stream, options).check()
    stream.seek(0)
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        for page in book.worksheets:
            yield _page(page.title, page.iter_rows(values_only=True))
    except PackageError:
        raise
    except Exception as error:  # openpyxl has no exception of its own; its messages name the place of the file
        raise PackageError("damaged", f"the workbook is damaged ({type(error).__name__})") from None


def _page(title: str, rows: Iterable[tuple[object, ...]]) -> Sheet:
    numbered = iter(rows)
    head = [[_words(value) for value in row] for row in islice(numbered, _HEAD_ROWS)]
    widest = max((sum(map(bool, cells)) for cells in head), default=0)
    at = next((i for i, cells in enumerate(head) if sum(map(bool, cells)) == widest), 0)
    columns = tuple(name.strip() for name in head[at][:_MOST_COLUMNS]) if head else ()

    def records() -> Iterator[tuple[int, Record | PackageError]]:
        for number, cells in enumerate(chain(head[at + 1 :], ([_words(v) for v in row] for row in numbered)), 1):
            if any(cells):
                yield number, {name: cell for name, cell in zip(columns, cells, strict=False) if name}

    return Sheet(title, tuple(filter(None, columns)), records())


def _words(value: object) -> str:
    """A value of a cell as text; a list of texts (paragraphs) has a line each.

    >>> _words(datetime.datetime(2021, 8, 2)), _words(["一", "二"]).split(), _words(3.0), _words(None)
    ('2021-08-02', ['一', '二'], '3', '')
    """
    if value is None:
        return ""
    if isinstance(value, datetime.datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        value = value.date()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
