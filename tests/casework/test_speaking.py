"""Who may speak for a role."""

import pytest

from inflow.casework.speaking import is_member, may_speak
from inflow.mail.message import Authenticity
from inflow.routing.roles import Role

OPEN = Role(name="ekonomi", address="ekonomi@exempel.test")
CLOSED = Role(name="hr", address="hr@exempel.test", members=("hanna@exempel.test", "*@hr.exempel.test"))
DOMAINS = ["exempel.test"]


@pytest.mark.parametrize(
    ("address", "role", "member"),
    [
        ("ekonomi@exempel.test", OPEN, True),
        ("Anna@Exempel.test", OPEN, True),
        ("anna@exempel.test.evil.test", OPEN, False),
        ("anna@evil-exempel.test", OPEN, False),
        ("", OPEN, False),
        ("hanna@exempel.test", CLOSED, True),
        ("HANNA@exempel.test", CLOSED, True),
        ("anna@exempel.test", CLOSED, False),
        ("vem@hr.exempel.test", CLOSED, True),
        ("vem@xhr.exempel.test", CLOSED, False),
    ],
)
def test_membership_is_by_address(address: str, role: Role, *, member: bool) -> None:
    assert is_member(address, role, DOMAINS) is member


@pytest.mark.parametrize("verdict", ["fail", "none", ""])
def test_a_member_whom_the_server_does_not_vouch_for_may_not_speak(verdict: str) -> None:
    said = may_speak(
        "anna@exempel.test", OPEN, domains=DOMAINS, authenticity=Authenticity(verdict=verdict), vouching=True
    )
    assert not said.may
    assert "vouch" in said.reason


def test_a_member_whom_the_server_vouches_for_may_speak() -> None:
    vouched = Authenticity(verdict="pass")
    assert may_speak("anna@exempel.test", OPEN, domains=DOMAINS, authenticity=vouched, vouching=True).may


def test_an_outsider_may_not_speak_however_genuine() -> None:
    vouched = Authenticity(verdict="pass")
    said = may_speak("eva@kund.test", OPEN, domains=DOMAINS, authenticity=vouched, vouching=True)
    assert not said.may
    assert "member" in said.reason


def test_without_a_vouching_server_membership_is_enough() -> None:
    assert may_speak("anna@exempel.test", OPEN, domains=DOMAINS, authenticity=Authenticity(), vouching=False).may
