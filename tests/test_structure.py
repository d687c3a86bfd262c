"""The outline and the header: what a heading is, at which level; who issued a document, when, to whom."""

from __future__ import annotations

import pytest

from policymine.corpus import mine_text
from policymine.structure.docnumber import find_decree, find_number
from policymine.structure.doctype import type_of_title
from policymine.text.characters import fold_characters
from policymine.text.normalize import normalize

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


def test_a_duty_behind_a_colon_is_no_line_of_addressees() -> None:
    text = "澄岚县渔港整治实施方案\n为整治渔港，制定本方案。\n一、工作目标\n到2028年，整治渔港12个。\n二、职责分工\n县渔业局：负责编制年度计划。\n"
    result = mine_text(text)
    assert result.rows("documents")[0]["addressees"] is None
    assert [s["marker"] for s in result.rows("sections") if s["marker"]] == ["一、", "二、"]


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
    ("海防总部：", "关于海防总部渔港及部分直属码头迁址新建的请示（〔1996〕海司字第82号）收悉，现批复如下：", "海防总部"),
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


_RULE = "临澜市渔港管理办法\n{note}\n第一章 总则\n第一条 根据《中华人民共和国渔业法》，制定本办法。\n第二条 本办法适用于本市渔港。\n"


@pytest.mark.parametrize(
    ("note", "number", "issuer", "date"),
    [
        ("（2013年6月20日临澜市人民政府令第17号公布）", "临澜市人民政府令第17号", "临澜市人民政府", "2013-06-20"),
        ("（2013 年 6 月 20 日临澜市人民政府令第 17 号公布，根据 2018 年 8 月 15 日临澜市人民政府令第 36 号《临澜市人民政府关于修改渔业规章的决定》修订）", "临澜市人民政府令第17号", "临澜市人民政府", "2013-06-20"),
        ("（2013年6月9日临澜市人民政府第3次常务会议通过　2013年6月20日临澜市人民政府令第17号公布　自2013年9月1日起施行）", "临澜市人民政府令第17号", "临澜市人民政府", "2013-06-20"),
        ("（2009年5月1日临澜市人民政府临政发〔2009〕12号印发）", "临政发〔2009〕12号", "临澜市人民政府", "2009-05-01"),
        ("（1996年9月1日东澜省人民政府批准　1996年10月5日东澜省渔业厅发布）", None, "东澜省渔业厅", "1996-10-05"),
        ("（2008年11月28日临澜市第三届人民代表大会常务委员会第二次会议通过）", None, "临澜市人民代表大会常务委员会", "2008-11-28"),
    ],
)
def test_the_note_below_the_title_of_a_rule(note: str, number: str | None, issuer: str, date: str) -> None:
    """When, by whom and under what number it was first made public, with the places in the text."""
    corpus = mine_text(_RULE.format(note=note))
    document = corpus.rows("documents")[0]
    assert (document["title"], document["doc_number"], document["issuers"], document["date_issued"]) == ("临澜市渔港管理办法", number, issuer, date)


def test_the_number_of_an_amendment_belongs_to_its_decision() -> None:
    note = "（2013年6月20日临澜市人民政府令第17号公布，根据2021年3月4日临澜市人民政府令第42号《临澜市人民政府关于修改渔业规章的决定》修订）"
    cited = mine_text(_RULE.format(note=note)).rows("citations")
    assert [(c["title"], c["doc_number"]) for c in cited] == [("临澜市人民政府关于修改渔业规章的决定", "临澜市人民政府令第42号"), ("中华人民共和国渔业法", None)]


def test_brackets_below_a_title_that_tell_no_history() -> None:
    document = mine_text(_RULE.format(note="（征求意见稿）")).rows("documents")[0]
    assert (document["doc_number"], document["date_issued"]) == (None, None)


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


def test_items_of_latin_letters_and_decimals_before_any_word_are_headings() -> None:
    found = outline("东澜省渔港安全指引\n1 总则\n1.1 人员要求\n管理人员应当持证。\n1.2 项目管理\n(a)立项风险。立项应当评估。(b)建设风险。建设应当监理。\n1.3 类别划分\n渔港分(a),(b)两类。\n")
    assert found == [(1, "1", "总则"), (2, "1.1", "人员要求"), (2, "1.2", "项目管理"), (3, "(a)", "立项风险"), (3, "(b)", "建设风险"), (2, "1.3", "类别划分")]


