"""Numbers with unit and bound, found in whatever role they stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policymine.lexicon.files import read_lexicon
from policymine.models import Quantity
from policymine.text.normalize import normalize
from policymine.text.quantities import find_quantities
from samples import SOUP


def _found(text: str) -> list[Quantity]:
    return find_quantities(normalize(text).text)


@pytest.mark.parametrize(("text", "value", "value_max", "unit", "comparator"), [
    ("96.5%以上", 96.5, None, "%", ">="), ("不低于96.5%", 96.5, None, "%", ">="), ("≥95%", 95, None, "%", ">="), ("至少3家", 3, None, "家", ">="),
    ("超过12万户", 120_000, None, "户", ">"), ("100余家", 100, None, "家", ">"), ("40多家", 40, None, "家", ">"), ("十余项", 10, None, "项", ">"), ("过半。", 50, None, "%", ">"),
    ("不超过5%", 5, None, "%", "<="), ("5家以内", 5, None, "家", "<="), ("不高于3‰", 3, None, "‰", "<="), ("低于3%", 3, None, "%", "<"),
    ("约30个", 30, None, "个", "~"), ("30个左右", 30, None, "个", "~"), ("近100家", 100, None, "家", "~"), ("千家左右", 1000, None, "家", "~"),
    ("3万件", 30_000, None, "件", "="), ("３ 万 件", 30_000, None, "件", "="), ("1,200家", 1200, None, "家", "="), ("83.9万亩", 839_000, None, "亩", "="),
    ("1.2万亿元", 1.2e12, None, "元", "="), ("10万吨/年", 100_000, None, "吨/年", "="), ("15个百分点", 15, None, "个百分点", "="), ("120千瓦", 120, None, "千瓦", "="), ("3万千瓦", 30_000, None, "千瓦", "="), ("5千米", 5, None, "千米", "="), ("3百分点", 3, None, "百分点", "="), ("50MW", 50, None, "MW", "="),
    ("12 EFLOPS", 12, None, "EFLOPS", "="), ("20℃", 20, None, "℃", "="),
    ("百分之八十", 80, None, "%", "="), ("百分之十二点五", 12.5, None, "%", "="), ("三分之二", 66.666667, None, "%", "="), ("九成。", 90, None, "%", "="),
    ("一半以上", 50, None, "%", ">="), ("翻一番", 1, None, "倍", "="), ("翻两番", 3, None, "倍", "="), ("增长一倍", 1, None, "倍", "="),
    ("5—8家", 5, 8, "家", "range"), ("90%—95%", 90, 95, "%", "range"), ("3至5家", 3, 5, "家", "range"), ("3—5个百分点", 3, 5, "个百分点", "range"),
    ("为零。", 0, None, None, "="), ("前三。", 3, None, None, "="), ("前10名。", 10, None, "名", "="), ("达到万亿级。", 1e12, None, None, "="), ("两个产业带", 2, None, "个", "="),
    ("达到0.85以上。", 0.85, None, None, ">="),
    ("三十万人", 300_000, None, "人", "="), ("十八万六千人", 186_000, None, "人", "="), ("一亿五千万元", 150_000_000, None, "元", "="), ("三点五亿元", 350_000_000, None, "元", "="),
    ("一千零五十户", 1050, None, "户", "="), ("二十万人次", 200_000, None, "人次", "="), ("十五个百分点", 15, None, "个百分点", "="), ("零点五个百分点", 0.5, None, "个百分点", "="),
    ("三百千瓦", 300, None, "千瓦", "="), ("2600kW·h以内", 2600, None, "kW·h", "<="), ("不高于12t。", 12, None, "t", "<="),
    ("不少于十户", 10, None, "户", ">="), ("超过十人。", 10, None, "人", ">"), ("不超过百人", 100, None, "人", "<="), ("三五家", 3, 5, "家", "range"), ("五千米", 5, None, "千米", "="),
    ("三点五公里", 3.5, None, "公里", "="), ("三点五千万元", 35_000_000, None, "元", "="), ("三万零五十户", 30_050, None, "户", "="), ("零点五百分点", 0.5, None, "百分点", "="),
])
def test_a_quantity(text: str, value: float, value_max: float | None, unit: str | None, comparator: str) -> None:
    [found] = _found(text)
    assert (found.value, found.value_max, found.unit, found.comparator) == (value, value_max, unit, comparator)


@pytest.mark.parametrize("text", [
    "第3条", "5G基站", "V2.0版", "X86架构", "GB/T12345", "一般", "统一", "零投诉", "1+4体系", "3·15活动", "一、总体要求", "第十二章", "12345热线", "附件2", "万众一心", "百年大计", "千方百计", "几十家", "数百家", "好几千人", "十八人", "三级", "数十部门", "千人计划", "二三十家", "上午九点三个", "三点五名", "1" * 400 + "%",
])
def test_no_quantity(text: str) -> None:
    assert _found(text) == []


def test_every_unit_of_the_lexicon_stands_behind_a_number() -> None:
    missing = []
    for row in read_lexicon("units"):
        found = _found(f"新增37{row['term']}，")
        if [q.value for q in found[:1]] != [37]:
            missing.append(row["term"])
    assert missing == []


@pytest.mark.parametrize(("text", "kind"), [("提高两三个百分点。", "points"), ("三五家", "count"), ("两三倍。", "multiple"), ("六个月", "time"), ("五十人", "count")])
def test_the_kind_of_a_number_in_words(text: str, kind: str) -> None:
    assert [q.kind for q in _found(text)] == [kind]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SOUP), max_size=30).map("".join))
def test_quantities_are_in_order_and_apart(text: str) -> None:
    found = _found(text)
    normalized = normalize(text).text
    for q in found:
        assert normalized[q.start : q.end] == q.text
        assert q.start <= q.number_start < q.end
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))


@given(st.integers(1, 10**9), st.sampled_from(["家", "件", "个", "亩", "公里", "%"]), st.sampled_from(["", "不少于", "超过", "约"]), st.sampled_from(["", "以上", "左右"]))
def test_a_planted_number_is_read(value: int, unit: str, before: str, after: str) -> None:
    found = _found(f"新建码头{before}{value}{unit}{after}，")
    assert [q.value for q in found] == [float(value)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("投入五百万元以上", ("五百万元以上", 5_000_000, "元", ">=")), ("不少于五千元", ("不少于五千元", 5_000, "元", ">=")),
        ("二百五十八万余元", ("二百五十八万余元", 2_580_000, "元", ">")), ("百万吨以上乙烯", ("百万吨以上", 1_000_000, "吨", ">=")),
        ("三千亩", ("三千亩", 3_000, "亩", "=")), ("数百万元", None), ("几千亩", None), ("一元化", None), ("第十万元", None),
        ("三十元件", None), ("百万人口", None),
    ],
)
def test_amounts_in_chinese_numerals(text: str, expected: tuple[str, float, str, str] | None) -> None:
    found = [(q.text, q.value, q.unit, q.comparator) for q in find_quantities(text)]
    assert found == ([expected] if expected else [])


def test_shared_units() -> None:
    """The last unit is that of the bare numbers side by side, but of no time, range, rank or name; in linear time."""
    def read(text: str) -> list[str]:
        found = find_quantities(text + "\n")
        assert all(q.text == text[q.start : q.end] for q in found)
        return [q.text for q in found]

    assert read("分别达到20、30和50万户") == ["20", "30", "50万户"]
    assert read("分别比2020年增长5、6和7个百分点")[-3:] == ["5", "6", "7个百分点"]
    assert read("分别于2022、2025年建成") == ["2025年"]
    assert read("分别为10-20、30-40和50-60家") == ["50-60家"]
    assert read("分别达到10至20、30万户") == ["30万户"]
    assert read("分别为A1、A2和3家") == ["3家"]
    assert read("分别列前3、5名") == ["前3", "5名"]
    assert read("分别列前3、5和8名") == ["前3", "8名"]
    assert len(read("分别1、2家," * 40_000)) == 80_000
