"""OFD (GB/T 33190-2016), the national format of fixed pages: a zip of XML that says where each character stands.

OFD.xml names documents, a document its pages and page templates; a page holds text, paths and images in layers and
blocks. Names of elements count without their namespace, and locations as vendors write them (from the root, from the
file or from the document). Text is taken from ``TextCode``; paths that are straight lines are the rules of tables.
Leaves out: annotations (also watermarks and the pictures of seals), attachments, what is marked invisible. Whether a
signature or seal is genuine is not checked; that there is one is an issue.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from policymine.models import Issue, Options
from policymine.reading.contract import Reader, Reading
from policymine.reading.ofd_objects import MM, Objects, child, children, numbers
from policymine.reading.packed import Package, PackageError, open_package
from policymine.reading.pages.document import MOST_ON_PAGE, read_pages
from policymine.reading.pages.page import Page

MOST_PAGES = 20_000
_A4 = (210.0 * MM, 297.0 * MM)


class _TooLongError(Exception):
    """More characters or pages than the limit."""


@dataclass(slots=True)
class _Document:
    """One document of the package: where it lies, its size of pages, its templates and graphics by their ids."""

    package: Package
    name: str
    size: tuple[float, float]
    templates: dict[str, str] = field(default_factory=dict)
    units: dict[str, Element] = field(default_factory=dict)
    parsed: dict[str, Element] = field(default_factory=dict)

    def place(self, location: str, near: str) -> str | None:
        """The member that a location means: from the file it stands in, the document's folder, or the root."""
        location = location.strip()
        folders = ("",) if location.startswith("/") else (posixpath.dirname(near), posixpath.dirname(self.name), "")
        for folder in folders:
            if location and (found := self.package.find(posixpath.join(folder, location.lstrip("/")))):
                return found
        return None


def _documents(package: Package) -> tuple[list[_Document], int]:
    """The documents that OFD.xml names, and how many signatures and seals it tells of."""
    root = package.xml("OFD.xml")
    found, signed = [], 0
    for body in children(root, "DocBody"):
        named = child(body, "DocRoot")
        location = (named.text or "") if named is not None else ""
        document = _Document(package, "OFD.xml", _A4)
        if (name := document.place(location, "OFD.xml")) is None:
            raise PackageError("damaged", f"OFD.xml names a document {location.strip()!r} that the package lacks")
        document.name = name
        found.append(document)
        signatures = child(body, "Signatures")
        listed = document.place(signatures.text or "", "OFD.xml") if signatures is not None else None
        if listed:
            try:
                signed += len(children(package.xml(listed), "Signature"))
            except PackageError:
                signed += 1
    return found, signed


def _pages(document: _Document, most_chars: int) -> Iterator[Page]:
    root = document.package.xml(document.name)
    common = child(root, "CommonData")
    if common is not None:
        document.size = _size(child(common, "PageArea"), document.size)
        for template in children(common, "TemplatePage"):
            if at := document.place(template.get("BaseLoc", ""), document.name):
                document.templates[template.get("ID", "")] = at
        for kind in ("PublicRes", "DocumentRes"):
            for resource in children(common, kind):
                _learn_units(document, resource.text or "")
    listed = child(root, "Pages")
    for number, entry in enumerate(children(listed, "Page") if listed is not None else ()):
        if number >= MOST_PAGES:
            raise _TooLongError
        page = _page(document, entry.get("BaseLoc", ""))
        most_chars -= len(page.glyphs)
        if most_chars < 0:
            raise _TooLongError
        yield page


def _size(area: Element | None, otherwise: tuple[float, float]) -> tuple[float, float]:
    box = child(area, "PhysicalBox") if area is not None else None
    values = numbers(box.text) if box is not None else []
    return (values[2] * MM, values[3] * MM) if len(values) == 4 and min(values[2:]) > 0 else otherwise


def _learn_units(document: _Document, location: str) -> None:
    """The composite graphics of a file of resources: drawings that pages use by their id."""
    if at := document.place(location, document.name):
        try:
            root = document.package.xml(at)
        except PackageError as error:
            if error.status == "too-large":
                raise
            return
        for group in children(root, "CompositeGraphicUnits"):
            document.units.update({unit.get("ID", ""): unit for unit in children(group, "CompositeGraphicUnit")})


def _page(document: _Document, location: str) -> Page:
    at = document.place(location, document.name)
    if at is None:
        return Page(*document.size, lost="damaged")
    try:
        root = document.package.xml(at)
        size = _size(child(root, "Area"), document.size)
        objects = Objects(document.units)
        for used in children(root, "Template"):
            name = document.templates.get(used.get("TemplateID", ""))
            if name is not None:
                if name not in document.parsed:
                    document.parsed[name] = document.package.xml(name)
                objects.take(document.parsed[name])
        objects.take(root)
    except PackageError as error:
        if error.status != "damaged":
            raise
        return Page(*document.size, lost="damaged")
    if len(objects.glyphs) > MOST_ON_PAGE:
        return Page(*size, lost="crowded")
    images = min(1.0, objects.image_area / max(1.0, size[0] * size[1]))
    return Page(*size, tuple(objects.glyphs), tuple(objects.rules), images, objects.hidden)


def _read(data: bytes, options: Options) -> Reading:
    try:
        package = open_package(data, options)
        issues = []
        documents, signed = _documents(package)
        if not documents:
            raise PackageError("damaged", "OFD.xml names no document")
        if signed:
            issues.append(Issue("read-signed", f"{signed} signature(s) or seal(s) were not checked"))
        if len(documents) > 1:
            issues.append(Issue("read-several", f"the file holds {len(documents)} documents; they were read as one"))
        return read_pages((page for document in documents for page in _pages(document, options.max_chars)), issues)
    except PackageError as error:
        if error.status == "damaged" and any("encrypt" in name.casefold() for name in package_names(data, options)):
            message = "the parts of the file are encrypted"
            return Reading("", "encrypted", issues=(Issue("read-encrypted", message),))
        return Reading("", error.status, issues=(error.issue,))
    except _TooLongError:
        message = "the file has more pages or characters than the limit"
        return Reading("", "too-long", issues=(Issue("read-too-long", message),))
    except RecursionError:
        message = "the parts of the file are nested too deep"
        return Reading("", "damaged", issues=(Issue("read-damaged", message),))


def package_names(data: bytes, options: Options) -> tuple[str, ...]:
    """The names of the members of a package; none where it cannot be opened."""
    try:
        return open_package(data, options).names
    except PackageError:
        return ()


def _bid(edges: bytes, media_type: str | None) -> float:
    return 1.0 if media_type == "application/ofd" else 0.0


OFD = Reader("ofd", _bid, _read)
"""The reader of OFD."""
