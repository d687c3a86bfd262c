"""What is doubtful is told: damaged years, unresolved times, unknown departments, uncertain places."""

from __future__ import annotations

import pytest

from policymine.corpus import Corpus, mine_text
from policymine.extraction.deadlines import counts_from_signing

HEAD = "澄岚市人民政府关于发展观光渔业的意见\n"


def _issues(corpus: Corpus, code: str) -> list[str]:
    text = corpus.text(str(corpus.rows("documents")[0]["doc_id"]))
    found = [row for row in corpus.rows("issues") if row["code"] == code]
    return [text[int(row["start"] or 0) : int(row["end"] or 0)] for row in found]


def test_a_year_that_cannot_be_meant() -> None:
    corpus = mine_text(f"{HEAD}一、目标\n到２２０５年，新建码头12个。\n到2025年，渔业体系基本形成，建成旧港3个。\n")
    assert _issues(corpus, "number-damaged") == ["到２２０５年"]
    assert "number-damaged" in str(corpus.rows("documents")[0]["flags"]).split(";")
    assert [row["flags"] for row in corpus.rows("targets")] == ["deadline-damaged", None]
    sound = mine_text(f"{HEAD}一、目标\n到2025年，新建码头12个。\n")
    assert not _issues(sound, "number-damaged")


@pytest.mark.parametrize(
    ("words", "unresolved"),
    [
        ("自印发之日起30日内报送方案", ["自印发之日起30日内"]),
        ("自受理之日起5个工作日内办结", []),
        ("年底前完成改造", ["年底前"]),
        ("2025年底前完成改造", []),
        ("每年开展检查", []),
        ("于获批次年提交报告", []),
        ("自印发之日起开展检查", ["自印发之日起"]),
    ],
)
def test_times_that_need_a_date_that_is_not_there(words: str, unresolved: list[str]) -> None:
    text = f"{HEAD}一、任务\n各县{words}。\n"
    assert _issues(mine_text(text), "deadline-unresolved") == unresolved
    signed = mine_text(f"{text}澄岚市人民政府\n2020年3月2日\n")
    assert signed.rows("documents")[0]["date_issued"] == "2020-03-02"
    assert not _issues(signed, "deadline-unresolved")


def test_a_length_that_leads_out_of_the_calendar() -> None:
    corpus = mine_text(f"{HEAD}一、任务\n自印发之日起9999年内完成。自印发之日起999999999999日内完成。\n澄岚市人民政府\n2020年3月2日\n")
    assert corpus.rows("documents")[0]["status"] == "ok"


def test_where_an_unknown_department_stands_first() -> None:
    corpus = mine_text(f"{HEAD}一、任务\n（一）建港。改造旧港。（市海 星局、市财政局负责）\n（二）养鱼。（市海星局负责）\n")
    assert _issues(corpus, "department-unknown") == ["市海 星局"]
    [issue] = corpus.rows("issues")
    assert "市海星局（2）" in str(issue["message"])


def test_an_uncertain_place_is_a_flag() -> None:
    corpus = mine_text("鼓楼区人民政府关于发展的意见\n一、目标\n到2025年，新建码头12个。\n")
    assert str(corpus.rows("documents")[0]["flags"]).startswith("place-")


def test_what_counts_from_signing() -> None:
    assert counts_from_signing("本通知印发之日起三个月内")
    assert not counts_from_signing("自验收合格之日起三个月内")
    assert not counts_from_signing("自施行之日起三个月内")
