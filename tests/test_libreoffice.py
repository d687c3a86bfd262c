"""Old Word and WPS files, RTF, ODT: named for what they are, and converted by a real LibreOffice where there is one."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policymine.reading.libreoffice as libreoffice
from policymine.corpus import mine_one
from policymine.issues import remedy_of
from policymine.models import Options
from policymine.reading import read_document
from policymine.reading.ole import OleError, inspect
from round_trip import differing, plain_rows, same_share
from samples import sample_text
from word_files import make_zip, word_file

CONVERTER = libreoffice.find_converter()
needs_libreoffice = pytest.mark.skipif(CONVERTER is None, reason="LibreOffice Writer is not installed")
NAME = "2018-澜口市-质量提升行动实施意见"
DATA = Path(__file__).resolve().parent / "data"


def make_ole(*names: str, head: bytes = b"") -> bytes:
    """A compound file with streams of these names; the first holds ``head``."""
    entries = [b""] * (len(names) + 1)
    for i, name in enumerate(("Root Entry", *names)):
        spelt = name.encode("utf-16-le") + b"\0\0"
        right = i + 1 if 0 < i < len(names) else 0xFFFFFFFF
        first = 1 if i == 0 and names else 0xFFFFFFFF
        entries[i] = spelt.ljust(64, b"\0") + struct.pack("<HBB3L36xLQ", len(spelt), 5 if i == 0 else 2, 1, 0xFFFFFFFF, right, first, 3 if i == 1 else 0xFFFFFFFE, 4096)
    directory = b"".join(entries).ljust(1024, b"\0")
    table = struct.pack("<128L", 0xFFFFFFFD, 2, 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFF] * 124)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack("<16x5H6x7L", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0) + struct.pack("<2L", 0xFFFFFFFE, 0)
    header += struct.pack("<109L", 0, *[0xFFFFFFFF] * 108)
    assert len(header) == 512
    return header + table + directory + head.ljust(512, b"\0")


@pytest.mark.parametrize(
    ("names", "status", "words"),
    [
        (["EncryptionInfo", "EncryptedPackage"], "encrypted", "password"),
        (["Workbook"], "unsupported-format", ".xls"),
        (["Book"], "unsupported-format", ".xls"),
        (["Current User", "PowerPoint Document"], "unsupported-format", ".ppt"),
        (["__properties_version1.0"], "unsupported-format", ".msg"),
        (["Anything"], "unsupported-format", "no document of Word"),
        ([], "unsupported-format", "no document of Word"),
    ],
)
def test_an_ole_file_is_named_for_what_it_is(names: list[str], status: str, words: str) -> None:
    raw = read_document(make_ole(*names), "a.doc")
    assert (raw.status, raw.text, len(raw.issues)) == (status, "", 1)
    assert words in raw.issues[0].message and remedy_of(raw.issues[0].code)


def test_an_old_word_file_with_a_password_is_named_as_such() -> None:
    assert inspect(make_ole("1Table", "WordDocument")).kind == "word"
    locked = make_ole("WordDocument", head=struct.pack("<5H", 0xA5EC, 193, 0, 0, 0) + struct.pack("<H", 0x0100) + b"\0" * 20)
    assert inspect(locked).protected
    assert not inspect(make_ole("WordDocument", head=b"\xec\xa5" + b"\0" * 30)).protected
    assert read_document(locked, "a.doc").status == "encrypted"


def test_a_real_word_file_of_1997_is_known() -> None:
    assert inspect((DATA / "written-by-libreoffice.doc").read_bytes()).kind == "word"


def test_a_damaged_ole_file_is_damaged() -> None:
    whole = make_ole("Workbook")
    for cut in (8, 100, 511, 600, 1100):
        assert read_document(whole[:cut], "a").status == "damaged"
    circular = bytearray(whole)
    struct.pack_into("<L", circular, 512 + 8, 1)  # the directory bites its tail
    assert inspect(bytes(circular)).kind == "excel"
    circular = bytearray(whole)
    struct.pack_into("<L", circular, 1024 + 128 + 72, 1)  # an entry that is its own neighbour
    assert inspect(bytes(circular)).kind == "excel"


@given(st.binary(max_size=40), st.integers(0, 2047))
def test_any_ole_file_is_inspected_or_damaged(noise: bytes, at: int) -> None:
    data = bytearray(make_ole("Workbook", "Other"))
    data[max(8, at) : max(8, at) + len(noise)] = noise
    try:
        assert inspect(bytes(data)).kind in {"", "excel"}
    except OleError as error:
        assert str(error)


def test_without_libreoffice_the_file_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(libreoffice, "_PLACES", ())
    for data, words in ((make_ole("WordDocument"), "Word or WPS"), (b"{\\rtf1 a}", "RTF")):
        raw = read_document(data, "a")
        assert (raw.status, raw.issues[0].code) == ("unsupported-format", "read-converter")
        assert words in raw.issues[0].message and "libreoffice-writer" in remedy_of("read-converter")
    assert libreoffice.converter_version() == ""


def test_a_program_beside_the_documents_is_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = tmp_path / "soffice"
    trap.write_text("#!/bin/sh\n", encoding="utf-8")
    trap.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")
    monkeypatch.setattr(libreoffice, "_PLACES", ())
    assert libreoffice.find_converter() is None


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A sample with automatic numbers as LibreOffice writes it."""
    assert CONVERTER
    folder = tmp_path_factory.mktemp("converted")
    (folder / "a.docx").write_bytes(word_file(sample_text(NAME).replace("\r\n", "\n"))[0])
    made = {}
    for ending in ("doc", "odt", "docx"):
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        subprocess.run([CONVERTER, profile, "--headless", "--convert-to", ending, "--outdir", folder / ending, folder / "a.docx"], check=True, capture_output=True, timeout=120)
        made[ending] = (folder / ending / f"a.{ending}").read_bytes()
    return made


