"""Figures: each with the data that it shows, Chinese as text, with or without a font."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

import policymine as pm
from policymine.comparison.compare import Comparison
from policymine.corpus import mine, mine_text
from policymine.figures import (
    Drawn,
    deadline_timeline,
    department_network,
    drawing,
    heat_map,
    level_ladder,
    target_dots,
)
from policymine.reading.sources import MisuseError
from samples import RAW

matplotlib = pytest.importorskip("matplotlib")

RATE = "产品质量监督抽查合格率"
FIGURES: dict[str, Callable[[Comparison], Drawn]] = {
    "dots": lambda c: target_dots(c, RATE),
    "ladder": lambda c: level_ladder(c, RATE),
    "heat": heat_map,
    "network": department_network,
    "periods": lambda c: department_network(c, split=2018),
    "timeline": deadline_timeline,
}
WORDS = {
    "dots": {"全国", "东澜省", "岑南市", "2025", "澜口市：主要海产品抽检合格率"},
    "ladder": {"省级", "东澜省 ≥96%（2025）"},
    "heat": {"每万人口发明专利拥有量", "青岬市", "≥96%"},
    "network": {"部门协作（点越大任务越多，越深牵头越多；箭头由牵头单位指出）"},
    "periods": {"2018年以前", "2018年起"},
    "timeline": {"十四五", "一次性", "2025"},
}


@pytest.fixture(scope="module")
def compared() -> Comparison:
    within = {"沐阳川市": "云屏省", "澜口市": "东澜省", "青岬市": "东澜省", "岑南市": "北岑省"}
    return pm.compare(mine(RAW), within)


def _texts(svg: str) -> set[str]:
    tree = ElementTree.fromstring(svg[svg.index("<svg") :])
    return {"".join(node.itertext()).strip() for node in tree.iter("{http://www.w3.org/2000/svg}text")}


@pytest.mark.parametrize(("name", "font"), [*((name, True) for name in FIGURES), ("dots", False), ("heat", False)])
def test_a_figure_shows_chinese_as_text_with_and_without_a_font(
    name: str, font: bool, compared: Comparison, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    if not font:
        monkeypatch.setattr(drawing, "chinese_font", lambda: None)
    before = dict(matplotlib.rcParams)
    drawn = FIGURES[name](compared)
    svg = drawn.svg()
    assert {words for words in WORDS[name] if words not in _texts(svg)} == set()
    assert dict(matplotlib.rcParams) == before, "nobody else's settings change"
    assert [w for w in recwarn if "Glyph" in str(w.message)] == []
    assert drawn.svg() == svg, "the same bytes however often it is written"
    assert drawn._repr_html_().startswith("<svg") and "<script" not in svg


def test_the_dots_are_those_of_the_data(compared: Comparison) -> None:
    data = target_dots(compared, RATE).data
    own = data[data.concept == RATE]
    assert sorted(zip(own.place, own.value, strict=True))[:2] == [("东澜省", 95), ("东澜省", 96)]
    assert set(data[data.concept != RATE].concept) >= {"主要海产品抽检合格率", "主要农产品例行监测合格率"}
    assert set(target_dots(compared, RATE, near=False).data.concept) == {RATE}
    assert (data.unit == "%").all() and data.target_id.is_unique


def test_the_ladder_joins_what_may_be_compared(compared: Comparison) -> None:
    data = level_ladder(compared, RATE).data
    assert data.comparable.all()
    assert {(r.place, r.other_place, r.gap) for r in data.itertuples()} == {("全国", "东澜省", 2), ("全国", "云屏省", 0.5), ("全国", "岑南市", -0.5)}


def test_the_map_tells_numbers_from_near_ones_and_none(compared: Comparison) -> None:
    data = heat_map(compared).data
    state = {(r.concept, r.place): r.state for r in data.itertuples()}
    assert state[RATE, "东澜省"] == "number" and state["服务业顾客满意度", "云屏省"] == "near" and state["地方标准", "全国"] == "none"
    assert data[data.state == "near"].reason.notna().all()
    assert data[data.state == "number"].promise.notna().all()
    assert heat_map(compared, most=3).data.concept.nunique() == 3


def test_the_network_counts_lists(compared: Comparison) -> None:
    corpus = mine_text("临澜市人民政府关于港口的意见\n一、任务\n（一）改造旧港。（市农业农村局牵头，市财政局配合）\n（二）整治岸线。（市农业农村局、市财政局负责）\n")
    [edge] = department_network(pm.compare(corpus)).data.to_dict("records")
    assert {edge["one"], edge["other"]} == {"农业农村", "财政"} and edge["together"] == 2
    assert edge["one_leads"] + edge["other_leads"] == 1
    data = department_network(compared, split=2018).data
    assert set(data.period) == {"2018年以前", "2018年起"}


def test_the_timeline_counts_every_deadline_once(compared: Comparison) -> None:
    data = deadline_timeline(compared).data
    assert data["count"].sum() == len(compared.calendar)
    assert data[data.year.isna()]["count"].sum() > 0


def test_nothing_to_show_is_no_error() -> None:
    nothing = pm.compare(mine_text("天气很好。"))
    for figure in (heat_map, department_network, deadline_timeline):
        assert figure(nothing).data.empty and "<svg" in figure(nothing).svg()
    for figure in (target_dots, level_ladder):
        with pytest.raises(MisuseError, match="没有"):
            figure(nothing, "没有")


@pytest.mark.parametrize("number", ["1", "5", "100000"])
def test_single_values_and_far_ones_are_drawn(number: str) -> None:
    texts = [f"{place}人民政府关于港口的意见\n一、目标\n到2025年，新建码头{n}个。\n" for place, n in (("临澜市", "1"), ("岑南市", number))]
    corpus = mine_text(texts[0])
    for table, rows in mine_text(texts[1]).as_rows().items():
        corpus.add_rows(table, rows)
    for draw in (target_dots, level_ladder):
        assert "临澜市" in draw(pm.compare(corpus), "码头").svg()


def test_pictures_are_saved(compared: Comparison, tmp_path: Path) -> None:
    drawn = target_dots(compared, RATE)
    assert target_dots(compared, RATE).svg() == drawn.svg(), "and drawn again"
    drawn.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == drawn.svg()
    drawn.save(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_the_extra_is_named(compared: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MisuseError, match=re.escape("policymine[figures]")):
        heat_map(compared)


def test_labels_do_not_lie_on_one_another() -> None:
    placed = drawing.spread([1, 1, 1.2, 9, 9.05], 0.5)
    ordered = sorted(placed)
    assert all(b - a >= 0.5 - 1e-9 for a, b in zip(ordered, ordered[1:], strict=False))
    assert drawing.wrapped("短", 6) == "短"
