"""Works: which documents are versions of one, which version stands for it, and how works relate."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, groupby

from policymine.tables.schema import Row
from policymine.versions.clashes import header_clashes, read_otherwise
from policymine.versions.comparison import Comparison
from policymine.versions.index import VersionIndex
from policymine.versions.pairs import Pairs
from policymine.versions.signature import Signature
from policymine.versions.verify import SHARED, pair_changes, pair_reuse

TRIES = 3
"""Works that a document is aligned with to find its own, the nearest first."""
ALL_PAIRS = 6
"""Versions of a work up to which the relation of each two of them is reported, above only that to the canonical one."""
NEARLY = 0.9
"""Similarity from which a text that is no version has a say in which version is spoilt."""
ROUNDS = 3
MOST_HEADERS = 20
"""Members of a work whose headers a new member may not clash with."""
MOST_CHANGES = 2000
"""Rows of ``changes`` for a pair."""
Near = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Reported:
    """A pair that is worth a row in ``versions``, with the rows that go with it.

    In ``version`` ``doc_id`` is the subject: the member beside the canonical one, the container, the later or adapting
    one of a revision or adaptation.
    """

    version: Row
    changes: list[Row]
    reuse: list[Row]


@dataclass(frozen=True, slots=True)
class VersionResult:
    """What comparing a corpus found.

    Attributes:
        works: doc_id -> (work_id, is_canonical, similarity to the canonical version), for every document.
        versions, changes, reuse: rows of the tables of those names, sorted.
    """

    works: dict[str, tuple[str, bool, float]] = field(default_factory=dict)
    versions: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    reuse: list[Row] = field(default_factory=list)


def compare_corpus(signatures: Sequence[Signature]) -> VersionResult:
    """Group documents into works and say how they relate; the same for any order of ``signatures``.

    Args:
        signatures: one for each distinct document (doc_ids differ).
    """
    tables: dict[str, list[Row]] = {"versions": [], "changes": [], "reuse": []}
    comparison = Comparison()
    for signed in signatures:
        comparison.add(signed)
    works = comparison.finish(lambda table, rows: tables[table].extend(rows))
    return VersionResult(works, **tables)


class Works:
    """The works of the documents of an index.

    Nothing is merged by way of a third: going through the documents in canonical order, each joins the work whose
    canonical version it is proven identical to, or a version of, and with whose members its header does not clash; it
    tries the works of the documents nearest to it. Where there is none, it is the canonical version of its own.
    """

    def __init__(self, index: VersionIndex) -> None:
        """Group the documents of this run.

        Args:
            index: with all of them added.
        """
        self.ids = index.rank()
        self._pairs = index.pairs
        near = index.near()
        self._canonical = list(range(len(self.ids)))
        self._similarity = [1.0] * len(self.ids)
        self._elected: dict[int, str] = {}
        self._reported: list[tuple[int, int]] = []
        for docs in _components(near):
            self._take(settle(docs, near, self._pairs))
        self._work = list(self.ids)
        for k, c in enumerate(self._canonical):
            self._work[c] = min(self._work[c], self.ids[k])
        self._reported.sort(key=lambda pair: (self.ids[pair[0]], self.ids[pair[1]]))

    def _take(self, settled: Settled) -> None:
        for k, (c, similarity) in settled.canonical.items():
            self._canonical[k], self._similarity[k] = c, similarity
        self._elected |= settled.elected
        self._reported += settled.reported

    @property
    def works(self) -> dict[str, tuple[str, bool, float]]:
        """doc_id -> (work_id, is_canonical, similarity to the canonical version), for every document, sorted."""
        found = {}
        for k, doc_id in sorted(enumerate(self.ids), key=lambda pair: pair[1]):
            c = self._canonical[k]
            found[doc_id] = (self._work[c], k == c, self._similarity[k])
        return found

    def reports(self) -> Iterator[list[Reported]]:
        """What is to be reported, for one subject after the other, in the order of ``doc_id`` and ``other_doc_id``."""
        for _, pairs in groupby(self._reported, key=lambda pair: pair[0]):
            yield [self._report(doc, other) for doc, other in pairs]

    def _report(self, doc: int, other: int) -> Reported:
        found = self._pairs.pair(doc, other)
        doc_id, other_id = self.ids[doc], self.ids[other]
        ours, theirs = self._pairs.signature(doc), self._pairs.signature(other)
        inside = self._canonical[doc] == self._canonical[other]
        name, evidence = found.name, found.evidence
        if not inside and name in SHARED:
            name, evidence = "adaptation", f"{evidence}; header clash with another version of the work"
        if inside and self._canonical[doc] == other:
            standing = _standing(theirs) + self._elected.get(other, "")
            evidence += f"; other is canonical ({standing})"
        changes: list[Row] = []
        if not inside or self._canonical[doc] == other:
            changes = pair_changes(ours, theirs, found)
            if len(changes) > MOST_CHANGES:
                evidence += f"; first {MOST_CHANGES} of {len(changes)} changes"
                del changes[MOST_CHANGES:]
        version: Row = {
            "work_id": self._work[self._canonical[doc]],
            "doc_id": doc_id,
            "other_doc_id": other_id,
            "relation": name,
            "similarity": found.similarity,
            "evidence": evidence,
        }
        return Reported(version, changes, [] if inside else pair_reuse(ours, theirs, found))


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided about documents that are near each other, directly or by way of others.

    Attributes:
        canonical: for each document its canonical version and the similarity to it.
        elected: why some versions were chosen before better ones.
        reported: the pairs to report, subject first: within small works all, within large ones those with the canonical
            one, and the canonical versions of works of which documents are near each other.
    """

    canonical: dict[int, tuple[int, float]]
    elected: dict[int, str]
    reported: list[tuple[int, int]]


