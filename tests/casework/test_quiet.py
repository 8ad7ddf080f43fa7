"""To whom Inflow may write unasked."""

from dataclasses import replace

import pytest

from inflow.casework.quiet import may_acknowledge
from inflow.mail.message import Address, Authenticity, Message, Nature

OWN = {"info@exempel.test"}
GOOD = Message(
    raw=b"",
    headers={},
    from_=(Address(name="Eva", address="eva@kund.test"),),
    authenticity=Authenticity(verdict="pass"),
)


def refused(message: Message, *, recently: int = 0, lately_in_all: int = 0) -> str | None:
    return may_acknowledge(message, own=OWN, recently=recently, lately_in_all=lately_in_all)


def test_a_person_whom_the_server_vouches_for_may_be_told() -> None:
    assert refused(GOOD) is None


@pytest.mark.parametrize("nature", [nature for nature in Nature if nature is not Nature.PERSON])
def test_no_machine_is_told(nature: Nature) -> None:
    assert refused(replace(GOOD, nature=nature))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "noreply@kund.test",
        "do-not-reply@kund.test",
        "MAILER-DAEMON@kund.test",
        "info@exempel.test",
        "x-request@l.test",
    ],
)
def test_nobody_is_told_where_nobody_reads(address: str) -> None:
    assert refused(replace(GOOD, from_=(Address(address=address),)))


def test_one_who_is_not_vouched_for_is_not_told() -> None:
    assert refused(replace(GOOD, authenticity=Authenticity(verdict="none")))


def test_an_answer_that_would_go_elsewhere_is_not_sent() -> None:
    assert refused(replace(GOOD, reply_to=(Address(address="victim@annan.test"),)))


def test_once_a_day_and_not_too_many_in_all() -> None:
    assert refused(GOOD, recently=1)
    assert refused(GOOD, lately_in_all=200)


def test_a_null_envelope_sender_is_not_answered() -> None:
    assert refused(replace(GOOD, headers={"return-path": ("<>",)}))
