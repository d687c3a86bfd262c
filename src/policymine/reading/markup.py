"""A saved page as blocks and lines: what stands on a line of its own when it is shown, and in which block.

lxml parses the page. What goes into it is bounded first, so that no markup costs more than its length: comments,
scripts, styles and form controls are left out, tags keep only the attributes that are read, and tags that are nested
deeper than any page needs are left out while their words stay. Nothing is fetched, nothing is run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from policymine.text.characters import fold_characters
from policymine.text.markers import marker_at

DEEPEST = 100
"""Elements inside one another beyond which tags are left out; pages laid out in tables need some forty."""
_LONGEST_VALUE = 2_000
_MOST_SPAN = 1_000
_KEPT = frozenset(("href", "colspan", "rowspan", "name", "property", "content", "start", "value", "type"))
_PIECE = re.compile(
    r"<!--(?s:.*?)(?:--!?>|\Z)|<!\[CDATA\[(?P<words>(?s:.*?))(?:\]\]>|\Z)|<[!?][^>]*+>?"
    r"|<(?P<whole>script|style|noscript|template|textarea|xmp|iframe|object|noembed|noframes|svg|select|button)\b(?s:.*?)(?:</(?P=whole)\b[^>]*+>?|\Z)"
    r"|<(?P<shut>/?)(?P<name>[a-z][^\s/><]{0,40}+)",
    re.I,
)
_ATTRIBUTE = re.compile(r"[\s/]*+([^\s=>/]++)?\s*+(=\s*+)?")
_UNQUOTED = re.compile(r"[^\s>]*+")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# Their end tags may be absent, and they stand in one another only with a counted element between.
_UNCOUNTED = _VOID | frozenset("p li td th tr tbody thead tfoot dt dd html head body".split())
_FLAT = frozenset(("p", "br"))
_BLOCKS = frozenset(
    "html body div p table tbody thead tfoot tr td th caption ul ol li dl dt dd h1 h2 h3 h4 h5 h6 section article main"
    " header center blockquote pre address figure figcaption fieldset legend details summary hgroup hr form".split()
)
_LEFT_OUT = frozenset("head nav footer aside".split())
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_REFERENCE = re.compile(r"[\[〔(（]?(?:\d{1,3}|注\d{0,3}|\*{1,3}|[①-⑳])[\])）〕]?")
_FILE = re.compile(r"\.(?:docx?|wps|rtf|pdf|ofd|ceb|xlsx?|et|pptx?|zip|rar|7z)(?:$|[?#])", re.I)


@dataclass(slots=True, eq=False)
class Line:
    """Words that stand on one line of their own; empty for a blank line.

    ``linked`` counts the characters in links, ``pushed`` those in links that only run a script (打印, 关闭);
    ``files``, ``images`` and ``embedded`` count links to files and what is shown but not read; ``number`` is the
    number that a list gives it, ``cell`` tells that it stands for a cell without words.
    """

    text: str
    linked: int = 0
    pushed: int = 0
    files: int = 0
    images: int = 0
    embedded: int = 0
    number: str = ""
    heading: bool = False
    cell: bool = False


@dataclass(slots=True, eq=False)
class Block:
    """An element that begins on a new line, with the lines and blocks in it."""

    tag: str
    rows: int = 1
    columns: int = 1
    items: list[Block | Line] = field(default_factory=list)

    def lines(self) -> Iterator[Line]:
        """All lines in it, in order."""
        waiting: list[Block | Line] = [self]
        while waiting:
            item = waiting.pop()
            if isinstance(item, Line):
                yield item
            else:
                waiting.extend(reversed(item.items))

    def blocks(self) -> list[Block]:
        """The blocks directly in it."""
        return [item for item in self.items if isinstance(item, Block)]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its blocks, its title, what its ``meta`` elements say by name, and whether tags were left out."""

    root: Block
    title: str
    stated: tuple[tuple[str, str], ...]
    flattened: bool


