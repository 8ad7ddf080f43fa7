"""What people and their mail clients send in a conversation, and what went out of it."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from inflow.casework.addresses import Way, WayBack, sign
from inflow.desk.world import World
from inflow.mail.compose import Outgoing, render
from inflow.store import cases, deliveries, events, messages
from inflow.store.cases import Filters
from inflow.store.rows import Case
from tests.jobs.conftest import mail
from tests.servers.config import ROLES

MEMBERS = ROLES.replace('members = ["*@exempel.test"]', 'members = ["anna@exempel.test", "bo@exempel.test"]').replace(
    "confidential = true", 'confidential = true\nmembers = ["hanna@exempel.test"]'
)
AUTHSERV = 'authserv_id = "mx.exempel.test"\n'
PASS = "Authentication-Results: mx.exempel.test; dmarc=pass header.from=exempel.test\r\n"
ANNA, BO, EVA = "Anna Berg <anna@exempel.test>", "Bo Dahl <bo@exempel.test>", "Eva Ek <eva@kund.test>"
QUOTED = "\n\nDen 2026-11-22 skrev Eva Ek via Exempel AB <info@exempel.test>:\n> ── Ärende #1 ──\n> Från: Eva Ek\n> En fråga."


def address(world: World, way: Way = Way.ROLE, *, number: int = 1, role: str = "support") -> str:
    """A signed address, as a mail of ours bore it."""
    return sign("info@exempel.test", WayBack(way=way, number=number, role=role if way in "rq" else ""), world.keys)


def reply(
    world: World,
    text: str,
    *,
    sender: str = ANNA,
    to: str = "",
    headers: str = PASS,
    number: int = 1,
    role: str = "support",
) -> bytes:
    """What a member's mail client makes of a Reply to a forward."""
    to = to or address(world, number=number, role=role)
    return mail(f"Sv: [#{number}] Hjälp", text + QUOTED, sender=sender, to=to, headers=headers)


def case(world: World, number: int = 1) -> Case:
    """A case as it stands."""
    with world.database.reading() as connection:
        return cases.get(connection, number)


def every_case(world: World) -> dict[int, Case]:
    """All cases by number."""
    with world.database.reading() as connection:
        return {one.number: one for one in cases.find(connection, Filters(limit=0))}


def outbox(world: World, kind: str = "", *, number: int = 1) -> list[dict[str, Any]]:
    """What a case has sent, of one kind or all."""
    with world.database.reading() as connection:
        return [one for one in deliveries.of_case(connection, number) if kind in ("", one["kind"])]


def letters(world: World) -> dict[int, EmailMessage]:
    """All that waits to go out, as it would, by the id of its delivery."""
    with world.database.writing() as connection:
        due = deliveries.claim(connection, owner="test", now=world.now(), limit=999)
        raws = {one.id: messages.raw(connection, one.source) if one.source else None for one in due}
        connection.rollback()
    return {
        one.id: message_from_bytes(render(Outgoing.of_json(one.outgoing), raws[one.id]), policy=policy.default)
        for one in due
    }


def last(world: World, kind: str, *, number: int = 1) -> EmailMessage:
    """The last mail of a kind that a case sends."""
    return letters(world)[outbox(world, kind, number=number)[-1]["id"]]


def words(sent: EmailMessage) -> str:
    """Its readable text."""
    body = sent.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def kinds(world: World, number: int = 1) -> list[str]:
    """The history of a case, kinds alone."""
    with world.database.reading() as connection:
        return [event["kind"] for event in events.of_case(connection, number)]


def told(world: World, kind: str, *, number: int = 1) -> str:
    """The text of the last event of a kind."""
    with world.database.reading() as connection:
        return [str(event["text"]) for event in events.of_case(connection, number) if event["kind"] == kind][-1]


def said(world: World, number: int = 1) -> list[tuple[str, str]]:
    """The messages of a case: direction and sender."""
    with world.database.reading() as connection:
        return [(one["direction"], one["from_address"]) for one in messages.of_case(connection, number)]
