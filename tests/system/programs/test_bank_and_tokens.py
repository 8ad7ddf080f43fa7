"""The bank of answers and the tokens of programs, as somebody at a terminal uses them."""

import json
from pathlib import Path

from tests.conftest import Inflow, WriteConfig

LOGIN = "---\ntitle: Logga in\nquestions:\n- Jag har glömt mitt lösenord\n---\nVälj Glömt lösenord."


def test_a_broken_answer_is_named_and_a_good_one_suggested(inflow: Inflow, write_config: WriteConfig) -> None:
    folder = write_config().parent / "answers"
    folder.mkdir()
    (folder / "login.md").write_text(LOGIN)
    assert inflow("answers", "check").returncode == 0
    listed = json.loads(inflow("answers", "list", "--json").stdout)
    assert [(one["key"], one["used"]) for one in listed] == [("login", 0)]
    mail = Path(folder / "m.eml")
    mail.write_text("From: a@b.test\nSubject: Hej\n\nLösenordet är glömt\n")
    found = json.loads(inflow("answers", "suggest", str(mail), "--json").stdout)
    assert [(one["key"], sorted(one["words"])) for one in found] == [("login", ["glömt", "lösenordet"])]
    (folder / "bad.md").write_text("---\nnonsense")
    checked = inflow("answers", "check")
    assert checked.returncode == 1
    assert "bad.md: what begins with --- at its top does not end" in checked.stderr
    made = inflow("answers", "new", "x", "--from-case", "7")
    assert (made.returncode, "there is no case #7" in made.stderr) == (1, True)


def test_a_token_is_shown_once_and_ended(inflow: Inflow, write_config: WriteConfig) -> None:
    write_config()
    assert inflow("tokens", "add", "crm", "--scope", "everything").returncode == 2
    made = json.loads(inflow("tokens", "add", "crm", "--scope", "read", "--json").stdout)
    assert made["token"].startswith("inflow_")
    assert inflow("tokens", "add", "crm").returncode == 1
    listed = inflow("tokens", "list", "--json").stdout
    assert made["token"] not in listed
    assert json.loads(listed)[0]["name"] == "crm"
    assert inflow("tokens", "revoke", "crm").returncode == 0
    assert inflow("tokens", "revoke", "crm").returncode == 1
    assert json.loads(inflow("webhooks", "--json").stdout) == []
