"""The outline: headings, their levels by what the document itself does, and what each section is for.

Depth is a constraint problem (after regulations-parser): which family of markers nests in which is read off the
whole document, then every family gets one level, so that a family keeps its level where a branch skips the family
above it. Headings may share a line with their text, may stand in the middle of a line (merged paragraphs), and may
have no title of their own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from functools import cache, lru_cache
from itertools import pairwise

from policymine.lexicon.files import read_rules, words
from policymine.lexicon.recurring import ByLine
from policymine.models import Header, Section
from policymine.structure.text_tables import NO_TABLES, TextTables
from policymine.structure.titles import STRONG, Heading, heading_title, settle_titles
from policymine.text.markers import Marker, families, inline_families, marker_at, opened_lines
from policymine.text.normalize import NormalizedText

# 申报单位应当符合下列条件: what is listed below are conditions.
_CONDITIONS = re.compile(r"(?:(?:应当?|须|需|必须)(?:同时)?(?:具备|符合|满足)[^。;]{0,30}|(?:申报|申请|认定|准入|入选)[^。;]{0,20}条件[^。;]{0,6}):\s*$")
# The stop behind which a marker may open a heading, and the first character of one that is glued to the words before it.
_INLINE = re.compile(r"[。!?;:](?:(?<=[。!?])(?=第[一二三四五六七八九十\d]|[一二三四五六七八九十]{1,3}、|[(][一二三四五六七八九十\da-z]|\d{1,2}[.、)\ue000-\uf8ff]|案例\d|专栏\d)|(?<=[。;:])(?=--+[\u4e00-\u9fff]))")
_GLUED = re.compile(r"[0-9一二三四五六七八九十](?<=[\u4e00-\u9fff,].)(?<![一二三四五六七八九十第表图款条至到和第].)(?:(?<=\d)(?=\d?\.[\u4e00-\u9fff“])|(?<!\d)(?=[一二三四五六七八九十]{0,2}、[\u4e00-\u9fff]{4}))")
_LINE, _INSIDE, _GLUE = 0, 1, 2
# 附件：1.甲 above 2.乙: the list of annexes under the text.
_ANNOUNCED = re.compile(r"(?:^|\n)附件:[^\n。]{0,120}(?:\n\d{1,2}[.、][^\n。]*)*\n$")
_ANNOUNCES = re.compile("附件:")
_REPLIES = ("函", "复函", "批复")
UNNESTED = frozenset({"annex", "box", "two_digit"})
"""Families that stand below whatever they stand under and do not decide the level of others."""


def read_outline(text: NormalizedText, header: Header, tables: TextTables = NO_TABLES) -> tuple[Section, ...]:
    """The sections of a document, in order; together they tile it.

    Decides which markers open a heading, its level, title and kind. Leaves out the document's own title and
    paragraph openers without a marker.

    Args:
        text: the normalised text.
        header: where the header ends; no heading is looked for inside it.
        tables: no cell opens a heading (一、加强领导 in a table is a group of its tasks); a title row may.

    Returns:
        Sections by start. The first has level 0 and holds the text before the first heading.

    >>> from policymine.text.normalize import normalize
    >>> n = normalize("一、总体要求\\n（一）主要目标。到2025年，产值达到5亿元。")
    >>> [(s.level, s.marker, s.heading) for s in read_outline(n, Header())]
    [(0, '', ''), (1, '一、', '总体要求'), (2, '(一)', '主要目标')]
    """
    found = _headings(text.text, text.norm_start(header.body_start), tables)
    _assign_levels(found, header.doc_type in _REPLIES)
    settle_titles(found, text.text)
    return _sections(text.text, found, bare=not found and header.title is None)


def _headings(text: str, begin: int, tables: TextTables) -> list[Heading]:
    """Every marker that opens a heading, in order."""
    places = _places(text, begin)
    announced = [m.start() for m in _ANNOUNCES.finditer(text)]
    markers: list[Marker] = []
    last: dict[str, int] = {}
    for place, how in places:
        marker = marker_at(text, place)
        if marker is None or tables.tables and tables.kind(place) is not None or how != _LINE and not _continues(marker, last, text, how):
            continue
        end = _line_end(text, marker.end)
        if marker.family != "annex" and (end == marker.end or _is_announced(text, announced, max(begin, place - 600), place)):
            continue
        if marker.family == "annex" and not (_is_annex(text, marker, end) or _stands_above(text, marker, end, tables)):
            continue
        markers.append(marker)
        if marker.ordinal is not None:
            last[marker.family] = marker.ordinal
    headings = []
    for i, marker in enumerate(markers):
        end = _line_end(text, marker.end)
        if i + 1 < len(markers):
            end = min(end, markers[i + 1].start)
        if marker.family == "annex" and end == marker.end:  # the label alone: its title is the next line
            end = _line_end(text, end + 1) if end + 1 < len(text) else end
            title, body, strength = text[marker.end + 1 : end], end, STRONG
            if (more := _line_end(text, end + 1)) < len(text) and _goes_on(title, text[end + 1 : more]):
                title, body = title + text[end + 1 : more], more
            if len(title) > 60 or "。" in title or marker_at(text, marker.end + 1) or tables.kind(marker.end + 1) is not None:
                title, body = "", marker.end
            headings.append(Heading(marker, "annex", title, body, strength))
            continue
        title, body, strength = heading_title(text, marker, end)
        headings.append(Heading(marker, _family(marker, text), title, body, strength))
    return _without_contents(_without_numbers(headings))


def _without_numbers(headings: list[Heading]) -> list[Heading]:
    """Decimal numbers (1 总则, 1.2 分级) are headings only where several have more than one step."""
    if sum(1 for h in headings if h.family in ("decimal_2", "decimal_3", "decimal_4")) >= 3:
        return headings
    return [h for h in headings if not h.family.startswith("decimal")]


def _without_contents(headings: list[Heading]) -> list[Heading]:
    """Leave out a table of contents: a run of headings without text whose titles all come again further down."""
    last = {(h.family, h.title): i for i, h in enumerate(headings)}
    run = 0
    while run < len(headings) and headings[run].title and last[headings[run].family, headings[run].title] > run:
        run += 1
    return headings[run:] if run >= 4 else headings


def _places(text: str, begin: int) -> list[tuple[int, int]]:
    """Where a marker may open a heading, and how it stands there: at a line's head, behind a sentence, glued."""
    inside = [place for place in _INSIDE_LINES(text) if place[0] >= begin]
    places = {at: how for at, how in inside if how == _GLUE}
    places.update(place for place in inside if place[1] == _INSIDE)
    if begin == 0 or text[begin - 1 : begin] == "\n":
        places[begin] = _LINE
    places.update((m.end(), _LINE) for m in opened_lines().finditer(text, begin))
    return sorted(places.items())


