"""What is known of documents, kept on disk: samples to look them up by, signatures, and pairs compared before.

DuckDB holds the tables and spills to disk what does not fit into the memory given; the signatures lie compressed one
behind the other in a file beside it and are read one by one. In a folder that stays, a new document is compared with
all earlier ones without reading those again, a pair is aligned once in its life, and a run that was killed goes on
where it was. Whatever is in the folder, the answers are the same.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from policymine.tables.columns import arrow_array
from policymine.tables.schema import BOOLEAN, INTEGER, STRING
from policymine.versions.grouping import Near, Task
from policymine.versions.kept import Kept, signature_bytes
from policymine.versions.pairs import Pairs, Place
from policymine.versions.sampling import Numbers, Sample, sample, shared_part
from policymine.versions.signature import Signature, comparison_key

NAME, SIGNATURES, SAMPLES = "versions-2.duckdb", "signatures-2.bin", "samples-2.bin"
"""The number is that of their form: another form stands beside it."""
MEMORY = "512MB"
"""What DuckDB may use before it spills."""
BATCH = 500
"""Documents, or compared pairs, that are written at once: what a killed run loses at most."""
COMMON = 32
"""Documents up to which all holders of a feature are paired with each other; of more only with the first of them."""
FIRST = 2
WIDE = 12
"""Documents that share most with one, weighed by how rare what they share is, whose samples are compared with its."""
NEAREST = 5
"""Documents that it may be aligned with."""
LEAST_PART = 0.3
"""Estimated part of the shorter text that must stand in the other."""

TASK = 200
"""Documents that another process groups in one go."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    n UINTEGER, sid VARCHAR, place UBIGINT, size UINTEGER, drawn UBIGINT, kept UINTEGER, n_low UINTEGER,
    digest VARCHAR, n_header UTINYINT, official BOOLEAN, damaged UINTEGER, n_chars UINTEGER, doc_id VARCHAR);
