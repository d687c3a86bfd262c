"""Which files are meant by the paths that were given, and under what name each goes into the tables.

Decides: folders are searched recursively; hidden files, lock files, results of policymine and README files are left
out of them; a file that is named itself is always taken. ``source`` is relative to the root that was given (the
folder, the fixed part of a glob, the folder of a file), with '/' between its parts; only where two files would get
the same name, both keep as many folders more as tell them apart. Symbolic links to folders are not followed.
"""

from __future__ import annotations

import glob
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from policymine.models import FieldReading, RawDocument
from policymine.reading.holding import Held

STDIN = "-"
_WILDCARD = "*?["
_JUNK = frozenset({"thumbs.db", "desktop.ini", "_success"})


class MisuseError(Exception):
    """The caller asked for something that cannot be done: no such path, nothing to read, a refused folder."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Where an input stands that was known without reading it.

    Attributes:
        path: the file that holds it; ``name``: of that file.
        number: its place there, from 0.
        size: of the input, in bytes.
    """

    path: str
    name: str
    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Source:
    """One input: its name in the tables, and where its bytes are.

    Attributes:
        name: what stands in the column ``source``.
        path: the file, or None for what was read already.
        raw: a document that was read already; with ``path`` holding its text, one of an earlier result.
        held: the bytes, where they are in memory already: standard input, a member of an archive, a row of a table.
        fields: what the user says about the document, or the columns beside its text.
        mark: what changes when its file does; None where that is not known.
        unread: where it stands in a collection that was not opened.
    """

    name: str
    path: str | None = None
    raw: RawDocument | None = None
    held: Held | None = None
    fields: tuple[FieldReading, ...] = ()
    mark: str | None = None
    unread: Unread | None = None


def list_sources(paths: Iterable[str | os.PathLike[str]], leave_out: Iterable[Path] = ()) -> list[Source]:
    """List the files that the paths mean, sorted by their names in the tables, each file once.

    Args:
        paths: files, folders, globs; ``-`` is standard input (its bytes are not read here).
        leave_out: folders whose files are not taken (the folder that results go to).

    Returns:
        The sources in an order that does not depend on the order of ``paths`` or of the file system.

    Raises:
        MisuseError: a path does not exist, or a folder holds nothing to read.
    """
    found: dict[str, str] = {}
    stdin = False
    barred = {os.path.abspath(folder) for folder in leave_out}
    for given in dict.fromkeys(os.fspath(path) for path in paths):
        if given == STDIN:
            stdin = True
            continue
        for full, name in _expand(given, barred):
            if full not in found or len(name) > len(found[full]):
                found[full] = name
    if not found and not stdin:
        raise MisuseError("no input: give files, folders, globs or '-' for standard input")
    return named_sources(found, [Source(STDIN)] if stdin else [])


def file_mark(path: str) -> str | None:
    """What changes when a file does: its size, its times and its number on the disk; None where it cannot be told."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}-{found.st_ino}"


def is_url(path: str) -> bool:
    """Whether a path is read by the means of a cluster.

    >>> is_url("s3a://bucket/policies"), is_url("C:/policies"), is_url("policies/*.jsonl")
    (True, False, False)
    """
    return re.match(r"\w{2,}:/", path) is not None


def named_sources(found: Mapping[str, str], others: Iterable[Source] = ()) -> list[Source]:
    """The inputs of a run, each with a name of its own, sorted by their names.

    Args:
        found: path -> name.
        others: inputs that have their names.
    """
    sources = [*(Source(name, full) for full, name in _distinct(found).items()), *others]
    return sorted(sources, key=lambda source: (order(source.name), source.name, source.path or ""))


INSIDE = re.compile(r"!/|#\d+$")
"""Where the name of a file ends and the place in it begins: ``folder.zip!/a/b.txt``, ``set.csv#17``."""


def order(name: str) -> str:
    """The place of an input among others: what comes out of one file stands where the file would, in its own order.

    >>> sorted(["b.zip!/2", "a.csv#10", "a.txt", "b.zip!/1", "a.csv#9"], key=order)
    ['a.csv#10', 'a.csv#9', 'a.txt', 'b.zip!/2', 'b.zip!/1']
    """
    inside = INSIDE.search(name)
    return name[: inside.start()] if inside else name


