"""The commands ``diff`` and ``versions``: read and mine what they are given, compare, print."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from policymine.portions import Mined


def add_commands(app: typer.Typer) -> None:
    """Make the commands part of the command line."""
    app.command()(diff)
    app.command()(versions)


def diff(
    a: Annotated[str, typer.Argument(help="A document; - is standard input.", metavar="A")],
    b: Annotated[str, typer.Argument(help="The document to compare it with.", metavar="B")],
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with both side by side, too.")] = None,
    typography: Annotated[bool, typer.Option("--typography", help="List differences in print alone, too.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show what differs between two documents: the facts first, then the words; layout never counts."""
    from policymine.difference.documents import compare_documents
    from policymine.reading.sources import STDIN, MisuseError

    if a == b == STDIN:
        _fail("only one of the two documents can come from standard input")
    try:
        found = compare_documents(_mined(a), _mined(b))
    except MisuseError as error:
        _fail(str(error))
    if html is not None:
        from policymine.difference.page import difference_page

        try:
            html.write_text(difference_page(found), encoding="utf-8", errors="replace", newline="\n")
        except OSError as error:
            _fail(f"{html}: {error.strerror or error}; the page was not written")
    if json_:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    elif sys.stdout.isatty():
        from rich.console import Console

        from policymine.difference.terminal import show_difference

        show_difference(found, Console(highlight=False), typography)
    else:
        from policymine.difference.terminal import lines

        for line in lines(found):
            typer.echo(line)


def versions(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, globs; - is standard input.", metavar="PATHS...")],
    index: Annotated[
        Path | None, typer.Option("--index", help="Folder of an index: compare with what is in it, and add to it.")
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Processes.", show_default="one a core")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
) -> None:
    """Tell which documents are versions, revisions or adaptations of each other, or of those in an index."""
    from policymine.difference.relatives import find_relatives
    from policymine.reading.sources import MisuseError

    try:
        found = find_relatives(paths, index, jobs, sys.stdin.buffer)
    except MisuseError as error:
        _fail(str(error))
    for source, reason in found.unread:
        typer.echo(f"policymine: {source}: {reason}", err=True)
    if json_:
        typer.echo(json.dumps(found.rows, ensure_ascii=False, indent=1))
    elif sys.stdout.isatty():
        from rich.console import Console

        from policymine.difference.relatives import shown

        Console(highlight=False).print(shown(found))
    else:
        for row in found.rows:
            typer.echo("\t".join(str(value) for value in row.values()))
    typer.echo(f"documents={found.documents} works={found.works} pairs={len(found.rows)}", err=True)
    if found.unread:
        raise typer.Exit(1)


def _mined(path: str) -> Mined:
    """A document, read and mined.

    Raises:
        MisuseError: no such file, or a folder.
    """
    from policymine.engines import mine_raw
    from policymine.models import Options
    from policymine.reading import read_source
    from policymine.reading.expand import find_document
    from policymine.reading.sources import MisuseError

    if Path(path).is_dir():
        raise MisuseError(f"{path}: this is a folder; diff takes two documents (versions takes folders)")
    options = Options(terms=False)
    return mine_raw(read_source(find_document(path, options, sys.stdin.buffer), options), options)


def _fail(message: str, code: int = 2) -> NoReturn:
    typer.echo(f"policymine: {message}", err=True)
    raise typer.Exit(code)


