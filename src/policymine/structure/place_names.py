"""Read the place at the head of a name: 天津市宝坻区人民政府, 云屏省澜口市望潮区人民政府, 济南高新区管委会.

Places of the yearly table come first; what the table does not have is split by grammar, without a code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from policymine.lexicon.files import alternation, read_lexicon
from policymine.lexicon.regions import MUNICIPALITIES, Region, RegionTable

AMBIGUOUS = "place-ambiguous"
FUNCTIONAL = "functional-area"
UNLISTED = "place-unlisted"

# 泰安市 ends before 政府 and 民政局 but not in 泰安市场, 市容, 市民.
_NOT_CITY = re.compile(r"场|容(?=[貌环管景秩和局整执])|政(?!府|协|务|法)|民(?!政|委|族|宗|营|兵|防|办|革|进|主)")
_ORGANISATION = re.compile(
    r"人民政府|政府|委(?!托|员)|人大|人民代表|政协|.*(?:[局厅委办部院会行司处队关室社校站组署]|中心|公司|集团|电力|大学|学校|政府)$"
)
_TOWNSHIP = re.compile(r"[\u4e00-\u9fff]{1,8}?(?:镇|乡|街道)(?:人民政府|政府|办事处|党委|党工委|$)")
_AREA = re.compile(
    r"[^省市县]{0,14}?(?:开发区|高新区|经开区|新区|自贸区|试验区|示范区|度假区|风景区|旅游区|保税港?区|合作区|起步区|先行区|产业园区?|园区)"
    r"(?=管理?委|党工委|工委|[^省市县]{0,16}[局委办会部处]$|关于|$)|[^省市县]{0,20}?(?=管委会|管理委员会|管委$)"
)
_FUNCTION_WORD = r"的与及于对推进加快强促创建设实施完善深落做全各我本该等为级"
_UNIT = rf"[^\W\d_{_FUNCTION_WORD}]"
_CITY_END = (
    r"(?<![城强超门夜股楼车房债上都县])市(?!场|容(?=[貌环管景秩和局整执])|政(?!府|协|务|法)|民(?!政|委|族|宗|营|办))"
)
_DISTRICT_END = r"(?<![新发园校社山库灾景城郊辖片街小牧林矿湖流特老验范护税假易])区(?!域|块|间|县|级)"
_UNLISTED = re.compile(
    rf"(?!委|人民|政府|人大|政协|党)(?P<province>{_UNIT}{{2,7}}?(?:省(?!级|直|委省|区)|自治区))?"
    rf"(?P<prefecture>{_UNIT}{{2,9}}?(?:{_CITY_END}|自治州|地区(?=行|人|公)))?"
    rf"(?P<county>{_UNIT}{{1,9}}?(?:{_DISTRICT_END}|县(?!域|级|区|市|乡)|旗(?!下|帜)|{_CITY_END}))?"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A place at the head of a name; ``region`` is the row of the table, None where it has none; ``rest`` follows."""

    province: str | None = None
    prefecture: str | None = None
    county: str | None = None
    region: Region | None = None
    rest: str = ""
    flags: tuple[str, ...] = ()
    township: bool = False

    @property
    def level(self) -> str | None:
        """The level of the deepest place named; functional areas have none."""
        if FUNCTIONAL in self.flags:
            return None
        if self.township:
            return "township"
        levels = (("county", self.county), ("prefecture", self.prefecture), ("province", self.province))
        return next((level for level, name in levels if name), None)


def read_place(text: str, regions: RegionTable, title: bool = False) -> Found | None:
    """The place that ``text`` begins with, or None.

    Args:
        text: the name of a body without 中共 and the like, or a title.
        regions: the table of the document's year.
        title: ask for stronger evidence where the table does not know the place.

    >>> from policymine.lexicon.regions import table
    >>> found = read_place("云屏省澜口市望潮区人民政府", table(2020))
    >>> found.province, found.prefecture, found.county, found.level
    ('云屏省', '澜口市', '望潮区', 'county')
    """
    found = _listed(text, regions, title) or _short(text, regions, title) or Found(rest=text)
    found = _area(found, text)
    if FUNCTIONAL not in found.flags:
        known = found
        found = _below(found, title)
        if found != known:
            found = _area(found, "")
    if found == Found(rest=text):
        return None
    if found.level in ("prefecture", "county") and _TOWNSHIP.match(found.rest) and not title:
        found = replace(found, township=True)
    return found


def _of_region(region: Region, rest: str, flags: tuple[str, ...] = ()) -> Found:
    return Found(region.province, region.prefecture, region.county, region, rest, flags)


def _fits(region: Region, rest: str, regions: RegionTable) -> bool:
    """Whether the name ends where the unit stands: not in 泰安市场, but in 商丘市民权县."""
    if region.name.endswith("区") and rest.startswith("域"):
        return False
    if not (region.name.endswith("市") and _NOT_CITY.match(rest)):
        return True
    return bool(regions.longest(rest, "county", region.province, region.prefecture))