def _expand(given: str, barred: set[str]) -> Iterator[tuple[str, str]]:
    """The files that one path means, with their names."""
    if os.path.isdir(given):
        files = list(_walk(os.path.abspath(given), barred))
        if not files:
            raise MisuseError(f"{given}: no file to read in this folder (hidden files, README, results are left out)")
        yield from files
    elif os.path.exists(given):
        full = os.path.abspath(given)
        yield full, os.path.basename(full)
    elif any(c in given for c in _WILDCARD):
        yield from _expand_glob(given, barred)
    else:
        raise MisuseError(f"{given}: no such file or folder; check the spelling and the current folder")


def _expand_glob(given: str, barred: set[str]) -> Iterator[tuple[str, str]]:
    parts = Path(given).parts
    fixed = next(i for i, part in enumerate(parts) if any(c in part for c in _WILDCARD))
    root = os.path.abspath(os.path.join(*parts[:fixed])) if fixed else os.path.abspath(".")
    found = False
    for hit in sorted(glob.glob(given, recursive=True)):
        full = os.path.abspath(hit)
        if os.path.isdir(full):
            continue
        if is_left_out(os.path.basename(full)) or _in_result(full, root) or _under(full, barred):
            continue
        found = True
        yield full, os.path.relpath(full, root)
    if not found:
        raise MisuseError(f"{given}: no file fits this pattern")


def _walk(root: str, barred: set[str]) -> Iterator[tuple[str, str]]:
    """The files below a folder; a folder in it that may not be read stands for itself, as a file that cannot be."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        if folder in barred or is_result(Path(folder)):
            continue
        try:
            with os.scandir(folder) as listed:
                entries = list(listed)
        except OSError:
            if folder == root:
                raise
            yield folder, os.path.relpath(folder, root)
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif not is_left_out(entry.name) and _is_file(entry):
                yield entry.path, os.path.relpath(entry.path, root)


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a file, or a link that leads to one or to nothing; pipes and devices are not."""
    try:
        return entry.is_file() or (entry.is_symlink() and not entry.is_dir())
    except OSError:  # a link that leads to itself
        return True


def is_left_out(name: str) -> bool:
    """Whether a file is left out of folders and archives: hidden, a lock file, a README."""
    low = name.lower()
    return low.startswith((".", "~$")) or low in _JUNK or low.split(".")[0] == "readme"


def _in_result(full: str, root: str) -> bool:
    folder = os.path.dirname(full)
    while len(folder) > len(root):
        if is_result(Path(folder)):
            return True
        folder = os.path.dirname(folder)
    return False


def _under(full: str, barred: set[str]) -> bool:
    return any(full.startswith(folder + os.sep) for folder in barred)


def is_result(folder: Path) -> bool:
    """Whether a folder holds a result of policymine (whole, or left by an interrupted run)."""
    if os.path.exists(folder / ".policymine-incomplete"):
        return True
    try:
        with open(folder / "datapackage.json", encoding="utf-8") as package:
            return '"policymine"' in package.read(400)
    except (OSError, UnicodeDecodeError):
        return False


def _distinct(found: Mapping[str, str]) -> dict[str, str]:
    """The readable names of the files, lengthened by folders where two files would share one."""
    named = {full: readable_name(name) for full, name in found.items()}
    while True:
        owners: defaultdict[str, list[str]] = defaultdict(list)
        for full, name in named.items():
            owners[name].append(full)
        clashing = [full for fulls in owners.values() if len(fulls) > 1 for full in fulls]
        longer = {full: _one_folder_more(full, named[full]) for full in clashing}
        if all(named[full] == name for full, name in longer.items()):
            return named
        named.update(longer)


def _one_folder_more(full: str, name: str) -> str:
    parts = readable_name(full).split("/")
    return "/".join(parts[-(name.count("/") + 2) :])


def readable_name(name: str) -> str:
    """A file name as text with '/' between its parts; names that are not UTF-8 are read as GB18030.

    >>> readable_name("某省/质量 规划.txt")
    '某省/质量 规划.txt'
    """
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "surrogateescape" if os.name != "nt" else "surrogatepass")
        try:
            name = raw.decode("gb18030")
        except UnicodeDecodeError:
            name = raw.decode("utf-8", "replace")
    return name.replace(os.sep, "/")
