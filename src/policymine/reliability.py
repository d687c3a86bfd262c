"""How far the tables can be relied on: what of a text they cover, and what duplicates would change.

How right the rows are is told by readers (``corrections.agreement``), and for annotated documents by the accuracy in
the README. This module tells what needs no reader.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

from policymine.comparison.compare import as_frame
from policymine.comparison.scope import read_scope
from policymine.comparison.views import clause_starts
from policymine.exchange.wording import document_words
from policymine.issues import NOTE
from policymine.tables.schema import Row

if TYPE_CHECKING:
    import pandas as pd

    from policymine.corpus import Corpus

FACTS = ("targets", "goals", "deadlines", "responsibilities", "citations")


def coverage(corpus: Corpus) -> pd.DataFrame:
    """How much of each document the tables account for: a row a document.

    Args:
        corpus: mined, or loaded from a result that was written with ``--rejected``.

    Returns:
        ``characters``; ``under_headings`` and ``in_tasks``: shares of them in sections with a heading and in tasks;
        ``clauses``; ``with_fact``: share of them in which a fact stands; ``promised`` and ``other_numbers``: numbers
        that became targets and numbers that were found and are none (with a reason in ``rejected``); ``warnings``.

    >>> import policymine as pm
    >>> coverage(pm.mine_text("一、主要目标\\n到2025年，新建3条线路。")).with_fact.tolist()
    [0.5]
    """
    spans: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for table in (*FACTS, "sections", "tasks"):
        for row in corpus.rows(table):
            if table != "sections" or row["level"]:
                spans[str(row["doc_id"]), table].append((int(row["start"] or 0), int(row["end"] or 0)))
    others = Counter(row["doc_id"] for row in corpus.rows("rejected") if row["layer"] == "target")
    warnings = Counter(row["doc_id"] for row in corpus.rows("issues") if row["level"] != NOTE)
    rows: list[Row] = []
    for document in corpus.rows("documents"):
        doc_id = str(document["doc_id"])
        text = corpus.text(doc_id) if document["text_sha256"] else ""
        clauses = clause_starts(text)
        held = {bisect_right(clauses, at) - 1 for table in FACTS for at, _ in spans[doc_id, table]} - {-1}
        rows.append({
            "title": document_words(document), "status": document["status"], "characters": len(text),
            "under_headings": _share(spans[doc_id, "sections"], len(text)),
            "in_tasks": _share(spans[doc_id, "tasks"], len(text)), "clauses": len(clauses),
            "with_fact": round(len(held) / len(clauses), 4) if clauses else None,
            "promised": len(spans[doc_id, "targets"]), "other_numbers": others[doc_id], "warnings": warnings[doc_id],
            "doc_id": doc_id,
        })
    return as_frame(rows)


def _share(spans: Collection[tuple[int, int]], whole: int) -> float | None:
    """The share of a text that lies in any of some spans."""
    covered = end = 0
    for first, last in sorted(spans):
        covered += max(0, last - max(first, end))
        end = max(end, last)
    return round(covered / whole, 4) if whole else None


def sensitivity(corpus: Corpus) -> pd.DataFrame:
    """What counting every version of a document instead of one a work would change: a row a figure.

    Args:
        corpus: mined or loaded.

    Returns:
        ``figure``; its value with all documents (``every_version``) and with one a work (``one_a_work``); ``change``,
        the first divided by the second, minus 1.
    """
    whole = _figures(corpus, {row["doc_id"] for row in corpus.rows("documents")})
    once = _figures(corpus, {row["doc_id"] for row in corpus.rows("documents") if row["is_canonical"]})
    return as_frame([
        {
            "figure": name, "every_version": round(whole[name], 4), "one_a_work": round(once[name], 4),
            "change": round(whole[name] / once[name] - 1, 4) if once[name] else None,
        }
        for name in whole
    ])


def _figures(corpus: Corpus, documents: set[object]) -> dict[str, float]:
    targets = [row for row in corpus.rows("targets") if row["doc_id"] in documents]
    duties = [row for row in corpus.rows("responsibilities") if row["doc_id"] in documents]
    named = {(read_scope(str(row["indicator"])), row["doc_id"]) for row in targets if row["indicator"]}
    spread = Counter(scope for scope, _ in named)
    return {
        "documents": len(documents),
        "targets": len(targets),
        "targets a document": len(targets) / max(len(documents), 1),
        "share of targets with a deadline": sum(bool(row["deadline"]) for row in targets) / max(len(targets), 1),
        "indicators of several documents": sum(n > 1 for n in spread.values()),
        "departments named": len({row["department_name"] for row in duties}),
        "share of leading roles": sum(row["role"] == "lead" for row in duties) / max(len(duties), 1),
    }
