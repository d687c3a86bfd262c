"""Decide which time expressions are deadlines, and which of them governs a promise.

Not deadlines: dates of signing, publication, meetings and earlier documents, periods in names and titles,
history, the age of things (GUIDELINE, layer deadline).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from policymine.extraction.context import Context
from policymine.models import Deadline, Rejected, TimeExpression
from policymine.text.calendar import first_day, last_day, month_end

_PAST_AFTER = re.compile(
    r"^(?:的)?[^,;。:\n]{0,16}?(?:已|曾|首次|召开|举行|审议通过|印发|颁布|公布的|发布的|制定的|出台的|实施的|同比|成立的|通过的|修订|签署|会议|讲话|获|荣获|建成了|完成了|达到了|实现了|增长了|以来|我国|我省.{0,4}共|第[一二三四五六七八九十\d]+[次届]|(?:连续)?发生)"
)
_PAST_BEFORE = re.compile(r"(?:比|较|相比|相对|对比|与|同|以|占|按|从|截至|截止|早在|于|上年|自|继|在|经|原|我国)$")
_AS_ATTRIBUTE = re.compile(r"^(?:月|后,|期间的|的(?!时间)|度|版|以来|之后|以后|底以来|第|全国|年度|水平|基础|基数|以前|毕业|出生|注册|之前已|春|秋|间|左右(?!时间)|[\u4e00-\u9fff]{0,6}基础上)")
_ADVERB_BEFORE = re.compile(r"(?:^|[,;。:!?\n(、]|于|在|力争|确保|争取|计划|预计|其中|分别|和|及|与|[》”)]|每年|将|并|年)$")
_BEGINS = re.compile(r"施行|实施|执行|生效|起|截止|开始|启动|正式|上线|投产|结束|报名|受理|前|止")
_LENGTH_OF_LIFE = re.compile(r"(?:成立|注册|参保|毕业|从业|工作|任职|缴纳|持股|满|近|入职|登记|最近|过去|已|经营|存续|服役|合同|履约|劳动|拥有|具有|获得|申报前|受到|发生|取得)(?:时间)?(?:不超过|未满|不满|满|在)?$")
# 3个月内体检证明, 不超过30年的中长期贷款: what the length is of.
_PAPERS = re.compile("的?(?:近期)?(?:体检|证明|审计|检测报告|免冠|流水|完税)|的(?:中长期|长期|短期)?(?:贷款|信贷|债券)")
_CONTINUED_STATE = re.compile(r"^(?:盈利|获|保持|位居|亏损|增长|缴纳|缴税|无|未|以上|正常|纳税|从事|下降|居|排名|均|入选|被|荣获|评估|考核|不合格|参保|为负)")
_SIGNED_LINE = re.compile(r"^[^。;,]{0,40}(?:\d{4}年\d{1,2}月\d{1,2}|[一二][九〇○零][〇○零一二三四五六七八九]{2}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3})日[^。;,]{0,12}$|^\d{4}年\d{1,2}月$")
# 普及率2018年达到60%: the year stands between what is measured and its value.
_REACHES = re.compile(r"(?:力争|要|应|将|全部|基本|均|争取)?(?:达到?|突破|过半|超过?|提高到|提升[到至]|增加到|降[到至]|下降到|控制在|实现|不低于|不少于|稳定在)")
# 中央国家机关2010年用电、用水分别比上年下降5%: the year of a promise, though it does not open its clause.
_OF_THE_YEAR = re.compile(r"[\u4e00-\u9fff、]{2,16}?(?:比上年|较上年|同比)(?:分别)?(?:下降|降低|减少|增长|提高|增加)\d")
# 2024年6月6日前认定的园区: the date tells which ones, not by when.
_DATED_BY = re.compile(r"(?:已)?(?:认定|成立|注册|取得|获得|获批|入库|备案|登记|设立|落户|出生|毕业|参加工作)的")
# What a line with a date must say to be no signature: 请于2024年3月1日前报送.
_DUE_LINE = re.compile(r"(?<![\u4e00-\u9fff]目)(?<!之)前(?=[\u4e00-\u9fff])|前$|截止(?:日期|时间)?|时限|期限|(?:请|应|须|务必|自)[^,]{0,6}\d{4}年")
# 未来五年是…的关键时期: what a time is, not by when.
_SAYS_WHAT = re.compile(r"^,?(?:将|正|也|既|既是)?是[^。;]{0,80}(?:时期|机遇期|窗口期|攻坚期|关键期|阶段|时代|五年|之年|年份)")
# Times without a year of their own in a sentence that tells what was: 去年…,全年完成….
_TOLD = re.compile(r"去年|上年|以来|(?<![达不过])[^,;。]{2}了\d|同比|已(?!有的)")
_OF_THIS_YEAR = frozenset({"time.part-of-this-year", "time.month-of-this-year", "time.length-of-acts", "time.length-total"})
_BACKWARD = frozenset({"time.every", "time.every-some", "time.every-before", "time.cycle"})


@dataclass(frozen=True, slots=True)
class Governing:
    """The deadline that governs a promise: its date as stated, where it was found, and its index."""

    value: str | None
    origin: str | None
    index: int | None


NOTHING = Governing(None, None, None)


def find_deadlines(context: Context) -> tuple[list[Deadline], list[Rejected]]:
    """The time expressions that say when something in the policy must be, begins, lasts or recurs.

    Args:
        context: the document; its year of writing tells past from future where it is known.

    Returns:
        Deadlines in order, and the expressions that are none with the reason (name, signature, past, history,
        attribute, age).
    """
    kept: list[Deadline] = []
    rejected: list[Rejected] = []
    for expression in context.times:
        reason = why_not(expression, context)
        if reason:
            rejected.append(Rejected("deadline", expression.start, expression.end, reason, expression.rule))
            continue
        expression = _as_promise(expression, context)
        section = context.section(expression.start).index
        earliest, latest, origin = due(expression, context.header.date_issued)
        kept.append(Deadline(expression, section, earliest, latest, origin))
    return kept, rejected


_ACTS = re.compile(r",?(?:启动|开展|完成|组织|制定|建立|举办|实施|初步|召开|编制|出台|印发|基本完成)")


def _as_promise(time: TimeExpression, context: Context) -> TimeExpression:
    """2020年,质量水平大幅提升 in a section of objectives says by when, not during which year it happens."""
    if time.relation == "during" and _LIMIT.search(context.text, max(0, time.start - 8), time.start):
        return replace(time, relation="by", start_date=None)
    if time.relation == "on" and _LIMIT.search(context.text, max(0, time.start - 8), time.start):
        return replace(time, relation="by", start_date=None)
    if time.rule != "time.bare-year" or context.section(time.start).kind != "objectives":
        return time
    if not context.text.startswith(",", time.end) or _ACTS.match(context.text, time.end) or _staged(time, context):
        return time
    return replace(time, relation="by", start_date=None)


def _staged(time: TimeExpression, context: Context) -> bool:
    """2018年,…。2019年,…。: one year after the other, each is the year of its own stage."""
    text = context.text
    years = (t for t in context.times_in(time.start - _STAGES, time.start + _STAGES) if t.rule == "time.bare-year")
    return any(t.end_date != time.end_date and text.startswith(",", t.end) and text[t.start - 1 : t.start] in ("。", ";", "\n", "-", ".") for t in years)


_STAGES = 800
"""Characters on either side in which years that open sentences or items are looked for."""
_LIMIT = re.compile(r"(?:完成|办结|截止|截至|报送)?(?:时限|时间|期限):$")


def why_not(time: TimeExpression, context: Context) -> str | None:
    """The reason why a time expression is no deadline; None where it is one."""
    text = context.text
    if context.in_name(time.start, time.end):
        return "name"
    first, last = context.line_span(context.line(time.start))
    if last - first <= 60 and _SIGNED_LINE.match(text[first:last]) and not _DUE_LINE.search(text[first:last]):
        return "signature"
    if time.start > 0 and text[time.start - 1] in "〔[" or text[time.end : time.end + 1] in ("〕", "]"):
        return "name"
    if context.in_heading(time.start) and time.relation != "by" and not _of_heading(time, text):
        return "label"
    section = context.section(time.start)
    if section.kind == "background":
        return "history"
    before, after = text[max(0, time.start - 14) : time.start], text[time.end : time.end + 24]
    if _SAYS_WHAT.match(text[time.end : time.end + 100]):
        return "history"
    if time.rule in _OF_THIS_YEAR and (section.kind == "front" and time.relation == "within" or _tells(time, context)):
        return "past"
    if time.relation == "within":
        return _why_no_length(time, section.kind, before, after)
    if time.rule in _BACKWARD:
        return "past" if re.search(r"以来.{0,12}$", before) else None
    if time.rule == "time.this-year" and time.text.startswith("当年"):
        return "attribute"
    return _why_no_date(time, context, before, after)


def _of_heading(time: TimeExpression, text: str) -> bool:
    """近期目标(2021—2025年), 启动阶段(2024年3月): the brackets say when what stands below is due."""
    return time.relation == "during" and text[time.start - 1] == "(" and text.startswith(")", time.end)


def _tells(time: TimeExpression, context: Context) -> bool:
    """Whether the sentence up to the clause of a time tells what was: another year that is over, or a word of the past."""
    first, last = context.sentence(time.start)[0], context.clause(time.start, time.end)[1]
    year = context.header.year
    over = any(t.end_date and year and int(t.end_date[:4]) < year for t in context.times_in(first, time.start))
    return over or _TOLD.search(context.text, first, last) is not None


def _why_no_length(time: TimeExpression, kind: str, before: str, after: str) -> str | None:
    """Lengths that describe a person, contract or firm are no deadlines; limits on the policy's own acts are."""
    if re.search(r"近$", before) or _LENGTH_OF_LIFE.search(before) and "之日" not in time.text:
        return "age"
    if before.endswith("以") and not before.endswith("可以") or _PAPERS.match(after) or time.rule not in ("time.length-of-acts", "time.length-total") and re.match(r"(?:累计)?(?:发生|两次|受到|未|无|是)|累计(?=[两二三\d])", after):
        return "condition"
    if time.rule == "time.length-granted":
        if _CONTINUED_STATE.match(after) or re.match(r"内?(?:的)?(?:经验|经历|工龄)", after):
            return "age"
        if time.text.startswith(("前", "后", "共", "分")) and not re.match(r"[\d,、。按给每房免减补享兑]|(?:完成|建成|实施|推进|建设|落实|到位|安排|投入)", after):
            return "attribute"
        if time.text.startswith("不超过") and re.search(r"年龄|周岁", before):
            return "age"
    if kind == "conditions" and time.rule == "time.within" and re.search(r"[YM]", time.period or "") and not re.search(r"[后起]$", before):
        return "age"
    return None


