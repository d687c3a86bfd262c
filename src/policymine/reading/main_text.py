"""Where the document stands on a page among menus, lists of links and footers.

``readability`` decides: it scores paragraphs by length, commas and links. It was chosen by measuring (trafilatura,
resiliparse and jusText beside it), but like them it knows paragraphs by ``<p>`` alone and keeps its own idea of a
text. So it is shown the page as lines in blocks, every line a paragraph, nameless, and only what it keeps is asked:
the smallest block that holds nearly all of it is the document. No id and no class is looked at, by it or here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from html import escape

from policymine.reading.markup import Block, Line
from policymine.reading.page_tables import holds_data
from policymine.text.characters import fold_characters
from policymine.text.residue import is_residue

NEARLY_ALL = 0.97
"""Share of the kept characters that the block of the document holds."""
MOST_LINES = 20_000
"""Lines beyond which a page is all document: no site puts so many around one."""
_LONGEST = 400
"""Characters of a line that are shown; a longer one scores no more."""
_PARTS = frozenset(
    "p h1 h2 h3 h4 h5 h6 li dt dd pre table thead tbody tfoot tr caption figure figcaption legend summary".split()
)
"""Elements that are part of a document, never all of it."""
_MARK = re.compile(r'id="n(\d+)"')


def is_linked(line: Line) -> bool:
    """Whether most of a line is links, and none of them to a file (附件：….pdf stays)."""
    return not line.files and line.linked * 2 > len("".join(line.text.split()))


def find_main(root: Block, is_beside: Callable[[Line], bool]) -> tuple[Block, frozenset[Line]]:
    """The smallest block that holds the document.

    Args:
        root: the page.
        is_beside: whether a line is known to be none of the document (the site's statements about it).

    Returns:
        The block, and the lines that count as running text of the document.

    >>> from policymine.reading.markup import read_markup
    >>> page = "<ul><li><a href=x>首页</a></ul><div><p>到2025年，新建3条线路。<br>完善制度。</div><p>版权所有：某市"
    >>> [line.text for line in find_main(read_markup(page).root, lambda line: False)[0].lines()]
    ['到2025年，新建3条线路。', '完善制度。']
    """
    lines = [line for line in root.lines() if line.text and not is_beside(line) and not is_linked(line)]
    lines = [line for line in lines if not is_residue(fold_characters(line.text).strip(" \x00"))]
    if len(lines) > MOST_LINES:
        return root, frozenset(lines)
    kept = _kept(root, {line: i for i, line in enumerate(lines)})
    held = frozenset(line for i, line in enumerate(lines) if i in kept) or frozenset(lines)
    return _smallest(root, held), held


def _kept(root: Block, numbers: dict[Line, int]) -> set[int]:
    """The numbers of the lines that readability keeps."""
    from readability import Document
    from readability.readability import Unparseable

    logging.getLogger("readability.readability").setLevel(logging.CRITICAL)  # it logs what it raises
    parts: list[str] = []
    waiting: list[Block | Line | str] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            parts.append(item)
        elif isinstance(item, Line):
            if item.text:
                words = escape(fold_characters(item.text[:_LONGEST]).replace("\x00", ""))
                if item in numbers:
                    parts.append(f'<p id="n{numbers[item]}">{words}</p>')
                elif is_linked(item):
                    parts.append(f'<p><a href="x">{words}</a></p>')
        elif item.tag == "table" and holds_data(item):  # a table of data is text of the block around it
            waiting.extend(reversed(list(item.lines())))
        elif len(item.items) == 1:
            waiting.append(item.items[0])
        elif item.items:
            parts.append("<div>")
            waiting.append("</div>")
            waiting.extend(reversed(item.items))
    try:
        summary = Document(f"<html><body><div>{''.join(parts)}</div></body></html>").summary(html_partial=True)
    except Unparseable:  # nothing in it
        return set()
    return {int(number) for number in _MARK.findall(str(summary))}


def _smallest(root: Block, held: frozenset[Line]) -> Block:
    """The smallest block that holds nearly all of the characters of some lines."""
    weights: dict[int, int] = {}

    def weight(item: Block | Line) -> int:
        return weights[id(item)] if isinstance(item, Block) else len(item.text) if item in held else 0

    order: list[Block] = []
    waiting = [root]
    while waiting:
        order.append(block := waiting.pop())
        waiting.extend(block.blocks())
    for block in reversed(order):
        weights[id(block)] = sum(map(weight, block.items))
    enough = NEARLY_ALL * weights[id(root)]
    chosen = block = root
    while inner := [b for b in block.blocks() if weights[id(b)] >= enough and weights[id(b)]]:
        block = inner[0]
        if block.tag == "table" and holds_data(block):
            break
        if block.tag not in _PARTS:
            chosen = block
    return chosen
