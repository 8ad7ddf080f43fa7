"""What becomes of promises: laws that hold for every way a case may go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inflow.casework.case import Status
from inflow.casework.promises import Plan, Promise, Standing, State, What, plan, promised
from inflow.casework.settings import PromiseSettings

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WANTED = {what: timedelta(hours=4) for what in What}


def promise(
    what: What, *, id_: int = 1, role: str = "support", state: State = State.RUNNING, since: int = 0
) -> Promise:
    return Promise(
        id=id_,
        what=what,
        role=role,
        state=state,
        allowed=timedelta(hours=4),
        spent=timedelta(0),
        since_event=since,
        began_at=NOW,
        started_at=NOW,
        due_at=None if state is State.PAUSED else NOW + timedelta(hours=4),
    )


def after(unsettled: list[Promise], done: Plan, standing: Standing) -> list[Promise]:
    """The promises that are left when a plan has been carried out."""
    gone = {one.id for one, _, _ in done.settle}
    paused, resumed = {one.id for one in done.pause}, {one.id for one in done.resume}
    left = [one for one in unsettled if one.id not in gone]
    left = [replace(one, state=State.PAUSED, due_at=None) if one.id in paused else one for one in left]
    left = [
        replace(one, state=State.RUNNING, due_at=NOW + timedelta(hours=4)) if one.id in resumed else one for one in left
    ]
    latest = max((id_ for id_, _ in standing.replies), default=0)
    begun = [
        promise(what, id_=100 + number, role=standing.role, since=latest) for number, what in enumerate(done.begin)
    ]
    return [*left, *begun]


standings = some.builds(
    Standing,
    status=some.sampled_from(Status),
    role=some.sampled_from(["support", "hr"]),
    replies=some.integers(0, 3).map(lambda count: [(id_ + 1, NOW + timedelta(hours=id_)) for id_ in range(count)]),
    merged=some.booleans(),
)
unsettled_ones = some.lists(
    some.builds(
        promise,
        some.sampled_from(What),
        role=some.sampled_from(["support", "hr"]),
        state=some.sampled_from([State.RUNNING, State.PAUSED, State.BROKEN]),
        since=some.integers(0, 3),
    ),
    max_size=3,
    unique_by=lambda one: one.what,
).map(lambda many: [replace(one, id=number + 1) for number, one in enumerate(many)])


@given(standings, unsettled_ones)
def test_what_was_done_once_need_not_be_done_again(standing: Standing, unsettled: list[Promise]) -> None:
    left = after(unsettled, plan(standing, unsettled, WANTED, now=NOW), standing)
    assert plan(standing, left, WANTED, now=NOW) == Plan(settle=[], pause=[], resume=[], begin={})


@given(standings, unsettled_ones)
def test_of_each_kind_at_most_one_is_unsettled_and_it_is_the_owners(
    standing: Standing, unsettled: list[Promise]
) -> None:
    left = after(unsettled, plan(standing, unsettled, WANTED, now=NOW), standing)
    assert len({one.what for one in left}) == len(left)
    assert {one.role for one in left} <= {standing.role}


@given(standings, unsettled_ones)
def test_what_is_broken_is_never_kept_and_nothing_runs_that_waits(standing: Standing, unsettled: list[Promise]) -> None:
    done = plan(standing, unsettled, WANTED, now=NOW)
    assert all(state is State.BROKEN for one, state, _ in done.settle if one.state is State.BROKEN)
    left = after(unsettled, done, standing)
    if standing.status in (Status.WAITING, Status.CLOSED):
        assert not [one for one in left if one.state is State.RUNNING]
    if standing.status is Status.CLOSED:
        assert left == []


@pytest.mark.parametrize(("hours", "state"), [(4, State.KEPT), (4.01, State.BROKEN)])
def test_an_answer_at_the_last_moment_is_in_time(hours: float, state: State) -> None:
    at = NOW + timedelta(hours=hours)
    standing = Standing(status=Status.WAITING, role="support", replies=[(7, at)])
    assert plan(standing, [promise(What.FIRST)], {}, now=at).settle == [(promise(What.FIRST), state, at)]


def test_an_answer_from_before_keeps_nothing() -> None:
    standing = Standing(status=Status.OPEN, role="support", replies=[(7, NOW)])
    assert plan(standing, [promise(What.NEXT, since=7)], WANTED, now=NOW).settle == []


SETTINGS = (
    PromiseSettings.model_validate({"role": ["hr"], "first_answer": "1h"}),
    PromiseSettings.model_validate({"party": ["media"], "first_answer": "2h"}),
    PromiseSettings.model_validate({"first_answer": "3h", "solved": "5d"}),
)


@pytest.mark.parametrize(
    ("role", "party", "hours"),
    [("hr", "media", 1), ("support", "media", 2), ("support", "customer", 3), ("ovrigt", "customer", 0)],
)
def test_the_first_entry_that_fits_holds(role: str, party: str, hours: int) -> None:
    said = promised(SETTINGS, role=role, party=party, other="ovrigt")
    assert said.get(What.FIRST, timedelta(0)) == timedelta(hours=hours)


def test_other_has_a_promise_when_it_is_named() -> None:
    named = (PromiseSettings.model_validate({"role": ["ovrigt"], "solved": "1d"}),)
    assert promised(named, role="ovrigt", party="public", other="ovrigt") == {What.SOLVED: timedelta(days=1)}
