"""Score the program against hand-made annotations: ``python tests/scoring.py [--errors] [--raise-floors]``.

Annotations are JSONL, a row a fact, with the words as they stand in the document (``quote``, and ``anchor`` inside it).
Figures are F1 over all documents together, except ``meta.…``: the share of documents whose field is right.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policymine.corpus import Corpus, mine
from samples import GOLD, NAMES, SHARED, annotations, sample, sample_text

WRITTEN = Path(__file__).with_name("gold_written")
GROUPS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh")
WRITTEN_GROUPS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth", "twentyfirst", "twentysecond", "twentythird", "twentyfourth", "twentyfifth", "twentysixth", "twentyseventh", "twentyeighth", "twentyninth", "thirtieth", "thirtyfirst")
UNSEEN = Path(__file__).with_name("gold_unseen")
FLOORS = Path(__file__).with_name("floors.toml")
Gold = dict[str, Any]


@dataclass
class Tally:
    """Counts of one figure, and what went wrong."""

    right: int = 0
    missed: int = 0
    extra: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        wrong = self.missed + self.extra
        return 2 * self.right / (2 * self.right + wrong) if self.right or wrong else 1.0


def fold(value: object) -> str:
    """Without width, blanks and punctuation."""
    return re.sub(r"[\s\W_]+", "", unicodedata.normalize("NFKC", "" if value is None else str(value)))


def day(value: object) -> str | None:
    """The end of a year or month, however finely it is given, in one spelling."""
    return re.sub(r"-12(-31)?$", "", str(value)) if value else None


def alike(a: object, b: object) -> bool:
    """Two indicators mean the same: one holds the other for at least its half, or most of their pairs of characters agree."""
    x, y = sorted((fold(a), fold(b)), key=len)
    if x == y or (x and x in y and 2 * len(x) >= len(y)):
        return True
    pairs = [{w[i : i + 2] for i in range(len(w) - 1)} for w in (x, y)]
    return bool(pairs[0]) and 2 * len(pairs[0] & pairs[1]) >= 0.6 * (len(pairs[0]) + len(pairs[1]))


def _in_words(text: str, row: Gold) -> Gold:
    """An annotation that holds places only (``title_span``, ``lead_spans``), with the words that stand there."""

    def words(span: Any) -> Any:
        return text[slice(*span)] if isinstance(span, list) else span

    found: Gold = {}
    for name, value in row.items():
        if name.endswith("_span"):
            found[name.removesuffix("_span")] = words(value)
        elif name.endswith("_spans"):
            found[name.removesuffix("_spans")] = [words(span) for span in value]
        else:
            found[name] = [_in_words(text, cited) for cited in value] if name == "cites" and value else value
    return found


def _span(text: str, row: Gold) -> tuple[int, int]:
    if "span" in row:
        return tuple(row["span"])
    at = text.index(row["quote"])
    if "anchor" in row:
        at += row["quote"].index(row["anchor"])
        return at, at + len(row["anchor"])
    return at, at + len(row["quote"])


def _touch(a: tuple[int, int], b: tuple[int, int]) -> int:
    return min(a[1], b[1]) - max(a[0], b[0])


def score_document(text: str, gold: Iterable[Gold], corpus: Corpus, tallies: dict[str, Tally]) -> None:
    """Add one document to the figures.

    Args:
        text: the document text.
        gold: its annotations.
        corpus: the document, mined.
        tallies: figures by name.
    """
    layers: dict[str, list[Gold]] = defaultdict(list)
    for row in (_in_words(text, row) for row in gold):
        if row["layer"] == "responsibility":
            for role in ("lead", "responsible", "support"):
                layers["department"] += [{"span": _span(text, row), "name": n, "role": role} for n in row.get(role) or ()]
        else:
            layers[row["layer"]].append(row if row["layer"] == "meta" else row | {"span": _span(text, row)})
    rows = corpus.as_rows()
    headings = [r for r in rows["sections"] if r["marker"] or r["heading"]]

    def near(g: Gold, r: Any) -> bool:
        return _touch(g["span"], (r["start"], r["end"])) > 0 and r["end"] - r["start"] <= g["span"][1] - g["span"][0] + 12

    def mostly(g: Gold, r: Any) -> bool:
        both = 2 * _touch(g["span"], (r["start"], r["end"]))
        return both > g["span"][1] - g["span"][0] and both > r["end"] - r["start"]

    _compare(tallies, "target", layers["target"], rows["targets"],
        lambda g, r: near(g, r) and g["value"] == r["value"],
        lambda g, r: (
            g["comparator"] == r["comparator"] and fold(g["unit"]).replace("个百分点", "百分点") == fold(r["unit"]).replace("个百分点", "百分点")
            and g["change"] == r["change"] and g.get("value_max") == r["value_max"] and day(g.get("deadline")) == day(r["deadline"])
            and any(alike(name, r["indicator"]) for name in [g.get("indicator"), *g.get("indicator_also", [])])
        ))
    _compare(tallies, "deadline", layers["deadline"], rows["deadlines"], near,
        lambda g, r: (g["relation"], day(g.get("start")), day(g.get("end")), g.get("period"))
        == (r["relation"], day(r["start_date"]), day(r["end_date"]), r["period"]))
    _compare(tallies, "department", layers["department"], rows["responsibilities"],
        lambda g, r: fold(g["name"]) == fold(r["department"]) and _touch(g["span"], (r["start"], r["end"])) > 0,
        lambda g, r: g["role"] == r["role"])
    _compare(tallies, "goal", layers["goal"], rows["goals"], mostly, lambda g, r: day(g.get("deadline")) == day(r["deadline"]))
    _compare(tallies, "heading", layers["heading"], headings, lambda g, r: abs(g["span"][0] - r["start"]) <= 1,
        lambda g, r: g["level"] == r["level"] and fold(g.get("text")) == fold(r["heading"]))
    [document], [meta] = rows["documents"], layers["meta"]
    _compare_citations(tallies["citation"], meta["cites"] or [], rows["citations"])
    for name in ("title", "doc_number", "date_issued", "date_published", "doc_type", "addressees"):
        if name == "date_published" and name not in meta:
            continue  # the page shows it, the text that was annotated does not
        _one(tallies[f"meta.{name}"], fold(meta.get(name)) == fold(document[name]), f"{meta.get(name)!r} is not {document[name]!r}")
    issuers = [fold(i) for i in str(document["issuers"] or "").split("；") if i]
    _one(tallies["meta.issuer"], [fold(i) for i in meta["issuer"] or []] == issuers, f"{meta['issuer']} is not {document['issuers']!r}")


def _one(tally: Tally, right: bool, error: str) -> None:
    if right:
        tally.right += 1
    else:
        tally.missed, tally.extra = tally.missed + 1, tally.extra + 1
        tally.errors.append(error)


def _compare(
    tallies: dict[str, Tally], name: str, golds: list[Gold], rows: list[Any],
    found: Callable[[Gold, Any], bool], strict: Callable[[Gold, Any], bool],
) -> None:
    """Pair annotations and rows one to one, those that agree in everything first."""
    loose, exact = tallies[f"{name}.found"], tallies[f"{name}.strict"]
    left, free = list(golds), list(rows)
    for both in (True, False):
        for gold in list(left):
            row = next((r for r in free if found(gold, r) and (not both or strict(gold, r))), None)
            if row is None:
                continue
            left.remove(gold)
            free.remove(row)
            loose.right += 1
            if both:
                exact.right += 1
            else:
                exact.missed, exact.extra = exact.missed + 1, exact.extra + 1
                shown = {k: v for k, v in row.items() if v is not None and not k.endswith("id")}
                exact.errors.append(f"differs: {_shown(gold)} got {shown}")
    for tally in (loose, exact):
        tally.missed, tally.extra = tally.missed + len(left), tally.extra + len(free)
    loose.errors += [f"missed: {_shown(g)}" for g in left]
    loose.errors += [f"extra: { {k: v for k, v in r.items() if v is not None and not k.endswith('id')} }" for r in free]


def _compare_citations(tally: Tally, golds: list[Gold], rows: list[Any]) -> None:
    given = {fold(r["title"]): {fold(o["doc_number"]) for o in rows if fold(o["title"]) == fold(r["title"])} for r in rows if r["relation"] != "forwards"}
    wanted = {fold(g["title"]): fold(g.get("doc_number")) for g in golds}
    right = {t for t, number in wanted.items() if t in given and (not number or number in given[t])}
    tally.right += len(right)
    tally.missed += len(wanted) - len(right)
    tally.extra += len(set(given) - right)
    tally.errors += [f"missed: {t}" for t in set(wanted) - right] + [f"extra: {t}" for t in set(given) - right]


def _shown(gold: Gold) -> Gold:
    return {k: v for k, v in gold.items() if k not in ("layer", "span") and v is not None}


def score_samples() -> dict[str, Tally]:
    """The figures over the project's own samples."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for name in NAMES:
        score_document(sample_text(name), annotations(name, GOLD), sample(name), tallies)
    return dict(sorted(tallies.items()))


