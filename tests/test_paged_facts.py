"""Facts from pages: tables as PDF and OFD, what LibreOffice and Chromium print, and the samples in PDF and OFD."""

from __future__ import annotations

import html
import io
import subprocess
import zipfile
from pathlib import Path

import pytest

import browser
import paged_samples
from ofd_files import ofd_of
from paged_files import TOP, Merged, Rows, Sheet, furnish, paragraphs, pdf_of, set_table, set_text
from policymine.corpus import mine_one
from policymine.models import Options
from policymine.reading import read_document
from policymine.reading.libreoffice import find_converter
from round_trip import differing, mine_bytes, plain_rows, same_share
from samples import RAW, sample_text
from test_pdf import INDICATORS, cells_meant, cells_of, duties

NAMES = ("2021-东澜省-质量提升行动方案", "2022-青岬市-数字经济三年行动计划")
CONVERTER = find_converter()
WANTED = [
    ("地区生产总值", 450_000_000_000, "元", "预期性"), ("地区生产总值", 7, "%", "预期性"), ("研发经费投入占比", 2.6, "%", "预期性"),
    ("规模以上工业企业数字化转型比例", 75, "%", "预期性"), ("单位地区生产总值能耗降低", 13.5, "%", "约束性"), ("森林覆盖率", 43, "%", "约束性"),
    ("每千人口执业（助理）医师数", 3.4, "人", "预期性"), ("城镇新增就业", 400_000, "人", "预期性"), ("劳动年龄人口平均受教育年限", 11.3, "年", "约束性"),
    ("粮食综合生产能力", 650_000, "吨", "约束性"), ("人均预期寿命", 79.5, "岁", "预期性"),
]
TEXT = "澜口市制造业数字化转型行动方案（2021—2025年）\n一、主要目标\n到2025年，全市数字化水平明显提升。主要指标见专栏1。\n专栏1　主要指标\n"


def _with_tables(rules: str) -> list[Sheet]:
    sheets = set_text(TEXT, number="")
    below = max(words.y for words in sheets[-1].words) - TOP + 20
    sheets = set_table(INDICATORS, (170, 60, 60, 70, 70), rules=rules, start=below, sheets=sheets, number="")
    annex = set_text("附件\n重点任务分工表\n", number="", title=False)
    sheets += set_table(duties(), (34, 170, 80, 100, 60), rules=rules, start=70, sheets=annex, number="")
    for at, sheet in enumerate(sheets, 1):
        furnish(sheet, at)
    return sheets


@pytest.mark.parametrize("form", ["ruled PDF", "PDF without upright rules", "OFD"])
def test_every_cell_of_a_box_and_of_a_division_of_tasks_is_a_fact(form: str) -> None:
    sheets = _with_tables("level" if "without" in form else "all")
    rows = mine_bytes(ofd_of(sheets, True) if form == "OFD" else pdf_of(sheets), "a")
    targets = [row for row in rows["targets"] if row["page"] == 1]
    assert [(row["indicator"], row["value"], row["unit"], row["binding"]) for row in targets] == WANTED
    assert {row["deadline"] for row in targets} == {"2025"}
    leads = [row["department"] for row in rows["responsibilities"] if row["role"] == "lead"]
    assert leads == [lead for lead, count in (("市发展改革委", 3), ("市工业和信息化局", 1), ("市住房城乡建设局", 4), ("市民政局", 2), ("市教育局", 4)) for _ in range(count)]
    others = [row["department"] for row in rows["responsibilities"] if row["role"] == "responsible"]
    assert len(others) == 7 * 3 + 7 and others.count("市数据局") == 7
    due = [row["end_date"] for row in rows["deadlines"] if "12月底" in str(row["text"])]
    assert due == [f"{2023 + n % 3}-12" for n in range(1, 15)]


