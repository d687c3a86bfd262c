"""Time expressions: which dates they state, and words that state none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policymine.corpus import mine_text
from policymine.text.calendar import iso_date, month_end, plan_years
from policymine.text.normalize import normalize
from policymine.text.times import find_times
from samples import SOUP


@pytest.mark.parametrize(("text", "relation", "start", "end", "period"), [
    ("到2020年", "by", None, "2020", None), ("至2020年底", "by", None, "2020-12", None), ("力争到2027年", "by", None, "2027", None), ("到２０２５年", "by", None, "2025", None),
    ("2018年底前", "by", None, "2018-12", None), ("2024年6月底前", "by", None, "2024-06", None), ("2025年12月31日前", "by", None, "2025-12-31", None), ("2030年前", "by", None, "2030", None),
    ("“十四五”末", "by", None, "2025", None), ("到“十五五”期末", "by", None, "2030", None), ("年底前", "by", None, "2019-12", None), ("6月底前", "by", None, "2019-06", None),
    ("有效期至2026年2月21日", "by", None, "2026-02-21", None),
    ("自2019年1月1日起施行", "from", "2019-01-01", None, None), ("从2020年开始", "from", "2020", None, None), ("自印发之日起", "from", None, None, None),
    ("十三五期间", "during", "2016", "2020", None), ("2021—2023年", "during", "2021", "2023", None), ("2020至2022年", "during", "2020", "2022", None), ("2018年上半年", "during", "2018-01", "2018-06", None),
    ("2022年第三季度", "during", "2022-07", "2022-09", None), ("2021年", "during", "2021", "2021", None), ("2012年10月", "during", "2012-10", "2012-10", None),
    ("2026年1月至6月", "during", "2026-01", "2026-06", None), ("明年", "during", "2020", "2020", None),
    ("三年内", "within", None, None, "P3Y"), ("20个工作日内", "within", None, None, "P20D"), ("自印发之日起30日内", "within", None, None, "P30D"), ("有效期3年", "within", None, None, "P3Y"),
    ("用3年左右时间", "within", None, None, "P3Y"), ("24小时内", "within", None, None, "PT24H"), ("2-3年内", "within", None, None, "P3Y"),
    ("每年", "every", None, None, "P1Y"), ("每两年", "every", None, None, "P2Y"), ("每季度", "every", None, None, "P3M"), ("5年一周期", "every", None, None, "P5Y"),
    ("2019年3月1日", "on", "2019-03-01", "2019-03-01", None),
])
def test_a_time(text: str, relation: str, start: str | None, end: str | None, period: str | None) -> None:
    [found] = find_times(normalize(f"{text}，").text, 2019)
    assert (found.relation, found.start_date, found.end_date, found.period) == (relation, start, end, period)
    assert found.text == normalize(text).text.strip()


@pytest.mark.parametrize("text", ["2018年以来", "2020年度", "2025年版", "第一年级", "到期", "近三年", "去年", "上年", "3·15", "2024年底稿", "百年工程", "成年人", "年龄", "每年龄段", "日常"])
def test_no_time(text: str) -> None:
    assert [t.text for t in find_times(normalize(f"{text}，").text, 2019)] in ([], ["2024年"])


def test_relative_years_need_a_year_of_writing() -> None:
    for text in ("年底前", "明年", "6月底前"):
        [found] = find_times(f"{text},", None)
        assert found.start_date is None and found.end_date is None


@pytest.mark.parametrize("text", ["到2025年13月", "2019年2月30日", "2025年第五季度"])
def test_a_date_that_does_not_exist_is_not_made_up(text: str) -> None:
    for found in find_times(f"{text},", None):
        assert "13" not in str(found.end_date) and "02-30" not in str(found.end_date)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SOUP), max_size=30).map("".join))
def test_times_are_in_order_and_apart(text: str) -> None:
    normalized = normalize(text).text
    found = find_times(normalized, 2019)
    assert all(normalized[t.start : t.end] == t.text for t in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    for t in found:
        for date in (t.start_date, t.end_date):
            assert date is None or date[:4].isdigit() and len(date) in (4, 7, 10)


def test_plans_are_five_years() -> None:
    assert [plan_years(n) for n in ("九五", "十五", "十一五", "十二五", "十三五", "十四五", "十五五")] == [
        (1996, 2000), (2001, 2005), (2006, 2010), (2011, 2015), (2016, 2020), (2021, 2025), (2026, 2030),
    ]
    assert plan_years("八百五") is None


@pytest.mark.parametrize(("text", "date"), [
    ("二〇一二年七月一日", "2012-07-01"), ("二○一二年十月二十六日", "2012-10-26"), ("2012 年 7 月 26 日", "2012-07-26"), ("2012-7-6", "2012-07-06"), ("二〇一二年三月廿一日", "2012-03-21"),
    ("2012-13-01", None), ("2012年2月30日", None), ("", None),
])
def test_full_dates(text: str, date: str | None) -> None:
    assert iso_date(text) == date


@given(st.dates())
def test_every_day_in_every_spelling(day: object) -> None:
    from datetime import date

    assert isinstance(day, date)
    if 1900 <= day.year < 2100:
        for form in (f"{day.year}年{day.month}月{day.day}日", f"{day.year}-{day.month:02}-{day.day:02}", f"{day.year}/{day.month}/{day.day}"):
            assert iso_date(f"于{form}印发") == day.isoformat()


def test_last_days() -> None:
    assert [month_end(2023, m) for m in range(1, 13)] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert (month_end(2024, 2), month_end(2000, 2), month_end(1900, 2)) == (29, 29, 28)


def test_a_clock_time_belongs_to_its_day_and_a_due_line_is_no_signature() -> None:
    for text, words, end in (
        ("请于2024年4月23日16时前在线提交", "于2024年4月23日16时前", "2024-04-23"),
        ("2024年4月23日下午5点前报送", "2024年4月23日下午5点前", "2024-04-23"),
        ("截止时间：2024年4月23日", "2024年4月23日", "2024-04-23"),
    ):
        [row] = mine_text(f"关于申报渔港项目的通知\n{text}\n请抓好落实。\n澜口市渔业局\n2024年3月1日\n").rows("deadlines")
        assert (row["text"].replace(" ", ""), row["relation"], row["end_date"]) == (words, "by", end)
    assert mine_text("关于申报渔港项目的通知\n澜口市渔业局 2024年4月23日\n").rows("deadlines") == []


def test_days_without_a_year_before_the_signing_are_history() -> None:
    body = "关于安全生产的通知\n各县渔业局：\n8月11日至18日，有船失事。请于9月1日至10日检查渔船，完成整改。\n澜口市渔业局\n2024年8月25日\n"
    found = mine_text(body).rows("deadlines")
    assert [(r["start_date"], r["end_date"]) for r in found] == [("2024-09-01", "2024-09-10")]


def test_a_date_that_tells_which_ones_is_no_deadline() -> None:
    text = "关于渔业园区的通知\n各县渔业局：\n一、主要任务\n对2026年6月6日前认定的园区开展评估。2026年9月1日前认定首批园区。\n"
    assert [r["end_date"] for r in mine_text(text).rows("deadlines")] == ["2026-09-01"]


def test_a_month_without_a_year_takes_that_of_the_date_before_it_in_the_sentence() -> None:
    def ends(text: str, year: int | None) -> list[str | None]:
        return [t.end_date for t in find_times(text, year)]

    assert ends("在2024年4月22日16时前提交申请书,并于4月23日16时前提交清单。", None) == ["2024-04-22", "2024-04-23"]
    assert ends("2025年1月10日前报送名单,3月底前完成渔港建设。", 2024) == ["2025-01-10", "2025-03"]
    assert ends("2024年11月底前报送名单,1月10日前公布。", None) == ["2024-11", None]  # of the next year, which is not said
    assert ends("2025年1月10日前报送名单。3月底前完成渔港建设。", 2024) == ["2025-01-10", "2024-03"]
    assert ends("2025年底前建成渔港,6月底前开工。", 2024) == ["2025-12", "2024-06"]


def test_times_that_ran_together_with_the_words_before_them() -> None:
    def found(text: str) -> list[tuple[str, str]]:
        return [(t.text, t.relation) for t in find_times(text, 2024)]

    assert found("省、自治区渔业厅应当自收到材料之日起30日内审核。") == [("自收到材料之日起30日内", "within")]
    assert found("每年组织一次年度调整。") == [("每年", "every")]
    assert found("整治自2024年9月1日起至12月9日止。") == [("2024年9月1日起至12月9日止", "during")]
    assert found("通过5年到10年努力,建成渔港。") == [("通过5年到10年努力", "within")]
    wrapped = "渔港示范通知书应当注明示范主体、示范渔船、示范时间\n以及示范路线和示范水域等信息，其中示范时间不超过\n18 个月，且不得超过渔船检验合格证明的有效期，\n到期以后应当重新申请，并且提交渔船检验合格证明。\n"
    assert "不超过18个月" in normalize(wrapped).text
