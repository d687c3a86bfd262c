"""Plain text out of bytes: which encoding, which bytes are damaged, and whether it is text at all.

Order of decision: byte-order mark; strict UTF-8; HZ by its marks; else the best of UTF-8, GB18030, Big5, UTF-16-LE
and UTF-16-BE by the share of characters that Chinese policy documents are made of. Nothing depends on the name of the
file. The document text is the decoded content: no byte-order mark, line ends as they are, an undecodable byte as
U+FFFD with an issue.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from policymine.models import Issue, Options
from policymine.reading.contract import Reader, Reading
from policymine.text.script import simplify

SAMPLE = 65_536
"""Bytes from which the encoding is scored."""
MOST_ODD = 0.10
"""Share of control characters, U+FFFD and unassigned code points above which the bytes are no text."""
FEW_COMMON = 0.12
"""Share of common characters below which the encoding is reported as uncertain; policy texts have 0.35 and more."""
_NULS = 0.02
_HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+~\}")
_RARE = 0.1
"""How much better Big5 must be than GB18030, which is what such files are in."""
_LOST = re.compile("\ufffd|锟斤拷(?:锟斤拷)*")
"""What stands where characters were lost before the file was saved: decoded wrongly once, or twice."""
MOST_DAMAGES = 20
"""Damaged places that get an issue each; the rest are counted in one."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What a file may call its encoding, and what is meant: gb2312 and gbk mean GB18030, which holds both.
_STATED = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs", "big5hkscs": "big5hkscs",
    "utf-8": "utf-8", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be",
}
_COMMON = frozenset(
    "的一国在人了有中是年和大业不为发会工经上地市要个产这出行作生家以成到日民来我部对进多全建他公开们场展时理新方主企资实学报制政"
    "济用同于法高长现本月定化加动合品重关机分力自外者区能设后就等体下万元社过前面农也得与说之员而务利电文事可种总改三各好金第司其从"
    "平代当天水省提商十管内小技位目起海所立已通入量子问度北保心还科委都术使明着次将增基名向门应里美由规今题记点计去强两些表系办教正"
    "条最达特革收二期并程厂如道际及西口京华任调性导组东路活广意比投决交统党南安此领结营项情解议义山先车然价放世间因共院步物界集把持"
    "无但城相书村求治取原处府研质信四运县军件育局干队团又造形级标联专少费效据手施权江近深更认果格几看没职服台式益想数单样只被亿老受"
    "优常销志战流很接乡头给至难观指创证织论别五协变风批见究支查张精每林转划准做需传争税构具百或才积势举必型易视快李参回引镇首推思完"
    "消值该走装众责备州供包副极整确知贸己环话反身选亚带采策真严况打德告仅料神率识劳境源青护列兴许户则节款拉直案股较花根布线土克再群"
    "医清速律她族历非感占续师何影功负验望财类货约艺售纪按讯史示养获食抓富模始住赛客越央席坚六七八九零"
    "，。、；：！？（）《》“”〔〕．％　０１２３４５６７８９"
)
_ASCII_TEXT = frozenset(map(chr, range(32, 127)))
_BLANK = frozenset("\t\n\r\f\v")
# Runs of characters none of which is odd: nearly all of a text.
_USUAL = re.compile(r"[\t\n\r\f\v -~\u3000-\u303f\u4e00-\u9fa5\uff01-\uff5e]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of some bytes, or None where they are no text, with the encoding and what is doubtful about it."""

    text: str | None
    encoding: str | None
    issues: tuple[Issue, ...] = ()


def decode(data: bytes, words: bytes | None = None, stated: str | None = None) -> Decoded:
    """Decode the bytes of a text file.

    Args:
        data: all bytes of the file.
        words: the bytes that the encoding is judged by, where the file is markup around them.
        stated: the encoding that the file names; it counts where the bytes do not prove it wrong.

    Returns:
        The text with its encoding, and an issue for every undecodable byte and for an uncertain guess;
        ``text`` is None for binary data. Never raises.

    >>> decode("到2025年".encode("gb18030")).text
    '到2025年'
    >>> decode(bytes(range(256)) * 8).text is None
    True
    """
    encoding, mark = _by_mark(data)
    certain = encoding is not None
    if encoding is None:
        encoding, certain = _by_content(data if words is None else words, stated)
    text, damages = _decode(data[mark:], "utf-8" if encoding == "utf-8-sig" else encoding)
    if _odd_share(text[:SAMPLE]) > MOST_ODD:
        return Decoded(None, None)
    issues = _damage_issues(text, damages, encoding) if damages else _loss_issues(text)
    if not certain:
        message = f"read as {encoding}, but few of its characters are common ones"
        issues = (Issue("read-encoding", message), *issues)
    return Decoded(text, encoding, issues)


def encoding_of(head: bytes) -> str | None:
    r"""The encoding of a text that begins with these bytes, by a name that decodes the whole; None: it is no text.

    >>> encoding_of("标题,正文\n".encode("gb18030")), encoding_of(b"\xff\xfea\x00"), encoding_of(bytes(64))
    ('gb18030', 'utf-16', None)
    """
    encoding, mark = _by_mark(head)
    if encoding is None:
        encoding = "utf-8" if _begins_utf8(head) else _by_content(head)[0]
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head[mark:])
    if _odd_share(text) > MOST_ODD:
        return None
    return encoding[:6] if mark and encoding.startswith("utf-") and encoding != "utf-8-sig" else encoding


