"""What stands on the pages of a PDF, read by pdfium in a process of its own.

pdfium is a C++ library; a file made to harm can end its process, fill its memory or keep it busy for ever. So it runs
beside the mining process (``pdf.py`` starts this module, feeds it file after file, and ends it where a file takes too
long) with a limit on its memory where the system has one. Only here is pdfium imported; nothing here knows what a
line is.

On standard input: 16 bytes (length of the file, most characters), then the file. On standard output: a line of JSON a
page (``pages_of`` says what is in it), then a line ``{"end": status}``.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import struct
import sys
import threading
from collections.abc import Iterator
from typing import Any

from policymine.reading.square_font import use_square_font

MOST_MEMORY = 2 << 30
"""Bytes that the process may take (where the system can limit it)."""
MOST_PAGES, MOST_ON_PAGE = 20_000, 100_000
MOST_RULES = 20_000
"""Lines drawn on one page beyond which it is a drawing and none is looked at."""
MOST_OBJECTS = 200_000
"""Drawn objects of one page that are looked at for lines and images."""
DEEPEST_FORM = 8
THIN, SHORTEST = 2.5, 3.0
"""Points: a filled area up to so thin is a line; a line shorter than that rules nothing."""

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def pages_of(data: bytes, most_chars: int) -> Iterator[dict[str, Any]]:
    """The pages of a PDF as plain values, the last one ``{"end": status}``.

    Args:
        data: the file.
        most_chars: characters after which reading ends with the status ``too-long``.

    Yields:
        A page: ``width``, ``height`` (points), ``runs`` (text, baseline, size, angle, and left edge and advance of
        each character), ``rules`` (x0, y0, x1, y1), ``images`` (share of the page that they cover), ``hidden``
        (characters drawn invisibly); y grows downwards. ``{"error": …}`` for a page that cannot be read (``damaged``,
        ``crowded``). The end is ``ok``, ``encrypted``, ``damaged`` or ``too-long``.
    """
    import pypdfium2.raw as pdfium

    use_square_font(pdfium)
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        error = pdfium.FPDF_GetLastError()
        yield {"end": "encrypted" if error in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY) else "damaged"}
        return
    try:
        count = pdfium.FPDF_GetPageCount(document)
        left = most_chars
        for number in range(min(count, MOST_PAGES)):
            page = _page(pdfium, document, number)
            left -= sum(len(run[0]) for run in page.get("runs", ()))
            if left < 0:
                break
            yield page
        yield {"end": "damaged" if count <= 0 else "too-long" if left < 0 or count > MOST_PAGES else "ok"}
    finally:
        pdfium.FPDF_CloseDocument(document)


def _page(pdfium: Any, document: Any, number: int) -> dict[str, Any]:
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        return {"error": "damaged"}
    try:
        box = pdfium.FS_RECTF()
        if not pdfium.FPDF_GetPageBoundingBox(page, box):
            return {"error": "damaged"}
        rules: list[list[float]] = []
        drawn = _Drawn(pdfium, box, rules)
        drawn.walk(page, _IDENTITY, 0)
        text = pdfium.FPDFText_LoadPage(page)
        if not text:
            return {"error": "damaged"}
        try:
            if pdfium.FPDFText_CountChars(text) > MOST_ON_PAGE:
                return {"error": "crowded"}
            runs, hidden = _runs(pdfium, text, box)
        finally:
            pdfium.FPDFText_ClosePage(text)
        width, height = box.right - box.left, box.top - box.bottom
        share = min(1.0, drawn.image_area / max(1.0, width * height))
        return {
            "width": width, "height": height, "runs": runs, "rules": rules if len(rules) <= MOST_RULES else [],
            "images": round(share, 3), "hidden": hidden,
        }
    finally:
        pdfium.FPDF_ClosePage(page)


def _runs(pdfium: Any, text: Any, box: Any) -> tuple[list[list[Any]], int]:
    """The characters, those of one text object and baseline together; and how many are drawn invisibly."""
    x, y, loose, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    runs: list[list[Any]] = []
    hidden = high = 0
    known, size, angle, invisible = 0, 0.0, 0, False
    key: tuple[Any, ...] = ()
    for i in range(pdfium.FPDFText_CountChars(text)):
        code = pdfium.FPDFText_GetUnicode(text, i)
        if code in (0x20, 0xA0, 0x3000) or pdfium.FPDFText_IsGenerated(text, i) == 1:
            continue
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code, high = (0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0xFFFD), 0
        shown = pdfium.FPDFText_GetTextObject(text, i)
        here = ctypes.cast(shown, ctypes.c_void_p).value or 0
        if here != known or not here:
            known = here
            pdfium.FPDFText_GetMatrix(text, i, matrix)
            size = pdfium.FPDFText_GetFontSize(text, i) * math.hypot(matrix.c, matrix.d)
            turn = math.degrees(math.atan2(matrix.b, matrix.a))
            angle = round(turn / 90) * 90 % 360 if abs(turn - round(turn / 90) * 90) < 3 else -1
            invisible = pdfium.FPDFTextObj_GetTextRenderMode(shown) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        pdfium.FPDFText_GetCharOrigin(text, i, x, y)
        pdfium.FPDFText_GetLooseCharBox(text, i, loose)
        if loose.right < box.left or loose.left > box.right or loose.top < box.bottom or loose.bottom > box.top:
            continue
        # along the line by its box, since the characters of a ligature share one origin; across it by the baseline
        along = {0: loose.left, 90: loose.bottom, 180: loose.right, 270: loose.top}.get(angle, x.value)
        level = angle not in (90, 270)
        advance = loose.right - loose.left if level else loose.top - loose.bottom
        unmapped = pdfium.FPDFText_HasUnicodeMapError(text, i) == 1 or not 0 < code < 0x110000
        character = "\ufffd" if unmapped else chr(code)
        hidden += invisible
        left = round((along if level else x.value) - box.left, 2)
        base = round(box.top - (y.value if level else along), 2)
        if (base, here) != key:
            key = (base, here)
            runs.append(["", base, round(size, 2), angle, []])
        runs[-1][0] += character
        runs[-1][4] += (left, round(advance, 2))
    return runs, hidden


class _Drawn:
    """The lines and images drawn on a page, forms inside it included."""

    def __init__(self, pdfium: Any, box: Any, rules: list[list[float]]) -> None:
        self.pdfium, self.box, self.rules = pdfium, box, rules
        self.left, self.image_area = MOST_OBJECTS, 0.0

    def walk(self, holder: Any, outer: Matrix, depth: int) -> None:
        p = self.pdfium
        count = p.FPDFFormObj_CountObjects(holder) if depth else p.FPDFPage_CountObjects(holder)
        for i in range(max(0, count)):
            self.left -= 1
            if self.left < 0 or len(self.rules) > MOST_RULES:
                return
            shown = p.FPDFFormObj_GetObject(holder, i) if depth else p.FPDFPage_GetObject(holder, i)
            kind = p.FPDFPageObj_GetType(shown)
            if kind == p.FPDF_PAGEOBJ_PATH:
                self._path(shown, outer)
            elif kind == p.FPDF_PAGEOBJ_IMAGE:
                a, b, c, d, _, _ = self._matrix(shown, outer)
                self.image_area += abs(a * d - b * c)
            elif kind == p.FPDF_PAGEOBJ_FORM and depth < DEEPEST_FORM:
                self.walk(shown, self._matrix(shown, outer), depth + 1)

    def _matrix(self, shown: Any, outer: Matrix) -> Matrix:
        m = self.pdfium.FS_MATRIX()
        self.pdfium.FPDFPageObj_GetMatrix(shown, m)
        a, b, c, d, e, f = outer
        return (
            m.a * a + m.b * c, m.a * b + m.b * d, m.c * a + m.d * c, m.c * b + m.d * d,
            m.e * a + m.f * c + e, m.e * b + m.f * d + f,
        )

    def _path(self, shown: Any, outer: Matrix) -> None:
        p = self.pdfium
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        p.FPDFPath_GetDrawMode(shown, fill, stroke)
        if not (fill.value or stroke.value):
            return
        a, b, c, d, e, f = self._matrix(shown, outer)
        x, y = ctypes.c_float(), ctypes.c_float()
        part: list[tuple[float, float]] = []
        for i in range(min(p.FPDFPath_CountSegments(shown), MOST_RULES)):
            segment = p.FPDFPath_GetPathSegment(shown, i)
            p.FPDFPathSegment_GetPoint(segment, x, y)
            at = (x.value * a + y.value * c + e - self.box.left, self.box.top - (x.value * b + y.value * d + f))
            kind = p.FPDFPathSegment_GetType(segment)
            if kind == p.FPDF_SEGMENT_MOVETO:
                self._part(part, bool(stroke.value))
                part = []
            elif kind == p.FPDF_SEGMENT_BEZIERTO:
                part = [] if stroke.value else [*part, at]  # a curve rules nothing
                if stroke.value:
                    part = [at]
                    continue
            part.append(at)
            if p.FPDFPathSegment_GetClose(segment) and part:
                part.append(part[0])
        self._part(part, bool(stroke.value))

    def _part(self, part: list[tuple[float, float]], stroked: bool) -> None:
        if len(part) < 2:
            return
        if not stroked:
            xs, ys = [x for x, _ in part], [y for _, y in part]
            part = [(min(xs), min(ys)), (max(xs), max(ys))]
        for (x0, y0), (x1, y1) in zip(part, part[1:], strict=False):
            wide, high = abs(x1 - x0), abs(y1 - y0)
            if min(wide, high) <= THIN and max(wide, high) >= SHORTEST:
                rule = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
                self.rules.append([round(v, 2) for v in rule])


def _limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    except (ImportError, OSError, ValueError, AttributeError):  # Windows has no such limit, macOS does not keep it
        pass


def _watch(parent: int) -> None:
    """End with the process that started this one, also in the middle of a file that never ends."""
    while os.getppid() == parent:
        threading.Event().wait(1)
    os._exit(1)


def main() -> None:
    """Serve files until standard input ends."""
    _limit_memory()
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(16)) == 16:
        length, most_chars = struct.unpack("<QQ", head)
        for page in pages_of(source.read(length), most_chars):
            sink.write(json.dumps(page).encode("ascii") + b"\n")
        sink.flush()


if __name__ == "__main__":
    main()
