"""What leaves the tables: workbooks, databases, the 任务分解表, the flat view, Label Studio, the data package."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from policymine.cli import app
from policymine.corpus import Corpus, mine, mine_text
from policymine.exchange import flat as flat_view
from policymine.exchange.flat import COLUMNS, flat_rows, write_flat
from policymine.exchange.label_studio import (
    LAYERS,
    label_studio_tasks,
    labelling_config,
    read_label_studio,
    write_label_studio,
)
from policymine.exchange.tasks import HEADINGS, task_lines, write_tasks
from policymine.lexicon.files import read_lexicon
from policymine.reading.sources import MisuseError
from policymine.tables import workbook
from policymine.tables.labels import value_label
from policymine.tables.schema import TABLES, Row, tables_written
from policymine.tables.write import FORMATS, read_rows
from samples import RAW

unescape = pytest.importorskip("openpyxl.utils.escape").unescape
openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("duckdb")

# Fictional; every line that a spreadsheet could take for a formula, and a character outside the BMP.
HOSTILE = (
    "澄岚市人民政府关于发展观光渔业的意见\n一、总体目标\n到2025年，𠮷祥渔港新建码头12个。\n"
    '二、=HYPERLINK("http://example.invalid","点")\n=1+1，到2026年，建成标准渔港3个。（市农业农村局牵头，市财政局配合）\n'
    "三、@SUM(A1)\n-2+3，到2026年，培育企业5家。（市商务局负责）\n+cmd|' /C calc'!A0，到2027年，新建泊位20个。\n"
)
SIGNS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return mine(RAW)


@pytest.fixture(scope="module")
def result(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("result") / "out"
    corpus.write(out, FORMATS, rejected=True)
    return out


def _cells(path: Path) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: [[unescape(v) if isinstance(v := cell.value, str) else v for cell in row] for row in sheet.iter_rows()]
        for sheet in book
    }


def _formulas(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    return [found for sheet in sheets for found in re.findall(r"<f[ >].*?</f>", sheet)]


def _invoke(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(a) for a in arguments])


# ---- formats

def test_every_format_holds_the_same_rows(result: Path, corpus: Corpus, tmp_path: Path) -> None:
    sheets = _cells(result / "tables.xlsx")
    assert list(sheets) == list(tables_written(rejected=True))
    for name in ("duckdb", "parquet"):
        (tmp_path / name).mkdir()
        for file in result.glob(f"*.{name}"):
            shutil.copy(file, tmp_path / name)
    for table in tables_written(rejected=True):
        rows = corpus.rows(table)
        assert read_rows(tmp_path / "duckdb", table) == read_rows(tmp_path / "parquet", table) == rows, table
        heading, *cells = sheets[table]
        assert tuple(heading) == TABLES[table].names
        shown = [{name: None if value == "" else value for name, value in row.items()} for row in rows]
        assert [dict(zip(heading, line, strict=True)) for line in cells] == shown, table


def test_a_database_answers_sql_with_the_meaning_of_its_columns(result: Path, corpus: Corpus) -> None:
    import duckdb

    with duckdb.connect(str(result / "tables.duckdb"), read_only=True) as base:
        [(count,)] = base.execute(
            "SELECT count(*) FROM targets JOIN documents USING (doc_id) WHERE issuer_level = 'province'"
        ).fetchall()
        [(comment,)] = base.execute(
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'targets' AND column_name = 'indicator'"
        ).fetchall()
        assert base.execute("SELECT count(*) FROM rejected").fetchone() == (len(corpus.rows("rejected")),)
    provinces = {row["doc_id"] for row in corpus.rows("documents") if row["issuer_level"] == "province"}
    assert count == sum(row["doc_id"] in provinces for row in corpus.rows("targets")) > 20
    assert comment.startswith("指标名称")


def test_a_corpus_of_a_database_alone_is_loaded_and_added_to(tmp_path: Path) -> None:
    out = tmp_path / "out"
    mine_text(HOSTILE, "甲.txt").write(out, ["duckdb"])
    assert Corpus.load(out).rows("targets") == mine_text(HOSTILE, "甲.txt").rows("targets")
    (tmp_path / "乙.txt").write_text(HOSTILE.replace("12个", "15个"), encoding="utf-8")
    assert _invoke("extract", tmp_path / "乙.txt", "--out", out, "--append", "--no-cache", "-q").exit_code == 0
    assert sorted(p.name for p in out.iterdir()) == ["datapackage.json", "run.json", "tables.duckdb", "text"]
    assert len(Corpus.load(out)) == 2


def test_a_workbook_alone_is_said_to_be_for_people(tmp_path: Path) -> None:
    mine_text(HOSTILE).write(tmp_path / "out", ["xlsx"])
    for table in ("targets", "files"):
        with pytest.raises(MisuseError, match="--format parquet,xlsx"):
            read_rows(tmp_path / "out", table)
    done = _invoke("tasks", tmp_path / "out", "-o", tmp_path / "t.xlsx")
    assert done.exit_code == 2 and "--format parquet,xlsx" in done.output
    assert not (tmp_path / "t.xlsx").exists()


def test_workbooks_have_the_same_bytes_each_time(corpus: Corpus, result: Path, tmp_path: Path) -> None:
    again = mine(sorted(RAW.iterdir(), reverse=True), jobs=2)
    again.write(tmp_path / "out", ["xlsx"], rejected=True)
    assert (tmp_path / "out/tables.xlsx").read_bytes() == (result / "tables.xlsx").read_bytes()
    for name in ("a", "b"):
        write_tasks(corpus if name == "a" else again, tmp_path / f"{name}.xlsx")
        write_flat(corpus if name == "a" else again, tmp_path / f"{name}-flat.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert (tmp_path / "a-flat.xlsx").read_bytes() == (tmp_path / "b-flat.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in parts.read("docProps/core.xml")


def test_chinese_labels_are_in_the_workbook_alone(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_text(HOSTILE, encoding="utf-8")
    out = tmp_path / "out"
    done = _invoke("extract", tmp_path / "甲.txt", "--out", out, "--format", "csv,xlsx", "--labels", "zh", "--no-cache")
    assert done.exit_code == 0, done.output
    sheets = _cells(out / "tables.xlsx")
    assert list(sheets) == [TABLES[name].label_zh for name in tables_written()]
    assert sheets["责任"][0] == [column.label_zh for column in TABLES["responsibilities"].columns]
    assert {row[sheets["责任"][0].index("角色")] for row in sheets["责任"][1:]} == {"牵头", "配合", "责任"}
    assert (out / "targets.csv").read_bytes().startswith(b"\xef\xbb\xbftarget_id,"), "a CSV has its BOM and its names"
    assert _invoke("extract", tmp_path, "--labels", "fr").exit_code == 2


def test_labels_cover_the_codes_and_name_columns_that_exist(corpus: Corpus) -> None:
    known = {f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns}
    rows = read_lexicon("labels")
    assert [row["column"] for row in rows if row["column"] not in known] == []
    assert len({(row["column"], row["code"]) for row in rows}) == len(rows)
    for column in {row["column"] for row in rows}:
        table, name = column.split(".")
        values = {row[name] for row in corpus.rows(table)} - {None}
        assert [v for v in values if value_label(table, name, v, "zh") == v and v not in (">", "<", "=")] == [], column
    assert value_label("responsibilities", "level", "county", "zh") == "县级"
    assert value_label("responsibilities", "level", "county", "en") == "county"


# ---- text stays text

def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    corpus = mine_text(HOSTILE, "=甲.txt")
    assert {"=1+1", "-2+3", "+cmd"} <= {str(row["task"])[:4] for row in corpus.rows("tasks")}
    corpus.write(tmp_path / "out", ["xlsx"])
    write_tasks(corpus, tmp_path / "tasks.xlsx")
    write_flat(corpus, tmp_path / "flat.xlsx")
    for path in (tmp_path / "out/tables.xlsx", tmp_path / "tasks.xlsx", tmp_path / "flat.xlsx"):
        assert _formulas(path) == []
        cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]
        suspicious = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(SIGNS)]
        assert suspicious and {cell.data_type for cell in suspicious} == {"s"} or path.name == "flat.xlsx"
    targets = [row[1] for row in _cells(tmp_path / "tasks.xlsx")["全部任务"][3:]]
    assert any(words.startswith("=1+1，到2026年") for words in targets), "as written, without a sign of ours"


@given(st.text(max_size=40))
def test_a_cell_gives_back_what_was_written(words: str) -> None:
    class Sheet:
        def write_string(self, row: int, column: int, value: str, style: object) -> None:
            self.value = value

    sheet = Sheet()
    workbook.put(sheet, 0, 0, "=" + words)
    assert sheet.value == "=" + words


def test_a_flat_csv_is_harmless_in_a_spreadsheet(tmp_path: Path) -> None:
    corpus = mine_text(HOSTILE + "四、其他\n=2+2，到2028年，=A1类企业达到9家。\n")
    write_flat(corpus, tmp_path / "flat.csv")
    data = (tmp_path / "flat.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    cells = [cell for row in csv.reader(data.decode("utf-8-sig").splitlines()) for cell in row]
    assert [cell for cell in cells if cell.startswith(SIGNS) and len(cell) > 1 and not re.fullmatch(r"[-\d.]+|[<>]?=", cell)] == []
    assert any(cell.startswith("'=A1类企业") for cell in cells)


# ---- limits of Excel

def test_rows_beyond_a_sheet_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 100)
    monkeypatch.setattr(flat_view, "MOST_ROWS", 100)
    corpus.write(tmp_path / "out", ["xlsx"])
    sheets = _cells(tmp_path / "out/tables.xlsx")
    parts = [rows for name, rows in sheets.items() if re.fullmatch(r"targets( \(\d\))?", name)]
    assert [len(rows) for rows in parts] == [100, 100, len(corpus.rows("targets")) - 198 + 1]
    assert [line[0] for rows in parts for line in rows[1:]] == [row["target_id"] for row in corpus.rows("targets")]
    write_flat(corpus, tmp_path / "flat.csv", "en")
    assert sorted(p.name for p in tmp_path.glob("*.csv")) == ["flat-2.csv", "flat-3.csv", "flat.csv"]
    write_flat(corpus, tmp_path / "flat.xlsx")
    assert [len(rows) for rows in _cells(tmp_path / "flat.xlsx").values()] == [100, 100, len(corpus.rows("targets")) - 197]


def test_words_longer_than_a_cell_are_split_or_cut_aloud(tmp_path: Path) -> None:
    corpus = mine_text(f"一、任务\n{'𠮷' * 20_000}。到2025年，新建码头3个。\n")
    clause = "目" + "𠮷" * 20_000 + "标"
    corpus.rows("targets")[0]["clause"] = clause
    assert flat_rows(corpus)[0]["clause"] == clause
    write_flat(corpus, tmp_path / "flat.xlsx", "en")
    heading, line = _cells(tmp_path / "flat.xlsx")["指标"]
    parts = [value for name, value in zip(heading, line, strict=True) if name.startswith("clause")]
    assert len(parts) == 2 and "".join(parts) == clause
    assert all(workbook.units(part) < 32_768 for part in parts)
    corpus.write(tmp_path / "out", ["xlsx"])
    [cell] = [row[TABLES["tasks"].names.index("task")] for row in _cells(tmp_path / "out/tables.xlsx")["tasks"][1:]]
    assert workbook.units(cell) <= 32_767 and re.search(r"…（截去\d+字，见原文）$", cell)


@given(st.text(alphabet="a目\U00020000", max_size=40), st.integers(0, 60))
def test_what_fits_is_the_longest_beginning(words: str, most: int) -> None:
    kept = workbook.fitting(words, most)
    assert words.startswith(kept) and workbook.units(kept) <= most
    assert kept == words or workbook.units(words[: len(kept) + 1]) > most


def test_names_of_sheets_are_such_that_excel_takes_them() -> None:
    taken: set[str] = set()
    names = [workbook.sheet_name(words, taken) for words in ("a" * 40, "A" * 40, "", "History", "'甲'", "\U00020000" * 20)]
    assert len({name.casefold() for name in names}) == 6
    assert all(0 < workbook.units(name) <= 31 and not re.search(r"^'|'$|[\[\]:*?/\\]", name) for name in names)


# ---- the 任务分解表

def test_a_line_joins_what_the_tables_keep_apart(corpus: Corpus) -> None:
    text = (
        "澄岚市人民政府关于发展观光渔业的意见\n一、总体目标\n到2025年，具体目标是：\n新建观光码头12个，渔民收入年均增长5%以上。\n"
        "二、主要任务\n（一）改造旧港。完善设施，2024年底前完成，港区全覆盖。（市农业农村局牵头，市财政局、市商务局配合）\n"
    )
    goals, port = task_lines(mine_text(text))
    assert goals.targets.splitlines() == ["观光码头 12个（2025年）", "渔民收入 每年提高≥5%（2025年）"]
    assert (port.number, port.lead, port.responsible, port.support) == (2, "市农业农村局", "", "市财政局、市商务局")
    assert port.task == "（一）改造旧港。完善设施，2024年底前完成，港区全覆盖。"
    assert port.due == "2024年底前"
    assert port.basis == "二/(一) 改造旧港"


def test_the_workbook_has_a_sheet_a_document_and_links_into_the_evidence(corpus: Corpus, tmp_path: Path) -> None:
    assert write_tasks(corpus, tmp_path / "t.xlsx", report="证据.html") == len(task_lines(corpus)) > 150
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert len(book.sheetnames) == 1 + len(corpus)
    whole, first = book.worksheets[:2]
    canonical = {row["doc_id"] for row in corpus.rows("documents") if row["is_canonical"]}
    once = [line for line in task_lines(corpus) if line.doc_id in canonical]
    assert len(once) < len(task_lines(corpus)), "the samples hold a second version of a document"
    assert [cell.value for cell in whole[3]] == [*HEADINGS, "文件"]
    assert [cell.value for cell in first[3]] == list(HEADINGS)
    assert whole.max_row == 3 + len(once)
    for row, line in zip(whole.iter_rows(min_row=4), once, strict=True):
        assert row[1].value == line.task
        assert (row[7].hyperlink.target, row[7].hyperlink.location) == ("证据.html", line.task_id)
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "C4"
        assert sheet.auto_filter.ref.startswith("A3:")
        assert sheet.print_title_rows == "$3:$3"
        assert sheet.page_setup.orientation == "landscape" and int(sheet.page_setup.paperSize) == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and int(sheet.page_setup.fitToHeight) == 0
        assert all(cell.alignment.wrap_text for cell in sheet[4])


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_workbook_and_shows_its_words(tmp_path: Path) -> None:
    corpus = mine_text(HOSTILE)
    write_tasks(corpus, tmp_path / "t.xlsx")
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76",
         "--outdir", str(tmp_path), str(tmp_path / "t.xlsx")], check=True, capture_output=True, timeout=120,
    )
    rows = list(csv.reader((tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[2] == list(HEADINGS)
    shown = " ".join(cell for row in rows for cell in row)
    for line in task_lines(corpus):
        assert line.task in shown and line.lead in shown
    assert "𠮷祥渔港新建码头" in shown and "=1+1，到2026年" in shown


# ---- the flat view

def test_the_flat_view_has_a_row_a_target(corpus: Corpus) -> None:
    rows = flat_rows(corpus)
    assert [row["target_id"] for row in rows] == [row["target_id"] for row in corpus.rows("targets")]
    assert all(tuple(row) == tuple(column.name for column in COLUMNS) for row in rows)
    assert len({column.label_zh for column in COLUMNS}) == len(COLUMNS)
    for row in rows:
        assert str(row["title"]) and corpus.text(str(row["doc_id"]))[int(row["start"] or 0) : int(row["end"] or 0)]
    assert {row["lead"] for row in rows} - {None}


# ---- Label Studio

def _utf16(text: str, at: int) -> int:
    return len(text[:at].encode("utf-16-le")) // 2


def _facts(corpus: Corpus) -> Iterator[tuple[object, ...]]:
    for layer in LAYERS:
        for row in corpus.rows(layer):
            yield row["doc_id"], layer, row["start"], row["end"], row[TABLES[layer].key[0]], row.get("role"), row.get("indicator")


@pytest.mark.parametrize("counted", ["code points", "UTF-16"])
def test_label_studio_gives_back_every_fact_at_its_place(counted: str, tmp_path: Path) -> None:
    corpus = mine_text("𠮷\U0001f600。\r\n" + HOSTILE)
    assert write_label_studio(corpus, tmp_path / "l.json") == 1
    tasks = json.loads((tmp_path / "l.json").read_text(encoding="utf-8"))
    text = tasks[0]["data"]["text"]
    assert text == corpus.text(tasks[0]["data"]["doc_id"])
    for region in tasks[0]["predictions"][0]["result"]:
        if region["type"] == "labels":
            value = region["value"]
            assert text[value["start"] : value["end"]] == value["text"]
        if counted == "UTF-16" and "value" in region:
            region["value"] |= {name: _utf16(text, region["value"][name]) for name in ("start", "end")}
    (tmp_path / "l.json").write_text(json.dumps(tasks), encoding="utf-8")
    rows = read_label_studio(tmp_path / "l.json")
    found = {(r["doc_id"], r["layer"], r["start"], r["end"], r["row_id"], r["role"], r["indicator"]) for r in rows}
    assert found == set(_facts(corpus)) and len(found) > 10
    ends = {row["row_id"]: row["deadline_id"] for row in rows if row["layer"] == "targets"}
    assert ends == {row["target_id"]: row["deadline_id"] for row in corpus.rows("targets")}


def test_what_people_marked_counts_before_what_was_predicted(tmp_path: Path) -> None:
    [task] = label_studio_tasks(mine_text(HOSTILE))
    region = {"id": "own", "type": "labels", "from_name": "fact", "to_name": "text", "value": {"start": 0, "end": 3, "text": "澄岚市", "labels": ["targets"]}}
    task["annotations"] = [{"result": []}, {"result": [region]}, {"result": [], "was_cancelled": True}]
    (tmp_path / "l.json").write_text(json.dumps([task]), encoding="utf-8")
    [row] = read_label_studio(tmp_path / "l.json")
    assert (row["text"], row["row_id"], row["layer"]) == ("澄岚市", "own", "targets")
    region["value"]["text"] = "别的字"  # type: ignore[index]
    (tmp_path / "l.json").write_text(json.dumps([task]), encoding="utf-8")
    with pytest.raises(MisuseError, match=r"l\.json.*澄岚市.*别的字"):
        read_label_studio(tmp_path / "l.json")


@pytest.mark.parametrize("content", ["", "{}", "[1]", '[{"data": {}}]', '[{"data": {"text": "a"}, "predictions": [{}]}]', "null"])
def test_what_is_no_export_is_said_to_be_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "l.json").write_text(content, encoding="utf-8")
    if content == "{}":
        assert read_label_studio(tmp_path / "l.json") == []
    else:
        with pytest.raises(MisuseError, match="no export of Label Studio"):
            read_label_studio(tmp_path / "l.json")


def test_the_labelling_interface_names_every_layer() -> None:
    from xml.etree import ElementTree

    tree = ElementTree.fromstring(labelling_config())
    assert [label.get("value") for label in tree.iter("Label")] == list(LAYERS)


# ---- the data package

def test_the_package_validates_and_a_broken_key_does_not(result: Path, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(result / "datapackage.json"))
    assert report.valid, report.flatten(["name", "message"])[:5]
    checked = {task.name: task.type for task in report.tasks}
    assert checked["targets-csv"] == checked["targets-jsonl"] == "table"
    assert checked["targets-parquet"] == checked["tables-xlsx"] == checked["tables-duckdb"] == "file"
    broken = tmp_path / "broken"
    shutil.copytree(result, broken)
    package = json.loads((broken / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [r for r in package["resources"] if r["name"].endswith("-csv")]
    [tasks] = [r for r in package["resources"] if r["name"] == "tasks-csv"]
    del tasks["hash"], tasks["bytes"]
    (broken / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    lines = (broken / "tasks.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (broken / "tasks.csv").write_text("".join([lines[0], "x" + lines[1], *lines[2:]]), encoding="utf-8", newline="")
    report = frictionless.validate(str(broken / "datapackage.json"))
    assert {error[0] for error in report.flatten(["type"])} == {"foreign-key"}


def test_a_package_of_one_document_without_facts_validates(tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    mine_text("天气很好。").write(tmp_path / "out", ["jsonl", "csv"])
    report = frictionless.validate(str(tmp_path / "out/datapackage.json"))
    assert report.valid, report.flatten(["name", "message"])[:5]


# ---- the command

def test_the_commands_write_what_the_functions_write(result: Path, corpus: Corpus, tmp_path: Path) -> None:
    done = _invoke("tasks", result, "-o", tmp_path / "t.xlsx")
    assert (done.exit_code, done.output) == (0, f"tasks={len(task_lines(corpus))} out={tmp_path / 't.xlsx'}\n")
    write_tasks(corpus, tmp_path / "f.xlsx")
    assert (tmp_path / "t.xlsx").read_bytes() == (tmp_path / "f.xlsx").read_bytes()
    assert _invoke("export", result, "-o", tmp_path / "e.csv").exit_code == 0
    assert _invoke("export", result, "-o", tmp_path / "e.json", "--as", "label-studio").exit_code == 0
    rows: list[Row] = read_label_studio(tmp_path / "e.json")
    assert len(rows) == sum(len(corpus.rows(layer)) for layer in LAYERS)
    assert (tmp_path / "e.xml").exists()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tasks", "RESULT", "-o", "t.csv"), ".xlsx"),
        (("tasks", ".", "-o", "t.xlsx"), "extract --out"),
        (("tasks", "RESULT", "-o", "no/such/t.xlsx"), "t.xlsx"),
        (("export", "RESULT", "-o", "t.pdf"), ".csv"),
        (("export", "RESULT", "-o", "t.xlsx", "--as", "pdf"), "label-studio"),
        (("export", "RESULT", "-o", "t.xlsx", "--as", "label-studio"), ".json"),
        (("export", "RESULT", "-o", "t.xlsx", "--labels", "de"), "en, zh"),
    ],
)
def test_misuse_is_said_in_one_line(
    arguments: tuple[str, ...], message: str, result: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = _invoke(*(result if a == "RESULT" else a for a in arguments))
    assert done.exit_code == 2 and message in done.output, done.output
    assert done.output.startswith("policymine: ") and len(done.output.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_links_of_the_workbooks_lead_to_rows_of_the_evidence_page(corpus: Corpus, tmp_path: Path) -> None:
    from policymine.comparison.compare import compare
    from policymine.comparison.workbook import write_comparison
    from policymine.report.page import write_page

    write_tasks(corpus, tmp_path / "tasks.xlsx")
    write_comparison(compare(corpus), tmp_path / "compare.xlsx")
    write_page(corpus, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for name in ("tasks.xlsx", "compare.xlsx"):
        links = {cell.hyperlink.location for sheet in openpyxl.load_workbook(tmp_path / name) for row in sheet.iter_rows() for cell in row if cell.hyperlink}
        assert len(links) > 100
        assert [link for link in links if f'"{link}"' not in page] == []
