"""What is doubtful about the facts of a document, as issues: damaged years, times that nothing resolves."""

from __future__ import annotations

from policymine.extraction.context import Context
from policymine.extraction.deadlines import counts_from_signing
from policymine.models import Deadline, Issue, TimeExpression
from policymine.text.calendar import is_plausible


def find_doubts(context: Context, deadlines: list[Deadline]) -> list[Issue]:
    """The issues that the deadlines of a document give rise to, by place.

    Decides: a year outside the ones that policies speak of was damaged on the way (``number-damaged``); a time that
    counts from the signing date, or needs its year, is unresolved where the text has none (``deadline-unresolved``).
    Leaves out lengths that count from something else (自受理之日起5个工作日内).

    Args:
        context: the document.
        deadlines: all that were found in it.

    Returns:
        Issues with the place of the expression in the document text.
    """
    issues = []
    for deadline in deadlines:
        time = deadline.expression
        words = context.normalized.quote(time.start, time.end)
        span = context.normalized.raw_span(time.start, time.end)
        if not (is_plausible(time.start_date) and is_plausible(time.end_date)):
            issues.append(Issue("number-damaged", f"the year of “{words}” cannot be meant", None, None, *span))
        elif _is_unresolved(time, deadline):
            what = "signing date" if time.relation == "within" else "year of writing"
            issues.append(Issue("deadline-unresolved", f"“{words}” needs a {what}", None, None, *span))
    return issues


def _is_unresolved(time: TimeExpression, deadline: Deadline) -> bool:
    if time.relation == "within":
        return deadline.due_latest is None and time.period is not None and counts_from_signing(time.text)
    return time.relation != "every" and time.start_date is None and time.end_date is None
