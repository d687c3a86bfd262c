"""Traditional script and the encodings that come with it: recognised, said to be so, and read whole."""

from __future__ import annotations

import pytest

from policymine.corpus import mine_text
from policymine.lexicon.files import read_lexicon
from policymine.reading import read_document
from policymine.text.script import LEAST, is_traditional, simplify, traditional_share
from samples import NAMES, sample, sample_text

_BACK = {ord(row["simplified"]): row["traditional"] for row in reversed(read_lexicon("traditional"))}
FACTS = ("sections", "targets", "goals", "deadlines", "responsibilities")


def _traditional(text: str) -> str:
    return text.translate(_BACK)


def test_the_table_is_one_character_for_one() -> None:
    rows = read_lexicon("traditional")
    assert all(len(row["traditional"]) == len(row["simplified"]) == 1 for row in rows)
    assert len({row["traditional"] for row in rows}) == len(rows) > 1500
    assert not {row["traditional"] for row in rows} & {row["simplified"] for row in rows}


@pytest.mark.parametrize("name", NAMES)
def test_the_same_facts_in_traditional_script(name: str) -> None:
    text = _traditional(sample_text(name))
    assert traditional_share(text) > 4 * LEAST and traditional_share(sample_text(name)) < LEAST / 4
    found = mine_text(text, name)
    for table in FACTS:
        assert [(row["start"], row["end"]) for row in found.rows(table)] == [
            (row["start"], row["end"]) for row in sample(name).rows(table)
        ], table
    codes = [row["code"] for row in found.rows("issues")]
    assert codes.count("read-traditional") == 1
    assert "read-traditional" in str(found.rows("documents")[0]["flags"])
    assert "read-traditional" not in [row["code"] for row in sample(name).rows("issues")]


def test_a_row_quotes_the_text_as_it_is_written() -> None:
    text = "一、總體目標\n到2025年，新建觀光碼頭３個，漁業產值達到５０億元。（市財政局牽頭）\n"
    corpus = mine_text(text)
    assert [text[r["start"] : r["end"]] for r in corpus.rows("targets")] == ["３個", "５０億元"]
    assert [(r["unit"], r["value"]) for r in corpus.rows("targets")] == [("个", 3), ("元", 5_000_000_000)]
    [row] = corpus.rows("responsibilities")
    assert (row["department"], row["role"], row["function"]) == ("市財政局", "lead", "finance")


@pytest.mark.parametrize("text", ["苏軾与乾隆的後人在台灣开会，发展经济，建设国家，到2025年新建码头三个，完成全部任务，各部门分工负责。", "", "2025", "發展"])
def test_a_name_in_other_characters_makes_no_traditional_text(text: str) -> None:
    assert is_traditional(text) == (text == "發展")
    assert len(simplify(text)) == len(text)


@pytest.mark.parametrize("name", NAMES[:4])
@pytest.mark.parametrize("encoding", ["big5hkscs", "gb18030", "utf-16-le", "utf-8"])
def test_traditional_text_in_its_encodings(name: str, encoding: str) -> None:
    text = _traditional(sample_text(name))
    text = "".join(c for c in text if c.encode(encoding, "ignore"))  # what Big5 lacks
    raw = read_document(text.encode(encoding), name)
    assert (raw.text, raw.encoding) == (text, encoding)
    assert [issue.code for issue in raw.issues] == ["read-traditional"]


def test_short_lines_in_gbk_are_never_taken_for_big5() -> None:
    lines = {line[:n] for name in NAMES for line in sample_text(name).split() for n in (6, 8, 30)}
    lines = {line for line in lines if sum("\u4e00" <= c <= "\u9fff" for c in line) >= 5}
    read = {line: read_document(line.encode("gb18030"), "a").text for line in lines}
    assert [line for line, text in read.items() if text != line] == []


def test_hz_is_read() -> None:
    text = "到2025年,新建观光码头3个。\n"
    raw = read_document(text.encode("hz"), "a.txt")
    assert (raw.text, raw.encoding, raw.issues) == (text, "hz", ())
    assert read_document(b"a ~{ b } ~ c", "a.txt").encoding == "utf-8"


@pytest.mark.parametrize("lost", ["\ufffd", "锟斤拷", "锟斤拷锟斤拷"])
def test_characters_that_were_lost_before_are_told(lost: str) -> None:
    text = f"到2025年，新建{lost}码头3个。"
    raw = read_document(text.encode(), "a.txt")
    assert raw.text == text
    [issue] = raw.issues
    assert (issue.code, text[issue.start : issue.end]) == ("read-undecodable", lost)
