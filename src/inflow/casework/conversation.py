"""Which case does a message belong to? Signed address first, then References, then a subject tag from a participant.

A stranger's word is never enough. A reference counts from someone who takes part (or a colleague of one), or when it is to
a mail of ours, whose id nobody knows who has not seen it; a forward of an old mail by somebody else begins a case of its own.
"""

import re
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from inflow.casework.addresses import WayBack
from inflow.mail.message import Message

_TAG = re.compile(r"\[#(\d{1,12})\]")
_FORWARD = re.compile(r"(?i)^\s*(fw|fwd|vb|vs|wg|tr|rv|i|enc|doorst|pd|vl)\s*:")
MAX_REFERENCES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The case that knows a Message-ID; `ours`: we wrote that mail."""

    case: int
    ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of a message's leads: cases by referenced Message-ID, and who takes part in each of them.
    `shared` are domains where anyone may have an address, so that a colleague cannot be told by it."""

    by_reference: Mapping[str, Lead]
    participants: Mapping[int, AbstractSet[str]]
    own_domains: Collection[str] = ()
    shared: Collection[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The case a message belongs to, and why in words; `ours`: what it answers is a mail of ours."""

    case: int
    reason: str
    ours: bool = False


def leads(message: Message) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """What to look up: Message-IDs, nearest first, and case numbers of subject tags; both bounded."""
    references = dict.fromkeys((*message.in_reply_to, *reversed(message.references)))
    tags = dict.fromkeys(int(number) for number in _TAG.findall(message.subject[:2000]))
    return tuple(references)[:MAX_REFERENCES], tuple(tags)[:3]


def which_case(message: Message, *, back: WayBack | None, known: Known) -> Joined | None:
    """The case that a message continues; None: it begins a new one."""
    if back is not None:
        return Joined(case=back.number, reason=f"it was sent to the signed address of case #{back.number}")
    references, tags = leads(message)
    for reference in (*references, *([message.message_id] if message.message_id else [])):
        lead = known.by_reference.get(reference)
        if lead is not None and _may_join(message, lead, known):
            return Joined(case=lead.case, reason=f"it answers a message of case #{lead.case}")
    sender = message.sender.address.lower()
    for tag in tags:
        if sender and sender in known.participants.get(tag, frozenset()):
            return Joined(case=tag, reason=f"its subject names case #{tag}, in which {sender} takes part")
    return None


def _may_join(message: Message, lead: Lead, known: Known) -> bool:
    sender, domain = message.sender.address.lower(), message.sender.domain
    taking_part = known.participants.get(lead.case, frozenset())
    if sender in taking_part:
        return True
    if _FORWARD.match(message.subject):
        return False
    colleague = domain not in known.shared and any(one.rpartition("@")[2] == domain for one in taking_part)
    return lead.ours or (bool(domain) and (colleague or domain in known.own_domains))


def tagged(subject: str, number: int) -> str:
    """The subject with the tag of a case, once."""
    tag = f"[#{number}]"
    return subject if tag in subject else f"{tag} {subject}".strip()
