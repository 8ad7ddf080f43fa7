"""What went wrong with a mail becomes something people see: a failed delivery, a bounce, a mail that could not be processed."""

from typing import Any

from sqlalchemy import Connection

from inflow.casework.case import Kind
from inflow.casework.wording import failed_delivery, quarantined
from inflow.desk import actions, asking, letters
from inflow.desk.world import World
from inflow.mail.message import Message
from inflow.reader import Unreadable, little_of
from inflow.routing.decision import DecidedBy, Decision
from inflow.store import cases, deliveries, messages, opening
from inflow.store.opening import New
from inflow.store.rows import Case, Waiting


def delivery_failed(
    connection: Connection, world: World, delivery: int, error: str, *, kind: Kind = Kind.DELIVERY_FAILED
) -> None:
    """A delivery will not arrive: an event on its case, a notice to *other* and to operations. A notice that fails is told to
    operations alone, so that no notice ever begets itself."""
    row = deliveries.get(connection, delivery)
    if row is None:
        return
    case = cases.get(connection, row["case"]) if row["case"] is not None else None
    if case is not None:
        text = f"{row['kind']} to {row['to']}: {error}"
        cases.happened(connection, case.number, kind, text=text, by="dispatch", now=world.now())
    for address in _told(world, row, case):
        subject, text = failed_delivery(world.settings.organisation.language, row, error)
        letters.notice(connection, world, to=address, subject=subject, text=text, case=case)


def _told(world: World, row: dict[str, Any], case: Case | None) -> list[str]:
    other = actions.role_named(world, world.settings.other.role).address
    told = [world.settings.operations.address]
    if case is not None and row["kind"] == "relay" and (role := world.settings.role(case.role)):
        told.insert(0, role.address)
    elif row["kind"] != "notice":
        told.insert(0, other)
    return [address for address in dict.fromkeys(told) if address and address.lower() != row["to"].lower()]


def bounced(connection: Connection, world: World, delivery: dict[str, Any], message: Message) -> None:
    """A mail of ours came back after the server had taken it."""
    failures = message.bounce.recipients if message.bounce else ()
    reasons = [f"{one.reason} ({one.status or one.diagnostic[:200]})" for one in failures if one.action == "failed"]
    if failures and not reasons:
        return
    error = "came back: " + ("; ".join(reasons) or message.subject)
    if deliveries.fail(connection, delivery["id"], error):
        delivery_failed(connection, world, delivery["id"], error, kind=Kind.BOUNCED)


def quarantine(connection: Connection, world: World, waiting: Waiting, unreadable: Unreadable) -> int:
    """A mail that cannot be processed becomes a case with *other* that carries its bytes; operations hear of it. Returns its number."""
    message = unreadable.known
    reason = f"it could not be processed and is attached as it came: {unreadable.reason}"
    role = actions.role_named(world, world.settings.other.role)
    decision = Decision(role=role.name, by=DecidedBy.OTHER, confidence=1.0, reasons=(reason,))
    case = opening.open_case(
        connection,
        New(
            subject=message.subject,
            sender=message.sender,
            kind="public",
            mailbox=waiting.mailbox,
            decided=decision,
            level=role.level,
            happenings=[
                (Kind.OPENED, "by a mail that could not be processed", "inflow"),
                (Kind.QUARANTINED, unreadable.reason, "inflow"),
                (Kind.ROUTED, actions.routed(decision), "other"),
            ],
            with_other=True,
        ),
        now=world.now(),
    )
    number = case.number
    messages.file(connection, waiting.id, number, message, state="quarantined", error=unreadable.reason)
    asking.set_clocks(connection, world, number)
    letters.forward(connection, world, case, role, source=waiting.id, message=message, file=True)
    subject, text = quarantined(world.settings.organisation.language, number, unreadable.reason)
    letters.tell_operations(connection, world, subject=subject, text=text, case=case)
    return number


def give_up(world: World, waiting: Waiting, outcome: Message | Unreadable, reason: str) -> None:
    """Quarantine a message; should what little it says about itself be in the way of that too, without it."""
    nothing = Message(raw=b"", headers={})
    for known in (outcome if isinstance(outcome, Message) else outcome.known, nothing):
        unreadable = Unreadable(raw=outcome.raw, reason=reason, known=little_of(known, outcome.raw))
        try:
            with world.database.writing(durable=True) as connection:
                quarantine(connection, world, waiting, unreadable)
        except Exception:
            if known is nothing:
                raise
        else:
            return
