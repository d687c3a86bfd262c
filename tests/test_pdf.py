"""PDF: the facts of the plain text, whatever the page looks like; what cannot be read is named."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas

from paged_files import (
    HEIGHT,
    TOP,
    WIDTH,
    Merged,
    Rows,
    Sheet,
    Words,
    bare_pdf,
    font,
    one_page,
    pdf_of,
    set_table,
    set_text,
    squashed,
    stream,
)
from policymine.engines import mine_source
from policymine.models import Options, Table
from policymine.reading import pdf, read_document
from policymine.reading.sources import list_sources
from round_trip import differing, mine_bytes, plain_documents, plain_rows, same_share
from samples import SLOW

STYLES = {
    "official": {},  # as GB/T 9704 has it: first lines indented by two characters, page numbers outside
    "website": {"head": "东澜省人民政府公报", "indent": 0, "space": 10, "number": "{}"},  # paragraphs parted by space
    "dense": {"indent": 0, "title": False, "number": "第 {} 页"},  # nothing parts paragraphs but short last lines
}
INDICATORS: Rows = (
    ("指标", "2020年", "2025年", "年均增长", "属性"),
    ("地区生产总值（亿元）", "3200", "4500", "7%", "预期性"),
    ("研发经费投入占比（%）", "1.8", "2.6", "—", "预期性"),
    ("规模以上工业企业数字化转型比例（%）", "35", "75", "", "预期性"),
    ("单位地区生产总值能耗降低（%）", "—", "—", "〔13.5〕", "约束性"),
    ("森林覆盖率（%）", "41.2", "43", "", "约束性"),
    ("每千人口执业（助理）医师数（人）", "2.9", "3.4", "", "预期性"),
    ("城镇新增就业（万人）", "8.1", "—", "〔40〕", "预期性"),
    ("劳动年龄人口平均受教育年限（年）", "10.8", "11.3", "", "约束性"),
    ("粮食综合生产能力（万吨）", "62", "65", "", "约束性"),
    ("人均预期寿命（岁）", "78.2", "79.5", "", "预期性"),
)
_TASKS = (
    "建设第{}批数字化车间，推动重点行业企业上云用数，新增示范企业{}家，形成可复制的经验做法。",
    "改造提升第{}批老旧管网，同步更新计量设施{}处。完善配套政策，加强跟踪评估，定期通报进展情况。",
    "建成第{}批社区养老服务站，新增床位{}张。",
)
_LEADS = (("市发展改革委", 3), ("市工业和信息化局", 1), ("市住房城乡建设局", 4), ("市民政局", 2), ("市教育局", 4))


def duties() -> Rows:
    """A 任务分工表 whose lead units stand in merged cells."""
    rows: list[list[str | Merged | None]] = [["序号", "重点任务", "牵头单位", "责任单位", "完成时限"]]
    for lead, count in _LEADS:
        for k in range(count):
            n = len(rows)
            head = (Merged(lead, count) if count > 1 else lead) if k == 0 else None
            others = "市财政局、市科技局，各县（市、区）人民政府" if n % 2 else "市数据局"
            rows.append([str(n), _TASKS[n % 3].format(n, 10 + n), head, others, f"{2023 + n % 3}年12月底"])
    return rows


def cells_of(text: str, table: Table) -> dict[tuple[int, int], tuple[int, str]]:
    """The cells of a table: how many rows each covers, and its words."""
    return {(c.row, c.column): (c.rows, squashed(text[c.start : c.end])) for c in table.cells}


def cells_meant(rows: Rows) -> dict[tuple[int, int], tuple[int, str]]:
    """As ``cells_of``, of what was set."""
    return {
        (r, c): (cell.rows, cell.text) if isinstance(cell, Merged) else (1, cell)
        for r, row in enumerate(rows) for c, cell in enumerate(row) if cell is not None
    }


@pytest.mark.parametrize("style", STYLES)
def test_a_pdf_gives_the_facts_of_the_plain_text(style: str) -> None:
    shares = {}
    for name, text in plain_documents()[: None if SLOW else 14]:
        rows = mine_bytes(pdf_of(set_text(text, **STYLES[style])), name)
        shares[name] = same_share(rows, plain_rows(name))
        assert shares[name] > 0.85, (name, differing(rows, plain_rows(name)))
    assert sum(shares.values()) / len(shares) >= 0.99, sorted(shares.items(), key=lambda item: item[1])[:5]


def test_pages_furniture_and_paragraphs_are_known() -> None:
    text = "东澜省人民政府关于建设质量强省的意见\n" + "一、总体要求\n到2025年，全省新建质量基础设施服务站120个。\n" * 12
    raw = read_document(pdf_of(set_text(text, head="东澜省人民政府公报")), "a.pdf")
    assert (raw.status, raw.reader, raw.issues, len(raw.layout.pages)) == ("ok", "pdf", (), 2)
    furniture = [raw.text[a:b] for a, b in raw.layout.furniture]
    assert furniture == ["东澜省人民政府公报", "—1—", "东澜省人民政府公报", "—2—"]
    starts = [raw.text[at:].split("\n")[0] for at in raw.layout.paragraphs]
    assert set(starts[1:]) == {"一、总体要求", "到2025年，全省新建质量基础设施服务站120个。"}
    assert raw.layout.page(raw.text.rindex("到2025年")) == 2


def test_what_stands_at_the_edge_of_one_page_only_is_text() -> None:
    sheets = [Sheet([Words("附件1", 80, 60, 16), Words("到2025年，新建3条线路。", 80, 300, 16)]) for _ in range(2)]
    sheets[1].words[0] = Words("附件2", 80, 60, 16)
    raw = read_document(pdf_of(sheets), "a.pdf")
    assert raw.layout.furniture == ()
    assert raw.text == "附件1\n到2025年，新建3条线路。\n附件2\n到2025年，新建3条线路。\n"


@pytest.mark.parametrize("rules", ["all", "level", "three", "none"])
@pytest.mark.parametrize("start", [0, 380])
def test_a_table_of_indicators(rules: str, start: float) -> None:
    raw = read_document(pdf_of(set_table(INDICATORS, (170, 60, 60, 70, 70), rules=rules, start=start)), "a.pdf")
    assert len(raw.layout.pages) == (2 if start else 1)
    assert [cells_of(raw.text, table) for table in raw.layout.tables] == [cells_meant(INDICATORS)]
    if start:  # the head that the second page repeats stands in no cell
        assert raw.text.count("年均增长") == 2
        at = raw.text.rindex("年均增长")
        assert any(a <= at < b for a, b in raw.layout.furniture)


@pytest.mark.parametrize("rules", ["all", "level"])
@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("start", [0, 60, 130])
def test_a_table_over_pages_with_merged_cells(rules: str, split: bool, start: float) -> None:
    rows = duties()
    sheets = set_table(rows, (34, 170, 80, 100, 60), rules=rules, split=split, start=start)
    assert len(sheets) == 2
    raw = read_document(pdf_of(sheets), "a.pdf")
    assert [cells_of(raw.text, table) for table in raw.layout.tables] == [cells_meant(rows)]


def test_without_rules_a_merged_cell_is_its_first_row() -> None:
    rows = duties()
    raw = read_document(pdf_of(set_table(rows, (34, 170, 80, 100, 60), rules="three")), "a.pdf")
    found = cells_of(raw.text, raw.layout.tables[0])
    assert {k: v[1] for k, v in found.items() if v[1]} == {k: v[1] for k, v in cells_meant(rows).items()}


def test_a_character_alone_in_its_cell_is_read_whatever_fonts_the_machine_has() -> None:
    rows: Rows = [["指标", "单位", "2025年"], ["示范企业", "家", "30"], ["渔港", "座", "5"]]
    raw = read_document(pdf_of(set_table(rows, (100, 60, 60))), "a.pdf")
    assert [cells_of(raw.text, table) for table in raw.layout.tables] == [cells_meant(rows)]


def test_a_box_around_running_text_is_no_table() -> None:
    sheets = set_text("专栏1　重点工程\n到2025年，新建3条线路，改造12个站点。\n" * 3, title=False)
    sheets[0].rules += [(70, 90, 550, 90), (70, 400, 550, 400), (70, 90, 70, 400), (550, 90, 550, 400)]
    raw = read_document(pdf_of(sheets), "a.pdf")
    assert raw.layout.tables == () and raw.text.count("到2025年，新建3条线路，改造12个站点。\n") == 3


def _columns(words: str) -> bytes:
    """Text in two columns under a title that runs over both."""
    sheet = Sheet([Words("东澜省质量提升行动方案", 200, TOP, 22)])
    for side in (0, 1):
        for k in range(18):
            sheet.words.append(Words(words[(side * 18 + k) * 14 : (side * 18 + k + 1) * 14], 60 + side * 245, 160 + 24 * k + 7 * side, 16))
    return pdf_of([sheet])


def test_two_columns_are_read_one_after_the_other() -> None:
    words = "".join(f"第{n:03}项措施在各县市区全面推开并按季度通报；" for n in range(30))
    raw = read_document(_columns(words), "a.pdf")
    assert squashed(raw.text) == "东澜省质量提升行动方案" + words[: 36 * 14]


def test_text_that_runs_across_or_down_the_page_is_read() -> None:
    def sideways(canvas: Canvas, at: int) -> None:
        canvas.rotate(90)
        canvas.setFont(font(), 16)
        for k in range(3):
            canvas.drawString(80, -(100 + 30 * k), f"到2025年，新建第{k + 1}条线路。")

    raw = read_document(pdf_of([Sheet()], draw=sideways), "a.pdf")
    assert raw.text == "".join(f"到2025年，新建第{k}条线路。\n" for k in (1, 2, 3))
    sentences = ("到二〇二五年，新建三条线路。", "二〇三〇年前，再建五条线路。")
    down = Sheet([Words(c, 500 - 30 * k, 100 + 18 * i, 16) for k, words in enumerate(sentences) for i, c in enumerate(words)])
    assert read_document(pdf_of([down]), "a.pdf").text.split("\n")[:2] == list(sentences)


def test_a_watermark_askew_is_left_out_and_said_so() -> None:
    def mark(canvas: Canvas, at: int) -> None:
        canvas.translate(200, 400)
        canvas.rotate(45)
        canvas.setFont(font(), 40)
        canvas.drawString(0, 0, "内部资料")

    raw = read_document(pdf_of([Sheet([Words("到2025年，新建3条线路。", 80, 300, 16)])], draw=mark), "a.pdf")
    assert raw.text == "到2025年，新建3条线路。\n" and [issue.code for issue in raw.issues] == ["read-lost"]


# what cannot be read


def _scan(pages: int, text_on: int = -1) -> bytes:
    """Pages that are images; one may have text."""
    from PIL import Image

    picture = Image.new("L", (60, 80), 200)

    def draw(canvas: Canvas, at: int) -> None:
        if at != text_on:
            canvas.drawInlineImage(picture, 0, 0, WIDTH, HEIGHT)

    sheets = [Sheet([Words("到2025年，新建3条线路。", 80, 300, 16)] if at == text_on else []) for at in range(pages)]
    return pdf_of(sheets, draw=draw)


def test_a_scan_is_named() -> None:
    raw = read_document(_scan(3), "a.pdf")
    assert (raw.status, raw.text, raw.reader) == ("scanned", "", "")
    assert [(i.code, i.message) for i in raw.issues] == [("read-scanned", "pages 1-3: only images: a scan")]


def test_some_scanned_pages_are_named_and_the_others_read() -> None:
    raw = read_document(_scan(4, text_on=1), "a.pdf")
    assert raw.status == "ok" and raw.text == "到2025年，新建3条线路。\n" and raw.layout.page(0) == 2
    assert [i.message for i in raw.issues if i.code == "read-pages"] == ["page 1: only images: a scan", "pages 3-4: only images: a scan"]


@pytest.mark.parametrize("characters", ["Identity", "GB1"])
def test_characters_that_stand_for_nothing_are_garbled(characters: str) -> None:
    codes = b"".join(b"%04X" % ((300 + 37 * k) % 9000) for k in range(120))
    shown = b" ".join(b"<%s> Tj 0 -20 Td" % codes[k : k + 80] for k in range(0, len(codes), 80))
    raw = read_document(one_page(b"BT /F1 12 Tf 60 700 Td " + shown + b" ET", characters), "a.pdf")
    assert (raw.status, raw.text) == ("garbled", "") and "page 1" in raw.issues[0].message


def test_a_password_is_named_and_an_empty_one_opened() -> None:
    def locked(user: str) -> bytes:
        out = io.BytesIO()
        canvas = Canvas(out, encrypt=pdfencrypt.StandardEncryption(user, ownerPassword="owner", canPrint=0), invariant=1)
        canvas.setFont(font(), 16)
        canvas.drawString(80, 700, "到2025年，新建3条线路。")
        canvas.save()
        return out.getvalue()

    assert read_document(locked("secret"), "a.pdf").status == "encrypted"
    assert read_document(locked(""), "a.pdf").text == "到2025年，新建3条线路。\n"


def test_a_truncated_pdf_is_damaged_or_read_and_never_an_error() -> None:
    whole = pdf_of(set_text("到2025年，新建3条线路。\n" * 60))
    for length in (9, 200, len(whole) // 3, len(whole) // 2, len(whole) - 200, len(whole) - 7):
        raw = read_document(whole[:length], "a.pdf")
        assert raw.status in ("ok", "damaged"), length
        assert raw.issues or raw.status == "ok"
    assert read_document(b"%PDF-1.7 \n" + bytes(range(256)) * 40, "a.pdf").status == "damaged"


def test_more_characters_than_the_limit_are_too_long() -> None:
    data = pdf_of(set_text("到2025年，新建3条线路。\n" * 60))
    assert [read_document(data, "a.pdf", Options(max_chars=most)).status for most in (2000, 300)] == ["ok", "too-long"]


_CROSS = b"0 0 m 100 100 l S "
_FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources"


_CATALOG, _EMPTY = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"


def _bomb() -> bytes:
    """A gigabyte of drawing, packed."""
    squeezer = zlib.compressobj(9)
    return b"".join(squeezer.compress(_CROSS * 500_000) for _ in range(120)) + squeezer.flush()


def _forms(content: bytes, *more: bytes) -> bytes:
    return one_page(content, resources=b"/XObject<</X 8 0 R>>", more=more)


def _self_drawn() -> bytes:
    """A form that draws itself twice: without an end for all that matters."""
    return _forms(b"/X Do", stream(b"/X Do /X Do", _FORM + b"<</XObject<</X 8 0 R>>>>"))


def _nested() -> bytes:
    """A hundred thousand million crosses in twelve small forms."""
    forms = [stream(b"/X Do " * 10, _FORM + b"<</XObject<</X %d 0 R>>>>" % (9 + k)) for k in range(11)]
    return _forms(b"/X Do " * 10, *forms, stream(_CROSS, _FORM + b"<<>>"))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "brackets": lambda: bare_pdf([b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * 200_000 + b"]" * 200_000 + b">>", b"<</Type/Pages/Kids[]/Count 0>>"]),
    "dictionaries": lambda: one_page(b"<<" * 500_000),
    "states": lambda: one_page(b"q " * 1_000_000),
    "pages in a circle": lambda: bare_pdf([_CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000000>>"]),
    "300,000 pages": lambda: bare_pdf([_CATALOG, b"<</Type/Pages/Kids[" + b"3 0 R " * 300_000 + b"]/Count 300000>>", _EMPTY]),
    "a false number of pages": lambda: bare_pdf([_CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 2000000>>", _EMPTY]),
}
VORACIOUS: dict[str, Callable[[], bytes]] = {
    "a gigabyte of drawing": lambda: one_page(_bomb(), extra=b"/Filter/FlateDecode"),
    "packed twice": lambda: one_page(zlib.compress(_bomb(), 9), extra=b"/Filter[/FlateDecode/FlateDecode]"),
    "forms in forms": _nested,
    "a form in itself": _self_drawn,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_harms_nothing(what: str) -> None:
    raw = read_document((HOSTILE | VORACIOUS)[what](), "a.pdf", Options(max_chars=100_000))
    assert raw.status in ("damaged", "too-long", "timed-out") or raw.status == "ok" and not raw.text.strip()
    assert raw.issues
    assert read_document(pdf_of([Sheet([Words("到2025年，新建3条线路。", 80, 300, 16)])]), "b.pdf").text == "到2025年，新建3条线路。\n"


@pytest.mark.skipif(not SLOW, reason="each fills two gigabytes, for ten seconds")
@pytest.mark.parametrize("what", VORACIOUS)
def test_a_voracious_file_is_stopped(what: str) -> None:
    test_a_hostile_file_harms_nothing(what)


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policymine.reading.pdf.SECONDS", 1)
    raw = read_document(_self_drawn(), "a.pdf")
    assert raw.status == "timed-out" and raw.issues[0].code == "read-timed-out"


def test_the_end_of_pdfium_is_survived(tmp_path: Path) -> None:
    """A file that ends pdfium's process is damaged; the next one is read by a new process; the command runs in one."""
    good = pdf_of([Sheet([Words("到2025年，新建3条线路。", 80, 300, 16)])])
    for name, data in (("a", good), ("b", _self_drawn()), ("c", good)):
        (tmp_path / f"{name}.pdf").write_bytes(data)
    mined = (mine_source(source, Options()) for source in list_sources([str(tmp_path)]))
    assert next(mined).rows.file["status"] == "ok"
    process = pdf._PDFIUM._process
    assert process is not None
    killer = threading.Timer(0.5, process.kill)
    killer.start()
    assert [m.rows.file["status"] for m in mined] == ["damaged", "ok"]


def test_what_stands_before_a_pdf_is_forgiven() -> None:
    data = pdf_of([Sheet([Words("到2025年，新建3条线路。", 80, 300, 16)])])
    raw = read_document(b"\r\n\x00junk\n" + data, "a.pdf")
    assert (raw.media_type, raw.reader, raw.text) == ("application/pdf", "pdf", "到2025年，新建3条线路。\n")
    assert read_document("PDF 文件以 %PDF-1.7 开头。\n".encode(), "a.txt").reader == "plain"


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell that a parent process is gone")
def test_pdfium_ends_with_the_process_that_started_it() -> None:
    """Also in the middle of a file that never ends."""
    program = (
        "import os, sys, threading\n"
        "from policymine.reading import pdf, read_document\n"
        "threading.Timer(2, lambda: (print(pdf._PDFIUM._process.pid, flush=True), os._exit(0))).start()\n"
        "read_document(sys.stdin.buffer.read(), 'a.pdf')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], input=_self_drawn(), capture_output=True, timeout=60, env=os.environ)
    for _ in range(50):
        try:
            os.kill(int(done.stdout), 0)
        except OSError:
            return
        threading.Event().wait(0.2)
    raise AssertionError("the process of pdfium goes on")