# what programs print


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Two samples and two tables as LibreOffice prints them, from Word files with a running head and page numbers."""
    folder = tmp_path_factory.mktemp("printed")
    for name in NAMES:
        _word(paragraphs(sample_text(name)), ()).save(folder / f"{name}.docx")
    _word(["澜口市任务分工"], (INDICATORS, duties())).save(folder / "tables.docx")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    made = sorted(folder.glob("*.docx"))
    subprocess.run([str(CONVERTER), profile, "--headless", "--convert-to", "pdf", "--outdir", folder, *made], check=True, capture_output=True, timeout=180)
    return {path.stem: path.read_bytes() for path in folder.glob("*.pdf")}


def _word(lines: list[str], tables: tuple[Rows, ...]) -> object:
    docx = pytest.importorskip("docx")
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Pt

    document = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "东澜省人民政府公报"
    foot = section.footer.paragraphs[0]
    foot.add_run("— ")
    foot._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"/>'))
    foot.add_run(" —")
    for i, line in enumerate(lines):
        paragraph = document.add_paragraph(line)
        paragraph.runs[0].font.size = Pt(16 if i else 22)
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.first_line_indent = Pt(32 if i else 0)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if i else WD_ALIGN_PARAGRAPH.CENTER
    for rows in tables:
        document.add_paragraph("附表")
        table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
        table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f'<w:tblHeader {nsdecls("w")}/>'))
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, Merged):
                    table.cell(r, c).merge(table.cell(r + cell.rows - 1, c)).text = cell.text
                elif cell is not None:
                    table.cell(r, c).text = cell
    return document


@pytest.mark.skipif(CONVERTER is None, reason="LibreOffice Writer is not installed")
def test_what_libreoffice_prints_gives_the_facts_of_the_plain_text(printed: dict[str, bytes]) -> None:
    for name in NAMES:
        rows = mine_bytes(printed[name], name)
        assert same_share(rows, plain_rows(name)) >= 0.99, differing(rows, plain_rows(name))


@pytest.mark.skipif(CONVERTER is None, reason="LibreOffice Writer is not installed")
def test_tables_that_libreoffice_prints_have_their_cells(printed: dict[str, bytes]) -> None:
    raw = read_document(printed["tables"], "a.pdf")
    assert len(raw.layout.pages) > 1
    assert [cells_of(raw.text, table) for table in raw.layout.tables] == [cells_meant(INDICATORS), cells_meant(duties())]
    assert {raw.text[a:b] for a, b in raw.layout.furniture} >= {"东澜省人民政府公报", "—1—", "—2—"}


_STYLE = "body{font:11pt/1.8 serif}p{margin:8pt 0}h1{font-size:18pt;text-align:center}table{border-collapse:collapse}td{border:1px solid;padding:3pt 5pt}"


def _web(lines: list[str], tables: tuple[Rows, ...] = ()) -> str:
    def cell(value: str | Merged) -> str:
        return f"<td rowspan={value.rows}>{value.text}</td>" if isinstance(value, Merged) else f"<td>{html.escape(value)}</td>"

    grids = "".join(
        "<p>附表</p><table><thead>" + "".join("<tr>" + "".join(cell(c) for c in row if c is not None) + "</tr>" + ("</thead>" if r == 0 else "") for r, row in enumerate(rows)) + "</table>"
        for rows in tables
    )
    body = "".join(f"<p>{html.escape(line)}</p>" for line in lines[1:])
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style><h1>{lines[0]}</h1>{body}{grids}"


@pytest.mark.skipif(bool(browser.why_not()), reason=browser.why_not())
def test_what_a_browser_prints_gives_the_same_facts_and_cells() -> None:
    with browser.opened_browser() as opened:
        page = opened.new_page()
        made = []
        for lines, tables in ((paragraphs(sample_text(NAMES[0])), ()), (["澜口市任务分工", *("各有关单位按职责抓好落实。",) * 12], (INDICATORS, duties()))):
            page.set_content(_web(lines, tables))
            made.append(page.pdf(format="A4", display_header_footer=True, margin={"top": "2cm", "bottom": "2cm"}))
    rows = mine_bytes(made[0], NAMES[0])
    assert same_share(rows, plain_rows(NAMES[0])) >= 0.99, differing(rows, plain_rows(NAMES[0]))
    raw = read_document(made[1], "a.pdf")
    assert len(raw.layout.pages) > 1
    assert [cells_of(raw.text, table) for table in raw.layout.tables] == [cells_meant(INDICATORS), cells_meant(duties())]


# the samples


def test_the_samples_are_what_their_script_writes() -> None:
    assert (RAW / f"{paged_samples.PDF_NAME}.pdf").read_bytes() == paged_samples.write_pdf()
    one, other = (zipfile.ZipFile(io.BytesIO(data)) for data in ((RAW / f"{paged_samples.OFD_NAME}.ofd").read_bytes(), paged_samples.write_ofd()))
    assert {n: one.read(n) for n in one.namelist()} == {n: other.read(n) for n in other.namelist()}


def _mined(path: Path) -> tuple[str, dict[str, list[dict[str, object]]]]:
    raw = read_document(path.read_bytes(), path.name)
    rows = mine_one(raw, Options(terms=False)).as_rows()
    for table in ("targets", "deadlines", "responsibilities", "sections"):
        assert all(raw.text[row["start"] : row["end"]].strip() for row in rows[table])
    return raw.text, rows


def test_the_sample_in_pdf_gives_its_facts() -> None:
    text, rows = _mined(RAW / f"{paged_samples.PDF_NAME}.pdf")
    [document] = rows["documents"]
    assert (document["title"], document["doc_number"], document["date_issued"], document["province"]) == (
        "北岑省人民政府关于印发北岑省质量发展规划（2021—2025年）的通知", "北岑政发〔2022〕14号", "2022-03-18", "北岑省",
    )
    values = {row["indicator"]: (row["value"], row["deadline"]) for row in rows["targets"]}
    for indicator, value in (("制造业产品质量合格率", 94), ("装配式建筑占新建建筑面积的比例", 35), ("公共服务质量满意度", 82)):
        assert values[indicator] == (value, "2025")
    leads = [row["department"] for row in rows["responsibilities"] if row["role"] == "lead"]
    assert leads == ["省工业和信息化厅", *["省市场监管局"] * 3, "省农业农村厅", *["省住房城乡建设厅"] * 2]


def test_the_sample_in_ofd_gives_its_facts() -> None:
    text, rows = _mined(RAW / f"{paged_samples.OFD_NAME}.ofd")
    [document] = rows["documents"]
    assert (document["doc_number"], document["date_issued"], document["prefecture"]) == ("青政办发〔2023〕9号", "2023-02-20", "青岬市")
    assert [row["code"] for row in rows["issues"] if row["code"].startswith("read-")] == ["read-signed"]
    found = {(row["indicator"], row["value"], row["deadline"]) for row in rows["targets"]}
    assert {("全市算力规模", 600, "2023-06"), ("千兆光网用户", 25, "2023-12"), ("数字经济核心产业增加值占地区生产总值比重", 8.5, "2023")} <= found
