"""What was mined from some inputs, packed together: the form in which it is sent, kept and written.

A worker turns the rows of its documents into one record batch a table; nothing behind it looks at single values again.
As bytes (compressed, with a head that says what belongs to which input) a portion is the answer of a worker, the entry
of a cache and what a cluster keeps on its disks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import accumulate
from typing import Any

from policymine.tables.columns import BatchRows, arrow_schema, empty_batch, joined_batch
from policymine.tables.rows import DocumentRows
from policymine.tables.schema import PER_DOCUMENT, TABLES
from policymine.versions.signature import Signature

PACKED = ("files", "documents", *PER_DOCUMENT)
"""The tables of a portion."""
_SIGNED = tuple(f.name for f in fields(Signature) if f.name not in ("doc_id", "source", "raw", "key"))
_LENGTH = 4
"""Bytes of a length."""
_ALIGNED = 64
"""Arrow wants its buffers to begin at multiples of it."""


@dataclass(frozen=True, slots=True)
class Mined:
    """What came of one input: its rows, its text with what is kept beside it, and what versions are found by.

    ``cached`` tells whether it was kept by an earlier run; None for what is never kept.
    """

    rows: DocumentRows
    text: str | None = None
    beside: bytes | None = None
    signature: Signature | None = None
    cached: bool | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a portion: as ``Mined``, with the numbers of its rows by table in place of these.

    ``doc_id`` is None where it is no document.
    """

    source: str
    doc_id: str | None
    counts: tuple[int, ...]
    text: str | None
    beside: bytes | None
    signature: Signature | None
    cached: bool | None


@dataclass(frozen=True, slots=True)
class Portion:
    """What came of some inputs, in their order: a record batch a table, and the inputs.

    Attributes:
        inputs: one after the other; their rows stand in the batches in the same order.
        batches: by table, those of ``PACKED``.
        kept_as: the name under which a cache has it; None where none has.
        key: what its inputs are known by in a ledger.
    """

    inputs: tuple[Input, ...]
    batches: Mapping[str, Any]
    kept_as: str | None = field(default=None, compare=False)
    key: str | None = field(default=None, compare=False)
    _packed: bytes | None = field(default=None, compare=False, repr=False)
    _starts: dict[str, list[int]] = field(default_factory=dict, compare=False, repr=False)

    def rows(self, table: str, first: int, last: int) -> BatchRows:
        """The rows of the inputs from ``first`` up to ``last`` (exclusive)."""
        if table not in self._starts:
            number = PACKED.index(table)
            self._starts[table] = list(accumulate((one.counts[number] for one in self.inputs), initial=0))
        starts = self._starts[table]
        return BatchRows(self.batches[table].slice(starts[first], starts[last] - starts[first]))

    def mined(self) -> list[Mined]:
        """The inputs one by one."""
        found = []
        for k, one in enumerate(self.inputs):
            documents = self.rows("documents", k, k + 1)
            rows = DocumentRows(
                self.rows("files", k, k + 1)[0], documents[0] if len(documents) else None,
                {table: self.rows(table, k, k + 1) for table in PER_DOCUMENT},
            )
            found.append(Mined(rows, one.text, one.beside, one.signature, one.cached))
        return found

    def from_cache(self) -> Portion:
        """The same, found in a cache.

        Raises:
            ValueError: somebody wrote it who does not know how.
        """
        for batch in self.batches.values():
            batch.validate(full=True)
        return replace(self, inputs=tuple(replace(one, cached=True) for one in self.inputs))

    def packed(self) -> Portion:
        """The same, with its bytes at hand."""
        return replace(self, _packed=self.to_bytes())

    def to_bytes(self) -> bytes:
        """All of it but ``cached``, packed."""
        if self._packed is not None:
            return self._packed
        import pyarrow as pa

        parts: list[Any] = [self.batches[table].serialize() for table in PACKED]
        for one in self.inputs:
            if one.text is not None:
                parts.append(one.text.encode("utf-8", "surrogatepass"))
            if one.signature is not None:
                parts.append(one.signature.key.encode("utf-8", "surrogatepass"))
        sizes = [memoryview(part).nbytes for part in parts]
        described = json.dumps([sizes, [_described(one) for one in self.inputs]], ensure_ascii=False)
        head = described.encode("utf-8", "surrogatepass")
        head += b" " * (-(len(head) + _LENGTH) % _ALIGNED)
        whole = b"".join([len(head).to_bytes(_LENGTH, "little"), head, *parts])
        return b"".join([len(whole).to_bytes(_LENGTH, "little"), pa.compress(whole, "zstd", asbytes=True)])

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.to_bytes(), [one.cached for one in self.inputs], self.kept_as)


