"""What many documents take: processor time, memory of each process, size of the result, on one machine or a cluster.

    python benchmarks/scale.py [PATH...] [--documents 1000 5000] [--jobs N] [--engine spark --master ADDRESS]
    python benchmarks/scale.py --documents 10000 --cache FOLDER --again 100
    python benchmarks/scale.py --documents 5000 --halves

The texts (those of ``data/raw`` where no paths are given) stand in the set again and again, each time with another last
line, in parts as a cluster writes them, a document a row. Measured from outside, twice a second, are the command and
all that it starts; what a process did in its last half second is lost. Two sizes tell fixed from growing costs. With
``--again`` so many documents come in and the same is run once more: what is left to do should not depend on the others.
``--halves`` runs two processes side by side (``--jobs 1``), each over one half, between two runs of two jobs over all.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import psutil

from speed import ROOT, _texts

PART = 1_000
"""Documents a part."""


def main() -> None:
    """Measure and print, a line a size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, help="files and folders of plain text")
    parser.add_argument("--documents", type=int, nargs="+", default=[1_000, 5_000])
    parser.add_argument("--jobs", type=int, help="processes (default: one a core)")
    parser.add_argument("--engine", default="local")
    parser.add_argument("--master")
    parser.add_argument("--kind", choices=("parquet", "jsonl"), default="parquet")
    parser.add_argument("--cache", type=Path, help="keep results there (default: nothing is kept)")
    parser.add_argument("--again", type=int, help="add so many documents and measure a second run")
    parser.add_argument("--halves", action="store_true", help="two jobs against two processes")
    given = parser.parse_args()
    if given.halves and (given.jobs or given.again or given.cache or given.master or given.engine != "local"):
        parser.error("--halves goes with no other way to run")
    if given.again and not given.cache:
        parser.error("--again needs --cache")
    texts = _texts(given.paths or [ROOT / "data" / "raw"])
    options = ["--engine", given.engine, *(["--master", given.master] if given.master else [])]
    options += ["--jobs", str(given.jobs)] if given.jobs else []
    options += ["--cache", str(given.cache)] if given.cache else ["--no-cache"]
    for documents in given.documents:
        with tempfile.TemporaryDirectory() as folder:
            shelf, out = Path(folder) / "in", Path(folder) / "out"
            shelf.mkdir()
            _write(shelf, texts, documents, given.kind, size=max(1, documents // 10) if given.halves else PART)
            if given.halves:
                _halves(documents, shelf, Path(folder))
                continue
            _report(documents, shelf, out, options)
            if given.again:
                more = [text + "\n又及。\n" for text in texts]
                _write(shelf, more, given.again, given.kind, f"part-{documents // PART // 2:05}-more")
                _report(documents + given.again, shelf, out, options)


def _write(shelf: Path, texts: list[str], documents: int, kind: str, name: str = "part", size: int = PART) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    order = list(range(documents))
    random.Random(1).shuffle(order)
    for first in range(0, documents, size):
        rows = []
        for i in order[first : first + size]:
            again, which = divmod(i, len(texts))
            last = f"\n第{again}份。\n" if again else ""
            rows.append({"id": i, "text": texts[which] + last, "url": f"https://www.example.gov.cn/{i}.html"})
        path = shelf / f"{name}-{first // size:05}.{kind}"
        if kind == "parquet":
            pq.write_table(pa.Table.from_pylist(rows), path, compression="zstd")
        else:
            path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")


def _halves(documents: int, shelf: Path, folder: Path) -> None:
    halves = [folder / "half-0", folder / "half-1"]
    for half in halves:
        half.mkdir()
    for i, part in enumerate(sorted(shelf.iterdir())):
        shutil.copy(part, halves[i % 2])
    command = [sys.executable, "-m", "policymine", "extract", "-q", "--no-cache"]

    def elapsed(*runs: tuple[Path, str]) -> float:
        began = time.perf_counter()
        options = (["--jobs", jobs, "--out", f"{given}-{jobs}-{began}"] for given, jobs in runs)
        started = [subprocess.Popen([*command, str(runs[k][0]), *more]) for k, more in enumerate(options)]
        if ended := [process.wait() for process in started if process.wait()]:
            sys.exit(f"a run ended with {ended}")
        return time.perf_counter() - began

    before, apart, after = elapsed((shelf, "2")), elapsed(*((half, "1") for half in halves)), elapsed((shelf, "2"))
    share = 2 * apart / (before + after)
    print(f"{documents} documents: two jobs {before:.1f} and {after:.1f} s, two processes {apart:.1f} s: {share:.3f}")


def _report(documents: int, shelf: Path, out: Path, options: list[str]) -> None:
    command = [sys.executable, "-m", "policymine", "extract", str(shelf), "--out", str(out), "-q", *options]
    began = time.perf_counter()
    process = subprocess.Popen(command)
    seconds: dict[int, float] = {}
    peaks: dict[int, float] = {}
    kinds: dict[int, str] = {}
    main = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            for one in (main, *main.children(recursive=True)):
                with one.oneshot():
                    used = one.cpu_times()
                    seconds[one.pid] = used.user + used.system
                    peaks[one.pid] = max(peaks.get(one.pid, 0), one.memory_info().rss / 1e6)
                    kinds[one.pid] = "main" if one.pid == process.pid else one.name().split(".")[0].rstrip("0123456789")
        except psutil.Error:
            pass
        time.sleep(0.5)
    elapsed = time.perf_counter() - began
    if process.returncode:
        sys.exit(f"the run ended with {process.returncode}")
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for pid, kind in kinds.items():
        by_kind[kind].append(pid)
    print(f"{documents} documents: {elapsed:.0f} s elapsed, {sum(seconds.values()):.1f} s of processor time")
    for kind, pids in by_kind.items():
        used = sum(seconds[pid] for pid in pids)
        if used > 0.5:
            peak = max(peaks[pid] for pid in pids)
            print(f"  {kind}: {used:.1f} s, {1000 * used / documents:.2f} ms a document, {peak:.0f} MB at most")
    text = sum(path.stat().st_size for path in (out / "text").rglob("*") if path.is_file())
    tables = {kind: sum(p.stat().st_size for p in out.glob(f"*.{kind}")) for kind in ("parquet", "csv")}
    sizes = {"in": sum(p.stat().st_size for p in shelf.iterdir()), "text": text, **tables}
    print("  bytes a document:", ", ".join(f"{name} {size // documents:,}" for name, size in sizes.items()))
    print("  stages (s elapsed):", json.loads((out / "run.json").read_text(encoding="utf-8"))["stages"], flush=True)


if __name__ == "__main__":
    main()
