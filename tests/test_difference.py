"""``policymine diff`` and ``versions``: facts and words that differ, on a terminal, in a pipe, as a page."""

from __future__ import annotations

import hashlib
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from policymine.cli import app
from policymine.difference.documents import Difference, compare_documents
from policymine.difference.page import difference_page
from policymine.difference.terminal import lines, show_difference
from policymine.engines import mine_raw
from policymine.models import Options, RawDocument
from policymine.reading.sources import MisuseError
from policymine.versions.database import NAME

TITLE = "临澜市人民政府关于加快灯塔修缮的实施意见"
TEXT = f"""{TITLE}
临政发〔2031〕5号

各县（市、区）人民政府，市政府各部门：

　　一、总体目标
　　到2035年，修缮灯塔26座，航标完好率达到95%以上，海上航行更加安全。
　　二、重点任务
　　（一）修缮灯塔。2032年6月底前完成检测，优先修缮年久失修的灯塔。（市交通运输局牵头，市财政局配合）
　　（二）培训守塔人。每年培训守塔人40人次，建立守塔人档案。（市人力资源社会保障局负责）
　　三、保障措施
　　各县（市、区）要把灯塔修缮列入年度计划，按季度通报进展，接受社会监督，确保修一座、亮一座。

临澜市人民政府
2031年4月9日
"""
RUN = CliRunner()


def _compared(a: str, b: str) -> Difference:
    mined = []
    for n, text in enumerate((a, b)):
        doc_id = hashlib.sha256(text.encode()).hexdigest()[:20]
        mined.append(mine_raw(RawDocument(doc_id, f"{n}.txt", text, 0, "text/plain", "utf-8", "plain"), Options(terms=False)))
    return compare_documents(*mined)


def _facts(found: Difference) -> list[tuple[object, ...]]:
    return [(c.table, *(f for f in c.fields)) for c in found.facts]


def test_a_changed_figure_is_a_changed_target() -> None:
    found = _compared(TEXT, TEXT.replace("95%", "96%"))
    assert _facts(found) == [("targets", ("value", 95, 96))]
    assert [(r["kind"], r["other_text"], r["text"]) for r in found.changes] == [("number", "95", "96")]


def test_a_fact_that_begins_with_more_words_is_the_same_one() -> None:
    longer = TEXT.replace("26座", "不少于26座")
    assert _facts(_compared(TEXT, longer)) == [("targets", ("comparator", "=", ">="))]
    assert _facts(_compared(longer, TEXT)) == [("targets", ("comparator", ">=", "="))]


def test_facts_that_only_one_has_and_departments_that_are_others() -> None:
    changed = TEXT.replace("每年培训守塔人40人次，", "").replace("市财政局", "市审计局")
    found = _compared(TEXT, changed)
    assert [(c.table, c.b is None) for c in found.facts if not c.fields] == [("targets", True), ("deadlines", True)]
    (duty,) = [c for c in found.facts if c.table == "responsibilities"]
    assert duty.fields == (("department_name", "临澜市财政局", "临澜市审计局"),)


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("，", ",").replace("（", "(").replace("）", ")").replace("%", "％"),
        TEXT.replace("。\n　　", "。\n\n"),
        f"发布时间：2031-04-10 来源：临澜市政府网\n{TEXT}\n浏览次数：7\n",
    ],
    ids=["width", "layout", "residue"],
)
def test_typography_layout_and_residue_change_no_fact_and_no_word(other: str) -> None:
    found = _compared(TEXT, other)
    assert found.facts == []
    assert {row["kind"] for row in found.changes} <= {"typography"}
    assert found.relation in ("identical", "version")


def test_a_lost_heading_is_cut_out_where_its_line_begins() -> None:
    found = _compared(TEXT, TEXT.replace("　　三、保障措施\n", ""))
    (row,) = [r for r in found.changes if r["kind"] != "typography"]
    assert (row["kind"], row["other_text"]) == ("removed", "三、保障措施")


def test_texts_without_anything_in_common_are_compared_all_the_same() -> None:
    found = _compared(TEXT, "青岬县图书馆延长夜间开放时间，读者可以自习、借书、听讲座，儿童区周末举办故事会。" * 3)
    assert found.relation == "unrelated"
    assert found.changes