@needs_libreoffice
@pytest.mark.parametrize("ending", ["doc", "odt", "docx"])
def test_what_libreoffice_writes_gives_the_facts_of_the_plain_text(converted: dict[str, bytes], ending: str) -> None:
    pytest.importorskip("docx")
    raw = read_document(converted[ending], f"{NAME}.{ending}")
    assert (raw.status, raw.reader) == ("ok", "docx" if ending == "docx" else "libreoffice")
    assert re.sub(r"\s", "", raw.text) == re.sub(r"\s", "", sample_text(NAME))
    assert len(raw.layout.synthetic) > 10
    rows = mine_one(raw, Options(terms=False)).as_rows()
    assert same_share(rows, plain_rows(NAME)) >= 0.99, differing(rows, plain_rows(NAME))


@needs_libreoffice
def test_rtf_is_read_with_its_numbers() -> None:
    levels = r"{\listlevel\levelnfc37\levelstartat1\levelfollow2{\leveltext\'02\'00\u12289\'a1\'a2;}{\levelnumbers\'01;}}"
    words = "".join(f"\\u{ord(c)}?" for c in "主要目标")
    rtf = rf"{{\rtf1\ansi\ansicpg936\uc1{{\*\listtable{{\list\listtemplateid1{levels}\listid1}}}}{{\*\listoverridetable{{\listoverride\listid1\listoverridecount0\ls1}}}}\pard\ls1\ilvl0 {words}\par\pard {words}\par}}"
    raw = read_document(rtf.encode("ascii"), "a.rtf")
    assert (raw.text, raw.status) == ("一、主要目标\n主要目标\n", "ok")


@needs_libreoffice
def test_nothing_is_fetched() -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        raw = read_document(_linked(f"http://127.0.0.1:{server.server_port}/a.png"), "a.odt")
        server.shutdown()
    assert (raw.text.strip(), asked) == ("甲。", [])


def _linked(place: str) -> bytes:
    oasis = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{oasis}office:1.0" xmlns:text="{oasis}text:1.0" xmlns:draw="{oasis}drawing:1.0" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:svg="{oasis}svg-compatible:1.0" office:version="1.2"><office:body><office:text><text:p>甲。'
        f'<draw:frame svg:width="2cm" svg:height="2cm"><draw:image xlink:href="{place}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame>'
        "</text:p></office:text></office:body></office:document-content>"
    )
    manifest = "".join(f'<m:file-entry m:full-path="{n}" m:media-type="{t}"/>' for n, t in (("/", "application/vnd.oasis.opendocument.text"), ("content.xml", "text/xml")))
    return make_zip({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, "META-INF/manifest.xml": f'<m:manifest xmlns:m="{oasis}manifest:1.0">{manifest}</m:manifest>'})


@needs_libreoffice
def test_what_libreoffice_cannot_open_is_damaged() -> None:
    raw = read_document(make_ole("WordDocument", "1Table", head=b"\xec\xa5" + b"\0" * 30), "a.doc")
    assert (raw.status, raw.issues[0].code) == ("damaged", "read-damaged")


def test_a_conversion_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "killpg"):
        pytest.skip("the stand-in is started by its first line")
    child = f"import time\nwhile True:\n    open({str(tmp_path / 'beats')!r}, 'a').write('.')\n    time.sleep(0.02)\n"
    slow = tmp_path / "soffice"
    slow.write_text(f"#!{sys.executable}\nimport subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr(libreoffice, "find_converter", lambda: str(slow))
    monkeypatch.setattr(libreoffice, "MOST_SECONDS", 2)
    raw = read_document(b"{\\rtf1 a}", "a.rtf", Options())
    assert (raw.status, raw.issues[0].code) == ("timed-out", "read-timed-out")
    beats = (tmp_path / "beats").stat().st_size
    time.sleep(0.3)
    assert 0 < beats == (tmp_path / "beats").stat().st_size
