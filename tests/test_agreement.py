"""The figures of a methods section: precision with its interval, and the agreement of two readers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from policymine.cli import app
from policymine.corrections.agreement import agreement, precision
from policymine.corrections.anchors import Anchor
from policymine.corrections.decisions import Corrections, Decision

RUN = CliRunner().invoke


def _made(verdicts: str, table: str = "targets", **changes: object) -> Corrections:
    """Decisions by their first letters, a row each; a blank is a row that was not judged."""
    names = {"a": "accept", "r": "reject", "e": "edit"}
    return Corrections(tuple(
        Decision(names[v], table, "d", Anchor("", f"{i}个", ""), {"value": float(i)}, {"value": -1.0} if v == "e" else {})
        for i, v in enumerate(verdicts) if v != " "
    ))


def test_precision_by_hand() -> None:
    both = Corrections((*_made("aaaaaaaare").decisions, *_made("rrrr", "goals").decisions))
    targets, goals, over_all = precision(both)
    assert (targets.table, targets.judged, targets.accepted, targets.edited, targets.rejected) == ("targets", 10, 8, 1, 1)
    assert (targets.precision, targets.found) == (0.8, 0.9)
    assert (round(targets.low, 4), round(targets.high, 4)) == (0.4902, 0.9433)  # Wilson, from the published formula
    assert (goals.precision, goals.low, round(goals.high, 4)) == (0, 0, 0.4899)
    assert (over_all.table, over_all.judged, over_all.accepted) == ("all", 14, 8)
    assert precision(Corrections()) == []


def test_agreement_by_hand() -> None:
    # both accept 4, both reject 3, only the first accepts 2, only the second 1; one row each was judged by one alone
    [targets, over_all] = agreement(_made("aaaarrraar a"), _made("aaaarrrrraa"))
    assert (targets.both, targets.one_only, targets.same) == (10, 2, 0.7)
    assert targets.kappa == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    assert targets.alpha == pytest.approx(1 - 0.3 / (2 * 11 * 9 / (20 * 19)))
    assert targets.f1 == pytest.approx(2 * 4 / (6 + 5))
    assert (over_all.table, over_all.kappa) == ("all", targets.kappa)


def test_the_same_edit_is_the_same_fact_and_another_is_not() -> None:
    first, second = _made("eea"), _made("eaa")
    [targets, _] = agreement(first, second)
    assert targets.same == pytest.approx(2 / 3)
    assert targets.f1 == pytest.approx(2 * 2 / 6)


def test_what_is_undefined_is_empty() -> None:
    [same, _] = agreement(_made("aaa"), _made("aaa"))
    assert (same.same, same.kappa, same.alpha, same.f1) == (1.0, None, None, 1.0)
    [rejected, _] = agreement(_made("rr"), _made("rr"))
    assert rejected.f1 is None
    [apart, _] = agreement(_made("a "), _made(" a"))
    assert (apart.both, apart.one_only, apart.kappa) == (0, 2, None)


def _file(path: Path, verdicts: str) -> Path:
    lines = [
        {"verdict": {"a": "accept", "r": "reject"}[v], "table": "targets", "doc_id": "d", "words": f"{i}个", "values": {"value": i}}
        for i, v in enumerate(verdicts)
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def test_the_command(tmp_path: Path) -> None:
    one, two = _file(tmp_path / "1.jsonl", "aaaarrraar"), _file(tmp_path / "2.jsonl", "aaaarrrrra")
    done = RUN(app, ["agreement", str(one), str(two)])
    assert done.exit_code == 0
    lines = [line.split("\t") for line in done.output.splitlines()]
    assert [line[0] for line in lines if line[0].startswith("#")] == [f"# precision {one}", f"# precision {two}", "# agreement"]
    assert lines[-1] == ["all", "10", "0", "0.700", "0.400", "0.424", "0.727"]
    alone = json.loads(RUN(app, ["agreement", str(one), "--json"]).output)
    assert alone["agreement"] == [] and alone["precision"][str(one)][0]["precision"] == 0.6


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    for name, message in (("empty.jsonl", "it holds no decision"), ("gone.jsonl", "no such file")):
        done = RUN(app, ["agreement", str(tmp_path / name)])
        assert done.exit_code == 2 and message in done.output
