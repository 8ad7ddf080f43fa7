"""History: the roles of a sender's earlier cases, as evidence with weight and age, never as a law."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from inflow.mail.message import Message
from inflow.routing.facts import Earlier, Facts

_HALF_LIFE_DAYS = 365.0
_DOMAIN_WEIGHT = 0.5
_DOUBT = 1.0

# Providers where a shared domain says nothing of a shared matter.
_PROVIDERS = """
gmail.com googlemail.com outlook.com hotmail.com hotmail.se live.com live.se msn.com yahoo.com yahoo.se icloud.com
me.com mac.com aol.com gmx.com gmx.de gmx.net web.de t-online.de mail.com proton.me protonmail.com telia.com comhem.se
bredband.net spray.se passagen.se bahnhof.se tele2.se online.no kolumbus.fi luukku.com fastmail.com hey.com
tutanota.com yandex.com mail.ru qq.com 163.com
"""
FREE_MAIL = frozenset(_PROVIDERS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What earlier cases say of one role: a confidence (0 to 1) that grows with their number and unity, and why."""

    role: str
    confidence: float
    reason: str


def history_evidence(message: Message, facts: Facts, roles: Iterable[str]) -> tuple[Evidence, ...]:
    """The roles of earlier cases, most likely first. Roles that no longer exist are passed over."""
    known = set(roles)
    sender = tuple(earlier for earlier in facts.sender_roles if earlier.role in known)
    domain = (
        ()
        if message.sender.domain in FREE_MAIL
        else tuple(earlier for earlier in facts.domain_roles if earlier.role in known)
    )
    weights: dict[str, float] = defaultdict(float)
    for earlier in sender:
        weights[earlier.role] += _weight(earlier)
    for earlier in domain:
        weights[earlier.role] += _DOMAIN_WEIGHT * _weight(earlier)
    total = sum(weights.values()) + _DOUBT
    found = (
        Evidence(role=role, confidence=weight / total, reason=_told(role, message, sender=sender, domain=domain))
        for role, weight in weights.items()
    )
    return tuple(sorted(found, key=lambda evidence: (-evidence.confidence, evidence.role)))


def _weight(earlier: Earlier) -> float:
    return earlier.cases * float(0.5 ** (max(earlier.days, 0.0) / _HALF_LIFE_DAYS))


def _told(role: str, message: Message, *, sender: tuple[Earlier, ...], domain: tuple[Earlier, ...]) -> str:
    by_sender = any(earlier.role == role for earlier in sender)
    whose, earlier = (message.sender.address, sender) if by_sender else (message.sender.domain, domain)
    same = sum(one.cases for one in earlier if one.role == role)
    return f"earlier mails from {whose} went to {role} ({same} of {sum(one.cases for one in earlier)})"
