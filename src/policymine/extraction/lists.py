"""Lists of departments in brackets or on lines of their own: （市质监局牵头，市财政局配合）, 牵头单位：…；责任单位：…."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from policymine.extraction.context import Context
from policymine.extraction.names import Name, pieces, split_names
from policymine.lexicon.departments import Departments
from policymine.lexicon.files import alternation, read_rules
from policymine.lexicon.patterns import Anchor, around
from policymine.lexicon.roles import role_labels

LISTS = frozenset(("responsibility.bracket", "responsibility.label"))
"""The rules that find lists; all others find assignments in prose."""
LONGEST_LIST = 900
"""No list in brackets is longer than this, in characters."""


@dataclass(frozen=True, slots=True)
class Found:
    """A list with its names and their roles ((name, role, role_from)); role None where the list has no role word."""

    start: int
    end: int
    names: tuple[tuple[Name, str | None, str], ...]
    open_list: bool
    rule: str


@dataclass(frozen=True, slots=True)
class CellList:
    """A list that fills a cell of a table: the task that it is about, and whether the order of names may say who leads."""

    found: Found
    governs: tuple[int, int]
    ordered: bool


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str], dict[str, str]]:
    rules = read_rules("roles")
    labels, said = role_labels(), rules["label_words"]
    verbs = {w: role for role, ws in rules["verbs"].items() for w in ws}
    label = re.compile(rf"^(?:(?:{said['before']})+(?={alternation(list(labels))})|[一-龥]{{0,3}}(?={alternation(list(labels))}))?(?P<label>{alternation(list(labels))}){said['behind']}(?:[:\s]|[—-]+|(?<=单位|部门)(?=[省市县区州国各][\u4e00-\u9fff]{{1,10}}(?:局|委|办|厅|部|政府)))")
    before, behind = rules["beside"]["before"], rules["beside"]["behind"]
    verb = re.compile(rf"(?:{before})*(?P<verb>{alternation(list(verbs))})(?:{behind})*(?:相关工作|有关工作|工作|推进落实|(?:(?:制定|制订|编制|起草|拟订)[一-龥]{{1,8}}?)?并?(?:组织)?(?:实施|落实)|等)?$")
    return label, verb, labels, verbs


@cache
def _role_behind() -> re.Pattern[str]:
    """What a name has to do, in brackets behind it: 甲（牵头）、乙."""
    return re.compile(rf"[(〔](?P<verb>{alternation([*_words()[3]])})(?:单位|部门)?[)〕](?=[、,;)]|$)")


@cache
def _labelled() -> re.Pattern[str]:
    """A line feed before a line that may open with a label."""
    firsts = "".join(sorted({word[0] for word in _words()[2]}))
    return re.compile(rf"\n(?=[一-龥]{{0,3}}[{firsts}])")


@cache
def _part(group: str) -> re.Pattern[str]:
    """The wording of parts of a list that are no names (``aids``, ``acts``, ``timings``, ``asides``)."""
    return re.compile("|".join(f"(?:{row['pattern']})" for row in read_rules("roles")[group]))


_BRACKET = re.compile(r"[()〔〕【】\[\]]")
_LINE_ENDS = re.compile(r"\n(?<![;,、]\n)")
_CLOSING = {")": "(", "〕": "〔", "】": "【", "]": "["}
_ROLES_SAID = frozenset(("牵头", "负责", "主办", "配合", "参与", "协办"))


@cache
def _label_inside() -> re.Pattern[str]:
    """A label behind names with nothing between: 牵头单位：甲 配合单位：乙 完成时限：年底."""
    long, said = alternation([word for word in _words()[2] if len(word) > 3]), read_rules("roles")["label_words"]
    return re.compile(rf"(?:(?:{said['before']})?(?:{long}){said['behind']}|(?<=[局委办厅部院会府区县镇])(?:牵头|主办|责任|配合|协办)|(?:完成|办结|落实)(?:时限|时间)|责任人|责任领导|牵头领导):")


_ANY_LABEL = re.compile(r"^[\u4e00-\u9fff]{2,10}:")
_COLON = Anchor.of(":")
_ROLE_WORD = re.compile(r"牵头|负责|抓总|统筹|督导|督促|推[进动]|抓(?:好)?落实|各负其责|单位|部门|配合|分工|参与|主办|协办|会同|落实|承担|指导|责任|组织实施")
_LOCAL_FIRM = re.compile(r"[省市县区](?!场)|国网|国家电网|中国(?:电信|移动|联通|铁塔)")
_BODY_ENDS = re.compile(r"[局委办厅部署院府会区县市镇组司处队社行]$")
_SAID_BEHIND = re.compile(r"(?<=.)\([^()]+\)$")
# What a bracket behind it only spells out: 由三部门组成(…), 抄送有关单位(…), 财政部(经济建设司).
_KINDS = re.compile(r"(?:部门|单位|机构|组成|成员|为|报送|抄送|院校|平台|区域|高校|合作|范围|名单|包括|设立|合并|分别|[部委局司厅办院会处])$")
_TOGETHER = re.compile(r"会同|(?<=[局委办厅部署院])[会商](?=[省市县区国][\u4e00-\u9fff]{1,12}[局委办厅部署院])")


def bracketed(context: Context, departments: Departments) -> list[Found]:
    """The lists in brackets of a document, by place.

    A bracket is a list where it holds a role word with names, or only names of bodies at the end of a sentence.
    """
    text = context.text
    found: list[Found] = []
    stack: list[int] = []
    before = 0
    for match in _BRACKET.finditer(text):
        at = match.start()
        if stack and (line_end := _LINE_ENDS.search(text, before, at)):
            start, stop = stack[-1], line_end.start()
            open_still = len(stack) == 1 and _CLOSING.get(match[0]) != text[start] and 4 <= stop - start <= LONGEST_LIST
            if open_still and (made := _read(context, start + 1, stop, start, stop, departments)) and len(made.names) > 1:
                found.append(made)  # a list that nobody closed: …3家(市渔业局、市商务局
            stack.clear()
        before = at
        if match[0] not in _CLOSING:
            stack.append(at)
        elif stack and text[stack[-1]] == _CLOSING[match[0]]:
            start = stack.pop()
            if not stack and 4 <= at - start <= LONGEST_LIST and not context.in_name(start, at):
                made = _read(context, start + 1, at, start, at + 1, departments)
                if made:
                    found.append(made)
    return found


def labelled_lines(context: Context, departments: Departments) -> list[Found]:
    """The lists that open with a label (责任单位：…), on lines of their own or at the end of a paragraph, by place."""
    label, _, _, _ = _words()
    text = context.text
    found = []
    lines = [0, *(m.end() for m in _labelled().finditer(text))]
    starts = [first for first in lines if label.match(text[first : first + 16])]
    for first in sorted({*starts, *(m.start("list") for m in around(_labelled_end(), _COLON, text, 70, 2))}):
        last = text.find("\n", first)
        last = len(text) if last < 0 else last
        if last - first <= LONGEST_LIST and (made := _read(context, first, last, first, last, departments)):
            found.append(made)
    return found


@cache
def _labelled_end() -> re.Pattern[str]:
    """A label behind a sentence, or a leader's name, and no other sentence behind it: …12处。责任单位：甲，乙."""
    return re.compile(rf"(?:[。;]|^[一-龥]{{0,6}}(?:领导|责任人|时限|时间):[^,;。:\n]{{1,30}}[,;])(?P<list>[一-龥]{{0,3}}(?:{alternation([*_words()[2]])})(?:为|是)?:)[^。\n]+。?(?:(?:完成|办结|落实|实施)(?:时限|时间|期限):[^。\n]{{2,40}}。?)?$", re.M)


