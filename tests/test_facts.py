"""Deadlines, responsibilities, goals, citations and tasks in many wordings, and beside each what is none."""

from __future__ import annotations

import pytest

from policymine.corpus import Corpus, mine_text

HEAD = "澄岚市人民政府关于发展渔业的意见\n澄政发〔2027〕3号\n各县（区）人民政府，市政府各部门：\n"
TAIL = "\n二、附则\n未尽事宜另行通知。\n"


def mined(text: str, heading: str = "一、主要任务\n（一）做强渔业。") -> Corpus:
    """A document with the text in the place where documents have such sentences."""
    return mine_text(HEAD + heading + text + TAIL)


def _weak(reason: str, *case: object) -> object:
    """A case that is right but not reached yet; it fails here as soon as it is."""
    return pytest.param(*case, marks=pytest.mark.xfail(strict=True, reason=reason))


# ---- deadlines


@pytest.mark.parametrize(("text", "expected"), [
    ("到2030年，新建渔港3个。", [("到2030年", "by", None, "2030", None)]),
    ("2030年底前，完成渔船改造。", [("2030年底前", "by", None, "2030-12", None)]),
    ("年底前完成改造。", [("年底前", "by", None, "2027-12", None)]),
    ("“十五五”期间，每年改造渔船30艘。", [("“十五五”期间", "during", "2026", "2030", None), ("每年", "every", None, None, "P1Y")]),
    ("自印发之日起30日内制定细则。", [("自印发之日起30日内", "within", None, None, "P30D")]),
    ("本意见自2027年5月1日起施行，有效期5年。", [("自2027年5月1日起施行", "from", "2027-05-01", None, None), ("有效期5年", "within", None, None, "P5Y")]),
    ("受理后3个工作日内办结。", [("3个工作日内", "within", None, None, "P3D")]),
    ("每年召开一次会议。", [("每年", "every", None, None, "P1Y")]),
    ("对新建冷库连续补贴三年。", [("连续补贴三年", "within", None, None, "P3Y")]),
])
def test_a_deadline(text: str, expected: list[tuple[object, ...]]) -> None:
    rows = mined(text).rows("deadlines")
    found = [(r["text"], r["relation"], r["start_date"], r["end_date"], r["period"]) for r in rows]
    assert [row[1:] for row in found] == [case[1:] for case in expected]
    for row, case in zip(found, expected, strict=True):
        assert str(case[0]) in str(row[0])


@pytest.mark.parametrize("text", [
    "2026年，全市产值增长8%。", "按照《渔业规划（2021—2030年）》要求推进。", "2027年3月5日召开的会议提出要求。", "成立3年以内的企业可以申报。", "参保满1年的渔民可以申报。",
    "近三年来成效明显。", "2018年以来成效明显。", "定期检查渔港。", "签订1年以上劳动合同。", "2026年度评价结果公开。", "审批时限压缩至3个工作日内。",
])
def test_no_deadline(text: str) -> None:
    assert [r["text"] for r in mined(text).rows("deadlines")] == []


def test_relative_dates_are_counted_from_the_signing_date() -> None:
    corpus = mine_text(HEAD + "一、主要任务\n自印发之日起30日内制定细则。\n澄岚市人民政府\n2027年3月5日\n")
    [row] = corpus.rows("deadlines")
    assert (row["due_latest"], row["resolved_from"]) == ("2027-04-04", "date_issued")
    [row] = mined("自印发之日起30日内制定细则。").rows("deadlines")
    assert row["due_latest"] is None


# ---- responsibilities

FISH, MONEY, ROADS = "市渔业局", "市财政局", "市交通运输局"


