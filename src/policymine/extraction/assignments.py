"""Assignments in running text: 由甲牵头, 甲负责…, 甲要会同乙…, 办公室设在甲, 日常工作由甲承担."""

from __future__ import annotations

import re
from bisect import insort

from policymine.extraction.context import Context, merged, touches
from policymine.extraction.lists import Found
from policymine.extraction.names import Name, pieces
from policymine.lexicon.departments import Departments
from policymine.lexicon.patterns import around

_BODY = r"(?:局|厅|委|部|办|署|院|部门|机关|小组|专班|联席会议|法院|检察院|银行|海关|管委会|管委|委员会|办公室|机构|公司|协会|中心|总队|支队|总社|总工会|指挥部|税务|行)"
# A clause whose head may name a body; spares nearly all clauses the rest.
_GATE = re.compile(rf"(?:(?<![^\n,;。:!?) .])|(?<=[一二三四五六七八九十]、))(?:[^,;。:!?\n]{{0,30}}?(?<![自理经])由)?(?P<head>[\u4e00-\u9fff()“”、]{{0,100}}?{_BODY}(?![门托员属公所]|分(?![别批工期类级步])))(?=[^\n]{{2}})")
_VERB = re.compile(
    r"要(?!求|素|点|件|领)|应当|应(?!用|急|对|届|税|纳)|须|将(?=对|会|根据|按|适时|定期|组织|联合|统筹|积极|大力|加[大强]|进一步|优先|建立|开展|择优)|围绕(?=[^,;。]{2,30}(?:开展|组织|制定|推进))|进行|发文|在[^,;。]{2,40}方面(?=给予|提供|予以)|具体负责|分别负责|负责(?!人|制|任)|会同|牵头|统筹|组织(?!部|机构|保障|领导|的)|指导|配合|协助|参与|承担|委托|函请|"
    r"按(?:照)?(?=[职本程规要年各]|个人)|根据|依照|在职责范围内|定期|完成|发现|推荐|审核|核定|确定|另行规定|制定(?=[本相配具实年职统])|统一制定|发起|解释|自20\d\d年起|每年|对[^,;。]{2,40}(?:实行|进行|给予|开展|予以)|切实|适时|联合|建立(?=健全|.{0,10}机制)|加强|推动|做好|开展|作为牵头|发挥|强化|提供|"
    r"必须|立即|依法|接到|收到|进入|统一|提请|上报|汇总|公布|核查|认定|遴选|拟订|拟定|研究|落实|掌握|监督|督促|受理|审批|出具|保障|维护|"
    r"反馈|函告|拨付|据此|将(?=[^,;。]{2,20}(?:函告|拨付|报送|抄送|提交|反馈|上报))|通过(?=[^,;。]{2,30}(?:进行|开展))|安排|建立(?=[^,;。]{0,14}(?:机制|制度|体系|平台|台账))|商(?=有关)|提出"
)
_NO_SUBJECT = re.compile(r"^(?:经|以|对|向|在|从|与|和|为|将|把|被|按|根据|通过|支持|鼓励|引导|加强|推动|推进|建立|完善|成立|设立|组建|依托|联合|由于|督促|指导|要求|报|送|各级|并|及|或|是|有|其|该|本|这|可|已|还|应|优化|参照|组织(?!部)|帮助|开展|项目|会同|优先|充分|发挥|巩固|加快|健全)")
# Words that no name of a body holds.
_NO_NAME = re.compile(r"会同|下设|负责|成立|审批|并报|部门报|反馈|应当|向|报省|包括|审核|提请|统一|立即|接到|^(?:落实|协助|逐步|持续|推进|完善|健全|加强|接入|依托|优化|打造|开展|支持|鼓励|配合)|^参照|部署$|布局$")
_SAID_OF = re.compile(r"[^,;。]{3,30}的(?=(?:地方|当地|各|省|市|县|区)[\u4e00-\u9fff]{2,20}(?:部门|局|厅)$)")
_MODAL = re.compile(r"^可(?:以)?(?![靠能])|^不")
_PAST = re.compile(r"^联合(?:下发|印发|发布|出台)|^(?:[^,;。]{0,8})(?:已(?!有)|曾|完成了|印发了|发布了|开展了|组织了|近日|日前|20\d\d年(?!起))|^[^,;。]{0,12}了(?!解)|^(?:主办|承办)")
_SEAT = re.compile(r"(?P<office>(?:[\u4e00-\u9fff]{0,16}(?:领导小组|联席会议|协调小组|推进小组|专班|指挥部|委员会))?(?:办公室|秘书处))[(]?(?:设|挂靠|设立)在(?P<seat>[\u4e00-\u9fff()]{2,24}?(?:局|厅|委|部|办|署|院|管委会|中心|政府|处|室))(?=[,;。、()\n]|$)")
_SEATED = re.compile("(?:设|挂靠|设立)在")
_DAY = re.compile("日常")
_LEADING = re.compile("牵头(?:的|,)")
_DAILY = re.compile(r"日常(?:工作|管理工作|事务)[^,;。]{0,6}?由(?P<who>[\u4e00-\u9fff()、]{2,50}?)(?:承担|负责|办理)")
_GROUP = re.compile(r"(?:依托|成立|建立|组建|调整充实|充分发挥|发挥|纳入|在|设立|调整完善|完善)(?P<who>(?!由)[\u4e00-\u9fff“”()]{2,36}?(?:领导小组|工作专班|专班|联席会议|委员会|专委会|指挥部|协调小组|推进小组|领导机构|工作组|协调机构))(?:的)?(?:办公室)?(?P<rest>(?:统筹领导下|统一领导下|领导下|,?(?:负责|统筹|定期|研究|具体|统一|协调|加强|组织)|统筹|牵头|作用|[^,;。会组班]{0,12}作用))")
_JOINED = re.compile(
    r"(?:会同|联合)(?<=[\n,;。:!?]..)(?P<who>[\u4e00-\u9fff、]{2,60}?(?:等(?:有关|相关)?部门|部门|局|厅|委|部|署))(?=,|[\u4e00-\u9fff]{2})"
)
# 委托市渔业技术中心对材料进行审核: who is entrusted must do it.
_ENTRUSTED = re.compile(
    r"委托(?P<who>[\u4e00-\u9fff]{4,30}?(?:中心|研究院|局|委|办|所|总站|协会|学会))(?=,?(?:对|负责|承担|开展|组织|进行|具体))"
)
_TRUST = re.compile("委托")
_PLAYS = re.compile(r"发挥(?P<who>[\u4e00-\u9fff、]{2,30}?)(?:的)?(?P<rest>牵头(?:抓总)?|统筹协调|统筹|综合协调|组织协调)[^,;。]{0,6}作用")
_GUIDED = re.compile(r"在(?<![^\n,;。:]在)(?P<who>[\u4e00-\u9fff、]{2,40}?)(?:的)?(?:统一)?指导下")
# （以下简称省级主管部门）: from there on, the short form names the body.
_BRIEF = re.compile(
    r"(?:以下|下)(?:简称|称)(?:为)?[:“]*(?P<brief>[\u4e00-\u9fff]{2,14}?(?:部门|局|厅|委|办|小组|办公室|管委会|机构|专班|中心|指挥部))[”]*[)、]"
)
# （以下统称专区监管部门）: several nameless ones together.
_COLLECTIVE = re.compile(r"以下统称(?:为)?[:“]*(?P<name>[\u4e00-\u9fff]{2,14})[”]*[)、]")
_COMPOSED = re.compile(r"(?:有关|相关|主要|分管)?(?:人员|负责人|负责同志|领导|同志|代表)|组成|派员|等组成|为成员|参加")
_LED = re.compile(r"(?:建立|健全|完善)?由?(?P<who>[\u4e00-\u9fff()、]{2,50}?)牵头(?:的|,[^。;]{0,20}参与的)(?=[^,;。]{0,20}(?:机制|制度|体系|小组|专班|会议))")


