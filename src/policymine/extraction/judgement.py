"""Which numbers are promised: every number gets features, a small table of wordings decides, and says why.

The decision reads the clause around the number: the verb that governs it (培育, 达到, 提高), the list it hangs in,
the kind of its section, and cues of the past, of subsidies and of conditions (``data/rules/judgement.toml``).
"""

from __future__ import annotations

import re
from functools import cache

from policymine.extraction.context import Context, touches
from policymine.extraction.items import COMPARED, Item, origin_of_change
from policymine.lexicon.files import read_rules
from policymine.models import TimeExpression


@cache
def _rejections() -> tuple[tuple[dict[str, object], re.Pattern[str]], ...]:
    return tuple((row, re.compile(row["pattern"])) for row in read_rules("judgement")["reject"])


_FREQUENCY = frozenset("次 期 届 场 场次 批 批次 轮 班次".split())
_LIFE_UNITS = frozenset("年 岁 周岁 个月 天 日 小时 分钟 秒 周 个工作日 工作日 学年 级 度 分 点 位 学时 课时".split())
_HAN_COUNT = re.compile(r"[两三四五六七八九十百]{1,3}[大个条类种支座项所家批级]")
# 选择石油、钢铁和有色三个行业: all are named, they are there.
_NAMED_ALL = re.compile("、[^,;。、]{1,10}(?:和|及|与)[^,;。、]{1,8}$|等$")
# 建成千万吨级基地, 打造百亿元园区: the size that a thing is called by.
_HAN_AMOUNT = re.compile(r"[一二两三四五六七八九十百千万亿]{2,}")
_BOUNDED = (">=", ">", "~", "range", "<=", "<")


def why_not(context: Context, item: Item, listed: bool) -> tuple[str, str] | None:
    """The reason why a number is not promised and the rule that says so; None where it is promised.

    Args:
        context: the document.
        item: the number in its clause.
        listed: whether the number goes on a list whose last number was promised.
    """
    quantity, text = item.quantity, context.text
    if context.in_name(quantity.start, quantity.end):
        return "name", "target.name"
    if touches(context.quoted, quantity.start, quantity.end):
        return "name", "target.quoted"
    if context.in_heading(quantity.start):
        return "label", "target.heading"
    section = context.section(quantity.start)
    if section.kind == "background":
        return "past", "target.background"
    line, _ = context.line_span(context.line(quantity.start))
    said = max(line, quantity.start - LONGEST_PARAGRAPH), quantity.start
    if text.find("考核指标", *said) >= 0 and _ASSESSED.search(text, *said):
        return "condition", "target.assessment"
    if section.kind in ("conditions", "subsidy") and not _funded(context, item) and not _share(context, item) and not _own_promise(context, item, listed):
        return "condition", f"target.{section.kind}-section"
    where = _where(context, item)
    if quantity.kind == "money" and _FUND.search(where["clause"]):
        return None
    past = _past_time(context, quantity.start if item.origin is None else item.origin)
    if past:
        return "past", "target.past-year"
    for row, pattern in _rejections():
        kinds = row.get("kinds")
        if kinds and quantity.kind not in kinds or not pattern.search(where[str(row["where"])]):  # type: ignore[operator]
            continue  # nearly all: what keeps a wording from deciding is only asked of those that stand there
        there = where["before"].endswith(("现有", "原有", "已有")) or where["before"].endswith("等") and _HAN_COUNT.match(quantity.text)
        if row["reason"] == "existing" and not there and (item.tail and item.verb_class or item.verb_class in ("create", "further") or listed and item.left == quantity.start):
            continue
        if row.get("unless_bounded") and quantity.number_start > quantity.start:
            continue
        if row.get("unless_listed") and listed or "unless_behind" in row and re.search(str(row["unless_behind"]), where["after"]):
            continue
        if row["where"] == "part" and _stands_apart(item, listed, row["reason"] == "subsidy") and not pattern.search(text, item.clause[0], item.clause[1] + 2):
            continue
        if row["id"] == "target.past-compared" and _to_come(context, item, where["clause"]):
            continue
        if row["id"] in ("target.past", "target.requirement", "target.forecast-free") and _future_before(context, quantity.start):
            continue
        if row["id"] == "target.condition-of-applicant" and quantity.kind == "percent" and item.tail and (section.kind == "objectives" or _OF_ALL.match(text, *item.clause) or _future_before(context, quantity.start)):
            continue
        return str(row["reason"]), str(row["id"])
    return _unpromised(context, item, listed, where["before"], where["after"])


