"""Citations: documents mentioned by name (《…》), with their number where the text gives it, and how they are used."""

from __future__ import annotations

import re

from policymine.extraction.context import Context
from policymine.lexicon.patterns import Anchor, around
from policymine.models import Citation
from policymine.structure.docnumber import find_decree, find_number

_CITED = re.compile(r"《(?P<title>(?:[^《》\n]|《[^《》\n]*》){2,160}+)》")
_NUMBER_BEHIND = re.compile(r"[(〔]?(?=[\u4e00-\u9fffA-Za-z]{2,20} ?[〔(\[【])")
_BASIS = re.compile(r"(?:根据|依据|按照|依照|遵照|遵循|为(?:深入|全面|认真)?(?:贯彻|落实)[^。《]{0,12}|贯彻落实|落实|贯彻|贯彻执行|认真落实|衔接)(?:[^。;,《]{0,30}|[^。;《]{0,12}、?《[^》]*》[^。;《]{0,12})?$")
_FORWARD = re.compile(r"(?:现将|将|现|制定了|印发了?|拟定的|公布|发布|修订后的|编辑形成)$")
_SENT = re.compile(r"^(?:[(〔][^()]{0,30}[)〕])?[^。《]{0,40}?(?:印发给|转发给|下发给|印发你们|予以(?:印发|发布|公布)|现(?:予)?(?:印发|发布|公布|转发|下发)|,自\d{4}年\d{1,2}月\d{1,2}日起施行)")
_OTHERS = re.compile(r"^(?:[、和及与]《[^《》]*》(?:[(〔][^()〔〕]*[)〕])?)+")
_REPEAL = re.compile(r"^[^。]{0,60}(?:同时)?废止|^[^。]{0,30}停止执行")
_AMEND = re.compile(r"(?:修改|修订|修正)(?:了)?$")
_JOINED = re.compile(r"(?:[(][^()《》]{0,60}[)])?(?:、|和|及|与|以及)?")
_SHORT = re.compile(r"(?:简称|称)[:为“《]*(?:“)?《?(?P<short>[^》”)]{2,16})")
_LAW = re.compile(r"宪法$|民法典$|[\u4e00-\u9fff]{2}(?<!办)法$")
_CALLED = Anchor.of("称")
_ISSUE = re.compile(r"\(?\d{4}年第?\d{1,3}期")
_FORM = re.compile(r"(?:申请|申报|登记|汇总|统计|评分|推荐|审批|备案)(?:表|单|书|函)$|^(?:附件|附表)|证书$|(?:许可|资格|登记|合格|驾驶|上岗|通行|使用|从业|产权)证$|执照$|(?<![办法规定细则条例])证$|(?:表|清单|承诺书|责任书|告知书|名单|协议书|证明|通知书|授权书|陈述书|声明书?|委托书|决定书|确认书|保证书|意见书|文书|回执|合同|户口[簿本])$")


def find_citations(context: Context) -> list[Citation]:
    """The documents that a text names, once a mention.

    Leaves out abbreviations that the text introduces itself (以下简称《纲要》), forms to be filled in, and 《》
    around the document's own title; what a notice itself 印发s or 转发s has the relation ``forwards``.

    Args:
        context: the document.

    Returns:
        Citations by place; ``doc_number`` is the number that stands behind the name, normalised.
    """
    text = context.text
    short = {m["short"].strip("《》“”") for m in around(_SHORT, _CALLED, text, 2, 30)}
    own = {_fold(t) for t in (context.header.title, context.header.inner_title) if t}
    found: list[Citation] = []
    forwarded: set[str] = set(own)
    for match in _CITED.finditer(text):
        title = match["title"]
        if title in short or len(title) <= 3 and not _LAW.match(title) or _FORM.search(title):
            continue
        before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 120]
        number = _number_behind(after) or _number_before(before)
        relation = _relation(before, after)
        if relation == "mentions" and found and found[-1].relation == "basis" and _JOINED.fullmatch(text, found[-1].end, match.start()):
            relation = "basis"  # 根据《甲》（某政发〔2020〕1号）、《乙》和《丙》
        start, end = match.span("title")
        if number is None and title.endswith(")") and (inside := title.rfind("(")) > 2 and (within := _number_behind(title[inside:])):
            end, number = start + inside, within  # 《…规划（某政发〔2017〕35号）》
            title = title[:inside]
        key = _fold(title)
        if relation == "forwards" or relation != "repeals" and (key in forwarded or any(o.endswith(key) or key.endswith(o) for o in own if len(key) > 8)):
            forwarded.add(key)
            relation = "forwards"
        if relation == "mentions" and _is_name(before, title, after):
            continue
        found.append(Citation(match.start(), match.end(), context.normalized.quote(start, end), number, relation))
    return found


