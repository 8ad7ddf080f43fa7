"""From a received mail to a case, on both engines: bytes in, rows out."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from inflow import triage
from inflow.casework.case import Kind, Status
from inflow.desk import whose
from inflow.desk.world import World
from inflow.routing.decide import decide as really_decide
from inflow.store import cases, deliveries, events, messages, received
from inflow.store.cases import Filters
from inflow.store.rows import Case
from tests.jobs.conftest import Receive, mail

RULE = '[[rule]]\nname = "fakturor"\nwhen = { subject = "faktura" }\nroute = "ekonomi"\n'


def all_cases(world: World) -> list[Case]:
    with world.database.reading() as connection:
        return cases.find(connection, Filters(limit=0))


def kinds(world: World, number: int) -> list[str]:
    with world.database.reading() as connection:
        return [event["kind"] for event in events.of_case(connection, number)]


def forwards(world: World, number: int) -> list[tuple[str, str]]:
    with world.database.reading() as connection:
        return [(one["kind"], one["to"]) for one in deliveries.of_case(connection, number)]


def test_a_mail_becomes_a_case_with_its_reasons(make_world: Callable[..., World], receive: Receive) -> None:
    world = make_world(more=RULE)
    receive(world, mail("Faktura 7"))
    (case,) = all_cases(world)
    assert (case.role, case.status, case.decided_by) == ("ekonomi", Status.OPEN, "rule")
    assert case.reasons == ('the rule "fakturor" matches',)
    assert case.party.address == "eva@kund.test"
    assert kinds(world, case.number) == ["opened", "routed"]
    assert forwards(world, case.number) == [("forward", "ekonomi@exempel.test")]


def test_what_nobody_recognises_is_unclaimed_with_other(world: World, receive: Receive) -> None:
    receive(world, mail("Hej", "Något helt annat."))
    (case,) = all_cases(world)
    assert (case.role, case.status, case.decided_by) == ("ovrigt", Status.UNCLAIMED, "other")


def test_the_senders_next_mail_joins_and_reopens(world: World, receive: Receive) -> None:
    receive(world, mail("Hej", message_id="a@kund.test"))
    with world.database.writing() as connection:
        cases.happened(connection, 1, Kind.CLOSED, text="", by="test", now=world.now())
    receive(world, mail("Sv: Hej", "Mer.", headers="In-Reply-To: <a@kund.test>\r\n"))
    (case,) = all_cases(world)
    assert (case.messages, case.status) == (2, Status.UNCLAIMED)
    assert kinds(world, 1)[-1] == "received"
    assert len(forwards(world, 1)) == 2


def test_a_stranger_with_a_subject_tag_begins_a_case_of_its_own(world: World, receive: Receive) -> None:
    receive(world, mail("Hej"))
    receive(world, mail("Sv: [#1] Hej", sender="mal@evil.test"))
    receive(world, mail("Sv: [#1] Hej", "Eva igen."))
    assert {case.number: case.messages for case in all_cases(world)} == {1: 2, 2: 1}


@pytest.mark.parametrize("again", ["same uid", "new uidvalidity", "another mailbox", "another copy"])
def test_one_mail_is_one_message_however_often_it_is_seen(world: World, receive: Receive, again: str) -> None:
    raw = mail("Hej")
    receive(world, raw)
    copy = b"Received: from b\r\nDelivered-To: x@exempel.test\r\n" + raw if again == "another copy" else raw
    receive(
        world,
        copy,
        mailbox="hr" if again == "another mailbox" else "info",
        uidvalidity=2 if again == "new uidvalidity" else 1,
    )
    (case,) = all_cases(world)
    assert case.messages == 1
    with world.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM sighting")).scalar_one() == 2


def test_two_mails_with_one_message_id_and_two_without_are_all_kept(world: World, receive: Receive) -> None:
    without = [mail("Hej", one).replace(b"Message-ID", b"X-Nothing") for one in ("ett", "två")]
    receive(world, mail("Hej", "ett", message_id="x@y"), mail("Hej", "två", message_id="x@y"), *without)
    assert sum(case.messages for case in all_cases(world)) == 4


def test_one_bad_mail_stops_nobody(
    world: World, receive: Receive, monkeypatch: pytest.MonkeyPatch, clock: Callable[..., None]
) -> None:

    def decide(message: object, *arguments: object, **more: object) -> object:
        if getattr(message, "subject", "") == "gift":
            raise RuntimeError("boom")
        return really_decide(message, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(whose, "decide", decide)
    receive(world, mail("ett"), mail("gift"), mail("två"))
    assert {case.subject for case in all_cases(world)} == {"ett", "två"}
    for _ in range(3):
        clock.move(triage.AGAIN_AFTER * 10)  # type: ignore[attr-defined]
        receive(world)
    bad = next(case for case in all_cases(world) if case.subject == "gift")
    assert (bad.role, bad.status) == ("ovrigt", Status.UNCLAIMED)
    assert "boom" in bad.reasons[0]
    with world.database.reading() as connection:
        assert messages.of_case(connection, bad.number)[0]["state"] == "quarantined"
        assert received.next_due(connection) is None


def test_a_mail_that_killed_the_process_three_times_is_quarantined_unread(world: World, receive: Receive) -> None:
    with world.database.writing() as connection:
        received.admit(
            connection, [received.seen(mail("gift"), mailbox="info", uidvalidity=1, uid=99)], now=world.now()
        )
        connection.execute(text("UPDATE message SET attempts = 3"))
    receive(world)
    (case,) = all_cases(world)
    assert case.role == "ovrigt"
    assert "three times" in case.reasons[0]


def test_a_bounce_of_a_forward_is_an_event_and_a_notice_to_other(
    make_world: Callable[..., World], receive: Receive
) -> None:
    world = make_world(more=RULE)
    receive(world, mail("Faktura"))
    with world.database.reading() as connection:
        (sent,) = deliveries.of_case(connection, 1)
    body = (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n'
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
        "Final-Recipient: rfc822; ekonomi@exempel.test\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        f"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{sent['message_id']}>\r\n\r\n--b--\r\n"
    )
    report = (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nTo: info@exempel.test\r\nSubject: Undelivered\r\n"
        f"Message-ID: <bounce@mx.test>\r\nMIME-Version: 1.0\r\n{body}"
    ).encode()
    receive(world, report)
    assert kinds(world, 1) == ["opened", "routed", "bounced"]
    assert forwards(world, 1)[-1] == ("notice", "ovrigt@exempel.test")
    with world.database.reading() as connection:
        assert deliveries.of_case(connection, 1)[0]["status"] == "failed"


def test_our_own_forward_that_comes_back_falls_silent(world: World, receive: Receive) -> None:
    receive(world, mail("Hej", headers="X-Loop: INFO@exempel.test\r\n"))
    (case,) = all_cases(world)
    assert forwards(world, case.number) == []


def test_an_out_of_office_joins_quietly(world: World, receive: Receive) -> None:
    receive(world, mail("Hej", message_id="a@kund.test"))
    with world.database.writing() as connection:
        cases.happened(connection, 1, Kind.REPLIED, text="", by="test", now=world.now())
    auto = "In-Reply-To: <a@kund.test>\r\nAuto-Submitted: auto-replied\r\n"
    receive(world, mail("Autosvar: Hej", "Jag är borta.", headers=auto))
    (case,) = all_cases(world)
    assert (case.status, case.messages) == (Status.WAITING, 2)
    assert len(forwards(world, 1)) == 1


def test_any_bytes_become_a_case(world: World, receive: Receive) -> None:
    receive(world, b"", b"\x00\xff" * 100, b"From: \r\n\r\n", b"Subject: =?utf-8?q?=00?=\r\n\r\n\x00", b"\n\n\n")
    assert len(all_cases(world)) == 4  # the empty mail and the one of empty lines are one
