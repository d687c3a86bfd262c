"""Web pages: the document and nothing else, its tables, what the site says about it; pages that were made to do harm."""

from __future__ import annotations

import re
import time
import tracemalloc
from base64 import b64encode

import pytest

from html_pages import METADATA, PAGES, div_page, table_page
from policymine.models import RawDocument
from policymine.reading import read_document
from round_trip import differing, mine_bytes, plain_documents, plain_rows, same_share

DOCUMENTS = dict(plain_documents())
BODY = "临澜市质量提升方案\n临澜市人民政府：\n一、主要目标\n到2025年，抽检合格率达到98%以上，新建检测中心3个。\n完善制度，健全机制。\n2021年3月4日"


def _read(markup: str, encoding: str = "utf-8") -> RawDocument:
    raw = read_document(markup.encode(encoding), "page.html")
    assert (raw.status, raw.reader, raw.media_type) == ("ok", "html", "text/html")
    return raw


def _site(raw: RawDocument) -> dict[str, str]:
    return {f.field: f.value for f in reversed(raw.fields) if f.origin == "site"}


# ---- the same facts


@pytest.mark.parametrize("template", PAGES)
def test_a_page_gives_the_facts_of_the_plain_text(template: str) -> None:
    for name, text in DOCUMENTS.items():
        rows = mine_bytes(PAGES[template](text, _stated(name)).encode(), f"{name}.html")
        assert same_share(rows, plain_rows(name)) >= 0.99, (name, differing(rows, plain_rows(name))[:5])


def _stated(name: str) -> dict[str, str]:
    """What a site would say of a document, true to it."""
    [row] = plain_rows(name)["documents"]
    known = {"标题": row["title"] or "文件", "发文机关": row["issuers"], "发文字号": row["doc_number"], "成文日期": row["date_issued"]}
    return {"索引号": "014349/2024-00317", **{label: str(value) for label, value in known.items() if value}, "发布日期": "2024-03-12"}


BODIES = {
    "blocks": lambda lines: "".join(f"<div>{line}</div>\n" for line in lines),
    "breaks": lambda lines: "<br>\n".join(lines),
    "open paragraphs": lambda lines: "\n<P>".join(("", *lines)),
    "sections": lambda lines: "<section><section>" + "".join(f"<section><span>{line}</span></section>" for line in lines) + "</section></section>",
    "blocks around": lambda lines: "".join(f"<div><p>{line}</p></div>" for line in lines),
    "preformatted": lambda lines: "<pre>" + "\n".join(lines) + "</pre>",
    "list": lambda lines: "<ul>" + "".join(f"<li>{line}" for line in lines) + "</ul>",
    "cells": lambda lines: "<table>" + "".join(f"<tr><td>{line}</td></tr>" for line in lines) + "</table>",
    "words": lambda lines: "".join("<p>" + "".join(f"<font><b><o:p>{c}</o:p></b></font>" for c in line) + "</p>" for line in lines),
}


@pytest.mark.parametrize("markup", BODIES)
@pytest.mark.parametrize("page", [table_page, div_page])
def test_no_markup_of_paragraphs_is_needed(page, markup: str) -> None:  # type: ignore[no-untyped-def]
    assert _read(page("", body=BODIES[markup](BODY.split("\n")))).text == BODY


# ---- what the site says


@pytest.mark.parametrize("template", PAGES)
def test_the_statements_of_the_site_are_fields_and_not_text(template: str) -> None:
    raw = _read(PAGES[template](BODY))
    assert raw.text == BODY
    assert _site(raw) == {
        "title": METADATA["标题"], "issuers": "临澜市人民政府", "doc_number": "临政发〔2024〕9号",
        "date_issued": "2024-03-05", "date_published": "2024-03-12",
    }


def test_meta_elements_and_the_page_s_title_are_read_where_there_is_no_table() -> None:
    page = f"<html><head><title>临澜市质量提升方案_临澜市人民政府</title><meta name=PubDate content='2021-03-08 10:00'></head><body><p>{BODY.replace(chr(10), '<p>')}"
    assert _site(_read(page)) == {"title": "临澜市质量提升方案", "date_published": "2021-03-08"}


