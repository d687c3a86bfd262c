"""The folder of a result: replaced as a whole, never half written, and never over something that is not ours.

All files are written into a hidden folder inside ``--out`` and moved into place at the end (``replacing``);
``datapackage.json`` goes first of the old files and comes last of the new ones, so that no half of a result looks like
one, and what a killed run left half way the next one puts back. What libraries write meanwhile (spilled tables, parts
of workbooks) goes into the hidden folder too. Files that start with a dot are nobody's business.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any

from policymine.reading.kept import BESIDE, kept_path
from policymine.reading.sources import MisuseError, is_result
from policymine.tables.behind import Behind
from policymine.tables.datapackage import describe
from policymine.tables.labels import EN
from policymine.tables.lock import FolderLock
from policymine.tables.replacing import MARK, NEW, OLD, TEMPORARY, replace_files, undo
from policymine.tables.schema import TABLES, Row, tables_written
from policymine.tables.standing import Marks
from policymine.tables.write import BOOKS, FORMATS, TableFiles, open_books

LARGEST = "terms"
"""The table that takes half of the time that all take to write."""
MANY = 1000
"""Documents above which the texts go into sub-folders by the first two characters of their ids."""
_PACKAGE = "datapackage.json"
_OURS = frozenset(
    {"text", "run.json", _PACKAGE, *BOOKS.values()}
    | {f"{table}.{extension}" for table in TABLES for extension in FORMATS}
)


class ResultFolder:
    """Takes rows and texts, and makes them the result in a folder when told to finish.

    Use it as a context manager: leaving it without ``finish`` (an error, Ctrl-C) removes what was written and leaves
    an earlier result untouched.

    Attributes:
        temporary: a folder for what libraries write for themselves; it is gone in the end.
        tables: those that are written.
        documents: how many there are so far.
    """

    def __init__(
        self, out: Path, formats: Sequence[str], rejected: bool = False, force: bool = False, version: str = "",
        language: str = EN,
    ) -> None:
        """Check the folder and make it ready.

        Args:
            out: the folder; made where it is not there.
            formats: names from ``write.FORMATS``.
            rejected: whether the table ``rejected`` is written.
            force: take a folder that holds other files too; they stay as they are.
            version: version of policymine, for ``datapackage.json``.
            language: of the names in a workbook.

        Raises:
            MisuseError: the folder cannot be written, or holds something else and ``force`` is not given.
        """
        self.out, self.formats, self._version = out, tuple(formats), version
        self.tables = tables_written(rejected)
        self.documents = 0
        self._kept = array("Q")
        self._subfolders: set[str] = set()
        self._in_subfolders = False
        self._closed = False
        self._made: Path | None = None
        self._tmp = out / f"{TEMPORARY}{os.getpid()}"
        self._new = self._tmp / NEW
        self.temporary = self._tmp / "temporary"
        self._lock = FolderLock(out)
        self._behind = [Behind()]
        try:
            self._made = _make(out)
            if not self._lock.acquire():
                self._made = None
                raise MisuseError(
                    f"{out}: another run is writing its result there; wait until it has ended, or give another --out"
                )
            if not force:
                _refuse_foreign(out)
            undo(out)
            for left in out.glob(f"{TEMPORARY}*"):
                shutil.rmtree(left, ignore_errors=True)
            for folder in (self._new / "text", self._tmp / OLD, self.temporary):
                folder.mkdir(parents=True)
        except MisuseError:
            self.abort()
            raise
        except OSError as error:
            self.abort()
            reason = "it is a file" if out.is_file() else error.strerror or type(error).__name__
            raise MisuseError(f"{out}: results cannot be written there: {reason}; give another --out") from error
        try:
            self._books = open_books(self._new, self.formats, language)
            self._files = {
                table: TableFiles(self._new, table, self.formats, self._books, self._behind[0]) for table in self.tables
            }
        except BaseException:
            self.abort()
            raise

    def __enter__(self) -> ResultFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()

    def write_side_by_side(self) -> None:
        """Write the largest table beside the others: rows that stand come faster than one thread encodes them."""
        if not self._books and len(self._behind) == 1:
            self._behind.append(Behind())
            self._files[LARGEST].behind = self._behind[1]

    def add_rows(self, table: str, rows: Sequence[Row]) -> None:
        """Append rows to a table; rows of a table that is not written are left out."""
        if table in self._files:
            self._files[table].add(rows)

    def add_text(self, doc_id: str, text: str, beside: bytes | None = None) -> None:
        """Write the text of a document (its bytes are the text in UTF-8, nothing added or changed) and its layout."""
        self.documents += 1
        folder = os.path.join(self._new, "text")
        if self.documents > MANY:
            self._use_subfolders()
            folder = os.path.join(folder, doc_id[:2])
            if doc_id[:2] not in self._subfolders:
                os.mkdir(folder)
                self._subfolders.add(doc_id[:2])
        path = os.path.join(folder, f"{doc_id}.txt")
        with open(path, "wb") as stream:
            stream.write(text.encode())
        if beside is not None:
            kept_path(Path(path)).write_bytes(beside)

    def end_table(self, table: str) -> None:
        """Write what is left of a table, and let go of what its writers hold: no more rows of it come."""
        if table in self._files:
            self._wait()
            self._files[table].close()

    def _wait(self) -> None:
        for behind in self._behind:
            behind.wait()

    def _use_subfolders(self) -> None:
        """Move the texts that were written while they were few."""
        if not self._in_subfolders:
            self._in_subfolders = True
            _into_subfolders(self._new / "text")
            self._subfolders.update(os.listdir(self._new / "text"))

    def keep_text(self, doc_id: str, chars: int, beside: bool) -> None:
        """Keep the text of a document, and its layout, where they stand in a sub-folder of the earlier result."""
        self.documents += 1
        for ending in (".txt", BESIDE) if beside else (".txt",):
            self._kept.append(_number(f"text/{doc_id[:2]}/{doc_id}{ending}"))

    def _in_place(self) -> Callable[[str], bool] | None:
        """Which texts of the earlier result stay; None where all are new."""
        if not self._kept:
            return None
        kept = set(self._kept)
        if self.documents > MANY:
            self._use_subfolders()
            return lambda name: _number(name) in kept
        for text in (self.out / "text").glob("*/*"):  # so few are left that they stand in one folder
            if _number(text.relative_to(self.out).as_posix()) in kept:
                shutil.copyfile(text, self._new / "text" / text.name)
        return None

    def marks(self) -> dict[str, dict[str, Marks]]:
        """Where portions end in the files of lines, by table and format."""
        return {table: files.marks() for table, files in self._files.items()}

    def close(self) -> None:
        """Write what is left of the tables; no row comes after it."""
        if not self._closed:
            self._closed = True
            self._wait()
            for files in self._files.values():
                files.close()
            for book in self._books:
                book.close()

    def finish(self, run: dict[str, Any], note: str | None = None) -> None:
        """Close the files, describe them, and make them the result.

        Args:
            run: content of ``run.json``; the number of rows by table is added.
            note: what ``datapackage.json`` has to say about the rows beyond the schema.
        """
        self.close()
        rows = {table: files.rows for table, files in self._files.items()}
        _write_json(self._new / "run.json", {**run, "rows": rows})
        package = describe(self._new, self.tables, self.formats, rows, self._version, self.documents > MANY)
        if note:
            package["description"] += " " + note
        _write_json(self._new / _PACKAGE, package)
        replace_files(self.out, self._tmp, _OURS, _PACKAGE, self._in_place())
        self._made = None
        shutil.rmtree(self._tmp, ignore_errors=True)
        self._lock.release()

    def abort(self) -> None:
        """Remove what was not finished; does nothing after ``finish``."""
        for behind in self._behind:
            behind.stop()
        for closing in [*getattr(self, "_files", {}).values(), *getattr(self, "_books", [])]:
            with suppress(Exception):  # a writer that an error stopped half way
                closing.close()
        if not (self.out / MARK).exists():  # else the earlier result is in there, for the next run to put back
            shutil.rmtree(self._tmp, ignore_errors=True)
        self._lock.release()
        if self._made is not None:
            with suppress(OSError):  # something else came into it
                folder = self.out
                folder.rmdir()
                while folder != self._made:
                    folder = folder.parent
                    folder.rmdir()
            self._made = None


def _number(path: str) -> int:
    return int.from_bytes(blake2b(path.encode(), digest_size=8).digest(), "little")


def take_back(out: Path) -> None:
    """Put back the earlier result where a run was killed while it replaced it, and no other run is at work."""
    lock = FolderLock(out)
    if (out / MARK).exists() and lock.acquire():
        try:
            undo(out)
        finally:
            lock.release()


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Whatever is written for a while goes into a folder instead of the system's, in this process and its workers."""
    before = tempfile.tempdir
    tempfile.tempdir = os.path.abspath(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _make(out: Path) -> Path | None:
    """Make the folder; the topmost folder that had to be made, or None."""
    made, folder = None, out
    while not folder.exists() and folder != folder.parent:
        made, folder = folder, folder.parent
    out.mkdir(parents=True, exist_ok=True)
    return made


def _refuse_foreign(out: Path) -> None:
    names = [entry.name for entry in out.iterdir() if not entry.name.startswith(".")]
    if not names:
        return
    foreign = sorted(name for name in names if name not in _OURS)
    if foreign or not is_result(out):
        shown = ", ".join((foreign or sorted(names))[:3])
        raise MisuseError(
            f"{out}: the folder holds something that is not a result of policymine ({shown}); "
            "give another --out, or --force to write beside it"
        )


def _into_subfolders(text: Path) -> None:
    for file in list(text.iterdir()):
        folder = text / file.name[:2]
        folder.mkdir(exist_ok=True)
        os.replace(file, folder / file.name)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
