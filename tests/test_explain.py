"""``policymine explain``: of everything in a sentence, which rule decided, and why."""

from __future__ import annotations

import json
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from policymine.corpus import mine_text
from policymine.explain import Explanation, Finding, explain

SENTENCE = "到2025年，全市培育专精特新企业50家以上，对新认定企业给予20万元奖励。（市工业和信息化局牵头）市教育局的工作很好。"


def _only(explained: Explanation, words: str) -> Finding:
    [found] = [f for f in explained.findings if f.text == words]
    return found


def test_each_finding_has_its_verdict_rule_and_reason() -> None:
    explained = explain(SENTENCE, year=2021)
    assert explained.year == 2021
    promised, paid = _only(explained, "50家以上"), _only(explained, "20万元")
    assert (promised.verdict, promised.rule) == ("target", "target.create")
    assert dict(promised.values)["verb"] == "培育 (create)" and dict(promised.values)["deadline"] == "2025"
    assert (paid.verdict, paid.rule, paid.reason) == ("rejected", "target.subsidy-clause", "subsidy")
    assert paid.cues[0] == ("target.subsidy-clause", "subsidy", "给予")
    assert _only(explained, "市工业和信息化局").verdict == "responsibility"
    assert _only(explained, "市教育局").verdict == "unplaced"
    assert _only(explained, "到2025年").rule == "time.until"


def test_the_year_tells_past_from_future() -> None:
    words = "2020年，合格率达到95%。"
    assert _only(explain(words, year=2024), "95%").reason == "past"
    assert _only(explain(words, year=2018), "95%").verdict == "target"


def test_the_kind_of_section_decides_too() -> None:
    words = "建成示范区50个。"
    assert _only(explain(words), "50个").verdict == "target"
    assert _only(explain(words, kind="background"), "50个").reason == "past"
    assert _only(explain(words, kind="conditions"), "50个").reason == "condition"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["到2025年，", "培育企业50家", "合格率达到98%", "奖励20万元", "（市财政局负责）", "。", "；", "实现全覆盖", "《某办法》"]), max_size=12))
def test_it_decides_as_mining_does(parts: list[str]) -> None:
    text = "".join(parts)
    explained, rows = explain(text), mine_text(text).as_rows()
    for verdict, table in (("target", "targets"), ("deadline", "deadlines"), ("goal", "goals"), ("citation", "citations")):
        assert sum(f.verdict == verdict for f in explained.findings) == len(rows[table]), verdict
    numbers = sum(f.what == "number" and f.verdict == "rejected" for f in explained.findings)
    assert numbers == sum(row["layer"] == "target" for row in rows["rejected"])
    assert all(explained.text[f.start : f.end] == f.text for f in explained.findings)


def _run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "policymine", "explain", *arguments], input=given, capture_output=True)


def test_the_command_prints_a_line_a_finding_or_json() -> None:
    lines = _run(SENTENCE, "--year", "2021").stdout.decode().splitlines()
    assert [line.split("\t")[:1] + line.split("\t")[4:7] for line in lines][:3] == [
        ["time", "deadline", "time.until", ""], ["number", "target", "target.create", ""],
        ["number", "rejected", "target.subsidy-clause", "subsidy"],
    ]
    found = json.loads(_run("-", "--json", given="新建3条线路。".encode("gb18030")).stdout)
    assert [f["text"] for f in found["findings"]] == ["3条"]


def test_nothing_to_explain_is_misuse() -> None:
    done = _run(" ")
    assert done.returncode == 2 and b"no text" in done.stderr
