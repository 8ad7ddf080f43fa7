"""The bank of answers in a world: offered in the forward, counted when used, robust against a broken file."""

import os
from pathlib import Path

import pytest
from sqlalchemy import select

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


def test_a_file_that_breaks_leaves_the_last_good_one_in_use(folder: Path) -> None:
    assert answers.text_of(folder, "login") == "Välj Glömt lösenord."
    (folder / "login.md").write_text("---\nbroken")
    assert answers.text_of(folder, "LOGIN") == "Välj Glömt lösenord."
    assert answers.faults(folder, []) == ["login.md: what begins with --- at its top does not end"]
    (folder / "login.md").write_text("Nytt svar.")
    os.utime(folder / "login.md", (1, 1))
    assert answers.text_of(folder, "login") == "Nytt svar."
    (folder / "login.md").unlink()
    with pytest.raises(NoAnswerError, match="none yet"):
        answers.text_of(folder, "login")


def test_a_role_that_is_not_there_is_told(folder: Path) -> None:
    (folder / "x.md").write_text("---\nroles: [nobody]\n---\nx")
    assert answers.faults(folder, ["support"]) == ["x.md: roles: there is no role 'nobody'"]