CREATE TABLE IF NOT EXISTS features (n UINTEGER, feature UBIGINT);
CREATE TABLE IF NOT EXISTS pairs (a UINTEGER, b UINTEGER, place UBIGINT, size UINTEGER);
"""
_RUN = "CREATE TEMP TABLE run (n UINTEGER)"
_RANKED = """
CREATE OR REPLACE TEMP TABLE ranked AS
SELECT n, (row_number() OVER best - 1)::UINTEGER AS rank
FROM documents SEMI JOIN run USING (n)
WINDOW best AS (ORDER BY n_header DESC, official DESC, damaged, n_chars DESC, doc_id)
"""
_NEAR = """
WITH alike AS (
    SELECT feature, count(*) AS holders, sum(hash(rank)::HUGEINT) AS who FROM features JOIN ranked USING (n) {asked}
    GROUP BY feature HAVING count(*) > 1
), one AS (  -- of the features that the same documents hold
    SELECT min(feature) AS feature, holders, count(*) AS times FROM alike GROUP BY holders, who
), held AS (
    SELECT feature, rank, holders, times, row_number() OVER (PARTITION BY feature ORDER BY rank) AS nth
    FROM features JOIN one USING (feature) JOIN ranked USING (n)
), pairs AS (
    SELECT a.rank AS i, b.rank AS j, sum(a.times * (1048576 // (a.holders - 1))) AS weight
    FROM held a JOIN held b ON a.feature = b.feature AND a.nth < b.nth
    WHERE a.holders <= {COMMON} OR a.nth <= {FIRST}
    GROUP BY ALL HAVING sum(a.times) > 1
), sided AS (SELECT i, j, weight FROM pairs UNION ALL SELECT j, i, weight FROM pairs)
SELECT i, j FROM sided QUALIFY row_number() OVER (PARTITION BY i ORDER BY weight DESC, j) <= {WIDE}
ORDER BY i, weight DESC, j
"""


class VersionIndex:
    """Documents to compare, of this run and of earlier ones; a context manager."""

    def __init__(self, folder: Path | None = None, threads: int = 1) -> None:
        """Open the index in a folder; without one, in a place of its own that is gone afterwards.

        Args:
            folder: made where it is not there. One that another run uses, or that is damaged, is left alone.
            threads: of DuckDB.
        """
        con = None if folder is None else _opened(folder)
        self._own = tempfile.TemporaryDirectory(prefix="policymine-versions-", ignore_cleanup_errors=True)
        own = Path(self._own.name)
        if folder is None or con is None:
            folder = own
            con = duckdb.connect(":memory:")
        self._con = con
        self.folder = folder
        spilled = str(own / "spilled").replace("'", "''")
        for setting in (f"threads = {threads}", f"memory_limit = '{MEMORY}'", f"temp_directory = '{spilled}'"):
            self._con.execute(f"SET {setting}")
        self._con.execute("SET preserve_insertion_order = false")
        self._con.execute(_SCHEMA + _RUN)
        self._kept = Kept(folder / SIGNATURES)
        self._samples = open(folder / SAMPLES, "a+b")  # noqa: SIM115 (closed by close)
        self._added: dict[str, Signature] = {}
        self._data: list[bytes] = []
        self._found: list[tuple[int, int, int, int]] = []
        self._numbers = self._places = self._sizes = np.empty(0, np.uint64)
        self._known: dict[tuple[int, int], Place] = {}
        self.pairs = Pairs(self._kept, [], self._where, self._known, self.keep)
        """Of the documents, once they have a rank."""
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
        for closing in (self._write_pairs, self._con.close, self._kept.close, self._samples.close):
            with suppress(duckdb.Error, OSError):  # a full disk: what is lost is worked out again
                closing()
        self._own.cleanup()

    def add(self, signed: Signature) -> None:
        """Take a document of this run."""
        encoded = signature_bytes(signed)
        self._added[hashlib.sha256(encoded).hexdigest()[:24]] = signed
        self._data.append(encoded)
        if len(self._added) >= BATCH:
            self._write_documents()

    def rank(self, everything: bool = False) -> list[str]:
        """Put the documents into the order in which canonical versions are chosen.

        Args:
            everything: take those of earlier runs too.

        Returns:
            Their doc_ids; elsewhere a document is named by its place in this list.
        """
        self._write_documents()
        if everything:
            self._con.execute("INSERT INTO run SELECT max(n) FROM documents ANTI JOIN run USING (n) GROUP BY doc_id")
        self._con.execute(_RANKED)
        rows = self._con.execute(
            "SELECT n, place, size, doc_id FROM documents JOIN ranked USING (n) ORDER BY rank"
        ).fetchnumpy()
        self._numbers, self._places, self._sizes = rows["n"], rows["place"], rows["size"]
        known = self._con.execute(
            "SELECT least(x.rank, y.rank), greatest(x.rank, y.rank), place, size "
            "FROM pairs JOIN ranked x ON a = x.n JOIN ranked y ON b = y.n"
        )
        while pairs := known.fetchmany(100_000):
            self._known.update(((i, j), (place, size)) for i, j, place, size in pairs)
        ids: list[str] = rows["doc_id"].tolist()
        self.pairs = Pairs(self._kept, ids, self._where, self._known, self.keep)
        return ids

    def near(self, asked: Sequence[str] | None = None) -> dict[int, list[int]]:
        """For each document those that it is worth comparing with, the nearest first.

        Args:
            asked: doc_ids; None: all.
        """
        self._samples.flush()
        if not len(self._numbers) or not self._samples.tell():
            return {}
        words = np.asarray(np.memmap(self._samples.name, np.uint64, mode="r"))
        rows = self._con.execute(
            "SELECT drawn, kept, n_low FROM documents JOIN ranked USING (n) ORDER BY rank"
        ).fetchnumpy()
        at, kept, n_low = (rows[name].tolist() for name in ("drawn", "kept", "n_low"))
        nothing = np.empty(0, np.uint64)

        def sampled(rank: int) -> Sample:
            return Sample(words[at[rank] : at[rank] + kept[rank]], n_low[rank], nothing)

        only = ""
        if asked is not None:
            self._con.execute("CREATE OR REPLACE TEMP TABLE asked AS SELECT unnest(?) AS doc_id", [list(asked)])
            only = (
                "SEMI JOIN (SELECT feature FROM features WHERE n IN "
                "(SELECT n FROM documents SEMI JOIN run USING (n) SEMI JOIN asked USING (doc_id))) USING (feature)"
            )
        cursor = self._con.execute(_NEAR.format(asked=only, COMMON=COMMON, FIRST=FIRST, WIDE=WIDE))
        found: dict[int, list[int]] = {}
        parts: dict[tuple[int, int], float] = {}
        while pairs := cursor.fetchmany(100_000):
            for i, j in pairs:
                near = found.setdefault(i, [])
                if len(near) == NEAREST:
                    continue
                pair = (i, j) if i < j else (j, i)
                part = parts.pop(pair, None)  # a pair that both sides list comes twice
                if part is None:
                    part = parts[pair] = shared_part(sampled(i), sampled(j))
                if part >= LEAST_PART:
                    near.append(j)
        return found

    def keep(self, i: int, j: int, data: bytes) -> None:
        """Keep a pair that was compared, as bytes."""
        place = self._known[i, j] = self._kept.append(data)
        self.verified += 1
        a, b = sorted((int(self._numbers[i]), int(self._numbers[j])))
        self._found.append((a, b, *place))
        if len(self._found) >= BATCH:
            self._write_pairs()

    def tasks(self, components: Iterable[list[int]], near: Near) -> Iterator[Task]:
        """The grouping of documents cut into tasks for other processes."""
        known: dict[int, list[tuple[int, Place]]] = defaultdict(list)
        for (i, j), place in self._known.items():
            known[i].append((j, place))
        self._kept.flush()
        held: list[list[int]] = []
        for docs in chain(components, [[]]):
            if held and (not docs or sum(map(len, held)) >= TASK):
                ranks = list(chain.from_iterable(held))
                yield Task(
                    self.folder / SIGNATURES,
                    held,
                    {k: near[k] for k in ranks if k in near},
                    {k: self.pairs.ids[k] for k in ranks},
                    {k: self._where(k) for k in ranks},
                    {(i, j): place for i in ranks for j, place in known[i]},
                )
                held = []
            held.append(docs)

    def _where(self, rank: int) -> Place:
        return int(self._places[rank]), int(self._sizes[rank])

    def _write_documents(self) -> None:
        if not self._added:
            return
        sids = list(self._added)
        found = self._con.execute("SELECT sid, n FROM documents WHERE sid IN (SELECT unnest(?))", [sids])
        known = dict(found.fetchall())
        ((following,),) = self._con.execute("SELECT coalesce(max(n) + 1, 0) FROM documents").fetchall()
        rows: list[tuple[Any, ...]] = []
        owners: list[Numbers] = []
        features: list[Numbers] = []
        for sid, signed, data in zip(sids, self._added.values(), self._data, strict=True):
            if sid in known:
                continue
            n = known[sid] = following
            following += 1
            drawn = sample(signed.key, [comparison_key(w) for w in (signed.doc_number, signed.title) if w])
            self._samples.seek(0, os.SEEK_END)
            self._samples.write(bytes(-self._samples.tell() % 8))  # behind what a killed run half wrote
            drawn_at = self._samples.tell() // 8
            self._samples.write(drawn.kept.tobytes())
            rows.append((
                n, sid, *self._kept.append(data), drawn_at, len(drawn.kept), drawn.n_low, signed.digest,
                signed.n_header, signed.is_official, signed.n_damaged, signed.n_chars, signed.doc_id,
            ))
            owners.append(np.full(len(drawn.features), n, np.uint32))
            features.append(drawn.features)
        self._kept.flush()
        self._samples.flush()
        self._con.begin()
        if rows:
            names = [column[0] for column in self._con.execute("SELECT * FROM documents LIMIT 0").description]
            columns = {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
            self._insert("documents", columns)
            self._insert("features", {"n": np.concatenate(owners), "feature": np.concatenate(features)})
        self._insert("run", {"n": [known[sid] for sid in sids]})
        self._con.commit()
        self._added.clear()
        self._data.clear()

    def _write_pairs(self) -> None:
        if self._found:
            self._kept.flush()
            columns = zip(("a", "b", "place", "size"), zip(*self._found, strict=True), strict=True)
            self._insert("pairs", {name: list(column) for name, column in columns})
            self._found.clear()

    def _insert(self, table: str, columns: dict[str, Any]) -> None:
        self._con.register("rows", pa.table(list(map(_column, columns.values())), list(columns)))
        self._con.execute(f"INSERT INTO {table} SELECT * FROM rows")
        self._con.unregister("rows")


def _column(values: Any) -> Any:
    """A column for DuckDB from a list or an array, without pandas (``tables.columns``)."""
    if isinstance(values, list):
        return arrow_array(values, {str: STRING, bool: BOOLEAN, int: INTEGER}[type(values[0])])
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def _opened(folder: Path) -> duckdb.DuckDBPyConnection | None:
    """The database in a folder that stays; None where another run has it, or it or a file beside it is damaged."""
    con = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        con = duckdb.connect(str(folder / NAME))
        con.execute(_SCHEMA)
        for file, column in ((SIGNATURES, "place + size"), (SAMPLES, "(drawn + kept) * 8")):
            ((least,),) = con.execute(f"SELECT coalesce(max({column}), 0) FROM documents").fetchall()
            with open(folder / file, "ab") as stream:
                if stream.tell() < least:
                    raise OSError
        return con
    except (duckdb.Error, OSError):
        if con is not None:
            con.close()
        return None
