"""Which rules no case would miss: every rule of ``data/rules`` is made to match nothing, one at a time, in a copy of the package.

``python tests/rule_loss.py [FILE...]``: prints the rules whose loss changes the facts of no case of ``cases.toml``; exit 1
where there is one. A list of words (``roles.toml``, ``bounds.toml``) and a named part count as one rule each; ``--words`` tells
of every single word instead. A copy and a process a rule, two at a time: some minutes for all of them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from samples import ROOT

_BLOCK = re.compile(r"^\[\[\w+\]\]\n(?:(?!^\[).*\n?)*", re.M)
_PATTERN = re.compile(r"^pattern = .*$", re.M)
_ID = re.compile(r'^id = "([^"]+)"', re.M)
_TABLE = re.compile(r"^\[(\w+)\]\n((?:(?!^\[).*\n?)*)", re.M)
_ENTRY = re.compile(r"^(?!examples)(?P<key>\S+) = (?:(?P<words>\[.*\])|'.*')$", re.M)
_WORD = re.compile(r'"([^"]+)"')
_NO_WORD, _NO_MATCH = '"\ue000"', "'(?!)'"

Loss = tuple[Path, str, str]
"""A file, what is lost, and the file's content without it."""


def losses(folder: Path, files: list[str], single_words: bool) -> Iterator[Loss]:
    """Every rule with an id and every entry of a table (a named part, a list of words), or every word of such a list."""
    for path in sorted(folder.glob("*.toml")):
        if files and path.stem not in files:
            continue
        content = path.read_text(encoding="utf-8")
        for block in () if single_words else _BLOCK.finditer(content):
            if found := _ID.search(block.group()):
                yield path, found[1], content[: block.start()] + _PATTERN.sub(f"pattern = {_NO_MATCH}", block.group()) + content[block.end() :]
        for table in _TABLE.finditer(content):
            for entry in _ENTRY.finditer(content, *table.span(2)):
                name = f"{table[1]}.{entry['key']}"
                if not single_words:
                    nothing = f"[{_NO_WORD}]" if entry["words"] else _NO_MATCH
                    yield path, name, content[: entry.start()] + f"{entry['key']} = {nothing}" + content[entry.end() :]
                elif entry["words"]:
                    for word in _WORD.finditer(content, *entry.span("words")):
                        yield path, f"{name} {word[1]}", content[: word.start()] + _NO_WORD + content[word.end() :]


def _facts(source: Path) -> Any:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "cases.py")], env={**os.environ, "PYTHONPATH": str(source)}, capture_output=True
    )
    return json.loads(done.stdout) if done.returncode == 0 else None


def unnoticed(files: list[str], single_words: bool = False) -> list[str]:
    """What can be lost without a change in any case; what the package does not run without is no case's merit either."""
    expected = _facts(ROOT / "src")
    if expected is None:
        raise RuntimeError("tests/cases.py does not run: see what it says")
    with tempfile.TemporaryDirectory() as work, ThreadPoolExecutor(2) as pool:

        def lost(numbered: tuple[int, Loss]) -> str | None:
            number, (path, name, content) = numbered
            copy = Path(work) / str(number)
            shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
            (copy / "policymine" / "data" / "rules" / path.name).write_text(content, encoding="utf-8")
            noticed = _facts(copy) not in (expected, None)
            shutil.rmtree(copy)
            return None if noticed else f"{path.stem}: {name}"

        found = pool.map(lost, enumerate(losses(ROOT / "src" / "policymine" / "data" / "rules", files, single_words)))
        return [name for name in found if name]


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "--words"]
    missed = unnoticed(given, "--words" in sys.argv)
    print("\n".join(missed) or "every loss is noticed by a case")
    sys.exit(bool(missed))