def _read(context: Context, start: int, end: int, outer: int, outer_end: int, departments: Departments) -> Found | None:
    text = context.text
    content = text[start:end]
    label, _, _, _ = _words()
    has_role = bool(_ROLE_WORD.search(content)) and any(
        label.match(text[a:b]) or text.startswith("会同", a) or _words()[1].search(text[a:b]) or _role_behind().search(text[a:b]) for a, b in _segments(text, start, end)
    )
    if text.startswith("成员单位", start) and "牵头" not in content:
        return None  # who belongs to it, not who must do it
    if not has_role and not _bare_list(text, start, end, outer_end, departments):
        return None
    names, open_list, origin = names_with_roles(text, start, end, departments)
    names = [(n, r or ("responsible" if has_role else None), o) for n, r, o in names]
    if not names or not any(_names_body(n.text, departments) for n, _, _ in names):
        return None
    return Found(outer, outer_end, tuple(names), open_list, "responsibility.label" if origin == "label" else "responsibility.bracket")


def names_with_roles(
    text: str, start: int, end: int, departments: Departments, given: str | None = None
) -> tuple[list[tuple[Name, str | None, str]], bool, str]:
    """The names of a list with the roles that its words give them (甲牵头，乙配合; 责任单位：甲).

    Args:
        text: the normalised text.
        start: where the list begins.
        end: where it ends.
        departments: tells the nameless ones.
        given: the role of a name that no word of the list gives one, by the head of its column.

    Returns:
        Names by place, each with its role (None: no word says one) and where that was read; whether the list is open
        (等); "label" where a label stood in it, else "word".
    """
    label, _, _, _ = _words()
    names: list[tuple[Name, str | None, str]] = []
    open_list = False
    role: str | None = None
    origin = "word"
    pending: list[Name] = []
    skip = False
    for a, b in _segments(text, start, end):
        segment = text[a:b]
        if marked := label.match(segment):
            names += [(n, role, origin) for n in pending]
            pending = []
            role, origin, skip = _words()[2][marked["label"]], "label", False
            a += marked.end()
        elif _ANY_LABEL.match(segment):
            skip = True
        if (said := _SAID_BEHIND.search(text, a, b)) and _part("asides").search(said[0]):
            b = said.start()
        if skip or a >= b or _part("asides").search(text, a, b):
            continue
        if text[a - 1] == ";":  # 甲、乙；丙给予支持: what follows says nothing of the first
            names += [(n, given, "label" if given else "word") for n in pending]
            pending = []
        verb_role, stop, together = _verb(text, a, b)
        if together is not None:
            led = _words()[1].search(text[a : together[0]])  # 甲牵头会同乙
            lead, more = split_names(text, a, a + led.start() if led and led.start() else together[0], departments)
            with_, more2 = split_names(text, together[1], stop, departments)
            names += [(n, "lead", "word") for n in [*pending, *lead]] + [(n, "support", "word") for n in with_]
            pending, open_list = [], open_list or more or more2
            continue
        if _part("timings").search(text[a:stop]) and not (verb_role and _BODY_ENDS.search(text[a:stop])):
            continue  # 此后持续推进
        found, more = split_names(text, a, stop, departments)
        open_list = open_list or more
        if text.startswith("会同", a) and not verb_role:  # 甲,会同乙
            names += [(n, "lead", "word") for n in pending] + [(n, "support", "word") for n in found]
            pending = []
        elif verb_role and text.startswith(("会同", "联合"), a):
            names += [(n, "support", "word") for n in found]
        elif verb_role:
            names += [(n, verb_role, "word") for n in [*pending, *found]]
            pending = []
        elif role and origin == "label":
            names += [(n, role, origin) for n in found]
        else:
            pending += found
    names += [(n, given, "label" if given else "word") for n in pending]
    for k, (name, _, _) in enumerate(names):
        if behind := _role_behind().search(name.text):
            names[k] = (Name(name.text[: behind.start()], name.start, name.start + behind.start()), _words()[3][behind["verb"]], "word")
    names.sort(key=lambda item: item[0].start)
    return names, open_list, origin


