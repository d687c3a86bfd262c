"""Tables: rows of a document, files in every format, and the folder of a result."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policymine.corpus import mine_text
from policymine.models import (
    Citation,
    Deadline,
    Department,
    Facts,
    FieldReading,
    Goal,
    Header,
    Issue,
    MinedDocument,
    Quantity,
    RawDocument,
    Rejected,
    Responsibility,
    Section,
    Target,
    Task,
    Terms,
    TimeExpression,
)
from policymine.reading.sources import MisuseError
from policymine.tables.columns import BatchRows, arrow_array, arrow_type, batch_of
from policymine.tables.datapackage import table_schema
from policymine.tables.folder import ResultFolder
from policymine.tables.links import Cited, link_works
from policymine.tables.rows import document_rows, unmined_rows
from policymine.tables.schema import PER_DOCUMENT, TABLES, Row, Value, in_order, tables_written
from policymine.tables.stored import stored_formats, stored_sources
from policymine.tables.write import BOOKS, FORMATS, TableFiles, read_rows
from policymine.text.normalize import normalize

RAW = "  关于试点的意见\r\n一、目标。到２０２５年，\n新建　３　万亩良田。（甲局、乙局牵头）\r\n按照《丙规划》执行。"


def _mined(raw_text: str = RAW) -> MinedDocument:
    """A document with one fact of each kind, its positions found in the normalised text."""
    text = normalize(raw_text)

    def at(words: str) -> tuple[int, int]:
        start = text.text.index(words)
        return start, start + len(words)

    when = TimeExpression(*at("到2025年"), "到2025年", "by", None, "2025", None, "by-year")
    clause = at("到2025年,新建3万亩良田")
    number = at("3万亩")
    lead = [Department(*at(name), name, "某市" + name, None, "prefecture", "lead", "word", i) for i, name in
            enumerate(("甲局", "乙局"), 1)]
    facts = Facts(
        targets=(
            Target(
                Quantity(*number, "3万亩", number[0], 30000.0, None, "亩", "=", "amount"), 1, "良田", "count", *clause,
                "2025", "clause", 0, None, None, None, None, "verb", ("odd", "far"),
            ),
        ),
        goals=(Goal(*clause, 1, "other", "2025", "clause", 0, "goal"),),
        deadlines=(Deadline(when, 1, "2025-01-01", "2025-12-31", None),),
        responsibilities=(Responsibility(*at("甲局、乙局牵头"), 1, tuple(lead), False, *clause, "list"),),
        citations=(Citation(*at("《丙规划》"), "丙规划", None, "basis"),),
        tasks=(Task(*clause, 1, "2025", (0,), (0,), (0,)),),
        rejected=(Rejected("target", *number, "past", "past-year"),),
    )
    sections = (
        Section(0, None, 0, "", "", "preamble", "", 0, at("一、")[0], 0),
        Section(1, None, 1, "一、", "目标", "objectives", "一", at("一、")[0], len(text.text), at("到2025年")[0], "",
                *at("目标")),
    )
    data = raw_text.encode()
    doc_id = hashlib.sha256(data).hexdigest()[:20]
    raw = RawDocument(doc_id, "甲/a.txt", raw_text, len(data), "text/plain", "utf-8", "plain")
    reading = FieldReading("title", "关于试点的意见", "body", 2, 9)
    header = Header(title="关于试点的意见", issuers=("甲厅", "乙厅"), fields=(reading,))
    terms = Terms(("良田", "目标"), (None, "n"), (2, 1))
    issue = Issue("department-unknown", "甲局", start=3, end=5)
    return MinedDocument(raw, text, header, sections, facts, terms, (issue,))


def test_every_row_has_the_columns_of_the_schema_in_order() -> None:
    rows = document_rows(_mined())
    assert set(rows.tables) == set(PER_DOCUMENT)
    for name, table in [("files", [rows.file]), ("documents", [rows.document]), *rows.tables.items()]:
        assert table, name
        for row in table:
            assert row is not None
            assert list(row) == list(TABLES[name].names), name
            assert in_order(name, row) == row


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("targets", ["３　万亩"]),
        ("goals", ["到２０２５年，\n新建　３　万亩良田"]),
        ("deadlines", ["到２０２５年"]),
        ("responsibilities", ["甲局", "乙局"]),
        ("citations", ["《丙规划》"]),
        ("tasks", ["到２０２５年，\n新建　３　万亩良田"]),
        ("rejected", ["３　万亩"]),
        ("fields", ["关于试点的意见"]),
    ],
)
def test_offsets_are_those_of_the_document_text(table: str, words: list[str]) -> None:
    rows = document_rows(_mined()).tables[table]
    assert [RAW[int(row["start"] or 0) : int(row["end"] or 0)] for row in rows] == words


def test_sections_cover_the_heading_and_what_it_governs() -> None:
    first, second = document_rows(_mined()).tables["sections"]
    assert RAW[first["start"] : first["end"]].startswith("关于试点")  # type: ignore[misc]
    assert RAW[second["start"] : second["end"]].startswith("一、目标")  # type: ignore[misc]
    assert (second["parent_id"], second["level"], first["marker"]) == (None, 1, None)


def test_words_are_as_written_without_blanks() -> None:
    tables = document_rows(_mined()).tables
    assert tables["targets"][0]["clause"] == "到２０２５年，新建３万亩良田"
    assert tables["responsibilities"][0]["text"] == "甲局、乙局牵头"
    assert tables["targets"][0]["flags"] == "far;odd"


def test_markers_headings_and_indicators_are_as_written() -> None:
    raw = "某市人民政府关于试点的意见\n（ 一）主要　目标（Ａ类）。到2025年，Ｂ级以上企业达到３家。\n１．加强组织。各单位要落实。\n"
    corpus = mine_text(raw)
    shown = [(row["marker"], row["heading"]) for row in corpus.rows("sections")]
    assert shown == [(None, None), ("（一）", "主要目标（Ａ类）"), ("１．", "加强组织")]
    assert [row["indicator"] for row in corpus.rows("targets")] == ["Ｂ级以上企业"]


def test_sentences_clauses_and_tasks_have_no_blanks_at_their_ends() -> None:
    corpus = mine_text("一、发展目标\n　　到2025年，新建3万亩良田，产业链显著提升。 \n　　完成国土绿化，基本形成体系。\n\n（市甲局负责）\n")
    text = corpus.text(str(corpus.rows("documents")[0]["doc_id"]))
    found = 0
    for table, start, end in (
        ("goals", "start", "end"), ("tasks", "start", "end"), ("targets", "clause_start", "clause_end"),
    ):
        for row in corpus.rows(table):
            words = text[int(row[start] or 0) : int(row[end] or 0)]
            assert words == words.strip() != "", table
            found += 1
    assert found >= 4


def test_ids_lead_to_rows_that_exist() -> None:
    rows = document_rows(_mined())
    for name, table in rows.tables.items():
        for column, other in TABLES[name].foreign.items():
            known = {row[TABLES[other].key[0]] for row in [rows.document, *rows.tables.get(other, [])] if row
                     and TABLES[other].key[0] in row}
            assert {row[column] for row in table} - {None} <= known, (name, column)
    [target], [deadline] = rows.tables["targets"], rows.tables["deadlines"]
    assert target["deadline_id"] == deadline["deadline_id"] is not None
    assert target["task_id"] == deadline["task_id"] == rows.tables["responsibilities"][1]["task_id"] is not None
    assert len({row["list_id"] for row in rows.tables["responsibilities"]}) == 1


def test_rows_at_one_place_get_different_ids() -> None:
    mined = _mined()
    twice = Facts(goals=mined.facts.goals * 3, deadlines=mined.facts.deadlines)
    rows = document_rows(MinedDocument(mined.raw, mined.text, mined.header, mined.sections, twice)).tables["goals"]
    ids = [str(row["goal_id"]) for row in rows]
    assert ids[1:] == [ids[0] + "-2", ids[0] + "-3"]


def test_documents_row() -> None:
    row = document_rows(_mined()).document
    assert row is not None
    assert (row["issuers"], row["title"], row["n_chars"]) == ("甲厅；乙厅", "关于试点的意见", len(RAW))
    assert row["flags"] is None, "notes are no flags"
    assert row["text_sha256"] == hashlib.sha256(RAW.encode()).hexdigest()


def test_a_file_without_bytes_is_no_document() -> None:
    raw = RawDocument("", "a.txt", "", 0, "", None, "", "missing", (Issue("read-missing", "gone"),))
    rows = unmined_rows(raw)
    assert rows.document is None
    assert rows.file["status"] == "missing"
    assert rows.tables["issues"][0]["level"] == "error"
    assert "Check" in str(rows.tables["issues"][0]["message"])


def test_citations_lead_to_the_document_meant() -> None:
    def document(doc_id: str, number: str | None, title: str, work: str, canonical: bool = True) -> Row:
        return {"doc_id": doc_id, "doc_number": number, "title": title, "inner_title": None, "work_id": work,
                "is_canonical": canonical}

    def cite(title: str, number: str | None) -> Row:
        return {"doc_id": "z", "title": title, "doc_number": number, "cited_doc_id": None}

    documents = [
        document("a", "甲发〔2020〕1号", "办法", "w"), document("b", None, "规划（试行）", "v", canonical=False),
        document("c", None, "规划(试行)", "v"), document("d", None, "通知", "x"), document("e", None, "通知", "y"),
        document("z", None, "本文", "z"),
    ]
    citations = [
        cite("旧名", "甲发(2020)1号"), cite("规划(试行)", None), cite("通知", None), cite("本文", None),
        cite("办法", "甲发〔2019〕1号"), cite("规划试行", "乙发〔2019〕1号"),
    ]
    works = {str(row["doc_id"]): (str(row["work_id"]), row["is_canonical"] is True, 0.9) for row in documents}
    cited = Cited(lambda: (documents[:4], documents[4:]), works).link(_batch(citations, "citations"))
    assert cited.values("cited_doc_id") == ["a", "c", None, None, None, "c"]
    assert Cited(lambda: (), {}).link(_batch(citations, "citations")).values("cited_doc_id") == [None] * 6
    linked = link_works(_batch(documents, "documents"), {"b": ("a", False, 0.9)})
    assert [linked.values(name)[:2] for name in ("work_id", "is_canonical", "similarity")] == [["a", "a"], [True, False], [None, 0.9]]


def _batch(rows: list[Row], table: str) -> BatchRows:
    return BatchRows(batch_of([dict.fromkeys(TABLES[table].names) | row for row in rows], TABLES[table]))


def test_the_schema_is_whole() -> None:
    for table in TABLES.values():
        assert len(set(table.names)) == len(table.names)
        assert set(table.key) | set(table.foreign) <= set(table.names)
        assert all(TABLES[other].key for other in table.foreign.values())
        assert all(column.description.endswith((".", "…")) and column.label_zh for column in table.columns), table.name
        fields = table_schema(table)["fields"]
        assert [field["name"] for field in fields] == list(table.names)
    with pytest.raises(KeyError, match="unknown"):
        in_order("terms", {"doc_id": "a", "term": "b", "pos": None, "count": 1, "more": 2})


def _rows() -> list[Row]:
    target = document_rows(_mined()).tables["targets"][0]
    odd = {**target, "target_id": "t2", "value": float("nan"), "clause": 'a,"b"\u2028=c', "value_max": 1.5}
    return [target, odd]


@pytest.mark.parametrize("format_", [name for name in FORMATS if name not in BOOKS])
def test_what_is_written_is_read_back(tmp_path: Path, format_: str) -> None:
    files = TableFiles(tmp_path, "targets", [format_])
    files.add(_rows())
    files.close()
    first, second = read_rows(tmp_path, "targets")
    assert first == _rows()[0]
    assert (second["value"], second["value_max"], second["clause"]) == (None, 1.5, 'a,"b"\u2028=c')


def test_csv_is_for_excel_and_jsonl_is_a_row_a_line(tmp_path: Path) -> None:
    files = TableFiles(tmp_path, "targets", FORMATS)
    files.add(_rows())
    files.close()
    raw = (tmp_path / "targets.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbftarget_id,")
    assert ",30000,," in raw.decode("utf-8-sig")
    lines = (tmp_path / "targets.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["target_id"] for line in lines] == [row["target_id"] for row in _rows()]
    assert pq.read_schema(tmp_path / "targets.parquet").names == list(TABLES["targets"].names)


def test_parquet_does_not_depend_on_the_portions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policymine.tables.write.GROUP_CELLS", 4 * len(TABLES["targets"].columns))
    monkeypatch.setattr("policymine.tables.write.PORTION_CELLS", 3 * len(TABLES["targets"].columns))
    monkeypatch.setattr("policymine.tables.waiting._PORTION", 2)
    for name, portions in (("one", [_rows() * 5]), ("two", [_rows()] * 5)):
        (tmp_path / name).mkdir()
        files = TableFiles(tmp_path / name, "targets", ["parquet"])
        for portion in portions:
            files.add(portion)
        files.close()
    assert (tmp_path / "one/targets.parquet").read_bytes() == (tmp_path / "two/targets.parquet").read_bytes()
    assert pq.ParquetFile(tmp_path / "one/targets.parquet").num_row_groups == 3
    found = pq.read_table(tmp_path / "two/targets.parquet")["target_id"].to_pylist()
    assert found == [row["target_id"] for row in _rows() * 5]


def _write(out: Path, text: str = RAW, force: bool = False, finish: bool = True) -> None:
    rows = document_rows(_mined(text))
    with ResultFolder(out, ("csv", "jsonl"), force=force, version="1") as folder:
        assert rows.document is not None
        folder.add_rows("files", [rows.file])
        folder.add_rows("documents", [rows.document])
        for name, table in rows.tables.items():
            folder.add_rows(name, table)
        folder.add_text(str(rows.document["doc_id"]), text)
        if finish:
            folder.finish({"seconds": 1})


def test_a_table_that_ended_is_whole_before_the_others(tmp_path: Path) -> None:
    """What its writers held is written and let go of; the bytes, and where portions end, are the same."""
    import pyarrow.parquet as pq

    rows = document_rows(_mined(RAW)).tables
    made = []
    for name, early in (("one", ["terms", "sections"]), ("two", [])):
        with ResultFolder(tmp_path / name, ("parquet", "csv"), version="1") as folder:
            for table in ("terms", "sections", "fields"):
                folder.add_rows(table, rows[table])
            (hidden,) = (tmp_path / name).glob(".*/new")
            for table in early:
                folder.end_table(table)
                assert pq.read_metadata(hidden / f"{table}.parquet").num_rows == len(rows[table]) > 0
                assert (hidden / f"{table}.csv").read_text(encoding="utf-8").count("\n") > len(rows[table])
            folder.add_rows("fields", rows["fields"])
            folder.close()
            marks = {table: list(of["csv"].places) for table, of in folder.marks().items()}
            folder.finish({"seconds": 1})
        made.append((marks, {file.name: file.read_bytes() for file in (tmp_path / name).iterdir() if file.is_file()}))
    assert made[0] == made[1]


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_result_names_its_files_with_their_hashes(tmp_path: Path) -> None:
    _write(tmp_path / "out")
    expected = {f"{name}.{ext}" for name in tables_written() for ext in ("csv", "jsonl")}
    assert _names(tmp_path / "out") == expected | {"text", "run.json", "datapackage.json"}
    package = json.loads((tmp_path / "out/datapackage.json").read_text(encoding="utf-8"))
    hashes = {resource["path"]: resource.get("hash") for resource in package["resources"]}
    assert set(hashes) == expected | {"run.json"}
    for name in expected:
        assert hashes[name] == "sha256:" + hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest()
    [text] = (tmp_path / "out/text").iterdir()
    assert text.read_bytes() == RAW.encode()
    [row] = read_rows(tmp_path / "out", "documents")
    assert row["text_sha256"] == hashlib.sha256(text.read_bytes()).hexdigest()


def test_a_result_is_replaced_as_a_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    _write(out)
    (out / ".gitkeep").touch()
    (out / "rejected.csv").touch()
    (out / "targets.parquet").touch()
    _write(out, RAW.replace("执行", "办理"))
    assert len(list((out / "text").iterdir())) == 1
    assert "targets.parquet" not in _names(out)
    assert "rejected.csv" not in _names(out)
    assert ".gitkeep" in _names(out)
    assert not [name for name in _names(out) if name.startswith(".policymine")]


def test_an_interrupted_run_leaves_the_earlier_result_or_none(tmp_path: Path) -> None:
    _write(tmp_path / "new/deep", finish=False)
    assert not (tmp_path / "new").exists()
    _write(tmp_path / "out")
    before = (tmp_path / "out/datapackage.json").read_bytes()
    _write(tmp_path / "out", RAW + "。", finish=False)
    assert (tmp_path / "out/datapackage.json").read_bytes() == before
    assert not [name for name in _names(tmp_path / "out") if name.startswith(".policymine")]


def test_a_run_that_ends_while_files_move_leaves_the_earlier_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    _write(out)
    whole = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    for last in range(1, 66, 3):
        moves = 0

        def replace(old: Path, new: Path) -> None:
            nonlocal moves
            moves += 1
            if moves == last:  # noqa: B023 (called in this round only)
                raise KeyboardInterrupt
            Path(old).rename(new)

        with monkeypatch.context() as patched:
            patched.setattr("policymine.tables.replacing.os.replace", replace)
            with pytest.raises(KeyboardInterrupt):
                _write(out, RAW + "另行通知。\n")
        assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == whole, last
        assert not [name for name in _names(out) if name.startswith(".policymine")]
    _write(out)
    assert "datapackage.json" in _names(out)


@settings(deadline=None)  # the first example loads pyarrow
@given(st.sampled_from([
    ("string", st.text()), ("integer", st.integers(-(2**63), 2**63 - 1)), ("number", st.floats(allow_nan=False)),
    ("boolean", st.booleans()),
]).flatmap(lambda kind: st.tuples(st.just(kind[0]), st.lists(st.none() | kind[1], max_size=40))))
def test_columns_hold_what_they_were_given(column: tuple[str, list[Value]]) -> None:
    kind, values = column
    made = arrow_array(values, kind)
    made.validate(full=True)
    assert made.equals(pa.array(values, type=arrow_type(kind)))


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(MisuseError, match=r"notes\.txt.*--force"):
        _write(tmp_path)
    assert _names(tmp_path) == {"notes.txt"}
    _write(tmp_path, force=True)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert "datapackage.json" in _names(tmp_path)


def test_tables_of_somebody_else_are_refused(tmp_path: Path) -> None:
    (tmp_path / "documents.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(MisuseError, match=r"documents\.csv"):
        _write(tmp_path)


@pytest.mark.parametrize("out", ["file", "file/out"])
def test_a_folder_that_cannot_be_made_is_misuse(tmp_path: Path, out: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MisuseError, match="cannot be written"):
        _write(tmp_path / out)


def test_texts_move_into_sub_folders_when_they_become_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policymine.tables.folder.MANY", 2)
    names = ["aa01", "aa02", "ab01", "ac01"]
    with ResultFolder(tmp_path / "out", ["csv"]) as folder:
        for name in names:
            folder.add_text(name, name)
        folder.finish({})
    texts = {file.parent.name: file.read_text("utf-8") for file in (tmp_path / "out/text").glob("*/*.txt")}
    assert sorted(p.stem for p in (tmp_path / "out/text").rglob("*.txt")) == names
    assert texts["ab"] == "ab01"


def test_many_texts_go_into_sub_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policymine.tables.folder.MANY", 0)
    _write(tmp_path / "out")
    [folder] = (tmp_path / "out/text").iterdir()
    [text] = folder.iterdir()
    assert text.stem[:2] == folder.name
    [source] = stored_sources(tmp_path / "out")
    assert source.path == str(text)
    assert stored_formats(tmp_path / "out") == ("csv", "jsonl")


def test_lines_are_written_without_pandas() -> None:
    # pyarrow loads it for a plain word among the arguments of a function: half a second of every run
    code = (
        "import sys; from policymine.tables.columns import batch_of; from policymine.tables.lines import csv_lines, json_lines; "
        "from policymine.tables.schema import TABLES; import pyarrow.compute; "
        "rows = [{'doc_id': 'a', 'term': 'x,\"', 'pos': None, 'count': 2}]; batch = batch_of(rows, TABLES['terms']); "
        "csv_lines(batch), json_lines('terms', batch); assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
