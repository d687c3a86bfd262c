"""What a site says about a document: 索引号：…, 发文机关：… in whatever markup, ``meta`` elements, the page's title.

Only labels are known (``data/lexicons/site_labels.tsv``), no markup: a label stands before its value on one line, or
on a line of its own with the value on the next one. Labels that follow one another are the site's statements; what a
document itself says about its forms and annexes is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from policymine.lexicon.files import read_lexicon
from policymine.models import FieldReading
from policymine.reading.markup import Line
from policymine.text.calendar import iso_date
from policymine.text.characters import fold_characters

SITE = "site"
_NEAR = 4
"""Lines from one label to the next of the same statements; a value may take several."""
_LONGEST = 300
_META = {
    "articletitle": "title", "dc.title": "title", "pubdate": "date_published", "og:title": "title",
    "article:published_time": "date_published", "publishdate": "date_published",
}
_SUFFIX = re.compile(r"\s*(?:[_|｜]|\s[-—–]+\s|[-—–]{2,}|[-—–](?=[^-—–_|]{2,20}$))\s*")


@dataclass(frozen=True, slots=True)
class Statements:
    """The readings of a page, and the lines that hold nothing else."""

    fields: tuple[FieldReading, ...]
    lines: frozenset[Line]


@dataclass(frozen=True, slots=True)
class _Stated:
    """A label with its value, and the lines from ``first`` to ``last`` on which they stand."""

    label: str
    value: str
    first: int
    last: int


@cache
def _labels() -> dict[str, str]:
    return {row["term"]: row["field"] for row in read_lexicon("site_labels")}


@cache
def _pattern() -> re.Pattern[str]:
    """A label with its colon, blanks within, at the head of a line or behind a blank or a bar."""
    spread = sorted((r"[ \x00]*".join(map(re.escape, term)) for term in _labels()), key=len, reverse=True)
    return re.compile(rf"(?:^|(?<=[ \x00|;\[(【〔]))(?P<label>{'|'.join(spread)})[ \x00]*[】\])]?[ \x00]*:[ \x00]*")


def read_statements(lines: Sequence[Line], title: str, stated: Sequence[tuple[str, str]]) -> Statements:
    """Read what a site says about a document.

    Args:
        lines: the lines of the page, in order; a blank one stands for a value that is not given.
        title: the page's title.
        stated: names and contents of its ``meta`` elements.

    Returns:
        Readings with the origin ``site``, the surest first: of two for one field, the first is the better one.

    >>> page = [Line("发文机关："), Line("临澜市人民政府"), Line("发布日期： 2021年3月4日"), Line("一、总则")]
    >>> [(f.field, f.value) for f in read_statements(page, "", ()).fields]
    [('issuers', '临澜市人民政府'), ('date_published', '2021-03-04')]
    """
    found = _stated(lines)
    runs: list[list[_Stated]] = []
    for one in found:
        if runs and one.first - runs[-1][-1].last <= _NEAR - 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    readings: list[FieldReading] = []
    used: set[Line] = set()
    for run in runs:
        known = len({one.label for one in run if one.value}) > 1
        for one in run:
            if known:
                used.update(lines[one.first : one.last + 1])
            field = _labels()[one.label]
            if field and one.value and (known or field == "date_published"):
                readings += _reading(field, one.value)
    for name, content in stated:
        if field := _META.get(name.lower(), ""):
            readings += _reading(field, content)
    if title:
        readings += _reading("title", _SUFFIX.split(title)[0])
    distinct = {(reading.field, reading.value): reading for reading in reversed(readings)}
    return Statements(tuple(reversed(distinct.values())), frozenset(used))


def _stated(lines: Sequence[Line]) -> list[_Stated]:
    """Every label with its value."""
    found: list[_Stated] = []
    folded = [fold_characters(line.text).strip(" \x00") for line in lines]
    bare = ["".join(words.split()).replace("\x00", "").strip("[]【】").rstrip(":") for words in folded]
    at = 0
    while at < len(lines):
        words, written = folded[at], lines[at].text.strip(" \u00a0\u3000")
        hits = list(_pattern().finditer(words)) if len(words) <= _LONGEST else []
        alone = bare[at] in _labels()
        if alone and not (hits and words[hits[0].end() :].strip(" \x00")):
            ends = at + 1 < len(lines) and bare[at + 1] not in _labels() and not _pattern().match(folded[at + 1])
            value = lines[at + 1].text if ends else ""
            found.append(_Stated(bare[at], value, at, at + bool(ends)))
            at += 1 + bool(ends)
            continue
        for hit, following in zip_longest(hits, hits[1:]):
            end = following.start() if following else len(words)
            label = "".join(hit["label"].split()).replace("\x00", "")
            found.append(_Stated(label, written[hit.end() : end], at, at))
        at += 1
    return found


def _reading(field: str, value: str) -> list[FieldReading]:
    value = re.sub(r"[\s\u00a0\u3000]+", " ", value).strip(" |;；[]【】")
    if field.startswith("date_"):
        value = iso_date(fold_characters(value)) or ""
    if field == "doc_number" and not re.search("[号〔]", value):
        return []
    names = re.split(r"[、；;，, ]+", value) if field == "issuers" else [value]
    return [FieldReading(field, name, SITE, None, None, False) for name in names if 1 < len(name) <= _LONGEST]
