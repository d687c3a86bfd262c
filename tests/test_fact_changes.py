"""The facts that differ between two versions: rows of ``changes``, and what the evidence of a pair says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policymine.corpus import Corpus
from policymine.engines import mine_raw
from policymine.models import Options, RawDocument
from policymine.run import Request, run_extract
from policymine.tables.schema import TABLES, Row
from policymine.versions.facts import IDS, all_facts, facts_from, kept_facts
from policymine.versions.signature import Signature
from policymine.versions.verify import pair_facts, verify
from policymine.versions.works import VersionResult, compare_corpus

TEXT = """临澜市人民政府关于加快灯塔修缮的实施意见
临政发〔2031〕5号

各县（市、区）人民政府，市政府各部门：

　　一、总体目标
　　到2035年，修缮灯塔26座，航标完好率达到95%以上，海上航行更加安全。灯塔修缮以县为主，市级统筹技术力量，分批实施，先急后缓。
　　二、重点任务
　　（一）修缮灯塔。2032年6月底前完成检测，优先修缮年久失修的灯塔，保留原有形制和材料。（市交通运输局牵头，市财政局配合）
　　（二）培训守塔人。每年培训守塔人40人次，建立守塔人档案，组织守塔人定期体检。（市人力资源社会保障局负责）
　　三、保障措施
　　各县（市、区）要把灯塔修缮列入年度计划，按季度通报进展，接受社会监督，确保修一座、亮一座。

