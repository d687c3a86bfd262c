"""policymine turns Chinese government policy documents into tidy tables: what is promised, by when, by whom, where.

    import policymine as pm

    corpus = pm.mine("data/raw")        # or pm.mine_text("到2025年，新建3条线路。")
    corpus.targets                       # a data frame; so are deadlines, responsibilities, sections …

Names are imported when first used, so that ``import policymine`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policymine.comparison.compare import compare
    from policymine.corpus import Corpus, mine, mine_text
    from policymine.models import MinedDocument, Options, RawDocument
    from policymine.pipeline import mine_document
    from policymine.reading import read_document
    from policymine.reading.sources import MisuseError
    from policymine.text.normalize import normalize

__version__ = "0.1.0"

_HOME = {
    "Corpus": "policymine.corpus",
    "MinedDocument": "policymine.models",
    "MisuseError": "policymine.reading.sources",
    "Options": "policymine.models",
    "RawDocument": "policymine.models",
    "compare": "policymine.comparison.compare",
    "mine": "policymine.corpus",
    "mine_document": "policymine.pipeline",
    "mine_text": "policymine.corpus",
    "normalize": "policymine.text.normalize",
    "read_document": "policymine.reading",
}

__all__ = [
    "Corpus",
    "MinedDocument",
    "MisuseError",
    "Options",
    "RawDocument",
    "__version__",
    "compare",
    "mine",
    "mine_document",
    "mine_text",
    "normalize",
    "read_document",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
