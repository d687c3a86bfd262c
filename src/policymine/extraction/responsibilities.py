"""Responsibilities: who must do it, in which role, and which text each list is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from policymine.extraction.assignments import assignments
from policymine.extraction.context import Context
from policymine.extraction.lists import LISTS, CellList, Found, bracketed, labelled_lines
from policymine.extraction.names import Name
from policymine.lexicon.departments import Departments, Resolved
from policymine.lexicon.files import read_rules
from policymine.lexicon.patterns import Anchor, around
from policymine.models import Department, Issue, Responsibility


@cache
def _first_leads() -> re.Pattern[str]:
    return re.compile(read_rules("roles")["conventions"]["first_leads"])


@cache
def _others_support() -> re.Pattern[str]:
    return re.compile(read_rules("roles")["conventions"]["others_support"])


@cache
def _closes() -> re.Pattern[str]:
    return re.compile(read_rules("roles")["conventions"]["closes"])


_FIRST = Anchor.of("首位|第一")
# The place that a name begins with, and the names that may share it.
_HEAD = re.compile(r"[省市区县州旗](?=[\u4e00-\u9fff])")
_SHARES = re.compile(r"(?<!新区)(?:局|厅|(?<!管)委|委员会)$")
# Between two lists about the same text stand at most lines such as 完成时限：2024年12月.
_ONLY_LABELS = re.compile(r"[\s;,。]*(?:[\u4e00-\u9fff]{2,6}:[^\n]{0,40}\n\s*)?")


def find_responsibilities(
    context: Context, departments: Departments | None = None, cells: Sequence[CellList] = ()
) -> tuple[list[Responsibility], list[Issue]]:
    """The lists and assignments of a document, with each department's role, full name, function and level.

    A convention (列第一位者为牵头单位，下同) makes the first of every later list the lead, from where it is stated on;
    a list that says it without 下同 says it of itself.

    Args:
        context: the document.
        departments: the lexicon of departments; the package's own by default.
        cells: the lists in the cells of tables, by place.

    Returns:
        Responsibilities by place, and one issue for each name that no lexicon knows.
    """
    known = departments or Departments.default()
    lists = sorted([*bracketed(context, known), *labelled_lines(context, known)], key=lambda f: f.start)
    lists = [f for i, f in enumerate(lists) if not context.tables.closed(f.start) and not any(g is not f and g.start <= f.start and f.end <= g.end for g in lists[max(0, i - 2) : i + 2])]
    prose = assignments(context, known, [*((f.start, f.end) for f in lists), *context.tables.closed_spans()])
    convention, in_list, others = _conventions(context, lists)
    unknown: dict[str, list[Name]] = {}
    out: list[Responsibility] = []
    previous_end = 0
    previous: tuple[int, int] | None = None
    in_cells = {id(c.found): c for c in cells}
    for found in sorted([*lists, *prose, *(c.found for c in cells)], key=lambda f: f.start):
        is_list = found.rule in LISTS
        listed = is_list or found.rule == "responsibility.all"
        cell = in_cells.get(id(found))
        from_here = convention is not None and found.start >= convention
        by_order = (listed or cell is not None and cell.ordered) and from_here or found.start in in_list
        section = context.section(found.start)
        if cell is not None:
            governs = cell.governs
        elif not is_list:
            closes = _closes().match(context.text, context.sentence(found.start)[0])
            governs = (_governs(context, found, previous_end)[0] if closes and closes.end() > found.start else found.start, found.end)
        elif previous and _ONLY_LABELS.fullmatch(context.text, previous_end, found.start):
            governs = previous  # 牵头单位 and 责任单位 on lines of their own are about the same text
            by_order = by_order and not any(d.role == "lead" for d in out[-1].departments)
        else:
            governs = _governs(context, found, previous_end)
        out.append(
            Responsibility(
                found.start,
                found.end,
                section.index,
                _departments(context, found, by_order, known, unknown, "support" if from_here and others else None),
                found.open_list,
                *governs,
                found.rule,
            )
        )
        if is_list:
            previous_end, previous = found.end, governs
    issues = [
        Issue("department-unknown", f"{word}（{len(names)}）", None, None, *context.normalized.raw_span(names[0].start, names[0].end))
        for word, names in sorted(unknown.items())
    ]
    return out, issues


_ALIKE = re.compile("下[均皆]?同")


def _conventions(context: Context, lists: Sequence[Found]) -> tuple[int | None, set[int], bool]:
    """Where the first of every list begins to lead, the lists that say it of themselves alone (without 下同), and whether the others support it."""
    own: set[int] = set()
    for stated in around(_first_leads(), _FIRST, context.text, 10, 40):
        inside = next((f for f in lists if f.start <= stated.start() < f.end), None)
        if inside is None or _ALIKE.search(context.text, stated.end(), inside.end):
            first, last = context.line_span(context.line(stated.start()))
            return first, own, _others_support().search(context.text, stated.end(), min(last, stated.end() + 30)) is not None
        own.add(inside.start)
    return None, own, False


def _departments(
    context: Context, found: Found, by_order: bool, known: Departments, unknown: dict[str, list[Name]], others: str | None = None
) -> tuple[Department, ...]:
    header = context.header
    has_lead = any(role == "lead" for _, role, _ in found.names)
    shared = ""

    def resolve(words: str) -> Resolved:
        return known.resolve(
            words, header.province, header.prefecture, header.county, header.issuer_level, header.year
        )

    out = []
    for position, (name, role, origin) in enumerate(found.names, 1):
        if by_order and position == 1 and not has_lead:
            role, origin = "lead", "order"
        elif by_order and others and not has_lead and role in (None, "responsible"):
            role, origin = others, "order"
        means, head = resolve(name.text), _HEAD.match(name.text)
        if head and resolve(name.text[1:]).function == means.function:
            shared = head.group()
        elif head is None and shared and _SHARES.search(name.text) and (means.level is None or name.text.endswith("厅")):
            means = resolve(shared + name.text)  # 省渔业厅、财政厅: both of the province
        else:
            shared = ""
        if not means.known:
            unknown.setdefault(name.text, []).append(name)
        out.append(
            Department(
                name.start,
                name.end,
                context.normalized.quote(name.start, name.end),
                means.full_name,
                means.function,
                means.level,
                role or "responsible",
                origin,
                position,
            )
        )
    return tuple(out)


# 完成时限：9月底前 between an item and who is responsible for it
_LABEL_LINE = re.compile(r"(?:完成|办理|实施|工作)?(?:时限|时间|期限|进度|节点)(?:要求|安排)?:[^\n]{0,30}\n")


def _governs(context: Context, found: Found, previous_end: int) -> tuple[int, int]:
    """The text that a list is about: back to the last list, or to the head of the paragraph or its heading."""
    section = context.section(found.start)
    line = context.line(found.start)
    first, _ = context.line_span(line)
    while line > 0 and (first == found.start or _LABEL_LINE.match(context.text, first)):
        line -= 1
        first, _ = context.line_span(line)
        if first < section.start:
            break
    start = max(first, section.start, previous_end)
    if start >= found.start:
        start = max(min(section.body, found.start), previous_end if previous_end <= found.start else 0)
    return start, found.start
