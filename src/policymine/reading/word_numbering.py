"""Automatic numbering of Word: which number stands before a paragraph (一、 （二） 3. 第四条), from its rules.

Decides, by ECMA-376 Part 1, 17.9: a paragraph names a list (``w:num``) and a level, itself or through its style; lists
of one ``w:abstractNum`` count together; a level starts anew behind a higher one (``w:lvlRestart``), and where a list
with ``w:startOverride`` is used for the first time; a number that names a higher level which has not come yet shows
where that one starts. The number is followed by one blank where Word puts a tab or a blank, else by nothing. Leaves
out: pictures as bullets (they become •), LISTNUM fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from policymine.reading.number_formats import format_number
from policymine.reading.symbol_fonts import BULLET, bullet
from policymine.reading.word_markup import attribute, child, children, is_on, number_of

LEVELS = 9
LONGEST_LABEL = 100
"""Characters of a ``w:lvlText`` that are taken."""
_PLACE = re.compile("%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    format: str = "decimal"
    custom: str = ""
    text: str = ""
    suffix: str = " "
    legal: bool = False
    restart: int | None = None
    style: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class _List:
    """A ``w:num``: the lists that count together with it, its levels, and where levels start anew with it."""

    family: str
    levels: dict[int, _Level]
    starts: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str | None
    list_id: str | None
    level: int | None


@dataclass(slots=True)
class Numbering:
    """The lists and styles of a document with the numbers given so far; made by ``read_numbering``."""

    _lists: dict[str, _List] = field(default_factory=dict)
    _styles: dict[str, _Style] = field(default_factory=dict)
    _default_style: str = ""
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def next_label(self, properties: Element | None) -> str:
        """The number of the next paragraph with the blank behind it; empty where it has none.

        Args:
            properties: the ``w:pPr`` of the paragraph.
        """
        place = self._place(properties)
        if place is None:
            return ""
        list_id, level = place
        rules = self._lists[list_id]
        definition = rules.levels.get(level)
        if definition is None:
            return ""
        self._count(list_id, rules, level, definition)
        if definition.hidden:
            return ""
        label = definition.text if definition.format == "bullet" else self._filled(rules, level, definition)
        return label + definition.suffix if label.strip() else ""

    def _place(self, properties: Element | None) -> tuple[str, int] | None:
        """The list and the level that a paragraph names, itself or through its style."""
        named = child(properties, "w:pStyle")
        style = attribute(named, "val") if named is not None else self._default_style
        own = child(properties, "w:numPr")
        list_id, level = _reference(own)
        if list_id is None:
            chain = list(self._chain(style))
            source = next((s for s in chain if self._styles[s].list_id is not None), None)
            if source is None:
                return None
            list_id = self._styles[source].list_id
            if level is None and list_id in self._lists:
                tied = {d.style: i for i, d in self._lists[list_id].levels.items() if d.style}
                level = next((tied[s] for s in chain if s in tied), None)
                if level is None:
                    level = next((n for s in chain if (n := self._styles[s].level) is not None), None)
        return (list_id, level or 0) if list_id in self._lists and 0 <= (level or 0) < LEVELS else None

    def _chain(self, style: str) -> Iterator[str]:
        """A style and those that it is based on."""
        seen: set[str] = set()
        at: str | None = style
        while at is not None and at in self._styles and at not in seen:
            seen.add(at)
            yield at
            at = self._styles[at].based_on

    def _count(self, list_id: str, rules: _List, level: int, definition: _Level) -> None:
        counts = self._counts.setdefault(rules.family, {})
        anew = level in rules.starts and (list_id, level) not in self._begun
        self._begun.add((list_id, level))
        if anew or level not in counts:
            counts[level] = rules.starts.get(level, definition.start)
        else:
            counts[level] += 1
        for deeper in [n for n in counts if n > level]:
            after = rules.levels[deeper].restart if deeper in rules.levels else None
            if after is None or level < after:
                del counts[deeper]

    def _filled(self, rules: _List, level: int, definition: _Level) -> str:
        counts = self._counts[rules.family]

        def write(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            shown = rules.levels.get(at)
            if shown is None or at > level:
                return ""
            value = counts.get(at, rules.starts.get(at, shown.start))
            as_digits = definition.legal and shown.format not in ("none", "bullet")
            return format_number(value, "decimal" if as_digits else shown.format, shown.custom)

        return _PLACE.sub(write, definition.text)


def read_numbering(numbering: Element | None, styles: Element | None) -> Numbering:
    """The numbering of a document from its parts.

    Args:
        numbering: the root of ``numbering.xml``, or None.
        styles: the root of ``styles.xml``, or None.
    """
    read = Numbering()
    for style in children(styles, "w:style"):
        name = attribute(style, "styleId")
        if attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true", "on"):
            read._default_style = name
        based = child(style, "w:basedOn")
        list_id, level = _reference(child(child(style, "w:pPr"), "w:numPr"))
        read._styles[name] = _Style(attribute(based, "val") if based is not None else None, list_id, level)
    abstracts: dict[str, Element] = {}
    linked: dict[str, str] = {}
    for abstract in children(numbering, "w:abstractNum"):
        own = attribute(abstract, "abstractNumId")
        abstracts[own] = abstract
        if (link := child(abstract, "w:styleLink")) is not None:
            linked[attribute(link, "val")] = own
    known: dict[str, dict[int, _Level]] = {}
    for num in children(numbering, "w:num"):
        family = attribute(child(num, "w:abstractNumId"), "val")
        link = child(abstracts.get(family), "w:numStyleLink")
        if link is not None:
            family = linked.get(attribute(link, "val"), family)
        if family not in known:
            known[family] = dict(_levels(abstracts.get(family)))
        levels, starts = known[family], {}
        for override in children(num, "w:lvlOverride"):
            at = number_of(override, "ilvl")
            start = number_of(child(override, "w:startOverride"), "val")
            if at is not None and start is not None:
                starts[at] = start
            levels = {**levels, **dict(_levels(override))}
        read._lists[attribute(num, "numId")] = _List(family, levels, starts)
    return read


def _reference(properties: Element | None) -> tuple[str | None, int | None]:
    """The list and level of a ``w:numPr``."""
    named = child(properties, "w:numId")
    return (attribute(named, "val") if named is not None else None, number_of(child(properties, "w:ilvl"), "val"))


def _levels(parent: Element | None) -> Iterator[tuple[int, _Level]]:
    for lvl in children(parent, "w:lvl"):
        at = number_of(lvl, "ilvl")
        if at is None or not 0 <= at < LEVELS:
            continue
        format_ = child(lvl, "w:numFmt")
        custom = ""
        for choice in children(lvl, "mc:AlternateContent"):  # how Word writes 001: older ones are given 1
            newer = child(child(choice, "mc:Choice"), "w:numFmt")
            format_, custom = newer, attribute(newer, "format")
        name = attribute(format_, "val") or "decimal"
        text = attribute(child(lvl, "w:lvlText"), "val")[:LONGEST_LABEL]
        if name == "bullet":
            text = bullet(text or BULLET, attribute(child(child(lvl, "w:rPr"), "w:rFonts"), "ascii"))
        suffix = attribute(child(lvl, "w:suff"), "val")
        yield at, _Level(
            start=1 if (start := number_of(child(lvl, "w:start"), "val")) is None else start,
            format=name,
            custom=custom,
            text=text,
            suffix="" if suffix == "nothing" else " ",
            legal=is_on(child(lvl, "w:isLgl")),
            restart=number_of(child(lvl, "w:lvlRestart"), "val"),
            style=attribute(child(lvl, "w:pStyle"), "val"),
            hidden=is_on(child(child(lvl, "w:rPr"), "w:vanish")),
        )


