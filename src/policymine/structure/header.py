"""The header: who issued a document, when, under what number, to whom. Absent is absent; the body's citations give nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from policymine.models import FieldReading, Header
from policymine.structure.docnumber import find_decree, find_number
from policymine.structure.doctype import is_wrapper, type_of_text, type_of_title
from policymine.structure.file_name import name_readings
from policymine.structure.letterhead import Line, find_addressees, find_named, find_title, lines_of
from policymine.structure.places import locate, place_told
from policymine.structure.promulgation import find_promulgation
from policymine.structure.signature import BODY_NAME, find_blank_date, find_date, find_signatories
from policymine.structure.stated import Stated
from policymine.text.calendar import iso_date, plan_years
from policymine.text.characters import fold_characters
from policymine.text.markers import marker_at
from policymine.text.normalize import NormalizedText

_PUBLISHED = re.compile(r"(?:发布|发表|公开|更新|添加)(?:日期|时间)? ?: ?(\d{4} ?[-年./] ?\d{1,2} ?[-月./] ?\d{1,2}日?)|来源.{0,40}?(\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2})|(\d{4}年\d{1,2}月\d{1,2}日)发布$")
_ISSUER = re.compile(r"^(?P<who>.{2,80}?)(?:关于|印发|批转|转发|公布|发布|令$|公告|通告|对(?=[《“].+的答?复))")
_INNER = re.compile(r"(?:印发|批转|转发|公布|发布|颁布)(?P<inner>.+?)的?(?:通知|决定|公告|函)$")
_EFFECTIVE = re.compile(r"自(\d{4}年\d{1,2}月\d{1,2}日)起?(?:施行|实施|执行|生效)|自(\d{4}年\d{1,2}月\d{1,2}日)起(?:正式)?(?:施行|实施)")
_EXPIRY = re.compile(r"有效期(?:限)?(?:截)?(?:至|到)(\d{4}年\d{1,2}月\d{1,2}日)")
_CITED_YEAR = re.compile(r"〔((?:19|20)\d\d)〕|\(((?:19|20)\d\d)\)\d+号|年以来(?<=((?:19|20)\d\d)年以来)|截至((?:19|20)\d\d)年")


def read_header(text: NormalizedText, source: str = "", beside: Sequence[FieldReading] = ()) -> Header:
    """Read the header of a document.

    Decides title, inner title, issuers, number, dates, addressees, type, place and level from the lines above
    and below the body; what these do not tell, from what is said beside the document (``stated``). Leaves out
    whatever only the body cites.

    Args:
        text: the normalised text; the header is read from its folded form, so fields carry document offsets.
        source: the file's name, which counts where nobody else says anything.
        beside: readings of the user and of the site.

    Returns:
        The header, every reading among its ``fields``; what none of them gives is None.

    >>> from policymine.text.normalize import normalize
    >>> h = read_header(normalize("东澜省人民政府关于建设质量强省的意见\\n东政发(2012)27号\\n各市人民政府：\\n现提出以下意见。\\n"))
    >>> h.title, h.doc_number, h.addressees, h.doc_type
    ('东澜省人民政府关于建设质量强省的意见', '东政发〔2012〕27号', '各市人民政府', '意见')
    """
    lines = lines_of(text.folded, text.layout.tables, text.residue)
    fields: list[FieldReading] = []
    written = text.raw

    def take(name: str, value: str, start: int | None, end: int | None, origin: str = "body") -> str:
        fields.append(FieldReading(name, value, origin, start, end))
        return value

    address = find_addressees(lines)
    body = address[0] if address else _first_body_line(lines)
    stated = Stated((*beside, *name_readings(source)))
    known = (find_named(lines[:body], f.value) for f in stated.find("title"))
    titled = next(filter(None, known), None) or find_title(lines, body)
    published = _published(lines)
    if published:
        take("date_published", published[0], published[1].start, published[1].end, "site")
    number = _number(lines, body + 1 if address else body, titled[1] if titled else [])
    noted = find_promulgation(lines, _after_title(lines, titled, body))
    number = noted.number if noted and noted.number else number
    spoken = _spoken(lines)
    dated = spoken or find_date(lines, _after_title(lines, titled, body))
    above = dated[0] if dated else find_blank_date(lines, _after_title(lines, titled, body))
    signed = find_signatories(lines, above) if above is not None and not spoken else []
    inner = None if spoken else _inner(titled[0] if titled else None, lines, dated[0] if dated else None, body)
    own = titled or inner
    title = None
    if own:
        first, last = own[1][0].start, own[1][-1].end
        title = take("title", _as_written(own[0], written[first:last]), first, last)
    elif compiled := _OPENED.match(text.folded, 0, 3000) or _COMPILED.search(text.folded, 0, 3000):
        group = compiled.lastgroup or "title"
        title = take("title", re.sub(r"\s+", "", written[slice(*compiled.span(group))]), *compiled.span(group))
    inner_title = None
    if titled and inner:
        first, last = inner[1][0].start, inner[1][-1].end
        inner_title = take("inner_title", _as_written(inner[0], written[first:last]), first, last)
    elif titled and title and (named := _INNER.search(titled[0])):
        # The title as written has the characters of the folded one, one for one.
        inner_title = (title if len(title) == len(titled[0]) else titled[0])[slice(*named.span("inner"))].strip("《》")
    own_title = fold_characters(title) if (title := title or stated.choose("title")) else None
    doc_number = take("doc_number", *number) if number else stated.choose_number()
    issued = stated.choose("date_issued") if not dated and not noted else None
    if dated:
        issued = take("date_issued", dated[1], lines[dated[0]].start, lines[dated[0]].end)
    elif noted:
        issued = take("date_issued", noted.date, noted.start, noted.end)
    addressees = stated.choose("addressees") if not address else None
    if address:
        addressees = take("addressees", re.sub(r"\s+", "", written[address[2] : address[3]]), *address[2:])
    issuers = _issuers(titled[0] if titled else None, signed, doc_number if number else None, lines[:body])
    if not issuers and noted and noted.issuer:
        issuers = [(noted.issuer[0], Line(noted.issuer[0], *noted.issuer[1:], False))]
    if not issuers and (charged := _ON_BEHALF.search(text.folded, 0, 2000)):
        issuers = [(charged["who"], Line(charged["who"], *charged.span("who"), False))]
    if not issuers and not stated.choose_issuers() and (decided := text.text.find("决定", 0, 2000) >= 0 and _DECIDED.search(text.text, 0, 2000) or not own and (title and _MADE.search(text.text, 0, 2000) or _MADE_BY.search(text.text, 0, 3000))):
        at = decided.start("who")
        for part in re.finditer(r"[^、]+", decided["who"]):
            span = text.raw_span(at + part.start(), at + part.end())
            issuers.append((part.group(), Line(part.group(), *span, False)))
    for name, signature in issuers:
        take("issuers", name, signature.start if signature else None, signature.end if signature else None)
    names = tuple(name for name, _ in issuers) or stated.choose_issuers()
    names = names or tuple(name for name, _ in _issuers(own_title, [], doc_number, []))
    year = _year(issued, doc_number, own[0] if own else own_title, text.text)
    where = own_place = locate(names, title, doc_number, year)
    if told := place_told(stated.best("province"), stated.best("prefecture"), stated.best("county"), year):
        where = locate(names, title, doc_number, year, told)
        for name in ("province", "prefecture", "county"):
            if getattr(where, name) != getattr(own_place, name):
                stated.choose(name)
    effective, expiry = _EFFECTIVE.search(text.text), _EXPIRY.search(text.text)
    spans = [(line.start, line.end) for part in (titled, inner) if part for line in part[1]]
    header = Header(
        title=title,
        inner_title=inner_title,
        doc_number=doc_number,
        issuers=names,
        issuer_level=where.level,
        province=where.province,
        prefecture=where.prefecture,
        county=where.county,
        adcode=where.adcode,
        doc_type=_doc_type(titled[0] if titled else title, inner[0] if inner else None, inner_title, text.text) or stated.choose("doc_type"),
        date_issued=issued,
        date_published=published[0] if published else stated.choose("date_published"),
        date_effective=iso_date(next(g for g in effective.groups() if g)) if effective else stated.choose("date_effective"),
        date_expiry=iso_date(expiry[1]) if expiry else stated.choose("date_expiry"),
        addressees=addressees,
        year=year,
        fields=tuple(fields),
        title_spans=tuple(spans),
        body_start=address[3] + 1 if address else (titled[1][-1].end if titled else 0),
        flags=where.flags,
    )
    return replace(header, fields=(*fields, *stated.rows()))  # which of them were chosen is known only now


# A collection that names itself only in its preface: 现编辑形成《…汇编》.
_COMPILED = re.compile(
    r"(?:编辑|汇编|编制|整理|编写|编印)(?:形成|成|了)《(?P<title>[^《》]{2,80}(?:汇编|选编|案例集|集)(?:[(][^()]*[)])?)》"
    r"|(?:组织|研究|联合|特|共同)(?:编制|制定|制订|起草|编写|修订)(?:形成)?(?:了《(?P<made>[^《》]{4,80}(?:[(][^()]*[)])?)》(?=。|,现|[(]以下简称)|《(?P<laid>[^《》]{4,80}(?:[(][^()]*[)])?)》(?=。|,现))"
)
_OPENED = re.compile(r"\s*为[^。]{20,500}?,\s*(?:特|现)?(?:制定|编制)《(?P<opened>[^《》]{4,80})》。")
# 市渔业局依据…，组织编制了《…指南》。: who made it.
_MADE = re.compile(r"(?:^|(?<=[。,]))(?P<who>[\u4e00-\u9fff]{2,18}(?:、[\u4e00-\u9fff]{2,18}){0,7}?(?<=[部委会局厅署院]))(?:(?:依据|根据|按照|结合|会同)[^。\n]{0,300})?(?:组织|研究|联合|共同)(?:编制|制定|制订|起草|编写|修订)(?:形成)?了?《", re.M)
# 本指南由市渔业局组织编制,由市渔业局科技处负责管理.
_MADE_BY = re.compile(r"本(?:(?<=^本)|(?<=[。,]本))(?:指南|规范|标准|导则|规程|指引|规划|方案|白皮书)由(?P<who>[\u4e00-\u9fff]{2,18}(?:、[\u4e00-\u9fff]{2,18}){0,7}?(?<=[部委会局厅署]))(?:组织|联合|共同|牵头)(?:编制|制定|制订|起草|编写|修订)", re.M)
# A report is given on behalf of the body that answers for it, on the day of the meeting.
_ON_BEHALF = re.compile(r"受(?P<who>国务院|[\u4e00-\u9fff]{2,12}人民政府)委托")
# 为…，工业和信息化部、财政部决定开展试点，现将有关事项通知如下: who decides and tells is who issues.
_DECIDED = re.compile(
    r"(?:^|(?<=[,。]))(?P<who>[\u4e00-\u9fff]{2,18}(?:、[\u4e00-\u9fff]{2,18}){0,11}(?<=[部委会局厅署院室]))(?:研究)?决定[^。\n]{2,120}?[。,][^\n]{0,60}(?:通知|公告|通告|函告)如下", re.M
)
_SPOKEN = re.compile(r"^[(]?(?P<date>\d{4}年\d{1,2}月\d{1,2}日)在.{4,60}会(?:议)?上[)]?$")


def _spoken(lines: list[Line]) -> tuple[int, str] | None:
    """The line that says on which day a report was given to a meeting, and the date."""
    for i, line in enumerate(lines[:6]):
        if found := _SPOKEN.match(line.text.replace(" ", "")):
            date = iso_date(found["date"])
            return (i, date) if date else None
    return None


def _first_body_line(lines: list[Line]) -> int:
    """Without addressees: the first line that is running text or opens the outline."""
    for i, line in enumerate(lines):
        if line.residue:
            continue
        if marker_at(line.text, 0) or "。" in line.text or "," in line.text and len(line.text) > 40:
            return i
    return min(len(lines), 12)


def _after_title(lines: list[Line], titled: tuple[str, list[Line]] | None, body: int) -> int:
    """The signing date stands behind the title; where there is none, behind the body's beginning."""
    if not titled:
        return body
    return next(i for i, line in enumerate(lines) if line.start == titled[1][-1].start) + 1