def _chosen(markup: str) -> dict[str, tuple[object, object]]:
    rows = mine_bytes(markup.encode(), "page.html")
    [document] = rows["documents"]
    for row in rows["fields"]:
        assert row["start"] is None or row["origin"] == "body"
    assert {row["field"] for row in rows["fields"] if row["origin"] == "site"} == {"title", "issuers", "doc_number", "date_issued", "date_published"}
    return {str(row["field"]): (document[str(row["field"])], row["origin"]) for row in rows["fields"] if row["chosen"]}


def test_the_header_of_the_document_goes_before_the_site_and_the_site_fills_what_it_lacks() -> None:
    body = "一、主要目标\n到年底，新建检测中心3个。\n完善制度。\n健全机制。"
    assert _chosen(div_page(body)) == {
        "title": (METADATA["标题"], "site"), "issuers": ("临澜市人民政府", "site"), "doc_number": ("临政发〔2024〕9号", "site"),
        "date_issued": ("2024-03-05", "site"), "date_published": ("2024-03-12", "site"),
    }
    assert mine_bytes(div_page(body).encode(), "a.html")["deadlines"][0]["end_date"] == "2024-12"  # the year is known
    whole = f"临澜市财政局关于加强质量管理的意见\n临财发〔2019〕3号\n各县（市、区）人民政府：\n{body}\n临澜市财政局\n2019年8月2日"
    found = _chosen(div_page(whole))
    assert found["title"] == ("临澜市财政局关于加强质量管理的意见", "body") and found["issuers"] == ("临澜市财政局", "body")
    assert found["doc_number"] == ("临财发〔2019〕3号", "body") and found["date_issued"] == ("2019-08-02", "body")
    assert mine_bytes(div_page(whole).encode(), "a.html")["deadlines"][0]["end_date"] == "2019-12"


def test_a_title_that_the_site_names_is_found_however_it_is_broken() -> None:
    words = "临澜市人民政府关于示例\n事　项　的\n通　知\n现将有关事项通知如下。\n一、到2025年，新建3条。\n二、健全制度。"
    rows = mine_bytes(div_page(words).encode(), "a.html")
    [row] = [row for row in rows["fields"] if row["field"] == "title" and row["chosen"]]
    assert (row["value"], row["origin"], row["start"], row["end"]) == (METADATA["标题"], "body", 0, 21)


def test_labels_within_a_document_are_no_statements_of_the_site() -> None:
    lines = "一、总则\n到2025年，建成3个中心。\n健全制度。\n完善机制。\n附件：申报表\n名称：\n发文日期：2011年1月1日\n联系人：\n附注。"
    raw = _read("<div>" + "".join(f"<p>{line}</p>" for line in lines.split("\n")) + "</div>")
    assert raw.text == lines


def test_one_label_alone_is_no_statement_of_the_site() -> None:
    raw = _read(f"<div><p>{BODY.replace(chr(10), '<p>')}<p>发文机关：见附件</div>")
    assert raw.fields == () and raw.text == f"{BODY}\n发文机关：见附件"


def test_a_title_above_the_document_is_taken_in_and_only_then() -> None:
    body = BODY.partition("\n")[2]
    page = div_page(body).replace('<div class="z9">', '<h1>临澜市质量提升方案</h1><div class="z9">')
    assert _read(page).text == BODY
    assert _read(page.replace(body.split("\n")[0], "临澜市质量提升方案</p><p>临澜市人民政府：", 1)).text.count("质量提升方案") == 1


# ---- lines


def test_lines_and_blanks_are_those_that_a_browser_shows() -> None:
    raw = _read("<p>　　到2025年，\n  新建&nbsp;3<b>万</b>亩。</p><p>&nbsp;</p><div>面积10<sup>4</sup>m<sup>2</sup><p>Grade A\nplan<br><br><br>末<!-- 注 -->行</p><p></p><p hidden>不见</p><p style='DISPLAY : none'>不见</p>")
    assert raw.text == "　　到2025年，新建\u00a03万亩。\n\n面积10⁴m²\nGrade A plan\n\n末行"


def test_numbers_of_lists_are_put_in_and_marked_unless_they_stand_there() -> None:
    raw = _read("<p>要求：</p><ol start=2><li>甲。<li value=5>乙。<ol type=a><li>丙。</ol><li>3．丁。</ol><ul><li>戊。</ul>")
    assert raw.text == "要求：\n2.甲。\n5.乙。\na.丙。\n3．丁。\n戊。"
    assert [raw.text[a:b] for a, b in raw.layout.synthetic] == ["2.", "5.", "a."]


