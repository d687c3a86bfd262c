"""PDF: pages read by pdfium beside this process, lines, tables and paragraphs by where the characters stand.

A file that ends pdfium's process, fills its memory or keeps it busy is ``damaged`` or ``timed-out``, and the others are
read. A password that is empty is no protection: such files are read. Leaves out: annotations, form fields, attachments,
and text in images (a scan is named as such).
"""

from __future__ import annotations

import atexit
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from policymine.models import Issue, Options
from policymine.reading.contract import Reader, Reading
from policymine.reading.pages.document import read_pages
from policymine.reading.pages.page import Glyph, Page, Rule

SECONDS = 120
"""How long one file may take in pdfium: the last resort, far beyond what any honest file takes."""
MOST_FILES = 500
"""Files after which pdfium gets a new process."""


class _Pdfium:
    """pdfium in a process of its own, started when first needed; one file at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0
        self._lock = threading.Lock()
        self._late = False

    def pages(self, data: bytes, most_chars: int) -> Iterator[dict[str, Any]]:
        """The pages of a file (``pdfium_process.pages_of``); the end may also be ``died`` or ``timed-out``."""
        with self._lock:
            process = self._started()
            self._late = False
            guard = threading.Timer(SECONDS, self._expire, (process,))
            guard.daemon = True
            guard.start()
            whole = False
            try:
                try:
                    assert process.stdin is not None and process.stdout is not None
                    process.stdin.write(struct.pack("<QQ", len(data), most_chars) + data)
                    process.stdin.flush()
                    for answer in process.stdout:
                        page: dict[str, Any] = json.loads(answer)
                        whole = "end" in page
                        yield page
                        if whole:
                            return
                except (OSError, ValueError):  # it ended in the middle of its work
                    pass
                yield {"end": "timed-out" if self._late else "died"}
            finally:
                guard.cancel()
                self._served += 1
                if not whole or self._served >= MOST_FILES:
                    self.stop()

    def _expire(self, process: subprocess.Popen[bytes]) -> None:
        self._late = True
        process.kill()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            # -P: nothing is imported from the folder that the command happens to run in
            paths = [path for path in sys.path if path]
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "policymine.reading.pdfium_process"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )
            self._served = 0
        return self._process

    def stop(self) -> None:
        """End the process; the next file starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()


_PDFIUM = _Pdfium()
atexit.register(_PDFIUM.stop)


def _page(values: dict[str, Any]) -> Page:
    if "error" in values:
        return Page(0, 0, lost=values["error"])
    glyphs = tuple(
        Glyph(character, places[2 * i], y, places[2 * i + 1], size, angle)
        for words, y, size, angle, places in values["runs"]
        for i, character in enumerate(words)
    )
    rules = tuple(Rule(*rule) for rule in values["rules"])
    return Page(values["width"], values["height"], glyphs, rules, values["images"], values["hidden"])


_ENDS = {
    "encrypted": ("encrypted", "read-encrypted", "the file can only be opened with a password"),
    "damaged": ("damaged", "read-damaged", "the file is no PDF that can be opened"),
    "died": ("damaged", "read-damaged", "the file ends the program that reads PDF, or needs too much memory"),
    "timed-out": ("timed-out", "read-timed-out", f"the file takes more than {SECONDS} seconds to open"),
    "too-long": ("too-long", "read-too-long", "the file has more pages or characters than the limit"),
}


def _read(data: bytes, options: Options) -> Reading:
    end = ["died"]

    def pages() -> Iterator[Page]:
        for values in _PDFIUM.pages(data, options.max_chars):
            if "end" in values:
                end[0] = values["end"]
            else:
                yield _page(values)

    reading = read_pages(pages())
    if end[0] in _ENDS:
        status, code, message = _ENDS[end[0]]
        return Reading("", status, issues=(Issue(code, message),))
    return reading


def _bid(edges: bytes, media_type: str | None) -> float:
    return 1.0 if media_type == "application/pdf" else 0.0


PDF = Reader("pdf", _bid, _read)
"""The reader of PDF."""
