import pytest

from inflow.mail.authenticity import looks_like
from inflow.mail.parse import parse
from tests.mail.letters import letter

SERVER = "mx.exempel.test"


def verdict(*fields: str, authserv_id: str = SERVER) -> tuple[str, str]:
    found = parse(letter(*fields), authserv_id=authserv_id, own_domains=["exempel.test"]).authenticity
    return found.verdict, " | ".join(found.evidence)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("dmarc=pass header.from=kund.test", "pass"),
        ("dmarc=fail (p=none) header.from=kund.test", "fail"),
        ("dmarc=pass header.from=annan.test", "fail"),
        ("dkim=pass header.d=kund.test", "pass"),
        ("dkim=pass header.i=@kund.test", "pass"),
        ("dkim=pass header.d=annan.test", "none"),
        ("spf=pass smtp.mailfrom=anna@kund.test", "pass"),
        ("spf=fail smtp.mailfrom=anna@kund.test", "fail"),
        ("dmarc=none; spf=pass smtp.mailfrom=x@annan.test; arc=pass", "none"),
        ("dmarc=temperror", "none"),
        ("none", "none"),
        ('dmarc=fail reason="dmarc=pass header.from=kund.test"', "fail"),
        ("x=y (dmarc=pass header.from=kund.test)", "none"),
    ],
)
def test_the_trusted_server_decides(result: str, expected: str) -> None:
    assert verdict(f"Authentication-Results: {SERVER}; {result}")[0] == expected


def test_only_the_topmost_result_of_the_trusted_server_counts() -> None:
    forged = f"Authentication-Results: {SERVER}; dmarc=pass header.from=kund.test"
    assert verdict(f"Authentication-Results: {SERVER}; dmarc=fail header.from=kund.test", forged)[0] == "fail"
    assert verdict("Authentication-Results: evil.test; dmarc=pass header.from=kund.test")[0] == "none"
    assert verdict(f"Authentication-Results: evil.test; {SERVER}; dmarc=pass header.from=kund.test")[0] == "none"
    assert verdict(forged, authserv_id="")[0] == "none"


def test_a_version_and_a_comment_beside_the_server_s_name_are_no_obstacle() -> None:
    assert verdict(f"Authentication-Results: (hi) {SERVER.upper()} 1; dmarc=pass header.from=kund.test")[0] == "pass"


def test_two_from_addresses_are_never_vouched_for() -> None:
    assert (
        verdict(
            "From: anna@kund.test, chef@exempel.test",
            f"Authentication-Results: {SERVER}; dmarc=pass header.from=kund.test",
        )[0]
        == "fail"
    )


def test_a_name_that_shows_another_address_is_marked() -> None:
    assert "the name shows another address" in verdict('From: "support@exempel.test" <x@evil.test>')[1]
    assert "the name shows" not in verdict('From: "anna@kund.test" <anna@kund.test>')[1]


def test_answers_that_would_go_elsewhere_are_marked() -> None:
    assert "answers would go elsewhere: x@evil.test" in verdict("Reply-To: x@evil.test")[1]
    assert "elsewhere" not in verdict("Reply-To: bo@kund.test")[1]


@pytest.mark.parametrize(
    "domain",
    [
        "exernpel.test",
        "exempe1.test",
        "exampel.test",
        "exemple.test",
        "exempl.test",
        "exempell.test",
        "еxempel.test",
        "exémpel.test",
        "exempel-support.test",
        "exempel.test.evil.test",
        "exempel.evil",
    ],
)
def test_domains_that_look_like_ours(domain: str) -> None:
    assert looks_like(domain, "exempel.test")
    assert f"{domain} looks like exempel.test" in verdict(f"From: chef@{domain}")[1]


@pytest.mark.parametrize("domain", ["exempel.test", "mail.exempel.test", "kund.test", "helt-annan.test", ""])
def test_domains_that_do_not(domain: str) -> None:
    assert not looks_like(domain, "exempel.test")


def test_received_spf_of_the_trusted_server_is_shown_but_decides_nothing() -> None:
    found = verdict(f"Received-SPF: pass (ok) receiver={SERVER}; envelope-from=anna@kund.test")
    assert found == ("none", f"no Authentication-Results of {SERVER} | Received-SPF: pass")
