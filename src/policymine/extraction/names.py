"""Split a list into the names it holds: brackets by a stack, 各区、市政府 as one name, 和 only behind a body's suffix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from policymine.lexicon.departments import Departments

_SHARED = re.compile(r"各(?:设区)?市(?:及|和)各县(?:\([^()]*\))?(?=[^、,;]{0,4}政府)|(?:各|有关|相关|全市各|市直各|所属|所在)(?:区|县|市|州|盟|旗|乡|镇|街道)(?:[(〔][^()〔〕]*[)〕])?(?:、(?:区|县|市|州|盟|旗|乡|镇|街道|园区|开发区|功能区)(?=[^、,;]*(?:政府|局|委|办|部门|[)、,;]|$)))+|行署、[市州](?=[\u4e00-\u9fff]{2,8}(?:部门|局))|[市省区县]、[市区县](?:\([^()]*\))?两级|[省市](?:和|及|与)[市区县](?=[\u4e00-\u9fff、]{2,30}?部门|[\u4e00-\u9fff]{2,6}、)|[省市]、[市区县]{1,2}(?!、[县乡村])(?=[\u4e00-\u9fff、]{2,30}部门|[\u4e00-\u9fff]{2,6}、)|[省市县]、[市县乡]、[县乡村](?:三级)?|省、自治区(?:、直辖市(?:(?:及|和|、)?(?:计划单列市|新疆生产建设兵团))*)?(?=[^、,;]{2})|(?:省|地市|市|区|县)级[、和](?:地市|市|区|县|乡)级(?=[\u4e00-\u9fff]{2,8}(?:部门|局))")
_SEPARATOR = re.compile(r"以及|[、,;/]|(?<=[局厅委部办院会府心室署行关司处所团校构站社组县区市队门）)])(?:和|及|与)(?=[\u4e00-\u9fff])")
_OPEN = re.compile(r"(?:等(?:[省市区县](?=有关|相关)|有关|相关|市直|省直|市级|省级|其他|多个|各)*(?:部门|单位|部门和单位|部门单位|单位和部门|机构|地方|市县|群众组织|群团组织|群众团体|人民团体|社会团体)?|等\d+[个家]?(?:部门|单位))$")
_LEADING = re.compile(r"(?:[^、,;()]{0,16}?(?<![自理经])由|请|以(?=[省市县区])|其中|以及|及|和|与|或|会同|并|具体|本项|此项|[:、,;\s])+")
_TRAILING = re.compile(r"(?:等)?(?:按(?:照)?(?:各自)?(?:职责|职能)(?:范围|分工)?|分别|共同|具体|各自|联合|主要|在职责范围内|根据职责)+$")
_NO_NAME = re.compile(r"[。!?:“”《》\d]|(?:的|了|和|与|及)$|^(?:的|在|对|为|将|把|要|以|从|按|根据|同时|并)|进行|开展|工作(?!小?组|领导小组|联席会议|推进[组办委]|委|部|局|办|专班|队|站|协调)|项目(?!办)|措施|任务(?!办)|下同|标注|以下|如下|时限|范围")
_SAID_OF_IT = re.compile(r"(?<=.)[(〔][^()〔〕]*[:\d][^()〔〕]*[)〕]$")
_NEXT = re.compile(r"[局委办厅部会](?=[省市县区州旗][\u4e00-\u9fff])")
_QUOTED = re.compile(r"(?<=.)“[\u4e00-\u9fff\d]{1,8}”(?=[\u4e00-\u9fff]{1,8}$)")
_ASIDE = re.compile(r"(?<=.)[(〔](?P<said>[\u4e00-\u9fff、]{2,12})[)〕]$")
_ROLE_SAID = re.compile(r"牵头|负责|配合|主办|协办|参与|责任|指导")
LONGEST = 36


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a list, with its place in the normalised text."""

    text: str
    start: int
    end: int


def split_names(text: str, start: int, end: int, departments: Departments) -> tuple[list[Name], bool]:
    """The names between two offsets, and whether the list is open (等).

    Nameless ones (有关部门, 各单位) are left out.

    Args:
        text: the normalised text.
        start: where the names begin.
        end: where they end.
        departments: tells the nameless ones.

    >>> names, is_open = split_names("市质监局、各县(市、区)政府等", 0, 15, Departments.default())
    >>> [n.text for n in names], is_open
    (['市质监局', '各县(市、区)政府'], True)
    """
    names: list[Name] = []
    open_ = False
    for a, b in pieces(text, start, end):
        a, b, was_open = _trimmed(text, a, b)
        open_ = open_ or was_open
        cuts = [m.end() for m in _NEXT.finditer(text, a, b)]
        edges = [a, *cuts, b]
        if cuts and all(y - x > 3 and departments.is_exact(text[x:y]) for x, y in pairwise(edges)):  # parted by blanks alone
            names += (Name(text[x:y], x, y) for x, y in pairwise(edges))
            continue
        if b - a < 2 or b - a > LONGEST:
            continue
        if text[a] != "各" and (aside := _ASIDE.search(text, a, b)) and departments.is_department(text[a : aside.start()]) and not departments.is_department(aside["said"]) and not _ROLE_SAID.search(aside["said"]):
            b = aside.start()  # 县水务局(饮水)
        word = text[a:b]
        if departments.is_nameless(word):
            open_ = True
            continue
        if _NO_NAME.search(_QUOTED.sub("", word)):  # 市“三旧”改造办
            continue
        names.append(Name(word, a, b))
    return names, open_


def pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The spans between separators outside brackets; a head shared by several places keeps its 、."""
    held = [m.span() for m in _SHARED.finditer(text, start, end)]
    out, begin = [], start
    for cut in _SEPARATOR.finditer(text, start, end):
        a, b = cut.span()
        if any(s <= a < e for s, e in held) or _depth(text, start, a) > 0:
            continue
        out.append((begin, a))
        begin = b
    out.append((begin, end))
    return [(a, b) for a, b in out if b > a]


def _depth(text: str, start: int, at: int) -> int:
    return text.count("(", start, at) - text.count(")", start, at) + text.count("〔", start, at) - text.count("〕", start, at) + text.count("〈", start, at) - text.count("〉", start, at)


def _trimmed(text: str, a: int, b: int) -> tuple[int, int, bool]:
    if lead := _LEADING.match(text, a, b):
        a = lead.end()
    if said := _SAID_OF_IT.search(text, a, b):
        b = said.start()
    was_open = False
    changed = True
    while changed and b > a:
        changed = False
        if trail := _TRAILING.search(text, a, b):
            b, changed = trail.start(), True
            was_open = was_open or trail.group().startswith("等")
        if open_ := _OPEN.search(text, a, b):
            b, changed, was_open = open_.start(), True, True
    return a, b, was_open
