"""The bank of answers in a world: offered in the forward, counted when used, robust against a broken file."""

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from inflow.casework.bank import AnswerError, Entry
from inflow.casework.case import NotPossibleError
from inflow.desk import answers, written
from inflow.desk.answers import NoAnswerError
from inflow.desk.world import World
from inflow.desk.written import Words
from inflow.mail.message import Address
from inflow.store import answers as used
from inflow.store.schema import delivery
from tests.jobs.conftest import Receive, mail

LOGIN = "---\ntitle: Kan inte logga in\nquestions:\n- Jag har glömt mitt lösenord\n---\nVälj Glömt lösenord."


@pytest.fixture
def folder(world: World) -> Path:
    folder = world.settings.answers.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "login.md").write_text(LOGIN)
    return folder


def test_the_forward_offers_the_answer_and_says_why(world: World, receive: Receive, folder: Path) -> None:
    receive(world, mail("Hjälp", "Jag kan inte logga in, lösenordet är glömt."))
    with world.database.reading() as connection:
        text = connection.scalars(select(delivery.c.outgoing)).one()["text"]
    assert "/answer login (Kan inte logga in), ty mejlet nämner" in text


def test_an_answer_that_was_sent_has_helped(world: World, receive: Receive, folder: Path) -> None:
    receive(world, mail("Hjälp", "Jag kan inte logga in."))
    with world.database.writing() as connection:
        who = Address(name="Anna", address="anna@exempel.test")
        written.answer(connection, world, 1, Words(text="", ready="login"), who=who)
        assert used.uses(connection) == {"login": 1}


def text(world: World, key: str) -> str:
    with world.database.reading() as connection:
        return answers.text_of(connection, world, key)


def test_a_file_that_breaks_leaves_the_last_good_one_in_use(world: World, folder: Path) -> None:
    assert text(world, "login") == "Välj Glömt lösenord."
    (folder / "login.md").write_text("---\nbroken")
    assert text(world, "LOGIN") == "Välj Glömt lösenord."
    assert answers.faults(folder, []) == ["login.md: what begins with --- at its top does not end"]
    (folder / "login.md").write_text("Nytt svar.")
    os.utime(folder / "login.md", (1, 1))
    assert text(world, "login") == "Nytt svar."
    (folder / "login.md").unlink()
    with pytest.raises(NoAnswerError, match="none yet"):
        text(world, "login")


def keep(world: World, entry: Entry, *, after: int = 0) -> int:
    with world.database.writing() as connection:
        return answers.edit(connection, world, entry, by="anna@exempel.test", after=after)


def test_an_edition_of_the_board_stands_before_the_file_until_it_is_withdrawn(world: World, folder: Path) -> None:
    first = keep(world, Entry(key="login", text="Ring oss."))
    assert text(world, "login") == "Ring oss."
    second = keep(world, Entry(key="login", text="Ring oss i kväll."), after=first)
    with world.database.reading() as connection:
        held = answers.held(connection, world)["login"]
        assert [one.number for one in used.editions(connection, "login")] == [second, first]
    assert held.edition is not None
    assert (held.edition.number, held.entry.text) == (second, "Ring oss i kväll.")
    assert held.file is not None
    assert held.file.text == "Välj Glömt lösenord."
    with world.database.writing() as connection:
        answers.withdraw(connection, world, "login", by="anna@exempel.test")
    assert text(world, "login") == "Välj Glömt lösenord."
    with world.database.writing() as connection, pytest.raises(NotPossibleError):
        answers.withdraw(connection, world, "login", by="anna@exempel.test")


def test_two_who_edit_at_once_do_not_overwrite_each_other(world: World) -> None:
    keep(world, Entry(key="x", text="Annas"))
    with pytest.raises(NotPossibleError, match="meanwhile"):
        keep(world, Entry(key="x", text="Bos"))
    assert text(world, "x") == "Annas"


UNUSABLE = [
    Entry(key="../x", text="x"),
    Entry(key="x", text=" "),
    Entry(key="x", text="x", roles=("nix",)),
    Entry(key="x", text="x" * 100_001),
]


@pytest.mark.parametrize("entry", UNUSABLE)
def test_what_cannot_be_used_is_not_kept(world: World, entry: Entry) -> None:
    with pytest.raises(AnswerError):
        keep(world, entry)


def test_an_answer_of_the_board_is_offered_and_sent_as_a_file_is(world: World, receive: Receive) -> None:
    keep(
        world,
        Entry(key="login", text="Ring oss.", title="Kan inte logga in", questions=("Jag har glömt mitt lösenord",)),
    )
    with world.database.reading() as connection:
        answers.held(connection, world)
    receive(world, mail("Hjälp", "Jag kan inte logga in, lösenordet är glömt."))
    with world.database.reading() as connection:
        assert "/answer login" in connection.scalars(select(delivery.c.outgoing)).one()["text"]
    with world.database.writing() as connection:
        written.answer(connection, world, 1, Words(text="", ready="login"), who=Address(address="anna@exempel.test"))


def test_an_answer_given_in_a_case_becomes_an_entry(world: World, receive: Receive) -> None:
    receive(world, mail("Hjälp med inloggning", "Jag kan inte logga in, lösenordet är glömt."))
    with world.database.writing() as connection:
        with pytest.raises(NotPossibleError, match="nobody has answered"):
            answers.from_case(connection, world, 1)
        written.answer(connection, world, 1, Words(text="Ring oss."), who=Address(address="anna@exempel.test"))
        made = answers.from_case(connection, world, 1)
    assert (made.text, made.questions, made.roles) == ("Ring oss.", ("Hjälp med inloggning",), ("support",))


def test_a_role_that_is_not_there_is_told(folder: Path) -> None:
    (folder / "x.md").write_text("---\nroles: [nobody]\n---\nx")
    assert answers.faults(folder, ["support"]) == ["x.md: roles: there is no role 'nobody'"]
