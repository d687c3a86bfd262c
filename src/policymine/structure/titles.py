"""Tell a heading's title from running text: （一）指导思想。以… has one, 1. 到2020年，…。 has none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from policymine.text.markers import Marker

LONGEST_LINE = 60
"""A line of its own longer than this (in characters) is a sentence, not a title."""
LONGEST_SENTENCE = 34
"""A first sentence longer than this, with text behind it, is no title."""

NONE, WEAK, STRONG, WHOLE = 0, 1, 2, 3
"""How surely a first sentence is a title; what is WEAK follows the headings beside it, WHOLE takes the whole line."""

# The colon of a ratio (1:15) ends nothing.
_MARK = re.compile(r"[(“《〔)”》〕。;!?]|:(?!(?<=\d:)\d)")
_STOP = re.compile(r"[。;!?\n]|:(?!(?<=\d:)\d)")
_QUOTED = re.compile(r"《[^《》]*》|“[^“”]*”|\([^()]*\)")
# Wordings that only a running sentence has.
_RUNNING = re.compile(
    r"应当|应该|应按|不得|不予|可以|可按|可向|必须|是指|是否|的,|时,|后,|等,|^(?:对(?!抗|标|口|外|接|内)|对于|按照|根据|依据|为了|为|由|经|凡|除|在|自(?![行主动然身我觉贸由愿强])|从|随着|鉴于|"
    r"通过|符合|具有|具备|同意|允许|授权|授予|将|向|原则上|原则同意|未(?!来|成年)|借鉴)[^,]{0,40}|^(?:各|本|该|其|我)[^,]{0,12}(?:应|要|须|可)|到20\d\d年|^(?:19|20)\d\d年,|"
    r"^[^,]{2,12}(?:局|委|办|厅|部|政府|小组|中心)(?:负责(?!制|人)|会同|牵头)|办公室设在|^(?:我|本)[省市县区](?:是|有|地处|位于)|"
    r"20\d\d年(?:底|末|前)|[须需]于|予以|给予|负责解释|起(?:施行|实施|执行)|主要指(?!标)|进行.{2,}|不(?:[低少高大小]于|超过)\d|\d+(?:%|个|家|项|万|亿)|(?:项目|单位|企业|人|者|主体|部门)(?:须|应|需|要|可|是|将)|(?<!目)的$|,(?:并|且|但|如|则|仍)(?![购行联])|另行(?:通知|公布|制定|发文)|(?<=[\u4e00-\u9fff]{4})采用|(?<!^)将(?:视|严格|按|对|在|于|组织|会同|根据|继续)|不能|一式[两三四五六\d_]+份|"
    r"提供|已(?!有|建).{2,}的|(?<![重主必需纲概摘提])要(?![求点素闻领件务义害塞])"
)
# Wordings that running sentences and titles share.
_EITHER = re.compile(r"^(?:支持|鼓励|推动|推进|开展|编制|研究|积极|进一步|加强)[^,]{0,60}的[^,]{0,20}$|自贸|试点$")
# 运维标准(甲乙)运维标准主要用于…: a title whose stop was lost, taken up again by its sentence.
_REPEATED = re.compile(r"(?P<title>[\u4e00-\u9fff]{4,20})(?:\([^()]{1,20}\))?(?P<again>(?P=title)(?:主要|包括|用于|应|是))")
# 关于3万吨冷库项目问题。…: what an item of a reply is about.
_ABOUT = re.compile(r"关于[^,;:]{2,40}(?:问题|事项|请求|建议)")
_ANNOUNCING = re.compile(r"(?:要求|目标|内容|信息|指标|任务|条件|方式|范围|主要|具体|分别)(?:主要)?(?:是|为|包括|有)$")
_LIST_ITEM = re.compile(r"(?:复印件|申请[表书]|证明(?:材料)?|承诺书|[表书函])$")


@dataclass(slots=True)
class Heading:
    """What a marker opens: its title, where its text begins, how sure the title is, and at which level it stands."""

    marker: Marker
    family: str
    title: str
    body: int
    strength: int
    level: int = 0

    def untitle(self) -> None:
        """What stands behind the marker is no title."""
        self.title, self.body, self.strength = "", self.marker.end, NONE


def heading_title(text: str, marker: Marker, end: int) -> tuple[str, int, int]:
    """The title behind a marker, where the text after it begins, and how sure that is.

    Decides by length, by what ends the first sentence, and by wordings that only running text has. A numbered
    item that is one running sentence, an item of a list (ending with ；) and an article have no title.

    Args:
        text: the normalised text.
        marker: what opens the line.
        end: where the line ends.

    Returns:
        The title without final punctuation ("" if none), the offset where the body begins, and NONE, WEAK or
        STRONG: a weak title is one only where the headings beside it have titles too.
    """
    line = text[marker.start : end]
    read = _remembered if len(line) <= _LONGEST_REMEMBERED else _title
    title, body, strength = read(line, marker.end - marker.start, marker.family)
    return title, marker.start + body, strength


def _title(line: str, at: int, family: str) -> tuple[str, int, int]:
    """As ``heading_title``, of a line that begins with a marker of a family, which ends at ``at``."""
    start, end = at, len(line)
    while start < end and line[start] in " 、.:,":
        start += 1
    stop = _first_stop(line, start, end)
    first = line[start:stop]
    mark = line[stop] if stop < end else ""
    if not first:
        return "", at, NONE
    if repeated := _REPEATED.match(first):
        return repeated[0][: repeated.start("again")], start + repeated.start("again"), STRONG
    if family == "article":
        if caption := _CAPTION.match(line, start):
            return caption["title"], caption.end(), STRONG
        if stop == end and len(first) <= _LONGEST_ALONE and not re.search(r"[,、]", first) and not _RUNNING.search(first):
            return first, end, WEAK
        titled = mark == "。" and len(first) <= 12 and stop + 1 < end and not re.search(r"[,、]", first) and not _RUNNING.search(first)
        return (first, stop + 1, WEAK) if titled else ("", at, NONE)
    if family in ("chapter", "division", "part", "annex", "label"):
        return (first, min(stop + 1, end), STRONG) if len(first) <= LONGEST_LINE else ("", at, NONE)
    strength = _strength(first, mark, line[stop + 1 : end], family)
    if strength == WHOLE:
        return line[start:end], end, STRONG
    return ("", at, NONE) if strength == NONE else (first, min(stop + 1, end), strength)


# 第三条(管理部门)市渔业局…, 第三条【管理部门】: the caption of an article.
_CAPTION = re.compile(r"[(〔【\[](?P<title>(?!试行|暂行|修[订改]|[一二三四五六七八九十]{1,3}[)〕])[\u4e00-\u9fff][\u4e00-\u9fff、“”]{1,23})[)〕】\]]")
_LONGEST_ALONE = 16
"""Characters of an article's title that stands on a line of its own."""
_LONGEST_REMEMBERED = 500
_remembered = lru_cache(10_000)(_title)


