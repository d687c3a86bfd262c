"""The corrections of a whole run: each document gets its own decisions and those about near-identical texts."""

from __future__ import annotations

from collections import Counter, defaultdict

from policymine.corrections.anchors import letters_of_text
from policymine.corrections.apply import Tables, Unfit, apply
from policymine.corrections.decisions import Corrections, Decision
from policymine.issues import level_of
from policymine.models import Issue
from policymine.tables.rows import message_of
from policymine.tables.schema import Row
from policymine.versions.signature import Signature
from policymine.versions.sketch import numbers, resemblance, sketch

ALIKE = 0.6
"""Share of 5-grams (estimated) from which a decision about one text holds in another, where its clause stands."""


class Correcting:
    """Corrects document after document and remembers what did not fit.

    Attributes:
        applied: the decisions that fit a document.
        unfit: the number of decisions that were reported.
    """

    def __init__(self, corrections: Corrections) -> None:
        self.applied: set[Decision] = set()
        self.unfit = 0
        self._order = {decision: i for i, decision in enumerate(corrections.decisions)}
        self._sketches = corrections.sketches
        self._own: defaultdict[str, list[Decision]] = defaultdict(list)
        for decision in corrections.decisions:
            self._own[decision.doc_id].append(decision)
        self._holders: defaultdict[str, list[str]] = defaultdict(list)
        for doc_id in self._own:
            for number in numbers(self._sketches.get(doc_id, "")):
                self._holders[number].append(doc_id)
        self._present: set[str] = set()
        self._copies: dict[str, tuple[str, str]] = {}  # document -> its copy with the smallest id, and where that is
        self._unfit: dict[tuple[Decision, str], Unfit] = {}

    def correct(self, document: Row, signed: Signature, tables: Tables) -> Tables:
        """The rows of a document as readers decided; a decision about it that does not fit is added to its issues.

        Args:
            document: its row of ``documents``; a doubt is added to its flags.
            signed: its signature.
            tables: its rows, which are left as they are.
        """
        doc_id = signed.doc_id
        alike = self._alike(signed)
        self._present.add(doc_id)
        for other in alike:
            self._copies[other] = min(self._copies.get(other, (doc_id, signed.source)), (doc_id, signed.source))
        decisions = sorted((d for other in alike for d in self._own[other]), key=self._order.__getitem__)
        decisions += self._own.get(doc_id, [])  # what was said about this very text counts for more
        if not decisions:
            return tables
        changed, unfit = apply(letters_of_text(signed.raw), tables, decisions)
        self.applied.update({*decisions} - {one.decision for one in unfit})
        self._unfit.update({(one.decision, doc_id): one for one in unfit})
        issues = [_unfit_row(one, doc_id, signed.source) for one in unfit if one.decision.doc_id == doc_id]
        if issues:
            self.unfit += len(issues)
            changed["issues"] = sorted([*changed["issues"], *issues], key=_place)
            flags = {str(row["code"]) for row in issues} | set(str(document["flags"] or "").split(";"))
            document["flags"] = ";".join(sorted(flags - {""}))
        return changed

    def left_over(self) -> list[Row]:
        """The issues that only the whole run can tell: decisions about texts that were not among the inputs."""
        rows: list[Row] = []
        for doc_id in sorted(set(self._own) - self._present):
            decisions = self._own[doc_id]
            if doc_id not in self._copies:
                message = f"{len(decisions)} corrections are about the document {doc_id}, which is no input of this run"
                file = decisions[0].origin.partition(",")[0]
                rows.append(_issue_row(Issue("correction-absent", message), None, file))
                continue
            for decision in decisions:
                if decision not in self.applied:
                    copy, source = self._copies[doc_id]
                    rows.append(_unfit_row(self._unfit[decision, copy], copy, source))
                    self.unfit += 1
        return rows

    def _alike(self, signed: Signature) -> list[str]:
        """Other documents with decisions of which this one is a near-identical copy."""
        if not self._holders:
            return []
        own = sketch(signed.key)
        shared = Counter(doc for number in numbers(own) for doc in self._holders.get(number, ()))
        return sorted(
            doc for doc, count in shared.items()
            if doc != signed.doc_id and count >= 2 and resemblance(own, self._sketches[doc]) >= ALIKE
        )


def _unfit_row(one: Unfit, doc_id: str, source: str) -> Row:
    decision = one.decision
    what = f"{decision.origin}: {decision.verdict} of {decision.anchor.words[:40]!r} in {decision.table}: {one.reason}"
    return _issue_row(Issue(one.code, what, start=one.start, end=one.end), doc_id, source)


def _issue_row(issue: Issue, doc_id: str | None, source: str) -> Row:
    return {
        "doc_id": doc_id, "source": source, "code": issue.code, "level": level_of(issue.code),
        "message": message_of(issue), "start": issue.start, "end": issue.end,
    }


def _place(row: Row) -> int:
    start = row["start"]
    return start if isinstance(start, int) else -1
