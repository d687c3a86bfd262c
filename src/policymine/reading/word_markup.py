"""WordprocessingML by short names: ``w:p`` for a paragraph, whether the file is of the transitional or strict kind.

A name is the usual prefix of its namespace and the local name; a namespace that is not known has the prefix ``?``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
    "http://schemas.openxmlformats.org/drawingml/2006/chart": "c",
    "http://purl.oclc.org/ooxml/drawingml/chart": "c",
    "http://schemas.openxmlformats.org/drawingml/2006/diagram": "dgm",
    "http://purl.oclc.org/ooxml/drawingml/diagram": "dgm",
    "urn:schemas-microsoft-com:vml": "v",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
}
_ATTRIBUTES = (*(f"{{{space}}}" for space, prefix in _PREFIXES.items() if prefix == "w"), "")


@lru_cache(maxsize=4096)
def _short(tag: str) -> str:
    space, _, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    return f"{_PREFIXES.get(space, '?')}:{local}"


def kind(element: Element) -> str:
    """The short name of an element.

    >>> kind(Element("{http://purl.oclc.org/ooxml/wordprocessingml/main}tbl"))
    'w:tbl'
    """
    tag = element.tag
    return _short(tag) if isinstance(tag, str) else "?:"


def child(parent: Element | None, name: str) -> Element | None:
    """The first child of that short name; None where there is none (or no parent)."""
    return next(children(parent, name), None)


def children(parent: Element | None, name: str) -> Iterator[Element]:
    """The children of that short name."""
    if parent is not None:
        for element in parent:
            if kind(element) == name:
                yield element


def attribute(element: Element | None, name: str) -> str:
    """An attribute of WordprocessingML, of either kind or without namespace; empty where there is none."""
    if element is not None:
        for space in _ATTRIBUTES:
            if (value := element.get(space + name)) is not None:
                return value
    return ""


def number_of(element: Element | None, name: str) -> int | None:
    """An attribute as a whole number of at most nine digits, not negative; None where it is none."""
    value = attribute(element, name).strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else None


def is_on(element: Element | None) -> bool:
    """Whether a property is there and not switched off (``w:val="0"``)."""
    return element is not None and attribute(element, "val").lower() not in ("0", "false", "off")
