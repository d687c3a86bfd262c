"""Why two texts cannot be one document: clashing headers, and names or years exchanged throughout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from policymine.lexicon.regions import province_names
from policymine.versions.align import Op
from policymine.versions.signature import Signature, comparison_key

_YEAR = re.compile(r"(?<![0-9.])(?:19[5-9]|20[0-6])[0-9](?![0-9.])")
_NUMBER_YEAR = re.compile(r"[〔\[(【﹝〈（［]\s*((?:19|20)\d\d)")
_DIGITS = re.compile(r"[0-9]+")
_SUFFIX = frozenset("省市州盟县区旗镇乡")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_OWN_PLACE = re.compile(r"(?=([\u4e00-\u9fff]{2}[省市州盟县]))")
_NO_NAME = re.compile(
    r"[城全我本各超上门都县省市区的和在与及或等为是对到将由向以于该此据]|直辖|地级|单列|设区|试点|自治|所在|有关"
)
_NO_PLACE = re.compile(
    "(?:[超上股本全我各该外县省州区夜]市|直辖市|地级市|单列市|[各全我本外两节]省|[各全我本市区]县|自治[州县区旗]|[城乡村小重集]镇|[城家故返下各山]乡"
    "|[园景社小辖地城校新片专库牧林山灾矿厂郊街特老禁误全我本各市]区|示范区|先导区|试验区|开发区|功能区|集聚区|保税区|红旗)$"
)
_WORD_GOES_ON = frozenset("场域块间分位别号舰下")
_OFFICE = re.compile(
    r"[\u4e00-\u9fff]{2,12}?(?:人民政府(?:办公厅|办公室)?|委员会|办公厅|办公室|[厅局部委])(?=[0-9]|关于|印发|文件|$)"
)
HEAD = 400
"""Characters from the beginning within which a text says whose it is."""
TITLE = 40
"""Characters from the beginning that are the title or the first words, where a year is the document's own."""
SIGNED = 30
"""Characters before the end where a year is that of the signature."""
OFTEN = 3
"""Occurrences from which a place that only one of two texts names is taken for the place it is written for."""


def header_clashes(a: Signature, b: Signature, misprints: bool = False) -> dict[str, str]:
    """What the two headers say differently, as field: words; fields that one of them lacks never clash.

    ``issuer``: no issuer of one is (part of) one of the other. ``place``: another province, prefecture or county.
    ``number``: another document number (one cut off by damage agrees with the whole). ``date``: another year of
    signing. ``title-year``: the titles name other years. With ``misprints`` (the texts are full of them) a field
    that differs in a few letters and in no digit does not clash.
    """

    def alike(x: str, y: str) -> bool:
        return x in y or y in x or (misprints and _is_misprint(x, y))

    clashes: dict[str, str] = {}
    ours, theirs = ([_bare(i) for i in s.issuers] for s in (a, b))
    if ours and theirs and not any(alike(x, y) for x in ours for y in theirs):
        clashes["issuer"] = f"{'；'.join(a.issuers)} / {'；'.join(b.issuers)}"
    for x, y in zip(a.places, b.places, strict=True):
        if x and y and x != y and not (misprints and _is_misprint(x, y)):
            clashes.setdefault("place", f"{x} / {y}")
    if a.doc_number and b.doc_number:
        x, y = _bare(a.doc_number).rstrip("号"), _bare(b.doc_number).rstrip("号")
        damaged = not (a.doc_number.rstrip().endswith("号") and b.doc_number.rstrip().endswith("号"))
        cut = x.endswith(y) or y.endswith(x) or (damaged and (x.startswith(y) or y.startswith(x)))
        if not cut and not (misprints and _is_misprint(x, y)):
            clashes["number"] = f"{a.doc_number} / {b.doc_number}"
    if a.date_issued and b.date_issued and a.date_issued[:4] != b.date_issued[:4]:
        clashes["date"] = f"{a.date_issued} / {b.date_issued}"
    if a.title and b.title:
        years, others = set(_YEAR.findall(a.title)), set(_YEAR.findall(b.title))
        if years and others and not years & others:
            clashes["title-year"] = f"{'、'.join(sorted(years))} / {'、'.join(sorted(others))}"
    return clashes


def member_clashes(a: Signature, b: Signature) -> dict[str, str]:
    """What the headers of two versions of one document may not say differently, however they were lost or spoilt."""
    clashes = header_clashes(a, b, misprints=True)
    excused = read_otherwise(a, b, b.key, a.key) if clashes else ()
    return {field: words for field, words in clashes.items() if field not in excused}


