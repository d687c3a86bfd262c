"""Tasks: the lines of the 任务分解表, each with its targets, deadlines and departments."""

from __future__ import annotations

from bisect import bisect_left, insort

from policymine.extraction.context import Context, merged, touches
from policymine.extraction.lists import LISTS
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
        if listed.rule in LISTS and listed.governs_end > listed.governs_start:
            spans.append((listed.governs_start, max(listed.governs_end, listed.end)))
        elif listed.rule not in LISTS:  # an assignment in prose is about its own sentence
            first, last = context.part(listed.start)
            spans.append((min(first, listed.start), max(last, listed.end)))
    spans = merged(spans)  # two lists about the same words make one task
    for start in sorted({t.quantity.start for t in targets} | {d.expression.start for d in deadlines}):
        if not touches(spans, start, start + 1):
            first, last = context.line_span(context.line(start))
            section = context.section(start)
            first = max(first, section.start)
            last = min([last, *(s.start for s in context.sections[section.index + 1 : section.index + 2] if s.start > start)])
            k = bisect_left(spans, (start, start))
            first = max([first, *(b for _, b in spans[max(0, k - 1) : k])])
            last = min([last, *(a for a, _ in spans[k : k + 1])])
            if last > first:
                insort(spans, (first, last))
    target_starts = [t.quantity.start for t in targets]
    deadline_starts = [d.expression.start for d in deadlines]
    list_starts = [r.start for r in responsibilities]
    tasks = []
    for a, b in spans:
        mine_targets = _between(target_starts, a, b)
        mine_deadlines = _between(deadline_starts, a, b)
        lists = _between(list_starts, a, b)
        dated = {targets[i].deadline for i in mine_targets} | {deadlines[i].expression.end_date for i in mine_deadlines if deadlines[i].expression.relation == "by"}
        known = sorted(d for d in dated if d)
        start, end = _trim(context.text, a, b)
        if end > start:
            tasks.append(Task(start, end, context.section(start).index, known[-1] if known else None, mine_targets, mine_deadlines, lists))
    return tasks


def _between(starts: list[int], first: int, last: int) -> tuple[int, ...]:
    """The indices of the sorted offsets that lie in a span."""
    return tuple(range(bisect_left(starts, first), bisect_left(starts, last)))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in "\n ,;、":
        start += 1
    while end > start and text[end - 1] in "\n ":
        end -= 1
    return start, end