def _begins_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return head.count(0) <= _NULS * len(head)


def _by_mark(data: bytes) -> tuple[str | None, int]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding, len(mark)
    return None, 0


def _by_content(data: bytes, stated: str | None = None) -> tuple[str, bool]:
    """The encoding of bytes without a mark, and whether the guess is well supported."""
    sample = data[:SAMPLE]
    nuls = sample.count(0) / max(1, len(sample))
    if nuls <= _NULS:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            if text.isascii() and _HZ.search(data[:SAMPLE]):
                return "hz", True
            if text.isascii() or any(c >= "\u2e80" for c in text[:SAMPLE]):
                return "utf-8", True
    # of equals, the stated one
    guesses = (_known_encoding(stated or ""), "utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
    scores = {encoding: _score(sample, encoding) for encoding in dict.fromkeys(filter(None, guesses))}
    best = max(scores, key=lambda encoding: scores[encoding])
    if best.startswith("utf-16") and scores[best] < FEW_COMMON:  # any even number of bytes decodes as UTF-16
        best = max(("utf-8", "gb18030"), key=lambda encoding: scores[encoding])
    return best, scores[best] >= FEW_COMMON


def _known_encoding(name: str) -> str:
    """The encoding that a file names, as it is reported; empty for one that no Chinese text is in."""
    try:
        return _STATED.get(codecs.lookup(name).name, "")
    except (LookupError, ValueError):
        return ""


def _score(sample: bytes, encoding: str) -> float:
    """The share of characters that are common in Chinese documents, less that of characters no text has."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = decoder.decode(sample, final=False)
    if not text:
        return -1.0
    if encoding == "big5hkscs":
        text = simplify(text)
    counts = Counter(text)
    common = sum(n for c, n in counts.items() if c in _COMMON)
    plain = sum(n for c, n in counts.items() if c in _ASCII_TEXT or c in _BLANK)
    odd = sum(n for c, n in counts.items() if _is_odd(c))
    return (common + plain / 2 - odd) / len(text) - (_RARE if encoding == "big5hkscs" else 0)


def is_unlikely(text: str) -> bool:
    """Whether a text of Chinese characters has hardly a common one among them: it stands for something else.

    >>> is_unlikely("到二〇二五年" * 10), is_unlikely("瀚犇鑫璐翯" * 12), is_unlikely("瀚犇")
    (False, True, False)
    """
    ideographs = [c for c in text if "\u3400" <= c <= "\u9fff" or c > "\U0001ffff"]
    return len(ideographs) >= 50 and sum(c in _COMMON for c in ideographs) < FEW_COMMON * len(ideographs)


def _is_odd(c: str) -> bool:
    return c not in _BLANK and (c == "\ufffd" or unicodedata.category(c) in {"Cc", "Cn", "Co", "Cs"})


def _odd_share(text: str) -> float:
    if not text:
        return 0.0
    odd = sum(_is_odd(c) and unicodedata.category(c) != "Co" for c in _USUAL.sub("", text))
    return odd / len(text)


def _decode(data: bytes, encoding: str) -> tuple[str, list[int]]:
    """The text with U+FFFD for what cannot be decoded, and the places of those."""
    try:
        return data.decode(encoding), []
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
    return text, [hit.start() for hit in re.finditer("\ufffd", text)]


def _damage_issues(text: str, damages: list[int], encoding: str) -> tuple[Issue, ...]:
    issues = []
    for at in damages[:MOST_DAMAGES]:
        before = " ".join(text[max(0, at - 10) : at].split())
        message = f"a byte behind “{before}” is not {encoding}; it stands as U+FFFD"
        issues.append(Issue("read-undecodable", message, start=at, end=at + 1))
    if len(damages) > MOST_DAMAGES:
        message = f"{len(damages) - MOST_DAMAGES} more bytes are not {encoding}"
        issues.append(Issue("read-undecodable", message))
    return tuple(issues)


def _loss_issues(text: str) -> tuple[Issue, ...]:
    if "\ufffd" not in text and "锟斤拷" not in text:
        return ()
    lost = list(islice(_LOST.finditer(text), MOST_DAMAGES + 1))
    message = "characters were lost here before the file was saved"
    issues = [Issue("read-undecodable", message, start=hit.start(), end=hit.end()) for hit in lost[:MOST_DAMAGES]]
    if len(lost) > MOST_DAMAGES:
        issues.append(Issue("read-undecodable", "characters were lost in more places before the file was saved"))
    return tuple(issues)


def _bid(edges: bytes, media_type: str | None) -> float:
    return 0.1 if media_type is None else 0.0


def _read(data: bytes, options: Options) -> Reading:
    decoded = decode(data)
    if decoded.text is None:
        issue = Issue("read-binary", "the bytes are not text in any known encoding")
        return Reading("", "binary", issues=(issue,), media_type="application/octet-stream")
    return Reading(decoded.text, encoding=decoded.encoding, issues=decoded.issues)


PLAIN = Reader("plain", _bid, _read)
"""The reader of plain text: it takes what shows no other format, and says when it is no text."""
