"""Word files: what a reader of the page sees is the text, with automatic numbers, tables, boxes, notes and accepted changes."""

from __future__ import annotations

import io
import re
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import word_sample
from policymine.corpus import mine_one
from policymine.models import Options, RawDocument
from policymine.reading import read_document
from policymine.reading.number_formats import format_number
from policymine.reading.word_body import WordText
from policymine.reading.word_numbering import Numbering
from policymine.text.normalize import normalize
from round_trip import differing, mine_bytes, plain_documents, plain_rows, same_share
from samples import RAW
from word_files import STRICT, TRANSITIONAL, make_docx, make_zip, numbered, p, word_file

FIRST = "云岭省加快建设现代物流体系。"
DOCUMENTS = dict(plain_documents())


def _read(body: str, **parts: str) -> RawDocument:
    raw = read_document(make_docx(body, **parts), "a.docx")
    assert raw.status == "ok", raw.issues
    assert raw.reader == "docx"
    return raw


def _lines(body: str, **parts: str) -> list[str]:
    return _read(body, **parts).text.splitlines()


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_word_file_gives_the_facts_of_the_plain_text(name: str) -> None:
    pytest.importorskip("docx")
    data, numbers = word_file(DOCUMENTS[name])
    raw = read_document(data, name)
    assert re.sub(r"\s", "", raw.text) == re.sub(r"[\s\x00]", "", DOCUMENTS[name])
    assert len(raw.layout.synthetic) == numbers
    rows = mine_bytes(data, name)
    assert same_share(rows, plain_rows(name)) >= 0.99, differing(rows, plain_rows(name))[:10]


def test_a_file_that_libreoffice_wrote_gives_the_facts_of_the_plain_text() -> None:
    name = "2022-云屏省-质量强省实施意见"
    data = (Path(__file__).parent / "data" / "written-by-libreoffice.docx").read_bytes()
    raw = read_document(data, name)
    assert (raw.status, raw.reader, len(raw.layout.synthetic)) == ("ok", "docx", 13)
    assert same_share(mine_bytes(data, name), plain_rows(name)) == 1.0


def test_most_samples_have_automatic_numbers() -> None:
    pytest.importorskip("docx")
    assert sum(word_file(text)[1] for text in DOCUMENTS.values()) > 150


# --- numbers ---------------------------------------------------------------------------------------------------------


def _list(*levels: tuple[str, str] | tuple[str, str, str], extra: str = "") -> str:
    made = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{level[0]}"/>{level[2] if len(level) > 2 else ""}<w:lvlText w:val="{level[1]}"/></w:lvl>'
        for i, level in enumerate(levels)
    )
    return f'<w:abstractNum w:abstractNumId="7">{made}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>{extra}'


NOTHING = '<w:suff w:val="nothing"/>'
HEADINGS = _list(("chineseCounting", "%1、", NOTHING), ("chineseCounting", "（%2）", NOTHING), ("decimal", "%3.", NOTHING))


def test_numbers_are_in_the_text_and_marked_as_put_in() -> None:
    levels = (0, 1, 1, 2, 2, 0, 1)
    raw = _read("".join(numbered(f"甲{i}", level) for i, level in enumerate(levels)), numbering=HEADINGS)
    assert raw.text.splitlines() == ["一、甲0", "（一）甲1", "（二）甲2", "1.甲3", "2.甲4", "二、甲5", "（一）甲6"]
    assert [raw.text[a:b] for a, b in raw.layout.synthetic] == ["一、", "（一）", "（二）", "1.", "2.", "二、", "（一）"]
    assert [raw.text[at : at + 2] for at in raw.layout.paragraphs][:3] == ["一、", "（一", "（二"]


def test_a_suffix_is_one_blank_or_nothing() -> None:
    numbering = _list(("decimal", "%1"), ("decimal", "%1.%2", '<w:suff w:val="space"/>'), ("decimal", "第%3条", NOTHING))
    assert _lines("".join(numbered("总则", i) for i in range(3)), numbering=numbering) == ["1 总则", "1.1 总则", "第1条总则"]


