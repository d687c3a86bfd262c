"""Which place a document is from, and at what level its issuer stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from policymine.lexicon.files import read_lexicon
from policymine.lexicon.regions import RegionTable, table
from policymine.structure.place_names import AMBIGUOUS, FUNCTIONAL, UNLISTED, Found, read_place

FROM_NUMBER = "place-from-number"
SEVERAL = "several-places"

_PARTY = re.compile(r"中共(?!中央)|中国共产党|共青团|中国共产主义青年团|中国人民政治协商会议|政协|国网|国家电网")
_NATIONAL = re.compile(
    r"国务院|中共中央|中央|全国人|全国|最高人民|中华人民共和国|国家|中国(?!人民政治协商会议.|共产党|共产主义青年团)"
)
_NATIONAL_TITLE = re.compile(r"国务院|中共中央|中央|全国人民代表大会|全国人大|最高人民|中华人民共和国")
_MINISTRY = re.compile(r"[\u4e00-\u9fff]{2,12}部(?:办公厅)?")
_LOCAL_SECTION = re.compile(r".*(?:宣传|组织|统战|武装|工作|指挥|管理|项目|联络|老干)部")
_UNIT = re.compile(r"(自治区|省|市|区|县|州|盟|旗|镇|乡|街道)(?=人民|政府|委|.*[局厅委办部会处院]$)")
_UNIT_LEVELS = {"省": "province", "自治区": "province", "市": "prefecture", "州": "prefecture", "盟": "prefecture"} | {
    "区": "county",
    "县": "county",
    "旗": "county",
    "镇": "township",
    "乡": "township",
    "街道": "township",
}
_LEVELS = ("national", "province", "prefecture", "county", "township")


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a document; ``level`` and names are None where nothing tells them.

    ``adcode`` is the six-digit code of the deepest place at the document's date, None rather than doubtful
    (a township has its county's). ``flags``: place-ambiguous (several places have the name), functional-area,
    place-unlisted (split by grammar), place-from-number (a weak hint), several-places (joint issuers).
    """

    level: str | None = None
    province: str | None = None
    prefecture: str | None = None
    county: str | None = None
    adcode: str | None = None
    flags: tuple[str, ...] = ()


def locate(
    issuers: Sequence[str], title: str | None, doc_number: str | None, year: int | None, told: Place | None = None
) -> Place:
    """Decide a document's place and its issuer's level.

    The first issuer that names a place decides; then the place at the title's head; then what is said beside the
    document, which also tells apart places of one name; then the head of the document number, which is flagged.
    Municipalities are provinces without prefecture. Leaves out places
    that a text only speaks about.

    Args:
        issuers: the issuing bodies as written.
        title: the document's title, without line breaks.
        doc_number: normalised (鲁政发〔2012〕1号) or as written.
        year: the year of writing, for names and codes of that time; None takes the latest table.
        told: from ``place_told``.

    Returns:
        The place; an empty one where nothing tells it.

    >>> locate(["天津市宝坻区人民政府"], None, None, 2018)
    Place(level='county', province='天津市', prefecture=None, county='宝坻区', adcode='120115', flags=())
    >>> locate(["国务院办公厅"], None, None, 2018).level
    'national'
    """
    names = [re.sub(r"\s", "", name) for name in issuers]
    readings = [r for r in (_dated(name, year, False) for name in names) if r]
    head = _dated(re.sub(r"[\s《“\"]", "", title), year, True) if title else None
    unit = next((_UNIT_LEVELS[m[1]] for m in map(_UNIT.match, names) if m), None)
    if readings:
        return _told_apart(_joined(readings, head), told, year)
    if head:
        return _told_apart(_at_level(head, unit), told, year)
    if told:
        return _at_level(told, unit) if unit else replace(told, level=None)
    hint = _from_number(doc_number, year) if doc_number else None
    if hint:
        return _at_level(hint, unit)
    return Place(level=unit)


def place_told(province: str | None, prefecture: str | None, county: str | None, year: int | None) -> Place | None:
    """The place that somebody names beside a document, with short names written out and its code where it is listed.

    Args:
        province: 浙江省 or 浙江; None where it is not named, as the others.
        prefecture: 杭州市 or 杭州.
        county: 西湖区.
        year: of the names; None takes the latest table.

    Returns:
        The place; None where nothing is named.

    >>> place_told("浙江", "杭州", None, 2018)
    Place(level='prefecture', province='浙江省', prefecture='杭州市', county=None, adcode='330100', flags=())
    >>> place_told("东澜省", None, None, 2018)
    Place(level='province', province='东澜省', prefecture=None, county=None, adcode=None, flags=('place-unlisted',))
    """
    if not (province or prefecture or county):
        return None
    regions, adcode, level = table(year), None, None
    names: dict[str, str | None] = {"province": None, "prefecture": None, "county": None}
    for at, name in zip(names, (province, prefecture, county), strict=True):
        above = names["province"] or ""
        if not name or at == "prefecture" and above.endswith("市") and above.startswith(name):
            continue  # a municipality, named twice
        found = regions.find(name, at, names["province"], names["prefecture"])
        found = found or regions.find_short(name, at, names["province"], names["prefecture"])
        names[at], level, adcode = name, at, None
        if len(found) == 1:
            names |= {"province": found[0].province, "prefecture": found[0].prefecture, at: found[0].name}
            adcode = found[0].adcode
    if level is None:
        return None
    return Place(level, names["province"], names["prefecture"], names["county"], adcode, () if adcode else (UNLISTED,))


