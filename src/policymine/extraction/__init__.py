"""Find the facts of a document: targets, goals, deadlines, responsibilities, citations, and the tasks they make."""

from __future__ import annotations

from policymine.extraction.citations import find_citations
from policymine.extraction.context import read_context
from policymine.extraction.deadlines import find_deadlines
from policymine.extraction.doubts import find_doubts
from policymine.extraction.goals import find_goals
from policymine.extraction.inheritance import Inheritance
from policymine.extraction.leftovers import find_leftovers
from policymine.extraction.responsibilities import find_responsibilities
from policymine.extraction.tabled import read_tabled, unread_cells, with_tables
from policymine.extraction.targets import find_targets
from policymine.extraction.tasks import join_tasks
from policymine.lexicon.departments import Departments
from policymine.models import Facts, Header, Issue, Section
from policymine.structure.text_tables import NO_TABLES, TextTables
from policymine.text.normalize import NormalizedText


def extract(
    text: NormalizedText,
    header: Header,
    sections: tuple[Section, ...],
    departments: Departments | None = None,
    tables: TextTables = NO_TABLES,
) -> tuple[Facts, tuple[Issue, ...]]:
    """Every fact of one document, and what could not be decided.

    Args:
        text: the normalised text.
        header: its year of writing, titles and issuers.
        sections: its outline.
        departments: the lexicon of departments; the package's own by default.
        tables: its tables.

    Returns:
        The facts, with positions of the normalised text, and issues.
    """
    context = read_context(text, header, sections, tables)
    known = departments or Departments.default()
    tabled = read_tabled(context, known)
    in_prose, no_deadlines = find_deadlines(context)
    deadlines = sorted([*in_prose, *tabled.deadlines()], key=lambda d: d.expression.start)
    inheritance = Inheritance(context, deadlines)
    targets, no_targets = find_targets(context, inheritance)
    targets, goals = with_tables(context, tabled, inheritance, deadlines, targets, find_goals(context, inheritance))
    responsibilities, issues = find_responsibilities(context, known, tabled.lists())
    citations = find_citations(context)
    tasks = join_tasks(context, targets, goals, deadlines, responsibilities, inheritance, tabled)
    rejected = [*no_deadlines, *no_targets, *unread_cells(context, targets, deadlines)]
    taken = [(t.quantity.start, t.quantity.end) for t in targets] + [(r.start, r.end) for r in rejected]
    taken += [(d.expression.start, d.expression.end) for d in deadlines] + [(r.start, r.end) for r in responsibilities]
    rejected += find_leftovers(context, [*taken, *((c.start, c.end) for c in citations)])
    rejected.sort(key=lambda r: (r.start, r.end, r.layer))
    facts = Facts(
        tuple(targets), tuple(goals), tuple(deadlines), tuple(responsibilities), tuple(citations), tuple(tasks),
        tuple(rejected),
    )
    return facts, (*issues, *find_doubts(context, deadlines))
