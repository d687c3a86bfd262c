"""``policymine report``: the evidence page of a result."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from policymine.exchange.commands import Tables, fail, write_from


def add_commands(app: typer.Typer) -> None:
    """Make the command part of the command line."""
    app.command()(report)


def report(
    tables: Tables,
    out: Annotated[Path, typer.Option("--out", "-o", help="The page (.html).")] = Path("report.html"),
    labels: Annotated[str, typer.Option("--labels", help="The language that it opens in: zh or en.")] = "zh",
    title: Annotated[str, typer.Option("--title", help="A title of your own.")] = "",
) -> None:
    """Write the evidence page: one HTML file in which every row leads to its words and back."""
    from policymine import __version__
    from policymine.report import write_page
    from policymine.tables.labels import LANGUAGES

    if labels not in LANGUAGES:
        fail(f"--labels {labels}: unknown language; there are {', '.join(LANGUAGES)}")
    write_from(
        tables, out,
        lambda corpus: {"documents": len(corpus), "bytes": write_page(corpus, out, labels, title, __version__)},
    )
