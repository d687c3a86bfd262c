"""The facts of a passage, a line each, as ``tests/cases.toml`` states them; run as a program: those of every case as JSON."""

from __future__ import annotations

import json
import sys
import tomllib
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from policymine.extraction import extract
from policymine.extraction.lists import LISTS
from policymine.models import Layout
from policymine.structure.header import read_header
from policymine.structure.outline import read_outline
from policymine.structure.text_tables import read_tables
from policymine.text.normalize import normalize
from table_text import Block, layout_of

CASES = Path(__file__).with_name("cases.toml")


@dataclass(frozen=True)
class Case:
    """A passage, the year that it was written in, and the facts that it states; lines with | are the rows of a table."""

    text: str
    year: int | None
    facts: tuple[str, ...]


def read_cases() -> list[Case]:
    """Every case of ``cases.toml``."""
    rows = tomllib.loads(CASES.read_text(encoding="utf-8"))["cases"]
    return [Case(row["text"], row.get("year"), tuple(row["facts"].splitlines())) for row in rows]


def _as_read(text: str) -> tuple[str, Layout]:
    """The passage as a reader hands it over, its rows as tables."""
    if "|" not in text:
        return text, Layout()
    blocks: list[Block] = []
    for in_table, grouped in groupby(text.splitlines(), lambda line: "|" in line):
        lines = list(grouped)
        blocks += [[[cell.strip() for cell in line.split("|")] for line in lines]] if in_table else lines
    return layout_of(blocks)


def facts_of(text: str, year: int | None = None) -> list[str]:
    """What is read from a passage: headings, targets, deadlines, departments, goals, citations, rejected, by place."""
    normalized = normalize(*_as_read(text))
    header = read_header(normalized)
    if year is not None:
        header = replace(header, year=year)
    tables = read_tables(normalized, header)
    sections = read_outline(normalized, header, tables)
    facts, _ = extract(normalized, header, sections, tables=tables)
    lines: list[tuple[int, str]] = []

    def add(start: int, *words: Any) -> None:
        lines.append((start, " | ".join("" if w is None else f"{w:.15g}" if isinstance(w, float) else str(w).strip() for w in words)))

    for s in sections:
        if s.marker or s.heading:
            add(s.start, "heading", s.level, f"{s.marker}{s.heading}", s.kind)
    for t in facts.targets:
        q = t.quantity
        value = f"{q.value:.15g}" + (f"-{q.value_max:.15g}" if q.value_max is not None else "")
        stated = [f"from {t.baseline_value:.15g} ({t.baseline_year or ''})"] if t.baseline_value is not None else []
        stated += [t.binding] if t.binding else []
        add(q.start, "target", q.text, t.indicator, f"{q.comparator} {value} {q.unit or ''}", t.change, t.deadline, t.every, *stated)
    for d in facts.deadlines:
        e = d.expression
        counted = [f"due {d.due_latest}"] if e.relation == "within" and d.due_latest else []
        add(e.start, "deadline", e.text, e.relation, e.start_date, e.end_date, e.period, *counted)
    for listed in facts.responsibilities:
        before = listed.rule not in LISTS and listed.governs_start < listed.start  # 以上任务由…负责
        over = [f"since {normalized.text[listed.governs_start : listed.governs_start + 6].strip()}"] if before else []
        for name in listed.departments:
            add(name.start, "department", name.name, name.role, *over)
    for g in facts.goals:
        add(g.start, "goal", normalized.text[g.start : g.end], g.goal_class, g.deadline)
    for c in facts.citations:
        add(c.start, "citation", c.title, c.relation)
    for r in facts.rejected:
        add(r.start, "rejected", normalized.text[r.start : r.end], r.layer, r.reason)
    return [line for _, line in sorted(lines, key=lambda item: item[0])]


if __name__ == "__main__":
    json.dump([facts_of(case.text, case.year) for case in read_cases()], sys.stdout, ensure_ascii=False)