def _inside_lines(text: str) -> list[tuple[int, int]]:
    glued = ((m.start(), _GLUE) for m in _GLUED.finditer(text))
    return sorted((*glued, *((m.end(), _INSIDE) for m in _INLINE.finditer(text))))


_INSIDE_LINES = ByLine(_inside_lines, lambda place: place[0], lambda place, by: (place[0] + by, place[1]))
"""Places within lines."""


def _is_announced(text: str, announced: list[int], begin: int, place: int) -> bool:
    k = bisect_left(announced, begin)
    return k < len(announced) and announced[k] + 3 <= place and _ANNOUNCED.search(text, begin, place) is not None


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _family(marker: Marker, text: str) -> str:
    if marker.family == "label":
        return "box" if text.find("专", marker.start, marker.end) >= 0 else "label"
    return marker.family


def _continues(marker: Marker, last: dict[str, int], text: str, how: int) -> bool:
    """A marker inside a line counts where it opens or goes on with the numbering.

    One that is glued to the words before it must go on with the numbering, or open it directly behind a heading.
    """
    if marker.family == "dash":
        return how == _INSIDE
    if marker.family not in inline_families() or marker.ordinal is None:
        return False
    if marker.ordinal == last.get(marker.family, -1) + 1 and marker.ordinal > 1:
        return True
    if marker.ordinal != 1 or how == _INSIDE:
        return marker.ordinal == 1
    if marker.family != "arabic":
        return False
    line = text[text.rfind("\n", 0, marker.start) + 1 : marker.start]
    opening = marker_at(line, 0)
    return opening is not None and opening.family != marker.family and not re.search(r"[。;:,]", line[opening.end + 12 :])


