"""The conversation stays in the case: every order by mail, and every way a thread can go."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from inflow import clock as timers
from inflow.casework.addresses import Way
from inflow.casework.case import Status
from inflow.desk import actions
from inflow.desk.world import World
from inflow.mail.compose import Outgoing, render
from inflow.store import deliveries, messages
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import (
    BO,
    EVA,
    MEMBERS,
    QUOTED,
    address,
    case,
    every_case,
    kinds,
    last,
    letters,
    outbox,
    reply,
    said,
    told,
    words,
)

CODE = "Din verifieringskod är 482913."


@pytest.fixture
def asked(world: World, receive: Receive) -> World:
    """Eva has written, support has her case; case 2 is Olle's, with ekonomi."""
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA, message_id="fraga@kund.test"))
    receive(
        world,
        mail("Faktura", "Min betalning av en faktura.", sender="Olle <olle@annan.test>", message_id="olle@annan.test"),
    )
    return world


def close(world: World, number: int = 1) -> None:
    with world.database.writing() as connection:
        actions.close(connection, world, number, by="test")


def from_eva(
    subject: str, text: str, *, headers: str = "", to: str = "info@exempel.test", message_id: str = ""
) -> bytes:
    return mail(subject, text, sender=EVA, headers=headers, to=to, message_id=message_id)


# Orders, as mail clients send them.


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        ("/route ekonomi", "routed"), ("/till ekonomi", "routed"), ("/flytta ekonomi gäller betalning", "routed"),
        ("/note Ring.", "noted"), ("/notis Ring.", "noted"), ("/notering Ring.", "noted"),
        ("/escalate", "escalated"), ("/eskalera", "escalated"), ("/upp", "escalated"),
        ("/close", "closed"), ("/stäng", "closed"), ("/stang", "closed"), ("/klar", "closed"),
        ("/label brådskande", "labelled"), ("/etikett brådskande", "labelled"), ("/märk brådskande", "labelled"),
        ("/merge 2", "merged"), ("/slåihop #2", "merged"), ("/slå-ihop 2", "merged"), ("/sammanfoga 2", "merged"),
        ("/link 2", "linked"), ("/länka 2", "linked"), ("/pass", "passed"), ("/avstå", "passed"),
        ("/ask ekonomi Betalt?", "questioned"), ("/fråga ekonomi Betalt?", "questioned"), ("/fraga ekonomi Betalt?", "questioned"),
        # clients
        ("/ROUTE\u00a0Ekonomi", "routed"), ("\u200b/Stäng\u00a0", "closed"), ("/ close", "closed"), ("\n\n/close", "closed"),
        ("/close\n\nSkickat från min iPhone", "closed"), ("/close\n\n-- \nAnna Berg\nSupport", "closed"),
        ("/close\n\nHämta Outlook för iOS<https://aka.ms/o0ukef>", "closed"), ("/close\n\nSent from my iPhone", "closed"),
    ],
)  # fmt: skip
def test_an_order_is_done_confirmed_once_and_reaches_nobody_outside(
    asked: World, receive: Receive, order: str, kind: str
) -> None:
    receive(asked, reply(asked, order))
    assert kinds(asked)[-1] == kind
    assert [one["to"] for one in outbox(asked, "notice")] == ["anna@exempel.test"]
    assert words(last(asked, "notice")).startswith("Gjort: /")
    assert [one["to"] for one in outbox(asked, "relay")] == (["ekonomi@exempel.test"] if kind == "questioned" else [])


@pytest.mark.parametrize("order", ["/reopen", "/öppna", "/oppna"])
def test_a_closed_case_is_opened_again(asked: World, receive: Receive, order: str) -> None:
    close(asked)
    receive(asked, reply(asked, order))
    assert case(asked).status is Status.OPEN


@pytest.mark.parametrize("order", ["/claim", "/ta", "/vår det är vi"])
def test_an_unclaimed_case_is_claimed_by_the_role_that_was_asked(world: World, receive: Receive, order: str) -> None:
    receive(world, mail("Hej", "Något helt annat.", sender=EVA))
    receive(world, reply(world, order, sender="hanna@exempel.test", to=address(world, Way.ASKED, role="hr")))
    assert (case(world).role, kinds(world)[-1]) == ("hr", "claimed")


