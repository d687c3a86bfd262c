"""What spares a text an expensive pattern: with and without it, the same is found in every document at hand."""

from __future__ import annotations

import random
import re
import unicodedata
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from policymine.extraction import bodies, citations, lists, responsibilities
from policymine.lexicon import recurring
from policymine.lexicon.files import read_rules
from policymine.lexicon.patterns import Anchor, around, compile_rules
from policymine.lexicon.recurring import ByLine, remembered
from policymine.reading.plain import _odd_share, decode
from policymine.structure import outline
from policymine.structure.letterhead import Line, lines_of
from policymine.text import quantities, residue, times
from policymine.text.characters import character_table, fold_characters
from policymine.text.markers import families, marker_at, opened_lines
from policymine.text.normalize import NormalizedText, normalize
from policymine.text.script import traditional_share
from policymine.versions.signature import comparison_key
from samples import RAW, SHARED, SOUP

FILES = sorted(path for folder in (RAW, SHARED / "texts", SHARED / "corpus") for path in folder.rglob("*.txt"))
MADE = "三点五公里、零点五百分点、二点零倍、五千米、三万零五十户、一亿五千万元,三点五千万元。不得超过至少3至5家,约10.5%、不突破2,000个;降至1.1。1、总则。前三名,第5位.到2025年12月31日前,“十四五”末,几十家、一批、第二批。——甲。一、乙丙丁戊"


@pytest.fixture(scope="module")
def texts() -> list[NormalizedText]:
    soup = ["".join(random.Random(seed).choices(SOUP, k=4000)) for seed in range(4)]
    read = [decode(path.read_bytes()).text or "" for path in FILES]
    return [normalize(text) for text in (MADE, MADE[::-1], *soup, *read)]


@pytest.mark.parametrize("name", ["times", "leftovers", "assignments"])
def test_rules_find_near_their_anchors_what_they_find_in_all_of_a_text(name: str, texts: list[NormalizedText]) -> None:
    for rule in compile_rules(name):
        if rule.near is not None:
            for n in texts:
                near = [m.span() for m in rule.finditer(n.text)]
                assert near == [m.span() for m in rule.regex.finditer(n.text)], rule.id


@pytest.mark.parametrize(
    ("pattern", "anchor", "reach"),
    [(lists._labelled_end(), lists._COLON, (70, 2)), (citations._SHORT, citations._CALLED, (2, 30)), (responsibilities._first_leads(), responsibilities._FIRST, (10, 40))],
    ids=["labels", "short forms", "conventions"],
)
def test_other_patterns_are_found_near_their_anchors(
    pattern: re.Pattern[str], anchor: Anchor, reach: tuple[int, int], texts: list[NormalizedText]
) -> None:
    for n in texts:
        assert [m.span() for m in around(pattern, anchor, n.text, *reach)] == [m.span() for m in pattern.finditer(n.text)]


@pytest.mark.parametrize("name", ["assignments"])
def test_rules_that_stand_behind_something_are_found_where_it_ends(name: str, texts: list[NormalizedText]) -> None:
    rules = [rule for rule in compile_rules(name) if rule.behind is not None]
    assert rules
    for rule in rules:
        before = re.compile(rule.row["behind"])
        for n in texts:
            slow: list[int] = []
            for at in (0, *(m.end() for m in before.finditer(n.text))):
                if (found := rule.regex.match(n.text, at)) and at >= (slow[-1] if slow else 0):
                    slow.append(found.end())
            assert slow == [m.end() for m in rule.finditer(n.text)], rule.id


@pytest.mark.parametrize("name", list(quantities._patterns()))
def test_numbers_are_found_where_they_can_begin(name: str, texts: list[NormalizedText]) -> None:
    for n in texts:
        found = [m.span() for m in quantities.matches(name, n.text)]
        assert found == [m.span() for m in quantities._patterns()[name].finditer(n.text)]


