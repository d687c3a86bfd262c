"""What differs between two documents, as rows of the ``changes`` table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from policymine.tables.schema import Row
from policymine.versions.align import Op
from policymine.versions.relation import is_typography
from policymine.versions.signature import DROPPED, Signature, character_kinds, key_offsets

_Span = tuple[int, int]
_HAN_NUMBER = re.compile(r"[-0-9.〇零一二三四五六七八九十百千万亿两]+")
_MARKER_END = frozenset("、)）.．")


def change_rows(doc: Signature, other: Signature, ops: Sequence[Op], typography: bool = True) -> list[Row]:
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
    rows: list[Row] = []
    i = j = 0
    for op in (*ops, Op(doc.n_chars, doc.n_chars, other.n_chars, other.n_chars)):
        for span, other_span in _typography(ours, theirs, i, j, op.a_start - i) if typography else ():
            rows.append(_row(doc, other, "typography", span, other_span))
        if op.size:
            span, other_span = ours.span(op.a_start, op.a_end), theirs.span(op.b_start, op.b_end)
            rows.append(_row(doc, other, _kind(doc, other, op, span, other_span), span, other_span))
        i, j = op.a_end, op.b_end
    return rows


class _Side:
    """A document with the offsets of its key and its text without layout (blanked out, of the same length)."""

    def __init__(self, signed: Signature) -> None:
        self.raw = signed.raw
        self.offsets = key_offsets(signed)
        visible = signed.raw
        kinds = character_kinds(visible)
        if DROPPED in kinds:
            visible = "".join(" " if k == DROPPED else c for c, k in zip(visible, kinds.tolist(), strict=True))
        for start, end in signed.residue:
            visible = visible[:start] + " " * (end - start) + visible[end:]
        self.visible = visible

    def span(self, start: int, end: int) -> _Span:
        """The document-text span of a span of the key."""
        if start < end:
            return self.offsets[start], self.offsets[end - 1] + 1
        at = self.offsets[start] if start < len(self.offsets) else (self.offsets[-1] + 1 if self.offsets else 0)
        return at, at

    def squeezed(self, start: int, end: int) -> str:
        """The visible characters of a span of the document text."""
        return "".join(self.visible[start:end].split())

    def trimmed(self, start: int, end: int) -> _Span:
        """The span without the blanks around it; an empty one where nothing is left."""
        words = self.visible[start:end]
        if not words.strip():
            return start, start
        return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


@lru_cache(maxsize=8)
def _side(signed: Signature) -> _Side:
    return _Side(signed)


def _row(doc: Signature, other: Signature, kind: str, span: _Span, other_span: _Span) -> Row:
    return {
        "doc_id": doc.doc_id,
        "other_doc_id": other.doc_id,
        "kind": kind,
        "text": doc.raw[slice(*span)],
        "other_text": other.raw[slice(*other_span)],
        "start": span[0],
        "end": span[1],
        "other_start": other_span[0],
        "other_end": other_span[1],
    }


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


def _typography(ours: _Side, theirs: _Side, i: int, j: int, size: int) -> list[tuple[_Span, _Span]]:
    """Stretches that differ in print between ``size`` equal characters of the keys from ``i`` and ``j`` on."""
    if size <= 0:
        return []
    end_i, end_j = ours.offsets[i + size - 1] + 1, theirs.offsets[j + size - 1] + 1
    if ours.squeezed(ours.offsets[i], end_i) == theirs.squeezed(theirs.offsets[j], end_j):
        return []
    found: list[tuple[_Span, _Span]] = []
    for k in range(size):
        a0, b0 = ours.offsets[i + k], theirs.offsets[j + k]
        a1 = ours.offsets[i + k + 1] if k + 1 < size else end_i
        b1 = theirs.offsets[j + k + 1] if k + 1 < size else end_j
        if ours.visible[a0:a1] == theirs.visible[b0:b1] or ours.squeezed(a0, a1) == theirs.squeezed(b0, b1):
            continue
        same_first = ours.raw[a0] == theirs.raw[b0]
        span, other_span = ours.trimmed(a0 + same_first, a1), theirs.trimmed(b0 + same_first, b1)
        if found and found[-1][0][1] == span[0] and found[-1][1][1] == other_span[0]:
            span, other_span = (found[-1][0][0], span[1]), (found[-1][1][0], other_span[1])
            found.pop()
        found.append((span, other_span))
    return found
