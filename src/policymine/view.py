"""What people see: the progress bar, the summary, a document with its facts marked, the schema.

On a terminal with rich; in a pipe plain lines with tabs, without colour and width.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from policymine.summary import Summary
from policymine.tables.schema import TABLES, Row

if TYPE_CHECKING:
    from rich.console import Console

    from policymine.corpus import Corpus
    from policymine.doctor import Check
    from policymine.explain import Explanation, Finding
    from policymine.telling import Event, Progress

MOST_MESSAGES = 20
"""Messages shown one by one; the rest are counted (all of them are in the table ``issues``)."""

_STYLES = {
    "targets": ("target", "bold black on bright_yellow"),
    "deadlines": ("deadline", "bold white on blue"),
    "responsibilities": ("department", "bold black on bright_green"),
    "goals": ("goal", "underline"),
    "citations": ("citation", "magenta"),
}
_HEAD = (
    "title", "inner_title", "doc_number", "issuers", "issuer_level", "province", "prefecture", "county", "doc_type",
    "date_issued", "date_published", "addressees", "flags",
)
_STAGES = {
    "list": "listing", "connect": "starting the cluster", "mine": "mining", "fetch": "fetching",
    "compare": "comparing versions", "link": "linking", "write": "writing",
}
_FOR_TERMINAL = {code: " " for code in (*range(32), 127, *range(128, 160)) if code not in (9, 10)}


@contextmanager
def progress_bar(wanted: bool) -> Iterator[Progress | None]:
    """A progress bar on standard error, gone when it is left; None where it is not wanted."""
    if not wanted:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"),
        TextColumn("{task.fields[source]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, count="", source="")

        def tell(event: Event) -> None:
            if event.kind == "stage":
                bar.reset(task, description=_STAGES[event.stage], total=None, count="", source="")
            elif event.done:
                source = (event.source or "")[-40:]
                bar.update(task, completed=event.done, total=event.total, source=source, count=pace(event))

        yield tell


def pace(event: Event) -> str:
    """How many are done, how many a second, and how long the others take.

    >>> from policymine.telling import Event
    >>> pace(Event("done", "mine", 100.0, 2000, 12000, True, rate=25.0)), pace(Event("done", "mine", 0.1, 3, 9))
    ('2,000/~12,000  25.0/s  0:06:40 left', '3/9')
    """
    about = "~" if event.estimated else ""
    shown = [f"{event.done:,}" + (f"/{about}{event.total:,}" if event.total is not None else "")]
    if event.rate is not None:
        shown.append(f"{event.rate:,.1f}/s")
    if (left := event.seconds_left) is not None:
        minutes, seconds = divmod(round(left), 60)
        shown.append(f"{minutes // 60}:{minutes % 60:02}:{seconds:02} left")
    return "  ".join(shown)


def log_event(event: Event) -> None:
    """A stage that begins, or a tick, as a line of JSON on standard error."""
    if event.kind != "done":
        counts: dict[str, object] = {}
        if event.done:
            rate, left = (None if x is None else round(x, 1) for x in (event.rate, event.seconds_left))
            counts = {"done": event.done, "total": event.total, "estimated": event.estimated}
            counts |= {"per_second": rate, "seconds_left": left}
        log("stage" if event.kind == "stage" else "progress", event.stage, event.seconds, event.source, counts)


def log(
    event: str, stage: str | None = None, seconds: float | None = None, source: str | None = None,
    counts: Mapping[str, object] | None = None, **more: object,
) -> None:
    """A line of JSON on standard error, with the same keys whatever the event is."""
    taken = None if seconds is None else round(seconds, 3)
    line = {"event": event, "stage": stage, "seconds": taken, "source": source, "counts": dict(counts or {}), **more}
    print(json.dumps(line, ensure_ascii=False), file=sys.stderr, flush=True)


def log_messages(summary: Summary) -> None:
    """What could not be read, or only doubtfully, as lines of JSON on standard error: all of it."""
    for source, level, message in summary.messages:
        log("message", source=source, level=level, message=message)


def print_messages(summary: Summary) -> None:
    """What could not be read, or only doubtfully, on standard error, a line each."""
    for source, level, message in summary.messages[:MOST_MESSAGES]:
        print(f"policymine: {source}: {level}: {message}".translate(_FOR_TERMINAL), file=sys.stderr)
    if len(summary.messages) > MOST_MESSAGES:
        more = len(summary.messages) - MOST_MESSAGES
        print(f"policymine: {more} more messages are in the table issues", file=sys.stderr)


def print_summary(summary: Summary, out: str, seconds: float) -> None:
    """The figures of a run: readable on a terminal, one line of ``key=value`` in a pipe."""
    if not sys.stdout.isatty():
        print(summary.line(out))
        return
    from rich.console import Console
    from rich.table import Table

    counts = summary.counts()
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_column(justify="right", style="bold")
    table.add_column()
    versions = f", {counts['works']} works" if counts["works"] != counts["documents"] else ""
    versions += " (facts of their canonical versions only)" if summary.canonical else ""
    rows = (
        (counts["documents"], f"documents 文档{versions}, {counts['characters']:,} characters"),
        (counts["targets"], "targets 指标"),
        (counts["goals"], "goals 目标"),
        (counts["deadlines"], "deadlines 期限"),
        (counts["departments"], f"departments 部门, named {counts['responsibilities']:,} times"),
        (counts["tasks"], "tasks 任务"),
        (counts["citations"], "citations 引用"),
    )
    for count, label in rows:
        table.add_row(f"{count:,}", label)
    console = Console(highlight=False)
    console.print(table)
    if summary.unread:
        status = ", ".join(f"{n} {name}" for name, n in sorted(summary.status.items()) if name != "ok")
        console.print(f"  [bold red]{summary.unread}[/] of {counts['files']} files could not be read: {status}")
    if summary.corrections:
        applied, unfit = summary.corrections
        console.print(f"  {applied:,} corrections applied" + (f", [bold red]{unfit:,}[/] do not fit" if unfit else ""))
    if summary.cache.hits:
        known = f"{summary.cache.hits:,} documents were mined before, {summary.cache.misses:,} now"
        console.print(f"  [dim]{known} (--no-cache mines all)[/]")
    console.print(f"  in {seconds:.1f} s, written to ", end="")
    console.print(out, style="bold", markup=False)


def show_document(corpus: Corpus, doc_id: str) -> None:
    """Print the head, the outline and the marked text of a document; in a pipe a line a fact."""
    facts = [(name, row) for name in _STYLES for row in corpus.rows(name)]
    facts.sort(key=lambda fact: (int(fact[1]["start"] or 0), int(fact[1]["end"] or 0)))
    text = corpus.text(doc_id)
    document = corpus.rows("documents")[0]
    if not sys.stdout.isatty():
        for name in _HEAD:
            if document[name] is not None:
                print(f"document\t\t\t{name}\t{_one_line(str(document[name]))}")
        for row in corpus.rows("sections"):
            words = " ".join(str(row[name]) for name in ("marker", "heading") if row[name])
            print(f"section\t{row['start']}\t{row['end']}\t{words}\t{row['kind'] or ''}")
        for name, row in facts:
            start, end = int(row["start"] or 0), int(row["end"] or 0)
            print(f"{_STYLES[name][0]}\t{start}\t{end}\t{_one_line(text[start:end])}\t{_detail(name, row)}")
        return
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    console = Console(highlight=False)
    for name in _HEAD:
        if document[name] is not None:
            console.print(Text.assemble((f"{name:>15}  ", "dim"), _one_line(str(document[name]))))
    tree = Tree(Text("outline", style="dim"), guide_style="dim")
    branches: dict[object, Tree] = {}
    for row in corpus.rows("sections"):
        label = Text(f"{row['marker'] or ''}{row['heading'] or ''}" or "(before the first heading)")
        label.append(f"  {row['kind'] or ''}", style="dim")
        branches[row["section_id"]] = branches.get(row["parent_id"], tree).add(label)
    console.print(tree)
    legend = Text("marked: ", style="dim")
    for label_en, style in _STYLES.values():
        legend.append(label_en, style=style).append("  ")
    console.print(legend)
    marked = Text(text.translate(_FOR_TERMINAL))
    for name in ("goals", "citations", "deadlines", "targets", "responsibilities"):
        for row in corpus.rows(name):
            marked.stylize(_STYLES[name][1], int(row["start"] or 0), int(row["end"] or 0))
    console.print(marked)


def _detail(name: str, row: Row) -> str:
    """What was read from the words, in a few of them."""
    columns = {
        "targets": ("indicator", "comparator", "value", "value_max", "unit", "change", "deadline"),
        "deadlines": ("relation", "start_date", "end_date", "period"),
        "responsibilities": ("department_name", "role"),
        "goals": ("class", "deadline"),
        "citations": ("title", "doc_number", "relation"),
    }[name]
    values = ((column, row[column]) for column in columns if row[column] is not None)
    return " ".join(f"{column}={f'{value:.15g}' if isinstance(value, float) else value}" for column, value in values)


def _one_line(words: str) -> str:
    return " ".join(words.translate(_FOR_TERMINAL).split())


def show_explanation(explained: Explanation) -> None:
    """Print how a passage was read, clause by clause; in a pipe a line a finding."""
    if not sys.stdout.isatty():
        for found in explained.findings:
            words = (found.what, str(found.start), str(found.end), found.text, found.verdict, found.rule)
            print("\t".join(_one_line(word) for word in (*words, found.reason or "", _values(found), _against(found))))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    year = explained.year or "unknown (give --year)"
    console.print(Text(f"read as written in {year}, in a section of the kind {explained.kind or 'none'}", style="dim"))
    waiting = [found for found in explained.findings if found.what != "goal"]
    for start, end in explained.clauses:
        inside = [found for found in waiting if start <= found.start < end]
        if inside:
            console.print(Text(_one_line(explained.text[start:end]), style="bold"))
        for found in inside:
            waiting.remove(found)
            _show_finding(console, found)
    for found in explained.findings:
        if found.what == "goal":
            console.print(Text(_one_line(found.text), style="bold"))
            _show_finding(console, found)
    if not explained.findings:
        console.print("no number, time, department, goal or citation is found in it")


def _show_finding(console: Console, found: Finding) -> None:
    from rich.text import Text

    style = {"rejected": "red", "unplaced": "yellow"}.get(found.verdict, "green")
    line = Text.assemble("  ", (f"{found.what} ", "dim"), found.text if found.what != "goal" else "", "  ")
    line.append(f"{found.verdict}{f': {found.reason}' if found.reason else ''}", style=style)
    line.append(f"  {found.rule}", style="dim")
    console.print(line)
    if values := _values(found):
        console.print(Text(f"      {values}", style="dim"))
    if found.cues:
        console.print(Text(f"      against it: {_against(found)}", style="dim"))


def _values(found: Finding) -> str:
    return " ".join(f"{name}={f'{value:.15g}' if isinstance(value, float) else value}" for name, value in found.values)


def _against(found: Finding) -> str:
    return " ".join(f"{rule}({reason}: {words})" for rule, reason, words in found.cues)


def show_findings(findings: Sequence[Check]) -> None:
    """Print what ``doctor`` found; in a pipe a line a finding."""
    if not sys.stdout.isatty():
        print("topic\tname\tworks\tdetail\tremedy")
        for f in findings:
            print(f"{f.topic}\t{f.name}\t{'yes' if f.works else 'no'}\t{f.detail}\t{f.remedy}")
        return
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    console = Console(highlight=False)
    for topic in dict.fromkeys(f.topic for f in findings):
        grid = Grid(title=topic, title_justify="left", title_style="bold", show_header=False, box=None, padding=(0, 1))
        for f in findings:
            if f.topic == topic:
                mark = "[green]yes[/]" if f.works else "[red]no[/]"
                grid.add_row(mark, f.name, Text.assemble(f.detail, (f"\n{f.remedy}" if f.remedy else "", "yellow")))
        console.print(grid)
        console.print()


def show_schema() -> None:
    """Print every table and column; in a pipe a line a column."""
    if not sys.stdout.isatty():
        print("table\tcolumn\ttype\tlabel_zh\tdescription")
        for table in TABLES.values():
            for column in table.columns:
                print(f"{table.name}\t{column.name}\t{column.type}\t{column.label_zh}\t{column.description}")
        return
    from rich.console import Console
    from rich.table import Table as Grid

    console = Console(highlight=False)
    for table in TABLES.values():
        grid = Grid(title=f"{table.name} {table.label_zh}: {table.description}", title_justify="left", box=None)
        for heading in ("column", "type", "中文", "meaning"):
            grid.add_column(heading)
        for column in table.columns:
            name = f"[bold]{column.name}[/]" if column.name in table.key else column.name
            grid.add_row(name, column.type, column.label_zh, column.description)
        console.print(grid)
        console.print()


def print_figures(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print a small table of figures; in a pipe with tabs."""
    shown = [[f"{v:.3f}" if isinstance(v, float) else str("" if v is None else v) for v in r.values()] for r in rows]
    if not sys.stdout.isatty():
        print(f"# {title}")
        for cells in ([*rows[0]], *shown):
            print("\t".join(cells))
        return
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(title=Text(title), title_justify="left", box=None)
    for i, name in enumerate(rows[0]):
        grid.add_column(name, justify="left" if i == 0 else "right")
    for cells in shown:
        grid.add_row(*cells)
    Console(highlight=False).print(grid)
