"""The objects of an OFD page (text, paths, images, composite graphics) as characters and rules at their places.

Each object has a boundary (where it lies on the page) and may have a matrix (CTM) that maps its own coordinates into
it. ``DeltaX`` and ``DeltaY`` say how far each character is from the one before, ``g n v`` for n times v; where they
end, characters go on by their own width. Lengths in the file are millimetres.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from policymine.reading.pages.document import MOST_ON_PAGE
from policymine.reading.pages.page import Glyph, Rule

MM = 72 / 25.4
MOST_RULES = 20_000
DEEPEST = 12
"""Blocks in blocks, and graphics in graphics, that are followed."""
THIN, SHORTEST = 2.5, 3.0
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_STEP = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element, name: str) -> list[Element]:
    """The children of an element that have a name, in whatever namespace."""
    return [each for each in element if local(each) == name]


def child(element: Element | None, name: str) -> Element | None:
    """The first such child, or None."""
    return next(iter(children(element, name)), None) if element is not None else None


def numbers(text: str | None) -> list[float]:
    """The numbers of a value; none of them is infinite.

    >>> numbers("0 0 210 297.5")
    [0.0, 0.0, 210.0, 297.5]
    """
    found = (float(number) for number in _NUMBER.findall(text or ""))
    return [value for value in found if abs(value) < 1e7]


def deltas(text: str | None, most: int) -> list[float]:
    """The distances between characters, ``g n v`` written out, at most ``most``.

    >>> deltas("3.2 g 3 5 1", 9), deltas("g 1000000000 2", 3)
    ([3.2, 5.0, 5.0, 5.0, 1.0], [])
    """
    words = (text or "").replace(",", " ").split()
    out: list[float] = []
    i = 0
    while i < len(words) and len(out) < most:
        if words[i] in ("g", "G"):
            count = numbers(words[i + 1])[:1] if i + 1 < len(words) else []
            value = numbers(words[i + 2])[:1] if i + 2 < len(words) else []
            if count and value:
                out += value * max(0, min(int(count[0]), most - len(out)))
            i += 3
        else:
            out += numbers(words[i])[:1]
            i += 1
    return out


def joined(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that maps first by ``inner``, then by ``outer``."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


class Objects:
    """What the objects of a page come to; ``units`` are the composite graphics by their ids."""

    def __init__(self, units: Mapping[str, Element]) -> None:
        self.units = units
        self.glyphs: list[Glyph] = []
        self.rules: list[Rule] = []
        self.image_area = 0.0
        self.hidden = 0
        self._left = 4 * MOST_ON_PAGE

    def take(self, page: Element) -> None:
        """Add the objects of a page or template."""
        for content in children(page, "Content"):
            for layer in children(content, "Layer"):
                self._block(layer, _IDENTITY, 0)

    def _block(self, block: Element, outer: Matrix, depth: int) -> None:
        for each in block:
            self._left -= 1
            if self._left < 0 or len(self.glyphs) > MOST_ON_PAGE or each.get("Visible") in ("false", "0"):
                continue
            kind = local(each)
            if kind == "TextObject":
                self._text(each, self._matrix(each, outer))
            elif kind == "PathObject" and len(self.rules) < MOST_RULES:
                self._path(each, self._matrix(each, outer))
            elif kind == "ImageObject":
                box = numbers(each.get("Boundary"))
                self.image_area += box[2] * box[3] * MM * MM if len(box) == 4 else 0.0
            elif kind == "PageBlock" and depth < DEEPEST:
                self._block(each, outer, depth + 1)
            elif kind == "CompositeObject" and depth < DEEPEST:
                unit = self.units.get(each.get("ResourceID", ""))
                for content in children(unit, "Content") if unit is not None else ():
                    self._block(content, self._matrix(each, outer), depth + 1)

    @staticmethod
    def _matrix(each: Element, outer: Matrix) -> Matrix:
        box = numbers(each.get("Boundary"))
        at: Matrix = (1.0, 0.0, 0.0, 1.0, box[0], box[1]) if len(box) >= 2 else _IDENTITY
        own = numbers(each.get("CTM"))
        inner: Matrix = (own[0], own[1], own[2], own[3], own[4], own[5]) if len(own) == 6 else _IDENTITY
        return joined(joined(inner, at), outer)

    def _text(self, each: Element, matrix: Matrix) -> None:
        a, b, c, d, _, _ = matrix
        size = (numbers(each.get("Size")) or [0.0])[0] * math.hypot(c, d)
        stretch = (numbers(each.get("HScale")) or [1.0])[0] * math.hypot(a, b)
        turn = -math.degrees(math.atan2(b, a)) - (numbers(each.get("ReadDirection")) or [0.0])[0]
        near = round(turn / 90) * 90
        angle = near % 360 if abs(turn - near) < 3 else -1
        unseen = each.get("Alpha") == "0"
        for code in children(each, "TextCode"):
            text = code.text or ""
            x, y = (numbers(code.get("X")) or [0.0])[0], (numbers(code.get("Y")) or [0.0])[0]
            along, down = deltas(code.get("DeltaX"), len(text)), deltas(code.get("DeltaY"), len(text))
            own = (numbers(each.get("Size")) or [0.0])[0]
            for i, character in enumerate(text):
                width = own * _share(character)
                if not character.isspace():
                    px, py = _mapped(matrix, x, y)
                    # as far as the next character, where that is no gap: letters are wider and narrower than half an em
                    wide = along[i] if i < len(along) and 0.2 * width < along[i] < 0.5 * own + width else width
                    reach = wide * stretch * MM
                    self.glyphs.append(Glyph(character, px * MM, py * MM, reach, size * MM, angle))
                    self.hidden += unseen
                if i < len(along):
                    x += along[i]
                elif not down:
                    x += width
                y += down[i] if i < len(down) else 0.0
            if len(self.glyphs) > MOST_ON_PAGE:
                return

    def _path(self, each: Element, matrix: Matrix) -> None:
        stroked, filled = each.get("Stroke", "true") != "false", each.get("Fill", "false") == "true"
        data = child(each, "AbbreviatedData")
        if data is None or not (stroked or filled):
            return
        part: list[tuple[float, float]] = []
        step, values = "", list[float]()
        need = {"M": 2, "L": 2, "S": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
        for found in _STEP.finditer(data.text or ""):
            word = found.group()
            if word.isalpha():
                step, values = word.upper(), []
            elif abs(value := float(word)) < 1e7:
                values.append(value)
            if step == "C":
                part += part[:1]
                step = ""
            elif step in need and len(values) == need[step]:
                at = _mapped(matrix, values[-2], values[-1])
                if step in "MS" or step in "QBA":  # a curve rules nothing
                    self._part(part, stroked)
                    part = []
                part.append((at[0] * MM, at[1] * MM))
                values = []
        self._part(part, stroked)

    def _part(self, part: Sequence[tuple[float, float]], stroked: bool) -> None:
        if len(part) < 2:
            return
        if not stroked:
            xs, ys = [x for x, _ in part], [y for _, y in part]
            part = [(min(xs), min(ys)), (max(xs), max(ys))]
        for (x0, y0), (x1, y1) in zip(part, part[1:], strict=False):
            wide, high = abs(x1 - x0), abs(y1 - y0)
            if min(wide, high) <= THIN and max(wide, high) >= SHORTEST and len(self.rules) < MOST_RULES:
                self.rules.append(Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))


def _mapped(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _share(character: str) -> float:
    """The width of a character in em, where the file does not say."""
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5
