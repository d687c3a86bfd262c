"""The evidence page: a corpus as one HTML file in which every row leads to its words and back.

``payload`` turns a corpus into the data of the page, ``page`` puts template, style, scripts and data together; what the
page looks like and does stands in ``page/`` (HTML, CSS, JavaScript) and ``labels.toml``.
"""

from policymine.report.page import write_page

__all__ = ["write_page"]