def read_otherwise(a: Signature, b: Signature, lost_a: str, lost_b: str) -> frozenset[str]:
    """Header fields that clash only because one of the texts lost its head, so that something below was read.

    That is so where what one header says stands in the other text too, and what the other header says stands in the
    first one or in the stretch that it lost.

    Args:
        a: a document; b: the other one.
        lost_a: what only ``b`` has at its beginning and end (keys); lost_b: what only ``a`` has.
    """
    found = set()
    for field, ours, theirs in (
        ("issuer", a.issuers, b.issuers),
        ("number", (a.doc_number or "",), (b.doc_number or "",)),
        ("date", (_written(a.date_issued),), (_written(b.date_issued),)),
    ):
        words, others = ([comparison_key(w) for w in side if w] for side in (ours, theirs))
        for known, whole, others_known, others_whole in (
            (words, b.key, others, a.key + lost_a),
            (others, a.key, words, b.key + lost_b),
        ):
            stand = all(w in whole for w in known) and all(w in others_whole for w in others_known)
            if known and others_known and stand:
                found |= {field, "place"} if field == "issuer" else {field}
    return frozenset(found)


def _written(date: str | None) -> str:
    """A date as documents write it: 2012-07-01 is 2012年7月1日."""
    parts = (date or "").split("-")
    return f"{parts[0]}年{int(parts[1])}月{int(parts[2])}日" if len(parts) == 3 else ""


