"""OFD: the facts of the plain text in either style of package; real files of several vendors; what cannot be read is named."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ofd_files import element, file_of, ofd_of, zipped
from paged_files import Sheet, Words, set_table, set_text
from policymine.models import Options
from policymine.reading import read_document
from round_trip import differing, mine_bytes, plain_documents, plain_rows, same_share
from samples import NO_SHARED, SHARED, SLOW
from test_pdf import INDICATORS, cells_meant, cells_of, duties

REAL = SHARED / "corpus" / "ofd"
WORDS = Sheet([Words("到2025年，新建3条线路。", 80, 300, 16)])


@pytest.mark.parametrize("scattered", [False, True])
def test_an_ofd_gives_the_facts_of_the_plain_text(scattered: bool) -> None:
    shares = {}
    for name, text in plain_documents()[: None if SLOW else 13]:
        rows = mine_bytes(ofd_of(set_text(text, head="东澜省人民政府公报" if scattered else ""), scattered), name)
        shares[name] = same_share(rows, plain_rows(name))
        assert shares[name] > 0.9, (name, differing(rows, plain_rows(name)))
    assert sum(shares.values()) / len(shares) >= 0.99, sorted(shares.items(), key=lambda item: item[1])[:5]


def test_both_styles_give_the_same_text_pages_and_furniture() -> None:
    sheets = set_text("东澜省人民政府关于建设质量强省的意见\n" + "一、总体要求\n到2025年，全省新建服务站120个，投入1,200万元。\n" * 12)
    plain, scattered = (read_document(ofd_of(sheets, style), "a.ofd") for style in (False, True))
    assert plain.text == scattered.text and plain.layout == scattered.layout
    assert (plain.reader, plain.status, plain.issues, len(plain.layout.pages)) == ("ofd", "ok", (), 2)
    assert [plain.text[a:b] for a, b in plain.layout.furniture] == ["—1—", "—2—"]


@pytest.mark.parametrize("scattered", [False, True])
@pytest.mark.parametrize("rules", ["all", "level"])
def test_tables(scattered: bool, rules: str) -> None:
    for rows, columns, start in ((INDICATORS, (170, 60, 60, 70, 70), 0), (duties(), (34, 170, 80, 100, 60), 60)):
        raw = read_document(ofd_of(set_table(rows, columns, rules=rules, start=start), scattered), "a.ofd")
        assert [cells_of(raw.text, table) for table in raw.layout.tables] == [cells_meant(rows)]


def test_a_matrix_may_turn_the_text_and_deltas_may_run_down() -> None:
    turned = element("TextObject", element("TextCode", "到2025年，新建3条线路。", X=0, Y=0), ID=1, Boundary="100 200 10 90", Font=1, Size=5, CTM="0 -1 1 0 0 0")
    assert read_document(_page(turned), "a.ofd").text == "到2025年，新建3条线路。\n"
    down = "".join(
        element("TextObject", element("TextCode", words, X=0, Y=5, DeltaY=f"g {len(words) - 1} 6"), ID=k, Boundary=f"{150 - 10 * k} 30 6 200", Font=1, Size=5)
        for k, words in enumerate(("到二〇二五年，新建三条线路。", "二〇三〇年前，再建五条线路。"))
    )
    assert read_document(_page(down), "a.ofd").text == "到二〇二五年，新建三条线路。\n二〇三〇年前，再建五条线路。\n"


def test_composite_graphics_give_their_text_and_what_is_invisible_does_not() -> None:
    inner = element("TextObject", element("TextCode", "到2025年，新建3条线路。", X=0, Y=5), ID=1, Boundary="0 0 90 6", Font=1, Size=5)
    unit = element("CompositeGraphicUnits", element("CompositeGraphicUnit", element("Content", inner), ID=77, Width=90, Height=6))
    used = element("CompositeObject", ID=2, ResourceID=77, Boundary="30 60 90 6")
    data = _page(used + inner.replace("<ofd:TextObject", '<ofd:TextObject Visible="false"'), {"Doc_0/Res.xml": file_of("Res", unit)})
    assert read_document(data, "a.ofd").text == "到2025年，新建3条线路。\n"


def _page(objects: str, extra: dict[str, str | bytes] | None = None, body: str = "", first: str | None = None) -> bytes:
    """A package of one page with these objects."""
    content = element("Content", element("Layer", objects, ID=9))
    common = element("CommonData", element("PageArea", element("PhysicalBox", "0 0 210 297")) + element("DocumentRes", "Res.xml"))
    root = file_of("OFD", element("DocBody", element("DocRoot", "Doc_0/Document.xml") + body))
    members: dict[str, str | bytes] = {
        "OFD.xml": first or root,
        "Doc_0/Document.xml": file_of("Document", common + element("Pages", element("Page", ID=1, BaseLoc="Pages/P.xml"))),
        "Doc_0/Pages/P.xml": file_of("Page", content),
    }
    return zipped({**members, **(extra or {})})


# what is named


def test_a_seal_is_told_and_not_checked() -> None:
    extra: dict[str, str | bytes] = {"Doc_0/Signs/Signatures.xml": file_of("Signatures", element("Signature", ID=1, Type="Seal", BaseLoc="Sign_0/Signature.xml"))}
    raw = read_document(ofd_of([WORDS], extra=extra, body=element("Signatures", "/Doc_0/Signs/Signatures.xml")), "a.ofd")
    assert raw.status == "ok" and raw.text and [issue.code for issue in raw.issues] == ["read-signed"]


def test_an_ofd_of_images_is_a_scan() -> None:
    raw = read_document(_page(element("ImageObject", ID=3, ResourceID=4, Boundary="0 0 210 297")), "a.ofd")
    assert raw.status == "scanned" and raw.issues[0].code == "read-scanned"


def test_an_encrypted_ofd_is_named() -> None:
    data = _page("", {"Doc_0/Document.xml": bytes(range(256)) * 9, "Encryptions.xml": file_of("Encryptions", "")})
    assert read_document(data, "a.ofd").status == "encrypted"


def test_several_documents_are_read_and_told() -> None:
    first = file_of("OFD", element("DocBody", element("DocRoot", "Doc_0/Document.xml")) * 2)
    inner = element("TextObject", element("TextCode", "到2025年，新建3条线路。", X=0, Y=5), ID=1, Boundary="30 60 90 6", Font=1, Size=5)
    raw = read_document(_page(inner, first=first), "a.ofd")
    assert raw.text == "到2025年，新建3条线路。\n" * 2 and [issue.code for issue in raw.issues] == ["read-several"]


def test_a_page_that_is_missing_or_broken_is_told_and_the_others_are_read() -> None:
    whole = ofd_of([WORDS, WORDS, WORDS])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    members["Doc_0/Pages/Page_1/Content.xml"] = b"<ofd:Page"
    del members["Doc_0/Pages/Page_2/Content.xml"]
    raw = read_document(zipped(members), "a.ofd")
    assert raw.status == "ok" and raw.text == "到2025年，新建3条线路。\n"
    assert [issue.message for issue in raw.issues] == ["pages 2-3: cannot be opened"]


_OBJECT = element("TextObject", element("TextCode", "到" * 50, X=0, Y=5, DeltaX="g 1000000000 5"), ID=1, Boundary="30 60 90 6", Font=1, Size=5)
_ENTITY = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y SYSTEM "file:///etc/passwd">]><ofd:Page xmlns:ofd="u">&x;&y;</ofd:Page>'
_CIRCLE = element("CompositeGraphicUnits", element("CompositeGraphicUnit", element("Content", element("CompositeObject", ResourceID=7) * 9), ID=7))
_NUMBERS = element("TextObject", element("TextCode", "到", X="1e999", Y="nan", DeltaX="g g g"), Boundary="x", Size="1e308", CTM="1e300 0 0 1e300 0 0")
_NO_PAGES = {"OFD.xml": file_of("OFD", element("DocBody", element("DocRoot", "D.xml"))), "D.xml": file_of("Document", "")}
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "blocks in blocks": ("ok", lambda: _page("<ofd:PageBlock>" * 100_000 + "</ofd:PageBlock>" * 100_000)),
    "steps without end": ("ok", lambda: _page(_OBJECT)),
    "entities": ("damaged", lambda: _page("", {"Doc_0/Pages/P.xml": _ENTITY})),
    "a document outside": ("damaged", lambda: _page("", first=file_of("OFD", element("DocBody", element("DocRoot", "../../../../etc/passwd"))))),
    "graphics in a circle": ("ok", lambda: _page(element("CompositeObject", ResourceID=7), {"Doc_0/Res.xml": file_of("Res", _CIRCLE)})),
    "a million objects": ("damaged", lambda: _page(_OBJECT * 30_000)),
    "a bomb": ("too-large", lambda: _page("", {"Doc_0/Pages/P.xml": b"<a>" + b" " * 30_000_000})),
    "numbers": ("ok", lambda: _page(_NUMBERS)),
    "no pages": ("ok", lambda: zipped({**_NO_PAGES})),
    "nothing": ("damaged", lambda: zipped({"OFD.xml": ""})),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_package_harms_nothing(what: str) -> None:
    status, make = HOSTILE[what]
    raw = read_document(make(), "a.ofd", Options(max_chars=1_000_000))
    assert raw.status == status and "root:" not in raw.text
    assert raw.issues or raw.text


def test_a_truncated_package_is_damaged() -> None:
    whole = ofd_of([WORDS])
    for length in (30, len(whole) // 2, len(whole) - 30):
        assert read_document(whole[:length], "a.ofd").status in ("damaged", "unsupported-format")


# real files


@pytest.mark.skipif(not REAL.is_dir(), reason=NO_SHARED)
@pytest.mark.parametrize("path", sorted(REAL.glob("*.ofd")) if REAL.is_dir() else [], ids=lambda path: path.stem)
def test_real_files_of_several_vendors_are_read(path: Path) -> None:
    """Every word that a viewer shows, and no other; ``test_a_real_invoice`` looks at the places."""
    raw = read_document(path.read_bytes(), path.name)
    assert (raw.status, raw.reader) == ("ok", "ofd") and len(raw.text) > 10
    assert {issue.code for issue in raw.issues} <= {"read-signed", "read-lost"}
    assert "\ufffd" not in raw.text


@pytest.mark.skipif(not REAL.is_dir(), reason=NO_SHARED)
def test_a_real_table_of_an_invoice_has_its_cells() -> None:
    raw = read_document((REAL / "999.ofd").read_bytes(), "999.ofd")
    lists = [table for table in raw.layout.tables if raw.text[table.start : table.end].startswith("序号")]
    assert len(lists) == len(raw.layout.pages) - 1
    first = cells_of(raw.text, lists[0])
    assert [first[0, c][1] for c in range(4)] == ["序号", "项目名称", "规格型号", "单位"]
