"""What a run notes of its result, so that the next run into the same folder takes over what did not change.

As git does, a file of inputs is taken for unchanged where its size, times and number on the disk are those noted; what
it holds and what came of it is then known without opening it. A portion of unchanged inputs is not looked at again: its
rows are copied from the tables of the earlier result, its texts stay where they are. The ledger of a result lies in the
cache, so it is one of this version of the package, and is believed only while every file of the result is as it was
left. Where anything is otherwise, the portion comes from the cache or is mined, and the bytes are the same.

It is lines of JSON: a file of inputs, a portion, and at the end where portions end in the files of the result.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from policymine.cache import Cache
from policymine.portions import PACKED, Portion
from policymine.reading.kept import BESIDE
from policymine.reading.sources import Source, file_mark
from policymine.tables.lock import hold
from policymine.tables.standing import Marks, StandingTable
from policymine.tables.write import BOOKS

_FORM = "policymine-ledger 1"
_FINE, _COARSE = 50_000_000, 2_000_000_000
"""Nanoseconds in which a file may change twice without a trace, where times have fractions of a second or have none."""
_LAST = "datapackage.json"


@dataclass(frozen=True, slots=True)
class StandingInput:
    """One input of a portion that stands in the earlier result; ``signed`` is the name of its signature."""

    source: str
    doc_id: str
    chars: int
    beside: bool
    signed: str | None
    cached: bool = True


@dataclass(frozen=True, slots=True)
class StandingPortion:
    """A portion that stands in the earlier result.

    Attributes:
        key: of its inputs; ``kept_as``: the cache has it under this name.
        inputs: in their order.
        files, new: which of them were new among the files and documents of that run: only their rows are there.
        rows: by table, the first row and the one behind the last.
        load: gives it as what came of its inputs, where it cannot be taken as it stands.
    """

    key: str
    kept_as: str
    inputs: tuple[StandingInput, ...]
    files: list[int]
    new: list[int]
    rows: Mapping[str, tuple[int, int]]
    load: Callable[[], Portion]


class Ledger:
    """Tells what is known of the earlier result in a folder, and notes what will be known of the new one."""

    def __init__(self, cache: Cache, out: Path, options: object, tables: Sequence[str], formats: Sequence[str]) -> None:
        """Open the ledger of a folder.

        Args:
            cache: where it lies.
            out: the folder, held by this run.
            options: all that decides what comes of the inputs.
            tables, formats: what is written.
        """
        self.cache, self._out = cache, out
        self._names = [BOOKS.get(extension, f"{table}.{extension}") for table in tables for extension in formats]
        said = repr((os.path.abspath(out), cache.options, options, tuple(tables), tuple(formats)))
        name = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        self._path = Path(cache.folder) / "results" / name
        self._unfinished = Path(cache.folder) / f"unfinished-{os.getpid()}-ledger"
        self._stream: BinaryIO | None = None
        self._begun = 0
        with suppress(OSError):
            self._path.parent.mkdir(exist_ok=True)
            self._stream = open(self._unfinished, "wb")  # noqa: SIM115 (closed by finish or close)
            hold(self._stream.fileno())
            self._digest = hashlib.sha256()
            self._begun = os.fstat(self._stream.fileno()).st_mtime_ns
        self._earlier = _Earlier.open(self._path, out)

    @property
    def stands(self) -> bool:
        """Whether there is an earlier result to take over from."""
        return self._earlier is not None

    def members(self, source: Source) -> list[tuple[str, int]] | None:
        """Names and sizes of the inputs that a file holds, where it did not change; None where it may have."""
        return None if self._earlier is None else self._earlier.members(source)

    def mark(self, path: str) -> str | None:
        """The mark of a file; None where it may change again within what clocks tell: it is not noted."""
        if (mark := file_mark(path)) is None:
            return None
        changed = max(map(int, mark.split("-")[1:3]))
        return mark if changed < self._begun - (_FINE if changed % 1_000_000_000 else _COARSE) else None

    def note_members(self, source: Source, members: Sequence[tuple[str, int]]) -> None:
        """Note what a file with a mark holds."""
        only = [[source.name, members[0][1]]] == [list(one) for one in members]
        self._write("F", source.name, source.mark, None if only else members)

    @staticmethod
    def key(chunk: Sequence[Source]) -> str | None:
        """What a portion of inputs is known by; None where one of them may have changed."""
        if any(source.mark is None for source in chunk):
            return None
        said = "\n".join(f"{source.name}\0{source.mark}" for source in chunk)
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def standing(self, key: str | None, mine: Callable[[], Portion]) -> StandingPortion | None:
        """What stands of a portion in the earlier result.

        Args:
            key: of the portion; mine: mines it, where the cache does not have it any more.
        """
        if key is None or self._earlier is None:
            return None

        def load(kept_as: str) -> Portion:
            return replace(self.cache.get_as(kept_as) or mine(), key=key)

        return self._earlier.portion(key, load)

    def table(self, name: str) -> StandingTable:
        """A table of the earlier result."""
        assert self._earlier is not None
        return self._earlier.tables[name]

    def note(
        self, key: str, kept_as: str, inputs: Sequence[StandingInput], files: Sequence[int], new: Sequence[int],
        rows: Mapping[str, tuple[int, int]],
    ) -> None:
        """Note a portion; the arguments are the attributes of ``StandingPortion``."""
        self.cache.use(kept_as)
        told = [[one.source, one.doc_id, one.chars, int(one.beside), one.signed] for one in inputs]
        self._write("P", key, kept_as, told, files, new, [rows[table] for table in PACKED])

    def _write(self, *line: object) -> None:
        if self._stream is None:
            return
        data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
        try:
            self._stream.write(data)
            self._digest.update(data)
        except OSError:  # of the earlier result the rest is still taken over
            self._forget()

    def release(self) -> None:
        """Let go of the earlier result, which is about to be replaced."""
        if self._earlier is not None:
            self._earlier.close()

    def finish(self, marks: Mapping[str, Mapping[str, Marks]]) -> None:
        """Make the ledger that of the result that is now in the folder; where that is impossible, there is none.

        Args:
            marks: where portions end in the files of lines, by table and format.
        """
        if self._stream is None:
            return
        try:
            seen = {name: _seen(self._out / name) for name in (*self._names, _LAST)}
            places = {
                table: {extension: [mark.rows.tolist(), mark.places.tolist()] for extension, mark in of.items()}
                for table, of in marks.items()
            }
            end = {"form": _FORM, "sha256": self._digest.hexdigest(), "seen": seen, "marks": places}
            self._stream.write(json.dumps(end, separators=(",", ":")).encode())
            self._stream.close()
            os.replace(self._unfinished, self._path)
        except OSError:
            self.close()

    def close(self) -> None:
        """Forget what was noted; does nothing after ``finish``."""
        self.release()
        self._forget()

    def _forget(self) -> None:
        if self._stream is not None:
            with suppress(OSError):
                self._stream.close()
            with suppress(OSError):
                self._unfinished.unlink()
            self._stream = None


class _Earlier:
    """The ledger of the earlier result."""

    def __init__(self, out: Path, lines: mmap.mmap, end: Mapping[str, Any], stop: int) -> None:
        self._out, self._lines = out, lines
        self._stamp = int(max(end["seen"][_LAST][1:]))
        self._files: dict[str, int] = {}
        self._portions: dict[str, int] = {}
        at = 0
        while at < stop:
            kind, name = lines[at + 2 : at + 3], lines[at + 6 : lines.find(b'",', at + 6)]
            (self._files if kind == b"F" else self._portions)[name.decode("utf-8", "surrogatepass")] = at
            at = lines.find(b"\n", at) + 1
        self.tables = {
            table: StandingTable(out, table, {ext: Marks(*both) for ext, both in end["marks"].get(table, {}).items()})
            for table in PACKED
        }

    @classmethod
    def open(cls, path: Path, out: Path) -> _Earlier | None:
        """The ledger in a file; None where there is none, or the result is not as it was left."""
        try:
            with open(path, "rb") as stream:
                lines = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            stop = lines.rfind(b"\n") + 1
            end = json.loads(lines[stop:])
            whole = end["form"] == _FORM and hashlib.sha256(memoryview(lines)[:stop]).hexdigest() == end["sha256"]
            if whole and all(_seen(out / name) == seen for name, seen in end["seen"].items()):
                return cls(out, lines, end, stop)
        except (OSError, ValueError, LookupError, TypeError):
            pass
        return None

    def members(self, source: Source) -> list[tuple[str, int]] | None:
        """As ``Ledger.members``."""
        noted = self._noted(self._files, source.name)
        if noted is None or noted[2] != source.mark:
            return None
        size = int(noted[2].split("-")[0])
        return [(source.name, size)] if noted[3] is None else [(name, size) for name, size in noted[3]]

    def portion(self, key: str, load: Callable[[str], Portion]) -> StandingPortion | None:
        """What is noted of a portion; None where nothing is, or its texts are not as they were left."""
        noted = self._noted(self._portions, key)
        if noted is None:
            return None
        _, _, kept_as, told, files, new, rows = noted
        inputs = tuple(StandingInput(source, doc, chars, bool(kept), sid) for source, doc, chars, kept, sid in told)
        if not all(self._has_text(inputs[k]) for k in new):
            return None
        places = {table: (first, last) for table, (first, last) in zip(PACKED, rows, strict=True)}
        return StandingPortion(key, kept_as, inputs, files, new, places, lambda: load(kept_as))

    def _noted(self, places: Mapping[str, int], name: str) -> Any:
        at = places.get(name)
        noted = None if at is None else json.loads(self._lines[at : self._lines.find(b"\n", at)])
        return noted if noted is not None and noted[1] == name else None

    def _has_text(self, one: StandingInput) -> bool:
        text = f"{self._out}/text/{one.doc_id[:2]}/{one.doc_id}"
        try:
            return self._is_left(f"{text}.txt") and (not one.beside or self._is_left(text + BESIDE))
        except OSError:
            return False

    def _is_left(self, path: str) -> bool:
        found = os.stat(path)
        changed = max(found.st_mtime_ns, found.st_ctime_ns)
        return changed <= self._stamp

    def close(self) -> None:
        for table in self.tables.values():
            table.close()
        self._lines.close()


def _seen(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns]