def test_items_that_stand_only_in_a_box_are_below_it() -> None:
    boxed = "一、总体要求\n（一）指导思想。以安全为主。\n专栏1 渔港工程\n1.码头工程。建设码头。\n（1）主码头。建设主码头。\n2.航道工程。疏浚航道。\n（二）基本原则。安全第一。\n"
    assert [level for level, _, _ in outline(boxed)] == [1, 2, 3, 4, 5, 4, 2]
    elsewhere = boxed + "1.先急后缓。先修险港。\n"
    assert [level for level, _, _ in outline(elsewhere)][-4:] == [4, 3, 2, 3]


def test_titles_are_told_from_what_only_announces() -> None:
    text = "一、建设内容\n（一）主要内容包括：码头、航道、灯塔等。\n（二）主要目标是：到2025年，建成渔港。\n（三）有关要求：\n各地要认真。\n（四）要害部位管理。加强管理。\n（五）未来产业。培育产业。\n（六）人员之比不低于1:15。各地应当遵守。\n"
    assert [title for _, _, title in outline(text)] == ["建设内容", "", "", "有关要求", "要害部位管理", "未来产业", ""]
    assert outline("一、标准\n（一）灯塔标准（甲乙）灯塔标准主要用于指导灯塔建设。\n")[1] == (2, "（一）", "灯塔标准（甲乙）")


def test_an_article_may_open_with_a_third_party_but_not_cite_another() -> None:
    text = "第一章 总则\n第一条 为了建设渔港，制定本办法。\n第二条 第三方机构负责检验。\n第三条 项目单位应当申报。\n第二条第二款规定的机构除外。\n第二条第（二）项所列机构除外。\n第四条 及时公开信息。\n"
    assert [marker for _, marker, _ in outline(text)] == ["第一章", "第一条", "第二条", "第三条", "第四条"]


def test_an_annex_that_is_named_above_its_table_begins_there() -> None:
    table = "序号\t指标\t2025年\n1\t渔船\t300艘\n2\t渔港\t12个\n"
    assert outline(f"一、保障措施\n（一）强化实施。抓好落实。\n附件：渔港建设主要指标\n{table}")[-1] == (1, "附件", "渔港建设主要指标")
    assert outline("一、保障措施\n抓好落实。\n附件：渔港建设分工方案\n东澜省渔业厅\n2021年3月4日\n") == [(1, "一、", "保障措施")]


def test_an_item_broken_at_the_page_width_goes_on_to_its_semicolon() -> None:
    text = "第一条 主体应当符合下列条件：\n（一）具备渔港建设监理和检验的能力；\n（二）具备对渔港建设过程进行记录、分析和重现的能\n力；\n（三）其他条件。\n"
    assert [title for _, _, title in outline(text)] == ["", "", "", ""]
    assert "重现的能力;" in normalize(text).text
    headed = "一、任务\n（一）推动渔港经济与现代农业深度融合协调发展\n各地要推动融合。\n"
    assert outline(headed)[1][2] == "推动渔港经济与现代农业深度融合协调发展"


def _head(text: str) -> dict[str, object]:
    return dict(mine_text(text).rows("documents")[0])


def test_a_letterhead_in_pieces_is_read_whole() -> None:
    joint = "工业和信息化部　国家发展改革委　水利部\n关于渔港节水的指导意见\n各省工业和信息化、水利主管部门：\n请照办。\n"
    assert _head(joint)["title"] == "工业和信息化部 国家发展改革委 水利部关于渔港节水的指导意见"
    labelled = "东澜省人民政府关于印发渔港方案的通知\n发文字号：东政发〔2018〕31号    成文日期：2018-09-12    发布日期：2018-09-18\n各市人民政府：\n请照办。\n"
    assert _head(labelled)["doc_number"] == "东政发〔2018〕31号"
    broken = "临澜市人民政府办公室关于印发促进渔港发展扶持政策实施细则的通知\n各县人民政府、街道办事处，市政府各工作部门，澜口高新技术渔港\n产业园区管委会：\n现印发给你们。\n临澜市人民政府办公室\n2022年6月17日\n临澜市促进渔港发展扶持政策\n实施细则\n第一章 总则\n"
    assert _head(broken)["addressees"] == "各县人民政府、街道办事处，市政府各工作部门，澜口高新技术渔港产业园区管委会"
    assert (_head(broken)["inner_title"], _head(broken)["doc_type"]) == ("临澜市促进渔港发展扶持政策实施细则", "细则")
    streets = "关于印发渔港方案的通知\n东溪街道、白塔镇，县直各有关单位：\n现印发给你们。\n"
    assert _head(streets)["addressees"] == "东溪街道、白塔镇，县直各有关单位"


