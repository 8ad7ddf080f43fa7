"""The board in a real browser: somebody who has never seen it does what they came for; nothing a mail brings runs or calls home."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formataddr
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from typing import Any, Self

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from inflow.casework.bank import Entry
from inflow.casework.case import Status
from inflow.desk import actions, cords, problems, written
from inflow.desk import answers as bank
from inflow.desk.world import World
from inflow.desk.written import Words
from inflow.mail.message import Address
from inflow.store import accounts
from inflow.web.passwords import hashed
from inflow.web.server import beside
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import case, last, words
from tests.servers.process import answers, free_port, wait_until
from tests.web.chromium import chromium
from tests.web.conftest import ANNA, HELP, INVOICE, MEMBERS, TO_HR, UNCLEAR, cookie_for
from tests.web.hostile_mails import HTML, TEXTS

PASSWORD = "en lång mening som duger"
PARTIES = '\n[parties.domains]\nsupplier = ["nordkedjan.test"]\n'
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def shown(make_world: Callable[..., World]) -> Iterator[tuple[World, str]]:
    """A world and the address at which its board is shown."""
    port = free_port()
    web = f'\n[web]\nport = {port}\nurl = "http://127.0.0.1:{port}"\n'
    world = make_world(roles=MEMBERS, more=TO_HR + PARTIES + web)
    with beside(world):
        wait_until(lambda: answers(port), what="the board")
        yield world, f"http://127.0.0.1:{port}"


@contextmanager
def visiting(browser: Browser, world: World, url: str, **context: Any) -> Iterator[Page]:
    """A page of somebody who is signed in; whatever it asks for of anybody else but the board is a failure."""
    visitor = browser.new_context(base_url=url, locale="sv-SE", **context)
    visitor.set_default_timeout(8000)
    page = visitor.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    visitor.on("request", lambda request: problems.append(request.url) if not ours(request.url, url) else None)
    yield page
    visitor.close()
    assert problems == []


def ours(asked: str, url: str) -> bool:
    return asked.startswith((f"{url}/", "data:", "about:"))


def let_in(context: BrowserContext, world: World, url: str, address: str) -> None:
    """Put the cookie of somebody who is signed in into a browser."""

    context.add_cookies([{"name": "inflow", "value": cookie_for(world, address), "url": url}])


def last_month(world: World, clock: Clock, receive: Receive) -> None:
    """In October a supplier wrote, was answered, and wrote again."""
    now, clock.moment = clock.moment, datetime(2026, 10, 14, 9, tzinfo=UTC)
    sender = "Nordkedjan AB <order@nordkedjan.test>"
    receive(
        world,
        mail("Faktura 4711", "Fakturan för september är bifogad.", sender=sender, message_id="f1@nordkedjan.test"),
    )
    with world.database.writing() as connection:
        written.answer(
            connection, world, 1, Words(text="Tack, den betalas den 30."), who=Address(address="eko@exempel.test")
        )
    more = "In-Reply-To: <f1@nordkedjan.test>\r\n"
    receive(world, mail("Re: Faktura 4711", "Fint, då vet vi.", sender=sender, headers=more))
    with world.database.writing() as connection:
        actions.close(connection, world, 1, by="eko@exempel.test")
    clock.moment = now


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_somebody_new_finds_last_months_invoice_and_answers_an_unclaimed_case(
    browser: Browser, shown: tuple[World, str], clock: Clock, receive: Receive, *, scripts: bool
) -> None:
    world, url = shown
    last_month(world, clock, receive)
    receive(world, UNCLEAR)
    with world.database.writing() as connection:
        accounts.add(connection, ANNA, name="Anna Berg", hash_=hashed(PASSWORD), now=world.now())
    with visiting(browser, world, url, java_script_enabled=scripts) as page:
        page.goto("/")
        page.get_by_label("Mejladress").fill(ANNA)
        page.get_by_label("Lösenord").fill(PASSWORD)
        page.get_by_role("button", name="Logga in").click()
        page.get_by_role("link", name="Alla", exact=True).click()
        page.get_by_label("Från", exact=True).fill("supplier")
        page.get_by_label("Öppnat från").fill("2026-10-01")
        page.get_by_label("till och med").fill("2026-10-31")
        page.get_by_role("button", name="Visa").click()
        expect(page.locator(".row")).to_have_count(1)
        page.get_by_role("link", name="Faktura 4711").click()
        conversation = page.get_by_label("Samtal")
        for said in ("Fakturan för september", "den betalas den 30", "Fint, då vet vi."):
            expect(conversation).to_contain_text(said)
        why = page.get_by_role("heading", name="Varför ekonomi").locator("..")
        expect(why).to_contain_text("faktura")
        expect(why).to_contain_text("Avgjort av en regel")
        page.get_by_role("link", name=re.compile("Vems är detta")).click()
        page.get_by_role("link", name="Hej").click()
        page.get_by_label("Ta det åt").select_option("support")
        page.get_by_role("button", name="Det är vårt").click()
        expect(page.get_by_role("status")).to_have_text("Ärendet är ert.")
        page.get_by_label("Ditt svar").fill("Hej Göran! Ja, det var vi.")
        page.get_by_role("button", name="Skicka", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("Svaret är på väg.")
        expect(page.get_by_label("Samtal")).to_contain_text("Ja, det var vi.")
    assert case(world, 2).status is Status.WAITING
    assert "Ja, det var vi." in words(last(world, "relay", number=2))


@ON_SQLITE
def test_news_come_by_themselves_and_keys_lead_around(
    browser: Browser, shown: tuple[World, str], receive: Receive
) -> None:
    world, url = shown
    receive(world, HELP, UNCLEAR)
    with visiting(browser, world, url) as page:
        let_in(page.context, world, url, ANNA)
        with page.expect_response("**/live"):
            page.goto("/")
        expect(page.locator(".row")).to_have_count(2)
        receive(world, INVOICE)
        expect(page.locator(".row")).to_have_count(3)
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(page.locator(".row a").nth(1)).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url("**/cases/2")
        page.keyboard.press("g")
        page.keyboard.press("i")
        page.wait_for_url(f"{url}/")
        page.keyboard.press("/")
        page.keyboard.type("faktura")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=faktura")
        expect(page.locator(".row")).to_have_count(1)


NEVER = (
    "script, iframe, object, embed, form, input, button, base, meta[http-equiv], link, svg, math, video, audio, "
    "[onerror], [onload], [onfocus], [ontoggle], [onmouseover], [href^='javascript' i], [href^='data' i], [srcset], [background]"
)
PAGES = (
    "/",
    "/?status=all&role=ekonomi",
    "/cases/1",
    "/cases/4",
    "/unclaimed",
    "/problems",
    "/problems/1",
    "/letter?week=2026-W47",
    "/letter/2026-W47/in",
    "/roles",
    "/search?q=faktura",
    "/statistics",
    "/answers",
    "/answers/login",
    "/answers/login/edit",
    "/new-answer",
    "/status",
    "/nothing",
)


@ON_SQLITE
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_every_page_can_be_read_by_everybody(
    browser: Browser, shown: tuple[World, str], receive: Receive, scheme: str, width: int
) -> None:
    world, url = shown
    receive(world, HELP, UNCLEAR, INVOICE, *(one for _, one in list(rich())[:1]))
    with world.database.writing() as connection:
        bank.edit(connection, world, Entry(key="login", text="Ring oss.", questions=("Hur?",)), by=ANNA, after=0)
        problems.solve(connection, world, problems.same(connection, world, 1, 3, by=ANNA).number, "Klart.", by=ANNA)
        cords.pull(connection, world, "Ingen kan betala", by=ANNA, problem=1)
        cords.pull(connection, world, "Det brinner", by=ANNA)
    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    with visiting(browser, world, url, color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        page.goto("/login")
        found = {"/login": judged(page, axe)}
        let_in(page.context, world, url, ANNA)
        for path in PAGES:
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = one.className != 'me')")
            found[path] = judged(page, axe)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert {path: faults for path, faults in found.items() if faults} == {}


def judged(page: Page, axe: str) -> list[str]:
    """What axe finds serious on a page."""
    page.evaluate(axe)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    result = page.evaluate("tags => axe.run(document, {runOnly: tags, iframes: false})", tags)
    return [
        f"{one['id']}: {one['nodes'][0]['html']}"
        for one in result["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def rich(home: str = "http://127.0.0.1:9") -> Iterator[tuple[str, bytes]]:
    """Hostile mails: what each tries, and the mail; `home` is where they would call."""
    for place, payload in enumerate(HTML):
        letter = EmailMessage()
        letter["From"] = "Elak <elak@evil.test>"
        letter["To"] = "info@exempel.test"
        letter["Subject"] = f"Försök {place}"
        letter["Message-ID"] = f"<{place}@evil.test>"
        letter["Date"] = "Sun, 22 Nov 2026 10:00:00 +0100"
        letter.set_content("Text")
        letter.add_alternative(payload.replace("HOME", home), subtype="html")
        yield payload, letter.as_bytes()
    for place, payload in enumerate(TEXTS):
        said = payload.replace("HOME", home)
        letter = EmailMessage()
        letter["From"] = formataddr((said, "elak@evil.test"))
        letter["To"] = "info@exempel.test"
        letter["Subject"] = said
        letter["Message-ID"] = f"<text{place}@evil.test>"
        letter["Date"] = "Sun, 22 Nov 2026 10:00:00 +0100"
        letter.set_content(said)
        letter.add_attachment(b"<svg onload=alert(1)>", maintype="image", subtype="png", filename=f"{said[:60]}.png")
        yield payload, letter.as_bytes()


class Home:
    """Where hostile mails call; `calls` are those that came."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                calls.append(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Silent."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@ON_SQLITE
