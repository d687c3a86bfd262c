"""The command line: parse, call, print. What a command does is a library function of the same name.

Heavy libraries are imported by the commands that need them, so that ``--help`` is quick. Exit codes: 0 every input was
read, 1 some could not be, 2 misuse.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from policymine.comparison.commands import add_commands as add_comparison
from policymine.difference.commands import add_commands as add_difference
from policymine.exchange.commands import add_commands
from policymine.report.commands import add_commands as add_report

if TYPE_CHECKING:
    from policymine.models import Options

app = typer.Typer(
    help="Turn Chinese government policy documents into tidy tables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_lexicon = typer.Typer(help="Lexicons of your own.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(_lexicon, name="lexicon")


def main() -> None:
    """Run the command line; output that cannot be written (a full disk, a reader that went away) ends it with 1."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        try:
            app(prog_name="policymine")
        finally:
            sys.stdout.flush()
    except OSError as error:
        with suppress(OSError):
            if not isinstance(error, BrokenPipeError):
                place = error.filename or "the output"
                print(f"policymine: {place}: cannot be written: {error.strerror or error}", file=sys.stderr, flush=True)
        with open(os.devnull, "wb") as nowhere:  # what is left in the buffers cannot be written either
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
            os.dup2(nowhere.fileno(), sys.stderr.fileno())
        sys.exit(1)


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _fail(message: str, code: int = 2) -> NoReturn:
    typer.echo(f"policymine: {message}", err=True)
    raise typer.Exit(code)


def _show_version(wanted: bool) -> None:
    if wanted:
        from policymine import __version__

        typer.echo(f"policymine {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Turn Chinese government policy documents into tidy tables."""


_Lexicons = Annotated[list[Path] | None, typer.Option("--lexicon", help="A lexicon of your own (TSV); repeatable.")]
_MaxChars = Annotated[int, typer.Option("--max-chars", min=1, help="Longest text that is mined, in characters.")]
_MaxBytes = Annotated[int, typer.Option("--max-bytes", min=1, help="Most bytes that a packed file may unpack to.")]
_MaxRatio = Annotated[int, typer.Option("--max-ratio", min=1, help="Most times its size a large part may unpack to.")]

_Corrections = Annotated[
    list[Path] | None, typer.Option("--corrections", help="What readers decided (from the evidence page); repeatable."),
]
_TextColumn = Annotated[
    str | None, typer.Option("--text-column", help="Column of CSV, JSONL, Parquet or XLSX that holds the texts.")
]
_Metadata = Annotated[
    Path | None, typer.Option("--metadata", help="Table (CSV, XLSX): file, title, issuer, province, date, number …")
]


@app.command()
def extract(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, globs; - is standard input.", metavar="PATHS...")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the result.")] = Path("policymine-out"),
    format_: Annotated[
        str | None, typer.Option(
            "--format", help="parquet, csv, jsonl, xlsx, duckdb: with commas.", show_default="parquet,csv"
        ),
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Processes.", show_default="one a core")] = None,
    lexicon: _Lexicons = None,
    max_chars: _MaxChars = 20_000_000,
    max_bytes: _MaxBytes = 100_000_000,
    max_ratio: _MaxRatio = 200,
    text_column: _TextColumn = None,
    metadata: _Metadata = None,
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that holds other files too.")] = False,
    append: Annotated[bool, typer.Option("--append", help="Add to the corpus that is in the folder.")] = False,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Exit with 0 even if a file is unreadable.")] = False,
    rejected: Annotated[bool, typer.Option("--rejected", help="Write what was found but is no fact, too.")] = False,
    canonical: Annotated[bool, typer.Option("--canonical", help="Facts of one version of each work only.")] = False,
    corrections: _Corrections = None,
    cache: Annotated[
        Path | None, typer.Option(
            "--cache", help="Folder of results of earlier runs.", show_default="the system's, or POLICYMINE_CACHE"
        ),
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Mine everything, keep nothing.")] = False,
    labels: Annotated[str, typer.Option("--labels", help="Names in the workbook (xlsx): en or zh.")] = "en",
    json_: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    engine: Annotated[str, typer.Option("--engine", help="local, or spark: on a cluster.")] = "local",
    master: Annotated[
        str | None, typer.Option("--master", help="The cluster.", show_default="what Spark's configuration says")
    ] = None,
    log_format: Annotated[
        str, typer.Option("--log-format", help="Messages on standard error: text, or json: an object a line.")
    ] = "text",
) -> None:
    """Extract targets, deadlines, departments … from documents into tables."""
    from policymine.cache import default_folder
    from policymine.corrections.decisions import CorrectionsError
    from policymine.reading.sources import MisuseError
    from policymine.run import ENGINES, Request, run_extract
    from policymine.tables.labels import LANGUAGES
    from policymine.view import log, log_event, log_messages, print_messages, print_summary, progress_bar
    from policymine.workers import collect_rarely

    logged = _chosen("--log-format", log_format, ("text", "json")) == "json"

    def fail(message: str, code: int = 2) -> NoReturn:
        if not logged:
            _fail(message, code)
        log("error", message=message)
        raise typer.Exit(code)

    if cache and no_cache:
        _fail("--cache and --no-cache exclude each other; give one of them")
    options = _options(lexicon, max_chars, max_bytes, max_ratio, text_column)
    request = Request(
        tuple(paths), out, _formats(format_), jobs, options, force, append, rejected,
        None if no_cache else cache or default_folder(), tuple(corrections or ()), metadata, cache is not None,
        _chosen("--labels", labels, LANGUAGES), canonical, _chosen("--engine", engine, ENGINES), master,
    )
    collect_rarely()
    try:
        with progress_bar(wanted=not quiet and not logged and sys.stderr.isatty()) as progress:
            summary, seconds = run_extract(request, sys.stdin.buffer, log_event if logged else progress)
    except (MisuseError, CorrectionsError) as error:
        fail(str(error))
    except OSError as error:
        room = "; make room there" if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT) else ""
        fail(f"{error.filename or out}: {error.strerror or error}; nothing was written{room}", 1)
    except MemoryError:
        fail("there is not enough memory; nothing was written; close other programs, or try --jobs 1", 1)
    except KeyboardInterrupt:
        fail("interrupted; nothing was written", 130)
    (log_messages if logged else print_messages)(summary)
    if logged:
        log("end", None, seconds, None, summary.counts(), stages=summary.stages, out=str(out))
    if json_:
        _print_json(summary.as_json(str(out), seconds))
    elif not quiet:
        print_summary(summary, str(out), seconds)
    if summary.unread and not keep_going:
        raise typer.Exit(1)


