"""Takes the pictures of docs/board.md of a board that has been lived in: `python -m tests.web.shots`."""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from inflow.web.server import beside
from tests.servers.process import answers, free_port, wait_until
from tests.web.chromium import chromium
from tests.web.lived_in import lived_in

FOLDER = Path(__file__).parents[2] / "docs" / "board"
PAGES = {
    "inbox": "/",
    "case": "/cases/48",
    "unclaimed": "/unclaimed",
    "problems": "/problems",
    "problem": "/problems/6",
    "letter": "/letter?week=2026-W47",
    "roles": "/roles",
    "search": "/search?q=faktura",
    "statistics": "/statistics",
    "answers": "/answers",
    "answer": "/answers/garanti",
    "system": "/status",
}
OTHERWISE = {("inbox", "-dark"), ("case", "-small"), ("problems", "-small")}


def main() -> None:
    """Each page once, some in the dark and on a telephone too."""
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        port = free_port()
        world = lived_in(Path(folder), port=port)
        with beside(world):
            wait_until(lambda: answers(port), what="the board")
            _take_all(f"http://127.0.0.1:{port}")


def _take_all(url: str) -> None:
    with chromium() as browser:
        for name, (width, height) in (("", (1120, 760)), ("-dark", (1120, 760)), ("-small", (360, 720))):
            context = browser.new_context(base_url=url, viewport={"width": width, "height": height}, locale="sv-SE")
            page = context.new_page()
            page.emulate_media(color_scheme="dark" if name == "-dark" else "light")
            for what, path in PAGES.items():
                if not name or (what, name) in OTHERWISE:
                    page.goto(path)
                    _take(page, FOLDER / f"{what}{name}.png")
            context.close()


def _take(page: Page, where: Path) -> None:
    page.evaluate("document.fonts.ready")
    page.screenshot(path=where)


if __name__ == "__main__":
    main()
