"""Tasks: the lines of the 任务分解表, each with its targets, deadlines and departments."""

from __future__ import annotations

from policymine.extraction.context import Context
from policymine.models import Deadline, Goal, Responsibility, Target, Task


def join_tasks(
    context: Context,
    targets: list[Target],
    goals: list[Goal],
    deadlines: list[Deadline],
    responsibilities: list[Responsibility],
) -> list[Task]:
    """Join the facts of a document into tasks.

    A task is the text that a list of departments is about; where no list stands, the paragraph that holds a
    target or a deadline. Text without target, deadline or department makes no task.

    Args:
        context: the document.
        targets: with goals, deadlines and responsibilities, what was found in it; by place.
        goals: as above; a goal alone makes no task.
        deadlines: as above.
        responsibilities: as above.

    Returns:
        Tasks by place. Each fact belongs to one task at most: the one whose text holds it.
    """
    spans: list[tuple[int, int]] = []
    for listed in responsibilities:
        if listed.governs_end > listed.governs_start:
            spans.append((listed.governs_start, max(listed.governs_end, listed.end)))
    spans = _merged(spans)
    for start in sorted({t.quantity.start for t in targets} | {d.expression.start for d in deadlines}):
        if not any(a <= start < b for a, b in spans):
            first, last = context.line_span(context.line(start))
            section = context.section(start)
            first = max(first, section.start)
            last = min([last, *(s.start for s in context.sections[section.index + 1 : section.index + 2] if s.start > start)])
            for a, b in spans:
                if b <= start:
                    first = max(first, b)
                elif a >= start:
                    last = min(last, a)
            if last > first:
                spans.append((first, last))
                spans.sort()
    tasks = []
    for a, b in spans:
        mine_targets = tuple(i for i, t in enumerate(targets) if a <= t.quantity.start < b)
        mine_deadlines = tuple(i for i, d in enumerate(deadlines) if a <= d.expression.start < b)
        lists = tuple(i for i, r in enumerate(responsibilities) if a <= r.start < b)
        dated = {targets[i].deadline for i in mine_targets} | {deadlines[i].expression.end_date for i in mine_deadlines if deadlines[i].expression.relation == "by"}
        known = sorted(d for d in dated if d)
        start, end = _trim(context.text, a, b)
        if end > start:
            tasks.append(Task(start, end, context.section(start).index, known[-1] if known else None, mine_targets, mine_deadlines, lists))
    return tasks


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap put into one: two lists about the same words make one task."""
    out: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if out and a < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in "\n ,;、":
        start += 1
    while end > start and text[end - 1] in "\n ":
        end -= 1
    return start, end
