"""Names of departments: full name, duty, level; and the tables behind them."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policymine.lexicon.departments import Departments, load_user
from policymine.lexicon.files import LexiconError, read_lexicon

DEPARTMENTS = Departments.default()
ROWS = read_lexicon("departments")
CENTRAL = read_lexicon("central_names")
FUNCTIONS = {r["function"] for r in read_lexicon("functions")}

TAIAN = ("山东省", "泰安市", None, "prefecture")
BAODI = ("天津市", None, "宝坻区", "county")
FEICHENG = ("山东省", "泰安市", "肥城市", "county")
DONGLAN = ("东澜省", None, None, "province")
NATIONAL = (None, None, None, "national")
NOWHERE = (None, None, None, None)


@pytest.mark.parametrize(
    ("name", "place", "year", "full_name", "function", "level"),
    [
        ("市市场监管局", TAIAN, 2019, "泰安市市场监督管理局", "market-regulation", "prefecture"),
        ("市质监局", TAIAN, 2012, "泰安市质量技术监督局", "market-regulation", "prefecture"),
        ("市工商局", TAIAN, 2012, "泰安市工商行政管理局", "market-regulation", "prefecture"),
        ("省科技厅", DONGLAN, 2021, "东澜省科学技术厅", "science-technology", "province"),
        (
            "省发展改革委（省能源局）",
            DONGLAN,
            2021,
            "东澜省发展和改革委员会（东澜省能源局）",
            "development-reform",
            "province",
        ),
        ("自治区党委", NOWHERE, None, "自治区党委", "party-committee", "province"),
        ("市财政局", BAODI, 2018, "天津市财政局", "finance", "province"),
        ("市场监管局", BAODI, 2018, "天津市宝坻区市场监督管理局", "market-regulation", "county"),
        ("农业农村委", BAODI, 2018, "天津市宝坻区农业农村委员会", "agriculture-rural", "county"),
        ("市财政局", FEICHENG, 2018, "肥城市财政局", "finance", "county"),
        ("泰安市财政局", FEICHENG, 2018, "泰安市财政局", "finance", "prefecture"),
        ("济南市科技局", TAIAN, 2021, "济南市科学技术局", "science-technology", "prefecture"),
        ("崂山区政府", TAIAN, 2023, "青岛市崂山区人民政府", "government", "county"),
        ("区商务局", TAIAN, 2023, "区商务局", "commerce", "county"),
        ("市委宣传部", TAIAN, 2018, "中共泰安市委宣传部", "propaganda", "prefecture"),
        ("市委网信办", TAIAN, 2020, "中共泰安市委网络安全和信息化委员会办公室", "cyberspace", "prefecture"),
        ("市委网信办", TAIAN, 2016, "中共泰安市委网络安全和信息化领导小组办公室", "cyberspace", "prefecture"),
        ("市委、市政府督查室", TAIAN, 2020, "中共泰安市委督查室", "government-supervision", "prefecture"),
        ("市政府办公室", TAIAN, 2020, "泰安市人民政府办公室", "government-office", "prefecture"),
        ("市委", TAIAN, 2020, "中共泰安市委", "party-committee", "prefecture"),
        ("团市委", TAIAN, 2020, "共青团泰安市委员会", "youth-league", "prefecture"),
        ("市妇联", TAIAN, 2020, "泰安市妇女联合会", "women", "prefecture"),
        ("市工商联", TAIAN, 2020, "泰安市工商业联合会", "industry-commerce-federation", "prefecture"),
        ("市质量强市工作领导小组", TAIAN, 2018, "泰安市质量强市工作领导小组", "leading-group", "prefecture"),
        ("泰安海关", TAIAN, 2018, "泰安海关", "customs", "prefecture"),
        ("泰安银监分局", TAIAN, 2018, "泰安银监分局", "financial-supervision", "prefecture"),
        ("东澜海关", DONGLAN, 2021, "东澜海关", "customs", "province"),
        ("人民银行山东省分行", TAIAN, 2024, "人民银行山东省分行", "central-bank", "province"),
        ("国家统计局泰安调查队", TAIAN, 2024, "国家统计局泰安调查队", "statistics-survey", "prefecture"),
        ("金融监管总局山东监管局", TAIAN, 2024, "金融监管总局山东监管局", "financial-supervision", "province"),
        ("市场监管总局", TAIAN, 2021, "国家市场监督管理总局", "market-regulation", "national"),
        ("国家发展改革委", TAIAN, 2021, "国家发展和改革委员会", "development-reform", "national"),
        ("发展改革委", NATIONAL, 2021, "国家发展和改革委员会", "development-reform", "national"),
        ("中央网信办", NATIONAL, 2021, "中央网络安全和信息化委员会办公室", "cyberspace", "national"),
        ("粮食和储备局", NATIONAL, 2021, "国家粮食和物资储备局", "grain-reserves", "national"),
        ("国务院教育行政部门", NATIONAL, 2021, "国务院教育行政部门", "education", "national"),
        ("国家能源局煤炭司", NATIONAL, 2023, "国家能源局煤炭司", "energy", "national"),
        ("质监部门", TAIAN, 2012, "质监部门", "market-regulation", "prefecture"),
        ("各级市场监管部门", NATIONAL, 2020, "各级市场监管部门", "market-regulation", None),
        ("市、区两级财政部门", TAIAN, 2020, "市、区两级财政部门", "finance", None),
        (
            "各市（州）人民政府",
            ("吉林省", None, None, "province"),
            2021,
            "各市（州）人民政府",
            "government",
            "prefecture",
        ),
        ("各县（市、区）", TAIAN, 2021, "各县（市、区）", "government", "county"),
        ("各街道办事处", BAODI, 2021, "各街道办事处", "government", "township"),
        ("财政", TAIAN, 2021, "财政", "finance", "prefecture"),
        ("济南高新区管委会", TAIAN, 2021, "济南高新区管委会", "functional-area", None),
    ],
)
def test_resolve(
    name: str, place: tuple[str | None, ...], year: int | None, full_name: str, function: str, level: str | None
) -> None:
    found = DEPARTMENTS.resolve(name, *place, year)
    assert (found.full_name, found.function, found.level, found.known) == (full_name, function, level, True)


def test_unknown_name_stays_as_written() -> None:
    found = DEPARTMENTS.resolve("国家深海基地管理中心", *NATIONAL, 2024)
    assert (found.full_name, found.function, found.known) == ("国家深海基地管理中心", None, False)


@pytest.mark.parametrize(
    "name",
    [
        "有关部门",
        "相关部门",
        "各部门",
        "各单位",
        "各有关单位",
        "主管部门",
        "成员单位",
        "市直各有关单位",
        "行业主管部门",
        "市政府有关部门",
        "国务院有关部门",
    ],
)
def test_nameless(name: str) -> None:
    assert DEPARTMENTS.is_nameless(name)
    assert not DEPARTMENTS.is_department(name)
    assert DEPARTMENTS.resolve(name, *TAIAN, 2020).function is None


@pytest.mark.parametrize(
    "name",
    [
        "市财政局",
        "质监部门",
        "省大数据局",
        "各县（市、区）人民政府",
        "市总工会",
        "团区委",
        "领导小组办公室",
        "联席会议",
        "崂山实验室",
        "市城建集团",
        "行业协会",
        "中国铁路总公司",
        "教育行政部门",
        "市行政审批服务局",
        "各市",
        "省发展改革委（省能源局）",
    ],
)
def test_is_department(name: str) -> None:
    assert DEPARTMENTS.is_department(name)
    assert not DEPARTMENTS.is_nameless(name)


@pytest.mark.parametrize(
    "name", ["财政", "领导干部", "优化布局", "共同举办", "全部", "各级", "县级以上", "以人民为中心", "局", "三农"]
)
def test_is_no_department(name: str) -> None:
    assert not DEPARTMENTS.is_department(name)


def test_bare_stem() -> None:
    assert DEPARTMENTS.is_stem("住房城乡建设")
    assert not DEPARTMENTS.is_stem("市财政局")


def test_user_rows_come_first(tmp_path: Path) -> None:
    file = tmp_path / "own.tsv"
    file.write_text(
        "term\tfunction\tname\tsuffixes\tvalid_from\tvalid_to\tnote\n古城管理\theritage\t古城管理\t局\t\t\t\n", "utf-8"
    )
    own = load_user(file)
    assert own.resolve("市古城管理局", *TAIAN, 2020).function == "heritage"
    assert DEPARTMENTS.resolve("市古城管理局", *TAIAN, 2020).function != "heritage"
    with pytest.raises(LexiconError, match="years"):
        DEPARTMENTS.extended([{"term": "甲", "function": "x", "name": "甲", "valid_from": "昨年"}])


def test_every_row_resolves() -> None:
    for row in ROWS:
        year = int(row["valid_to"] or row["valid_from"] or 2020)
        for suffix in row["suffixes"].split("/"):
            name = f"市{row['term']}{suffix}"
            found = DEPARTMENTS.resolve(name, *TAIAN, year)
            assert found.known, name
            same = {r["function"] for r in ROWS if r["term"] == row["term"] and suffix in r["suffixes"].split("/")}
            assert found.function in same, (name, found)
    for row in CENTRAL:
        found = DEPARTMENTS.resolve(row["name"], *NATIONAL, int(row["valid_from"] or 2005))
        assert found.level == "national", row["name"]
        assert found.function in {r["function"] for r in CENTRAL if r["name"] == row["name"]}


def test_table_of_departments() -> None:
    assert len(ROWS) >= 350
    keys = [(r["term"], r["function"], r["valid_from"], r["valid_to"]) for r in ROWS]
    assert [k for k in keys if keys.count(k) > 1] == []
    for row in ROWS:
        assert row["term"] and row["function"] and row["name"] and row["suffixes"], row
        assert row["function"] in FUNCTIONS, row
        assert not row["valid_from"] or not row["valid_to"] or row["valid_from"] <= row["valid_to"], row
        assert all(suffix and suffix == suffix.strip() for suffix in row["suffixes"].split("/")), row


def test_tables_are_clean() -> None:
    tables = ("departments", "central_names", "organisations", "functions", "functional_areas", "number_heads")
    for row in (r for name in tables for r in read_lexicon(name)):
        for cell in row.values():
            assert cell == cell.strip(), row
            assert not re.search(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3000\u00a0]", cell), row
        for column in ("valid_from", "valid_to"):
            assert re.fullmatch(r"(?:(?:19|20)\d\d)?", row.get(column, "")), row


def test_functions_exist_once_and_are_used() -> None:
    codes = [r["function"] for r in read_lexicon("functions")]
    assert len(codes) == len(set(codes))
    used = {r["function"] for name in ("departments", "central_names", "organisations") for r in read_lexicon(name)}
    assert used - {""} == set(codes)
    assert all(r["label_zh"] for r in read_lexicon("functions"))


@given(st.text("省市县区局委部办厅各有关、（）财政监管国家", max_size=40))
def test_any_text(name: str) -> None:
    found = DEPARTMENTS.resolve(name, *TAIAN, 2020)
    assert found.known == (found.function is not None)
    assert not (DEPARTMENTS.is_department(name) and DEPARTMENTS.is_nameless(name))


def test_fast() -> None:
    names = [f"市{r['term']}局" for r in ROWS]
    start = time.perf_counter()
    for _ in range(20):
        for name in names:
            DEPARTMENTS.resolve(name, *TAIAN, 2020)
    assert time.perf_counter() - start < 2
