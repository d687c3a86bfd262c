"""How long ``policymine extract`` takes, measured against jieba alone and against reading the files alone.

    python benchmarks/speed.py [PATH...] [--rounds N] [--copies N]

Two sets are measured: one with each text once, one in which it stands ``--copies`` times, each time with another last
line, so that the copies are documents of their own and versions of each other (as in a real collection, where they
are compared). Compared are processes, by the processor time of user and system, loading included: the whole command
(one process, all tables, no cache, into an empty folder), one that only runs ``jieba.cut`` (HMM on, a whole text a
call) and one that only reads and decodes the files; then ``policymine --help`` and ``import typer, rich``. Rounds
alternate between them; the medians count. All of them may keep compiled modules, as what is installed does. The
stages are measured inside one more process, each with what it loads when it is first called. Without paths,
``data/raw`` is taken.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
READ = """
import pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    path.read_bytes().decode("utf-8")
"""
CUT = """
import logging, pathlib, sys, warnings
warnings.simplefilter("ignore")
import jieba
jieba.setLogLevel(logging.ERROR)
jieba.dt.tmp_dir = sys.argv[2]  # its cache of the dictionary is warm from the second round on
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    for _ in jieba.cut(path.read_text(encoding="utf-8")):
        pass
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, help="files and folders of plain text")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side (default: 3)")
    parser.add_argument("--copies", type=int, default=5, help="how often each text stands in the set (default: 5)")
    parser.add_argument("--stages", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.stages is not None:
        print(json.dumps(_stages(given.stages)))
        return
    texts = _texts(given.paths or [ROOT / "data" / "raw"])
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
        print(f"{given.rounds} rounds, seconds of processor time, divided by those of the first line (least to most)")
        os.environ |= {"PYTHONPYCACHEPREFIX": str(work / "compiled"), "PYTHONDONTWRITEBYTECODE": ""}
        python, command = [sys.executable], [sys.executable, "-m", "policymine"]
        for copies in sorted({1, given.copies}):
            shelf = _shelf(work / f"texts-{copies}", texts, copies)
            n, chars = len(texts) * copies, copies * sum(map(len, texts))
            print(f"\n{n} documents, {chars:,} characters: {len(texts)} texts, {copies} of each")
            out = work / f"out-{copies}-{{round}}"
            _compare(given.rounds, {
                "jieba.cut": [*python, "-c", CUT, str(shelf), str(work)],
                "extract": [*command, "extract", str(shelf), "--out", str(out), "--jobs", "1", "--no-cache", "-q"],
                "read and decode": [*python, "-c", READ, str(shelf)],
            })
        print()
        _compare(3 * given.rounds, {
            "import typer, rich": [*python, "-c", "import typer, rich"], "--help": [*command, "--help"],
        })
        print("\nthe stages of the last set, in one process")
        done = subprocess.run([*python, __file__, "--stages", str(shelf)], check=True, capture_output=True, text=True)
        stages: dict[str, float] = json.loads(done.stdout)
        for name, seconds in stages.items():
            print(f"  {name:20}{seconds:8.2f} s {seconds / stages['jieba.cut']:7.3f} × jieba.cut")


def _shelf(folder: Path, texts: list[str], copies: int) -> Path:
    """A folder of the texts, each so many times with another last line."""
    folder.mkdir()
    for i, text in enumerate(texts):
        for k in range(copies):
            last = f"\n第{k + 1}份。\n" if k else ""
            (folder / f"{i:05}-{k}.txt").write_bytes((text + last).encode("utf-8", "replace"))
    return folder


def _texts(paths: list[Path]) -> list[str]:
    from policymine.reading import read_source
    from policymine.reading.sources import list_sources

    documents = [read_source(source) for source in list_sources(paths)]
    return [document.text for document in documents if document.status == "ok"]


def _compare(rounds: int, commands: dict[str, list[str]]) -> None:
    """Run each in turn and print its time, and that divided by the time of the first.

    Every round writes into a folder of its own, and none is removed in between: a file system that has just lost some
    thousand files takes half a second longer to make as many (ext4 passes over the inodes that were just given up).
    """
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            told = [part.replace("{round}", str(number)) for part in command]
            before = os.times()
            subprocess.run(told, check=True, stdout=subprocess.DEVNULL)
            after = os.times()
            used = after.children_user - before.children_user + after.children_system - before.children_system
            seconds[name].append(used or after.elapsed - before.elapsed)  # Windows does not tell
    first, *_ = (statistics.median(found) for found in seconds.values())
    for name, found in seconds.items():
        middle = statistics.median(found)
        print(f"{name:22}{middle:8.2f} s {middle / first:7.3f}  ({min(found):.2f} to {max(found):.2f})")


def _stages(shelf: Path) -> dict[str, float]:
    """Seconds of each step of ``pipeline.mine_document`` and of what comes behind it, over the files of a folder."""
    import logging
    import warnings

    warnings.simplefilter("ignore")
    import jieba

    from policymine.extraction import extract
    from policymine.lexicon.departments import Departments
    from policymine.models import MinedDocument
    from policymine.reading import read_document
    from policymine.structure.header import read_header
    from policymine.structure.outline import read_outline
    from policymine.structure.text_tables import read_tables
    from policymine.tables.folder import ResultFolder
    from policymine.tables.rows import document_rows
    from policymine.tables.schema import PER_DOCUMENT
    from policymine.text.normalize import normalize
    from policymine.text.segment import count_terms
    from policymine.versions import signature
    from policymine.versions.comparison import Comparison

    jieba.setLogLevel(logging.ERROR)
    spent: Counter[str] = Counter()

    def timed(stage: str, step: Callable[..., Any], *given: Any) -> Any:
        began = time.process_time()
        made = step(*given)
        spent[stage] += time.process_time() - began  # type: ignore[assignment]
        return made

    compared = Comparison()
    departments = timed("facts", Departments.default)
    with ResultFolder(shelf.parent / "stages", ("parquet", "csv"), False, False, "0") as folder:
        for path in sorted(shelf.iterdir()):
            raw = timed("read", lambda file: read_document(file.read_bytes(), file.name), path)
            timed("jieba.cut", lambda text: list(jieba.cut(text)), raw.text)
            text = timed("normalise", normalize, raw.text)
            header = timed("header", read_header, text, raw.source)
            tables = timed("outline", read_tables, text, header)
            sections = timed("outline", read_outline, text, header, tables)
            facts, issues = timed("facts", extract, text, header, sections, departments, tables)
            terms = timed("terms", count_terms, text.text)
            mined = MinedDocument(raw, text, header, sections, facts, terms, issues)
            rows = timed("rows", document_rows, mined)
            timed("versions", compared.add, timed("versions", signature, mined))
            timed("write", folder.add_text, raw.doc_id, raw.text)
            for table in PER_DOCUMENT:
                timed("write", folder.add_rows, table, rows.tables.get(table, []))
        timed("versions", compared.finish, folder.add_rows)
        timed("write", folder.finish, {})
    return dict(spent)


if __name__ == "__main__":
    main()
