"""Ways to look at a comparison: who promises what, who raises the bar, who leads, what falls due, how concrete a text is.

Every function returns rows of plain values, each with the ids of the rows of the tables that it was made from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from policymine.comparison.pairs import Pair
from policymine.comparison.values import LEVELS, Place, Value
from policymine.exchange.wording import date, document_words
from policymine.tables.schema import Row
from policymine.text.normalize import normalize

if TYPE_CHECKING:
    from policymine.corpus import Corpus

_CLAUSE = re.compile(r"[^。;；!！?？\n]+")
_IN_BRACKETS = re.compile(r"[(\[【].*[)\]】]")
_WORDS = re.compile(r"[\u3400-\u9fff]")
_SHORTEST = 4
"""Characters below which a piece between two full stops is no clause (a marker, a label)."""


def value_rows(values: Iterable[Value]) -> list[Row]:
    """A row a promised number: indicator, place, value as promised and as it is compared, and where the text says so."""
    return [
        {
            "concept": v.concept, "indicator": v.target["indicator"], "place": v.place.name, "level": v.place.level,
            "province": v.place.province, "promise": v.shown, "comparator": v.target["comparator"],
            "value": v.amount.value, "unit": v.amount.unit, "change": v.target["change"],
            "baseline_year": v.target["baseline_year"], "deadline": v.target["deadline"], "every": v.target["every"],
            "direction": v.amount.direction, "direction_from": v.amount.direction_from, "extensive": v.amount.extensive,
            "measure": v.scope.words("measure"), "subject": v.scope.words("subject"),
            "method": v.scope.words("method"), "scope_level": v.scope.words("level"),
            "coverage": v.scope.words("coverage"), "rest": v.scope.rest or None,
            "title": v.title, "clause": v.target["clause"], "doc_id": v.target["doc_id"],
            "target_id": v.target["target_id"], "start": v.target["start"], "end": v.target["end"],
        }
        for v in values
    ]


def pair_rows(pairs: Iterable[Pair]) -> list[Row]:
    """A row a pair of values: what each promises, whether they may be compared, and why not."""
    return [
        {
            "concept": p.one.concept, "other_concept": p.other.concept,
            "indicator": p.one.target["indicator"], "other_indicator": p.other.target["indicator"],
            "similarity": p.similarity, "place": p.one.place.name, "other_place": p.other.place.name,
            "promise": p.one.shown, "other_promise": p.other.shown,
            "deadline": p.one.target["deadline"], "other_deadline": p.other.target["deadline"],
            "comparable": p.comparable, "gap": p.gap, "ratio": p.ratio,
            "reasons": "；".join(r.text for r in p.reasons if r.bars) or None,
            "cautions": "；".join(r.text for r in p.reasons if not r.bars) or None,
            "codes": ";".join(r.code for r in p.reasons) or None,
            "target_id": p.one.target["target_id"], "other_target_id": p.other.target["target_id"],
        }
        for p in pairs
    ]


def raises(pairs: Iterable[Pair]) -> list[Row]:
    """Who raises the bar (层层加码): pairs of which one place lies in the other, upper level first.

    ``gap`` is by how much the lower level's promise is stricter in the common unit, whatever the direction (a cap is
    stricter when it is smaller); it is null, with the reason, where the two may not be compared.
    """
    rows = []
    for pair in pairs:
        if pair.one.place.holds(pair.other.place):
            [row] = pair_rows([pair])
            rows.append({
                "level": pair.one.place.level, "other_level": pair.other.place.level, **row,
                "raised": None if pair.gap is None else pair.gap > 0,
            })
    return rows


def matrix(values: Sequence[Value], shared: bool = True) -> tuple[list[str], list[Row]]:
    """Indicator × place: what each place promises, with its deadline.

    Args:
        values: from ``values.values``.
        shared: only indicators that several places set a number for.

    Returns:
        The places, from the nation down, and a row an indicator: ``concept`` and a cell a place, in which several
        promises stand one below the other (≥95%（2023年）).
    """
    columns = list(dict.fromkeys(v.place.name for v in sorted(values, key=_level_first)))
    cells: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for v in values:
        when = f"（{date(v.target['deadline'])}）" if v.target["deadline"] else ""
        cells[v.concept][v.place.name].append(v.shown + when)
    rows: list[Row] = [
        {"concept": concept, **{name: "\n".join(dict.fromkeys(own[name])) or None for name in columns}}
        for concept, own in cells.items() if len(own) > 1 or not shared
    ]
    used = [name for name in columns if any(row[name] for row in rows)]
    return used, [{"concept": row["concept"], **{name: row[name] for name in used}} for row in rows]


def _level_first(value: Value) -> tuple[int, str]:
    level = LEVELS.index(value.place.level) if value.place.level in LEVELS else len(LEVELS)
    return level, value.place.name


def leads(corpus: Corpus, places: Mapping[str, Place]) -> list[Row]:
    """Who leads what: how often each function of government leads, is responsible or supports, by place.

    A function is the same duty under whatever name (质监局, 市场监管局); a department without one stands by its name.
    """
    counted: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    names: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in corpus.rows("responsibilities"):
        place = places.get(str(row["doc_id"]))
        if place is not None:
            key = (str(row["function"] or row["department_name"] or row["department"]), place.name)
            counted[key][str(row["role"])] += 1
            names[key][str(row["department_name"] or row["department"])] += 1
    rows: list[Row] = []
    for (function, name), roles in sorted(counted.items()):
        total = sum(roles.values())
        department = min(names[function, name], key=lambda n: (-names[function, name][n], n))
        rows.append({
            "function": function, "place": name, "department": department, "lead": roles["lead"],
            "responsible": roles["responsible"], "support": roles["support"], "total": total,
            "lead_share": round(roles["lead"] / total, 4),
        })
    return rows


_KINDS = {"by": "once", "within": "once", "during": "once", "on": "once", "every": "recurring", "from": "ongoing"}


def calendar(corpus: Corpus, places: Mapping[str, Place]) -> list[Row]:
    """What falls due when: a row a time expression that says when, once, recurring or ongoing from then on."""
    tasks = {row["task_id"]: row for row in corpus.rows("tasks")}
    titles = {row["doc_id"]: document_words(row) for row in corpus.rows("documents")}
    rows: list[Row] = []
    for row in corpus.rows("deadlines"):
        place = places.get(str(row["doc_id"]))
        if place is None:
            continue
        latest = str(row["due_latest"] or row["end_date"] or row["start_date"] or "")
        task = tasks.get(row["task_id"])
        rows.append({
            "place": place.name, "level": place.level, "kind": _KINDS[str(row["relation"])], "due": latest or None,
            "year": int(latest[:4]) if latest[:4].isdigit() else None, "text": row["text"],
            "task": task["task"] if task else None, "title": titles[row["doc_id"]], "doc_id": row["doc_id"],
            "deadline_id": row["deadline_id"], "start": row["start"], "end": row["end"],
        })
    return sorted(rows, key=lambda row: (str(row["due"] or "9"), str(row["place"]), str(row["doc_id"]), int(row["start"] or 0)))


def concreteness(corpus: Corpus, places: Mapping[str, Place]) -> list[Row]:
    """How concrete a document is: the share of its clauses that have a number, a date, a department, or all three.

    A clause is what stands between full stops, semicolons and line ends and has at least four Chinese characters. It
    has a date that it states or that its number takes from elsewhere, and the departments of a list that is about it.
    """
    starts: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for row in corpus.rows("targets"):
        at = int(row["start"] or 0)
        starts[str(row["doc_id"]), "number"].append((at, at))
        if row["deadline"]:
            starts[str(row["doc_id"]), "date"].append((at, at))
    for row in corpus.rows("deadlines"):
        starts[str(row["doc_id"]), "date"].append((int(row["start"] or 0),) * 2)
    for row in corpus.rows("responsibilities"):
        own = [(int(row["start"] or 0),) * 2, (int(row["governs_start"] or 0), int(row["governs_end"] or 1) - 1)]
        starts[str(row["doc_id"]), "department"].extend(own)
    rows: list[Row] = []
    for document in corpus.rows("documents"):
        doc_id = str(document["doc_id"])
        if doc_id not in places:
            continue
        clauses = clause_starts(corpus.text(doc_id))
        shares = {
            kind: {
                i for first, last in starts[doc_id, kind]
                for i in range(max(bisect_right(clauses, first) - 1, 0), bisect_right(clauses, last))
            }
            for kind in ("number", "date", "department")
        }
        whole = len(clauses)
        shares["all"] = shares["number"] & shares["date"] & shares["department"]
        rows.append({
            "place": places[doc_id].name, "level": places[doc_id].level, "title": document_words(document),
            "date_issued": document["date_issued"], "clauses": whole,
            **{name: round(len(found) / whole, 4) if whole else None for name, found in shares.items()},
            "doc_id": doc_id,
        })
    return rows


def clause_starts(text: str) -> list[int]:
    """Where the clauses of a document text start, sorted; soft line breaks do not end a clause.

    A list of departments in brackets of its own is none.

    >>> clause_starts("一、目标\\n到2025年，新建3条线路。完善服务；加强管理。")
    [5, 19, 24]
    """
    normal = normalize(text)
    return [
        normal.raw_span(m.start(), m.end())[0] for m in _CLAUSE.finditer(normal.text)
        if len(_WORDS.findall(m.group())) >= _SHORTEST and not _IN_BRACKETS.fullmatch(m.group().strip())
    ]