def _as_written(title: str, raw: str) -> str:
    """The title with the characters of the document text (width kept), if they correspond."""
    plain = re.sub(r"\s+", "", raw)
    if len(plain) < len(title.replace(" ", "")):
        return title
    out, at = [], 0
    for c in title:
        if c == " ":
            out.append(" ")
            continue
        out.append(plain[at])
        at += 1
    return "".join(out)


def _published(lines: list[Line]) -> tuple[str, Line] | None:
    for line in [*lines[:25], *lines[-8:]]:
        found = _PUBLISHED.search(line.text) if line.residue or len(line.text) < 60 else None
        if found and (line.residue or found[1] or found[3] or re.search("(?:发布|发表)(?:日期|时间)", found[0])):
            date = iso_date(next(g for g in found.groups() if g))
            if date:
                return date, line
    return None


_NUMBERED = re.compile(r"(?:发文字号|发文文号|文 ?号|字 ?号) ?: ?")


def _number(lines: list[Line], body: int, title: list[Line]) -> tuple[str, int, int] | None:
    """The document's own number: on a short line above the body, or in brackets behind the title."""
    for i, line in enumerate(lines[:body]):
        if (labelled := _NUMBERED.match(line.text)) and (found := find_number(line.text[labelled.end() :])):
            at = line.start + labelled.end()
            return found[0], at + found[1], at + found[2]
        if line.residue or "《" in line.text and not re.search(r"号[)〕]?$", line.text):
            continue
        if len(line.text) <= 45 or line in title:
            if found := find_number(line.text):
                return found[0], line.start + found[1], line.start + found[2]
            joined = line.text + (lines[i + 1].text if i + 1 < len(lines) and len(lines[i + 1].text) < 14 else "")
            decree = find_decree(joined) if len(line.text) <= 30 and "依照" not in line.text else None
            if decree:
                return decree[0], line.start, lines[i + 1].end if decree[2] > len(line.text) else line.end
    return None


