"""Units that the words of a table state in brackets: 渔港改造（座）, 占比（%，累计）."""

from __future__ import annotations

import re

from policymine.text.amounts import split_unit
from policymine.text.bounds import unit_kinds

_NO_UNIT = re.compile(r"^(?:不?含|其中|按|以|户籍|常住|现价|可比)|口径|[:：]")
TOTAL = re.compile(r"[,、;]?(?:五年)?(?:累计|合计)[,、;]?")
"""What may stand beside a unit: 万亩, 累计."""
_BRACKETED = re.compile(r"\(([^()]{1,16})\)$")


def is_unit(words: str) -> bool:
    """Whether the words in brackets behind a name are its unit: (%), (万元/人), (%,累计); not (户籍人口), (含高职).

    >>> is_unit("万元/人"), is_unit("户籍人口")
    (True, False)
    """
    if _NO_UNIT.search(words):
        return False
    unit = split_unit(TOTAL.sub("", words))[1]
    return unit is not None and (unit in unit_kinds() or "/" in unit or "每" in unit or unit[-1] in "%‰" or len(unit) <= 3 and unit[-1] in "个家人件项张台辆户亩吨所座年岁次天")


def unit_in(head: str) -> str | None:
    """The unit in brackets that closes the words of a head; None where there is none.

    >>> unit_in("渔港改造(座)"), unit_in("渔港改造")
    ('座', None)
    """
    found = _BRACKETED.search(head)
    return found[1] if found and is_unit(found[1]) else None


def without_unit(head: str) -> str:
    """The words of a head without the unit in brackets that closes them.

    >>> without_unit("渔港改造(座)")
    '渔港改造'
    """
    return _BRACKETED.sub("", head) if unit_in(head) else head