@pytest.mark.parametrize("order", ["/release", "/släpp", "/slapp"])
def test_release_without_anything_held_says_so(asked: World, receive: Receive, order: str) -> None:
    receive(asked, reply(asked, order))
    assert "held" in told(asked, "command-refused")


@pytest.mark.parametrize("order", ["/help", "/hjälp", "/hjalp", "/HELP"])
def test_help_lists_commands_roles_and_answers(asked: World, receive: Receive, tmp_path: Path, order: str) -> None:
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "login.md").write_text("Så här gör du.", encoding="utf-8")
    receive(asked, reply(asked, order))
    text = words(last(asked, "notice"))
    assert {"/route", "/close", "/ask"} <= set(text.split())
    assert "ekonomi" in text
    assert "login" in text


@pytest.mark.parametrize("order", ["/answer login", "/svar Login"])
def test_a_ready_answer_is_sent_without_what_its_file_says_of_itself(
    asked: World, receive: Receive, tmp_path: Path, order: str
) -> None:
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "login.md").write_text("---\ntitle: Inloggning\n---\nSå här gör du.\n", encoding="utf-8")
    receive(asked, reply(asked, f"{order}\n\nHej Eva!"))
    assert words(last(asked, "relay")).split("\n")[:3] == ["Hej Eva!", "", "Så här gör du."]


def test_an_answer_that_does_not_exist_sends_nothing_and_names_those_that_do(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/answer ../inflow\n\nHej"))
    assert outbox(asked, "relay") == []
    assert "det finns inget svar" in words(last(asked, "notice"))


HTML = """<html><body><div dir="auto">/stäng&nbsp;</div><div dir="auto"><br></div><div>Skickat från min telefon</div>
<blockquote type="cite"><div>Från: Eva Ek</div><div>En fråga.</div></blockquote></body></html>"""


def test_an_order_in_a_reply_of_html_alone_is_understood(asked: World, receive: Receive) -> None:
    receive(
        asked,
        reply(asked, "")
        .replace(b"text/plain", b"text/html")
        .replace(QUOTED.replace("\n", "\n").encode(), HTML.encode()),
    )
    assert case(asked).status is Status.CLOSED
    assert outbox(asked, "relay") == []


def test_an_order_broken_by_quoted_printable_is_understood(asked: World, receive: Receive) -> None:
    raw = reply(asked, "").replace(QUOTED.encode(), b"/till eko=\r\nnomi g=C3=A4ller=20betal=\r\nning=20\r\n\r\n")
    receive(asked, raw.replace(b"MIME-Version", b"Content-Transfer-Encoding: quoted-printable\r\nMIME-Version"))
    assert case(asked).role == "ekonomi"
    assert "gäller betalning" in case(asked).reasons


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ("/close", Status.CLOSED),
        ("/escalate", Status.OPEN),
        ("/route ekonomi", Status.OPEN),
        ("/label x", Status.WAITING),
    ],
)
def test_words_below_an_order_go_out_and_the_order_decides_where_the_case_stands(
    asked: World, receive: Receive, order: str, status: Status
) -> None:
    receive(asked, reply(asked, f"{order}\n\nVi hör av oss."))
    assert words(last(asked, "relay")).strip() == "Vi hör av oss."
    assert case(asked).status is status


