"""A user's own lexicon of departments: read, checked line by line, and handed on as values.

The file has the columns of the package's ``departments.tsv`` (tab-separated, UTF-8, one header line): ``term`` and
``function`` must be there, the others may. Decides what a row must look like; leaves out whether its words are true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from policymine.lexicon.department_stems import COLUMNS
from policymine.lexicon.files import LexiconError, read_lexicon
from policymine.models import UserLexicon

REQUIRED = ("term", "function")
LONGEST_TERM = 60
MOST_BYTES = 20_000_000
ERROR, WARNING = "error", "warning"
_NO_TERM = re.compile(r"[\s、，,；;。：:（）()《》]")
_FUNCTION = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBERED = ("valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong (``error``) or odd (``warning``) about a line of a lexicon, and what to do about it."""

    line: int
    level: str
    message: str


def read_user_lexicon(path: str | Path) -> UserLexicon:
    """Read a user's lexicon file for ``Options.lexicons``.

    Args:
        path: a TSV file with the columns of ``departments.tsv``.

    Raises:
        LexiconError: the file cannot be read or a row cannot be used; the message says where and what to do.
    """
    lexicon, findings = check_user_lexicon(path)
    errors = [f for f in findings if f.level == ERROR]
    if errors:
        more = f" ({len(errors) - 1} more: policymine lexicon check {path})" if len(errors) > 1 else ""
        raise LexiconError(f"{path}, line {errors[0].line}: {errors[0].message}{more}")
    return lexicon


def check_user_lexicon(path: str | Path) -> tuple[UserLexicon, list[Finding]]:
    """Read a user's lexicon file and look at every line of it.

    Args:
        path: a TSV file with the columns of ``departments.tsv``.

    Returns:
        The rows that can be used, and findings by line. Lines without a word and comments (``#``) are passed over.

    Raises:
        LexiconError: the file cannot be read, is too large or is not UTF-8.
    """
    text = _content(Path(path))
    lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip() and not line.startswith("#")]
    if not lines:
        example = "\\t".join(REQUIRED)
        return UserLexicon(str(path), ()), [Finding(1, ERROR, f"no header line; write the column names: {example}")]
    number, header = lines[0]
    columns = [name.strip() for name in header.split("\t")]
    if problem := _wrong_columns(columns):
        return UserLexicon(str(path), ()), [Finding(number, ERROR, problem)]
    rows: list[tuple[str, ...]] = []
    findings: list[Finding] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, line in lines[1:]:
        cells = [cell.strip() for cell in line.split("\t")]
        row = dict.fromkeys(COLUMNS, "") | dict(zip(columns, cells, strict=False))
        found = [Finding(number, *problem) for problem in _problems(row, len(cells), len(columns))]
        key = (row["term"], row["function"], row["valid_from"], row["valid_to"])
        if key in seen:
            found.append(Finding(number, WARNING, f"the same term and years as in line {seen[key]}; remove one"))
        seen.setdefault(key, number)
        findings += found
        if not any(f.level == ERROR for f in found):
            rows.append(tuple(row[name] for name in COLUMNS))
    if not rows and not findings:
        findings.append(Finding(number, WARNING, "no rows below the header line; nothing is added"))
    return UserLexicon(str(path), tuple(rows)), findings


def as_rows(lexicons: Iterable[UserLexicon]) -> Iterator[dict[str, str]]:
    """The rows of some lexicons by the names of their columns, as ``Departments.extended`` takes them."""
    return (dict(zip(COLUMNS, row, strict=True)) for lexicon in lexicons for row in lexicon.rows)


def _content(path: Path) -> str:
    try:
        if path.is_dir():
            raise LexiconError(f"{path}: is a folder; give a lexicon file (TSV)")
        with open(path, "rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise LexiconError(f"{path}: no such file; check the spelling and the current folder") from None
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    if len(data) > MOST_BYTES:
        raise LexiconError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB; give a lexicon, not a document")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LexiconError(f"{path}, line {line}: is not UTF-8; save the lexicon as UTF-8") from error


def _wrong_columns(columns: list[str]) -> str | None:
    if missing := [name for name in REQUIRED if name not in columns]:
        return f"no column {' and '.join(missing)}; the columns are {', '.join(COLUMNS)}, separated by tabs"
    if unknown := [name for name in columns if name not in COLUMNS]:
        return f"unknown column {', '.join(map(repr, unknown))}; the columns are {', '.join(COLUMNS)}"
    if doubled := sorted({name for name in columns if columns.count(name) > 1}):
        return f"column {', '.join(doubled)} stands twice; remove one"
    return None


def _problems(row: dict[str, str], cells: int, columns: int) -> Iterator[tuple[str, str]]:
    """Level and message of all that is wrong about a row."""
    if cells > columns:
        yield ERROR, f"{cells} cells for {columns} columns; remove the surplus tab"
    term, function = row["term"], row["function"]
    if not 2 <= len(term) <= LONGEST_TERM:
        yield ERROR, f"term {term[:20]!r} has {len(term)} characters; write 2 to {LONGEST_TERM}"
    elif _NO_TERM.search(term):
        yield ERROR, f"term {term[:20]!r} holds a blank or a punctuation mark; write one name a row"
    if not _FUNCTION.fullmatch(function):
        yield ERROR, f"function {function[:20]!r} is no code; write one like market-regulation"
    elif function not in {known["function"] for known in read_lexicon("functions")}:
        yield WARNING, f"function {function} is none of the package's; its rows will stand apart from all others"
    years = [row[name] for name in _NUMBERED]
    for name, year in zip(_NUMBERED, years, strict=True):
        if year and not _YEAR.fullmatch(year):
            yield ERROR, f"{name} {year[:20]!r} is no year; write four digits or leave it empty"
    if all(map(_YEAR.fullmatch, years)) and years[0] > years[1]:
        yield ERROR, f"valid_from {years[0]} is behind valid_to {years[1]}; exchange them"
