"""The reader of web pages: the document of a saved page as lines, with its tables, and what the site says about it.

Every paragraph, every row of a table is a line; what the page puts around the document (menus, buttons, lists of
links, the site's own statements) is no part of the text. Tables that only lay out the page are none. Line breaks are
judged by normalisation, as those of plain text: pages break paragraphs in the middle of a sentence, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from policymine.models import Cell, FieldReading, Issue, Layout, Options, Table
from policymine.reading.contract import Reader, Reading
from policymine.reading.main_text import find_main, is_linked
from policymine.reading.markup import Block, Line, Page, read_markup
from policymine.reading.page_tables import grid_of
from policymine.reading.plain import decode
from policymine.reading.site_metadata import read_statements
from policymine.text.characters import fold_characters
from policymine.text.residue import is_residue

HTML_TYPE = "text/html"
_STATED = re.compile(
    rb"""<(?:meta\b[^>]{0,200}?|\?xml\b[^>]{0,100}?)\b(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I
)
_NO_WORDS = re.compile(rb"<(script|style)\b.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*+>?", re.I | re.S)
_FRAGMENT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<!--.{0,2000}?-->\s*+)*+"
    rb"<(?:div|p|table|center|h[1-6]|span|font|section|article|meta|title|style|script|ul|br|a)\b[^>]{0,2000}>",
    re.I | re.S,
)
_CLOSED = re.compile(rb"</(?:div|p|table|td|span|section|article|a|h[1-6])\s*>|<(?:br|p)\b[^>]{0,300}>", re.I)
_MIME = re.compile(rb"(?:[\w-]{2,40}: ?[^\r\n]{0,2000}\r?\n(?:[ \t][^\r\n]{0,2000}\r?\n)*){1,40}", re.I)
_TOP = 3
"""Lines of running text in front of which the site's statements stand, where they are in the document's own block."""
_CLOSE_BY = 12
"""Lines above the document's block among which its title may stand."""


def _bid(edges: bytes, media_type: str | None) -> float:
    if media_type == HTML_TYPE:
        return 0.9
    if media_type is not None:
        return 0.0
    if _archived(edges):
        return 0.9
    return 0.5 if _FRAGMENT.match(edges) and len(_CLOSED.findall(edges[:20_000])) > 1 else 0.0


def _archived(data: bytes) -> bool:
    """Whether a file is a page saved with all its parts in one (MHTML)."""
    head = _MIME.match(data, 0, 8_192)
    return head is not None and b"multipart/related" in head[0].lower() and b"mime-version" in head[0].lower()


def _read(data: bytes, options: Options) -> Reading:
    said = None
    if _archived(data):
        data, said = _page_of(data)
    # A page in UTF-16 has a mark, or shows its zeros: neither is taken for markup here.
    words = _NO_WORDS.sub(b"", data) if b"\x00" not in data[:2_000] else data
    named = _STATED.search(data, 0, 8_192)
    decoded = decode(data, words, said or (named[1].decode("ascii") if named else None))
    if decoded.text is None:
        issue = Issue("read-binary", "the bytes are not text in any known encoding")
        return Reading("", "binary", issues=(issue,), media_type="application/octet-stream")
    page = read_markup(decoded.text)
    text, layout, fields, issues = read_page(page)
    # Places in the markup are none in the document text.
    doubts = tuple(replace(issue, start=None, end=None) for issue in decoded.issues)
    return Reading(text, "ok", decoded.encoding, (*doubts, *issues), layout, fields, HTML_TYPE)


def _page_of(data: bytes) -> tuple[bytes, str | None]:
    """The first page in an MHTML file, and its encoding as the file states it."""
    from email import message_from_bytes, policy

    for part in message_from_bytes(data, policy=policy.compat32).walk():
        if part.get_content_type() in (HTML_TYPE, "application/xhtml+xml"):
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                return body, part.get_content_charset()
    return b"", None


def read_page(page: Page) -> tuple[str, Layout, tuple[FieldReading, ...], tuple[Issue, ...]]:
    """The document of a page.

    Args:
        page: from ``markup.read_markup``.

    Returns:
        The document text, its tables and synthetic numbers, the site's readings of its metadata, and what is shown on
        the page but not in the text.

    >>> top = "<p>发文机关：<b>临澜市人民政府</b><p>成文日期：2021年3月4日<hr>"
    >>> text, _, fields, _ = read_page(read_markup(top + "<p>临澜市质量方案<p>到2025年，新建3条。"))
    >>> text, fields[0].value
    ('临澜市质量方案\\n到2025年，新建3条。', '临澜市人民政府')
    """
    lines = list(page.root.lines())
    statements = read_statements(lines, page.title, page.stated)
    main, held = find_main(page.root, lambda line: line in statements.lines)
    left_out = _around(main, held, statements.lines)
    writer = _Writer(left_out)
    titles = [f.value for f in statements.fields if f.field == "title"]
    for line in _above(lines, main, titles, statements.lines):
        writer.line(line)
    writer.block(main)
    return writer.text(), writer.layout(), statements.fields, (*writer.issues(), *_issues(page))


def _issues(page: Page) -> list[Issue]:
    if not page.flattened:
        return []
    return [Issue("read-flattened", "elements are nested deeper than any page needs; their words were kept")]


