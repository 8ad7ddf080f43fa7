"""Nobody speaks for the organisation unasked (I6), and nobody reads what was said before (I7): each way to try it.

The same table stands in docs/security.md.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inflow.casework.addresses import Way, WayBack, sign
from inflow.desk.world import World
from inflow.mail.authenticity import judge
from inflow.mail.message import Address
from inflow.store import secrets
from tests.jobs.conftest import Receive, mail
from tests.jobs.conversing import (
    ANNA,
    AUTHSERV,
    BO,
    EVA,
    MEMBERS,
    PASS,
    address,
    every_case,
    kinds,
    letters,
    outbox,
    reply,
)

SECURITY = Path(__file__).parents[2] / "docs" / "security.md"
EVIL = "Mal <mal@evil.test>"
LIE = "Betala till konto 666."
RESULT = "Authentication-Results: mx.exempel.test; "
FAIL = f"{RESULT}dmarc=fail header.from=exempel.test\r\n"
OURS = {
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version"),
    *("X-Inflow-Case", "X-Loop", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """What an attacker sends, and what he hopes for."""

    id: str
    what: str
    mails: Callable[[World], list[bytes]]


def forgery(id_: str, what: str, mails: Callable[[World], bytes | list[bytes]]) -> Forgery:
    def listed(world: World) -> list[bytes]:
        made = mails(world)
        return made if isinstance(made, list) else [made]

    return Forgery(id=id_, what=what, mails=listed)


def as_anna(headers: str, *, sender: str = ANNA) -> Callable[[World], bytes]:
    """A reply with a genuine signed address, in a member's name."""
    return lambda world: reply(world, LIE, sender=sender, headers=headers)


def at(to: Callable[[World], str], *, headers: str = PASS) -> Callable[[World], bytes]:
    """A member's genuine mail, in answer to our forward, to an address that is not right."""
    return lambda world: reply(world, LIE, to=to(world), headers=headers + answering_ours(world))


HOP = "ARC-Message-Signature: i={0}; a=rsa-sha256; d=x; s=s; h=from; bh=x; b=x\r\n"
SAW = f"{RESULT}dmarc=fail header.from=exempel.test; arc="


def sealed(number: int, sealer: str, said: str, *, cv: str = "none") -> str:
    """An ARC set (RFC 8617): who sealed, and what that one saw."""
    return (
        f"ARC-Seal: i={number}; a=rsa-sha256; d={sealer}; s=s; t=1; cv={cv}; b=x\r\n{HOP.format(number)}"
        f"ARC-Authentication-Results: i={number}; mx.{sealer}; {said}\r\n"
    )


SEEN = "dmarc=pass header.from=exempel.test"
UNSEEN = "dmarc=fail header.from=exempel.test"


def other_key(world: World) -> str:
    keys = dict.fromkeys(world.keys, b"another organisation")
    return sign("info@exempel.test", WayBack(way=Way.ROLE, number=1, role="support"), keys)


def changed(world: World) -> str:
    local, _, domain = address(world).rpartition("@")
    return f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"


def answering_ours(world: World) -> str:
    """References to the forward that a member got."""
    return f"In-Reply-To: <{outbox(world, 'forward')[0]['message_id']}>\r\n"


