"""What the name of a file suggests about the document in it: a title, a number, a date.

The weakest of all readings (``stated``): it counts where nobody else says anything. Leaves out names that are no more
than numbers and labels; the name of an archive or table says nothing about what is in it.
"""

from __future__ import annotations

import re

from policymine.models import FieldReading
from policymine.structure.docnumber import find_number
from policymine.structure.doctype import type_of_title
from policymine.text.calendar import day, iso_date
from policymine.text.characters import fold_characters

FILE_NAME = "file name"
SHORTEST_TITLE = 6
_ENDING = re.compile(r"(?:\.[A-Za-z][A-Za-z0-9]{0,6})+$")
_RECORD = re.compile(r"#\d+$")
_PARTS = re.compile(r"[_＿\s]+|(?<!\d)[-—–]+|[-—–]+(?!\d)")
# What programs and databases add to a name: (1), 副本, (FBM-CLI.12.5115678), (终稿).
_ADDED = re.compile(r"(?:[(](?:\d{1,3}|[A-Z-]{2,}[A-Za-z0-9.-]*|[^()]*(?:稿|版|副本|下载|盖章))[)]|[-— ]*副本)+$")
_EMPTY = re.compile(r"[(\[][)\]]")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")


def name_readings(source: str) -> tuple[FieldReading, ...]:
    """The readings that the name of a file gives.

    Args:
        source: the name of the input in the tables.

    >>> [(f.field, f.value) for f in name_readings("a/2018-澜口市-质量提升行动实施意见(1).docx")]
    [('title', '质量提升行动实施意见')]
    >>> [(f.field, f.value) for f in name_readings("澜政发〔2018〕5号_20180302.pdf")]
    [('doc_number', '澜政发〔2018〕5号'), ('date_issued', '2018-03-02')]
    >>> name_readings("000_3b09fa46.txt"), name_readings("渔业规划.csv#17")
    ((), ())
    """
    if _RECORD.search(source):
        return ()
    stem = fold_characters(_ENDING.sub("", source.rpartition("/")[2]))
    found = []
    if number := find_number(stem):
        found.append(("doc_number", number[0]))
        stem = _EMPTY.sub("", stem[: number[1]] + stem[number[2] :])
    compact = _COMPACT.search(stem)
    if date := (day(int(compact[1]), int(compact[2]), int(compact[3])) if compact else iso_date(stem)):
        found.append(("date_issued", date))
        stem = _COMPACT.sub(" ", stem)
    titles = [part for part in (_ADDED.sub("", part) for part in _PARTS.split(stem)) if _is_title(part)]
    if titles:
        found.insert(0, ("title", max(titles, key=len)))
    return tuple(FieldReading(field, value, FILE_NAME, None, None) for field, value in found)


def _is_title(words: str) -> bool:
    return sum("\u4e00" <= c <= "\u9fff" for c in words) >= SHORTEST_TITLE and type_of_title(words) is not None
