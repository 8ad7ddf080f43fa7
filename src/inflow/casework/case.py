"""A case and what may happen to it: the one place where statuses change. Every change is an event."""

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """Where a case stands."""

    NEW = "new"
    OPEN = "open"
    UNCLAIMED = "unclaimed"
    WAITING = "waiting"
    CLOSED = "closed"


class Kind(StrEnum):
    """What an event tells."""

    OPENED = "opened"
    RECEIVED = "received"
    JOINED = "joined"
    ROUTED = "routed"
    CLAIMED = "claimed"
    ASKED = "asked"
    PASSED = "passed"
    MANAGEMENT = "management"
    ESCALATED = "escalated"
    HELD = "held"
    RELEASED = "released"
    DELIVERY_FAILED = "delivery-failed"
    BOUNCED = "bounced"
    REPLIED = "replied"
    QUESTIONED = "questioned"
    ANSWERED = "answered"
    READ = "read"
    LINKED = "linked"
    SPLIT = "split"
    ADDED = "added"
    REMOVED = "removed"
    NOTED = "noted"
    LABELLED = "labelled"
    MERGED = "merged"
    MERGED_IN = "merged-in"
    CLOSED = "closed"
    REOPENED = "reopened"
    QUARANTINED = "quarantined"
    COMMAND_REFUSED = "command-refused"
    DECLINED = "declined"
    WARNED = "warned"
    PROMISE_BROKEN = "promise-broken"
    SWAPPED = "duty-swapped"
    PROBLEM = "problem"
    ANDON = "andon"
    ANDON_ANSWERED = "andon-answered"
    OFFERED = "offered"
    UNDONE = "undone"
    ERASED = "erased"
    ERASED_IN_PART = "erased-in-part"


ACTIVE = frozenset({Status.NEW, Status.OPEN, Status.UNCLAIMED, Status.WAITING})

_AFTER: dict[tuple[Status, Kind], Status] = {
    **{(status, Kind.ROUTED): Status.OPEN for status in Status},
    **{(status, Kind.CLAIMED): Status.OPEN for status in ACTIVE},
    **{(status, Kind.ESCALATED): Status.OPEN for status in ACTIVE},
    **{(status, Kind.REPLIED): Status.WAITING for status in Status},
    **{(status, Kind.CLOSED): Status.CLOSED for status in ACTIVE},
    **{(status, Kind.MERGED): Status.CLOSED for status in Status},
    **{(status, Kind.DECLINED): Status.CLOSED for status in ACTIVE},
    **{(status, Kind.UNDONE): Status.OPEN for status in Status},
    **{(status, Kind.ERASED): Status.CLOSED for status in Status},
    (Status.CLOSED, Kind.REOPENED): Status.OPEN,
    (Status.WAITING, Kind.REOPENED): Status.OPEN,
    (Status.WAITING, Kind.RECEIVED): Status.OPEN,
    (Status.CLOSED, Kind.RECEIVED): Status.OPEN,
}
_SILENT = frozenset(
    {
        Kind.OPENED, Kind.RECEIVED, Kind.JOINED, Kind.ASKED, Kind.PASSED, Kind.MANAGEMENT, Kind.HELD, Kind.RELEASED, Kind.DELIVERY_FAILED,
        Kind.MERGED_IN, Kind.BOUNCED, Kind.QUESTIONED, Kind.ANSWERED, Kind.READ, Kind.LINKED,
        Kind.SPLIT, Kind.ADDED, Kind.REMOVED, Kind.NOTED, Kind.LABELLED, Kind.QUARANTINED, Kind.COMMAND_REFUSED,
        Kind.ERASED_IN_PART, Kind.WARNED, Kind.PROMISE_BROKEN, Kind.SWAPPED, Kind.PROBLEM, Kind.ANDON, Kind.ANDON_ANSWERED,
        Kind.OFFERED,
    }
)  # fmt: skip


class NotPossibleError(Exception):
    """It cannot happen to a case that stands where this one does."""


def after(status: Status, kind: Kind, *, with_other: bool = False) -> Status:
    """The status a case has after an event; `with_other`: the role that owns it then is *other*. Raises NotPossibleError."""
    following = _AFTER.get((status, kind), status if kind in _SILENT else None)
    if following is None:
        raise NotPossibleError(f"a case that is {status} cannot be {kind}")
    if following is Status.OPEN and with_other:
        return Status.UNCLAIMED
    return following


def retold(kinds: Iterable[Kind]) -> Status:
    """Where a case stands that all this has happened to; whether it lies with *other* is not told. Raises NotPossibleError."""
    status = Status.NEW
    for kind in kinds:
        status = after(status, kind)
    return status