def test_marks_of_footnotes_are_no_words_and_footnotes_stay() -> None:
    raw = _read("<p>达到30%<sup><a href='#n1'>[1]</a></sup>，新建5家<sup>［2］</sup>。</p><p><a href='#m1'>[1]</a> 口径见附表。</p>")
    assert raw.text.startswith("达到30%，新建5家") and "口径见附表" in raw.text


def test_buttons_go_and_links_in_the_text_stay() -> None:
    lines = [*BODY.split("\n"), '<a href="javascript:print()">打印</a> <a href="#">关闭</a>', '按照<a href="/x.html">《临澜市质量条例》</a>执行。', '附件：<a href="/a/1.docx">1.任务分工表</a>']
    raw = _read(div_page("", body="".join(f"<p>{line}</p>" for line in lines)))
    assert raw.text == f"{BODY}\n按照《临澜市质量条例》执行。\n附件：1.任务分工表"
    assert [(i.code, i.message[:1]) for i in raw.issues] == [("read-attachment", "1")]


def test_what_is_shown_and_not_read_is_said() -> None:
    shown = '<p><img src="f.png"><img src="data:image/png;base64,' + b64encode(bytes(90_000)).decode() + '"></p><iframe src="a.pdf"></iframe>'
    raw = _read(div_page("", body=BODY.replace("\n", "<br>") + shown))
    assert raw.text == BODY and [(i.code, i.message[:1]) for i in raw.issues] == [("read-lost", "2"), ("read-embedded", "1")]
    assert _read(div_page(BODY)).issues == ()  # the banner is no loss


# ---- tables

_GOALS = """<table border=1><tr><th rowspan=2>指标</th><th colspan=2>数值</th><th rowspan=2>属性</th></tr><tr><th>2020年</th><th>2025年</th></tr>
<tr><td>抽检合格率（%）</td><td>96</td><td>98</td><td rowspan=2><p>约束</p><p>性</p></td></tr><tr><td>检测中心（个）</td><td></td><td>[12]</td></tr></table>"""


@pytest.mark.parametrize("page", [table_page, div_page])
def test_a_table_of_data_keeps_its_grid_also_on_a_page_laid_out_in_tables(page) -> None:  # type: ignore[no-untyped-def]
    above, below = "<p>专栏1　主要指标</p>", "<p>注：[]内为五年累计数。</p>"
    raw = _read(page("", body="".join(f"<p>{line}</p>" for line in BODY.split("\n")) + above + _GOALS + below))
    assert raw.text == f"{BODY}\n专栏1　主要指标\n指标\t数值\t属性\n2020年\t2025年\n抽检合格率（%）\t96\t98\t约束\n性\n检测中心（个）\t\t[12]\n注：[]内为五年累计数。"
    [table] = raw.layout.tables
    assert raw.text[table.start : table.end].startswith("指标") and raw.text[table.start : table.end].endswith("[12]")
    cells = [(raw.text[c.start : c.end], c.row, c.column, c.rows, c.columns, c.header) for c in table.cells]
    assert cells == [
        ("指标", 0, 0, 2, 1, True), ("数值", 0, 1, 1, 2, True), ("属性", 0, 3, 2, 1, True), ("2020年", 1, 1, 1, 1, True), ("2025年", 1, 2, 1, 1, True),
        ("抽检合格率（%）", 2, 0, 1, 1, False), ("96", 2, 1, 1, 1, False), ("98", 2, 2, 1, 1, False), ("约束\n性", 2, 3, 2, 1, False),
        ("检测中心（个）", 3, 0, 1, 1, False), ("", 3, 1, 1, 1, False), ("[12]", 3, 2, 1, 1, False),
    ]