def settle(docs: Sequence[int], near: Near, pairs: Pairs) -> Settled:
    """Group documents into works; documents that are near none of them have no say in it.

    Args:
        docs: in canonical order; near: for each those that it is worth comparing with.
        pairs: what they are to each other.
    """
    own = {i: near[i] for i in docs if i in near}
    canonical, elected = _group(docs, own, pairs)
    members: dict[int, list[int]] = defaultdict(list)
    for k in docs:
        members[canonical[k]].insert(0 if k == canonical[k] else len(members[canonical[k]]), k)
    reported: list[tuple[int, int]] = []
    for c, group in members.items():
        inside = combinations(group, 2) if len(group) <= ALL_PAIRS else ((c, k) for k in group if k != c)
        reported += [(j, i) for i, j in inside if pairs.relation(i, j).name in SHARED]
    for i, j in _across(own, canonical):
        if (found := pairs.relation(i, j)).name is not None:
            reported.append((j, i) if found.second == (pairs.ids[j] > pairs.ids[i]) else (i, j))
    alike = {k: (c, 1.0 if k == c else pairs.relation(c, k).similarity) for k, c in canonical.items()}
    return Settled(alike, elected, reported)


def _components(near: Near) -> list[list[int]]:
    """Documents that are near each other, directly or by way of others, each list in order."""
    root: dict[int, int] = {}

    def find(k: int) -> int:
        root.setdefault(k, k)
        while root[k] != k:
            root[k] = k = root[root[k]]
        return k

    for i, others in near.items():
        for j in others:
            x, y = find(i), find(j)
            root[max(x, y)] = min(x, y)
    found: dict[int, list[int]] = defaultdict(list)
    for k in sorted(root):
        found[find(k)].append(k)
    return list(found.values())


def _group(docs: Sequence[int], near: Near, pairs: Pairs) -> tuple[dict[int, int], dict[int, str]]:
    """For each document its canonical version (itself where it is one), and why some were chosen before better ones."""
    listed_by: dict[int, list[int]] = defaultdict(list)
    for i in near:
        for j in near[i]:
            listed_by[j].append(i)
    canonical: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for j in docs:
        better = [i for i in (*near.get(j, ()), *listed_by[j]) if i < j]
        _join(pairs, canonical, members, j, list(dict.fromkeys(canonical[i] for i in better))[:TRIES])
    elected: dict[int, str] = {}
    judged: set[tuple[int, ...]] = set()
    for _ in range(ROUNDS):
        before = dict(canonical)
        _merge(pairs, near, canonical, members)
        elected |= _elect(pairs, near, canonical, members, judged)
        if canonical == before:
            break
    return canonical, elected


