"""What stands before the stem of a department's name: 省, 市委, 泰安市, 国务院, 各市, 市、区两级.

A head tells the level and, together with the document's own place, the place to be written out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from policymine.lexicon.regions import MUNICIPALITIES, table

_NATIONAL = re.compile(r"国家|中央|国务院|中华人民共和国|全国|中共中央|中国|中央和国家")
_UNIT_LEVELS = {
    "省": "province",
    "自治区": "province",
    "直辖市": "province",
    "市": "prefecture",
    "设区市": "prefecture",
    "设区的市": "prefecture",
    "地级市": "prefecture",
    "州": "prefecture",
    "盟": "prefecture",
    "区": "county",
    "县": "county",
    "旗": "county",
    "镇": "township",
    "乡": "township",
    "街道": "township",
}
_UNITS = "|".join(sorted(_UNIT_LEVELS, key=len, reverse=True))
_UNIT_LIST = re.compile(rf"(?:(?:{_UNITS})[、和及，,]?)+")
PLURAL = re.compile(r"各级|各地区?|各|县级以上|县级及以上|地方各级|地方|基层|有关|相关|所在地|属地")
_PLACES_LIST = re.compile(
    r"(?:各级|各|有关|相关|全[省市]各|所有)(?:(?:设区的?市|省级?|自治区|直辖市|地级以上市|市级?|州|盟|区|县级?|旗|乡|镇|街道|功能区|开发区|地区|地方"
    r"|[、及和与各,，]|有关|相关))*(?:人民政府|政府|党委政府|党委|管委会|管委|办事处|行政公署)?"
)
_LEVEL_HEAD = re.compile(r"(自治区|省|市(?![场政民容])|区(?!域)|县(?!域)|州|盟|旗)(委(?!员|托))?(?=.{2})")
_CENTRAL_HEAD = re.compile(r"国务院|国家|中央|全国|最高人民|中华人民共和国")
_FUNCTIONAL = re.compile(r".*(?:开发区|高新区|经开区|园区|自贸区|试验区|示范区|保税区|度假区|起步区|先行区)")
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,18}(?:省|自治区|特别行政区|市|州|地区|盟|区|县|旗|镇|乡|街道)")
_NO_PLACE = re.compile(r".*(?:全市|城市|本市|我市|全省|本省|我省|社区|地区.{1,}|城区|辖区|景区|城乡)")


@dataclass(frozen=True, slots=True)
class Context:
    """The document's own place, level and year, by which short names are written out."""

    province: str | None = None
    prefecture: str | None = None
    county: str | None = None
    issuer_level: str | None = None
    year: int | None = None

    @property
    def municipal(self) -> bool:
        """Whether 市 means one of the four municipalities, which rank as provinces."""
        return self.province in MUNICIPALITIES and self.prefecture is None

    def place(self, level: str | None) -> str | None:
        """The document's place of that level as names of bodies carry it, None where the document does not tell it.

        A district carries its city (天津市宝坻区), a county or county-level city does not (肥城市).

        >>> Context("天津市", None, "宝坻区").place("county")
        '天津市宝坻区'
        """
        if level == "province":
            return self.province
        if level == "prefecture":
            return self.prefecture
        if level == "county" and self.county:
            upper = self.prefecture or (self.province if self.municipal else None)
            return f"{upper or ''}{self.county}" if self.county.endswith("区") else self.county
        return None


@dataclass(frozen=True, slots=True)
class Head:
    """A head that was understood; ``place`` is what takes its place in the full name (None: leave as written)."""

    level: str | None
    place: str | None = None
    party: bool = False


def read_head(text: str, context: Context) -> Head | None:
    """What a head says, or None where ``text`` is no head.

    Args:
        text: what stands before the stem; may be empty (the issuer's level and place are meant).
        context: the document's place, level and year.

    >>> read_head("市", Context("东澜省", "澜口市", None, "prefecture", 2020))
    Head(level='prefecture', place='澜口市', party=False)
    >>> read_head("加快", Context())
    """
    if not text:
        return Head(context.issuer_level, context.place(context.issuer_level))
    if _NATIONAL.fullmatch(text):
        return Head("national")
    text = re.sub(r"(?<=委)[、和]?(?:省|自治区|市|区|县|州)?(?:人民)?政府$", "", text)  # 市委、市政府督查室
    party = text.endswith("委")
    text = text.removesuffix("委") if party else re.sub(r"(?:人民)?政府$", "", text)
    text = text.removeprefix("中共")
    if not text:
        return Head(context.issuer_level, context.place(context.issuer_level), party)
    plural = PLURAL.match(text)
    if plural:
        rest = text[plural.end() :]
        inner = read_head(rest, context) if rest else None
        return Head(inner.level if inner else None) if inner or not rest else None
    text = re.sub(r"(?:两级|三级|本级|级|属)$", "", text)
    if _UNIT_LIST.fullmatch(text):
        return _of_units(text, context, party)
    if _FUNCTIONAL.fullmatch(text):
        return Head(None, text, party)
    if _PLACE.fullmatch(text) and not _NO_PLACE.fullmatch(text):
        return _of_place(text, context, party)
    return None


def _of_units(text: str, context: Context, party: bool) -> Head:
    units = re.findall(_UNITS, text)
    levels = {unit_level(unit, context) for unit in units}
    if len(levels) > 1:
        return Head(None, None, party)
    level = levels.pop()
    return Head(level, context.place(level) if len(units) == 1 else None, party)