def _where(context: Context, item: Item) -> dict[str, str]:
    """The words around a number in which the wordings of the rules are looked for, by the names that rules use."""
    quantity, text = item.quantity, context.text
    part = context.part(quantity.start)
    begin = max(context.sentence(quantity.start)[0], context.section(quantity.start).body)
    # what something changes from (由目前的71%提高到) was, whatever is said of it
    stop = item.origin if item.origin is not None else quantity.start
    return {
        "before": text[item.left : stop] + (text[item.verb_start : quantity.start] if stop < item.verb_start else ""),
        "after": text[quantity.end : item.clause[1]],
        "clause": text[item.clause[0] : item.clause[1]],
        "part": text[part[0] : part[1]],
        "to-number": _AHEAD.split(_without_origins(context, begin, stop))[-1],
    }


# What follows these words is to come, whatever was told before them.
_AHEAD = re.compile(r"在此基础上|今年(?!以来|上半年|前)|力争|争取|再(?=[建增新创节降减提])|下一步|今后")


def _without_origins(context: Context, start: int, end: int) -> str:
    """The words between two offsets, but for those that say what something changes from."""
    kept, done = [], start
    for quantity in context.quantities_in(start, end):
        origin = origin_of_change(context, quantity)
        if origin is not None and origin >= done:
            kept.append(context.text[done:origin])
            done = quantity.end
    return "".join((*kept, context.text[done:end]))


def cues(context: Context, item: Item) -> list[tuple[str, str, str]]:
    """Every wording that speaks against a number being promised, whether or not it decided.

    Args:
        context: the document.
        item: the number in its clause.

    Returns:
        Rule, reason and the words that the rule matched, in the order in which the rules are asked.
    """
    where, kind = _where(context, item), item.quantity.kind
    found = []
    for row, pattern in _rejections():
        kinds = row.get("kinds")
        if not kinds or kind in kinds:  # type: ignore[operator]
            match = pattern.search(where[str(row["where"])])
            if match:
                found.append((str(row["id"]), str(row["reason"]), match.group()))
    return found


def _to_come(context: Context, item: Item, clause: str) -> bool:
    """Whether a comparison with last year is a promise (能耗比上年下降3%): among tasks and objectives, with nothing done."""
    kind = context.section(item.quantity.start).kind
    return kind in ("tasks", "objectives") and item.tail and not re.search(r"了|已|累计|实现[^,;。]{0,12}增长", clause)


def _stands_apart(item: Item, listed: bool, bounded: bool) -> bool:
    """Whether a clause promises by its own verb, whatever is paid or asked for in the clauses around it."""
    if item.quantity.kind == "count":
        return item.verb_class is not None and (bounded or item.verb_class != "level") or listed
    if item.quantity.kind == "money" and not bounded:
        return item.origin is not None or item.verb_class in ("create", "new")
    return item.quantity.kind in ("percent", "points") and item.tail and item.verb_class in ("level", "increase", "decrease")


# What a funded project must show: 考核指标 of a call for proposals.
_ASSESSED = re.compile(r"^(?:[(（]?[\d一二三四五六七八九十]{1,3}[)）.、]?)?(?:主要)?考核指标|(?<=[。;])(?:主要|预期)?考核指标:", re.M)
# A fund or a yearly budget line to be set up is promised; what is paid out of it is not.
_FUND = re.compile(r"(?:设立|安排|统筹安排|筹集|组建|建立|列支|投入|拨出)[^,。;]{0,24}(?:基金|(?:专项|扶持|引导|发展)[\u4e00-\u9fff]{0,4}资金|专项经费|资金池)|每年出资|出资[^,。;]{0,16}用于|(?:安排|整合|统筹|投入|列支)(?:不低于|不少于)?\d[\d.]*[万亿]*元(?:以上|左右)?(?:的[^,。;]{0,10}资金|专门)?[^,。;]{0,4}用于")


# 规模以上企业研发投入占主营业务收入的比重: of all of a place, not of one applicant.
_OF_ALL = re.compile("(?:全[省市县区国]|我[省市县区国])?(?:规模以上|规上)|全[省市县区国]")
# 设立母基金,首期3亿元: how large the fund is that the clause before names.
_FUND_SIZE = re.compile("规模|首期|总额")


