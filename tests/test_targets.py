"""Promised numbers in many wordings, and beside them the numbers that nobody promises."""

from __future__ import annotations

import pytest

from policymine.corpus import mine_text
from policymine.tables.schema import Row

HEAD = "澄岚市人民政府关于发展渔业的意见\n澄政发〔2027〕3号\n各县（区）人民政府，市政府各部门：\n"


def targets(sentence: str, heading: str = "一、主要任务\n（一）做强渔业。") -> list[Row]:
    """The targets of a sentence in the place where documents have such sentences."""
    return mine_text(f"{HEAD}{heading}{sentence}\n二、附则\n本意见由市渔业局解释。\n").rows("targets")


# sentence, then indicator, comparator, value, value_max, unit, change, deadline of each target
FOUND = [
    ("到2030年，全市灯塔完好率达到98.5%以上。", [("全市灯塔完好率", ">=", 98.5, None, "%", "level", "2030")]),
    ("到2030年，渔港可避风渔船数不少于1.2万艘。", [("渔港可避风渔船数", ">=", 12000, None, "艘", "level", "2030")]),
    ("到2030年，合作开发渔港项目不少于150个。", [("合作开发渔港项目", ">=", 150, None, "个", "count", "2030")]),
    ("到2030年，海洋牧场面积超过8万亩。", [("海洋牧场面积", ">", 80000, None, "亩", "level", "2030")]),
    ("2030年底前，鲜活水产损耗率控制在5%以内。", [("鲜活水产损耗率", "<=", 5, None, "%", "level", "2030-12")]),
    ("到2030年，渔船单位能耗低于12吨。", [("渔船单位能耗", "<", 12, None, "吨", "level", "2030")]),
    ("到2030年，海藻加工产值达到40亿元左右。", [("海藻加工产值", "~", 4e9, None, "元", "level", "2030")]),
    ("到2030年，建成示范渔村8—10个。", [("示范渔村", "range", 8, 10, "个", "count", "2030")]),
    ("到2030年，每年改造灯塔300座。", [("灯塔", "=", 300, None, "座", "count", "2030")]),
    ("到2030年，单位产值能耗下降15%。", [("单位产值能耗", "=", 15, None, "%", "decrease", "2030")]),
    ("到2030年，单位产值能耗比2026年下降15%。", [("单位产值能耗", "=", 15, None, "%", "decrease", "2030")]),
    ("到2030年，渔业产值年均增长8%。", [("渔业产值", "=", 8, None, "%", "increase", "2030")]),
    ("到2030年，渔业产值比2025年翻一番。", [("渔业产值", "=", 1, None, "倍", "increase", "2030")]),
    ("到2030年，渔业产值翻两番。", [("渔业产值", "=", 3, None, "倍", "increase", "2030")]),
    ("到2030年，港口吞吐量进入全国前十。", [("港口吞吐量", "=", 10, None, None, "rank", "2030")]),
    ("到2030年，港口重大安全事故为零。", [("港口重大安全事故", "=", 0, None, None, "level", "2030")]),
    ("到2030年，百分之八十的渔港完成改造。", [("渔港", "=", 80, None, "%", "level", "2030")]),
    ("到2030年，一半以上渔船完成改造。", [("渔船", ">=", 50, None, "%", "level", "2030")]),
    ("到2030年，新增国家级渔港3个、省级渔港5个。", [
        ("国家级渔港", "=", 3, None, "个", "increase", "2030"), ("省级渔港", "=", 5, None, "个", "increase", "2030"),
    ]),
    ("到2030年，检测合格率提高15个百分点，达到95%以上。", [
        ("检测合格率", "=", 15, None, "个百分点", "increase", "2030"), ("检测合格率", ">=", 95, None, "%", "level", "2030"),
    ]),
    ("到2028年、2030年，渔港完好率分别达到85%和95%以上。", [
        ("渔港完好率", ">=", 85, None, "%", "level", "2028"), ("渔港完好率", ">=", 95, None, "%", "level", "2030"),
    ]),
    ("到2030年，渔港、灯塔完好率分别达到85%和95%。", [
        ("渔港、灯塔完好率", "=", 85, None, "%", "level", "2030"), ("渔港、灯塔完好率", "=", 95, None, "%", "level", "2030"),
    ]),
    ("培育海藻加工企业50家。", [("海藻加工企业", "=", 50, None, "家", "count", None)]),
    ("培育海藻加工企业100余家。", [("海藻加工企业", ">", 100, None, "家", "count", None)]),
    ("打造近20个休闲渔业点。", [("休闲渔业点", "~", 20, None, "个", "count", None)]),
    ("“十五五”末，培育海藻加工企业50家。", [("海藻加工企业", "=", 50, None, "家", "count", "2030")]),
    ("2029年，建设深水网箱两百个。", [("深水网箱", "=", 200, None, "个", "count", "2029")]),
    ("到2030年，渔民人均年收入突破６万元。", [("渔民人均年收入", ">", 60000, None, "元", "level", "2030")]),
    ("设立总规模10亿元的渔业发展基金。", [("渔业发展基金", "=", 1e9, None, "元", "level", None)]),
    ("制定行业标准20项以上，其中国际标准3项。", [
        ("行业标准", ">=", 20, None, "项", "count", None), ("国际标准", "=", 3, None, "项", "count", None),
    ]),
    ("到2030年，渔港由12个增加到20个。", [("渔港", "=", 20, None, "个", "level", "2030")]),
]