临澜市人民政府
2031年4月9日
"""
OTHERS = {
    "figure": TEXT.replace("95%", "96%"),
    "date": TEXT.replace("2032年6月", "2033年9月"),
    "department": TEXT.replace("市财政局", "市审计局"),
    "least": TEXT.replace("26座", "不少于26座"),
    "lost": TEXT.replace("每年培训守塔人40人次，", ""),
    "bare": "\n".join(TEXT.splitlines()[5:-2]),
    "width": TEXT.replace("，", ",").replace("（", "(").replace("）", ")").replace("%", "％"),
    "residue": f"发布时间：2031-04-10 来源：临澜市政府网\n{TEXT}\n浏览次数：7\n",
    "next": TEXT.replace("2035", "2036").replace("2032", "2033").replace("2031", "2032").replace("26座", "31座"),
    "copy": TEXT.replace("临澜", "岑南").replace("临政发〔2031〕5号", "岑政发〔2031〕19号").replace("26座", "9座"),
    "worded": TEXT.replace("先急后缓", "由各县自定次序").replace("保留原有形制和材料", "可以改用新型材料").replace("95%", "97%"),
}


def _rows(result: VersionResult, *names: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in names) for row in result.changes if row["fact"] is not None]


@cache
def _signed(text: str) -> Signature:
    doc_id = hashlib.sha256(text.encode()).hexdigest()[:20]
    raw = RawDocument(doc_id, f"{doc_id}.txt", text, 0, "text/plain", "utf-8", "plain")
    signed = mine_raw(raw, Options(terms=False)).signature
    assert signed is not None and signed.facts
    return signed


def _compared(name: str) -> VersionResult:
    return compare_corpus([_signed(TEXT), _signed(OTHERS[name])])


def _evidence(result: VersionResult) -> str:
    (row,) = result.versions
    return str(row["evidence"])


def _facts(name: str) -> Sequence[Row]:
    """What differs in a text, seen from it."""
    new, old = _signed(OTHERS[name]), _signed(TEXT)
    return pair_facts(new, old, verify(new, old))


def test_a_changed_figure_is_a_changed_value_of_a_target() -> None:
    (row,) = _facts("figure")
    assert list(row) == list(TABLES["changes"].names)
    assert [row[name] for name in ("kind", "fact", "field", "value", "other_value", "text", "other_text")] == [
        "number", "targets", "value", "96", "95", "96%以上", "95%以上",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("date", [("number", "deadlines", "end_date", "2033-09", "2032-06")]),
        ("department", [("wording", "responsibilities", "department_name", "临澜市审计局", "临澜市财政局")]),
        ("least", [("wording", "targets", "comparator", ">=", "=")]),
        ("lost", [("removed", "targets", None, None, None), ("removed", "deadlines", None, None, None)]),
    ],
)
def test_each_fact_that_differs_is_a_row(name: str, expected: list[tuple[object, ...]]) -> None:
    columns = ("kind", "fact", "field", "value", "other_value")
    assert [tuple(row[column] for column in columns) for row in _facts(name)] == expected


@pytest.mark.parametrize("name", ["width", "residue"])
def test_typography_and_residue_change_no_fact(name: str) -> None:
    assert _facts(name) == []
    assert "facts differ" not in _evidence(_compared(name))


def test_a_lost_header_is_removed_field_by_field_where_it_would_stand() -> None:
    rows = [row for row in _facts("bare") if row["fact"] == "documents"]
    assert {row["field"] for row in rows} == {"title", "doc_number", "issuers", "date_issued", "addressees"}
    assert {(row["kind"], row["value"], row["text"]) for row in rows} == {("removed", None, "")}
    (signed_on,) = [row for row in rows if row["field"] == "date_issued"]
    assert (signed_on["other_text"], signed_on["other_value"]) == ("2031年4月9日", "2031-04-09")
    assert signed_on["start"] == len(OTHERS["bare"].rstrip("。\n"))


def test_words_come_before_facts_and_both_point_at_their_places() -> None:
    result = compare_corpus([_signed(text) for text in (TEXT, *OTHERS.values())])
    raw = {one.doc_id: one.raw for one in map(_signed, (TEXT, *OTHERS.values()))}
    facts = {one.doc_id: facts_from(one.facts) for one in map(_signed, (TEXT, *OTHERS.values()))}
    for side in ("", "other_"):
        for row in result.changes:
            words = raw[str(row[f"{side}doc_id"])]
            assert words[int(row[f"{side}start"] or 0) : int(row[f"{side}end"] or 0)] == row[f"{side}text"]
            if (named := row[f"{side}fact_id"]) is not None:
                table = str(row["fact"])
                assert named in {fact[IDS[table]] for fact in facts[str(row[f"{side}doc_id"])][table]}
    levels = [(row["doc_id"], row["other_doc_id"], row["fact"] is not None) for row in result.changes]
    assert levels == sorted(levels)


@pytest.mark.parametrize("name", ["figure", "date", "department"])
def test_the_evidence_says_that_only_these_facts_differ(name: str) -> None:
    assert "; only these facts differ: 1 of " in _evidence(_compared(name))


def test_the_evidence_of_other_words_does_not() -> None:
    result = _compared("worded")
    assert result.versions[0]["relation"] == "revision"
    assert "; facts differ: 1 of targets" in _evidence(result)


@pytest.mark.parametrize("name", ["next", "copy"])
def test_the_facts_of_an_adaptation_are_told(name: str) -> None:
    result = _compared(name)
    assert result.versions[0]["relation"] == "adaptation"
    values = {row[:2] for row in _rows(result, "fact", "field")}
    assert {("targets", "value"), ("documents", "doc_number")} <= values


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([TEXT, *OTHERS.values()]), st.sampled_from([TEXT, *OTHERS.values()]))
def test_the_facts_that_differ_are_the_same_from_both_sides(a: str, b: str) -> None:
    if a == b:
        return
    one, other = _signed(a), _signed(b)
    found = verify(one, other)
    names = ("doc_id", "text", "start", "end", "fact_id", "value")
    sides = {"added": "removed", "removed": "added"}
    turned = [
        {
            **row,
            **{f"other_{name}": row[name] for name in names},
            **{name: row[f"other_{name}"] for name in names},
            "kind": sides.get(str(row["kind"]), row["kind"]),
        }
        for row in pair_facts(one, other, found)
    ]
    assert pair_facts(other, one, found) == turned


def test_facts_are_kept_as_they_are() -> None:
    raw = RawDocument("0" * 20, "a.txt", TEXT, 0, "text/plain", "utf-8", "plain")
    rows = mine_raw(raw, Options(terms=False)).rows
    known, facts = facts_from(kept_facts(rows)), all_facts(rows)
    assert {table: len(known[table]) for table in known} == {table: len(facts[table]) for table in facts}
    for table, some in known.items():
        for kept, whole in zip(some, facts[table], strict=True):
            assert kept == {name: whole[name] for name in kept}


def test_a_result_names_rows_of_its_own_tables(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("figure", "next", "bare"):
        (folder / f"{name}.txt").write_text(OTHERS[name], encoding="utf-8")
    (folder / "text.txt").write_text(TEXT, encoding="utf-8")
    run_extract(Request((str(folder),), tmp_path / "out", jobs=1))
    corpus = Corpus.load(tmp_path / "out")
    rows = [row for row in corpus.rows("changes") if row["fact"] is not None]
    assert {row["fact"] for row in rows} >= {"targets", "deadlines", "documents"}
    for row in rows:
        ids = {fact[IDS[str(row["fact"])]] for fact in corpus.rows(str(row["fact"]))}
        assert {row["fact_id"], row["other_fact_id"]} - {None} <= ids
