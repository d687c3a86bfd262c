"""Documents of paragraphs and tables as files that offices and websites make: Word (python-docx) and a web page."""

from __future__ import annotations

import html
import io
from collections.abc import Iterator, Sequence

from table_text import Block, Words


def placed(rows: Sequence[Sequence[Words]]) -> Iterator[tuple[str, int, int, int, int]]:
    """The cells of a table by rows: words, row, column, and how many rows and columns each covers."""
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        column = 0
        for given in row:
            words, high, wide = given if isinstance(given, tuple) else (given, 1, 1)
            while (number, column) in taken:
                column += 1
            taken |= {(number + i, column + j) for i in range(high) for j in range(wide)}
            yield words, number, column, high, wide
            column += wide


def docx_of(blocks: Sequence[Block]) -> bytes:
    """A Word file; cells are merged as Word does it."""
    from docx import Document

    document = Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        cells = list(placed(block))
        table = document.add_table(len(block), max(column + wide for _, _, column, _, wide in cells))
        table.style = "Table Grid"
        for words, row, column, high, wide in cells:
            cell = table.cell(row, column)
            if high > 1 or wide > 1:
                cell = cell.merge(table.cell(min(row + high, len(block)) - 1, column + wide - 1))
            first, *more = words.split("\n")
            cell.paragraphs[0].text = first
            for line in more:
                cell.add_paragraph(line)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def html_of(blocks: Sequence[Block]) -> bytes:
    """A saved page: the document between the menu and the foot of a site."""
    parts = ["<!DOCTYPE html><html><head><meta charset='utf-8'><title>临澜市人民政府</title></head><body>",
             "<ul class='menu'><li><a href='/'>首页</a></li><li><a href='/zw'>政务公开</a></li><li><a href='/hd'>互动交流</a></li></ul><div id='zoom'>"]
    for block in blocks:
        if isinstance(block, str):
            parts.append(f"<p style='text-indent:2em'>{html.escape(block)}</p>")
            continue
        parts.append("<table border='1' cellspacing='0'><tbody>")
        cells = list(placed(block))
        for number in range(len(block)):
            parts.append("<tr>")
            for words, row, _, high, wide in cells:
                if row == number:
                    spans = (f" rowspan='{high}'" if high > 1 else "") + (f" colspan='{wide}'" if wide > 1 else "")
                    parts.append(f"<td{spans}>" + "".join(f"<p>{html.escape(line)}</p>" for line in words.split("\n")) + "</td>")
            parts.append("</tr>")
        parts.append("</tbody></table>")
    parts.append("</div><div class='foot'>版权所有：临澜市人民政府　<a href='/map'>网站地图</a></div></body></html>")
    return "\n".join(parts).encode()
