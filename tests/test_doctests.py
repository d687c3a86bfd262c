"""The examples of the docstrings run and are right."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import policymine

PACKAGE = Path(policymine.__file__).parent
MODULES = sorted(
    ".".join(("policymine", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path.stem != "__main__"
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    tried = sum(doctest.testmod(importlib.import_module(name)).attempted for name in MODULES)
    assert tried > 120
