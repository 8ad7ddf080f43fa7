"""The relay against an SMTP server that misbehaves: what it says becomes sent, later or never."""

import asyncio

import pytest

from inflow.casework.delivery import Outcome
from inflow.smtp import Relay, Result, SmtpSettings
from tests.servers.process import free_port
from tests.servers.sink import Sink, Stage

MAIL = b"Subject: hej\r\n\r\nsm\xc3\xb6rg\xc3\xa5s\r\n.\r\n..\r\n"
TO = "eva@kund.test"


def settings(port: int, **changes: object) -> SmtpSettings:
    plain = {"host": "127.0.0.1", "port": port, "security": "none", "timeout": "2s"}
    return SmtpSettings(**(plain | changes))


def send(port: int, *recipients: str, content: bytes = MAIL, **changes: object) -> list[Result]:
    """Send one mail to each recipient over one relay."""

    async def all_of_them() -> list[Result]:
        relay = Relay(settings(port, **changes))
        try:
            return [await relay.send("info+b@exempel.test", recipient, content) for recipient in recipients]
        finally:
            await relay.quit()

    return asyncio.run(all_of_them())


def test_what_is_sent_arrives_byte_for_byte_over_one_kept_open_connection(sink: Sink) -> None:
    results = send(sink.port, TO, TO, TO)
    assert [result.outcome for result in results] == [Outcome.SENT] * 3
    assert [one.raw for one in sink.received] == [MAIL] * 3
    assert {one.sender for one in sink.received} == {"info+b@exempel.test"}
    assert len({one.connection for one in sink.received}) == 1


@pytest.mark.parametrize(
    ("reply", "stage", "outcome"),
    [
        ("550 5.1.1 no such user", Stage.RCPT, Outcome.NEVER),
        ("552 5.3.4 too big", Stage.DATA, Outcome.NEVER),
        ("554 5.7.1 spam", Stage.DATA, Outcome.NEVER),
        ("450 4.2.0 greylisted", Stage.RCPT, Outcome.LATER),
        ("451 4.3.0 later", Stage.DATA, Outcome.LATER),
        ("421 4.3.2 going down", Stage.RCPT, Outcome.LATER),
        ("452 4.2.2 mailbox full", Stage.RCPT, Outcome.LATER),
    ],
)
def test_what_the_server_says_decides_and_the_next_mail_goes_on(
    sink: Sink, reply: str, stage: Stage, outcome: Outcome
) -> None:
    sink.answer(TO, reply, at=stage)
    result, following = send(sink.port, TO, "bo@kund.test")
    assert result.outcome is outcome
    assert result.error is not None
    assert reply[:3] in result.error
    assert following.outcome is Outcome.SENT


def test_a_line_cut_after_the_data_means_later(sink: Sink) -> None:
    sink.cuts = 1
    result, following = send(sink.port, TO, TO)
    assert result.outcome is Outcome.LATER
    assert following.outcome is Outcome.SENT


def test_nobody_listens_means_later() -> None:
    (result,) = send(free_port(), TO)
    assert result.outcome is Outcome.LATER


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_never_falls_to_clear_text(sink: Sink, security: str) -> None:
    (result,) = send(sink.port, TO, security=security)
    assert result.outcome is Outcome.LATER
    assert not sink.received