def _funded(context: Context, item: Item) -> bool:
    """Whether a clause sets up a fund or a budget line, or says how large the one is that its sentence sets up."""
    if _FUND.search(context.text, *item.clause):
        return True
    sized = item.quantity.kind == "money" and _FUND_SIZE.search(context.text, *item.clause)
    return bool(sized) and _FUND.search(context.text, context.part(item.quantity.start)[0], item.clause[0]) is not None


def _past_time(context: Context, at: int) -> bool:
    """Whether the last time expression before a number, in its sentence, names a year gone by."""
    first, _ = context.sentence(at)
    year = context.header.year
    last = None
    for time in context.times_in(first, at):
        if time.relation in ("by", "during", "on") and time.end_date and not _measured_by(context.text, time):
            last = time
    return last is not None and year is not None and int((last.end_date or "0")[:4]) < year


# 比2020年, 由1997年的83%, 按2020年不变价, 在2023年安排500万元的基础上: the year is only measured by.
_TIMES_AS_MUCH = re.compile(r"的[\d.一二两三四五六七八九十]+倍|的一半")
_OF_MEASURE = re.compile(r"(?:年)?(?:的)?(?:[底末初])?(?:不变价|可比价|价格)|(?:[^,;。]{0,20})?基础上|的?\d")


def _measured_by(text: str, time: TimeExpression) -> bool:
    compared = COMPARED.search(text, max(0, time.start - 2), time.start)
    return compared is not None or _TIMES_AS_MUCH.match(text, time.end) is not None and text[time.start - 1] in "到达为至" or text[time.start - 1 : time.start] in "由从按在" and _OF_MEASURE.match(text, time.end) is not None


_SHARE = re.compile(r"(?:占比|比例|比重)[^,]{0,4}$")
_OF_APPLICANTS = re.compile(r"研发|营业|收入|人员|职工|员工|持股|投入|申报|学历|债")
_TOTAL = re.compile("(?:人口|总量|规模|用量|面积|事故|起数|伤亡人数|死亡人数)(?:全[国省市县区])?$")
# 12个试点城市新增公交1万辆: who does it is counted.
_WHO = re.compile(r"[\u4e00-\u9fff]{2,10}?(?:新增|建成|完成|实现|达到|培育|改造|淘汰)[^,。;]*\d")
# What a number directly behind it measures: 城镇新增就业52万人, 实际利用外资28亿美元.
_MEASURED = re.compile("(?:就业|脱贫|扩面|外资|投资|总额|收入|产值|增加值|能力|产能|产量|总量|规模|里程|容量|吞吐量|客流量|覆盖率|普及率|合格率)$")
_RANKED = re.compile("进入|跻身|位居|位列|居|列|迈入|挺进|保持")
_AGE = re.compile("寿命|年龄")
# 长塘、柳堰2家异地新建
_DONE_BEHIND = re.compile(r"[\u4e00-\u9fff]{0,4}(?:新建|改建|扩建|改扩建|建成|投用|投产|完工|竣工|达标|上市|上线|挂牌|开工|开业)(?:[,;。、()\n]|$)|[\u4e00-\u9fff、“”A-Z()\d]{0,20}(?:轮训|培训|体检|筛查|改造|整治|治理|加固|搬迁|部署应用|推广应用|安装|样板建设|试点|除险|布局|列入|纳入|审计)")
# 浓度低于100毫克/升的污水处理厂: which ones are meant.
_BOUNDED_NOUN = re.compile(r"的$|(?:或者?|且|并)[^,;。]{2,16}的[\u4e00-\u9fff]{2}|的(?!目标|规模|水平|要求|增速|速度|标准|比例|幅度|任务|年均|增幅|能力|产值|基础上)[\u4e00-\u9fff]{2}")
_SIZES = frozenset(("energy", "length", "mass", "area", "data", "volume"))
# 10千伏线路1900公里: what is counted is so large.
_SIZE_OF = re.compile(r"(?:及?以[上下])?的?(?![和及与至到])[\u4e00-\u9fff]{1,10}?(?:约|共|不少于|至少)?\d")
_RATE_OF = re.compile(r"按(?!年均|照年均)[^,。]{2,16}的$")
_REGULATIONS = frozenset(("条例", "办法", "细则", "规定", "规则"))


# Who gets money, or must meet what for it.
_GRANT = re.compile(r"给予|奖|补[贴助足偿]|资助|贴息|扶持|免[征收费租]|减[免征半]|优惠|兑现|[的者],|^对|最高|额度|申报|申请|入选|获得|认定为|不得|未|须|应(?!用|急)")