def test_articles_count_on_over_chapters() -> None:
    numbering = _list(("chineseCountingThousand", "第%1章"), ("chineseCountingThousand", "第%2条", '<w:lvlRestart w:val="0"/>'))
    got = _lines("".join(numbered("某", level) for level in (0, 1, 1, 0, 1)), numbering=numbering)
    assert [line.split()[0] for line in got] == ["第一章", "第一条", "第二条", "第二章", "第三条"]


def test_a_level_may_start_anew_behind_some_higher_levels_only() -> None:
    numbering = _list(("decimal", "%1"), ("decimal", "%2"), ("decimal", "%3", '<w:lvlRestart w:val="1"/>'))
    got = _lines("".join(numbered("某", level) for level in (0, 1, 2, 1, 2, 0, 2)), numbering=numbering)
    assert [line.split()[0] for line in got] == ["1", "1", "1", "2", "2", "2", "1"]


def test_a_start_override_counts_once_and_lists_of_one_kind_count_together() -> None:
    extra = (
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        '<w:num w:numId="4"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:lvl w:ilvl="0"><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1)"/></w:lvl></w:lvlOverride></w:num>'
    )
    got = _lines("".join(numbered("某", 0, n) for n in (1, 2, 3, 3, 1, 4)), numbering=_list(("decimal", "%1."), extra=extra))
    assert [line.split()[0] for line in got] == ["1.", "2.", "5.", "6.", "7.", "VIII)"]


def test_numbers_come_through_styles_and_can_be_switched_off() -> None:
    styles = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="1"><w:basedOn w:val="a"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="2"><w:basedOn w:val="1"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="3"><w:basedOn w:val="3"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    numbering = _list(("chineseCounting", "%1、", NOTHING), ("chineseCounting", "（%2）", NOTHING), ("decimal", "%3.", '<w:pStyle w:val="3"/>'))
    off = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = p("甲", '<w:pStyle w:val="1"/>') + p("乙", '<w:pStyle w:val="2"/>') + p("丙", '<w:pStyle w:val="3"/>') + p("丁") + p("戊", '<w:pStyle w:val="1"/>' + off)
    assert _lines(body, numbering=numbering, styles=styles) == ["一、甲", "（一）乙", "1. 丙", "丁", "戊"]


def test_a_higher_level_that_has_not_come_shows_its_start() -> None:
    numbering = _list(("chineseCounting", "%1、"), ("decimal", "%1.%2", "<w:isLgl/>"))
    assert _lines(numbered("某", 1) + numbered("某", 1), numbering=numbering) == ["1.1 某", "1.2 某"]


def test_bullets_of_symbol_fonts_are_signs() -> None:
    fonts = '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr>'
    assert _lines(numbered("某"), numbering=_list(("bullet", "\uf06c", fonts))) == ["● 某"]
    assert _lines(numbered("某"), numbering=_list(("bullet", "\uf0b7"))) == ["• 某"]
    assert _lines(numbered("某"), numbering=_list(("bullet", "——", NOTHING))) == ["——某"]
    assert _lines(numbered("某"), numbering=_list(("none", ""))) == ["某"]


def test_a_number_that_names_no_list_is_none() -> None:
    assert _lines(numbered("某", 0, 9) + numbered("某", 8) + numbered("某", 99), numbering=HEADINGS) == ["某"] * 3
    assert _lines(numbered("某")) == ["某"]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 100: "一〇〇"}),
        ("chineseCountingThousand", {10: "十", 100: "一百", 101: "一百零一", 110: "一百一十", 1010: "一千零一十", 12345: "一万二千三百四十五", 10010: "一万零一十"}),
        ("japaneseCounting", {1: "一", 10: "十", 101: "百一", 1234: "千二百三十四"}),
        ("ideographDigital", {10: "一〇", 25: "二五"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 12: "亥"}),
        ("ideographZodiacTraditional", {1: "甲子", 11: "甲戌", 60: "癸亥"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 25: "贰拾伍"}),
        ("ideographLegalTraditional", {3: "參"}),
        ("decimal", {7: "7", 0: "0"}),
        ("decimalZero", {7: "07"}),
        ("decimalFullWidth", {10: "１０"}),
        ("decimalEnclosedCircleChinese", {1: "①", 20: "⑳", 21: "21"}),
        ("decimalEnclosedParen", {3: "⑶"}),
        ("upperRoman", {4: "IV", 1999: "MCMXCIX", 99_999: "99999"}),
        ("lowerLetter", {1: "a", 26: "z", 27: "aa", 53: "aaa"}),
        ("upperLetter", {2: "B"}),
        ("none", {1: ""}),
        ("hebrew1", {5: "5"}),
    ],
)
def test_formats_of_numbers(name: str, numbers: dict[int, str]) -> None:
    assert {n: format_number(n, name) for n in numbers} == numbers


