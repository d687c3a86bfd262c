"""The type of the document in force: the last noun of its title, or what the text calls itself."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

from policymine.lexicon.files import alternation, words
from policymine.lexicon.recurring import lines_of, remembered

_TYPES = alternation(words("doctypes"))
_TAIL = re.compile(rf"(?P<type>{_TYPES})(?:[(〔\[][^()]*[)〕\]]|[的》”\s]|\d{{4}}年?版|V\d[\d.]*)*$")
_WRAPPED = re.compile(r"(?:印发|批转|转发|公布|发布|颁布)(?!.{0,6}(?:通知|决定)$)")
_SELF = re.compile(rf"(?:制定|制订|形成|编制|出台|特制定)(?:了)?本(?P<a>[\u4e00-\u9fff]{{0,8}}?(?:{_TYPES}))|制定本[\u4e00-\u9fff]{{0,8}}?(?P<f>战略)|提出(?:如下|以下|本)[\u4e00-\u9fff]{{0,6}}(?P<b>意见|建议)|(?<![实发表出体呈再展涌兑])(?:现(?![场有行状代金存阶])|特(?![色点别殊征性定]))[^。;\n]{{0,60}}提出[\u4e00-\u9fff]{{0,6}}(?P<i>意见|建议)(?=[。:]|如下)|(?:现|特)制定(?!本|[如以]下)[^。;,《》\n]{{2,40}}?(?P<k>{_TYPES})(?=[。:]|如下)|"
                   r"(?:有关)?(?:事项|问题|情况|要求)(?P<c>通知|报告|公告|通告|批复)如下|现(?:就|将)?.{0,40}(?P<d>报告|通知|批复|公告|函复|解读)如下|(?P<e>批复)如下|(?:制定|提出|采取|推出)(?:了)?(?:如下|以下)[\u4e00-\u9fff]{0,6}?(?P<g>(?:政策)?措施|政策|方案|计划|办法)|现(?:予)?(?:发布|公布|印发)(?!给)[^。《]{0,40}?(?P<h>指南|目录|清单|名单|办法|方案|规定)(?=。|,|如下)")
_THIS = re.compile(rf"本(?<![基根]本)(?P<type>(?:[\u4e00-\u9fff]{{0,4}}?)(?:{_TYPES}))(?=自|由|的|所|适用|规定|印发|施行|有效|中|,|如)")


def type_of_title(title: str) -> str | None:
    """The last noun of a title, or None where it ends in none of the known kinds.

    >>> type_of_title("澜口市质量提升行动实施方案(试行)")
    '方案'
    """
    found = _TAIL.search(title)
    return found.group("type") if found else None


def is_wrapper(title: str) -> bool:
    """Whether the title only 印发s, 批转s or 转发s another document."""
    return bool(_WRAPPED.search(title)) and type_of_title(title) in ("通知", "决定", "公告", "函", "令", None)


def type_of_text(text: str) -> str | None:
    """What a text without title calls itself: 制定本行动计划, 本细则, 现提出以下意见; None if it does not say.

    >>> type_of_text("结合我市实际，特制定本行动计划。")
    '计划'
    """
    if found := _SELF.search(text, 0, 3000):
        named = next(g for g in found.groups() if g)
        return type_of_title(named) or named
    if named_types := Counter(chain.from_iterable(map(_types_named, lines_of(text)))):
        return named_types.most_common(1)[0][0]
    return None


@remembered
def _types_named(line: str) -> tuple[str | None, ...]:
    """What a line calls the text."""
    return tuple(type_of_title(m.group("type")) for m in _THIS.finditer(line))
