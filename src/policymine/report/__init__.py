"""The evidence page: a corpus as one HTML file in which every row leads to its words and back.

``payload`` turns a corpus into the data of the page, ``page`` puts template, style, scripts and data together; what the
page looks like and does stands in ``web/`` (HTML, CSS, JavaScript) and ``labels.toml``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policymine.report.page import write_page

__all__ = ["write_page"]


def __getattr__(name: str) -> object:
    if name != "write_page":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("policymine.report.page").write_page
