"""Which body a name means: its full name, its duty in every place and year, its level.

The tables are ``departments.tsv`` (stems), ``central_names.tsv`` (short names of central bodies) and
``organisations.tsv`` (endings of names that no stem explains). Names are data: nothing here is a list of names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from policymine.lexicon.department_heads import (
    PLURAL,
    Context,
    Head,
    embedded_level,
    is_places,
    places_level,
    read_head,
    unit_level,
    with_place,
)
from policymine.lexicon.department_stems import DUTY_ENDINGS, GENERIC_SUFFIXES, Stem, read_stem
from policymine.lexicon.files import read_lexicon
from policymine.lexicon.user import as_rows, read_user_lexicon
from policymine.models import UserLexicon

_CACHE_SIZE = 65536
_LONGEST_NAME = 60
# *+: nothing is tried twice (直属 is 直 with 属 too).
_NAMELESS = re.compile(
    r"(?:各地[区方]?|地方|当地|各级?|有关|相关|其他|其它|上述|以上|所有|全体|本|该|两|多|国务院|中央|省|市|区|县|州|乡镇|镇|街道|直属?|级|属|、|和|及|与"
    r"|职能|行业|业务|责任|牵头|配合|成员|承办|参与|参加|协同|协办|政务|政府|党政|行政|监管|主管|管理|执法|审批|具体|对应|涉及|下属|用人|事业|专门)*+"
    r"(?:部门|单位|机构|机关|组织|方面|地方|同志|企事业单位|企业|司局|处室)(?:和(?:部门|单位|机构|组织))?"
)
_GROUP = re.compile(
    r".*(?:领导小组|工作小组|协调小组|推进小组|联席会议|专班|指挥部|协调机构|领导机构|工作组)"
    r"(?:[\u4e00-\u9fff]{0,4}办公室|办|成员单位)?"
)
_NO_BODY = re.compile(
    r".*(?:干部|内部|外部|全部|局部|[东西南北中]部|俱乐部|[格布结全大开僵]局|[举主承协创开督查催]办|为中心|[到四五]处|好处|三农)"
)
_BRACKET = re.compile(r"[（(]([^（()）]*)[)）]")
_YOUTH_LEAGUE = re.compile(r"(?:共青)?团(自治区|省|市|区|县|州|盟|旗)工?委|(自治区|省|市|区|县|州|盟|旗)团委")
# Words of these stems are too common to explain a name by standing somewhere inside it.
_WEAK_INSIDE = frozenset(("party-office", "policy-research", "government-office", "government-supervision"))
_RANKS = (("最高", "national"), ("高级", "province"), ("中级", "prefecture"), ("基层", "county"))
# Their rank does not follow from the place that they are named after.
_WITHOUT_LEVEL = frozenset(
    ("enterprise", "research-institute", "university", "hospital", "association", "bank", "functional-area")
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a name means; ``known`` is False where no table explains it (then ``function`` is None)."""

    full_name: str
    function: str | None
    level: str | None
    known: bool


