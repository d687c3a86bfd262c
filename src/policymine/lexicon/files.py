"""Read the package's lexicons (TSV) and rules (TOML).

A lexicon is a closed set of wordings: tab-separated, one header line, ``#`` comments above it. A rule file is
TOML whose rules carry ``id``, ``pattern``, ``examples`` and ``counter_examples``; tests run over both.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any


class LexiconError(ValueError):
    """A lexicon or rule file that cannot be used; the message names file, line and remedy."""


def parse_tsv(text: str, name: str) -> list[dict[str, str]]:
    """Rows of a tab-separated lexicon as dictionaries.

    Args:
        text: the file's content. Lines that begin with ``#`` above the header line are comments.
        name: how messages call the file.

    Raises:
        LexiconError: a row has more cells than the header line.

    >>> parse_tsv("term\\tunit\\n家\\t家\\n", "units.tsv")
    [{'term': '家', 'unit': '家'}]
    """
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line and not line.startswith("#")]
    if not lines:
        raise LexiconError(f"{name}: no header line; write the column names, tab-separated, in the first line")
    columns = lines[0][1].split("\t")
    rows = []
    for number, line in lines[1:]:
        cells = line.split("\t")
        if len(cells) > len(columns):
            raise LexiconError(
                f"{name}, line {number}: {len(cells)} cells for {len(columns)} columns; remove the surplus tab"
            )
        rows.append(dict(zip(columns, cells + [""] * (len(columns) - len(cells)), strict=True)))
    return rows


@cache
def read_lexicon(name: str) -> tuple[dict[str, str], ...]:
    """The rows of the package's lexicon ``name`` (without ``.tsv``)."""
    path = resources.files("policymine") / "data" / "lexicons" / f"{name}.tsv"
    return tuple(parse_tsv(path.read_text(encoding="utf-8"), f"{name}.tsv"))


@cache
def read_rules(name: str) -> dict[str, Any]:
    """The content of the package's rule file ``name`` (without ``.toml``)."""
    path = resources.files("policymine") / "data" / "rules" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def words(name: str, **fixed: str) -> tuple[str, ...]:
    """The ``term`` column of a lexicon, longest first, of the rows whose columns equal ``fixed``."""
    found = {r["term"] for r in read_lexicon(name) if all(r.get(k) == v for k, v in fixed.items())}
    return tuple(sorted(found, key=lambda w: (-len(w), w)))


def alternation(terms: tuple[str, ...] | list[str]) -> str:
    """A regular expression (without group) that matches any of the terms, the longest first."""
    return "|".join(re.escape(t) for t in sorted(set(terms), key=lambda w: (-len(w), w)))
