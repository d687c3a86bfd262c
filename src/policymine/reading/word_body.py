"""The body of a Word document as lines of text: paragraphs, numbers, tables, text boxes, notes, in reading order.

Decides what a reader of the printed page would see, with all changes accepted: what was inserted or moved here is
text, what was deleted or moved away is not, and a paragraph whose mark was deleted goes on in the next. Of fields the
result is text, of a formula its signs in one line; hidden text, placeholders, comments and the phonetics over
characters are not text. A text box stands behind the paragraph that holds it (before it where that paragraph opens the
document: a letterhead). A table of one cell is a frame, its content body text; a table in a cell is flattened into it,
a paragraph a line. A table of contents made by Word is furniture. Notes stand at the end, each behind its number in
brackets; the mark in the sentence is left out, where it would make 5% into 5%1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from policymine.models import Cell, Table
from policymine.reading.number_formats import format_number
from policymine.reading.symbol_fonts import symbol
from policymine.reading.word_markup import attribute, child, children, is_on, kind, number_of
from policymine.reading.word_numbering import Numbering

DEEPEST = 60
"""Levels of markup inside each other that are followed; what is deeper is named as lost."""
_GONE = frozenset({
    "w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:tblPr", "w:tblGrid", "w:trPr", "w:tcPr", "w:sdtPr", "w:sdtEndPr",
    "w:instrText", "w:delText", "w:delInstrText", "w:sectPr", "w:rt", "w:rubyPr", "w:footnoteRef", "w:endnoteRef",
    "w:annotationRef", "w:smartTagPr", "w:customXmlPr", "w:softHyphen", "w:fldData", "w:ffData",
})
_SIGNS = {"w:tab": "\t", "w:ptab": "\t", "w:cr": "\n", "w:noBreakHyphen": "-"}
_FLAT = str.maketrans("\r\n\t", "   ")


@dataclass(slots=True)
class _Paragraph:
    """A paragraph that is being put together: its number, the pieces of its text, the text boxes that it holds."""

    label: str = ""
    pieces: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    contents: int = 0
    """Characters that stand in a table of contents made by Word."""


@dataclass(slots=True)
class WordText:
    """The text of a document and what is known of it; filled by ``add_blocks`` and ``add_notes``.

    Attributes:
        numbering: of the document; it counts on with every paragraph.
        most: characters after which nothing more is added.
        parts: the text in pieces; all offsets are of these joined.
        lost: how many things of each kind are not in the text (images, objects, symbols …).
    """

    numbering: Numbering
    most: int
    parts: list[str] = field(default_factory=list)
    paragraphs: list[int] = field(default_factory=list)
    synthetic: list[tuple[int, int]] = field(default_factory=list)
    furniture: list[tuple[int, int]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    lost: dict[str, int] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    _at: int = 0
    _depth: int = 0
    _cell: int | None = None
    _begun: bool = False
    _open: _Paragraph | None = None
    _fields: list[str] = field(default_factory=list)
    _gallery: int = 0
    _note: str = ""

    def add_blocks(self, parent: Element) -> None:
        """Add the paragraphs and tables that an element holds."""
        if not self._enter():
            return
        for element in parent:
            if self._at > self.most:
                break
            name = kind(element)
            if name == "w:p":
                self._add_paragraph(element)
            elif name == "w:tbl":
                self._add_table(element)
            elif name == "w:altChunk":
                self._lose("embedded documents")
            elif name == "w:sdt":
                self._add_control(element)
            elif name == "mc:AlternateContent":
                if (chosen := _chosen(element)) is not None:
                    self.add_blocks(chosen)
            elif name not in _GONE:
                self.add_blocks(element)
        self._depth -= 1

    def add_notes(self, footnotes: Element | None, endnotes: Element | None) -> None:
        """Add the notes that the text refers to, in the order of the references."""
        self.finish()
        if "contents" in self._fields:  # one that was never closed: where it ends is not known
            self.furniture.clear()
        self._fields.clear()
        parts = {"footnote": footnotes, "endnote": endnotes}
        known = {(name, attribute(n, "id")): n for name, part in parts.items() for n in children(part, f"w:{name}")}
        given = {"footnote": 0, "endnote": 0}
        for name, ident in dict.fromkeys(self.notes):
            if (name, ident) in known:
                given[name] += 1
                style = "decimal" if name == "footnote" else "lowerRoman"
                self._note = f"[{format_number(given[name], style)}] "
                self.add_blocks(known[name, ident])
                self.finish()

    def finish(self) -> None:
        """End the last paragraph, also one that was to go on in a next that does not come."""
        if self._open is not None:
            self._close()

    def _enter(self) -> bool:
        if self._depth >= DEEPEST:
            self._lose("passages nested too deeply")
            return False
        if self._at > self.most:
            return False
        self._depth += 1
        return True

    def _lose(self, what: str) -> None:
        self.lost[what] = self.lost.get(what, 0) + 1

    def _put(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self._at += len(text)
            self._begun = self._begun or not text.isspace()

    def _add_control(self, control: Element) -> None:
        """A content control: its content without a placeholder; one that holds a table of contents is furniture."""
        properties = child(control, "w:sdtPr")
        if is_on(child(properties, "w:showingPlcHdr")):
            return
        gallery = child(child(properties, "w:docPartObj"), "w:docPartGallery")
        contents = attribute(gallery, "val").casefold() == "table of contents"
        self._gallery += contents
        for content in children(control, "w:sdtContent"):
            self.add_blocks(content)
        if contents:
            self.finish()
        self._gallery -= contents

    def _add_paragraph(self, paragraph: Element) -> None:
        properties = child(paragraph, "w:pPr")
        mark = child(properties, "w:rPr")
        if self._open is None:
            self._open = _Paragraph()
        self._add_inline(paragraph, self._open)
        self._fields = [state for state in self._fields if not state.endswith("begun")]  # one that was never closed
        if child(mark, "w:del") is not None or child(mark, "w:moveFrom") is not None:
            return
        if is_on(child(mark, "w:vanish")) and not any(self._open.pieces) and not self._open.boxes:
            self._open = None
            return
        self._open.label = self.numbering.next_label(properties)
        self._close()

    def _close(self) -> None:
        """Write the open paragraph and the text boxes that it holds."""
        paragraph, self._open = self._open, None
        if paragraph is None:
            return
        boxes = paragraph.boxes
        if opens := not self._begun:
            self._add_boxes(boxes)
        text = "".join(paragraph.pieces)
        label = self._note + paragraph.label
        if self._note:
            text, self._note = text.lstrip(), ""
        if self._cell is not None:
            text = text.replace("\t", " ")
            if (label or text.strip()) and self._at > self._cell:
                self._put("\n")
        start = self._at
        if label or text.strip():
            self.paragraphs.append(start)
        self._put(label)
        if label:
            self.synthetic.append((start, self._at))
        self._put(text if text.strip() or self._cell is None else "")
        if self._at > start and (self._gallery or text.strip() and paragraph.contents >= len(text.strip())):
            self.furniture.append((start, self._at))
        if self._cell is None:
            self._put("\n")
        if not opens:
            self._add_boxes(boxes)

    def _add_boxes(self, boxes: list[Element]) -> None:
        for box in boxes:
            self.add_blocks(box)
            self.finish()

    def _add_inline(self, parent: Element, into: _Paragraph) -> None:
        """Add the text of runs and of all that may hold runs."""
        if not self._enter():
            return
        for element in parent:
            name = kind(element)
            if name == "w:t":
                if not any(state.endswith("begun") for state in self._fields):
                    words = (element.text or "").translate(_FLAT)
                    kept = element.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
                    self._write(words if kept else words.strip(" "), into)
            elif name == "w:instrText":
                if self._fields and self._fields[-1] == "begun" and (element.text or "").split()[:1] == ["TOC"]:
                    self._fields[-1] = "contents begun"
            elif name in _GONE:
                continue
            elif name == "w:r":
                if not is_on(child(child(element, "w:rPr"), "w:vanish")):
                    self._add_inline(element, into)
                elif any(e.text for e in children(element, "w:t")):
                    self._lose("passages of hidden text")
            elif name in _SIGNS:
                self._write(_SIGNS[name], into)
            elif name == "w:br":
                if attribute(element, "type") in ("", "textWrapping"):
                    self._write("\n", into)
            elif name == "w:fldChar":
                self._turn_field(attribute(element, "fldCharType"))
            elif name == "w:sym":
                self._add_symbol(element, into)
            elif name in ("w:footnoteReference", "w:endnoteReference"):
                self.notes.append((name[2:-9], attribute(element, "id")))
            elif name == "w:sdt":
                if not is_on(child(child(element, "w:sdtPr"), "w:showingPlcHdr")):
                    self._add_inline(element, into)
            elif name in ("w:drawing", "w:pict", "w:object"):
                into.boxes.extend(self._boxes(element))
            elif name == "m:oMath":
                self._lose("formulas")
                self._write(self._formula(element), into)
            elif name == "mc:AlternateContent":
                if (chosen := _chosen(element)) is not None:
                    self._add_inline(chosen, into)
            else:
                self._add_inline(element, into)
        self._depth -= 1

    def _write(self, words: str, into: _Paragraph) -> None:
        into.pieces.append(words)
        if "contents" in self._fields:
            into.contents += len(words)

    def _turn_field(self, turn: str) -> None:
        """A field begins, goes over from its instruction to its result, or ends."""
        if turn == "begin":
            self._fields.append("begun")
        elif turn == "end" and self._fields:
            self._fields.pop()
        elif turn == "separate" and self._fields:
            self._fields[-1] = "contents" if self._fields[-1] == "contents begun" else "result"

    def _add_symbol(self, element: Element, into: _Paragraph) -> None:
        try:
            sign = symbol(int(attribute(element, "char")[:6], 16), attribute(element, "font"))
        except ValueError:
            sign = None
        if sign is None:
            self._lose("symbols")
        self._write(sign or "\ufffd", into)

    def _boxes(self, drawing: Element) -> Iterator[Element]:
        """The text boxes of a drawing, each once, in order; counts what else it holds."""
        waiting = [drawing]
        while waiting:
            element = waiting.pop()
            name = kind(element)
            if name == "w:txbxContent":
                yield element
                continue
            if name in ("a:blip", "v:imagedata") and kind(drawing) != "w:object":
                self._lose("images")
            elif name in ("c:chart", "dgm:relIds"):
                self._lose("charts and diagrams")
            elif name == "w:object":
                self._lose("embedded objects")
            chosen = _chosen(element) if name == "mc:AlternateContent" else element
            if chosen is not None:
                waiting.extend(reversed(chosen))

    def _formula(self, element: Element) -> str:
        """The signs of a formula in one line: a fraction with /, an exponent with ^, an index with _."""
        if not self._enter():
            return ""
        parts = []
        for part in element:
            name = kind(part)
            if name == "m:t":
                parts.append(part.text or "")
            elif not name.endswith("Pr"):
                sign = {"m:den": "/", "m:sup": "^", "m:sub": "_"}.get(name, "")
                inner = self._formula(part)
                long = len(inner) > 1 and name in ("m:den", "m:num", "m:sup", "m:sub")
                parts.append((sign + (f"({inner})" if long else inner)) if inner else "")
        self._depth -= 1
        return "".join(parts)

    def _add_table(self, table: Element) -> None:
        self.finish()
        rows = [(row, list(_cells(row))) for row in _inside(table, "w:tr") if not _is_deleted(row, "w:trPr", "w:del")]
        if sum(len(cells) for _, cells in rows) == 1 or self._cell is not None:
            for _, cells in rows:
                for cell in cells:
                    self.add_blocks(cell)
                    self.finish()
            return
        if not self._enter():
            return
        found: list[Cell] = []
        begun: dict[int, int] = {}
        start = self._at
        for number, (row, cells) in enumerate(rows):
            properties = child(row, "w:trPr")
            column = number_of(child(properties, "w:gridBefore"), "val") or 0
            header = is_on(child(properties, "w:tblHeader"))
            first = True
            for cell in cells:
                shape = child(cell, "w:tcPr")
                span = max(1, number_of(child(shape, "w:gridSpan"), "val") or 1)
                merge = child(shape, "w:vMerge")
                above = begun.get(column)
                if merge is not None and attribute(merge, "val") != "restart" and above is not None:
                    found[above] = replace(found[above], rows=number - found[above].row + 1)
                    column += span
                    continue
                if not first:
                    self._put("\t")
                first = False
                begun.pop(column, None)
                if merge is not None:
                    begun[column] = len(found)
                at = self._cell = self._at
                self.add_blocks(cell)
                self.finish()
                self._cell = None
                found.append(Cell(at, self._at, number, column, 1, span, header))
                column += span
            self._put("\n")
        if found:
            self.tables.append(Table(start, max(cell.end for cell in found), tuple(found)))
        self._depth -= 1


def _chosen(alternatives: Element) -> Element | None:
    """The one branch of ``mc:AlternateContent`` that is read: what newer programs show, else the fallback."""
    choice = child(alternatives, "mc:Choice")
    return choice if choice is not None and len(choice) else child(alternatives, "mc:Fallback")


def _inside(parent: Element, name: str) -> Iterator[Element]:
    """The rows of a table or cells of a row, also those inside of content controls."""
    waiting = list(reversed(parent))
    while waiting:
        element = waiting.pop()
        if kind(element) == name:
            yield element
        elif kind(element) in ("w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo"):
            waiting.extend(reversed(element))


def _cells(row: Element) -> Iterator[Element]:
    return (cell for cell in _inside(row, "w:tc") if not _is_deleted(cell, "w:tcPr", "w:cellDel"))


def _is_deleted(element: Element, properties: str, mark: str) -> bool:
    return child(child(element, properties), mark) is not None
