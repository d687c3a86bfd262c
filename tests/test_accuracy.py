"""How right the program is: figures over annotated documents, each with a floor that can only rise."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from policymine.corpus import Corpus, mine
from policymine.tables.schema import TABLES
from row_diff import Rows, report
from samples import NAMES, NO_SHARED, ROOT, SHARED, annotations, sample, sample_text
from scoring import (
    FLOORS,
    GROUPS,
    WRITTEN_GROUPS,
    Tally,
    read_floors,
    score_document,
    score_samples,
    score_shared,
    score_unseen,
    score_written,
)

SHARED_HERE = (SHARED / "gold" / "evaluate.py").exists()


@cache
def _samples() -> dict[str, Tally]:
    return score_samples()


@cache
def _shared() -> dict[str, Tally]:
    return score_shared()


@pytest.mark.parametrize(("figure", "floor"), sorted(read_floors()["samples"].items()))
def test_samples(figure: str, floor: float) -> None:
    tally = _samples()[figure]
    assert tally.f1 >= floor - 1e-9, f"{figure} fell to {tally.f1:.3f}: {tally.errors}"


@pytest.mark.skipif(not SHARED_HERE, reason=NO_SHARED)
@pytest.mark.parametrize(("figure", "floor"), sorted(read_floors()["shared"].items()))
def test_annotated_documents_beside_the_project(figure: str, floor: float) -> None:
    tally = _shared()[figure]
    assert tally.f1 >= floor - 1e-9, f"{figure} fell to {tally.f1:.3f}: {tally.errors}"


@pytest.mark.skipif(not SHARED_HERE, reason=NO_SHARED)
def test_our_scorer_agrees_with_the_script_beside_the_project(tmp_path: Path) -> None:
    mine(SHARED / "texts").write(tmp_path / "out", ["jsonl"])
    script = [sys.executable, SHARED / "gold" / "evaluate.py", "--texts", SHARED / "texts", "--gold", SHARED / "gold"]
    done = subprocess.run([*script, "--tables", tmp_path / "out", "--json"], capture_output=True, check=True)
    theirs = {name: figure["f"] for name, figure in json.loads(done.stdout).items()}
    for name, tally in _shared().items():
        assert theirs["goal.sentence" if name == "goal.found" else name] == pytest.approx(tally.f1, abs=0.002), name


def test_every_figure_has_a_floor() -> None:
    assert set(_samples()) == set(read_floors()["samples"])


def test_no_floor_was_lowered() -> None:
    done = subprocess.run(["git", "show", "HEAD:tests/floors.toml"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("no history to compare with")
    now = read_floors()
    for group, floors in tomllib.loads(done.stdout.decode("utf-8")).items():
        for name, floor in floors.items():
            assert now[group][name] >= floor, f"{FLOORS.name}: {group}.{name} was {floor}"


@pytest.mark.parametrize("name", NAMES)
def test_annotations_are_words_of_their_document(name: str) -> None:
    text = sample_text(name)
    for row in annotations(name):
        if row["layer"] != "meta":
            quote = str(row["quote"])
            assert text.count(quote) == 1, row
            assert quote.count(str(row.get("anchor", quote))) == 1, row


def test_an_empty_result_scores_nothing_and_a_wrong_row_costs() -> None:
    name = NAMES[0]
    empty = Corpus()
    empty.add_rows("documents", [{column.name: None for column in TABLES["documents"].columns}])
    tallies = {figure: Tally() for figure in _samples()}
    score_document(sample_text(name), annotations(name), empty, tallies)
    assert tallies["target.found"].f1 == tallies["deadline.strict"].f1 == tallies["department.strict"].f1 == 0
    whole = {figure: Tally() for figure in tallies}
    score_document(sample_text(name), annotations(name), sample(name), whole)
    worse = Corpus()
    for table, rows in sample(name).as_rows().items():
        worse.add_rows(table, [{**row, "deadline": "1999"} if table == "targets" else row for row in rows])
    spoilt = {figure: Tally() for figure in tallies}
    score_document(sample_text(name), annotations(name), worse, spoilt)
    assert spoilt["target.strict"].f1 < whole["target.strict"].f1
    assert spoilt["target.found"].f1 == whole["target.found"].f1


@pytest.mark.parametrize("group", WRITTEN_GROUPS)
def test_documents_written_for_the_purpose_stay_above_their_floors(group: str) -> None:
    figures, floors = score_written(group), read_floors().get(f"written.{group}", {})
    assert {name: round(tally.f1, 3) for name, tally in figures.items() if tally.f1 < floors.get(name, 0)} == {}


@pytest.mark.skipif(not SHARED_HERE, reason=NO_SHARED)
@pytest.mark.parametrize("group", GROUPS)
def test_documents_annotated_before_they_were_read_stay_above_their_floors(group: str) -> None:
    figures, floors = score_unseen(group), read_floors().get(f"unseen.{group}", {})
    assert {name: round(tally.f1, 3) for name, tally in figures.items() if tally.f1 < floors.get(name, 0)} == {}
    assert figures["heading.found"].right > 150


def test_a_change_of_the_rules_shows_the_rows_it_moved(capsys: pytest.CaptureFixture[str]) -> None:
    before: Rows = {("a.txt", "targets", 0, 3): [("甲", 50.0)], ("a.txt", "goals", 4, 6): [("other", None)], ("a.txt", "deadlines", 0, 2): [("by",)]}
    after: Rows = {("a.txt", "targets", 0, 3): [("乙", 50.0)], ("a.txt", "rejected", 4, 6): [("target", "past")], ("a.txt", "deadlines", 0, 2): [("by",)]}
    counts = report(before, after, {"a.txt": "五十家以上。\n"}, most=9)
    assert counts == {"targets changed": 1, "goals lost": 1, "rejected gained": 1}
    shown = capsys.readouterr().out
    assert "- 甲 | 50.0" in shown and "+ 乙 | 50.0" in shown and "【五十家】以上" in shown
    assert not report(after, after, {}, most=9)
