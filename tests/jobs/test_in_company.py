"""Mails that are filed in company leave what they leave when each is filed alone: the rows of a batch are written together."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from inflow import triage
from inflow.desk import filing
from inflow.desk.world import World
from inflow.store import cases, deliveries, events, leads, messages, promises, search
from inflow.store.cases import Filters
from inflow.store.schema import timer
from tests.jobs.conftest import Receive, mail
from tests.servers.config import HEAD

MAILBOX = 'authserv_id = "mx.exempel.test"\nacknowledge = { enabled = true }\n'
HOURS = HEAD.replace("[database]", 'working_hours = ["mon-sun 00:00-24:00"]\n\n[database]')
PROMISED = '[[promise]]\nrole = ["ekonomi"]\nfirst_answer = "4h"\n'
VOUCHED = "Authentication-Results: mx.exempel.test; dmarc=pass header.from=kund.test\r\n"
REPLY = "In-Reply-To: <first@kund.test>\r\nReferences: <first@kund.test>\r\n"
MAILS = [
    mail("Faktura 1", "Betalning?", message_id="first@kund.test", headers=VOUCHED),
    mail("Faktura 2", "Betalning igen?", message_id="second@kund.test", headers=VOUCHED),
    mail("Sv: Faktura 1", "Och en sak till.", message_id="third@kund.test", headers=VOUCHED + REPLY),
    mail("Något annat", "Vad är detta?", sender="bo@annan.test", message_id="fourth@annan.test"),
    mail("Logga in", "Det fungerar inte.", sender="lo@tredje.test", message_id="fifth@tredje.test"),
    mail("Logga in", "Det fungerar fortfarande inte.", sender="bo@annan.test", message_id="sixth@annan.test"),
]


def left(world: World) -> dict[str, object]:
    """What stands in the database of each case, without what is made by chance (ids, times, tokens), and without reasons: what is
    decided in company does not know of its company."""
    with world.database.reading() as connection:
        found = cases.find(connection, Filters(limit=0))
        return {
            "words": search.cases(connection, "fungerar") != [],
            "timers": sorted(map(tuple, connection.execute(select(timer.c.kind, func.count()).group_by(timer.c.kind)))),
            **{
                "/".join(sorted(str(one["message_id"]) for one in messages.of_case(connection, case.number))): (
                    (case.subject, case.role, case.status, case.party, case.labels, case.messages),
                    [(one["kind"], one["by"]) for one in events.of_case(connection, case.number)],
                    [(one["kind"], one["to"], one["status"]) for one in deliveries.of_case(connection, case.number)],
                    leads.participants(connection, [case.number])[case.number],
                    len(cases.decisions(connection, case.number)),
                    [(one.what, one.role) for one in promises.unsettled(connection, case.number)],
                )
                for case in found
            },
        }


def filed(world: World, receive: Receive, patch: pytest.MonkeyPatch, *, at_once: int) -> World:
    patch.setattr(triage, "BATCH", at_once)
    receive(world, *MAILS)
    return world


def acknowledged(world: World) -> list[str]:
    with world.database.reading() as connection:
        numbers = [case.number for case in cases.find(connection, Filters(limit=0))]
        every = [one for number in numbers for one in deliveries.of_case(connection, number)]
    return [one["to"] for one in every if one["kind"] == "acknowledgement"]


def test_a_batch_leaves_what_its_mails_leave_alone(
    make_world: Callable[..., World], receive: Receive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = {"mailbox": MAILBOX, "head": HOURS, "more": PROMISED}
    company = filed(make_world(**asked), receive, monkeypatch, at_once=24)
    apart = make_world(**asked, database_url=f"sqlite:///{tmp_path / 'apart.db'}")
    monkeypatch.setattr(filing, "only_opens", lambda *_: False)  # nothing is written together then
    assert left(company) == left(filed(apart, receive, monkeypatch, at_once=1))
    assert len(left(company)) == 2 + 5


@pytest.mark.parametrize("at_once", [1, 24])
def test_nobody_is_acknowledged_twice(
    make_world: Callable[..., World], receive: Receive, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    world = filed(make_world(mailbox=MAILBOX), receive, monkeypatch, at_once=at_once)
    assert acknowledged(world) == ["eva@kund.test"]
