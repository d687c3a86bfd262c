"""Facts into Label Studio's JSON and back, at the same places.

Label Studio counts code points, as the tables do; older releases counted UTF-16 units, which differ after a character
outside the Basic Multilingual Plane (𠮷). Every region carries its words, so the way back tells which count was
meant: the one under which the text holds these words. Line ends are kept as they are (``\\r\\n`` counts two).
"""

from __future__ import annotations

import json
import os
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from policymine.reading.sources import MisuseError
from policymine.tables.labels import ZH, value_label
from policymine.tables.rows import sort_rows
from policymine.tables.schema import TABLES, Row

if TYPE_CHECKING:
    from policymine.corpus import Corpus

LAYERS = ("targets", "goals", "deadlines", "responsibilities", "citations")
"""The tables whose rows become regions, and the labels that they get."""
_COLOURS = dict(zip(LAYERS, ("#F2B705", "#7AA95C", "#3C78D8", "#2E9E83", "#A64D79"), strict=True))
_NAME, _TEXT = "fact", "text"


def labelling_config() -> str:
    """The labelling interface of a project that takes the tasks: XML for Label Studio's settings."""
    labels = "".join(
        f"    <Label value={quoteattr(name)} hint={quoteattr(TABLES[name].label_zh)} "
        f"background={quoteattr(_COLOURS[name])}/>\n" for name in LAYERS
    )
    hints = {r: str(value_label("responsibilities", "role", r, ZH)) for r in ("lead", "responsible", "support")}
    roles = "".join(
        f"    <Choice value={quoteattr(role)} hint={quoteattr(hint)}/>\n" for role, hint in hints.items()
    )
    return (
        "<View>\n  <Style>.htx-text{ white-space: pre-wrap; }</Style>\n"
        f'  <Labels name="{_NAME}" toName="{_TEXT}">\n{labels}  </Labels>\n'
        f'  <Text name="{_TEXT}" value="$text" granularity="symbol"/>\n'
        f'  <Choices name="role" toName="{_TEXT}" perRegion="true" whenTagName="{_NAME}" '
        f'whenLabelValue="responsibilities">\n{roles}  </Choices>\n'
        f'  <TextArea name="indicator" toName="{_TEXT}" perRegion="true" whenTagName="{_NAME}" '
        'whenLabelValue="targets"/>\n</View>\n'
    )


def label_studio_tasks(corpus: Corpus) -> list[dict[str, Any]]:
    """A corpus as tasks for Label Studio: a document a task, its facts as predictions to accept or mend.

    Args:
        corpus: mined or loaded.

    Returns:
        What ``json.dump`` writes and Label Studio imports. The id of a region is the id of its row; a target points
        at its deadline. Documents that could not be read are left out.
    """
    from policymine import __version__

    by_document: dict[object, list[dict[str, Any]]] = {}
    places: dict[object, dict[object, Row]] = {}
    for layer in LAYERS:
        for row in corpus.rows(layer):
            regions = by_document.setdefault(row["doc_id"], [])
            text = corpus.text(str(row["doc_id"]))
            regions.extend(_regions(layer, row, text))
            if layer == "deadlines":
                places.setdefault(row["doc_id"], {})[row["deadline_id"]] = row
    for row in corpus.rows("targets"):
        if row["deadline_id"] in places.get(row["doc_id"], {}):
            by_document[row["doc_id"]].append({
                "type": "relation", "from_id": row["target_id"], "to_id": row["deadline_id"], "direction": "right",
                "labels": ["deadline"],
            })
    return [
        {
            "data": {
                "text": corpus.text(str(row["doc_id"])), "doc_id": row["doc_id"], "source": row["source"],
                "title": row["title"],
            },
            "predictions": [
                {"model_version": f"policymine {__version__}", "result": by_document.get(row["doc_id"], [])}
            ],
        }
        for row in corpus.rows("documents") if row["text_sha256"] is not None
    ]


