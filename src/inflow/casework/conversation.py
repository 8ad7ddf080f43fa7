"""Which case does a message belong to? Signed address first, then References, then a subject tag from a participant.

A stranger's word is never enough: a subject tag counts only from someone who already takes part, and a reference only
when it is to a message of that case.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from inflow.casework.addresses import WayBack
from inflow.mail.message import Message

_TAG = re.compile(r"\[#(\d{1,12})\]")
MAX_REFERENCES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of a message's leads: cases by referenced Message-ID, and who takes part in a tagged case."""

    by_reference: Mapping[str, int]
    participants: Mapping[int, AbstractSet[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The case a message belongs to, and why in words."""

    case: int
    reason: str


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
    for reference in references:
        if (case := known.by_reference.get(reference)) is not None:
            return Joined(case=case, reason=f"it answers a message of case #{case}")
    sender = message.sender.address.lower()
    for tag in tags:
        if sender and sender in known.participants.get(tag, frozenset()):
            return Joined(case=tag, reason=f"its subject names case #{tag}, in which {sender} takes part")
    return None


def tagged(subject: str, number: int) -> str:
    """The subject with the tag of a case, once."""
    tag = f"[#{number}]"
    return subject if tag in subject else f"{tag} {subject}".strip()