def _around(main: Block, held: frozenset[Line], stated: frozenset[Line]) -> frozenset[Line]:
    """The lines in the block of the document that are none of it: statements and links at its edges, any buttons."""
    lines = [line for line in main.lines() if line.text]
    beside = [line in stated or is_linked(line) or _is_residue(line) for line in lines]
    prose = [i for i, line in enumerate(lines) if line in held and not beside[i] and re.search("[。；]", line.text)]
    top = prose[_TOP - 1] if len(prose) >= _TOP else len(lines)
    out = {line for i, line in enumerate(lines) if line.pushed * 2 > len(line.text) or line in stated and i < top}
    if above := [i for i in range(top) if lines[i] in stated]:  # what stands above the statements belongs to the site
        first = above[0]
        if not any(i < first for i in prose):
            out.update(lines[:first])
    at = 0
    while at < len(lines) and (beside[at] or lines[at] in out):
        out.add(lines[at])
        at += 1
    last = len(lines)
    while last > 0 and (beside[last - 1] or lines[last - 1] in out or _heads_links(lines, last)):
        last -= 1
        out.add(lines[last])
    return frozenset(out)


def _heads_links(lines: Sequence[Line], last: int) -> bool:
    """Whether the line before ``last`` is the heading of a list of links (热点推荐) that ends the block."""
    words = lines[last - 1].text
    return last < len(lines) and is_linked(lines[last]) and len(words) <= 8 and not re.search(r"[。；）)\d]", words)


def _is_residue(line: Line) -> bool:
    return is_residue(fold_characters(line.text).strip(" \x00"))


def _above(lines: Sequence[Line], main: Block, titles: Sequence[str], stated: frozenset[Line]) -> list[Line]:
    """The title and what follows it, where they stand above the block of the document and not in it."""
    inner = set(main.lines())
    whole = [line for line in lines if line.text]
    first = next((i for i, line in enumerate(whole) if line in inner), 0)
    head = _bare("".join(line.text for line in whole[first : first + _CLOSE_BY]))
    named = {_bare(title) for title in titles if len(title) > 4}
    if any(title in head for title in named):
        return []
    for i in range(first - 1, max(-1, first - 1 - _CLOSE_BY), -1):
        title = _bare(whole[i].text)
        if whole[i] not in stated and (title in named or whole[i].heading and not is_linked(whole[i])):
            beside = [line in stated or is_linked(line) or _is_residue(line) for line in whole[i:first]]
            return [] if title in head else [line for line, out in zip(whole[i:first], beside, strict=True) if not out]
    return []


def _bare(words: str) -> str:
    return "".join(c for c in fold_characters(words) if c.isalnum())


class _Writer:
    """Writes lines one below the other and remembers where tables and synthetic numbers stand."""

    def __init__(self, left_out: frozenset[Line]) -> None:
        self.left_out = left_out
        self.parts: list[str] = []
        self.at = 0
        self.blank = False
        self.synthetic: list[tuple[int, int]] = []
        self.tables: list[Table] = []
        self.lost = Line("")

    def put(self, words: str) -> None:
        self.parts.append(words)
        self.at += len(words)

    def words(self, line: Line) -> None:
        """The words of a line, behind the number that a list gives it."""
        if line.number:
            self.synthetic.append((self.at, self.at + len(line.number)))
            self.put(line.number)
        self.put(line.text)
        self.lost.images += line.images
        self.lost.embedded += line.embedded
        self.lost.files += line.files

    def line(self, line: Line) -> None:
        if line in self.left_out or line.cell:
            return
        self.words(line)
        if line.text or self.at and not self.blank:
            self.put("\n")
        self.blank = not line.text

    def block(self, block: Block) -> None:
        """A block with all that is in it."""
        waiting: list[Block | Line] = [block]
        while waiting:
            item = waiting.pop()
            if isinstance(item, Line):
                self.line(item)
            elif item.tag == "table" and (grid := grid_of(item)):
                self.table(grid)
            else:
                waiting.extend(reversed(item.items))

    def table(self, grid: Sequence[Sequence[tuple[Block, int, int]]]) -> None:
        """A table: a row a line, a tab between its cells, a line break between the paragraphs of a cell."""
        cells: list[Cell] = []
        start, self.blank = self.at, False
        for row in grid:
            for number, (block, y, x) in enumerate(row):
                if number:
                    self.put("\t")
                first = self.at
                for i, line in enumerate([line for line in block.lines() if line.text or line.images or line.embedded]):
                    if i and self.at > first and line.text:
                        self.put("\n")
                    self.words(line)
                cells.append(Cell(first, self.at, y, x, block.rows, block.columns, block.tag == "th"))
            self.put("\n")
        self.tables.append(Table(start, self.at - 1, tuple(cells)))

    def text(self) -> str:
        return "".join(self.parts).rstrip()

    def layout(self) -> Layout:
        return Layout(tables=tuple(self.tables), synthetic=tuple(self.synthetic))

    def issues(self) -> list[Issue]:
        """What the page shows beside the text."""
        lost = self.lost
        said = (
            ("read-lost", lost.images, "image(s) were not read; words, formulas and seals in them are not in the text"),
            ("read-embedded", lost.embedded, "file(s) shown within the page were not read"),
            ("read-attachment", lost.files, "link(s) to files of the document: what stands in them is not part of it"),
        )
        return [Issue(code, f"{count} {message}") for code, count, message in said if count]


HTML = Reader("html", _bid, _read)
"""The reader of web pages, whole or in parts, and of pages saved as MHTML."""
