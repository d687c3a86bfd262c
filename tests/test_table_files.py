"""Tables of real files: every target, department and deadline of a 专栏 and of a 任务分工表 over pages, in each format."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from paged_files import Merged, pdf_of, set_table, set_text
from policymine.reading.libreoffice import find_converter
from round_trip import mine_bytes
from table_files import docx_of, html_of, placed
from table_text import Block, Words, rows_of

NOTICE = (
    "临澜市人民政府办公室关于印发质量强市行动方案的通知", "临政办发〔2023〕5号", "各区县人民政府：",
    "现将《质量强市行动方案》印发给你们，请结合工作实际，认真抓好贯彻落实，确保各项目标任务如期完成。", "临澜市人民政府办公室", "2023年5月6日",
)
BODY = ("一、总体要求", "坚持质量第一、效益优先，深入实施质量强市战略，推动产品、工程、服务和环境质量全面提升，为高质量发展提供坚实支撑。", "二、组织实施", "各有关部门要加强协同配合，细化工作举措，明确时间节点，及时研究解决实施中的困难和问题，重要情况及时报告市人民政府。")
INDICATORS: list[tuple[str, str, str, str, float, str, str | None]] = [
    # indicator, unit, 2022, 2025, value, unit of the value, class
    ("制造业产品质量合格率", "%", "93.1", "≥94", 94, "%", "约束性"),
    ("主要农产品监测合格率", "%", "97.5", "稳定在98以上", 98, "%", "约束性"),
    ("有效期内高新技术企业", "家", "310", "500", 500, "家", "预期性"),
    ("有效注册商标", "万件", "12.4", "16", 160_000, "件", "预期性"),
    ("每万人口高价值发明专利拥有量", "件", "6.2", "10左右", 10, "件", "预期性"),
    ("规模以上工业增加值年均增长", "%", "5.1", "6—7", 6, "%", "预期性"),
    ("质量竞争力指数", "—", "84.2", "88", 88, None, "预期性"),
    ("制修订地方标准", "项", "—", "［30］", 30, "项", "预期性"),
    ("公共服务质量满意度", "分", "78", "80", 80, "分", "预期性"),
    ("单位地区生产总值能源消耗降低", "%", "—", "［13.5］", 13.5, "%", "约束性"),
]
LEADS = (("市发展改革委", 3), ("市工业和信息化局", 1), ("市住房城乡建设局", 4), ("市民政局", 2), ("市教育局", 5), ("市卫生健康委", 3))
TASKS = (
    ("建设第{0}批数字化车间，推动重点行业企业上云用数，新增示范企业{1}家，形成可复制的经验做法。", "示范企业"),
    ("开展第{0}轮质量提升行动。培训首席质量官{1}名，完善质量管理体系，定期通报进展情况。", "首席质量官"),
    ("完善第{0}批社区服务设施，建成社区养老服务站{1}个。", "社区养老服务站"),
)
OTHERS = (("市财政局、市科技局，各县（市、区）人民政府", ("市财政局", "市科技局", "各县（市、区）人民政府")), ("市数据局\n市商务局", ("市数据局", "市商务局")))


def plan() -> list[list[Words]]:
    """The 专栏 of ten indicators."""
    head: list[Words] = ["序号", "指标", "单位", "2022年", "2025年目标", "属性"]
    return [head, *([str(n), *row[:4], row[6] or ""] for n, row in enumerate(INDICATORS, 1))]


def duties() -> list[list[Words]]:
    """The 任务分工表, its lead units in merged cells."""
    rows: list[list[Words]] = [["序号", "重点任务", "牵头单位", "责任单位", "完成时限"]]
    for lead, count in LEADS:
        for k in range(count):
            n = len(rows)
            head: list[Words] = [(lead, count, 1)] if k == 0 else []
            rows.append([str(n), TASKS[n % 3][0].format(n, 10 + n), *head, OTHERS[n % 2][0], f"{2023 + n % 3}年12月底前"])
    return rows


def check(rows: Any) -> None:
    """Every cell of the two tables has its fact, and there is no other."""
    found = [(t["indicator"], t["value"], t["unit"], t["binding"], t["deadline"]) for t in rows["targets"] if t["rule"].startswith("target.table")]
    assert found == [(name, value, unit, binding, "2025") for name, _, _, _, value, unit, binding in INDICATORS]
    assert [t["flags"] for t in rows["targets"] if t["indicator"] in ("制修订地方标准", "单位地区生产总值能源消耗降低")] == ["cumulative", "cumulative"]
    leads = [lead for lead, count in LEADS for _ in range(count)]
    tasks = [t for t in rows["tasks"] if t["task"].startswith(("建设第", "开展第", "完善第"))]
    assert len(tasks) == len(leads)
    for n, (task, lead) in enumerate(zip(tasks, leads, strict=True), 1):
        assert task["task"] == TASKS[n % 3][0].format(n, 10 + n)
        own = {name: [r for r in rows[name] if r["task_id"] == task["task_id"]] for name in ("targets", "responsibilities", "deadlines")}
        assert [(t["indicator"], t["value"], t["deadline"]) for t in own["targets"]] == [(TASKS[n % 3][1], 10 + n, f"{2023 + n % 3}-12")]
        assert [(r["department"], r["role"]) for r in own["responsibilities"]] == [(lead, "lead"), *((name, "responsible") for name in OTHERS[n % 2][1])]
        assert [(d["text"], d["end_date"]) for d in own["deadlines"]] == [(f"{2023 + n % 3}年12月底前", f"{2023 + n % 3}-12")]
        assert task["deadline"] == f"{2023 + n % 3}-12"
    assert len(rows["targets"]) == len(INDICATORS) + len(leads)
    assert [s["heading"] for s in rows["sections"]] == [None, "总体要求", "组织实施", "质量强市重点任务分工表", "主要指标"]


def document(*tasks: Block) -> list[Block]:
    """The whole document; the table of tasks in as many parts as there are."""
    return [*NOTICE, *BODY, "附件1　质量强市重点任务分工表", *tasks, "专栏1　主要指标", plan()]


def on_two_pages() -> list[Block]:
    """The table of tasks cut in two, as pages pasted one after the other leave it: the second part without head."""
    rows, first = duties(), 1 + sum(count for _, count in LEADS[:3])
    return document(rows[:first], rows[first:])


@pytest.mark.parametrize("blocks", [document(duties()), on_two_pages()], ids=["one table", "two pages"])
@pytest.mark.parametrize("form", ["layout", "docx", "html"])
def test_every_cell_of_two_tables(form: str, blocks: list[Block]) -> None:
    if form == "layout":
        check(rows_of(*blocks))
        return
    if form == "docx":
        pytest.importorskip("docx")
    check(mine_bytes({"docx": docx_of, "html": html_of}[form](blocks), f"a.{form}"))


def _set(rows: list[list[Words]]) -> list[list[str | Merged | None]]:
    """Rows as ``set_table`` takes them: None below a merged cell."""
    found: list[list[str | Merged | None]] = [[None] * len(rows[0]) for _ in rows]
    for words, row, column, high, _ in placed(rows):
        found[row][column] = Merged(words, high) if high > 1 else words.replace("\n", "、")
    return found


@pytest.mark.parametrize("rules", ["all", "level"])
def test_every_cell_of_two_tables_set_on_pages(rules: str) -> None:
    first = set_text("\n".join([*NOTICE, *BODY, "附件1　质量强市重点任务分工表"]) + "\n")
    tasks = set_table(_set(duties()), (34, 170, 80, 100, 60), rules=rules)
    last = [*set_text("专栏1　主要指标\n", title=False), *set_table(_set(plan()), (34, 170, 50, 60, 70, 60), rules=rules)]
    assert len(tasks) > 1
    check(mine_bytes(pdf_of([*first, *tasks, *last]), "a.pdf"))


@pytest.mark.skipif(find_converter() is None, reason="LibreOffice Writer is not installed")
def test_every_cell_of_two_tables_over_the_pages_of_a_pdf(tmp_path: Path) -> None:
    pytest.importorskip("docx")
    (tmp_path / "a.docx").write_bytes(docx_of(document(duties())))
    command = [str(find_converter()), "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "a.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    rows = mine_bytes((tmp_path / "a.pdf").read_bytes(), "a.pdf")
    check(rows)
    assert len({t["page"] for t in rows["tasks"] if t["task"].startswith(("建设第", "开展第", "完善第"))}) > 1
