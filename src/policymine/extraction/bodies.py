"""The bodies that running text names as those who are told: 县渔业局、财政局等部门, but no 有关部门, no enterprise, not the issuer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache

from policymine.extraction.context import Context
from policymine.extraction.names import Name, pieces
from policymine.lexicon.departments import Departments
from policymine.lexicon.patterns import Pattern, compile_rules
from policymine.lexicon.recurring import Scan, remembered


@cache
def assignment_rules() -> dict[str, Pattern]:
    """The rules of ``data/rules/assignments.toml`` by their ids."""
    return {rule.id: rule for rule in compile_rules("assignments")}


@cache
def words(rule: str) -> re.Pattern[str]:
    """The compiled wording of a rule of assignments."""
    return assignment_rules()[rule].regex


@cache
def scan() -> Scan:
    """The rules that are looked for in a whole text; the others are tried where these matched."""
    return Scan(rule for rule in compile_rules("assignments") if rule.id.startswith(("responsibility.", "subject.head", "brief.")))


class Bodies:
    """Reads the names of bodies in a document's running text.

    Args:
        context: the document.
        departments: tells names of departments.
        matches: those of the rules for short forms, among others.
    """

    def __init__(self, context: Context, departments: Departments, matches: Mapping[str, Sequence[re.Match[str]]]) -> None:
        self.text = context.text
        self._context = context
        self.departments = departments
        signed = context.header.issuers
        self._issuers = (*signed, *(whole for name in signed if len(whole := re.sub(r"(?:办公厅|办公室|综合司)$", "", name)) > 2 and whole != name))
        self._issuing = frozenset(self._resolved(context, name) for name in self._issuers) - {None}
        header = context.header
        self._places = tuple(place[:-1] for place in (header.province, header.prefecture, header.county) if place and len(place) > 2)
        sections = any(re.search("(?<=[局厅委部署会])(?<!办公厅)(?:办公[室厅])?$", name) for name in signed)
        self._brief = frozenset(m["brief"] for m in matches["brief.one"])
        self._named = _named(departments, self._brief, sections)
        self._own = frozenset(m["brief"] for m in matches["brief.one"] if self._issuers and self.text[: m.start()].rstrip("(,").endswith(self._issuers))
        collective = (m["name"] for m in matches["brief.collective"])
        self._collective = tuple(name for name in collective if not departments.is_exact(words("name.placed").sub("", name)))

    def between(self, start: int, end: int) -> list[Name]:
        """The bodies between two offsets if there is nothing else; duties (发展改革、财政等部门) count where 部门 closes them.

        Among bodies that are known, one that only looks like a body is one.
        """
        begin = start - 1  # 和 parts behind the suffix of a body, which may stand before the first word
        ahead = self.text[begin:start] or "\n"
        return [Name(word, begin + a, begin + b) for word, a, b in self._named(ahead + self.text[start:end])]

    def _resolved(self, context: Context, name: str) -> str | None:
        """The full name of a known body of the issuer's place."""
        header = context.header
        means = self.departments.resolve(name, header.province, header.prefecture, header.county, header.issuer_level, header.year)
        return means.full_name if means.known else None

    def counts(self, name: str, among: bool = False) -> bool:
        """Whether a body counts in prose: not the issuer, no government of a place, not nameless.

        Args:
            name: as written.
            among: whether others stand beside it that count; then the issuer does, too (甲会同乙, issued by 甲).
        """
        if name in self._own:
            return among
        if name in self._brief or words("name.mass").match(name) or words("name.serves").match(name) or name.startswith(self._places) and words("name.proper").match(name):
            return True
        if name.endswith(self._collective) or "统称" in name or self.departments.is_nameless(name) and not self.departments.is_stem(name) or words("name.generic").search(name):
            return False
        if among:
            return True
        if any(self._resolved(self._context, n) in self._issuing for n in (name, name.partition("(")[0])):
            return False  # 省人力资源社会保障厅 where 省人力资源和社会保障厅 signs
        return not any(issuer == name or issuer.endswith(name) and len(name) > 3 or name.endswith(issuer) for issuer in self._issuers)

    def known(self, name: str) -> bool:
        """Whether the words are nothing but the name of a body that the lexicon or the document knows."""
        return name in self._brief or self.departments.is_exact(name) or words("name.group").match(name) is not None

    def duty(self, name: str) -> bool:
        """Whether the words are a duty that shares its 部门 with others."""
        return is_duty(name, self.departments)

    def brief_at(self, start: int) -> bool:
        """Whether a short form that the document gave a body stands at an offset."""
        return any(self.text.startswith(name, start) for name in self._brief)


