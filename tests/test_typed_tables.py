"""Tables in plain text: cells parted by blanks or tabs, or each on a line of its own; prose that only looks like one."""

from __future__ import annotations

from typing import Any

import pytest

from policymine.corpus import mine_text
from policymine.models import Layout
from policymine.structure.typed_tables import with_typed_tables
from test_laws import check_evidence

HEAD = "云泊市“十四五”养老服务规划\n云政发〔2021〕8号\n"
INDICATORS = (
    "专栏1 主要指标\n指标 2020年 2025年 属性\n护理型床位占比（%） 43.2 ≥58 约束性\n每千名老人配备社工（人） 0.4 1以上 预期性\n"
    "老年学校（含教学点）数量（个） 3120 5000 预期性\n"
)
TASKS = "附件\n重点任务分工表\n序号 工作任务 牵头单位 配合单位 完成时限\n1 建成换热站6座 市城管局 市财政局、市住建局 2021年9月底前\n2 修订管网规程 市市场监管局 市城管局 持续推进\n"


def rows(text: str) -> dict[str, list[dict[str, Any]]]:
    corpus = mine_text(text)
    found: dict[str, list[dict[str, Any]]] = corpus.as_rows()
    check_evidence(corpus.text(str(corpus.rows("documents")[0]["doc_id"])), found)
    return found


def cells(text: str) -> list[list[str]]:
    made: list[list[str]] = []
    for table in with_typed_tables(text, Layout()).tables:
        for cell in table.cells:
            if cell.column == 0:
                made.append([])
            made[-1].append(text[cell.start : cell.end])
    return made