def _is_annex(text: str, marker: Marker, end: int) -> bool:
    """附件1 with its title opens an annex; 附件：1.分工方案 under the text only announces one."""
    rest = text[marker.end : end]
    if rest.startswith(":"):
        return False
    return len(rest) <= 60 and not rest.endswith((";", "。"))


def _stands_above(text: str, marker: Marker, end: int, tables: TextTables) -> bool:
    """附件：主要指标 directly above a table is the annex itself."""
    title = text[marker.end : end]
    return title.startswith(":") and 4 <= len(title) <= 60 and not title.endswith((";", "。")) and marker_at(text, marker.end + 1) is None and tables.kind(end + 1) is not None


def _goes_on(title: str, line: str) -> bool:
    """A title over two lines: only the second ends as the name of a document does."""
    kinds = words("doctypes") + _LISTS
    return len(line) <= 40 and line.rstrip().endswith(kinds) and not title.rstrip().endswith((*kinds, "。", ":"))


_LISTS = ("名单", "清单", "目录", "一览表", "分工表", "申请表", "制度", "汇总表", "登记表", "推荐表")


@cache
def _rank() -> dict[str, int]:
    order = {name: i for i, name in enumerate(families())}
    order["box"] = order["label"]
    return order


def _assign_levels(headings: list[Heading], standing: bool = False) -> None:
    """Give every family the level at which the document nests it.

    Args:
        headings: in order.
        standing: whether what stands above the annexes is a document of its own (a reply), not a notice that only carries them.
    """
    above: dict[str, Counter[str]] = {}
    # Articles ahead of the first chapter that was found: its heading was cut off.
    stack = ["chapter"] if "chapter" in {h.family for h in headings} and headings[0].family == "article" else []
    # How often the numbers of one family begin anew directly below another: then that one is above it.
    restarts = Counter((a.family, b.family) for a, b in pairwise(headings) if b.marker.ordinal == 1)
    for heading in headings:
        family = heading.family
        if family == "annex":
            stack = ["annex"] if above or standing else []  # a plan that is all in the annex has its outline from level 1
        if family in UNNESTED:
            continue
        if family in stack:
            del stack[stack.index(family) + 1 :]
            continue
        parents = above.setdefault(family, Counter())
        # A marker that outranks what is open belongs where its family stood before: its own first item was lost.
        while stack and _rank()[family] < _rank()[stack[-1]] and not _counted_on(family, stack[-1], restarts) and (
            any(p == "" or p in stack[:-1] for p in parents) or restarts[family, stack[-1]] > restarts[stack[-1], family]
        ):
            stack.pop()
        parents[stack[-1] if stack else ""] += 1
        stack.append(family)
    levels: dict[str, int] = {}
    nested = [family for family, parents in above.items() if parents["han"]] + ["arabic", "han_paren"]

    def level_of(family: str, seen: frozenset[str]) -> int:
        if family not in levels:
            best = 1
            parents = above.get(family, Counter())
            for parent, times in parents.items():
                if not parent or parent == "annex" and len(parents) > 1:
                    continue  # a family of the body keeps its level in an annex
                back = above.get(parent, Counter())[family]
                if parent in seen or back > times or back == times and _rank()[parent] > _rank()[family]:
                    continue
                best = max(best, level_of(parent, seen | {family}) + 1)
                if family == "arabic" and parent == "han" and "arabic" not in nested[: nested.index("han_paren")]:
                    best = max(best, level_of("han_paren", seen | {family}) + 1)  # 一、(一) … 二、1.: the level between is skipped
            if seen:
                return best
            levels[family] = best
        return levels[family]

    boxed = _only_in_boxes(headings)
    current = box = 0
    for heading in headings:
        if heading.family == "annex":
            heading.level = current = 1
        elif heading.family == "box":
            heading.level = box = current + 1
        elif heading.family == "two_digit" or box and heading.family in boxed:
            heading.level = (box or current) + 1 + (boxed.index(heading.family) if heading.family in boxed else 0)
        else:
            box = 0
            heading.level = current = level_of(heading.family, frozenset())