class _Page(HTMLParser):
    """Which tags a page has, and which words are marked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.marked: dict[str, list[str]] = {"del": [], "ins": []}
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.tags and self.tags[-1] in self.marked:
            self.marked[self.tags[-1]].append(data)


def test_the_page_escapes_every_word_asks_for_nothing_and_marks_both_sides() -> None:
    nasty = TEXT.replace("95%", "96%").replace("年久失修的灯塔", "<script>alert('灯塔')</script><img src=x>")
    found = _compared(TEXT, nasty)
    html = difference_page(found)
    page = _Page(html)
    assert "script" not in page.tags and "img" not in page.tags and "link" not in page.tags
    assert "http:" not in html and "https:" not in html and "@import" not in html and "url(" not in html
    assert "<script>alert('灯塔')</script>" in page.words
    assert "95" in page.marked["del"] and "96" in page.marked["ins"]
    assert html == difference_page(found)


def test_every_line_of_both_documents_stands_on_the_page() -> None:
    other = TEXT.replace("　　三、保障措施\n", "").replace("95%", "96%") + "\n附件：灯塔名单\n"
    words = _Page(difference_page(_compared(TEXT, other))).words
    for line in [*TEXT.splitlines(), *other.splitlines()]:
        assert line.strip() in words


def test_the_terminal_shows_facts_and_words_in_colour_and_no_control_characters() -> None:
    found = _compared(TEXT, TEXT.replace("95%", "96%").replace("亮一座", "亮\x1b[2J一座"))
    console = Console(width=100, force_terminal=True, highlight=False)
    with console.capture() as shown:
        show_difference(found, console)
    assert "\x1b[2J" not in shown.get()
    assert "\x1b[" in shown.get()
    assert "95" in shown.get() and "96" in shown.get()
    assert any(line.startswith("fact\ttargets") for line in lines(found))
    assert all(line.count("\n") == 0 for line in lines(found))


def test_the_command_in_a_pipe_as_json_and_as_page(tmp_path: Path) -> None:
    a, b, page = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "d.html"
    a.write_text(TEXT, encoding="utf-8")
    b.write_text(TEXT.replace("95%", "96%"), encoding="utf-8")
    result = RUN.invoke(app, ["diff", str(a), str(b), "--html", str(page)])
    assert result.exit_code == 0
    assert "number\t" in result.stdout
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    values = json.loads(RUN.invoke(app, ["diff", str(a), str(b), "--json"]).stdout)
    assert values["counts"]["number"] == 1 and values["facts"][0]["table"] == "targets"


@pytest.mark.parametrize(("name", "content"), [("gone.txt", None), ("empty.txt", b""), ("binary.bin", bytes(range(256)) * 9)])
def test_what_cannot_be_compared_is_said_in_a_line(tmp_path: Path, name: str, content: bytes | None) -> None:
    good = tmp_path / "a.txt"
    good.write_text(TEXT, encoding="utf-8")
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = RUN.invoke(app, ["diff", str(good), str(tmp_path / name)])
    assert result.exit_code in (0, 2)
    assert result.exit_code == 2 or "unrelated" in result.stdout
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_versions_among_files_and_with_an_index(tmp_path: Path) -> None:
    folder, index = tmp_path / "in", tmp_path / "index"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "b.txt").write_text(TEXT.replace("，", ","), encoding="utf-8")
    (folder / "c.txt").write_text("青岬县图书馆延长夜间开放时间，读者可以自习、借书、听讲座。" * 5, encoding="utf-8")
    rows = json.loads(RUN.invoke(app, ["versions", str(folder), "--json"]).stdout)
    assert [(r["relation"], r["source"], r["other_source"]) for r in rows] in ([("identical", "b.txt", "a.txt")], [("identical", "a.txt", "b.txt")])
    assert RUN.invoke(app, ["versions", str(folder / "a.txt"), str(folder / "c.txt"), "--index", str(index)]).exit_code == 0
    (folder / "a.txt").unlink()
    result = RUN.invoke(app, ["versions", str(folder / "b.txt"), "--index", str(index), "--json"])
    (row,) = json.loads(result.stdout)
    assert (row["relation"], row["other_source"]) == ("identical", "a.txt")


def test_an_index_that_is_no_index_is_refused(tmp_path: Path) -> None:
    document, index = tmp_path / "a.txt", tmp_path / "index"
    document.write_text(TEXT, encoding="utf-8")
    index.mkdir()
    (index / NAME).write_bytes(b"no database" * 100)
    result = RUN.invoke(app, ["versions", str(document), "--index", str(index)])
    assert result.exit_code == 2
    assert "no index can be used" in result.output


def test_a_document_without_text_is_misuse() -> None:
    unread = mine_raw(RawDocument("", "x.bin", "", 0, "", None, "", "binary"), Options(terms=False))
    with pytest.raises(MisuseError, match="x.bin"):
        compare_documents(unread, unread)