class Departments:
    """The department tables, with the rows that a user adds; immutable."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self._rows = tuple(dict(r) for r in rows)
        self._stems: dict[str, list[Stem]] = {}
        for row in self._rows:
            self._stems.setdefault(row["term"], []).append(read_stem(row))
        for stems in list(self._stems.values()):
            for stem in stems:
                # The written-out stem is a term too, if it is not one already (城市管理行政执法).
                self._stems.setdefault(stem.name, [stem])
        self._longest = max(map(len, self._stems), default=0)
        self._central: dict[str, list[tuple[Stem, str]]] = {}
        for row in read_lexicon("central_names"):
            central = read_stem({**row, "name": row["full_name"], "suffixes": ""})
            for key in {row["name"], row["full_name"]}:
                scope = row["scope"] if key == row["name"] else "any"
                self._central.setdefault(key, []).append((central, scope))
        self._endings = {r["suffix"]: r["function"] or None for r in read_lexicon("organisations")}
        self._party = {r["function"] for r in read_lexicon("functions") if r["kind"] == "party"}
        self._cached: Callable[[str, Context], Resolved] = lru_cache(_CACHE_SIZE)(self._resolve)
        self._known_body: Callable[[str], bool] = lru_cache(_CACHE_SIZE)(self._names_body)

    @staticmethod
    def default() -> Departments:
        """The package's tables, read once."""
        return _default()

    @staticmethod
    def of(lexicons: tuple[UserLexicon, ...]) -> Departments:
        """The package's tables with the rows of users' lexicons before them; built once for the same rows."""
        return _with_rows(lexicons) if lexicons else _default()

    def extended(self, rows: Iterable[Mapping[str, str]]) -> Departments:
        """These tables and more rows (columns as ``departments.tsv``); a user's row goes before an equal one."""
        return Departments((*rows, *self._rows))

    def resolve(
        self,
        name: str,
        province: str | None = None,
        prefecture: str | None = None,
        county: str | None = None,
        issuer_level: str | None = None,
        year: int | None = None,
    ) -> Resolved:
        """What a department's name means in a document of that place, level and year.

        The place is written out where the document tells it; a name that nothing explains stays as written.
        Collective names (质监部门, 各市人民政府) keep their words. Leaves out whether the name stands for a task.

        Args:
            name: as written, without separators; a second plate in brackets may follow.
            province, prefecture, county: the document's place, as in ``Header``.
            issuer_level: the level of the issuer, taken where the name has no head of its own.
            year: the year of writing.

        Returns:
            Full name, function code, level (None where several or none are meant) and whether it is known.

        >>> Departments.default().resolve("市质监局", "山东省", "泰安市", None, "prefecture", 2012)
        Resolved(full_name='泰安市质量技术监督局', function='market-regulation', level='prefecture', known=True)
        """
        return self._cached(name.strip(), Context(province, prefecture, county, issuer_level, year))

    def is_nameless(self, name: str) -> bool:
        """Whether the words name no one: 有关部门, 各单位, 行业主管部门, 成员单位.

        >>> [Departments.default().is_nameless(n) for n in ("市直各有关单位", "质监部门")]
        [True, False]
        """
        return len(name) <= _LONGEST_NAME and _NAMELESS.fullmatch(_BRACKET.sub("", name.strip())) is not None

    def is_stem(self, name: str) -> bool:
        """Whether the words are a bare stem that shares its suffix with others: 发展改革、财政等部门.

        >>> [Departments.default().is_stem(n) for n in ("发展改革", "市场")]
        [True, False]
        """
        return len(name) > 1 and name in self._stems

    def is_department(self, name: str) -> bool:
        """Whether the words name a body: a known stem with a suffix, or the ending of an organisation's name.

        Governments, leading groups, firms and 质监部门 count; nameless ones and bare stems do not. Says nothing
        about where the name begins: 会同市财政局 ends like a department.

        >>> [Departments.default().is_department(n) for n in ("省大数据局", "各有关部门", "各县（市、区）人民政府")]
        [True, False, True]
        """
        return self._known_body(name.strip())

    def is_exact(self, name: str) -> bool:
        """Whether the words are nothing but a department's name: a known stem with its suffix, behind a place at most.

        >>> [Departments.default().is_exact(n) for n in ("市渔业局", "发展改革委", "建设人民法院")]
        [True, True, False]
        """
        return name in self._central or bool(self._exact(name.strip(), Context()))

    def _names_body(self, name: str) -> bool:
        name = _BRACKET.sub("", name)
        if not 2 <= len(name) <= _LONGEST_NAME or self.is_nameless(name) or _NO_BODY.fullmatch(name):
            return False
        if name in self._central or is_places(name) or _YOUTH_LEAGUE.fullmatch(name):
            return True
        if _GROUP.fullmatch(name) or self._is_committee(name) or self._exact(name, Context()):
            return True
        return len(name) > 2 and self._ending(name) is not None

    def _is_committee(self, name: str) -> bool:
        return self._endings.get(name[-2:]) == "party-committee" and read_head(name, Context()) is not None

    def _resolve(self, name: str, context: Context) -> Resolved:
        if len(name) > _LONGEST_NAME:
            return Resolved(name, None, None, False)
        if self.is_nameless(name):
            return Resolved(name, None, None, False)
        bracket = _BRACKET.search(name)
        if bracket:
            return self._resolve_bracket(name, bracket, context)
        if is_places(name):
            return Resolved(name, "government", places_level(name, context), True)
        central = self._central_body(name, context)
        if central:
            return Resolved(central.name, central.function, "national", True)
        league = _YOUTH_LEAGUE.fullmatch(name)
        if league:
            unit = league[1] or league[2]
            level = unit_level(unit, context)
            return Resolved(f"共青团{context.place(level) or unit}委员会", "youth-league", level, True)
        if self._is_committee(name):
            head = read_head(name, context) or Head(None)
            return Resolved(f"中共{head.place}委" if head.place else name, "party-committee", head.level, True)
        if self.is_stem(name):
            stem = min(self._stems[name], key=lambda s: s.distance(context.year))
            return Resolved(name, stem.function, context.issuer_level, True)
        several = PLURAL.match(name)  # 各地市场监管、财政部门: of no one level
        if several and self.is_stem(name[several.end() :]) and not name.endswith("政府"):
            return Resolved(name, self._cached(name[several.end() :], context).function, None, True)
        exact = self._exact(name, context)
        if exact:
            return self._of_exact(name, *exact)
        return self._of_ending(name, context)

    def _resolve_bracket(self, name: str, bracket: re.Match[str], context: Context) -> Resolved:
        outer = self._cached(name[: bracket.start()] + name[bracket.end() :], context)
        if bracket.end() == len(name) and self.is_department(bracket[1]):
            # Two plates in one office: 市发展改革委（市粮食局）.
            inner = self._cached(bracket[1], context)
            return Resolved(f"{outer.full_name}（{inner.full_name}）", outer.function, outer.level, outer.known)
        if outer.full_name == name[: bracket.start()] + name[bracket.end() :]:
            return Resolved(name, outer.function, outer.level, outer.known)
        return outer

    def _central_body(self, name: str, context: Context) -> Stem | None:
        found = self._central.get(name, [])
        if context.issuer_level != "national":
            found = [f for f in found if f[1] == "any"]
        if not found:
            head = re.match(r"中华人民共和国|国务院|国家|中央|中国", name)
            found = self._central.get(name[head.end() :], []) if head else []
        return min((f[0] for f in found), key=lambda s: s.distance(context.year), default=None)

    def _exact(self, name: str, context: Context) -> tuple[str, Head, Stem, str] | None:
        """The first split of the name into a head, a known stem and a suffix: (head, its reading, stem, suffix)."""
        for start in range(len(name) - 1):
            match = self._stem_and_suffix(name[start:], context.year)
            if match is None:
                continue
            head = read_head(name[:start], context)
            if head is not None:
                return name[:start], head, *match
        return None

    def _stem_and_suffix(self, core: str, year: int | None) -> tuple[Stem, str] | None:
        for end in range(min(len(core) - 1, self._longest), 0, -1):
            stems = self._stems.get(core[:end])
            if not stems:
                continue
            suffix = core[end:]
            usual = [s for s in stems if suffix in s.suffixes]
            if not usual and end > 1 and (suffix in GENERIC_SUFFIXES or suffix in DUTY_ENDINGS):
                usual = stems
            if usual:
                return min(usual, key=lambda s: s.distance(year)), suffix
        return None

    def _of_exact(self, name: str, head_text: str, head: Head, stem: Stem, suffix: str) -> Resolved:
        if suffix in DUTY_ENDINGS:
            level = None if not head_text and head.level == "national" else head.level
            return Resolved(name, stem.function, level, True)
        full = stem.written_out(suffix)
        party = head.party or (stem.function in self._party and suffix in ("部", "委"))
        level = None if stem.function == "functional-area" else head.level
        if not head.place:
            return Resolved(head_text + full, stem.function, level, True)
        full = f"中共{head.place}委{full}" if party else head.place + full
        return Resolved(full, stem.function, level, True)

    def _of_ending(self, name: str, context: Context) -> Resolved:
        """A name that is no head, stem and suffix: by its ending, by the central body before it, by a stem inside."""
        full, level = with_place(name, context)
        if _GROUP.fullmatch(name):
            return Resolved(full, "leading-group", level, True)
        for word, function in (("法院", "court"), ("检察院", "procuratorate")):
            if word in name:
                return Resolved(full, function, next((rank for w, rank in _RANKS if w in name), level), True)
        branch = self._branch(name, context)
        if branch:
            return Resolved(name, branch.function, embedded_level(name, context) or "national", True)
        ending = self._ending(name)
        duty = self._endings[ending] if ending else None
        if duty == "government":
            full = re.sub(r"(?<!人民)政府$", "人民政府", full)
        if duty:
            headed = full != name or level == "national" or duty not in _WITHOUT_LEVEL
            return Resolved(full, duty, level if headed else None, True)
        # 市政府 does not hold the stem 市政.
        stem = self._inside(re.sub(r"^[省市区县州](?=政府|委)", "", name))
        return Resolved(full, stem.function if stem else None, level, stem is not None)

    def _branch(self, name: str, context: Context) -> Stem | None:
        """The duty of a central body's branch: 人民银行济南分行, 国家统计局泰安调查队, 国家能源局煤炭司."""
        for end in range(len(name) - 1, 2, -1):
            central = self._central.get(name[:end])
            if central and name[:end] != "国务院":
                tails = (self._stem_and_suffix(name[start:], context.year) for start in range(end, len(name) - 1))
                tail = next((t for t in tails if t), None)
                return tail[0] if tail else central[0][0]
        return None

    def _ending(self, name: str) -> str | None:
        found = (name[start:] for start in range(1, len(name)) if name[start:] in self._endings)
        return next(found, None)

    def _inside(self, name: str) -> Stem | None:
        """The stem of the longest term (two characters at least) inside the name, the first among equals."""
        for length in range(min(self._longest, len(name)), 1, -1):
            for start in range(len(name) - length + 1):
                stems = self._stems.get(name[start : start + length])
                if stems and stems[0].function not in _WEAK_INSIDE:
                    return stems[0]
        return None


@cache
def _default() -> Departments:
    return Departments(read_lexicon("departments"))


@lru_cache(maxsize=4)
def _with_rows(lexicons: tuple[UserLexicon, ...]) -> Departments:
    return _default().extended(as_rows(lexicons))


def load_user(path: str | Path) -> Departments:
    """The package's tables with the rows of a user's file (same columns) before them.

    Raises:
        LexiconError: the file cannot be read, or a row cannot be used.
    """
    return Departments.of((read_user_lexicon(path),))