def _counted_on(family: str, below: str, restarts: Counter[tuple[str, str]]) -> bool:
    """Whether articles are counted on below the items of another family, which begin anew below a third: 二、 (一) 第2条 第3条 (二) 第4条."""
    return family == "article" and not restarts[family, below] and any(b == below and a != family for a, b in restarts)


_IN_BOXES = ("arabic", "arabic_paren", "circled")


def _only_in_boxes(headings: list[Heading]) -> list[str]:
    """The families of items that stand nowhere but in boxes, in the order in which they nest there."""
    within: list[str] = []
    without: set[str] = set()
    inside = False
    for heading in headings:
        inside = heading.family == "box" or inside and heading.family in _IN_BOXES
        if heading.family in _IN_BOXES:
            if inside:
                within.append(heading.family)
            else:
                without.add(heading.family)
    return [family for family in dict.fromkeys(within) if family not in without]


def _sections(text: str, headings: list[Heading], bare: bool) -> tuple[Section, ...]:
    """The sections; the text of a bare passage, without title or heading, is read as one of tasks."""
    starts = [h.marker.start for h in headings]
    first = starts[0] if starts else len(text)
    sections = [Section(0, None, 0, "", "", "tasks" if bare else "front", "", 0, first, 0)]
    open_: list[Section] = []
    ends = _ends(headings, len(text))
    listing: set[int] = set()
    for i, heading in enumerate(headings):
        while open_ and open_[-1].level >= heading.level:
            open_.pop()
        parent = open_[-1] if open_ else None
        marker = text[heading.marker.start : heading.marker.end]
        kind = _kind(heading, parent)
        if parent and (parent.index in listing or _lists_conditions(text, max(parent.body, heading.marker.start - 60), heading.marker.start)):
            listing.add(parent.index)
            kind = "conditions"
        step = marker.strip("、.,:") or heading.title[:8]
        section = Section(
            i + 1,
            parent.index if parent else None,
            heading.level,
            marker,
            heading.title,
            kind,
            f"{parent.path}/{step}" if parent else step,
            heading.marker.start,
            ends[i],
            heading.body,
            heading.family,
            *_title_span(text, heading),
        )
        sections.append(section)
        open_.append(section)
    return tuple(sections)


def _lists_conditions(text: str, begin: int, end: int) -> bool:
    return text[begin:end].rstrip().endswith(":") and _CONDITIONS.search(text, begin, end) is not None


def _title_span(text: str, heading: Heading) -> tuple[int, int]:
    """Where the words of the title stand; directly behind the marker and what separates them."""
    if heading.family == "annex" and "\n" in text[heading.marker.end + 1 : heading.body]:  # a title over two lines
        return heading.marker.end + 1, heading.body
    start = text.find(heading.title, heading.marker.end, heading.body) if heading.title else -1
    return (start, start + len(heading.title)) if start >= 0 else (heading.marker.end, heading.marker.end)


def _ends(headings: list[Heading], length: int) -> list[int]:
    """Where each section ends: at the next heading of its level or above."""
    ends = [length] * len(headings)
    open_: list[int] = []
    for i, heading in enumerate(headings):
        while open_ and headings[open_[-1]].level >= heading.level:
            ends[open_.pop()] = heading.marker.start
        open_.append(i)
    return ends


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((k["id"], re.compile(k["pattern"])) for k in read_rules("sections")["kinds"])


def _kind(heading: Heading, parent: Section | None) -> str:
    """What the section is for, by its heading; else what the section above it is for."""
    if heading.family == "annex":
        return "annex"
    if heading.family in ("dash", "bullet", "circled") and parent is not None:
        return parent.kind
    kind = _kind_by_title(heading.title)
    if kind is None:
        return parent.kind if parent else "tasks"
    if kind == "tasks" and parent is not None and parent.kind not in ("front", "guidance", "annex"):
        return parent.kind
    if kind in ("background", "objectives") and parent is not None and parent.kind == "objectives":
        return parent.kind
    return kind


@lru_cache(maxsize=10_000)
def _kind_by_title(title: str) -> str | None:
    """What a section is for by its heading alone; the same headings stand in many documents."""
    return next((kind for kind, pattern in _kinds() if pattern.search(title)), None) if title else None