def test_of_several_orders_all_are_done_or_none(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/label klar\n/route ekonmi\n\nHej"))
    assert case(asked).labels == ()
    assert outbox(asked, "relay") == []
    assert "ekonomi" in words(last(asked, "notice"))


def test_a_reply_in_a_case_without_a_sender_says_so(world: World, receive: Receive) -> None:
    receive(world, mail("Hjälp", "Kan inte logga in.").replace(b"From: Eva Ek <eva@kund.test>\r\n", b""))
    receive(world, reply(world, "Hej?"))
    assert outbox(world, "relay") == []
    assert "no sender" in told(world, "command-refused")


# What a member sends.


def test_a_reply_to_all_is_recorded_and_not_sent_again(asked: World, receive: Receive) -> None:
    receive(
        asked,
        reply(
            asked, "Prova igen.", to=f"{address(asked)}, support@exempel.test", headers="Cc: Eva Ek <eva@kund.test>\r\n"
        ),
    )
    assert outbox(asked, "relay") == []
    assert "reply to all" in told(asked, "replied")
    assert case(asked).status is Status.WAITING


def test_a_member_s_attachment_goes_along_and_a_reply_of_one_alone_is_no_empty_one(
    asked: World, receive: Receive
) -> None:
    text = (
        "--b\r\nContent-Type: text/plain\r\n\r\n\r\n--b\r\nContent-Type: application/pdf; name=svar.pdf\r\n"
        "Content-Disposition: attachment; filename=svar.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--b--"
    )
    raw = mail("Sv: [#1] Hjälp", text, sender=BO, to=address(asked))
    receive(asked, raw.replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=b", 1))
    (file,) = last(asked, "relay").iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("svar.pdf", b"%PDF-1.4\n")


def test_a_bounce_of_the_answer_is_told_to_the_role_in_words(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "Prova igen."))
    (relay,) = outbox(asked, "relay")
    report = (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.kund.test\r\nTo: info@exempel.test\r\nSubject: Undelivered\r\n"
        "Message-ID: <bounce@mx.kund.test>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n'
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.kund.test\r\n\r\n"
        "Final-Recipient: rfc822; eva@kund.test\r\nAction: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 full\r\n"
        f"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{relay['message_id']}>\r\n\r\n--b--\r\n"
    )
    receive(asked, report.encode())
    assert kinds(asked)[-1] == "bounced"
    assert outbox(asked, "notice")[-1]["to"] == "support@exempel.test"
    assert "mailbox-full" in words(last(asked, "notice"))
    assert len(every_case(asked)) == 2


def test_a_bounce_by_its_address_alone_finds_the_delivery(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "Prova igen."))
    (relay,) = outbox(asked, "relay")
    headers = "Return-Path: <>\r\nAuto-Submitted: auto-replied\r\n"
    text = "The following address failed:\n\n  eva@kund.test: 550 5.1.1 user unknown"
    verp = address(asked, Way.BOUNCE, number=relay["id"])
    receive(
        asked,
        mail(
            "Mail delivery failed: returning message to sender",
            text,
            sender="MAILER-DAEMON@kund.test",
            to=verp,
            headers=headers,
        ),
    )
    assert kinds(asked)[-1] == "bounced"


# Which case a mail joins.


def test_a_changed_subject_with_an_old_reference_still_joins(asked: World, receive: Receive) -> None:
    receive(asked, from_eva("Något annat", "Mer.", headers="References: <fraga@kund.test>\r\n"))
    assert case(asked).messages == 2


def test_a_colleague_joins_and_a_forward_by_somebody_else_does_not(asked: World, receive: Receive) -> None:
    receive(
        asked,
        mail("Sv: Hjälp", "Jag är Evas chef.", sender="chef@kund.test", headers="In-Reply-To: <fraga@kund.test>\r\n"),
    )
    assert case(asked).messages == 2
    receive(
        asked, mail("Fwd: Hjälp", "Se nedan.", sender="chef@kund.test", headers="In-Reply-To: <fraga@kund.test>\r\n")
    )
    receive(asked, mail("VB: Hjälp", "Se nedan.", sender="x@annan.test", headers="References: <fraga@kund.test>\r\n"))
    assert case(asked).messages == 2
    assert len(every_case(asked)) == 4


def test_colleagues_at_a_free_mail_provider_are_strangers(world: World, receive: Receive) -> None:
    receive(world, mail("Hej", "Fråga.", sender="eva@gmail.com", message_id="a@gmail.com"))
    receive(world, mail("Sv: Hej", "Vad sades?", sender="mal@gmail.com", headers="In-Reply-To: <a@gmail.com>\r\n"))
    assert len(every_case(world)) == 2


def test_two_mails_under_a_parent_that_we_never_saw_are_one_case(world: World, receive: Receive) -> None:
    parent = "In-Reply-To: <mote@kund.test>\r\nReferences: <mote@kund.test>\r\n"
    receive(world, from_eva("Sv: Möte", "Ett.", headers=parent))
    receive(world, mail("Sv: Möte", "Två.", sender="chef@kund.test", headers=parent))
    receive(world, mail("Sv: Möte", "Tre.", sender="mal@evil.test", headers=parent))
    assert {number: one.messages for number, one in every_case(world).items()} == {1: 2, 2: 1}