def test_chinese_numbers_are_read_as_they_are_written() -> None:
    from policymine.text.numerals import han_to_int

    assert [n for n in range(1, 13000) if han_to_int(format_number(n, "chineseCountingThousand")) != n] == []
    assert [n for n in range(1, 100) if han_to_int(format_number(n, "chineseCounting")) != n] == []


# --- what is text ----------------------------------------------------------------------------------------------------


def test_changes_are_accepted() -> None:
    mark = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    body = (
        f"<w:p>{_run('到')}<w:del><w:r><w:delText>2020</w:delText></w:r></w:del><w:ins>{_run('2025')}</w:ins>{_run('年，')}</w:p>"
        f"<w:p>{mark}{_run('新建')}</w:p><w:p>{_run('3条线路。')}</w:p>"
        f"<w:p>{mark}<w:del><w:r><w:delText>全段删去。</w:delText></w:r></w:del></w:p>"
        f"<w:p><w:moveFrom>{_run('移走。')}</w:moveFrom><w:moveTo>{_run('移来。')}</w:moveTo></w:p>"
    )
    assert _lines(body) == ["到2025年，", "新建3条线路。", "移来。"]


def test_a_deleted_paragraph_takes_no_number() -> None:
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    deleted = f"<w:p><w:pPr>{number}<w:rPr><w:del/></w:rPr></w:pPr><w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p>"
    assert _lines(numbered("甲") + deleted + numbered("乙"), numbering=HEADINGS) == ["一、甲", "二、乙"]


def test_wrappers_are_looked_through() -> None:
    control = '<w:sdt><w:sdtPr><w:alias w:val="名"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>'
    body = (
        f"<w:p><w:hyperlink>{_run('链接')}</w:hyperlink><w:smartTag>{_run('标记')}</w:smartTag>{control.format(_run('控件'))}</w:p>"
        + control.format(p("整段控件。"))
        + '<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>' + p("单击此处输入") + "</w:sdtContent></w:sdt>"
        + f"<w:p><w:ruby><w:rt>{_run('zhong')}</w:rt><w:rubyBase>{_run('重')}</w:rubyBase></w:ruby></w:p>"
    )
    assert _lines(body) == ["链接标记控件", "整段控件。", "重"]


def _field(instruction: str, result: str) -> str:
    kinds = [f'<w:r><w:fldChar w:fldCharType="{k}"/></w:r>' for k in ("begin", "separate", "end")]
    return f"{kinds[0]}<w:r><w:instrText>{instruction}</w:instrText></w:r>{kinds[1]}{result}{kinds[2]}"


def test_of_fields_the_result_is_text() -> None:
    inner = _field(" PAGE ", _run("七"))
    body = f"<w:p>{_run('共')}{_field(' NUMPAGES ', _run('12'))}{_run('页')}{_field(' IF 1 ', inner)}<w:fldSimple w:instr=' DATE '>{_run('今')}</w:fldSimple></w:p>"
    never = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> X </w:instrText></w:r></w:p>'
    assert _lines(body + never + p(FIRST)) == ["共12页七今", "", FIRST]


