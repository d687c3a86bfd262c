"""The lines under a text: who signed (发文机关署名) and when (成文日期)."""

from __future__ import annotations

import re

from policymine.structure.letterhead import Line
from policymine.text.calendar import iso_date

_DATE_LINE = re.compile(
    r"^[(]?(?P<who>[^\d。;:]{0,40}?) ?(?P<date>\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日|[一二三四五六七八九零〇○]{4} ?年 ?[一二三四五六七八九十]{1,2} ?月 ?[一二三四五六七八九十廿卅]{1,3} ?日)(?:签发)?[)]?$"
)
BODY_NAME = re.compile(
    r"^(?:中共|中国共产党)?[\u4e00-\u9fff·]{1,24}(?:人民政府|委员会|办公[厅室]|[省市区县州盟旗]委|政府|局|厅|部|院|委|会|署|总局|国务院|中央|银行|法院|检察院|中心|领导小组|公司|海关|总工会|小组|联席会议)$"
)


# A date whose month and day were left to be filled in.
_BLANK_DATE = re.compile(r"^20\d\d ?年 ?月 ?日$")
# Two bodies of the centre run together: 公安部市场监管总局; but 公安部交通管理局 is one, and so is 中共某省委宣传部.
_GLUED = re.compile(r"([\u4e00-\u9fff]{2,12}?(?:部|委(?<![省市县区州盟旗党军]委)(?!员会)|总局|署)(?:办公厅)?)([\u4e00-\u9fff]{2,12}(?:部|委|总局|署)(?:办公厅)?)")
# Two or three bodies of one place run together: 临澜市渔业局临澜市财政局.
_OF_ONE_PLACE = re.compile(r"(?P<place>[\u4e00-\u9fff]{1,6}[省市县区州盟旗])[\u4e00-\u9fff]{2,16}?(?:局|委|厅|会|室|府)(?:(?P=place)[\u4e00-\u9fff]{2,16}?(?:局|委|厅|会|室|府)){1,3}")
# (某省渔业厅代章): who stamped it for the body that signs.
_STAMPED = re.compile(r"[(]([\u4e00-\u9fff·]{3,30}?)(?:代章|章|代)[)]")


def find_date(lines: list[Line], after: int) -> tuple[int, str] | None:
    """The line of the signing date behind line ``after`` and the date; a 印发 line is not it."""
    for i in range(after, len(lines)):
        line = lines[i]
        if line.residue or len(line.text) > 60 or "日" not in line.text or "印发" in line.text:
            continue
        found = _DATE_LINE.match(line.text)
        if found and (not found["who"] or BODY_NAME.match(found["who"].replace(" ", ""))):
            date = iso_date(found["date"].replace(" ", ""))
            if date:
                return i, date
    return None


def find_blank_date(lines: list[Line], after: int) -> int | None:
    """The line behind line ``after`` that leaves month and day of the signing date blank (2024年 月 日)."""
    return next((i for i in range(after, len(lines)) if not lines[i].residue and _BLANK_DATE.match(lines[i].text)), None)


def _apart(words: str) -> list[str]:
    """The names of a signature, parted by blanks or run together."""
    if glued := _GLUED.fullmatch(words):
        return list(glued.groups())
    if one := _OF_ONE_PLACE.fullmatch(words):
        return [one["place"] + name for name in words.split(one["place"])[1:]]
    return words.split()


def find_signatories(lines: list[Line], dated: int) -> list[Line]:
    """The lines above the date that are names of bodies, and the one on its own line, in order."""
    signed: list[Line] = []
    own = _DATE_LINE.match(lines[dated].text)
    if own and own["who"]:
        signed.append(Line(own["who"], lines[dated].start, lines[dated].start + len(own["who"]), False))
    for i in range(dated - 1, max(-1, dated - 14), -1):
        line = lines[i]
        name = line.text.replace(" ", "")
        if stamped := _STAMPED.fullmatch(name):
            name = stamped[1]
            at = line.start + line.text.index(name[0])
            line = Line(name, at, line.end - len(line.text) + line.text.rindex(name[-1]) + 1, False)
        parts = _apart(line.text)
        if len(parts) > 1 and all(BODY_NAME.match(part) for part in parts):
            for part in reversed(parts):
                at = line.start + line.text.rindex(part)
                signed.insert(0, Line(part, at, at + len(part), False))
        elif BODY_NAME.match(name):
            signed.insert(0, line)
        elif not (line.residue or re.match(r"^(?:总理|省长|市长|主任|部长|局长|\(.*\)$)", name) and len(name) < 24):
            break
    return signed
