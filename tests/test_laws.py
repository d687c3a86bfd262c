"""The laws of the program, each on every sample and on texts that nobody would write."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policymine import engines
from policymine.corpus import Corpus, mine, mine_one, mine_text
from policymine.models import Options, RawDocument
from policymine.reading import read_document
from policymine.tables.schema import TABLES, Row
from policymine.text.normalize import normalize
from samples import NAMES, RAW, SLOW, SOUP, sample, sample_text, squash

POINTING = [name for name, table in TABLES.items() if {"start", "end"} <= {c.name for c in table.columns}]
SOUPS = st.lists(st.sampled_from(SOUP), max_size=60).map("".join)

# ---- evidence: every row points at its words


def check_evidence(text: str, rows: dict[str, list[Row]]) -> None:
    """Every row of a document stands where it says, with the words that it says."""
    check_places(text, rows)
    _check_words(text, rows)


def check_places(text: str, rows: dict[str, list[Row]]) -> None:
    """Every row of a document stands in its text; between its words may be what pages repeat, and page numbers."""
    for table in POINTING:
        for row in rows[table]:
            start, end = row["start"], row["end"]
            if start is None and table in ("fields", "issues"):
                continue
            assert isinstance(start, int) and isinstance(end, int), (table, row)
            assert 0 <= start <= end <= len(text), (table, row)
            if table not in ("sections", "issues", "changes"):  # of what was added, the place alone
                assert start < end, (table, row)


def _check_words(text: str, rows: dict[str, list[Row]]) -> None:
    residue = normalize(text).residue

    def words(row: Row, first: str = "start", last: str = "end") -> str:
        at, stop = int(str(row[first])), int(str(row[last]))
        part = text[at:stop]
        for start, end in reversed(residue):  # a page number may stand between the lines of one sentence
            part = part[: start - at] + part[end - at :] if at < start and end <= stop else part
        return squash(part)

    for row in rows["targets"]:
        assert words(row, "clause_start", "clause_end") == squash(str(row["clause"])), row
        assert int(str(row["clause_start"])) <= int(str(row["start"])) < int(str(row["clause_end"])), row
        assert re.search(r"[\d一二两三四五六七八九十百千万亿半番零增成]", _fold(words(row))), row
        if row["indicator"]:
            name, said = squash(str(row["indicator"])), squash(text)
            joined = (name[:k] in said and name[k:] in said for k in range(1, len(name)))
            assert name in said or any(joined), row  # a place and the head of a column; 总收入达到…,占GDP的…
    for row in rows["deadlines"]:
        assert words(row) == squash(str(row["text"])), row
    for row in rows["goals"]:
        assert words(row) == squash(str(row["text"])), row
    for row in rows["tasks"]:
        assert words(row) == squash(str(row["task"])), row
    for row in rows["responsibilities"]:
        assert words(row) == squash(str(row["department"])), row
        assert 0 <= int(str(row["governs_start"])) <= int(str(row["governs_end"])) <= len(text), row
    for row in rows["sections"]:
        if row["marker"]:
            assert words(row).startswith(squash(str(row["marker"]))), row
        if row["heading"]:
            assert squash(str(row["heading"])) in words(row), row
    for row in rows["citations"]:
        assert _fold(str(row["title"])) in _fold(words(row)), row
    for row in rows["rejected"]:
        assert words(row) == squash(str(row["text"])), row


def _fold(words: str) -> str:
    return re.sub(r"[\s\W_]+", "", unicodedata.normalize("NFKC", words))


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_a_sample_points_at_its_words(name: str) -> None:
    rows = sample(name).as_rows()
    assert rows["targets"] and rows["sections"] and rows["responsibilities"]
    check_evidence(sample_text(name), rows)


@pytest.mark.parametrize("name", NAMES)
def test_every_section_lies_in_its_parent_and_all_tile_the_document(name: str) -> None:
    sections = sample(name).rows("sections")
    by_id = {row["section_id"]: row for row in sections}
    tops = [row for row in sections if row["parent_id"] is None]
    text = sample_text(name)
    for row in sections:
        if row["parent_id"] is not None:
            parent = by_id[row["parent_id"]]
            assert int(str(parent["start"])) <= int(str(row["start"])) <= int(str(row["end"])) <= int(str(parent["end"]))
    at = 0
    for row in tops:
        assert not normalize(text[at : int(str(row["start"]))]).text.strip(), row  # nothing but residue between them
        at = int(str(row["end"]))
    assert not normalize(text[at:]).text.strip()


@settings(max_examples=1500 if SLOW else 250, deadline=None)
@given(SOUPS)
def test_rows_of_keyword_soup_point_at_their_words(soup: str) -> None:
    corpus = mine_text(soup)
    [file] = corpus.rows("files")
    assert file["status"] == "ok", corpus.rows("issues")
    check_evidence(corpus.text(str(file["doc_id"])), corpus.as_rows())


@settings(max_examples=300 if SLOW else 60, deadline=None)
@given(st.sampled_from(NAMES), st.randoms(use_true_random=False))
def test_rows_of_a_shuffled_sample_point_at_their_words(name: str, chance: random.Random) -> None:
    text = sample_text(name)
    cuts = sorted(chance.randrange(len(text)) for _ in range(12))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    chance.shuffle(pieces)
    spoilt = "".join(pieces)
    corpus = mine_text(spoilt)
    assert corpus.rows("files")[0]["status"] == "ok", corpus.rows("issues")
    check_evidence(spoilt, corpus.as_rows())


# ---- the offset map


@settings(max_examples=1500 if SLOW else 300, deadline=None)
@given(SOUPS)
def test_normalised_characters_stand_where_the_map_says(soup: str) -> None:
    text = normalize(soup)
    positions = [text.raw_start(i) for i, c in enumerate(text.text) if c != "\n"]
    assert positions == sorted(set(positions))
    for i, c in enumerate(text.text):
        if c not in "\n“” ":
            assert text.folded[text.raw_start(i)] == c


# ---- total: any bytes give a status, never a traceback


@settings(max_examples=1000 if SLOW else 200, deadline=None)
@given(st.one_of(st.binary(max_size=400), SOUPS.map(lambda s: s.encode("gb18030", "replace")), SOUPS.map(lambda s: s.encode("utf-16", "replace"))))
@example("2000年\n浏览次数０\n）".encode("gb18030"))
def test_any_bytes_have_a_status(data: bytes) -> None:
    raw = read_document(data, "any.txt")
    corpus = mine_one(raw, Options())
    [file] = corpus.rows("files")
    assert file["status"] in ("ok", "binary", "unsupported-format", "damaged"), corpus.rows("issues")
    if file["status"] == "ok":
        check_evidence(raw.text, corpus.as_rows())


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_sample_has_a_status(name: str) -> None:
    chance = random.Random(name)
    data = bytearray((RAW / f"{name}.txt").read_bytes())
    for _ in range(20):
        data[chance.randrange(len(data))] = chance.randrange(256)
    raw = read_document(bytes(data), name)
    corpus = mine_one(raw, Options())
    assert corpus.rows("files")[0]["status"] != "failed", corpus.rows("issues")
    if raw.status == "ok":
        check_evidence(raw.text, corpus.as_rows())


# ---- same in, same out


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "run.json"
    }


def test_the_same_bytes_in_another_order_and_with_two_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "SMALL", 0)
    monkeypatch.setattr(engines, "CHUNK_DOCUMENTS", 2)
    paths = sorted(RAW.glob("*.txt"))
    results = []
    for k, (order, jobs) in enumerate([(paths, 1), (paths[::-1], 1), (paths[5:] + paths[:5], 2)]):
        mine(order, jobs).write(tmp_path / str(k), ("parquet", "csv", "jsonl"), rejected=True)
        results.append(_bytes(tmp_path / str(k)))
    assert any(name.endswith("targets.parquet") for name in results[0])
    assert results[0] == results[1] == results[2]


def test_mining_twice_gives_equal_rows() -> None:
    name = NAMES[0]
    assert mine_text(sample_text(name), name).as_rows() == sample(name).as_rows()


# ---- invariance: typography changes no facts

_FACTS = {
    "targets": ("indicator", "comparator", "value", "value_max", "unit", "change", "deadline"),
    "deadlines": ("text", "relation", "start_date", "end_date", "period"),
    "responsibilities": ("department", "role"),
    "sections": ("level", "heading"),
    "goals": ("text", "deadline"),
}


def _facts(corpus: Corpus) -> Counter[tuple[str, ...]]:
    """The facts of a document without their places, widths, punctuation and blanks."""
    return Counter(
        (table, *("" if row[column] is None else _fold(str(row[column])) for column in columns))
        for table, columns in _FACTS.items() for row in corpus.rows(table)
    )


def _share(name: str, text: str) -> tuple[float, Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
    before, after = _facts(sample(name)), _facts(mine_text(text, name))
    same, total = sum((before & after).values()), sum((before | after).values())
    return (same / total if total else 1.0), before - after, after - before


_HALF = {0xFF01 + i: 0x21 + i for i in range(94)}
_FULL = {ord(c): ord(c) + 0xFEE0 for c in "0123456789%ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}


def _half_width(text: str) -> str:
    return text.translate(_HALF)


def _full_width(text: str) -> str:
    return text.translate(_FULL | {ord("("): "（", ord(")"): "）", ord(","): "，"})


def _windows(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def _blank_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\n\n")


def _indented(text: str) -> str:
    return "\n".join(f"\u3000\u3000{line.lstrip()}" if line.strip() else "" for line in text.splitlines())


def _reflowed(text: str, width: int = 40) -> str:
    """Broken at a fixed number of characters, as texts taken from a PDF are."""
    out = []
    for line in text.splitlines():
        line = line.rstrip()
        indent = "\u3000\u3000" if len(line) > width else ""
        line = indent + line.lstrip() if indent else line
        out += [line[i : i + width] for i in range(0, len(line), width)] or [""]
    return "\n".join(out)


def _residue(text: str) -> str:
    head = "当前位置：首页 > 政务公开 > 政策文件\n发布日期：2024-03-05    浏览次数：128\n【字体：大 中 小】\n"
    tail = "\n分享到： 收藏本文\n【打印】【关闭】\nCopyright© 2017 某某平台 All Rights Reserved.\n"
    return head + text + tail


def _stripped_invisible(text: str) -> str:
    return "\u200b".join(text[i : i + 7] for i in range(0, len(text), 7))


_CHANGES = {
    "half width": _half_width,
    "full width": _full_width,
    "windows line ends": _windows,
    "blank lines": _blank_lines,
    "indented": _indented,
    "reflowed": _reflowed,
    "residue": _residue,
    "invisible characters": _stripped_invisible,
}
# What a change may cost (a share of the facts), with the reason. Everything else must stay whole.
LEAST = {
    # a numbered condition of several clauses is taken for a heading once its line is broken
    ("2016-岑南市-市长质量奖管理办法", "reflowed"): 0.96,
    # the header and the residue rules read lines that still hold the invisible characters
    ("2016-岑南市-市长质量奖管理办法", "invisible characters"): 0.98,
    ("lankou-2018-quality-web", "invisible characters"): 0.98,
}


@pytest.mark.parametrize("change", _CHANGES)
@pytest.mark.parametrize("name", NAMES)
def test_typography_changes_no_facts(name: str, change: str) -> None:
    share, lost, gained = _share(name, _CHANGES[change](sample_text(name)))
    assert share >= LEAST.get((name, change), 1.0), (share, lost, gained)


@pytest.mark.parametrize("name", NAMES)
def test_a_stripped_header_changes_no_facts_below_it(name: str) -> None:
    text = sample_text(name)
    sections = sample(name).rows("sections")
    first = next((row for row in sections if row["marker"]), None)
    assert first is not None
    body = text[int(str(first["start"])) :]
    # what the header told (the year that 年底前 means, a convention, facts of the preamble) is gone with it
    before = Counter(fact for fact in _facts(sample(name)) if fact[0] in ("sections", "responsibilities"))
    after = Counter(fact for fact in _facts(mine_text(body, name)) if fact[0] in ("sections", "responsibilities"))
    assert not {fact for fact in after if fact[0] == "sections"} ^ {fact for fact in before if fact[0] == "sections"}


# ---- a planted fact is found where it was planted


@settings(max_examples=100 if SLOW else 40, deadline=None)
@given(st.sampled_from([n for n in NAMES if "办法" not in n]), st.integers(0, 400), st.integers(2026, 2034), st.integers(1001, 9999))
def test_a_planted_target_is_found_where_it_was_planted(name: str, line: int, year: int, count: int) -> None:
    lines = sample_text(name).splitlines()
    at = len(lines) if line >= len(lines) else max(line, len(lines) // 2)
    planted = f"到{year}年，全市建成示范灯塔{count}座。"
    text = "\n".join([*lines[:at], "七、补充任务", planted, *lines[at:]])
    start = text.index(f"{count}座")
    found = [row for row in mine_text(text, name).rows("targets") if row["start"] == start]
    assert [(row["value"], row["unit"], row["deadline"]) for row in found] == [(float(count), "座", str(year))]


def test_the_laws_are_checked_on_something() -> None:
    broken = sample(NAMES[0]).as_rows()
    rows = {name: [dict(row) for row in table] for name, table in broken.items()}
    rows["deadlines"][0]["start"] = int(str(rows["deadlines"][0]["start"])) + 1
    with pytest.raises(AssertionError):
        check_evidence(sample_text(NAMES[0]), rows)


def test_a_document_too_long_is_not_mined() -> None:
    raw = RawDocument("0" * 20, "long", "", 10, "text/plain", "utf-8", "plain", "too-long")
    assert mine_one(raw, Options()).rows("targets") == []