def _is_misprint(x: str, y: str) -> bool:
    """Whether two spellings differ as misprints do: in a letter or so, and in no digit."""
    if re.sub(r"[^0-9]", "", x) != re.sub(r"[^0-9]", "", y):
        return False
    return Levenshtein.distance(x, y) <= max(1, min(len(x), len(y)) // 7)


def header_agreements(a: Signature, b: Signature) -> list[str]:
    """The header fields that both state alike."""
    pairs = (
        ("title", a.title, b.title),
        ("number", a.doc_number, b.doc_number),
        ("date", a.date_issued, b.date_issued),
    )
    agree = [name for name, x, y in pairs if x and y and _bare(x) == _bare(y)]
    return agree + (["issuer"] if set(map(_bare, a.issuers)) & set(map(_bare, b.issuers)) else [])


def _bare(words: str) -> str:
    return re.sub(r"[\W_]+", "", words)


def text_clashes(a: str, b: str, ops: Sequence[Op], misprints: bool = False) -> dict[str, str]:
    """What the differences of two keys exchange so that they are about another place or year.

    ``place``: the name of a place stands for another one (of provinces, a single one is enough; a name of two other
    characters before 省, 市, 县 … where neither text has the other's name; one other character if it is exchanged
    throughout; 我市 for 我省). ``year``: two or more years (or half of them) are moved by the same number of years, or
    one in the title or beside the signature. Damage to single figures or characters exchanges nothing throughout, so it
    is no clash.

    Args:
        a: a key; ``b`` the other one; ops: the differences to look at (as a rule without a lost head or tail).
        misprints: the texts are full of them: what is exchanged once only may be one.
    """
    clashes: dict[str, str] = {}
    exchanged = [op for op in ops if op.a_end > op.a_start and op.b_end > op.b_start]
    places = _places(a, b, exchanged)
    if places and max(places.values()) > misprints:
        (x, y), n = places.most_common(1)[0]
        clashes["place"] = f"{x} / {y} ({n})"
    dated = [(op, shifts) for op in exchanged if (shifts := _year_shifts(a, b, op))]
    counted = Counter(delta for _, shifts in dated for delta in shifts)
    most = max(sorted(counted), key=lambda delta: counted[delta], default=0)
    if most and (counted[most] >= 2 or 2 * counted[most] >= min(len(_YEAR.findall(a)), len(_YEAR.findall(b)))):
        clashes["year"] = f"{most:+d} years ({counted[most]})"
    for op, _ in dated:
        at_edge = min(op.a_start, op.b_start) < TITLE or min(len(a) - op.a_end, len(b) - op.b_end) < SIGNED
        if at_edge and op.size <= TITLE:
            clashes.setdefault("year", f"{a[op.a_start : op.a_end]} / {b[op.b_start : op.b_end]} in title or signature")
    return clashes


def margin_clashes(ours: str, theirs: str) -> dict[str, str]:
    """What a head or tail of one text says otherwise than the one in its place in the other.

    ``issuer``: both name offices and none is (part of) one of the other; ``year``: they are alike but
    name years and none in common.
    """
    clashes: dict[str, str] = {}
    offices, others = (_OFFICE.findall(words) for words in (ours, theirs))
    if offices and others and not any(x in y or y in x for x in offices for y in others):
        clashes["issuer"] = f"{offices[0]} / {others[0]}"
    years, other_years = (sorted(set(_YEAR.findall(words))) for words in (ours, theirs))
    alike = Levenshtein.normalized_similarity(_DIGITS.sub("0", ours), _DIGITS.sub("0", theirs)) >= 0.5
    if years and other_years and alike and not set(years) & set(other_years):
        clashes["year"] = f"{years[0]} / {other_years[0]}"
    return clashes


def own_place_clash(a: str, b: str) -> tuple[int, str] | None:
    """A place that one text names from its beginning on and often, the other never: whose text it is.

    Only tells an adaptation from a revision; it needs no alignment, so a city's rules on a ministry's text are seen.

    Returns:
        0 or 1 for the text that names it, and the words for the evidence.
    """
    for which, (own, other) in enumerate(((a, b), (b, a))):
        for name in sorted({m.group(1) for m in _OWN_PLACE.finditer(own[:HEAD])}):
            if name not in other and own.count(name) >= OFTEN and not _NO_NAME.search(name[:2]):
                return which, f"{name} in one only ({own.count(name)})"
    return None


def _year_shifts(a: str, b: str, op: Op) -> list[int]:
    """By how many years the years of a difference are moved, where it holds as many on both sides."""
    if op.a_end - op.a_start < 4 or op.b_end - op.b_start < 4:
        return []
    ours, theirs = _YEAR.findall(a[op.a_start : op.a_end]), _YEAR.findall(b[op.b_start : op.b_end])
    if len(ours) != len(theirs):
        return []
    return [int(y) - int(x) for x, y in zip(ours, theirs, strict=True) if x != y]


def _places(a: str, b: str, exchanged: Iterable[Op]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    provinces = province_names()
    for op in exchanged:
        no_suffix = _SUFFIX.isdisjoint(a[op.a_end - 1 : op.a_end + 2])
        if no_suffix and op.a_end - op.a_start == 1:
            continue
        x, y = a[op.a_start : op.a_end], b[op.b_start : op.b_end]
        if x in provinces and y in provinces:
            found[x, y] += 1
        elif x in _SUFFIX and y in _SUFFIX:
            found["我" + x, "我" + y] += a[op.a_start - 1 : op.a_start] in ("我", "全", "本")
        else:
            if len(x) > 4 or len(y) > 4 or no_suffix:
                continue
            titled = min(op.a_start, op.b_start) < TITLE
            for name, other in _names(a, b, op):
                if _exchanged(a, b, name, other, x, y, titled):
                    found[name, other] += 1
                    break
    weak = [pair for pair, n in found.items() if (pair[0][0] == "我" and n < 2) or not n]
    for pair in weak:
        del found[pair]
    return found


def _names(a: str, b: str, op: Op) -> Iterator[tuple[str, str]]:
    """The place names that a difference may be part of: two to four characters and a suffix, on both sides."""
    x, y = a[op.a_start : op.a_end], b[op.b_start : op.b_end]
    for before in (0, 1):
        for behind in (0, 1):
            left = a[op.a_start - before : op.a_start] if op.a_start >= before else ""
            right = a[op.a_end : op.a_end + behind]
            suffix, goes_on = (
                a[op.a_end + behind : op.a_end + behind + 1],
                a[op.a_end + behind + 1 : op.a_end + behind + 2],
            )
            if behind and goes_on in _WORD_GOES_ON:
                continue  # 市场, 区域
            if suffix in _SUFFIX and 2 <= len(left + x + right) <= 4:
                yield left + x + right + suffix, left + y + right + suffix
            elif x[-1] in _SUFFIX and y[-1] in _SUFFIX and len(x) > 2 and not behind:
                yield left + x, left + y


def _exchanged(a: str, b: str, name: str, other: str, x: str, y: str, titled: bool) -> bool:
    """Whether ``name`` stands for ``other`` as names of places do, ``x`` and ``y`` being the characters that differ."""
    if name[:-1] in province_names() and other[:-1] in province_names():
        return True
    if name in b or other in a or not (_HAN.fullmatch(x) and _HAN.fullmatch(y)):
        return False
    if _NO_PLACE.search(name) or _NO_PLACE.search(other):
        return False
    if min(a.count(name), b.count(other)) >= 2:
        return True
    if titled and min(len(x), len(y)) >= 2:
        return True
    # Once only: a whole name of the same length, not misprints in a word that happens to end like one.
    return len(x) == len(y) >= 2 and len(name) <= 4 and name[-2:] != "城市"
