"""What of a text the tables cover, and what duplicates would change."""

from __future__ import annotations

import pytest

from policymine.corpus import mine, mine_text
from policymine.reliability import FACTS, coverage, sensitivity
from samples import RAW


def test_coverage_counts_what_is_there() -> None:
    text = (
        "临澜市人民政府关于港口的意见\n一、主要目标\n到2025年，新建码头3个。2020年已建成码头2个。改善港区服务。\n"
        "二、主要任务\n（一）改造旧港。（市农业农村局负责）\n"
    )
    [row] = coverage(mine_text(text)).to_dict("records")
    assert (row["characters"], row["promised"], row["other_numbers"], row["status"]) == (len(text), 1, 1, "ok")
    assert row["clauses"] == 7, "the title, two headings, four sentences; the list in brackets is none"
    assert 0 < row["in_tasks"] < row["under_headings"] < 1
    assert row["with_fact"] == pytest.approx(1 / 7, abs=0.3)


def test_shares_are_shares_and_no_document_is_left_out() -> None:
    corpus = mine(RAW)
    table = coverage(corpus)
    assert table.doc_id.tolist() == [row["doc_id"] for row in corpus.rows("documents")]
    for column in ("under_headings", "in_tasks", "with_fact"):
        assert table[column].between(0, 1).all(), column
    assert table.promised.sum() == len(corpus.rows("targets"))
    assert set(FACTS) <= set(corpus.as_rows())


def test_what_cannot_be_read_is_a_row_without_shares() -> None:
    corpus = mine_text("")
    [row] = coverage(corpus).to_dict("records")
    assert row["characters"] == row["clauses"] == 0


def test_duplicates_change_what_they_should() -> None:
    corpus = mine(RAW)
    table = sensitivity(corpus).set_index("figure")
    canonical = sum(bool(row["is_canonical"]) for row in corpus.rows("documents"))
    assert table.loc["documents", ["every_version", "one_a_work"]].tolist() == [len(corpus), canonical]
    assert table.loc["targets", "every_version"] > table.loc["targets", "one_a_work"]
    assert table.loc["documents", "change"] == pytest.approx(len(corpus) / canonical - 1, abs=1e-4)
    assert table.loc["indicators of several documents", "change"] > 0, "two versions share all their indicators"


def test_without_duplicates_nothing_changes() -> None:
    assert (sensitivity(mine_text("一、主要目标\n到2025年，新建3条线路。")).change.fillna(0) == 0).all()
