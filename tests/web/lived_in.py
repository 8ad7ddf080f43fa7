"""A board as it looks after some weeks: the demo's organisation, its mails and many more, answered, moved and solved by people."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from string import Template

from sqlalchemy import Connection

from inflow import clock as timers
from inflow.casework.bank import Entry
from inflow.casework.case import NotPossibleError, Status
from inflow.config import build
from inflow.desk import actions, answers, cords, problems, written
from inflow.desk.learning import Learner
from inflow.desk.world import World, open_world
from inflow.mail.message import Address
from inflow.reader import Reader
from inflow.store import cases, deliveries, mailboxes, received
from inflow.store import problems as problems_of
from inflow.store.engine import open_database
from inflow.store.migrate import upgrade
from inflow.triage import step
from tests.jobs.conftest import Clock, mail

BEGAN, NOW = datetime(2026, 10, 26, 7, tzinfo=UTC), datetime(2026, 11, 20, 13, 30, tzinfo=UTC)
US = "du@fjallvind.test"
ORDINARY = (
    ("Faktura {n}", "Hej! Här kommer fakturan för {month}. Vänliga hälsningar, Nordkedjan", "Nordkedjan AB <order@nordkedjan.test>"),
    ("Offert {n}", "Vi vill gärna ha en offert på tolv lastcyklar till hemtjänsten.", "Maja Ek <maja.ek@kommunen.test>"),
    ("Order {n}", "När kommer vår beställning? Leveransen skulle ha varit här i {month}.", "Cykelboden <butik@cykelboden.test>"),
    ("Garanti på motorn", "Motorn på min lastcykel piper. Gäller garantin? Ramnummer {n}.", "Per Ask <per{n}@kund.test>"),
    ("Intervju om stadens cyklar", "Jag är journalist och vill göra en intervju i {month}.", "Lo Berg <lo@tidningen.test>"),
    ("VPN", "Jag kommer inte in på VPN sedan i {month}.", "Kim <kim{n}@fjallvind.test>"),
    ("Hej igen", "Vi sågs på mässan. Hör av dig om det vi talade om!", "Bo Lund <bo{n}@annan.test>"),
)  # fmt: skip
PORTAL = (
    "Hej! Jag kan inte logga in i kundportalen sedan i går, det står bara felkod P17 på en tom sida.",
    "Kundportalen visar en tom sida med felkod P17 när jag försöker logga in. Vad gör jag?",
    "Felkod P17 i kundportalen! Jag måste boka service i dag och kommer inte in.",
    "Vi når inte kundportalen. Tom sida och felkod P17, på alla våra datorer.",
    "Är kundportalen trasig? Jag får felkod P17 och en tom sida hela tiden.",
    "Kan inte logga in i kundportalen: felkod P17, tom sida. Har provat två webbläsare.",
)
BATTERY = (
    "Batteriet på min lastcykel laddar bara till 60 procent sedan uppdateringen av appen.",
    "Sedan appens uppdatering stannar laddningen av batteriet vid 60 procent.",
    "Batteriet laddar till 60 procent och inte mer, efter senaste uppdateringen i appen.",
)
MONTHS = {10: "oktober", 11: "november"}


def lived_in(folder: Path, *, port: int) -> World:
    """Such a world, in a folder, on SQLite; its clock stands at NOW."""
    (folder / "password").write_text("-")
    _answers(folder / "answers")
    text = (files("inflow.demo") / "inflow.toml").read_text(encoding="utf-8")
    plain = Template(text).substitute(imap_port=1, smtp_port=1, web_port=port)
    settings = build(tomllib.loads(plain), folder=folder)
    database = open_database(settings.database.url)
    upgrade(database)
    database.engine.dispose()
    clock = Clock()
    clock.moment = BEGAN
    world = replace(open_world(settings), now=clock)
    with_people(world, clock)
    clock.moment = NOW
    _all_is_well(world)
    return world


def with_people(world: World, clock: Clock) -> None:
    """Four weeks go by."""
    reader = Reader(authserv_ids={}, arc_sealers={}, own_domains=("fjallvind.test",))
    demo = [
        one.read_bytes()
        for one in sorted((files("inflow.demo") / "mails").iterdir(), key=str)
        if one.name.endswith(".eml")
    ]
    try:
        for day in range((NOW - BEGAN).days):
            clock.moment = BEGAN + timedelta(days=day, hours=1)
            if clock.moment.weekday() < 5:
                _day(world, reader, _ordinary(day), clock)
        for text in BATTERY:
            _receive(world, reader, [mail("Batteriet", text, sender=f"Ada Ström <ada{len(text)}@kund.test>")])
            clock.move(timedelta(hours=7))
        clock.moment = NOW - timedelta(hours=6)
        _receive(world, reader, demo)
        for place, text in enumerate(PORTAL):
            clock.move(timedelta(minutes=37))
            _receive(
                world, reader, [mail("Kundportalen", text, sender=f"Kund {place} <kund{place}@handel{place}.test>")]
            )
        clock.move(timedelta(minutes=2))
        while timers.look_for_alike(world):
            pass
    finally:
        reader.close()
    _about_problems(world)
    with world.database.writing() as connection:
        text = "Hej!\n\nGarantin gäller motor och batteri i tre år. Skicka en bild av kvittot, så bokar vi en tid."
        entry = Entry(key="garanti", title="Vad garantin täcker", questions=("Gäller garantin på motorn?",), text=text)
        answers.edit(connection, world, entry, by=US, after=0)


def _ordinary(day: int) -> list[bytes]:
    """The mails of a day."""
    month = MONTHS[(BEGAN + timedelta(days=day)).month]
    some = [ORDINARY[(day * 3 + k * k) % len(ORDINARY)] for k in range(2 + day % 4)]
    return [
        mail(*(part.format(n=4000 + day * 10 + k, month=month) for part in (subject, text)), sender=sender.format(n=k))
        for k, (subject, text, sender) in enumerate(some)
    ]


def _day(world: World, reader: Reader, mails: Sequence[bytes], clock: Clock) -> None:
    for place, raw in enumerate(mails):
        clock.move(timedelta(minutes=49 + 31 * place))
        _receive(world, reader, [raw])
    clock.move(timedelta(hours=3))
    with world.database.writing() as connection:
        _act(connection, world)


def _act(connection: Connection, world: World) -> None:
    """People answer most of what lies with a role, and close what is answered."""
    for case in cases.find(connection, cases.Filters(limit=12)):
        if case.status is Status.WAITING and case.number % 3:
            actions.close(connection, world, case.number, by=US)
        elif case.status is Status.UNCLAIMED and case.number % 2:
            actions.claim(connection, world, case.number, actions.role_named(world, "support"), by=US)
        elif case.status is Status.OPEN and case.number % 5:
            try:
                ready = {"Gara": "garanti", "Fakt": "faktura"}.get(case.subject[:4], "")
                said = written.Words(
                    text="Tack för ditt mejl! Vi har tittat på det och återkommer i veckan.", ready=ready
                )
                written.answer(connection, world, case.number, said, who=Address(address=US))
            except NotPossibleError:
                actions.close(connection, world, case.number, by=US)


def _about_problems(world: World) -> None:
    """The loud one pulls the cord; the battery has a name and an owner; what only looked alike does not."""
    with world.database.writing() as connection:
        there = problems_of.latest(connection, limit=50)
        cords.watch(connection, world, {one.number for one in there})
        for one in there:
            if "batteriet" in one.words:
                problems.own(connection, world, one.number, actions.role_named(world, "verkstad"))
                problems.rename(connection, world, one.number, "Batteriet laddar bara till 60 %", by=US)
            elif "kundportalen" not in one.words:
                for report in problems_of.reports(connection, one.number):
                    if problems_of.of_case(connection, report.case):
                        problems.leave(connection, world, report.case, by=US)


def _all_is_well(world: World) -> None:
    """The mailbox has been read, and all but the last mail has gone out."""
    with world.database.writing() as connection:
        mailboxes.take(connection, "info", owner=world.owner, now=world.now())
        mailboxes.checked(connection, "info", uidvalidity=1, now=world.now())
        due = [one.id for one in deliveries.claim(connection, owner=world.owner, now=world.now(), limit=500)]
        deliveries.settle_sent(connection, due[:-1], owner=world.owner, now=world.now())


def _receive(world: World, reader: Reader, mails: Sequence[bytes]) -> None:
    with world.database.writing(durable=True) as connection:
        seen = [received.seen(raw, mailbox="info", uidvalidity=1, uid=abs(hash(raw)) % 10**9) for raw in mails]
        received.admit(connection, seen, now=world.now())
    learner = Learner(world)
    while step(world, reader, learner):
        pass


def _answers(folder: Path) -> None:
    folder.mkdir()
    for key, (title, question, text) in ANSWERS.items():
        (folder / f"{key}.md").write_text(
            f'+++\ntitle = "{title}"\nquestions = ["{question}"]\n+++\n{text}\n', encoding="utf-8"
        )


ANSWERS = {
    "inloggning": (
        "Logga in i kundportalen",
        "Jag kan inte logga in i kundportalen",
        "Hej!\n\nBe om ett nytt lösenord på inloggningssidan: det kommer med mejl inom en minut.",
    ),
    "faktura": (
        "Dit fakturor skickas",
        "Vart skickar vi fakturan?",
        "Hej!\n\nSkicka fakturor som PDF till faktura@fjallvind.test, en per mejl, med vårt ordernummer i ämnet.",
    ),
    "garanti": (
        "Vad garantin täcker",
        "Gäller garantin på motorn?",
        "Hej!\n\nGarantin gäller motor och batteri i två år. Skicka en bild av kvittot och ramnumret, så bokar vi en tid.",
    ),
}
