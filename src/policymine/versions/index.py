"""What is known of documents, kept on disk: samples to look them up by, signatures, and pairs compared before.

DuckDB holds the tables and spills to disk what does not fit into the memory given; the signatures lie compressed one
behind the other in a file beside it and are read one by one. In a folder that stays, a new document is compared with
all earlier ones without reading those again, a pair is aligned once in its life, and a run that was killed goes on
where it was. Whatever is in the folder, the answers are the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from policymine.tables.columns import arrow_array
from policymine.tables.schema import BOOLEAN, INTEGER, STRING
from policymine.versions.sampling import Numbers, Sample, sample, shared_part
from policymine.versions.signature import Signature, comparison_key
from policymine.versions.verify import Verified, verify

NAME, SIGNATURES, SAMPLES = "versions-1.duckdb", "signatures-1.bin", "samples-1.bin"
"""The number is that of their form: another form stands beside it."""
MEMORY = "1GB"
"""What DuckDB may use before it spills."""
BATCH = 500
"""Documents, or compared pairs, that are written at once: what a killed run loses at most."""
AT_HAND = 1000
"""Signatures that are held in memory."""
COMMON = 32
"""Documents up to which all holders of a feature are paired with each other; of more only with the first of them."""
FIRST = 4
WIDE = 12
"""Documents that share most with one, weighed by how rare what they share is, whose samples are compared with its."""
NEAREST = 5
"""Documents that it may be aligned with."""
MISPRINT = 8
"""Characters of a difference that may be a misprint or a spoilt figure."""
LEAST_PART = 0.3
"""Estimated part of the shorter text that must stand in the other."""

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
WITH held AS (
    SELECT feature, rank, count(*) OVER same AS holders, row_number() OVER (same ORDER BY rank) AS nth
    FROM features JOIN ranked USING (n) {asked} WINDOW same AS (PARTITION BY feature)
), shared AS (SELECT * FROM held WHERE holders > 1), pairs AS (
    SELECT a.rank AS i, b.rank AS j, sum(1048576 // (a.holders - 1)) AS weight
    FROM shared a JOIN shared b ON a.feature = b.feature AND a.nth < b.nth
    WHERE a.holders <= {COMMON} OR a.nth <= {FIRST}
    GROUP BY ALL HAVING count(*) > 1
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
        self._own: tempfile.TemporaryDirectory[str] | None = None
        con = None if folder is None else _opened(folder)
        if folder is None or con is None:
            self._own = tempfile.TemporaryDirectory(prefix="policymine-versions-", ignore_cleanup_errors=True)
            folder = Path(self._own.name)
            con = duckdb.connect(":memory:")
        self._con = con
        self.folder = folder
        spilled = str(folder / "spilled").replace("'", "''")
        for setting in (f"threads = {threads}", f"memory_limit = '{MEMORY}'", f"temp_directory = '{spilled}'"):
            self._con.execute(f"SET {setting}")
        self._con.execute("SET preserve_insertion_order = false")
        self._con.execute(_SCHEMA + _RUN)
        self._file = open(folder / SIGNATURES, "a+b")  # noqa: SIM115 (closed by close)
        self._samples = open(folder / SAMPLES, "a+b")  # noqa: SIM115 (closed by close)
        self._codec = pa.Codec("zstd", compression_level=1)
        self._added: dict[str, Signature] = {}
        self._data: list[bytes] = []
        self._found: list[tuple[int, int, int, int]] = []
        self._at_hand: OrderedDict[int, Signature] = OrderedDict()
        self._numbers: list[int] = []
        self._ids: list[str] = []
        self._where: dict[int, tuple[int, int]] = {}
        self._pairs: dict[int, tuple[int, int]] = {}
        self._relations: dict[tuple[int, int], Verified] = {}
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
        with suppress(duckdb.Error, OSError):
            self._write_pairs()
        self._con.close()
        self._file.close()
        self._samples.close()
        if self._own is not None:
            self._own.cleanup()

    def add(self, signed: Signature) -> None:
        """Take a document of this run."""
        data = json.dumps([getattr(signed, f.name) for f in fields(Signature)], ensure_ascii=False)
        encoded = data.encode("utf-8", "surrogatepass")
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
        ).fetchall()
        self._numbers = [n for n, _, _, _ in rows]
        self._where = {n: (at, size) for n, at, size, _ in rows}
        self._ids = [doc_id for _, _, _, doc_id in rows]
        for a, b, at, size in self._con.execute(
            "SELECT a, b, place, size FROM pairs WHERE a IN (FROM run) AND b IN (FROM run)"
        ).fetchall():
            self._pairs[a << 32 | b] = at, size
        return self._ids

    def same_text(self) -> list[list[int]]:
        """Documents whose normalised text is the same, where that are several."""
        rows = self._con.execute(
            "SELECT list(rank ORDER BY rank) FROM documents JOIN ranked USING (n) WHERE n_chars > 0 "
            "GROUP BY digest HAVING count(*) > 1 ORDER BY min(rank)"
        ).fetchall()
        return [found for (found,) in rows]

    def near(self, asked: Sequence[str] | None = None) -> dict[int, list[int]]:
        """For each document those that it is worth comparing with, the nearest first.

        Args:
            asked: doc_ids; None: all.
        """
        self._samples.flush()
        if not self._numbers or not self._samples.tell():
            return {}
        words = np.memmap(self._samples.name, np.uint64, mode="r")
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

    def source(self, rank: int) -> str:
        """Where a document came from."""
        return self.signature(rank).source

    def signature(self, rank: int) -> Signature:
        """The signature of a document."""
        n = self._numbers[rank]
        if n in self._at_hand:
            self._at_hand.move_to_end(n)
            return self._at_hand[n]
        values: list[Any] = [tuple(map(_tuple, v)) if isinstance(v, list) else v for v in self._read(*self._where[n])]
        signed = Signature(*values)
        self._at_hand[n] = signed
        if len(self._at_hand) > AT_HAND:
            self._at_hand.popitem(last=False)
        return signed

    def relation(self, i: int, j: int) -> Verified:
        """As ``pair``, without changes and reuse."""
        key = (i, j) if i < j else (j, i)
        if (found := self._relations.get(key)) is None:
            found = self._relations[key] = replace(self.pair(i, j), evidence="", changes=(), reuse=())
        return found

    def readings(self, i: int, j: int) -> frozenset[tuple[int, int, str]]:
        """Where ``j`` reads otherwise than ``i`` in a misprint or a figure: start and end in ``i``, words of ``j``."""
        first = self._ids[i] < self._ids[j]
        ours, theirs = ("", "other_") if first else ("other_", "")
        return frozenset(
            (int(row[f"{ours}start"] or 0), int(row[f"{ours}end"] or 0), str(row[f"{theirs}text"]))
            for row in self.pair(i, j).changes
            if row["kind"] != "typography" and max(len(str(row["text"])), len(str(row["other_text"]))) <= MISPRINT
        )

    def pair(self, i: int, j: int) -> Verified:
        """What two documents are to each other: known, or worked out now and kept."""
        a, b = sorted((self._numbers[i], self._numbers[j]))
        if (place := self._pairs.get(a << 32 | b)) is not None:
            name, similarity, evidence, second, changes, reuse = self._read(*place)
            return Verified(name, similarity, evidence, second, tuple(changes), tuple(reuse))
        self.verified += 1
        found = verify(self.signature(i), self.signature(j))
        values = [getattr(found, f.name) for f in fields(Verified)]
        at, size = self._write(json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        self._pairs[a << 32 | b] = at, size
        self._found.append((a, b, at, size))
        if len(self._found) >= BATCH:
            self._write_pairs()
        return found

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
            if len(self._at_hand) < AT_HAND:
                self._at_hand[n] = signed
            drawn = sample(signed.key, [comparison_key(w) for w in (signed.doc_number, signed.title) if w])
            self._samples.seek(0, os.SEEK_END)
            drawn_at = self._samples.tell() // 8
            self._samples.write(drawn.kept.tobytes())
            rows.append((
                n, sid, *self._write(data), drawn_at, len(drawn.kept), drawn.n_low, signed.digest, signed.n_header,
                signed.is_official, signed.n_damaged, signed.n_chars, signed.doc_id,
            ))
            owners.append(np.full(len(drawn.features), n, np.uint32))
            features.append(drawn.features)
        self._file.flush()
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
            self._file.flush()
            columns = zip(("a", "b", "place", "size"), zip(*self._found, strict=True), strict=True)
            self._insert("pairs", {name: list(column) for name, column in columns})
            self._found.clear()

    def _insert(self, table: str, columns: dict[str, Any]) -> None:
        self._con.register("rows", pa.table(list(map(_column, columns.values())), list(columns)))
        self._con.execute(f"INSERT INTO {table} SELECT * FROM rows")
        self._con.unregister("rows")

    def _write(self, data: bytes) -> tuple[int, int]:
        """Append to the file; the place and the size there."""
        packed = len(data).to_bytes(4, "little") + self._codec.compress(data, asbytes=True)
        self._file.seek(0, os.SEEK_END)
        at = self._file.tell()
        self._file.write(packed)
        return at, len(packed)

    def _read(self, at: int, size: int) -> Any:
        self._file.seek(at)
        packed = self._file.read(size)
        data = self._codec.decompress(packed[4:], int.from_bytes(packed[:4], "little"), asbytes=True)
        return json.loads(data.decode("utf-8", "surrogatepass"))


def _column(values: Any) -> Any:
    """A column for DuckDB from a list or an array, without pandas (``tables.columns``)."""
    if isinstance(values, list):
        return arrow_array(values, {str: STRING, bool: BOOLEAN, int: INTEGER}[type(values[0])])
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


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
