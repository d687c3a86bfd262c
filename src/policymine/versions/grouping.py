"""Documents that are near each other grouped into works: here, or in another process."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from policymine.versions.clashes import member_clashes
from policymine.versions.kept import Kept
from policymine.versions.pairs import Pairs, Place
from policymine.versions.reported import Telling, Told, reports
from policymine.versions.verify import SHARED

TRIES = 3
"""Works that a document is aligned with to find its own, the nearest first."""
ALL_PAIRS = 4
"""Versions of a work up to which the relation of each two of them is reported, above only that to the canonical one."""
NEARLY = 0.9
"""Similarity from which a text that is no version has a say in which version is spoilt."""
ROUNDS = 3
MOST_HEADERS = 20
"""Members of a work whose headers a new member may not clash with."""
Near = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided about documents that are near each other, directly or by way of others.

    Attributes:
        canonical: for each document its canonical version and the similarity to it.
        elected: versions chosen before better ones, since most versions read as they do.
        reported: the pairs to report, subject first: within small works all, within large ones those with the canonical
            one, and the canonical versions of works of which documents are near each other.
    """

    canonical: dict[int, tuple[int, float]]
    elected: set[int]
    reported: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Task:
    """Documents to group in another process, which reads their signatures from a file.

    Attributes:
        path: of the file; ``components``: documents that are near each other, each list in canonical order.
        near: as for ``settle``.
        ids, where: doc_id of each document, and the place of its signature.
        known: the places of pairs compared before.
        names, told: names of the signatures, and the places of rows made before (``versions.reported``).
    """

    path: Path
    components: list[list[int]]
    near: dict[int, Sequence[int]]
    ids: dict[int, str]
    where: dict[int, Place]
    known: dict[tuple[int, int], Place]
    names: dict[int, int]
    told: Told


Answer = tuple[list[tuple[dict[int, tuple[int, float]], list[Telling]]], list[tuple[int, int, bytes]]]
"""For each component the canonical versions and the rows about each document (``versions.reported``), then the pairs
that were compared for it."""
Spread = Callable[[Callable[[Task], Answer], Iterable[Task]], Iterable[Answer]]
"""Does tasks in several processes; the answers come in the order of the tasks."""


def settle_task(task: Task) -> Answer:
    """What was decided about each component and is to be told of it, and the pairs that were compared, to be kept."""
    new: list[tuple[int, int, bytes]] = []

    def keep(i: int, j: int, data: bytes) -> bytes:
        new.append((i, j, data))
        return data

    kept = Kept(task.path, to_write=False)
    try:
        known: dict[tuple[int, int], Place | bytes] = {**task.known}
        pairs = Pairs(kept, task.ids, task.names, task.where.__getitem__, known, keep)
        settled = [settle(docs, task.near, pairs) for docs in task.components]
        return [(one.canonical, list(reports(one, pairs, task.told))) for one in settled], new
    finally:
        kept.close()


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


def _group(docs: Sequence[int], near: Near, pairs: Pairs) -> tuple[dict[int, int], set[int]]:
    """For each document its canonical version (itself where it is one), and those elected before better ones."""
    listed_by: dict[int, list[int]] = defaultdict(list)
    for i in near:
        for j in near[i]:
            listed_by[j].append(i)
    canonical: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for j in docs:
        better = [i for i in (*near.get(j, ()), *listed_by[j]) if i < j]
        _join(pairs, canonical, members, j, list(dict.fromkeys(canonical[i] for i in better))[:TRIES])
    elected: set[int] = set()
    judged: set[tuple[int, ...]] = set()
    for _ in range(ROUNDS):
        before = dict(canonical)
        _merge(pairs, near, canonical, members)
        elected |= _elect(pairs, near, canonical, members, judged)
        if canonical == before:
            break
    for x, y in _across(near, canonical):
        for c, k in ((x, y), (y, x)):
            left = c in elected and members.get(k) == [k]  # alone, since another was elected later
            if left and len(members.get(c, ())) > 1 and _is_member(pairs, members[c], k):
                del members[k]
                _join(pairs, canonical, members, k, [c])
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
) -> set[int]:
    """Let another member stand for a work where most versions read otherwise than the canonical one.

    Texts that differ from it in more figures than a version may are asked too: it may be the one that is spoilt.
    ``judged`` holds the works that were looked at as they are.
    """
    elected: set[int] = set()
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
            elected.add(best)
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
    return any(member_clashes(pairs.signature(k), signed) for k in members[1:MOST_HEADERS])
