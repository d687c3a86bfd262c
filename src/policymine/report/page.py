"""The evidence page as one HTML file: template, style, scripts, labels and data, with nothing from outside.

The page asks for nothing but itself: its content security policy allows one style and one script by their hashes and
no connection, frame, form or base; ``trusted-types 'none'`` forbids the page itself to turn text into markup. Data are
JSON in blocks that no browser runs, with ``<`` written as an escape, so no text can leave its block.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, TextIO

from policymine.corpus import Corpus
from policymine.report.payload import blocks, index

SCRIPTS = ("data", "words", "list", "review", "filters", "text", "details", "start")
"""The parts of the script, in the order in which they are put together."""


def write_page(corpus: Corpus, path: Path, labels: str = "zh", title: str = "", version: str = "") -> int:
    """Write the evidence page of a corpus.

    Args:
        corpus: the tables and texts.
        path: the file; made anew.
        labels: ``zh`` or ``en``, the language that the page opens in; it can be changed there.
        title: of the page; empty: a plain one.
        version: version of policymine, which stands in the corrections that the page writes.

    Returns:
        The size of the page in bytes.

    Raises:
        OSError: the file cannot be written.
    """
    folder = resources.files("policymine") / "report"
    words = tomllib.loads((folder / "labels.toml").read_text(encoding="utf-8"))
    parts = [(folder / "web" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    script = '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"
    style = (folder / "web" / "page.css").read_text(encoding="utf-8")
    head, rest = (folder / "web" / "page.html").read_text(encoding="utf-8").split("<!-- texts -->\n")
    values = {
        "lang": {"zh": "zh-CN"}.get(labels, labels),
        "policy": content_policy(script, style),
        "style": style,
        "script": script,
        "index": json_block("index", {**index(corpus, version), "words": words, "lang": labels, "title": title}),
    }
    for name, value in values.items():
        head = head.replace("{{" + name + "}}", value, 1)
    with open(path, "w", encoding="utf-8", newline="\n") as page:
        page.write(head)
        _write_blocks(page, corpus)
        page.write(rest)
    return path.stat().st_size


def content_policy(script: str, style: str) -> str:
    """The content security policy of a page with one script and one style."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def json_block(name: str, content: Any) -> str:
    """A value as a block of data of the page, from which no text can break out.

    >>> json_block("a", "</script><!--")
    '<script type="application/json" id="a">"\\\\u003c/script>\\\\u003c!--"</script>'
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def _write_blocks(page: TextIO, corpus: Corpus) -> None:
    for i, block in enumerate(blocks(corpus)):
        page.write(json_block(f"text-{i}", block) + "\n")


def _hash(content: str) -> str:
    """The hash of an inline element by which a policy allows it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
