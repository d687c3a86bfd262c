"""One mined document as rows of the tables: the only place where normalised positions become document offsets.

Every ``start`` and ``end`` of a row counts code points of the document text (``NormalizedText.raw_span``). Words are
given as written, without the blanks and line breaks that normalisation left out (``NormalizedText.quote``). Row ids
are a hash of document, table, start and end: stable while the text is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from policymine.issues import NOTE, level_of, remedy_of
from policymine.models import Issue, MinedDocument, RawDocument
from policymine.tables.columns import ColumnRows
from policymine.tables.schema import TABLES, Row
from policymine.text.calendar import is_plausible
from policymine.text.normalize import NormalizedText

TABLED = "target.table"
"""What the rules begin with that find targets in tables."""
DAMAGED = "deadline-damaged"
"""The flag of a target or goal whose deadline has a year that cannot be meant."""


@dataclass(frozen=True, slots=True)
class DocumentRows:
    """All rows that come from one file: of ``files``, of ``documents`` (None: no bytes) and of the other tables."""

    file: Row
    document: Row | None
    tables: Mapping[str, Sequence[Row]]


def row_id(doc_id: str, table: str, start: int, end: int) -> str:
    """The id of a row: 16 hexadecimal digits of a hash of document, table, start and end.

    >>> row_id("00", "targets", 3, 7) == row_id("00", "targets", 3, 7) != row_id("00", "targets", 3, 8)
    True
    """
    return hashlib.sha256(f"{doc_id}:{table}:{start}:{end}".encode()).hexdigest()[:16]


@dataclass(slots=True)
class _Ids:
    """Hands out the row ids of one document; rows of one table at one place get running numbers."""

    doc_id: str
    used: dict[str, int] = field(default_factory=dict)

    def take(self, table: str, start: int, end: int) -> str:
        name = row_id(self.doc_id, table, start, end)
        again = self.used.get(name, 0) + 1
        self.used[name] = again
        return name if again == 1 else f"{name}-{again}"


def unmined_rows(raw: RawDocument) -> DocumentRows:
    """The rows of a file that could not be read or mined: its status and its issues."""
    issues = [_issue_row(issue, raw) for issue in raw.issues]
    document = _document_row(raw, {}, _flags(raw.issues)) if raw.doc_id else None
    return DocumentRows(_file_row(raw), document, {"issues": issues})


def document_rows(mined: MinedDocument) -> DocumentRows:
    """The rows of a mined document, in the columns and the order of ``schema.py``.

    Args:
        mined: what ``pipeline.mine_document`` found.

    Returns:
        Rows sorted by place; ``work_id``, ``is_canonical``, ``similarity`` and ``cited_doc_id`` are those of a
        document that stands alone and are filled for a corpus by ``links.py``.
    """
    raw, text, facts = mined.raw, mined.text, mined.facts
    doc, ids, page = raw.doc_id, _Ids(raw.doc_id), raw.layout.page
    span, quote = text.raw_span, text.quote
    goal_at = [_trimmed(text.text, g.start, g.end) for g in facts.goals]
    task_at = [_trimmed(text.text, t.start, t.end) for t in facts.tasks]

    section_spans = [span(s.start, s.end) for s in mined.sections]
    section_ids = {s.index: ids.take("sections", *at) for s, at in zip(mined.sections, section_spans, strict=True)}
    deadline_spans = [span(d.expression.start, d.expression.end) for d in facts.deadlines]
    deadline_ids = [ids.take("deadlines", *at) for at in deadline_spans]
    task_ids = [ids.take("tasks", *span(*at)) for at in task_at]
    task_of = _Membership(
        {i: name for t, name in zip(facts.tasks, task_ids, strict=True) for i in reversed(t.targets)},
        {i: name for t, name in zip(facts.tasks, task_ids, strict=True) for i in reversed(t.deadlines)},
        {i: name for t, name in zip(facts.tasks, task_ids, strict=True) for i in reversed(t.responsibilities)},
    )

    def deadline_id(index: int | None) -> str | None:
        return deadline_ids[index] if index is not None else None

    sections: list[Row] = [
        {
            "section_id": section_ids[s.index], "doc_id": doc,
            "parent_id": section_ids.get(s.parent) if s.parent is not None else None,
            "level": s.level, "marker": quote(s.start, s.start + len(s.marker)) or None,
            "heading": quote(s.heading_start, s.heading_end) or None, "kind": s.kind or None,
            "path": s.path or None, "start": at[0], "end": at[1], "page": page(at[0]),
        }
        for s, at in zip(mined.sections, section_spans, strict=True)
    ]
    targets: list[Row] = []
    for i, t in enumerate(facts.targets):
        start, end = span(t.quantity.start, t.quantity.end)
        clause = _trimmed(text.text, t.clause_start, t.clause_end)
        clause_start, clause_end = span(*clause)
        words = _row_words(text, *clause) if t.rule.startswith(TABLED) else quote(*clause)
        targets.append({
            "target_id": ids.take("targets", start, end), "doc_id": doc, "section_id": section_ids.get(t.section),
            "task_id": task_of.targets.get(i), "indicator": t.indicator or None, "comparator": t.quantity.comparator,
            "value": t.quantity.value, "value_max": t.quantity.value_max, "unit": t.quantity.unit,
            "change": t.change, "baseline_value": t.baseline_value, "baseline_year": t.baseline_year,
            "binding": t.binding, "deadline": t.deadline, "deadline_id": deadline_id(t.deadline_index),
            "deadline_from": t.deadline_from, "every": t.every, "clause": words,
            "clause_start": clause_start, "clause_end": clause_end, "start": start, "end": end,
            "page": page(start), "rule": t.rule, "flags": _joined((*t.flags, *_doubts(t.deadline))),
            "review": None,
        })
    goals: list[Row] = []
    for g, at in zip(facts.goals, goal_at, strict=True):
        start, end = span(*at)
        goals.append({
            "goal_id": ids.take("goals", start, end), "doc_id": doc, "section_id": section_ids.get(g.section),
            "text": quote(*at), "class": g.goal_class, "deadline": g.deadline,
            "deadline_id": deadline_id(g.deadline_index), "deadline_from": g.deadline_from, "start": start,
            "end": end, "page": page(start), "rule": g.rule, "flags": _joined(_doubts(g.deadline)),
            "review": None,
        })
    deadlines: list[Row] = [
        {
            "deadline_id": deadline_ids[i], "doc_id": doc, "section_id": section_ids.get(d.section),
            "task_id": task_of.deadlines.get(i), "text": quote(d.expression.start, d.expression.end),
            "relation": d.expression.relation, "start_date": d.expression.start_date,
            "end_date": d.expression.end_date, "period": d.expression.period, "due_earliest": d.due_earliest,
            "due_latest": d.due_latest, "resolved_from": d.resolved_from, "start": deadline_spans[i][0],
            "end": deadline_spans[i][1], "page": page(deadline_spans[i][0]), "rule": d.expression.rule,
            "review": None,
        }
        for i, d in enumerate(facts.deadlines)
    ]
    citations: list[Row] = []
    for c in facts.citations:
        start, end = span(c.start, c.end)
        citations.append({
            "citation_id": ids.take("citations", start, end), "doc_id": doc, "title": c.title,
            "doc_number": c.doc_number, "relation": c.relation, "cited_doc_id": None, "start": start, "end": end,
            "page": page(start), "review": None,
        })
    tasks: list[Row] = []
    for t_id, task, at in zip(task_ids, facts.tasks, task_at, strict=True):
        start, end = span(*at)
        tasks.append({
            "task_id": t_id, "doc_id": doc, "section_id": section_ids.get(task.section),
            "task": quote(*at), "deadline": task.deadline, "start": start, "end": end,
            "page": page(start),
        })
    rejected: list[Row] = []
    for r in facts.rejected:
        start, end = span(r.start, r.end)
        rejected.append({
            "doc_id": doc, "layer": r.layer, "text": quote(r.start, r.end), "reason": r.reason, "start": start,
            "end": end, "page": page(start), "rule": r.rule,
        })
    listed: dict[str, list[Row]] = {
        "fields": [
            {
                "doc_id": doc, "field": f.field, "value": f.value, "origin": f.origin, "start": f.start, "end": f.end,
                "chosen": f.chosen,
            }
            for f in mined.header.fields
        ],
        "sections": sections,
        "targets": targets,
        "goals": goals,
        "deadlines": deadlines,
        "responsibilities": _responsibility_rows(mined, ids, section_ids, task_of.responsibilities),
        "citations": citations,
        "tasks": tasks,
        "rejected": rejected,
    }
    for rows in listed.values():
        rows.sort(key=_place)
    tables: dict[str, Sequence[Row]] = {**listed}
    tables["terms"] = ColumnRows(TABLES["terms"].names, ((doc,) * len(mined.terms.words), *mined.terms))
    tables["issues"] = sorted((_issue_row(issue, raw) for issue in mined.issues), key=_place)
    document = _document_row(raw, _header_values(mined), _flags(mined.issues, mined.header.flags))
    return DocumentRows(_file_row(raw), document, tables)


def _row_words(text: NormalizedText, start: int, end: int) -> str:
    """The words of a row of a table, a blank between its cells."""
    first, last = text.raw_span(start, end)
    cells = text.raw[first:last].split("\t")
    return " ".join(words for cell in cells if (words := re.sub(r"\s+", "", cell)))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A normalised span without the blanks and line breaks at its ends.

    >>> _trimmed(" 建成。\\n", 0, 5)
    (1, 4)
    """
    words = text[start:end]
    kept = words.strip()
    first = start + len(words) - len(words.lstrip())
    return (first, first + len(kept)) if kept else (start, end)


