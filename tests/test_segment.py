"""Words: exactly those of ``jieba.cut`` with the policy lexicon, only quicker."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import time
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policymine.lexicon.files import read_lexicon
from policymine.text import segment
from policymine.text.normalize import normalize
from policymine.text.segment import FREQUENCY, count_terms, cut, tag_of
from samples import NAMES, NO_SHARED, SHARED, SLOW, SOUP, sample_text

SHARED_TEXTS = sorted((SHARED / "texts").glob("*.txt"))


@cache
def _reference() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for row in read_lexicon("terms"):
        tokenizer.add_word(row["term"], FREQUENCY, row["tag"])
    return tokenizer


def _same(text: str) -> None:
    ours, theirs = list(cut(text)), list(_reference().cut(text))
    assert "".join(ours) == text
    if ours != theirs:
        first = next(i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b)
        raise AssertionError(f"{theirs[max(first - 2, 0) : first + 4]} is cut as {ours[max(first - 2, 0) : first + 4]}")


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_cut_as_by_jieba(name: str) -> None:
    _same(sample_text(name))
    _same(normalize(sample_text(name)).text)


@pytest.mark.skipif(not SHARED_TEXTS, reason=NO_SHARED)
@pytest.mark.parametrize("path", SHARED_TEXTS, ids=lambda path: path.stem)
def test_real_documents_are_cut_as_by_jieba(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    _same(text)
    _same(normalize(text).text)


_PIECES = (
    "1.1", "2.4.4.2", "2011-2020", "C++", "4S店", "5G", "a_b", "R&D", "A+B", "100%", "%", ".", "-", "+", "#", "&", "_", "至", "降", "到", "的", "一", "二", "年", "提高", "数字", "经济",
    "高质量", "发展", "产业", "政府", "和", "、", "，", "。", "\n", " ", "\x01", "Ａ", "㎡", "\U00020000", "T恤", "卡拉OK",
)


@settings(max_examples=4000 if SLOW else 600, deadline=None)
# 一一一 can be cut two ways of one probability; jieba's choice then hangs on how its sums are rounded.
@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join).filter(lambda text: "一一一" not in text))
@example("降至1.1")
@example("由1.2升至1.5左右")
@example("+1.")
@example("")
@example("一一一1.11.1")
@example("五五五到")
@example("𠀀𠀀产业㐀㐀1.5")
def test_generated_text_is_cut_as_by_jieba(text: str) -> None:
    _same(text)


@settings(max_examples=1500 if SLOW else 200, deadline=None)
@given(st.lists(st.sampled_from([s for s in SOUP if "\ud800" not in s]), max_size=40).map("".join))
def test_keyword_soup_is_cut_as_by_jieba(text: str) -> None:
    _same(text)


def test_the_policy_lexicon_is_used() -> None:
    for row in read_lexicon("terms"):
        assert row["term"] in list(cut(f"推进{row['term']}，")), row


def test_terms_are_counted_with_their_tags() -> None:
    terms = count_terms("推进数字经济。发展数字经济，3家，的。")
    assert terms.words[0] == "数字经济" and terms.times == (2, 1, 1)
    assert dict(zip(terms.words, terms.tags, strict=True))["推进"] == "v"
    assert not {"。", "3", "的", "家"} & set(terms.words)
    assert tag_of("没有这个词啊啊") is None


def test_the_global_dictionary_of_jieba_is_left_alone() -> None:
    code = (
        "import warnings; warnings.simplefilter('ignore'); import jieba; before = dict(jieba.dt.FREQ); "
        "from policymine.text.segment import count_terms; count_terms('推进数字经济A+B。4S店'); "
        "assert jieba.dt.FREQ == before and not jieba.dt.initialized"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_no_warning_and_no_chatter_is_printed() -> None:
    code = "import policymine as pm; pm.mine_text('到2025年，新建3条线路，4S店、C++各1.5个。').terms"
    done = subprocess.run([sys.executable, "-W", "default", "-c", code], check=True, capture_output=True, text=True)
    assert "jieba" not in done.stderr.lower() and "building prefix" not in done.stderr.lower(), done.stderr


def test_time_grows_with_the_length() -> None:
    # without the look behind of _HELD, a run of 200,000 characters took two minutes
    began = time.perf_counter()
    for piece in ("的确", "到", "C++的确"):
        assert "".join(cut(piece * 100_000)) == piece * 100_000
    assert time.perf_counter() - began < 5


def test_the_dictionary_is_what_segment_takes_it_for() -> None:
    lines = [line.split() for line in segment._dictionary().decode().splitlines()[1:]]
    assert sum(int(count) for _, count, _ in lines) == segment.SUM
    assert max(len(word) for word, _, _ in lines) == segment.LONGEST_WORD
    assert not any(re.search(r"[^\u4E00-\u9FD5]", word) for word, _, _ in lines[segment.HEAD - 1 :])
    known = {word: int(count) for word, count, _ in lines}
    known.update(dict.fromkeys(segment._policy_words(), segment.FREQUENCY))
    out_of_order = [lines[i][0] for i in range(1, len(lines)) if lines[i - 1][0] > lines[i][0]]
    for word in [*out_of_order, *list(known)[::97], *list(known)[-3:], "无此词", "渔渔", "x"]:
        assert segment._frequency(word) == known.get(word, 0), word
