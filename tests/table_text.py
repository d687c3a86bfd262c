"""Tables written down as lists of rows, and turned into what a reader hands over: document text and layout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from policymine.models import Cell, Layout, MinedDocument, RawDocument, Table
from policymine.pipeline import mine_document
from policymine.tables.rows import document_rows
from policymine.tables.schema import Row

Words = str | tuple[str, int, int]
"""The words of a cell; with how many rows and columns it covers where that is more than one."""
Block = str | Sequence[Sequence[Words]]
"""A paragraph, or a table by its rows; places that a cell above or to the left covers are left out."""


def layout_of(blocks: Iterable[Block]) -> tuple[str, Layout]:
    """The document text of paragraphs and tables, as the contract of readers says, and its layout."""
    text, tables, paragraphs = "", [], []
    for block in blocks:
        if isinstance(block, str):
            paragraphs.append(len(text))
            text += block + "\n"
            continue
        first, cells, taken = len(text), [], set()
        for number, row in enumerate(block):
            column = 0
            for k, given in enumerate(row):
                words, rows, columns = given if isinstance(given, tuple) else (given, 1, 1)
                while (number, column) in taken:
                    column += 1
                taken |= {(number + i, column + j) for i in range(rows) for j in range(columns)}
                text += "\t" if k else ""
                at = len(text)
                paragraphs += [at + i for i in range(len(words)) if i == 0 or words[i - 1] == "\n"]
                cells.append(Cell(at, at + len(words), number, column, rows, columns))
                text += words
                column += columns
            text += "\n"
        tables.append(Table(first, len(text), tuple(cells)))
    return text, Layout(tables=tuple(tables), paragraphs=tuple(paragraphs))


def mined(*blocks: Block) -> MinedDocument:
    """A document of paragraphs and tables, mined."""
    text, layout = layout_of(blocks)
    return mine_document(RawDocument("0" * 20, "made.txt", text, len(text), "text/plain", "utf-8", "made", layout=layout))


def rows_of(*blocks: Block) -> dict[str, list[Row]]:
    """The rows of the tables of a document of paragraphs and tables."""
    return dict(document_rows(mined(*blocks)).tables)