def _own_promise(context: Context, item: Item, listed: bool) -> bool:
    """In a section about grants, a clause that says what the giver will have (每年遴选30个标杆项目) still promises."""
    if context.section(item.quantity.start).kind != "subsidy" or item.quantity.kind == "money" and not listed and item.verb_class != "new":
        return False
    clause = context.text[item.clause[0] : item.clause[1]]
    dated = any(t.relation == "by" for t in context.times_in(item.clause[0], item.quantity.start))
    of_its_own = item.verb_class in ("create", "new") and (clause.startswith("每年") or dated or item.verb_class == "new" and item.quantity.kind == "money")
    if _GRANT.search(clause if of_its_own else text_of_part(context, item.quantity.start)):
        return False
    return listed and item.verb_class is None or item.verb_class in ("create", "new") or item.verb_class == "level" and item.tail and max(item.verb_start - item.left, item.head[1] - item.head[0]) >= 4 and item.quantity.kind in ("count", "percent")


def _share(context: Context, item: Item) -> bool:
    """A share that bounds what is given out as a whole binds the giver, not the applicant."""
    before = context.text[item.left : item.quantity.start]
    return item.quantity.kind == "percent" and bool(_SHARE.search(before)) and not _OF_APPLICANTS.search(before)


def _future_before(context: Context, at: int) -> bool:
    """Whether the sentence names a date to come before a position: what follows is a promise, not the past."""
    first, _ = context.sentence(at)
    year = context.header.year
    return any(
        t.relation in ("by", "within") or year is not None and t.relation == "during" and (t.end_date or "0")[:4] > str(year)
        for t in context.times_in(first, at)
    )


def text_before_number(context: Context, item: Item) -> str:
    """The words of the clause before the number, or before what it changes from."""
    return context.text[item.clause[0] : item.quantity.start if item.origin is None else item.origin]


def text_of_part(context: Context, at: int) -> str:
    """The words of the part of a sentence (to ；) that holds a position."""
    first, last = context.part(at)
    return context.text[first:last]


LONGEST_PARAGRAPH = 5000
"""Characters of a paragraph that are looked back on."""


def _dated_above(context: Context, at: int) -> bool:
    """Whether the paragraph names a date to come before a position."""
    first, _ = context.line_span(context.line(at))
    return any(t.relation == "by" for t in context.times_in(max(first, at - LONGEST_PARAGRAPH), at))


