"""The commands of this package: each loads a result, writes one file from it, and says in one line what is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from policymine.corpus import Corpus

Tables = Annotated[Path, typer.Argument(help="Folder that extract --out wrote.", metavar="TABLES")]


def add_commands(app: typer.Typer) -> None:
    """Make the commands part of the command line."""
    app.command()(tasks)
    app.command()(export)


def tasks(
    tables: Tables,
    out: Annotated[Path, typer.Option("--out", "-o", help="The workbook (.xlsx).")] = Path("tasks.xlsx"),
    report: Annotated[
        str, typer.Option("--report", help="The evidence page as seen from the workbook.")
    ] = "report.html",
) -> None:
    """Write the 任务分解表: a line a task, with target, date, departments and a link to its words."""
    from policymine.exchange.tasks import write_tasks

    write_from(tables, out, lambda corpus: {"tasks": write_tasks(corpus, out, report)})


def export(
    tables: Tables,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file.")],
    kind: Annotated[
        str, typer.Option("--as", help="flat (a row a target: .xlsx, .csv) or label-studio (.json).")
    ] = "flat",
    labels: Annotated[str, typer.Option("--labels", help="Headings of the flat view: zh or en.")] = "zh",
) -> None:
    """Write a flat view for Excel, or the documents with their facts for Label Studio."""
    from policymine.exchange.flat import write_flat
    from policymine.exchange.label_studio import write_label_studio
    from policymine.tables.labels import LANGUAGES

    if kind not in ("flat", "label-studio"):
        fail(f"--as {kind}: unknown; there are flat, label-studio")
    if labels not in LANGUAGES:
        fail(f"--labels {labels}: unknown language; there are {', '.join(LANGUAGES)}")
    if kind == "flat":
        write_from(tables, out, lambda corpus: {"targets": write_flat(corpus, out, labels)})
    else:
        write_from(tables, out, lambda corpus: {"documents": write_label_studio(corpus, out)})


def write_from(tables: Path, out: Path, write: Callable[[Corpus], dict[str, int]]) -> None:
    """Load a result, write a file from it, and print the counts that come back; misuse ends the command with 2."""
    from policymine.corpus import Corpus
    from policymine.reading.sources import MisuseError

    try:
        corpus = Corpus.load(tables)
        if tables.resolve() in out.resolve().parents:
            raise MisuseError(f"{out}: this is inside the result, which extract replaces whole; write it beside it")
        counts = write(corpus)
    except MisuseError as error:
        fail(str(error))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        fail(f"{error.filename or out}: {reason}; close the file where it is open, or give another name")
    typer.echo(" ".join(f"{name}={count}" for name, count in counts.items()) + f" out={out}")


def fail(message: str) -> NoReturn:
    """Say what is wrong and end the command with 2."""
    typer.echo(f"policymine: {message}", err=True)
    raise typer.Exit(2)
