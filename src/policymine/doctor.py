"""``policymine doctor``: what this machine can read and draw, where results are kept, and what to install for the rest.

Decides from what is installed; nothing is started and nothing is written. Leaves out whether a certain file can be
read: ``policymine show FILE`` tells that.
"""

from __future__ import annotations

import locale
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from policymine import __version__
from policymine.cache import default_folder, library_versions
from policymine.engines.spark import INSTALL_JAVA, find_java
from policymine.reading import READERS
from policymine.reading.libreoffice import find_converter

FORMAT, LIBRARY, FIGURES, CLUSTER, PLACE = "format", "library", "figures", "cluster", "place"
_READ_BY: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "plain": ("plain text", ".txt .md: UTF-8, UTF-16, GB18030, Big5, HZ", ()),
    "html": ("web pages", ".html .htm .mhtml", ("lxml", "readability")),
    "docx": ("Word", ".docx", ()),
    "libreoffice": ("old Word, WPS, RTF, ODT", ".doc .wps .rtf .odt", ()),
    "pdf": ("PDF with text", ".pdf", ("pypdfium2",)),
    "ofd": ("OFD (GB/T 33190)", ".ofd", ()),
}
_COLLECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("archives", ".zip .tar .tar.gz .tar.bz2 .tar.xz .gz .bz2 .xz", ("zlib", "bz2", "lzma")),
    ("tables of texts", ".csv .tsv .jsonl .parquet .xlsx", ("pyarrow", "openpyxl")),
)
_EXTRAS = (("matplotlib", "figures", "pictures"), ("nltk", "agreement", "agreement of readers"))
_INSTALL_OFFICE = (
    "install LibreOffice Writer (Debian, Ubuntu: apt-get install libreoffice-writer; macOS: brew install --cask "
    "libreoffice; Windows: libreoffice.org), or save such files as .docx"
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing about this machine.

    Attributes:
        topic: format, library, figures, cluster or place.
        name: what it is about.
        works: whether it can be used.
        detail: endings, version, place or size.
        remedy: what to do where it cannot be used; empty where nothing needs to be done.
    """

    topic: str
    name: str
    works: bool
    detail: str
    remedy: str = ""


def examine(environment: Mapping[str, str] = os.environ) -> list[Check]:
    """Look at this machine.

    Args:
        environment: variables, for the place of the cache.

    Returns:
        Formats, libraries, what figures and clusters need, and places, in this order.

    >>> [found.works for found in examine() if found.name == "plain text"]
    [True]
    """
    return [*_formats(), *_libraries(), *_figures(), _cluster(environment), _cache(environment), _console()]


def as_json(findings: Iterable[Check]) -> dict[str, object]:
    """Versions and findings as plain values."""
    return {
        "policymine": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "findings": [
            {"topic": f.topic, "name": f.name, "works": f.works, "detail": f.detail, "remedy": f.remedy}
            for f in findings
        ],
    }


def _formats() -> Iterable[Check]:
    for reader in READERS:
        name, endings, needed = _READ_BY.get(reader.name, (reader.name, "", ()))
        if reader.name == "libreoffice":
            program = find_converter()
            detail = f"{endings}, by {program}" if program else endings
            yield Check(FORMAT, name, program is not None, detail, "" if program else _INSTALL_OFFICE)
        else:
            yield _format(name, endings, needed)
    for name, endings, needed in _COLLECTIONS:
        yield _format(name, endings, needed)


def _format(name: str, endings: str, needed: Iterable[str]) -> Check:
    missing = [module for module in needed if find_spec(module) is None]
    remedy = f"install policymine anew: {', '.join(missing)} is missing" if missing else ""
    return Check(FORMAT, name, not missing, endings, remedy)


def _libraries() -> Iterable[Check]:
    for name, found in sorted(library_versions().items()):
        if name != "libreoffice":
            yield Check(LIBRARY, name, True, found)


def _figures() -> Iterable[Check]:
    for module, extra, purpose in _EXTRAS:
        try:
            yield Check(FIGURES, purpose, True, f"{module} {version(module)}")
        except PackageNotFoundError:
            yield Check(FIGURES, purpose, False, f"{module} is not installed", f'pip install "policymine[{extra}]"')
    if find_spec("matplotlib") is None:
        return
    from policymine.figures.drawing import chinese_font

    font = chinese_font()
    remedy = "install a Chinese font (Debian, Ubuntu: apt-get install fonts-noto-cjk); SVG pictures need none"
    name = "Chinese font for PNG and PDF"
    yield Check(FIGURES, name, font is not None, font or "none of those known", "" if font else remedy)


def _cluster(environment: Mapping[str, str]) -> Check:
    """What ``--engine spark`` needs on this machine."""
    name = "many machines (--engine spark)"
    try:
        found = f"pyspark {version('pyspark')}"
    except PackageNotFoundError:
        return Check(CLUSTER, name, False, "pyspark is not installed", 'pip install "policymine[spark]"')
    if (java := find_java(environment)) is None:
        return Check(CLUSTER, name, False, f"{found}, without Java", INSTALL_JAVA)
    return Check(CLUSTER, name, True, f"{found}, {java}")


def _cache(environment: Mapping[str, str]) -> Check:
    """Where results of documents are kept, and how much room they take."""
    folder = default_folder(environment)
    name = "cache"
    if folder is None:
        return Check(PLACE, name, False, "the system names no place for caches", "set POLICYMINE_CACHE, or --cache")
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        return Check(PLACE, name, False, f"{folder} cannot be written", "set POLICYMINE_CACHE to another folder")
    count = size = 0
    for path in _files(folder):
        with suppress(OSError):
            size += path.stat().st_size
            count += 1
    return Check(PLACE, name, True, f"{folder}: {count:,} files, {size / 1e6:,.1f} MB; it may be deleted at any time")


def _files(folder: Path) -> Iterable[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root, name) for name in names)


def _console() -> Check:
    """The encoding in which the system writes; policymine itself always writes UTF-8."""
    encoding = locale.getencoding()
    fits = encoding.lower().replace("-", "") == "utf8"
    remedy = "" if fits else "if Chinese looks wrong: set PYTHONUTF8=1, in the Windows console also chcp 65001"
    shown = getattr(sys.stdout, "encoding", None) or "unknown"
    return Check(PLACE, "console", True, f"output {shown}, system {encoding}", remedy)
