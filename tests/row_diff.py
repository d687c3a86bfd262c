"""What a change of the rules does: every row gained, lost or changed against another commit.

``python tests/row_diff.py BASE [PATHS...] [--most N]``: mines the documents (data/raw, and ``../shared`` where it is) with the
package as it is here and as it was in the commit BASE, and prints the rows that differ, with the words around them.
Texts are the same in both as long as the readers are; rows are compared by document, table, place and values.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from samples import RAW, ROOT, SHARED

FIELDS = {
    "targets": "indicator comparator value value_max unit change baseline_value baseline_year binding deadline every",
    "goals": "class deadline",
    "deadlines": "relation start_date end_date period",
    "responsibilities": "department department_name function level role",
    "citations": "title doc_number relation",
    "sections": "level marker heading kind",
    "tasks": "deadline",
    "rejected": "layer reason",
}
META = "title inner_title doc_number issuers issuer_level province prefecture county doc_type date_issued addressees"
Key = tuple[str, str, int, int]
Rows = dict[Key, list[tuple[Any, ...]]]


def mined(source: Path, paths: list[str], out: Path) -> tuple[Rows, dict[str, str]]:
    """The rows and the texts that the package in ``source`` makes of the paths."""
    command = [sys.executable, "-m", "policymine", "extract", *paths, "--out", str(out), "--format", "jsonl", "--rejected", "--no-cache", "--quiet", "--keep-going"]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(source)}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{source}: {done.stderr}")

    def read(table: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (out / f"{table}.jsonl").read_text("utf-8").splitlines()]

    documents = read("documents")
    names = {row["doc_id"]: row["source"] for row in documents}
    texts = {row["source"]: _text(out, row["doc_id"]) for row in documents}
    rows: Rows = {}
    for table, fields in FIELDS.items():
        for row in read(table):
            key = (names[row["doc_id"]], table, row["start"], row["end"] if table != "sections" else row["start"])
            rows.setdefault(key, []).append(tuple(row[f] for f in fields.split()))
    for row in documents:
        rows[row["source"], "documents", 0, 0] = [tuple(row[f] for f in META.split())]
    return rows, texts


def _text(out: Path, doc_id: str) -> str:
    found = [*out.glob(f"text/{doc_id}.txt"), *out.glob(f"text/{doc_id[:2]}/{doc_id}.txt")]
    return found[0].read_bytes().decode("utf-8") if found else ""


def _around(text: str, start: int, end: int) -> str:
    shown = f"{text[max(0, start - 24) : start]}【{text[start : min(end, start + 60)]}】{text[end : end + 20]}"
    return shown.replace("\n", "⏎")


def report(before: Rows, after: Rows, texts: dict[str, str], most: int) -> Counter[str]:
    """Print every difference, at most ``most`` a table, and return how many there are of each kind."""
    counts: Counter[str] = Counter()
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key, []), after.get(key, [])
        if sorted(old, key=repr) == sorted(new, key=repr):
            continue
        source, table, start, end = key
        kind = "gained" if not old else "lost" if not new else "changed"
        counts[f"{table} {kind}"] += 1
        if sum(n for name, n in counts.items() if name.startswith(f"{table} ")) <= most:
            words = _around(texts.get(source, ""), start, end) if table != "documents" else ""
            print(f"{kind:8}{table:17}{source}:{start}  {words}")
            for sign, values in (("-", old), ("+", new)):
                for value in values:
                    if kind == "changed" or sign == ("+" if new else "-"):
                        print(f"        {sign} {' | '.join('' if v is None else str(v) for v in value)}")
    return counts


def main() -> None:
    """Compare the working tree with a commit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="a commit")
    parser.add_argument("paths", nargs="*", help="documents; default: data/raw, ../shared/texts and ../shared/corpus")
    parser.add_argument("--most", type=int, default=40, help="differences shown a table")
    given = parser.parse_intermixed_args()
    paths = given.paths or [str(p) for p in (RAW, SHARED / "texts", SHARED / "corpus") if p.exists()]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        packed = subprocess.run(["git", "archive", given.base, "src"], cwd=ROOT, capture_output=True)
        if packed.returncode:
            sys.exit(packed.stderr.decode())
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(work / "base", filter="data")
        before, _ = mined(work / "base" / "src", paths, work / "before")
        after, texts = mined(ROOT / "src", paths, work / "after")
    counts = report(before, after, texts, given.most)
    print(f"{len(texts)} documents, {sum(map(len, after.values()))} rows:", ", ".join(f"{n} {name}" for name, n in sorted(counts.items())) or "no row differs")


if __name__ == "__main__":
    main()
