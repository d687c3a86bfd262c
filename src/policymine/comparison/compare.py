"""``pm.compare``: the documents of a corpus side by side, as data frames for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from policymine.comparison.pairs import Pair, pairs
from policymine.comparison.scope import similarity
from policymine.comparison.values import Place, Value, places, values
from policymine.comparison.views import calendar, concreteness, leads, matrix, pair_rows, raises, value_rows
from policymine.tables.schema import Row

if TYPE_CHECKING:
    import pandas as pd

    from policymine.corpus import Corpus


class Comparison:
    """Documents side by side, one a work. Each attribute is a data frame, made when first asked for.

    Attributes:
        corpus: what was compared.
        items: the values as objects, in the order of the rows of ``values``.
        places: place by doc_id.
    """

    def __init__(self, corpus: Corpus, items: Iterable[Value], places: Mapping[str, Place]) -> None:
        self.corpus = corpus
        self.items = tuple(items)
        self.places = dict(places)

    def of(self, words: str, near: bool = True) -> Comparison:
        """The part that is about an indicator: its name has these words, or is near to one that has them.

        Args:
            words: part of a name (合格率), or a whole one.
            near: whether indicators near to those are in it too.
        """
        from policymine.comparison.scope import is_near

        named = [v for v in self.items if words in v.concept or words in str(v.target["indicator"])]
        scopes = {v.scope for v in named}
        kept = [
            v for v in self.items
            if v.scope in scopes or (near and any(is_near(scope, v.scope) for scope in scopes))
        ]
        return Comparison(self.corpus, kept, self.places)

    @cached_property
    def pair_items(self) -> tuple[Pair, ...]:
        """Every two values of different documents of the same or near indicators, as objects."""
        return tuple(pairs(self.items))

    @cached_property
    def values(self) -> pd.DataFrame:
        """A row a promised number, with indicator, place, value as it is compared, and its words."""
        return as_frame(value_rows(self.items))

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """A row a pair of values: similarity of names, whether they may be compared, why not, gap and ratio."""
        return as_frame(pair_rows(self.pair_items))

    @cached_property
    def raises(self) -> pd.DataFrame:
        """Who raises the bar (层层加码): pairs of an upper and a lower level, with gap and ratio or the reason."""
        return as_frame(raises(self.pair_items))

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """A row an indicator: in how many places, under which names, how unlike the most unlike of them is."""
        rows: list[Row] = []
        for concept in dict.fromkeys(v.concept for v in self.items):
            own = [v for v in self.items if v.concept == concept]
            names = list(dict.fromkeys(str(v.target["indicator"]) for v in own))
            rows.append({
                "concept": concept, "places": len({v.place.name for v in own}), "values": len(own),
                "names": "；".join(names), "least_similarity": round(min(similarity(names[0], n) for n in names), 3),
            })
        return as_frame(rows)

    def matrix(self, shared: bool = True) -> pd.DataFrame:
        """Indicator × place: what each promises, with its deadline.

        Args:
            shared: only indicators that several places set a number for.
        """
        import pandas as pd

        columns, rows = matrix(self.items, shared)
        frame = pd.DataFrame(rows, columns=["concept", *columns]).set_index("concept").fillna("")
        return frame.replace("\n", "；", regex=True)

    @cached_property
    def leads(self) -> pd.DataFrame:
        """Who leads what: a row a function of government and place, with the number of its roles."""
        return as_frame(leads(self.corpus, self.places))

    @cached_property
    def calendar(self) -> pd.DataFrame:
        """What falls due when: a row a time expression, once, recurring or ongoing."""
        return as_frame(calendar(self.corpus, self.places))

    @cached_property
    def concreteness(self) -> pd.DataFrame:
        """How concrete each document is: shares of clauses with a number, a date, a department, all three."""
        return as_frame(concreteness(self.corpus, self.places))

    def __repr__(self) -> str:
        indicators = len({v.concept for v in self.items})
        named = len({v.place.name for v in self.items})
        return f"Comparison(places: {named}, indicators: {indicators}, values: {len(self.items)})"


def compare(corpus: Corpus, within: Mapping[str, str] | None = None) -> Comparison:
    """Set the documents of a corpus side by side.

    Indicators are the same when their names say the same in other words (GDP and 地区生产总值); near ones stay apart,
    and pairs of them say what differs. Of several versions of a document one counts.

    Args:
        corpus: mined or loaded.
        within: province by the name of a place, for places whose province the tables do not know.

    Returns:
        The comparison, whose data frames are made when first asked for.

    >>> import policymine as pm
    >>> one = "东澜省人民政府关于质量的意见\\n一、目标\\n到2025年，产品质量监督抽查合格率达到95%以上。"
    >>> two = "临澜市人民政府关于质量的意见\\n一、目标\\n到2025年，产品监督抽查合格率达到96%以上。"
    >>> corpus = pm.mine_text(one)
    >>> for table, rows in pm.mine_text(two).as_rows().items():
    ...     corpus.add_rows(table, rows)
    >>> found = compare(corpus, within={"临澜市": "东澜省"})
    >>> found.raises[["place", "other_place", "gap"]].values.tolist()
    [['东澜省', '临澜市', 1]]
    """
    return Comparison(corpus, values(corpus, within), places(corpus, within))


def as_frame(rows: list[Row]) -> pd.DataFrame:
    """Rows as a data frame with proper dtypes; empty where there are none."""
    import pandas as pd

    return pd.DataFrame(rows).convert_dtypes() if rows else pd.DataFrame()