@pytest.mark.parametrize(("text", "expected"), [
    (f"推进渔港建设。（{FISH}、{MONEY}负责）", [(FISH, "responsible"), (MONEY, "responsible")]),
    (f"推进渔港建设。({FISH}牵头,{MONEY}、{ROADS}配合)", [(FISH, "lead"), (MONEY, "support"), (ROADS, "support")]),
    (f"推进渔港建设（{FISH}牵头负责，{MONEY}按职责分工负责）。", [(FISH, "lead"), (MONEY, "responsible")]),
    (f"推进渔港建设。（责任单位：{FISH}、{MONEY}等）", [(FISH, "responsible"), (MONEY, "responsible")]),
    (f"推进渔港建设。（牵头单位：{FISH}；配合单位：{MONEY}、{ROADS}）", [(FISH, "lead"), (MONEY, "support"), (ROADS, "support")]),
    (f"推进渔港建设。\n牵头单位：{FISH}\n责任单位：{MONEY}、各县（区）人民政府", [(FISH, "lead"), (MONEY, "responsible"), ("各县（区）人民政府", "responsible")]),
    (f"推进渔港建设。（{FISH}会同{MONEY}负责）", [(FISH, "lead"), (MONEY, "support")]),
    (f"推进渔港建设。（{FISH}、{MONEY}分别牵头，各县（市、区）人民政府参与）", [(FISH, "lead"), (MONEY, "lead"), ("各县（市、区）人民政府", "support")]),
    (f"推进渔港建设。（{FISH}（市海洋局）牵头）", [(f"{FISH}（市海洋局）", "lead")]),
    (f"推进渔港建设。（2027年完成，{FISH}负责）", [(FISH, "responsible")]),
    (f"推进渔港建设。（{FISH}牵头，{MONEY}指导）", [(FISH, "lead"), (MONEY, "support")]),
    (f"推进渔港建设。（市委宣传部、团市委、{FISH}负责）", [("市委宣传部", "responsible"), ("团市委", "responsible"), (FISH, "responsible")]),
    (f"日常工作由{FISH}承担。", [(FISH, "lead")]),
    (f"由{FISH}负责渔港管理。", [(FISH, "responsible")]),
    (f"{FISH}要会同{MONEY}制定办法。", [(FISH, "lead"), (MONEY, "support")]),
    (f"领导小组办公室设在{FISH}。", [(FISH, "lead")]),
    (f"{FISH}将积极争取补助。", [(FISH, "responsible")]),
    (f"{FISH}在检测、融资等方面给予支持。", [(FISH, "responsible")]),
    ("渔港安全监管部门要强化检查。", [("渔港安全监管部门", "responsible")]),
    ("省、自治区、直辖市渔业、财政部门，应当立即核实。", [("省、自治区、直辖市渔业", "responsible"), ("财政部门", "responsible")]),
    ("充分发挥市渔业发展领导小组渔港建设专委会的作用，加强统筹。", [("市渔业发展领导小组渔港建设专委会", "responsible")]),
    ("渔业、财政等部门要加强配合。", [("渔业", "responsible"), ("财政", "responsible")]),
    (f"推进渔港建设。[牵头单位：{FISH}；配合单位：{MONEY}]", [(FISH, "lead"), (MONEY, "support")]),
    (f"推进渔港建设。（{FISH}（牵头）、{MONEY}）", [(FISH, "lead"), (MONEY, "responsible")]),
    (f"推进渔港建设。（牵头单位：{FISH}；\n责任单位：{MONEY}、\n{ROADS}）", [(FISH, "lead"), (MONEY, "responsible"), (ROADS, "responsible")]),
    (f"推进渔港建设。\n（{FISH}、{MONEY}，各县区政府）", [(FISH, "responsible"), (MONEY, "responsible"), ("各县区政府", "responsible")]),
    (f"推进渔港建设。\n牵头单位：{FISH} 责任单位：{MONEY} {ROADS} 完成时限：年底", [(FISH, "lead"), (MONEY, "responsible"), (ROADS, "responsible")]),
    (f"推进渔港建设。（责任单位：{FISH}、{MONEY}（完成时限：2027年底））", [(FISH, "responsible"), (MONEY, "responsible")]),
    (f"推进渔港建设。（{FISH}牵头，会同{MONEY}落实）", [(FISH, "lead"), (MONEY, "support")]),
    (f"推进渔港建设。（{FISH}组织实施，{MONEY}监督资金使用）", [(FISH, "responsible"), (MONEY, "responsible")]),
    (f"推进渔港建设。（{FISH}、各县〔市、区〕政府按职责分工负责）", [(FISH, "responsible"), ("各县〔市、区〕政府", "responsible")]),
    (f"我局将会同{FISH}、{MONEY}研究制定办法。", [(FISH, "support"), (MONEY, "support")]),
    (f"检查由{FISH}牵头、{MONEY}配合，每月开展。", [(FISH, "lead"), (MONEY, "support")]),
    ("由渔政监督机构公布时间。", [("渔政监督机构", "responsible")]),
    ("由省级渔业部门参照本办法另行规定。", [("省级渔业部门", "responsible")]),
    ("由市公安局交警支队牵头整治。", [("市公安局交警支队", "lead")]),
    ("渔业部门及其所属的渔港管理机构具体负责检查。", [("渔业部门", "responsible"), ("渔港管理机构", "responsible")]),
    (f"；督促和指导{FISH}到2027年底前，完成改造。", [(FISH, "responsible")]),
    ("工会、共青团、妇联等群团组织要加强宣传。", [("工会", "responsible"), ("共青团", "responsible"), ("妇联", "responsible")]),
    (f"{FISH}负总责，{MONEY}、{ROADS}等部门各负其责。", [(FISH, "responsible"), (MONEY, "responsible"), (ROADS, "responsible")]),
    (f"{FISH}会同有关部门建立工作专班。", [(FISH, "lead")]),
])
def test_a_responsibility(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(r["department"], r["role"]) for r in mined(text).rows("responsibilities")] == expected


