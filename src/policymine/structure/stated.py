"""What is said about a document beside it: by the user, by the site that holds it, by the name of its file.

The document's own header counts before all of them; where it is silent, the user counts before the site, the site
before the file name. Nothing is lost: every reading stays a row of ``fields`` that says whether it was chosen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from policymine.models import FieldReading
from policymine.structure.docnumber import find_decree, find_number
from policymine.text.characters import fold_characters

ORDER = ("user", "site", "file name")
_SEPARATORS = re.compile(r"[、；;，,\s]+")


class Stated:
    """Readings of metadata beside a document."""

    def __init__(self, fields: Sequence[FieldReading]) -> None:
        """Take the readings; of one origin, the first of a field is the better one."""
        self._fields = fields
        self._chosen: set[int] = set()

    def find(self, field: str) -> list[FieldReading]:
        """The readings of a field, those of the better origins first."""
        known = [f for f in self._fields if f.field == field and f.origin in ORDER and f.value]
        return sorted(known, key=lambda f: ORDER.index(f.origin))

    def best(self, field: str) -> str | None:
        """The value of a field by the best origin, which is not chosen yet."""
        return next((f.value for f in self.find(field)), None)

    def choose(self, field: str) -> str | None:
        """The value of a field on which the document itself is silent; its reading counts as chosen.

        >>> stated = Stated((FieldReading("title", "甲", "site", None, None), FieldReading("title", "乙", "user", None, None)))
        >>> stated.choose("title"), [(f.value, f.chosen) for f in stated.rows()]
        ('乙', [('甲', False), ('乙', True)])
        """
        found = self.find(field)
        if not found:
            return None
        self._chosen.add(id(found[0]))
        return found[0].value

    def choose_number(self) -> str | None:
        """The document number, in the form that numbers read from documents have where it has one.

        >>> Stated((FieldReading("doc_number", "东政发[2021]7号", "site", None, None),)).choose_number()
        '东政发〔2021〕7号'
        """
        value = self.choose("doc_number")
        known = (find_number(fold_characters(value)) or find_decree(fold_characters(value))) if value else None
        return known[0] if known else value

    def choose_issuers(self) -> tuple[str, ...]:
        """The issuing bodies that the best origin names, one by one.

        >>> Stated((FieldReading("issuers", "甲省财政厅、甲省教育厅", "user", None, None),)).choose_issuers()
        ('甲省财政厅', '甲省教育厅')
        """
        found = self.find("issuers")
        best = [f for f in found if f.origin == found[0].origin]
        self._chosen.update(map(id, best))
        return tuple(dict.fromkeys(name for f in best for name in _SEPARATORS.split(f.value) if name))

    def rows(self) -> tuple[FieldReading, ...]:
        """Every reading, with whether it was chosen."""
        return tuple(replace(f, chosen=id(f) in self._chosen) for f in self._fields)
