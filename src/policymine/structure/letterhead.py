"""The lines at the top of a document: title (broken, repeated or behind residue), number, addressees."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from policymine.models import Table
from policymine.structure.doctype import type_of_title
from policymine.text.characters import fold_characters
from policymine.text.markers import marker_at
from policymine.text.residue import is_residue

TOP_LINES = 60
"""How many lines (with text) the top of a document may have."""
_BODY = r"(?:政府|党委|委|局|部门|单位|企业|办事处|机构|兵团|院|公司|学校|厅|中心|法院|分院|大学|高校|委员会|集团|组|部|会|所|银行|办|站|处|司|署|行署|支队|总队|区|县|市|省|盟|州|镇|乡|协会|军区|武警|院校|团体|用户|业|办公室|街道|社区|[会业]组织|[科处股部]室|学院|医院|中小学|机关|金融机构|管理人|经营者|居民|村民|职工|人员|纳税人)"
_ADDRESSEES = re.compile(rf"^(?:各|省|市|区|县|国务院|全国|中央|有关|相关|[\u4e00-\u9fff]{{2,30}}?{_BODY})[^。;!?]{{0,260}}?{_BODY}(?:\([^()]*\))?$|^各[^,、。;!?]{{1,24}}(?:[,、](?:各|有关)[^,、。;!?]{{1,30}}){{1,8}}$")
_NO_ADDRESS = re.compile(r"如下|以下|下列|包括|目标|原则|分别|要求|内容|名单|附件|负责|(?:责任|牵头|配合|参与)单位$|意见|事项|电话|联系|地址|关于|咨询")
# A reply speaks to whom it answers, one body or person: 你部《…的请示》收悉, …对您的建议十分重视.
_ANSWERED = re.compile(r"(?:你|您|贵)[\u4e00-\u9fff]{0,3}[《提关来\u4e00-\u9fff]|[^。]{0,60}(?:来函|请示|报告|建议|提案)[^。]{0,30}(?:收悉|重视)|[^。]{0,20}对您")
_ADDRESSED = re.compile(rf"(?:{_BODY}|委员|代表|主席|先生|女士|同志|教授|院士)$")
# 县教育局:负责编制年度计划: a duty, in the body.
_DUTY = re.compile(r" *(?:主要)?(?:负责|牵头|承担|会同|配合|具体负责)")
_LABELLED = re.compile(r"^(?:标 *题|名 *称|发文(?:机关|字号)|成文日期|发布日期|文 *号|字 *号|发布机构|施行日期) *:")
_DECREE_HEAD = re.compile(r"^[\u4e00-\u9fff ]{2,24}令$")
_NOT_TITLE = re.compile(r"[。;]|^(?:抄送|附件|为了?|根据|按照|现(?!代|有|行)|经(?!营|济|贸|信|开)|近年来|以)|如下|^\(.*\)$|,.*,")
_ORGAN = r"[\u4e00-\u9fff]{2,98}(?:人民政府|委员会|办公[厅室]|局|厅|部|院|委|领导小组|联席会议|管委会|总工会|联合会|公司|大学|中心|总局|银行)"
_ORGANS = re.compile(rf"(?:{_ORGAN}[ 、]+)*{_ORGAN}[ 、]*(?:文件)?")
_PASSED_ON = re.compile(rf"(?:批转|转发)(?:{_ORGAN}等?(?:部门|单位)?[ 、]*)+$")
_DATE_LINE = re.compile(r"^[(]?(?:\d{4} ?[年.-] ?\d{1,2} ?[月.-] ?\d{1,2} ?日?|[一二三四五六七八九零〇○]{4}年.{1,5}月.{1,4}日)[)]?$")


class Line(NamedTuple):
    """A line with text: its folded words, and its span of the document text."""

    text: str
    start: int
    end: int
    residue: bool


def lines_of(
    folded: str, tables: tuple[Table, ...] = (), residue: Collection[tuple[int, int]] | None = None
) -> list[Line]:
    """The lines of a folded document text that hold anything, stripped; without those of tables.

    A table of one row or of two columns counts as lines: letterheads are set with such. ``residue`` are the
    spans that normalisation found to be some, which is all but lines of tables; None: not known.
    """
    known, judged = frozenset(residue or ()), residue is not None and not tables
    lines: list[Line] = []
    at = 0
    spans = [(t.start, t.end) for t in tables if max((c.row for c in t.cells), default=0) >= 1 and max(c.column for c in t.cells) >= 2]
    for whole in folded.split("\n"):
        stripped = whole.strip(" \x00")
        while spans and spans[0][1] <= at:
            del spans[0]
        if stripped and not (spans and spans[0][0] < at + len(whole)):
            start = at + len(whole) - len(whole.lstrip(" \x00"))
            end = start + len(stripped)
            lines.append(Line(stripped, start, end, (start, end) in known or not judged and is_residue(stripped)))
        at += len(whole) + 1
    return lines


def find_addressees(lines: list[Line]) -> tuple[int, str, int, int] | None:
    """The 主送机关 line: its index, words without the colon, and span; None where there is none.

    An issuer's name that was glued before the addressees (某省人民政府各市人民政府：) is left out.
    """
    for i, line in enumerate(lines[:TOP_LINES]):
        if line.residue or marker_at(line.text, 0):
            continue
        colon = line.text.find(":")
        if colon >= 0 and _DUTY.match(line.text, colon + 1):
            return None
        if colon < 0:
            if "。" in line.text and len(line.text) > 120:
                return None
            continue
        first, start = line.text[:colon], line.start
        taken = i
        while taken > 0 and i - taken < 4 and (lines[taken - 1].text.endswith((",", "、")) or _runs_on(lines[taken - 1], first)):
            taken -= 1
            first, start = lines[taken].text + first, lines[taken].start
        glued = re.match(r"[\u4e00-\u9fff]{2,20}(?:人民政府|办公[厅室]|委员会|局|厅|部)(?=各[\u4e00-\u9fff])", first)
        if glued and not re.match(r"(?:各|有关)", first):
            first, start = first[glued.end() :], start + glued.end()
        answered = 3 <= len(first) <= 40 and colon == len(line.text) - 1 and i + 1 < len(lines) and _ANSWERED.match(lines[i + 1].text)
        if answered and _ADDRESSED.search(first) and not _NO_ADDRESS.search(first) or 3 <= len(first) <= 300 and _ADDRESSEES.match(first.replace(" ", "")) and not _NO_ADDRESS.search(first) and not _LABELLED.match(line.text):
            return i, first, start, line.start + colon
        if "。" in line.text:
            return None
    return None


def _runs_on(above: Line, below: str) -> bool:
    """Whether a line of addressees was broken inside a name: 各县政府,市渔港产业 / 园区管委会:."""
    words = above.text
    return not above.residue and len(words) >= 20 and words.startswith("各") and re.search(r"[,、]", words) is not None and re.search(r"[。;:!?]|关于|通知", words) is None and not below.startswith(("各", "有关"))


def find_title(lines: list[Line], end: int) -> tuple[str, list[Line]] | None:
    """The document's own title within the lines before ``end``, and the lines it stands on.

    Takes the first run of lines that ends in the noun of a kind of document; a title broken over lines is put
    together, a repeated one taken once.
    """
    for i in range(min(end, len(lines))):
        line = lines[i]
        if line.residue or not _may_be_title(line.text) or _DECREE_HEAD.match(line.text) or not type_of_title(_bare(line.text)):
            continue
        taken = [line]
        for j in range(i - 1, max(-1, i - 6), -1):
            above = lines[j]
            if above.residue or not _goes_on(above.text, taken[0].text) or type_of_title(_bare(above.text)):
                break
            taken.insert(0, above)
        if taken[-1] is line and i + 1 < len(lines) and _KIND_ALONE.fullmatch(lines[i + 1].text) and not lines[i + 1].residue:
            taken.append(lines[i + 1])  # …扶持政策 / 实施细则
        for below in lines[i + 1 : i + 3]:  # …记录制度 / …审核制度的指导意见: the noun that ends the line ends no title
            if "关于" not in _join(taken) or _COMPLETE.search(_bare(taken[-1].text)) or not _completes(below):
                break
            taken.append(below)
        after = i + len(taken) - taken.index(line)
        period = lines[after] if after < len(lines) and len(taken) - taken.index(line) <= 2 else None
        if period and not period.residue and _PERIOD.match(period.text):
            taken.append(period)
        title = _join(taken)
        if 4 <= len(title) <= 160:
            return _bare(title), taken
    return None


def find_named(lines: list[Line], title: str) -> tuple[str, list[Line]] | None:
    """The lines at the top that are a known title, word for word; as ``find_title``.

    Args:
        lines: the lines of the document.
        title: the title as a site or the user gives it.
    """
    wanted = _plain(title)
    for i in range(min(TOP_LINES, len(lines))):
        words, taken = "", []
        for line in lines[i : i + 6]:
            words += _plain(line.text)
            taken.append(line)
            if len(wanted) < 6 or not wanted.startswith(words):
                break
            if words == wanted:
                return _bare(_join(taken)), taken
    return None


def _plain(words: str) -> str:
    return "".join(c for c in fold_characters(words) if c.isalnum())


# The years of a plan on a line of their own below its name.
_PERIOD = re.compile(r"[(〔](?:19|20)\d\d ?年? ?[-至~]{1,2} ?(?:19|20)\d\d ?年?[)〕]$")
_COMPLETE = re.compile(r"的[\u4e00-\u9fff]{0,4}(?:通知|意见|决定|批复|函|报告|方案|办法|规定|公告|通告|通报|建议|请示|措施)$|[)〕]$")
# 农业 粮食 应急预案△ 函: subject headings that old pages put above the title.
_SUBJECTS = re.compile(r"△|^[\u4e00-\u9fff]{2,6}(?: +[\u4e00-\u9fff]{1,6}){2,}$")


_KIND_ALONE = re.compile(r"(?:实施|管理|暂行|工作|行动|若干|试行|具体)(?:细则|办法|方案|计划|规定|意见|措施)(?:[(](?:试行|暂行)[)])?")
"""The end of a title on a line of its own."""


def _completes(line: Line) -> bool:
    """Whether the line below ends the title that the line above has not ended."""
    text = line.text
    return not line.residue and "关于" not in text and _may_be_title(text) and bool(_COMPLETE.search(_bare(text)))


def _bare(text: str) -> str:
    """Without a number in trailing brackets, status prefix and outer brackets."""
    text = re.sub(r"^[【\[](?:已失效|失效|现行有效|废止)[】\]]", "", text)
    return re.sub(r" ?[(〔][^()]*[(〔]\d{4}[)〕]\d+号[)〕]?$|[(〔][\u4e00-\u9fff]+[〔(]\d{4}[〕)]\d+号[)〕]$", "", text).strip()


def _may_be_title(text: str) -> bool:
    return len(text) <= 100 and not _SUBJECTS.search(text) and not _NOT_TITLE.search(text) and ":" not in text.rstrip(":") and marker_at(text, 0) is None and not text.endswith(":")


def _goes_on(above: str, below: str) -> bool:
    """Whether the line above is the beginning of a title that goes on below."""
    if not _may_be_title(above) or _DATE_LINE.match(above) or re.search(r"\d号$", above) or len(above) < 4:
        return False
    if _PASSED_ON.search(above):  # …人民政府批转省渔业厅 / 关于…的通知
        return below.startswith("关于")
    complete = re.match(r"(?:关于|.{2,30}关于|.{2,30}(?:印发|转发|批转))", below)
    organ_only = _ORGANS.fullmatch(above)
    if organ_only and "关于" not in above:
        return not above.endswith("文件") and (below.startswith(("关于", "印发", "转发")) or _together(above, below))
    return not complete or "关于" not in below and len(above) >= 8


def _together(above: str, below: str) -> bool:
    """Whether two lines name two bodies that issue together; a government above its own office is a page's head."""
    return above != below and _ORGANS.fullmatch(below) is not None and not (above.endswith("政府") and not below.endswith("政府"))


def _join(lines: list[Line]) -> str:
    """Lines of a title in one: a blank only between two names of bodies."""
    out, above = "", ""
    for line in lines:
        words = re.sub(r"(?<=[政府委厅局部院]) +(?=[\u4e00-\u9fff]{2,20}(?:政府|委|厅|局|部|院|关于))", "\x01", line.text)
        out += " " * bool(above and _ORGANS.fullmatch(above) and _ORGANS.fullmatch(line.text)) + words.replace(" ", "").replace("\x01", " ")
        above = line.text
    return out
