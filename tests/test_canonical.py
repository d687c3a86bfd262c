"""``extract --canonical``: a work is counted once, and the result says so."""

from __future__ import annotations

import json
from pathlib import Path

from policymine.corpus import Corpus
from policymine.run import Request, run_extract
from policymine.tables.schema import PER_DOCUMENT
from samples import RAW

NAMES = ("2018-澜口市-质量提升行动实施意见.txt", "lankou-2018-quality-web.txt", "2022-青岬市-数字经济三年行动计划.txt")


def _extracted(out: Path, canonical: bool) -> tuple[Corpus, dict[str, int]]:
    paths = tuple(str(RAW / name) for name in NAMES)
    summary, _ = run_extract(Request(paths, out, jobs=1, canonical=canonical))
    return Corpus.load(out), summary.counts()


def test_facts_are_those_of_one_version_of_each_work(tmp_path: Path) -> None:
    every, _ = _extracted(tmp_path / "every", False)
    some, counts = _extracted(tmp_path / "some", True)
    assert (counts["documents"], counts["works"], counts["canonical"]) == (3, 2, 2)
    for table in ("files", "documents", "versions", "changes", "reuse", "issues"):
        assert some.rows(table) == every.rows(table)
    canonical = {row["doc_id"] for row in every.rows("documents") if row["is_canonical"]}
    for table in PER_DOCUMENT:
        if table not in ("issues", "rejected"):
            assert some.rows(table) == [row for row in every.rows(table) if row["doc_id"] in canonical]
    assert 0 < len(some.rows("targets")) < len(every.rows("targets"))
    for row in some.rows("documents"):
        assert some.text(str(row["doc_id"]))


def test_the_result_says_so(tmp_path: Path) -> None:
    _extracted(tmp_path, True)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert "canonical versions only" in package["description"]
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["arguments"]["canonical"] is True
    _extracted(tmp_path, False)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert "canonical versions only" not in package["description"]
