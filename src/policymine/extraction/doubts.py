"""What is doubtful about the facts of a document, as issues: damaged years, times that nothing resolves."""

from __future__ import annotations

import re

from policymine.extraction.context import Context
from policymine.extraction.deadlines import counts_from_signing
from policymine.models import Deadline, Header, Issue, TimeExpression
from policymine.text.calendar import is_plausible

_COUNTS_OTHERWISE = re.compile("[次下]")


def find_doubts(context: Context, deadlines: list[Deadline]) -> list[Issue]:
    """The issues that the deadlines of a document give rise to, by place.

    Decides: a year outside the ones that policies speak of was damaged on the way (``number-damaged``); a time that
    counts from the signing date, or needs its year, is unresolved where the text has none (``deadline-unresolved``).
    Leaves out lengths that count from something else (自受理之日起5个工作日内, 于获批次年).

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
        elif missing := _missing(time, context.header):
            issues.append(Issue("deadline-unresolved", f"“{words}” needs the {missing}", None, None, *span))
    return issues


def _missing(time: TimeExpression, header: Header) -> str | None:
    """What the text would have to give for a time to be resolved; None where nothing is missing."""
    if time.start_date or time.end_date or time.relation == "every":
        return None
    if time.relation == "within" or "之日" in time.text:
        return "signing date" if header.date_issued is None and counts_from_signing(time.text) else None
    return "year of writing" if header.year is None and not _COUNTS_OTHERWISE.search(time.text) else None