@pytest.mark.parametrize("text", [
    "各有关部门要加强配合。", "经市渔业局批准后，可以办理渔港登记。", "推进渔港（含码头、堆场等）建设。", "（见附件）", "相关单位按职责分工负责。", "学习市渔业局的经验。", "市渔业局可以组织评审。",
    "相关主管部门和区政府（以下统称渔港监管部门）加强指导。\n渔港监管部门负责监督。", "省级人民政府有关行政主管部门应当核实。", "我市将积极协调市渔业局解决。", "我局已会同市渔业局下达资金。",
    "行政机关应当公开信息。", "第三方管理机构应当出具报告。", "指导企业按照要求经营。", "推进渔港建设。\n（市渔业局）", "发挥专家组作用。",
])
def test_no_responsibility(text: str) -> None:
    assert [r["department"] for r in mined(text).rows("responsibilities")] == []


def test_a_convention_holds_from_there_on() -> None:
    text = f"推进渔港建设。（{FISH}、{MONEY}负责，列第一位者为牵头单位，下同）\n（二）加强监管。（{ROADS}、{MONEY}负责）"
    rows = mined(text).rows("responsibilities")
    assert [(r["department"], r["role"], r["role_from"]) for r in rows] == [
        (FISH, "lead", "order"), (MONEY, "responsible", "word"), (ROADS, "lead", "order"), (MONEY, "responsible", "word"),
    ]


def test_positions_lists_and_open_lists() -> None:
    rows = mined(f"推进渔港建设。（{FISH}、{MONEY}等负责）").rows("responsibilities")
    assert [(r["position"], r["open_list"]) for r in rows] == [(1, True), (2, True)]
    assert len({r["list_id"] for r in rows}) == 1


def test_names_are_written_out_with_their_place_and_duty() -> None:
    rows = mined(f"推进渔港建设。（{FISH}、市市场监管局负责）").rows("responsibilities")
    assert [(r["department_name"], r["function"], r["level"]) for r in rows] == [
        ("澄岚市渔业局", "fishery", "prefecture"), ("澄岚市市场监督管理局", "market-regulation", "prefecture"),
    ]


def test_a_shared_head_is_carried_on() -> None:
    rows = mined("推进渔港建设。（省渔业厅、财政厅负责）").rows("responsibilities")
    assert {r["level"] for r in rows} == {"province"} and "澄岚市" not in str(rows[1]["department_name"])