def test_a_table_of_contents_is_kept_out_of_the_facts() -> None:
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{k}"/></w:r>' for k in ("begin", "separate", "end"))
    contents = (
        f'<w:p>{begin}<w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>{separate}{_run("一、总体要求")}{_field(" PAGEREF x ", _run("1"))}</w:p>'
        f"<w:p>{_run('二、主要目标2')}</w:p><w:p>{end}{_run(FIRST)}</w:p>"
    )
    raw = _read(contents + p("一、总体要求"))
    assert [raw.text[a:b] for a, b in raw.layout.furniture] == ["一、总体要求1", "二、主要目标2"]
    assert normalize(raw.text, raw.layout).text == f"{FIRST}\n一、总体要求\n".replace("，", ",")
    unclosed = _read(contents.replace(end, "") + p("一、总体要求"))
    assert unclosed.layout.furniture == ()
    gallery = '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>'
    raw = _read(gallery.format(p("目录") + p("一、甲1")) + p("一、甲"))
    assert [raw.text[a:b] for a, b in raw.layout.furniture] == ["目录", "一、甲1"]


def test_signs_breaks_and_hidden_text() -> None:
    body = (
        "<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:softHyphen/><w:t>丙</w:t><w:noBreakHyphen/><w:t>丁</w:t></w:r></w:p>"
        '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>是</w:t><w:sym w:font="Webdings" w:char="F0FE"/></w:r></w:p>'
        "<w:p><w:r><w:t>上半</w:t><w:br/><w:t>下半</w:t><w:br w:type='page'/></w:r></w:p>"
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>可见</w:t></w:r></w:p>"
        "<w:p><w:r><w:t> 首尾空白 </w:t></w:r></w:p>"
    )
    raw = _read(body)
    assert raw.text.splitlines() == ["甲\t乙丙-丁", "☑是\ufffd", "上半", "下半", "可见", "首尾空白"]
    assert [i.code for i in raw.issues] == ["read-lost"]
    assert "1 passages of hidden text, 1 symbols" in raw.issues[0].message


BOX = f"<w:txbxContent>{p('框中一段。')}{p('框中二段。')}</w:txbxContent>"
DRAWN = f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:wsp><wps:txbx>{BOX}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"


def test_a_text_box_is_read_once_behind_its_paragraph_or_before_the_first() -> None:
    assert _lines(p(FIRST) + f"<w:p>{_run('锚')}{DRAWN}{_run('段。')}</w:p>" + p("后文。")) == [FIRST, "锚段。", "框中一段。", "框中二段。", "后文。"]
    assert _lines(f"<w:p>{DRAWN}{_run(FIRST)}</w:p>" + p("后文。")) == ["框中一段。", "框中二段。", FIRST, "后文。"]
    old = f"<w:p>{_run(FIRST)}<w:r><w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict></w:r></w:p>"
    assert _lines(p("前文。") + old) == ["前文。", FIRST, "框中一段。", "框中二段。"]


def test_notes_stand_at_the_end_and_no_mark_in_the_sentence() -> None:
    note = '<w:{0} w:id="{1}"><w:p><w:r><w:{0}Ref/></w:r>{2}</w:p></w:{0}>'
    body = f'<w:p>{_run("增长5%")}<w:r><w:footnoteReference w:id="3"/></w:r>{_run("以上")}<w:r><w:endnoteReference w:id="1"/></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>' + p("末段。")
    foot = note.format("footnote", 2, _run(" 注乙。")) + note.format("footnote", 3, _run(" 注甲。")) + note.format("footnote", 4, _run("无人引用。"))
    raw = _read(body, footnotes=foot, endnotes=note.format("endnote", 1, _run("尾注。")))
    assert raw.text.splitlines() == ["增长5%以上", "末段。", "[1] 注甲。", "[i] 尾注。", "[2] 注乙。"]
    assert [raw.text[a:b] for a, b in raw.layout.synthetic] == ["[1] ", "[i] ", "[2] "]


def test_headers_and_properties_stay_out() -> None:
    raw = _read(p(FIRST), header1=p("云岭省人民政府公报"))
    assert (raw.text, raw.fields) == (FIRST + "\n", ())


