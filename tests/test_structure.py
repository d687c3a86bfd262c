"""The outline and the header: what a heading is, at which level; who issued a document, when, to whom."""

from __future__ import annotations

import pytest

from policymine.corpus import mine_text
from policymine.structure.docnumber import find_decree, find_number
from policymine.structure.doctype import type_of_title
from policymine.text.characters import fold_characters

HEAD = "澄岚市人民政府关于发展渔业的意见\n澄政发〔2027〕3号\n各县（区）人民政府，市政府各部门：\n"


def outline(text: str) -> list[tuple[object, str, str]]:
    """Level, marker and heading of every section with a marker."""
    return [(r["level"], str(r["marker"] or ""), str(r["heading"] or "")) for r in mine_text(HEAD + text).rows("sections") if r["marker"] or r["heading"]]


@pytest.mark.parametrize(("text", "expected"), [
    ("一、总体要求\n（一）指导思想。以海为本。\n（二）主要目标。渔业更强。\n二、主要任务\n", [
        (1, "一、", "总体要求"), (2, "（一）", "指导思想"), (2, "（二）", "主要目标"), (1, "二、", "主要任务"),
    ]),
    ("一、主要任务\n（一）渔港。\n1.新建渔港。抓好选址。\n2.改造渔港。抓好施工。\n", [(1, "一、", "主要任务"), (2, "（一）", "渔港"), (3, "1.", "新建渔港"), (3, "2.", "改造渔港")]),
    ("一、主要任务\n1．新建渔港。抓好选址。\n２．改造渔港。抓好施工。\n", [(1, "一、", "主要任务"), (2, "1．", "新建渔港"), (2, "２．", "改造渔港")]),
    ("第一章 总则\n第一条 为发展渔业，制定本办法。\n第二条 本办法适用于渔港。\n第二章 附则\n第三条 本办法自印发之日起施行。\n", [
        (1, "第一章", "总则"), (2, "第一条", ""), (2, "第二条", ""), (1, "第二章", "附则"), (2, "第三条", ""),
    ]),
    ("第一条 为发展渔业，制定本办法。\n第二章 管理\n第二条 本办法适用于渔港。\n", [(2, "第一条", ""), (1, "第二章", "管理"), (2, "第二条", "")]),
    ("第一条 为发展渔业，制定本办法。\n第二条 本办法适用于渔港。\n（一）公用渔港；\n（二）专用渔港。\n", [(1, "第一条", ""), (1, "第二条", ""), (2, "（一）", ""), (2, "（二）", "")]),
    ("一、主要目标\n到2030年：\n——渔港更安全。新建渔港3个。\n——渔民更富裕。收入增长8%。\n", [(1, "一、", "主要目标"), (2, "——", "渔港更安全"), (2, "——", "渔民更富裕")]),
    ("一、主要任务\n（一）渔港。推进建设。二、保障措施\n（一）组织领导。加强统筹。\n", [
        (1, "一、", "主要任务"), (2, "（一）", "渔港"), (1, "二、", "保障措施"), (2, "（一）", "组织领导"),
    ]),
    ("一、主要任务\n1.渔船停泊要有序。\n2.改造渔港。新建渔港3个，改造渔港2个。\n3.7月1日前要开放渔港。\n4.2027年底前应当验收渔港。\n5.渔船要有灯。\n6.渔网要上岸。\n", [
        (1, "一、", "主要任务"), (2, "1.", ""), (2, "2.", "改造渔港"), (2, "3.", ""), (2, "4.", ""), (2, "5.", ""), (2, "6.", ""),
    ]),
])
def test_an_outline(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert outline(text) == expected


@pytest.mark.parametrize("line", [
    "投入1.5亿元，用于渔港。", "12.5%的渔船完成改造。", "3·15活动期间加强检查。", "一、二、三等奖各设一名。", "（一）项规定的情形除外。", "第三条规定的情形除外。", "一是加强领导。", "2027年完成改造。", "（2019）27号文件继续执行。",
])
def test_no_heading(line: str) -> None:
    assert outline(f"一、主要任务\n推进渔港建设，完善设施。\n{line}\n") == [(1, "一、", "主要任务")]


@pytest.mark.parametrize(("heading", "kind"), [
    ("发展现状", "background"), ("主要目标", "objectives"), ("指导思想", "guidance"), ("申报条件", "conditions"), ("奖励标准", "subsidy"), ("保障措施", "safeguards"), ("重点任务", "tasks"),
])
def test_kinds_of_sections(heading: str, kind: str) -> None:
    rows = mine_text(f"{HEAD}一、{heading}\n推进渔港建设。\n").rows("sections")
    assert [r["kind"] for r in rows if r["marker"]] == [kind]


def _document(text: str) -> dict[str, object]:
    [row] = mine_text(text).rows("documents")
    return dict(row)


def test_a_whole_header() -> None:
    row = _document(HEAD + "一、总体要求\n（一）以海为本。\n澄岚市人民政府\n2027年3月5日\n")
    assert row["title"] == "澄岚市人民政府关于发展渔业的意见"
    assert (row["doc_number"], row["issuers"], row["doc_type"]) == ("澄政发〔2027〕3号", "澄岚市人民政府", "意见")
    assert (row["date_issued"], fold_characters(str(row["addressees"]))) == ("2027-03-05", "各县(区)人民政府,市政府各部门")
    assert row["issuer_level"] == "prefecture"


def test_absent_is_absent_though_the_body_cites() -> None:
    row = _document("一、总体要求\n根据《渔业纲要》（国发〔2011〕9号）和2026年3月1日会议精神，推进渔港建设。\n二、附则\n")
    assert [row[c] for c in ("doc_number", "issuers", "date_issued", "addressees", "title")] == [None] * 5


def test_a_title_over_lines_and_a_joint_issue() -> None:
    row = _document("中共澄岚市委\n澄岚市人民政府\n关于发展渔业的意见\n澄发〔2027〕1号\n各县（区）党委、人民政府：\n一、总体要求\n推进渔港建设。\n")
    assert row["issuers"] == "中共澄岚市委；澄岚市人民政府"
    assert str(row["title"]).endswith("关于发展渔业的意见")


def test_who_passes_on_issues_and_who_wrote_stands_in_the_title() -> None:
    document = mine_text("澄岚省人民政府批转省渔业发展领导小组\n关于一九九八年渔业发展计划的通知\n澄政发〔1998〕3号\n各县人民政府：\n现批转给你们。\n").rows("documents")[0]
    assert (document["title"], document["issuers"]) == ("澄岚省人民政府批转省渔业发展领导小组关于一九九八年渔业发展计划的通知", "澄岚省人民政府")


def test_the_title_writes_out_the_place_that_the_signature_leaves_out() -> None:
    text = "澄岚市望海区人民政府办公室\n关于做好渔港管理的通知\n各镇人民政府：\n做好管理。\n望海区人民政府办公室\n2027年3月1日\n"
    assert mine_text(text).rows("documents")[0]["issuers"] == "澄岚市望海区人民政府办公室"


@pytest.mark.parametrize(("line", "opening", "addressees"), [
    ("农业部：", "你部《关于渔港的请示》收悉。", "农业部"),
    ("李望海委员：", "您关于渔港的建议收悉。", "李望海委员"),
    ("主要措施：", "你们要抓好落实。", None),
    ("农业部：", "渔港管理按本办法执行。", None),
])
def test_a_reply_speaks_to_whom_it_answers(line: str, opening: str, addressees: str | None) -> None:
    assert mine_text(f"国务院办公厅关于渔港问题的复函\n国办函〔2004〕3号\n{line}\n{opening}\n").rows("documents")[0]["addressees"] == addressees


def test_a_full_stop_of_another_keyboard_ends_a_sentence() -> None:
    corpus = mine_text(HEAD + "一.主要目标\n到2030年,渔港更加完善.到2035年,渔业更加繁荣.\n（一）渔业.渔港由A.B公司建设,长1.5公里.\n")
    assert [str(r["text"]) for r in corpus.rows("goals")][:2] == ["到2030年,渔港更加完善.", "到2035年,渔业更加繁荣."]
    assert outline("（一）渔业.加强管理.\n（二）渔港.\n建设渔港.\n") == [(1, "（一）", "渔业"), (1, "（二）", "渔港")]


def test_the_head_of_a_page_is_no_issuer() -> None:
    row = _document("澄岚市人民政府\n澄岚市渔业局\n关于发展渔业的意见\n澄渔发〔2027〕1号\n一、总体要求\n推进渔港建设。\n")
    assert row["issuers"] == "澄岚市渔业局"


def test_the_years_of_a_plan_below_its_name() -> None:
    row = _document("渔业发展行动计划\n（2027—2030年）\n一、总体要求\n推进渔港建设。\n")
    assert row["title"] == "渔业发展行动计划（2027—2030年）"


def test_addressees_without_the_endings_of_bodies() -> None:
    row = _document("关于发展渔业的通知\n各县渔业站，各渔业公司，各渔场：\n现通知如下。\n一、总体要求\n推进渔港建设。\n")
    assert row["addressees"] == "各县渔业站，各渔业公司，各渔场"


def test_a_notice_and_the_document_in_force() -> None:
    row = _document(
        "澄岚市人民政府办公室关于印发澄岚市渔业发展行动方案的通知\n澄政办发〔2027〕5号\n各县（区）人民政府：\n现将方案印发给你们，请认真贯彻执行。\n"
        "澄岚市人民政府办公室\n2027年3月5日\n澄岚市渔业发展行动方案\n一、总体要求\n推进渔港建设。\n"
    )
    assert (row["inner_title"], row["doc_type"]) == ("澄岚市渔业发展行动方案", "方案")
    assert row["date_issued"] == "2027-03-05"


def test_the_date_of_the_website_is_not_the_date_of_signing() -> None:
    row = _document("发布日期：2027-04-01    浏览次数：12\n" + HEAD + "一、总体要求\n推进渔港建设。\n澄岚市人民政府\n2027年3月5日\n")
    assert (row["date_published"], row["date_issued"]) == ("2027-04-01", "2027-03-05")


def test_the_date_of_printing_is_not_the_date_of_signing() -> None:
    assert _document(HEAD + "一、总体要求\n推进渔港建设。\n澄岚市人民政府办公室 2027年3月8日印发\n")["date_issued"] is None


@pytest.mark.parametrize("written", ["澄政发〔2027〕3号", "澄政发[2027]3号", "澄政发(2027)3号", "澄政发【2027】3号", "澄政发〔2027〕第3号", "澄政发〔2027〕03号", "澄政发 〔 2027 〕 3 号"])
def test_document_numbers_in_every_bracket(written: str) -> None:
    found = find_number(written)
    assert found is not None and found[0] == "澄政发〔2027〕3号"


@pytest.mark.parametrize("text", ["", "2027年3号", "〔2027〕3号", "澄政发2027年", "电话2027号"])
def test_no_document_number(text: str) -> None:
    assert find_number(text) is None


def test_decrees() -> None:
    found = find_decree("澄岚市人民政府令第12号")
    assert found is not None and found[0].endswith("第12号")
    assert find_decree("责令第三方整改") is None


@pytest.mark.parametrize(("title", "kind"), [
    ("澄岚市人民政府关于发展渔业的实施意见", "意见"), ("关于印发渔业规划的通知", "通知"), ("澄岚市渔港管理办法", "办法"), ("澄岚市渔业发展行动计划", "计划"), ("渔港章程二三事", None),
])
def test_kinds_of_documents(title: str, kind: str | None) -> None:
    found = type_of_title(title)
    assert found == kind or kind is not None and found is not None and found.endswith(kind)


def test_a_bare_passage_is_about_tasks() -> None:
    [target] = mine_text("新增国家级渔港3个。").rows("targets")
    assert target["value"] == 3
    assert mine_text("澄岚市渔业局关于渔港建设情况的通报\n\n各区渔业局：\n新增国家级渔港3个。").rows("targets") == []


def test_a_family_whose_numbers_begin_anew_below_another_stands_below_it() -> None:
    """The first marker was damaged, so that （一） is met before any 一、."""
    text = "关于渔港的通知\n各县渔业局：\n目标-、建好渔港\n（一）建港。\n（二）修港。\n二、改造渔船\n（一）造船。\n（二）修船。\n三、工作要求\n（一）宣传。\n"
    found = [(r["level"], r["marker"]) for r in mine_text(text).rows("sections") if r["marker"]]
    assert found[2:] == [(1, "二、"), (2, "（一）"), (2, "（二）"), (1, "三、"), (2, "（一）")]


def test_what_stands_only_in_an_annex_stands_below_it() -> None:
    body = "关于渔港的办法\n第一章 总则\n第一条 为了管好渔港，制定本办法。\n第二条 渔港分为三类。\n附件1 申请表\n一、单位信息\n二、渔港信息\n"
    found = [(r["level"], r["marker"]) for r in mine_text(body).rows("sections") if r["marker"]]
    assert found[-3:] == [(1, "附件1"), (2, "一、"), (2, "二、")]
    plan = "关于印发方案的通知\n各县渔业局：\n现印发给你们。\n附件1 渔港建设方案\n一、总体要求\n（一）目标\n二、主要任务\n"
    assert [r["level"] for r in mine_text(plan).rows("sections") if r["marker"]] == [1, 1, 2, 1]
