# ruff: noqa: E501, ISC004 - letters stand as they were sent
import pytest

from inflow.mail.bounce_reasons import reason_of
from inflow.mail.message import Nature
from inflow.mail.parse import parse
from tests.mail.letters import letter, multipart, read

HUMAN = "Content-Type: text/plain\n\nDitt brev kom inte fram.\n"
ORIGINAL = "Content-Type: message/rfc822\n\nMessage-ID: <ursprung@exempel.test>\nSubject: Hej\n\nhej\n"


def report(*recipients: str, human: str = HUMAN) -> bytes:
    blocks = "\n\n".join(("Reporting-MTA: dns; mx.kund.test", *recipients))
    kind, body = multipart("report", human, f"Content-Type: message/delivery-status\n\n{blocks}\n", ORIGINAL)
    return letter(
        f"{kind}; report-type=delivery-status", "From: MAILER-DAEMON@mx.kund.test", "Subject: Undelivered", body=body
    )


def test_a_report_is_read_by_the_book() -> None:
    message = parse(
        report(
            "Final-Recipient: rfc822; bo@kund.test\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user",
            "Original-Recipient: rfc822;asa@kund.test\nFinal-Recipient: rfc822; x1@kund.test\nAction: delayed\nStatus: 4.2.2",
        )
    )
    assert message.nature is Nature.BOUNCE
    assert message.bounce is not None
    assert [(one.address, one.action, one.status, one.reason) for one in message.bounce.recipients] == [
        ("bo@kund.test", "failed", "5.1.1", "user-unknown"),
        ("asa@kund.test", "delayed", "4.2.2", "mailbox-full"),
    ]
    assert message.bounce.recipients[0].diagnostic == "550 5.1.1 no such user"
    assert message.bounce.original_message_id == "ursprung@exempel.test"


def test_international_addresses_are_read() -> None:
    message = parse(report("Final-Recipient: utf-8; åsa@kund.test\nAction: failed\nStatus: 5.1.1"))
    assert message.bounce is not None
    assert message.bounce.recipients[0].address == "åsa@kund.test"


def test_a_report_of_success_is_no_bounce() -> None:
    message = parse(report("Final-Recipient: rfc822; bo@kund.test\nAction: delivered\nStatus: 2.0.0"))
    assert (message.bounce, message.nature) == (None, Nature.AUTO_REPLY)


def test_the_words_for_people_tell_why_when_the_report_does_not() -> None:
    human = "Content-Type: text/plain\n\nThe recipient's mailbox is full.\n"
    message = parse(report("Final-Recipient: rfc822; bo@kund.test\nAction: failed\nStatus: 5.0.0", human=human))
    assert message.bounce is not None
    assert message.bounce.recipients[0].reason == "mailbox-full"


