"""What the user says about documents: columns beside their texts, and a table of its own (``--metadata``).

Decides which field a column means by its name (``metadata_columns.tsv``, Chinese and English); a column with another
name is kept under that name. Every value becomes a reading with the origin ``user``; how it is weighed against what the
document says is the header's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from policymine.lexicon.files import read_lexicon
from policymine.models import FieldReading, Options
from policymine.reading.formats import sniff
from policymine.reading.holding import EDGE
from policymine.reading.kept import USER
from policymine.reading.packed import PackageError
from policymine.reading.records import PARQUET, XLSX, Record, sheets, table_type
from policymine.reading.sources import MisuseError, Source
from policymine.text.calendar import iso_date

TEXT, FILE = "text", "file"
LONGEST_VALUE = 1000
"""Characters of a value; what is longer is another text and no metadata."""
_SEPARATORS = re.compile(r"[\s_\-:：*]+")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?(?:\D.*)?|(\d{4})(?:年)?|(\d{4})(\d\d)(\d\d)")


def field_of(column: str) -> str:
    """The field that the name of a column means; the name itself where no other is known.

    >>> field_of("发文机关"), field_of("Doc_Number"), field_of("备注")
    ('issuers', 'doc_number', '备注')
    """
    return _fields().get(_SEPARATORS.sub("", column).casefold(), column.strip())


@cache
def _fields() -> Mapping[str, str]:
    return {row["term"]: row["field"] for row in read_lexicon("metadata_columns")}


def readings(record: Record, leave_out: Iterable[str] = ()) -> tuple[FieldReading, ...]:
    """The metadata in a record.

    Args:
        record: values by the names of their columns.
        leave_out: columns that are no metadata (the text).

    >>> [(f.field, f.value) for f in readings({"标题": "某意见", "成文日期": "2021年8月2日", "正文": "…"})]
    [('title', '某意见'), ('date_issued', '2021-08-02')]
    """
    left_out = set(leave_out)
    found: dict[str, FieldReading] = {}
    for column, words in record.items():
        name, value = field_of(column), " ".join(words.split())
        if column in left_out or name in (TEXT, FILE) or not value or len(value) > LONGEST_VALUE:
            continue
        if name.startswith("date_"):
            value = _iso(value)
        found.setdefault(name, FieldReading(name, value, USER, None, None))
    return tuple(found.values())


def _iso(value: str) -> str:
    """A date cut to what is stated; what is none stays as it is.

    >>> _iso("2021/8/2 10:00"), _iso("2021年8月"), _iso("20210802"), _iso("2021"), _iso("不详")
    ('2021-08-02', '2021-08', '2021-08-02', '2021', '不详')
    """
    if day := iso_date(value):
        return day
    if not (found := _DAY.fullmatch(value)):
        return value
    if found[5]:
        return iso_date(f"{found[5]}-{found[6]}-{found[7]}") or value
    if found[4]:
        return found[4]
    month = int(found[2])
    return f"{found[1]}-{month:02d}" if 1 <= month <= 12 and not found[3] else value


@dataclass(slots=True)
class Metadata:
    """A table of what the user says about files, and which of its rows were used.

    Attributes:
        name: of the table, for messages.
        rows: readings by the name of the file as the table has it.
        unused: names in the table that no input has had yet.
        missing: names of inputs that the table does not have.
    """

    name: str
    rows: Mapping[str, tuple[FieldReading, ...]]
    unused: dict[str, None] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def describe(self, sources: Iterable[Source]) -> Iterator[Source]:
        """The inputs with what the table says about them: by their whole names, else by the names of their files.

        Inputs that the table says nothing about pass as they are.
        """
        for source in sources:
            last = source.name.rpartition("/")[2]
            known = next((name for name in (source.name, last, last.rpartition(".")[0]) if name in self.rows), None)
            if known is None:
                self.missing.append(source.name)
                yield source
                continue
            self.unused.pop(known, None)
            told = {reading.field for reading in self.rows[known]}
            rest = (reading for reading in source.fields if reading.field not in told)
            yield replace(source, fields=(*self.rows[known], *rest))


def read_metadata(path: Path, options: Options) -> Metadata:
    """Read a table of metadata: CSV, XLSX, JSON lines or Parquet, with a column that names the files.

    Args:
        path: the table.
        options: limits.

    Raises:
        MisuseError: it cannot be read, has no column for the files, or names a file twice with other values.
    """
    try:
        with open(path, "rb") as stream:
            head = stream.read(EDGE)
            edges = head + _tail(path)
            stream.seek(0)
            media_type = sniff(edges)
            media_type = table_type(head, path.name) if media_type is None else media_type
            if media_type is None or media_type not in (PARQUET, XLSX) and sniff(edges) is not None:
                raise MisuseError(f"--metadata {path}: no table; give CSV or XLSX with a column 'file' (文件名)")
            rows: dict[str, tuple[FieldReading, ...]] = {}
            for sheet in sheets(stream, media_type, options, head):
                for name, found in _described(sheet.records, sheet.columns, path):
                    if rows.setdefault(name, found) != found:
                        raise MisuseError(f"--metadata {path}: {name} stands in several rows with different values")
    except OSError as error:
        raise MisuseError(f"--metadata {path}: {error.strerror or error}") from None
    except PackageError as error:
        raise MisuseError(f"--metadata {path}: {error}") from None
    if not rows:
        raise MisuseError(f"--metadata {path}: no row names a file; a column 'file' (文件名) must hold their names")
    return Metadata(path.name, rows, dict.fromkeys(rows))


def _described(
    records: Iterator[tuple[int, Record | PackageError]], columns: tuple[str, ...], path: Path
) -> Iterator[tuple[str, tuple[FieldReading, ...]]]:
    naming = next((column for column in columns if field_of(column) == FILE), None)
    if naming is None:
        return
    for number, record in records:
        if isinstance(record, PackageError):
            raise MisuseError(f"--metadata {path}, row {number}: {record}")
        if name := record.get(naming, "").strip().replace("\\", "/").removeprefix("./"):
            yield name, readings(record)


def _tail(path: Path) -> bytes:
    with open(path, "rb") as stream:
        stream.seek(max(0, path.stat().st_size - EDGE))
        return stream.read()
