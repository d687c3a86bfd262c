"""What users say about documents (--metadata, columns beside the text), and what stays of it for --append."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from policymine.cli import app
from policymine.corpus import Corpus, mine
from policymine.models import Cell, FieldReading, Layout, Options, RawDocument, Table
from policymine.reading import read_source
from policymine.reading.kept import from_kept, to_kept
from policymine.reading.metadata import read_metadata
from policymine.reading.sources import MisuseError, Source
from policymine.structure.file_name import name_readings
from policymine.tables.folder import ResultFolder
from policymine.tables.stored import stored_sources

BODY = "一、总体目标\n到2025年，新建观光码头{n}个。（市农业农村局牵头，市财政局配合）\n"
META = "文件名,标题,发文机关,文号,成文日期,省份,备注\n甲.txt,观光渔业意见,临澜市人民政府,临政发〔2020〕1号,2020/3/1,东澜省,转\nsub/乙.txt,乙规划,,,2021年,,\n没有.txt,x,,,,,\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "shelf"
    (folder / "sub").mkdir(parents=True)
    for n, name in enumerate(("甲.txt", "sub/乙.txt", "丙.txt")):
        (folder / name).write_text(BODY.format(n=n + 2), encoding="utf-8")
    return folder


def _run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["extract", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done.stderr


def _xlsx(text: str) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for line in text.splitlines():
        book.active.append(line.split(","))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("meta.csv", META.encode("utf-8-sig")),
        ("meta.csv", META.encode("gb18030")),
        ("meta.xlsx", _xlsx(META)),
        ("meta.csv", META.replace("文件名,标题,发文机关,文号,成文日期,省份", "file,title,issuer,number,date,province").encode()),
    ],
)
def test_a_table_is_read_whatever_its_form(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    told = read_metadata(tmp_path / name, Options())
    fields = told.describe(Source("p/甲.txt")).fields
    assert [(f.field, f.value) for f in fields] == [
        ("title", "观光渔业意见"), ("issuers", "临澜市人民政府"), ("doc_number", "临政发〔2020〕1号"),
        ("date_issued", "2020-03-01"), ("province", "东澜省"), ("备注", "转"),
    ]
    assert {f.origin for f in fields} == {"user"}


@pytest.mark.parametrize(
    ("row", "inputs", "fits"),
    [
        ("a/甲.txt", ["a/甲.txt", "b/甲.txt"], ["a/甲.txt"]),
        ("甲.txt", ["a/甲.txt", "b/甲.txt", "x甲.txt"], ["a/甲.txt", "b/甲.txt"]),
        ("甲", ["a/甲.docx", "甲乙.txt"], ["a/甲.docx"]),
        ("c/s.zip", ["c/s.zip!/甲.txt", "c/s.zip!/x/乙.txt", "s.zip2"], ["c/s.zip!/甲.txt", "c/s.zip!/x/乙.txt"]),
        ("s.csv", ["d/s.csv#1", "d/s.csv#22"], ["d/s.csv#1", "d/s.csv#22"]),
        ("s.csv#2", ["d/s.csv#1", "d/s.csv#2"], ["d/s.csv#2"]),
        (".\\a\\甲.txt", ["a/甲.txt"], ["a/甲.txt"]),
        ("甲.doc", ["甲.txt"], []),
    ],
)
def test_rows_fit_whole_names_then_file_names_then_what_holds_them(
    tmp_path: Path, row: str, inputs: list[str], fits: list[str]
) -> None:
    (tmp_path / "m.csv").write_text(f"file,title\n{row},题\n", encoding="utf-8")
    told = read_metadata(tmp_path / "m.csv", Options())
    assert [name for name in inputs if told.describe(Source(name)).fields] == fits
    codes = {issue.code for issue in told.issues()}
    assert ("read-metadata-unused" in codes) == (not fits)
    assert ("read-metadata-missing" in codes) == (len(fits) < len(inputs))
    assert ("read-metadata-shared" in codes) == (row == "甲.txt")


def test_rows_and_files_without_each_other_are_told(shelf: Path, tmp_path: Path) -> None:
    (tmp_path / "meta.csv").write_text(META, encoding="utf-8")
    errors = _run(shelf, "--metadata", tmp_path / "meta.csv", "--out", tmp_path / "out", "--no-cache")
    assert "没有.txt" in errors and "甲.txt" not in errors
    corpus = Corpus.load(tmp_path / "out")
    issues = {row["code"]: row for row in corpus.rows("issues") if str(row["code"]).startswith("read-metadata")}
    assert set(issues) == {"read-metadata-unused", "read-metadata-missing"}
    assert "丙.txt" in str(issues["read-metadata-missing"]["message"])
    assert {row["source"] for row in issues.values()} == {"meta.csv"}


def test_the_table_may_lie_among_the_files(shelf: Path, tmp_path: Path) -> None:
    (shelf / "meta.csv").write_text(META, encoding="utf-8")
    _run(shelf, "--metadata", shelf / "meta.csv", "--out", tmp_path / "out", "--no-cache")
    assert len(Corpus.load(tmp_path / "out").rows("files")) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("标题,日期\n甲,2020\n", "no row names a file"),
        ("file,title\na,甲\na,乙\n", "several rows with different values"),
        ("到2025年。\n", "no table"),
        ("", "no table"),
        ("file,title\na,甲,乙\n", "row 1"),
    ],
)
def test_a_table_that_cannot_be_used_is_misuse(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "m.csv").write_text(text, encoding="utf-8")
    with pytest.raises(MisuseError, match=words):
        read_metadata(tmp_path / "m.csv", Options())
    (tmp_path / "a.txt").write_text("到2025年。", encoding="utf-8")
    errors = _run(tmp_path / "a.txt", "--metadata", tmp_path / "m.csv", "--out", tmp_path / "out", code=2)
    assert "--metadata" in errors and "m.csv" in errors
    assert not (tmp_path / "out").exists()


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="No such file"):
        read_metadata(tmp_path / "gone.csv", Options())


def test_a_changed_table_is_not_taken_from_the_cache(shelf: Path, tmp_path: Path) -> None:
    def cached() -> int:
        _run(shelf, "--metadata", tmp_path / "m.csv", "--out", tmp_path / "out", "--cache", tmp_path / "cache")
        use: int = json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))["cache"]["hits"]
        return use

    hits = []
    for title in ("甲", "甲", "乙"):
        (tmp_path / "m.csv").write_text(f"file,title\n甲.txt,{title}\n丙.txt,丙\n", encoding="utf-8")
        hits.append(cached())
    assert hits == [0, 3, 2]


RAW = RawDocument(
    "0123456789abcdef0123", "a.pdf", "指标\t2025年\n全员劳动\t15\n到2025年。\n- 1 -\n到2030年。", 99, "application/pdf", None, "pdf",
    layout=Layout(
        pages=(0, 30), furniture=((23, 28),), synthetic=((0, 1),), paragraphs=(0, 16),
        tables=(Table(0, 15, (Cell(0, 2, 0, 0, header=True), Cell(3, 8, 0, 1), Cell(9, 13, 1, 0, 1, 2))),),
    ),
    fields=(FieldReading("title", "题", "site", None, None, False), FieldReading("title", "名", "user", None, None)),
)


def test_what_stands_beside_a_text_survives() -> None:
    kept = to_kept(RAW)
    assert kept is not None and from_kept(kept) == (RAW.layout, RAW.fields)
    with pytest.raises(ValueError):
        from_kept(b'{"pages": 1}')


def test_a_stored_document_is_read_with_its_layout(tmp_path: Path) -> None:
    from policymine.corpus import mine_one

    corpus = mine_one(RAW, Options())
    corpus.write(tmp_path / "out")
    assert (tmp_path / f"out/text/{RAW.doc_id}.layout.json").exists()
    [source] = stored_sources(tmp_path / "out")
    again = read_source(source)
    assert (again.layout, again.fields, again.text) == (RAW.layout, RAW.fields, RAW.text)
    told = FieldReading("title", "新", "user", None, None)
    assert read_source(Source(source.name, source.path, source.raw, fields=(told,))).fields == (RAW.fields[0], told)
    Corpus.load(tmp_path / "out").write(tmp_path / "copy")
    assert (tmp_path / f"copy/text/{RAW.doc_id}.layout.json").exists()


def test_layouts_go_into_sub_folders_with_their_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policymine.tables.folder.MANY", 2)
    with ResultFolder(tmp_path / "out", ["csv"]) as folder:
        for name in ("ab1", "ab2", "cd3"):
            folder.add_text(name, name, name.encode())
        folder.finish({})
    assert {p.relative_to(tmp_path / "out/text").as_posix() for p in (tmp_path / "out/text").rglob("*.json")} == {
        "ab/ab1.layout.json", "ab/ab2.layout.json", "cd/cd3.layout.json",
    }


def test_append_keeps_what_the_user_said(shelf: Path, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(META, encoding="utf-8")
    files = [shelf / "甲.txt", shelf / "sub", shelf / "丙.txt"]
    _run(*files, "--metadata", tmp_path / "m.csv", "--out", tmp_path / "whole", "--no-cache")
    for jobs in (1, 2):
        out = tmp_path / f"out{jobs}"
        _run(*files[:2], "--metadata", tmp_path / "m.csv", "--out", out, "--no-cache")
        _run(files[2], "--out", out, "--append", "--no-cache", "--jobs", jobs)
        for name in ("fields", "documents", "files"):
            assert Corpus.load(out).rows(name) == Corpus.load(tmp_path / "whole").rows(name)


def test_the_face_for_notebooks_takes_the_table(shelf: Path, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(META, encoding="utf-8")
    corpus = mine(shelf, metadata=tmp_path / "m.csv")
    assert "read-metadata-unused" in {row["code"] for row in corpus.rows("issues")}


def _mined(tmp_path: Path, text: str, **told: str) -> Corpus:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "m.csv").write_text(f"file,{','.join(told)}\na.txt,{','.join(told.values())}\n", encoding="utf-8")
    return mine(tmp_path / "a.txt", metadata=tmp_path / "m.csv")


def test_what_the_document_lacks_is_taken_from_the_user(tmp_path: Path) -> None:
    corpus = _mined(
        tmp_path, BODY.format(n=1), 标题="临澜市观光渔业规划", 发文机关="临澜市人民政府", 文号="临政发[2020]1号", 成文日期="2020/3/1",
    )
    [row] = corpus.rows("documents")
    assert [row[name] for name in ("title", "issuers", "doc_number", "date_issued")] == [
        "临澜市观光渔业规划", "临澜市人民政府", "临政发〔2020〕1号", "2020-03-01",
    ]
    told = [(f["field"], f["origin"], f["chosen"]) for f in corpus.rows("fields")]
    assert told == [(name, "user", True) for name in ("title", "issuers", "doc_number", "date_issued")]


def test_what_the_document_says_goes_first_and_both_are_kept(tmp_path: Path) -> None:
    text = "临澜市人民政府关于发展观光渔业的意见\n临政发〔2020〕1号\n各县（区）人民政府：\n" + BODY.format(n=1) + "临澜市人民政府\n2020年3月1日\n"
    corpus = _mined(tmp_path, text, title="别的意见", number="临政发〔2021〕9号", date="2021-01-01")
    [row] = corpus.rows("documents")
    assert [row[n] for n in ("title", "doc_number", "date_issued")] == ["临澜市人民政府关于发展观光渔业的意见", "临政发〔2020〕1号", "2020-03-01"]
    told = {(f["field"], f["origin"]): (f["value"], f["chosen"]) for f in corpus.rows("fields")}
    assert told["title", "user"] == ("别的意见", False) and told["title", "body"][1]


def test_the_date_that_the_user_gives_tells_past_from_future(tmp_path: Path) -> None:
    text = "一、主要目标\n到2018年，新建观光码头5个。今年年底前完成改造。\n"
    corpus = _mined(tmp_path, text, date="2017-05-01")
    assert [row["end_date"] for row in corpus.rows("deadlines")] == ["2018", "2017-12"]
    assert [row["end_date"] for row in mine(tmp_path / "a.txt").rows("deadlines")] == ["2018", None]


@pytest.mark.parametrize(
    ("issuer", "told", "place", "adcode", "department"),
    [
        ("", {"province": "浙江"}, ("浙江省", None, None), "330000", "浙江省财政厅"),
        ("", {"省份": "浙江省", "城市": "杭州"}, ("浙江省", "杭州市", None), "330100", None),
        ("", {"省份": "东澜省"}, ("东澜省", None, None), None, "东澜省财政厅"),
        ("朝阳区人民政府", {"province": "北京"}, ("北京市", None, "朝阳区"), "110105", None),
        ("山东省人民政府", {"province": "浙江"}, ("山东省", None, None), "370000", "山东省财政厅"),
    ],
)
def test_a_place_that_the_user_gives_reaches_code_and_departments(
    tmp_path: Path, issuer: str, told: dict[str, str], place: tuple[str | None, ...], adcode: str | None, department: str | None,
) -> None:
    text = f"{issuer}关于发展渔业的意见\n各有关单位：\n" if issuer else ""
    corpus = _mined(tmp_path, text + "一、任务\n到2025年，新建码头3个。（省财政厅牵头）\n", **told)
    [row] = corpus.rows("documents")
    assert (row["province"], row["prefecture"], row["county"]) == place
    assert row["adcode"] == adcode
    if department is not None:
        assert [r["department_name"] for r in corpus.rows("responsibilities")] == [department]
    chosen = {f["field"] for f in corpus.rows("fields") if f["origin"] == "user" and f["chosen"]}
    assert ("province" in chosen) == (issuer != "山东省人民政府")


def test_columns_beside_a_text_are_metadata_of_it(tmp_path: Path) -> None:
    (tmp_path / "set.csv").write_text(f'标题,省份,正文,分类\n渔业规划,浙江,"{BODY.format(n=1)}",农业\n', encoding="utf-8")
    corpus = mine(tmp_path / "set.csv")
    [row] = corpus.rows("documents")
    assert (row["source"], row["title"], row["province"]) == ("set.csv#1", "渔业规划", "浙江省")
    assert ("分类", "农业") in [(f["field"], f["value"]) for f in corpus.rows("fields")]


@pytest.mark.parametrize(
    ("name", "readings"),
    [
        ("关于印发《东澜省渔业规划》的通知（东政发〔2021〕3号）.pdf", {"title": "关于印发《东澜省渔业规划》的通知", "doc_number": "东政发〔2021〕3号"}),
        ("20210305东澜省渔业发展若干意见（征求意见稿）.docx", {"title": "东澜省渔业发展若干意见", "date_issued": "2021-03-05"}),
        ("a.zip!/x/临澜市渔业规划 - 副本.txt", {"title": "临澜市渔业规划"}),
        ("东澜省渔业规划（2021-2025年）.doc", {"title": "东澜省渔业规划(2021-2025年)"}),
        ("通知.docx", {}), ("附件1.xlsx", {}), ("东澜省渔业规划汇总.csv#17", {}), ("-", {}), ("20211399.txt", {}),
    ],
)
def test_the_name_of_a_file_is_a_hint(name: str, readings: dict[str, str]) -> None:
    assert {f.field: f.value for f in name_readings(name)} == readings


def test_a_hint_counts_where_nobody_says_more(tmp_path: Path) -> None:
    name = "东澜省渔业发展规划.txt"
    (tmp_path / name).write_text(BODY.format(n=1), encoding="utf-8")
    (tmp_path / "m.csv").write_text(f"file,title\n{name},别的规划\n", encoding="utf-8")
    for told, title in ((None, "东澜省渔业发展规划"), (tmp_path / "m.csv", "别的规划")):
        corpus = mine(tmp_path / name, metadata=told)
        assert corpus.rows("documents")[0]["title"] == title
        hints = [(f["value"], f["chosen"]) for f in corpus.rows("fields") if f["origin"] == "file name"]
        assert hints == [("东澜省渔业发展规划", told is None)]