@app.command()
def show(
    file: Annotated[str, typer.Argument(help="A document; - is standard input.", metavar="FILE")],
    lexicon: _Lexicons = None,
    max_chars: _MaxChars = 20_000_000,
    max_bytes: _MaxBytes = 100_000_000,
    max_ratio: _MaxRatio = 200,
    text_column: _TextColumn = None,
    json_: Annotated[bool, typer.Option("--json", help="Print every row as JSON.")] = False,
) -> None:
    """Show one document: its head, its outline, and its facts marked in the text."""
    from policymine.corpus import mine_one
    from policymine.reading import read_source
    from policymine.reading.expand import find_document
    from policymine.reading.sources import MisuseError
    from policymine.view import show_document

    options = _options(lexicon, max_chars, max_bytes, max_ratio, text_column)
    try:
        if Path(file).is_dir():
            raise MisuseError(f"{file}: this is a folder; show takes one document (extract takes folders)")
        raw = read_source(find_document(file, options, sys.stdin.buffer), options)
    except MisuseError as error:
        _fail(str(error))
    corpus = mine_one(raw, options)
    document = corpus.rows("files")[0]
    if document["status"] != "ok":
        reason = " ".join(str(row["message"]) for row in corpus.rows("issues"))
        _fail(f"{raw.source}: {document['status']}: {reason}", 1)
    if json_:
        _print_json({"text": raw.text, **corpus.as_rows()})
    else:
        show_document(corpus, raw.doc_id)


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="A sentence or passage; - is standard input.", metavar="TEXT")],
    year: Annotated[int | None, typer.Option("--year", help="Year of writing, which tells past from future.")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="Kind of section that it stands in: objectives, tasks, subsidy …")
    ] = None,
    lexicon: _Lexicons = None,
    json_: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Explain how a sentence is read: numbers, times, departments, and which rule decided each, and why."""
    from dataclasses import asdict

    from policymine.explain import explain as explain_
    from policymine.reading.plain import decode
    from policymine.view import show_explanation

    if text == "-":
        text = decode(sys.stdin.buffer.read()).text or _fail("standard input holds no text", 1)
    if not text.strip():
        _fail("there is no text to explain; give a sentence in quotes, or - for standard input")
    explained = explain_(text, year, kind, _options(lexicon))
    if json_:
        _print_json(asdict(explained))
    else:
        show_explanation(explained)


@app.command()
def agreement(
    corrections: Annotated[Path, typer.Argument(help="The corrections of a reader.", metavar="CORRECTIONS")],
    other: Annotated[Path | None, typer.Argument(help="Those of a second reader.", metavar="OTHER")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Work out precision from what a reader judged, and how far two readers agree."""
    from policymine.corrections import agreement as figures
    from policymine.corrections.decisions import CorrectionsError, read_corrections
    from policymine.view import print_figures

    try:
        made = [read_corrections([path]) for path in (corrections, other) if path is not None]
        for path, one in zip((corrections, other), made, strict=False):
            if not one.decisions:
                _fail(f"{path}: it holds no decision; judge rows on the evidence page first")
        found = {str(path): figures.precision(one) for path, one in zip((corrections, other), made, strict=False)}
        both = figures.agreement(*made) if len(made) == 2 else []
    except (CorrectionsError, figures.MissingLibraryError) as error:
        _fail(str(error))
    if json_:
        _print_json({
            "precision": {name: figures.as_json(rows) for name, rows in found.items()},
            "agreement": figures.as_json(both),
        })
        return
    for name, rows in found.items():
        print_figures(f"precision {name}", figures.as_json(rows))
    if both:
        print_figures("agreement", figures.as_json(both))