def score_written(group: str) -> dict[str, Tally]:
    """The figures over documents that were written and annotated for the purpose by readers who had not seen the rules.

    Args:
        group: "first" to "fourth", a folder of ``gold_written``.
    """
    tallies: dict[str, Tally] = defaultdict(Tally)
    for path in sorted((WRITTEN / group).glob("*.jsonl")):
        corpus = mine(path.with_suffix(".txt"))
        score_document(corpus.text(str(corpus.rows("documents")[0]["doc_id"])), annotations(path.stem, path.parent), corpus, tallies)
        _add_tasks(tallies, path.parent / "tasks" / path.name, corpus)
    return dict(sorted(tallies.items()))


def score_shared() -> dict[str, Tally]:
    """The figures over the annotated documents beside the project; empty where there are none."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for path in sorted((SHARED / "gold").glob("*.jsonl")):
        file = SHARED / "texts" / f"{path.stem}.txt"
        corpus = mine(file)
        score_document(corpus.text(str(corpus.rows("documents")[0]["doc_id"])), annotations(path.stem, path.parent), corpus, tallies)
    return dict(sorted(tallies.items()))


def score_unseen(group: str) -> dict[str, Tally]:
    """The figures over a group of documents beside the project that were annotated before the rules were made to fit them.

    Args:
        group: "first" or "second", a folder of ``gold_unseen``.
    """
    tallies: dict[str, Tally] = defaultdict(Tally)
    for path in sorted((UNSEEN / group).glob("*.jsonl")):
        gold = annotations(path.stem, path.parent)
        file = SHARED / next(row["file"] for row in gold if row["layer"] == "meta")
        if not file.exists():
            return {}
        corpus = mine(file)
        score_document(corpus.text(str(corpus.rows("documents")[0]["doc_id"])), gold, corpus, tallies)
        _add_tasks(tallies, UNSEEN / "tasks" / path.name, corpus)
    return dict(sorted(tallies.items()))


def score_tasks(text: str, tasks: list[Gold], corpus: Corpus) -> Tally:
    """How many tasks that were written down by hand are right in all of it.

    A task is right where the numbers and times in its words are those that were noted, all in the tasks of the program that
    hold its beginning or lie in it; where a date that stands elsewhere (in a heading, a lead-in) is noted, that task is dated; and
    where its departments are those noted.

    Args:
        text: the document text.
        tasks: by place: ``span`` or ``quote`` of the beginning, then targets, deadlines and departments, by place or as written.
        corpus: the document, mined.

    Returns:
        The tally over the tasks that have a number, a time or a department.
    """
    rows = corpus.as_rows()
    tally = Tally()
    starts = [task["span"][0] if "span" in task else text.index(task["quote"]) for task in tasks]
    long_lines = re.findall(r"^[^\n]{25,}$", text, re.M)
    broken = sum(line.rstrip()[-1:] not in "。；：）" for line in long_lines) * 2 > len(long_lines)
    paragraph_end = re.compile(r"(?<=[。；：）])[ \u3000]*\n" if broken else r"\n")  # lines as a page breaks them are no paragraphs
    for task, start in zip(tasks, starts, strict=True):
        if not (task["targets"] or task["deadlines"] or task["departments"]):
            continue
        line = paragraph_end.search(text, start)
        end = min([s for s in starts if s > start] + [line.start() if line else len(text)])
        held = {
            t["task_id"] for t in rows["tasks"]
            if t["start"] <= start + 3 < t["end"] or _touch((start, end), (t["start"], t["end"])) * 2 > t["end"] - t["start"]
        }
        errors = []
        for name in ("targets", "deadlines"):
            given = {(r["start"], r["task_id"]) for r in rows[name] if start <= r["start"] < end}
            noted = [tuple(w) if isinstance(w, list) else _place_near(text, w, start, end) for w in task[name]]
            inside = [w for w in noted if start <= w[0] < end]
            found = [any(w[0] <= at < w[1] or w[0] - 8 <= at <= w[0] for at, _ in given) for w in inside]
            if not all(found) or len(given) != len(inside) or any(task_id not in held for _, task_id in given):
                errors.append(f"{name}: {[text[slice(*w)] for w in inside]} got {[text[at : at + 8] for at, _ in sorted(given)]}")
            if name == "deadlines" and len(inside) < len(noted) and not any(t["task_id"] in held and t["deadline"] for t in rows["tasks"]):
                errors.append(f"undated: {[text[slice(*w)] for w in noted]}")
        names = {fold(r["department"]) for r in rows["responsibilities"] if r["task_id"] in held}
        noted_names = {fold(text[slice(*w)] if isinstance(w, list) else w) for w in task["departments"]}
        if names != noted_names:
            errors.append(f"departments: {sorted(noted_names)} got {sorted(names)}")
        _one(tally, not errors, f"{text[start : start + 20]!r}: {'; '.join(errors)}")
    return tally


def _place_near(text: str, words: str, start: int, end: int) -> tuple[int, int]:
    """Where noted words stand: inside the task if they do, else anywhere before or behind."""
    at = text.find(words, start, end)
    at = at if at >= 0 else text.find(words)
    return at, at + len(words)


def _add_tasks(tallies: dict[str, Tally], path: Path, corpus: Corpus) -> None:
    """Add the tasks that were noted for a document, where they were."""
    if path.exists():
        noted = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        one = score_tasks(corpus.text(str(corpus.rows("documents")[0]["doc_id"])), noted, corpus)
        tally = tallies["task"]
        tally.right, tally.missed, tally.extra = tally.right + one.right, tally.missed + one.missed, tally.extra + one.extra
        tally.errors += one.errors


def read_floors() -> dict[str, dict[str, float]]:
    """The floors by set of documents and figure."""
    return tomllib.loads(FLOORS.read_text(encoding="utf-8"))


def write_floors(figures: dict[str, dict[str, Tally]]) -> None:
    """Raise the floors to the figures of now, rounded down to hundredths; none is lowered."""
    floors = read_floors() if FLOORS.exists() else {}
    lines = ["# What each figure may not fall under (tests/test_accuracy.py). `python tests/scoring.py --raise-floors` raises them; never lower one."]
    for group in sorted(floors.keys() | figures.keys()):
        before, now = floors.get(group, {}), figures.get(group, {})
        lines += ["", f'["{group}"]']
        for name in sorted(before.keys() | now.keys()):
            best = max(before.get(name, 0.0), int(now[name].f1 * 100) / 100 if name in now else 0.0)
            lines.append(f'"{name}" = {best:.2f}')
    FLOORS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Print the figures, and what went wrong where it is asked for."""
    figures = {"samples": score_samples(), "shared": score_shared()}
    figures |= {f"written.{group}": score_written(group) for group in WRITTEN_GROUPS}
    figures |= {f"unseen.{group}": score_unseen(group) for group in GROUPS}
    for group, tallies in figures.items():
        if not tallies:
            print(f"{group}: not here", file=sys.stderr)
            continue
        for name, tally in tallies.items():
            n = tally.right + tally.missed
            print(f"{group:14} {name:20} F1 {tally.f1:.3f}  right {tally.right:4}  missed {tally.missed:3}  extra {tally.extra:3}  n {n}")
            if "--errors" in sys.argv:
                for error in tally.errors:
                    print(json.dumps({"set": group, "figure": name, "error": error}, ensure_ascii=False))
    if "--raise-floors" in sys.argv:
        write_floors({group: tallies for group, tallies in figures.items() if tallies})


if __name__ == "__main__":
    main()
