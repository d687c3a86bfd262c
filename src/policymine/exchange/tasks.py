"""The 任务分解表: a line a task, as offices draw it up by hand, and the workbook that holds it.

A line joins what the tables keep apart: the words of a task, what it promises (numbers, then outcomes in words), when
it is due, who leads, who is responsible, who supports, and where the document says so, with a link into the evidence
page. Nothing is decided here; a cell is empty where the document says nothing. Left out: words that only lead in what
follows (到2025年，具体目标是：), whose date stands in the lines that follow them.
"""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from policymine.exchange.wording import date, departments, document_words, every, lines, promised, section_words
from policymine.reading.sources import MisuseError
from policymine.tables.schema import Row
from policymine.tables.workbook import MOST_LINKS, new_workbook, put, sheet_name

if TYPE_CHECKING:
    from policymine.corpus import Corpus

HEADINGS = ("序号", "重点任务", "目标", "完成时限", "牵头单位", "责任单位", "配合单位", "依据")
DOCUMENT = "文件"
EVERYTHING = "全部任务"
MOST_SHEETS = 250
"""Documents above which only the sheet over all is written."""
_WIDTHS = dict(zip((*HEADINGS, DOCUMENT), (6, 58, 34, 14, 18, 22, 16, 26, 22), strict=True))
_A4 = 9
_BASIS = 24
"""Characters of a link: what some programs do not wrap."""
_LINE, _HIGHEST = 13.5, 409.0
"""Points of a line of 10-point text, and the most that a row can have."""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A line of the 任务分解表; ``task_id`` is the row of ``tasks`` that it shows."""

    task_id: str
    doc_id: str
    number: int
    task: str
    targets: str
    due: str
    lead: str
    responsible: str
    support: str
    basis: str


def task_lines(corpus: Corpus) -> list[TaskLine]:
    """The lines of the 任务分解表 of a corpus, document by document, in the order of the text.

    Args:
        corpus: mined or loaded.

    Returns:
        Lines whose cells are ready to read: several targets or dates stand one below the other. The list of
        departments at the end of a task is left out of its words, since it stands in columns of its own.

    >>> import policymine as pm
    >>> text = "一、主要任务\\n加快建设。到2025年，新建3条线路，年均增长不低于5%。（市甲局牵头，市乙局配合）"
    >>> [line] = task_lines(pm.mine_text(text))
    >>> line.task, line.lead, line.support
    ('加快建设。到2025年，新建3条线路，年均增长不低于5%。', '市甲局', '市乙局')
    """
    sections = {row["section_id"]: row for row in corpus.rows("sections")}
    targets, due, lists = (_by_task(corpus.rows(name)) for name in ("targets", "deadlines", "responsibilities"))
    goals: defaultdict[object, list[Row]] = defaultdict(list)
    for row in corpus.rows("goals"):
        goals[row["doc_id"]].append(row)
    numbers: defaultdict[str, int] = defaultdict(int)
    made = []
    for task in corpus.rows("tasks"):
        doc_id, task_id = str(task["doc_id"]), str(task["task_id"])
        named, numbered = lists[task_id], targets[task_id]
        words = _without_lists(str(task["task"]), named)
        if words.endswith(("：", ":")) and not named and not numbered:
            continue
        numbers[doc_id] += 1
        outcomes = [
            str(goal["text"]) for goal in goals[doc_id]
            if _holds(task, goal) and not any(_holds(goal, target) for target in numbered)
        ]
        made.append(TaskLine(
            task_id, doc_id, numbers[doc_id], words,
            lines([*map(_target_words, numbered), *outcomes]),
            lines(_due_words(task, due[task_id])),
            departments(named, "lead"), departments(named, "responsible"), departments(named, "support"),
            section_words(sections.get(task["section_id"])),
        ))
    return made


def _by_task(rows: list[Row]) -> defaultdict[object, list[Row]]:
    found: defaultdict[object, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["task_id"]].append(row)
    return found


def _holds(outer: Row, inner: Row) -> bool:
    return int(outer["start"] or 0) <= int(inner["start"] or 0) < int(outer["end"] or 0)


def _without_lists(words: str, named: list[Row]) -> str:
    """A task without the lists of departments in brackets or at its end."""
    for listed in dict.fromkeys(str(row["text"]) for row in named):
        for opening, closing in ("（）", "()", "[]", "［］", "【】"):
            words = words.replace(opening + listed + closing, "")
        if words.endswith((listed, listed + "。")) and len(words) > len(listed) + 1:
            words = words[: words.rindex(listed)]
    return words.strip()


def _target_words(target: Row) -> str:
    words = f"{target['indicator'] or ''} {promised(target)}".strip()
    return f"{words}（{date(target['deadline'])}）" if target["deadline"] else words


def _due_words(task: Row, deadlines: list[Row]) -> list[str]:
    """The words of the dates of a task; where none says by when, the date that it takes from elsewhere."""
    said = [row for row in deadlines if row["relation"] != "from"]
    words = [str(row["text"]) for row in said]
    if not any(row["end_date"] == task["deadline"] for row in said):
        words.insert(0, date(task["deadline"]))
    return words or [every(row["period"]) for row in said]


def write_tasks(corpus: Corpus, path: str | os.PathLike[str], report: str = "report.html") -> int:
    """Write the 任务分解表 of a corpus as a workbook: a sheet over all tasks and one a document.

    Of several versions of one document only the one that stands for its work is in the sheet over all.

    Args:
        corpus: mined or loaded.
        path: the file (``.xlsx``); the same corpus gives the same bytes.
        report: the evidence page as seen from the workbook, into which every line links.

    Returns:
        The number of tasks.

    Raises:
        MisuseError: the name of the file does not end with .xlsx.
        OSError: the file cannot be written; an earlier one stays as it is.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise MisuseError(f"{path}: the 任务分解表 is a workbook; give a name that ends with .xlsx")
    every_line = task_lines(corpus)
    documents = {str(row["doc_id"]): row for row in corpus.rows("documents")}
    mine: defaultdict[str, list[TaskLine]] = defaultdict(list)
    for line in every_line:
        mine[line.doc_id].append(line)
    with new_workbook(path) as book:
        sheets = _Sheets(book, report)
        whole = {name: row for name, row in documents.items() if row["is_canonical"]}
        once = [line for line in every_line if line.doc_id in whole]
        for first in range(0, max(len(once), 1), MOST_LINKS):
            sheets.add(EVERYTHING, "任务分解表", once[first : first + MOST_LINKS], whole)
        if len(documents) > 1 and len(mine) <= MOST_SHEETS:
            for number, (doc_id, own) in enumerate(mine.items(), 1):
                title = document_words(documents[doc_id])
                sheets.add(f"{number:02d} {title}", f"{title} 任务分解表", own, {doc_id: documents[doc_id]})
    return len(every_line)