class _Words:
    """Reads the names of bodies in words, which the lexicon and the short forms of a document alone decide."""

    def __init__(self, departments: Departments, brief: frozenset[str], sections: bool) -> None:
        self._departments = departments
        self._brief = brief
        self._sections = sections

    def read(self, text: str) -> tuple[tuple[str, int, int], ...]:
        """The names with their places in a text, as ``Bodies.between`` finds them behind its first character."""
        said = _SHORT_FORM.sub("", text[1:])
        if governments := words("name.and-governments").search(said):
            said = said[: governments.start()]
        closed = words("name.closed").search(said)
        tail = closed or words("name.tail").search(said)
        stop = 1 + (tail.start() if tail else len(said))
        names: list[tuple[str, int, int]] = []
        if stop - 1 > LONGEST:
            return ()
        duties = closed is not None or text.endswith(("部门", "机关"), 1, stop)
        parts = pieces(text, 1, stop)
        if duties:
            parts = [part for a, b in parts for part in self._duties_apart(text, a, b)]
        unknown = 0
        for a, b in parts:
            if brief := _SHORT_FORM.search(text, a, b):
                b = brief.start()
            if whose := _WHOSE.match(text, a, b):
                a = whose.end()
            if (of := text.rfind("的", a, b)) > a and self._departments.is_exact(text[of + 1 : b]):
                a = of + 1  # 具有管理权限的渔业行政部门
            word = text[a:b]
            if words("name.none").search(word) or not 2 <= len(word) <= 40:
                return ()
            if not self._known(word, duties):
                if words("name.kind").search(word):
                    continue
                unknown += 1
                if not words("name.like-a-body").search(word) and not (closed and len(parts) > 3 and _DUTY.fullmatch(word)):
                    return ()
            names.append((word, a, b))
        return () if unknown * 3 > len(names) else tuple(names)

    def _known(self, word: str, duties: bool) -> bool:
        duty = words("name.placed").sub("", word)
        return bool(
            self._departments.is_department(duty)
            or self._departments.is_department(word)
            or words("name.mass").match(word)
            or words("name.serves").match(word)
            or words("name.authority").match(word)
            or _OFFICE.match(word)
            or words("name.group").match(word)
            or self._sections and words("name.section").match(word)
            or word in self._brief
            or duties and is_duty(word, self._departments)
        )

    def _duties_apart(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """价格和商务部门 are two: 和 parts duties that share the word behind them."""
        placed, shared = words("name.placed"), words("name.duty-shared")
        is_stem = self._departments.is_stem
        whole = is_stem(placed.sub("", shared.sub("", text[start:end])))
        for joined in () if whole else re.finditer(r"以及|[和及与]", text[start:end]):
            before, behind = text[start : start + joined.start()], text[start + joined.end() : end]
            if is_stem(placed.sub("", before)) and is_stem(shared.sub("", behind)):
                return [(start, start + joined.start()), (start + joined.end(), end)]
        return [(start, end)]


@lru_cache(16)
def _named(departments: Departments, brief: frozenset[str], sections: bool) -> Callable[[str], tuple[tuple[str, int, int], ...]]:
    """Reads names and remembers them: the same words are asked about for verb after verb, and in version after version."""
    return remembered(_Words(departments, brief, sections).read, 4000)


def is_duty(name: str, departments: Departments) -> bool:
    """Whether the words are a duty that shares its 部门 with others: 省渔业 of 省渔业、建设行政主管部门."""
    name = re.sub(r"(?<=.)\([^()]*\)$", "", name)  # 渔业(水产)部门
    return departments.is_stem(words("name.placed").sub("", name)) or name[0] in "省市县区" and departments.is_stem(name[1:])


_DUTY = re.compile("[\u4e00-\u9fff]{2,6}")
"""A duty that no table knows, in a list of more than three that 等部门 closes."""
_OFFICE = re.compile(r"[省市县区](?![级场民容里内域])[\u4e00-\u9fff]{2,4}(?<![主承协举经合专公])办$")
"""An office of a place, for whatever it is: 县优化办."""
LONGEST = 160
"""Characters of a list of bodies in running text."""
_WHOSE = re.compile("(?:其|[\u4e00-\u9fff]{2,12}[局委厅部](?=所属))?(?:所属|下属|直属)的?(?![、和各])|其(?=办公室|秘书处)|[\u4e00-\u9fff]{1,8}期间,?(?=[省市县区国])")
_SHORT_FORM = re.compile(r"(?:\([^()]*\))?\([^()]*?(?:[简统]称|下称)[^()]*\)$")
