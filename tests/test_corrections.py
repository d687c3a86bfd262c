"""Corrections that last: anchors find their words again, decisions change rows, and what no longer fits is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import policymine as pm
from policymine.assemble import collect
from policymine.corpus import Corpus, mine_text
from policymine.corrections.anchors import Anchor, anchor, find, letters_of_text
from policymine.corrections.apply import apply
from policymine.corrections.columns import EDITABLE, typed
from policymine.corrections.correcting import Correcting
from policymine.corrections.decisions import Corrections, CorrectionsError, Decision, read_corrections
from policymine.reading.sources import list_sources
from policymine.run import Request, run_extract
from policymine.tables.schema import TABLES, Row
from policymine.versions.sketch import sketch
from samples import NAMES, RAW, SLOW, SOUP, sample, sample_text

ONE, OTHER = "2018-澜口市-质量提升行动实施意见", "lankou-2018-quality-web"
TEXT = (
    "澄岚市人民政府关于发展观光渔业的意见\n各县（区）人民政府：\n一、总体目标\n到2025年，新建观光码头12个，观光渔船达到300艘。\n"
    "二、主要任务\n（一）改造旧港。2024年底前完成配套设施改造，新增泊位40个。（市农业农村局牵头，市财政局配合）\n"
)


def _decision(corpus: Corpus, table: str, words: str, verdict: str = "reject", **changes: object) -> Decision:
    """A decision about the row of a corpus whose words contain some others."""
    [doc_id] = {row["doc_id"] for row in corpus.rows("documents")}
    text = corpus.text(str(doc_id))
    [row] = [row for row in corpus.rows(table) if words in text[_int(row["start"]) : _int(row["end"])]]
    where = anchor(letters_of_text(text), _int(row["start"]), _int(row["end"]))
    values = {name: row[name] for name in EDITABLE[table]}
    new = {name: typed(table, name, value) for name, value in changes.items()}
    return Decision(verdict, table, str(doc_id), where, values, new)


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _line(decision: Decision) -> str:
    a = decision.anchor
    return json.dumps({
        "verdict": decision.verdict, "table": decision.table, "doc_id": decision.doc_id, "before": a.before,
        "words": a.words, "after": a.after, "ordinal": a.ordinal, "of": a.of, "values": decision.values,
        **({"set": decision.changes} if decision.changes else {}),
    }, ensure_ascii=False)


def _file(path: Path, *decisions: Decision, text: str = "") -> Path:
    lines = [json.dumps({"document": d.doc_id, "sketch": sketch(letters_of_text(text).key)}) for d in decisions[:1] if text]
    path.write_text("\n".join([*lines, *map(_line, decisions)]) + "\n", encoding="utf-8")
    return path


def _corrected(text: str, *decisions: Decision) -> tuple[dict[str, list[Row]], list[tuple[str, str]]]:
    tables = {name: rows for name, rows in mine_text(text).as_rows().items() if name in TABLES}
    changed, unfit = apply(letters_of_text(text), tables, decisions)
    return changed, [(one.code, one.reason) for one in unfit]


@pytest.mark.parametrize("name", NAMES)
def test_the_anchor_of_every_row_finds_its_words(name: str) -> None:
    corpus, text = sample(name), sample_text(name)
    letters = letters_of_text(text)
    for table in EDITABLE:
        for row in corpus.rows(table):
            start, end = _int(row["start"]), _int(row["end"])
            found = find(letters, anchor(letters, start, end))
            assert not isinstance(found, str), (row, found)
            # punctuation at the ends does not count: 《 》 and the like
            assert start <= found[0] < found[1] <= end
            assert not any(c.isalnum() for c in text[start : found[0]] + text[found[1] : end])


def test_every_anchor_of_one_version_finds_the_same_words_in_the_other() -> None:
    texts = [sample_text(name) for name in (ONE, OTHER)]
    letters = [letters_of_text(text) for text in texts]
    both = 0
    for here, there in ((0, 1), (1, 0)):
        for table in EDITABLE:
            for row in sample((ONE, OTHER)[here]).rows(table):
                wanted = anchor(letters[here], _int(row["start"]), _int(row["end"]))
                found = find(letters[there], wanted)
                assert not isinstance(found, str), (wanted, found)
                both += 1
                assert letters_of_text(texts[there][slice(*found)]).key == letters_of_text(wanted.words).key
    assert both > 100


def test_which_of_several_equal_clauses() -> None:
    text = "一、甲。\n新建乡村公路养护站点并且完善服务设施体系建设共3个。\n二、乙。\n新建乡村公路养护站点并且完善服务设施体系建设共3个。\n"
    letters = letters_of_text(text)
    second = text.rindex("3个")
    there = anchor(letters, second, second + 2)
    assert (there.ordinal, there.of) == (2, 2)
    assert find(letters, there) == (second, second + 2)
    gone = letters_of_text(text[: text.index("二、")])
    assert find(gone, there) == "its clause stands 1 times in the text where it stood 2 times"
    once = anchor(gone, text.index("3个"), text.index("3个") + 2)
    assert find(letters, once) == "its clause stands 2 times in the text where it stood 1 times"


def test_an_anchor_never_begins_or_ends_inside_a_number() -> None:
    wanted = Anchor("", "12个标准化菜市场建成", "")
    assert find(letters_of_text("全市112个标准化菜市场建成"), wanted) == "its clause no longer stands in the text"
    assert find(letters_of_text("全市,12个标准化菜市场建成"), wanted) == (3, 14)


def test_a_rejected_row_moves_to_rejected() -> None:
    corpus = mine_text(TEXT)
    changed, unfit = _corrected(TEXT, _decision(corpus, "targets", "300艘"))
    assert unfit == []
    assert [row["value"] for row in changed["targets"]] == [12, 40]
    [row] = [row for row in changed["rejected"] if row["reason"] == "review"]
    assert (row["layer"], row["text"], TEXT[_int(row["start"]) : _int(row["end"])]) == ("target", "300艘", "300艘")


def test_an_edited_row_keeps_its_evidence() -> None:
    corpus = mine_text(TEXT)
    edit = _decision(corpus, "targets", "12个", "edit", indicator="观光码头数量", deadline="2026", value="13")
    changed, unfit = _corrected(TEXT, edit)
    assert unfit == []
    before, row = corpus.rows("targets")[0], changed["targets"][0]
    assert (row["indicator"], row["value"], row["deadline"], row["deadline_from"]) == ("观光码头数量", 13, "2026", "review")
    assert row["review"] == "edited" and row["deadline_id"] is None
    same = ("target_id", "start", "end", "clause", "comparator", "unit", "rule")
    assert {name: row[name] for name in same} == {name: before[name] for name in same}
    assert [r["review"] for r in changed["targets"]] == ["edited", None, None]


def test_an_accepted_row_says_so_while_its_values_are_those_accepted() -> None:
    corpus = mine_text(TEXT)
    accept = _decision(corpus, "responsibilities", "市财政局", "accept")
    changed, unfit = _corrected(TEXT, accept)
    assert unfit == []
    assert [row["review"] for row in changed["responsibilities"]] == [None, "accepted"]
    other = replace(accept, values={**accept.values, "role": "lead"})
    changed, unfit = _corrected(TEXT, other)
    assert unfit == [("correction-outdated", "role was lead and is support")]
    assert [row["review"] for row in changed["responsibilities"]] == [None, None]


def test_the_dates_taken_from_a_deadline_follow_it() -> None:
    corpus = mine_text(TEXT)
    assert [row["deadline"] for row in corpus.rows("targets")] == ["2025", "2025", "2024-12"]
    edit = _decision(corpus, "deadlines", "2025年", "edit", end_date="2027-06")
    changed, _ = _corrected(TEXT, edit)
    assert [row["deadline"] for row in changed["targets"]] == ["2027-06", "2027-06", "2024-12"]
    assert (changed["deadlines"][0]["due_latest"], changed["deadlines"][0]["review"]) == ("2027-06-30", "edited")
    assert [row["deadline"] for row in changed["tasks"]] == ["2027-06", "2024-12"]
    changed, _ = _corrected(TEXT, _decision(corpus, "deadlines", "2025年"))
    assert [(row["deadline"], row["deadline_id"]) for row in changed["targets"][:2]] == [(None, None), (None, None)]
    assert [row["deadline"] for row in changed["tasks"]] == [None, "2024-12"]
    assert {row["deadline_id"] for row in changed["targets"]} - {None} <= {row["deadline_id"] for row in changed["deadlines"]}


@pytest.mark.parametrize("name", NAMES)
def test_accepting_every_row_changes_nothing_but_the_mark(name: str) -> None:
    corpus, text = sample(name), sample_text(name)
    letters = letters_of_text(text)
    [doc_id] = [str(row["doc_id"]) for row in corpus.rows("documents")]
    decisions = [
        Decision("accept", table, doc_id, anchor(letters, _int(row["start"]), _int(row["end"])), {c: row[c] for c in EDITABLE[table]}, {})
        for table in EDITABLE for row in corpus.rows(table)
    ]
    changed, unfit = apply(letters, corpus.as_rows(), decisions)
    assert unfit == []
    for table, rows in changed.items():
        if table in EDITABLE:
            places = [(row["start"], row["end"]) for row in rows]
            assert all(row["review"] == "accepted" for row in rows if places.count((row["start"], row["end"])) == 1)
            rows = [{**row, "review": None} for row in rows]
        assert rows == corpus.rows(table), table


def test_a_row_is_found_again_though_a_new_version_cuts_its_words_otherwise() -> None:
    corpus = mine_text(TEXT)
    edit = _decision(corpus, "targets", "40个", "edit", indicator="渔港泊位")
    tables = corpus.as_rows()
    moved = [{**row, "start": _int(row["start"]) - 4, "target_id": f"new-{i}"} for i, row in enumerate(tables["targets"])]
    changed, unfit = apply(letters_of_text(TEXT), {**tables, "targets": moved}, [edit])
    assert unfit == []
    assert [(row["target_id"], row["indicator"], row["review"]) for row in changed["targets"]][2] == ("new-2", "渔港泊位", "edited")
    # another number beside it is another row
    apart = [row for row in tables["targets"] if row is not tables["targets"][2]]
    _, unfit = apply(letters_of_text(TEXT), {**tables, "targets": apart}, [edit])
    assert [one.reason for one in unfit] == ["nothing is found at these words now"]


def test_what_no_longer_fits() -> None:
    corpus = mine_text(TEXT)
    reject, accept = (_decision(corpus, "targets", "300艘", verdict) for verdict in ("reject", "accept"))
    other = TEXT.replace("300艘", "310艘")
    assert _corrected(other, reject)[1] == [("correction-unfit", "its clause no longer stands in the text")]
    elsewhere = replace(accept, table="citations", values={})
    assert _corrected(TEXT, elsewhere)[1] == [("correction-unfit", "nothing is found at these words now")]
    assert _corrected(TEXT, replace(elsewhere, verdict="reject"))[1] == []  # the program says so itself by now


def test_decisions_hold_in_a_near_identical_version(tmp_path: Path) -> None:
    corpus = mine_text(sample_text(ONE), ONE)
    decisions = (
        _decision(corpus, "targets", "98.5%"),
        _decision(corpus, "targets", "260个", "edit", indicator="绿色食品"),
        _decision(corpus, "responsibilities", "澜口海关", "accept"),
    )
    made = _file(tmp_path / "c.jsonl", *decisions, text=sample_text(ONE))
    alone = pm.mine(RAW / f"{OTHER}.txt", corrections=made)
    plain = pm.mine(RAW / f"{OTHER}.txt")
    assert len(alone.targets) == len(plain.targets) - 1
    assert 98.5 not in alone.targets["value"].tolist() and 98.5 in plain.targets["value"].tolist()
    assert alone.targets.loc[alone.targets["review"] == "edited", "indicator"].tolist() == ["绿色食品"]
    assert alone.responsibilities.loc[alone.responsibilities["review"] == "accepted", "department"].tolist() == ["澜口海关"]
    assert not any(str(row["code"]).startswith("correction-") for row in alone.rows("issues"))
    # not in another document, and only with the sketch that tells that the two are alike
    text = made.read_text(encoding="utf-8")
    made.write_text("\n".join(text.splitlines()[1:]), encoding="utf-8")
    without = pm.mine(RAW / f"{OTHER}.txt", corrections=made)
    assert without.rows("targets") == plain.rows("targets")
    [issue] = [row for row in without.rows("issues") if str(row["code"]).startswith("correction-")]
    assert (issue["code"], issue["level"], issue["source"], issue["doc_id"]) == ("correction-absent", "note", "c.jsonl", None)


def test_decisions_do_not_hold_in_another_document_with_the_same_clause(tmp_path: Path) -> None:
    sentence = "到2025年，全市新建标准化农贸市场和社区便民服务中心共12个。"
    for name, others in (("a", ("市场", "街区")), ("b", ("渔港", "航道"))):
        body = "".join(f"推进{others[i % 2]}建设第{i}期工程，完善{others[0]}配套。" for i in range(30))
        (tmp_path / f"{name}.txt").write_text(f"一、{others[0]}\n{body}\n{sentence}\n", encoding="utf-8")
    first = pm.mine(tmp_path / "a.txt")
    text = first.text(str(first.rows("documents")[0]["doc_id"]))
    made = _file(tmp_path / "c.jsonl", _decision(first, "targets", "12个"), text=text)
    assert len(pm.mine(tmp_path / "a.txt", corrections=made).targets) == len(first.targets) - 1
    other = pm.mine(tmp_path / "b.txt", corrections=made)
    assert 12 in other.targets["value"].tolist()
    assert [row["code"] for row in other.rows("issues") if str(row["code"]).startswith("correction")] == ["correction-absent"]


def test_a_decision_about_this_very_text_counts_for_more() -> None:
    inherited = _decision(mine_text(sample_text(ONE), ONE), "targets", "98.5%")
    own = _decision(pm.mine(RAW / f"{OTHER}.txt"), "targets", "98.5%", "accept")
    sketches = {inherited.doc_id: sketch(letters_of_text(sample_text(ONE)).key)}
    for order in ((inherited, own), (own, inherited)):
        corpus = Corpus()
        collect(list_sources([RAW / f"{OTHER}.txt"]), corpus, correcting=Correcting(Corrections(order, sketches)))
        assert [row["value"] for row in corpus.rows("targets") if row["review"] == "accepted"] == [98.5]


def test_a_run_with_corrections(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "b.txt").write_text(TEXT.replace("澄岚", "青澄").replace("12个", "15个"), encoding="utf-8")
    first = pm.mine(folder / "a.txt")
    gone = _decision(first, "targets", "12个")
    unfit = replace(gone, anchor=replace(gone.anchor, words="99个"))
    made = _file(tmp_path / "c.jsonl", gone, unfit)
    results = []
    for name, jobs, cache in (("1", 1, None), ("2", 2, tmp_path / "cache"), ("3", 1, tmp_path / "cache")):
        request = Request((str(folder),), tmp_path / name, ("csv", "jsonl"), jobs, cache=cache, corrections=(made,), rejected=True)
        summary, _ = run_extract(request)
        assert summary.counts()["corrected"], summary.counts()["unfit"] == (1, 1)
        results.append({p.name: p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file() and p.name != "run.json"})
    assert results[0] == results[1] == results[2]
    issues = [json.loads(line) for line in results[0]["issues.jsonl"].decode().splitlines()]
    [issue] = [row for row in issues if row["code"] == "correction-unfit"]
    assert (issue["source"], issue["level"]) == ("a.txt", "warning") and "c.jsonl, line 2" in issue["message"]
    documents = [json.loads(line) for line in results[0]["documents.jsonl"].decode().splitlines()]
    assert ["correction-unfit" in (row["flags"] or "") for row in documents] == [True, False]
    # a changed file takes effect at once, though the cache holds the documents; none leaves the rows as they were
    made.write_text("", encoding="utf-8")
    for request in (
        Request((str(folder),), tmp_path / "4", ("csv",), cache=tmp_path / "cache", corrections=(made,)),
        Request((str(folder),), tmp_path / "5", ("csv",), cache=tmp_path / "cache"),
    ):
        summary, _ = run_extract(request)
        assert summary.cache.hits == 2
        assert "新建观光码头12个" in (request.out / "targets.csv").read_text(encoding="utf-8-sig")


def test_append_does_not_forget_corrections(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(TEXT + name, encoding="utf-8")
    made = _file(tmp_path / "c.jsonl", _decision(pm.mine(tmp_path / "a.txt"), "targets", "12个"))
    request = Request((str(tmp_path / "a.txt"),), tmp_path / "out", ("csv",), corrections=(made,))
    run_extract(request)
    more = replace(request, paths=(str(tmp_path / "b.txt"),), append=True)
    with pytest.raises(pm.MisuseError, match=r"made with corrections \(c\.jsonl\)"):
        run_extract(replace(more, corrections=()))
    run_extract(more)
    assert (tmp_path / "out/targets.csv").read_text(encoding="utf-8-sig").count("码头12个") == 1


def test_the_later_line_counts(tmp_path: Path) -> None:
    one = _decision(mine_text(TEXT), "targets", "12个")
    made = read_corrections([_file(tmp_path / "1.jsonl", one, replace(one, verdict="accept")), _file(tmp_path / "2.jsonl", one)])
    assert [d.verdict for d in made.decisions] == ["reject"]
    assert made.names == ("1.jsonl", "2.jsonl")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "no JSON object"),
        ("[1]", "no JSON object"),
        ("[" * 100_000, "no JSON object"),
        ('{"verdict": "reject", "table": "targets", "doc_id": "a", "words": "\\ud800"}', "no JSON object"),
        ('{"verdict": "drop"}', "'table' is missing"),
        ('{"verdict": "drop", "table": "targets", "doc_id": "a", "words": "b"}', "must be one of accept, reject, edit"),
        ('{"verdict": "reject", "table": "tasks", "doc_id": "a", "words": "b"}', "must be one of targets"),
        ('{"verdict": "reject", "table": "targets", "doc_id": "a"}', "'words' is missing"),
        ('{"verdict": "reject", "table": "targets", "words": "b", "doc_id": "a", "ordinal": 2}', "ordinal is 2 of 1"),
        ('{"verdict": "edit", "table": "targets", "words": "b", "doc_id": "a"}', "'set' is missing"),
        ('{"verdict": "edit", "table": "targets", "words": "b", "doc_id": "a", "set": {"value": "viele"}}', "must be a number"),
        ('{"verdict": "edit", "table": "targets", "words": "b", "doc_id": "a", "set": {"value": 1e999}}', "must be a number"),
        ('{"verdict": "edit", "table": "targets", "words": "b", "doc_id": "a", "set": {"value": ""}}', "cannot be empty"),
        ('{"verdict": "edit", "table": "targets", "words": "b", "doc_id": "a", "set": {"deadline": "明年"}}', "must be a date"),
        ('{"verdict": "edit", "table": "targets", "words": "b", "doc_id": "a", "set": {"clause": "x"}}', "cannot be edited"),
        ('{"verdict": "edit", "table": "targets", "words": "b", "doc_id": "a", "set": {"change": "x"}}', "must be one of level"),
        ('{"verdict": "accept", "table": "targets", "words": "b", "doc_id": "a", "set": {"value": 1}}', "and only then"),
        ('{"document": 7}', "'document' is missing or no text"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text("\n" + line + "\n", encoding="utf-8")
    with pytest.raises(CorrectionsError) as caught:
        read_corrections([path])
    assert "c.jsonl, line 2" in str(caught.value) and message in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe\x00")
    for path, message in ((tmp_path / "gone", "no such file"), (tmp_path, "folder"), (tmp_path / "b.jsonl", "no text in UTF-8")):
        with pytest.raises(CorrectionsError, match=message):
            read_corrections([path])


def test_traditional_script_is_no_matter() -> None:
    simple = "一、总体目标\n到2025年，新建观光码头12个，观光渔船达到300艘，推进乡村产业发展和环境治理。\n"
    other = "一、總體目標\n到2025年，新建觀光碼頭12個，觀光漁船達到300艘，推進鄉村產業發展和環境治理。\n"
    for here, there in ((simple, other), (other, simple), (other, other)):
        rows = mine_text(here).rows("targets")
        assert [row["value"] for row in rows] == [12, 300]
        for row in rows:
            start, end = _int(row["start"]), _int(row["end"])
            assert find(letters_of_text(there), anchor(letters_of_text(here), start, end)) == (start, end)


@given(st.lists(st.sampled_from(SOUP), max_size=60).map("".join))
@example("2025年附件1\r2025年")
@settings(max_examples=300 if SLOW else 40, deadline=None)
def test_the_anchor_of_every_row_of_any_text_finds_its_words(text: str) -> None:
    corpus = mine_text(text)
    [doc_id] = [str(row["doc_id"]) for row in corpus.rows("documents")]
    letters = letters_of_text(corpus.text(doc_id))
    for table in EDITABLE:
        for row in corpus.rows(table):
            start, end = _int(row["start"]), _int(row["end"])
            found = find(letters, anchor(letters, start, end))
            assert not isinstance(found, str), (row, found)
            assert start <= found[0] < found[1] <= end
