"""What a reader knows of a file (tables, running heads, paragraphs, pages) goes before what the characters suggest."""

from __future__ import annotations

from dataclasses import replace

from policymine.models import Cell, Layout, Table
from policymine.text.normalize import normalize


def _table_text() -> tuple[str, Layout]:
    text = "前文一段话。\n指标\t2025年\n全员劳动\n生产率\t15\n\n- 3 -\n末段到\n2025年。"
    words = (("指标", 0, 0), ("2025年", 0, 1), ("全员劳动\n生产率", 1, 0), ("15", 1, 1))
    cells = tuple(Cell(text.index(w), text.index(w) + len(w), row, column) for w, row, column in words)
    head = text.index("- 3 -")
    starts = (0, text.index("指标"), text.index("末段"))
    return text, Layout(tables=(Table(7, head - 2, cells),), furniture=((head, head + 5),), paragraphs=starts)


def test_a_cell_is_a_paragraph_of_its_own_and_running_heads_are_residue() -> None:
    text, layout = _table_text()
    n = normalize(text, layout)
    assert n.text == "前文一段话。\n指标\n2025年\n全员劳动生产率\n15\n末段到2025年。\n"
    assert [text[a:b] for a, b in n.residue] == ["- 3 -"]
    at = n.text.index("全员劳动生产率")
    start, end = n.raw_span(at, at + 7)
    assert text[start:end] == "全员劳动\n生产率"


def test_without_known_paragraphs_the_lines_are_judged_but_cells_never_joined() -> None:
    text, layout = _table_text()
    n = normalize(text, replace(layout, paragraphs=()))
    assert "指标\n2025年\n" in n.text and "15\n末段到" in n.text
    assert "指标2025年" in normalize(text.replace("\n", "")).text