def test_nothing_that_a_mail_brings_runs_or_calls_home(
    browser: Browser, shown: tuple[World, str], receive: Receive
) -> None:
    world, url = shown
    with Home() as home, visiting(browser, world, url) as page:
        mails = list(rich(home.url))
        receive(world, *(raw for _, raw in mails))
        let_in(page.context, world, url, ANNA)
        ran: list[str] = []

        def refuse(dialog: Dialog) -> None:
            ran.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", refuse)
        page.on("popup", lambda popup: ran.append(popup.url))
        page.on("download", lambda download: ran.append(download.url))
        for number, (payload, _) in enumerate(mails, start=1):
            page.goto(f"/cases/{number}/messages/{number}/html")
            assert page.url.startswith(url), payload
            assert page.evaluate("window.ran") is None, payload
            assert page.locator(NEVER).count() == 0, payload
        for number in (1, 2, *range(len(HTML) + 1, len(mails) + 1)):
            page.goto(f"/cases/{number}")
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            page.wait_for_load_state("networkidle")
            assert page.title().startswith(f"#{number} ")
            assert page.evaluate("window.ran") is None
            assert page.locator("main script, main object, main svg, main [onerror], main [onload]").count() == 0
        assert ran == []
        assert home.calls == []


@ON_SQLITE
def test_remote_images_are_loaded_when_somebody_asks_and_links_say_where_they_lead(
    browser: Browser, shown: tuple[World, str], receive: Receive
) -> None:
    world, url = shown
    with Home() as home:
        html = f'<p>Hej</p><img src="{home.url}/pixel.png"><a href="https://evil.test/x">www.banken.test</a>'
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = "a@kund.test", "info@exempel.test", "Hej"
        letter.set_content("Hej")
        letter.add_alternative(html, subtype="html")
        receive(world, letter.as_bytes())
        context = browser.new_context(base_url=url)
        let_in(context, world, url, ANNA)
        page = context.new_page()
        page.goto("/cases/1")
        page.get_by_text("Som det var formaterat").click()
        frame = page.frame_locator("iframe")
        expect(frame.locator("body")).to_contain_text("www.banken.test [evil.test]")
        assert home.calls == []
        with page.expect_request(f"{home.url}/pixel.png") as asked:
            page.get_by_role("link", name="Ladda dem").click()
        assert not asked.value.headers.get("referer")
        wait_until(lambda: home.calls == ["/pixel.png"], what="the image")
        context.close()