@dataclass(frozen=True, slots=True)
class _Membership:
    """Which task each target, deadline and responsibility list belongs to, by its index."""

    targets: Mapping[int, str]
    deadlines: Mapping[int, str]
    responsibilities: Mapping[int, str]


def _place(row: Row) -> int:
    start = row["start"]
    return start if isinstance(start, int) else -1


def _responsibility_rows(
    mined: MinedDocument, ids: _Ids, section_ids: Mapping[int, str], task_of: Mapping[int, str]
) -> list[Row]:
    doc, text = mined.raw.doc_id, mined.text
    rows: list[Row] = []
    for i, listed in enumerate(mined.facts.responsibilities):
        list_id = ids.take("lists", *text.raw_span(listed.start, listed.end))
        words = text.quote(listed.start, listed.end)
        governs_start, governs_end = text.raw_span(listed.governs_start, listed.governs_end)
        for d in listed.departments:
            start, end = text.raw_span(d.start, d.end)
            rows.append({
                "responsibility_id": ids.take("responsibilities", start, end), "list_id": list_id, "doc_id": doc,
                "section_id": section_ids.get(listed.section), "task_id": task_of.get(i),
                "department": text.quote(d.start, d.end), "department_name": d.full_name, "function": d.function,
                "level": d.level, "role": d.role, "role_from": d.role_from, "position": d.position,
                "open_list": listed.open_list, "governs_start": governs_start, "governs_end": governs_end,
                "text": words, "start": start, "end": end,
                "page": mined.raw.layout.page(start), "rule": listed.rule, "review": None,
            })
    return rows


