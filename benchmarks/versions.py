"""How well and how fast versions are found, measured on documents whose relation is known.

    python benchmarks/versions.py quality [--documents 10000] [--half 1] [--seed 7] [--shared DIR] [--wrong 20]
    python benchmarks/versions.py scale [--documents 1000 10000 100000] [--jobs 1]

``quality`` prints precision and recall of the pairs that share a work, the recall of each kind of damage and how often
the relation of a pair is right. Rules are chosen on half 0 of the real texts, half 1 is reported. ``scale`` compares
the processor time of everything from texts and their keys to works and rows with that of ``datasketch.MinHashLSH``
alone (``pip install datasketch``) on the same sets of 5-grams, in one run: ``datasketch`` is given the sets and hashes
them as its documentation has it, ``datasketch-hashed`` is given our hashes of them; neither verifies anything.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import combinations, islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from policymine.engines import spread
from policymine.lexicon.regions import province_names
from policymine.models import Facts, MinedDocument, RawDocument
from policymine.structure.header import read_header
from policymine.text.characters import fold_characters
from policymine.text.normalize import normalize
from policymine.versions import Signature, signature
from policymine.versions.comparison import Comparison
from policymine.versions.sampling import GRAM, distinct, grams
from policymine.versions.signature import comparison_key
from policymine.versions.works import VersionResult, compare_corpus
from version_documents import ROOT, Document, documents, mosaics, real_texts

T = TypeVar("T")
METHODS = ("policymine", "datasketch", "datasketch-hashed")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    quality = verbs.add_parser("quality")
    quality.add_argument("--documents", type=int, default=10_000)
    quality.add_argument("--half", type=int, choices=(0, 1), default=1)
    quality.add_argument("--seed", type=int, default=7)
    quality.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    quality.add_argument("--wrong", type=int, default=0, help="print so many errors")
    quality.set_defaults(run=measure_quality)
    scale = verbs.add_parser("scale")
    scale.add_argument("--documents", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    scale.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    scale.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    scale.add_argument("--seed", type=int, default=7)
    scale.add_argument("--jobs", type=int, default=1)
    scale.set_defaults(run=measure_scale)
    given = parser.parse_args()
    given.run(given)


def measure_scale(given: argparse.Namespace) -> None:
    """Time, memory and what was found, a process each (this one, called again, for one method and number)."""
    if len(given.documents) * len(given.methods) > 1:
        for count in given.documents:
            for method in given.methods:
                shared = ["--shared", str(given.shared), "--seed", str(given.seed), "--jobs", str(given.jobs)]
                subprocess.run([
                    sys.executable, __file__, "scale", "--documents", str(count), "--methods", method, *shared
                ], check=True)
        return
    (count,), (method,) = given.documents, given.methods
    texts = real_texts(given.shared, 0) + real_texts(given.shared, 1)
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    works: list[str] = []

    def made() -> Iterator[tuple[str, str]]:
        for work, text in mosaics(texts, count, given.seed):
            works.append(work)
            yield text, comparison_key(fold_characters(text))

    clock = Clock()
    pairs, note = (
        _with_policymine(made(), clock, given.jobs)
        if method == "policymine"
        else _with_datasketch(made(), clock, method == "datasketch-hashed")
    )
    groups: Counter[str] = Counter(works)
    true = sum(n * (n - 1) // 2 for n in groups.values())
    right = sum(works[i] == works[j] for i, j in pairs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{method:17} {count:7} documents {clock.used:8.1f} s {1000 * clock.used / count:6.2f} ms each "
          f"(wall {1000 * clock.passed / count:.2f}) peak {peak / 1024:6.0f} MB (before {start / 1024:.0f})  "
          f"pairs {len(pairs)} precision {right / max(1, len(pairs)):.3f} recall {right / max(1, true):.3f}  {note}",
          flush=True)


class Clock:
    """Processor time (of all processes that have ended, and this one) and time that passed in ``with`` blocks."""

    used = passed = 0.0

    def __enter__(self) -> None:
        self._start = sum(os.times()[:4]), time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self.used += sum(os.times()[:4]) - self._start[0]
        self.passed += time.perf_counter() - self._start[1]


def _with_policymine(made: Iterable[tuple[str, str]], clock: Clock, jobs: int) -> tuple[list[tuple[int, int]], str]:
    """Everything from the texts and their keys to the rows of the three tables."""
    province_names()  # a run has read headers by now
    comparison = Comparison(spread=None if jobs == 1 else partial(spread, jobs=jobs))
    rows = Counter[str]()
    for batch in _batches(
        Signature(f"{n:020d}", "", text, (), key, hashlib.sha256(text.encode()).hexdigest())
        for n, (text, key) in enumerate(made)
    ):
        with clock:
            for one in batch:
                comparison.add(one)
    with clock:
        works = comparison.finish(lambda table, found: rows.update({table: len(found)}))
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for doc_id, (work, _, _) in works.items():
        groups[work].append(int(doc_id))
    pairs = [pair for group in groups.values() for pair in combinations(group, 2)]
    return pairs, f"rows {dict(rows)}, {comparison.verified} verified"


def _with_datasketch(made: Iterable[tuple[str, str]], clock: Clock, hashed: bool) -> tuple[list[tuple[int, int]], str]:
    """MinHashLSH alone: its candidate pairs, not verified."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=128, params=(32, 4))
    first = MinHash(num_perm=128, hashfunc=int) if hashed else MinHash(num_perm=128)
    pairs: list[tuple[int, int]] = []
    n = 0
    for batch in _batches(_grams(key, hashed) for _, key in made):
        with clock:
            for held in batch:
                one = first.copy()
                one.update_batch(held)
                pairs += [(other, n) for other in index.query(one)]
                index.insert(n, one, check_duplication=False)
                n += 1
    return pairs, "(candidates)"