def _merge(
    pairs: Pairs, near: Near, canonical: dict[int, int], members: dict[int, list[int]]
) -> None:
    """Join works begun twice: in one of many versions the best two need not be near each other."""
    for x, y in _across(near, canonical):
        if x in members and y in members and _is_member(pairs, members[x], y):
            left = members.pop(y)
            for k in left:
                _join(pairs, canonical, members, k, [x, *(c for c in left if c in members)])


def _elect(
    pairs: Pairs, near: Near, canonical: dict[int, int], members: dict[int, list[int]],
    judged: set[tuple[int, ...]],
) -> dict[int, str]:
    """Let another member stand for a work where most versions read otherwise than the canonical one.

    Texts that differ from it in more figures than a version may are asked too: it may be the one that is spoilt.
    ``judged`` holds the works that were looked at as they are.
    """
    elected: dict[int, str] = {}
    asked: dict[int, list[int]] = defaultdict(list)
    for x, y in _across(near, canonical):
        relation = pairs.relation(x, y)
        if relation.name == "revision" and relation.similarity >= NEARLY:
            asked[x].append(y)
            asked[y].append(x)
    for c, group in list(members.items()):
        if len(group) < 2 or len(group) + len(asked[c]) < 3 or (*group, -1, *asked[c]) in judged:
            continue
        judged.add((*group, -1, *asked[c]))
        if (best := _best(pairs, group, asked[c])) != c:
            elected[best] = ", and most versions read as it does"
            del members[c]
            for k in (best, *(k for k in group if k != best)):
                _join(pairs, canonical, members, k, [best] if best in members else [])
    return elected


def _best(pairs: Pairs, group: Sequence[int], asked: Sequence[int]) -> int:
    """The member that stands for a work: the first in the order of ``rank``, but with the characters and figures in
    which most of the others read otherwise counted as damage."""
    c, *others = group
    readings = {k: pairs.readings(c, k) for k in (*others, *asked)}
    votes = Counter(reading for found in readings.values() for reading in found)
    agreed = {reading for reading, n in votes.items() if n > 1 and 2 * n > len(readings)}
    if not agreed:
        return c
    damaged = {c: len(agreed), **{k: len(readings[k] ^ agreed) for k in others}}

    def standing(k: int) -> tuple[int, bool, int, int]:
        signed = pairs.signature(k)
        return -signed.n_header, not signed.is_official, signed.n_damaged + damaged[k], -signed.n_chars

    return min(group, key=lambda k: (*standing(k), k))


def _across(near: Near, canonical: Mapping[int, int]) -> list[tuple[int, int]]:
    """The canonical versions of works of which documents are near each other, in order."""
    across = {(canonical[i], canonical[j]) for i, others in near.items() for j in others}
    return sorted({(min(x, y), max(x, y)) for x, y in across if x != y})


def _join(
    pairs: Pairs, canonical: dict[int, int], members: dict[int, list[int]], k: int, works: Iterable[int]
) -> None:
    """Make a document a member of the first of some works that it belongs to, else the canonical version of its own."""
    c = next((c for c in works if _is_member(pairs, members[c], k)), k)
    canonical[k] = c
    members.setdefault(c, []).append(k)


def _is_member(pairs: Pairs, work: Sequence[int], k: int) -> bool:
    """Whether a document is a version of the canonical one of a work and clashes with none of its members."""
    return pairs.relation(work[0], k).name in SHARED and not _clashes(pairs, work, k)


def _clashes(pairs: Pairs, members: Sequence[int], j: int) -> bool:
    """Whether the header of a document clashes with that of a member that is not canonical."""
    signed = pairs.signature(j)
    for k in members[1:MOST_HEADERS]:
        other = pairs.signature(k)
        clashes = header_clashes(other, signed, misprints=True).keys()
        if clashes and clashes - read_otherwise(other, signed, signed.key, other.key):
            return True
    return False


def _standing(signed: Signature) -> str:
    """What the choice of a canonical version goes by, in its order."""
    official = "official source, " if signed.is_official else ""
    return f"header {signed.n_header} of 4, {official}{signed.n_damaged} damaged, {signed.n_chars} characters"
