"""The files of a folder replaced by others as a whole: undone after an error, and by the next run after a kill.

A mark in the folder says which files are on their way. Nothing is deleted before the new files are whole and in place,
so what was there is not lost, at whatever moment a run ends. Leaves out power cuts, after which the file system
decides what of the last seconds is on the disk.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

MARK = ".policymine-incomplete"
TEMPORARY = ".policymine-tmp-"
"""How the name of the folder begins that a run works in."""
NEW, OLD = "new", "old"


def replace_files(
    out: Path, work: Path, names: Iterable[str], last: str, kept: Callable[[str], bool] | None = None
) -> None:
    """Put the files of ``work/new`` in the place of those in ``out``.

    Args:
        out: the folder.
        work: a folder in it, with the new files in ``new`` and room for the old ones in ``old``.
        names: those that old files can have; others in ``out`` stay as they are.
        last: the file that says that all others are there: the first of the old to go, the last of the new to come.
        kept: which files below folders of ``out`` stay where they are, by their paths; None: folders move as a whole.

    Raises:
        OSError: a file could not be moved; ``out`` is as it was before.
    """
    old = [name for name in names if (out / name).exists()]
    new = [path.name for path in (work / NEW).iterdir()]
    if kept is not None:
        old = [name for name in _files(out, old) if "/" not in name or not kept(name)]
        new = _files(work / NEW, new)
        for folder in {name.rpartition("/")[0] for name in (*old, *new)}:
            for place in (out, work / OLD):
                (place / folder).mkdir(parents=True, exist_ok=True)
    old.sort(key=lambda name: (name != last, name))
    new.sort(key=lambda name: (name == last, name))
    (work / MARK).write_text(json.dumps({"work": work.name, "new": new, "old": old}), encoding="utf-8")
    try:
        os.replace(work / MARK, out / MARK)
        for name in old:
            os.replace(out / name, work / OLD / name)
        for name in new:
            os.replace(work / NEW / name, out / name)
    except BaseException:  # Ctrl-C too
        with suppress(OSError):
            undo(out)
        raise
    (out / MARK).unlink()
    for folder in {name.rpartition("/")[0] for name in old} - {""}:
        with suppress(OSError):  # there is something left in it
            (out / folder).rmdir()


def _files(folder: Path, names: Iterable[str]) -> list[str]:
    """Files of a folder, and those below its folders in place of these, by their paths."""
    found: list[str] = []
    for name in names:
        if (folder / name).is_dir():
            with os.scandir(folder / name) as inner:
                entries = [(f"{name}/{entry.name}", entry.is_dir()) for entry in inner]
            found += [path for path, is_folder in entries if not is_folder]
            found += _files(folder, [path for path, is_folder in entries if is_folder])
        else:
            found.append(name)
    return found


def undo(out: Path) -> None:
    """Take back a replacement that did not come to its end; does nothing where all came to theirs.

    Raises:
        OSError: a file could not be moved.
    """
    try:
        plan = json.loads((out / MARK).read_text(encoding="utf-8"))
        work, new, old = str(plan["work"]), list(map(str, plan["new"])), list(map(str, plan["old"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # no mark, or one without a plan
        return
    if not new or not work.startswith(TEMPORARY) or not all(map(_is_inside, (work, *new, *old))):
        return
    coming, gone = out / work / NEW, out / work / OLD
    if (coming / new[-1]).exists():
        for name in reversed(new):
            if not (coming / name).exists():
                os.replace(out / name, coming / name)
        for name in reversed(old):
            if (gone / name).exists():
                os.replace(gone / name, out / name)
    elif not (out / new[-1]).exists():  # neither here nor there: somebody took the folder away
        return
    (out / MARK).unlink()


def _is_inside(name: str) -> bool:
    """Whether a name leads to nothing outside of the folder that it is in."""
    return all(part not in ("", ".", "..") and Path(part).name == part for part in name.split("/"))
