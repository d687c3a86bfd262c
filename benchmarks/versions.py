"""How well and how fast versions are found, measured on documents whose relation is known.

    python benchmarks/versions.py quality [--documents 10000] [--half 1] [--seed 7] [--shared DIR] [--wrong 20]
    python benchmarks/versions.py scale [--documents 1000 10000 100000]

``quality`` prints precision and recall of the pairs that share a work, the recall of each kind of damage and how often
the relation of a pair is right. Rules are chosen on half 0 of the real texts, half 1 is reported. ``scale`` compares
the time of everything from texts to works with that of ``datasketch.MinHashLSH`` on the same sets, in one run.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

from policymine.models import Facts, MinedDocument, RawDocument
from policymine.structure.header import read_header
from policymine.text.normalize import normalize
from policymine.versions import Signature, signature
from policymine.versions.works import VersionResult, compare_corpus
from version_documents import ROOT, Document, documents, real_texts


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
    given = parser.parse_args()
    given.run(given)


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
    clock = time.perf_counter()
    signatures = [signed(document) for document in made]
    read = time.perf_counter() - clock
    clock = time.perf_counter()
    result = compare_corpus(signatures)
    seconds = time.perf_counter() - clock
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