def test_formulas_are_given_in_one_line() -> None:
    r = "<m:r><m:t>{}</m:t></m:r>".format
    formula = f"<m:oMathPara><m:oMath>{r('K=')}<m:f><m:fPr/><m:num>{r('A+B')}</m:num><m:den>{r('C')}</m:den></m:f><m:sSup><m:e>{r('x')}</m:e><m:sup>{r('2')}</m:sup></m:sSup></m:oMath></m:oMathPara>"
    raw = _read(f"<w:p>{_run('得分')}{formula}</w:p>")
    assert raw.text == "得分K=(A+B)/Cx^2\n"
    assert "1 formulas" in raw.issues[0].message


# --- paragraphs ------------------------------------------------------------------------------------------------------


def test_a_paragraph_ends_where_the_file_says() -> None:
    raw = _read(p("一、甲，") + p("以及乙") + p("") + "".join(p(f"{i}段落内容。") for i in range(9)))
    assert normalize(raw.text, raw.layout).text.split("\n")[:2] == ["一、甲,", "以及乙"]


def test_lines_pasted_one_by_one_are_joined_as_in_plain_text() -> None:
    line = "到二〇二五年全省现代物流体系基本建成并与制造业和商贸业深度融合发展成效显著提升各"
    raw = _read("".join(p(line) for _ in range(6)) + p("项工作到位。"))
    assert raw.layout.paragraphs == ()
    assert normalize(raw.text, raw.layout).text.count("\n") == 1


def test_a_break_in_a_paragraph_begins_another_behind_a_sentence_or_before_a_marker() -> None:
    br = "<w:br/>"
    body = f"<w:p><w:r><w:t>关于加快建设</w:t>{br}<w:t>物流体系的意见</w:t></w:r></w:p><w:p><w:r><w:t>甲事。</w:t>{br}<w:t>乙事</w:t>{br}<w:t>（一）丙事</w:t></w:r></w:p>"
    raw = _read(body + "".join(p(f"第{i}段。") for i in range(40)))
    assert normalize(raw.text, raw.layout).text.split("\n")[:4] == ["关于加快建设物流体系的意见", "甲事。", "乙事", "(一)丙事"]


# --- tables ----------------------------------------------------------------------------------------------------------


def _tc(words: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(p(line) for line in words.split('/'))}</w:tc>"


def _grid(raw: RawDocument) -> list[tuple[str, int, int, int, int, bool]]:
    [table] = raw.layout.tables
    return [(raw.text[c.start : c.end], c.row, c.column, c.rows, c.columns, c.header) for c in table.cells]


def test_a_table_has_the_cells_of_the_grid() -> None:
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = (
        "<w:tr><w:trPr><w:tblHeader/></w:trPr>" + _tc("任务") + _tc("分工", '<w:gridSpan w:val="2"/>') + "</w:tr>",
        "<w:tr>" + _tc("新建/线路", down) + _tc("交通厅") + _tc("2025年") + "</w:tr>",
        "<w:tr>" + _tc("", on) + _tc("") + _tc("") + "</w:tr>",
        "<w:tr><w:trPr><w:del/></w:trPr>" + _tc("删") + _tc("去") + _tc("行") + "</w:tr>",
        "<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>" + _tc("住建厅") + _tc("年底") + "</w:tr>",
    )
    raw = _read(p(FIRST) + f"<w:tbl>{''.join(rows)}</w:tbl>" + p("后文。"))
    assert raw.text == f"{FIRST}\n任务\t分工\n新建\n线路\t交通厅\t2025年\n\t\n住建厅\t年底\n后文。\n"
    assert _grid(raw) == [
        ("任务", 0, 0, 1, 1, True), ("分工", 0, 1, 1, 2, True),
        ("新建\n线路", 1, 0, 2, 1, False), ("交通厅", 1, 1, 1, 1, False), ("2025年", 1, 2, 1, 1, False),
        ("", 2, 1, 1, 1, False), ("", 2, 2, 1, 1, False),
        ("住建厅", 3, 1, 1, 1, False), ("年底", 3, 2, 1, 1, False),
    ]
    assert normalize(raw.text, raw.layout).text.split("\n")[:5] == [FIRST, "任务", "分工", "新建", "线路"]


