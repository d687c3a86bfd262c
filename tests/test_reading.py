"""Reading: bytes to document text, and which files are read."""

from __future__ import annotations

import io
import random
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policymine.issues import CODES, level_of, remedy_of
from policymine.models import Options
from policymine.reading import read_document, read_source, read_stream
from policymine.reading.sources import MisuseError, Source, list_sources, readable_name

TEXT = (
    "云岭省人民政府关于加快建设现代物流体系的意见\r\n各市人民政府：\n"
    "　　到２０２５年，全省新建物流园区３个，社会物流总费用占比下降到12.5%以下。"
    "（省发展改革委牵头，省交通运输厅配合）\n"
)


@pytest.mark.parametrize(
    ("encoding", "reported"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_encodings_are_found_and_reported(encoding: str, reported: str) -> None:
    raw = read_document(TEXT.encode(encoding), "a.txt")
    assert (raw.text, raw.encoding, raw.status, raw.issues) == (TEXT, reported, "ok", ())


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_utf16_mark_is_not_part_of_the_text(mark: bytes, encoding: str) -> None:
    raw = read_document(mark + TEXT.encode(encoding), "a.txt")
    assert (raw.text, raw.encoding) == (TEXT, encoding)


def test_ascii_in_utf16_without_mark_is_not_taken_for_utf8_with_nulls() -> None:
    assert read_document("plan 2025\n".encode("utf-16-le"), "a.txt").text == "plan 2025\n"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_damaged_byte_is_u_fffd_with_an_issue_at_its_place(encoding: str) -> None:
    good = TEXT.encode(encoding)
    at = len(TEXT[:40].encode(encoding))
    raw = read_document(good[:at] + b"\xff" + good[at:], "a.txt")
    assert raw.encoding == encoding
    assert raw.text == TEXT[:40] + "\ufffd" + TEXT[40:]
    [issue] = raw.issues
    assert (issue.code, issue.start, issue.end) == ("read-undecodable", 40, 41)


def test_many_damaged_bytes_are_counted() -> None:
    data = b"\xff".join([TEXT.encode()] * 60)
    raw = read_document(data, "a.txt")
    assert raw.status == "ok"
    assert len(raw.issues) == 21
    assert "39 more" in raw.issues[-1].message


def test_doc_id_is_the_hash_of_the_bytes() -> None:
    assert read_document(b"abc", "a.txt").doc_id == "ba7816bf8f01cfea4141"


@pytest.mark.parametrize(
    ("data", "status", "media_type"),
    [
        (b"%PDF-1.7\n...", "damaged", "application/pdf"),
        (b"PK\x03\x04" + b"\x00" * 22 + b"word/document.xml", "damaged", "wordprocessingml"),
        (b"PK\x03\x04" + b"\x00" * 22 + b"OFD.xml", "damaged", "application/ofd"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "damaged", "application/x-ole-storage"),
        (b"\x89PNG\r\n\x1a\n....", "unsupported-format", "image/png"),
        (bytes(range(256)) * 16, "binary", "application/octet-stream"),
        (b"\x00" * 500, "binary", "application/octet-stream"),
    ],
)
def test_what_is_not_text_has_a_status_and_an_issue(data: bytes, status: str, media_type: str) -> None:
    raw = read_document(data, "a.txt")
    assert raw.status == status
    assert media_type in raw.media_type
    assert raw.text == ""
    assert [level_of(issue.code) for issue in raw.issues] == ["error"]
    assert remedy_of(raw.issues[0].code)


@pytest.mark.parametrize("size", [60, 1000, 100_000])
def test_random_bytes_are_binary_though_they_decode_as_utf16(size: int) -> None:
    assert read_document(random.Random(size).randbytes(size), "a.txt").status == "binary"


def test_text_that_only_mentions_a_format_is_text() -> None:
    assert read_document("PK赛：<html>标签不是网页".encode(), "a.txt").status == "ok"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \n"])
def test_an_empty_file_is_read_with_a_warning(data: bytes) -> None:
    raw = read_document(data, "a.txt")
    assert (raw.status, [issue.code for issue in raw.issues]) == ("ok", ["read-empty"])


def test_a_text_over_the_limit_is_not_mined() -> None:
    options = Options(max_chars=10)
    assert read_document("一二三四五六七八九十".encode(), "a.txt", options).status == "ok"
    raw = read_document("一二三四五六七八九十百".encode(), "a.txt", options)
    assert (raw.status, raw.text, raw.issues[0].code) == ("too-long", "", "read-too-long")
    assert "--max-chars" in remedy_of(raw.issues[0].code)


def test_a_huge_stream_is_hashed_but_not_held() -> None:
    class Endless(io.RawIOBase):
        """Gives 64 MB in blocks and counts the largest that was asked for."""

        left, most = 64 << 20, 0

        def read(self, size: int = -1) -> bytes:
            assert size > 0, "read whole"
            self.most, step = max(self.most, size), min(size, self.left)
            self.left -= step
            return b"a" * step

    stream = Endless()
    tracemalloc.start()
    raw = read_stream(stream, "-", Options(max_chars=1000))  # type: ignore[arg-type]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 16 << 20
    assert (raw.status, raw.size, stream.left) == ("too-long", 64 << 20, 0)
    assert raw.doc_id == read_document(b"a" * (64 << 20), "-").doc_id


def test_a_huge_pdf_is_called_a_pdf() -> None:
    raw = read_stream(io.BytesIO(b"%PDF-1.7" + b"a" * 9000), "b.pdf", Options(max_chars=10))
    assert (raw.status, raw.media_type) == ("damaged", "application/pdf")


@settings(deadline=None)
@given(st.binary(max_size=300).filter(lambda data: not data.startswith(b"{\\rtf")))  # that would start LibreOffice
def test_any_bytes_are_read_or_get_a_status(data: bytes) -> None:
    raw = read_document(data, "a.txt")
    assert raw.status in {"ok", "binary", "unsupported-format", "damaged"}
    assert raw.status == "ok" or raw.issues
    assert all(issue.code in CODES for issue in raw.issues)
    raw.text.encode()


def test_a_missing_file_is_a_document_with_a_status(tmp_path: Path) -> None:
    raw = read_source(Source("gone.txt", str(tmp_path / "gone.txt")))
    assert (raw.status, raw.doc_id, raw.issues[0].code) == ("missing", "", "read-missing")


def _tree(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("文", encoding="utf-8")


def test_folders_are_read_recursively_and_sorted(tmp_path: Path) -> None:
    _tree(tmp_path, "b.txt", "a/二 号.txt", "a/1.txt", ".hidden", "README.md", ".git/x", "~$锁.docx")
    _tree(tmp_path, "说明/README.zh.md")
    assert [s.name for s in list_sources([tmp_path])] == ["a/1.txt", "a/二 号.txt", "b.txt"]


def test_results_of_policymine_are_left_out(tmp_path: Path) -> None:
    _tree(tmp_path, "a.txt", "out/documents.csv", "half/.policymine-incomplete", "half/x.csv", "other/b.csv")
    (tmp_path / "out/datapackage.json").write_text('{"created_by": {"name": "policymine"}}', encoding="utf-8")
    (tmp_path / "other/datapackage.json").write_text("{}", encoding="utf-8")
    names = [s.name for s in list_sources([tmp_path])]
    assert names == ["a.txt", "other/b.csv", "other/datapackage.json"]
    assert [s.name for s in list_sources([tmp_path], leave_out=[tmp_path / "other"])] == ["a.txt"]


def test_a_file_named_itself_is_taken_whatever_its_name(tmp_path: Path) -> None:
    _tree(tmp_path, "README.md")
    assert [s.name for s in list_sources([tmp_path / "README.md"])] == ["README.md"]


def test_globs_are_relative_to_their_fixed_part(tmp_path: Path) -> None:
    _tree(tmp_path, "p/x/1.txt", "p/y/2.txt", "p/y/3.md", "p/[4].txt")
    assert [s.name for s in list_sources([f"{tmp_path}/p/**/*.txt"])] == ["[4].txt", "x/1.txt", "y/2.txt"]
    assert [s.name for s in list_sources([f"{tmp_path}/p/[4].txt"])] == ["[4].txt"]


def test_each_file_once_whatever_the_order(tmp_path: Path) -> None:
    _tree(tmp_path, "p/x/1.txt", "q/x/1.txt", "q/2.txt")
    given = [tmp_path / "p", tmp_path / "q", tmp_path / "q/x", tmp_path / "q/2.txt"]
    forward, backward = list_sources(given), list_sources(given[::-1])
    assert forward == backward
    assert [s.name for s in forward] == ["2.txt", "p/x/1.txt", "q/x/1.txt"]


@pytest.mark.parametrize("path", ["gone.txt", "gone/*.txt", "empty"])
def test_nothing_to_read_is_misuse(tmp_path: Path, path: str) -> None:
    _tree(tmp_path, "empty/.hidden")
    with pytest.raises(MisuseError, match=r"gone|empty"):
        list_sources([tmp_path / path])


def test_standard_input_is_a_source() -> None:
    assert list_sources(["-"]) == [Source("-")]


def test_names_that_are_not_utf8_are_read_as_gb18030() -> None:
    name = "规划.txt".encode("gb18030").decode("utf-8", "surrogateescape")
    assert readable_name(name) == "规划.txt"
