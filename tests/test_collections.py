"""Archives and tables of texts: every member and record is a document by its own bytes, the same whatever the way in."""

from __future__ import annotations

import bz2
import csv
import datetime
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

import policymine
from policymine import engines
from policymine.cli import app
from policymine.corpus import Corpus, mine
from policymine.models import Options
from policymine.reading.expand import expand
from policymine.reading.sources import Source, list_sources

TEXT = (
    "临澜市人民政府关于发展观光渔业的意见\n临政发〔2020〕{n}号\n各县（区）人民政府：\n一、总体目标\n"
    "到2025年，新建观光码头{n}个。（市农业农村局牵头，市财政局配合）\n"
)
TEXTS = {"b.txt": TEXT.format(n=3), "规划/一 号.txt": TEXT.format(n=1), "规划/二.txt": TEXT.format(n=2)}
MEMBERS = {name: text.encode() for name, text in TEXTS.items()}
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(policymine.__file__).parents[1])}


OPTIONS = Options()


class _Gbk(zipfile.ZipInfo):
    """A member as Windows in Chinese writes it: its name in GBK, and no flag that says so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def packed_zip(members: dict[str, bytes], kind: type[zipfile.ZipInfo] = zipfile.ZipInfo) -> bytes:
    """A ZIP archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members.items():
            archive.writestr(kind(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def packed_tar(members: dict[str, bytes]) -> bytes:
    """A TAR archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def _members(path: Path, options: Options = OPTIONS) -> dict[str, Source]:
    return {source.name: source for source in expand(list_sources([path]), options)}


def _bytes(path: Path, options: Options = OPTIONS) -> dict[str, bytes | None]:
    return {name: source.held and source.held.data for name, source in _members(path, options).items()}


def _statuses(path: Path, options: Options = OPTIONS) -> dict[str, str]:
    return {name: source.raw.status if source.raw else "" for name, source in _members(path, options).items()}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", packed_zip(MEMBERS)),
        ("a.zip", packed_zip(MEMBERS, _Gbk)),
        ("a.tar", packed_tar(MEMBERS)),
        ("a.tar.gz", gzip.compress(packed_tar(MEMBERS))),
        ("a.tar.bz2", bz2.compress(packed_tar(MEMBERS))),
        ("a.txz", lzma.compress(packed_tar(MEMBERS))),
        ("lying.txt", packed_zip(MEMBERS)),
        ("lying", gzip.compress(packed_tar(MEMBERS))),
    ],
)
def test_members_of_an_archive_by_its_bytes(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert _bytes(tmp_path / name) == {f"{name}!/{member}": text for member, text in MEMBERS.items()}


@pytest.mark.parametrize("name", ["规划.txt", "ü.txt", "报告（终稿）.txt"])
def test_a_name_in_the_unicode_field_goes_first(tmp_path: Path, name: str) -> None:
    import struct
    import zlib

    short = b"GUIHUA~1.TXT"
    info = zipfile.ZipInfo(short.decode())
    content = struct.pack("<BL", 1, zlib.crc32(short)) + name.encode()
    info.extra = struct.pack("<HH", 0x7075, len(content)) + content
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "到2025年。")
    assert list(_members(tmp_path / "a.zip")) == [f"a.zip!/{name}"]


def test_names_are_only_names(tmp_path: Path) -> None:
    names = ["../../etc/passwd", "/abs/x.txt", "C:\\Temp\\y.txt", "a/./b/../z.txt", "\x1b[31mrot.txt"]
    (tmp_path / "a.zip").write_bytes(packed_zip(dict.fromkeys(names, b"x")))
    (tmp_path / "b.tar").write_bytes(packed_tar(dict.fromkeys(names, b"x")))
    shown = ["etc/passwd", "abs/x.txt", "C:/Temp/y.txt", "a/b/z.txt", "[31mrot.txt"]
    assert list(_members(tmp_path)) == [f"{archive}!/{name}" for archive in ("a.zip", "b.tar") for name in shown]


def test_what_folders_leave_out_archives_leave_out(tmp_path: Path) -> None:
    names = ["a.txt", "README.md", ".hidden", ".git/x", "__MACOSX/._a.txt", "~$a.docx", "Thumbs.db", "x/"]
    (tmp_path / "a.zip").write_bytes(packed_zip(dict.fromkeys(names, b"x")))
    assert list(_members(tmp_path)) == ["a.zip!/a.txt"]


def test_archives_in_archives_to_a_depth(tmp_path: Path) -> None:
    data = "到2025年。".encode()
    for depth in range(6):
        data = packed_zip({f"{depth}.zip" if depth else "a.txt": data, f"{depth}.txt": b"x"})
    (tmp_path / "a.zip").write_bytes(data)
    found = _statuses(tmp_path)
    deepest = "a.zip!/5.zip!/4.zip!/3.zip!/2.zip"
    assert found[deepest] == "unsupported-format" and found["a.zip!/5.zip!/4.zip!/3.zip!/3.txt".replace("3.zip!/3", "3.zip!/2")] == ""
    assert len(found) == 5


def test_links_and_devices_are_rows_and_are_not_followed(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"{kind.decode()}.txt")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    (tmp_path / "a.tar").write_bytes(packed.getvalue())
    link = zipfile.ZipInfo("link.txt")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive_:
        archive_.writestr(link, "/etc/passwd")
    found = _statuses(tmp_path)
    assert len(found) == 6 and set(found.values()) == {"unsupported-format"}


def _csv(rows: list[list[str]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


ROWS = [["编号", "标题", "正文", "成文日期"], *(
    [str(n), f"意见{n}", text, "2020年3月1日"] for n, text in enumerate(TEXTS.values(), 1)
)]
RECORDS = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]


def _xlsx(sheets: dict[str, list[list[object]]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _parquet(columns: dict[str, list[object]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    packed = io.BytesIO()
    pq.write_table(pa.table(columns), packed, row_group_size=2)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("set.csv", _csv(ROWS).encode()),
        ("set.csv", _csv(ROWS).encode("utf-8-sig")),
        ("set.csv", _csv(ROWS).encode("gb18030")),
        ("set.csv", _csv(ROWS).encode("utf-16")),
        ("set.csv", _csv(ROWS, ";").encode("utf-16-le")),
        ("set.tsv", _csv(ROWS, "\t").encode()),
        ("lying.txt", _csv(ROWS).encode()),
        ("set.jsonl", "\n".join(json.dumps(r, ensure_ascii=False) for r in RECORDS).encode()),
        ("set.ndjson", "\r\n".join(json.dumps(r, ensure_ascii=False) for r in RECORDS).encode("gb18030")),
        ("set.dat", "\n".join(map(json.dumps, RECORDS)).encode()),
        ("set.parquet", _parquet({c: [r[c] for r in RECORDS] for c in ROWS[0]})),
        ("set.xlsx", _xlsx({"表": [list(row) for row in ROWS]})),
        ("set.xlsx", _xlsx({"表": [["政策文本汇总"], *[list(row) for row in ROWS]]})),
    ],
)
def test_records_of_a_table(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    found = _members(tmp_path)
    assert list(found) == [f"{name}#{n}" for n in (1, 2, 3)]
    for source, text in zip(found.values(), TEXTS.values(), strict=True):
        assert source.held is not None and source.held.data is not None
        assert source.held.data.decode().replace("\r\n", "\n") == text
    assert [(f.field, f.value, f.origin) for f in found[f"{name}#2"].fields] == [
        ("编号", "2", "user"), ("title", "意见2", "user"), ("date_issued", "2020-03-01", "user"),
    ]


def test_a_record_is_the_document_that_a_file_would_be(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(MEMBERS["b.txt"])
    (tmp_path / "set.jsonl").write_text(json.dumps({"text": TEXTS["b.txt"], "x": 1}) + "\n", encoding="utf-8")
    corpus = mine(tmp_path)
    assert [row["source"] for row in corpus.rows("files")] == ["a.txt", "set.jsonl#1"]
    assert len({row["doc_id"] for row in corpus.rows("files")}) == len(corpus) == 1


def test_the_column_of_texts_is_named_known_or_plain(tmp_path: Path) -> None:
    rows = [["key", "long", "short"], *([str(n), text, "x"] for n, text in enumerate(TEXTS.values()))]
    (tmp_path / "set.csv").write_text(_csv(rows), encoding="utf-8")
    assert _statuses(tmp_path) == {"set.csv": "no-text-column"}  # some 60 characters are not plainly a text
    assert list(_bytes(tmp_path, Options(text_column="long")).values())[0] == MEMBERS["b.txt"]
    assert list(_bytes(tmp_path, Options(text_column="short")).values()) == [b"x"] * 3
    assert _statuses(tmp_path, Options(text_column="gone")) == {"set.csv": "no-text-column"}
    (tmp_path / "set.csv").write_text(_csv([[k, t * 3, s] for k, t, s in rows]), encoding="utf-8")
    assert len(_bytes(tmp_path)) == 3
    (tmp_path / "set.csv").write_text(_csv([[k, t * 3, t * 2] for k, t, s in rows]), encoding="utf-8")
    assert _statuses(tmp_path) == {"set.csv": "no-text-column"}


def test_a_plain_workbook_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(_xlsx({"数据": [["年份", "数量"], [2020, 3]]}))
    done = CliRunner().invoke(app, ["extract", str(tmp_path / "a.xlsx"), "--out", str(tmp_path / "out"), "--no-cache"])
    assert done.exit_code == 1
    assert "年份, 数量" in done.stderr and "--text-column" in done.stderr


def test_sheets_with_texts_are_told_apart(tmp_path: Path) -> None:
    sheets: dict[str, list[list[object]]] = {
        "2020": [["标题", "正文", "日期"], ["甲", "一", datetime.datetime(2020, 3, 1)]],
        "说明": [["无"]], "2021": [["正文", "标题"], ["二", "乙"]],
    }
    (tmp_path / "a.xlsx").write_bytes(_xlsx(sheets))
    found = _members(tmp_path)
    assert list(found) == ["a.xlsx!/2020#1", "a.xlsx!/2021#1"]
    assert ("date_issued", "2020-03-01") in [(f.field, f.value) for f in found["a.xlsx!/2020#1"].fields]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "到2025年，新建码头三个\n第二行\n"),
        ("a.csv", "一段话。有句号,也有逗号\n"),
        ("a.txt", "标题;副题\n到2025年\n"),
        ("a.txt", "text\n到2025年\n"),
        ("a.json", '{\n "text": "甲"\n}\n'),
        ("a.txt", ""),
    ],
)
def test_what_is_no_table_stays_a_text(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert list(_members(tmp_path)) == [name]


def test_broken_records_are_rows_and_harm_no_others(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text":"一"}\n{"text":\n[1]\n' + "[" * 100_000 + '\n\n{"text":"二"}\n', encoding="utf-8")
    (tmp_path / "b.csv").write_text('id,text\n1,一\n2,二,三\n3,"四\n', encoding="utf-8")
    assert _statuses(tmp_path) == {
        "a.jsonl#1": "", "a.jsonl#2": "damaged", "a.jsonl#3": "damaged", "a.jsonl#4": "damaged", "a.jsonl#6": "",
        "b.csv#1": "", "b.csv#2": "damaged", "b.csv#3": "",
    }


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "a.zip").write_bytes(packed_zip({**MEMBERS, "set.csv": _csv(ROWS).encode("gb18030")}))
    (folder / "b.tar.gz").write_bytes(gzip.compress(packed_tar({f"{n:02}.txt": TEXT.format(n=n).encode() for n in range(40)})))
    (folder / "c.csv").write_text(_csv(ROWS), encoding="utf-8")
    (folder / "d.txt").write_text(TEXT.format(n=77), encoding="utf-8")
    (folder / "e.jsonl").write_text("".join(json.dumps({"text": TEXT.format(n=n)}) + "\n" for n in range(60, 75)), encoding="utf-8")
    (folder / "half.zip").write_bytes(packed_zip(MEMBERS)[:-30])
    return folder


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "run.json"
    }


def _extract(*arguments: object) -> dict[str, int]:
    done = CliRunner().invoke(app, ["extract", *map(str, arguments), "--json"])
    assert done.exit_code == 1, done.output
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


def test_the_same_bytes_whatever_order_jobs_and_cache(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = _extract(shelf, "--out", tmp_path / "one", "--no-cache", "--jobs", 1)
    assert (counts["files"], counts["unread"]) == (66, 1)
    monkeypatch.setattr(engines, "SMALL", -1)
    monkeypatch.setattr(engines, "CHUNK_DOCUMENTS", 5)
    _extract(*sorted(shelf.iterdir(), reverse=True), "--out", tmp_path / "two", "--cache", tmp_path / "cache", "--jobs", 2)
    assert _content(tmp_path / "one") == _content(tmp_path / "two")
    again = _extract(shelf, "--out", tmp_path / "three", "--cache", tmp_path / "cache")
    assert again["cached"] == 65
    assert _content(tmp_path / "one") == _content(tmp_path / "three")


def test_append_gives_what_one_run_gives(shelf: Path, tmp_path: Path) -> None:
    _extract(shelf, "--out", tmp_path / "whole", "--no-cache")
    files = sorted(shelf.iterdir())
    first, second = [files[2], files[0], files[5]], [files[4], files[1], files[3]]
    _extract(*first, "--out", tmp_path / "out", "--no-cache")
    _extract(*second, "--out", tmp_path / "out", "--no-cache", "--append")
    assert _content(tmp_path / "out") == _content(tmp_path / "whole")
    sources = [row["source"] for row in Corpus.load(tmp_path / "out").rows("files")]
    assert sources.index("c.csv#3") == sources.index("c.csv#2") + 1 == sources.index("d.txt") - 1


def test_what_the_user_says_is_part_of_the_key(tmp_path: Path) -> None:
    arguments = (tmp_path / "set.csv", tmp_path / "half.zip", "--out", tmp_path / "out", "--cache", tmp_path / "cache")
    (tmp_path / "half.zip").write_bytes(b"PK\x03\x04half")
    for title, hits in (("甲", 0), ("甲", 1), ("乙", 0), ("甲", 1)):
        (tmp_path / "set.csv").write_text(_csv([["title", "text"], [title, TEXTS["b.txt"]]]), encoding="utf-8")
        assert _extract(*arguments)["cached"] == hits, title


@pytest.mark.parametrize("name", ["a.zip", "e.jsonl"])
def test_standard_input_may_be_a_collection(shelf: Path, tmp_path: Path, name: str) -> None:
    command = [sys.executable, "-m", "policymine", "extract", "-", "--out", str(tmp_path / "out"), "--no-cache", "--format", "jsonl"]
    done = subprocess.run(command, input=(shelf / name).read_bytes(), env=ENVIRONMENT, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    found = [str(row["source"]) for row in Corpus.load(tmp_path / "out").rows("files")]
    assert found == [source.name.replace(name, "-", 1) for source in _members(shelf / name).values()]
    assert found and all(source.startswith("-") for source in found)


def test_show_takes_a_member(shelf: Path) -> None:
    for place in ("a.zip!/规划/二.txt", "c.csv#3", "a.zip!/set.csv#3"):
        done = CliRunner().invoke(app, ["show", f"{shelf}/{place}"])
        assert done.exit_code == 0 and "临政发〔2020〕2号" in done.stdout, done.output
    for place, words in (("a.zip", "several documents; name one of them, as 'a.zip!/b.txt'"), ("a.zip!/x", "no such")):
        done = CliRunner().invoke(app, ["show", f"{shelf}/{place}"])
        assert done.exit_code == 2 and words in done.stderr


def test_memory_does_not_grow_with_a_collection(tmp_path: Path) -> None:
    text = "".join(f"新建观光码头{n}个。\n" for n in range(12_000))
    members = {f"{n}.txt": f"{n}\n{text}".encode() for n in range(80)}
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(packed_tar(members), 1))
    (tmp_path / "b.zip").write_bytes(packed_zip(members))
    (tmp_path / "c.csv").write_text(_csv([["id", "text"], *([name, data.decode()] for name, data in members.items())]), encoding="utf-8")
    for name in ("a.tar.gz", "b.zip", "c.csv"):
        tracemalloc.start()
        count = sum(1 for _ in expand([Source(name, str(tmp_path / name))], Options()))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (count, most < 8_000_000) == (80, True), (name, most)  # each holds some 30 MB
