"""The note below the title of a rule that says when, by whom and under what number it was made public (题注)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policymine.structure.docnumber import find_decree, find_number
from policymine.structure.letterhead import Line
from policymine.text.calendar import iso_date

_DATE = r"(?P<date>\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日) ?(?:以|由)?"
_DECREED = re.compile(rf"{_DATE}(?P<number>(?P<who>[\u4e00-\u9fff]{{2,24}}?)令 ?(?:\d{{4}} ?年)? ?第 ?[\d一二三四五六七八九十百零〇]{{1,6}} ?号) ?(?:公布|发布|颁布|施行|[,;)])")
_NUMBERED = re.compile(rf"{_DATE}(?:(?P<who>[\u4e00-\u9fff]{{2,24}}?(?:政府|委员会|[局厅部委]|办公[室厅])))? ?(?P<number>[\u4e00-\u9fff]{{1,10}} ?[〔(\[](?:19|20)\d\d[〕)\]] ?\d{{1,5}} ?号) ?(?:文件?)?(?:印发|发布|公布|颁布)")
_PUBLISHED = re.compile(rf"{_DATE}(?P<who>[\u4e00-\u9fff]{{2,24}}?(?:政府|国务院|委员会|[局厅部委署])) ?(?:发布|公布|颁布)")
_PASSED = re.compile(rf"{_DATE}(?P<who>[\u4e00-\u9fff]{{2,14}}?(?:第[一二三四五六七八九十]{{1,3}}届)?人民代表大会(?:常务委员会)?)第[一二三四五六七八九十百]{{1,4}}次会议(?:审议)?通过")
_TERM = re.compile("第[一二三四五六七八九十]{1,3}届")
MOST_LINES = 3
"""Lines below the title in which the note stands."""


@dataclass(frozen=True, slots=True)
class Promulgation:
    """What the note says of the first time a rule was made public; offsets of the document.

    Attributes:
        date: ISO; start, end: where the note's date and what it says stand.
        issuer: who made it public, with its span; None where the note names nobody.
        number: as in ``docnumber``, with its span; None where the note has none.
    """

    date: str
    start: int
    end: int
    issuer: tuple[str, int, int] | None
    number: tuple[str, int, int] | None


def find_promulgation(lines: list[Line], after: int) -> Promulgation | None:
    """Read the note in brackets below a title: (2013年6月20日临澜市人民政府令第17号公布,根据…修订).

    Decides by the first date with a decree, a number or a meeting that passed it; leaves out later amendments.

    Args:
        lines: of the document, folded.
        after: the first line behind the title.

    >>> note = find_promulgation([Line("(2013年6月20日临澜市人民政府令第17号公布)", 0, 29, False)], 0)
    >>> note.date, note.issuer[0], note.number[0]
    ('2013-06-20', '临澜市人民政府', '临澜市人民政府令第17号')
    """
    for line in [x for x in lines[after:] if not x.residue][:MOST_LINES]:
        if not line.text.startswith("("):
            continue
        for form in (_DECREED, _NUMBERED, _PUBLISHED, _PASSED):
            if found := form.search(line.text):
                return _read(line, found)
    return None


def _read(line: Line, found: re.Match[str]) -> Promulgation | None:
    date = iso_date(found["date"].replace(" ", ""))
    if date is None:
        return None
    issuer = (_TERM.sub("", found["who"]), line.start + found.start("who"), line.start + found.end("who")) if found["who"] else None
    number = None
    if "number" in found.re.groupindex and (made := find_decree(found["number"]) or find_number(found["number"])):
        number = made[0], line.start + found.start("number"), line.start + found.end("number")
    return Promulgation(date, line.start + found.start(), line.start + found.end(), issuer, number)
