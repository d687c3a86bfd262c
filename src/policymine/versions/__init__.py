"""Near-identical and related documents: works, their canonical versions, and what differs.

``signature`` takes from a mined document what the comparison needs; ``compare_corpus`` groups a corpus into works and
gives the rows of the tables ``versions``, ``changes`` and ``reuse``. Made for hundreds of documents at a time: all
signatures are held in memory, and every candidate pair is aligned.
"""

from policymine.versions.signature import Signature, signature
from policymine.versions.works import VersionResult, compare_corpus

__all__ = ["Signature", "VersionResult", "compare_corpus", "signature"]