def _why_no_date(time: TimeExpression, context: Context, before: str, after: str) -> str | None:
    year = context.header.year
    stated = time.end_date or time.start_date
    if stated is not None and year is not None and int(stated[:4]) < year:
        return "past"
    signed = context.header.date_issued or ""
    if len(signed) == 10 and time.end_date and (last_day(time.end_date) or signed) < signed:
        return "past"
    later = len(signed) == 10 and stated is not None and (last_day(stated) or "") > signed
    if _PAST_AFTER.match(after) and not later and (year is None or stated is None or int(stated[:4]) <= year) and time.relation != "from":
        return "past"
    if _DATED_BY.match(after) or re.search(r"(?:注册|成立|出生|毕业|登记|投产)(?:时间|日期)(?:为|在|于|应)*$", before):
        return "attribute"
    if time.rule == "time.bare-year" and re.match(r"(?:年度)?(?:总结|报告|情况|数据|绩效)", after):
        return "attribute"
    if re.search(r"(?:截至|截止到?|早在|自从|上一?年)$", before):
        return "past"
    if time.rule == "time.bare-year" and re.match(r"的?(?:主要|具体|总体|发展|工作)?目标(?:是|为|如下)?:", after):
        return None
    if time.rule == "time.bare-year" and not _PAST_BEFORE.search(before[-2:]) and _OF_THE_YEAR.match(context.text, time.end):
        return None
    ahead_ = year is not None and stated is not None and int(stated[:4]) >= year
    if time.rule == "time.bare-year" and ahead_ and re.match(r"\d", after) and re.search(r"(?:其中|[,;:、(\n]|^)$", before):
        return None
    if time.rule == "time.bare-year" and _REACHES.match(after) and re.search(r"[\u4e00-\u9fff]$", before) and not _PAST_BEFORE.search(before[-2:]):
        return None
    if time.rule == "time.bare-year":
        opens = not text_between(context, context.section(time.start).body, time.start)
        if not opens and not _ADVERB_BEFORE.search(before.rstrip(" ")[-3:]) or _AS_ATTRIBUTE.match(after):
            return "attribute"
        if _PAST_BEFORE.search(before[-2:]) and not re.search(r"[于在]$", before):
            return "attribute"
        if not re.match(r",|、|\)|[\u4e00-\u9fff]", after):
            return "attribute"
        if re.match(r"(?:[\u4e00-\u9fff]{2,12})(?:工作|计划|要点|方案|预算|指南|项目|评价)(?!.{0,8}(?:启动|完成|开展|建成))", after) and not after.startswith(("完成", "建成", "启动", "实现", "开展", "达到", "力争", "初步", "基本")):
            return "attribute"
    if time.rule == "time.on":
        ahead = year is None or stated is not None and stated > (context.header.date_issued or f"{year}")
        if not (_BEGINS.match(after) or ahead and year is not None and not _AS_ATTRIBUTE.match(after)):
            return "past"
    if time.rule in ("time.years", "time.months", "time.days", "time.part-of-year"):
        if _AS_ATTRIBUTE.match(after) or before.endswith("(") and not context.in_heading(time.start) or before.endswith(("比", "较")):
            return "attribute"
        if time.rule == "time.months" and time.start_date is None and not re.search(r"每年$|[,;。:\n(]$", before):
            return "attribute"
    if time.rule == "time.end-of-year" and re.search(r"(?:比|较|以|从|在|与|同|占)$", before) and not after.startswith((",", "完成", "实现")):
        return "past"
    if time.rule in ("time.plan-end", "time.plan-period") and re.search(r"[比较是与同为]$", before):
        return "past"
    if time.rule == "time.until-before" and re.match(r"的(?!时间)", after):
        return "attribute"
    if time.rule in ("time.until", "time.plan-end") and re.match(r"(?:的)?(?:水平|规模)?(?:的基础上|相比)", after):
        return "past"
    return None


