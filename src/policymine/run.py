"""``policymine extract`` as a library function: paths in, a folder of tables out, figures back."""

from __future__ import annotations

import os
import platform
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from policymine import __version__
from policymine.assemble import collect
from policymine.cache import Cache, library_versions, open_cache
from policymine.canonical import NOTE, CanonicalOnly
from policymine.ledger import Ledger
from policymine.memory import give_back_at_once, take_again
from policymine.models import Options
from policymine.reading.expand import Inputs
from policymine.reading.holding import blocks_of, hold
from policymine.reading.metadata import read_metadata
from policymine.reading.sources import STDIN, MisuseError, Source, is_url, list_sources, order
from policymine.summary import Summary
from policymine.tables.folder import MANY, ResultFolder, take_back, temporary_files_in
from policymine.tables.labels import EN
from policymine.tables.rows import loose_issue_row
from policymine.tables.stored import stored_corrections, stored_formats, stored_optional, stored_sources
from policymine.telling import Progress, Telling

if TYPE_CHECKING:
    from policymine.corrections.correcting import Correcting
    from policymine.engines.spark import SparkEngine

LOCAL, SPARK = ENGINES = ("local", "spark")
DEFAULT_FORMATS = ("parquet", "csv")

@dataclass(frozen=True, slots=True)
class Request:
    """What to extract, and where to.

    Attributes:
        paths: files, folders, globs, ``-``.
        out: folder of the result.
        formats: names from ``write.FORMATS``; None: those of the result that is added to, else parquet and csv.
        jobs: number of processes; None: one a core.
        options: limits and choices.
        force: write into a folder that holds other files too.
        canonical: write the facts of canonical versions only.
        engine: one of ``ENGINES``: this machine, or a cluster.
        master: address of the cluster; None: what its own configuration says.
        append: mine the documents of the result that is there together with the new ones.
        rejected: write the table ``rejected`` too.
        cache: folder of the results of earlier runs; None: nothing is kept or taken.
        corrections: files of what readers decided about rows, the later counting for more.
        labels: language of the names in a workbook: en or zh.
        metadata: a table of what the user says about the inputs.
        must_cache: whether a folder that cannot be written stops the run; else it goes on without.
    """

    paths: tuple[str, ...]
    out: Path
    formats: tuple[str, ...] | None = None
    jobs: int | None = None
    options: Options = field(default_factory=Options)
    force: bool = False
    append: bool = False
    rejected: bool = False
    cache: Path | None = None
    corrections: tuple[Path, ...] = ()
    metadata: Path | None = None
    must_cache: bool = False
    labels: str = EN
    canonical: bool = False
    engine: str = LOCAL
    master: str | None = None


def run_extract(
    request: Request, stdin: BinaryIO | None = None, progress: Progress | None = None
) -> tuple[Summary, float]:
    """Mine the inputs and make their tables the result in the folder.

    Args:
        request: what to extract, and where to.
        stdin: read where ``-`` is one of the paths.
        progress: told what is going on, also from another thread.

    Returns:
        The figures, and the seconds that it took.

    Raises:
        MisuseError: no such path, nothing to read in a folder, a folder that cannot be written or is not ours.
        CorrectionsError: a file of corrections cannot be used.
    """
    give_back_at_once()
    with Telling(progress, time.perf_counter) as telling, ExitStack() as stack:
        return _run(request, stdin, telling, _engine(request, telling, stack))


