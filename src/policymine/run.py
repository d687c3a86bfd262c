"""``policymine extract`` as a library function: paths in, a folder of tables out, figures back."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import BinaryIO

from policymine import __version__
from policymine.assemble import collect
from policymine.models import Options
from policymine.reading import read_stream
from policymine.reading.sources import STDIN, Source, list_sources
from policymine.summary import Summary
from policymine.tables.folder import ResultFolder
from policymine.tables.schema import Row
from policymine.tables.stored import stored_formats, stored_optional, stored_sources

DEFAULT_FORMATS = ("parquet", "csv")
_LIBRARIES = (
    "ahocorasick-rs", "cnloc", "jieba", "pandas", "pyarrow", "rapidfuzz", "regex", "rensa", "rich", "rjieba", "typer",
)

Progress = Callable[[int, int, Row | None], None]
"""Called with the number of inputs done, the number of all, and the row of ``files`` of the last one done."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to extract, and where to.

    Attributes:
        paths: files, folders, globs, ``-``.
        out: folder of the result.
        formats: of parquet, csv, jsonl; None: those of the result that is added to, else parquet and csv.
        jobs: number of processes; None: one a core.
        options: limits and choices.
        force: write into a folder that holds other files too.
        append: mine the documents of the result that is there together with the new ones.
        rejected: write the table ``rejected`` too.
    """

    paths: tuple[str, ...]
    out: Path
    formats: tuple[str, ...] | None = None
    jobs: int | None = None
    options: Options = field(default_factory=Options)
    force: bool = False
    append: bool = False
    rejected: bool = False


def run_extract(
    request: Request, stdin: BinaryIO | None = None, progress: Progress | None = None
) -> tuple[Summary, float]:
    """Mine the inputs and make their tables the result in the folder.

    Args:
        request: what to extract, and where to.
        stdin: read where ``-`` is one of the paths.
        progress: told of every input.

    Returns:
        The figures, and the seconds that it took.

    Raises:
        MisuseError: no such path, nothing to read in a folder, a folder that cannot be written or is not ours.
    """
    started, clock = datetime.now(timezone.utc), time.perf_counter()  # noqa: UP017 (one spelling for every Python)
    options = request.options
    sources = list_sources(request.paths, leave_out=[request.out])
    formats, rejected = request.formats, request.rejected
    if request.append:
        sources = _merged(stored_sources(request.out), sources)
        formats = formats or stored_formats(request.out) or None
        rejected = rejected or "rejected" in stored_optional(request.out)
    formats = formats or DEFAULT_FORMATS
    with ResultFolder(request.out, formats, rejected, request.force, __version__) as folder:
        sources = [_read_stdin(s, stdin, options) if s.name == STDIN and s.path is None else s for s in sources]
        summary = Summary(folder)
        done = 0

        def tell(row: Row | None) -> None:
            nonlocal done
            done += row is not None
            if progress is not None:
                progress(done, len(sources), row)

        tell(None)
        collect(sources, summary, options, request.jobs, tell)
        seconds = time.perf_counter() - clock
        folder.finish({
            "policymine": __version__,
            "python": platform.python_version(),
            "platform": sys.platform,
            "libraries": {name: found for name in _LIBRARIES if (found := _version(name))},
            "arguments": {
                "paths": list(request.paths),
                "formats": list(formats),
                "jobs": request.jobs,
                "append": request.append,
                "rejected": rejected,
                "max_chars": options.max_chars,
                "lexicons": [lexicon.name for lexicon in options.lexicons],
            },
            "counts": summary.counts(),
            "started": started.isoformat(timespec="seconds"),
            "seconds": round(seconds, 3),
        })
    return summary, seconds


def _merged(stored: list[Source], given: list[Source]) -> list[Source]:
    return sorted([*stored, *given], key=lambda s: (s.name, s.raw.doc_id if s.raw else "", s.path or ""))


def _read_stdin(source: Source, stdin: BinaryIO | None, options: Options) -> Source:
    if source.raw is not None or stdin is None:
        return source
    return replace(source, raw=read_stream(stdin, STDIN, options))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