@pytest.mark.parametrize("blank", [" ", "\t", "\u3000", "    "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_indicators_parted_by_blanks(blank: str, end: str) -> None:
    found = rows(HEAD + INDICATORS.replace(" ", blank).replace("\n", end))["targets"]
    assert [(r["indicator"], r["comparator"], r["value"], r["unit"], r["deadline"], r["binding"]) for r in found] == [
        ("护理型床位占比", ">=", 58, "%", "2025", "约束性"),
        ("每千名老人配备社工", ">=", 1, "人", "2025", "预期性"),
        ("老年学校（含教学点）数量", "=", 5000, "个", "2025", "预期性"),
    ]


@pytest.mark.parametrize("bar", [" | ", "|", " |"])
@pytest.mark.parametrize("framed", [False, True])
def test_indicators_parted_by_bars(bar: str, framed: bool) -> None:
    lines = [bar.join(line.split(" ")) for line in INDICATORS.splitlines()]
    lines = [f"| {line} |" for line in lines] if framed else lines
    lines[1:1] = ["|---|:---:|" + "---|" * lines[0].count("|")] if framed else []
    found = rows(HEAD + "\n".join(lines) + "\n")["targets"]
    assert [(r["value"], r["unit"], r["deadline"]) for r in found] == [(58, "%", "2025"), (1, "人", "2025"), (5000, "个", "2025")]


@pytest.mark.parametrize("blank", ["    ", "\t", "|", "\u3000"])
def test_what_places_have_to_do(blank: str) -> None:
    text = "附件\n各县区渔港任务分配表\n（2022年6月底前完成）\n县区 渔港改造（座） 网箱更换（只）\n青棠县 12 1800\n合计 12 1800\n"
    found = rows(HEAD + text.replace(" ", blank))["targets"]
    assert [(r["indicator"], r["value"], r["unit"], r["change"], r["deadline"]) for r in found] == [
        ("青棠县渔港改造", 12, "座", "count", "2022-06"), ("青棠县网箱更换", 1800, "只", "count", "2022-06"),
        ("合计渔港改造", 12, "座", "count", "2022-06"), ("合计网箱更换", 1800, "只", "count", "2022-06"),
    ]


@pytest.mark.parametrize("title", ["各县区渔港任务完成情况表", "各县区渔港补助资金分配表", "各县区渔港一览表"])
def test_what_places_did_or_get_is_no_promise(title: str) -> None:
    assert not rows(f"{HEAD}附件\n{title}\n县区 渔港改造（座） 网箱更换（只）\n青棠县 12 1800\n")["targets"]


@pytest.mark.parametrize("text", [TASKS, TASKS.replace(" ", "\n\n"), TASKS.replace(" ", "\n").replace("\n\n", "\n")])
def test_tasks_parted_by_blanks_or_by_lines(text: str) -> None:
    found = rows(HEAD + text.replace("专栏1\n", "专栏1 "))
    assert [(r["department"], r["role"]) for r in found["responsibilities"]] == [
        ("市城管局", "lead"), ("市财政局", "support"), ("市住建局", "support"), ("市市场监管局", "lead"), ("市城管局", "support"),
    ]
    assert [(r["indicator"], r["value"], r["deadline"]) for r in found["targets"]] == [("换热站", 6, "2021-09")]
    assert [r["task"] for r in found["tasks"]] == ["建成换热站6座", "修订管网规程"]


def test_a_blank_inside_a_cell_and_a_cell_left_out() -> None:
    text = "类别 重点任务 责任单位 完成时限\n设施 新建 改建泵站 市水利局 市财政局 6月底前\n清淤河道 市水利局 年底前\n"
    assert cells(text)[1:] == [["设施", "新建 改建泵站", "市水利局 市财政局", "6月底前"], ["", "清淤河道", "市水利局", "年底前"]]


def test_a_range_in_the_column_of_dates_lasts() -> None:
    found = rows("云泊市2020年工作安排\n云政办发〔2020〕3号\n\n工作内容 完成时限 责任单位\n建立数据平台 9月至11月 市大数据局\n更换果皮箱420组 7月底 市城管局\n")
    assert [(r["relation"], r["start_date"], r["end_date"]) for r in found["deadlines"]] == [("during", "2020-09", "2020-11"), ("by", None, "2020-07")]


@pytest.mark.parametrize("text", [
    "重点任务 责任单位\n一、加强领导。各部门要落实责任，市财政局负责保障经费。\n",
    "指标 目标\n到2025年，护理型床位占比达到58%。\n",
    "联系人 电话\n张三 010-12345678\n",
    "主要任务 重点工程 保障措施 附则 目标\n",
    "序号\n任务\n责任单位\n说明如下，各单位遵照执行。\n",
])  # fmt: skip
def test_what_is_no_table(text: str) -> None:
    assert not with_typed_tables(text, Layout()).tables


def test_a_table_ends_where_its_rows_end() -> None:
    text = INDICATORS + "　　展望2035年，人均健康预期寿命达到72岁。\n"
    assert cells(text)[-1][0].startswith("老年学校")
    assert [r["value"] for r in rows(HEAD + "一、主要目标\n" + text)["targets"]][-1] == 72


NUMBERED = "附件\n重点任务分工表\n序号\t工作任务\t责任单位\t完成时限\n"


@pytest.mark.parametrize("second", [
    "2\t修订管网规程\t市城管局、\n市财政局\t2022年底前\n",
    "2\t修订\n管网规程\t市城管局、市财政局\t2022年底前\n",
    "2\t修订管网规程\t市城管局、市财政局\t2022\n年底前\n",
    "2\t修订管网规程\n\t市城管局、\n市财政局\n\t2022年底前\n",
])
@pytest.mark.parametrize("end", ["", "\n（此件公开发布）\n", "\n临澜市人民政府办公室\n"])
@pytest.mark.parametrize("last", [False, True])
def test_a_numbered_row_runs_over_several_lines(second: str, end: str, last: bool) -> None:
    found = rows(HEAD + NUMBERED + "1\t建成换热站6座\t市水务局\t2021年9月底前\n" + second + ("" if last else "3\t培训员工\t市住建局\t2023年\n") + end)
    others = [] if last else [("市住建局", "2023")]
    dates = {r["deadline_id"]: r["end_date"] for r in found["deadlines"]}
    assert [r["department"] for r in found["responsibilities"]] == ["市水务局", "市城管局", "市财政局", *(name for name, _ in others)]
    assert sorted(dates.values()) == ["2021-09", "2022-12", *(date for _, date in others)]


def test_lines_below_a_row_that_fit_no_column_end_the_table() -> None:
    text = NUMBERED + "1\t建成换热站6座\t市水务局\t2021年9月底前\n各县要抓紧落实，及时上报市城管局。\n2\t修订管网规程\t市城管局\t2022年\n"
    assert cells(HEAD + text)[1:] == [["1", "建成换热站6座", "市水务局", "2021年9月底前"]]


def test_a_heading_below_a_numbered_table_ends_it() -> None:
    more = (
        "四、深化渔业改革\n（本部分各项任务，列第一位者为牵头单位。）\n3．推进渔船登记，渔船登记率达到90%。（市农业局、市财政局负责）\n"
        "4．完善渔港管理，新建渔港2座。（市农业局、市水利局负责）\n5．推进渔业保险。到2025年，参保率达到80%。（市农业局、市财政局负责）\n"
    )
    found = rows(HEAD + TASKS + more)
    assert [s["marker"] for s in found["sections"]][-4:] == ["四、", "3．", "4．", "5．"]
    assert [t["value"] for t in found["targets"]] == [6, 90, 2, 80]
    assert [(r["department"], r["role"]) for r in found["responsibilities"]][-2:] == [("市农业局", "lead"), ("市财政局", "responsible")]


def test_a_head_broken_behind_its_last_word() -> None:
    text = NUMBERED.replace("时限", "时\n限") + "1\t建成换热站6座\t市水务局\t2021年9月底前\n2\t修订管网规程\t市城管局\t2022年\n"
    assert [row[3] for row in cells(HEAD + text)] == ["完成时\n限", "2021年9月底前", "2022年"]


@pytest.mark.parametrize("head", ["指标 单位 2020年 2025年\n", "指标\t单位\t2020年\t2025年\n"])
def test_a_group_below_the_head_is_no_part_of_it(head: str) -> None:
    blank = "\t" if "\t" in head else " "
    found = rows(HEAD + "主要指标表\n" + head + "经济类\n泊位数 个 20 30\n产量 万吨 3 4\n".replace(" ", blank))["targets"]
    assert [(r["indicator"], r["value"], r["deadline"]) for r in found] == [("泊位数", 30, "2025"), ("产量", 40000, "2025")]


def test_many_blanks_inside_a_row_take_time_in_proportion() -> None:
    text = "工作任务 责任单位 完成时限\n甲" + " " * 200_000 + "乙\n"
    assert len(with_typed_tables(text, Layout()).tables) <= 1


STACKED_ROWS = (
    ("1", "路网密度", "千米/平方千米", "约束性", "1.8", "2"), ("2", "口袋公园", "座", "预期性", "2", "3"),
    ("3", "新增住房中保障房比例", "%", "约束性", "/", "20"), ("4", "骑楼修缮", "栋", "预期性", "5", "动态调整"),
    ("5", "再生水利用率", "%", "预期性", "≥40", "≥60"),
)  # fmt: skip
STACKED_HEADS = {
    "a line a column": ["序号", "指标", "单位", "属性", "2025年", "2030年"],
    "one over two": ["序号", "指标", "单位", "属性", "指标值", "2025年", "2030年"],
    "one over two, one behind": ["序号", "指标", "单位", "指标值", "属性", "2025年", "2030年"],
    "dates below": ["序号", "指标", "单位", "类型", "现状", "近期目标", "（2025年）", "（2030年）"],
    "three deep": ["序号", "指标", "单位", "类型", "目标值", "现状", "近期", "（2025年）", "（2030年）"],
}


@pytest.mark.parametrize("groups", [False, True])
@pytest.mark.parametrize("head", STACKED_HEADS.values(), ids=STACKED_HEADS)
def test_a_cell_a_line(head: list[str], groups: bool) -> None:
    moved = head[4:5] == ["属性"]  # the attribute stands behind the values then
    made = [[*r[:3], *r[4:], r[3]] if moved else list(r) for r in STACKED_ROWS]
    if groups:
        made[0][:0], made[2][:0] = ["城乡空间"], ["安居与生态"]
    text = "云泊区城市更新规划\n（2026—2030年）\n云政发〔2026〕8号\n一、主要指标\n" + "\n".join([*head, *(w for r in made for w in r)]) + "\n二、保障措施\n"
    found = rows(text)["targets"]
    assert [(r["indicator"], r["comparator"], r["value"], r["unit"], r["change"], r["baseline_value"], r["binding"], r["deadline"]) for r in found] == [
        ("路网密度", "=", 2, "千米/平方千米", "level", 1.8, "约束性", "2030"), ("口袋公园", "=", 3, "座", "level", 2, "预期性", "2030"),
        ("新增住房中保障房比例", "=", 20, "%", "level", None, "约束性", "2030"), ("再生水利用率", ">=", 60, "%", "level", 40, "预期性", "2030"),
    ]  # fmt: skip


def test_a_cell_a_line_without_numbers() -> None:
    text = "主要指标\n指标\n单位\n2020年\n2025年\n属性\n护理床位\n张\n300\n420\n预期性\n社工占比\n%\n4\n6\n约束性\n一、保障措施\n"
    found = rows(HEAD + text)["targets"]
    assert [(r["indicator"], r["value"], r["unit"], r["deadline"]) for r in found] == [("护理床位", 420, "张", "2025"), ("社工占比", 6, "%", "2025")]


BETWEEN_BARS = (
    "序号 任务 负责部门 时间进度|1 完善渔港体制 市渔业局、市城管局 2021年6月底前|2 回收渔港垃圾 市供销社 |3 修订渔港规程 市渔业局 2021年9月底前"
)


def test_bars_on_lines_of_their_own() -> None:
    table = "".join("|\n" + "".join(f"{cell}\n|\n" for cell in row.split(" ")) for row in BETWEEN_BARS.split("|"))
    found = rows(f"{HEAD}附件\n渔港任务分工表\n{table}\n二、保障措施\n各地要加强领导。\n")
    assert [row["department"] for row in found["responsibilities"]] == ["市渔业局", "市城管局", "市供销社", "市渔业局"]
    assert len({row["task_id"] for row in found["responsibilities"]}) == 3
    assert [row["end_date"] for row in found["deadlines"]] == ["2021-06", "2021-09"]
    assert cells(table.replace("负责部门\n", "丙\n").replace("时间进度\n", "丁\n")) == []
