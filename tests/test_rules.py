"""The data that the program reads: every rule of ``data/rules`` and every row of ``data/lexicons``."""

from __future__ import annotations

import re
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import policymine
from policymine.corpus import mine_text
from policymine.extraction import deadlines, standing
from policymine.lexicon.files import parse_tsv
from policymine.lexicon.patterns import compile_rules
from policymine.text.markers import marker_at
from policymine.text.numerals import MAGNITUDES
from policymine.text.residue import LONGEST, is_residue
from policymine.text.times import find_times

DATA = Path(policymine.__file__).parent / "data"
RULE_FILES = sorted(DATA.glob("rules/*.toml"))
LEXICONS = sorted(DATA.glob("lexicons/*.tsv"))
NO_RULES = {"bounds"}  # lists of words, without patterns
KEYS = {
    "id", "pattern", "examples", "counter_examples", "relation", "unless_after", "inline", "reason", "where", "kinds",
    "class", "strength", "sections", "near", "reach", "behind", "role", "layer", "first", "units", "when", "unless",
}


@dataclass(frozen=True)
class Rule:
    """A rule as its file has it, with its parts put in."""

    file: str
    id: str
    regex: re.Pattern[str]
    row: dict[str, Any]


def _rules() -> list[Rule]:
    found = []
    for path in RULE_FILES:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        if "parts" in content:
            found += [Rule(path.stem, p.id, p.regex, p.row) for group, rows in content.items() if isinstance(rows, list) for p in compile_rules(path.stem, group)]
            continue
        for group in content.values():
            for row in group if isinstance(group, list) else []:
                if isinstance(row, dict) and "pattern" in row:
                    found.append(Rule(path.stem, row["id"], re.compile(row["pattern"]), row))
        if path.stem == "roles":
            row = content["conventions"]
            found.append(Rule("roles", "first_leads", re.compile(row["first_leads"]), row))
            closing = {"examples": row["examples_closing"], "counter_examples": row["examples_not_closing"]}
            found.append(Rule("roles", "closes", re.compile(row["closes"]), closing))
    return found


RULES = _rules()
EVERY = pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.file}:{rule.id}")


def _text(example: str | dict[str, Any]) -> str:
    return example if isinstance(example, str) else str(example["text"])


def _matches(rule: Rule, words: str) -> bool:
    """Whether a rule takes words as its own, in the way in which the program applies it."""
    if rule.file == "residue":
        return rule.regex.fullmatch(words) is not None and is_residue(words)
    if rule.file == "outline":
        marker = marker_at(words, 0)
        return marker is not None and marker.family == rule.id
    if rule.file == "times":
        after = rule.row.get("unless_after")
        return any(not (after and re.match(after, words[m.end() :])) for m in rule.regex.finditer(words))
    return rule.regex.search(words) is not None


def test_every_file_is_covered() -> None:
    assert {rule.file for rule in RULES} | NO_RULES == {path.stem for path in RULE_FILES}
    assert len(RULES) > 60


def test_ids_are_unique() -> None:
    assert not [key for key, n in Counter((rule.file, rule.id) for rule in RULES).items() if n > 1]


@EVERY
def test_a_rule_has_known_keys_and_examples(rule: Rule) -> None:
    if rule.file != "roles":
        assert set(rule.row) <= KEYS, set(rule.row) - KEYS
        assert "counter_examples" in rule.row
    assert rule.row["examples"]


@EVERY
def test_a_rule_takes_its_examples_and_not_its_counter_examples(rule: Rule) -> None:
    for example in rule.row["examples"]:
        assert _matches(rule, _text(example)), example
    for example in rule.row.get("counter_examples", []):
        assert not _matches(rule, _text(example)), example


@pytest.mark.parametrize("rule", [r for r in RULES if r.file == "times"], ids=lambda rule: str(rule.id))
def test_a_time_rule_states_its_values(rule: Rule) -> None:
    for example in rule.row["examples"]:
        written = example["text"]
        text = written.removesuffix(example.get("ends_before", "\0")).removeprefix(example.get("begins_after", "\0"))
        found = find_times(written + "。", None)
        own = [time_ for time_ in found if time_.text == text]
        assert len(own) == 1 and len(found) == 1 + example.get("others", 0), (text, found)
        time_ = own[0]
        assert time_.relation == rule.row["relation"], (text, time_)
        if {"start", "end", "period"} & set(example):
            stated = (example.get("start"), example.get("end"), example.get("period"))
            assert (time_.start_date, time_.end_date, time_.period) == stated, (text, time_)


KINDS = set("count money percent points time area amount length mass energy data volume rank multiple index rate other".split())