def test_a_table_of_tasks_with_long_cells_is_one_and_frames_and_signatures_are_none() -> None:
    duties = "".join(f"<tr><td>{i}</td><td>到202{i}年，建成公共检测平台{i}个。健全分级分类监管制度，强化部门协同，推动数据共享。</td><td>市市场监管局</td><td>202{i}年底</td></tr>" for i in range(1, 9))
    table = f"<table><tr><td>序号</td><td>重点任务</td><td>牵头单位</td><td>完成时限</td></tr>{duties}</table>"
    frame = "<table border=1><tr><td><p>专栏2　重点工程</p><p>到2025年，新建中心3个。</p></td></tr></table>"
    signed = "<table><tr><td>临澜市财政局</td><td>临澜市教育局</td></tr></table>"
    raw = _read("".join(f"<p>{line}</p>" for line in BODY.split("\n")) + frame + table + signed)
    assert len(raw.layout.tables) == 1 and len(raw.layout.tables[0].cells) == 36
    assert "专栏2　重点工程\n到2025年，新建中心3个。\n序号\t重点任务" in raw.text and raw.text.endswith("临澜市财政局\n临澜市教育局")


def test_a_page_laid_out_in_rows_and_columns_is_no_table_of_data() -> None:
    words = "".join(f"<p>{line}</p>" for line in (BODY.split("\n") * 4))
    page = f"<table><tr><td>临澜市</td><td>公文库</td></tr><tr><td><p>公文分类</p></td><td>{words}</td></tr><tr><td>值班电话</td><td>0000</td></tr></table>"
    raw = _read(page)
    assert raw.layout.tables == () and raw.text == "\n".join([BODY] * 4)


def test_short_lines_around_one_long_paragraph_are_part_of_the_document() -> None:
    lines = ["关于质量的通知", "到2025年，新建检测中心3个，健全制度。" * 60, "临澜市财政局", "2021年3月4日"]
    assert _read(table_page("", body="".join(f"<p>{line}</p>" for line in lines))).text == "\n".join(lines)


def test_a_table_in_a_cell_is_read_as_the_lines_of_the_cell() -> None:
    inner = "<table><tr><td>甲</td><td>1</td></tr></table>"
    raw = _read(f"<p>{'到2025年，新建3条线路。' * 9}</p><table><tr><td>项目</td><td>内容</td></tr><tr><td>一</td><td>{inner}</td></tr><tr><td>二</td><td>3</td></tr></table>")
    [table] = raw.layout.tables
    assert [raw.text[c.start : c.end] for c in table.cells] == ["项目", "内容", "一", "甲\n1", "二", "3"]


# ---- encodings and other shapes of pages