def _told_apart(place: Place, told: Place | None, year: int | None) -> Place:
    """The one of several places of one name that is where somebody says the document is from."""
    if told is None or AMBIGUOUS not in place.flags or told.province is None:
        return place
    known = place_told(told.province, place.prefecture or told.prefecture, place.county, year)
    return replace(known, level=place.level) if known else place


def _dated(name: str, year: int | None, title: bool) -> Place | None:
    """The reading by the table of the year; a name given up within the year stands in an earlier table."""
    place = _read(name, table(year), title)
    if year is not None and place and UNLISTED in place.flags:
        for earlier in (year - 1, year - 2):
            before = _read(name, table(earlier), title)
            if before and before.adcode:
                return before
    return place


@lru_cache(10_000)
def _read(name: str, regions: RegionTable, title: bool) -> Place | None:
    central = _central_end(name)
    if central:
        # 国家税务总局山东省税务局, 人民银行济南分行: the branch's place.
        branch = read_place(name[central:], regions) if len(name) > central + 2 and not title else None
        if branch and branch.region:
            return _place(branch)
        return Place("national")
    if (_NATIONAL_TITLE if title else _NATIONAL).match(name):
        return Place("national")
    party = _PARTY.match(name)
    found = read_place(name[party.end() :] if party else name, regions, title)
    if found:
        return _place(found)
    if not title and _MINISTRY.fullmatch(name) and not _LOCAL_SECTION.match(name) and not _UNIT.match(name):
        return Place("national")
    return None


def _place(found: Found) -> Place:
    adcode = found.region.adcode if found.region and FUNCTIONAL not in found.flags else None
    return Place(found.level, found.province, found.prefecture, found.county, adcode, found.flags)


@cache
def _central_names() -> frozenset[str]:
    rows = read_lexicon("central_names")
    any_scope = {r["name"] for r in rows if r["scope"] == "any"}
    return frozenset(any_scope | {r["full_name"] for r in rows} | {f"国家{r['name']}" for r in rows})


def _central_end(name: str) -> int:
    """Where the name of a central body at the head ends, 0 if there is none."""
    for end in range(min(len(name), 24), 1, -1):
        if name[:end] in _central_names():
            return end
    return 0


def _joined(readings: list[Place], head: Place | None) -> Place:
    first = next((r for r in readings if r.level or r.province), readings[0])
    if AMBIGUOUS in first.flags and head and head.adcode and head.county == first.county:
        return head
    if any(not _agree(first, other) for other in readings):
        return _flagged(first, SEVERAL)
    return first


def _agree(one: Place, other: Place) -> bool:
    return one.level == other.level and _names(one) == _names(other)


def _names(place: Place) -> tuple[str | None, str | None, str | None]:
    return place.province, place.prefecture, place.county


def _flagged(place: Place, flag: str) -> Place:
    return Place(place.level, place.province, place.prefecture, place.county, place.adcode, (*place.flags, flag))


def _at_level(place: Place, unit: str | None) -> Place:
    """The title's place, cut to the level that an issuer without a place tells (省科技厅, 市人民政府)."""
    if unit is None or place.level in (None, unit, "national"):
        return place
    if unit == "prefecture" and place.level in ("province", "county") and _own_city(place):
        return place  # 市 in Beijing, or in a county-level city
    if _LEVELS.index(place.level or unit) < _LEVELS.index(unit):
        # 区人民政府 under a title that names the city only: the level is known, the district is not.
        return Place(unit, place.province, place.prefecture, None, None, place.flags)
    kept = _LEVELS.index(unit)
    province, prefecture = place.province, place.prefecture if kept >= _LEVELS.index("prefecture") else None
    upper = next(_codes(province, prefecture, place.adcode), None)
    return Place(unit, province, prefecture, None, upper, place.flags)


def _own_city(place: Place) -> bool:
    name = place.county or place.prefecture or place.province
    return bool(name and name.endswith("市"))


def _codes(province: str | None, prefecture: str | None, adcode: str | None) -> Iterator[str]:
    if adcode and prefecture:
        yield adcode[:4] + "00"
    elif adcode and province:
        yield adcode[:2] + "0000"


@cache
def _heads() -> dict[str, str]:
    return {r["head"]: r["place"] for r in read_lexicon("number_heads")}


def _from_number(doc_number: str, year: int | None) -> Place | None:
    """The place that the head of a document number stands for; several cities share 济政发."""
    match = re.match(r"[\u4e00-\u9fff]+", doc_number.strip())
    name = _heads().get(match[0]) if match else None
    if not name:
        return None
    if "/" in name:
        return Place(flags=(AMBIGUOUS,))
    found = read_place(name, table(year))
    return _flagged(_place(found), FROM_NUMBER) if found else None
