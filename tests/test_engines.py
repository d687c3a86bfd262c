"""Engines: one process or several, the same rows; an error in one document never stops the others."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from policymine import engines
from policymine.assemble import collect
from policymine.corpus import Corpus, mine, mine_text
from policymine.engines import mine_raw
from policymine.models import Options, RawDocument
from policymine.reading import read_document
from policymine.reading.sources import MisuseError, Source, list_sources
from policymine.tables.schema import TABLES, Row

BODY = "澄岚市人民政府关于第{n}批示范点的意见\n一、目标\n到2025年，新建示范点{n}个。（市教育局牵头，市财政局配合）\n"


def _sources(count: int) -> list[Source]:
    made = []
    for n in range(count):
        raw = read_document(BODY.format(n=n + 1).encode(), f"{n:02}.txt")
        made.append(Source(raw.source, None, raw))
    return made


def _tables(sources: Sequence[Source], jobs: int) -> dict[str, list[Row]]:
    corpus = Corpus()
    collect(sources, corpus, Options(), jobs)
    return corpus.as_rows()


@pytest.fixture
def tiny_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker processes even for little input, a few documents a time."""
    monkeypatch.setattr(engines, "SMALL", -1)
    monkeypatch.setattr(engines, "CHUNK_DOCUMENTS", 3)


@pytest.mark.usefixtures("tiny_portions")
def test_processes_give_the_rows_of_one_process_in_the_same_order() -> None:
    sources = _sources(8)
    alone, shared = _tables(sources, 1), _tables(sources, 2)
    assert [row["source"] for row in alone["files"]] == [source.name for source in sources]
    assert alone == shared
    assert all(row["status"] == "ok" for row in alone["files"])


class Deadly(RawDocument):
    """A document that ends the process of the worker that takes it."""

    __slots__ = ()

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (3,)


@pytest.mark.usefixtures("tiny_portions")
def test_a_document_that_ends_its_process_is_failed_and_the_others_are_mined() -> None:
    sources = _sources(8)
    raw = sources[4].raw
    assert raw is not None
    deadly = Deadly(raw.doc_id, raw.source, raw.text, raw.size, raw.media_type, raw.encoding, raw.reader)
    sources[4] = Source(raw.source, None, deadly)
    tables = _tables(sources, 2)
    assert [row["status"] for row in tables["files"]] == ["ok"] * 4 + ["failed"] + ["ok"] * 3
    assert [row["source"] for row in tables["files"]] == [source.name for source in sources]
    [issue] = [row for row in tables["issues"] if row["code"] == "document-failed"]
    assert issue["source"] == "04.txt"


def test_an_error_in_mining_is_a_document_with_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(raw: RawDocument, options: Options) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("policymine.pipeline.mine_document", broken)
    [source] = _sources(1)
    assert source.raw is not None
    mined = mine_raw(source.raw, Options())
    assert mined.rows.file["status"] == mined.rows.document["status"] == "failed"  # type: ignore[index]
    [issue] = mined.rows.tables["issues"]
    assert issue["level"] == "error"
    assert "RecursionError in test_engines.py" in str(issue["message"])
    assert mined.text == source.raw.text


def test_files_with_the_same_bytes_share_one_document(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c/d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(BODY.format(n=1), encoding="utf-8")
    corpus = mine(tmp_path)
    assert [row["source"] for row in corpus.rows("files")] == ["a.txt", "b.txt", "c/d.txt"]
    [document] = corpus.rows("documents")
    assert document["source"] == "a.txt"
    assert len({row["doc_id"] for row in corpus.rows("files")}) == 1
    ids = [row["section_id"] for row in corpus.rows("sections")]
    assert len(set(ids)) == len(ids)


def test_unreadable_files_are_rows_beside_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BODY.format(n=1), encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"%PDF-1.4")
    corpus = Corpus()
    collect([*list_sources([tmp_path]), Source("gone", str(tmp_path / "gone"))], corpus)
    status = {row["source"]: row["status"] for row in corpus.rows("files")}
    assert status == {"a.txt": "ok", "b.txt": "damaged", "gone": "missing"}
    assert len(corpus.rows("documents")) == 2
    assert {row["source"] for row in corpus.rows("issues") if row["level"] == "error"} == {"b.txt", "gone"}


def test_a_corpus_gives_frames_with_proper_types(tmp_path: Path) -> None:
    corpus = mine_text(BODY.format(n=12))
    for name, table in TABLES.items():
        assert list(corpus[name].columns) == list(table.names)
    dtypes = corpus.targets.dtypes
    assert (str(dtypes["value"]), str(dtypes["start"]), str(dtypes["unit"])) == ("Float64", "Int64", "string")
    assert str(corpus.documents["is_canonical"].dtype) == "boolean"
    doc_id = str(corpus.documents["doc_id"].iloc[0])
    assert corpus.text(doc_id) == BODY.format(n=12)
    assert "targets" in dir(corpus)
    assert "documents: 1" in repr(corpus)
    assert "<table>" in corpus._repr_html_()
    with pytest.raises(AttributeError):
        _ = corpus.nothing
    with pytest.raises(KeyError):
        corpus.text("0")


def test_a_corpus_is_written_and_loaded(tmp_path: Path) -> None:
    corpus = mine_text(BODY.format(n=12))
    for format_ in ("parquet", "csv", "jsonl"):
        corpus.write(tmp_path / format_, [format_], rejected=True)
        loaded = Corpus.load(tmp_path / format_)
        assert len(loaded) == 1
        for name in TABLES:
            assert loaded[name].equals(corpus[name]), (format_, name)
        doc_id = str(loaded.documents["doc_id"].iloc[0])
        assert loaded.text(doc_id) == corpus.text(doc_id)
    with pytest.raises(MisuseError, match="no result"):
        Corpus.load(tmp_path)
    with pytest.raises(MisuseError, match="unknown format"):
        corpus.write(tmp_path / "x", ["xml"])


def test_a_text_with_lone_surrogates_is_mined() -> None:
    assert mine_text("到2025年\ud800").text(str(mine_text("到2025年\ud800").documents["doc_id"].iloc[0])) == "到2025年?"
