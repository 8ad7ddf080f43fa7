"""Delivery reports of the servers of this world: who, what, why, which mail; and people who speak of reports are people."""

import pytest

from inflow.mail.message import Nature
from inflow.mail.parse import parse
from tests.mail.letters import letter
from tests.mail.reports import BO, ORIGINAL, REPORTS, raw


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_says_who_was_not_reached_and_why(name: str) -> None:
    report, message = REPORTS[name], parse(raw(REPORTS[name]), own_domains=["exempel.test"])
    assert message.nature is Nature.BOUNCE
    assert message.bounce is not None
    (one,) = message.bounce.recipients
    assert (one.address, one.action, one.status, one.reason) == (BO, report.action, report.status, report.reason)
    assert message.bounce.original_message_id == ORIGINAL


@pytest.mark.parametrize("name", REPORTS)
def test_a_person_who_forwards_or_quotes_a_report_is_a_person(name: str) -> None:
    report = REPORTS[name]
    head = f"---------- Forwarded message ---------\nFrån: {report.sender}\nÄmne: {report.subject}"
    text = f"Hej! Vad betyder det här?\n\n{head}\n\n{report.words}\n"
    quoted = "Vad betyder det här?\n\n" + "".join(f"> {line}\n" for line in report.words.split("\n"))
    for subject, body in (
        (f"Fwd: {report.subject}", text),
        (f"VB: {report.subject}", text),
        (f"Re: {report.subject}", quoted),
    ):
        message = parse(letter(f"Subject: {subject}", body=body))
        assert (message.bounce, message.nature) == (None, Nature.PERSON), subject
    attached = f"--x\nContent-Type: text/plain\n\nSe bilagan\n--x\nContent-Type: message/rfc822\n\n{raw(report).decode()}\n--x--\n"
    message = parse(letter("Content-Type: multipart/mixed; boundary=x", "Subject: Vad betyder det?", body=attached))
    assert (message.bounce, message.nature) == (None, Nature.PERSON)
