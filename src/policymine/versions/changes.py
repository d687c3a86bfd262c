"""What differs between two documents, as rows of the ``changes`` table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from policymine.tables.columns import ColumnRows
from policymine.tables.schema import TABLES
from policymine.versions.align import Op
from policymine.versions.relation import is_typography
from policymine.versions.signature import DROPPED, Signature, character_kinds, code_points, key_offsets

_Span = tuple[int, int]
_BLANK = ord(" ")
_ODD, _OTHER_ODD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_HAN_NUMBER = re.compile(r"[-0-9.〇零一二三四五六七八九十百千万亿两]+")
_OF_FACTS = ("fact", "fact_id", "other_fact_id", "field", "value", "other_value")
"""Columns that tell of a fact (``fact_changes``)."""
_MARKER_END = frozenset("、)）.．")


def change_rows(doc: Signature, other: Signature, ops: Sequence[Op], typography: bool = True) -> ColumnRows:
    """The differences of two documents in the order of the first.

    Kinds: ``number`` (one number for another), ``wording`` (words for words), ``added`` (stands in ``doc`` only),
    ``removed`` (stands in ``other`` only), ``typography`` (the same letters and digits in another width, or other
    punctuation: a row for each stretch without equal characters in it). Blanks, line breaks and lines of website
    residue are layout and never listed.

    Args:
        doc: the document of ``doc_id``; other: that of ``other_doc_id`` (the canonical version of its work).
        ops: the alignment of ``doc.key`` with ``other.key``.
        typography: whether differences in print alone are listed.

    Returns:
        Rows with exactly the columns of the table; ``start``, ``end`` are offsets of the document text of ``doc``,
        ``other_start``, ``other_end`` of that of ``other``; an empty side stands where the words would begin.
    """
    ours, theirs = _side(doc), _side(other)
    print_only = iter(_typography(ours, theirs, ops) if typography else ())
    following = next(print_only, None)
    found: list[tuple[str, _Span, _Span]] = []
    for op in (*ops, Op(doc.n_chars, doc.n_chars, other.n_chars, other.n_chars)):
        while following is not None and following[0] < op.a_start:
            found.append(("typography", following[1], following[2]))
            following = next(print_only, None)
        if op.a_end > op.a_start or op.b_end > op.b_start:
            span, other_span = ours.span(op.a_start, op.a_end), theirs.span(op.b_start, op.b_end)
            found.append((_kind(doc, other, op, span, other_span), span, other_span))
    return ColumnRows(TABLES["changes"].names, [
        [doc.doc_id] * len(found),
        [other.doc_id] * len(found),
        [kind for kind, _, _ in found],
        [doc.raw[start:end] for _, (start, end), _ in found],
        [other.raw[start:end] for _, _, (start, end) in found],
        [span[0] for _, span, _ in found],
        [span[1] for _, span, _ in found],
        [span[0] for _, _, span in found],
        [span[1] for _, _, span in found],
        *([None] * len(found) for _ in _OF_FACTS),
    ])


class _Side:
    """A document with the offsets of its key and its text without layout (blanked out, of the same length)."""

    def __init__(self, signed: Signature) -> None:
        self.raw = signed.raw
        self.offsets = key_offsets(signed)
        codes = code_points(signed.raw)
        dropped = character_kinds(signed.raw) == DROPPED
        if signed.residue or dropped.any():
            codes = codes.copy()
            codes[dropped] = _BLANK
            for start, end in signed.residue:
                codes[start:end] = _BLANK
        self.codes = codes
        self.at = np.frombuffer(self.offsets, np.int32)

    def span(self, start: int, end: int) -> _Span:
        """The document-text span of a span of the key."""
        if start < end:
            return self.offsets[start], self.offsets[end - 1] + 1
        at = self.offsets[start] if start < len(self.offsets) else (self.offsets[-1] + 1 if self.offsets else 0)
        return at, at

    def trimmed(self, start: int, end: int) -> _Span:
        """The span without the blanks around it; an empty one where nothing is left."""
        words = self.codes[start:end].tobytes().decode("utf-32-le", "surrogatepass")
        bare = words.strip()
        if len(bare) == len(words):
            return start, end
        start += len(words) - len(words.lstrip()) if bare else 0
        return start, start + len(bare)


def _alike(ours: _Side, theirs: _Side, ops: Sequence[Op]) -> int:
    """How many characters two keys begin with that look the same in both texts; copies differ far down."""
    size, begin = min(len(ours.codes), len(theirs.codes)), min(len(ours.at), len(theirs.at))
    other = ours.codes[:size] != theirs.codes[:size]
    first = int(other.argmax()) if other.any() else size
    moved = ours.at[:begin] != theirs.at[:begin]
    if moved.any():
        begin = int(moved.argmax())
    begin = max(0, min(begin, int(np.searchsorted(ours.at, first))) - 1)
    return min(begin, ops[0].a_start, ops[0].b_start) if ops else begin


def _shapes(codes: NDArray[np.uint32], at: NDArray[np.int32]) -> NDArray[np.uint64]:
    """For each character of a key a hash of what is seen in the text from there to the next one, without blanks."""
    first = int(at[0]) if len(at) else 0
    codes, at = codes[first:], at - first
    is_seen = ~_blanks()[np.minimum(codes, 0xFFFF)]
    seen = is_seen.nonzero()[0]
    begins = (is_seen.cumsum(dtype=np.int32) - is_seen)[at]
    ends = np.append(begins[1:], np.int32(len(seen)))
    place = np.arange(len(seen))
    if len(at):
        place[begins[0] :] -= np.repeat(begins, ends - begins)
    mixed = (codes[seen] + np.uint64(1)) * _ODD ^ place.astype(np.uint64) * _OTHER_ODD
    sums = np.append(np.zeros(1, np.uint64), ((mixed ^ (mixed >> np.uint64(29))) * _ODD).cumsum())
    shapes: NDArray[np.uint64] = sums[ends] - sums[begins]
    return shapes


@cache
def _blanks() -> NDArray[np.bool_]:
    return np.array([chr(c).isspace() for c in range(0x10000)])


@lru_cache(maxsize=16)
def _side(signed: Signature) -> _Side:
    return _Side(signed)


def _kind(doc: Signature, other: Signature, op: Op, span: _Span, other_span: _Span) -> str:
    words, other_words = doc.key[op.a_start : op.a_end], other.key[op.b_start : op.b_end]
    if is_typography(doc.key, other.key, op):
        return "typography"
    if not words or not other_words:
        return "removed" if not words else "added"
    if _HAN_NUMBER.fullmatch(words) and _HAN_NUMBER.fullmatch(other_words):
        # 二、 for 三、 is another place in the outline, not another figure.
        marker = (
            doc.raw[span[1] : span[1] + 1] in _MARKER_END
            and other.raw[other_span[1] : other_span[1] + 1] in _MARKER_END
        )
        return "wording" if marker and not words.isdigit() else "number"
    return "wording"


def _typography(ours: _Side, theirs: _Side, ops: Sequence[Op]) -> list[tuple[int, _Span, _Span]]:
    """Stretches that differ in print where the keys are equal, each with the place in the first key where it begins.

    What stands behind the last equal character before a difference belongs to neither.
    """
    begin = _alike(ours, theirs, ops)
    codes, at = ours.codes, ours.at[begin:]
    other_codes, other_at = theirs.codes, theirs.at[begin:]
    equal, other_equal = np.ones(len(at), np.bool_), np.ones(len(other_at), np.bool_)
    for op in ops:
        equal[op.a_start - begin : op.a_end - begin] = other_equal[op.b_start - begin : op.b_end - begin] = False
    i, j = equal.nonzero()[0], other_equal.nonzero()[0]
    last = np.ones(len(i), np.bool_)
    last[:-1] = (i[1:] != i[:-1] + 1) | (j[1:] != j[:-1] + 1)
    differs = codes[at[i]] != other_codes[other_at[j]]
    if not last.all():
        differs = np.where(last, differs, _shapes(codes, at)[i] != _shapes(other_codes, other_at)[j])
    differ = differs.nonzero()[0]
    i, j = i + begin, j + begin
    found: list[tuple[int, _Span, _Span]] = []
    joined = -1
    columns = (differ, i[differ], j[differ], last[differ])
    for k, m, n, is_last in zip(*(column.tolist() for column in columns), strict=True):
        a0, b0 = ours.offsets[m], theirs.offsets[n]
        a1, b1 = (a0 + 1, b0 + 1) if is_last else (ours.offsets[m + 1], theirs.offsets[n + 1])
        same_first = ours.raw[a0] == theirs.raw[b0]
        span, other_span = ours.trimmed(a0 + same_first, a1), theirs.trimmed(b0 + same_first, b1)
        if joined == k - 1 and found and found[-1][1][1] == span[0] and found[-1][2][1] == other_span[0]:
            m, before, other_before = found.pop()
            span, other_span = (before[0], span[1]), (other_before[0], other_span[1])
        found.append((m, span, other_span))
        joined = -1 if is_last else k
    return found
