"""Tables in documents: what kind each is, and the targets, tasks, departments and deadlines of their rows."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any

import pytest

from policymine.exchange.wording import promised
from policymine.lexicon.files import read_rules
from policymine.models import Cell, Layout, RawDocument, Table
from policymine.pipeline import mine_document
from policymine.structure.table_heads import role_of
from policymine.tables.rows import document_rows
from policymine.tables.schema import TABLES
from table_text import Block, layout_of, mined, rows_of
from test_laws import check_evidence

HEAD = ("东澜省“十四五”质量强省规划", "东政发〔2021〕8号", "一、发展目标")
PLAN: Block = [
    ["类别", "序号", "指标", "2020年\n基期", "2025年\n目标", "年均/累计", "属性"],
    [("创新驱动", 3, 1), "1", "全社会研发经费投入增长（%）", "—", "—", ">7", "预期性"],
    ["2", "每万人口高价值发明专利拥有量（件）", "6.3", "12", "—", "预期性"],
    ["3", "数字经济核心产业增加值占地区生产总值比重（%）", "7.8", "≥10", "—", "预期性"],
    [("民生福祉", 4, 1), "4", "城镇调查失业率（%）", "5.2", "＜5.5", "—", "预期性"],
    ["5", "城镇新增就业（万人）", "[65]", "［60］以上", "—", "预期性"],
    ["6", "居民人均可支配收入增长（%）", "2.1", "—", "与地区生产总值增长基本同步", "预期性"],
    ["7", "基本养老保险参保率（%）", "91", "95", "〔4〕", "预期性"],
    [("绿色生态", 3, 1), "8", "单位地区生产总值能源消耗降低（%）", "—", "完成国家下达任务", "[13.5]", "约束性"],
    ["9", "森林覆盖率（%）", "23.2*", "24.1", "—", "约束性"],
    ["10", "粮食综合生产能力（万吨）", "500", "550左右", "—", "约束性"],
    [("注：①[]内为5年累计数；②地区生产总值按可比价计算，2020年为100亿元。", 1, 7)],
]


def _targets(*blocks: Block, head: tuple[str, ...] = HEAD) -> list[tuple[Any, ...]]:
    rows = rows_of(*head, *blocks)["targets"]
    return [(r["indicator"], r["comparator"], r["value"], r["unit"], r["change"], r["deadline"]) for r in rows]


def _evident(*blocks: Block) -> dict[str, list[Any]]:
    document = mined(*blocks)
    rows: dict[str, list[Any]] = {name: [] for name in TABLES} | dict(document_rows(document).tables)
    check_evidence(document.raw.text, rows)
    return rows


# ---- tables of indicators


def test_a_table_of_ten_indicators_gives_every_target() -> None:
    rows = _evident(*HEAD, "专栏1 “十四五”时期主要指标", PLAN)
    assert _targets("专栏1 “十四五”时期主要指标", PLAN) == [
        ("全社会研发经费投入增长", ">", 7, "%", "increase", "2025"),
        ("每万人口高价值发明专利拥有量", "=", 12, "件", "level", "2025"),
        ("数字经济核心产业增加值占地区生产总值比重", ">=", 10, "%", "level", "2025"),
        ("城镇调查失业率", "<", 5.5, "%", "level", "2025"),
        ("城镇新增就业", ">=", 600_000, "人", "increase", "2025"),
        ("基本养老保险参保率", "=", 95, "%", "level", "2025"),
        ("基本养老保险参保率", "=", 4, "%", "increase", "2025"),
        ("单位地区生产总值能源消耗降低", "=", 13.5, "%", "decrease", "2025"),
        ("森林覆盖率", "=", 24.1, "%", "level", "2025"),
        ("粮食综合生产能力", "~", 5_500_000, "吨", "level", "2025"),
    ]
    by_name = {r["indicator"]: r for r in rows["targets"]}
    assert [r["value"] for r in rows["targets"] if r["flags"] == "cumulative"] == [600_000, 4, 13.5]
    assert by_name["全社会研发经费投入增长"]["every"] == "P1Y" and by_name["森林覆盖率"]["every"] is None
    forest = by_name["森林覆盖率"]
    assert (forest["baseline_value"], forest["baseline_year"], forest["binding"]) == (23.2, "2020", "约束性")
    assert forest["clause"] == "9 森林覆盖率（%） 23.2* 24.1 — 约束性"
    assert {(g["text"], g["class"], g["deadline"]) for g in rows["goals"]} == {
        ("完成国家下达任务", "assigned", "2025"), ("与地区生产总值增长基本同步", "relative", "2025"),
    }
    [head] = rows["deadlines"]
    assert (head["text"], head["relation"], head["end_date"]) == ("2025年", "during", "2025")
    assert {t["deadline_id"] for t in rows["targets"]} == {head["deadline_id"]}
    assert [s["heading"] for s in rows["sections"]] == [None, "发展目标", "“十四五”时期主要指标"]
    assert {t["section_id"] for t in rows["targets"]} == {rows["sections"][-1]["section_id"]}


def test_each_number_is_read_once_and_points_at_its_cell() -> None:
    document = mined(*HEAD, PLAN)
    rows = document_rows(document).tables
    written = [document.raw.text[t["start"] : t["end"]] for t in rows["targets"]]  # type: ignore[index]
    assert written == [">7", "12", "≥10", "＜5.5", "［60］以上", "95", "〔4〕", "[13.5]", "24.1", "550左右"]
    assert "100亿元" in {r["text"] for r in rows["rejected"]}  # of the note
    assert {r["reason"] for r in rows["rejected"] if str(r["rule"]).startswith("target")} == {"table"}


def test_a_head_of_two_rows_with_stages_and_departments() -> None:
    rows = _evident(*HEAD, [
        [("序号", 2, 1), ("指标名称", 2, 1), ("单位", 2, 1), "现状", ("目标", 1, 2), ("指标属性", 2, 1), ("责任单位", 2, 1)],
        ["2020年", "2023年", "2025年"],
        ["1", "产品质量合格率", "%", "93.2", "≥95", "96—97", "约束性", "省市场监管局"],
        ["2", "有效注册商标", "万件", "12", "15", "累计20", "预期性", "省市场监管局、省知识产权局"],
        ["3", "质量竞争力指数", "—", "84.1", "86", "88", "预期性", ""],
    ])
    got = [(t["indicator"], t["comparator"], t["value"], t["value_max"], t["unit"], t["deadline"], t["baseline_value"]) for t in rows["targets"]]
    assert got == [
        ("产品质量合格率", ">=", 95, None, "%", "2023", 93.2), ("产品质量合格率", "range", 96, 97, "%", "2025", 93.2),
        ("有效注册商标", "=", 150_000, None, "件", "2023", 120_000), ("有效注册商标", "=", 200_000, None, "件", "2025", 120_000),
        ("质量竞争力指数", "=", 86, None, None, "2023", 84.1), ("质量竞争力指数", "=", 88, None, None, "2025", 84.1),
    ]
    task = {t["task_id"]: t["task"] for t in rows["tasks"]}
    assert [(r["department"], task[r["task_id"]]) for r in rows["responsibilities"]] == [
        ("省市场监管局", "产品质量合格率"), ("省市场监管局", "有效注册商标"), ("省知识产权局", "有效注册商标"),
    ]


@pytest.mark.parametrize(("cell", "unit", "expected"), [
    ("5.5以上", "%", (">=", 5.5, None, "%")),
    ("6%左右", "", ("~", 6, None, "%")),
    ("1,200", "亿元", ("=", 120_000_000_000, None, "元")),
    ("3.5万", "户", ("=", 35_000, None, "户")),
    ("控制在5.5以内", "%", ("<=", 5.5, None, "%")),
    ("5.5%—6%", "%", ("range", 5.5, 6, "%")),
    ("80", "吨标准煤/万元", ("=", 80, None, "吨标准煤/万元")),
    ("30余", "个", (">", 30, None, "个")),
    ("12", "万元/人", ("=", 120_000, None, "元/人")),
    ("100", "万千瓦", ("=", 1_000_000, None, "千瓦")),
])
def test_a_cell_and_the_unit_beside_it(cell: str, unit: str, expected: tuple[Any, ...]) -> None:
    [row] = rows_of(*HEAD, [["指标", "单位", "2025年目标"], ["某指标", unit, cell]])["targets"]
    assert (row["comparator"], row["value"], row["value_max"], row["unit"]) == expected


@pytest.mark.parametrize("cell", ["—", "-", "", "/", "……", "待定", "1:1.2"])
def test_a_cell_without_a_number_gives_no_target(cell: str) -> None:
    assert _targets([["指标", "单位", "2025年目标"], ["某指标", "%", cell]]) == []


@pytest.mark.parametrize(("name", "indicator", "unit"), [
    ("1.产品合格率（%）", "产品合格率", "%"), ("（2）产品合格率(%)", "产品合格率", "%"), ("3　产品合格率（%）", "产品合格率", "%"),
    ("5G基站（万个）", "5G基站", "个"), ("65岁以上老年人健康管理率（%）", "65岁以上老年人健康管理率", "%"),
    ("其中：基础研究占比（%）", "基础研究占比", "%"), ("城镇化率（户籍）", "城镇化率（户籍）", None), ("能耗（吨标准煤/万元）", "能耗", "吨标准煤/万元"),
])
def test_the_name_is_without_number_and_unit(name: str, indicator: str, unit: str | None) -> None:
    [row] = rows_of(*HEAD, [["指标", "2025年目标"], [name, "10"]])["targets"]
    assert (row["indicator"], row["unit"]) == (indicator, unit)


def test_the_indicators_of_a_plan_as_they_are_named() -> None:
    table: Block = [
        [("指标", 1, 2), "2020年", "2025年", "年均/累计", "属性"],
        [("经济发展", 4, 1), "1.国内生产总值（GDP）增长（%）", "2.1", "—", "保持在合理区间、各年度视情提出", "预期性"],
        ["2.全员劳动生产率增长（%）", "2.4", "—", "高于GDP增长", "预期性"],
        ["3.常住人口城镇化率（%）", "58.6*", "63", "—", "预期性"],
        ["4.数字经济核心产业增加值占GDP比重（%）", "6.8", "9", "—", "预期性"],
        [("民生福祉", 3, 1), "5.每千人口拥有执业（助理）医师数（人）", "2.8", "3.1", "—", "预期性"],
        ["6.每千人口拥有3岁以下婴幼儿托位数（个）", "1.7", "4.4", "—", "预期性"],
        ["7.人均预期寿命（岁）", "77.1*", "—", "〔1〕", "预期性"],
        [("绿色生态", 2, 1), "8.单位GDP二氧化碳排放降低（%）", "—", "—", "〔17〕", "约束性"],
        ["9.地表水达到或好于Ⅲ类水体比例（%）", "82.1", "84", "持续改善", "约束性"],
        [("安全保障", 1, 1), "10.能源综合生产能力（亿吨标准煤）", "—", "＞45", "—", "约束性"],
        [("注：①〔〕内为5年累计数。②带*的为2019年数据。", 1, 6)],
    ]
    assert _targets(table) == [
        ("常住人口城镇化率", "=", 63, "%", "level", "2025"), ("数字经济核心产业增加值占GDP比重", "=", 9, "%", "level", "2025"),
        ("每千人口拥有执业（助理）医师数", "=", 3.1, "人", "level", "2025"), ("每千人口拥有3岁以下婴幼儿托位数", "=", 4.4, "个", "level", "2025"),
        ("人均预期寿命", "=", 1, "岁", "increase", "2025"), ("单位GDP二氧化碳排放降低", "=", 17, "%", "decrease", "2025"),
        ("地表水达到或好于Ⅲ类水体比例", "=", 84, "%", "level", "2025"), ("能源综合生产能力", ">", 4_500_000_000, "吨标准煤", "level", "2025"),
    ]
    rows = _evident(*HEAD, table)
    assert [(g["text"], g["class"]) for g in rows["goals"]] == [("保持在合理区间、各年度视情提出", "other"), ("高于GDP增长", "relative"), ("持续改善", "other")]
    assert [t["baseline_value"] for t in rows["targets"]] == [58.6, 6.8, 2.8, 1.7, 77.1, None, 82.1, None]


def test_short_rows_below_a_merged_name_carry_it() -> None:
    table: Block = [[("指标", 1, 2), "单位", "2020年", "2025年"], [("基本养老金", 2, 1), "城镇", "元", "1000", "1500"], ["农村", "元", "200", "300"]]
    assert [t[:3] for t in _targets(table)] == [("基本养老金城镇", "=", 1500), ("基本养老金农村", "=", 300)]


def test_an_annual_plan_compares_with_the_year_before() -> None:
    rows = rows_of("临澜市2025年国民经济和社会发展计划", "2025年1月10日", [
        ["指标", "2024年预计完成", "2025年预期目标"], ["地区生产总值增长（%）", "5.2", "5.5左右"], ["一般公共预算收入（亿元）", "321.5", "增长3%"],
    ])
    got = [(t["indicator"], t["value"], t["unit"], t["change"], t["deadline"], t["baseline_value"], t["baseline_year"]) for t in rows["targets"]]
    assert got == [("地区生产总值增长", 5.5, "%", "increase", "2025", 5.2, "2024"), ("一般公共预算收入", 3, "%", "increase", "2025", None, None)]


def test_without_a_year_of_writing_the_caption_says_that_years_are_promised() -> None:
    table: Block = [["指标", "2020年", "2025年"], ["城镇化率", "60%", "65%"]]
    assert _targets("主要指标", table, head=()) == [("城镇化率", "=", 65, "%", "level", "2025")]
    assert _targets("城镇化基本情况", table, head=()) == []


def test_a_title_row_inside_the_table_heads_a_section() -> None:
    rows = _evident(*HEAD, [[("专栏2 质量提升主要指标", 1, 3)], ["指标", "目标值（2025年）", "备注"], ["产品合格率", "94%以上", "2020年93%"], ["监督抽查率", "稳定在98%以上", ""]])
    assert [(t["value"], t["comparator"], t["deadline"]) for t in rows["targets"]] == [(94, ">=", "2025"), (98, ">=", "2025")]
    assert rows["sections"][-1]["heading"] == "质量提升主要指标"


def test_the_base_year_of_a_table_is_no_comparison() -> None:
    rows = rows_of(*HEAD, PLAN)["targets"]
    assert [promised(r) for r in rows if r["baseline_year"]] == ["12件", "≥10%", "<5.5%", "提高≥60万人", "95%", "提高4%", "24.1%", "约550万吨"]


def test_a_plan_written_in_its_base_year_promises_the_later_one() -> None:
    table: Block = [["指标", "2020年", "2025年"], ["城镇化率（%）", "60", "65"]]
    [row] = rows_of("东澜省质量强省规划", "东政发〔2020〕8号", "一、发展目标", table)["targets"]
    assert (row["value"], row["deadline"], row["baseline_value"], row["baseline_year"]) == (65, "2025", 60, "2020")


def test_numbers_among_words_and_totals_in_round_brackets() -> None:
    table: Block = [
        ["指标", "单位", "2025年目标"],
        ["主要污染物排放量", "万吨", "比2020年的132.4万吨减少7.0%"],
        ["网上可办率", "", "力争80%以上的事项达到"],
        ["新增就业", "万人", "（60）"],
        ["研发投入强度提高", "%", "达到3"],
        [("注：（）内为五年累计数。", 1, 3)],
    ]
    rows = _evident(*HEAD, table)
    got = [(t["indicator"], t["comparator"], t["value"], t["unit"], t["change"], t["flags"]) for t in rows["targets"]]
    assert got == [
        ("主要污染物排放量", "=", 7, "%", "decrease", None), ("网上可办率", ">=", 80, "%", "level", None),
        ("新增就业", "=", 600_000, "人", "increase", "cumulative"), ("研发投入强度提高", "=", 3, "%", "level", None),
    ]


def test_a_lead_in_dates_a_table_whose_heads_do_not() -> None:
    rows = rows_of(*HEAD, "到2025年，主要目标如下：", [["指标", "目标值"], ["合格率", "95%"]])
    assert [(t["deadline"], t["deadline_from"]) for t in rows["targets"]] == [("2025", "lead-in")]


def test_a_note_of_several_cells_is_no_indicator() -> None:
    assert [t[:3] for t in _targets([["指标", "单位", "2025年目标"], ["合格率", "%", "95"], ["注：", "%", "100"]])] == [("合格率", "=", 95)]


# ---- what is no table of promises


@pytest.mark.parametrize("table", [
    [["指标", "2019年", "2020年", "增长（%）"], ["地区生产总值（亿元）", "100", "110", "10"]],
    [["指标", "2020年目标", "2020年实际", "属性"], ["森林覆盖率（%）", "22", "23", "约束性"]],
    [["指标", "2015年", "2020年"], ["森林覆盖率（%）", "22", "23"]],
    [["序号", "责任单位", "联系人", "联系电话"], ["1", "省市场监管局", "张三", "88881234"]],
    [["项目名称", "", "申报单位", ""], ["起止时间", "2025年1月—2026年1月", "总投资", "500万元"], ["预期目标", "建成3个平台", "", ""]],
    [["时间", "内容", "地点"], ["2025年5月10日", "开幕式", "会展中心"], ["5月11日", "论坛，参会500人", "会议厅"]],
    [["项目名称", "", "责任单位", ""], ["承担期限", "2025年", "市科技局", "张三"], ["任务", "建设5个平台", "市财政局", ""]],
    [["级别", "奖补标准", "条件"], ["国家级", "给予最高500万元奖励；", "年营业收入2000万元以上"], ["省级", "100万元", "500人"]],
    [["评价指标", "分值", "评分标准"], ["合格率", "20", "达到95%得20分"]],
    ["试点项目推荐汇总表", [["序号", "项目名称", "牵头单位", "责任单位", "完成时限"], ["1", "建设平台5个", "省科技厅", "省财政厅", "2025年"]]],
    [["序号", "项目名称", "牵头单位名称", "联系人"], ["1", "建设平台5个", "省科技厅", "张三"]],
    [["", ""], ["", ""]],
], ids=["statistics", "reached", "past", "contacts", "form", "form of tasks", "schedule", "subsidies", "scores", "recommendations", "list", "empty"])
def test_other_tables_give_no_facts(table: Block) -> None:
    blocks = table if isinstance(table[0], str) else [table]
    rows = _evident(*HEAD, "有关情况如下表。", *blocks)  # type: ignore[arg-type]
    assert [rows[name] for name in ("targets", "deadlines", "responsibilities", "tasks", "goals")] == [[], [], [], [], []]
    assert [s["heading"] for s in rows["sections"]] == [None, "发展目标"]


def test_a_cell_that_is_a_sentence_is_prose_also_where_the_table_is_unknown() -> None:
    table: Block = [["板块", "说明"], ["东部", "到2025年，建成国家级检测中心5个。"], ["西部", "30个"]]
    assert _targets(table) == [("国家级检测中心", "=", 5, "个", "count", "2025")]


def test_a_frame_around_text_is_no_table() -> None:
    rows = _evident(*HEAD, [["专栏3 质量提升工程"], ["1.品牌工程。到2025年，培育品牌100个。\n2.标准工程。制定标准200项。"]])
    assert [(t["value"], t["rule"]) for t in rows["targets"]] == [(100, "target.create"), (200, "target.create")]
    assert [s["heading"] for s in rows["sections"]][2:] == ["质量提升工程", "品牌工程", "标准工程"]


# ---- tables of tasks

NOTICE = ("临澜市人民政府办公室关于印发质量强市行动方案的通知", "临政办发〔2023〕5号", "各区县人民政府：", "现印发给你们。", "临澜市人民政府办公室", "2023年5月6日", "附件", "临澜市质量强市重点任务分工表")
DUTIES: Block = [
    ["序号", "重点任务", "工作措施", "牵头单位", "责任（配合）单位", "完成时限"],
    [("一、夯实质量基础", 1, 6)],
    ["1", ("加强质量基础建设", 2, 1), "建成质量基础设施“一站式”服务平台10个以上，培训首席质量官500人。", ("市市场监管局", 2, 1), "市发展改革委、市财政局，各区县人民政府", "2025年12月底"],
    ["2", "实施企业标准“领跑者”制度。\n到2024年，制修订地方标准30项。", "市工业和信息化局\n市商务局\n市农业农村局", "持续推进"],
    ["3", "推进品牌建设", "力争培育知名品牌20个", "市商务局", "市市场监管局；市文化和旅游局", "2024年"],
]
NEXT_PAGE: Block = [
    ["4", "优化营商环境", "政务服务事项网上可办率达到95%以上", "市政务服务管理局", "市大数据局等", "每季度"],
    ["5", "完善制度", "出台《临澜市质量促进条例》", "市司法局", "市市场监管局牵头，市人大法工委配合", "2025.6"],
]


def _by_task(rows: dict[str, list[Any]], name: str, *columns: str) -> list[tuple[Any, ...]]:
    number = {t["task_id"]: i for i, t in enumerate(rows["tasks"], 1)}
    return sorted(((number[r["task_id"]], *(r[c] for c in columns)) for r in rows[name]), key=lambda r: r[0])


@pytest.mark.parametrize("pages", [
    (DUTIES, NEXT_PAGE), ([*DUTIES, *NEXT_PAGE],), (DUTIES, [DUTIES[0], *NEXT_PAGE]), (DUTIES, "续表", NEXT_PAGE), ([*DUTIES, DUTIES[0], *NEXT_PAGE],),
], ids=["no head", "one table", "repeated head", "续表", "repeated head inside"])
def test_a_table_of_tasks_over_two_pages_gives_every_cell(pages: tuple[Block, ...]) -> None:
    rows = _evident(*NOTICE, *pages)
    assert [t["deadline"] for t in rows["tasks"]] == ["2025-12", "2024", "2024", None, "2025-06"]
    assert rows["tasks"][1]["task"] == "实施企业标准“领跑者”制度。到2024年，制修订地方标准30项。"
    assert _by_task(rows, "responsibilities", "department", "role") == [
        (1, "市市场监管局", "lead"), (1, "市发展改革委", "responsible"), (1, "市财政局", "responsible"), (1, "各区县人民政府", "responsible"),
        (2, "市市场监管局", "lead"), (2, "市工业和信息化局", "responsible"), (2, "市商务局", "responsible"), (2, "市农业农村局", "responsible"),
        (3, "市商务局", "lead"), (3, "市市场监管局", "responsible"), (3, "市文化和旅游局", "responsible"),
        (4, "市政务服务管理局", "lead"), (4, "市大数据局", "responsible"),
        (5, "市司法局", "lead"), (5, "市市场监管局", "lead"), (5, "市人大法工委", "support"),
    ]
    assert _by_task(rows, "targets", "indicator", "value", "deadline") == [
        (1, "质量基础设施“一站式”服务平台", 10, "2025-12"), (1, "首席质量官", 500, "2025-12"),
        (2, "地方标准", 30, "2024"), (3, "知名品牌", 20, "2024"), (4, "政务服务事项网上可办率", 95, None),
    ]
    assert _by_task(rows, "deadlines", "text", "relation", "end_date") == [
        (1, "2025年12月底", "by", "2025-12"), (2, "到2024年", "by", "2024"), (3, "2024年", "by", "2024"), (4, "每季度", "every", None), (5, "2025.6", "by", "2025-06"),
    ]
    assert [s["heading"] for s in rows["sections"]] == [None, "临澜市质量强市重点任务分工表"]
    assert rows["citations"][-1]["title"] == "临澜市质量促进条例"


def test_a_merged_cell_is_evidence_for_each_of_its_rows() -> None:
    rows = _evident(*NOTICE, DUTIES)
    merged = [r for r in rows["responsibilities"] if r["department"] == "市市场监管局" and r["role"] == "lead"]
    assert len(merged) == 2 and len({(r["start"], r["end"]) for r in merged}) == 1
    assert len({r["task_id"] for r in merged}) == len({r["responsibility_id"] for r in merged}) == 2
    assert [r["rule"] for r in merged] == ["responsibility.table", "responsibility.table-merged"]


def test_a_row_that_runs_over_the_page_is_one_task() -> None:
    rest: Block = [["", "", "培训检验人员300人。", "", "市教育局", ""], ["4", "优化环境", "评选质量奖", "市商务局", "", ""]]
    rows = _evident(*NOTICE, DUTIES, rest)
    assert len(rows["tasks"]) == 4
    third = rows["tasks"][2]["task_id"]
    assert [t["value"] for t in rows["targets"] if t["task_id"] == third] == [20, 300]
    assert "市教育局" in {r["department"] for r in rows["responsibilities"] if r["task_id"] == third}


def test_a_row_that_a_page_cuts_inside_of_one_table_is_one_task() -> None:
    rows = [["序号", "重点任务", "牵头单位", "完成时限"], ["1", "建设平台", ("市科技局", 2, 1), "2025年"], ["", "（二期）5个", ""], ["2", "评选质量奖", "市商务局", "2024年"]]
    text, layout = layout_of([*NOTICE, rows])
    for pages, tasks in (((0, text.index("（二期）")), 2), ((), 3)):
        raw = RawDocument("0" * 20, "made.pdf", text, len(text), "", "", "made", layout=replace(layout, pages=pages))
        found = document_rows(mine_document(raw)).tables
        assert len(found["tasks"]) == tasks
        assert len([r for r in found["responsibilities"] if r["department"] == "市科技局"]) == tasks - 1


def test_as_above_and_a_merged_cell_that_the_page_cuts() -> None:
    rows = _evident(*NOTICE, [["序号", "重点任务", "牵头单位"], ["1", "甲任务", "市科技局"], ["2", "乙任务", "同上"], ["3", "丙任务", ("市商务局", 2, 1)], ["4", "丁任务"]],
        [["5", "戊任务", ""], ["6", "己任务", "市教育局"], ["7", "庚任务", ""]])
    assert _by_task(rows, "responsibilities", "department", "rule") == [
        (1, "市科技局", "responsibility.table"), (2, "市科技局", "responsibility.table-merged"), (3, "市商务局", "responsibility.table"),
        (4, "市商务局", "responsibility.table-merged"), (5, "市商务局", "responsibility.table-merged"), (6, "市教育局", "responsibility.table"),
    ]


def test_a_task_over_several_rows_is_one_task() -> None:
    rows = _evident(*NOTICE, [["重点任务", "牵头单位", "责任单位", "完成时限"], [("建设平台", 2, 1), ("市数据局", 2, 1), "市科技局", ("2025年", 2, 1)], ["市商务局"]])
    assert [t["task"] for t in rows["tasks"]] == ["建设平台"]
    assert [r["department"] for r in rows["responsibilities"]] == ["市数据局", "市科技局", "市商务局"] and len(rows["deadlines"]) == 1


def test_labels_in_a_cell_are_read_once() -> None:
    rows = _evident(*NOTICE, [["重点任务", "责任单位"], ["建设平台", "牵头单位：市科技局\n配合单位：市财政局、市教育局"]])
    assert _by_task(rows, "responsibilities", "department", "role") == [(1, "市科技局", "lead"), (1, "市财政局", "support"), (1, "市教育局", "support")]


def test_the_order_says_nothing_where_a_column_names_the_lead() -> None:
    rows = _evident(*NOTICE, "各项任务的责任单位排在第一位的为牵头单位，下同。", [["重点任务", "牵头单位", "责任单位"], ["建设平台", "市科技局", "市财政局、市教育局"]])
    assert _by_task(rows, "responsibilities", "department", "role") == [(1, "市科技局", "lead"), (1, "市财政局", "responsible"), (1, "市教育局", "responsible")]


def test_two_dates_of_a_row_date_none_of_its_targets() -> None:
    rows = _evident(*NOTICE, [["重点任务", "责任单位", "完成时限"], ["建设平台5个", "市科技局", "2024年6月底前启动，2025年底前完成"]])
    assert [d["end_date"] for d in rows["deadlines"]] == ["2024-06", "2025-12"] and rows["tasks"][0]["deadline"] == "2025-12"
    assert [(t["value"], t["deadline"]) for t in rows["targets"]] == [(5, None)]


def test_what_stands_below_a_table_is_not_dated_by_it() -> None:
    rows = _evident(*NOTICE[:6], "一、发展目标", [["重点任务", "责任单位", "完成时限"], ["建设平台", "市科技局", "2025年底前"]], "产品质量稳步提升。培育知名品牌50个。")
    assert [(t["value"], t["deadline"]) for t in rows["targets"]] == [(50, None)]


def test_a_table_of_tasks_needs_no_heading_above() -> None:
    rows = _evident("临澜市质量强市工作方案", "临政发〔2023〕3号", [["重点任务", "责任单位"], ["建设质检平台5个", "市科技局"]])
    assert [(t["indicator"], t["value"]) for t in rows["targets"]] == [("质检平台", 5)]


def test_groups_and_repeated_heads_say_nothing() -> None:
    head = ["重点任务", "责任单位", "完成时限（2025年底前）"]
    rows = _evident(*NOTICE, [head, [("一、到2025年，建成平台5个", 1, 3)], ["修订条例", "市司法局", ""], head, ["制定规则", "市司法局", "2024年"]])
    assert rows["targets"] == [] and [d["text"] for d in rows["deadlines"]] == ["2024年"]
    assert [t["task"] for t in rows["tasks"]] == ["修订条例", "制定规则"]


def test_a_table_with_other_columns_is_another() -> None:
    rows = _evident(*NOTICE, [["序号", "重点任务", "责任单位"], ["1", "建设平台", "市科技局"]], [["姓名", "单位", "电话", "市商务局"], ["张三", "市教育局", "市司法局", "1"]])
    assert [r["department"] for r in rows["responsibilities"]] == ["市科技局"]


def test_an_annex_whose_title_is_missing_takes_none_from_its_table() -> None:
    rows = _evident(*NOTICE[:7], [["重点任务", "责任单位"], ["建设平台", "市科技局"]])
    assert [(s["marker"], s["heading"]) for s in rows["sections"]] == [(None, None), ("附件", None)]


def test_roles_by_order_where_the_head_says_so() -> None:
    rows = _evident(*NOTICE, [["序号", "重点任务", "责任单位（列首位的为牵头单位）", "完成时限"], ["1", "修订条例", "市司法局、市市场监管局", "2024年6月30日"]])
    assert _by_task(rows, "responsibilities", "department", "role", "role_from") == [(1, "市司法局", "lead", "order"), (1, "市市场监管局", "responsible", "label")]
    assert rows["tasks"][0]["deadline"] == "2024-06-30"


@pytest.mark.parametrize(("cell", "relation", "start", "end"), [
    ("2025年", "by", None, "2025"), ("2025年底前", "by", None, "2025-12"), ("2024年第三季度", "by", None, "2024-09"), ("2025-12-31", "by", None, "2025-12-31"),
    ("2024—2025年", "during", "2024", "2025"), ("2024.3-2025.10", "during", "2024-03", "2025-10"), ("2025年底", "by", None, "2025-12"), ("2025", "by", None, "2025"),
])
def test_a_cell_that_says_by_when(cell: str, relation: str, start: str | None, end: str) -> None:
    rows = _evident(*NOTICE, [["重点任务", "责任单位", "完成时限"], ["修订条例", "市司法局", cell]])
    [row] = rows["deadlines"]
    assert (row["relation"], row["start_date"], row["end_date"]) == (relation, start, end)
    assert rows["tasks"][0]["deadline"] == end


@pytest.mark.parametrize("cell", ["长期坚持", "持续推进", "—", "", "2025.13.45"])
def test_a_cell_that_says_no_date(cell: str) -> None:
    rows = _evident(*NOTICE, [["重点任务", "责任单位", "完成时限"], ["修订条例", "市司法局", cell]])
    assert rows["tasks"][0]["deadline"] is None or cell == "2025.13.45"


def test_numbers_below_what_a_task_is_to_reach() -> None:
    rows = _evident(*NOTICE, [
        ["任务", "目标", "责任部门", "进度安排"],
        ["提升商标注册量", "≥10万件", "市知识产权局", "2025年"],
        ["提升满意度", "公众满意度达到80分以上", "市市场监管局", "2025年12月31日"],
    ])
    got = [(t["indicator"], t["comparator"], t["value"], t["unit"], t["deadline"]) for t in rows["targets"]]
    assert got == [("提升商标注册量", ">=", 100_000, "件", "2025"), ("公众满意度", ">=", 80, "分", "2025-12-31")]


def test_the_text_around_a_table_keeps_its_facts() -> None:
    before, after = "到2025年，建成检测中心30个。（市市场监管局负责）", "二、保障措施\n2024年底前，培训人员1000人。（市教育局牵头）"
    with_table, without = rows_of(*NOTICE[:6], before, PLAN, after), rows_of(*NOTICE[:6], before, after)

    def facts(rows: dict[str, list[Any]]) -> list[tuple[Any, ...]]:
        own = [("t", t["indicator"], t["value"], t["deadline"]) for t in rows["targets"] if not t["rule"].startswith("target.table")]
        own += [("d", d["text"], d["end_date"]) for d in rows["deadlines"] if d["rule"] != "deadline.table-head"]
        return own + [("r", r["department"], r["role"]) for r in rows["responsibilities"]] + [("s", s["marker"], s["heading"]) for s in rows["sections"]]

    assert facts(with_table) == facts(without) and len(facts(without)) == 8


def test_the_head_of_a_document_is_not_read_from_its_tables() -> None:
    form: Block = [["填表单位", "日期", "文号"], ["甲", "乙", "临政发〔2019〕3号\n临澜市商务局\n2020年1月1日"]]
    header = mined("临澜市人民政府关于质量工作的意见", "各区县人民政府：", "现提出以下意见。", form).header
    assert (header.title, header.doc_number, header.date_issued) == ("临澜市人民政府关于质量工作的意见", None, None)


# ---- the data, and tables that nobody would make


def test_heads_mean_what_their_examples_say() -> None:
    for row in read_rules("table_heads")["heads"]:
        for example in row["examples"]:
            assert role_of(example)[0] == row["id"], (row["id"], example)
    for duty, words in read_rules("table_heads")["duties"].items():
        assert {role_of(w) for w in words} == {("department", duty)}
    assert role_of("牵头（责任）单位".replace("（", "(").replace("）", ")")) == ("department", "lead")
    assert role_of("责任单位及责任人") == ("department", "responsible")
    assert role_of("责任领导")[0] == role_of("牵头领导")[0] == "ignored"


@pytest.mark.parametrize("table", [
    [["序号", "重点任务", "牵头单位", "责任单位", "完成时限"], *([str(i), f"建设平台{i}个", "省科技厅", "省财政厅、省商务厅", "2025年"] for i in range(3000))],
    [["指标", "单位", "2020年", "2025年目标", "属性"], *([f"指标{i}率", "%", "50", "60", "预期性"] for i in range(5000))],
    [[f"{1000 + i}年" for i in range(1000)], *([f"{i}%" for i in range(1000)] for _ in range(25))],
    [["重点任务", "牵头单位", "完成时限"], ["甲", ("省科技厅", 5000, 1), ("2025年", 5000, 1)], *([f"事项{i}"] for i in range(4999))],
    [["序号", "重点任务", "牵头单位"], ["1", "，" * 50_000, "省科技厅、" * 5_000]],
    [[("指标", 9999, 1), ("2025年目标", 9999, 1)], *(["甲"] for _ in range(3000))],
], ids=["tasks", "indicators", "wide", "merged", "long cells", "spans"])
def test_a_huge_table_takes_time_in_proportion(table: Block) -> None:
    text, layout = layout_of([*HEAD, table])
    began = time.perf_counter()
    mine_document(RawDocument("0" * 20, "made.txt", text, len(text), "text/plain", "utf-8", "made", layout=layout))
    assert time.perf_counter() - began < 20


@pytest.mark.parametrize("seed", range(60))
def test_tables_of_any_shape_give_rows_that_point_at_their_words(seed: int) -> None:
    chance = random.Random(seed)
    heads = ["序号", "指标", "单位", "2020年", "2025年", "2025年目标", "重点任务", "牵头单位", "责任单位", "完成时限", "属性", "目标", "x", ""]
    words = ["", "1", "≥95%", "[13.5]", "省科技厅、省财政厅", "2025年底前", "到2025年，建成5个中心。", "—", "同上", "注：甲", "一、总则", "万件", "完成国家任务", "合格率（%）", "甲\n乙", "2.\n5"]
    blocks: list[Block] = list(HEAD)
    for _ in range(chance.randrange(1, 4)):
        n = chance.randrange(1, 7)
        table = [[chance.choice(heads) for _ in range(n)]]
        table += [[(chance.choice(words), chance.choice((1, 1, 1, 2, 9)), chance.choice((1, 1, 1, 2))) for _ in range(n)] for _ in range(chance.randrange(6))]
        blocks.append(table)
    _evident(*blocks)


def test_cells_that_overlap_do_no_harm() -> None:
    text = "指标\t2025年\n甲\t5\n" * 4
    cells = tuple(Cell(i % 20, i % 20 + 3, i % 9, i % 7, 65_535, 1000) for i in range(2000))
    mine_document(RawDocument("0" * 20, "x", text, 1, "", "", "m", layout=Layout(tables=(Table(0, 30, cells),))))