def _segments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The parts between ， ； 。 and the line ends in a cell of a table, outside brackets; a label opens one, a role closes one."""
    labels = {m.start() for m in _label_inside().finditer(text, start, end)}
    out, begin, depth = [], start, 0
    for at in range(start, end):
        c = text[at]
        if c in "(〔":
            depth += 1
        elif c in ")〕":
            depth -= 1
        elif depth == 0 and (c in ",;。\n" or c == "、" and text[at - 2 : at] in _ROLES_SAID):
            out.append((begin, at))
            begin = at + 1
        elif depth == 0 and at in labels:
            out.append((begin, at))
            begin = at
    out.append((begin, end))
    return [(a, b) for a, b in out if b > a]


def _verb(text: str, a: int, b: int) -> tuple[str | None, int, tuple[int, int] | None]:
    """The role verb that ends a segment, where the names end, and the place of 会同 if it stands between names."""
    found = _words()[1].search(text[a:b])
    if aid := _part("aids").search(text, a, b):
        return "support", aid.start(), None
    if (act := _part("acts").search(text, a, b)) and not (found and a + found.start() <= act.start()):
        return (_words()[3][found["verb"]] if found else "responsible"), act.start(), None  # 市渔业局加强督促检查
    stop = a + found.start() if found else b
    if found and stop == a:
        return None, b, None
    together = None
    if joined := _TOGETHER.search(text, a + 2, stop):
        together = (joined.start(), joined.end())
    return (_words()[3][found["verb"]] if found else None), stop, together


def _names_body(name: str, departments: Departments) -> bool:
    return departments.is_department(name) or bool(re.match(r"(?:各|有关|相关|全市|本)", name)) or bool(re.search(r"(?:政府|新区|管委|单位|处|科|院|所|中心|会|公司|集团|部门|区|县|市)$", name))


def _bare_list(text: str, start: int, end: int, outer_end: int, departments: Departments) -> bool:
    """Only names of bodies, in brackets that close a sentence or paragraph."""
    following = text[outer_end : outer_end + 1]
    closes = following in ("\n", "")
    if following == "。" and text[outer_end + 1 : outer_end + 2] in ("\n", "") and not _KINDS.search(text, max(0, start - 9), start - 1):
        known = sum(departments.is_exact(text[a:b].removesuffix("等")) for a, b in pieces(text, start, end))
        closes = known * 2 >= len(pieces(text, start, end)) > 1  # 产值增长12%(市渔业局、市统计局)。
    alone = text[start - 2 : start - 1] in ("\n", "")
    if alone and not (text[start - 3 : start - 2] in "。;" and following in ("\n", "") and len(pieces(text, start, end)) > 1):
        return False
    if following not in ("\n", "", "。") or not (text[start - 2 : start - 1] in "。;!?”)" or closes):
        return False
    parts = [text[a:b].removesuffix("等") for a, b in pieces(text, start, end)]
    words = [w for w in parts if not _part("timings").search(w) and not _part("asides").search(w)]
    good = sum(1 for w in words if len(w) <= 20 and (departments.is_department(w) or re.search(r"(?:局|厅|委|办|处|院|政府|科|中心|各区市|各区县|开发区|高新区)$", w) or len(words) > 1 and departments.is_nameless(w)))
    if any(w.endswith(("厂", "商", "材料", "企业")) for w in words):
        return False
    firms = [w for w in words if w.endswith(("公司", "集团"))]
    bodies = sum(departments.is_department(w) for w in words if w not in firms)
    if firms and not bodies and not all(_LOCAL_FIRM.match(w) for w in firms):
        return False
    return (good + len(firms)) * 3 >= len(words) * (3 if alone else 2) and not re.search(r"(?:附|此件|联系|以下|简称|含|包括|如|见)", text[start:end])