def _run(
    request: Request, stdin: BinaryIO | None, telling: Telling, engine: SparkEngine | None
) -> tuple[Summary, float]:
    started = datetime.now(timezone.utc)  # noqa: UP017 (one spelling for every Python)
    options = request.options
    _refuse_undecodable(request)
    correcting = _correcting(request.corrections)
    if engine is not None:
        telling.begin("list")
    sources = _listed(request, engine)
    metadata = read_metadata(request.metadata, options) if request.metadata is not None else None
    if request.metadata is not None:
        sources = [source for source in sources if source.path != os.path.abspath(request.metadata)]
    formats, rejected = request.formats, request.rejected
    if request.append:
        take_back(request.out)
        _keep_corrections(request)
        sources = _merged(stored_sources(request.out), sources)
        formats = formats or stored_formats(request.out) or None
        rejected = rejected or "rejected" in stored_optional(request.out)
    formats = formats or DEFAULT_FORMATS
    with (
        ExitStack() as stack,
        ResultFolder(request.out, formats, rejected, request.force, __version__, request.labels) as folder,
        temporary_files_in(folder.temporary),
    ):
        sources = [_read_stdin(s, stdin, options) if s.name == STDIN and s.path is None else s for s in sources]
        cache = _cache(request)
        ledger = None
        if cache is not None and "parquet" in formats and not (metadata or correcting or engine or request.canonical):
            ledger = stack.enter_context(closing(Ledger(cache, request.out, options, folder.tables, formats)))
            if ledger.stands:
                folder.write_side_by_side()
                take_again()
        inputs = Inputs(sources, options, metadata, ledger)
        summary = Summary(folder)
        done = 0

        def tell(source: str) -> None:
            nonlocal done
            done += 1
            total, estimated = inputs.expected() if engine is None else (engine.documents, False)
            telling.done(done, total, estimated, source)

        canonical = CanonicalOnly(summary) if request.canonical else None
        summary.canonical = request.canonical
        given = inputs if engine is None else sources
        summary.cache = collect(
            given, canonical or summary, options, request.jobs, tell, cache, correcting, engine, telling.begin,
            ledger,
        )
        if canonical is not None:
            canonical.finish()
        if metadata is not None:
            summary.add_rows("issues", [loose_issue_row(issue) for issue in metadata.issues()])
        if correcting is not None:
            summary.corrections = len(correcting.applied), correcting.unfit
        telling.begin("write")
        folder.close()
        if ledger is not None:
            ledger.release()
        summary.stages, seconds = telling.stages()
        folder.finish({
            "policymine": __version__,
            "python": platform.python_version(),
            "platform": sys.platform,
            "libraries": library_versions(),
            "arguments": {
                "paths": list(request.paths),
                "formats": list(formats),
                "labels": request.labels,
                "engine": request.engine,
                "jobs": request.jobs,
                "append": request.append,
                "canonical": request.canonical,
                "rejected": rejected,
                "max_chars": options.max_chars,
                "max_bytes": options.max_bytes,
                "max_ratio": options.max_ratio,
                "text_column": options.text_column,
                "metadata": metadata.name if metadata is not None else None,
                "lexicons": [lexicon.name for lexicon in options.lexicons],
                "corrections": [path.name for path in request.corrections],
            },
            "counts": summary.counts(),
            "cache": {"hits": summary.cache.hits, "misses": summary.cache.misses} if cache else None,
            "started": started.isoformat(timespec="seconds"),
            "seconds": round(seconds, 3),
            "stages": summary.stages,
        }, NOTE if request.canonical else None)
        if ledger is not None and folder.documents > MANY:
            ledger.finish(folder.marks())
    return summary, seconds


def _engine(request: Request, telling: Telling, stack: ExitStack) -> SparkEngine | None:
    """The cluster that mines; None where this machine does."""
    if request.engine == LOCAL:
        if urls := [path for path in request.paths if is_url(path)]:
            raise MisuseError(f"{urls[0]}: a URL is read by a cluster only; give --engine spark, or a path")
        return None
    refused = {"--append": request.append, "--metadata": request.metadata, "standard input": STDIN in request.paths}
    for what in (what for what, given in refused.items() if given):
        raise MisuseError(
            f"--engine spark takes no {what}; give all tables (Parquet, JSON lines) at once, with the metadata in "
            "columns beside the text"
        )
    from policymine.engines.spark import SparkEngine

    return stack.enter_context(SparkEngine(request.master, telling))


def _listed(request: Request, engine: SparkEngine | None) -> list[Source]:
    """The files that are meant, also by URLs."""
    urls = [path for path in request.paths if is_url(path)]
    if engine is None or not urls:
        return list_sources(request.paths, leave_out=[request.out, *([request.cache] if request.cache else [])])
    if len(urls) < len(request.paths):
        raise MisuseError("there are paths and URLs among the inputs; give all of them as URLs (file:///…)")
    return engine.list_urls(urls)


def _correcting(files: tuple[Path, ...]) -> Correcting | None:
    if not files:
        return None
    from policymine.corrections.correcting import Correcting
    from policymine.corrections.decisions import read_corrections

    return Correcting(read_corrections(files))


def _refuse_undecodable(request: Request) -> None:
    """Refuse folders whose names are no text: the libraries that write tables cannot name them."""
    for option, folder in (("--out", request.out), ("--cache", request.cache if request.must_cache else None)):
        try:
            os.path.abspath(folder or "").encode()
        except UnicodeEncodeError:
            raise MisuseError(f"{option}: the name of the folder is not in UTF-8; give another {option}") from None


def _cache(request: Request) -> Cache | None:
    """The cache of a run; None where none is wanted, or the system's own place cannot be used."""
    if request.cache is None or (request.engine != LOCAL and not request.must_cache):
        return None  # the system's own place is not shared by the machines of a cluster
    try:
        out, folder = request.out.resolve(), request.cache.resolve()
        if out == folder or out in folder.parents or folder in out.parents:
            reason = "it cannot be in --out, nor --out in it"
        else:
            return open_cache(request.cache, request.options)
    except OSError as error:
        reason = "it is a file" if request.cache.is_file() else error.strerror or type(error).__name__
    if not request.must_cache:
        return None
    raise MisuseError(f"{request.cache}: no cache can be kept there: {reason}; give another --cache, or --no-cache")


def _keep_corrections(request: Request) -> None:
    """Refuse to add to a result without the corrections that it was made with: they would be lost in silence."""
    names = stored_corrections(request.out)
    if names and not request.corrections:
        raise MisuseError(
            f"{request.out}: this result was made with corrections ({', '.join(names)}); "
            "give --corrections again, or extract everything anew without --append"
        )


def _merged(stored: list[Source], given: list[Source]) -> list[Source]:
    return sorted([*given, *stored], key=lambda source: order(source.name))


def _read_stdin(source: Source, stdin: BinaryIO | None, options: Options) -> Source:
    if source.raw is not None or stdin is None:
        return source
    return replace(source, held=hold(blocks_of(stdin), options))
