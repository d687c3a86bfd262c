"""The face for notebooks: mine paths or a string, get data frames.

    >>> corpus = mine_text("到2025年，新建3条线路。")
    >>> len(corpus.documents)
    1
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from policymine.assemble import collect
from policymine.cache import open_cache
from policymine.corrections.correcting import Correcting
from policymine.corrections.decisions import read_corrections
from policymine.engines import mine_raw
from policymine.models import Options, RawDocument
from policymine.reading import doubts
from policymine.reading.expand import expand
from policymine.reading.kept import kept_path
from policymine.reading.metadata import read_metadata
from policymine.reading.sources import MisuseError, Source, list_sources
from policymine.tables.folder import ResultFolder
from policymine.tables.labels import EN
from policymine.tables.rows import loose_issue_row
from policymine.tables.schema import BOOLEAN, INTEGER, NUMBER, STRING, TABLES, Row, tables_written
from policymine.tables.stored import PACKAGE, text_path
from policymine.tables.write import FORMATS, read_rows

if TYPE_CHECKING:
    import pandas as pd

_DTYPES = {STRING: "string", INTEGER: "Int64", NUMBER: "Float64", BOOLEAN: "boolean"}


class Corpus:
    """The tables of some documents as pandas data frames, made when first asked for, with their texts.

    Every table of the schema is an attribute (``corpus.targets``) and an item (``corpus["targets"]``). Columns have
    the dtypes string, Int64, Float64 and boolean, with missing values as ``<NA>``.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """An empty corpus, or, with a folder, the result that it holds (``Corpus.load`` checks that it is one)."""
        self._folder = folder
        self._rows: dict[str, list[Row]] = {} if folder else {name: [] for name in TABLES}
        self._texts: dict[str, str] = {}
        self._beside: dict[str, bytes | None] = {}
        self._frames: dict[str, pd.DataFrame] = {}

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Corpus:
        """Open a result of ``policymine extract``; tables are read when first asked for.

        Args:
            folder: the folder given as ``--out``.

        Raises:
            MisuseError: the folder holds no whole result.
        """
        path = Path(folder)
        if not (path / PACKAGE).exists():
            raise MisuseError(
                f"{path}: no result of policymine (there is no {PACKAGE} in it); "
                "give the folder that extract --out wrote"
            )
        return cls(path)

    def add_rows(self, table: str, rows: Sequence[Row]) -> None:
        """Append rows to a table."""
        self._rows[table].extend(rows)
        self._frames.pop(table, None)

    def add_text(self, doc_id: str, text: str, beside: bytes | None = None) -> None:
        """Take the text of a document, and what is kept beside it (``reading.kept``)."""
        self._texts[doc_id], self._beside[doc_id] = text, beside

    def end_table(self, table: str) -> None:
        """Nothing is left to be done."""

    def rows(self, table: str) -> list[Row]:
        """The rows of a table as dictionaries.

        Raises:
            KeyError: there is no such table.
        """
        if table not in TABLES:
            raise KeyError(f"no table {table!r}; there are {', '.join(TABLES)}")
        if table not in self._rows and self._folder is not None:
            self._rows[table] = read_rows(self._folder, table)
        return self._rows[table]

    def as_rows(self) -> dict[str, list[Row]]:
        """Every table by its name, as dictionaries."""
        return {name: self.rows(name) for name in TABLES}

    def __getitem__(self, table: str) -> pd.DataFrame:
        """A table as a data frame."""
        if table not in self._frames:
            import pandas as pd

            rows = self.rows(table)
            self._frames[table] = pd.DataFrame({
                column.name: pd.Series([row[column.name] for row in rows], dtype=_DTYPES[column.type])
                for column in TABLES[table].columns
            })
        return self._frames[table]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in TABLES:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self[name]

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *TABLES]

    def __len__(self) -> int:
        """The number of documents."""
        return len(self.rows("documents"))

    def text(self, doc_id: str) -> str:
        """The document text, to which every ``start`` and ``end`` refers.

        Raises:
            KeyError: there is no such document, or it could not be read.
        """
        if doc_id in self._texts:
            return self._texts[doc_id]
        if self._folder is not None and (path := text_path(self._folder, doc_id)).exists():
            return path.read_bytes().decode("utf-8")
        raise KeyError(f"no text of a document {doc_id!r}")

    def write(
        self,
        out: str | os.PathLike[str],
        formats: Iterable[str] = ("parquet", "csv"),
        force: bool = False,
        rejected: bool = False,
        labels: str = EN,
    ) -> None:
        """Write the tables and texts as ``policymine extract --out`` does, byte for byte.

        Args:
            out: the folder; an earlier result in it is replaced as a whole.
            formats: of parquet, csv, jsonl, xlsx, duckdb.
            force: take a folder that holds other files too.
            rejected: write the table ``rejected`` too.
            labels: language of the names in a workbook: en or zh.

        Raises:
            MisuseError: an unknown format, or the folder cannot be written or holds something else.
        """
        from policymine import __version__

        chosen = list(formats)
        if unknown := [name for name in chosen if name not in FORMATS]:
            raise MisuseError(f"unknown format {', '.join(unknown)}; there are {', '.join(FORMATS)}")
        with ResultFolder(Path(out), chosen, rejected, force, __version__, labels) as folder:
            for table in tables_written(rejected):
                folder.add_rows(table, self.rows(table))
            for row in self.rows("documents"):
                if row["text_sha256"] is not None:
                    doc_id = str(row["doc_id"])
                    folder.add_text(doc_id, self.text(doc_id), self._kept(doc_id))
            folder.finish({"policymine": __version__})

    def _kept(self, doc_id: str) -> bytes | None:
        if doc_id in self._texts or self._folder is None:
            return self._beside.get(doc_id)
        path = kept_path(text_path(self._folder, doc_id))
        return path.read_bytes() if path.exists() else None

    def _counts(self) -> list[tuple[str, int]]:
        return [(name, len(self.rows(name))) for name in TABLES if self.rows(name)]

    def __repr__(self) -> str:
        return f"Corpus({', '.join(f'{name}: {count}' for name, count in self._counts())})"

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th>{name}</th><td>{count}</td><td>{escape(TABLES[name].description)}</td></tr>"
            for name, count in self._counts()
        )
        return f"<table>{cells}</table>"


