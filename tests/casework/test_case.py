"""The transition table: what may happen to a case that stands so."""

import pytest

from inflow.casework.case import Kind, NotPossibleError, Status, after

POSSIBLE = [
    (Status.NEW, Kind.ROUTED, Status.OPEN),
    (Status.OPEN, Kind.REPLIED, Status.WAITING),
    (Status.WAITING, Kind.RECEIVED, Status.OPEN),
    (Status.OPEN, Kind.CLOSED, Status.CLOSED),
    (Status.WAITING, Kind.CLOSED, Status.CLOSED),
    (Status.CLOSED, Kind.RECEIVED, Status.OPEN),
    (Status.CLOSED, Kind.REOPENED, Status.OPEN),
    (Status.CLOSED, Kind.JOINED, Status.CLOSED),
    (Status.CLOSED, Kind.ROUTED, Status.OPEN),
    (Status.UNCLAIMED, Kind.CLAIMED, Status.OPEN),
    (Status.UNCLAIMED, Kind.ASKED, Status.UNCLAIMED),
    (Status.OPEN, Kind.RECEIVED, Status.OPEN),
    (Status.WAITING, Kind.JOINED, Status.WAITING),
    (Status.OPEN, Kind.HELD, Status.OPEN),
    (Status.OPEN, Kind.MERGED, Status.CLOSED),
]


@pytest.mark.parametrize(("status", "kind", "following"), POSSIBLE)
def test_what_happens_leads_on(status: Status, kind: Kind, following: Status) -> None:
    assert after(status, kind) is following


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.CLOSED, Kind.CLOSED),
        (Status.OPEN, Kind.REOPENED),
        (Status.CLOSED, Kind.ESCALATED),
        (Status.CLOSED, Kind.CLAIMED),
    ],
)
def test_what_cannot_happen_says_so(status: Status, kind: Kind) -> None:
    with pytest.raises(NotPossibleError, match=status.value):
        after(status, kind)


@pytest.mark.parametrize("status", [Status.NEW, Status.CLOSED, Status.WAITING])
def test_an_open_case_that_lies_with_other_is_unclaimed(status: Status) -> None:
    kind = Kind.ROUTED if status is Status.NEW else Kind.RECEIVED
    assert after(status, kind, with_other=True) is Status.UNCLAIMED


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("kind", Kind)
def test_every_event_either_leads_somewhere_or_is_refused(status: Status, kind: Kind) -> None:
    try:
        assert after(status, kind) in Status
    except NotPossibleError:
        assert kind in {Kind.CLOSED, Kind.REOPENED, Kind.ESCALATED, Kind.CLAIMED, Kind.DECLINED}
