"""The outbox goes out, whatever the relay and the clock do."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from inflow import health
from inflow.casework.health import Alarm
from inflow.desk.world import World
from inflow.dispatch import Dispatch
from inflow.store import deliveries, mailboxes, pace, received, timers
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import letters
from tests.servers.process import free_port
from tests.servers.sink import Sink

OPERATIONS = '[operations]\naddress = "drift@exempel.test"\n'


def outbox(world: World) -> list[tuple[str, str, int]]:
    with world.database.reading() as connection:
        return [(one["to"], one["status"], one["attempts"]) for one in deliveries.unsent(connection, limit=0)]


def send(world: World) -> None:
    """Everything that is due now."""

    async def once() -> None:
        dispatch = Dispatch(world)
        task = asyncio.create_task(dispatch.run())
        while await asyncio.to_thread(due, world):
            dispatch.wake()
            await asyncio.sleep(0.02)
        dispatch.stop()
        await task

    asyncio.run(asyncio.wait_for(once(), 30))


def due(world: World) -> bool:
    with world.database.reading() as connection:
        moment = deliveries.next_due(connection)
        return (moment is not None and moment <= world.now()) or deliveries.in_hand(connection) > 0


def to_the_next_due(world: World, clock: Clock) -> None:
    with world.database.reading() as connection:
        moment = deliveries.next_due(connection)
    assert moment is not None
    clock.move(max(moment - clock(), timedelta()))


@pytest.fixture
def unreachable(make_world: Callable[..., World], receive: Receive) -> World:
    world = make_world(smtp_port=free_port(), more=OPERATIONS)
    receive(world, mail("Hej"))
    return world


def test_a_relay_that_is_down_for_a_day_gets_everything_when_it_is_back(
    unreachable: World, make_world: Callable[..., World], clock: Clock, sink: Sink
) -> None:
    begun = clock()
    while clock() - begun < timedelta(days=1):
        send(unreachable)
        to_the_next_due(unreachable, clock)
    ((_, status, attempts),) = outbox(unreachable)
    assert status == "queued"
    assert 10 < attempts < 30
    send(make_world(smtp_port=sink.port, more=OPERATIONS))
    assert [one.recipients for one in sink.received] == [("ovrigt@exempel.test",)]
    assert outbox(unreachable) == []


def test_after_two_days_it_is_given_up_and_heard_of(unreachable: World, clock: Clock) -> None:
    begun = clock()
    while ("ovrigt@exempel.test", "failed") not in [row[:2] for row in outbox(unreachable)]:
        send(unreachable)
        to_the_next_due(unreachable, clock)
        assert clock() - begun < timedelta(days=3)
    assert clock() - begun > timedelta(days=1.8)
    assert ("drift@exempel.test", "queued") in [row[:2] for row in outbox(unreachable)]


@pytest.mark.parametrize("jump", [timedelta(days=2.5), timedelta(days=400), timedelta(days=-2.5), timedelta(days=-400)])
def test_a_clock_that_jumps_gives_nothing_up_and_delays_nothing_for_long(
    unreachable: World, make_world: Callable[..., World], clock: Clock, sink: Sink, jump: timedelta
) -> None:
    send(unreachable)
    world = make_world(smtp_port=sink.port, more=OPERATIONS)

    clock.move(jump)

    health.step(world, started_at=clock())
    send(world)
    forwarded = [one for one in sink.received if one.recipients == ("ovrigt@exempel.test",)]
    assert len(forwarded) == 1
    assert "failed" not in [status for _, status, _ in outbox(world)]


def test_a_clock_that_jumps_while_the_relay_is_down_gives_nothing_up(unreachable: World, clock: Clock) -> None:
    send(unreachable)
    clock.move(timedelta(days=2.5))
    begun = clock()
    while clock() - begun < timedelta(hours=12):
        send(unreachable)
        to_the_next_due(unreachable, clock)
    assert outbox(unreachable)[-1][:2] == ("ovrigt@exempel.test", "queued")


def test_a_clock_set_back_keeps_no_mailbox_no_ceiling_and_no_question_waiting(
    world_with_operations: World, clock: Clock, receive: Receive
) -> None:
    world, interval = world_with_operations, timedelta(seconds=2)
    health.step(world, started_at=clock())
    clock.move(timedelta(days=3))
    receive(world, mail("Hej"))
    health.step(world, started_at=clock())
    with world.database.writing() as connection:
        mailboxes.take(connection, "info", owner="dead:4026531836:1:1", now=clock())
        pace.reserve(connection, "relay", interval=interval, now=clock())
        mailboxes.failing(connection, "info", "login failed", now=clock())

    clock.move(timedelta(days=-3))

    for _ in range(3):
        health.step(world, started_at=clock())
        clock.move(timedelta(minutes=1))
    with world.database.writing() as connection:
        assert mailboxes.take(connection, "info", owner="alive", now=clock()) is not None
        assert pace.reserve(connection, "relay", interval=interval, now=clock()) == clock()
        asked_at = timers.next_due(connection)
    assert asked_at is not None
    assert timedelta(hours=3) < asked_at - clock() <= timedelta(hours=4)
    assert ("drift@exempel.test", "queued", 0) in outbox(world)


def test_a_clock_set_back_leaves_no_received_mail_waiting(world: World, clock: Clock, receive: Receive) -> None:
    clock.move(timedelta(days=30))
    seen = received.seen(mail("Hej"), mailbox="info", uidvalidity=1, uid=1)
    with world.database.writing() as connection:
        received.admit(connection, [seen], now=clock())
    clock.move(timedelta(days=-30))
    health.step(world, started_at=clock())
    receive(world)
    with world.database.reading() as connection:
        assert received.next_due(connection) is None


def test_an_alarm_is_told_once_and_once_more_when_it_heals(world_with_operations: World, clock: Clock) -> None:
    world, begun = world_with_operations, clock()
    with world.database.writing() as connection:
        mailboxes.failing(connection, "info", "login failed", now=clock())
    told = []
    for _ in range(3):
        clock.move(timedelta(minutes=5))
        health.step(world, started_at=begun)
        told.append(len(outbox(world)))
    with world.database.writing() as connection:
        mailboxes.checked(connection, "info", uidvalidity=1, now=clock())
    for _ in range(2):
        health.step(world, started_at=begun)
        told.append(len(outbox(world)))
    assert told == [1, 1, 1, 2, 2]


def test_a_probe_that_does_not_come_back_is_an_alarm_until_it_does(
    make_world: Callable[..., World], clock: Clock, receive: Receive
) -> None:
    probing = '[operations.probe]\nenabled = true\nevery = "1h"\npatience = "5m"\n'
    world, begun = make_world(more=OPERATIONS + probing), clock()
    with world.database.writing() as connection:
        mailboxes.checked(connection, "info", uidvalidity=1, now=clock())
    health.step(world, started_at=begun)
    (probe,) = [mail_.as_bytes() for mail_ in letters(world).values()]
    told = []
    for _ in range(2):
        clock.move(timedelta(minutes=6))
        health.step(world, started_at=begun)
        told.append([alarm.name for alarm in raised(world)])
    receive(world, probe)
    health.step(world, started_at=begun)
    assert [*told, raised(world)] == [["probe info"], ["probe info"], []]
    assert [row[0] for row in outbox(world)].count("drift@exempel.test") == 2


def raised(world: World) -> list[Alarm]:
    with world.database.reading() as connection:
        return health.alarms(connection, world, started_at=world.now())


@pytest.fixture
def world_with_operations(make_world: Callable[..., World]) -> World:
    return make_world(more=OPERATIONS)