def _fold(title: str) -> str:
    """Without punctuation and status; 试行 and 实行 are taken for one another."""
    return re.sub(r"[\W_]+", "", re.sub(r"[(（](?:试行|实行|暂行|修订|[\u4e00-\u9fff]{0,4}稿)[)）]$", "", title))


def _number_behind(after: str) -> str | None:
    """The number in brackets directly behind a name: of a document, a decree or a standard.

    >>> [_number_behind(words) for words in ("(云政发〔2021〕7号)", "(国务院令第735号)", "(GB/T 40429-2021)定义的", "等")]
    ['云政发〔2021〕7号', '国务院令第735号', 'GB/T 40429-2021', None]
    """
    if not after or after[0] not in "(〔,的":
        return None
    words = after[1:50]
    if (number := find_number(words)) and number[1] <= 1:
        return number[0]
    if after[0] == "(" and (decree := find_decree(words)) and decree[1] <= 1:
        return decree[0]
    other = _OTHER_NUMBER.match(words) if after[0] == "(" else None
    return other.group(1) if other else None


def _number_before(before: str) -> str | None:
    """The number directly before a name: 依据某政发〔2015〕8号《…》, GB/T 40429《…》; one in brackets belongs to the name before it."""
    if standard := _STANDARD_BEFORE.search(before):
        return standard.group().strip()
    stands = _STANDS_BEFORE.search(before)
    number = find_number(stands.group()) if stands else None
    if number is None and (decreed := _DECREED_BEFORE.search(before)):
        number = find_decree(decreed.group())
    return number[0] if number else None


_DECREED_BEFORE = re.compile(r"(?<=[日\d])(?!日)[\u4e00-\u9fff]{2,16}令第\d{1,4}号$")  # 2021年3月4日临澜市人民政府令第42号《…》
_STANDS_BEFORE = re.compile(r"[\u4e00-\u9fff]{2,12}[〔(\[]\d{4}[〕)\]]\d{1,5}号(?:文件)?$")
# A standard's number, and a document's whose year was spoilt in transmission (〔5355〕09号: kept as written).
_STANDARD = r"(?<![A-Za-z])(?:[A-Z]{2,4}\d{0,4}(?:/[TZ])? ?\d{2}[\d.]*(?:-\d{4})?|\d{8}-[A-Z]{1,2}-\d{3})"
_STANDARD_BEFORE = re.compile(rf"{_STANDARD}\s?$")
_OTHER_NUMBER = re.compile(rf"({_STANDARD}(?=[)、,;])|" r"\(\d{2,4}\)[\u4e00-\u9fff]{1,8}\d{1,5}号|[\u4e00-\u9fff]{2,20}〔\d{4}〕\d{1,5}号)")


def _relation(before: str, after: str) -> str:
    after = _OTHERS.sub("", after)
    if _FORWARD.search(before) and _SENT.match(after) or re.match(r"(?:已经|经)[^。]{0,40}(?:同意|通过|批准)[^。]{0,12}(?:,|。)?现(?:予)?(?:印发|转发|发布|公布)", after):
        return "forwards"
    if re.search(r"现将$|(?:关于|现|同意|予以)(?:印发|转发|批转)$|现公布(?:修订后的)?$", before):
        return "forwards"
    if _REPEAL.match(after):
        return "repeals"
    if _AMEND.search(before):
        return "amends"
    if _BASIS.search(before):
        return "basis"
    if re.search(r"(?:实施|执行|推进)$", before):
        return "implements"
    return "mentions"


def _is_name(before: str, title: str, after: str) -> bool:
    """《》 around what is no document: newspapers, programmes, books."""
    if _ISSUE.match(after):
        return True  # 《云州政报》1998年第21期
    return bool(re.search(r"(?:报|杂志|期刊|栏目|节目|电影|歌曲)$", title) and re.search(r"(?:在|通过|利用)$", before))
