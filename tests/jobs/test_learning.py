"""A topic nobody had words for is learned from corrections, and the next mail about it goes right by itself."""

import itertools
import mailbox
from pathlib import Path

import pytest

from inflow import archive
from inflow.archive import Imported, NoArchiveError, mails_of_path
from inflow.casework.addresses import Way, WayBack, sign
from inflow.desk import learning
from inflow.desk.learning import Learner
from inflow.desk.world import World
from inflow.reader import Reader
from inflow.store import cases, events
from inflow.store import learning as store
from inflow.store.cases import Filters
from inflow.store.rows import Case
from inflow.store.schema import model as model_table
from tests.jobs.conftest import Receive, mail

CARGO = [
    "lådan läcker vatten när det regnar",
    "regnkapellet har spruckit vid dragkedjan",
    "sufflettens tyg har fått hål",
    "kapellet släpper in fukt",
    "det droppar in vatten i lastlådan",
    "tyget på regnskyddet är trasigt",
    "regnskyddet går inte att stänga",
    "lådans botten är blöt efter varje regn",
    "sömmen på kapellet har gått upp",
    "vattnet rinner in vid fönstret i suffletten",
]
TOUR = [
    "vi vill boka en guidad tur längs kanalen",
    "kan vår klass få en visning av verkstaden",
    "vi önskar en rundvandring för besökare",
    "finns det plats på turen på lördag",
    "hur många personer får följa med på visningen",
    "vad kostar en guidad rundvandring för tjugo personer",
    "vi är en förening som vill besöka er",
    "kan man boka en rundtur på engelska",
    "vår skola vill göra ett studiebesök",
    "går det att komma på visning med barnvagn",
]
OPENINGS = ["Hej!", "God dag,", "Hallå där", "Till den det berör:"]
CLOSINGS = ["Mvh", "Vänliga hälsningar", "Tack på förhand", "Hälsningar från Umeå", "Tack!"]


def mails(topic: list[str], count: int, *, begin: int = 0) -> list[bytes]:
    """Mails about one topic, each in words of its own and by a sender of its own."""
    pairs = list(itertools.permutations(topic, 2))
    return [
        mail(
            one.split()[0].capitalize(),
            f"{OPENINGS[n % 4]}\n\n{one.capitalize()}. {other.capitalize()}.\n\n{CLOSINGS[n % 5]}\nPerson {begin + n}",
            sender=f"p{begin + n}@kund{begin + n}.test",
        )
        for n, (one, other) in ((n, pairs[(begin + 13 * n) % len(pairs)]) for n in range(count))
    ]


def all_cases(world: World) -> list[Case]:
    with world.database.reading() as connection:
        return cases.find(connection, Filters(limit=0))


def test_two_new_topics_are_learned_from_ten_corrections_each(world: World, receive: Receive) -> None:
    learning.train_anew(world)
    receive(world, *mails(CARGO, 15), *mails(TOUR, 15, begin=1080))
    first = all_cases(world)
    assert {case.role for case in first} == {"ovrigt"}

    for case in [*first[:10], *first[-10:]]:
        role = "support" if case.number <= 15 else "hr"
        way = WayBack(way=Way.ROLE, number=case.number, role="ovrigt")
        to = sign("info@exempel.test", way, world.keys)
        receive(world, mail(f"Sv: {case.subject}", f"/till {role}", sender="eva@exempel.test", to=to))
    assert learning.is_due(world)
    learning.train_anew(world)
    receive(world, *mails(CARGO, 10, begin=95), *mails(TOUR, 10, begin=1175))

    after = [case for case in all_cases(world) if case.number > len(first)]
    wrong = [case for case in after if case.role != ("hr" if case.party.address.startswith("p11") else "support")]
    assert len(after) == 20
    assert wrong == []
    assert all(case.decided_by == "model" and "because of" in case.reasons[0] for case in after)


def test_a_correction_is_known_to_the_very_next_mail(world: World, receive: Receive) -> None:
    learning.train_anew(world)
    receive(world, *mails(CARGO, 2))
    learner = Learner(world)
    with world.database.reading() as connection:
        before = learner.model(connection)
    with world.database.writing() as connection:
        cases.correct(connection, 1, from_role="ovrigt", to_role="support", by="eva", now=world.now())
    with world.database.reading() as connection:
        after = learner.model(connection)
    assert before is not None
    assert after is not None
    assert after.corrections == before.corrections + 1