@pytest.mark.parametrize(
    ("sender", "subject", "body", "address", "reason"),
    [
        (
            "MAILER-DAEMON@mx.kund.test",
            "failure notice",
            "Hi. This is the qmail-send program at mx.kund.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n<bo@kund.test>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            "--- Below this line is a copy of the message.\n\nMessage-ID: <ursprung@exempel.test>\n",
            "bo@kund.test",
            "user-unknown",
        ),
        (
            "Mail Delivery System <MAILER-DAEMON@mx.kund.test>",
            "Mail delivery failed: returning message to sender",
            "A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n"
            "The following address(es) failed:\n\n  bo@kund.test\n    quota exceeded\n\n------ This is a copy of the message ------\n\nx\n",
            "bo@kund.test",
            "mailbox-full",
        ),
        (
            "postmaster@kund.test",
            "Kunde inte levereras: Hej",
            "Ditt meddelande kunde inte levereras till följande mottagare:\n\nbo@kund.test\nAdressen hittades inte.\n",
            "bo@kund.test",
            "user-unknown",
        ),
        (
            "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@kund.test>",
            "Olevererbart: Hej",
            "Leverans till följande mottagare eller grupper misslyckades:\n\nbo@kund.test<mailto:bo@kund.test>\nMeddelandet är för stort.\n",
            "bo@kund.test",
            "too-big",
        ),
        (
            "courier mail server <postmaster@kund.test>",
            "NOTICE: mail delivery status.",
            "This is a delivery status notification from kund.test.\n\nThe original message was received on Sat, 11 Dec 2010 12:19:57 +0900\n\n"
            "UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<bo@kund.test>:\n    mx.kund.test [192.0.2.1]:\n"
            "<<< RCPT TO:<bo@kund.test>\n>>> 550 5.1.1 <bo@kund.test>... User Unknown\n",
            "bo@kund.test",
            "user-unknown",
        ),
        (
            "MDaemon at kund <MDaemon@kund.test>",
            "MDaemon Warning",
            "The attached message had PERMANENT fatal delivery errors!\n\n--- Session Transcript ---\n\n <-- 550 <bo@kund.test>, Recipient unknown\n",
            "bo@kund.test",
            "user-unknown",
        ),
        (
            "MAILER-DAEMON@mx.kund.test",
            "Mail konnte nicht zugestellt werden",
            "Die folgende Nachricht konnte nicht zugestellt werden:\n\nbo@kund.test\n  Postfach voll\n",
            "bo@kund.test",
            "mailbox-full",
        ),
    ],
)
def test_servers_that_write_in_words(sender: str, subject: str, body: str, address: str, reason: str) -> None:
    message = read(f"From: {sender}", f"Subject: {subject}", body=body)
    assert message.bounce is not None
    assert [(one.address, one.reason) for one in message.bounce.recipients] == [(address, reason)]


def test_exim_names_the_failed_in_a_field() -> None:
    message = read(
        "From: Mailer-Daemon@mx.kund.test", "X-Failed-Recipients: bo@kund.test", body="could not be delivered"
    )
    assert message.bounce is not None
    assert message.bounce.recipients[0].address == "bo@kund.test"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Delivery failed", "Hej, min leverans kom inte fram. Kan ni svara bo@kund.test? Den misslyckades."),
        (
            "Fwd: Undelivered Mail Returned to Sender",
            "Vad betyder detta?\n\n<bo@kund.test>: host mx said: 550 5.1.1 User unknown",
        ),
        ("SV: Undeliverable: Hej", "Jag fick tillbaka detta:\n\nThe following address(es) failed:\n\n  bo@kund.test"),
    ],
)
def test_a_person_who_writes_about_a_bounce_is_a_person(subject: str, body: str) -> None:
    message = read(f"Subject: {subject}", body=body)
    assert (message.bounce, message.nature) == (None, Nature.PERSON)


@pytest.mark.parametrize(
    ("status", "diagnostic", "reason"),
    [
        ("5.1.1", "", "user-unknown"),
        ("5.2.2", "", "mailbox-full"),
        ("5.3.4", "", "too-big"),
        ("5.1.2", "", "host-unknown"),
        ("4.4.7", "", "expired"),
        ("5.7.1", "550 5.7.1 Relaying denied", "relaying-denied"),
        ("5.7.1", "554 5.7.1 Service unavailable; client host blocked using Spamhaus", "blocked"),
        ("5.7.1", "550 5.7.1 message identified as spam", "spam"),
        ("5.7.26", "550 5.7.26 unauthenticated email, DMARC policy", "policy"),
        ("4.3.0", "", "system"),
        ("", "Connection refused", "system"),
        ("", "", "other"),
    ],
)
def test_reasons_in_the_contract_s_words(status: str, diagnostic: str, reason: str) -> None:
    assert reason_of(status, diagnostic) == reason


def test_a_postmaster_who_writes_himself_is_a_person() -> None:
    body = "Hej!\n\nVi får felet 550 5.1.1 user unknown när vi skriver till bo@exempel.test. Kan ni titta på det?\n\nMvh Eva"
    message = read("From: Eva Test <postmaster@kund.test>", "Subject: Fråga om er adress", body=body)
    assert (message.nature, message.bounce) == (Nature.PERSON, None)