def assignments(context: Context, departments: Departments, taken: list[tuple[int, int]]) -> list[Found]:
    """The prose assignments of a document, by place.

    Left out: the issuer itself, nameless bodies, governments of places, what may be done (可), what was done, and
    conditions (经甲批准后).

    Args:
        context: the document.
        departments: tells names of bodies.
        taken: spans of the lists, whose words are not read again.
    """
    text = context.text
    found: list[Found] = []
    used = merged(taken)
    brief_names = frozenset(m["brief"] for m in _BRIEF.finditer(text))
    collective = tuple(m["name"] for m in _COLLECTIVE.finditer(text))

    placed: set[int] = set()

    def free(a: int, b: int) -> bool:
        return not touches(used, a, b)

    def add(names: list[tuple[Name, str]], start: int, end: int, rule: str) -> None:
        kept = [(n, r) for n, r in names if n.start not in placed and (n.text in brief_names or not n.text.endswith(collective) and "统称" not in n.text and _named(n.text, context, departments))]
        if kept:
            placed.update(n.start for n, _ in kept)
            insort(used, (start, end))
            found.append(Found(start, end, tuple((n, r, "word") for n, r in kept), False, rule))

    for match in around(_SEAT, _SEATED, text, 50, 30):
        begin = max(match.start("office"), _body_start(context, match.start("office")))
        office = Name(text[begin : match.end("office")], begin, match.end("office"))
        seat = Name(match["seat"], *match.span("seat"))
        names = [(seat, "lead")]
        behind = text[match.end() : match.end() + 14]
        if re.match(r"[,、)]?(?:具体)?(?:负责|承担|统筹|组织)", behind) and not _excluded(context, match.start()):
            names.append((office, "responsible"))
        if free(*match.span()):
            add(names, match.start(), match.end(), "responsibility.seat")
    for pattern, rule, anchor in ((_DAILY, "responsibility.daily-work", _DAY), (_LED, "responsibility.led", _LEADING)):
        for match in around(pattern, anchor, text, 60, 80):
            if free(*match.span()) and not _excluded(context, match.start()):
                leads = _bodies(text, *match.span("who"), departments)
                add([(n, "lead") for n in leads], *match.span(), rule)
    for match in _GROUP.finditer(text):
        if free(*match.span()) and not _excluded(context, match.start()):
            who = Name(match["who"], *match.span("who"))
            role = "lead" if match["rest"].startswith("牵头") else "responsible"
            if re.search(r"统筹|领导|负责|研究|协调|牵头|定期|组织", text[match.start("rest") : match.end() + 10]) and not re.search(r"[,、的和在]", who.text):
                add([(who, role)], *match.span(), "responsibility.group")
    for pattern, rule in ((_JOINED, "responsibility.joined"), (_PLAYS, "responsibility.plays"), (_GUIDED, "responsibility.guided")):
        for match in pattern.finditer(text):
            if free(*match.span()) and not _excluded(context, match.start()):
                first = rule == "responsibility.plays" and match["rest"].startswith("牵头")
                role = "lead" if first else "support" if rule in _SUPPORTING else "responsible"
                add([(n, role) for n in _bodies(text, *match.span("who"), departments, brief_names)], *match.span(), rule)
    for match in _GATE.finditer(text):
        made = _subject(context, match, departments, brief_names)
        if made and free(made.start, made.end):
            add([(n, r or "responsible") for n, r, _ in made.names], made.start, made.end, made.rule)
    for match in around(_ENTRUSTED, _TRUST, text, 4, 50):
        if not _excluded(context, match.start()):
            add([(n, "responsible") for n in _bodies(text, *match.span("who"), departments, brief_names)], *match.span(), "responsibility.entrusted")
    return sorted(found, key=lambda f: f.start)