def _grams(key: str, hashed: bool) -> list[Any]:
    if hashed:
        return (distinct(grams(key)) >> np.uint64(32)).tolist()
    return [gram.encode() for gram in sorted({key[k : k + GRAM] for k in range(len(key) - GRAM + 1)})]


def _batches(items: Iterable[T], size: int = 100) -> Iterator[list[T]]:
    """The clock has steps of some milliseconds: so many documents are timed at once."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def signed(document: Document) -> Signature:
    """The signature of a document as a run would make it."""
    doc_id = hashlib.sha256(document.name.encode()).hexdigest()[:20]
    raw = RawDocument(doc_id, "", document.text, 0, "text/plain", "utf-8", "plain")
    normal = normalize(document.text)
    return signature(MinedDocument(raw, normal, read_header(normal, ""), (), Facts()))


def measure_quality(given: argparse.Namespace) -> None:
    """Precision, recall and relations over documents of known relation."""
    texts = real_texts(given.shared, given.half)
    made = documents(texts, given.documents, given.seed)
    clock = time.process_time()
    signatures = [signed(document) for document in made]
    read = time.process_time() - clock
    clock = time.process_time()
    result = compare_corpus(signatures)
    seconds = time.process_time() - clock
    ids = {document.name: one.doc_id for document, one in zip(made, signatures, strict=True)}
    print(f"{len(made)} documents from {len(texts)} real texts (half {given.half}, seed {given.seed}); "
          f"normalised in {read:.1f} s, compared in {seconds:.1f} s")
    _report(made, ids, result, given.wrong)


def _report(made: list[Document], ids: dict[str, str], result: VersionResult, wrong: int) -> None:
    work = {document.name: result.works[ids[document.name]][0] for document in made}
    true, found = _pairs((d.work, d.name) for d in made), _pairs((work[d.name], d.name) for d in made)
    right = true & found
    print(f"work_id pairs: precision {len(right) / max(1, len(found)):.4f} recall {len(right) / max(1, len(true)):.4f} "
          f"({len(true)} true, {len(found)} found)")
    relations: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in result.versions:
        a, b = (result.works[str(row[c])][0] for c in ("doc_id", "other_doc_id"))
        relations[a, b].add(str(row["relation"]))
        relations[b, a].add(str(row["relation"]))
    counts: Counter[str] = Counter()
    good: Counter[str] = Counter()
    shown = 0
    for document in made:
        if document.base is None:
            continue
        ours, theirs = work[document.name], work[document.base]
        if document.expected == "version":
            names = {"version"} if ours == theirs else {"split"}
        elif ours == theirs:
            names = {"merged"}
        else:
            names = relations[ours, theirs] or {""}
        ok = document.expected in names or (not document.expected and ours != theirs)
        counts[document.kind] += 1
        good[document.kind] += ok
        if not ok and shown < wrong:
            shown += 1
            print(f"  {document.name}: {document.expected} expected, {' '.join(sorted(names))} found")
            for row in result.versions:
                if {row["doc_id"], row["other_doc_id"]} == {ids[document.name], ids[document.base]}:
                    print(f"     {row['relation']} {str(row['evidence'])[:300]}")
    print(f"relation right: {sum(good.values()) / sum(counts.values()):.4f} of {sum(counts.values())}")
    for kind in counts:
        print(f"  {kind:10} {good[kind] / counts[kind]:.4f} of {counts[kind]}")
    told = [str(row["evidence"]) for row in result.versions if row["relation"] == "adaptation"]
    texts = [one for one in told if "nothing clashes, only the texts differ" in one]
    silent = [one for one in told if " clash: " not in one and " clash of " not in one and one not in texts]
    print(f"adaptations: {len(told)}; {len(texts)} say that only the texts differ, all others but {len(silent)} what "
          "clashes")
    for one in silent[:wrong]:
        print(f"     {one}")


def _pairs(labelled: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for label, name in labelled:
        groups[label].append(name)
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


if __name__ == "__main__":
    main()
