"""The same indicator in other words, what may not be compared and why, and the views of a comparison."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import policymine as pm
from policymine.cli import app
from policymine.comparison.amounts import LESS, MORE, read_amount
from policymine.comparison.columns import COMPARISON_TABLES
from policymine.comparison.compare import Comparison, compare
from policymine.comparison.pairs import Pair
from policymine.comparison.scope import Scope, is_near, read_scope, similarity
from policymine.comparison.values import Place, own_names
from policymine.corpus import Corpus, mine, mine_text
from policymine.lexicon.files import read_lexicon
from samples import NO_SHARED, RAW, SHARED

SHELF = RAW
WITHIN = {"临澜市": "东澜省"}


def _shelf(*documents: tuple[str, str]) -> Corpus:
    """A corpus of fictional documents: issuer and the sentences of its objectives."""
    corpus = Corpus()
    for issuer, words in documents:
        head = "国务院办公厅关于质量工作的意见" if issuer == "国务院办公厅" else f"{issuer}人民政府关于质量工作的意见"
        for table, rows in mine_text(f"{head}\n一、主要目标\n{words}\n", issuer).as_rows().items():
            corpus.add_rows(table, rows)
        corpus.add_text(str(corpus.rows("documents")[-1]["doc_id"]), f"{head}\n一、主要目标\n{words}\n")
    return corpus


def _pair(one: str, other: str, upper: str = "东澜省", lower: str = "临澜市") -> Pair:
    found = compare(_shelf((upper, one), (lower, other)), WITHIN)
    assert len(found.pair_items) == 1, [(v.concept, v.shown) for v in found.items]
    return found.pair_items[0]


# ---- names

def test_every_word_of_the_lexicon_is_read_in_its_example() -> None:
    rows = read_lexicon("scopes")
    values = {row["value"] for row in rows}
    assert [row["within"] for row in rows if row["within"] and row["within"] not in values] == []
    assert sum(bool(row["example"]) for row in rows) > 50
    for row in rows:
        if not row["example"]:
            continue
        assert row["term"] in row["example"], row
        scope = read_scope(row["example"])
        if row["facet"] not in ("same", "filler"):
            assert row["value"] in getattr(scope, row["facet"]), (row, scope)
    assert all(row["measure"] in values for row in read_lexicon("less_is_better"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("产品质量监督抽查合格率", "产品监督抽查合格率"),
        ("产品质量监督抽查合格率", "全省产品质量监督抽查的合格率"),
        ("食品抽检合格率", "食品抽样检验合格率"),
        ("数字经济核心产业增加值占GDP比重", "数字经济核心产业增加值占地区生产总值的比重"),
        ("每万人口发明专利拥有量", "每万人发明专利拥有量"),
        ("规上工业企业关键工序数控化率", "规模以上工业企业关键工序数控化率"),
        ("数据中心电能利用效率", "数据中心ＰＵＥ"),
        ("服务业顾客满意度", "服务业顾客满意度指数"),
    ],
)
def test_the_same_indicator_in_other_words(one: str, other: str) -> None:
    assert read_scope(one) == read_scope(other)


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("产品质量监督抽查合格率", "产品质量国家监督抽查合格率", {"level"}),
        ("产品质量监督抽查合格率", "工业产品质量监督抽查合格率", {"subject"}),
        ("产品质量国家监督抽查合格率", "工业产品质量监督抽查合格率", {"level", "subject"}),
        ("产品质量监督抽查合格率", "产品质量抽检合格率", {"method"}),
        ("农产品监测合格率", "主要农产品例行监测合格率", {"coverage", "method"}),
        ("质量监督抽查合格率", "产品质量监督抽查合格率", {"subject"}),
        ("游客满意度", "群众满意度", {"rater"}),
        ("游客满意度", "服务业顾客满意度", {"rater", "subject"}),
        ("装配式建筑占新建建筑比例", "装配式建筑占新建建筑面积的比例", {"rest"}),
        ("市级社会公用计量标准", "社会公用计量标准", {"level"}),
        ("标准机架", "园区标准机架", {"rest"}),
    ],
)
def test_near_indicators_say_what_differs(one: str, other: str, differs: set[str]) -> None:
    a, b = read_scope(one), read_scope(other)
    assert {name for name in Scope.__slots__ if getattr(a, name) != getattr(b, name)} == differs
    assert is_near(a, b) and is_near(b, a)
    assert 0 < similarity(one, other) < 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("产品质量监督抽查合格率", "水利工程一次验收合格率"),
        ("产品质量监督抽查合格率", "产品质量监督抽查覆盖率"),
        ("智慧社区覆盖率", "持证餐饮单位分级覆盖率"),
        ("5G基站", "地方标准"),
        ("食品安全满意度", "食品抽检合格率"),
        ("每万人口发明专利拥有量", "发明专利拥有量"),
    ],
)
def test_what_is_not_akin_is_not_near(one: str, other: str) -> None:
    assert not is_near(read_scope(one), read_scope(other))


def test_words_that_say_something_else_elsewhere() -> None:
    assert read_scope("检测单位").per == () and read_scope("单位工业增加值能耗").per == ("单位",)
    assert read_scope("千兆宽带用户").rater == () and "用户" in read_scope("千兆宽带用户").rest
    own = own_names(Place("临澜市", "prefecture", "东澜省", "临澜市"))
    assert read_scope("东澜名牌产品", own) == read_scope("省名牌产品") != read_scope("东澜名牌产品")


@given(st.text(max_size=30))
def test_any_name_is_read(words: str) -> None:
    scope = read_scope(words)
    assert is_near(scope, scope) or not (scope.measure or scope.rest) or not (scope.subject or scope.method or scope.rest)
    assert 0 <= similarity(words, words + "甲") <= 1


# ---- values

@pytest.mark.parametrize(
    ("one", "other", "unit"),
    [
        ("到2025年，新建绿道25公里。", "到2025年，新建绿道25000米。", "米"),
        ("到2025年，农村网络零售额达到3亿元。", "到2025年，农村网络零售额达到30000万元。", "元"),
        ("到2025年，培育示范企业50家。", "到2025年，培育示范企业50户。", "个"),
        ("到2025年，顾客满意度达到80分以上。", "到2025年，顾客满意度达到80以上。", "指数"),
    ],
)
def test_units_and_magnitudes_are_reconciled(one: str, other: str, unit: str) -> None:
    pair = _pair(one, other, "临澜市", "岑南市")
    assert pair.one.amount.value == pair.other.amount.value
    assert pair.one.amount.unit == pair.other.amount.unit == unit
    assert pair.comparable and pair.gap == 0


@pytest.mark.parametrize(
    ("row", "measure", "direction", "told_by"),
    [
        (("<=", "level"), (), LESS, "comparator"),
        ((">=", "level"), ("能耗",), MORE, "comparator"),
        (("=", "level"), ("返修率",), LESS, "measure"),
        (("=", "decrease"), ("能耗",), MORE, "change"),
        (("<=", "increase"), ("成本",), LESS, "change"),
        (("=", "rank"), (), LESS, "change"),
        (("=", "level"), ("合格率",), MORE, "measure"),
        (("=", "count"), (), MORE, "assumed"),
    ],
)
def test_the_direction_is_known_and_what_tells_it(row: tuple[str, str], measure: tuple[str, ...], direction: int, told_by: str) -> None:
    made = read_amount({"value": 3, "unit": "%", "comparator": row[0], "change": row[1]}, Scope(measure=measure))
    assert (made.direction, made.direction_from) == (direction, told_by)


@pytest.mark.parametrize(
    ("one", "other", "gap"),
    [
        ("到2025年，产品质量监督抽查合格率达到95%以上。", "到2025年，产品监督抽查合格率达到96.5%以上。", 1.5),
        ("到2025年，产品质量监督抽查合格率达到95%以上。", "到2025年，产品监督抽查合格率达到93%以上。", -2),
        ("到2025年，新建大型数据中心电能利用效率不超过1.3。", "到2025年，新建大型数据中心电能使用效率不超过1.25。", 0.05),
        ("到2025年，用户返修率控制在3%以内。", "到2025年，用户返修率控制在4%以内。", -1),
        ("到2025年，单位工业增加值能耗比2020年下降13%。", "到2025年，单位工业增加值能耗比2020年下降15%。", 2),
    ],
)
def test_the_gap_is_by_how_much_the_lower_level_is_stricter(one: str, other: str, gap: float) -> None:
    pair = _pair(one, other)
    assert pair.comparable, pair.reasons
    assert pair.gap == pytest.approx(gap)
    assert pair.one.place.name == "东澜省"


RATE = "到2025年，产品质量监督抽查合格率达到95%以上。"
REASONS = {
    "level": (RATE, "到2025年，产品质量国家监督抽查合格率达到95%以上。"),
    "subject": ("到2025年，食品抽检合格率达到95%以上。", "到2025年，药品抽检合格率达到95%以上。"),
    "subject-part": (RATE, "到2025年，工业产品质量监督抽查合格率达到95%以上。"),
    "subject-unnamed": (RATE, "到2025年，质量监督抽查合格率达到95%以上。"),
    "coverage": (RATE, "到2025年，重点产品质量监督抽查合格率达到95%以上。"),
    "method": (RATE, "到2025年，产品质量抽检合格率达到95%以上。"),
    "rater": ("到2025年，游客满意度达到90分以上。", "到2025年，群众满意度达到90分以上。"),
    "wording": ("到2025年，装配式建筑占新建建筑比例达到30%。", "到2025年，装配式建筑占新建建筑面积的比例达到30%。"),
    "unit": ("到2025年，顾客满意度达到90以上。", "到2025年，顾客满意度达到90%以上。"),
    "change": ("到2025年，农村网络零售额达到30亿元。", "到2025年，农村网络零售额增长30%。"),
    "baseline": ("到2025年，单位工业增加值能耗比2020年下降13%。", "到2025年，单位工业增加值能耗比2015年下降13%。"),
    "period": ("到2025年，培训质量骨干300人。", "到2025年，每年培训质量骨干300人。"),
    "direction": ("到2025年，用户返修率控制在3%以内。", "到2025年，用户返修率达到3%以上。"),
    "deadline": (RATE, "到2026年，产品质量监督抽查合格率达到95%以上。"),
    "extent": ("到2025年，绿色食品认证数量达到300个。", "到2025年，绿色食品认证数量达到300个。"),
    "total": ("到2025年，新建5G基站6000个。", "到2025年，5G基站达到6000个。"),
    "deadline-unknown": (RATE, "产品质量监督抽查合格率达到95%以上。"),
    "comparator": (RATE, "到2025年，产品质量监督抽查合格率达到95%。"),
}


@pytest.mark.parametrize("code", REASONS)
def test_each_reason_is_found_where_it_holds_and_only_there(code: str) -> None:
    one, other = REASONS[code]
    pair = _pair(one, other)
    codes = {reason.code for reason in pair.reasons}
    assert code in codes
    bars = {row["code"]: row["bars"] == "yes" for row in read_lexicon("reasons")}
    assert pair.comparable is not any(bars[c] for c in codes)
    assert (pair.gap is None) is (not pair.comparable)
    assert all(reason.text and "{" not in reason.text for reason in pair.reasons)
    same = _pair(one, one.replace("质量工作", "质量"))
    assert code not in {reason.code for reason in same.reasons} or code == "extent"


def test_every_reason_has_a_case() -> None:
    assert {row["code"] for row in read_lexicon("reasons")} - set(REASONS) == {"per", "size"}
    counts = _pair("到2025年，绿色食品认证数量达到300个。", "到2025年，绿色食品认证数量达到400个。", "临澜市", "岑南市")
    assert [r.code for r in counts.reasons] == ["size"] and counts.comparable and counts.gap == 100


def test_nothing_of_something_needs_no_unit() -> None:
    pair = _pair("到2025年，重大工程质量事故为零。", "到2025年，重大工程质量事故控制在1起以内。")
    assert "unit" not in {reason.code for reason in pair.reasons}


# ---- places

def test_places_that_lie_in_one_another() -> None:
    nation, province = Place("全国", "national"), Place("东澜省", "province", "东澜省")
    city = Place("临澜市", "prefecture", "东澜省", "临澜市")
    district = Place("望潮区", "county", "东澜省", "临澜市", "望潮区")
    assert nation.holds(province) and province.holds(city) and city.holds(district) and province.holds(district)
    assert not city.holds(province) and not city.holds(city)
    assert not Place("北岑省", "province", "北岑省").holds(city)
    assert not Place("临澜市", "prefecture", "北岑省", "临澜市").holds(district)
    assert not province.holds(Place("岑南市", "prefecture", None, "岑南市")), "not known to lie there"


def test_a_document_counts_once_in_however_many_versions() -> None:
    corpus = mine(RAW)
    found = compare(corpus)
    canonical = {row["doc_id"] for row in corpus.rows("documents") if row["is_canonical"]}
    assert len(canonical) < len(corpus)
    assert {v.target["doc_id"] for v in found.items} <= canonical == set(found.places)


def test_two_places_of_one_name_stay_two() -> None:
    corpus = _shelf(("临澜市", RATE), ("岑南市", RATE))
    for row, prefecture in zip(corpus.rows("documents"), ("甲市", "乙市"), strict=True):
        row.update(county="城关区", issuer_level="county", prefecture=prefecture, province=None)
    assert sorted(p.name for p in compare(corpus).places.values()) == ["乙市城关区", "甲市城关区"]


# ---- views

@pytest.fixture(scope="module")
def samples() -> Comparison:
    return pm.compare(mine(RAW), within={"澜口市": "东澜省", "岑南市": "北岑省", "沐阳川市": "北岑省", "青岬市": "云屏省"})


def test_every_value_is_traced_to_its_words(samples: Comparison) -> None:
    for row in samples.values.to_dict("records"):
        text = samples.corpus.text(row["doc_id"])
        assert text[row["start"] : row["end"]].strip()
        target = next(t for t in samples.corpus.rows("targets") if t["target_id"] == row["target_id"])
        assert row["clause"] == target["clause"] and row["indicator"] == target["indicator"]
    shown = {(row["concept"], row["place"]): row["promise"] for row in samples.values.to_dict("records")}
    matrix = samples.matrix(shared=False)
    filled = [(c, p) for c, row in matrix.iterrows() for p, cell in row.items() if cell]
    assert set(filled) == set(shown)


def test_the_matrix_holds_what_several_places_promise(samples: Comparison) -> None:
    matrix = samples.matrix()
    assert list(matrix.columns)[:2] == ["全国", "东澜省"], "from the nation down"
    assert matrix.loc["产品质量监督抽查合格率", "东澜省"] == "≥95%（2023年）；≥96%（2025年）"
    assert ((matrix != "").sum(axis=1) > 1).all()
    assert "绿色食品认证数量" in matrix.index and "智慧渔港" not in matrix.index


def test_who_raises_the_bar(samples: Comparison) -> None:
    raises = samples.raises
    rate = raises[(raises.concept == "产品质量监督抽查合格率") & (raises.other_concept == raises.concept) & raises.comparable]
    found = {(r.place, r.other_place, r.deadline): (r.gap, r.raised) for r in rate.itertuples()}
    assert found[("全国", "东澜省", "2025")] == (2, True)
    assert found[("全国", "岑南市", "2025")] == (-0.5, False)
    barred = raises[~raises.comparable]
    assert len(barred) and barred.gap.isna().all() and barred.reasons.notna().all()


def test_pairs_of_one_document_are_none_and_reasons_fit(samples: Comparison) -> None:
    pairs = samples.pairs
    assert (pairs.comparable == pairs.reasons.isna()).all()
    documents = {row["target_id"]: row["doc_id"] for row in samples.corpus.rows("targets")}
    assert all(documents[p.target_id] != documents[p.other_target_id] for p in pairs.itertuples())
    assert (pairs[pairs.concept != pairs.other_concept].comparable == False).all()  # noqa: E712 (a column)
    assert pairs.similarity.between(0, 1).all()


def test_a_part_about_one_indicator(samples: Comparison) -> None:
    part = samples.of("监督抽查合格率")
    assert {"产品质量监督抽查合格率", "主要农产品例行监测合格率"} <= set(part.values.concept) <= set(samples.values.concept)
    assert set(samples.of("监督抽查合格率", near=False).values.concept) == {"产品质量监督抽查合格率"}
    assert samples.of("没有").values.empty and samples.of("没有").pairs.empty and samples.of("没有").matrix().empty


def test_who_leads_what() -> None:
    text = "二、任务\n（一）改造旧港。（市农业农村局牵头，市财政局、市商务局配合）\n（二）整治岸线。（市农业农村局负责）\n"
    rows = compare(_shelf(("临澜市", RATE + "\n" + text))).leads
    farming = rows[rows.function == "agriculture-rural"].iloc[0]
    assert (farming.place, farming.lead, farming.responsible, farming.total, farming.lead_share) == ("临澜市", 1, 1, 2, 0.5)
    assert rows[rows.function == "finance"].iloc[0].support == 1


def test_what_falls_due_when() -> None:
    text = "2024年6月底前，完成普查。每年开展检查。到2025年，建成体系。"
    rows = compare(_shelf(("临澜市", text))).calendar
    assert rows[["kind", "due"]].values.tolist()[:2] == [["once", "2024-06-30"], ["once", "2025-12-31"]]
    assert rows.kind.tolist()[-1] == "recurring"


def test_how_concrete_a_text_is() -> None:
    text = "到2025年，新建码头3个。加强行业管理。改善港区服务。建设质量强市；提升产品品质。（市农业农村局负责）\n"
    [row] = compare(_shelf(("临澜市", text))).concreteness.to_dict("records")
    assert row["clauses"] == 7, "the title, a heading, and five clauses; the list is none"
    assert row["number"] == row["date"] == pytest.approx(1 / 7, abs=1e-4)
    assert 0 < row["department"] < 1 and row["all"] in (0, pytest.approx(1 / 7, abs=1e-4))


def test_rows_do_not_depend_on_the_order_of_documents() -> None:
    documents = [("东澜省", RATE), ("临澜市", RATE.replace("95", "96")), ("国务院办公厅", RATE.replace("95", "94"))]
    one, other = (compare(_shelf(*order), WITHIN) for order in (documents, documents[::-1]))
    for name in ("values", "pairs", "raises", "indicators"):
        assert getattr(one, name).to_dict("records") == getattr(other, name).to_dict("records"), name
    assert one.raises[["place", "other_place"]].values.tolist() == [["全国", "东澜省"], ["全国", "临澜市"], ["东澜省", "临澜市"]]


# ---- the command

def _invoke(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_the_command_writes_every_table(samples: Comparison, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    samples.corpus.write(tmp_path / "out", ["parquet"])
    for name in ("a", "b"):
        done = _invoke("compare", tmp_path / "out", "-o", tmp_path / f"{name}.xlsx", "--within", "澜口市=东澜省", "--within", "岑南市=北岑省",
                       "--within", "沐阳川市=北岑省", "--within", "青岬市=云屏省")
        assert done.exit_code == 0, done.output
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert done.output == f"places=9 values={len(samples.items)} pairs={len(samples.pair_items)} out={tmp_path / 'b.xlsx'}\n"
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["矩阵", *(table.label_zh for table in COMPARISON_TABLES)]
    cell = next(c for row in book["矩阵"].iter_rows(min_row=2) for c in row if c.hyperlink)
    assert cell.hyperlink.target == "report.html" and cell.hyperlink.location in {v.target["target_id"] for v in samples.items}
    for table in COMPARISON_TABLES:
        frame = getattr(samples, table.name)
        assert set(table.names) <= set(frame.columns), table.name
        assert book[table.label_zh].max_row == len(frame) + 1
        assert len({column.label_zh for column in table.columns}) == len(table.columns), table.name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-o", "c.csv"), ".xlsx"), (("--indicator", "没有这个"), "没有这个"), (("--within", "临澜市"), "PLACE=PROVINCE"),
        (("--labels", "de"), "en, zh"),
    ],
)
def test_misuse_is_said_in_one_line(arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _shelf(("临澜市", RATE)).write(tmp_path / "out", ["csv"])
    done = _invoke("compare", "out", *arguments)
    assert done.exit_code == 2 and message in done.output and len(done.output.splitlines()) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(not (SHARED / "texts").is_dir(), reason=NO_SHARED)
def test_real_documents_are_compared_only_where_the_names_say_the_same() -> None:
    found = pm.compare(mine(SHARED / "texts"))
    assert len(found.pair_items) > 30
    for pair in found.pair_items:
        if pair.comparable:
            assert pair.one.scope == pair.other.scope and pair.one.amount.unit == pair.other.amount.unit
            assert str(pair.one.target["deadline"])[:4] == str(pair.other.target["deadline"])[:4] or None in (
                pair.one.target["deadline"], pair.other.target["deadline"]
            )
        for value in (pair.one, pair.other):
            text = found.corpus.text(str(value.target["doc_id"]))
            assert re.search(r"\S", text[int(value.target["start"] or 0) : int(value.target["end"] or 0)])


def test_the_wider_place_comes_first_also_in_pairs_of_near_indicators() -> None:
    for words in ("工业产品质量监督抽查合格率", "产品质量监督抽查合格率"):
        other = "产品质量监督抽查合格率" if words.startswith("工业") else "工业产品质量监督抽查合格率"
        pair = _pair(f"到2025年，{words}达到95%以上。", f"到2025年，{other}达到96%以上。")
        assert (pair.one.place.name, pair.other.place.name) == ("东澜省", "临澜市")
