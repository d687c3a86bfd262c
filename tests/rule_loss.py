"""Which rules no case would miss: every rule of ``data/rules`` is made to match nothing, one at a time, in a copy of the package.

``python tests/rule_loss.py [FILE...]``: prints the rules whose loss changes the facts of no case of ``cases.toml``; exit 1
where there is one. A copy and a process a rule, two at a time: some minutes for all of them.
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

from cases import read_cases
from samples import ROOT

_BLOCK = re.compile(r"^\[\[\w+\]\]\n(?:(?!^\[).*\n?)*", re.M)
_PATTERN = re.compile(r"^pattern = .*$", re.M)
_ID = re.compile(r'^id = "([^"]+)"', re.M)


def rules(folder: Path, files: list[str]) -> Iterator[tuple[Path, str, str]]:
    """Every rule with an id: its file, its id, and the file's content in which it matches nothing."""
    for path in sorted(folder.glob("*.toml")):
        content = path.read_text(encoding="utf-8")
        for block in _BLOCK.finditer(content) if not files or path.stem in files else ():
            if found := _ID.search(block.group()):
                yield path, found[1], content[: block.start()] + _PATTERN.sub("pattern = '(?!)'", block.group()) + content[block.end() :]


def _facts(source: Path) -> list[list[str]] | None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "cases.py")], env={**os.environ, "PYTHONPATH": str(source)}, capture_output=True
    )
    return json.loads(done.stdout) if done.returncode == 0 else None


def unnoticed(files: list[str]) -> list[str]:
    """The rules whose loss changes no case (a package that does not start without one notices its loss too)."""
    expected = [list(case.facts) for case in read_cases()]
    with tempfile.TemporaryDirectory() as work, ThreadPoolExecutor(2) as pool:

        def lost(numbered: tuple[int, tuple[Path, str, str]]) -> str | None:
            number, (path, name, content) = numbered
            copy = Path(work) / str(number)
            shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
            (copy / "policymine" / "data" / "rules" / path.name).write_text(content, encoding="utf-8")
            same = _facts(copy) == expected
            shutil.rmtree(copy)
            return f"{path.stem}: {name}" if same else None

        found = pool.map(lost, enumerate(rules(ROOT / "src" / "policymine" / "data" / "rules", files)))
        return [name for name in found if name]


if __name__ == "__main__":
    missed = unnoticed(sys.argv[1:])
    print("\n".join(missed) or "the loss of every rule is noticed by a case")
    sys.exit(bool(missed))
