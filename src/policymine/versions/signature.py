"""What of a mined document the comparison needs, small enough to be sent between processes."""

from __future__ import annotations

import hashlib
import re
from array import array
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from policymine.lexicon.recurring import lines_of, remembered
from policymine.models import MinedDocument
from policymine.text.characters import DROP, fold_characters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COUNTED, DROPPED = 1, 2

# Signs that do not stand between two digits, and those that do.
_SIGNS = re.compile(r"[\W_](?:(?<![0-9\W_][\W_])[\W_]*|[\W_]*+(?![0-9]))")
_BETWEEN = re.compile(r"[\W_](?<=[0-9][\W_])[\W_]*(?=[0-9])")
_BROKEN = re.compile(r"\n(?<=[0-9]\n)\n*(?=[0-9])")
_OFFICIAL = re.compile(r"[./]gov\.cn|人民政府(?:门户)?网|政府网站?")
LAST_YEAR = 2100
"""The latest year that a policy looks forward to; a later one is damage."""
_DOT = "."
_DASH = "-"


@dataclass(frozen=True, slots=True)
class Signature:
    """A document as the comparison sees it.

    Attributes:
        doc_id: the document's id; ``source``: where it came from.
        raw: the document text, to which the offsets of the ``changes`` refer.
        residue: document-text spans of lines that are no part of the document.
        key: the normalised text without all that typography may change (see :func:`comparison_key`).
        digest: a hash of the whole normalised text; equal digests mean the same normalised text.
        title, doc_number, date_issued, issuers, places: what the header says; places are province, prefecture and
            county. Absent is None or empty and never clashes with anything.
        facts: what was mined (``facts.kept_facts``), to tell which facts differ; no relation depends on it.
    """

    doc_id: str
    source: str
    raw: str
    residue: tuple[tuple[int, int], ...]
    key: str
    digest: str
    title: str | None = None
    doc_number: str | None = None
    date_issued: str | None = None
    issuers: tuple[str, ...] = ()
    places: tuple[str | None, str | None, str | None] = (None, None, None)
    facts: str = ""

    def __hash__(self) -> int:
        return hash((self.doc_id, self.digest))

    @property
    def n_chars(self) -> int:
        """Characters that count for the comparison (of ``key``)."""
        return len(self.key)

    @property
    def is_official(self) -> bool:
        """Whether it came from a website of the government, as its name or the lines of the website tell."""
        around = " ".join(self.raw[start:end] for start, end in self.residue)
        return bool(_OFFICIAL.search(self.source) or _OFFICIAL.search(around))

    @property
    def n_damaged(self) -> int:
        """Characters that no author writes: undecodable ones, placeholders, and years like 5378年."""
        import numpy as np

        codes = code_points(self.raw)
        placeholders = int((codes - np.uint32(0xE000) < 0x1900).sum())  # the area of private use
        return placeholders + self.raw.count("\ufffd") + _impossible_years(self.raw)

    @property
    def n_header(self) -> int:
        """How many of title, number, date and issuers the header states (0 to 4)."""
        return sum(map(bool, (self.title, self.doc_number, self.date_issued, self.issuers)))


def signature(mined: MinedDocument, facts: str = "") -> Signature:
    """The signature of a mined document; pure, so it can be made in a worker and kept.

    Args:
        mined: a document with its normalised text and header; sections and facts are not looked at.
        facts: those that are to be compared, from ``facts.kept_facts``.
    """
    text, header = mined.text, mined.header
    return Signature(
        doc_id=mined.raw.doc_id,
        source=mined.raw.source,
        raw=text.raw,
        residue=text.residue,
        key=comparison_key(text.text),
        digest=hashlib.sha256(text.text.encode("utf-8", "surrogatepass")).hexdigest(),
        title=header.title,
        doc_number=header.doc_number,
        date_issued=header.date_issued,
        issuers=tuple(header.issuers),
        places=(header.province, header.prefecture, header.county),
        facts=facts,
    )


def comparison_key(text: str) -> str:
    """A normalised text folded to Han characters, letters and digits.

    Between two digits a decimal point stays and any other sign becomes ``-``: 1.5亿元 must not equal 15亿元, nor
    2011—2020 be read as one number. A comma that groups thousands is left out.

    >>> comparison_key("一、到2020年,增长1.5%;2011—2020年,达到12,000家。")
    '一到2020年增长1.5-2011-2020年达到12000家'
    """
    return _BROKEN.sub(_DASH, "\n".join(map(_line_key, lines_of(text)))).replace("\n", "")


@remembered
def _line_key(line: str) -> str:
    return _BETWEEN.sub(_separator, _SIGNS.sub("", line))


def _separator(match: re.Match[str]) -> str:
    between = match.group()
    if between == _DOT:
        return _DOT
    if between == "," and re.match(r"[0-9]{3}(?![0-9])", match.string[match.end() : match.end() + 4]):
        return ""
    return _DASH


def _impossible_years(text: str) -> int:
    found, at = 0, text.find("年", 4)
    while at >= 0:
        year = text[at - 4 : at]
        if year > str(LAST_YEAR) and year.isascii() and year.isdigit() and not text[at - 5 : at - 4].isdigit():
            found += 1
        at = text.find("年", at + 1)
    return found


@lru_cache(maxsize=64)
def key_offsets(signed: Signature) -> array[int]:
    """The document-text offset of every character of ``signed.key``; not to be changed.

    Normalisation replaces characters one for one and otherwise only leaves some out, so the characters that count
    stand in the document text in the same order; a separator stands right behind the digit before it.
    """
    import numpy as np

    counts = character_kinds(signed.raw) == COUNTED
    for start, end in signed.residue:
        counts[start:end] = False
    key = code_points(signed.key)
    separators = ((key == ord(_DASH)) | (key == ord(_DOT))).nonzero()[0]
    offsets = np.empty(len(key), np.int32)
    counted = np.ones(len(key), np.bool_)
    counted[separators] = False
    offsets[counted] = counts.nonzero()[0][: len(key) - len(separators)]
    offsets[separators] = offsets[separators - 1] + 1
    return array("i", offsets.tobytes())


def code_points(text: str) -> NDArray[np.uint32]:
    """The code point of every character."""
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


@lru_cache(maxsize=16)
def character_kinds(raw: str) -> NDArray[np.uint8]:
    """What each character is after folding: ``COUNTED``, ``DROPPED`` (invisible) or 0 (all else); not to be changed."""
    import numpy as np

    codes = code_points(raw)
    table = _kind_table()
    kinds: NDArray[np.uint8] = table[np.minimum(codes, 0xFFFF)]
    for at in (codes > 0xFFFF).nonzero()[0].tolist():
        kinds[at] = _kind(fold_characters(raw[at]))
    return kinds


@cache
def _kind_table() -> NDArray[np.uint8]:
    import numpy as np

    folded = fold_characters("".join(map(chr, range(0x10000))))
    return np.array([_kind(c) for c in folded], np.uint8)


def _kind(folded: str) -> int:
    return COUNTED if folded.isalnum() else DROPPED if folded == DROP else 0
