"""Webhooks: what happens to cases is told to other systems in the way of the outbox: queued, booked, called, settled.

Mail waits for none of it.
"""

import json
import random
from datetime import UTC

import structlog
from sqlalchemy import Connection

from inflow import webhook
from inflow.casework.delivery import BOOKED_FOR, MAX_ATTEMPTS, Outcome, backoff
from inflow.casework.signing import key_of, signed
from inflow.desk.world import World
from inflow.doors import WebhookSettings
from inflow.store import board, feed, hooks
from inflow.store.board import Reader
from inflow.store.feed import Happened
from inflow.store.hooks import Call
from inflow.units import MissingSecretError

AT_ONCE = 20
log = structlog.get_logger()


def step(world: World, *, failing: set[str] | None = None) -> int:
    """Queue what has happened, and make some calls that are due. `failing`: hooks that are not called, to which is added
    whoever fails. Returns how much was done."""
    told = 0
    for one in world.settings.webhooks:
        with world.database.writing() as connection:
            told += hooks.queue(connection, one.name, one.events, now=world.now())
    with world.database.reading() as connection:
        calls = hooks.due(connection, now=world.now(), limit=AT_ONCE, but_of=failing or ())
    for call in calls:
        if failing is None or call.hook not in failing:
            went = make(world, call)
            if failing is not None and not went:
                failing.add(call.hook)
    return told + len(calls)


def make(world: World, call: Call) -> bool:
    """One call: booked, made, settled. Returns whether it is done with, or another's to make."""
    with world.database.writing() as connection:
        if not hooks.book(connection, call, until=world.now() + BOOKED_FOR):
            return True
        one = next((hook for hook in world.settings.webhooks if hook.name == call.hook), None)
        happened = feed.get(connection, call.event)
        told = one is not None and happened is not None and _may_tell(connection, world, one, happened)
    outcome, error = _call(world, one, happened) if told and one and happened else (Outcome.SENT, "")
    attempts = call.attempts + 1
    with world.database.writing() as connection:
        if outcome is Outcome.SENT:
            hooks.done(connection, call)
            return True
        ends = outcome is Outcome.NEVER or attempts >= MAX_ATTEMPTS
        wait = backoff(attempts, jitter=random.random())  # noqa: S311  spreads load, protects nothing
        hooks.again(connection, call, due_at=None if ends else world.now() + wait, error=error)
    log.warning("webhook failed", hook=call.hook, event_id=call.event, attempts=attempts, error=error, given_up=ends)
    return False


def _may_tell(connection: Connection, world: World, hook: WebhookSettings, happened: Happened) -> bool:
    """A hook is told of what everybody may see, and of confidential cases where it is for them; of roles that the config does not know
    any more nobody can tell."""
    role, other = world.settings.role(happened.role), world.settings.other.role
    hidden = tuple(one.name for one in world.settings.roles if one.confidential)
    everybody = Reader(address=f"hook:{hook.name}", hidden=hidden, other=other)
    is_open = role is not None and not role.confidential and board.is_seen(connection, everybody, happened.case)
    return hook.confidential or is_open


def _call(world: World, hook: WebhookSettings, happened: Happened) -> tuple[Outcome, str]:
    body = body_of(happened)
    try:
        key = key_of(hook.secret.read())
    except (MissingSecretError, ValueError) as error:
        return Outcome.LATER, f"its secret {error}"
    headers = signed(key, id_=f"evt_{happened.id}", at=world.now(), body=body)
    return webhook.call(hook.url, body, {"Content-Type": "application/json", "User-Agent": "inflow", **headers})


def body_of(happened: Happened) -> bytes:
    """What is told of an event."""
    case = {"number": happened.case, "subject": happened.subject, "role": happened.role, "status": happened.status}
    told = {
        "type": f"case.{happened.kind}",
        "timestamp": happened.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {"case": case, "by": happened.by, "text": happened.text},
    }
    return json.dumps(told, ensure_ascii=False).encode()