def test_who_issued_where_the_signature_is_odd() -> None:
    stamped = "各县渔业局：\n请照办。\n（东澜省渔业厅办公室代章）\n2018年5月2日\n"
    assert _head(stamped)["issuers"] == "东澜省渔业厅办公室"
    assert _head("各县渔业局：\n请照办。\n（此件公开发布）\n2018年5月2日\n")["issuers"] is None
    reply = "民政部对“关于关爱老年渔民的建议”的答复\n民函〔2021〕742号\n刘某等15位代表：\n你们提出的建议收悉。\n"
    assert (_head(reply)["issuers"], _head(reply)["doc_number"]) == ("民政部", "民函〔2021〕742号")
    assert find_number("(2021)东民终〔2021〕12号") is None
    pieces = "临澜市渔业局\n临 澜 市 公 安 局\n临澜市城乡交通运输局\n临渔字〔2022〕1号\n关于印发《渔港管理办法（试行）》的通知\n各相关单位：\n请照办。\n临澜市渔\n业局\n临澜市公安局 临澜市城乡交通\n运输局\n2022年3月10日\n"
    assert _head(pieces)["issuers"] == "临澜市渔业局；临澜市公安局；临澜市城乡交通运输局"


def test_names_of_one_place_that_run_together_in_a_signature_are_parted() -> None:
    text = "关于印发《望江区渔港方案》的通知\n各街道：\n现将方案印发给你们。\n望江区渔业局望江区财政局\n望江区发展和改革委员会望江区水务局\n望江区卫生健康委员会\n2021年3月5日\n"
    issuers = mine_text(text).rows("documents")[0]["issuers"]
    assert issuers == "望江区渔业局；望江区财政局；望江区发展和改革委员会；望江区水务局；望江区卫生健康委员会"


def test_the_letterhead_names_the_issuer_where_nobody_signed() -> None:
    one = "洛涧县人民政府办公室文件\n洛政办〔2008〕19号\n★\n关于印发《洛涧县渔港\n整治方案》的通知\n各乡镇人民政府：\n请照办。\n二○○八年三月六日\n"
    assert _head(one)["issuers"] == "洛涧县人民政府办公室"
    joint = "洛涧县渔业局\n洛涧县财政局　文件\n洛渔〔2008〕19号\n关于印发渔港整治方案的通知\n各乡镇人民政府：\n请照办。\n"
    assert _head(joint)["issuers"] == "洛涧县渔业局；洛涧县财政局"
    signed = "洛涧县人民政府文件\n洛政〔2008〕19号\n关于印发渔港整治方案的通知\n各乡镇人民政府：\n请照办。\n洛涧县渔业局\n二○○八年三月六日\n"
    assert _head(signed)["issuers"] == "洛涧县渔业局"
    assert _head("渔港文件\n关于渔港整治的通知\n各乡镇人民政府：\n请照办。\n")["issuers"] is None


def test_bodies_run_together_above_a_date_left_blank() -> None:
    text = "各省渔业主管部门：\n现通知如下。\n农业农村部市场监管总局\n2024年 月 日\n附件1\n渔港指南\n"
    assert (_head(text)["issuers"], _head(text)["date_issued"]) == ("农业农村部；市场监管总局", None)
    for one in ("公安部交通管理局", "中共东澜省委宣传部", "临澜市委社会工作部", "东澜省委员会宣传部"):
        assert _head(f"各省公安厅：\n现通知如下。\n{one}\n2024年3月1日\n")["issuers"] == one


def test_a_text_that_names_what_was_made_is_that() -> None:
    text = "渔业是基础产业。为引导渔港建设，东澜省渔业厅依据《渔业法》，组织编制了《智慧渔港建设指南（2023版）》。\n一、总体要求\n以海为本。\n"
    made = _head(text)
    assert (made["title"], made["issuers"], made["doc_type"]) == ("智慧渔港建设指南（2023版）", "东澜省渔业厅", "指南")
    opened = "为贯彻落实全国渔业工作会议精神，加快渔港发展，\n保障渔民生计，制定《东澜省渔港标准体系\n建设指南》。\n一、总体要求\n以海为本。\n"
    assert (_head(opened)["title"], _head(opened)["doc_type"]) == ("东澜省渔港标准体系建设指南", "指南")
    assert _head("为便于理解《渔港规划》，现解读如下：\n一、背景\n以海为本。\n")["doc_type"] == "解读"
    assert _head("渔业是基础产业。为发展渔业，制定《智慧渔港建设指南》。\n一、总体要求\n以海为本。\n")["title"] is None
    short = "为发展渔业，东澜省渔业厅组织编制了《渔港标准指南（2023版）》（以下简称《指南》），用于指导渔港建设。\n一、总体要求\n以海为本。\n"
    assert (_head(short)["title"], _head(short)["issuers"]) == ("渔港标准指南（2023版）", "东澜省渔业厅")
    asked = "各市渔业局：\n为发展渔业，请按照本通知要求，组织编制《渔港试点方案》（以下简称《方案》），说明渔港情况。\n"
    assert _head(asked)["title"] is None
    assert _head("渔业是基础产业。2019年，我省制定了《智慧渔港建设指南》，渔港面貌一新。\n一、总体要求\n以海为本。\n")["title"] is None