@pytest.mark.parametrize("stated", ["gb2312", "utf-8", "iso-8859-1", "nonsense", "big5"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_what_a_page_says_of_its_encoding_does_not_win_over_its_bytes(stated: str, encoding: str) -> None:
    page = table_page(BODY).replace("charset=utf-8", f"charset={stated}").replace("<STYLE>", "<STYLE>" + "/* x */\n" * 20_000)
    raw = _read(page, encoding)
    assert (raw.text, raw.encoding) == (BODY, {"utf-16": "utf-16-le"}.get(encoding, encoding))


def test_a_page_in_big5_that_says_so_is_read_as_that() -> None:
    text = "關於加強品質管理的通知\n到2025年，新建三個檢測中心。\n完善制度，健全機制，推動發展。"
    page = f"<html><head><meta charset=big5><title>通知</title></head><body><p>{'<p>'.join(text.split(chr(10)))}</body></html>"
    raw = _read(page, "big5")
    assert (raw.text, raw.encoding) == (text, "big5hkscs")


def test_a_few_rare_characters_are_in_the_encoding_that_the_page_states() -> None:
    raw = _read("<html><head><meta charset=gbk></head><body><p>瀚犇</body></html>", "gbk")
    assert (raw.text, raw.encoding) == ("瀚犇", "gb18030")


@pytest.mark.parametrize("start", ["", "<!-- saved from url -->\n", "\ufeff", "  \r\n"])
def test_a_part_of_a_page_is_a_page_and_a_plain_text_is_none(start: str) -> None:
    assert _read(start + "<div class=w><p>到2025年，新建3条。</p><p>完善制度。</p></div>").text == "到2025年，新建3条。\n完善制度。"
    for plain in ("<注>到2025年，新建3条。", "a < b > c\n到2025年<p>", "到2025年，<p>新建</p><br>3条"):
        assert read_document((start + plain).encode(), "a.html").reader == "plain"


def test_a_page_saved_with_its_parts_is_read() -> None:
    page = b64encode(div_page(BODY).encode("gb18030"))
    head = "From: <Saved by a browser>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"--=_b\"\r\n\r\n"
    parts = "----=_b\r\nContent-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n----=_b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n----=_b--\r\n"
    assert _read(head + parts.format(page.decode())).text == BODY
    assert read_document((head + parts.format(page.decode()))[:700].encode(), "a.mht").status == "ok"  # cut off


# ---- harm

_DEEP = 20_000
HARM = {
    "deep blocks": "<div>" * 100_000 + "到2025年" + "</div>" * 100_000,
    "deep tables": "<table><tr><td>" * _DEEP + "到2025年",
    "deep cells": "<tr><td><li><dd>" * _DEEP + "到2025年",
    "deep fonts": "<p>" + "<font><b><i>" * _DEEP + "到2025年",
    "deep lists": "<ol>" * _DEEP + "<li>到2025年",
    "many attributes": "<p " + " ".join(f"a{i}=1" for i in range(_DEEP)) + ">到2025年</p>",
    "a huge attribute": f"<p title=\"{'x' * 3_000_000}\">到2025年</p>",
    "open quotes": "<p>到2025年</p>" + "<p a=\"'" * _DEEP,
    "open tags": "<p>到2025年</p>" + "<a <b " * _DEEP,
    "open comments": "<p>到2025年</p>" + "<!--" * _DEEP,
    "open scripts": "<p>到2025年</p>" + "<script><svg>" * _DEEP,
    "ends alone": "<p>到2025年</p>" + "</p></div></x>" * _DEEP,
    "entities": "<p>到2025年" + "&amp;&#x110000;&#0;&nosuch;" * _DEEP,
    "signs": "<p>到2025年</p>" + "<" * 10 * _DEEP,
    "blanks": "<p>到2025年</p>" + " \n\t" * 5 * _DEEP + "<p>" * _DEEP,
    "huge spans": "<table>" + "<tr><td rowspan=9999999 colspan=9999999>到2025年<td rowspan=65534>2" * 2_000 + "</table>",
    "external entities": '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "&x;&x;">]><p>到2025年&x;&y;</p>',
    "marks": "<p>到2025年新建项目三个以上，健全制度，完善机制，推动发展，加强协同，优化服务，落实责任\x00\x01\ufffe\U0010ffff</p>" * 2_000,
    "many lines": "<p>到2025年</p>\n" * 30_000,
    "many links": "<p>到2025年</p>" + "<a href=x>某</a>" * _DEEP,
    "labels": "<p>到2025年</p>" + "标题：" * _DEEP + "<p>索引号：" * 5_000,
}


@pytest.mark.parametrize("harm", HARM)
def test_no_markup_costs_more_than_its_length(harm: str) -> None:
    began = time.process_time()
    raw = read_document(("<html><body>" + HARM[harm]).encode("utf-8", "replace"), "a.html")
    assert time.process_time() - began < 15
    assert raw.status == "ok" and "到2025年" in raw.text, raw.text[:50]
    assert "root:" not in raw.text
    if harm in ("deep blocks", "deep tables", "deep cells"):
        assert "read-flattened" in [i.code for i in raw.issues]


@pytest.mark.parametrize("harm", ["deep cells", "a huge attribute", "huge spans", "many links"])
def test_the_memory_for_a_page_is_bounded_by_its_length(harm: str) -> None:
    page = ("<html><body>" + HARM[harm]).encode()
    tracemalloc.start()
    read_document(page, "a.html")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 * len(page) + 20e6, (peak, len(page))


def test_a_page_without_words_is_empty_and_says_so() -> None:
    for page in ("<html>", "<html><script>到2025年</script>", "<!DOCTYPE html><html><body><nav>首页</nav><div id=app></div></body></html>", "<html><body><!--"):
        raw = _read(page)
        assert raw.text == "" and "read-empty" in [i.code for i in raw.issues]


def test_cut_pages_are_read_as_far_as_they_go() -> None:
    page = div_page(BODY).encode("gb18030")
    for end in range(0, len(page), 97):
        raw = read_document(page[:end], "a.html")
        assert raw.status == "ok" and re.sub(r"\s", "", raw.text) is not None