FORGERIES = [
    forgery(
        "no-token",
        "a member writes to the plain address",
        lambda world: mail("Sv: [#1] Hjälp", LIE, sender=ANNA, headers=PASS),
    ),
    forgery(
        "no-token-but-references",
        "the same, with References to our forward",
        lambda world: mail("Sv: [#1] Hjälp", LIE, sender=ANNA, headers=PASS + answering_ours(world)),
    ),
    forgery(
        "token-of-another-case",
        "the address of case 2 in an answer to case 1",
        lambda world: reply(
            world,
            LIE,
            to=address(world, number=2, role="ekonomi"),
            sender="eko@exempel.test",
            headers=PASS + answering_ours(world),
        ),
    ),
    forgery(
        "number-exchanged",
        "a token whose number was changed to another case",
        at(lambda world: address(world, number=2).replace("z2-", "z1-")),
    ),
    forgery(
        "token-of-another-role",
        "the token of a role that the member is not of",
        at(lambda world: address(world, role="hr")),
    ),
    forgery(
        "token-cut-off",
        "a token whose end a client cut off",
        at(lambda world: address(world).replace("@", "X@")[:22] + "@exempel.test"),
    ),
    forgery(
        "token-cut-off-without-references",
        "the same, with nothing but the number in the subject to tell the case",
        lambda world: reply(world, LIE, to=address(world)[:22] + "@exempel.test"),
    ),
    forgery(
        "token-cut-off-by-an-outsider",
        "the same by an outsider",
        lambda world: reply(world, LIE, to=address(world)[:22] + "@exempel.test", sender=EVIL),
    ),
    forgery("letter-changed", "a token with one letter changed", at(changed)),
    forgery("another-key", "a token signed with another organisation's key", at(other_key)),
    forgery(
        "key-version-unknown",
        "a token of a key version that we never had",
        at(lambda world: address(world).replace("+r1z", "+r9z")),
    ),
    forgery(
        "kind-exchanged",
        "the sender's token, its kind changed to a role's",
        at(lambda world: address(world, Way.SENDER).replace("+s", "+r")),
    ),
    forgery(
        "token-at-another-domain",
        "a genuine token before another domain",
        at(lambda world: address(world).replace("exempel.test", "evil.test")),
    ),
    forgery("outsider-with-token", "an outsider got hold of a forwarded mail and its token", as_anna("", sender=EVIL)),
    forgery(
        "outsider-vouched-for",
        "the same, genuinely authenticated as the outsider",
        as_anna(f"{RESULT}dmarc=pass header.from=evil.test\r\n", sender=EVIL),
    ),
    forgery("no-result", "From a member, the server says nothing", as_anna("")),
    forgery("dmarc-fail", "From a member, dmarc=fail", as_anna(FAIL)),
    forgery(
        "dmarc-of-another-domain",
        "From a member, dmarc=pass for the attacker's domain",
        as_anna(f"{RESULT}dmarc=pass header.from=evil.test\r\n"),
    ),
    forgery(
        "spf-not-aligned",
        "spf=pass for the attacker's envelope sender",
        as_anna(f"{RESULT}spf=pass smtp.mailfrom=mal@evil.test\r\n"),
    ),
    forgery(
        "dkim-not-aligned", "dkim=pass of the attacker's domain", as_anna(f"{RESULT}dkim=pass header.d=evil.test\r\n")
    ),
    forgery(
        "dkim-of-a-longer-domain",
        "dkim=pass of a domain that ends like ours",
        as_anna(f"{RESULT}dkim=pass header.d=evil-exempel.test\r\n"),
    ),
    forgery(
        "result-of-another-server",
        "dmarc=pass, said by another server",
        as_anna(PASS.replace("mx.exempel.test", "mx.evil.test")),
    ),
    forgery(
        "result-of-a-longer-name",
        "dmarc=pass, said by a server whose name begins like ours",
        as_anna(PASS.replace("mx.exempel.test", "mx.exempel.test.evil.test")),
    ),
    forgery("forged-result-below", "a forged pass below the server's fail", as_anna(FAIL + PASS)),
    forgery(
        "foreign-result-above",
        "another server's pass above our server's fail",
        as_anna(PASS.replace("mx.exempel.test", "mx.evil.test") + FAIL),
    ),
    forgery(
        "pass-in-a-comment",
        "a pass inside nested comments of the server's result",
        as_anna(
            f"{RESULT}spf=none (a (b (c) ; dmarc=pass header.from=exempel.test; (d) e) f)\r\n smtp.mailfrom=evil.test\r\n"
        ),
    ),
    forgery(
        "pass-in-a-quoted-string",
        "a pass inside the quoted envelope sender that the server repeats",
        as_anna(
            f'{RESULT}spf=fail smtp.mailfrom="x; dmarc=pass header.from=exempel.test; y"@evil.test;\r\n'
            " dmarc=fail header.from=exempel.test\r\n"
        ),
    ),
    forgery(
        "our-domain-in-a-quoted-string",
        "our domain inside the quoted part of the attacker's envelope sender",
        as_anna(f'{RESULT}spf=pass smtp.mailfrom="anna@exempel.test"@evil.test\r\n'),
    ),
    forgery(
        "pass-in-an-encoded-word",
        "the same in an encoded word, to be decoded into a result",
        as_anna(
            f"{RESULT}spf=fail smtp.mailfrom==?utf-8?q?x=3B_dmarc=3Dpass_header=2Efrom=3Dexempel=2Etest=3B?=;\r\n dmarc=fail\r\n"
        ),
    ),
    forgery(
        "folded-server-name",
        "our server's name in a comment, another one's outside",
        as_anna(
            "Authentication-Results: (mx.exempel.test;\r\n ) mx.evil.test; dmarc=pass header.from=exempel.test\r\n"
        ),
    ),
    forgery(
        "arc-of-an-unknown-sealer",
        "a forwarder that is not configured vouches, its seal is whole",
        as_anna(f"{SAW}pass\r\n" + sealed(1, "annan-lista.test", SEEN)),
    ),
    forgery(
        "arc-of-a-longer-sealer",
        "the same by one whose domain ends like the configured one's",
        as_anna(f"{SAW}pass\r\n" + sealed(1, "min-lista.test", SEEN)),
    ),
    forgery(
        "arc-forged",
        "a forged set of the configured forwarder, the server says arc=fail",
        as_anna(f"{SAW}fail\r\n" + sealed(1, "lista.test", SEEN)),
    ),
    forgery(
        "arc-not-looked-at",
        "the same, the server says nothing of ARC",
        as_anna(FAIL + sealed(1, "lista.test", SEEN)),
    ),
    forgery(
        "arc-found-whole-by-another-server",
        "the same, another server says arc=pass",
        as_anna("Authentication-Results: mx.evil.test; arc=pass\r\n" + FAIL + sealed(1, "lista.test", SEEN)),
    ),
    forgery(
        "arc-of-an-older-instance",
        "the configured forwarder vouched first, an unknown one sealed last",
        as_anna(f"{SAW}pass\r\n" + sealed(2, "evil.test", SEEN, cv="pass") + sealed(1, "lista.test", SEEN)),
    ),
    forgery(
        "arc-vouched-for-by-the-attacker",
        "an attacker vouched first, the configured forwarder sealed last and saw a fail",
        as_anna(
            f"{SAW}pass\r\n" + sealed(2, "lista.test", f"{UNSEEN}; arc=pass", cv="pass") + sealed(1, "evil.test", SEEN)
        ),
    ),
    forgery(
        "arc-of-another-domain",
        "the configured forwarder saw a pass of the attacker's domain",
        as_anna(f"{SAW}pass\r\n" + sealed(1, "lista.test", "dmarc=pass header.from=evil.test")),
    ),
    forgery(
        "arc-instance-twice",
        "two results of one instance, one of them forged",
        as_anna(
            f"{SAW}pass\r\nARC-Authentication-Results: i=1; mx.lista.test; {SEEN}\r\n" + sealed(1, "lista.test", UNSEEN)
        ),
    ),
    forgery(
        "arc-instance-missing",
        "a set numbered 2 with none before it",
        as_anna(f"{SAW}pass\r\n" + sealed(2, "lista.test", SEEN, cv="pass")),
    ),
    forgery(
        "arc-chain-said-broken",
        "the configured forwarder itself says that the chain was broken",
        as_anna(f"{SAW}pass\r\n" + sealed(2, "lista.test", SEEN, cv="fail") + sealed(1, "evil.test", SEEN)),
    ),
    forgery(
        "arc-pass-in-a-comment",
        "arc=pass inside a comment of the server's result",
        as_anna(f"{RESULT}dmarc=fail (; arc=pass) header.from=exempel.test\r\n" + sealed(1, "lista.test", SEEN)),
    ),
    forgery("two-from-addresses", "two From addresses, one of them a member", as_anna(PASS, sender=f"{ANNA}, {EVIL}")),
    forgery(
        "two-from-fields",
        "two From fields, one of them a member",
        as_anna(f"From: {EVIL}\r\n{RESULT}dmarc=pass header.from=evil.test\r\n"),
    ),
    forgery(
        "member-as-display-name",
        "a member's address as the display name",
        as_anna(PASS, sender='"anna@exempel.test" <mal@evil.test>'),
    ),
    forgery(
        "address-before-address",
        "a member's address as a name without quotation marks",
        as_anna(f"{RESULT}dmarc=pass header.from=evil.test\r\n", sender="anna@exempel.test <mal@evil.test>"),
    ),
    forgery(
        "member-in-a-comment",
        "a member's address in a comment of the From",
        as_anna(PASS, sender="mal@evil.test (anna@exempel.test)"),
    ),
    forgery(
        "look-alike-domain",
        "a domain that looks like ours",
        as_anna(PASS.replace("exempel.test\r", "exernpel.test\r"), sender="Anna <anna@exernpel.test>"),
    ),
    forgery(
        "subdomain",
        "a subdomain of ours, where members are named by address",
        as_anna(PASS, sender="Anna <anna@x.exempel.test>"),
    ),
    forgery("sender-field", "From an outsider, Sender a member", as_anna(f"Sender: {ANNA}\r\n{PASS}", sender=EVIL)),
    forgery(
        "reply-to-elsewhere",
        "the sender's address forged, answers asked for elsewhere",
        lambda world: [
            mail("Sv: [#1] Hjälp", "Svara hit i stället.", sender=EVA, headers="Reply-To: mal@evil.test\r\n"),
        ],
    ),
    forgery(
        "subject-tag-of-a-stranger",
        "a stranger writes the number of a case in the subject",
        lambda world: mail("[#1] Hjälp", "Vad sades?", sender=EVIL),
    ),
    forgery(
        "references-of-a-stranger",
        "a stranger refers to the sender's mail",
        lambda world: mail("Sv: Hjälp", "Vad sades?", sender=EVIL, headers="References: <fraga@kund.test>\r\n"),
    ),
    forgery(
        "message-id-taken-over",
        "a stranger's mail bears the Message-ID of the sender's",
        lambda world: [
            mail("Hjälp", "Vad sades?", sender=EVIL, message_id="fraga@kund.test"),
            mail("Sv: Hjälp", "Vad sades?", sender=EVIL, headers="References: <fraga@kund.test>\r\n"),
        ],
    ),
    forgery(
        "stranger-in-cc",
        "a stranger is in Cc and answers to all",
        lambda world: [
            mail("Sv: [#1] Hjälp", "Mer.", sender=EVA, headers=f"Cc: {EVIL}\r\n"),
            mail(
                "Sv: [#1] Hjälp", "Jag också.", sender=EVIL, headers=f"Cc: {EVA}\r\nReferences: <fraga@kund.test>\r\n"
            ),
        ],
    ),
    forgery(
        "automatic-reply-of-a-member", "a member's out-of-office", as_anna(f"Auto-Submitted: auto-replied\r\n{PASS}")
    ),
    forgery(
        "case-field",
        "a forged X-Inflow-Case",
        lambda world: mail("Hjälp", LIE, sender=ANNA, headers=f"X-Inflow-Case: 1\r\n{PASS}"),
    ),
    forgery(
        "fields-in-encoded-words",
        "line breaks and fields smuggled in encoded words",
        lambda world: mail(
            "=?utf-8?q?Hej=0D=0ABcc:_mal@evil.test=0D=0A=0D=0AHej?=",
            "Hej",
            sender="=?utf-8?q?Mal=0D=0ABcc:_mal@evil.test=0A?= <mal@evil.test>",
        ),
    ),
    forgery(
        "own-release",
        "a member's held reply, released by himself",
        lambda world: [
            reply(world, LIE, headers=""),
            reply(world, "/release"),
        ],
    ),
    forgery(
        "release-not-vouched-for",
        "a held reply, released in the name of another member",
        lambda world: [
            reply(world, LIE, headers=""),
            reply(world, "/release", sender=BO, headers=FAIL),
        ],
    ),
    forgery(
        "release-by-an-outsider",
        "a held reply, released by an outsider",
        lambda world: [
            reply(world, LIE, headers=""),
            reply(world, "/release", sender=EVIL, headers=f"{RESULT}dmarc=pass header.from=evil.test\r\n"),
        ],
    ),
    forgery(
        "supplier-at-the-senders-address",
        "one who was asked answers to the sender's address",
        lambda world: mail("Sv: [#1]", LIE, sender="lev@leverantor.test", to=address(world, Way.SENDER)),
    ),
    forgery(
        "supplier-at-its-own-address",
        "one who was asked gives orders",
        lambda world: mail(
            "Sv: [#1]",
            "/close\n/ask mal@evil.test Vad sades?",
            sender="lev@leverantor.test",
            to=address(world, Way.ANSWER),
        ),
    ),
    forgery(
        "order-by-the-sender",
        "the sender gives orders",
        lambda world: mail(
            "Sv: [#1]", "/ask mal@evil.test Allt?\n/route ekonomi", sender=EVA, to=address(world, Way.SENDER)
        ),
    ),
    forgery(
        "add-in-the-senders-name",
        "somebody is added in the sender's name, to an address that the attacker has seen",
        lambda world: [
            mail("Sv: [#1]", "/add mal@evil.test\n\nHej.", sender=EVA, to=address(world, Way.SENDER)),
            mail("Sv: [#1]", "Hej?", sender=EVIL, to=address(world, Way.SENDER)),
        ],
    ),
    forgery(
        "add-in-a-members-name",
        "somebody is added in a member's name",
        lambda world: reply(world, "/add mal@evil.test\n\nHej.", headers=FAIL),
    ),
    forgery(
        "add-by-who-was-forwarded-a-mail",
        "an outsider with the sender's address adds himself, genuinely authenticated",
        lambda world: mail(
            "Sv: [#1]",
            "/add mal@evil.test\n\nHej.",
            sender=EVIL,
            to=address(world, Way.SENDER),
            headers=f"{RESULT}dmarc=pass header.from=evil.test\r\n",
        ),
    ),
    forgery(
        "block-in-an-answer",
        "an answer that repeats the block above a case, with a role's signed address",
        lambda world: reply(world, f"Se här:\n── Ärende #1 ──\n{address(world)}"),
    ),
    forgery(
        "begin-in-a-members-name",
        "a new case begun in a member's name",
        lambda world: mail(
            "Hej", "/to offer@mal.test\n/route support\n\n" + LIE, sender=ANNA, to="info+new@exempel.test", headers=FAIL
        ),
    ),
    forgery(
        "begin-by-an-outsider",
        "a new case begun by an outsider",
        lambda world: mail(
            "Hej",
            "/to offer@mal.test\n/route support\n\n" + LIE,
            sender=EVIL,
            to="info+new@exempel.test",
            headers=f"{RESULT}dmarc=pass header.from=evil.test\r\n",
        ),
    ),
]