def _body_start(context: Context, at: int) -> int:
    """Where the words behind a heading's marker begin, for a position inside the heading; else the position."""
    section = context.section(at)
    return section.body if section.start <= at < section.body else at


def _excluded(context: Context, at: int) -> bool:
    return context.section(at).kind == "background" or context.in_heading(at)


def _subject(
    context: Context, match: re.Match[str], departments: Departments, brief_names: frozenset[str]
) -> Found | None:
    """A clause whose subject is a list of bodies: 甲、乙要…, 由甲会同乙…."""
    text = context.text
    start = match.start("head")
    by = "由" in text[match.start() : start]
    if by and text[start - 2 : start - 1] == "可":
        return None
    section = context.section(match.end())
    if not by and section.start <= start < section.body:
        start = section.body
    if text.startswith("请", start):
        start += 1
    if not by and (told := _SAID_OF.match(text, start, match.end("head"))):
        start = told.end()  # 参加试点的县渔业局要…: what is said of the body stands before it
    if not by and _NO_SUBJECT.match(text[start : start + 4]) and not text.startswith(("各高级", "各级"), start):
        return None
    if context.in_name(start, match.end()) or _excluded(context, match.end()):
        return None
    _, part_end = context.part(match.end())
    clause_end = context.clause(start, match.end())[1]
    read = _told(text, start, clause_end, part_end, departments, brief_names) if by else None
    if read is None:
        read = _subject_and_verb(text, start, clause_end, departments, brief_names)
    if read is None:
        return None
    names, verb_at = read
    rest = text[verb_at:part_end].rstrip("。;\n")
    if _MODAL.match(text[names[-1].end : names[-1].end + 3]) or _PAST.match(rest) or len(rest) < 2:
        return None
    roles = _roles(text, names, verb_at, rest, departments, brief_names)
    return Found(start, min(clause_end, part_end), roles, False, "responsibility.by" if by else "responsibility.subject")