def test_a_merged_cell_ends_with_the_first_cell_that_is_not_merged() -> None:
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = "".join(f"<w:tr>{_tc(words, merge)}{_tc('右')}</w:tr>" for words, merge in (("甲", down), ("", on), ("乙", ""), ("丙", on)))
    got = [(words, row, rows) for words, row, column, rows, *_ in _grid(_read(f"<w:tbl>{rows}</w:tbl>")) if column == 0]
    assert got == [("甲", 0, 2), ("乙", 2, 1), ("丙", 3, 1)]


def test_a_tab_in_a_cell_is_a_blank() -> None:
    cell = "<w:tc><w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t></w:r></w:p></w:tc>"
    assert _read(f"<w:tbl><w:tr>{cell}{_tc('丙')}</w:tr></w:tbl>").text == "甲 乙\t丙\n"


def test_numbers_of_a_column_are_counted_down_the_rows() -> None:
    rows = "".join(f"<w:tr><w:tc>{numbered('')}</w:tc>{_tc(f'任务{i}')}</w:tr>" for i in range(3))
    raw = _read(f"<w:tbl>{rows}</w:tbl>", numbering=_list(("decimal", "%1", NOTHING)))
    assert [words for words, *_ in _grid(raw)] == ["1", "任务0", "2", "任务1", "3", "任务2"]


def test_a_table_in_a_cell_is_flattened_and_a_table_of_one_cell_is_a_frame() -> None:
    inner = f"<w:tbl><w:tr>{_tc('内甲')}{_tc('内乙')}</w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{p('外')}{inner}<w:p/></w:tc>{_tc('右')}</w:tr></w:tbl>"
    assert [words for words, *_ in _grid(_read(outer))] == ["外\n内甲\n内乙", "右"]
    framed = _read(f"<w:tbl><w:tr><w:tc>{p('框。')}{outer}{p('尾。')}</w:tc></w:tr></w:tbl>")
    assert [words for words, *_ in _grid(framed)] == ["外\n内甲\n内乙", "右"]
    assert framed.text == "框。\n外\n内甲\n内乙\t右\n尾。\n"


def test_rows_and_cells_in_content_controls_are_found() -> None:
    control = "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>".format
    raw = _read("<w:tbl>" + control(f"<w:tr>{_tc('甲')}{control(_tc('乙'))}</w:tr>") + "</w:tbl>")
    assert [words for words, *_ in _grid(raw)] == ["甲", "乙"]


# --- other kinds, and hostile ones -----------------------------------------------------------------------------------


def test_a_strict_file_is_read_as_a_transitional_one() -> None:
    body = numbered("甲") + f"<w:tbl><w:tr>{_tc('乙')}{_tc('丙')}</w:tr></w:tbl>"
    one, other = (read_document(make_docx(body, space, numbering=HEADINGS), "a") for space in (TRANSITIONAL, STRICT))
    assert one.text == other.text == "一、甲\n乙\t丙\n"
    assert one.layout == other.layout


def _status(data: bytes, options: Options = Options()) -> tuple[str, list[str]]:  # noqa: B008 (frozen)
    raw = read_document(data, "a.docx", options)
    assert raw.status == "ok" or raw.text == ""
    return raw.status, [issue.code for issue in raw.issues]


def _with_document(document: str | bytes, **others: str) -> bytes:
    return make_zip({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **others})


