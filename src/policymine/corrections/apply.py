"""Decisions of readers applied to the rows of a document.

A rejected row moves to ``rejected`` with the reason ``review``; an edited one gets the new values; accepted and edited
rows say so in their column ``review``. What follows from a row follows it: the date that targets, goals and tasks took
from a deadline. A decision that no longer fits is an issue, never a guess:

- *accept* and *edit* need a row at the place; *reject* holds also where the program no longer finds one;
- *accept* needs the values that were accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from policymine.corrections.anchors import Letters, find, quote
from policymine.corrections.columns import LAYER
from policymine.corrections.decisions import ACCEPT, EDIT, REJECT, Decision
from policymine.tables.schema import Row
from policymine.text.calendar import first_day, last_day

ACCEPTED, EDITED = "accepted", "edited"
"""What the column ``review`` of a row says."""
REVIEW = "review"
"""The reason of a rejected row, and where an edited deadline of a target comes from."""

Tables = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Unfit:
    """A decision that does not fit a document: the code of the issue, the reason, and where, if that is known."""

    decision: Decision
    code: str
    reason: str
    start: int | None = None
    end: int | None = None


def apply(letters: Letters, tables: Tables, decisions: Iterable[Decision]) -> tuple[dict[str, list[Row]], list[Unfit]]:
    """Change the rows of a document as readers decided.

    Args:
        letters: the document.
        tables: its rows; they are left as they are.
        decisions: about this document or a near-identical one; of two about one row the later one counts.

    Returns:
        The rows, and the decisions that do not fit.
    """
    chosen: dict[tuple[str, int], Decision] = {}
    unfit: dict[Decision, Unfit] = {}
    for decision in decisions:
        place = find(letters, decision.anchor)
        if isinstance(place, str):
            unfit[decision] = Unfit(decision, "correction-unfit", place)
            continue
        index = _row_at(tables.get(decision.table, []), place, decision)
        if index is None:
            if decision.verdict != REJECT:
                unfit[decision] = Unfit(decision, "correction-unfit", "nothing is found at these words now", *place)
            continue
        differs = _differences(decision, tables[decision.table][index]) if decision.verdict == ACCEPT else ""
        if differs:
            unfit[decision] = Unfit(decision, "correction-outdated", differs, *place)
        else:
            chosen.pop((decision.table, index), None)
            chosen[decision.table, index] = decision
    return _changed(letters, tables, chosen), list(unfit.values())


def _row_at(rows: Sequence[Row], place: tuple[int, int], decision: Decision) -> int | None:
    """The row read from the words of a decision: the one that covers them best, then the one most like it."""
    best: tuple[float, int, int] | None = None
    for i, row in enumerate(rows):
        start, end = _int(row["start"]), _int(row["end"])
        shared = min(end, place[1]) - max(start, place[0])
        if shared * 2 < min(end - start, place[1] - place[0]) or shared <= 0:
            continue
        union = max(end, place[1]) - min(start, place[0])
        alike = sum(row.get(name) == value for name, value in decision.values.items())
        if best is None or (shared / union, alike, -i) > best:
            best = (shared / union, alike, -i)
    return None if best is None else -best[2]


def _differences(decision: Decision, row: Row) -> str:
    """The values that were accepted and are others now, in words."""
    found = [
        f"{name} was {_shown(value)} and is {_shown(row.get(name))}"
        for name, value in decision.values.items() if row.get(name) != value
    ]
    return ", ".join(found)


def _shown(value: object) -> str:
    return "empty" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


def _changed(
    letters: Letters, tables: Tables, chosen: Mapping[tuple[str, int], Decision]
) -> dict[str, list[Row]]:
    changed = {name: list(rows) for name, rows in tables.items()}
    gone: dict[str, list[Row]] = {}
    touched: set[object] = set()
    for (table, index), decision in chosen.items():
        row = changed[table][index]
        touched.add(row.get("task_id"))
        if decision.verdict == REJECT:
            gone.setdefault(table, []).append(row)
        elif decision.verdict == EDIT:
            changed[table][index] = _edited(table, row, decision.changes)
        else:
            changed[table][index] = {**row, "review": ACCEPTED}
    for table, rows in gone.items():
        dropped = {id(row) for row in rows}
        changed[table] = [row for row in changed[table] if id(row) not in dropped]
    changed["rejected"] = sorted(
        [*changed.get("rejected", []), *(_rejected(letters, t, row) for t, rows in gone.items() for row in rows)],
        key=lambda row: (_int(row["start"]), _int(row["end"])),
    )
    touched |= _follow_deadlines(tables["deadlines"], changed)
    _date_tasks(changed, touched - {None})
    return changed


def _edited(table: str, row: Row, changes: Row) -> Row:
    edited = {**row, **changes, "review": EDITED}
    if table == "deadlines" and ("start_date" in changes or "end_date" in changes):
        edited |= {
            "due_earliest": first_day(_text(edited["start_date"])), "due_latest": last_day(_text(edited["end_date"])),
            "resolved_from": None,
        }
    elif "deadline" in changes:
        edited |= {"deadline_id": None, "deadline_from": REVIEW if edited["deadline"] else None}
    return edited


def _rejected(letters: Letters, table: str, row: Row) -> Row:
    words = quote(letters, _int(row["start"]), _int(row["end"]))
    return {
        "doc_id": row["doc_id"], "layer": LAYER[table], "text": words, "reason": REVIEW, "start": row["start"],
        "end": row["end"], "page": row["page"], "rule": row.get("rule"),
    }


def _follow_deadlines(before: Sequence[Row], changed: dict[str, list[Row]]) -> set[object]:
    """Give targets and goals the new date of the deadline that theirs was taken from; the tasks that this touches."""
    now = {row["deadline_id"]: row for row in changed["deadlines"]}
    moved = {row["deadline_id"]: row for row in before if now.get(row["deadline_id"]) is not row}
    touched: set[object] = set()
    for table in ("targets", "goals"):
        for i, row in enumerate(changed[table]):
            old = moved.get(row["deadline_id"])
            if old is None:
                continue
            touched.add(row.get("task_id"))
            new = now.get(row["deadline_id"])
            if new is None:
                changed[table][i] = {**row, "deadline": None, "deadline_id": None, "deadline_from": None}
                continue
            for name in ("end_date", "start_date"):
                if row["deadline"] == old[name]:
                    changed[table][i] = {**row, "deadline": new[name]}
                    break
    return touched


def _date_tasks(changed: dict[str, list[Row]], touched: set[object]) -> None:
    """Work out the deadlines of tasks anew as ``extraction.tasks`` does: the latest of their targets and deadlines."""
    dates: dict[object, list[str]] = {}
    for row in changed["targets"]:
        dates.setdefault(row["task_id"], []).append(_text(row["deadline"]) or "")
    for row in changed["deadlines"]:
        if row["relation"] == "by":
            dates.setdefault(row["task_id"], []).append(_text(row["end_date"]) or "")
    for i, row in enumerate(changed["tasks"]):
        if row["task_id"] in touched:
            changed["tasks"][i] = {**row, "deadline": max(dates.get(row["task_id"], []), default="") or None}


def _int(value: object) -> int:
    return value if isinstance(value, int) else -1


def _text(value: object) -> str | None:
    return str(value) if value is not None else None
