"""The evidence page without a browser: what it holds, that it holds nothing else, and how it is asked for."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from policymine.cli import app
from policymine.corpus import Corpus, mine_text
from policymine.corrections.anchors import anchor, letters_of_text
from policymine.corrections.columns import EDITABLE
from policymine.report import write_page
from policymine.report.page import content_policy
from policymine.report.payload import KINDS, blocks, index
from policymine.run import Request, run_extract
from samples import NAMES, RAW, sample


class _Parts(HTMLParser):
    """Scripts, styles and blocks of data of a page, as a browser takes them apart."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: tuple[str, dict[str, str | None]] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._open = tag, dict(attrs)
            self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self._open:
            tag, attrs, before = self.found[-1]
            self.found[-1] = tag, attrs, before + data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._open = None


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Corpus]:
    """The tables of the sample documents, and their folder."""
    folder = tmp_path_factory.mktemp("report")
    run_extract(Request((str(RAW),), folder / "tables", ("csv",)))
    return folder, Corpus.load(folder / "tables")


def _value(column: Any, i: int) -> object:
    if isinstance(column, list):
        return column[i]
    return None if column["is"][i] < 0 else column["of"][column["is"][i]]


def test_the_index_holds_every_row(written: tuple[Path, Corpus]) -> None:
    _, corpus = written
    data = index(corpus, "1")
    assert data["documents"]["n"] == len(corpus) >= 12
    for kind in KINDS:
        rows, table = corpus.rows(kind), data["tables"][kind]
        assert table["n"] == len(rows)
        for name, column in table["columns"].items():
            source = {"id": f"{kind.removesuffix('s')}_id" if kind != "responsibilities" else "responsibility_id"}.get(name, name)
            if source in rows[0]:
                assert [_value(column, i) for i in range(table["n"])] == [row[source] for row in rows], (kind, name)
    targets = data["tables"]["targets"]["columns"]
    task_ids = [row["task_id"] for row in corpus.rows("tasks")]
    for i, row in enumerate(corpus.rows("targets")):
        assert (row["task_id"] is None) == (targets["task_row"][i] is None)
        assert row["task_id"] is None or task_ids[targets["task_row"][i]] == row["task_id"]