@pytest.mark.parametrize(("sentence", "expected"), FOUND)
def test_a_promised_number(sentence: str, expected: list[tuple[object, ...]]) -> None:
    found = targets(sentence)
    shown = [(r["comparator"], r["value"], r["value_max"], r["unit"], r["change"], r["deadline"]) for r in found]
    assert shown == [case[1:] for case in expected]
    for row, case in zip(found, expected, strict=True):
        assert str(case[0]) in str(row["indicator"]) or str(row["indicator"]) in str(case[0]), row


@pytest.mark.parametrize(("sentence", "indicators"), [
    ("到2030年，县级渔港泊位平均达到25个。", ["县级渔港泊位"]),
    ("城乡渔港接入能力基本达到20Mbps。", ["城乡渔港接入能力"]),
    ("滚动实施万项技改、推动渔企转型、完成40亿元投资。", ["技改", "投资"]),
    ("设立总规模10亿元的渔业发展基金。", ["渔业发展基金"]),
])
def test_where_an_indicator_ends(sentence: str, indicators: list[str]) -> None:
    assert [r["indicator"] for r in targets(sentence)] == indicators


@pytest.mark.parametrize("sentence", [
    "目前，全市已建成渔港12个。",
    "2026年，全市完成渔港改造12个，产值增长8.3%。",
    "截至2026年底，渔港达到12个。",
    "对新建冷库给予50万元补助。",
    "按照投资额的30%给予奖励，最高不超过200万元。",
    "申报企业年销售额应当不低于2000万元。",
    "年产量低于500吨的，由县（区）渔业局责令整改。",
    "按照《澄岚市渔业规划（2026—2030年）》要求，推进渔港建设。",
    "打造千亿级海洋产业集群。",
    "推动“3+2”渔港联动。",
    "每年至少召开一次联席会议。",
    "完善12345热线服务。",
    "发展5G岸台通信。",
    "按照附件2执行。",
    "依照条例第12条处理。",
    "实施三大工程，推进四个板块协同。",
    "执行《渔船检验规程》（GB/T 12345）。",
    "联系电话：12345678。",
])
def test_a_number_that_nobody_promises(sentence: str) -> None:
    assert [(r["indicator"], r["value"], r["clause"]) for r in targets(sentence)] == []


@pytest.mark.parametrize("heading", ["一、发展现状\n（一）基础。", "一、申报条件\n（一）条件。", "一、奖励标准\n（一）标准。"])
def test_sections_that_promise_nothing(heading: str) -> None:
    assert targets("渔港达到12个。", heading) == []


@pytest.mark.parametrize(("text", "deadline", "origin"), [
    ("一、主要任务\n（一）渔港。到2030年，新建渔港3个。", "2030", "clause"),
    ("一、主要任务\n（一）渔港。到2030年，渔业更强，新建渔港3个。", "2030", "sentence"),
    ("一、主要任务\n（一）渔港。到2030年，灯塔达到20座。新建渔港3个。", "2030", "paragraph"),
    ("一、主要任务\n（一）渔港。到2030年，实现以下目标：\n——渔港更安全。新建渔港3个，完善避风设施。", "2030", "lead-in"),
    ("一、主要任务\n（一）到2030年的渔港目标\n新建渔港3个。", "2030", "heading"),
    ("一、主要任务\n（一）渔港。到2030年，灯塔达到20座。\n（二）海藻。新建渔港3个。", None, None),
])
def test_where_a_deadline_is_inherited_from(text: str, deadline: str | None, origin: str | None) -> None:
    found = [r for r in mine_text(f"{HEAD}{text}\n").rows("targets") if r["value"] == 3]
    assert [(r["deadline"], r["deadline_from"]) for r in found] == [(deadline, origin)]


