"""The handover mail, on the first working moment of the week: each role with a rota, and the one on duty, read how it stands."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from inflow.casework import clocks, rota
from inflow.casework.addresses import Way, WayBack
from inflow.casework.wording_handover import Handover, handover
from inflow.desk import duty, letters
from inflow.desk.learning import Learner
from inflow.desk.world import World
from inflow.routing.asking import ask_first
from inflow.routing.features import Sample
from inflow.routing.roles import Role
from inflow.store import handover as store
from inflow.store import promises

SHIFTS, ASKED, LOOKED_AT = 4, 10, 200
WEEK = timedelta(days=7)


def next_at(world: World, after: datetime) -> datetime | None:
    """When the next handover is after a moment; None: there is no rota."""
    if not world.settings.duties:
        return None
    return clocks.week_begins(world.settings.clock(), after, world.settings.organisation.zone)


def send_all(connection: Connection, world: World) -> None:
    """Tell every role that has a rota."""
    for one in world.settings.duties:
        if (role := world.settings.role(one.role)) is not None:
            subject, text = of_role(connection, world, role)
            back = WayBack(way=Way.DUTY, number=0, role=role.name)
            letters.notice(connection, world, to=role.address, subject=subject, text=text, back=back)


def of_role(connection: Connection, world: World, role: Role) -> tuple[str, str]:
    """Subject and text of the handover of a role as it stands now."""
    now, zone = world.now(), world.settings.organisation.zone
    manned = duty.shifts(connection, world, role.name)
    current = rota.on_duty(manned, now)
    ahead = [one for one in manned if one.begins > now][: SHIFTS - 1]
    counts, lying = store.lying_open(connection, role.name)
    said = Handover(
        role=role.title or role.name,
        name=role.name,
        week=now.astimezone(zone).isocalendar().week,
        on_duty=f"{current.who} ({duty.told(current, world)})" if current else "",
        following=[f"{one.who} ({duty.told(one, world)})" for one in ahead],
        counts=counts,
        open=[(one.case, one.subject, one.status, f"{one.opened_at.astimezone(zone):%Y-%m-%d}") for one in lying],
        late=promises.late(connection, role.name, limit=store.MOST),
        odd=store.odd(connection, role.name, since=now - WEEK),
        ask=_ask_first(connection, world, role),
    )
    return handover(said, world.settings.organisation.language)


def _ask_first(connection: Connection, world: World, role: Role) -> list[tuple[int, str, int]]:
    """Of the cases that nobody owns, those whose answer teaches the router most: number, subject, how many are alike."""
    model = Learner(world).model(connection) if role.name == world.settings.other.role else None
    if model is None:
        return []
    waiting = store.first_words(connection, role.name, status="unclaimed", limit=LOOKED_AT)
    ranked = ask_first(model, [Sample(text=text, subject=subject) for _, subject, text in waiting])
    return [(waiting[at][0], waiting[at][1], alike) for at, alike in ranked[:ASKED]]
