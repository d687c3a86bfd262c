"""What only the whole corpus can tell about a document: its work, and which document a citation means."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from policymine.tables.columns import BatchRows, arrow_array, values_of
from policymine.tables.schema import TABLES, Row

Works = Mapping[str, tuple[str, bool, float | None]]
"""doc_id -> (work_id, is_canonical, similarity)."""
_NOT_WORD = re.compile(r"[\W_]+")
_HERE = ("work_id", "is_canonical", "similarity")


def link_works(documents: BatchRows, works: Works) -> BatchRows:
    """Fill ``work_id``, ``is_canonical`` and ``similarity`` of rows of ``documents``.

    Args:
        documents: some of them; one that ``works`` lacks stays a work of its own.
        works: those of the corpus.
    """
    found = [works.get(str(doc_id)) or (str(doc_id), True, None) for doc_id in documents.values("doc_id")]
    return _with(documents, "documents", dict(zip(_HERE, map(list, zip(*found, strict=True)), strict=True)))


class Cited:
    """The documents of a corpus by what they are cited by: their numbers and titles.

    A citation means the document of the corpus with its number, else the one with its title (or inner title), width
    and punctuation aside, that has no other number. Of several versions of one work the canonical one is meant; of
    several works none, since nothing tells which. A document never cites its own work.

    Numbers and titles are held as hashes of 64 bits, and documents by their places: some bytes a document.
    """

    def __init__(self, documents: Callable[[], Iterable[Sequence[Row]]], works: Works) -> None:
        """Begin.

        Args:
            documents: gives the rows of all documents, some at a time.
            works: those of the corpus.
        """
        import numpy as np

        ids = [str(doc_id).encode() for rows in documents() for doc_id in values_of(rows, "doc_id")]
        self._ids = np.array(ids, np.bytes_)
        order = np.argsort(self._ids, kind="stable")
        self._ids = self._ids[order]
        standing = [works.get(doc_id.decode()) or (doc_id.decode(), True, None) for doc_id in self._ids.tolist()]
        _, self._work = np.unique(np.array([work.encode() for work, _, _ in standing], np.bytes_), return_inverse=True)
        canonical = np.array([is_canonical for _, is_canonical, _ in standing], np.bool_)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        numbers, titles, unnumbered = _Index(), _Index(), _Index()
        first = 0
        for rows in documents():
            columns = (values_of(rows, name) for name in ("doc_number", "title", "inner_title"))
            for at, (number, title, inner) in enumerate(zip(*columns, strict=True), first):
                if number:
                    numbers.add(_key(number), place[at])
                for key in {_key(title), _key(inner)} - {0}:
                    titles.add(key, place[at])
                    if not number:
                        unnumbered.add(key, place[at])
            first += len(rows)
        for index in (numbers, titles, unnumbered):
            index.close(self._work, canonical)
        self._numbers, self._titles, self._unnumbered = numbers, titles, unnumbered

    def link(self, citations: BatchRows) -> BatchRows:
        """Fill ``cited_doc_id`` of rows of ``citations``."""
        import numpy as np

        numbers, titles = (
            np.array([_key(words) for words in citations.values(name)], np.uint64) for name in ("doc_number", "title")
        )
        known, by_number = self._numbers.find(numbers)
        named = np.where(numbers == 0, self._titles.find(titles)[1], self._unnumbered.find(titles)[1])
        cited = np.where(known, by_number, named)
        citing = np.array([str(one).encode() for one in citations.values("doc_id")], np.bytes_)
        if len(self._ids):
            own = self._work[np.minimum(self._ids.searchsorted(citing), len(self._ids) - 1)]
            cited[self._work[cited] == own] = -1
        ids = [self._ids[at].decode() if at >= 0 else None for at in cited.tolist()]
        return _with(citations, "citations", {"cited_doc_id": ids})


class _Index:
    """Which documents, by their places, have a key; after ``close`` the one that is meant by it, or none."""

    def __init__(self) -> None:
        self._keys: Any = array("Q")
        self._places: Any = array("q")

    def add(self, key: int, place: int) -> None:
        self._keys.append(key)
        self._places.append(place)

    def close(self, work: Any, canonical: Any) -> None:
        """Choose for each key: of one work the canonical document, else its first; of several works none."""
        import numpy as np

        keys, places = np.array(self._keys, np.uint64), np.array(self._places, np.int64)
        order = np.lexsort((places, ~canonical[places], keys))
        keys, places = keys[order], places[order]
        self._keys, firsts = np.unique(keys, return_index=True)
        if len(keys):
            works = work[places]
            one = np.minimum.reduceat(works, firsts) == np.maximum.reduceat(works, firsts)
            self._places = np.where(one, places[firsts], -1)

    def find(self, keys: Any) -> tuple[Any, Any]:
        """Which of some keys are known, and the place of what is meant by each, or -1."""
        import numpy as np

        if not len(self._keys):
            return np.zeros(len(keys), np.bool_), np.full(len(keys), -1)
        at = np.minimum(self._keys.searchsorted(keys), len(self._keys) - 1)
        known = self._keys[at] == keys
        return known, np.where(known, self._places[at], -1)


@lru_cache(maxsize=20_000)
def _key(words: object) -> int:
    """A number for words, width and punctuation aside; 0 for none."""
    folded = _NOT_WORD.sub("", str(words)) if words else ""
    if not folded:
        return 0
    return int.from_bytes(blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _with(rows: BatchRows, table: str, columns: Mapping[str, list[Any]]) -> BatchRows:
    """Rows with other values in some columns."""
    import pyarrow as pa

    kinds = {column.name: column.type for column in TABLES[table].columns}
    arrays = [
        arrow_array(columns[name], kinds[name]) if name in columns else column
        for name, column in zip(rows.batch.schema.names, rows.batch.columns, strict=True)
    ]
    return BatchRows(pa.RecordBatch.from_arrays(arrays, schema=rows.batch.schema))