def _first_stop(text: str, start: int, end: int) -> int:
    """Where the first sentence ends; a stop inside brackets or quotes does not count."""
    depth = 0
    for mark in _MARK.finditer(text, start, end):
        if mark[0] in "(“《〔":
            depth += 1
        elif mark[0] in ")”》〕":
            depth = max(0, depth - 1)
        elif depth == 0:
            return mark.start()
    return end if depth == 0 else _plain_stop(text, start, end)


def _plain_stop(text: str, start: int, end: int) -> int:
    found = _STOP.search(text, start, end)
    return found.start() if found else end


def _strength(first: str, mark: str, rest: str, family: str) -> int:
    """How surely ``first``, ended by ``mark`` and followed by ``rest`` of its line, is a title."""
    if mark == ";":
        return NONE
    bare = _QUOTED.sub("", first)
    if mark == "。" and rest and _ABOUT.fullmatch(bare):
        return STRONG
    if mark == ":" and 0 < len(rest) <= 16 and not re.search(r"[,。;:\d]", rest) and len(bare) <= 10:
        return WHOLE
    if mark == ":":
        if rest and not _HAN.search(rest) or len(bare) > 16 or "," in bare or _RUNNING.search(bare) or _ANNOUNCING.search(bare):
            return NONE
        return STRONG
    top = family in ("han", "han_paren")
    alone = not rest or rest.startswith("(") and rest.endswith(")")
    if not mark:
        if len(first) > LONGEST_LINE or len(bare) > (40 if top else 14) and _RUNNING.search(bare):
            return NONE
        return WEAK if _LIST_ITEM.search(bare[-6:]) or _EITHER.search(bare) else STRONG
    running = _RUNNING.search(bare)
    if running and mark == "。" and not alone and len(first) <= 16 and running[0].startswith(_ALSO_IN_TITLES):
        return WEAK  # 给予信贷扶持。…, 地方政府要负起责任。…
    if family in ("dash", "bullet") and alone and len(first) > 16 or running:
        return NONE
    if len(bare) > LONGEST_SENTENCE + (8 if top or family == "dash" else 0):
        return NONE
    return WEAK if alone or _EITHER.search(bare) or len(bare) > 24 else STRONG


