"""How long ``policymine extract`` takes, measured against jieba alone.

    python benchmarks/speed.py [PATH...] [--rounds N] [--repeat N]

Ratio 1: the whole command (one process, all tables, no cache) ÷ a process that only runs ``jieba.cut`` over the same
text (HMM on, a whole text a call, loading of its dictionary included). Ratio 2: ``policymine --help`` ÷
``python -c "import typer, rich"``. Runs of both sides alternate; the medians count. Without paths, ``data/raw`` is
taken, each text repeated within its document until there are some 1.2 million characters (copies that are documents of
their own would be versions of each other, and most of the time would go into comparing them).
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENOUGH = 1_200_000
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
    parser.add_argument("--rounds", type=int, default=5, help="runs of each side (default: 5)")
    parser.add_argument("--repeat", type=int, help="repetitions of each text (default: up to 1.2 million characters)")
    given = parser.parse_args()
    texts = _texts(given.paths or [ROOT / "data" / "raw"])
    chars = sum(map(len, texts))
    copies = given.repeat or (1 if given.paths else -(-ENOUGH // chars))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shelf = work / "texts"
        shelf.mkdir()
        for i, text in enumerate(texts):
            (shelf / f"{i:04}.txt").write_bytes("\n".join([text] * copies).encode("utf-8", "replace"))
        print(f"{len(texts)} documents, {copies * chars:,} characters, {given.rounds} rounds")
        print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
        cut = [sys.executable, "-c", CUT, str(shelf), str(work)]
        out = str(work / "out")
        command = [sys.executable, "-m", "policymine"]
        extract = [*command, "extract", str(shelf), "--out", out, "--jobs", "1", "--no-cache", "-q"]
        _compare("extract, one process, all tables", extract, "jieba.cut", cut, given.rounds)
        imports = [sys.executable, "-c", "import typer, rich"]
        _compare("policymine --help", [*command, "--help"], "import typer, rich", imports, 3 * given.rounds)


def _texts(paths: list[Path]) -> list[str]:
    from policymine.reading import read_source
    from policymine.reading.sources import list_sources

    documents = [read_source(source) for source in list_sources(paths)]
    return [document.text for document in documents if document.status == "ok"]


def _compare(name: str, ours: list[str], other: str, theirs: list[str], rounds: int) -> None:
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for command, times in zip((ours, theirs), seconds, strict=True):
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - began)
    mine, his = map(statistics.median, seconds)
    spread = f"{min(seconds[0]):.2f} to {max(seconds[0]):.2f} s, {min(seconds[1]):.2f} to {max(seconds[1]):.2f} s"
    print(f"{name}: {mine:.2f} s; {other}: {his:.2f} s; ratio {mine / his:.2f} ({spread})")


if __name__ == "__main__":
    main()