def test_a_yearly_number_recurs() -> None:
    [row] = targets("每年培训渔民3000名。")
    assert (row["every"], row["value"], row["unit"]) == ("P1Y", 3000, "名")
    rows = targets("渔业产值年均增长6%，渔民收入年均增速7%左右，渔港增加到9个。")
    assert [row["every"] for row in rows] == ["P1Y", "P1Y", None]


def test_rejected_numbers_have_a_reason() -> None:
    corpus = mine_text(f"{HEAD}一、主要任务\n（一）做强渔业。对新建冷库给予50万元补助。\n")
    assert [(r["text"], r["reason"]) for r in corpus.rows("rejected") if r["layer"] == "target"] == [("50万元", "subsidy")]


def test_a_clause_with_its_own_verb_is_promised_beside_a_subsidy() -> None:
    corpus = mine_text("对新认定的企业给予20万元奖励，产品合格率提高到98%以上，补助比例提高到30%。")
    assert corpus.targets["value"].tolist() == [98.0]
    assert [(r["text"], r["reason"]) for r in corpus.rows("rejected")] == [("20万元", "subsidy"), ("30%", "subsidy")]


def test_a_size_that_a_thing_is_called_by_is_a_label() -> None:
    corpus = mine_text("到2025年，建成千万吨级渔港基地，打造百亿元产业园区，产值达到千亿元规模。")
    assert corpus.targets["value"].tolist() == [1e11]
    assert [(r["text"], r["reason"]) for r in corpus.rows("rejected")] == [("千万吨", "label"), ("百亿元", "label")]


@pytest.mark.parametrize(("text", "number", "rule"), [
    ("渔港年吞吐量不足60万吨。", "不足60万吨", "target.short-of"),
    ("为80周岁以上渔民安装报警器50台。", "80周岁以上", "target.age"),
    ("渔港规划区面积为386平方公里。", "386平方公里", "target.is"),
    ("纳入年度考核，占5分。", "5分", "target.score"),
    ("渔船检验收费标准提高到300元。", "300元", "target.tariff"),
    ("12个渔港新增泊位300个。", "12个", "target.who"),
    ("悬浮物浓度低于100毫克/升的养殖场要改造。", "低于100毫克/升", "target.bounded-noun"),
    ("架设10千伏线路1900公里。", "10千伏", "target.size-of-what-counts"),
    ("按挪用额的10%扣除。", "10%", "target.rate-of"),
])
def test_a_number_that_describes_promises_nothing(text: str, number: str, rule: str) -> None:
    rejected = {r["text"]: r["rule"] for r in mine_text("一、主要任务\n" + text + "\n").rows("rejected")}
    assert rejected.get(number) == rule, rejected


@pytest.mark.parametrize(("text", "value", "baseline"), [
    ("覆盖率由去年的52%提高到75%。", 75, 52),
    ("到2025年，普及率从2020年的83%上升到95%。", 95, 83),
    ("覆盖率由县渔业局测算，提高到75%。", 75, None),
])
def test_what_something_changes_from_is_its_baseline(text: str, value: float, baseline: float | None) -> None:
    [target] = mine_text("一、主要任务\n" + text + "\n").rows("targets")
    assert (target["value"], target["baseline_value"]) == (value, baseline)


@pytest.mark.parametrize(("text", "deadlines"), [
    ("改造渔港6座，2023年10月底前全部完成。", ["2023-10"]),
    ("改造渔港6座。（市渔业局牵头，2024年6月底前完成）", ["2024-06"]),
    ("改造渔港6座，余下部分在2025年9月底前全部开放。", [None]),
    ("渔港视频监控覆盖率2025年达到40%；新建泊位14个。", ["2025", None]),
    ("到2025年，覆盖率达到40%；新建泊位14个。", ["2025", "2025"]),
])
def test_a_date_bounds_what_it_opens_or_closes(text: str, deadlines: list[str | None]) -> None:
    assert [t["deadline"] for t in mine_text("一、主要任务\n" + text + "\n").rows("targets")] == deadlines


def test_the_marks_of_the_rules_mean_nothing_in_a_document() -> None:
    rows = mine_text("一、主要目标\n到2025年，建成⟦示范⟧渔港20座，⟦二期⟧泊位达到300个。\n").rows("targets")
    assert [row["value"] for row in rows] == [20, 300]
