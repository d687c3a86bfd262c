"""Two documents side by side: what they are to each other, which words differ, and which facts."""

from policymine.difference.documents import Difference, compare_documents

__all__ = ["Difference", "compare_documents"]