@pytest.fixture
def besieged(make_world: Callable[..., World], receive: Receive) -> World:
    """Eva has case 1 with support, Olle case 2 with ekonomi; a server vouches for members."""
    world = make_world(mailbox=AUTHSERV, roles=MEMBERS)
    receive(
        world, mail("Hjälp", "Kan inte logga in. Mitt lösenord är hemligt.", sender=EVA, message_id="fraga@kund.test")
    )
    receive(world, mail("Faktura", "Min betalning av en faktura.", sender="Olle <olle@annan.test>"))
    assert [one.role for one in every_case(world).values()] == ["ekonomi", "support"]
    return world


def to_outsiders(world: World) -> list[EmailMessage]:
    """What would go to anybody but ourselves."""
    return [one for one in letters(world).values() if one["To"].addresses[0].domain != "exempel.test"]


def outcome(world: World) -> str:
    """What became of a forgery, in the words of the table."""
    if any(one["status"] == "held" for number in every_case(world) for one in outbox(world, number=number)):
        return "held"
    if len(every_case(world)) > 2:
        return "a case of its own"
    kind = next(kind for number in (1, 2) if (kind := kinds(world, number)[-1]) != "routed")
    return {
        "joined": "joins quietly",
        "received": "an inbound message",
        "answered": "an inbound message",
        "held": "held",
        "command-refused": "refused",
    }[kind]