@app.command()
def schema(json_: Annotated[bool, typer.Option("--json", help="Print it as JSON (Frictionless).")] = False) -> None:
    """Show every table and column."""
    if json_:
        from policymine.tables.datapackage import table_schema
        from policymine.tables.schema import TABLES

        _print_json({
            table.name: {"title": table.label_zh, "description": table.description, **table_schema(table)}
            for table in TABLES.values()
        })
    else:
        from policymine.view import show_schema

        show_schema()


@app.command()
def doctor(json_: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False) -> None:
    """Tell which formats this machine can read, and what to install for the others."""
    from policymine.doctor import as_json, examine

    findings = examine()
    if json_:
        _print_json(as_json(findings))
    else:
        from policymine.view import show_findings

        show_findings(findings)


@_lexicon.command()
def check(
    file: Annotated[Path, typer.Argument(help="A lexicon of your own (TSV).", metavar="FILE")],
) -> None:
    """Check a lexicon of your own: every line that cannot be used, and what to do about it."""
    from policymine.lexicon.files import LexiconError
    from policymine.lexicon.user import ERROR, WARNING, check_user_lexicon

    try:
        lexicon, findings = check_user_lexicon(file)
    except LexiconError as error:
        _fail(str(error))
    for found in findings:
        level = "warning: " if found.level == WARNING else ""
        typer.echo(f"policymine: {file}, line {found.line}: {level}{found.message}", err=True)
    errors = sum(found.level == ERROR for found in findings)
    typer.echo(f"rows={len(lexicon.rows)} errors={errors} warnings={len(findings) - errors}")
    if errors:
        raise typer.Exit(2)


def _formats(given: str | None) -> tuple[str, ...] | None:
    from policymine.tables.write import FORMATS

    if given is None:
        return None
    names = {name.strip().lower() for name in given.split(",") if name.strip()}
    unknown = sorted(names - set(FORMATS))
    if unknown or not names:
        _fail(f"--format {given}: unknown format {', '.join(unknown) or '(none)'}; there are {', '.join(FORMATS)}")
    return tuple(name for name in FORMATS if name in names)


def _chosen(option: str, given: str, known: Sequence[str]) -> str:
    if given not in known:
        _fail(f"{option} {given}: unknown; there are {', '.join(known)}")
    return given


def _options(lexicons: list[Path] | None, *limits: Any) -> Options:
    from dataclasses import replace

    from policymine.models import Options

    options = Options(*limits)
    if not lexicons:
        return options
    from policymine.lexicon.files import LexiconError
    from policymine.lexicon.user import read_user_lexicon

    try:
        return replace(options, lexicons=tuple(map(read_user_lexicon, lexicons)))
    except LexiconError as error:
        _fail(f"--lexicon {error}")


def _print_json(value: object) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


add_commands(app)
add_report(app)
add_comparison(app)
add_difference(app)