def test_two_mails_of_one_message_id_are_two_cases_unless_the_later_was_awaited(asked: World, receive: Receive) -> None:
    unknown = "In-Reply-To: <mote@kund.test>\r\n"
    receive(asked, from_eva("Sv: Möte", "Annat.", headers=unknown, message_id="fraga@kund.test"))
    assert {number: one.messages for number, one in every_case(asked).items()} == {1: 1, 2: 1, 3: 1}
    receive(asked, from_eva("Möte", "Det var detta.", message_id="mote@kund.test"))
    assert case(asked, 3).messages == 2


def test_a_reply_to_a_case_closed_long_ago_opens_a_linked_one(asked: World, receive: Receive, clock: Clock) -> None:
    close(asked)
    clock.move(timedelta(days=29))
    receive(asked, from_eva("Sv: Hjälp", "Igen.", headers="In-Reply-To: <fraga@kund.test>\r\n"))
    assert (case(asked).status, case(asked).messages) == (Status.OPEN, 2)
    close(asked)
    clock.move(timedelta(days=31))
    receive(asked, from_eva("Sv: Hjälp", "Ett år senare.", headers="In-Reply-To: <fraga@kund.test>\r\n"))
    assert case(asked).status is Status.CLOSED
    assert told(asked, "linked", number=3) == "#1"
    assert told(asked, "linked") == "#3"


def test_mail_to_a_merged_case_finds_the_survivor(asked: World, receive: Receive) -> None:
    receive(asked, from_eva("En sak till", "Jag ser ett felmeddelande.", message_id="tva@kund.test"))
    receive(asked, reply(asked, "/merge 1", number=3))
    assert case(asked, 3).status is Status.CLOSED
    receive(asked, from_eva("Sv: En sak till", "Hallå?", headers="In-Reply-To: <tva@kund.test>\r\n"))
    receive(asked, from_eva("Sv: [#3] En sak till", "Hallå igen?", to=address(asked, Way.SENDER, number=3)))
    receive(asked, reply(asked, "Nu så.", number=3))
    assert [direction for direction, _ in said(asked)] == ["in", "in", "out", "in", "in", "out"]
    assert outbox(asked, "relay")[-1]["to"] == "eva@kund.test"


def test_a_split_takes_chosen_messages_along_and_later_mail_to_them(asked: World, receive: Receive) -> None:
    receive(
        asked,
        from_eva(
            "Sv: Hjälp", "Och en sak till.", headers="In-Reply-To: <fraga@kund.test>\r\n", message_id="tva@kund.test"
        ),
    )
    with asked.database.writing() as connection:
        chosen = messages.of_case(connection, 1)[-1]["id"]
        assert actions.split(connection, asked, 1, [chosen], by="test") == 3
    assert [case(asked, number).messages for number in (1, 3)] == [1, 1]
    receive(asked, from_eva("Sv: Hjälp", "Om den andra saken.", headers="In-Reply-To: <tva@kund.test>\r\n"))
    assert case(asked, 3).messages == 2
    with asked.database.reading() as connection:
        assert messages.of_case(connection, 3)[0]["id"] == chosen


# What is automatic, secret or sealed.


def test_an_out_of_office_joins_quietly_with_the_day_of_return(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "Prova igen."))
    auto = "In-Reply-To: <fraga@kund.test>\r\nAuto-Submitted: auto-replied\r\n"
    receive(asked, from_eva("Autosvar: Hjälp", "Jag är på semester och åter den 7 december 2026.", headers=auto))
    assert case(asked).status is Status.WAITING
    assert len(outbox(asked, "forward")) == 1
    assert "away until 2026-12-07" in told(asked, "joined")


@pytest.mark.parametrize("way", [None, Way.SENDER, Way.ANSWER, Way.ROLE])
def test_a_sign_in_code_lies_with_other_and_nobody_is_asked_whose_it_is(
    asked: World, receive: Receive, clock: Clock, way: Way | None
) -> None:
    to = address(asked, way) if way else "info@exempel.test"
    receive(
        asked, mail("Din kod", CODE, sender="noreply@tjanst.test", to=to, headers="References: <fraga@kund.test>\r\n")
    )
    assert case(asked, 3).role == "ovrigt"
    assert case(asked).messages == 1
    clock.move(timedelta(days=3))
    timers.step(asked)
    timers.step(asked)
    assert [one["to"] for one in outbox(asked, number=3)] == ["ovrigt@exempel.test"]


