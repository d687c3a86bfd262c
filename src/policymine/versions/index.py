"""What is known of documents, kept on disk: samples to look them up by, signatures, and what was found before.

DuckDB holds the small tables; samples, signatures, compared pairs and rows lie one behind the other in files beside it
and are read one by one. In a folder that stays, a new document is compared with all earlier ones without reading those
again, a pair is aligned once in its life, and documents that are near the same ones as before are not looked at again;
a run that was killed goes on where it was. Whatever is in the folder, the answers are the same.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from policymine.versions.candidates import Ranks, both, candidates
from policymine.versions.database import NAME, SAMPLES, SCHEMA, SIGNATURES, WORD, insert, opened
from policymine.versions.grouping import Task
from policymine.versions.ids import Ids, encoded
from policymine.versions.kept import Kept, signature_bytes, signature_name
from policymine.versions.neighbours import Neighbours, nearest
from policymine.versions.pairs import Pairs, Place
from policymine.versions.sampling import Numbers, Sample, distinct, sample
from policymine.versions.signature import Signature, comparison_key

MEMORY = "256MB"
"""What DuckDB may use before it spills."""
SAMPLED = 4_096
"""Samples of documents that stay at hand while neighbours are sought."""
BATCH = 500
"""Documents, compared pairs, or answers that are written at once: what a killed run loses at most."""
PORTION = 1000
"""Documents whose features are looked at together."""
MOST_BETWEEN = 4
"""So many times their features may be read for them, with what lies between."""

_RUN = "CREATE TEMP TABLE run (n UINTEGER)"
_COLUMNS = ("n", "sid", "sid_rest", "place", "size", "drawn", "kept", "featured", "n_low")
_BEST = "n_header", "official", "damaged", "n_chars"
_PAIRS = "SELECT a, b, place, size FROM pairs SEMI JOIN run ON a = run.n SEMI JOIN run there ON b = there.n"
_TOLD = "SELECT n, asked, place, size FROM told SEMI JOIN run USING (n)"
_EARLIER = "SELECT sid, sid_rest, n FROM documents ORDER BY sid"
_ANSWERS = "SELECT sid, sid_rest, place, size FROM answers ORDER BY sid"
_Columns = dict[str, NDArray[Any]]


class VersionIndex:
    """Documents to compare, of this run and of earlier ones; a context manager."""

    def __init__(self, folder: Path | None = None, threads: int = 1) -> None:
        """Open the index in a folder; without one, in a place of its own that is gone afterwards.

        Args:
            folder: made where it is not there. One that another run uses, or that is damaged, is left alone.
            threads: of DuckDB.
        """
        con = None if folder is None else opened(folder)
        self._own = tempfile.TemporaryDirectory(prefix="policymine-versions-", ignore_cleanup_errors=True)
        own = Path(self._own.name)
        self.stays = con is not None
        """Whether it is there for the next run."""
        if folder is None or con is None:
            folder = own
            con = duckdb.connect(":memory:")
        self._con = con
        self.folder = folder
        spilled = str(own / "spilled").replace("'", "''")
        for setting in (f"threads = {threads}", f"memory_limit = '{MEMORY}'", f"temp_directory = '{spilled}'"):
            self._con.execute(f"SET {setting}")
        self._con.execute("SET preserve_insertion_order = false")
        self._con.execute(SCHEMA + _RUN)
        self.kept = Kept(folder / SIGNATURES)
        """Signatures, pairs, rows and answers."""
        self._samples = open(folder / SAMPLES, "ab")  # noqa: SIM115 (closed by close)
        self._samples.write(bytes(-self._samples.tell() % WORD))  # behind what a killed run half wrote
        self._drawn = open(folder / SAMPLES, "rb", buffering=0)  # noqa: SIM115 (closed by close)
        self._earlier = self._con.execute(_EARLIER).fetchnumpy()
        ((self._following,),) = self._con.execute("SELECT coalesce(max(n) + 1, 0) FROM documents").fetchall()
        self._rows: list[tuple[Any, ...]] = []
        self._in_run: list[int] = []
        self._pairs: list[tuple[int, int, int, int]] = []
        self._answers: list[tuple[int, int, int, int]] = []
        self._told: list[tuple[int, int, int, int]] = []
        self._documents: _Columns = {}
        self._known_pairs: _Columns = {}
        self._known_answers: _Columns = {}
        self._known_told: _Columns = {}
        self.verified = 0
        """Pairs that were aligned, not known from earlier runs."""

    def __enter__(self) -> VersionIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left and let go of the folder."""
        for closing in (self._write, self._con.close, self.kept.close, self._samples.close, self._drawn.close):
            with suppress(duckdb.Error, OSError):  # a full disk: what is lost is worked out again
                closing()
        self._own.cleanup()

    def forget(self) -> None:
        """Take away what is damaged, so that the next run makes it anew."""
        self.close()
        if self.stays:
            (self.folder / NAME).unlink(missing_ok=True)

    def take(self, names: Sequence[str]) -> bool:
        """Take documents of this run by the names that ``add`` gave them in an earlier one.

        Returns:
            Whether all are known; else none was taken.
        """
        rows = [_row(self._earlier, *_halves(bytes.fromhex(name))) for name in names]
        known = [at for at in rows if at is not None]
        if len(known) < len(rows):
            return False
        for at in known:
            self._take(int(self._earlier["n"][at]))
        return True

    def _take(self, n: int) -> None:
        self._in_run.append(n)
        if len(self._in_run) >= BATCH:
            self._write()

    def add(self, signed: Signature) -> str:
        """Take a document of this run that was not taken before.

        Returns:
            The name of its signature.
        """
        encoded = signature_bytes(signed)
        name = signature_name(encoded)
        sid, rest = _halves(bytes.fromhex(name))
        at = _row(self._earlier, sid, rest)
        if at is not None:
            n = int(self._earlier["n"][at])
        else:
            n = self._following
            self._following += 1
            drawn = sample(signed.key, [comparison_key(w) for w in (signed.doc_number, signed.title) if w])
            at = self._samples.tell() // WORD
            self._samples.write(drawn.kept.tobytes())
            self._samples.write(drawn.features.tobytes())
            self._rows.append((
                n, sid, rest, *self.kept.append(encoded), at, len(drawn.kept), len(drawn.features), drawn.n_low,
                signed.n_header, signed.is_official, signed.n_damaged, signed.n_chars, signed.doc_id,
            ))
        self._take(n)
        return name

    def rank(self, everything: bool = False) -> Ids:
        """Put the documents into the order in which canonical versions are chosen.

        Args:
            everything: take those of earlier runs too.

        Returns:
            Their doc_ids; elsewhere a document is named by its place in this list.
        """
        self._write()
        if everything:
            self._con.execute("INSERT INTO run SELECT max(n) FROM documents ANTI JOIN run USING (n) GROUP BY doc_id")
        self._con.execute("CHECKPOINT")
        self._give_back()
        columns = {name: self._column(name) for name in _COLUMNS}
        self._give_back()
        ids = np.array([encoded(doc_id) for doc_id in self._column("doc_id")], np.bytes_)
        self._give_back()
        header, official, damaged, chars = map(self._column, _BEST)
        order = np.lexsort((ids, ~chars, damaged, ~official, ~header))
        del header, official, damaged, chars
        self._documents = {name: column[order] for name, column in columns.items()}
        del columns
        rank = np.zeros(int(self._documents["n"].max(initial=0)) + 1, np.uint32)
        rank[self._documents["n"]] = np.arange(len(order))
        pairs = self._con.execute(_PAIRS).fetchnumpy()
        a, b = rank[pairs.pop("a")], rank[pairs.pop("b")]
        self._known_pairs = _sorted_by("pair", pair=both(np.minimum(a, b), np.maximum(a, b)), **pairs)
        self._known_answers = self._con.execute(_ANSWERS).fetchnumpy()
        told = self._con.execute(_TOLD).fetchnumpy()
        self._known_told = _sorted_by("rank", rank=rank[told.pop("n")], **told)
        self._give_back()
        return Ids(ids[order])

    def _column(self, name: str) -> NDArray[Any]:
        """A column of the documents of the run, in one order whichever it is."""
        return self._con.execute(f"SELECT {name} FROM documents SEMI JOIN run USING (n) ORDER BY n").fetchnumpy()[name]

    def _give_back(self) -> None:
        """Let go of the memory that DuckDB holds free: it does where it is told how much it may use."""
        self._con.execute(f"SET memory_limit = '{MEMORY}'")

    def near(self, asked: Sequence[int] | None = None) -> Neighbours:
        """For each document those that it is worth comparing with.

        Args:
            asked: the documents in question; None: all.
        """
        at, kept, n_low = (self._documents[name] for name in ("drawn", "kept", "n_low"))
        nothing = np.empty(0, np.uint64)

        @lru_cache(SAMPLED)  # the best of a family of copies are candidates for all of it
        def sampled(rank: int) -> Sample:
            return Sample(self._words(int(at[rank]) * WORD, int(kept[rank])), int(n_low[rank]), nothing)

        features = None
        if asked is not None:
            features = distinct(np.concatenate([nothing, *(numbers for _, numbers in self._features(asked))]))
        everything = self._features(range(len(at)))
        count = int(self._documents["featured"].sum())
        found = candidates(everything, count, len(at), Path(self._own.name), features)
        return nearest(found, len(at), sampled, None if asked is None else set(asked))

    @property
    def places(self) -> NDArray[Any]:
        """Where the signature of each document lies in the file."""
        return self._documents["place"]

    def pairs(self, docs: Sequence[int], ids: Mapping[int, str]) -> Pairs:
        """What some documents are to each other.

        Args:
            docs: their ranks; ids: their doc_ids.
        """
        return Pairs(self.kept, ids, self._names(docs), self._where, {**self._known(docs)}, self.keep)

    def task(self, components: list[list[int]], near: Neighbours, ids: Sequence[str]) -> Task:
        """The grouping of some documents, for another process."""
        self.kept.flush()
        known: dict[tuple[int, int], Place] = {}
        for docs in components:
            known |= self._known(docs)
        ranks = [k for docs in components for k in docs]
        return Task(
            self.folder / SIGNATURES,
            components,
            {k: others for k in ranks if (others := near[k])},
            {k: ids[k] for k in ranks},
            {k: self._where(k) for k in ranks},
            known,
            self._names(ranks),
            self.told(ranks),
        )

    def _names(self, docs: Sequence[int]) -> dict[int, int]:
        return dict(zip(docs, self._documents["sid"][docs].tolist(), strict=True))

    def told(self, docs: Sequence[int]) -> dict[int, dict[int, Place]]:
        """The places of the rows about documents that earlier runs made, by what these depend on."""
        known = self._known_told
        first, last = (np.searchsorted(known["rank"], docs, side).tolist() for side in ("left", "right"))
        return {
            doc: {int(known["asked"][at]): _place(known, at) for at in range(start, end)}
            for doc, start, end in zip(docs, first, last, strict=True) if start < end
        }

    def tell(self, rank: int, asked: int, data: bytes) -> Place:
        """Keep the rows about a document, as bytes, by what they depend on."""
        place = self.kept.append(data)
        if self.stays:
            self._told.append((int(self._documents["n"][rank]), asked, *place))
            if len(self._told) >= BATCH:
                self._write()
        return place

    def keep(self, i: int, j: int, data: bytes) -> Place:
        """Keep a pair that was compared, as bytes."""
        self.verified += 1
        place = self.kept.append(data)
        a, b = sorted((int(self._documents["n"][i]), int(self._documents["n"][j])))
        self._pairs.append((a, b, *place))
        if len(self._pairs) >= BATCH:
            self._write()
        return place

    def answer(self, docs: Sequence[int], near: Neighbours) -> bytes | None:
        """What an earlier run found out about documents that were near each other in the same way."""
        if not len(self._known_answers["place"]):
            return None
        at = _row(self._known_answers, *self._asked(docs, near))
        return None if at is None else self.kept.read(*_place(self._known_answers, at))

    def keep_answer(self, docs: Sequence[int], near: Neighbours, data: bytes) -> None:
        """Keep what was found out, as bytes, for the next run."""
        if self.stays:
            self._answers.append((*self._asked(docs, near), *self.kept.append(data)))
            if len(self._answers) >= BATCH:
                self._write()

    def _asked(self, docs: Sequence[int], near: Neighbours) -> Place:
        """All that an answer depends on, as a hash: the documents in order, and who is near whom."""
        digest = hashlib.sha256()
        names = self._documents["sid"], self._documents["sid_rest"]
        for column in names:
            digest.update(column[docs].tobytes())
        place = {k: n for n, k in enumerate(docs)}
        digest.update(repr([[place[other] for other in near[k]] for k in docs]).encode())
        return _halves(digest.digest())

    def _known(self, docs: Sequence[int]) -> dict[tuple[int, int], Place]:
        """The places of the pairs of some documents that were compared before."""
        both = self._known_pairs["pair"]
        if not len(both):
            return {}
        ranks, those = np.array(docs, np.uint64) << np.uint64(32), set(docs)
        starts = np.searchsorted(both, ranks).tolist()
        ends = np.searchsorted(both, ranks + np.uint64(2**32 - 1), side="right").tolist()
        found: dict[tuple[int, int], Place] = {}
        for i, start, end in zip(docs, starts, ends, strict=True):
            for at in range(start, end):
                if (j := int(both[at]) & (2**32 - 1)) in those:
                    found[i, j] = _place(self._known_pairs, at)
        return found

    def _where(self, rank: int) -> Place:
        return _place(self._documents, rank)

    def _words(self, at: int, count: int) -> Numbers:
        self._drawn.seek(at)
        return np.frombuffer(self._drawn.read(count * WORD), np.uint64)

    def _features(self, ranks: Sequence[int]) -> Iterator[tuple[Ranks, Numbers]]:
        """Rank and feature of each feature of some documents, in portions, as they lie in the file."""
        start = self._documents["drawn"] + self._documents["kept"]
        by_place = np.array(ranks, np.uint32)[start[ranks].argsort()]
        for first in range(0, len(ranks), PORTION):
            those = by_place[first : first + PORTION]
            starts, sizes = start[those].astype(np.int64), self._documents["featured"][those].astype(np.int64)
            before, behind = int(starts[0]), int(starts[-1] + sizes[-1])
            if behind - before > MOST_BETWEEN * int(sizes.sum()):
                places = zip(starts.tolist(), sizes.tolist(), strict=True)
                words = np.concatenate([self._words(at * WORD, n) for at, n in places])
            else:
                at = np.arange(sizes.sum()) + np.repeat(starts - before - (sizes.cumsum() - sizes), sizes)
                words = self._words(before * WORD, behind - before)[at]
            yield np.repeat(those, sizes), words

    def _write(self) -> None:
        """Write what was gathered; all of it or none."""
        if not self._in_run and not self._pairs and not self._answers:
            return
        self.kept.flush()
        self._samples.flush()
        self._con.begin()
        insert(self._con, "documents", self._rows)
        insert(self._con, "run", [(n,) for n in self._in_run])
        insert(self._con, "pairs", self._pairs)
        insert(self._con, "answers", self._answers)
        insert(self._con, "told", self._told)
        self._con.commit()
        for written in (self._rows, self._in_run, self._pairs, self._answers, self._told):
            written.clear()


def _place(columns: _Columns, at: int) -> Place:
    return int(columns["place"][at]), int(columns["size"][at])


def _sorted_by(name: str, **columns: NDArray[Any]) -> _Columns:
    order = columns[name].argsort(kind="stable")
    return {name: column[order] for name, column in columns.items()}


def _row(columns: _Columns, sid: int, rest: int) -> int | None:
    """The row of a name in columns sorted by it."""
    at = int(np.searchsorted(columns["sid"], np.uint64(sid)))
    while at < len(columns["sid"]) and columns["sid"][at] == sid:
        if columns["sid_rest"][at] == rest:
            return at
        at += 1
    return None


def _halves(digest: bytes) -> Place:
    """The first 16 bytes of a hash as two numbers."""
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")
