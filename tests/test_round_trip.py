"""The comparison that the tests of readers rest on can fail."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from policymine.corpus import mine
from policymine.models import Options
from round_trip import FIELDS, differing, mine_bytes, plain_documents, plain_rows, same_share
from samples import NAMES


def test_the_bytes_of_a_plain_text_give_its_facts() -> None:
    documents = dict(plain_documents())
    name = NAMES[2]
    assert same_share(mine_bytes(documents[name].encode("gb18030"), "a.txt"), plain_rows(name)) == 1.0


def test_another_number_place_or_name_is_another_fact() -> None:
    base = mine_bytes("一、目标\n到2025年，新建3条线路。（市财政局负责）\n".encode(), "a.txt")
    assert same_share(base, mine_bytes("一、目标\n到２０２５年，\n新建 3 条线路。(市财政局负责)\n".encode(), "b.txt")) == 1.0
    for other in ("一、目标\n到2025年，新建4条线路。（市财政局负责）\n", "一、目标\n到2026年，新建3条线路。（市财政局负责）\n", "到2025年，新建3条线路。（市财政局负责）\n", "一、目标\n到2025年，新建3条线路。（市教育局负责）\n"):
        rows = mine_bytes(other.encode(), "c.txt")
        assert same_share(base, rows) < 1.0 and differing(base, rows)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le", "utf-8-sig"])
def test_every_document_in_another_encoding(encoding: str) -> None:
    for name, text in plain_documents():
        if encoding == "utf-16-le" or _is_whole(text, encoding):
            rows = mine_bytes(text.encode(encoding), "a.txt")
            assert same_share(rows, plain_rows(name)) >= 0.99, (name, differing(rows, plain_rows(name))[:5])


def _is_whole(text: str, encoding: str) -> bool:
    """Whether the encoding holds the text without loss."""
    return text.encode(encoding).decode(encoding) == text


def test_every_document_in_a_zip_of_chinese_windows(tmp_path: Path) -> None:
    documents = plain_documents()
    with zipfile.ZipFile(tmp_path / "文件.zip", "w") as archive:
        for name, text in documents:
            archive.writestr(f"厅局/{name}.txt", text.encode("gb18030"))
    corpus = mine(tmp_path / "文件.zip", options=Options(terms=False))
    ids = {str(row["source"]).rsplit("/", 1)[1].removesuffix(".txt"): row["doc_id"] for row in corpus.rows("files")}
    assert set(ids) == {name for name, _ in documents}
    for name, _ in documents:
        rows = {table: [row for row in corpus.rows(table) if row["doc_id"] == ids[name]] for table in FIELDS}
        assert same_share(rows, plain_rows(name)) >= 0.99, (name, differing(rows, plain_rows(name))[:5])