# ---- goals


@pytest.mark.parametrize(("text", "kind", "deadline"), [
    ("到2030年，渔业质量显著提升。", "other", "2030"), ("到2030年，渔港基本实现全覆盖。", "universal", "2030"), ("渔民收入与经济增长同步。", "relative", None),
    ("到2030年，建成全国一流的海洋渔业示范区。", "other", "2030"), ("完成省定减船任务。", "assigned", None), ("渔业管理体系更加完善。", "other", None),
])
def test_a_goal(text: str, kind: str, deadline: str | None) -> None:
    rows = mined(text, "一、总体目标\n").rows("goals")
    assert [(r["text"], r["class"], r["deadline"]) for r in rows] == [(text, kind, deadline)]


@pytest.mark.parametrize("text", ["加强渔港建设。", "推进渔业向深海发展。", "到2030年，渔港达到12个。", "开展渔船检验。", "培育渔业企业。"])
def test_no_goal(text: str) -> None:
    assert [r["text"] for r in mined(text, "一、总体目标\n").rows("goals")] == []


@pytest.mark.parametrize("text", [
    "所有渔港均能提供加油服务", "所有渔村建有卫生室", "老旧渔船全部更换为新能源船", "全面供应低硫燃油", "港池不再出现黑水", "实现港池无漂油、岸边无堆放", "通过省级渔业强县评估验收",
    "客运专线建成通车", "基本完成险港改造", "散煤替代基本完成", "渔民更加满意", "推动渔业现代化水平整体迈上新台阶", "从根本上扭转渔港落后局面", "文明捕捞蔚然成风", "渔船监管平台互联互通",
    "渔业服务网络覆盖城乡", "渔业发展进入良性循环轨道", "如期实现渔业碳达峰", "渔业科技在全国领先", "渔业综合实力再上新台阶", "各类主体活力充分激发",
])
def test_an_outcome_with_a_date_among_the_tasks(text: str) -> None:
    assert [r["text"] for r in mined(f"到2030年，{text}。", "一、主要任务\n（一）渔港。").rows("goals")] == [f"到2030年，{text}。"]


@pytest.mark.parametrize("text", [
    "2030年6月底前，所有单位要建立台账。", "2030年10月底前全部完成。", "到2030年基本完成。", "2030年，全面推进渔港建设。", "2030年，对渔船实行检查全覆盖。", "2030年1月至6月为全面推进阶段，逐项销号。",
    "新建渔港应与航道同步规划、同步建设，2030年底前完成。", "到2030年，30家以上渔企达到国际先进水平。", "到2030年，渔业增速高于全省平均水平2个百分点。", "2030年，渔业产值跨入全国前十位。",
    "2030年，进一步优化渔港布局建设。", "已实现智能管理的渔港，应于2030年底前联网。", "2030年底前，具备条件的渔港要公开收费标准。", "到2030年，渔码头实现运营成本降低20%。", "预计2030年渔业形势明显好转。",
])
def test_an_action_or_a_number_with_a_date_is_no_goal(text: str) -> None:
    assert [r["text"] for r in mined(text, "一、主要任务\n（一）渔港。").rows("goals")] == []


@pytest.mark.parametrize(("text", "found"), [("——用水更省。", True), ("建设全国重要的渔业研发基地。", True), ("建设渔业公共服务平台。", False), ("以技术、品牌为核心的新优势基本形成。", True), ("以技术为核心，以品牌为主线。", False)])
def test_an_outcome_among_the_objectives(text: str, found: bool) -> None:
    assert bool(mined(f"到2030年，渔业发展：\n{text}", "一、主要目标\n").rows("goals")) is found


def test_a_dated_goal_opens_its_paragraph_though_the_one_above_lost_its_end() -> None:
    above = "坚持以海为本，完善渔港布局，优化渔业结构，强化安全监管，推动渔业由近海捕捞向深海养殖转型，以数字技术带动产业升级。不断推进渔业高质量发展"
    [goal] = mined(above + "\n到2030年，渔业质量显著提升。", "一、总体要求\n").rows("goals")
    assert goal["text"] == "到2030年，渔业质量显著提升。"


