"""The rows of many documents as the tables of one corpus: each content once, versions grouped, citations resolved.

Per-document tables go to the sink as documents come, in the order of the inputs; only what needs the whole corpus
(documents, citations, versions) waits for the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from policymine.engines import Mined, mine_sources, spread
from policymine.models import Options
from policymine.reading.sources import Source
from policymine.tables.links import link_citations, link_works
from policymine.tables.schema import PER_DOCUMENT, Row
from policymine.versions.comparison import Comparison

if TYPE_CHECKING:
    from policymine.cache import Cache
    from policymine.corrections.correcting import Correcting
    from policymine.versions.grouping import Answer, Task


class Engine(Protocol):
    """Mines and compares elsewhere, beyond this machine."""

    def mine(self, sources: Iterable[Source], options: Options, cache: Cache | None) -> Iterator[Mined]:
        """Read and mine inputs as ``engines.mine_sources`` does; collections are opened there too."""

    def spread(self, work: Callable[[Task], Answer], tasks: Iterable[Task]) -> Iterator[Answer]:
        """Do the tasks of the comparison (``versions.grouping.Spread``)."""


class Sink(Protocol):
    """Takes the rows and texts of a corpus in their final order."""

    def add_rows(self, table: str, rows: Sequence[Row]) -> None:
        """Append rows to a table."""

    def add_text(self, doc_id: str, text: str, beside: bytes | None = None) -> None:
        """Take the text of a document, and what is kept beside it."""


@dataclass(frozen=True, slots=True)
class CacheUse:
    """How many documents were taken from the cache, and how many were mined."""

    hits: int = 0
    misses: int = 0


def collect(
    sources: Iterable[Source],
    sink: Sink,
    options: Options = Options(),  # noqa: B008 (frozen)
    jobs: int | None = 1,
    progress: Callable[[Row], None] | None = None,
    cache: Cache | None = None,
    correcting: Correcting | None = None,
    engine: Engine | None = None,
    begin: Callable[[str], None] = lambda stage: None,
) -> CacheUse:
    """Mine every input and hand the rows of the whole corpus to a sink.

    Args:
        sources: from ``reading.expand``; their order is the order of the rows.
        sink: takes rows and texts.
        options: limits and choices.
        jobs: number of processes; None: one a core.
        progress: called with the row of ``files`` of each input that is done.
        cache: results of earlier runs; those of this one are added. They are without corrections.
        correcting: what readers decided about rows.
        engine: mines beyond this machine; ``sources`` are then those of ``list_sources``.
        begin: called with the name of each stage when it begins: mine, compare, link.

    Returns:
        How many documents were taken from the cache, and how many were mined.
    """
    documents: dict[str, Row] = {}
    files: set[tuple[object, object]] = set()
    citations: list[Row] = []
    hits = misses = 0
    index = None if cache is None else Path(cache.folder) / "versions"
    compared = Comparison(index, engine.spread if engine else None if jobs == 1 else partial(spread, jobs=jobs))
    begin("mine")
    for mined in engine.mine(sources, options, cache) if engine else mine_sources(sources, options, jobs, cache):
        hits += mined.cached is True
        misses += mined.cached is False
        file, document = mined.rows.file, mined.rows.document
        if progress is not None:
            progress(file)
        if (file["source"], file["doc_id"]) not in files:
            files.add((file["source"], file["doc_id"]))
            sink.add_rows("files", [file])
        if document is None:
            sink.add_rows("issues", mined.rows.tables["issues"])
            continue
        doc_id = str(document["doc_id"])
        if doc_id in documents:
            continue
        documents[doc_id] = document
        if mined.text is not None:
            sink.add_text(doc_id, mined.text, mined.beside)
        if mined.signature is not None:
            compared.add(mined.signature)
        tables = mined.rows.tables
        if correcting is not None and mined.signature is not None:
            tables = correcting.correct(document, mined.signature, tables)
        for table in PER_DOCUMENT:
            rows = tables.get(table, [])
            if table == "citations":
                citations.extend(rows)
            else:
                sink.add_rows(table, rows)
    if correcting is not None:
        sink.add_rows("issues", correcting.left_over())
    begin("compare")
    works = compared.finish(sink.add_rows)
    begin("link")
    link_works(documents.values(), works)
    link_citations(documents.values(), citations)
    sink.add_rows("documents", list(documents.values()))
    sink.add_rows("citations", citations)
    return CacheUse(hits, misses)
