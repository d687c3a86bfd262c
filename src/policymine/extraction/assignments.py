"""Assignments in running text: 由甲牵头, 甲负责…, 甲要会同乙…, 办公室设在甲, 日常工作由甲承担.

The wordings are rules (``data/rules/assignments.toml``); here they are applied: first the whole forms, then the clauses
whose subject is a list of bodies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from policymine.extraction.bodies import Bodies, assignment_rules, scan, words
from policymine.extraction.context import Context, merge_into, merged, touches
from policymine.extraction.lists import Found
from policymine.extraction.names import Name
from policymine.lexicon.departments import Departments

_FORMS = ("daily-work", "led", "named-lead", "named-support", "named-duty", "duty-named", "charged", "group", "joined", "together", "plays", "leads", "guided", "pressed", "attended", "composed", "duties", "office", "explains", "all")
"""The forms that are read before clauses with a subject, in this order."""


def assignments(context: Context, departments: Departments, taken: list[tuple[int, int]]) -> list[Found]:
    """The prose assignments of a document, by place.

    Left out: the issuer itself, nameless bodies, governments of places, what may be done (可), what was done, and
    conditions (经甲批准后).

    Args:
        context: the document.
        departments: tells names of bodies.
        taken: spans of the lists, whose words are not read again.
    """
    text, rules, matches = context.text, assignment_rules(), scan()(context.text)
    bodies = Bodies(context, departments, matches)
    found: list[Found] = []
    used = merged(taken)
    placed: set[int] = set()

    def free(a: int, b: int) -> bool:
        return not touches(used, a, b)

    def add(names: list[tuple[Name, str]], start: int, end: int, rule: str) -> None:
        beside = {r for n, r in names if bodies.counts(n.text)} | {"lead" if rule == "responsibility.seat" else ""}
        kept = [(n, r) for n, r in names if n.start not in placed and (rule == "responsibility.all" or bodies.counts(n.text, r in beside))]
        if kept:
            placed.update(n.start for n, _ in kept)
            merge_into(used, start, end)
            found.append(Found(start, end, tuple((n, r, "word") for n, r in kept), False, rule))

    for match in matches["responsibility.seat"]:
        if free(*match.span()):
            add(_seated(context, match), *match.span(), "responsibility.seat")
    for form in _FORMS:
        rule = rules[f"responsibility.{form}"]
        for match in matches[rule.id]:
            begin, end = match.span("who")
            section = context.section(begin)
            if section.start <= begin < section.body < end:
                begin = section.body + text.startswith("由", section.body)  # 第三条 市渔业局是…, (二)由市渔业局牵头的…
            if free(*match.span()) and (form == "duties" or not _excluded(context, begin)) and not (form == "guided" and _past(context, match.start())):
                who = _group(text, match) if form == "group" else bodies.between(begin, end)
                if form == "plays" and not match["rest"][:2].strip("的作用") and not all(bodies.known(n.text) or n.text.endswith("工作专班") for n in who):
                    continue
                leads = "rest" in match.re.groupindex and (match["rest"].startswith("牵头") or words("role.lead-daily").match(text[match.start("rest") : match.end() + 20]))
                add([(n, "lead" if leads else rule.row["role"]) for n in who], *match.span(), rule.id)
    told = last = None
    for match in matches["subject.head"]:
        at = match.start("head")
        follows = told is not None and told.end <= at <= told.end + 1 or last is not None and text[at - 1] == ";" and not _STOP.search(text, last.start, at)
        told = made = _apart(context, match, bodies) or _subject(context, match, bodies, follows)
        last = made or last
        if made and free(made.start, made.names[0][0].end):
            add([(n, r or "responsible") for n, r, _ in made.names], made.start, made.end, made.rule)
    found += _places(context, [m for m in matches["responsibility.places"] if free(*m.span("who"))], bodies)
    for names, end in _headed(context, bodies):
        if free(names[0].start, names[-1].end):
            add([(n, "responsible") for n in names], names[0].start, end, "responsibility.subject")
    entrusted = rules["responsibility.entrusted"]
    for match in matches[entrusted.id]:
        if not _excluded(context, match.start()):
            add([(n, entrusted.row["role"]) for n in bodies.between(*match.span("who"))], *match.span(), entrusted.id)
    return sorted(found, key=lambda f: f.start)


def _places(context: Context, matches: Sequence[re.Match[str]], bodies: Bodies) -> list[Found]:
    """各镇(街道):落实属地责任…, where the line above or below names a body and its duty, too."""
    found = []
    for match in matches:
        line = context.line(match.start())
        beside = [context.text[slice(*context.line_span(k))].partition(":") for k in (line - 1, line + 1) if 0 <= k < len(context.lines)]
        if any(duty and bodies.known(re.split(r"[、.)]", said)[-1]) for said, _, duty in beside):
            who = Name(match["who"], *match.span("who"))
            found.append(Found(who.start, context.part(who.end + 1)[1], ((who, "responsible", "word"),), False, "responsibility.places"))
    return found


def _headed(context: Context, bodies: Bodies) -> list[tuple[list[Name], int]]:
    """The bodies that are headings, or lines of their own, with their duties below them, and where these end; one alone is none."""
    text, found = context.text, []
    for section in context.sections:
        if section.heading and section.kind != "background" and 2 <= section.heading_end - section.heading_start <= LONGEST_NAMES and not words("subject.of-its-own").match(text, section.body):
            found.append((section.heading_start, section.heading_end, section.end))
    lines = [context.line_span(line) for line in range(len(context.lines))]
    for (first, last), (_, below) in pairwise(lines):
        if 3 <= last - first <= 20 and text[below - 1] in "。;" and below - last > 10 and words("subject.alone").fullmatch(text, first, last):
            found.append((first, last, below))
    named = [(names, end) for start, stop, end in found if (names := bodies.between(start, _without_duties(text, start, stop))) and all(bodies.departments.is_department(n.text) for n in names)]
    known = sum(all(bodies.known(n.text) for n in names) for names, _ in named)
    return sorted(named, key=lambda pair: pair[0][0].start) if known >= 2 else []


LONGEST_NAMES = 40
"""Characters of a heading that may be nothing but names."""


def _without_duties(text: str, start: int, stop: int) -> int:
    """Where the names of a heading end: 县渔业局职责."""
    said = words("subject.duties-behind").search(text, start, stop)
    return said.start() if said else stop


_OFFICE_TOLD = re.compile(r"(?:[,、]?(?:以下)?简称[^()]{2,12})?[,、)]*(?:[^,;。]{0,14},){0,2}(?:(?:主要|具体)?(?:负责|承担|统筹|组织)|(?<=\))(?:要|应|须)|[^,;。]{0,8}(?:完成|开展|制定))")


def _seated(context: Context, match: re.Match[str]) -> list[tuple[Name, str]]:
    """办公室设在甲: who houses the office leads; the office itself counts where it is told a duty."""
    text, at = context.text, match.start("office")
    section = context.section(at)
    begin = section.body if section.start <= at < section.body else at
    names = [(Name(match["who"], *match.span("who")), "lead")]
    if _OFFICE_TOLD.match(text, match.end(), match.end() + 60) and not _excluded(context, match.start()):
        names.append((Name(text[begin : match.end("office")], begin, match.end("office")), "responsible"))
    return names


def _group(text: str, match: re.Match[str]) -> list[Name]:
    """A group that is set up counts where it is told a duty: 成立领导小组，负责统筹…."""
    told = re.search(r"统筹|领导(?!机构)|负责(?!同志|人)|研究|协调|牵头|定期|组织", text[match.start("rest") : match.end() + 10])
    return [Name(match["who"], *match.span("who"))] if told and not re.search(r"[,、的和在]", match["who"]) else []


def _excluded(context: Context, at: int) -> bool:
    section = context.section(at)
    return section.kind == "background" or bool(section.heading) and at < section.body


def _apart(context: Context, match: re.Match[str], bodies: Bodies) -> Found | None:
    """市渔业局:负责…, (一)市渔业局。牵头…: known bodies alone, and behind them what they have to do."""
    text, start, end = context.text, match.start("head"), match.end("head")
    told = words("subject.apart").match(text, end)
    if told is None and ":" in text[start : start + _LONGEST_ITEM] and (item := words("subject.item").match(text, start)) and _beside(text, start):
        end, told = item.end("who"), item  # of a list of bodies and their duties, whatever the verbs
    if told is None and (more := words("subject.more").match(text, end)):
        end = more.end()
        told = words("subject.apart").match(text, end)
    if told is None:
        return None
    section = context.section(start)
    if section.heading_start < section.heading_end:
        start = max(start, section.heading_start) if section.heading_start <= end else start
    verb_at = end + len(text[end : end + 3]) - len(text[end : end + 3].lstrip(":。\n"))
    names = bodies.between(start, end)
    beside = any(bodies.known(item["who"]) for item in _beside(text, match.start("head")))
    known = bodies.departments.is_department if beside else bodies.known
    if not names or section.kind == "background" or not (any if len(names) > 1 else all)(bodies.known(n.text) or known(n.text) and "问题" not in n.text for n in names):
        return None
    rest = text[verb_at : context.part(verb_at)[1]].rstrip("。;\n")
    return Found(start, verb_at + len(rest), _roles(bodies, names, verb_at, rest), False, "responsibility.subject")


_LONGEST_ITEM = 50
"""Characters of an item up to the colon behind its bodies."""


def _beside(text: str, start: int) -> list[re.Match[str]]:
    """What the lines above and below an item open with if they are items of bodies and their duties, too."""
    begin = text.rfind("\n", 0, start) + 1
    above, below = text.rfind("\n", 0, max(begin - 1, 0)) + 1, text.find("\n", start) + 1
    return [item for at in ((above,) if begin else ()) + ((below,) if below else ()) if (item := words("subject.item").match(text, at))]


def _subject(context: Context, match: re.Match[str], bodies: Bodies, follows: bool = False) -> Found | None:
    """A clause whose subject is a list of bodies: 甲、乙要…, 由甲会同乙…; behind such a one (``follows``), with any verb: 由甲吊销…,乙吊销…."""
    text = context.text
    start = match.start("head")
    by = "由" in text[match.start() : start]
    if by and text[start - 2 : start - 1] == "可":
        return None
    section = context.section(match.end())
    enumerated = text[start - 1] == "、" and start not in (section.body, section.heading_start)  # 12、市渔业局负责… is an item
    if enumerated and not follows and "负责" not in text[context.clause(start, start)[0] : start]:
        return None
    if not by and section.start <= start < section.body:
        start = section.body
    if opener := words("subject.opener").match(text, start):
        start = opener.end()
    if not by and (told := words("subject.said-of").match(text, start, match.end("head"))):
        start = told.end()
    if not by and words("subject.none").match(text[start : start + 4]) and not text.startswith(("各高级", "各级"), start):
        return None
    if not by and words("subject.receives").search(text, max(0, start - 30), start):
        return None
    if context.in_name(start, match.end()) or _excluded(context, match.end()):
        return None
    _, part_end = context.part(match.end())
    clause_end = context.clause(start, match.end())[1]
    asked = text[start - 1] == "请"  # 请市渔业局按照有关规定办理
    read = _told(bodies, start, clause_end, part_end) if by or asked else None
    if read is None:
        read = _subject_and_verb(bodies, start, clause_end)
    opens = start == max(context.sentence(start)[0], section.body) and not (text[start - 1] in ")、." and words("subject.thing").match(text, match.end()))
    if read is None and not by and (bodies.brief_at(start) or opens or follows or section.level and text[start - 1] != ":" and (_LOCAL.match(text, start) or _regulates(context, start))):
        read = _any_verb(bodies, start, clause_end)
    if read is None:
        return None
    names, verb_at = read
    rest = text[verb_at:part_end].rstrip("。;\n")
    if words("subject.may").match(text[names[-1].end : names[-1].end + 3]) or words("subject.done").match(rest) or len(rest) < 2:
        return None
    if rest.endswith("的") and not rest.endswith("目的") and not _CHARGED.match(rest) or not _BOUND.match(rest) and _past(context, start):
        return None  # who meets a condition, or has done it
    if by and words("subject.authored").match(text, context.clause(start, start)[0]):
        return None
    roles = _roles(bodies, names, verb_at, rest)
    if another := _ANOTHER.search(text, verb_at, clause_end):
        clause_end = another.start()
    return Found(start, min(clause_end, part_end), roles, False, "responsibility.by" if by else "responsibility.subject")


def _past(context: Context, start: int) -> bool:
    """Whether what stands before the subject in its sentence says that it is history: 十年以来,…; 2019年,… in a document of 2021."""
    first = context.sentence(start)[0]
    if words("subject.since").search(context.text, first, start):
        return True
    dated = words("subject.year").match(context.text, first, start)
    return bool(dated and context.header.year and int(dated["year"]) < context.header.year)


_STOP = re.compile("[。\n]")
_ONWARD = re.compile("[向从为对按将于依经给在]")  # 由市渔业局按市政府领导…: no longer the name
_BOUND = re.compile("要|应|须|必须|务必|将继续")
_CHARGED = re.compile("负责|牵头|要|应|须|必须")
# 甲负责河道、乙负责道路: each has a duty of its own.
_ANOTHER = re.compile(r"、(?=[^,;。、]{2,14}[局委办厅部队](?:负责|(?:组织|监管|承担|落实|实施|具体|提供|安排|审核|验收|统筹)[^,;。、]{2}))")


def _subject_and_verb(bodies: Bodies, start: int, end: int) -> tuple[list[Name], int] | None:
    text = bodies.text
    for verb in words("subject.verb").finditer(text, start + 2, min(end, start + 120)):
        if text[verb.end() : verb.end() + 1] in "的意":
            continue
        if names := bodies.between(start, verb.start()):
            return names, verb.start()
    stop = end - 1 if text[end - 1] == "," else end
    if words("subject.duty-next").match(text, stop) and (names := bodies.between(start, stop)):
        return names, stop + 1
    return None


def _regulates(context: Context, start: int) -> bool:
    """Whether a sentence of an article of a regulation begins there: whoever is its subject is told what to do."""
    section = context.section(start)
    return section.family == "article" and context.header.doc_type in ("条例", "办法", "细则", "规定", "规则") and start == max(context.sentence(start)[0], section.body)


_LOCAL = re.compile("[省市县区州旗](?!级|人民政府)")
# What a body does, up to the end of the clause: no telephone number, no office of its own (财政部经济建设司).
_PREDICATE = re.compile(r"(?![\u4e00-\u9fff、]{0,16}?(?:办公厅|办公室|司|研究所|研究院|中心|科教|局|处)(?:[:,、\s]|$))[\u4e00-\u9fff][\u4e00-\u9fff“”]{2}[\u4e00-\u9fff、“”\d.%]{3,80}[,。;]")


def _any_verb(bodies: Bodies, start: int, end: int) -> tuple[list[Name], int] | None:
    """市渔业局每半年核查一次: known bodies alone open the clause, and what follows is no noun of theirs."""
    for stop in words("subject.by").finditer(bodies.text, start if bodies.brief_at(start) else start + 1, min(end, start + 100)):
        if any(words(f"subject.{no}").match(bodies.text, stop.end()) for no in ("no-verb", "no-duty", "attended")) or not _PREDICATE.match(bodies.text, stop.end()):
            continue
        if (names := bodies.between(start, stop.end())) and all(bodies.known(n.text) for n in names):
            return names, stop.end()
    return None


def _told(bodies: Bodies, start: int, end: int, part_end: int) -> tuple[list[Name], int] | None:
    """由甲…: any verb may follow; the longest words that are names count."""
    text, best = bodies.text, None
    for stop in words("subject.by").finditer(text, start + 1, min(end, part_end, start + 100)):
        if text[stop.end() : stop.end() + 1] in "的、和及与":
            continue
        composed = words("subject.composed").match(text, stop.end())
        if composed and (best is None or "、" in text[best[1] : stop.end()] or not _ONWARD.search(text, best[1], stop.end())):
            return None  # 由甲、乙等组成, but 由甲向国务院领导报告
        if not composed and (names := bodies.between(start, stop.end())):
            best = names, stop.end()
    return best


def _roles(bodies: Bodies, names: list[Name], verb_at: int, rest: str) -> tuple[tuple[Name, str, str], ...]:
    """The role of the subject by what it is told, and the bodies that it 会同 s as support."""
    own = _own_words(rest, bodies.departments)
    role = "responsible"
    with_: list[Name] = []
    if words("role.support").match(own):
        role = "support"
    elif words("role.lead-daily").match(own) or words("role.lead").search(own[:120]):
        role = "lead"
        if joined := words("role.with").match(rest):
            begin = verb_at + joined.end()
            end = begin + len(re.split(r"[,;。:!?\n]", rest[joined.end() :], maxsplit=1)[0])
            stops = [m.start() for m in words("subject.verb").finditer(bodies.text, begin + 2, min(begin + 60, end))]
            stops += [m.start() for m in words("role.with-end").finditer(bodies.text, begin, min(begin + 40, end))]
            with_ = next(filter(None, (bodies.between(begin, stop) for stop in stops)), []) or max(bodies.between(begin, end), _longest(bodies, begin, end), key=len)
    told: list[Name] = []
    if guides := words("role.guides").match(rest):
        told = bodies.between(verb_at + guides.start("who"), verb_at + guides.end("who"))
    if gathers := words("role.gathers").match(rest):
        role, with_ = "lead", [*with_, *bodies.between(verb_at + gathers.start("who"), verb_at + gathers.end("who"))]
    at = 0
    while joins := words("role.joins").search(rest, at):  # 甲牵头、乙配合、丙参与
        with_ = [*with_, *bodies.between(verb_at + joins.start("who"), verb_at + joins.end("who"))]
        at = joins.end("who")
    others = [*((n, "support", "word") for n in with_), *((n, "responsible", "word") for n in told)]
    return (*((n, role, "word") for n in names), *others)


def _longest(bodies: Bodies, start: int, end: int) -> list[Name]:
    """The bodies that open a stretch, as many as are known: 会同市渔业局、市商务局逐家制定."""
    for stop in reversed([m.end() for m in words("subject.by").finditer(bodies.text, start, min(start + 60, end))]):
        if (names := bodies.between(start, stop)) and all(bodies.known(n.text) or bodies.duty(n.text) for n in names):
            return names
    return []


def _own_words(rest: str, departments: Departments) -> str:
    """What the subject itself is told: up to the clause that has a subject of its own."""
    clauses = rest.split(",")
    for i, clause in enumerate(clauses[1:], 1):
        if clause.removeprefix("并").startswith(("会同", "联合", "牵头", "协同", "配合", "协助")):
            continue
        head = words("subject.next").match(clause)
        if head and all(departments.is_department(p) for p in head["head"].split("、")):
            return ",".join(clauses[:i])
    return rest
