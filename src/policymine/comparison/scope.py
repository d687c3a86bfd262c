"""What the name of an indicator says: what is measured, about what, how, by whom, over which part.

Two plans write 产品质量监督抽查合格率 and 工业产品质量监督抽查合格率: near, but not the same. A name is taken apart into facets
by the words of ``scopes.tsv``; what no word explains stays as ``rest``. Names are the same indicator when all facets and
the rest are; else the facets say what differs, so that a reader can judge. Nothing is guessed from numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from unicodedata import normalize

from rapidfuzz import fuzz

from policymine.lexicon.files import alternation, read_lexicon, words

NEAR = 0.6
"""Share that the rests of two names must have in common to be near."""
_ALIKE = 0.75
"""The same for names of which no measure is known: counts of things (5G基站, 名牌产品)."""
_JUDGED = frozenset({"满意度", "满意率"})
_PUNCTUATION = re.compile(r"[\s,，、;；:：()（）“”\"'《》]+")


@dataclass(frozen=True, slots=True)
class Scope:
    """The facets of an indicator, each a sorted tuple of the words that stand for their wordings.

    Attributes:
        measure: what is measured (合格率, 满意度); empty where the name says only what is counted.
        subject: what it is about (工业产品).
        method: how it is found out (监督抽查).
        level: of the body that does it, or of the thing (国家, 省及以上).
        coverage: which part (主要, 规模以上).
        rater: who judges (顾客).
        per: for how many (每万人).
        rest: what no word explains.
    """

    measure: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    coverage: tuple[str, ...] = ()
    rater: tuple[str, ...] = ()
    per: tuple[str, ...] = ()
    rest: str = ""

    def words(self, facet: str) -> str:
        """A facet as it is shown, 未写明 where it is empty."""
        value = getattr(self, facet)
        return value if isinstance(value, str) and value else "、".join(value) or "未写明"


FACETS = tuple(field.name for field in fields(Scope) if field.name not in ("measure", "rest"))


@cache
def _terms() -> Mapping[str, Mapping[str, str]]:
    return {_folded(row["term"]): row for row in read_lexicon("scopes")}


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(alternation(list(_terms())))


@cache
def _wider() -> Mapping[str, str]:
    """The wider word that holds a narrower one."""
    return {row["value"]: row["within"] for row in read_lexicon("scopes") if row["within"] and row["within"] != row["value"]}


def _folded(words: str) -> str:
    return _PUNCTUATION.sub("", normalize("NFKC", words)).upper()


@lru_cache(maxsize=65536)
def read_scope(indicator: str, own_places: tuple[tuple[str, str], ...] = ()) -> Scope:
    """Take the name of an indicator apart.

    Args:
        indicator: the name as written.
        own_places: names of the place that the document is of, with the word that stands for them (``("山东", "省")``),
            so that 山东名牌产品 and 吉林名牌产品 are the same thing of two provinces.

    >>> read_scope("产品质量国家监督抽查合格率")
    Scope(measure=('合格率',), subject=('产品',), method=('监督抽查',), level=('国家',), coverage=(), rater=(), per=(), rest='')
    >>> read_scope("数字经济核心产业增加值占GDP比重") == read_scope("数字经济核心产业增加值占地区生产总值的比重")
    True
    """
    words = _folded(indicator)
    for name, stands_for in own_places:
        words = words.replace(_folded(name), stands_for)
    found: dict[str, set[str]] = {}
    rest: list[str] = []
    at = 0
    for match in _pattern().finditer(words):
        rest.append(words[at : match.start()])
        at = match.end()
        row = _terms()[match.group()]
        facet, value = row["facet"], row["value"]
        if facet == "same" or (facet == "per" and (any(rest) or found)):
            rest.append(value)  # 单位 stands for a share at the beginning only: 检测单位 is a thing
        elif facet != "filler":
            found.setdefault(facet, set()).add(value)
    rest.append(words[at:])
    if "rater" in found and not found.get("measure", set()) & _JUDGED:
        rest.extend(sorted(found.pop("rater")))  # 用户 judge satisfaction; elsewhere they are counted
    return Scope(**{facet: tuple(sorted(values)) for facet, values in found.items()}, rest="".join(rest))


def with_what_stands_before(indicator: str, clause: str) -> str:
    """The name with the words of level and coverage that stand directly before it in its clause.

    An indicator is given without them where they were read as something else; they narrow it all the same. A verb
    (新建) is no part of a name.

    >>> with_what_stands_before("产品抽检合格率", "到2025年，重点产品抽检合格率达到95%")
    '重点产品抽检合格率'
    >>> with_what_stands_before("5G基站", "新建5G基站3000个")
    '5G基站'
    """
    before, found, _ = clause.partition(indicator)
    if not found:
        return indicator
    while term := next((t for t in _narrowing() if before.endswith(t)), None):
        before = before[: -len(term)]
        indicator = term + indicator
    return indicator


@cache
def _narrowing() -> tuple[str, ...]:
    verbs = set(words("verbs"))
    return tuple(
        row["term"] for row in read_lexicon("scopes")
        if row["facet"] in ("level", "coverage") and row["term"] not in verbs
    )


def roots(words: Iterable[str]) -> frozenset[str]:
    """The widest words that hold these: 食品 and 工业产品 are both 产品."""
    made = set()
    for word in words:
        while word in _wider():
            word = _wider()[word]
        made.add(word)
    return frozenset(made)


def is_part(narrow: Iterable[str], wide: Iterable[str]) -> bool:
    """Whether every one of some words is held by one of others, and they are not the same.

    >>> is_part(["工业产品"], ["产品"]), is_part(["产品"], ["工业产品"]), is_part(["食品"], ["工业产品"])
    (True, False, False)
    """
    narrow, wide = set(narrow), set(wide)

    def held(word: str) -> bool:
        while word not in wide and word in _wider():
            word = _wider()[word]
        return word in wide

    return bool(narrow) and narrow != wide and all(map(held, narrow))


def similarity(one: str, other: str) -> float:
    """How much two names have in common, from 0 to 1: the share of characters in the same order.

    >>> round(similarity("产品质量监督抽查合格率", "产品质量国家监督抽查合格率"), 2), similarity("甲", "乙")
    (0.92, 0.0)
    """
    return fuzz.ratio(_folded(one), _folded(other)) / 100


def is_near(one: Scope, other: Scope) -> bool:
    """Whether two indicators are worth a look side by side: the same measure, of things that are akin.

    Satisfaction is set side by side whoever is satisfied with what; elsewhere the subject and the method must have a
    common wider word, or one of the names lacks them.
    """
    if one.measure != other.measure or one.per != other.per:
        return False
    alike = fuzz.ratio(one.rest, other.rest) / 100
    if not one.measure:
        return alike >= _ALIKE and bool(one.rest)
    if set(one.measure) <= _JUDGED:
        return True
    if not (one.rest and other.rest) and roots(one.subject) & roots(other.subject):
        alike = 1.0  # one of the names says more about the same kind of thing
    akin = all(
        not a or not b or roots(a) & roots(b) for a, b in ((one.subject, other.subject), (one.method, other.method))
    )
    named = one.subject or one.method or one.rest
    return akin and alike >= NEAR and bool(named)