def _listed(text: str, regions: RegionTable, title: bool) -> Found | None:
    """Full names of the table, from the province down; 山东泰安市 and 阿坝州 too."""
    region: Region | None = None
    rest = text
    while True:
        step = _next_listed(rest, regions, region)
        if not step:
            break
        found, used = step
        if len(found) > 1:
            # 朝阳区 of Beijing or Changchun: the name is certain, the place is not.
            evident = not title or re.match(r"人民政府|委|关于", rest[used:])
            return Found(county=found[0].name, rest=rest[used:], flags=(AMBIGUOUS,)) if evident else None
        region, rest = found[0], rest[used:]
    return _of_region(region, rest) if region else None


def _next_listed(text: str, regions: RegionTable, upper: Region | None) -> tuple[tuple[Region, ...], int] | None:
    levels = {None: ("province", "prefecture", "county"), "province": ("prefecture", "county")}
    below: tuple[str, ...] = levels.get(upper.level if upper else None, ("county",) if upper else ())
    if upper and upper.level == "county":
        return None
    province, prefecture = (upper.province, upper.prefecture) if upper else (None, None)
    for level in below:
        found = regions.longest(text, level, province, prefecture)
        if found and _fits(found[0], text[len(found[0].name) :], regions):
            return found, len(found[0].name)
    state = re.match(r"([\u4e00-\u9fff]{2,8}?)州(?![市县区])", text)
    if state and (upper is None or upper.level == "province"):
        found = tuple(r for r in regions.find_short(state[1], "prefecture", province) if r.name.endswith("州"))
        if len(found) == 1:
            return found, state.end()
    if upper is None:
        for end in (2, 3):
            short = regions.find_short(text[:end], "province")
            if short and regions.longest(text[end:], None, short[0].province):
                return short, end
    return None


def _short(text: str, regions: RegionTable, title: bool) -> Found | None:
    """A place without its unit before an organisation: 泰安海关, 济南高新区管委会."""
    for end in range(min(len(text) - 1, 8), 1, -1):
        found = regions.find_short(text[:end])
        rest = text[end:]
        if not found or rest[0] in "省市县区州盟旗":
            continue
        if not (_AREA.match(rest) if title else _AREA.match(rest) or _ORGANISATION.match(rest)):
            return None
        top = next((r for r in found if all(_inside(other, r) for other in found)), None)
        if top is None or (top.level == "province" and len(found) > 1):
            return Found(rest=rest, flags=(AMBIGUOUS,))  # 吉林: the province or its city
        if top.level == "county" and not re.match(r"海关|高新|经开|经济|开发区", rest):
            return None  # short names of counties are the beginning of many other names (长白山)
        return _of_region(top, rest)
    return None


def _inside(inner: Region, outer: Region) -> bool:
    return (
        inner.province == outer.province
        and outer.prefecture in (None, inner.prefecture)
        and outer.county
        in (
            None,
            inner.county,
        )
    )


@cache
def _areas() -> tuple[re.Pattern[str], dict[str, dict[str, str]]]:
    rows = {r["name"]: r for r in read_lexicon("functional_areas")}
    return re.compile(rf".{{0,6}}?({alternation(list(rows))})"), rows


def _area(found: Found, text: str) -> Found:
    """Mark functional areas: they have no code of their own, and their level does not follow from a unit."""
    pattern, rows = _areas()
    known = pattern.match(text)
    if known and not found.county:
        row = rows[known[1]]
        return Found(row["province"] or None, row["prefecture"] or None, rest=text[known.end() :], flags=(FUNCTIONAL,))
    generic = _AREA.match(found.rest)
    if generic:
        return replace(found, region=None, rest=found.rest[generic.end() :], flags=(*found.flags, FUNCTIONAL))
    return found


def _below(found: Found, title: bool) -> Found:
    """What grammar alone finds under the known place, or without one."""
    if found.county or AMBIGUOUS in found.flags:
        return found
    match = _UNLISTED.match(found.rest)
    if not match or not match[0]:
        return found
    province, prefecture, county = match["province"], match["prefecture"], match["county"]
    if found.province and province or found.prefecture and not county and not prefecture:
        return found
    if found.prefecture and prefecture:
        prefecture, county = None, prefecture  # 泰安市某某市: a county-level city
        rest = found.rest[match.end("prefecture") :]
    else:
        rest = found.rest[match.end() :]
    if prefecture in MUNICIPALITIES:
        province, prefecture = prefecture, None
    if not _evident(rest, title, single_county=bool(county and not (province or prefecture))):
        return found
    return Found(
        found.province or province,
        found.prefecture or prefecture,
        county,
        None,
        rest,
        (*found.flags, UNLISTED),
    )


def _evident(rest: str, title: bool, single_county: bool) -> bool:
    """Whether what follows a place that no table knows speaks for a place: an organisation, or in a title anything."""
    if _TOWNSHIP.match(rest):
        return True
    if title and not single_county:
        return bool(rest)
    if title:
        return re.match(r"人民政府|政府|委(?!托|员)|人大|关于", rest) is not None
    return not rest or _ORGANISATION.match(rest) is not None
