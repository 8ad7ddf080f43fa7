"""Programs act on cases as people do on the board, read mail as it came, and know the ready answers."""

import base64
from typing import Any

from inflow.casework.bank import Entry
from inflow.casework.case import Status
from inflow.desk import answers, problems
from inflow.desk.world import World
from inflow.store import events
from tests.jobs.conftest import Receive
from tests.jobs.conversing import case, kinds, last, outbox, words
from tests.web.conftest import HELP, INVOICE, SECRET, UNCLEAR, Call


def history(world: World, number: int = 1) -> list[tuple[str, str]]:
    with world.database.reading() as connection:
        return [(one["kind"], one["by"]) for one in events.of_case(connection, number)]


def test_an_answer_with_a_ready_answer_and_a_file_goes_out_once(
    call: Call, board_world: World, receive: Receive
) -> None:
    answers.keep(board_world.settings.answers.folder, Entry(key="nytt", text="Byt lösenord på sidan."))
    receive(board_world, HELP)
    said: dict[str, Any] = {
        "text": "Hej Eva!",
        "ready": "nytt",
        "once": "order17",
        "files": [
            {"filename": "guide å.txt", "content_type": "text/plain", "content": base64.b64encode(b"Guide").decode()}
        ],
    }
    assert call("POST", "/cases/1/answer", "act", "read", json=said).status_code == 403
    assert call("POST", "/cases/1/answer", "speak", json=said).json()["status"] == "waiting"
    again = call("POST", "/cases/1/answer", "speak", json=said)
    assert (again.status_code, again.json()) == (409, {"detail": "this answer has been sent already"})
    assert len(outbox(board_world, "relay")) == 1
    sent = last(board_world, "relay")
    assert words(sent).strip() == "Hej Eva!\n\nByt lösenord på sidan."
    assert [part.get_filename() for part in sent.iter_attachments()] == ["guide å.txt"]
    assert "support@exempel.test" not in sent.as_string()
    assert history(board_world)[-1] == ("replied", "api:speak")
    assert case(board_world).status is Status.WAITING


def test_an_unclaimed_case_is_claimed_asked_about_and_merged(call: Call, board_world: World, receive: Receive) -> None:
    receive(board_world, UNCLEAR, INVOICE)
    assert call("POST", "/cases/1/claim", "speak", json={"role": "Support"}).json()["role"] == "support"
    asked = {"whom": "hjalp@leverantor.test", "text": "Känner ni till det?"}
    assert call("POST", "/cases/1/ask", "speak", json=asked).status_code == 200
    assert last(board_world, "relay")["To"] == "hjalp@leverantor.test"
    assert call("POST", "/cases/1/add", "speak", json={"whom": "bo@kund.test"}).status_code == 200
    assert call("POST", "/cases/1/label", "act", json={"label": "viktigt"}).json()["labels"] == [
        "viktigt",
        "with-supplier",
    ]
    assert call("POST", "/cases/2/merge", "act", json={"into": 1}).json()["number"] == 1
    assert call("POST", "/cases/2/close", "act", json={}).json()["number"] == 1
    assert kinds(board_world)[-6:] == ["claimed", "questioned", "added", "labelled", "merged-in", "closed"]


def test_what_a_deed_does_not_know_is_refused(call: Call, board_world: World, receive: Receive) -> None:
    receive(board_world, HELP)
    for deed, wrong in (
        ("note", {}),
        ("note", {"text": ""}),
        ("route", {"role": "ekonomi", "wy": "stavfel"}),
        ("merge", {"into": "x"}),
        ("close", []),
    ):
        assert call("POST", f"/cases/1/{deed}", "act", json=wrong).status_code == 422, deed
    files = {"files": [{"filename": "x", "content": "inte base64!"}]}
    assert call("POST", "/cases/1/answer", "speak", json=files).status_code == 422
    assert call("POST", "/cases/1/answer", "speak", json={}).status_code == 409
    assert not outbox(board_world, "relay")


def test_mail_and_files_come_as_they_were(call: Call, board_world: World, receive: Receive) -> None:
    receive(board_world, SECRET)
    raw = call("GET", "/cases/1/messages/1/raw", "confidential", "read")
    assert raw.content == SECRET
    file = call("GET", "/cases/1/messages/1/files/0", "confidential", "read")
    assert file.content == b"%PDF-zebra"
    for found in (raw, file):
        assert found.headers["content-type"] == "application/octet-stream"
        assert found.headers["content-disposition"].startswith("attachment;")
        assert found.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in found.headers["content-security-policy"]
    (shown,) = call("GET", "/cases/1", "confidential", "read").json()["conversation"][0]["attachments"]
    assert (shown["position"], shown["filename"]) == (0, "zebra.pdf")


def test_a_mail_of_another_case_is_not_there(call: Call, board_world: World, receive: Receive) -> None:
    receive(board_world, INVOICE, HELP)
    assert call("GET", "/cases/1/messages/2/raw", "read").status_code == 404
    assert call("GET", "/cases/2/messages/2/raw", "read").content == HELP


def test_ready_answers_are_listed_and_offered_for_a_case(call: Call, board_world: World, receive: Receive) -> None:
    entry = Entry(key="inloggning", title="Logga in", questions=("Jag kan inte logga in",), text="Byt lösenord.")
    answers.keep(board_world.settings.answers.folder, entry)
    receive(board_world, HELP)
    (listed,) = call("GET", "/answers", "read").json()
    assert (listed["key"], listed["used"], listed["valid_until"]) == ("inloggning", 0, None)
    assert call("GET", "/answers/inloggning", "read").json() == listed
    assert call("GET", "/answers/annat", "read").status_code == 404
    (likely,) = call("GET", "/cases/1/answers", "read").json()
    assert (likely["key"], likely["text"]) == ("inloggning", "Byt lösenord.")
    assert "logga" in likely["words"]
    call("POST", "/cases/1/answer", "speak", json={"ready": "inloggning"})
    assert call("GET", "/answers/inloggning", "read").json()["used"] == 1