def mine(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    jobs: int | None = 1,
    options: Options = Options(),  # noqa: B008 (frozen)
    cache: str | os.PathLike[str] | None = None,
    metadata: str | os.PathLike[str] | None = None,
    corrections: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
) -> Corpus:
    """Mine files and folders.

    Args:
        paths: a file, a folder or a glob, or several.
        jobs: number of processes; None: one a core. A script that uses several needs ``if __name__ == "__main__":``.
        options: limits and choices.
        cache: a folder where the results of documents are kept for the next time.
        metadata: a table (CSV, XLSX) of what you say about the files: file, title, issuer, province, date, number …
        corrections: a file, or several, of what readers decided on the evidence page.

    Returns:
        The corpus; what could not be read is in ``corpus.files`` and ``corpus.issues``.

    Raises:
        MisuseError: a path does not exist, a folder holds nothing to read, or the metadata cannot be used.
        CorrectionsError: a file of corrections cannot be used.
        OSError: the cache cannot be written.
    """
    made = [corrections] if isinstance(corrections, str | os.PathLike) else list(corrections)
    correcting = Correcting(read_corrections(map(Path, made))) if made else None
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    corpus = Corpus()
    told = read_metadata(Path(metadata), options) if metadata is not None else None
    sources = list_sources(given, leave_out=[Path(cache)] if cache is not None else [])
    kept = None if cache is None else open_cache(Path(cache), options)
    collect(expand(sources, options, told), corpus, options, jobs, cache=kept, correcting=correcting)
    if told is not None:
        corpus.add_rows("issues", [loose_issue_row(issue) for issue in told.issues()])
    return corpus


def mine_text(text: str, source: str = "text", options: Options = Options()) -> Corpus:  # noqa: B008 (frozen)
    """Mine one text.

    Args:
        text: the document text.
        source: a name for it, which stands in the tables (and tells place and year where the text does not).
        options: limits and choices.

    Returns:
        A corpus of one document.

    >>> mine_text("到2025年，新建3条线路。").targets["value"].tolist()
    [3.0]
    """
    data = text.encode("utf-8", "replace")
    doc_id = hashlib.sha256(data).hexdigest()[:20]
    text, issues = data.decode("utf-8"), doubts(text, doc_id, source)
    raw = RawDocument(doc_id, source, text, len(data), "text/plain", "utf-8", "plain", issues=issues)
    corpus = Corpus()
    collect([Source(source, None, raw)], corpus, options)
    return corpus


def mine_one(raw: RawDocument, options: Options) -> Corpus:
    """A corpus of one document that was read already, without looking for versions."""
    corpus = Corpus()
    mined = mine_raw(raw, options)
    for table, rows in mined.rows.tables.items():
        corpus.add_rows(table, rows)
    corpus.add_rows("files", [mined.rows.file])
    if mined.rows.document is not None:
        corpus.add_rows("documents", [mined.rows.document])
        corpus.add_text(raw.doc_id, raw.text, mined.beside)
    return corpus