def unit_level(unit: str, context: Context) -> str:
    """The level that 省, 市, 区 … alone mean in a document of that place.

    >>> unit_level("市", Context("天津市", None, "宝坻区", "county")), unit_level("市", Context())
    ('province', 'prefecture')
    """
    if unit == "市":
        if context.municipal:
            return "province"
        if context.issuer_level in ("county", "township") and (context.county or "").endswith("市"):
            return "county"
    return _UNIT_LEVELS[unit]


def _of_place(text: str, context: Context, party: bool) -> Head:
    own = {context.province: "province", context.prefecture: "prefecture", context.county: "county"}
    if text in own:
        return Head(own[text], context.place(own[text]), party)
    known = table(context.year).find(text)
    if len(known) > 1:
        known = tuple(r for r in known if r.prefecture and r.prefecture == context.prefecture) or known
    if known and len({r.level for r in known}) == 1:
        upper = (known[0].prefecture or known[0].province) if len(known) == 1 and text.endswith("区") else ""
        return Head(known[0].level, text if known[0].level != "county" else f"{upper}{text}", party)
    return _of_unknown_place(text, context, party)


def _of_unknown_place(text: str, context: Context, party: bool) -> Head:
    unit = next((u for u in ("自治区", "街道") if text.endswith(u)), text[-1])
    if text.endswith("地区"):
        return Head("prefecture", text, party)
    if text.endswith("新区"):
        # 浦东新区 is in the table; the others are functional areas without a level of their own.
        return Head(None, text, party)
    level = _UNIT_LEVELS.get(unit, "county")
    compound = re.search(r"[省市州盟].", text) is not None
    if unit == "市" and (compound or context.issuer_level in ("prefecture", "county")):
        # A city other than the document's own, inside it: a county-level one. 云屏省澜口市 stays a prefecture.
        level = "prefecture" if re.match(r".+(?:省|自治区)", text) or not context.prefecture else "county"
    inside = unit == "区" and not compound and context.issuer_level == "prefecture" and context.prefecture
    return Head(level, f"{context.prefecture}{text}" if inside else text, party)


def short_level(text: str, context: Context) -> str | None:
    """The level of a place written without its unit (泰安银监分局, 东澜海关), None where unknown or ambiguous.

    >>> short_level("东澜", Context("东澜省"))
    'province'
    """
    own = ((context.county, "county"), (context.prefecture, "prefecture"), (context.province, "province"))
    for place, level in own:
        if place and len(text) > 1 and place.startswith(text) and len(place) > len(text):
            return level
    levels = {r.level for r in table(context.year).find_short(text)}
    return levels.pop() if len(levels) == 1 else None


def embedded_level(name: str, context: Context) -> str | None:
    """The level of a province or prefecture inside the name, or of the document's own place.

    >>> embedded_level("人民银行济南分行", Context()), embedded_level("国网北岑电力", Context("北岑省"))
    ('prefecture', 'province')
    """
    own = (context.province, context.prefecture, context.county)
    for start in range(2, len(name) - 2):
        for end in range(min(len(name) - 1, start + 8), start + 1, -1):
            part = name[start:end]
            level = short_level(part, context)
            if level is None and part[-1] in "省市区县州盟旗":
                known = {r.level for r in table(context.year).find(part)}
                head = read_head(part, context) if part in own else None
                level = head.level if head else known.pop() if len(known) == 1 else None
            # Short names of counties are common words (古城, 和平), unless the document is from there.
            if level and (level != "county" or any(o and o.startswith(part) for o in own)):
                return level
    return None


def is_places(name: str) -> bool:
    """Whether a name means the governments of several places: 各县（市、区）人民政府 (without brackets), 各区县.

    >>> is_places("各区县政府"), is_places("各级")
    (True, False)
    """
    return _PLACES_LIST.fullmatch(name) is not None and re.search(r"[省市州盟区县旗乡镇道府会委处署]", name) is not None


def places_level(name: str, context: Context) -> str | None:
    """The level of such places; 各市 are counties in a prefecture's document, None where several levels are meant.

    >>> places_level("各市", Context(issuer_level="province")), places_level("各市", Context(issuer_level="prefecture"))
    ('prefecture', 'county')
    """
    if "各级" in name or "地区" in name:
        return None
    units = set(re.findall(r"自治区|直辖市|街道|[省市州盟区县旗乡镇]", name.replace("设区", "").replace("功能区", "")))
    upper = {"市"} if context.issuer_level in ("prefecture", "county") or context.municipal else set()
    for level, own in (
        ("township", {"乡", "镇", "街道"}),
        ("county", {"区", "县", "旗"} | upper),
        ("prefecture", {"市", "州", "盟"}),
        ("province", {"省", "自治区", "直辖市"}),
    ):
        if units and units <= own:
            return level
    return None


def with_place(name: str, context: Context) -> tuple[str, str | None]:
    """A name that no stem explains, with its head written out, and its level.

    >>> with_place("市质量强市工作领导小组", Context("东澜省", "澜口市", None, "prefecture"))
    ('澜口市质量强市工作领导小组', 'prefecture')
    """
    if "以上" in name or "各级" in name:
        return name, None
    match = _LEVEL_HEAD.match(name)
    if match:
        level: str | None = unit_level(match[1], context)
        place = context.place(level)
        if place:
            name = (f"中共{place}委" if match[2] else place) + name[match.end() :]
        return name, level
    if _CENTRAL_HEAD.match(name):
        return name, "national"
    for end in range(min(len(name) - 1, 16), 1, -1):
        head = read_head(name[:end], context)
        if head and (head.level or head.place):
            return (head.place or name[:end]) + name[end:], head.level
    for end in range(min(len(name) - 1, 8), 1, -1):
        level = short_level(name[:end], context)
        if level:
            return name, level
    return name, embedded_level(name, context) or context.issuer_level
