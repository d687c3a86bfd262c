"""Document numbers (发文字号) in every bracket style, normalised: 吉政发(2012)27号 → 吉政发〔2012〕27号."""

from __future__ import annotations

import re

_OPEN, _CLOSE = r"[〔(\[【〈﹝]", r"[〕)\]】〉﹞]"
NUMBER = re.compile(
    rf"(?P<head>[\u4e00-\u9fffA-Za-z]{{2,20}}?) ?{_OPEN} ?(?P<year>(?:19|20)\d\d) ?{_CLOSE} ?第? ?(?P<n>\d{{1,5}}) ?号"
)
"""A number as it stands in text with folded characters."""
DECREE = re.compile(r"(?P<body>[\u4e00-\u9fff]{2,24}?令) ?(?:(?P<year>\d{4})年)? ?第 ?(?P<n>[\d一二三四五六七八九十百零〇]{1,6}) ?号")
_COURT = re.compile(r"[民刑行执](?:[初终申再监复抗撤辖特他破催督调保赔]\w{0,2})$")
_NOISE = re.compile(r"^.*(?:以|见|按照|根据|依据|文件|的|和|与|及|发布|通知|意见|字号|文号|号)(?=[\u4e00-\u9fff]{2,})")


def find_number(text: str) -> tuple[str, int, int] | None:
    """The first document number in a text, normalised, with its span; court files and standards are none.

    >>> find_number("(吉政发(2012)27号)")
    ('吉政发〔2012〕27号', 1, 13)
    """
    for found in NUMBER.finditer(text):
        head = found["head"]
        if _COURT.search(head):
            continue
        start = found.start()
        if noise := _NOISE.match(head):
            start += noise.end()
            head = head[noise.end() :]
        return f"{head}〔{found['year']}〕{int(found['n'])}号", start, found.end()
    return None


def find_decree(text: str) -> tuple[str, int, int] | None:
    """A decree's number: 国务院令第707号, with its span."""
    found = DECREE.search(text)
    if not found:
        return None
    year = f"{found['year']}年" if found["year"] else ""
    body = found["body"].removeprefix("中华人民共和国")
    return f"{body}{year}第{found['n']}号", found.start(), found.end()