def text_between(context: Context, start: int, end: int) -> str:
    """The words between two offsets without blanks; a length where the first lies behind the second is none."""
    return context.text[start:end].strip() if start <= end else "-"


def counts_from_signing(words: str) -> bool:
    """Whether a length counts from the day on which the document was issued.

    >>> counts_from_signing("自印发之日起30日内"), counts_from_signing("自受理之日起5个工作日内")
    (True, False)
    """
    return re.search(r"(?:印发|发布|公布|颁布|下发|出台|发文|本(?:意见|通知|方案|办法|规定|细则|措施|文件))之日", words) is not None


def due(time: TimeExpression, issued: str | None) -> tuple[str | None, str | None, str | None]:
    """Earliest and latest day, worked out; relative lengths count from the signing date where the text says so."""
    if time.relation == "within":
        counted = re.fullmatch(r"P(\d+)([DWMY])", time.period or "")
        if not counted or not issued or not counts_from_signing(time.text):
            return None, None, None
        begin = date.fromisoformat(issued)
        try:
            return issued, _later(begin, int(counted[1]), counted[2]), "date_issued"
        except (ValueError, OverflowError):  # 自印发之日起9999年内
            return None, None, None
    return first_day(time.start_date), last_day(time.end_date), None


def _later(begin: date, count: int, unit: str) -> str:
    if unit in "DW":
        return (begin + timedelta(days=count * (7 if unit == "W" else 1))).isoformat()
    months = begin.month - 1 + count * (12 if unit == "Y" else 1)
    year, month = begin.year + months // 12, months % 12 + 1
    return date(year, month, min(begin.day, month_end(year, month))).isoformat()