def test_who_takes_part_may_speak_of_a_code_in_the_case(asked: World, receive: Receive) -> None:
    receive(asked, from_eva("Sv: Hjälp", f"Jag får detta men det fungerar inte: {CODE}", to=address(asked, Way.SENDER)))
    assert case(asked).messages == 2


def test_who_was_asked_may_speak_of_a_code_too(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/ask lev@leverantor.test Vad betyder koden?"))
    receive(asked, mail("Sv: [#1] Hjälp", CODE, sender="lev@leverantor.test", to=address(asked, Way.ANSWER)))
    assert kinds(asked)[-1] == "answered"


SIGNED = (
    b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="s"\r\n\r\n'
    b"--s\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    b"Hej  \r\n\tf\xf6r alltid.\r\n--s\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n"
    b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=smime.p7s\r\n\r\nMIAGCSqGSIb3\r\n--s--\r\n"
)
CALENDAR = (
    b'Content-Type: multipart/alternative; boundary="c"\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nM\xc3\xb6te\r\n'
    b"--c\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n"
    b"BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:M\xc3\xb6te\r\nDTSTART:20261201T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--c--\r\n"
)
ENCRYPTED = (
    b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="e"\r\n\r\n--e\r\n'
    b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--e\r\nContent-Type: application/octet-stream\r\n\r\n"
    b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n--e--\r\n"
)


@pytest.mark.parametrize("entity", [SIGNED, CALENDAR, ENCRYPTED], ids=["S/MIME", "calendar", "PGP"])
def test_what_is_signed_sealed_or_an_invitation_is_forwarded_byte_for_byte(
    world: World, receive: Receive, entity: bytes
) -> None:
    head = mail("Hej", "").partition(b"Content-Type")[0]
    receive(world, head + entity)
    (forward,) = outbox(world, "forward")
    with world.database.writing() as connection:
        (due,) = [
            one for one in deliveries.claim(connection, owner="t", now=world.now(), limit=99) if one.id == forward["id"]
        ]
        assert due.source is not None
        raw = render(Outgoing.of_json(due.outgoing), messages.raw(connection, due.source))
        connection.rollback()
    assert entity in raw
    own = list(message_from_bytes(raw, policy=policy.default).iter_parts())[1]
    assert own.get_content_type() == message_from_bytes(entity).get_content_type()


def entity(world: World, raw: bytes) -> bytes:
    """A member's reply whose body is this."""
    return reply(world, "").partition(b"MIME-Version")[0] + raw


def test_a_member_s_signature_stays_inside_for_it_names_the_member(asked: World, receive: Receive) -> None:
    receive(asked, entity(asked, SIGNED))
    sent = last(asked, "relay")
    assert "alltid" in words(sent)
    assert not sent.is_multipart()


def test_a_member_s_encrypted_reply_is_not_sent_and_the_member_is_told(asked: World, receive: Receive) -> None:
    receive(asked, entity(asked, ENCRYPTED))
    assert outbox(asked, "relay") == []
    assert "krypterat" in words(last(asked, "notice"))


@pytest.mark.parametrize("text", ["/route support", "Hej Eva, jag svarar ändå.", "/merge 2"])
def test_who_had_a_case_before_it_was_confidential_has_it_no_more(
    make_world: Callable[..., World], receive: Receive, text: str
) -> None:
    world = make_world(roles=MEMBERS)
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA))
    receive(world, mail("Faktura", "Min betalning av en faktura.", sender="Olle <olle@annan.test>"))
    receive(world, reply(world, "/route hr"))
    receive(world, reply(world, text, sender=BO))
    assert (case(world).role, kinds(world)[-1]) == ("hr", "held")
    assert [one["status"] for one in outbox(world, "relay")] in ([], ["held"])
    assert outbox(world, "notice")[-1]["to"] == "hr@exempel.test"


def test_nothing_that_goes_to_the_sender_has_the_address_of_a_member(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "Ett.\n\n-- \nAnna Berg\nanna@exempel.test"))
    receive(asked, from_eva("Sv: [#1] Hjälp", "Två.", to=address(asked, Way.SENDER)))
    receive(asked, reply(asked, "Tre.", sender=BO))
    sent = [one.as_string().lower() for one in letters(asked).values() if one["To"].addresses[0].domain == "kund.test"]
    assert len(sent) == 2
    assert not any(name in one for one in sent for name in ("anna@", "bo@", "bo dahl"))
