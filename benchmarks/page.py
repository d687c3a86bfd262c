"""The evidence page of 500 documents against that of 50: size, time to the first row, memory, in headless Chromium.

    python benchmarks/page.py [--documents 500]

Each document is a sample of data/raw repeated four times within itself (some 6,000 characters, the length of real
ones). Figures are medians of several openings, the two pages alternating; ratios are what to compare between machines.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from browser import opened_browser  # noqa: E402
from policymine.corpus import Corpus, mine_one  # noqa: E402
from policymine.models import Options, RawDocument  # noqa: E402
from policymine.report import write_page  # noqa: E402
from samples import NAMES, sample_text  # noqa: E402

_TIMES = """() => ({
  first: performance.getEntriesByName("policymine-first-row")[0].startTime,
  paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
  text: performance.getEntriesByName("policymine-text")[0].startTime,
  heap: performance.memory.usedJSHeapSize,
})"""


# the page waits 150 ms for further letters before it searches
_SEARCH = """() => new Promise((done) => {
  const query = document.getElementById("query");
  const begun = performance.now();
  query.value = "合格率";
  query.dispatchEvent(new Event("input"));
  setTimeout(() => requestAnimationFrame(() => done(performance.now() - begun - 150)), 150);
})"""


def corpus_of(documents: int) -> Corpus:
    """A corpus of so many documents, each of them different."""
    corpus = Corpus()
    for i in range(documents):
        name = NAMES[i % len(NAMES)]
        text = "\n".join([sample_text(name)] * 4) + f"\n第{i}份\n"
        raw = RawDocument(f"{i:020x}", f"{i:04}-{name}.txt", text, len(text), "text/plain", "utf-8", "plain")
        one = mine_one(raw, Options(terms=False))
        for table, rows in one.as_rows().items():
            corpus.add_rows(table, rows)
        corpus.add_text(raw.doc_id, text)
    return corpus


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    counts = (given.documents // 10, given.documents)
    found: dict[int, list[dict[str, float]]] = {count: [] for count in counts}
    sizes = {}
    with tempfile.TemporaryDirectory() as folder:
        pages = {count: Path(folder) / f"{count}.html" for count in counts}
        for count, path in pages.items():
            sizes[count] = write_page(corpus_of(count), path)
        for _ in range(given.rounds):
            for count, path in pages.items():
                with opened_browser(["--enable-precise-memory-info"]) as browser:
                    page = browser.new_page(viewport={"width": 1400, "height": 900})
                    page.goto(path.as_uri())
                    page.wait_for_selector("#text p")
                    times = page.evaluate(_TIMES)
                    times["search"] = page.evaluate(_SEARCH)
                    times["rss"] = browser_memory()
                    found[count].append(times)
    small, large = counts
    print(f"{'':24}{small:>12}{large:>12}{'ratio':>8}")
    print(f"{'bytes':24}{sizes[small]:>12,}{sizes[large]:>12,}{sizes[large] / sizes[small]:>8.1f}")
    units = {"first": "ms", "paint": "ms", "text": "ms", "search": "ms", "heap": "bytes", "rss": "KiB"}
    for name, unit in units.items():
        a, b = (statistics.median(one[name] for one in found[count]) for count in counts)
        print(f"{name + ', ' + unit:24}{a:>12,.0f}{b:>12,.0f}{b / a:>8.1f}")


def browser_memory() -> float:
    """The resident memory of the largest renderer that this process started (the one with the page), in KiB."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid,rss,args"], capture_output=True, text=True, check=False).stdout
    rows = [line.split(None, 3) for line in listed.splitlines()[1:]]
    own = {str(os.getpid())}
    for _ in range(6):
        own |= {pid for pid, parent, *_ in rows if parent in own}
    return max((float(rss) for pid, _, rss, args in rows if pid in own and "--type=renderer" in args), default=0.0)


if __name__ == "__main__":
    main()
