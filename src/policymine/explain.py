"""How a sentence is read: its clauses, every number, time and department in it, and which rule decided each, and why.

For those who write rules and for readers who wonder about a row. The same functions decide here as in
``pipeline.mine_document``; nothing is decided twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from policymine.extraction import extract
from policymine.extraction.context import Context, read_context
from policymine.extraction.indicators import indicator_span
from policymine.extraction.items import read_item
from policymine.extraction.judgement import cues
from policymine.lexicon.departments import Departments
from policymine.models import Facts, Options
from policymine.structure.header import read_header
from policymine.structure.outline import read_outline
from policymine.text.normalize import normalize

_NAMED = re.compile(r"[\u4e00-\u9fff]{1,24}?(?:局|厅|委|部|办|院|署|行|政府|管委会|委员会|办公室|中心)")
REJECTED, UNPLACED = "rejected", "unplaced"


@dataclass(frozen=True, slots=True)
class Finding:
    """One number, time, department, goal or citation of a sentence; offsets of ``Explanation.text``.

    Attributes:
        what: number, time, department, goal or citation.
        verdict: target, deadline, responsibility, goal or citation; ``rejected``; ``unplaced`` for a department that
            no list and no assignment names.
        rule: what decided.
        reason: why it is rejected; None for what is accepted.
        values: what was read from the words, by the names of the tables' columns.
        cues: rules that speak against a number, with the words that they matched; the first that holds decides.
    """

    start: int
    end: int
    text: str
    what: str
    verdict: str
    rule: str
    reason: str | None = None
    values: tuple[tuple[str, object], ...] = ()
    cues: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A sentence as the extractors saw it.

    Attributes:
        text: the normalised text, to which all offsets refer.
        year: the year of writing that told past from future; None where none was given or found.
        kind: the kind of section that the sentence was taken to stand in.
        clauses: spans of the clauses that hold a finding.
        findings: what was found, by place.
    """

    text: str
    year: int | None
    kind: str
    clauses: tuple[tuple[int, int], ...]
    findings: tuple[Finding, ...]


def explain(
    text: str, year: int | None = None, kind: str | None = None, options: Options = Options()  # noqa: B008 (frozen)
) -> Explanation:
    """Read a sentence or passage, and say of everything in it which rule decided.

    Args:
        text: the words.
        year: the year of writing, which tells past from future; None: as the text shows.
        kind: the kind of section that it stands in (objectives, tasks, subsidy, conditions, background …); None: as
            its headings show.
        options: users' lexicons.

    >>> found = explain("到2025年，培育企业50家，每家奖励20万元。", year=2021).findings
    >>> [(f.text, f.verdict, f.reason) for f in found]
    [('到2025年', 'deadline', None), ('50家', 'target', None), ('20万元', 'rejected', 'subsidy')]
    """
    normalized = normalize(text)
    header = read_header(normalized)
    header = replace(header, year=year if year is not None else header.year)
    sections = read_outline(normalized, header)
    if kind is not None:
        sections = tuple(replace(section, kind=kind) for section in sections)
    departments = Departments.of(options.lexicons)
    context = read_context(normalized, header, sections)
    facts, _ = extract(normalized, header, sections, departments)
    findings = [*_numbers(context, facts), *_times(facts), *_sentences(context, facts)]
    findings += _named(context, facts, departments)
    findings.sort(key=lambda f: (f.start, f.end, f.what))
    clauses = sorted({context.clause(f.start, f.end) for f in findings if f.what != "goal"})
    return Explanation(context.text, header.year, sections[-1].kind, tuple(clauses), tuple(findings))


def _numbers(context: Context, facts: Facts) -> Iterator[Finding]:
    promised = {t.quantity.start: t for t in facts.targets}
    refused = {r.start: r for r in facts.rejected if r.layer == "target"}
    for k, quantity in enumerate(context.quantities):
        item = read_item(context, k)
        verb = context.text[item.verb_start : item.verb_end] if item.verb_class else None
        values: list[tuple[str, object]] = [
            ("comparator", quantity.comparator), ("value", quantity.value), ("value_max", quantity.value_max),
            ("unit", quantity.unit), ("kind", quantity.kind), ("verb", f"{verb} ({item.verb_class})" if verb else None),
        ]
        target, no = promised.get(quantity.start), refused.get(quantity.start)
        if target is not None:
            values += [
                ("indicator", target.indicator), ("change", target.change), ("deadline", target.deadline),
                ("deadline_from", target.deadline_from), ("every", target.every),
                ("baseline_value", target.baseline_value), ("baseline_year", target.baseline_year),
            ]
            verdict, rule, reason = "target", target.rule, None
        else:
            values.append(("indicator", context.text[slice(*indicator_span(context.text, item))]))
            verdict, rule, reason = REJECTED, no.rule if no else "", no.reason if no else None
        against = tuple(cues(context, item))
        yield _finding(context, quantity.start, quantity.end, "number", verdict, rule, reason, values, against)


def _finding(
    context: Context, start: int, end: int, what: str, verdict: str, rule: str, reason: str | None = None,
    values: list[tuple[str, object]] | None = None, against: tuple[tuple[str, str, str], ...] = (),
) -> Finding:
    known = tuple((name, value) for name, value in values or () if value not in (None, ""))
    return Finding(start, end, context.text[start:end], what, verdict, rule, reason, known, against)


def _times(facts: Facts) -> Iterator[Finding]:
    for deadline in facts.deadlines:
        time = deadline.expression
        values = (
            ("relation", time.relation), ("start_date", time.start_date), ("end_date", time.end_date),
            ("period", time.period), ("due_latest", deadline.due_latest),
        )
        kept = tuple((name, value) for name, value in values if value is not None)
        yield Finding(time.start, time.end, time.text, "time", "deadline", time.rule, None, kept)


def _named(context: Context, facts: Facts, departments: Departments) -> Iterator[Finding]:
    """Departments of lists and assignments, and names of bodies that stand in neither."""
    placed: list[tuple[int, int]] = []
    for listed in facts.responsibilities:
        for d in listed.departments:
            placed.append((d.start, d.end))
            values: list[tuple[str, object]] = [
                ("role", d.role), ("role_from", d.role_from), ("name", d.full_name), ("function", d.function),
                ("level", d.level),
            ]
            yield _finding(context, d.start, d.end, "department", "responsibility", listed.rule, None, values)
    for match in _NAMED.finditer(context.text):
        start, end = match.span()
        while end - start >= 3 and not departments.is_department(context.text[start:end]):
            start += 1
        if end - start >= 3 and not any(a < end and start < b for a, b in placed):
            yield _finding(context, start, end, "department", UNPLACED, "", "no list and no assignment names it")


def _sentences(context: Context, facts: Facts) -> Iterator[Finding]:
    for goal in facts.goals:
        values: list[tuple[str, object]] = [("class", goal.goal_class), ("deadline", goal.deadline)]
        yield _finding(context, goal.start, goal.end, "goal", "goal", goal.rule, None, values)
    for citation in facts.citations:
        values = [("title", citation.title), ("doc_number", citation.doc_number), ("relation", citation.relation)]
        yield _finding(context, citation.start, citation.end, "citation", "citation", "", None, values)
    for no in facts.rejected:
        if no.layer != "target":
            what = "time" if no.layer == "deadline" else no.layer
            yield _finding(context, no.start, no.end, what, REJECTED, no.rule, no.reason)
