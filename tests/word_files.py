"""Word files for tests: by hand from their markup, and from plain documents with automatic numbers for typed ones."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_SPACES = (
    'xmlns:w="{w}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def make_docx(body: str, space: str = TRANSITIONAL, **parts: str) -> bytes:
    """A Word file from the markup inside of its ``w:body`` and of the roots of its other parts (``numbering=…``)."""
    roots = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes", "endnotes": "endnotes", "header1": "hdr"}
    spaces = _SPACES.format(w=space)
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    kinds = {"document": "document.main", "header1": "header"}
    overrides = "".join(
        f'<Override PartName="/word/{n}.xml" ContentType="{word}.{kinds.get(n, n)}+xml"/>' for n in ("document", *parts)
    )
    kind_of = {"header1": "header"}
    relations = "".join(f'<Relationship Id="r{i}" Type="{_OFFICE}/{kind_of.get(n, n)}" Target="{n}.xml"/>' for i, n in enumerate(parts))
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {spaces}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>',
    }
    members |= {f"word/{n}.xml": f"<w:{roots[n]} {spaces}>{markup}</w:{roots[n]}>" for n, markup in parts.items()}
    return make_zip(members)


def make_zip(members: Mapping[str, str | bytes]) -> bytes:
    """A zip package, always of the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED  # it is found by its bytes
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, method)
    return packed.getvalue()


def p(text: str, properties: str = "") -> str:
    """A paragraph of one run."""
    pr = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f'<w:p>{pr}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def numbered(text: str, level: int = 0, list_id: int = 1) -> str:
    """A paragraph with an automatic number."""
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


_HAN = "[一二三四五六七八九十]{1,3}"
# Families of typed markers from the highest: pattern of the number, format, and whether it counts on under another heading.
FAMILIES = (
    (re.compile(rf"第({_HAN})章"), "chineseCountingThousand", False),
    (re.compile(rf"第({_HAN})条"), "chineseCountingThousand", True),
    (re.compile(rf"({_HAN})、"), "chineseCounting", False),
    (re.compile(rf"[（(]({_HAN})[）)]"), "japaneseCounting", False),
    (re.compile(r"([1-9][0-9]?)[.．、](?![0-9])"), "decimal", False),
    (re.compile(r"([１-９][０-９]?)[.．、]"), "decimalFullWidth", False),
    (re.compile(r"[（(]([1-9][0-9]?)[）)]"), "decimal", False),
    (re.compile("([①-⑳])"), "decimalEnclosedCircleChinese", False),
)


def word_file(text: str) -> tuple[bytes, int]:
    """A plain document as a Word file made by python-docx, and how many of its markers became automatic numbers.

    A line becomes a paragraph. Its typed marker goes, and a level of one multi-level list comes; where the count would
    be another, the paragraph gets a list of its own that starts at it.
    """
    from docx import Document
    from docx.oxml import parse_xml

    from policymine.text.numerals import ordinal

    document = Document()
    numbering = document.part.numbering_part.element
    templates: dict[int, str] = {}
    counts: dict[int, int] = {}
    lists: list[tuple[int, int]] = []
    used = 0
    for line in text.split("\n"):
        paragraph = document.add_paragraph()
        stripped = line.lstrip(" \u3000")
        for level, (pattern, _, _) in enumerate(FAMILIES):
            found = pattern.match(stripped)
            value = ordinal(found[1].translate(str.maketrans("０１２３４５６７８９", "0123456789"))) if found else None
            if found is None or value is None:
                continue
            template = found[0].replace(found[1], "%" + str(level + 1), 1)
            if templates.setdefault(level, template) != template:
                break  # written in another way than before: it stays typed
            expected = counts.get(level, 0) + 1
            list_id = 900
            if value != expected:
                lists.append((level, value))
                list_id += len(lists)
            counts[level] = value
            for deeper in [n for n in counts if n > level and not FAMILIES[n][2]]:
                del counts[deeper]
            paragraph._p.get_or_add_pPr().append(parse_xml(f'<w:numPr xmlns:w="{TRANSITIONAL}"><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'))
            stripped, used = stripped[found.end() :].lstrip(" \u3000"), used + 1
            line = stripped
            break
        paragraph.add_run(line.replace("\x00", ""))
    no_text, suffixes = '', ('tab', 'nothing')
    goes_on = '<w:lvlRestart w:val="0"/>'
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{format_}"/>{goes_on if on else ""}'
        f'<w:suff w:val="{suffixes[n % 2]}"/><w:lvlText w:val="{templates.get(n, no_text)}"/></w:lvl>'
        for n, (_, format_, on) in enumerate(FAMILIES)
    )
    spaces = f'xmlns:w="{TRANSITIONAL}"'
    numbering.insert(0, parse_xml(f'<w:abstractNum {spaces} w:abstractNumId="900"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'))
    for n, place in enumerate([None, *lists]):
        override = "" if place is None else f'<w:lvlOverride w:ilvl="{place[0]}"><w:startOverride w:val="{place[1]}"/></w:lvlOverride>'
        numbering.append(parse_xml(f'<w:num {spaces} w:numId="{900 + n}"><w:abstractNumId w:val="900"/>{override}</w:num>'))
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue(), used
