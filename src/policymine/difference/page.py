"""A difference as one HTML page: the two documents side by side, every change marked, long equal stretches folded.

The page holds everything that it needs, asks nothing of the network and runs no script; all words are escaped.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from policymine.difference.documents import Difference
from policymine.difference.terminal import described
from policymine.tables.schema import Value
from policymine.versions.align import Op
from policymine.versions.fact_changes import FactChange
from policymine.versions.signature import Signature, key_offsets

FOLDED = 4
"""Equal blocks in a row from which they are folded, but for the first and the last."""
LABELS = {
    "number": "数字", "wording": "措辞", "added": "新增", "removed": "删除", "typography": "版式",
    "identical": "同文", "version": "同一文件的不同版本", "revision": "修订或草案", "adaptation": "依样改写",
    "contains": "包含", "unrelated": "无关", "documents": "文头", "targets": "指标", "deadlines": "期限",
    "responsibilities": "责任单位",
}


@dataclass(frozen=True, slots=True)
class _Block:
    """A stretch of both texts that begins and ends at the same place of the document."""

    a: tuple[int, int]
    b: tuple[int, int]


def difference_page(found: Difference) -> str:
    """The page of a difference."""
    style = files("policymine.difference").joinpath("page.css").read_text(encoding="utf-8")
    sides = [_Side(found, "a"), _Side(found, "b")]
    parts = [
        '<!doctype html><html lang="zh"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(_name(found.a))} / {escape(_name(found.b))}</title><style>{style}</style></head><body>",
        f"<header><h1><span class=relation>{LABELS[found.relation]} {found.relation}</span></h1>",
        f"<p class=evidence>{escape(found.evidence)}</p><p class=counts>",
        *(f'<span class="{kind}">{LABELS[kind]} {kind} <b>{n}</b></span> ' for kind, n in found.counts().items() if n),
        "</p></header>",
        _facts(found.facts),
        "<table class=sides><thead><tr>",
        *(f"<th scope=col><b>{sign}</b> {escape(_name(side))}<br><small>{escape(side.source)}</small></th>"
          for sign, side in (("A", found.a), ("B", found.b))),
        "</tr></thead>",
        *_body(list(_blocks(found)), sides),
        "</table></body></html>\n",
    ]
    return "".join(parts)


def _name(side: Signature) -> str:
    return side.title or side.source


def _facts(facts: list[FactChange]) -> str:
    if not facts:
        return "<p class=same>事实没有不同 no fact differs (targets, deadlines, departments, header)</p>"
    rows = []
    for change in facts:
        row = change.a or change.b or {}
        what = "" if change.table == "documents" else escape(described(change.table, row))
        if change.fields:
            cells = "<br>".join(
                f"<small>{name}</small> <del>{escape(_value(old))}</del> → <ins>{escape(_value(new))}</ins>"
                for name, old, new in change.fields
            )
        else:
            cells, what = (f"<del>{what}</del>", "") if change.b is None else (f"<ins>{what}</ins>", "")
        rows.append(f"<tr><th scope=row>{LABELS[change.table]}</th><td>{what}</td><td>{cells}</td></tr>")
    summary = f"<summary>不同的事实 facts that differ: {len(facts)}</summary>"
    return f"<details class=facts open>{summary}<table>{''.join(rows)}</table></details>"


def _value(value: Value) -> str:
    return "—" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


class _Side:
    """One of the documents with its changes in order."""

    def __init__(self, found: Difference, which: str) -> None:
        self.signed = found.a if which == "a" else found.b
        prefix, self._tag = ("other_", "del") if which == "a" else ("", "ins")
        self._marks = sorted(
            (int(row[f"{prefix}start"] or 0), int(row[f"{prefix}end"] or 0), str(row["kind"])) for row in found.changes
        )
        self._starts = [start for start, _, _ in self._marks]

    def marked(self, start: int, end: int) -> str:
        """The stretch as HTML, its changes marked and lines of websites greyed."""
        out: list[str] = []
        at = start
        for k in range(bisect_left(self._starts, start), len(self._marks)):
            m0, m1, kind = self._marks[k]
            if m0 >= end and not (m0 == end == m1):
                break
            if m1 > at and m0 < end:
                out.append(self._plain(at, max(at, m0)))
                words = escape(self.signed.raw[max(at, m0) : min(m1, end)])
                out.append(f'<{self._tag} class="{kind}">{words}</{self._tag}>')
                at = min(m1, end)
        out.append(self._plain(at, end))
        return "".join(out).strip()

    def is_marked(self, start: int, end: int) -> bool:
        """Whether a change that is no typography touches the stretch."""
        return any(m0 < end and m1 > start and kind != "typography" for m0, m1, kind in self._marks)

    def _plain(self, start: int, end: int) -> str:
        out: list[str] = []
        for r0, r1 in self.signed.residue:
            if r1 <= start or r0 >= end:
                continue
            out.append(escape(self.signed.raw[start : max(start, r0)]))
            out.append(f"<s>{escape(self.signed.raw[max(start, r0) : min(r1, end)])}</s>")
            start = min(r1, end)
        return "".join(out) + escape(self.signed.raw[start:end])


def _blocks(found: Difference) -> Iterator[_Block]:
    """The texts cut where a line begins in both at the same place, or in one of them beside what only it has."""
    a, b = found.a, found.b
    ours, theirs = key_offsets(a), key_offsets(b)
    begins_a, begins_b = _line_begins(a.raw, ours), _line_begins(b.raw, theirs)
    cuts: list[tuple[int, int]] = []
    i = j = 0
    for op in (*found.ops, Op(len(ours), len(ours), len(theirs), len(theirs))):
        first, last = bisect_left(begins_a, i), bisect_left(begins_a, op.a_start)
        both = set(begins_b[bisect_left(begins_b, j) : bisect_left(begins_b, op.b_start)])
        cuts += [(k, k - i + j) for k in begins_a[first:last] if k - i + j in both]
        i, j = op.a_end, op.b_end
        for k, m in ((op.a_start, op.b_start), (op.a_end, op.b_end)):
            if k < len(ours) and m < len(theirs) and _is_begin(begins_a, k) and _is_begin(begins_b, m):
                cuts.append((k, m))
    at_a = at_b = 0
    for k, m in sorted(set(cuts)):
        to_a, to_b = _line_start(a.raw, ours[k]), _line_start(b.raw, theirs[m])
        if to_a >= at_a and to_b >= at_b and (to_a > at_a or to_b > at_b):
            yield _Block((at_a, to_a), (at_b, to_b))
            at_a, at_b = to_a, to_b
    yield _Block((at_a, len(a.raw)), (at_b, len(b.raw)))


def _line_begins(raw: str, offsets: Sequence[int]) -> list[int]:
    """The places in the key of the first character that counts of each line."""
    found: list[int] = []
    at = 0
    for line in raw.splitlines(keepends=True):
        k = bisect_left(offsets, at)
        at += len(line)
        if k < len(offsets) and offsets[k] < at:
            found.append(k)
    return found


def _is_begin(begins: list[int], k: int) -> bool:
    at = bisect_left(begins, k)
    return at < len(begins) and begins[at] == k


def _line_start(raw: str, at: int) -> int:
    while at and raw[at - 1] not in "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029":
        at -= 1
    return at


def _body(blocks: list[_Block], sides: list[_Side]) -> Iterator[str]:
    """A table row a block; equal ones in a row folded into a body of their own."""
    kept: list[tuple[str, bool]] = []
    for block in blocks:
        spans = (block.a, block.b)
        cells = [side.marked(*span) for side, span in zip(sides, spans, strict=True)]
        if any(cells):
            changed = any(side.is_marked(*span) for side, span in zip(sides, spans, strict=True))
            html = "".join(f"<td>{cell}</td>" for cell in cells)
            kept.append((f'<tr class="{"changed" if changed else "same"}">{html}</tr>', changed))
    at = 0
    while at < len(kept):
        end = at
        while end < len(kept) and not kept[end][1]:
            end += 1
        if end - at >= FOLDED + 2:
            yield f"<tbody>{kept[at][0]}</tbody><tbody class=folded><tr><td colspan=2><details><summary>"
            yield f"{end - at - 2} 段相同 the same</summary><table>"
            yield "".join(row for row, _ in kept[at + 1 : end - 1])
            yield f"</table></details></td></tr></tbody><tbody>{kept[end - 1][0]}</tbody>"
        elif end > at:
            yield "<tbody>" + "".join(row for row, _ in kept[at:end]) + "</tbody>"
        at = end
        while at < len(kept) and kept[at][1]:
            yield f"<tbody>{kept[at][0]}</tbody>"
            at += 1
