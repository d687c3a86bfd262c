"""``policymine compare``: a result set side by side, as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policymine.exchange.commands import Tables, fail, write_from

if TYPE_CHECKING:
    from policymine.corpus import Corpus


def add_commands(app: typer.Typer) -> None:
    """Make the command part of the command line."""
    app.command()(compare)


def compare(
    tables: Tables,
    out: Annotated[Path, typer.Option("--out", "-o", help="The workbook (.xlsx).")] = Path("compare.xlsx"),
    indicator: Annotated[
        str | None, typer.Option("--indicator", help="Only indicators whose name has these words, and near ones.")
    ] = None,
    within: Annotated[
        list[str] | None,
        typer.Option("--within", help="PLACE=PROVINCE for a place whose province is not known; repeatable."),
    ] = None,
    report: Annotated[
        str, typer.Option("--report", help="The evidence page as seen from the workbook.")
    ] = "report.html",
    labels: Annotated[str, typer.Option("--labels", help="Headings: zh or en.")] = "zh",
) -> None:
    """Set places side by side: who promises what, what may not be compared and why, who raises the bar."""
    from policymine.comparison.compare import compare as compare_
    from policymine.comparison.workbook import write_comparison
    from policymine.tables.labels import LANGUAGES

    if labels not in LANGUAGES:
        fail(f"--labels {labels}: unknown language; there are {', '.join(LANGUAGES)}")
    known = dict(pair.partition("=")[::2] for pair in within or [])
    if unclear := [pair for pair in within or [] if not all(pair.partition("="))]:
        fail(f"--within {unclear[0]}: write PLACE=PROVINCE, as in 临澜市=东澜省")

    def write(corpus: Corpus) -> dict[str, int]:
        compared = compare_(corpus, known)
        if indicator:
            compared = compared.of(indicator)
            if not compared.items:
                fail(f"--indicator {indicator}: no indicator of {tables} has these words")
        pairs = write_comparison(compared, out, report, labels)
        named = {value.place.name for value in compared.items}
        return {"places": len(named), "values": len(compared.items), "pairs": pairs}

    write_from(tables, out, write)
