"""Differences moved to where a reader sees them: to the beginning of a line, a sentence, a clause."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policymine.versions.align import Op, align
from policymine.versions.signature import Signature, key_offsets

FARTHEST = 40
"""Characters by which a difference is moved."""
_LINE, _SENTENCE, _CLAUSE = re.compile(r"[\n\r]"), re.compile(r"[。；！？]"), re.compile(r"[^\w\s]")


def differences(a: Signature, b: Signature) -> list[Op]:
    """The differences of two documents, as ``align`` finds them in their keys.

    What stands in one text only can often be cut out in several places (in 甲地乙地 the first or the second 地 with
    what is between): the one that begins a line, a sentence or a clause of the document text is taken.

    Args:
        a: a document; b: the other one.
    """
    ops = align(a.key, b.key)
    return [_moved(a, b, ops, k) if op.size > 1 and _one_sided(op) else op for k, op in enumerate(ops)]


def _one_sided(op: Op) -> bool:
    return op.a_start == op.a_end or op.b_start == op.b_end


def _moved(a: Signature, b: Signature, ops: Sequence[Op], k: int) -> Op:
    op = ops[k]
    own, start, end = (a, op.a_start, op.a_end) if op.a_end > op.a_start else (b, op.b_start, op.b_end)
    before = op.a_start - (ops[k - 1].a_end if k else 0)
    behind = (ops[k + 1].a_start if k + 1 < len(ops) else a.n_chars) - op.a_end
    left = right = 0
    while left < min(before, FARTHEST) and own.key[start - left - 1] == own.key[end - left - 1]:
        left += 1
    while right < min(behind, FARTHEST) and own.key[start + right] == own.key[end + right]:
        right += 1
    if not left and not right:
        return op
    offsets = key_offsets(own)
    by = max(range(-left, right + 1), key=lambda by: (_break(own, offsets, start + by), -by))
    return Op(op.a_start + by, op.a_end + by, op.b_start + by, op.b_end + by)


def _break(own: Signature, offsets: Sequence[int], at: int) -> int:
    """How much of a beginning a place of the key is."""
    if at == 0:
        return 4
    between = own.raw[offsets[at - 1] + 1 : offsets[at]]
    return 3 if _LINE.search(between) else 2 if _SENTENCE.search(between) else 1 if _CLAUSE.search(between) else 0