@pytest.mark.parametrize(
    ("by_line", "about"),
    [(quantities._BY_LINE, ()), (times._BY_LINE, (2018,)), (bodies.scan()._places, ())],
    ids=["numbers", "times", "assignments"],
)
def test_a_line_gives_alone_what_it_gives_among_others(by_line: ByLine[Any], about: tuple[int, ...], texts: list[NormalizedText]) -> None:
    alone = ByLine(by_line._find, by_line._start, by_line._moved)
    for n in texts:
        for line in n.text.split("\n"):
            alone(f"{line}\n", *about)
        assert alone(n.text, *about) == by_line(n.text, *about)


def test_a_line_gives_the_same_whatever_was_read_before() -> None:
    for by_line, about, first, second in [
        (quantities._BY_LINE, (), "指数达到\n", "30.5\n"),
        (quantities._BY_LINE, (), "分别为\n", "20、30家\n"),
        (times._BY_LINE, (2018,), "市渔业局,第四季度\n", "其他\n"),
    ]:
        fresh = [ByLine(by_line._find, by_line._start, by_line._moved) for _ in range(2)]
        fresh[1](first, *about)
        fresh[1](second, *about)
        assert fresh[0](first + second, *about) == fresh[1](first + second, *about) == by_line._find(first + second, *about)


def test_words_are_asked_about_once_while_they_are_few_and_short() -> None:
    asked: list[str] = []

    def size(words: str) -> int:
        asked.append(words)
        return len(words)

    known, long = remembered(size, 2), "长" * 501
    assert [known(words) for words in ("甲", "乙丙", "甲", "乙丙", long, long)] == [1, 2, 1, 2, 501, 501]
    assert asked == ["甲", "乙丙", long, long]
    assert [known(words) for words in ("丁", "甲", "丁")] == [1, 1, 1]
    assert asked[4:] == ["丁", "甲"]  # a third one: all were forgotten


@pytest.mark.parametrize("most", [recurring.MOST, 10], ids=["remembered", "long"])
def test_lines_give_what_a_text_gives(most: int, texts: list[NormalizedText], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurring, "MOST", most)
    rules = [rule for rule in compile_rules("assignments") if rule.id in bodies.scan()(MADE)]
    assert rules
    for n in texts:
        assert quantities.find_quantities(n.text) == quantities._in_lines(n.text)
        assert times.find_times(n.text, 2018) == times._in_lines(n.text, 2018)
        found = bodies.scan()(n.text)
        assert all([m.span(1) for m in found[rule.id]] == [m.span(1) for m in rule.finditer(n.text)] for rule in rules)


def test_every_line_of_residue_passes_the_gate(texts: list[NormalizedText]) -> None:
    for n in texts:
        for line in map(str.strip, n.folded.split("\n")):
            if 0 < len(line) <= residue.LONGEST and line not in "大中小" and residue._pattern().fullmatch(line):
                assert residue.is_residue(line), line


@pytest.mark.parametrize("line", ["- 3 -", "第 3 页 共 5 页", "3/12", "(大 中 小)", "【打印】", "[ 关闭", "目 录", "【法规标题】某办法"])
def test_lines_of_residue_begin_so(line: str) -> None:
    assert residue.is_residue(line)


def test_markers_inside_lines_are_found_by_what_stands_before_them(texts: list[NormalizedText]) -> None:
    before = re.compile(
        r"(?<=[。!?])(?=第[一二三四五六七八九十\d]|[一二三四五六七八九十]{1,3}、|[(][一二三四五六七八九十\da-z]|"
        r"\d{1,2}[.、)\ue000-\uf8ff]|案例\d|专栏\d)|(?<=[。;:])(?=--+[\u4e00-\u9fff])"
    )
    glued = re.compile(
        r"(?<=[\u4e00-\u9fff,])(?<![一二三四五六七八九十第表图款条至到和第])"
        r"(?=\d{1,2}\.[\u4e00-\u9fff“]|[一二三四五六七八九十]{1,3}、[\u4e00-\u9fff]{4})"
    )
    for n in texts:
        for begin in (0, min(7, len(n.text))):
            slow = {m.start(): 2 for m in glued.finditer(n.text, begin)} | {m.start(): 1 for m in before.finditer(n.text, begin)}
            quick = {at: how for at, how in outline._places(n.text, begin) if how != 0}
            assert quick == {at: how for at, how in slow.items() if at in quick or n.text[at - 1] != "\n"}


