"""Documents whose relation is known, made from real texts: for ``benchmarks/versions.py``.

A *base* is a real text, or a mosaic of paragraphs of several, under a fictional head (or none). From each are made
versions of it (other widths, reflowed, without head or tail, with residue, with noise, with a changed figure, all
mixed) and documents that are none: the text for another place, for another year, a draft, a revision, a text with
other figures, one that quotes it at length, one that contains it. The same seed makes the same documents.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEAST_CHARS = 400
PLACES = tuple(
    f"{a}{b}" for a in "临澜岑沐青云望霞松汀" for b in "泽岭屏潮原浦陂岚"
)
PROVINCES = ("东澜省", "北岑省", "云屏省", "西汀省", "南浦省")
_PLURAL = re.compile("全国|各地|我国|全省|全市|我省|我市|本市")
_YEAR = re.compile(r"(?<![0-9])(20[0-4][0-9])(?=年|-|—|〕)")
_NUMBER = re.compile(r"(?<![0-9.])(?!(?:19|20)[0-9]{2}(?![0-9]))[0-9]+(?:\.[0-9]+)?(?![0-9.]*(?:年|月|日|号|\.|、|）|\)))")
_TOPICS = "数字经济,质量提升,乡村振兴,智慧水利,绿色建筑,养老服务,冷链物流,职业教育,林下经济,海洋牧场".split(",")
_FORMS = "实施意见,行动计划,实施方案,若干措施,发展规划,管理办法".split(",")
_COMMON = "的是在和有了人大中上为个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"


@dataclass(frozen=True, slots=True)
class Document:
    """A text with what is known of it.

    Attributes:
        name: unique.
        text: as a file would hold it.
        work: the work it is a version of.
        kind: base, or how it was made.
        base: name of the document it was made from; None for a base.
        expected: relation to that document; empty where none need be reported.
    """

    name: str
    text: str
    work: str
    kind: str
    base: str | None
    expected: str


@dataclass(frozen=True, slots=True)
class _Base:
    head: tuple[str, ...]
    body: tuple[str, ...]
    tail: tuple[str, ...]
    place: str
    year: int

    @property
    def lines(self) -> list[str]:
        return [*self.head, *self.body, *self.tail]

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def real_texts(shared: Path, half: int) -> list[list[str]]:
    """The paragraphs of every second real text (by its hash), those of ``data/raw`` where there are no others.

    Args:
        shared: folder with ``texts`` and ``corpus``.
        half: 0 for the half that rules are chosen on, 1 for the one that is reported.
    """
    paths = [p for part in ("texts", "corpus/central", "corpus/shandong") for p in (shared / part).glob("*.txt")]
    found: dict[str, list[str]] = {}
    for path in sorted(paths or (ROOT / "data" / "raw").glob("*.txt")):
        text = path.read_bytes().decode("utf-8-sig", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        if sum(map(len, lines)) >= LEAST_CHARS and (not paths or int(digest, 16) % 2 == half):
            found[digest] = lines
    return [found[digest] for digest in sorted(found)]


def documents(texts: list[list[str]], count: int, seed: int) -> list[Document]:
    """That many documents (a few more, so that the last base is whole), every kind about equally often."""
    rng = random.Random(seed)
    pool = [line for lines in texts for line in lines if 30 <= len(line) <= 600 and "〔" not in line[:60]]
    made: list[Document] = []
    number = 0
    while len(made) < count:
        made.extend(_family(rng, texts, pool, number))
        number += 1
    return made


def _family(rng: random.Random, texts: list[list[str]], pool: list[str], number: int) -> Iterator[Document]:
    base = _base(rng, texts, pool, number)
    name = f"b{number:05d}"
    yield Document(name, base.text, name, "base", None, "")
    versions = list(VERSIONS)
    for kind in rng.sample(versions, 3):
        yield Document(f"{name}-{kind}", VERSIONS[kind](rng, base), name, kind, name, "version")
    for kind in rng.sample(list(OTHERS), 2):
        other, expected = OTHERS[kind](rng, base, pool)
        own = f"{name}-{kind}"
        yield Document(own, other.text, own, kind, name, expected)
        if rng.random() < 0.3:
            again = rng.choice([k for k in versions if k != "mixed"])
            yield Document(f"{own}-{again}", VERSIONS[again](rng, other), own, again, own, "version")


def _base(rng: random.Random, texts: list[list[str]], pool: list[str], number: int) -> _Base:
    place, year = rng.choice(PLACES) + "市", rng.randrange(2009, 2024)
    body = list(texts[number]) if number < len(texts) else rng.sample(pool, min(len(pool), rng.randrange(6, 40)))
    if sum(map(len, body)) > 12_000:
        body = body[: max(8, len(body) * 12_000 // sum(map(len, body)))]
    body = _with_place(rng, body, place)
    head: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()
    if not _headed(body) and rng.random() < 0.6:
        topic, form = rng.choice(_TOPICS), rng.choice(_FORMS)
        office = rng.choice([f"{place}人民政府", f"{place}人民政府办公室"])
        title = f"{office}关于印发{place}{topic}{form}的通知" if rng.random() < 0.5 else f"{office}关于{topic}的{form}"
        head = (title, f"{place[0]}政发〔{year}〕{rng.randrange(1, 90)}号", "各县（市、区）人民政府，市政府各部门：")
        tail = (office, f"{year}年{rng.randrange(1, 13)}月{rng.randrange(1, 28)}日")
    if rng.random() < 0.3:
        tail += ("附件：重点任务清单", *(f"{n}．{line[:60]}" for n, line in enumerate(rng.sample(pool, 4), 1)))
    return _Base(head, tuple(body), tail, place, year)


def _headed(body: list[str]) -> bool:
    """Whether a real text has a head of its own."""
    return any("〔" in line or re.search("关于.*的.{2,8}$", line) for line in body[:8] if len(line) < 60)


def _with_place(rng: random.Random, body: list[str], place: str) -> list[str]:
    """The text made that of a place: named two to six times."""
    spots = [n for n, line in enumerate(body) if _PLURAL.search(line)]
    for n in rng.sample(spots, min(len(spots), rng.randrange(2, 7))):
        body[n] = _PLURAL.sub(place, body[n], count=1)
    while "".join(body).count(place) < 2:
        n = rng.randrange(len(body))
        body[n] = f"{place}要统筹推进下列工作。{body[n]}"
    return body


# Versions of a document.

_HALF = str.maketrans("，；：（）％０１２３４５６７８９", ",;:()%0123456789")
_FULL = str.maketrans("0123456789(),;:%", "０１２３４５６７８９（），；：％")


def _width(rng: random.Random, base: _Base) -> str:
    return base.text.translate(_HALF if rng.random() < 0.5 else _FULL)


def _reflow(rng: random.Random, base: _Base) -> str:
    if rng.random() < 0.5:
        at = rng.randrange(28, 46)
        return "\n".join(line[i : i + at] for line in base.lines for i in range(0, len(line), at)) + "\n"
    joined = [*base.head]
    for line in base.body:
        if joined and len(joined) > len(base.head) and rng.random() < 0.6:
            joined[-1] += line
        else:
            joined.append(f"　　{line}")
    return "\n\n".join([*joined, *base.tail])


def _lost(rng: random.Random, base: _Base) -> str:
    if base.head and rng.random() < 0.6:
        return "\n".join([*base.body, *base.tail])
    if base.tail:
        return "\n".join([*base.head, *base.body])
    return "\n".join(base.lines[1:] if len(base.lines[0]) < 0.1 * len(base.text) else base.lines)


def _residue(rng: random.Random, base: _Base) -> str:
    site = rng.choice(PLACES)
    above = [f"首页 > 政务公开 > 政策文件 > {site}", f"发布时间：{base.year + 1}-03-0{rng.randrange(1, 9)}  来源：{site}政府网"]
    below = [f"浏览次数：{rng.randrange(10, 900)}", "【打印】【关闭】", f"版权所有：{site}市人民政府办公室  备案号 1{rng.randrange(10**6)}"]
    lines = base.lines
    for page in range(1, len(lines) // 14):
        lines.insert(page * 14, f"- {page} -")
    return "\n".join([*above[: rng.randrange(1, 3)], *lines, *below[: rng.randrange(1, 4)]])


def _noise(rng: random.Random, base: _Base, most: float = 0.03) -> str:
    rate = rng.uniform(0.005, most)
    out: list[str] = []
    for c in base.text:
        if c.isalnum() and not c.isdigit() and rng.random() < rate:
            what = rng.random()
            if what < 0.8:
                out.append(rng.choice(_COMMON))
            elif what < 0.9:
                out.append(c + c)
            continue
        out.append(c)
    return "".join(out)


def _other_number(rng: random.Random, words: str) -> str:
    at = rng.choice([n for n, c in enumerate(words) if c.isdigit()])
    digit = rng.choice([d for d in "123456789" if d != words[at]])
    return words[:at] + digit + words[at + 1 :]


def _figure(rng: random.Random, base: _Base) -> str:
    text = "\n".join(base.body)
    numbers = list(_NUMBER.finditer(text))
    for match in sorted(rng.sample(numbers, min(len(numbers), rng.randrange(1, 3))), key=lambda m: -m.start()):
        text = text[: match.start()] + _other_number(rng, match[0]) + text[match.end() :]
    return "\n".join([*base.head, text, *base.tail])


def _mixed(rng: random.Random, base: _Base) -> str:
    for make in rng.sample([_width, _reflow, _lost, _residue, _figure, _half_noise], rng.randrange(2, 5)):
        lines = make(rng, base).splitlines()
        n_head = len(base.head) if make in (_width, _half_noise, _figure) else 0
        n_tail = len(base.tail) if make in (_width, _half_noise, _figure) else 0
        end = len(lines) - n_tail
        base = _Base(tuple(lines[:n_head]), tuple(lines[n_head:end]), tuple(lines[end:]), base.place, base.year)
    return base.text


def _half_noise(rng: random.Random, base: _Base) -> str:
    return _noise(rng, base, 0.015)


VERSIONS = {
    "width": _width, "reflow": _reflow, "lost": _lost, "residue": _residue, "noise": _noise, "figure": _figure, "mixed": _mixed,
}


# Documents that are none.

_Other = tuple[_Base, str]


def _map(base: _Base, change: object, place: str = "", year: int = 0) -> _Base:
    assert callable(change)
    parts = (tuple(map(change, part)) for part in (base.head, base.body, base.tail))
    return _Base(*parts, place or base.place, year or base.year)


def _share_of_figures(rng: random.Random, base: _Base, share: float) -> _Base:
    def change(line: str) -> str:
        return _NUMBER.sub(lambda m: _other_number(rng, m[0]) if rng.random() < share else m[0], line)

    return _Base(base.head, tuple(map(change, base.body)), base.tail, base.place, base.year)


def _place(rng: random.Random, base: _Base, pool: list[str]) -> _Other:
    other = rng.choice([p for p in PLACES if p[0] != base.place[0] and p[1] != base.place[1]]) + "市"
    moved = _map(base, lambda line: line.replace(base.place, other), other)
    if moved.head:
        number = f"{other[0]}政发〔{base.year + rng.randrange(0, 2)}〕{rng.randrange(90, 180)}号"
        moved = _Base((moved.head[0], number, *moved.head[2:]), moved.body, moved.tail, other, base.year)
    return _share_of_figures(rng, moved, rng.choice([0, 0.1, 0.4])), "adaptation"


def _edition(rng: random.Random, base: _Base, pool: list[str]) -> _Other:
    by = rng.choice([1, 1, 5])
    later = _map(base, lambda line: _YEAR.sub(lambda m: str(int(m[1]) + by), line), year=base.year + by)
    if not base.head and len(_YEAR.findall(base.text)) < 2:
        return _draft(rng, base, pool)
    return _share_of_figures(rng, later, rng.choice([0.1, 0.3])), "adaptation"


def _reworded(rng: random.Random, base: _Base, pool: list[str], share: float) -> _Base:
    """Some sentences exchanged, left out or added, some figures changed."""
    body = list(base.body)
    left = max(2, int(share * len(body)))
    while left:
        n = rng.randrange(len(body))
        sentences = re.split("(?<=[。；])", body[n])
        k = rng.randrange(len(sentences))
        new = [s for s in re.split("(?<=[。；])", rng.choice(pool)) if 12 <= len(s) <= 80]
        if new and rng.random() < 0.75:
            sentences[k : k + (rng.random() < 0.7)] = [rng.choice(new)]
            left -= 1
        elif len(sentences) > 2 and len(sentences[k]) >= 14:
            del sentences[k]
            left -= 1
        body[n] = "".join(sentences)
    return _share_of_figures(rng, _Base(base.head, tuple(body), base.tail, base.place, base.year), 0.1)


def _draft(rng: random.Random, base: _Base, pool: list[str]) -> _Other:
    made = _reworded(rng, base, pool, 0.08)
    if not made.head:
        return made, "revision"
    return _Base((made.head[0] + "（征求意见稿）", *made.head[2:]), made.body, (), base.place, base.year), "revision"


def _revised(rng: random.Random, base: _Base, pool: list[str]) -> _Other:
    return _reworded(rng, base, pool, 0.12), "revision"


def _figures(rng: random.Random, base: _Base, pool: list[str]) -> _Other:
    changed = _share_of_figures(rng, base, rng.uniform(0.25, 0.6))
    differing = sum(a != b for a, b in zip(_NUMBER.findall(base.text), _NUMBER.findall(changed.text), strict=False))
    if differing < 4 or 4 * differing < len(_NUMBER.findall("".join(base.body))):
        return _revised(rng, base, pool)
    return changed, "revision"


def _quotes(rng: random.Random, base: _Base, pool: list[str]) -> _Other:
    """Another document with a third to a half of the paragraphs."""
    n = len(base.body)
    at, size = rng.randrange(n), max(1, int(n * rng.uniform(0.3, 0.5)))
    quoted = list(base.body[at : at + size])
    own = rng.sample(pool, min(len(pool), max(4, n - len(quoted))))
    place = rng.choice([p for p in PLACES if p != base.place[:2]])
    body = [*own[: len(own) // 2], *quoted, *own[len(own) // 2 :]]
    head = (f"{place}市人民政府关于{rng.choice(_TOPICS)}的{rng.choice(_FORMS)}", f"{place}政发〔{base.year}〕{rng.randrange(90, 180)}号")
    return _Base(head if rng.random() < 0.6 else (), tuple(body), (), place + "市", base.year), ""


def _contains(rng: random.Random, base: _Base, pool: list[str]) -> _Other:
    before, behind = rng.sample(pool, rng.randrange(3, 8)), rng.sample(pool, rng.randrange(3, 8))
    body = (*before, *base.lines, *behind)
    return _Base((f"{rng.choice(PROVINCES)}政策文件汇编（{base.year + 1}年）",), body, (), base.place, base.year), "contains"


OTHERS = {
    "place": _place, "edition": _edition, "draft": _draft, "revised": _revised, "figures": _figures,
    "quotes": _quotes, "contains": _contains,
}


# Very many documents, for time and memory.


def mosaics(texts: list[list[str]], count: int, seed: int) -> Iterator[tuple[str, str]]:
    """The work and the text of that many documents, made one by one: works of 1 to 20 versions, four on average, each
    put together from 12 to 70 real paragraphs; every fourth work is the one before for another place."""
    rng = random.Random(seed)
    pool = [line for lines in texts for line in lines if 30 <= len(line) <= 600]
    made = number = 0
    place, body = "", [""]
    while made < count:
        other = rng.choice(PLACES) + "市"
        if number % 4 == 3:
            body = [line.replace(place, other) for line in body]
            body[rng.randrange(len(body))] = rng.choice(pool)
        else:
            body = _with_place(rng, rng.sample(pool, min(len(pool), rng.randrange(12, 70))), other)
        place = other
        for version in range(min(20, 1 + int(rng.expovariate(1 / 3.5)), count - made)):
            base = _Base((), tuple(body), (), place, 2020)
            spoilt = base.text if not version else rng.choice([_width, _figure, _half_noise])(rng, base)
            yield f"w{number}", spoilt
            made += 1
        number += 1
