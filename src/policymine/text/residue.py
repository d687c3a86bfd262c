"""Recognise lines that a website or a page layout put around a document (rules in ``data/rules/residue.toml``)."""

from __future__ import annotations

import re
from functools import cache

from policymine.lexicon.files import read_rules

LONGEST = 220
"""No line longer than this is residue: running text that mentions a counter or a source stays."""


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{rule['pattern']})" for rule in read_rules("residue")["rules"]))


# A line can only be residue if it begins so or holds one of these; spares nearly all lines the full pattern.
_BEGINS = re.compile(r"-{1,3} ?\d|第 ?\d|\d{1,3} ?/|[(【\[] ?[扫打关返收复Q分字纠推下微大中小]|【[法原本链颁发实生时效所内分正全文]|目 ?录$")
_HOLDS = re.compile(
    r":|>|©|来源|浏览|阅读|访问|点击|打印|关闭|分享|收藏|Copyright|版权|ICP|链接|http|标签|上一|下一|相关|通知公告|政策|公开|公示|Reserved|返回|下载|\.\.\.\.\.|……|·····"
)


def is_residue(line: str) -> bool:
    """Whether a line (characters folded, stripped) is no part of the document.

    Decides by the line alone; what a line says beside residue words keeps it in (the patterns match whole lines).

    >>> is_residue("浏览次数:2"), is_residue("建立访问量统计制度。")
    (True, False)
    """
    if len(line) > LONGEST or not line or not (_BEGINS.match(line) or _HOLDS.search(line)):
        return False
    if line in "大中小":
        return False
    return _pattern().fullmatch(line) is not None