class _Sheets:
    """The sheets of the workbook, all drawn alike."""

    def __init__(self, book: Any, report: str) -> None:
        self.book, self._report, self._taken = book, report, set[str]()
        cell = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#B0B8C0", "font_size": 10}
        self._cell = book.add_format(cell)
        self._middle = book.add_format({**cell, "align": "center"})
        self._link = book.add_format({**cell, "font_color": "#0B5394", "underline": 1})
        heading = {**cell, "bold": True, "align": "center", "valign": "vcenter", "bg_color": "#DDE6F0"}
        self._heading = book.add_format(heading)
        self._title = book.add_format({"bold": True, "font_size": 15, "valign": "vcenter"})
        self._subtitle = book.add_format({"font_size": 9, "font_color": "#555555", "valign": "vcenter"})

    def add(self, name: str, title: str, tasks: list[TaskLine], documents: dict[str, Row]) -> None:
        """Draw one sheet: title, what it is of, headings that stay in sight, a line a task."""
        own = len(documents) == 1
        sheet = self.book.add_worksheet(sheet_name(name, self._taken))
        headings = HEADINGS if own else (*HEADINGS, DOCUMENT)
        for column, heading in enumerate(headings):
            sheet.set_column(column, column, _WIDTHS[heading])
        sheet.set_row(0, 26)
        put(sheet, 0, 0, title, self._title)
        put(sheet, 1, 0, _subtitle(documents, len(tasks)), self._subtitle)
        sheet.set_row(2, 22)
        for column, heading in enumerate(headings):
            put(sheet, 2, column, heading, self._heading)
        for row, task in enumerate(tasks, 3):
            basis = task.basis if len(task.basis) <= _BASIS else task.basis[: _BASIS - 1] + "…"
            basis = basis or "原文"
            cells = [task.task, task.targets, task.due, task.lead, task.responsible, task.support, basis]
            if not own:
                cells.append(document_words(documents[task.doc_id]))
            sheet.set_row(row, _height(cells, headings[1:]))
            put(sheet, row, 0, task.number if own else row - 2, self._middle)
            for column, (words, heading) in enumerate(zip(cells, headings[1:], strict=True), 1):
                if heading == "依据":
                    sheet.write_url(row, column, f"external:{self._report}#{task.task_id}", self._link, words)
                else:
                    put(sheet, row, column, words, self._cell)
        sheet.freeze_panes(3, 2)
        sheet.autofilter(2, 0, max(2, len(tasks) + 2), len(headings) - 1)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        sheet.set_margins(0.4, 0.4, 0.5, 0.6)
        sheet.set_footer("&C&P / &N")


def _height(cells: list[str], headings: Sequence[str]) -> float:
    """The height that a row needs, in points: programs do not agree on working it out when they open the file."""
    most = max(
        sum(max(1, math.ceil(columns_wide(line) / (_WIDTHS[heading] - 1))) for line in words.split("\n"))
        for words, heading in zip(cells, headings, strict=True)
    )
    return min(_HIGHEST, 4 + _LINE * most)


def columns_wide(words: str) -> int:
    """The width of words in columns: two for a Chinese character, one for a letter or digit.

    >>> columns_wide("质量2025")
    8
    """
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in words)


def _subtitle(documents: dict[str, Row], tasks: int) -> str:
    if len(documents) != 1:
        return f"{len(documents)}份文件，{tasks}项任务"
    [document] = documents.values()
    parts = (document["issuers"], document["doc_number"], date(document["date_issued"]), f"{tasks}项任务")
    return "　".join(str(part) for part in parts if part)
