"""The rows of ``departments.tsv``: stems of department names with their duty and the years of their validity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policymine.lexicon.files import LexiconError

COLUMNS = ("term", "function", "name", "suffixes", "valid_from", "valid_to", "note")
_WRITTEN_OUT = {"委": "委员会", "办": "办公室", "工委": "工作委员会", "委会": "委员会", "常委会": "常务委员会"}
GENERIC_SUFFIXES = frozenset(
    (
        "局",
        "厅",
        "委",
        "部",
        "办",
        "署",
        "总局",
        "总署",
        "委员会",
        "办公室",
        "中心",
        "服务中心",
        "发展中心",
        "管理局",
        "分局",
    )
    + ("总队", "支队", "大队")
)
DUTY_ENDINGS = frozenset(
    f"{a}{b}{c}"
    for a in ("", "行政", "行业")
    for b in ("", "主管", "管理", "监管", "监督管理", "执法")
    for c in ("部门", "机关", "系统")
) | frozenset(
    f"{a}{b}机构"  # 金融机构 and 医疗机构 are firms and hospitals
    for a in ("", "行政", "工作")
    for b in ("主管", "管理", "监管", "监督管理", "监察", "执法", "经办")
)


@dataclass(frozen=True, slots=True)
class Stem:
    """A stem with the words of its era; several stems may share a term (网信 before and after 2018)."""

    function: str
    name: str
    suffixes: tuple[str, ...]
    valid_from: int | None
    valid_to: int | None

    def distance(self, year: int | None) -> tuple[int, int]:
        """How far the year lies outside the validity; the later stem first among equals and without a year."""
        since, until = self.valid_from or 0, self.valid_to or 9999
        outside = (9999 - until) if year is None else max(since - year, year - until, 0)
        return outside, -since

    def written_out(self, suffix: str) -> str:
        """The stem with its suffix, both in full: 发展改革 with 委 is 发展和改革委员会."""
        if suffix in ("联", "协"):  # 妇联, 科协: the name is complete
            return self.name
        suffix = _WRITTEN_OUT.get(suffix, suffix)
        overlap = "管理" if self.name.endswith("管理") and suffix.startswith("管理") else ""
        return self.name + suffix.removeprefix(overlap)


def read_stem(row: Mapping[str, str]) -> Stem:
    """A row of the table as a stem.

    Raises:
        LexiconError: a column is missing or a date is no year.

    >>> read_stem({"term": "质监", "function": "market-regulation", "name": "质量技术监督"}).written_out("局")
    '质量技术监督局'
    """
    try:
        since, until = (int(row[c]) if row.get(c) else None for c in ("valid_from", "valid_to"))
        suffixes = tuple(s for s in row.get("suffixes", "").split("/") if s)
        return Stem(row["function"], row["name"] or row["term"], suffixes, since, until)
    except (KeyError, ValueError) as error:
        raise LexiconError(
            f"department row {dict(row)}: {error}; columns are {', '.join(COLUMNS)}, dates are years"
        ) from error