def test_an_outcome_without_date_outside_the_objectives_is_no_goal() -> None:
    assert mined("渔业质量显著提升。").rows("goals") == []


# ---- citations


@pytest.mark.parametrize(("text", "expected"), [
    ("根据《渔业发展纲要（2021—2030年）》（澄政发〔2026〕12号），制定本意见。", [("渔业发展纲要（2021—2030年）", "澄政发〔2026〕12号", "basis")]),
    ("按照《中华人民共和国渔业法》执行。", [("中华人民共和国渔业法", None, "basis")]),
    ("《关于加强渔港管理的意见》（澄政发(2019)8号）同时废止。", [("关于加强渔港管理的意见", "澄政发〔2019〕8号", "repeals")]),
    ("《渔船考核暂行规定》（（85）澄河字1076号）同时废止。", [("渔船考核暂行规定", "(85)澄河字1076号", "repeals")]),
    ("机房按照《渔港机房规范》（GB50174）建设，数据遵照《渔港数据字典》（GB/T20258.4）。", [("渔港机房规范", "GB50174", "basis"), ("渔港数据字典", "GB/T20258.4", "basis")]),
    ("依据澄政发〔2015〕8号《关于渔港的意见》，制定本意见。", [("关于渔港的意见", "澄政发〔2015〕8号", "basis")]),
    ("依据《公路法》等法律法规。", [("公路法", None, "basis")]),
    ("贯彻«关于渔港的意见»（澄政发〔2019〕8号）。", [("关于渔港的意见", "澄政发〔2019〕8号", "basis")]),
    ("2017年省政府印发《关于深化渔港改革的意见》以后，渔港面貌一新。", [("关于深化渔港改革的意见", None, "mentions")]),
    ("依据《渔业法》《港口法》和《海上安全条例》有关规定执行。", [("渔业法", None, "basis"), ("港口法", None, "basis"), ("海上安全条例", None, "basis")]),
    ("按照《渔业法》（云屏省政府令第8号）、《港口法》和《海岛法》，落实《海上安全条例》。见《渔港名录》。", [("渔业法", "云屏省政府令第8号", "basis"), ("港口法", None, "basis"), ("海岛法", None, "basis"), ("海上安全条例", None, "basis"), ("渔港名录", None, "mentions")]),
])
def test_a_citation(text: str, expected: list[tuple[str, str | None, str]]) -> None:
    assert [(r["title"], r["doc_number"], r["relation"]) for r in mined(text).rows("citations")] == expected


@pytest.mark.parametrize("text", ["出版《渔港志》。", "核发《渔船船员适任证书》。", "签订《渔港管理责任书》。", "根据《办法》执行。", "完善渔港管理办法。", _weak("periodicals", "在《渔业周刊》开设专栏。")])
def test_no_citation(text: str) -> None:
    assert [r["title"] for r in mined(text).rows("citations")] == []


# ---- tasks


def test_a_task_joins_what_belongs_together() -> None:
    corpus = mined(f"到2030年，新建渔港3个。（{FISH}牵头，{MONEY}配合）\n（二）治理海湾。到2029年，清理海湾5处。（{ROADS}负责）")
    for value, names in ((3, {FISH, MONEY}), (5, {ROADS})):
        [target] = [r for r in corpus.rows("targets") if r["value"] == value]
        [task] = [r for r in corpus.rows("tasks") if r["task_id"] == target["task_id"]]
        assert {r["department"] for r in corpus.rows("responsibilities") if r["task_id"] == task["task_id"]} == names
        assert task["deadline"] == target["deadline"]


def _named(words: str) -> list[tuple[str, str, str | None]]:
    rows = mine_text(f"关于印发方案的通知\n各县渔业局：\n一、主要任务\n{words}\n").rows("responsibilities")
    return [(r["department"], r["department_name"], r["level"]) for r in rows]


