"""What a database refuses of one mail, and a batch that another process has taken meanwhile."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError, OperationalError

from inflow import triage
from inflow.desk.learning import Learner
from inflow.desk.world import World
from inflow.reader import Reader
from inflow.store import messages, received
from inflow.store.schema import cases, message
from tests.jobs.conftest import Clock, Receive, mail


def states(world: World) -> list[tuple[str, str]]:
    with world.database.reading() as connection:
        rows = connection.execute(select(message.c.subject, message.c.state).order_by(message.c.id))
        return [(row.subject, row.state) for row in rows]


def test_what_the_database_refuses_costs_one_mail_and_in_the_end_only_its_words(
    world: World, receive: Receive, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = messages.file

    def refusing(connection: Any, id_: int, case: int, parsed: Any, **more: Any) -> None:
        if parsed.subject == "bad":
            raise DataError("INSERT", {}, Exception("value too long"))
        real(connection, id_, case, parsed, **more)

    monkeypatch.setattr(messages, "file", refusing)
    receive(world, mail("before"), mail("bad"), mail("after"))
    assert states(world) == [("before", "filed"), ("", "received"), ("after", "filed")]
    for _ in range(3):
        clock.move(timedelta(minutes=1))
        receive(world)
    assert states(world) == [("before", "filed"), ("", "quarantined"), ("after", "filed")]


def test_a_batch_that_another_has_taken_meanwhile_is_left_to_it(world: World, reader: Reader, clock: Clock) -> None:
    other = replace(world, owner="another")
    seen = [received.seen(mail(str(n)), mailbox="info", uidvalidity=1, uid=n) for n in range(3)]
    with world.database.writing() as connection:
        received.admit(connection, seen, now=clock())
    slow = triage.take(world, reader, Learner(world))
    clock.move(received.CLAIMED_FOR + timedelta(seconds=1))
    while triage.step(other, reader, Learner(other)):
        pass
    triage.put(world, slow)
    assert len(slow) == 3
    with world.database.reading() as connection:
        assert len(connection.execute(select(cases.c.id)).all()) == 3


def test_a_database_in_trouble_blames_no_mail(
    world: World, receive: Receive, clock: Clock, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("No space left on device"))

    seen = [received.seen(mail("alone"), mailbox="info", uidvalidity=1, uid=1)]
    with world.database.writing() as connection:
        received.admit(connection, seen, now=clock())
    with monkeypatch.context() as patched:
        patched.setattr(messages, "file", full)
        for _ in range(5):
            with pytest.raises(OperationalError):
                triage.step(world, reader, Learner(world))
            clock.move(timedelta(minutes=2))
    receive(world)
    assert states(world) == [("alone", "filed")]