def test_rules_that_decide_ask_only_for_known_facts() -> None:
    times = {rule.id for rule in compile_rules("times")}
    known: dict[str, set[str]] = {"deadlines": set(deadlines.FACTS), "judgement": set(standing.FACTS)}
    asked: dict[str, set[str]] = {name: set() for name in known}
    for rule in RULES:
        if rule.file in known:
            asked[rule.file] |= {*rule.row.get("when", ()), *rule.row.get("unless", ())}
            assert rule.row.get("where", "around") in standing.WHERE, rule.id
            assert set(rule.row.get("kinds", ())) <= (times if rule.file == "deadlines" else KINDS), rule.id
    assert asked == known


@pytest.mark.parametrize("name", ["times", "assignments", "deadlines", "judgement", "numbers"])
def test_no_part_is_unused(name: str) -> None:
    content = tomllib.loads((DATA / "rules" / f"{name}.toml").read_text(encoding="utf-8"))
    patterns = " ".join([row["pattern"] for rows in content.values() if isinstance(rows, list) for row in rows] + list(content["parts"].values()))
    assert not [name for name in content["parts"] if f"${{{name}}}" not in patterns]


# ---- no rule takes for ever, whatever the text

LONG = 50_000
ADVERSARIAL = {
    piece: (piece * (LONG // len(piece) + 1))[:LONG]
    for piece in (
        "1", "一", "年", "2025年", "到", "(", "（一）", "《", "“", "、", ",", "甲", "甲、", "市财政局、", "达到1", "每年", "建设体系", "显著提升", "第一条", "--", "给予", "的", "a", "1.", "1,", " ",
    )
}
LIMIT = 3.0
"""Seconds; a pattern that backtracks for ever takes hours."""


@EVERY
def test_a_rule_finishes_on_any_text(rule: Rule) -> None:
    for piece, text in ADVERSARIAL.items():
        began = time.perf_counter()
        if rule.file in ("outline", "residue"):  # tried where a line begins, on a line of limited length
            for at in range(0, LONG, 499):
                rule.regex.match(text, at)
            rule.regex.fullmatch(text[:LONGEST])
        else:
            for _ in rule.regex.finditer(text):
                pass
        seconds = time.perf_counter() - began
        assert seconds < LIMIT, f"{seconds:.1f} s on {piece!r}"


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_a_whole_document_of_one_piece_finishes(piece: str) -> None:
    began = time.perf_counter()
    corpus = mine_text(ADVERSARIAL[piece])
    assert corpus.rows("files")[0]["status"] == "ok"
    assert time.perf_counter() - began < 10


# ---- lexicons

TSV = pytest.mark.parametrize("path", LEXICONS, ids=lambda path: path.stem)
KEY = {"characters": ("from",), "central_names": ("name", "scope", "valid_from"), "departments": ("term", "function", "valid_from"), "verbs": ("term", "class"), "labels": ("column", "code")}


@TSV
def test_a_lexicon_is_in_its_canonical_form(path: Path) -> None:
    data = path.read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf") and b"\r" not in data and data.endswith(b"\n")
    text = data.decode("utf-8")
    assert text.startswith("#"), "say above the header line what stands here and where it comes from"
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(lines), "an empty line"
    columns = lines[0].split("\t")
    assert all(re.fullmatch("[a-z_]+", column) for column in columns) and len(set(columns)) == len(columns)
    for line in lines[1:]:
        cells = line.split("\t")
        assert len(cells) <= len(columns) and cells[0], line
        assert all(cell == cell.strip() for cell in cells), line
        assert not re.search(r"[\u200b-\u200f\u2060\ufeff\u00ad\u3000\u00a0]", line), line
        if path.stem != "characters":
            assert not re.search(r"[\uff01-\uff0b\uff0d-\uff19\uff1c-\uff1e\uff20-\uff5e]", cells[0]), f"full width: {line}"


@TSV
def test_a_lexicon_says_nothing_twice(path: Path) -> None:
    rows = parse_tsv(path.read_text(encoding="utf-8"), path.name)
    columns = KEY.get(path.stem) or (next(iter(rows[0])),)
    keys = Counter(tuple(row[column] for column in columns) for row in rows)
    assert not [key for key, n in keys.items() if n > 1]


@TSV
def test_years_are_years_in_order(path: Path) -> None:
    for row in parse_tsv(path.read_text(encoding="utf-8"), path.name):
        years = [row[c] for c in ("valid_from", "valid_to") if row.get(c)]
        assert all(re.fullmatch(r"(?:19|20)\d\d", year) for year in years), row
        assert years == sorted(years), row


def test_units_are_without_their_magnitude() -> None:
    units = parse_tsv((DATA / "lexicons" / "units.tsv").read_text(encoding="utf-8"), "units.tsv")
    magnitudes = {m for m in MAGNITUDES if m}
    assert not [row["term"] for row in units if row["term"] in magnitudes]


def test_verbs_have_known_classes() -> None:
    verbs = parse_tsv((DATA / "lexicons" / "verbs.tsv").read_text(encoding="utf-8"), "verbs.tsv")
    assert {row["class"] for row in verbs} == {"create", "further", "new", "level", "increase", "decrease"}
    assert {row["noun"] for row in verbs} == {"", "yes"}
