"""No regular expression makes mining slow, whatever the text: those of the modules, of the rules, and users' words.

Texts are made for each pattern from its own literals, the same thing again and again. Where a pattern alone takes more
than its length asks for (it may be one that the program shows only a name or a line to), such a text of a megabyte is
mined: eight times the text may take eight times the time, while one that is read over and over takes sixty-four times.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from policymine.corpus import mine_text
from policymine.lexicon.user import LONGEST_TERM, read_user_lexicon
from policymine.models import Options
from samples import SLOW
from test_robustness import _limit, _patterns

LONG, SHORT = 16_000, 2_000
FREE = 0.02
"""Seconds that a pattern may take without being asked for more."""
GROWTH = 20
"""Times the time that eight times the text may take: with the square it would be sixty-four."""
MEGABYTE = 1_000_000


def _texts(source: str) -> Iterator[tuple[str, str, str]]:
    """What comes first, what is repeated, and what comes behind: the pattern's own words, then something else."""
    chosen = random.Random(source)
    plain = re.sub(r"\\[dDwWsSbB]|\(\?[:=!<]*|[\\^$.*+?{}\[\]|()]", " ", source)
    words = re.findall(r"[\u4e00-\u9fff]{1,6}|[^\w\s]|[A-Za-z0-9]+", plain) or ["a"]
    alone = chosen.sample(words, min(3, len(words)))
    joined = ["".join(chosen.choice(words) for _ in range(n)) for n in (2, 3)]
    for body in dict.fromkeys((*alone, *joined, "1", "一", "（", " ", "\n", "甲、", "2025年")):
        yield chosen.choice(("", chosen.choice(words))), body, chosen.choice(("x", "甲乙丙", "\n"))


def _seconds(pattern: re.Pattern[str], text: str) -> float:
    began = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - began


def _slow_on(pattern: re.Pattern[str], seconds: float = 20) -> Iterator[tuple[str, str, str]]:
    """The texts on which a pattern takes more time than their length asks for."""
    for before, body, behind in _texts(pattern.pattern):
        long, short = (before + body * (length // len(body)) + behind for length in (LONG, SHORT))
        try:
            with _limit(seconds):
                taken = _seconds(pattern, long)
                if taken > FREE and taken > GROWTH * max(min(_seconds(pattern, short) for _ in range(3)), FREE / GROWTH):
                    yield before, body, behind
        except TimeoutError:
            yield before, body, behind


def _mined(text: str) -> float:
    began = time.process_time()
    assert mine_text(text).rows("files")[0]["status"] in ("ok", "binary")
    return time.process_time() - began


@pytest.mark.slow
@pytest.mark.skipif(not SLOW, reason="some minutes; make test-full runs it")
@pytest.mark.parametrize("part", range(16))
def test_no_pattern_makes_mining_slow(part: int) -> None:
    patterns = _patterns()
    assert len(patterns) > 1000
    slow = []
    for source in sorted(patterns)[part::16]:
        for before, body, behind in list(_slow_on(patterns[source], 3))[:2]:
            for head in ("一、目标\n", "一、目标\n到2025年，（"):
                short, long = (head + before + body * (size // len(body)) + behind for size in (MEGABYTE // 8, MEGABYTE))
                with _limit(300):
                    taken = _mined(long)
                    if taken > 5 and taken > GROWTH * _mined(short):
                        slow.append((source[:100], head, before, body, behind, taken))
    assert not slow


@pytest.mark.parametrize("source", ["(?:a+)+b", "甲.*乙", r"\s+$", "[一二]*三"])
def test_a_pattern_that_goes_back_is_found(source: str) -> None:
    assert any(_slow_on(re.compile(source), 0.5))


def test_words_of_a_lexicon_are_words_and_no_patterns(tmp_path: Path) -> None:
    """Terms with the signs of patterns stay what they are, and many long ones of the same letter cost little."""
    terms = ["a" * n for n in range(2, LONGEST_TERM)] + ["a*" * 10, "[甲", "a|b", "\\d+", "a{2}", "甲" * 30, "^a$", "a.c", "(?".replace("(", "+")]
    path = tmp_path / "own.tsv"
    path.write_text("term\tfunction\tsuffixes\n" + "".join(f"{term}\tdata\t局\n" for term in terms), encoding="utf-8")
    options = Options(lexicons=(read_user_lexicon(path),))
    for body in ("a", "a*", "甲", "a+局、"):
        text = "一、目标\n到2025年，新建码头3个。（" + body * (20_000 // len(body)) + "牵头）"
        with _limit(20):
            assert mine_text(text, "a", options).rows("files")[0]["status"] == "ok"
    rows = mine_text("一、目标\n到2025年，新建码头3个。（市a.c局牵头，市abc局配合）", "a", options).rows("responsibilities")
    assert [(row["department"], row["function"]) for row in rows][:2] == [("市a.c局", "data"), ("市abc局", None)]
