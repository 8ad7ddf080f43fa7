"""A real browser for the tests: Debian's chromium, driven by Playwright."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.servers.process import find_program

_ARGUMENTS = ["--no-sandbox"] if os.getuid() == 0 else []


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser until the block ends. Raises ServerMissingError."""
    program = find_program("chromium", server="chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()
