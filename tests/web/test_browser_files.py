"""The files of a mail in a real browser: a picture is seen when somebody asks for it, and nothing that it hides runs."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Browser, Dialog, expect

from inflow.desk.world import World
from tests.jobs.conftest import Receive
from tests.servers.process import wait_until
from tests.web.conftest import ANNA
from tests.web.test_browser import browser, let_in, shown, visiting  # noqa: F401  fixtures of the browser
from tests.web.test_pictures import letter

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_picture_is_seen_when_somebody_asks_for_it(
    browser: Browser,  # noqa: F811
    shown: tuple[World, str],  # noqa: F811
    receive: Receive,
) -> None:
    world, url = shown
    receive(world, letter())
    with visiting(browser, world, url) as page:
        let_in(page.context, world, url, ANNA)
        asked: list[str] = []
        ran: list[str] = []

        def refuse(dialog: Dialog) -> None:
            ran.append(dialog.message)
            dialog.dismiss()

        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", refuse)
        page.goto("/cases/1")
        assert [one for one in asked if "/files/" in one] == []
        file = page.locator(".files li", has_text="rolig.gif")
        file.get_by_text("Visa bilden").click()
        expect(file.get_by_role("img")).to_have_js_property("naturalWidth", 30)
        page.get_by_text("Som det var formaterat").click()
        pictures = page.frame_locator("iframe[name=mail-1]").locator("img")
        expect(pictures.nth(0)).to_have_js_property("naturalWidth", 20)
        expect(pictures.nth(1)).to_have_js_property("naturalWidth", 30)
        where = file.get_by_role("img").get_attribute("src")
        page.goto(f"{where}")
        assert page.locator("script").count() == 0
        assert re.search(r"/files/\d+\?view=1$", page.url)
        assert ran == []


def test_a_pdf_is_read_in_the_page_and_nothing_in_it_acts(
    browser: Browser,  # noqa: F811
    shown: tuple[World, str],  # noqa: F811
    receive: Receive,
) -> None:
    world, url = shown
    receive(world, letter())
    context = browser.new_context(base_url=url)
    let_in(context, world, url, ANNA)
    page = context.new_page()
    ran: list[str] = []

    def refuse(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    page.on("popup", lambda popup: ran.append(popup.url))
    page.on("download", lambda download: ran.append(download.url))
    page.goto("/cases/1")
    file = page.locator(".files li", has_text="papper.pdf")
    file.get_by_text("Visa dokumentet").click()
    frame = file.locator("iframe")
    frame.scroll_into_view_if_needed()
    wait_until(lambda: is_red(frame.screenshot()), what="the page of the document")
    frame.click()
    page.wait_for_timeout(500)
    assert ran == []
    assert page.url == f"{url}/cases/1"
    context.close()


def is_red(picture: bytes) -> bool:
    """Whether the page of the document, all of it red, is seen."""
    with Image.open(io.BytesIO(picture)) as seen:
        colours = seen.convert("RGB").getcolors(maxcolors=1 << 24) or []
    return any(colour == (255, 0, 0) for _, colour in colours)