_COUNTS = re.compile(r"(?:[新建修造改实施完成做好开展增培育引进打])[\u4e00-\u9fff“”、]{2,}\d[\d.]*[万亿]?(?![年月日号期版])(?:[\u4e00-\u9fff]{1,3}|m2|%)(?:以上|左右)?$")
_LABELS = re.compile(r"\s*(?:(?:[(〔][^\n]{0,200}[)〕]|[\u4e00-\u9fff]{2,8}:[^\n]{0,200})\s*){0,4}")
_ALSO_IN_TITLES = ("给予", "要")
_HAN = re.compile(r"[\u4e00-\u9fff]")


_SHORT = 10
"""Characters of a first sentence that is a title whatever the items beside it open with."""


# 申报材料: what is listed below are papers, not subjects.
_PAPERS = re.compile(r"(?:申[报请领办]|提[交供]|报[送批]|备案|证明|验收|所需)的?(?:材料|资料)$|(?:材料|资料)(?:清单|目录)$")


def settle_titles(headings: list[Heading], text: str) -> None:
    """Weak titles follow the headings of their family under the same heading: none has one where most have none.

    Items that are counted on from chapter to chapter (第二章 五、…) are articles, which have none; so are sentences
    that are all there is of an item: of three clauses, or of two below a line that announces them.

    Args:
        headings: in order, with their levels; titles that are none are taken away.
        text: the normalised text.
    """
    if sum(1 for a, b in pairwise(headings) if a.family == "chapter" and b.family == "han" and (b.marker.ordinal or 1) > 1) > 1:
        for heading in headings:
            if heading.family == "han":
                heading.untitle()
    whole = {id(h) for h, following in pairwise([*headings, None]) if h and not (following and following.level > h.level) and _is_whole(h, text, following.marker.start if following else len(text))}
    for counted, following in pairwise([*headings, None]):
        if counted and counted.family not in ("han", "han_paren") and _COUNTS.search(counted.title) and _LABELS.fullmatch(text, counted.body, following.marker.start if following else len(text)):
            counted.untitle()  # 2.新改建农村公路150公里以上, with nothing below
    groups: dict[int, dict[str, list[Heading]]] = {}
    open_: list[Heading] = []
    for heading in headings:
        while open_ and open_[-1].level >= heading.level:
            open_.pop()
        if open_ and heading.strength == WEAK and id(heading) in whole and _PAPERS.search(open_[-1].title):
            heading.untitle()
        groups.setdefault(id(open_[-1]) if open_ else 0, {}).setdefault(heading.family, []).append(heading)
        open_.append(heading)
    for families_ in groups.values():
        for group in families_.values():
            clauses = 2 if text[max(0, group[0].marker.start - 3) : group[0].marker.start].rstrip().endswith(":") else 3
            for heading in group:
                if id(heading) in whole and heading.title.count(",") + 1 >= clauses:
                    heading.untitle()
            bare = sum(1 for h in group if h.strength == NONE)
            if 0 < bare * 3 <= len(group):
                for heading in group:
                    _title_as_beside(heading, text)
            for heading in group:
                if heading.strength == WEAK and bare * 5 >= len(group) * 2 or heading.strength == STRONG and bare * 5 >= len(group) * 4 > 12 and len(heading.title) > _SHORT:
                    heading.title, heading.body = "", heading.marker.end


def _title_as_beside(heading: Heading, text: str) -> None:
    """Give a title to an item where those beside it have one: its first sentence, if only its length or first word spoke against it."""
    start = heading.marker.end
    line = text[start : text.find("\n", start)]
    first = line[: _first_stop(line, 0, len(line))]
    if heading.strength == NONE and heading.family != "article" and line[len(first) : len(first) + 1] == "。" and line[len(first) + 1 :] and len(first) <= _LONGEST_BESIDE and not _RUNNING.search(_OPENING.sub("", _QUOTED.sub("", first))):
        heading.title, heading.body, heading.strength = first, start + len(first) + 1, WEAK


_LONGEST_BESIDE = 44
# 为渔民提供服务。…, 对渔船全面检验。…, 进行渔港改造。…: how titles open too.
_OPENING = re.compile(r"^(?:为[^,]{2,12}提供|为|对|在|从|进行|通过)")


def _is_whole(heading: Heading, text: str, following: int) -> bool:
    """Whether the title, a sentence, is all that the text says below its marker."""
    return bool(heading.title) and text[heading.body - 1] == "。" and not text[heading.body : following].strip()
