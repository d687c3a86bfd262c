"""Zip packages: what is in them is read under limits, whatever was done to them."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policymine.issues import level_of, remedy_of
from policymine.models import Options
from policymine.reading.packed import PackageError, open_package, parse_xml

OPTIONS = Options()


def _zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _status(data: bytes, name: str = "a.xml", options: Options = OPTIONS) -> str:
    with pytest.raises(PackageError) as caught:
        open_package(data, options).read(name)
    assert level_of(caught.value.issue.code) == "error" and remedy_of(caught.value.issue.code)
    assert caught.value.issue.message
    return caught.value.status


def test_members_are_found_by_name_whatever_the_case_and_the_way() -> None:
    package = open_package(_zip({"Doc/A.xml": b"1", "b\\c.xml": b"2", "folder/": b""}), OPTIONS)
    assert package.names == ("Doc/A.xml", "b/c.xml")
    assert [package.read(n) for n in ("Doc/A.xml", "/doc/x/../a.xml", "b/c.xml", "../../Doc/A.xml")] == [b"1", b"1", b"2", b"1"]
    assert package.find("c.xml") is None


def test_a_member_that_climbs_out_is_only_a_name() -> None:
    package = open_package(_zip({"../../etc/passwd": b"x", "/abs": b"y"}), OPTIONS)
    assert package.names == ("../../etc/passwd", "abs")
    assert package.find("/etc/passwd") is None and package.read("abs") == b"y"


def test_the_total_is_limited_and_so_is_each_member_of_an_archive() -> None:
    data = _zip({f"{i}.txt": bytes(range(256)) * 4000 for i in range(4)})
    small = replace(OPTIONS, max_bytes=2_500_000)
    package = open_package(data, small)
    assert len(package.read("0.txt")) == len(package.read("1.txt")) == 1_024_000
    with pytest.raises(PackageError) as caught:
        package.read("2.txt")
    assert caught.value.status == "too-large" and "--max-bytes" in remedy_of(caught.value.issue.code)
    apart = open_package(data, small, shared=False)
    assert [len(apart.read(name)) for name in apart.names] == [1_024_000] * 4


def test_a_zip_bomb_is_refused_before_it_fills_the_memory() -> None:
    data = _zip({"a.xml": b"\x00" * (150 << 20)})
    assert len(data) < 1 << 20
    tracemalloc.start()
    assert _status(data) == "too-large"
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 80 << 20
    raised = replace(OPTIONS, max_bytes=1 << 30, max_ratio=2000)
    assert sum(map(len, open_package(data, raised).blocks("a.xml"))) == 150 << 20


def test_a_part_that_packs_well_is_read() -> None:
    cell = b"<w:tc><w:p/></w:tc>" * 480_000
    assert open_package(_zip({"a.xml": cell}), OPTIONS).read("a.xml") == cell


def test_a_list_of_too_many_members_is_refused_unread() -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    count = 150_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(entry) * count, 0, 0)
    assert _status(entry * count + end) == "too-large"


@pytest.mark.parametrize("cut", [0, 3, 10, 60, 200, -1, -30])
def test_a_truncated_package_is_damaged(cut: int) -> None:
    data = _zip({"a.xml": bytes(range(256)) * 3, "b.xml": b"b" * 99})
    assert _status(data[:cut]) == "damaged"


def test_damage_inside_a_member_is_damage() -> None:
    data = _zip({"a.xml": bytes(range(256)) * 30})
    assert _status(data[:80] + b"\xff" * 40 + data[120:]) == "damaged"
    assert _status(_zip({"a.xml": b"a" * 5000}, zipfile.ZIP_LZMA)) == "damaged"
    assert _status(_zip({"b.xml": b""})) == "damaged"


def test_an_encrypted_member_is_named_as_such() -> None:
    data = bytearray(_zip({"a.xml": b"a"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert _status(bytes(data)) == "encrypted"


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 20))
def test_any_damage_is_one_kind_of_error(noise: bytes, at: int, drop: int) -> None:
    data = _zip({"a.xml": b"<a>" + bytes(range(32, 99)) * 9 + b"</a>"})
    at = min(at, len(data))
    try:
        package = open_package(data[:at] + noise + data[at + drop :], OPTIONS)
        for name in package.names:
            package.xml(name)
    except PackageError as error:
        assert error.status in {"damaged", "encrypted", "too-large"}


BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_entity_is_declared_and_nothing_is_fetched(encoding: str) -> None:
    outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    for text in (BOMB, outside, '<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>', "<!-- 1 --><?p 2?>\n" + BOMB):
        with pytest.raises(PackageError, match="document type"):
            parse_xml(text.encode(encoding), "a.xml", OPTIONS)


def test_markup_is_bounded_and_depth_is_no_matter() -> None:
    deep = b"<a>" * 300_000 + b"</a>" * 300_000
    assert sum(1 for _ in parse_xml(deep, "a.xml", OPTIONS).iter()) == 300_000
    with pytest.raises(PackageError) as caught:
        parse_xml(deep, "a.xml", replace(OPTIONS, max_bytes=4_000_000))
    assert caught.value.status == "too-large"


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a></b>", b"\xff\xfe<", b"<?xml version='1.0' encoding='x-none'?><a/>", b"<a>\x00</a>"])
def test_what_is_no_xml_is_damaged(data: bytes) -> None:
    with pytest.raises(PackageError) as caught:
        parse_xml(data, "a.xml", OPTIONS)
    assert caught.value.status == "damaged"