def _inner(title: str | None, lines: list[Line], dated: int | None, body: int) -> tuple[str, list[Line]] | None:
    """The title of the document that a notice wraps: it stands behind the notice's signature."""
    if dated is None or dated > 60 or title and not is_wrapper(title) and not _is_decree(lines[:body]):
        return None
    behind = lines[dated + 1 :]
    stop = next((i for i, line in enumerate(behind) if marker_at(line.text, 0) or "。" in line.text), len(behind))
    return find_title(behind, min(stop, 10))


def _is_decree(top: list[Line]) -> bool:
    return any(re.search(r"令$", line.text.replace(" ", "")) for line in top[:6])


def _is_body(name: str) -> bool:
    return BODY_NAME.match(name) is not None and len(name) <= 24 and not name.endswith("令")


def _issuers(title: str | None, signed: list[Line], number: str | None, top: list[Line]) -> list[tuple[str, Line | None]]:
    """The issuing bodies: as signed; else as the title names them; else the body of a decree, or those of the letterhead."""
    named: list[str] = []
    if title and (found := _ISSUER.match(title)):
        parts = [p for p in re.split(r"[ 、]", found["who"]) if p]
        if all(BODY_NAME.match(p) or p.endswith(("办", "室", "市委", "省委", "区委", "县委")) for p in parts):
            named = parts
    heads = [line for line in top if not title or line.text not in title]
    heads = [line for line in heads if not line.residue and _is_body(line.text.replace(" ", ""))]
    if signed and len(heads) > len(signed) and not named and any(head.text.replace(" ", "").endswith(signed[-1].text.replace(" ", "")) for head in heads):
        return [(line.text.replace(" ", ""), line) for line in heads]  # the signature is broken, the letterhead is whole
    if signed and len(signed) >= len(named):
        names = [re.sub("^中华人民共和国(?=国务院)", "", line.text.replace(" ", "")) for line in signed]
        if len(named) == len(names):  # the title writes out the place that the signature leaves out
            names = [whole if whole.endswith(name) else name for whole, name in zip(named, names, strict=True)]
        return list(zip(names, signed, strict=True))
    if named:
        return [(name, None) for name in named]
    if number and (decree := re.match(r"(.+?)令", number)):
        return [(decree[1], None)]
    if not title:
        return []
    alone = [line for line in top if not line.residue and _is_body(line.text.replace(" ", ""))]
    if letterhead := next((line for line in top if line.text.endswith("文件") and _is_body(line.text[:-2].replace(" ", ""))), None):
        name = letterhead.text[:-2].rstrip()
        last = Line(name, letterhead.start, letterhead.start + len(name), letterhead.residue)
        alone = [*(line for line in alone if line.start < letterhead.start), last]
        return [(line.text.replace(" ", ""), line) for line in alone]
    return [(line.text.replace(" ", ""), line) for line in alone[:1]]


_PLANNED = re.compile(r"“?(十[一二三四五六]?五|九五)”?|((?:19|20)\d\d)(?:年)?[-至~]{1,2}(?:19|20)\d\d年")


def _year(issued: str | None, number: str | None, title: str | None, text: str) -> int | None:
    """The year of writing; a website's date is not one (it may be years later). Without date or number, the latest year in which the text says something had happened."""
    if issued:
        return int(issued[:4])
    if number and (found := re.search(r"(?:19|20)\d\d", number)):
        return int(found[0])
    if title and (found := _PLANNED.search(title)):
        planned = plan_years(found[1]) if found[1] else None
        return planned[0] if planned else int(found[2]) if found[2] else None
    years = [int(g) for m in _CITED_YEAR.finditer(text) for g in m.groups() if g]
    return max(years) if years else None


def _doc_type(title: str | None, inner: str | None, named: str | None, text: str) -> str | None:
    for candidate in (inner, named, title):
        if candidate and (kind := type_of_title(fold_characters(candidate))):
            return kind
    return type_of_text(text)