def read_markup(text: str) -> Page:
    """Parse a page.

    Args:
        text: the markup, decoded.

    Returns:
        The page; without blocks where there is nothing in it. Never raises for any text.

    >>> page = read_markup("<p>到2025年，<b>新建</b>3条<br>线路。<script>x</script><ol><li>甲</ol>")
    >>> [(line.number, line.text) for line in page.root.lines()]
    [('', '到2025年，新建3条'), ('', '线路。'), ('1.', '甲')]
    """
    from lxml import etree

    root, flattened = None, False
    for deepest in (DEEPEST, 0):
        bounded, left_out = _bound(text, deepest)
        flattened = flattened or left_out
        parser = etree.HTMLParser(recover=True, huge_tree=True, no_network=True, encoding="utf-8")
        try:
            root = etree.fromstring(bounded.encode("utf-8", "replace"), parser)
        except etree.XMLSyntaxError:  # nothing that could be a page
            break
        # Cells and items without end tags nest deeper than the parser goes: then all that is no paragraph is left out.
        if not any("depth" in error.message for error in parser.error_log.filter_from_fatals()):
            break
    if root is None:
        return Page(Block("html"), "", (), flattened)
    titles = [_flat("".join(e.itertext())) for e in root.iter("title")]
    said = [(str(e.get("name") or e.get("property") or ""), str(e.get("content") or "")) for e in root.iter("meta")]
    stated = tuple((name, _flat(content)) for name, content in said if name and content)
    return Page(_Builder().build(root), next(filter(None, titles), ""), stated, flattened)


def _bound(text: str, deepest: int) -> tuple[str, bool]:
    """The markup with what is read of it, and whether tags were left out because they were nested too deep."""
    out: list[str] = []
    opened: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    unclosed: set[str] = set()
    depth, at, flattened = 0, 0, False
    while found := _PIECE.search(text, at):
        out.append(text[at : found.start()].replace("<", "&lt;"))
        at = found.end()
        if found["whole"]:
            out.append("<embed>" * (found["whole"].lower() in ("iframe", "object")))
        elif found["words"]:
            out.append(found["words"].replace("&", "&amp;").replace("<", "&lt;"))
        if not found["name"]:
            continue
        name, shut = found["name"].lower(), bool(found["shut"])
        kept, at = _attributes(text, at, unclosed)
        if not name.isalnum():  # o:p, st1:chsdate and the like say nothing about lines
            continue
        if not deepest and name not in _FLAT:
            flattened = True
            continue
        if name not in _UNCOUNTED:
            if shut and dropped[name]:
                dropped[name] -= 1
                continue
            if shut and not opened[name]:
                continue
            if not shut and depth >= deepest:
                dropped[name] += 1
                flattened = True
                continue
            depth += -1 if shut else 1
            opened[name] += -1 if shut else 1
        out.append(f"</{name}>" if shut else f"<{name}{kept}>")
    out.append(text[at:].replace("<", "&lt;"))
    return "".join(out), flattened


def _attributes(text: str, at: int, unclosed: set[str]) -> tuple[str, int]:
    """The attributes of a tag that are read, as markup, and where the tag ends.

    ``unclosed`` holds the quotation marks that were looked for in vain, so that none is looked for twice.
    """
    kept: dict[str, str] = {}
    while at < len(text):
        found = _ATTRIBUTE.match(text, at)
        assert found is not None  # it matches nothing, too
        at, value = found.end(), ""
        mark = text[at : at + 1]
        if found[2] and mark and mark in "\"'" and mark not in unclosed:
            end = text.find(mark, at + 1)
            if end < 0:
                unclosed.add(mark)
                at += 1
            else:
                value, at = text[at + 1 : end], end + 1
        elif found[2] and (words := _UNQUOTED.match(text, at)):
            value, at = words[0], words.end()
        name = (found[1] or "").lower()
        if name in _KEPT and name not in kept:
            kept[name] = value[:_LONGEST_VALUE].replace('"', "&quot;").replace("<", "&lt;")
        elif name == "hidden" or name == "style" and _HIDDEN.search(value):
            kept["hidden"] = ""
        if text.startswith(">", at):
            at += 1
            break
    return "".join(f' {name}="{value}"' for name, value in kept.items()), at


