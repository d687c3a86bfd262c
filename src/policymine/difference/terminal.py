"""A difference for people at a terminal: with rich, in colour where there is any."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from policymine.difference.documents import Difference
from policymine.tables.schema import Row, Value
from policymine.versions.fact_changes import FactChange

CONTEXT = 18
"""Characters around a change that are shown."""
LONGEST = 240
"""Characters of a change that are shown; a lost annex is not read on a terminal."""
STYLES = {
    "number": "bold yellow", "wording": "cyan", "added": "green", "removed": "red", "typography": "dim",
}
_GONE, _NEW = "red strike", "green"
_LABELS = {
    "documents": "header 文头", "targets": "target 指标", "deadlines": "deadline 期限", "responsibilities": "duty 责任",
}
_INVISIBLE = dict.fromkeys((*range(32), 127, *range(128, 160)), " ")


def show_difference(found: Difference, console: Console, typography: bool = False) -> None:
    """Print a difference: what the two are to each other, the facts that differ, then the words.

    Args:
        found: what to print.
        console: where to.
        typography: list differences in print too, not only their number.
    """
    console.print(Group(*_head(found)))
    for change in found.facts:
        console.print(_fact(change))
    if found.facts:
        console.print()
    for row in found.changes:
        if typography or row["kind"] != "typography":
            console.print(_change(found, row))
    hidden = found.counts()["typography"]
    if hidden and not typography:
        console.print(Text(f"{hidden} differences in typography only (--typography lists them)", style="dim"))
    if not found.changes and not found.facts:
        console.print(Text("no difference but layout", style="dim"))


def lines(found: Difference) -> Iterator[str]:
    """The same for a pipe: fields with tabs, a line a change or fact."""
    yield "\t".join(("relation", found.relation, found.evidence))
    for change in found.facts:
        place = [str((row or {}).get(name, "") or "") for row in (change.a, change.b) for name in ("start", "end")]
        values = "; ".join(f"{name}: {_value(old)} -> {_value(new)}" for name, old, new in change.fields)
        yield "\t".join(("fact", change.table, *place, values or ("only in a" if change.b is None else "only in b")))
    for row in found.changes:
        places = [str(row[name]) for name in ("other_start", "other_end", "start", "end")]
        words = [_one_line(str(row[name])) for name in ("other_text", "text")]
        yield "\t".join((str(row["kind"]), *places, *words))


def _head(found: Difference) -> Iterator[RenderableType]:
    grid = Table.grid(padding=(0, 2))
    grid.add_row(Text("A", style="bold red"), Text(_one_line(found.a.source)), Text(_one_line(found.a.title or "")))
    grid.add_row(Text("B", style="bold green"), Text(_one_line(found.b.source)), Text(_one_line(found.b.title or "")))
    yield grid
    yield Text.assemble((found.relation, "bold"), f"  {_one_line(found.evidence)}")
    counts = Text()
    for kind, count in found.counts().items():
        if count:
            counts.append(f"{count} {kind}  ", style=STYLES[kind])
    yield counts


def _fact(change: FactChange) -> Text:
    line = Text().append(f"{_LABELS[change.table]:<12} ", style="bold")
    if not change.fields:
        row, style, sign = (change.a, _GONE, "- ") if change.b is None else (change.b, _NEW, "+ ")
        return line.append(sign + described(change.table, row or {}), style=style)
    if change.a is not None and change.table != "documents":
        line.append(described(change.table, change.a) + "  ")
    for name, old, new in change.fields:
        line.append(f"{name} ", style="dim").append(_value(old), style=_GONE).append(" → ")
        line.append(f"{_value(new)}  ", style=_NEW)
    return line


def described(table: str, row: Row) -> str:
    """A fact in a few words."""
    names = {
        "targets": ("indicator", "comparator", "value", "value_max", "unit", "deadline"),
        "deadlines": ("text",),
        "responsibilities": ("department", "role"),
    }[table]
    return " ".join(_value(row[name]) for name in names if row[name] is not None)


def _change(found: Difference, row: Row) -> Text:
    a0, a1, b0, b1 = (int(row[n] or 0) for n in ("other_start", "other_end", "start", "end"))
    kind = str(row["kind"])
    line = Text().append(f"{kind:<11}", style=STYLES[kind])
    line.append(f"{a0:>7} ", style="dim")
    before, behind = found.a.raw[max(0, a0 - CONTEXT) : a0], found.a.raw[a1 : a1 + CONTEXT]
    line.append("…" + _one_line(before), style="dim")
    line.append(_cut(found.a.raw[a0:a1]), style=_GONE)
    line.append(_cut(found.b.raw[b0:b1]), style="bold " + _NEW)
    return line.append(_one_line(behind) + "…", style="dim")


def _cut(words: str) -> str:
    shown = _one_line(words)
    if len(shown) <= LONGEST:
        return shown
    return f"{shown[: LONGEST // 2]} […{len(shown) - LONGEST}…] {shown[-LONGEST // 2 :]}"


def _value(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    return "—" if value is None else _one_line(str(value))


def _one_line(words: str) -> str:
    return " ".join(words.translate(_INVISIBLE).split())
