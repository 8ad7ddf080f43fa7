"""Takes the pictures of docs/board.md from a running demo: `python -m tests.web.shots http://127.0.0.1:PORT`."""

import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.web.chromium import chromium

FOLDER = Path(__file__).parents[2] / "docs" / "board"
PAGES = {
    "inbox": "/?status=all",
    "case": "/cases/1",
    "unclaimed": "/unclaimed",
    "roles": "/roles",
    "search": "/search?q=faktura",
    "statistics": "/statistics",
    "answers": "/answers",
    "system": "/status",
}


def main() -> None:
    """Each page once, the inbox in dark and the case on a telephone too."""
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        for name, (width, height) in (("", (1120, 760)), ("-dark", (1120, 760)), ("-small", (360, 720))):
            context = browser.new_context(
                base_url=sys.argv[1], viewport={"width": width, "height": height}, locale="sv-SE"
            )
            page = context.new_page()
            page.emulate_media(color_scheme="dark" if name == "-dark" else "light")
            for what, path in PAGES.items():
                if not name or (what, name) in (("inbox", "-dark"), ("case", "-small")):
                    page.goto(path)
                    _take(page, FOLDER / f"{what}{name}.png")
            context.close()


def _take(page: Page, where: Path) -> None:
    page.evaluate("document.fonts.ready")
    page.screenshot(path=where)


if __name__ == "__main__":
    main()