def _regions(layer: str, row: Row, text: str) -> list[dict[str, Any]]:
    start, end = int(row["start"] or 0), int(row["end"] or 0)
    value = {"start": start, "end": end, "text": text[start:end]}
    common = {"id": row[TABLES[layer].key[0]], "to_name": _TEXT}
    made = [{**common, "from_name": _NAME, "type": "labels", "value": {**value, "labels": [layer]}}]
    if layer == "responsibilities":
        made.append({**common, "from_name": "role", "type": "choices", "value": {**value, "choices": [row["role"]]}})
    elif layer == "targets" and row["indicator"]:
        words = {**value, "text": [row["indicator"]]}
        made.append({**common, "from_name": "indicator", "type": "textarea", "value": words})
    return made


def write_label_studio(corpus: Corpus, path: str | os.PathLike[str]) -> int:
    """Write the tasks (``.json``), and beside them the labelling interface (``.xml``).

    Returns:
        The number of documents.

    Raises:
        MisuseError: the name does not end with .json.
        OSError: a file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() != ".json":
        raise MisuseError(f"{path}: Label Studio imports JSON; give a name that ends with .json")
    tasks = label_studio_tasks(corpus)
    path.write_text(json.dumps(tasks, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    path.with_suffix(".xml").write_text(labelling_config(), encoding="utf-8", newline="\n")
    return len(tasks)


def read_label_studio(path: str | os.PathLike[str]) -> list[Row]:
    """Read what was exported from Label Studio (JSON, not JSON-MIN) back into rows.

    Of a task with annotations the last one counts (not one that was cancelled), else its last prediction.

    Returns:
        A row a region, sorted by document and place: ``doc_id``, ``layer`` (the label), ``start``, ``end`` (code points
        of the document text), ``text``, ``row_id`` (of the row that it began as, or Label Studio's own), ``role``,
        ``indicator``, ``deadline_id``.

    Raises:
        MisuseError: the file is no such export, or the text under a region is not its words.
    """
    try:
        tasks = json.loads(Path(path).read_text(encoding="utf-8-sig"))
        rows = [row for task in tasks for row in _rows_of(task)]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        if isinstance(error, _Misplaced):
            raise MisuseError(f"{path}: {error}; export it again with the text unchanged") from error
        raise MisuseError(
            f"{path}: no export of Label Studio ({type(error).__name__}: {error}); choose the format JSON there"
        ) from error
    return sort_rows(rows, "doc_id", "start", "end", "layer")


class _Misplaced(ValueError):
    """Words that the text does not hold at the place that is given for them."""


def _rows_of(task: Mapping[str, Any]) -> Iterable[Row]:
    text, doc_id = str(task["data"]["text"]), task["data"].get("doc_id")
    annotations = [a for a in task.get("annotations") or [] if not a.get("was_cancelled")]
    chosen = (annotations or task.get("predictions") or [{"result": []}])[-1]
    results: Sequence[Mapping[str, Any]] = chosen["result"]
    ends = {r["from_id"]: r["to_id"] for r in results if r["type"] == "relation"}
    said = {
        (kind, r["id"]): r["value"][field][0]
        for kind, field, name in (("role", "choices", "choices"), ("indicator", "text", "textarea"))
        for r in results if r["type"] == name and r["from_name"] == kind and r["value"][field]
    }
    for region in results:
        if region["type"] != "labels":
            continue
        value = region["value"]
        start, end = _place(text, int(value["start"]), int(value["end"]), value.get("text"))
        for label in value["labels"]:
            yield {
                "doc_id": doc_id, "layer": label, "start": start, "end": end, "text": text[start:end],
                "row_id": region["id"], "role": said.get(("role", region["id"])),
                "indicator": said.get(("indicator", region["id"])), "deadline_id": ends.get(region["id"]),
            }


def _place(text: str, start: int, end: int, words: str | None) -> tuple[int, int]:
    """The place in code points, whichever way it was counted.

    >>> _place("𠮷目标", 1, 3, "目标"), _place("𠮷目标", 2, 4, "目标")
    ((1, 3), (1, 3))
    """
    if words is None or text[start:end] == words:
        return start, end
    starts = list(accumulate((1 + (c > "\uffff") for c in text), initial=0))
    first, last = bisect_left(starts, start), bisect_left(starts, end)
    if text[first:last] != words:
        raise _Misplaced(f"at {start} to {end} the text is {text[start:end][:40]!r}, not {words[:40]!r}")
    return first, last