def test_decimals_without_a_blank_and_numbered_tasks_are_headings() -> None:
    found = outline("1.总体要求\n1.1指导思想\n以海为本。\n1.2目标\n建成渔港。\n2.任务\n2.1渔港\n2.1.1选址\n选址要科学。\n2.1.2人员\n2.5万人上岗。\n")
    assert [(level, marker) for level, marker, _ in found] == [(1, "1."), (2, "1.1"), (2, "1.2"), (1, "2."), (2, "2.1"), (3, "2.1.1"), (3, "2.1.2")]
    assert outline("一、任务\n（一）渔港。建设渔港。\n任务专栏1 渔港云建设\n建设平台。\n")[-1] == (3, "任务专栏1", "渔港云建设")
    tasks = outline("一、主要任务\n任务一：建设渔港。新建3个。\n任务二：改造渔港。改造2个。\n任务一般由市渔业局下达。\n")
    assert tasks == [(1, "一、", "主要任务"), (2, "任务一", "建设渔港"), (2, "任务二", "改造渔港")]


@pytest.mark.parametrize("line", ["各县区渔业局，局属各单位，机关各科室", "机关各处室、直属各单位", "各银行业金融机构，各保险公司", "各学院、各部门"])
def test_addressees_of_other_kinds(line: str) -> None:
    assert _head(f"关于加强渔港管理的通知\n{line}：\n为加强管理，现通知如下。\n一、要求\n")["addressees"] == line


def test_the_number_of_a_heading_alone_on_its_line_goes_with_the_title_below_it() -> None:
    pasted = "第1章  总则 \n1.1  \n适用范围 \n本规范适用于渔港。 \n1.2  \n工作原则 \n以海为本。 \n第2章  任务 \n2.1  \n渔港建设 \n建设渔港。 \n2.2 渔船管理\n管好渔船。\n"
    assert outline(pasted) == [
        (1, "第1章", "总则"), (2, "1.1", "适用范围"), (2, "1.2", "工作原则"), (1, "第2章", "任务"), (2, "2.1", "渔港建设"), (2, "2.2", "渔船管理"),
    ]
    values = "一、指标\n渔船增速\n5.3\n渔港产值\n12.4\n渔民收入\n7.1\n渔业税收\n"
    assert outline(values) == [(1, "一、", "指标")]
    assert "5.3\n渔港产值\n12.4\n" in normalize(values).text


def test_a_heading_glued_to_the_end_of_a_page_is_one() -> None:
    glued = "第1章 总则\n1.1 范围\n本规范适用于渔港。\n1.2 原则\n建设渔港应当科学选址，做好水深测量。1.3  渔船管理\n渔船应当登记，并且挂牌。第2章  附则\n本规范由市渔业局解释，内容如下。\n渔港应当遵守第2章  规定。\n"
    assert outline(glued) == [(1, "第1章", "总则"), (2, "1.1", "范围"), (2, "1.2", "原则"), (2, "1.3", "渔船管理"), (1, "第2章", "附则")]
    items = "一、任务\n具体包括：\n1）渔船登记：登记全部渔船。2）渔港验收：验收全部渔港。7）不是接着的一项。\n"
    assert outline(items) == [(1, "一、", "任务"), (2, "1）", "渔船登记"), (2, "2）", "渔港验收")]


