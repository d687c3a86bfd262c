"""What a label says of the bodies behind it, of ``data/rules/roles.toml``: 牵头单位：甲；协同部门：乙."""

from __future__ import annotations

from functools import cache

from policymine.lexicon.files import read_rules


@cache
def role_labels() -> dict[str, str]:
    """The labels that open a list of bodies, with the role that they give them.

    >>> [role_labels().get(label) for label in ("牵头单位", "责任部门", "协同科室", "完成时限")]
    ['lead', 'responsible', 'support', None]
    """
    rules = read_rules("roles")
    bodies = rules["label_words"]["bodies"]
    made = {kind + body: role for role, kinds in rules["label_kinds"].items() for kind in kinds for body in bodies}
    return made | {word: role for role, words in rules["labels"].items() for word in words}