@pytest.mark.parametrize("forged", FORGERIES, ids=lambda forged: forged.id)
def test_a_forgery_reaches_nobody_outside(besieged: World, receive: Receive, forged: Forgery) -> None:
    receive(besieged, *forged.mails(besieged))
    assert to_outsiders(besieged) == []
    assert outcome(besieged) == next((row[2] for row in table() if row[0] == forged.id), "not in the table")
    for sent in letters(besieged).values():
        assert set(sent.keys()) <= OURS
        assert "mal@evil.test" not in str(sent["To"])


@pytest.mark.parametrize(
    "sets",
    [
        sealed(1, "lista.test", SEEN),
        sealed(1, "lista.test", "dkim=pass header.d=exempel.test"),
        sealed(2, "Lista.test", SEEN, cv="pass") + sealed(1, "evil.test", UNSEEN),
    ],
    ids=["dmarc", "dkim aligned", "after another forwarder"],
)
def test_a_genuine_reply_over_a_forwarder_whose_seal_is_believed_goes_out(
    besieged: World, receive: Receive, sets: str
) -> None:
    receive(besieged, reply(besieged, "Prova igen.", headers=f"{SAW}pass\r\n{sets}"))
    assert len(to_outsiders(besieged)) == 1


def test_the_genuine_reply_goes_out(besieged: World, receive: Receive) -> None:
    receive(besieged, reply(besieged, "Prova igen."))
    (sent,) = to_outsiders(besieged)
    assert sent["To"] == "Eva Ek <eva@kund.test>"