@pytest.mark.parametrize("name", NAMES)
def test_the_block_of_a_document_gives_every_row_its_anchor(name: str) -> None:
    corpus = sample(name)
    [block] = blocks(corpus)
    letters = letters_of_text(block["text"])
    for table in EDITABLE:
        for row, (first, last, *more) in zip(corpus.rows(table), block["anchors"][table], strict=True):
            start, end = int(row["start"] or 0), int(row["end"] or 0)
            made = anchor(letters, start, end)
            # what the script of the page makes of it: residue, blanks and line breaks left out
            parts = []
            for a, b in ((first, start), (start, end), (end, last)):
                kept = [i for i in range(a, b) if not any(x <= i < y for x, y in block["residue"])]
                parts.append(re.sub(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+", "", "".join(block["text"][i] for i in kept)))
            assert (*parts, *(more or [1, 1])) == (made.before, made.words, made.after, made.ordinal, made.of)
    for level, marker, heading, _, _, start, _, end in block["sections"]:
        shown = re.sub(r"\s", "", block["text"][start:end])
        assert level == 0 or shown.startswith(marker or "") and shown.endswith(heading or marker or ""), (shown, marker, heading)


def test_equal_clauses_are_told_apart() -> None:
    again = "新建乡村公路养护站点并且完善服务设施体系建设共3个。\n"
    [block] = blocks(mine_text(f"一、主要任务\n{again}二、保障措施\n{again}"))
    assert [more for _, _, *more in block["anchors"]["targets"]] == [[1, 2], [2, 2]]


def test_one_file_that_asks_for_nothing(written: tuple[Path, Corpus]) -> None:
    folder, corpus = written
    sizes = [write_page(corpus, folder / name, version="1") for name in ("a.html", "b.html")]
    page = (folder / "a.html").read_text(encoding="utf-8")
    assert sizes[0] == sizes[1] == (folder / "a.html").stat().st_size
    assert page == (folder / "b.html").read_text(encoding="utf-8")
    parts = _Parts(page)
    # one style and one script, each allowed by its hash; all else is data that no browser runs
    [style] = [content for tag, _, content in parts.found if tag == "style"]
    [script] = [content for tag, attrs, content in parts.found if tag == "script" and "type" not in attrs]
    [policy] = [str(attrs["content"]) for tag, attrs in parts.tags if tag == "meta" and "http-equiv" in attrs]
    for content, name in ((script, "script-src"), (style, "style-src")):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in policy
    assert policy == content_policy(script, style) and "unsafe" not in policy and "default-src 'none'" in policy
    assert [tag for tag, attrs in parts.tags if {"src", "href", "style", "onload", "onclick"} & attrs.keys()] == []
    data = [(attrs["id"], json.loads(content)) for tag, attrs, content in parts.found if attrs.get("type") == "application/json"]
    assert [name for name, _ in data] == ["index", *(f"text-{i}" for i in range(len(corpus)))]
    texts = [block["text"] for _, block in data[1:]]
    assert texts == [corpus.text(str(row["doc_id"])) for row in corpus.rows("documents")]
    code = script + style
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|\bFunction\(|https?:|@import|url\(", code)


def test_hostile_text_does_not_leave_its_block(tmp_path: Path) -> None:
    text = "关于</script><script>alert(1)</script>的意见{{script}}<!--\n<![CDATA[ ]]> --!> \u2028\x00\x0c\n到2025年，建成3个。"
    corpus = mine_text(text, "</script><b>{{index}}.txt")
    write_page(corpus, tmp_path / "a.html", title="</title><script>{{text}}")
    parts = _Parts((tmp_path / "a.html").read_text(encoding="utf-8"))
    assert [attrs.get("id") for tag, attrs, _ in parts.found if tag == "script"] == ["index", None, "text-0"]
    assert json.loads(parts.found[-1][2])["text"] == text
    assert json.loads(parts.found[1][2])["title"] == "</title><script>{{text}}"


def test_a_document_that_could_not_be_read_is_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "b.txt").write_text("到2025年，建成3个。", encoding="utf-8")
    run_extract(Request((str(tmp_path / "a.bin"), str(tmp_path / "b.txt")), tmp_path / "out", ("csv",)))
    corpus = Corpus.load(tmp_path / "out")
    assert write_page(corpus, tmp_path / "a.html") > 10_000
    assert [block["text"] is None for block in blocks(corpus)] == [True, False]


def test_the_words_of_the_page_are_there_in_both_languages() -> None:
    import tomllib

    folder = Path(index.__code__.co_filename).parent
    words = tomllib.loads((folder / "labels.toml").read_text(encoding="utf-8"))
    assert list(words["zh"]) == list(words["en"])
    code = "".join(path.read_text(encoding="utf-8") for path in (folder / "web").iterdir())
    said = {*re.findall(r'\bsay\("(\w+)"', code), *re.findall(r'data-say="(\w+)"', code), *re.findall(r'\["(key_\w+)"', code)}
    assert said <= set(words["zh"])
    for key in words["zh"]:
        assert set(re.findall(r"\{\w+\}", words["zh"][key])) == set(re.findall(r"\{\w+\}", words["en"][key]))


def test_the_command(written: tuple[Path, Corpus], tmp_path: Path) -> None:
    folder, corpus = written
    run = CliRunner().invoke
    out = tmp_path / "页.html"
    done = run(app, ["report", str(folder / "tables"), "-o", str(out), "--labels", "en", "--title", "T"])
    assert done.exit_code == 0 and done.output == f"documents={len(corpus)} bytes={out.stat().st_size} out={out}\n"
    for arguments, message in (
        ([str(tmp_path / "gone")], "no result of policymine"),
        ([str(folder / "tables"), "-o", str(tmp_path)], "give another name"),
        ([str(folder / "tables"), "-o", str(folder / "tables" / "report.html")], "inside the result"),
        ([str(folder / "tables"), "--labels", "de"], "there are en, zh"),
    ):
        done = run(app, ["report", *arguments])
        assert done.exit_code == 2 and message in done.output