def test_a_sentence_that_is_all_of_an_item_is_no_title() -> None:
    plain = "一、主要任务\n（一）加快渔港建设，增强发展动能。\n建设渔港。\n（二）深化渔船改造，开拓发展新路。\n改造渔船。\n"
    assert [title for _, _, title in outline(plain)] == ["主要任务", "加快渔港建设，增强发展动能", "深化渔船改造，开拓发展新路"]
    alone = "一、基本原则\n（一）围绕渔港，推动渔船更新，发展渔业。\n（二）渔业科技创新。\n渔业要创新。\n（三）渔民增收致富。\n渔民要增收。\n（四）渔村面貌改善。\n渔村要改善。\n"
    assert [title for _, _, title in outline(alone)] == ["基本原则", "", "渔业科技创新", "渔民增收致富", "渔村面貌改善"]
    announced = "一、服务\n协会提供服务，具体包括：\n1.渔港泊位查询服务。\n2.协调邻港关系，协助办理泊位。\n3.宣传渔港规则，教育渔民守法。\n"
    assert [title for _, _, title in outline(announced)] == ["服务", "", "", ""]
    subjects = "一、研究方向\n研究方向如下：\n1.渔港的水动力学。\n2.渔船的节能方法。\n"
    assert [title for _, _, title in outline(subjects)] == ["研究方向", "渔港的水动力学", "渔船的节能方法"]


def test_the_papers_of_an_application_are_no_titles() -> None:
    papers = "（一）渔港补贴资金申请表。\n（二）年度建设情况报告。\n"
    assert [title for _, _, title in outline(f"一、申报材料\n{papers}")] == ["申报材料", "", ""]
    assert [title for _, _, title in outline(f"一、渔港新材料\n{papers}")] == ["渔港新材料", "渔港补贴资金申请表", "年度建设情况报告"]


def test_a_long_or_odd_title_is_one_where_those_beside_it_are() -> None:
    beside = "（一）渔港建设。新建渔港。\n（二）渔船改造。改造渔船。\n"
    for odd in ("为渔民群众提供更加周到的泊位服务", "对全部渔船全覆盖检验", "整合完善泊位调度、渔船登记、渔获交易等子系统，支撑渔港数字化转型升级"):
        assert outline(f"一、任务\n{beside}（三）{odd}。各地要落实。\n")[-1] == (2, "（三）", odd)
        assert outline(f"一、任务\n（一）渔船要登记，应当挂牌。\n（三）{odd}。各地要落实。\n")[-1] == (2, "（三）", "")
    for sentence in ("渔业部门在安排计划时，要切出一块", "原则同意修订后的渔港规划", "渔业活动主要指捕捞和养殖"):
        assert outline(f"一、任务\n{beside}（三）{sentence}。各地要落实。\n")[-1] == (2, "（三）", "")
    articles = "第一章 支持\n第一条 渔港建设。新建渔港。\n第二条 渔船改造。改造渔船。\n第三条 支持渔港建设主体单位委托生产。给予补助。\n"
    assert outline(articles)[-1] == (2, "第三条", "")


def test_a_short_sentence_among_sentences_is_no_title() -> None:
    among = "".join(f"——各市渔业局应当在三月底前报送第{n}批渔船名单，并登记。\n" for n in range(4))
    assert outline(f"一、程序\n{among}——专业机构受理渔船预申报。为便于登记，先报先办。\n")[-1] == (2, "——", "")
    assert outline(f"一、程序\n{among}——渔船登记。先报先办。\n")[-1] == (2, "——", "渔船登记")


@pytest.mark.parametrize(("text", "kind"), [
    ("为发展渔业，现提出如下实施意见。", "意见"), ("现就发展渔业提出指导意见如下：", "意见"), ("为发展渔业，制定以下政策措施。", "措施"), ("为发展渔业，制定本战略。", "战略"),
    ("为支持渔港建设，现制定临澜市渔港建设补贴资金实施细则。", "细则"), ("请各单位总结经验，提出意见和建议。本指南由市渔业局解释。", "指南"),
    ("市渔业局对材料进行审核，提出资金补贴意见。", None), ("完善渔业基本指引，加强培训。", None), ("大力实施品牌战略。", None),
])
def test_what_a_text_without_a_title_calls_itself(text: str, kind: str | None) -> None:
    assert _head(f"一、总则\n{text}\n二、任务\n建设渔港。\n")["doc_type"] == kind


def test_who_has_a_text_without_a_title_made_issues_it() -> None:
    made = "渔业是基础产业。\n本指南由农业农村部组织编制，由农业农村部渔业渔政管理局负责管理。\n一、总则\n以海为本。\n"
    assert _head(made)["issuers"] == "农业农村部"
    assert _head(made.replace("农业农村部组织编制", "渔业技术支持单位海洋研究院编制"))["issuers"] is None
