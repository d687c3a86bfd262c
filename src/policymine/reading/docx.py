"""Word files (.docx, .docm, .dotx; transitional and strict; also as WPS and LibreOffice write them).

The parts are read with the standard library, under the limits of ``packed``: nothing is fetched, no macro is looked at.
``word_body`` says what becomes text. Headers and footers stay out: they are other parts. So do the properties of the
file: too often its title is that of a template, and its date that of typing. There are no pages: a Word file has none
until it is printed. What is lost (images, embedded objects, symbols of unknown fonts) is counted in an
issue; where there is nothing but images, the document is ``scanned``.
"""

from __future__ import annotations

from bisect import bisect_right

from policymine.models import Issue, Layout, Options
from policymine.reading.contract import Reader, Reading
from policymine.reading.packed import Package, PackageError, open_package
from policymine.reading.word_body import WordText
from policymine.reading.word_markup import child, children
from policymine.reading.word_numbering import read_numbering
from policymine.text.characters import fold_characters
from policymine.text.markers import marker_at
from policymine.text.normalize import normalize

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_BROKEN = 0.1
"""Share of line breaks beyond which the file's paragraphs are not believed: its lines were pasted one by one."""
_PARTS = ("styles", "numbering", "footnotes", "endnotes")
_ENDS = "。！？；：.!?;:"


def read_docx(data: bytes, options: Options) -> Reading:
    """Read a Word file.

    Args:
        data: all its bytes.
        options: ``max_bytes`` and ``max_ratio`` limit what is unpacked, ``max_chars`` what is put together.

    Returns:
        The text with automatic numbers (synthetic), tables and paragraphs; a status other than ``ok`` for what is
        damaged, encrypted, too large or holds images only. Never raises for any bytes.
    """
    try:
        return _read(open_package(data, options), options)
    except PackageError as error:
        return Reading("", error.status, issues=(error.issue,))


def _read(package: Package, options: Options) -> Reading:
    main = _target(package, "_rels/.rels", "", "officeDocument") or package.find("word/document.xml")
    if main is None:
        raise PackageError("damaged", "the package holds no document")
    root = package.xml(main)
    body = child(root, "w:body")
    if body is None:
        raise PackageError("damaged", f"{main} is no document of a word processor")
    issues: list[Issue] = []
    parts = {}
    folder, _, name = main.rpartition("/")
    for part in _PARTS:
        found = _target(package, f"{folder}/_rels/{name}.rels", folder, part) or package.find(f"{folder}/{part}.xml")
        try:
            parts[part] = None if found is None else package.xml(found)
        except PackageError as error:
            if error.status != "damaged":
                raise
            parts[part] = None
            issues.append(Issue("read-part", f"the {part} could not be read and are not in the text: {error}"))
    text = WordText(read_numbering(parts["numbering"], parts["styles"]), options.max_chars)
    text.add_blocks(body)
    text.add_notes(parts["footnotes"], parts["endnotes"])
    whole = "".join(text.parts)
    if text.lost:
        lost = ", ".join(f"{count} {what}" for what, count in sorted(text.lost.items()))
        issues.append(Issue("read-lost", f"not in the text, or only in part: {lost}"))
    if not whole.strip() and text.lost.get("images"):
        return Reading("", "scanned", issues=(Issue("read-scanned", "the file holds images and no text"),))
    layout = Layout(
        tables=tuple(text.tables), furniture=tuple(text.furniture), synthetic=tuple(text.synthetic),
        paragraphs=_believed(whole, text),
    )
    return Reading(whole, issues=tuple(issues), layout=layout)


def _target(package: Package, relations: str, folder: str, kind: str) -> str | None:
    """The part to which a relation of a kind leads from a part of a folder; None where there is none."""
    if package.find(relations) is None:
        return None
    for relation in children(package.xml(relations), "rel:Relationship"):
        if relation.get("Type", "").rpartition("/")[2] == kind and relation.get("TargetMode") != "External":
            target = relation.get("Target", "")
            return package.find(target if target.startswith("/") else f"{folder}/{target}")
    return None


def _believed(whole: str, text: WordText) -> tuple[int, ...]:
    """Where paragraphs begin, by the file; empty where its paragraphs are no paragraphs but lines of a page.

    A line break inside a paragraph begins another one behind the end of a sentence and before a marker; where there
    are many, or where many paragraphs end in the middle of a sentence, all breaks are left to normalisation.
    """
    if not text.paragraphs:
        return ()
    starts, inner, at = set(text.paragraphs), 0, 0
    for line in whole.split("\n"):
        if at not in starts and line.strip() and not _in_table(at, text):
            inner += 1
            before = whole[max(0, at - 80) : at].rstrip()
            first = at + len(line) - len(line.lstrip())
            if before[-1:] in _ENDS or marker_at(fold_characters(whole[first : first + 40]), 0) is not None:
                starts.add(at)
        at += len(line) + 1
    judged = normalize(whole, Layout(tables=tuple(text.tables), furniture=tuple(text.furniture)))
    joined = 0
    for start in text.paragraphs:
        place = judged.norm_start(start)
        joined += 0 < place < len(judged.text) and judged.text[place - 1] != "\n"
    most = MOST_BROKEN * len(text.paragraphs)
    return () if inner > most or joined > most else tuple(sorted(starts))


def _in_table(at: int, text: WordText) -> bool:
    before = bisect_right(text.tables, at, key=lambda table: table.start)
    return before > 0 and at < text.tables[before - 1].end


def _bid(edges: bytes, media_type: str | None) -> float:
    return 0.9 if media_type == MEDIA_TYPE else 0.0


DOCX = Reader("docx", _bid, read_docx)
"""The reader of Word files since 2007."""