_HEADER_COLUMNS = (
    "title", "inner_title", "doc_number", "issuer_level", "province", "prefecture", "county", "adcode", "doc_type",
    "date_issued", "date_published", "date_effective", "date_expiry", "addressees",
)


def _header_values(mined: MinedDocument) -> Row:
    header = mined.header
    values: Row = {name: getattr(header, name) for name in _HEADER_COLUMNS}
    values["issuers"] = "；".join(header.issuers) or None
    return values


def _document_row(raw: RawDocument, header: Row, flags: str | None) -> Row:
    read = raw.status in ("ok", "failed")
    return {
        "doc_id": raw.doc_id,
        "source": raw.source,
        "text_sha256": hashlib.sha256(raw.text.encode()).hexdigest() if read else None,
        "n_chars": len(raw.text) if read else None,
        "title": header.get("title"),
        "inner_title": header.get("inner_title"),
        "doc_number": header.get("doc_number"),
        "issuers": header.get("issuers"),
        **{name: header.get(name) for name in _HEADER_COLUMNS[3:]},
        "work_id": raw.doc_id,
        "is_canonical": True,
        "similarity": None,
        "status": raw.status,
        "flags": flags,
    }


def _file_row(raw: RawDocument) -> Row:
    return {
        "source": raw.source, "doc_id": raw.doc_id or None, "status": raw.status,
        "size": raw.size if raw.doc_id else None, "media_type": raw.media_type or None, "encoding": raw.encoding,
        "reader": raw.reader or None,
    }


def _flags(issues: Sequence[Issue], others: Sequence[str] = ()) -> str | None:
    """What is doubtful about a document: the codes of its warnings and errors, and flags of its header."""
    return _joined({*others, *(issue.code for issue in issues if level_of(issue.code) != NOTE)})


def _doubts(deadline: str | None) -> tuple[str, ...]:
    return () if is_plausible(deadline) else (DAMAGED,)


def _joined(flags: Iterable[str]) -> str | None:
    return ";".join(sorted(set(flags))) or None


def _issue_row(issue: Issue, raw: RawDocument) -> Row:
    return {
        "doc_id": raw.doc_id or None, "source": raw.source, "code": issue.code, "level": level_of(issue.code),
        "message": message_of(issue), "start": issue.start, "end": issue.end,
    }


def loose_issue_row(issue: Issue) -> Row:
    """An issue of a run that is about no document."""
    return {
        "doc_id": None, "source": issue.source, "code": issue.code, "level": level_of(issue.code),
        "message": message_of(issue), "start": None, "end": None,
    }


def message_of(issue: Issue) -> str:
    """What happened and what to do about it, in one line."""
    message = " ".join(issue.message.split())
    remedy = remedy_of(issue.code)
    return f"{message}. {remedy}" if remedy and not message.endswith(remedy) else message


def sort_rows(rows: Iterable[Row], *columns: str) -> list[Row]:
    """Rows sorted by some columns; null comes first."""
    return sorted(rows, key=lambda row: [(row[c] is not None, row[c] if row[c] is not None else 0) for c in columns])
