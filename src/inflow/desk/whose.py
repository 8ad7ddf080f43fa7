"""Whose is it? A received message with where its address leads, and the router's decision on what is known of its sender."""

from dataclasses import dataclass, replace

from inflow.casework import addresses, conversation
from inflow.casework.addresses import WayBack
from inflow.casework.codes import opens_a_door
from inflow.desk.world import World
from inflow.mail.message import Address, Message, Nature
from inflow.routing.decide import decide
from inflow.routing.decision import DecidedBy, Decision
from inflow.routing.facts import Facts, PartyKind
from inflow.routing.model import Model
from inflow.routing.suggestions import with_reasons
from inflow.store.history import Past
from inflow.store.rows import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A received message, read, with where its address leads; `unreadable`: why it leads nowhere though it looks signed.
    `decision` is there when it was made ahead."""

    waiting: Waiting
    message: Message
    back: WayBack | None = None
    unreadable: str = ""
    model: Model | None = None
    decision: Decision | None = None


def arrival(world: World, waiting: Waiting, message: Message, *, model: Model | None) -> Arrival:
    """A message, told a loop when it bears our own mark, with where its recipient address leads: the first address signed
    by us among those it was sent or delivered to."""
    if _has_our_mark(world, message):
        message = replace(message, nature=Nature.LOOP)
    named = [one.address for one in (*message.to, *message.cc)]
    for header in ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to"):
        named += message.headers.get(header, ())
    ours = {mailbox.address.lower() for mailbox in world.settings.mailboxes}
    roles = [role.name for role in world.settings.roles]
    found = [address.strip().strip("<>") for address in named[:500]]
    signed = [one for one in found if addresses.looks_signed(one) and addresses.bare(one) in ours]
    back = next((back for one in signed if (back := addresses.read(one, world.keys, roles=roles))), None)
    unreadable = addresses.fault(signed[0], world.keys) if signed and back is None else ""
    return Arrival(waiting=waiting, message=message, back=back, unreadable=unreadable, model=model)


def decided_ahead(past: Past, world: World, arrived: Arrival) -> Arrival:
    """The arrival with its decision, where it has no lead to a case: deciding costs time, and no lock is held yet."""
    references, tags = conversation.leads(arrived.message)
    if references or tags or arrived.back is not None:
        return arrived
    return replace(arrived, decision=decision(past, world, arrived))


def decision(past: Past, world: World, arrived: Arrival) -> Decision:
    """The role that a message which opens a case should go to, by what is known of its sender and what it says."""
    message, waiting = arrived.message, arrived.waiting
    if waiting.too_big:
        size = f"{waiting.size / (1 << 20):.0f} MB"
        return _to_other(
            world, f"the mail is larger ({size}) than the mailbox takes; it waits there under its TooBig folder or flag"
        )
    if message.nature is Nature.LOOP:
        return _to_other(world, "the mail has been through here before (a loop); it is kept and not forwarded")
    if opens_a_door(message):
        return _to_other(world, "it bears a sign-in link or a one-time code: nobody but other gets it")
    sender = message.sender
    known = past.kinds.get(sender.address)
    kind = "internal" if is_internal(world, sender) else known
    facts = Facts(
        mailbox=waiting.mailbox,
        party=PartyKind(kind) if kind else None,
        sender_roles=past.of_sender(sender.address) if known else (),
        domain_roles=past.of_domain(sender.domain),
    )
    policy = world.policy
    if message.nature in (Nature.BOUNCE, Nature.AUTO_REPLY):
        policy = replace(policy, roles=())  # its words are a machine's: only a rule of ours may route it
    model = arrived.model if policy.roles else None
    return with_reasons(decide(message, facts, policy, model=model), message, facts, policy, model=model)


def _to_other(world: World, reason: str) -> Decision:
    return Decision(role=world.settings.other.role, by=DecidedBy.OTHER, confidence=1.0, reasons=(reason,))


def is_internal(world: World, sender: Address) -> bool:
    """Whether somebody writes from one of the organisation's domains."""
    ours = [own.lower() for own in world.settings.organisation.domains]
    return any(sender.domain == own or sender.domain.endswith("." + own) for own in ours)


def _has_our_mark(world: World, message: Message) -> bool:
    ours = {mailbox.address.lower() for mailbox in world.settings.mailboxes}
    return any(value.strip().lower() in ours for value in message.headers.get("x-loop", ()))
