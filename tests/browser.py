"""A headless Chromium for the tests of the evidence page: the one that the system has, driven by playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")


def chromium() -> str | None:
    """The path of a Chromium: POLICYMINE_CHROMIUM, else one on the PATH."""
    return os.environ.get("POLICYMINE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def why_not() -> str:
    """Why there is no browser for the tests; empty where there is one."""
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "playwright is not installed (pip install playwright)"
    return "" if chromium() else "no Chromium on the PATH (Debian: apt-get install chromium; or set POLICYMINE_CHROMIUM)"


@contextmanager
def opened_browser(arguments: Sequence[str] = ()) -> Iterator[Any]:
    """A browser of its own, without network: any request that leaves the machine fails."""
    from playwright.sync_api import sync_playwright

    offline = ("--no-sandbox", "--proxy-server=127.0.0.1:9", "--disable-background-networking", *arguments)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=list(offline))
        try:
            yield browser
        finally:
            browser.close()