def test_a_damaged_model_is_built_anew(world: World) -> None:
    learning.train_anew(world)
    with world.database.writing() as connection:
        connection.execute(model_table.update().values(content=b"damaged"))
    with world.database.reading() as connection:
        assert Learner(world).model(connection) is None
    assert learning.is_due(world)
    learning.train_anew(world)
    assert not learning.is_due(world)


def test_a_role_that_was_renamed_takes_what_was_learned_along(world: World, receive: Receive) -> None:
    receive(world, *mails(CARGO, 1))
    with world.database.writing() as connection:
        cases.correct(connection, 1, from_role="ovrigt", to_role="gamla", by="eva", now=world.now())
        store.rename_role(connection, "gamla", "support")
    with world.database.reading() as connection:
        assert [one.role for one in store.examples(connection, now=world.now())] == ["support"]


@pytest.mark.parametrize("kind", ["mbox", "maildir", "folder"])
def test_an_archive_becomes_closed_cases_that_are_found_and_learned_from(
    world: World, reader: Reader, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "archive"
    old = [*mails(CARGO, 3), mail("Sv: Lådan", "Tack!", headers="In-Reply-To: <first@kund.test>\r\n")]
    old[0] = old[0].replace(b"Message-ID: <", b"Message-ID: <first@kund.test>\r\nX-Was: <")
    if kind == "folder":
        path.mkdir()
        for n, raw in enumerate(old):
            (path / f"{n}.eml").write_bytes(raw)
    else:
        box = mailbox.mbox(path) if kind == "mbox" else mailbox.Maildir(path)
        for raw in old:
            box.add(raw)
        box.close()
    result = Imported(unreadable=[])
    archive.keep(world, reader, list(mails_of_path(path)), role=world.settings.roles[0], result=result)
    archive.keep(world, reader, list(mails_of_path(path)), role=world.settings.roles[0], result=result)
    assert (result.kept, result.known, result.unreadable) == (4, 4, [])
    kept = all_cases(world)
    assert {(case.role, case.status.value) for case in kept} == {("support", "closed")}
    assert sum(case.messages for case in kept) == 4
    assert len(kept) == 3
    with world.database.reading() as connection:
        assert [event["kind"] for event in events.of_case(connection, kept[0].number)] == ["opened", "closed"]
        assert cases.find(connection, Filters(search="dragkedjan"))
        assert len(store.examples(connection, now=world.now())) == 3


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_conversation_is_one_case_whichever_of_its_mails_comes_first(
    world: World, reader: Reader, order: tuple[int, ...]
) -> None:
    conversation = [
        ("first", mail("Lådan", "Den läcker.", headers="")),
        ("second", mail("Sv: Lådan", "Vi byter den.", headers="References: <first@kund.test>\r\n")),
        ("third", mail("Sv: Lådan", "Tack!", headers="References: <first@kund.test> <second@kund.test>\r\n")),
    ]
    named = [
        (name, raw.replace(b"Message-ID: <", f"Message-ID: <{name}@kund.test>\r\nX-Was: <".encode(), 1))
        for name, raw in conversation
    ]
    result = Imported(unreadable=[])
    for n in order:
        archive.keep(world, reader, [named[n]], role=world.settings.roles[0], result=result)
    assert [case.messages for case in all_cases(world)] == [3]


def test_the_mails_of_a_maildir_come_in_the_order_they_were_delivered_in(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    names = ["1000000000.M99999P7Q9.kund", "1000000000.M100000P7Q10.kund", "1000000001.M5P7Q11.kund"]
    for name in names:
        (tmp_path / "new" / name).write_bytes(b"Subject: hej\r\n\r\n")
    assert [Path(name).name for name, _ in mails_of_path(tmp_path)] == names


def test_what_is_no_archive_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("hej")
    with pytest.raises(NoArchiveError, match="neither"):
        list(mails_of_path(tmp_path / "x.txt"))
    with pytest.raises(NoArchiveError, match="nothing"):
        list(mails_of_path(tmp_path / "y"))