def test_spoilt_files_have_a_status() -> None:
    good = make_docx(p(FIRST) * 200, numbering=HEADINGS)
    assert _status(good[: len(good) // 2]) == ("damaged", ["read-damaged"])
    assert _status(_with_document("<w:document")) == ("damaged", ["read-damaged"])
    assert _status(_with_document("<html/>")) == ("damaged", ["read-damaged"])
    assert _status(make_docx("<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>")) == ("scanned", ["read-scanned"])
    assert _status(make_docx("<w:p/>")) == ("ok", ["read-empty"])


def test_a_damaged_part_leaves_the_rest() -> None:
    space = f'xmlns:w="{TRANSITIONAL}"'
    document = f"<w:document {space}><w:body>{numbered(FIRST)}</w:body></w:document>"
    raw = read_document(_with_document(document, **{"word/numbering.xml": "<broken"}), "a")
    assert (raw.text, [i.code for i in raw.issues]) == (FIRST + "\n", ["read-part"])
    assert "numbering" in raw.issues[0].message


def test_entities_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "哈"><!ENTITY b "&a;&a;&a;&a;">]>'
    document = f'{bomb}<w:document xmlns:w="{TRANSITIONAL}"><w:body>{p("&b;")}</w:body></w:document>'
    assert _status(_with_document(document)) == ("damaged", ["read-damaged"])


def test_what_unpacks_to_too_much_is_refused_and_the_limit_can_be_raised() -> None:
    big = make_docx(p("甲" * 1000) * 5000)
    assert _status(big, Options(max_bytes=1_000_000)) == ("too-large", ["read-too-large"])
    tracemalloc.start()
    assert _status(big) == ("too-large", ["read-too-large"])
    assert tracemalloc.get_traced_memory()[1] < 80 << 20
    tracemalloc.stop()
    assert _status(big, Options(max_ratio=2000))[0] == "ok"
    assert _status(big, Options(max_ratio=2000, max_chars=1000)) == ("too-long", ["read-too-long"])


def test_deep_nesting_is_cut_and_said() -> None:
    deep = "<w:sdt><w:sdtContent>" * 4000 + p("深处") + "</w:sdtContent></w:sdt>" * 4000
    raw = _read(p(FIRST) + deep + p("后文。"))
    assert raw.text.splitlines() == [FIRST, "后文。"]
    assert "nested too deeply" in raw.issues[0].message
    cells = "<w:tbl><w:tr><w:tc>" * 3000 + p("深处") + "</w:tc></w:tr></w:tbl>" * 3000
    assert _lines(cells + p("后文。"))[-1] == "后文。"
    runs = "<w:smartTag>" * 5000 + _run("深处") + "</w:smartTag>" * 5000
    assert _lines(f"<w:p>{_run('浅')}{runs}</w:p>") == ["浅"]
    styles = "".join(f'<w:style w:styleId="s{i}"><w:basedOn w:val="s{(i + 1) % 3000}"/></w:style>' for i in range(3000))
    assert _lines(p("某", '<w:pStyle w:val="s0"/>'), styles=styles, numbering=HEADINGS) == ["某"]


def test_numbers_cannot_blow_up_the_text() -> None:
    numbering = _list(("upperRoman", "长" * 5000, '<w:start w:val="999999999"/>'), ("decimal", "%1", '<w:start w:val="99999999999999999999"/>'))
    raw = read_document(make_docx(numbered("") * 2000 + numbered("", 1), numbering=numbering), "a", replace(Options(), max_chars=50_000))
    assert raw.status == "too-long"
    body = ElementTree.fromstring(f'<w:body xmlns:w="{TRANSITIONAL}">{(p("甲" * 100) + "<w:p/>") * 500}</w:body>')
    text = WordText(Numbering(), most=1000)
    text.add_blocks(body)
    assert 1000 < len("".join(text.parts)) < 1200
    assert len(_lines(numbered("某"), numbering=numbering)[0]) < 200


def test_time_grows_with_the_size_not_with_its_square() -> None:
    body = "<w:p/>" * 40_000 + "".join(f"<w:tbl><w:tr>{_tc('甲')}{_tc('乙')}</w:tr></w:tbl>{p('丙')}" for _ in range(3000))
    raw = read_document(make_docx(body), "a", Options(max_ratio=5000))
    assert (raw.status, len(raw.layout.tables)) == ("ok", 3000)


NAMES = ["w:p", "w:r", "w:t", "w:tbl", "w:tr", "w:tc", "w:sdt", "w:sdtContent", "w:ins", "w:del", "w:hyperlink", "w:pPr", "w:rPr", "w:vanish", "w:numPr", "w:vMerge", "w:br", "w:drawing", "w:txbxContent", "mc:AlternateContent", "mc:Choice", "mc:Fallback", "m:oMath", "w:fldChar", "w:footnoteReference", "w:sym"]


@given(st.recursive(st.sampled_from(["", "文", "<w:tab/>"]), lambda inner: st.builds(lambda n, x: f"<{n} w:val='1' w:id='1'>{''.join(x)}</{n}>", st.sampled_from(NAMES), st.lists(inner, max_size=4)), max_leaves=25))
def test_any_markup_is_read(markup: str) -> None:
    raw = read_document(make_docx(markup, numbering=HEADINGS, footnotes=f'<w:footnote w:id="1">{p("注")}</w:footnote>'), "a")
    assert raw.status in {"ok", "scanned"}
    at = 0
    for table in raw.layout.tables:
        assert at <= table.start <= table.end <= len(raw.text)
        for cell in table.cells:
            assert at <= cell.start <= cell.end <= table.end
            at = cell.end
    assert sorted(raw.layout.paragraphs) == list(raw.layout.paragraphs)
    normalize(raw.text, raw.layout)


# --- the sample ------------------------------------------------------------------------------------------------------


def test_the_sample_is_what_its_script_writes() -> None:
    one, other = (zipfile.ZipFile(io.BytesIO(data)) for data in ((RAW / f"{word_sample.NAME}.docx").read_bytes(), word_sample.write_sample()))
    assert {n: one.read(n) for n in one.namelist()} == {n: other.read(n) for n in other.namelist()}


def test_the_sample_gives_its_facts_with_evidence() -> None:
    raw = read_document(word_sample.write_sample(), f"{word_sample.NAME}.docx")
    rows = mine_one(raw, Options(terms=False)).as_rows()
    [document] = rows["documents"]
    assert (document["title"][-5:], document["doc_number"], document["date_issued"]) == ("年）的通知", "澜政办发〔2024〕18号", "2024-05-20")
    markers = [row["marker"] for row in rows["sections"] if row["marker"]]
    assert [m for m in markers if not m.startswith("专栏")] == ["一、", "二、", "（一）", "1．", "2．", "（二）", "1．", "2．", "三、", "1．", "2．", "附件"]
    assert "公报" not in raw.text and "率先" not in raw.text and raw.text.rstrip().endswith("软件。")
    for table in ("targets", "deadlines", "responsibilities"):
        assert all(raw.text[row["start"] : row["end"]].strip() for row in rows[table])


def test_tables_of_the_sample_give_every_target_department_and_deadline() -> None:
    raw = read_document(word_sample.write_sample(), f"{word_sample.NAME}.docx")
    rows = mine_one(raw, Options(terms=False)).as_rows()
    indicators, tasks = raw.layout.tables
    within = {name: [row for row in rows["targets"] if t.start <= row["start"] < t.end] for name, t in (("indicators", indicators), ("tasks", tasks))}
    got = [(r["indicator"], raw.text[r["start"] : r["end"]], r["deadline"], r["binding"]) for r in within["indicators"]]
    assert got == [(name, value, "2026", binding) for name, _, value, binding in word_sample.INDICATORS]
    assert [(raw.text[r["start"] : r["end"]], r["deadline"]) for r in within["tasks"]] == [
        ("90%", "2026-12"), ("40家", "2026-12"), ("3100个", "2025-12"), ("8个", "2026-06"), ("600人次", "2024-12"),
    ]
    bodies = [(r["department"], r["role"]) for r in rows["responsibilities"] if tasks.start <= r["start"] < tasks.end]
    assert bodies == [pair for _, _, lead, others, _ in word_sample.TASKS for pair in ((lead, "lead"), *((o, "responsible") for o in others.split("、")))]
    merged = [(raw.text[c.start : c.end], c.row, c.rows) for c in tasks.cells if c.rows > 1]
    assert merged == [("企业改造", 1, 2), ("设施建设", 3, 2)]
