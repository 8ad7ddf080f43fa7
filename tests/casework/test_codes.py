"""Mail that opens doors is told by what it says and bears; talk about passwords is not."""

import pytest

from inflow.casework.codes import opens_a_door
from inflow.mail.parse import parse


def opens(subject: str, text: str, *, kind: str = "plain") -> bool:
    raw = f"Subject: {subject}\nContent-Type: text/{kind}; charset=utf-8\n\n{text}".encode()
    return opens_a_door(parse(raw))


LINK = "https://konto.tjanst.test/bekrafta?nyckel=8f3a91c2d4"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Your verification code", "Your code is 482913."),
        ("Your one-time PIN", "Your one-time pin: 4829"),
        ("482913 is your code", "Use this security code to sign in: 482913"),
        ("Sign in to Tjänst", f"Here is your magic link: {LINK}"),
        ("Confirm your email address", LINK),
        ("Verify your e-mail", f"Please verify your e-mail address: {LINK}"),
        ("Password reset", f"Reset your password here {LINK}"),
        ("Din engångskod", "Din engångskod är 4829"),
        ("Verifieringskod", "Ange koden ABC-123 för att logga in. Dela aldrig din verifieringskod."),
        ("Bekräfta din e-postadress", f"Klicka här: {LINK}"),
        ("Återställ ditt lösenord", LINK),
        ("Inloggningslänk", f"Din inloggningslänk: {LINK}"),
    ],
)
def test_a_link_or_code_that_signs_in_is_recognised(subject: str, text: str) -> None:
    assert opens(subject, text)


def test_a_link_in_html_alone_is_recognised() -> None:
    html = f'<p>Confirm your email address:</p><p><a href="{LINK}">{LINK}</a></p>'
    assert opens("Welcome", html, kind="html")


def test_a_button_in_html_alone_is_recognised() -> None:
    assert opens("Welcome", f'<p>Confirm your email address</p><a href="{LINK}">Confirm</a>', kind="html")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Kan inte logga in", "Jag har glömt mitt lösenord och kommer inte in. Ring 070-123 45 67."),
        ("Faktura 48291", "Betala senast 2026-12-01 till bankgiro 123-4567."),
        ("Order 482913", f"Följ paketet: {LINK}"),
        ("Password reset", "How do I reset your password feature?"),
        ("Möte", "Koden till porten får du i receptionen."),
    ],
)
def test_ordinary_mail_is_not(subject: str, text: str) -> None:
    assert not opens(subject, text)
