"""Which of many documents are versions, revisions or adaptations of each other, or of documents seen before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from rich.table import Table
from rich.text import Text

from policymine.engines import mine_portions, spread
from policymine.models import Options
from policymine.reading import read_stream
from policymine.reading.expand import Inputs
from policymine.reading.sources import STDIN, MisuseError, Source, list_sources
from policymine.tables.schema import Row
from policymine.versions.index import VersionIndex
from policymine.versions.verify import SHARED
from policymine.versions.works import Works

COLUMNS = ("relation", "similarity", "source", "other_source", "doc_id", "other_doc_id", "work_id", "evidence")


@dataclass(slots=True)
class Relatives:
    """What was found.

    Attributes:
        rows: a row a pair, with ``COLUMNS``; without ``work_id`` where only the new documents of an index were asked
            about, since works are of a whole corpus.
        documents: how many documents were given; works: how many works they are.
        unread: source and reason of what could not be read.
    """

    rows: list[Row] = field(default_factory=list)
    documents: int = 0
    works: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)


def find_relatives(paths: Sequence[str], folder: Path | None, jobs: int | None, stdin: BinaryIO) -> Relatives:
    """Read, mine and compare documents.

    Args:
        paths: files, folders, globs, ``-``.
        folder: of an index; the documents are compared with those in it, which are not read again, and are added.
        jobs: number of processes; None: one a core.
        stdin: read where ``-`` is one of the paths.

    Raises:
        MisuseError: no such path, or an index that cannot be used.
    """
    options = Options(terms=False)
    sources = list_sources(paths, leave_out=[folder] if folder else [])
    sources = [_from_stdin(s, stdin, options) if s.name == STDIN and s.path is None else s for s in sources]
    found = Relatives()
    with VersionIndex(folder) as index:
        if folder is not None and index.folder != folder:
            raise MisuseError(
                f"{folder}: no index can be used there: another run has it, or it is damaged or read-only; "
                "wait for the other run, or give another --index"
            )
        new: dict[str, str] = {}
        for portion in mine_portions(Inputs(sources, options), options, jobs):
            for k, one in enumerate(portion.inputs):
                if one.signature is None:
                    issues, files = portion.rows("issues", k, k + 1), portion.rows("files", k, k + 1)
                    found.unread.append((one.source, str(issues[0]["message"] if issues else files[0]["status"])))
                elif one.signature.doc_id not in new:
                    new[one.signature.doc_id] = one.source
                    index.add(one.signature)
        found.documents = len(new)
        if folder is None:
            _among_themselves(index, new, found, jobs)
        else:
            _with_earlier(index, new, found)
    return found


def shown(found: Relatives) -> Table:
    """The pairs for a terminal."""
    grid = Table(box=None)
    for heading in ("relation", "alike", "document", "other document", "why"):
        grid.add_column(heading, overflow="fold")
    for row in found.rows:
        style = "green" if row["relation"] in SHARED else "yellow" if row["relation"] == "revision" else ""
        cells = (row["relation"], f"{row['similarity']:.3f}", row["source"], row["other_source"], row["evidence"])
        grid.add_row(*(Text(str(cell)) for cell in cells), style=style)
    return grid


def _among_themselves(index: VersionIndex, sources: Mapping[str, str], found: Relatives, jobs: int | None) -> None:
    works = Works(index, None if jobs == 1 else partial(spread, jobs=jobs))
    rows = [row for reported in works.reports() for row in reported.versions]
    found.works = len({work for work, _, _ in works.works.values()})
    for row in rows:
        names = {"source": sources[str(row["doc_id"])], "other_source": sources[str(row["other_doc_id"])]}
        found.rows.append(_row({**row, **names}))


def _with_earlier(index: VersionIndex, new: Collection[str], found: Relatives) -> None:
    ids = index.rank(everything=True)
    asked = [rank for rank, doc_id in enumerate(ids) if doc_id in new]
    near = index.near(asked)
    asked_pairs = {(i, j) for i in asked for j in near[i]}
    docs = sorted({k for pair in asked_pairs for k in pair})
    pairs = index.pairs(docs, {k: ids[k] for k in docs})
    alone = set(new)
    for i, j in sorted(asked_pairs, key=lambda pair: (ids[pair[0]], ids[pair[1]])):
        pair = pairs.pair(i, j)
        if pair.name is None or ((j, i) in asked_pairs and ids[j] < ids[i]):
            continue
        if pair.name in SHARED:
            alone.discard(ids[i])
        found.rows.append(_row({
            "relation": pair.name, "similarity": pair.similarity, "evidence": pair.evidence, "work_id": None,
            "doc_id": ids[i], "other_doc_id": ids[j],
            "source": pairs.signature(i).source, "other_source": pairs.signature(j).source,
        }))
    found.works = len(alone)


def _row(row: Row) -> Row:
    return {name: row[name] for name in COLUMNS}


def _from_stdin(source: Source, stdin: BinaryIO, options: Options) -> Source:
    return Source(source.name, None, read_stream(stdin, STDIN, options))