def _unpromised(context: Context, item: Item, listed: bool, before: str, after: str) -> tuple[str, str] | None:
    """Numbers that no verb promises."""
    quantity = item.quantity
    often = re.search(r"每[年季月周半天日]|定期", text_of_part(context, quantity.start)) is not None
    if quantity.unit in _FREQUENCY and (often and quantity.value < 100 or item.verb_class != "level" and quantity.value < 10):
        return "frequency", "target.frequency"
    if quantity.text.startswith("不得") and quantity.unit in ("人", "名") and context.header.doc_type in _REGULATIONS:
        return "standard", "target.must"
    if quantity.unit == "年一遇" and after.startswith(("标准", "的", "设防", "防洪")):
        return "standard", "target.standard"
    if quantity.unit == "份" and quantity.value < 20:
        return "attribute", "target.copies"
    own_verb = item.verb_start < quantity.start
    if quantity.text.startswith(("不足", "不到")) or re.search(r"不足[^,。]{0,6}$", before):
        return "past", "target.short-of"
    if quantity.unit in ("岁", "周岁") and not _AGE.search(text_of_part(context, quantity.start)):
        return "attribute", "target.age"
    if quantity.kind in ("area", "length", "money") and before.endswith("为") and not _future_before(context, quantity.start):
        return "existing", "target.is"
    if quantity.unit == "分" and re.search("[占计扣加得赋]$|满分[^,。;]{0,6}$|总分[^,。;]{0,4}$", before):
        return "structure", "target.score"
    if quantity.kind == "money" and re.search(r"标准[^,。;]{0,12}$|(?:服务|检测|诊断|管理|咨询|评审|代理|手续)费(?:用|用标准)?$", text_before_number(context, item)):
        return "condition", "target.tariff"
    if quantity.kind == "count" and not before.strip() and _WHO.match(after):
        return "existing", "target.who"
    if quantity.kind == "count" and not item.verb_class and _DONE_BEHIND.match(after):
        return None
    promised = item.tail and not own_verb and len(before) >= 2 and _future_before(context, quantity.start)
    lasts = item.tail and not own_verb and re.search(r"(?:开放|服务|营业|运营|在线)时间|时长|寿命|天数$", before)
    if quantity.unit in _LIFE_UNITS and quantity.kind != "rank" and not promised and not lasts and not (item.tail and own_verb and item.verb_class in ("level", "decrease", "increase")):
        return "attribute", "target.length"
    bounded = quantity.comparator in _BOUNDED
    capped = item.tail and item.verb_class in ("level", "decrease") or _TOTAL.search(before) is not None
    if quantity.kind == "count" and quantity.comparator in ("<=", "<") and not capped:
        return "limit", "target.quota"
    if quantity.kind == "money" and context.header.doc_type in _REGULATIONS and not _future_before(context, item.clause[1]):
        return "condition", "target.regulation"
    if quantity.kind == "rank" and (after.startswith("的") or re.search(r"在[^,。]{2,14}排名$", before)):
        return "attribute", "target.rank-of-what-counts"
    sized = quantity.kind in ("money", "area", "energy", "data", "mass", "length", "amount", "volume")
    if item.tail and item.verb_class == "level" and bounded and item.verb_start - item.left >= 2 and _BOUNDED_NOUN.match(after):
        return "attribute", "target.bounded-noun"
    if quantity.kind in _SIZES and _SIZE_OF.match(after):
        return "attribute", "target.size-of-what-counts"
    if quantity.kind == "percent" and _RATE_OF.search(before):
        return "condition", "target.rate-of"
    if re.search(r"%(?:及?以上|以内|左右)?的[^,;。\d]{2,30}$", context.text[item.clause[0] : quantity.start]) and bounded and quantity.kind != "percent":
        return "attribute", "target.threshold"
    if re.match(r"的基础上", after):
        return "baseline", "target.basis"
    if re.match(r"的(?:国家|行业|强制性)?标准", after):
        return "standard", "target.standard"
    if sized and (re.match(r"(?:以上|以下)?的(?!目标|规模(?:$|,)|水平|产值|[\u4e00-\u9fff]{0,4}(?:能力|产能))", after) or not item.verb_class and bounded and len(after) >= 2 and not before.strip("、,和")):
        return "attribute", "target.attribute"
    if _HAN_COUNT.match(quantity.text[quantity.number_start - quantity.start :]) and not bounded and (item.verb_class != "create" or _NAMED_ALL.search(before)):
        return "existing", "target.han-existing"
    if sized and not bounded and _HAN_AMOUNT.match(quantity.text) and after[:1].isalpha() and not (item.tail and item.verb_class != "create"):
        return "label", "target.scale"
    if context.section(quantity.start).kind == "front" and not bounded and not _dated_above(context, quantity.start):
        return "existing", "target.preface"
    if quantity.kind in ("rank", "multiple"):
        return None if item.verb_class or quantity.kind == "multiple" or listed or _RANKED.search(before) else ("existing", "target.no-verb")
    if quantity.unit in ("人", "户") and bounded and re.match(r"[\u4e00-\u9fff]{2,16}\d+[家个所]|的[\u4e00-\u9fff、]{0,12}(?:企业|单位|机构|项目|村|社区|事故)", after):
        return "attribute", "target.size-of-what-counts"
    if item.tail and item.verb_class:
        if quantity.kind == "index" and not before.strip():
            return None if listed else ("attribute", "target.no-subject")
        return None
    if item.verb_class:
        return None
    if listed:
        return None
    if re.search(r"的(?:仅)?占$", before) and quantity.comparator == "=" and not _future_before(context, quantity.start):
        return "past", "target.share-now"
    if quantity.kind in ("percent", "points"):
        return None if len(before) >= 2 or bounded or after else ("existing", "target.bare-percent")
    kind = context.section(quantity.start).kind
    if kind in ("tasks", "objectives", "safeguards") and context.header.doc_type not in _REGULATIONS and len(before) >= 4 and not after and _MEASURED.search(before):
        began = any(t.relation == "during" for t in context.times_in(context.sentence(quantity.start)[0], quantity.start))
        if context.header.year is not None or not began:
            return None
    objectives = kind == "objectives" or _future_before(context, quantity.start)
    if objectives and (bounded or len(before) >= 2 and not after):
        return None
    return "existing", "target.no-verb"
