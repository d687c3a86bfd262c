"""Near-identical and related documents: works, their canonical versions, and what differs.

``signature`` takes from a mined document what the comparison needs; ``index.VersionIndex`` holds the signatures and
finds who is near whom; ``works.Works`` groups them into works and says what is to be reported. ``compare_corpus`` does
all of it for a list of signatures. ARCHITECTURE.md, "Versions", tells why it is done so.
"""

from policymine.versions.signature import Signature, signature

__all__ = ["Signature", "signature"]