def test_keys_keep_what_stands_between_digits(texts: list[NormalizedText]) -> None:
    def separator(m: re.Match[str]) -> str:
        if m[2] is None or m[2] == "," and re.match(r"[0-9]{3}(?![0-9])", m.string[m.end() : m.end() + 4]):
            return ""
        return "." if m[2] == "." else "-"

    for n in texts:
        slow = re.sub(r"(?<=([0-9]))([\W_]+)(?=[0-9])|[\W_]+", separator, n.text)
        assert comparison_key(n.text) == slow


def test_spans_of_the_document_text_are_those_of_their_ends(texts: list[NormalizedText]) -> None:
    for n in texts:
        for start in range(0, len(n.text), 97):
            for size in (0, 1, 5, 60):
                end = min(start + size, len(n.text))
                last = min(n.raw_start(end - 1) + 1, len(n.raw)) if end > start else n.raw_start(start)
                assert n.raw_span(start, end) == (n.raw_start(start), last)


def test_shares_of_characters_are_those_of_counting_each(texts: list[NormalizedText]) -> None:
    for n in texts:
        text = n.raw[:50_000] + "\x07\ue000關"
        odd = [c for c in text if c not in "\t\n\r\f\v" and (c == "\ufffd" or unicodedata.category(c) in ("Cc", "Cn", "Cs"))]
        assert _odd_share(text) == len(odd) / len(text)
        chinese = [c for c in n.raw[:50_000] if "\u4e00" <= c <= "\u9fff"]
        assert 0 <= traditional_share(n.raw) * len(chinese) <= len(chinese)


def test_characters_are_folded_as_the_table_says(texts: list[NormalizedText]) -> None:
    table = character_table()
    assert all(table.get(ord(to), to) == to for to in table.values())
    for n in texts:
        raw = n.raw + "".join(map(chr, table))
        assert fold_characters(raw) == raw.replace("\r\n", "\x00\n").translate(table)


def test_lines_of_residue_are_those_that_normalisation_left_out(texts: list[NormalizedText]) -> None:
    for n in texts:
        assert lines_of(n.folded, (), n.residue) == [
            Line(line.text, line.start, line.end, line.residue or (line.start, line.end) in n.residue)
            for line in lines_of(n.folded)
        ]


def test_no_match_begins_with_another_character_than_its_rule_says() -> None:
    asked = [rule for name in ("assignments", "judgement", "deadlines", "outcomes", "times") for rule in compile_rules(name) if "first" in rule.row]
    assert asked
    for rule in asked:
        _, *begun = _parser.parse(rule.regex.pattern)  # what stands behind the look at the first character
        missing = {c for c in _begin_with(begun) if not re.match(rule.row["first"], c)}
        assert not missing, f"{rule.id}: add {''.join(sorted(missing))} to first"


def _begin_with(parts: list[Any]) -> set[str]:
    """The characters that a parsed pattern can begin with; no wider class than that of digits may open it."""
    (op, about), *rest = parts
    if op is _parser.LITERAL:
        return {chr(about)}
    if op is _parser.IN:
        return set().union(*(set("0123456789") if one == (_parser.CATEGORY, _parser.CATEGORY_DIGIT) else _begin_with([one]) for one in about))
    if op is _parser.BRANCH:
        return set().union(*(_begin_with([*branch, *rest]) for branch in about[1]))
    if op is _parser.SUBPATTERN:
        return _begin_with([*about[3], *rest])
    if op is _parser.MAX_REPEAT:
        return _begin_with([*about[2], *rest]) | (_begin_with(rest) if about[0] == 0 else set())
    assert op in (_parser.ASSERT, _parser.ASSERT_NOT), op
    return _begin_with(rest)


def test_no_marker_opens_with_another_character_than_its_family_says(texts: list[NormalizedText]) -> None:
    first = {row["id"]: row["first"] for row in read_rules("outline")["families"]}
    for name, pattern in families().items():
        for n in texts:
            assert all(re.match(first[name], m[0]) for m in pattern.finditer(n.text)), name
    for n in texts:
        opened = {m.end() for m in opened_lines().finditer(n.text)}
        assert all(m.end() in opened for m in re.finditer("\n", n.text) if marker_at(n.text, m.end()))