def portion_of(mined: Sequence[Mined]) -> Portion:
    """What came of some inputs, put together.

    Args:
        mined: in the order of the inputs.
    """
    counts = []
    parts: dict[str, list[Any]] = {table: [] for table in PACKED}
    for one in mined:
        document = [one.rows.document] if one.rows.document is not None else []
        rows = {"files": [one.rows.file], "documents": document, **one.rows.tables}
        counts.append(tuple(len(rows.get(table, ())) for table in PACKED))
        for table in PACKED:
            parts[table].append(rows.get(table, ()))
    return Portion(
        tuple(
            Input(
                str(one.rows.file["source"]), str(one.rows.document["doc_id"]) if one.rows.document else None,
                count, one.text, one.beside, one.signature, one.cached,
            )
            for one, count in zip(mined, counts, strict=True)
        ),
        {table: joined_batch(some, TABLES[table]) for table, some in parts.items()},
    )


def portion_from(data: bytes) -> Portion:
    """The portion that ``to_bytes`` packed.

    Raises:
        ValueError: they are not such bytes (or ``TypeError``, ``KeyError``, ``OSError``, ``OverflowError``).
    """
    import pyarrow as pa

    whole = pa.decompress(data[_LENGTH:], int.from_bytes(data[:_LENGTH], "little"), "zstd")
    begin = _LENGTH + int.from_bytes(whole[:_LENGTH], "little")
    sizes, described = json.loads(whole[_LENGTH:begin].to_pybytes().decode("utf-8", "surrogatepass"))
    ends = list(accumulate(sizes, initial=begin))
    if ends[-1] != len(whole) or len(sizes) < len(PACKED):
        raise ValueError("a portion of another form")
    parts = iter([whole.slice(at, size) for at, size in zip(ends, sizes, strict=False)])
    batches = {table: _batch(next(parts), table) for table in PACKED}
    inputs = tuple(_input(one, parts) for one in described)
    if [sum(counts) for counts in zip(*(one.counts for one in inputs), strict=True)] != [
        batches[table].num_rows for table in PACKED
    ]:
        raise ValueError("a portion with other rows")
    return Portion(inputs, batches, _packed=data)


def _unpickled(data: bytes, cached: Iterable[bool | None], kept_as: str | None) -> Portion:
    portion = portion_from(data)
    inputs = (replace(one, cached=known) for one, known in zip(portion.inputs, cached, strict=True))
    return replace(portion, inputs=tuple(inputs), kept_as=kept_as)


def _described(one: Input) -> list[Any]:
    signed = one.signature
    return [
        one.source, one.doc_id, one.counts, one.text is not None, one.beside.decode() if one.beside else None,
        None if signed is None else [signed.doc_id, signed.source, *(getattr(signed, name) for name in _SIGNED)],
    ]


def _input(described: list[Any], parts: Any) -> Input:
    source, doc_id, counts, has_text, beside, signed = described
    text = _text(next(parts)) if has_text else None
    signature = None
    if signed is not None:
        own, name, *values = map(_tuples, signed)
        known = dict(zip(_SIGNED, values, strict=True))
        signature = Signature(doc_id=own, source=name, raw=text or "", key=_text(next(parts)), **known)
    return Input(source, doc_id, tuple(counts), text, beside.encode() if beside else None, signature, None)


def _batch(data: Any, table: str) -> Any:
    import pyarrow as pa

    # in bytes of its own: rows that wait to be written would else keep the whole portion in memory
    batch = pa.ipc.read_record_batch(pa.py_buffer(data.to_pybytes()), arrow_schema(table))
    return batch if batch.num_rows else empty_batch(table)


def _text(data: Any) -> str:
    return data.to_pybytes().decode("utf-8", "surrogatepass")  # type: ignore[no-any-return]


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
