"""Tasks: the lines of the 任务分解表, each with its targets, deadlines and departments."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from policymine.extraction.context import Context, merged, touches
from policymine.extraction.inheritance import Inheritance
from policymine.extraction.lists import LISTS
from policymine.extraction.tabled import NOTHING_TABLED, Tabled
from policymine.models import Deadline, Goal, Responsibility, Target, Task


def join_tasks(
    context: Context,
    targets: list[Target],
    goals: list[Goal],
    deadlines: list[Deadline],
    responsibilities: list[Responsibility],
    inheritance: Inheritance,
    tabled: Tabled = NOTHING_TABLED,
) -> list[Task]:
    """Join the facts of a document into tasks.

    A task is the text that a list of departments is about; where no list stands, the paragraph that holds a
    target or a deadline. A row of a table of tasks or indicators is one task. Text without target, deadline or department makes no task.

    Args:
        context: the document.
        targets: with goals, deadlines and responsibilities, what was found in it; by place.
        goals: as above; a goal alone makes no task.
        deadlines: as above.
        responsibilities: as above; a list, or an assignment that closes its paragraph, is about all that it governs.
        inheritance: gives a task without a date of its own that of its heading (a stage of the work).
        tabled: the rows of tables.

    Returns:
        Tasks by place. Each fact belongs to one task at most: the one whose text holds it.
    """
    spans: list[tuple[int, int]] = []
    for listed in responsibilities:
        if context.tables.kind(listed.start) is not None and tabled.task_at(listed.start) is not None:
            continue
        if (listed.rule in LISTS or listed.governs_start < listed.start) and listed.governs_end > listed.governs_start:
            spans.append((listed.governs_start, max(listed.governs_end, listed.end)))
        elif listed.rule not in LISTS:  # an assignment in prose is about its own sentence
            first, last = context.part(listed.start)
            spans.append((min(first, listed.start), max(last, listed.end)))
    spans = merged(spans)  # two lists about the same words make one task
    for start in sorted({t.quantity.start for t in targets} | {d.expression.start for d in deadlines}):
        if not touches(spans, start, start + 1) and not context.tables.closed(start) and tabled.task_at(start) is None:
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
    parts = [(a, b, _between(target_starts, a, b), _between(deadline_starts, a, b), _between(list_starts, a, b)) for a, b in spans]
    in_rows = {id(d) for t in tabled.tasks for d in t.deadlines}
    if tabled.tasks:
        by_row = [_by_row(tabled, starts, made) for starts, made in (
            (target_starts, ()),
            (deadline_starts, ((d.expression.start, k) for k, t in enumerate(tabled.tasks) for d in t.deadlines)),
            (list_starts, ((c.found.start, k) for k, t in enumerate(tabled.tasks) for c in t.lists)),
        )]
        for k, task in enumerate(tabled.tasks):
            mine = [tuple(found.get(k, ())) for found in by_row]
            if any(mine):
                parts.append((task.start, task.end, mine[0], mine[1], mine[2]))
        parts.sort()
    tasks = []
    for a, b, mine_targets, mine_deadlines, lists in parts:
        dated = {targets[i].deadline for i in mine_targets} | {deadlines[i].expression.end_date for i in mine_deadlines if deadlines[i].expression.relation == "by" or id(deadlines[i]) in in_rows}
        known = sorted(d for d in dated if d)
        start, end = _trim(context.text, a, b)
        if end > start:
            if not known and not context.tables.closed(start):
                at = max(start, context.section(start).body)
                governing = inheritance.governing(at, at + 1)
                known = [governing.value] if governing.value and governing.origin == "heading" else []
            tasks.append(Task(start, end, context.section(start).index, known[-1] if known else None, mine_targets, mine_deadlines, lists))
    return tasks


def _by_row(tabled: Tabled, starts: list[int], made: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """The indices of facts by the number of their row: those of a merged cell go to its rows in turn."""
    rows: dict[int, list[int]] = {}
    for start, number in made:
        rows.setdefault(start, []).append(number)
    turn = {start: iter(numbers) for start, numbers in rows.items()}
    found: dict[int, list[int]] = {}
    for i, start in enumerate(starts):
        row = next(turn[start], None) if start in turn else tabled.task_at(start)
        if row is not None:
            found.setdefault(row, []).append(i)
    return found


def _between(starts: list[int], first: int, last: int) -> tuple[int, ...]:
    """The indices of the sorted offsets that lie in a span."""
    return tuple(range(bisect_left(starts, first), bisect_left(starts, last)))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in "\n ,;、":
        start += 1
    while end > start and text[end - 1] in "\n ":
        end -= 1
    return start, end
