"""How alike two texts are, told from a few numbers of each: for files that speak of a text without holding it."""

from __future__ import annotations

import numpy as np

from policymine.versions.sampling import grams

SIZE = 64
"""Numbers of a sketch: the estimate is out by some 0.05."""
_DIGITS = 8


def sketch(key: str) -> str:
    """The smallest hashes of a text's character 5-grams, as hexadecimal digits; the same on every machine.

    Args:
        key: a comparison key (``versions.signature.comparison_key``).

    Returns:
        At most ``SIZE`` numbers of eight digits; a text of fewer than five characters has none.

    >>> len(sketch("到2020年产品质量监督抽查合格率达到94以上")) // 8
    19
    """
    smallest = np.unique(grams(key) >> np.uint64(32))[:SIZE]
    return "".join(f"{int(number):0{_DIGITS}x}" for number in smallest)


def resemblance(one: str, other: str) -> float:
    """An estimate of the share of 5-grams that two texts have in common (Jaccard), from their sketches.

    Source of the estimate: Broder, On the resemblance and containment of documents (1997): the share of the smallest
    hashes of both together that both have.

    >>> a, b = sketch("到2020年产品质量监督抽查合格率达到94以上"), sketch("推动建筑业发展和住房保障工作")
    >>> resemblance(a, a), resemblance(a, b), resemblance("", "")
    (1.0, 0.0, 0.0)
    """
    first, second = numbers(one), numbers(other)
    both = sorted(first | second)[:SIZE]
    return sum(number in first and number in second for number in both) / len(both) if both else 0.0


def numbers(digits: str) -> set[str]:
    """The numbers of a sketch."""
    return {digits[i : i + _DIGITS] for i in range(0, len(digits), _DIGITS)}
