"""What the user says about documents: columns beside their texts, and a table of its own (``--metadata``).

Decides which field a column means by its name (``metadata_columns.tsv``, Chinese and English); a column with another
name is kept under that name. Every value becomes a reading with the origin ``user``; how it is weighed against what the
document says is the header's business.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from policymine.lexicon.files import read_lexicon
from policymine.models import FieldReading, Issue, Options
from policymine.reading.formats import sniff
from policymine.reading.holding import EDGE
from policymine.reading.kept import USER
from policymine.reading.packed import PackageError
from policymine.reading.records import PARQUET, XLSX, Record, sheets, table_type
from policymine.reading.sources import INSIDE, MisuseError, Source
from policymine.text.calendar import iso_date

TEXT, FILE = "text", "file"
LONGEST_VALUE = 1000
"""Characters of a value; what is longer is another text and no metadata."""
_SHOWN = 5
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


class Metadata:
    """A table of what the user says about files, and a count of what was made of it.

    Attributes:
        name: of the table, for messages.
    """

    def __init__(self, name: str, rows: Mapping[str, tuple[FieldReading, ...]]) -> None:
        """Take the readings by the names of the files as the table has them."""
        self.name, self._rows = name, rows
        self._used: Counter[str] = Counter()
        self._without: list[str] = []

    def describe(self, source: Source) -> Source:
        """An input with what the table says about it, or as it is where the table does not know it.

        Rows are looked for by the whole name of the input, then by that of its file, without its ending, and last by
        that of the archive or table that holds it.
        """
        whole, last = source.name, source.name.rpartition("/")[2]
        holders = [whole[: at.start()] for at in reversed(list(INSIDE.finditer(whole)))]
        stem = "" if INSIDE.search(last) else last.rpartition(".")[0]
        names = (whole, last, stem, *holders, *(name.rpartition("/")[2] for name in holders))
        at = next((at for at, name in enumerate(names) if name in self._rows), None)
        if at is None:
            if source.raw is None:
                self._without.append(whole)
            return source
        row = self._rows[names[at]]
        self._used[names[at]] += at in (1, 2)  # a whole name means one input, that of an archive all that is in it
        told = {reading.field for reading in row}
        return replace(source, fields=(*row, *(f for f in source.fields if f.field not in told)))

    def issues(self) -> list[Issue]:
        """What a run shows about the table: rows that no input had, or several, and inputs that no row names."""
        found = [
            Issue("read-metadata-unused", f"no input is called {name}", source=self.name)
            for name in self._rows if name not in self._used
        ]
        for name, count in self._used.items():
            if count > 1:
                message = f"{count} inputs are called {name}; all of them got the values of its row"
                found.append(Issue("read-metadata-shared", message, source=self.name))
        if self._without:
            shown = ", ".join(self._without[:_SHOWN]) + (", …" if len(self._without) > _SHOWN else "")
            message = f"{len(self._without)} inputs stand in no row: {shown}"
            found.append(Issue("read-metadata-missing", message, source=self.name))
        return found


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
    return Metadata(path.name, rows)


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
