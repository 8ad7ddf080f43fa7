"""The figures of a world, alike on both engines."""

from datetime import timedelta

from inflow.desk import actions
from inflow.desk.figures import report
from inflow.desk.world import World
from inflow.store.board import Reader
from tests.jobs.conftest import Clock, Receive, mail


def test_what_came_in_is_counted_and_what_is_hidden_is_not(world: World, receive: Receive, clock: Clock) -> None:
    receive(world, mail("Faktura 1", "Här är fakturan."), mail("Hej", "Något annat."), mail("Igen", "Något mer."))
    clock.move(timedelta(days=2))
    with world.database.writing() as connection:
        actions.route(connection, world, 1, actions.role_named(world, "hr"), by="karin")
        actions.close(connection, world, 2, by="karin")
        found = report(connection, world)
        hidden = report(connection, world, reader=Reader(address="x", hidden=("hr",)))
    assert found["cases"] == 3
    assert found["by"]["role"] == {"ovrigt": 2, "hr": 1}
    assert found["routing"] == {
        "by_itself": 1,
        "share_by_itself": 0.3333,
        "moved": 1,
        "share_moved": 1.0,
        "moved_by": {"rule": 1},
    }
    assert found["closing_seconds"] == {"ovrigt": {"cases": 1, "median": 172800.0, "p90": 172800.0}}
    assert found["backlog"] == {role: {"1 d": 0, "3 d": 1, "7 d": 0, "30 d": 0, "more": 0} for role in ("hr", "ovrigt")}
    assert hidden["cases"] == 2
    assert "hr" not in str(hidden)