def _subject_and_verb(
    text: str, start: int, end: int, departments: Departments, brief_names: frozenset[str]
) -> tuple[list[Name], int] | None:
    for verb in _VERB.finditer(text, start + 2, min(end, start + 120)):
        if text[verb.end() : verb.end() + 1] in "的意":
            continue
        if names := _bodies(text, start, verb.start(), departments, brief_names):
            return names, verb.start()
    stop = end - 1 if text[end - 1] == "," else end
    if _DUTY_NEXT.match(text, stop) and (names := _bodies(text, start, stop, departments, brief_names)):
        return names, stop + 1
    return None


_DUTY_NEXT = re.compile(r",(?:应当|应(?=[立及按当])|要(?=[加切按]|进一步)|须|负责)")
_TOLD = re.compile(rf"{_BODY}(?![门托员属公所]|分(?![别批工期类级步]))(?:等(?:有关|相关)?(?:部门|单位))?(?=[\u4e00-\u9fff]{{2}})")


def _told(
    text: str, start: int, end: int, part_end: int, departments: Departments, brief_names: frozenset[str]
) -> tuple[list[Name], int] | None:
    """由甲…: any verb may follow; the longest words that are names count."""
    best = None
    for stop in _TOLD.finditer(text, start + 1, min(end, part_end, start + 100)):
        if text[stop.end() : stop.end() + 1] in "的、和及与":
            continue
        if _COMPOSED.match(text, stop.end()):
            return None
        if names := _bodies(text, start, stop.end(), departments, brief_names):
            best = names, stop.end()
    return best


_PLACED = re.compile(r"^(?:(?:省|地市|市|区|县)级[、和](?:地市|市|区|县|乡)级|省、自治区、直辖市|各地区?|各级|各省|各市|各县|省级|市级|县级|区级|省市两级|国家)")
_SUPPORTING = frozenset(("responsibility.joined", "responsibility.guided"))
_LIKE_A_BODY = re.compile(r"(?:部门|局|厅|委|署)$")
_OF_DUTY = re.compile(r"(?:行政)?(?:主管)?部门$")
_SHORT_FORM = re.compile(r"\([^()]*?(?:简称|下称)[^()]*\)$")
# A competent authority that its duty names: 省人民政府大数据工作主管部门; 行业主管部门 names none.
_AUTHORITY = re.compile(
    r"^(?:国务院|省|市|县|区|设区的市|各级|各地|地方|本级|人民政府|级|、)*(?!行业|相关|有关|业务|上级|同级|行政|政府|其他|各)[\u4e00-\u9fff]{2,12}(?:主管|行政|行政主管|管理|监管|监察|建设)部门$"
)
_GROUPS = re.compile(r"(?:领导小组|联席会议|工作专班|专班|指挥部|协调小组|推进小组|领导机构)(?:办公室)?$")


def _bodies(
    text: str, start: int, end: int, departments: Departments, brief_names: frozenset[str] = frozenset()
) -> list[Name]:
    """The bodies between two offsets if there is nothing else; duties (发展改革、财政等部门) count where 部门 closes them."""
    words = text[start:end]
    closed = re.search(r"(?:等|等有关|等相关|等[\u4e00-\u9fff]{2,12}(?:有关|相关))(?:行政)?(?:主管)?(?:部门|单位)(?:在职责范围内|按职责分工|分别)?$", words)
    tail = re.search(r"(?:和|及|与)其他有关部门(?:在职责范围内)?$|(?:在职责范围内|按职责分工|分别|具体|统一|共同|也|都|均|积极|主动)+$", words)
    stop = start + closed.start() if closed else (start + tail.start() if tail else end)
    names: list[Name] = []
    if stop - start > 160:
        return []
    duties = closed is not None or words.endswith("部门")
    parts = pieces(text, start, stop)
    if duties:
        parts = [part for a, b in parts for part in _duties_apart(text, a, b, departments)]
    unknown = 0
    for a, b in parts:
        if brief := _SHORT_FORM.search(text, a, b):
            b = brief.start()
        word = text[a:b]
        if _NO_NAME.search(word) or not 2 <= len(word) <= 40:
            return []
        if not (departments.is_department(_PLACED.sub("", word)) or departments.is_department(word) or _GROUPS.search(word) or _AUTHORITY.match(word) or word in brief_names or duties and departments.is_stem(_PLACED.sub("", word))):
            unknown += 1
            if not _LIKE_A_BODY.search(word):
                return []
        names.append(Name(word, a, b))
    if unknown * 3 > len(names):  # among bodies that are known, one that only looks like a body is one
        return []
    return names


