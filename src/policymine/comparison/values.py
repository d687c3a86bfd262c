"""The targets of a corpus as values that can be set side by side: whose, of what, how much, by when, in which words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policymine.comparison.amounts import Amount, read_amount
from policymine.comparison.scope import Scope, read_scope, with_what_stands_before
from policymine.exchange.wording import document_words, promised
from policymine.tables.schema import Row

if TYPE_CHECKING:
    from policymine.corpus import Corpus

LEVELS = ("national", "province", "prefecture", "county", "township")
NATION = "全国"
_ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县", "地区", "省", "市", "区", "县", "盟", "旗")
_TIME = re.compile(r"[比较与]?[\d０-９]{4}年?[底末]?(?:相比)?")
"""A name that only says what a number is compared with."""
_STANDS_FOR = {"province": "省", "prefecture": "市", "county": "县"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document is of.

    Attributes:
        name: short, but no two places have the same.
        level: national, province, prefecture, county, township; empty where the document does not tell.
    """

    name: str
    level: str
    province: str | None = None
    prefecture: str | None = None
    county: str | None = None

    def holds(self, other: Place) -> bool:
        """Whether the other place lies in this one (and is of a lower level)."""
        if self.level not in LEVELS or other.level not in LEVELS or LEVELS.index(self.level) >= LEVELS.index(other.level):
            return False
        if self.level == "national":
            return True
        own = {"province": (self.province,), "prefecture": (self.province, self.prefecture),
               "county": (self.province, self.prefecture, self.county)}[self.level]
        theirs = (other.province, other.prefecture, other.county)[: len(own)]
        return own[-1] is not None and own == theirs


@dataclass(frozen=True, slots=True)
class Value:
    """One promised number of one place.

    Attributes:
        concept: the indicator under its most frequent name; the same for the same indicator in other words.
        target: the row of ``targets``, with its words and their place.
        shown: the promise in a few words: ≥94%.
    """

    concept: str
    scope: Scope
    amount: Amount
    place: Place
    title: str
    target: Row
    shown: str


def places(corpus: Corpus, within: Mapping[str, str] | None = None) -> dict[str, Place]:
    """The place of each document that stands for its work.

    Args:
        corpus: mined or loaded.
        within: province by the name of a place, for places whose province the tables do not know.

    Returns:
        Place by doc_id. A document that names no place has that of its issuers, else its title as the name.
    """
    made: dict[str, Place] = {}
    for row in corpus.rows("documents"):
        if not row["is_canonical"] or row["status"] != "ok":
            continue
        level = str(row["issuer_level"] or "")
        province, prefecture, county = (None if row[n] is None else str(row[n]) for n in ("province", "prefecture", "county"))
        name = NATION if level == "national" else county or prefecture or province or str(row["issuers"] or "")
        province = province or (within or {}).get(name) or (within or {}).get(prefecture or "")
        made[str(row["doc_id"])] = Place(name or document_words(row), level, province, prefecture, county)
    spelled = defaultdict(set)
    for place in made.values():
        spelled[place.name].add((place.level, place.province, place.prefecture, place.county))
    return {
        doc_id: place if len(spelled[place.name]) == 1 else _longer(place) for doc_id, place in made.items()
    }


def _longer(place: Place) -> Place:
    parts = [part for part in (place.province, place.prefecture, place.county) if part]
    return Place("".join(dict.fromkeys(parts)) or place.name, place.level, place.province, place.prefecture, place.county)


def own_names(place: Place) -> tuple[tuple[str, str], ...]:
    """The names of a place, long and short, with the word that stands for each: 山东省 and 山东 are 省.

    >>> own_names(Place("泰安市", "prefecture", "山东省", "泰安市"))
    (('山东省', '省'), ('山东', '省'), ('泰安市', '市'), ('泰安', '市'))
    """
    made = []
    for level, stands_for in _STANDS_FOR.items():
        name = getattr(place, level)
        if name:
            made.append((name, stands_for))
            ending = next((e for e in _ENDINGS if name.endswith(e) and len(name) - len(e) >= 2), "")
            if ending:
                made.append((name[: -len(ending)], stands_for))
    return tuple(made)


def values(corpus: Corpus, within: Mapping[str, str] | None = None) -> list[Value]:
    """Every target of the corpus as a value, one document a work, in the order of concept, place and deadline.

    Args:
        corpus: mined or loaded.
        within: province by the name of a place, for places whose province the tables do not know.
    """
    found = places(corpus, within)
    titles = {str(row["doc_id"]): document_words(row) for row in corpus.rows("documents")}
    read: list[tuple[Row, Place, str, Scope]] = []
    for target in corpus.rows("targets"):
        place = found.get(str(target["doc_id"]))
        if place is not None and target["indicator"] and not _TIME.fullmatch(str(target["indicator"])):
            name = with_what_stands_before(str(target["indicator"]), str(target["clause"] or ""))
            read.append((target, place, name, read_scope(name, own_names(place))))
    names = concept_names((name, scope) for _, _, name, scope in read)
    made = [
        Value(names[scope], scope, read_amount(target, scope), place, titles[str(target["doc_id"])], target, promised(target))
        for target, place, _, scope in read
    ]
    return sorted(made, key=_order)


def concept_names(named: Iterable[tuple[str, Scope]]) -> dict[Scope, str]:
    """The name of each indicator: its most frequent wording, of several the shortest; no two have the same."""
    wordings: defaultdict[Scope, Counter[str]] = defaultdict(Counter)
    for indicator, scope in named:
        wordings[scope][indicator] += 1
    best = {scope: min(c, key=lambda name: (-c[name], len(name), name)) for scope, c in wordings.items()}
    shared = Counter(best.values())
    return {
        scope: name if shared[name] == 1 else f"{name}（{scope.words('rest')}）" for scope, name in best.items()
    }


def _order(value: Value) -> tuple[object, ...]:
    level = LEVELS.index(value.place.level) if value.place.level in LEVELS else len(LEVELS)
    return (
        value.scope.measure, value.scope.subject, value.concept, level, value.place.name,
        str(value.target["deadline"] or ""), str(value.target["doc_id"]), int(value.target["start"] or 0),
    )