@ON_SQLITE
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_what_many_meet_is_named_solved_and_told_and_the_answer_kept_for_the_next(
    browser: Browser, shown: tuple[World, str], receive: Receive, *, scripts: bool
) -> None:
    world, url = shown
    receive(world, HELP, mail("Hjälp igen", "Jag kan inte logga in, det fungerar inte alls.", sender="ada@annan.test"))
    with world.database.writing() as connection:
        problems.same(connection, world, 1, 2, by=ANNA)
    with visiting(browser, world, url, java_script_enabled=scripts) as page:
        let_in(page.context, world, url, ANNA)
        page.goto("/")
        page.get_by_role("link", name="Problem", exact=True).click()
        expect(page.locator(".problem")).to_contain_text("har skrivit")
        page.locator(".problem h2 a").click()
        page.get_by_label("Vad det heter").fill("Inloggningen")
        page.get_by_role("button", name="Kalla det så").click()
        expect(page.get_by_role("heading", name="Inloggningen")).to_be_visible()
        page.get_by_text("Dra i snöret").first.click()
        page.get_by_label("Varför").fill("Ingen kommer in")
        page.get_by_role("button", name="Dra i snöret").click()
        page.get_by_label("Vad som görs").fill("Vi startar om.")
        page.get_by_role("button", name="Det görs").click()
        expect(page.get_by_role("status")).to_contain_text("Larmet är över")
        page.get_by_text("Det är löst").click()
        page.get_by_label("Vad de som skrev får veta").fill("Inloggningen fungerar igen.")
        page.get_by_role("button", name="Löst", exact=True).click()
        page.get_by_role("button", name="Berätta för 2 av dem nu").click()
        expect(page.get_by_role("status")).to_contain_text("får veta")
        page.locator(".reports a").first.click()
        page.get_by_role("link", name="Gör det till ett färdigt svar").click()
        expect(page.get_by_label("Svaret")).to_have_value("Inloggningen fungerar igen.")
        page.get_by_label("Nyckel").fill("inloggning")
        page.get_by_role("button", name="Spara").click()
        expect(page.get_by_role("status")).to_contain_text("Svaret är sparat")
        page.get_by_role("link", name="Ändra").click()
        page.get_by_label("Svaret").fill("Inloggningen fungerar nu.")
        page.get_by_role("button", name="Spara").click()
        expect(page.get_by_role("listitem")).to_have_count(2)
    assert "Inloggningen fungerar igen." in words(last(world, "relay", number=1))