class _Builder:
    """Turns the parsed page into blocks and lines, element by element."""

    def __init__(self) -> None:
        self.root = Block("html")
        self.stack = [self.root]
        self.counts: list[tuple[str, int]] = []
        self.parts: list[str] = []
        self.line = Line("")
        self.links: list[str] = []
        self.raised: list[int] = []
        self.number = ""
        self.pre = 0

    def build(self, root: Any) -> Block:
        from lxml import etree

        walk = etree.iterwalk(root, events=("start", "end"))
        left_out = 0
        for event, element in walk:
            tag = element.tag if isinstance(element.tag, str) else ""
            out = not tag or tag in _LEFT_OUT or tag == "title" or element.get("hidden") is not None
            if event == "start":
                left_out += out
                if not left_out:
                    self._open(tag, element)
                    self._add(element.text)
            else:
                if not left_out:
                    self._shut(tag)
                left_out -= out
                if not left_out:
                    self._add(element.tail)
        self._flush()
        return self.root

    def _open(self, tag: str, element: Any) -> None:
        if tag == "br":
            self._flush(blank=True)
        elif tag == "img":
            self.line.images += 1
        elif tag == "embed":
            self.line.embedded += 1
        elif tag == "a":
            self.links.append(str(element.get("href") or "").strip())
            self.line.files += bool(_FILE.search(self.links[-1]))
        elif tag == "sup":
            self.raised.append(len(self.parts))
        elif tag in _BLOCKS:
            self._flush()
            block = Block(tag, _span(element.get("rowspan")), _span(element.get("colspan")))
            self.stack[-1].items.append(block)
            self.stack.append(block)
            self.pre += tag == "pre"
            if tag in ("ol", "ul"):
                style = str(element.get("type") or "1") if tag == "ol" else ""
                self.counts.append((style, _whole(element.get("start"), 1)))
            elif tag == "li" and self.counts and self.counts[-1][0]:
                style, count = self.counts[-1]
                count = _whole(element.get("value"), count)
                self.number = _numbered(style, count)
                self.counts[-1] = (style, count + 1)

    def _shut(self, tag: str) -> None:
        if tag == "a" and self.links:
            self.links.pop()
        elif tag == "sup" and self.raised:
            self._raise(self.raised.pop())
        elif tag in _BLOCKS:
            self._flush()
            if tag in ("td", "th", "dd") and not self.stack[-1].items:
                self.stack[-1].items.append(Line("", cell=True))
            self.stack.pop()
            self.pre -= tag == "pre"
            if tag in ("ol", "ul"):
                self.counts.pop()

    def _add(self, words: str | None) -> None:
        if not words:
            return
        if self.pre:
            *whole, words = words.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            for part in whole:
                self.parts.append(part)
                self._flush(blank=True)
        self.parts.append(words)
        if self.links:
            count = len("".join(words.split()))
            self.line.linked += count
            self.line.pushed += count * self.links[-1].lower().startswith(("javascript:", "#"))

    def _raise(self, first: int) -> None:
        """A raised number is a power, or the mark of a footnote, which is no part of the words."""
        words = "".join(self.parts[first:]).strip()
        del self.parts[first:]
        if self.links or _REFERENCE.fullmatch(words) and not words.isdigit():
            return
        self.parts.append(words.translate(_RAISED) if words.strip("0123456789+-") == "" else words)

    def _flush(self, blank: bool = False) -> None:
        """End the line; one without words is kept only where the page shows a blank line."""
        line, words = self.line, "".join(self.parts)
        text = words.rstrip() if self.pre else _flat(words)
        line.text = text.rstrip()
        if line.text or blank or "\u00a0" in words or "\u3000" in words or line.images or line.embedded:
            if line.text and self.number:
                own = fold_characters(line.text).lstrip(" \x00")
                line.number = "" if marker_at(own, 0) else self.number
                self.number = ""
            line.heading = any(block.tag in _HEADINGS for block in self.stack[-2:])
            self.stack[-1].items.append(line)
        self.line, self.parts, self.raised = Line(""), [], []


def _flat(words: str) -> str:
    """Words as a browser sets them: blanks as one, none where a line of the file breaks between Chinese characters."""

    def blank(found: re.Match[str]) -> str:
        if "\n" not in found[0] and "\r" not in found[0]:
            return " "
        around = words[found.start() - 1 : found.start()] + words[found.end() : found.end() + 1]
        return "" if around and not any(c.isascii() for c in around) else " "

    return _BLANKS.sub(blank, words).strip(" ")


def _span(value: object) -> int:
    return min(max(1, _whole(value, 1)), _MOST_SPAN)


def _whole(value: object, otherwise: int) -> int:
    words = str(value or "").strip()
    return int(words) if words.isascii() and words.isdigit() and len(words) < 6 else otherwise


def _numbered(style: str, count: int) -> str:
    """The number of a list item in one of the five styles of HTML.

    >>> _numbered("1", 3), _numbered("a", 2), _numbered("I", 4)
    ('3.', 'b.', 'IV.')
    """
    if style in "aA" and 1 <= count <= 26:
        return f"{chr(ord(style) + count - 1)}."
    if style in "iI" and 1 <= count <= 39:
        tens, ones = divmod(count, 10)
        roman = "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]
        return f"{roman if style == 'I' else roman.lower()}."
    return f"{count}."