def test_what_is_larger_than_a_request_may_be_is_refused(call: Call, board_world: World) -> None:
    refused = call("POST", "/cases/1/note", "act", content=b"x", headers={"content-length": str(33 << 20)})
    assert refused.status_code == 413


def test_a_problem_is_told_as_far_as_the_token_sees_its_cases(call: Call, board_world: World, receive: Receive) -> None:
    receive(board_world, HELP, INVOICE, UNCLEAR, SECRET)
    with board_world.database.writing() as connection:
        problems.same(connection, board_world, 2, 1, by="bo")
        problems.same(connection, board_world, 3, 1, by="bo")
    whole = call("GET", "/problems/1", "read").json()
    assert [one["case"] for one in whole["reports"]] == [1, 2, 3]
    assert (whole["cases"], whole["senders"], whole["state"], whole["loud"]) == (3, 3, "open", False)
    call("POST", "/cases/3/route", "act", json={"role": "hr"})
    listed = call("GET", "/problems", "read").json()
    assert [(one["number"], one["cases"]) for one in listed] == [(1, 2)]
    assert [one["case"] for one in call("GET", "/problems/1", "read").json()["reports"]] == [1, 2]
    assert len(call("GET", "/problems/1", "confidential", "read").json()["reports"]) == 3
    with board_world.database.writing() as connection:
        problems.solve(connection, board_world, 1, "Det är lagat.", by="bo")
    assert call("GET", "/problems", "read").json() == []
    assert call("GET", "/problems?solved=true", "read").json()[0]["answer"] == "Det är lagat."
    assert call("GET", "/problems/2", "read").status_code == 404


def test_a_problem_is_made_named_owned_solved_and_told(call: Call, board_world: World, receive: Receive) -> None:
    receive(board_world, HELP, INVOICE, UNCLEAR)
    assert call("POST", "/cases/2/problem/same", "act", json={"into": 1}).json()["number"] == 2
    assert call("POST", "/cases/1/problem/name", "act", json={"name": "Sidan nere"}).status_code == 200
    assert call("POST", "/problems/1/join", "act", json={"case": 3}).json()["cases"] == 3
    assert call("POST", "/problems/1/leave", "act", json={"case": 3}).json()["cases"] == 2
    assert call("POST", "/problems/1/own", "act", json={"role": "support"}).json()["owner"] == "support"
    assert call("POST", "/problems/1/andon", "act", json={"why": "Allt står"}).json()["loud"] is True
    assert call("POST", "/problems/1/tell", "speak", json={}).status_code == 409
    solved = call("POST", "/problems/1/solve", "act", json={"text": "Det är lagat."}).json()
    assert (solved["title"], solved["state"]) == ("Sidan nere", "solved")
    assert call("POST", "/problems/1/tell", "act", json={}).status_code == 403
    assert call("POST", "/problems/1/tell", "speak", json={}).status_code == 200
    assert [len(outbox(board_world, "relay", number=number)) for number in (1, 2, 3)] == [1, 1, 0]
    assert call("POST", "/problems/1/leave", "act", json={"case": 1}).json()["cases"] == 1
    assert call("POST", "/problems/1/leave", "act", json={"case": 2}).json() is None
    assert call("POST", "/problems/1/name", "act", json={"name": "x"}).json() == {"detail": "there is no such problem"}


def test_the_cord_is_pulled_seen_and_answered(call: Call, board_world: World, receive: Receive) -> None:
    pulled = call("POST", "/cords/pull", "act", json={"why": "Ingen når oss"}).json()
    assert (pulled["number"], pulled["by"], pulled["pulls"], pulled["case"]) == (1, "api:act", 1, None)
    assert call("POST", "/cords/pull", "act", json={"why": "Ingen når oss"}).json()["pulls"] == 2
    receive(board_world, SECRET)
    assert call("POST", "/cases/1/problem/andon", "act", "confidential", json={"why": "Hemligt"}).status_code == 200
    assert [one["number"] for one in call("GET", "/cords", "read").json()] == [1]
    _, secret = call("GET", "/cords", "read", "confidential").json()
    refused = call("POST", f"/cords/{secret['number']}/answer", "act", json={"text": "x"})
    assert refused.json() == {"detail": "there is no such cord"}
    answered = call("POST", "/cords/1/answer", "act", json={"text": "Vi ringer."}).json()
    assert (answered["answer"], answered["answered_by"]) == ("Vi ringer.", "api:act")
    assert call("POST", "/cords/1/answer", "act", json={"text": "Igen."}).status_code == 409
    assert call("GET", "/cords", "read").json() == []


def test_a_problem_of_a_confidential_role_is_not_there(call: Call, board_world: World, receive: Receive) -> None:
    receive(board_world, SECRET, SECRET.replace(b"zebra@", b"zebra2@").replace(b"Zebra:", b"Zebra igen:"))
    with board_world.database.writing() as connection:
        problems.same(connection, board_world, 2, 1, by="hanna@exempel.test")
    assert call("GET", "/problems?solved=true", "read").json() == []
    assert call("GET", "/problems/1", "read").json() == {"detail": "there is no such problem"}
    assert call("GET", "/problems/1", "confidential", "read").json()["cases"] == 2