def test_an_assignment_that_closes_its_paragraph_and_the_date_of_a_stage() -> None:
    text = "（一）渔港。到2027年，新建渔港3座。修订规程2项。以上任务由市渔业局负责，市财政局参与。\n（二）摸底阶段（2028年3月—4月）。市商务局组织摸底。\n（三）冷库。2028年新建冷库5座。由市商务局牵头，市财政局配合，年底前出台细则。"
    found = mined(text)
    assert [(r["task"][:6], r["deadline"]) for r in found.rows("tasks")] == [("（一）渔港。", "2027"), ("（二）摸底阶", "2028-04"), ("市商务局组织", "2028-04"), ("（三）冷库。", "2028"), ("由市商务局牵", "2027-12")]
    assert [r["task_id"] for r in found.rows("responsibilities")][:2] == [t["task_id"] for t in found.rows("targets")][:2]


def test_names_of_a_list_share_the_place_of_the_first() -> None:
    found = _named("建设渔港。（省渔业厅、财政厅，市水利局、住房城乡建设局配合，财政部指导）")
    assert found == [
        ("省渔业厅", "省渔业厅", "province"), ("财政厅", "省财政厅", "province"), ("市水利局", "市水利局", "prefecture"),
        ("住房城乡建设局", "市住房和城乡建设局", "prefecture"), ("财政部", "中华人民共和国财政部", "national"),
    ]
    assert _named("建设渔港。（市渔业局、东湾新区管委、领导小组办公室负责）")[1:] == [
        ("东湾新区管委", "东湾新区管委", None), ("领导小组办公室", "领导小组办公室", None),
    ]


def test_duties_that_share_the_word_behind_them_are_apart() -> None:
    names = [name for name, _, _ in _named("渔业、粮食、价格和商务部门，应当立即核实。工业和信息化部门要报送方案。")]
    assert names == ["渔业", "粮食", "价格", "商务部门", "工业和信息化部门"]


def test_a_body_of_two_clauses_is_named_once() -> None:
    assert [name for name, _, _ in _named("由市水务局牵头，农业农村局等部门参与，推进治理。")] == ["市水务局", "农业农村局"]


def test_what_is_reported_to_a_body_assigns_it_nothing() -> None:
    assert _named("处置结果由省级主管部门报渔业部、公安部等部门。鼓励由渔业企业联合科研院所等开展研究。") == []
    assert [name for name, _, _ in _named("处置结果由省渔业厅报送。")] == ["省渔业厅"]


def test_bodies_that_are_like_their_neighbours_and_short_names_in_prose() -> None:
    words = "省渔业主管部门会同省级海岸巡护和渔港保卫部门、水利部门、交通运输部门，对方案进行审核。"
    assert [name for name, _, _ in _named(words)] == ["省渔业主管部门", "省级海岸巡护和渔港保卫部门", "水利部门", "交通运输部门"]
    words = "省渔业厅信息化领导小组办公室（以下简称省渔业厅网信办）负责统筹。由省渔业厅网信办分批确定范围。"
    assert "省渔业厅网信办" in [name for name, _, _ in _named(words)]
    assert _named("会同有关业务司局研究提出意见。") == []


def test_who_decides_and_tells_is_the_issuer() -> None:
    text = "各县渔业局：\n为加强渔港建设，省渔业厅、省财政厅决定开展渔港试点工作。现将有关事项通知如下：\n一、工作要求\n省渔业厅、省财政厅加强指导。市水利局要加强检查。\n"
    corpus = mine_text(text)
    assert corpus.rows("documents")[0]["issuers"] == "省渔业厅；省财政厅"
    assert [r["department"] for r in corpus.rows("responsibilities")] == ["市水利局"]


def test_who_is_entrusted_and_bodies_of_two_levels() -> None:
    found = _named("市渔业局委托市渔业技术推广中心，对材料进行审核。省级、地市级渔业部门负责推广。委托第三方机构开展评估。")
    assert [name for name, _, _ in found] == ["市渔业局", "市渔业技术推广中心", "省级、地市级渔业部门"]