def _duties_apart(text: str, start: int, end: int, departments: Departments) -> list[tuple[int, int]]:
    """价格和商务部门 are two: 和 parts duties that share the word behind them."""
    words = _PLACED.sub("", _OF_DUTY.sub("", text[start:end]))
    for joined in () if departments.is_stem(words) else re.finditer(r"以及|[和及与]", text[start:end]):
        before, behind = text[start : start + joined.start()], text[start + joined.end() : end]
        if departments.is_stem(_PLACED.sub("", before)) and departments.is_stem(_OF_DUTY.sub("", behind)):
            return [(start, start + joined.start()), (start + joined.end(), end)]
    return [(start, end)]


def _roles(
    text: str, names: list[Name], verb_at: int, rest: str, departments: Departments, brief_names: frozenset[str]
) -> tuple[tuple[Name, str, str], ...]:
    """The role of the subject by what it is told, and the bodies that it 会同 s as support."""
    own = _own_words(rest, departments)
    role = "responsible"
    out: list[tuple[Name, str, str]] = []
    if re.match(r"(?:要|应当?|须|将)?(?:积极|主动|做好)?(?:配合|协助|参与|支持)", own) or re.match(r"指导", own):
        role = "support"
    elif re.match(r"承担[^,;。]{0,12}日常工作", own) or re.search(r"会同|牵头|联合(?=[\u4e00-\u9fff、]{2,40}(?:局|厅|委|部|署))", own) and not re.match(r"(?:具体|分别)?负责", own):
        role = "lead"
        if joined := re.match(r"(?:要|应当?|应|将|统筹)?(?:会同|联合)|(?<=^).{0,24}?,(?:会同|联合)", rest):
            begin = verb_at + joined.end()
            stops = [m.start() for m in _VERB.finditer(text, begin + 2, begin + 60)]
            stops += [m.start() for m in re.finditer(r"将|把|对|共同|提出|建立|制定|制订|研究|组织|开展|及时|进行|根据|按", text[begin : begin + 40])]
            for stop in stops:
                at = stop if stop >= begin else begin + stop
                if with_ := _bodies(text, begin, at, departments, brief_names):
                    out = [(n, "support", "word") for n in with_]
                    break
    if joins := re.search(r"牵头[^,;。]{0,8},(?P<who>[^,;。]{2,60}?)(?:参加|配合|参与|协助)", rest):
        out += [(n, "support", "word") for n in _bodies(text, verb_at + joins.start("who"), verb_at + joins.end("who"), departments, brief_names)]
    return (*((n, role, "word") for n in names), *out)


def _own_words(rest: str, departments: Departments) -> str:
    """What the subject itself is told: up to the clause that has a subject of its own."""
    clauses = rest.split(",")
    for i, clause in enumerate(clauses[1:], 1):
        if clause.startswith(("会同", "联合", "牵头")):
            continue
        head = re.match(rf"(?:由)?([\u4e00-\u9fff()、]{{2,40}}?{_BODY})(?=[\u4e00-\u9fff])", clause)
        if head and all(departments.is_department(p) for p in re.split("、", head[1])):
            return ",".join(clauses[:i])
    return rest


_GENERIC = re.compile(
    r"^(?!中国|国家).*(?:高校|院校|院所|协会|学会|联盟|企业|公司|园区|单位|医院|学校|大学|平台|实验室|研究院|组织|经纪机构|团队|人员|代表|专家)$|^(?:各级)(?:人民)?(?:法院|检察院)$|^[^市省区县国]{0,3}(?:银行|中心)$"
)


def _named(name: str, context: Context, departments: Departments) -> bool:
    """Whether a body counts in prose: not the issuer, no government of a place, not nameless."""
    if departments.is_nameless(name) or _GENERIC.search(name) or re.search(r"(?:人民政府|政府|党委|党组|省委|市委|区委|县委|国务院|党中央|[省市县区])$", name):
        return False
    if re.search(r"(?:有关|相关)(?:行业|行政|业务|职能)*(?:主管|管理)?(?:部门|单位|司局|处室|机构)$", name):
        return False
    if re.fullmatch(r"(?:各级)?(?:行业)?(?:主管|监管|行政主管|职能)部门|(?:第三方|专业|服务|中介|运营|社会|金融|检测|评估|培训)[\u4e00-\u9fff]{0,6}(?:机构|公司|组织)|(?!中国|国家).*(?:公司|企业|运营机构|申报单位)", name):
        return False
    return not any(issuer == name or issuer.endswith(name) and len(name) > 3 or name.endswith(issuer) for issuer in context.header.issuers)