@pytest.mark.parametrize("headers", ["", "X-Other: x\r\n"], ids=["plain", "with another header"])
def test_nobody_begins_a_case_by_mail_where_no_server_vouches(
    make_world: Callable[..., World], receive: Receive, headers: str
) -> None:
    world = make_world(roles=MEMBERS)
    begun = "/to offer@mal.test\n/route support\n\n" + LIE
    receive(world, mail("Hej", begun, sender=ANNA, to="info+new@exempel.test", headers=headers))
    assert to_outsiders(world) == []


def test_a_reply_to_an_address_of_an_older_key_still_goes_out(besieged: World, receive: Receive) -> None:
    before = reply(besieged, "Prova igen.")
    with besieged.database.writing() as connection:
        secrets.rotate(connection, now=besieged.now())
        keys = secrets.keys(connection)
    rotated = replace(besieged, keys=keys)
    assert address(rotated).startswith("info+r2z")
    receive(rotated, before)
    assert len(to_outsiders(rotated)) == 1


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
@example('"; dmarc=pass header.from=exempel.test; "')
@example(") dmarc=pass header.from=exempel.test (")
def test_no_envelope_sender_can_be_read_as_a_result(written: str) -> None:
    quoted = re.sub(r'(["\\])', r"\\\1", written)
    comment = re.sub(r"([()\\])", r"\\\1", written)
    value = (
        f'mx.exempel.test; spf=pass ({comment}) smtp.mailfrom="{quoted}"@evil.test; dmarc=fail header.from=exempel.test'
    )
    headers = {"authentication-results": (value,)}
    anna = [Address(address="anna@exempel.test")]
    found = judge(headers, anna, [], authserv_id="mx.exempel.test", own_domains=["exempel.test"])
    assert found.verdict == "fail"


def table() -> list[tuple[str, str, str]]:
    """The rows of docs/security.md: id, what is tried, what becomes of it."""
    rows = re.compile(r"^\| `([a-z-]+)` \| ([^|]+?) \| ([^|]+?) \|$", re.MULTILINE)
    return rows.findall(SECURITY.read_text(encoding="utf-8"))


def test_the_table_in_the_docs_is_this_one() -> None:
    assert [row[:2] for row in table()] == [(one.id, one.what) for one in FORGERIES]
    assert len(FORGERIES) >= 20
