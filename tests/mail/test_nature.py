from datetime import date

import pytest

from inflow.mail.absence import back_on
from inflow.mail.message import Nature
from inflow.mail.parse import parse
from tests.mail.letters import letter, multipart, read


@pytest.mark.parametrize(
    ("field", "nature"),
    [
        ("Subject: Skrivaren fungerar inte", Nature.PERSON),
        ("Auto-Submitted: no", Nature.PERSON),
        ("Auto-Submitted: no (a person wrote this)", Nature.PERSON),
        ("X-Auto-Response-Suppress: All", Nature.PERSON),
        ("Subject: Autosvaret fungerar inte", Nature.PERSON),
        ("Subject: Out of office next week, can we meet before?", Nature.PERSON),
        ("Subject: Semester i juli", Nature.PERSON),
        ("Subject: Re: Undelivered parcel", Nature.PERSON),
        ("Auto-Submitted: auto-replied", Nature.AUTO_REPLY),
        ("Auto-Submitted: auto-generated (rejected)", Nature.AUTO_REPLY),
        ("X-Autoreply: yes", Nature.AUTO_REPLY),
        ("Precedence: auto_reply", Nature.AUTO_REPLY),
        ("Subject: Autosvar: Skrivaren", Nature.AUTO_REPLY),
        ("Subject: Automatiskt svar: Skrivaren", Nature.AUTO_REPLY),
        ("Subject: Frånvaro", Nature.AUTO_REPLY),
        ("Subject: Automatic reply: Printer", Nature.AUTO_REPLY),
        ("Subject: Out of Office: Printer", Nature.AUTO_REPLY),
        ("Subject: AUTO: Anna Test is out of the office (returning 3 dec)", Nature.AUTO_REPLY),
        ("Subject: Automatisk svar: Skriver", Nature.AUTO_REPLY),
        ("Subject: Automaattinen vastaus: Tulostin", Nature.AUTO_REPLY),
        ("Subject: Automatische Antwort: Drucker", Nature.AUTO_REPLY),
        ("Subject: Abwesenheitsnotiz: Drucker", Nature.AUTO_REPLY),
        ("Subject: =?utf-8?Q?R=C3=A9ponse_automatique_?=: Imprimante", Nature.AUTO_REPLY),
        ("Subject: Automatisch antwoord: Printer", Nature.AUTO_REPLY),
        ("Subject: Respuesta automática: Impresora", Nature.AUTO_REPLY),
        ("Subject: Risposta automatica: Stampante", Nature.AUTO_REPLY),
        ("Subject: Odpowiedź automatyczna: Drukarka", Nature.AUTO_REPLY),
        ("Subject: Resposta automática: Impressora", Nature.AUTO_REPLY),
        ("List-Id: <prat.lista.test>", Nature.LIST),
        ("Precedence: list", Nature.LIST),
        ("List-Unsubscribe: <mailto:av@lista.test>", Nature.BULK),
        ("Precedence: bulk", Nature.BULK),
        ("From: no-reply@butik.test", Nature.AUTO_REPLY),
    ],
)
def test_one_field_tells_what_wrote_a_mail(field: str, nature: Nature) -> None:
    message = read(field)
    assert message.nature is nature
    assert bool(message.nature_evidence) == (nature is not Nature.PERSON)


def test_a_newsletter_is_bulk_though_it_has_a_list_id() -> None:
    message = read(
        "List-Id: <nyheter.butik.test>",
        "List-Unsubscribe: <https://butik.test>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    )
    assert message.nature is Nature.BULK


def test_a_group_address_of_our_own_does_not_make_a_person_a_list() -> None:
    mail = letter("List-Id: <info.exempel.test>", "Precedence: list")
    assert parse(mail).nature is Nature.LIST
    assert parse(letter("List-Id: <info.exempel.test>"), own_domains=["exempel.test"]).nature is Nature.PERSON


def test_a_form_that_names_whom_to_answer_is_a_person() -> None:
    assert read("From: no-reply@exempel.test", "Reply-To: kund@kund.test").nature is Nature.PERSON


def test_too_many_hops_are_a_loop() -> None:
    hops = ["Received: from a by b; Mon, 23 Nov 2026 10:11:12 +0000"]
    assert read(*hops * 50).nature is Nature.PERSON
    assert read(*hops * 51).nature is Nature.LOOP


def test_our_own_marks_are_evidence() -> None:
    assert read("X-Inflow-Case: 1042").nature_evidence == ("X-Inflow-Case: 1042",)
    assert read("X-Loop: inflow.exempel.test").nature_evidence == ("X-Loop: inflow.exempel.test",)


@pytest.mark.parametrize(
    ("report", "part"),
    [
        ("disposition-notification", "message/disposition-notification"),
        ("feedback-report", "message/feedback-report"),
    ],
)
def test_reports_are_automatic(report: str, part: str) -> None:
    kind, body = multipart("report", "Content-Type: text/plain\n\nLäst", f"Content-Type: {part}\n\nx: y")
    message = read(f"{kind}; report-type={report}", body=body)
    assert message.nature is Nature.AUTO_REPLY


def test_a_calendar_answer_is_automatic_and_an_invitation_is_not() -> None:
    for method, nature in (("REPLY", Nature.AUTO_REPLY), ("REQUEST", Nature.PERSON)):
        kind, body = multipart("mixed", f"Content-Type: text/calendar; method={method}\n\nBEGIN:VCALENDAR")
        assert read(kind, body=body).nature is nature


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jag är tillbaka den 3 december.", date(2026, 12, 3)),
        ("Jag är på semester t.o.m. 4/1.", date(2027, 1, 4)),
        ("Jag är borta till och med 2026-12-24", date(2026, 12, 24)),
        ("I will be back on December 3rd, 2026.", date(2026, 12, 3)),
        ("Ich bin ab dem 3.12. wieder da, bis 03.12.2026 vertritt mich", date(2026, 12, 3)),
        ("Jeg er tilbake 3. desember", date(2026, 12, 3)),
        ("Palaan 3.12.2026", date(2026, 12, 3)),
        ("De retour le 3 décembre", date(2026, 12, 3)),
        ("Tillbaka den 31 februari", None),
        ("Jag är inte här.", None),
    ],
)
def test_when_an_absent_person_is_back(text: str, expected: date | None) -> None:
    assert back_on(text, date(2026, 11, 23)) == expected


def test_only_an_automatic_reply_has_a_return_date() -> None:
    body = "Jag är tillbaka den 3 december."
    assert read("Subject: Autosvar: Hej", body=body).absent_until == date(2026, 12, 3)
    assert read("Subject: Hej", body=body).absent_until is None


@pytest.mark.parametrize(
    "text",
    [
        "Olen poissa 3.12. asti.",
        "Ich bin ab dem 24. November nicht im Büro und ab dem 3. Dezember wieder erreichbar.",
        "Estaré de vuelta el 3 de diciembre.",
        "Fra 3. desember er jeg tilbake.",
    ],
)
def test_the_day_may_stand_before_the_word(text: str) -> None:
    assert back_on(text, date(2026, 11, 23)) == date(2026, 12, 3)
