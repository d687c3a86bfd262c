"""What two documents are to each other, decided from their alignment and their headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from os.path import commonprefix

from policymine.versions.align import Op, n_matched
from policymine.versions.clashes import (
    header_agreements,
    header_clashes,
    margin_clashes,
    own_place_clash,
    read_otherwise,
    text_clashes,
)
from policymine.versions.settle import differences
from policymine.versions.signature import Signature, key_offsets

SHORTEST = 60
"""Characters from which a text can be compared: less is a heading or an error page, equal by chance."""
LEAST_CONTAINED = 0.4
"""5-grams of the shorter text that the other must have for a pair to be looked at."""
LEAST_SIMILAR = 0.4
"""Similarity from which texts of other places or years stand on one template (adaptation)."""
LEAST_REVISED = 0.8
"""Similarity from which texts without a clash are one document in two editions (revision)."""
LEAST_UNCLEAR = 0.6
"""Similarity from which two texts are reported although neither a clash nor so much likeness says what they are: as a
revision where their titles agree, else as an adaptation, since another document on one template is the commoner."""
LEAST_INSIDE = 0.95
"""Share of a text that must stand in another for the other to contain it."""
LONGEST_MISPRINT = 6
"""Characters of a difference that can be misprints beside each other; what is longer was worded otherwise."""
LONGEST_LOST = 12
"""Characters that can be missing between head and tail; a longer stretch may be a clause that was added."""
MISPRINTS = 4
"""Different single characters that differ, from which two texts are taken to hold misprints."""
MOST_SENTENCES = 3
"""Sentences of an opening or closing paragraph that one copy can have lost."""
ONLY_FACTS = 0.9995
"""Masked similarity from which two texts differ in nothing but figures, dates and names."""
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_FIGURES = re.compile(r"[0-9][-0-9.年月日]*")
_FORWARDS = re.compile(r"转发|批转|翻印")
_ANNEX = re.compile(r"附[件表录图]|附[一二1-9]")
_PROSE_END = re.compile(r"[。；]")
_DRAFT = re.compile(r"征求意见稿|送审稿|讨论稿|修订稿|草案")


@dataclass(frozen=True, slots=True)
class Relation:
    """How ``a`` and ``b`` of a pair relate.

    ``name`` is identical, version, revision, adaptation or contains; ``similarity`` twice the equal characters by all
    characters of both keys; ``subject`` which of the two contains or adapts the other (0 or 1, None where that is not
    known or means nothing).
    """

    name: str
    similarity: float
    evidence: str
    ops: tuple[Op, ...] = ()
    subject: int | None = None

    def flipped(self) -> Relation:
        """The same relation with the two documents exchanged."""
        subject = None if self.subject is None else 1 - self.subject
        return replace(self, ops=tuple(op.flipped() for op in self.ops), subject=subject)


@dataclass(frozen=True, slots=True)
class _Ends:
    """The differences split into a lost or added head and tail, and the rest between."""

    inner: tuple[Op, ...]
    extra_a: tuple[tuple[int, int], ...]
    extra_b: tuple[tuple[int, int], ...]


def relate(a: Signature, b: Signature) -> Relation | None:
    """The relation of two documents, or None where they have too little in common to say one.

    Identical and version need that nothing clashes: neither headers (issuer, place, number, year) nor names or years
    exchanged in the text. A version may lack a head, a tail or an annex, have residue, a few misprints and a few
    spoilt figures, but no sentence worded otherwise. Symmetric but for ``subject``.
    """
    if min(a.n_chars, b.n_chars) < SHORTEST:
        return None
    clashes = header_clashes(a, b)
    if a.key == b.key:
        clashes = _without_misreadings(a, b, _Ends((), (), ()), clashes)
        if clashes:
            return Relation("adaptation", 1.0, _evidence(a, b, 1.0, 1.0, clashes, []))
        same = a.digest == b.digest
        note = "same normalised text" if same else "same characters, other punctuation or paragraphs"
        return Relation("identical" if same else "version", 1.0, _evidence(a, b, 1.0, 1.0, clashes, [note]))
    ops = differences(a, b)
    matched = n_matched(a.key, ops)
    similarity = 2 * matched / (a.n_chars + b.n_chars)
    ends = _split_ends(a, b, ops)
    figures, words = _figures_and_words(a.key, b.key, ends.inner)
    misprints = _has_misprints(a.key, b.key, words)
    exchanged = text_clashes(a.key, b.key, ends.inner, misprints) | _margin_clashes(a, b, ends)
    clashes = exchanged | _without_misreadings(a, b, ends, header_clashes(a, b, misprints))
    faults = _faults(a.key, b.key, figures, words) + _other_ends(a, b, ends)
    if a.title and b.title and bool(_DRAFT.search(a.title)) != bool(_DRAFT.search(b.title)):
        faults.append("draft in one only")
    name = _decide(a, b, ends, clashes, faults, matched, bool(exchanged))
    subject = int(b.n_chars > a.n_chars) if name == "contains" else None
    if name in ("revision", "adaptation") and "place" not in clashes and (own := own_place_clash(a.key, b.key)):
        name, subject = "adaptation", own[0]
        clashes["place"] = own[1]
    if name == "revision" and similarity < LEAST_REVISED:
        name = "revision" if "title" in header_agreements(a, b) else "adaptation"
        least = LEAST_UNCLEAR
    else:
        least = LEAST_SIMILAR if name == "adaptation" else 0.0
    if similarity < least:
        return None
    masked = 2 * (matched + _masked(a.key, b.key, ops, "place" in clashes)) / (a.n_chars + b.n_chars)
    notes = [f"{len(figures)} figures differ"] if figures else []
    notes += [fault for fault in faults if name == "revision"]
    if name in ("revision", "adaptation") and masked >= ONLY_FACTS:
        notes.append("only figures, dates and names differ")
    if name == "adaptation" and not clashes:
        differing = f"{len(ops)} stretches, {a.n_chars - matched} and {b.n_chars - matched} characters"
        notes.append(f"nothing clashes, only the texts differ: {differing}")
    if name == "revision" and not clashes and not faults:
        notes.append("one has more at its beginning or end than another copy would lack")
    return Relation(name, similarity, _evidence(a, b, similarity, masked, clashes, notes), tuple(ops), subject)


def is_number(a: str, b: str, op: Op) -> bool:
    """Whether a difference is one number for another (or a range or date in figures for another)."""
    if op.a_start == op.a_end or not a[op.a_start].isdigit():
        return False
    return bool(_FIGURES.fullmatch(a, op.a_start, op.a_end) and _FIGURES.fullmatch(b, op.b_start, op.b_end))


def is_typography(a: str, b: str, op: Op) -> bool:
    """Whether a difference is only in what separates figures: 1、2 for 1-2 on another line; a lost point is none."""
    words, others = a[op.a_start : op.a_end], b[op.b_start : op.b_end]
    return ("-" in words or "-" in others) and words.replace("-", "") == others.replace("-", "")


def _decide(
    a: Signature, b: Signature, ends: _Ends, clashes: dict[str, str], faults: list[str], matched: int, exchanged: bool
) -> str:
    """The name of the relation before the thresholds.

    ``exchanged`` tells that the clashes are (also) in the text itself: such a text is not even contained.
    """
    swapped = b.n_chars > a.n_chars
    small, large = (a, b) if swapped else (b, a)
    small_extra, large_extra = (ends.extra_a, ends.extra_b) if swapped else (ends.extra_b, ends.extra_a)
    margins = _is_margin(small, small_extra, large) and _is_margin(large, large_extra, small)
    if not clashes and not faults and margins:
        return "version"
    if not exchanged and not margins and matched >= LEAST_INSIDE * small.n_chars:
        changed = sum(op.size for op in ends.inner)
        extra = sum(end - start for start, end in large_extra)
        if changed <= (1 - LEAST_INSIDE) * small.n_chars and extra > 0.05 * large.n_chars:
            return "contains"
    if {"place", "issuer", "title-year", "year"} & clashes.keys() or ("number" in clashes and not faults):
        return "adaptation"
    return "revision"


def _margin_clashes(a: Signature, b: Signature, ends: _Ends) -> dict[str, str]:
    """Clashes of heads and tails that both documents have and that differ as a whole (other signature, other date)."""
    clashes: dict[str, str] = {}
    for (a0, a1), (b0, b1) in zip(ends.extra_a, ends.extra_b, strict=True):
        if a1 > a0 and b1 > b0 and not (_ends_in_prose(a, a1) or _ends_in_prose(b, b1)):
            clashes |= margin_clashes(a.key[a0:a1], b.key[b0:b1])
    return clashes


def _without_misreadings(a: Signature, b: Signature, ends: _Ends, clashes: dict[str, str]) -> dict[str, str]:
    if not clashes.keys() & {"issuer", "number", "place", "date"}:
        return clashes
    lost = ["", ""]
    for (a0, a1), (b0, b1) in zip(ends.extra_a, ends.extra_b, strict=True):
        if a0 == a1 or b0 == b1:
            lost[0] += b.key[b0:b1] + "|"
            lost[1] += a.key[a0:a1] + "|"
    excused = read_otherwise(a, b, lost[0], lost[1])
    return {field: words for field, words in clashes.items() if field not in excused}


def _figures_and_words(a: str, b: str, inner: Sequence[Op]) -> tuple[list[Op], list[Op]]:
    """The differences that are one number for another, and the others; without those that are typography."""
    figures: list[Op] = []
    words: list[Op] = []
    for op in inner:
        if not is_typography(a, b, op):
            (figures if is_number(a, b, op) else words).append(op)
    return figures, words


def _has_misprints(a: str, b: str, words: Sequence[Op]) -> bool:
    """Whether many different single characters differ, as they do where a text was scanned or spoilt."""
    pairs = {(a[op.a_start : op.a_end], b[op.b_start : op.b_end]) for op in words if op.size == 1}
    return len(pairs) >= max(MISPRINTS, 0.002 * min(len(a), len(b)))


def _other_ends(a: Signature, b: Signature, ends: _Ends) -> list[str]:
    """Heads or tails that both have as running text, and that say something else."""
    for (a0, a1), (b0, b1) in zip(ends.extra_a, ends.extra_b, strict=True):
        if min(a1 - a0, b1 - b0) > LONGEST_LOST and all(_is_prose(s, x, y) for s, x, y in ((a, a0, a1), (b, b0, b1))):
            return ["head or tail worded otherwise"]
    return []


def _is_prose(own: Signature, start: int, end: int) -> bool:
    offsets = key_offsets(own)
    return bool(_PROSE_END.search(own.raw[offsets[start] : offsets[end - 1] + 2]))


def _ends_in_prose(own: Signature, end: int) -> bool:
    return bool(_PROSE_END.match(own.raw, key_offsets(own)[end - 1] + 1))


def _split_ends(a: Signature, b: Signature, ops: Sequence[Op]) -> _Ends:
    """Take differences at the very beginning and end off: they are heads, tails and annexes, not changed words.

    A difference at an end that only exchanges a few characters stays with the inner ones.
    """
    inner = list(ops)
    extra_a: list[tuple[int, int]] = []
    extra_b: list[tuple[int, int]] = []
    for at_end in (False, True):
        if not inner:
            break
        op = inner[-1 if at_end else 0]
        reach = max(op.a_start, op.b_start) if not at_end else max(a.n_chars - op.a_end, b.n_chars - op.b_end)
        at_edge = min(op.a_start, op.b_start) == 0 if not at_end else op.a_end == a.n_chars or op.b_end == b.n_chars
        few = op.a_end > op.a_start and op.b_end > op.b_start and op.size <= 8
        if (not at_edge and reach > 12) or few:
            continue
        inner.pop(-1 if at_end else 0)
        extra_a.append((op.a_start, op.a_end))
        extra_b.append((op.b_start, op.b_end))
    return _Ends(tuple(inner), tuple(extra_a), tuple(extra_b))


def _is_margin(own: Signature, extras: Iterable[tuple[int, int]], other: Signature) -> bool:
    """Whether what one document has beyond the other is a head, a tail, residue or an annex of the same document.

    A paragraph of it may be running text (an opening that the other lost), not a tenth of the document; lines without
    sentences (title, addressees, signature, navigation) may be more, an annex up to half. A text that is forwarded by
    another is contained in it, not the same.
    """
    sentences = 0
    for start, end in extras:
        if end == start:
            continue
        words, share = own.key[start:end], end - start
        if start == 0 and _FORWARDS.search(words) and share > 8:
            return False
        if start > 0 and _ANNEX.search(words[:60]) and share <= 0.5 * own.n_chars:
            continue
        if share <= (60 if other.n_chars < 400 else 120):
            continue
        if share > max(0.3 * own.n_chars, 400) or share > other.n_chars:
            return False
        prose, ends = _prose(own, start, end)
        sentences += ends
        if prose > max(0.12 * own.n_chars, 60) or sentences > MOST_SENTENCES:
            return False
    return True


def _prose(own: Signature, start: int, end: int) -> tuple[int, int]:
    """Characters of the stretch of a key that stand in lines with a whole sentence; how many sentences end there."""
    offsets = key_offsets(own)
    lines = own.raw[offsets[start] : offsets[end - 1] + 1].splitlines()
    ends = [len(_PROSE_END.findall(line)) for line in lines]
    return sum(len(line) for line, n in zip(lines, ends, strict=True) if n), sum(ends)


def _faults(a: str, b: str, figures: Sequence[Op], words: Sequence[Op]) -> list[str]:
    """What the differences between head and tail are beyond transmission; empty for one and the same document.

    Allowed are misprints of one or two characters (scattered, and few long ones among them), a few spoilt figures,
    one short lost stretch, and what repeats on every page. The limits are such that a reworded clause is a fault.
    """
    faults: list[str] = []
    size = max(1, min(len(a), len(b)))
    repeated = Counter(a[op.a_start : op.a_end] or b[op.b_start : op.b_end] for op in words if _one_sided(op))
    figures = [op for op in figures if not _spoilt_year(a, b, op)]
    wide = [_trimmed(a, b, op) for op in words if op.size > 1]
    singles = len(words) - len(wide) + sum(op.size == 1 for op in wide)
    n_figures = min(_n_numbers(a), _n_numbers(b)) if len(figures) > 2 else 0
    if len(figures) > max(2, min((0.03 + 3 * singles / size) * n_figures, n_figures // 4 - 1)):
        faults.append(f"{len(figures)} of {n_figures} figures changed")
    lost = [op for op in wide if op.size > 2 and _one_sided(op)]
    lost = [op for op in lost if repeated[a[op.a_start : op.a_end] or b[op.b_start : op.b_end]] < 3]
    exchanged = [op for op in wide if op.size > 1 and not _one_sided(op)]
    worded = sum(op.size > 2 for op in exchanged)
    pairs = len(exchanged) - worded
    systematic = _systematic(a, b, exchanged)
    if singles > 0.065 * size or (size < 400 and singles > max(2, 0.035 * size)):
        faults.append(f"{singles} characters changed")
    if pairs > (1 if size >= 1000 else 0) + 0.2 * singles:
        faults.append(f"{pairs} words changed")
    if worded > 0.06 * singles or any(op.size > LONGEST_MISPRINT for op in exchanged):
        faults.append(f"{worded} stretches worded otherwise")
    if len(lost) > 1 + 0.04 * singles or any(op.size > LONGEST_LOST for op in lost):
        faults.append(f"{len(lost)} stretches in one only")
    if systematic:
        faults.append(f"{systematic} throughout")
    if words and bool(_DRAFT.search(a[:200])) != bool(_DRAFT.search(b[:200])):
        faults.append("draft in one only")
    return faults


@lru_cache(maxsize=64)
def _n_numbers(key: str) -> int:
    return len(_NUMBER.findall(key))


def _trimmed(a: str, b: str, op: Op) -> Op:
    """The difference without the equal characters at its edges that belong to a whole number (2021 for 202中1)."""
    words, others = a[op.a_start : op.a_end], b[op.b_start : op.b_end]
    head = len(commonprefix([words, others]))
    tail = len(commonprefix([words[head:][::-1], others[head:][::-1]]))
    return Op(op.a_start + head, op.a_end - tail, op.b_start + head, op.b_end - tail)


def _spoilt_year(a: str, b: str, op: Op) -> bool:
    """Whether one side is no possible year (5378年) where the other is one: damage, which no edition intends."""
    words = a[op.a_start : op.a_end], b[op.b_start : op.b_end]
    if a[op.a_end : op.a_end + 1] != "年" or any(len(w) != 4 or not w.isdigit() for w in words):
        return False
    return any(1900 <= int(w) <= 2100 for w in words) and not all(1900 <= int(w) <= 2100 for w in words)


def _one_sided(op: Op) -> bool:
    return op.a_end == op.a_start or op.b_end == op.b_start


def _systematic(a: str, b: str, exchanged: Sequence[Op]) -> str | None:
    """A word of two or more characters that is exchanged for the same other one more than once."""
    counted = Counter((a[op.a_start : op.a_end], b[op.b_start : op.b_end]) for op in exchanged)
    again = sorted(pair for pair, n in counted.items() if n >= 2)
    return f"{again[0][0]} / {again[0][1]}" if again else None


def _masked(a: str, b: str, ops: Sequence[Op], places: bool) -> int:
    """Characters that would be equal if numbers (and exchanged names, where places clash) were masked."""
    n = 0
    for op in ops:
        if is_number(a, b, op) or (places and op.size <= 4 and not _one_sided(op)):
            n += min(op.a_end - op.a_start, op.b_end - op.b_start)
    return n


def _evidence(
    a: Signature, b: Signature, similarity: float, masked: float, clashes: dict[str, str], notes: list[str]
) -> str:
    parts = [f"similarity {similarity:.4f}", f"masked {masked:.4f}"]
    if agree := header_agreements(a, b):
        parts.append("agree: " + ", ".join(agree))
    parts += [f"{field} clash: {words}" for field, words in sorted(clashes.items())]
    return "; ".join(parts + notes)
