"""Pages of words and rules (``paged_files``) as OFD packages of GB/T 33190, in two styles that real programs have.

``plain``: a text object a line, in order, with DeltaX written out. ``scattered``: several text objects a line, inside
nested page blocks, out of order, DeltaX with ``g n v``, sizes by a matrix, another namespace prefix and folder, the
furniture in page templates.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from paged_files import HEIGHT, MM, WIDTH, Sheet, Words, width

SPACE = "http://www.ofdspec.org/2016"


def zipped(members: dict[str, str | bytes]) -> bytes:
    """A package of these members, the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2021, 8, 2, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def element(name: str, content: str = "", **attributes: object) -> str:
    """An element with the usual prefix."""
    words = "".join(f" {key}={quoteattr(str(value))}" for key, value in attributes.items())
    return f"<ofd:{name}{words}>{content}</ofd:{name}>"


def file_of(name: str, content: str) -> str:
    """A file whose root element has this name."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<ofd:{name} xmlns:ofd="{SPACE}">{content}</ofd:{name}>'


def steps(words: str, size: float, short: bool) -> str:
    """DeltaX in millimetres; ``short``: equal ones together."""
    found = [f"{width(c, size) / MM:.4f}" for c in words[:-1]]
    if not short:
        return " ".join(found)
    out: list[str] = []
    while found:
        count = next((k for k, value in enumerate(found) if value != found[0]), len(found))
        out.append(f"g {count} {found[0]}" if count > 1 else found[0])
        found = found[count:]
    return " ".join(out)


def text_object(number: int, words: Words, short: bool = False, matrix: bool = False) -> str:
    """A text object whose boundary is its line; with ``matrix`` its size is 1 and scaled up."""
    reach = sum(width(c, words.size) for c in words.text)
    at = f"{words.x / MM:.4f} {(words.y - words.size) / MM:.4f} {reach / MM:.4f} {1.2 * words.size / MM:.4f}"
    scale = words.size / MM if matrix else 1.0
    moved = steps(words.text, words.size / scale, short)
    code = element("TextCode", escape(words.text), X=0, Y=f"{words.size / MM / scale:.4f}", DeltaX=moved)
    more = {"CTM": f"{scale:.6f} 0 0 {scale:.6f} 0 0"} if matrix else {}
    return element("TextObject", code, ID=number, Boundary=at, Font=1, Size=f"{words.size / MM / scale:.4f}", **more)


def path_object(number: int, rule: tuple[float, float, float, float]) -> str:
    """A straight line."""
    x0, y0, x1, y1 = (value / MM for value in rule)
    at = f"{x0 - 0.1:.4f} {y0 - 0.1:.4f} {x1 - x0 + 0.2:.4f} {y1 - y0 + 0.2:.4f}"
    data = element("AbbreviatedData", f"M 0.1 0.1 L {x1 - x0 + 0.1:.4f} {y1 - y0 + 0.1:.4f}")
    return element("PathObject", data, ID=number, Boundary=at, LineWidth="0.18")


def pieces(words: Words, chance: random.Random) -> list[Words]:
    """A line in several parts."""
    out, at, x = [], 0, words.x
    while at < len(words.text):
        part = words.text[at : at + chance.randint(3, 9)]
        out.append(Words(part, x, words.y, words.size))
        at += len(part)
        x += sum(width(c, words.size) for c in part)
    return out


def ofd_of(sheets: Sequence[Sheet], scattered: bool = False, extra: dict[str, str | bytes] | None = None, body: str = "") -> bytes:
    """Pages as an OFD package."""
    chance = random.Random(33190)
    folder = "DOC/第一篇" if scattered else "Doc_0"
    box = element("PhysicalBox", f"0 0 {WIDTH / MM:.2f} {HEIGHT / MM:.2f}")
    members: dict[str, str | bytes] = {}
    listed, templates = "", ""
    for at, sheet in enumerate(sheets):
        number = 1000 * (at + 1)
        paths = [path_object(number + 500 + k, rule) for k, rule in enumerate(sheet.rules)]
        if not scattered:
            texts = [text_object(number + k, words) for k, words in enumerate(sheet.words)]
            layer = element("Layer", "".join((*texts, *paths)), ID=number + 999, Type="Body")
            content = element("Area", box) + element("Content", layer)
            name = f"Pages/Page_{at}/Content.xml"
        else:
            edge = [w for w in sheet.words if not 100 < w.y < HEIGHT - 120]
            parts = [part for w in sheet.words if w not in edge for part in pieces(w, chance)]
            chance.shuffle(parts)
            texts = [text_object(number + k, part, True, k % 3 == 0) for k, part in enumerate(parts)]
            half = len(texts) // 2
            inner = element("PageBlock", "".join(texts[half:]), ID=number + 997)
            layer = element("Layer", element("PageBlock", "".join(texts[:half]) + inner, ID=number + 998) + "".join(paths), ID=number + 999)
            pattern = element("Layer", "".join(text_object(number + 600 + k, words) for k, words in enumerate(edge)), ID=number + 996)
            members[f"{folder}/Tpls/{at}.xml"] = file_of("Page", element("Content", pattern))
            templates += element("TemplatePage", ID=90_000 + at, BaseLoc=f"Tpls/{at}.xml")
            content = element("Template", TemplateID=90_000 + at, ZOrder="Background") + element("Content", layer)
            name = f"Pages/p{at}.xml"
        members[f"{folder}/{name}"] = file_of("Page", content)
        listed += element("Page", ID=number, BaseLoc=name if at % 2 else f"/{folder}/{name}")
    common = element("CommonData", element("MaxUnitID", "999999") + element("PageArea", box) + templates)
    info = element("DocInfo", element("DocID", "0" * 32))
    root = element("DocBody", info + element("DocRoot", f"{folder}/Document.xml") + body)
    first = f'<ofd:OFD xmlns:ofd="{SPACE}" Version="1.0" DocType="OFD">{root}</ofd:OFD>'
    members = {"OFD.xml": first, f"{folder}/Document.xml": file_of("Document", common + element("Pages", listed)), **members, **(extra or {})}
    if scattered:
        members = {name: content.replace(":ofd=", ":g=").replace("ofd:", "g:") if isinstance(content, str) else content for name, content in members.items()}
    return zipped(members)
