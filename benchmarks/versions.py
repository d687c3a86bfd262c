"""How well and how fast versions are found, measured on documents whose relation is known.

    python benchmarks/versions.py quality [--documents 10000] [--half 1] [--seed 7] [--shared DIR] [--wrong 20]
    python benchmarks/versions.py scale [--documents 1000 10000 100000]

``quality`` prints precision and recall of the pairs that share a work, the recall of each kind of damage and how often
the relation of a pair is right. Rules are chosen on half 0 of the real texts, half 1 is reported. ``scale`` compares
the processor time of everything from texts to works with that of ``datasketch.MinHashLSH`` (``pip install datasketch``;
hashes given, no verification) on the same sets, in one run.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

import numpy as np

from policymine.models import Facts, MinedDocument, RawDocument
from policymine.structure.header import read_header
from policymine.text.characters import fold_characters
from policymine.text.normalize import normalize
from policymine.versions import Signature, signature
from policymine.versions.comparison import Comparison
from policymine.versions.sampling import distinct, grams
from policymine.versions.signature import comparison_key
from policymine.versions.works import VersionResult, compare_corpus
from version_documents import ROOT, Document, documents, mosaics, real_texts

METHODS = ("policymine", "datasketch")


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
    scale.set_defaults(run=measure_scale)
    given = parser.parse_args()
    given.run(given)


def measure_scale(given: argparse.Namespace) -> None:
    """Time, memory and what was found, a process each (this one, called again, for one method and number)."""
    if len(given.documents) * len(given.methods) > 1:
        for count in given.documents:
            for method in given.methods:
                shared = ["--shared", str(given.shared), "--seed", str(given.seed)]
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

    seconds, pairs, note = (_with_policymine if method == "policymine" else _with_datasketch)(made())
    groups: Counter[str] = Counter(works)
    true = sum(n * (n - 1) // 2 for n in groups.values())
    right = sum(works[i] == works[j] for i, j in pairs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{method:10} {count:7} documents {seconds:8.1f} s {1000 * seconds / count:6.2f} ms each "
          f"peak {peak / 1024:6.0f} MB (before {start / 1024:.0f})  pairs {len(pairs)} "
          f"precision {right / max(1, len(pairs)):.3f} recall {right / max(1, true):.3f}  {note}", flush=True)


def _with_policymine(made: Iterable[tuple[str, str]]) -> tuple[float, list[tuple[int, int]], str]:
    """Everything from the texts and their keys to the rows of the three tables."""
    comparison = Comparison()
    seconds, rows = 0.0, Counter[str]()
    for n, (text, key) in enumerate(made):
        one = Signature(f"{n:020d}", "", text, (), key, hashlib.sha256(text.encode()).hexdigest())
        clock = time.process_time()
        comparison.add(one)
        seconds += time.process_time() - clock
    clock = time.process_time()
    works = comparison.finish(lambda table, found: rows.update({table: len(found)}))
    seconds += time.process_time() - clock
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for doc_id, (work, _, _) in works.items():
        groups[work].append(int(doc_id))
    pairs = [pair for group in groups.values() for pair in combinations(group, 2)]
    return seconds, pairs, f"rows {dict(rows)}, {comparison.verified} verified"


def _with_datasketch(made: Iterable[tuple[str, str]]) -> tuple[float, list[tuple[int, int]], str]:
    """MinHashLSH alone: its candidate pairs, not verified."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=128, params=(32, 4))
    first = MinHash(num_perm=128, hashfunc=int)
    pairs: list[tuple[int, int]] = []
    seconds = 0.0
    for n, (_, key) in enumerate(made):
        clock = time.process_time()
        one = first.copy()
        one.update_batch((distinct(grams(key)) >> np.uint64(32)).tolist())
        pairs += [(other, n) for other in index.query(one)]
        index.insert(n, one, check_duplication=False)
        seconds += time.process_time() - clock
    return seconds, pairs, "(candidates)"


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


def _pairs(labelled: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for label, name in labelled:
        groups[label].append(name)
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


if __name__ == "__main__":
    main()
