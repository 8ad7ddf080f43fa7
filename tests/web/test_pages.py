"""What pages are made of: words in both languages, text that is only text, mail that is only looked at."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.casework.case import Kind, Status
from inflow.desk.world import World
from inflow.mail.message import Nature
from inflow.web import alarms, hostile, problems
from inflow.web.acts import DEEDS
from inflow.web.inbox import KINDS
from inflow.web.pages import linked, plain, translator, words
from tests.jobs.conftest import Receive
from tests.web.conftest import ANNA, HELP, INVOICE, SECRET, Visit
from tests.web.hostile_mails import HTML

TEMPLATES = [one for one in (files("inflow.web") / "templates").iterdir() if one.name.endswith(".html")]
SAID = re.compile(r"_\((?:\"([^\"]+)\"|'([^']+)')(?: ~ )?")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_every_text_of_a_page_has_its_swedish(template: Traversable) -> None:
    text = template.read_text(encoding="utf-8")
    said = {one or other for one, other in SAID.findall(text)}
    assert {one for one in said if not one.endswith(" ")} <= words("sv").keys()


CODES = [
    *(f"event {kind.value}" for kind in Kind),
    *(f"status {status.value}" for status in Status),
    *(f"nature {nature.value}" for nature in Nature),
    *(f"kind {kind}" for kind in KINDS),
    *(f"done {done}" for _, done in (*DEEDS.values(), *problems.DEEDS.values(), *alarms.DEEDS.values())),
    *(f"problem {state}" for state in ("proposed", "open", "known", "solved")),
    *(f"delivery {kind}" for kind in ("forward", "relay", "acknowledgement", "notice")),
    *(f"by {by}" for by in ("thread", "rule", "history", "model", "person", "other")),
]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_words(code: str) -> None:
    assert code in words("sv")
    assert code in words("en")


def test_a_translation_fills_in_the_names_of_its_english() -> None:
    for text, swedish in words("sv").items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", swedish)) or " " not in text
    assert translator("en")("Ours: {role}", role="IT") == "Ours: IT"
    assert translator("sv")("Ours: {role}", role="IT") == "Vårt: IT"


@given(st.text())
def test_text_of_a_mail_stays_text(text: str) -> None:
    html = str(linked(text + "https://evil.test/" + text))
    assert not re.search(r"<(?!a href=\"https?://|/a>)", html)
    assert "\u202e" not in html
    assert "\u202e" not in plain(text + "\u202e")


@given(st.text(max_size=300), st.sampled_from(HTML))
def test_a_formatted_mail_holds_nothing_that_runs(text: str, payload: str) -> None:
    raw = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + (text + payload + text).encode("utf-8", "replace")
    shown = hostile.shown(raw, {}, images=False, redraw=lambda images: [one[:0] for one in images])
    assert shown is not None
    assert not re.search(
        r"<\s*(script|iframe|svg|math|style|link|meta|base|form|input|object|embed)\b", shown.html, re.IGNORECASE
    )
    assert not re.search(
        r"<[^>]*\s(on\w+|srcset|background|formaction|ping|id|class|name)\s*=", shown.html, re.IGNORECASE
    )
    assert not re.search(r"<[^>]*(javascript|vbscript)\s*:", shown.html, re.IGNORECASE)
    assert not re.search(r"<img[^>]*src=\"(?!data:image/(png|jpeg|gif|webp);)", shown.html)


LINKS = [
    ("https://banken.test@evil.test/", "evil.test"),
    ("http://EVIL.test:8080/x", "evil.test"),
    ("https://xn--bnken-gra.test", "xn--bnken-gra.test"),
    ("https://bаnken.test/", "xn--bnken-4ve.test"),
    ("mailto:a@b.test?body=x", "a@b.test"),
    ("java\tscript:alert(1)", ""),
    ("https://[", "?"),
]


@pytest.mark.parametrize(("href", "host"), LINKS)
def test_a_link_says_which_host_it_leads_to(href: str, host: str) -> None:
    assert hostile.leads_to(href) == host


NAMES = [
    ("../../etc/passwd", "passwd"),
    ("C:\\x\\faktura.pdf", "faktura.pdf"),
    ("a\u202egnp.exe", "a_gnp.exe"),
    ('x";filename="evil.html', "x_filename=_evil.html"),
    ("...", "file"),
    ("", "file"),
    ("å\r\nSet-Cookie: x", "å_Set-Cookie_ x"),
    ("x" * 500 + ".pdf", "x" * 120 + ".pdf"),
]


@pytest.mark.parametrize(("name", "safe"), NAMES)
def test_a_file_is_saved_under_a_safe_name(name: str, safe: str) -> None:
    assert hostile.safe_name(name) == safe
    assert "\n" not in hostile.attachment_header(name)


def test_programs_are_told_from_papers() -> None:
    assert [name for name in ("a.exe", "a.pdf.JS", "a.html. ", "a.pdf", "exe", "a.docm", "a.svg", "exe.pdf") if hostile.runs(name)] == [
        "a.exe", "a.pdf.JS", "a.html. ", "a.docm", "a.svg",
    ]  # fmt: skip


def test_a_file_is_saved_under_a_type_that_nothing_runs(visit: Visit, board_world: World, receive: Receive) -> None:
    papers = SECRET.replace(b"hemlig@secret.test", b"a@b.test").replace("ön och semester".encode(), b"ada")
    mails = [
        papers.replace(b"application/pdf", kind).replace(b"<zebra@", f"<{n}@".encode())
        for n, kind in enumerate((b"application/pdf", b"text/html", b"image/svg+xml"))
    ]
    receive(board_world, *mails)
    anna = visit(ANNA)
    for number, kind in ((1, "application/pdf"), (2, "application/octet-stream"), (3, "application/octet-stream")):
        answer = anna.get(f"/cases/{number}/messages/{number}/files/0")
        assert answer.headers["content-type"] == kind
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.content == b"%PDF-zebra"
    assert anna.get("/cases/1/messages/1/files/1").status_code == 404
    assert anna.get("/cases/1/messages/2/raw").status_code == 404
    assert anna.get("/cases/1/messages/1/raw").content == mails[0]


def test_somebody_reads_in_the_language_they_choose(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, HELP)
    anna = visit(ANNA)
    assert "Inkorg" in anna.get("/").text
    chosen = anna.get("/language/en?next=/cases/1")
    assert chosen.headers["location"] == "/cases/1"
    page = anna.get("/cases/1").text
    assert '<html lang="en">' in page
    assert "What happened" in page
    assert anna.get("/language/xx?next=//evil.test").headers["location"] == "/"


def test_the_history_of_a_case_is_read_in_the_readers_language(
    visit: Visit, board_world: World, receive: Receive
) -> None:
    receive(board_world, INVOICE)
    anna = visit(ANNA)
    anna.get("/cases/1")
    anna.post("/cases/1/route", role="support", why="fel roll")
    anna.post("/cases/1/close")
    swedish = anna.get("/cases/1").text
    for said in ("av order@nordkedjan.test", "från ekonomi till support: fel roll", "stängt"):
        assert f"<span>{said}</span>" in swedish
    anna.get("/language/en?next=/cases/1")
    assert "<span>from ekonomi to support: fel roll</span>" in anna.get("/cases/1").text
