"""Acting on the board leaves the same traces as by mail, and speaks outward for members alone."""

import re
from datetime import timedelta

import pytest

from inflow.casework.case import Status
from inflow.desk.world import World
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import case, kinds, last, outbox, said, told, words
from tests.web.conftest import ANNA, HANNA, HELP, INVOICE, OLLE, UNCLEAR, Browser, Visit


def test_an_answer_goes_to_the_sender_from_the_shared_address(
    visit: Visit, board_world: World, receive: Receive
) -> None:
    receive(board_world, HELP)
    anna = visit(ANNA)
    anna.get("/cases/1")
    files = [("files", ("../guide å.txt", b"Guide", "text/plain")), ("files", ("", b"", "application/octet-stream"))]
    done = anna.post("/cases/1/answer", files=files, text="Prova igen nu.\r\n\r\n> inte ett citat\r\n", once="a1")
    assert done.headers["location"] == "/cases/1?done=answered#top"
    sent = last(board_world, "relay")
    assert sent["To"] == "Eva Ek <eva@kund.test>"
    assert "info@exempel.test" in sent["From"]
    assert words(sent).strip() == "Prova igen nu.\n\n> inte ett citat"
    assert [part.get_filename() for part in sent.iter_attachments()] == ["guide å.txt"]
    assert ANNA not in sent.as_string()
    assert case(board_world).status is Status.WAITING
    assert kinds(board_world)[-1] == "replied"
    assert said(board_world)[-1] == ("out", ANNA)
    assert "Prova igen nu." in anna.get("/cases/1").text


def test_a_form_that_is_sent_twice_is_one_answer(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, HELP)
    anna = visit(ANNA)
    assert anna.post("/cases/1/answer", text="Hej", once="b2").status_code == 303
    again = anna.post("/cases/1/answer", text="Hej", once="b2")
    assert again.status_code == 409
    assert len(outbox(board_world, "relay")) == 1


def test_who_is_no_member_speaks_for_nobody_and_keeps_what_was_written(
    visit: Visit, board_world: World, receive: Receive
) -> None:
    receive(board_world, HELP)
    olle = visit(OLLE)
    assert 'id="answer-text"' not in olle.get("/cases/1").text
    for deed, form in (
        ("answer", {"text": "Jag svarar ändå"}),
        ("ask", {"whom": "x@y.test", "text": "Vad?"}),
        ("add", {"whom": "x@y.test"}),
    ):
        refused = olle.post(f"/cases/1/{deed}", **form)
        assert refused.status_code == 409
        assert "only members of support speak for it" in refused.text
    assert not outbox(board_world, "relay")


@pytest.mark.parametrize("text", ["", "  \r\n ", "── Ärende #1 ──\r\nFrån: Eva"])
def test_nothing_and_what_is_internal_is_not_sent(
    visit: Visit, board_world: World, receive: Receive, text: str
) -> None:
    receive(board_world, HELP)
    refused = visit(ANNA).post("/cases/1/answer", text=text)
    assert refused.status_code == 409
    assert not outbox(board_world, "relay")


def test_an_unclaimed_case_is_claimed_by_a_member_and_the_router_learns(
    visit: Visit, board_world: World, receive: Receive
) -> None:
    receive(board_world, UNCLEAR)
    assert visit(OLLE).post("/cases/1/claim", role="support").status_code == 409
    assert visit(ANNA).post("/cases/1/claim", role="support", why="min kund").status_code == 303
    assert (case(board_world).role, case(board_world).status) == ("support", Status.OPEN)
    assert told(board_world, "claimed") == "from ovrigt to support: min kund"
    assert visit(ANNA).post("/cases/1/claim", role="support").status_code == 409


DEEDS = [
    ("note", {"text": "Ring först.\nSen svara."}, "noted"),
    ("label", {"name": "  bråttom "}, "labelled"),
    ("route", {"role": "Ekonomi", "why": "pengar"}, "routed"),
    ("escalate", {}, "escalated"),
    ("close", {}, "closed"),
    ("ask", {"whom": "ekonomi", "text": "Är den betald?"}, "questioned"),
    ("whose", {}, "asked"),
    ("link", {"into": "#2"}, "linked"),
    ("merge", {"into": "2"}, "merged"),
    ("add", {"whom": "Pia <pia@kund.test>"}, "added"),
]


def test_a_deed_is_the_event_it_is_by_mail(visit: Visit, board_world: World, receive: Receive) -> None:
    anna = visit(ANNA)
    for place, (deed, form, kind) in enumerate(DEEDS):
        receive(board_world, mail(f"Hjälp {place}", "Det fungerar inte."), mail(f"Faktura {place}", "Hej"))
        number = 2 * place + 1
        words = {**form, **({"into": str(number + 1)} if "into" in form else {})}
        done = anna.post(f"/cases/{number}/{deed}", **words)
        assert done.status_code == 303, deed
        assert kind in kinds(board_world, number), deed
        assert anna.get(done.headers["location"]).status_code == 200


WRONG = [
    ("route", {"role": "nix"}),
    ("merge", {"into": "1"}),
    ("merge", {"into": "99"}),
    ("merge", {"into": "²"}),
    ("note", {"text": " "}),
    ("label", {"name": " "}),
    ("reopen", {}),
    ("undo", {}),
    ("release", {}),
    ("ask", {"whom": "ekonomi", "text": ""}),
    ("add", {"whom": "x"}),
]


def test_what_cannot_be_done_is_said_and_nothing_has_happened(
    visit: Visit, board_world: World, receive: Receive
) -> None:
    receive(board_world, HELP)
    anna, before = visit(ANNA), kinds(board_world)
    for deed, form in WRONG:
        refused = anna.post(f"/cases/1/{deed}", **form)
        assert refused.status_code == 409, deed
        assert 'role="alert"' in refused.text
    assert kinds(board_world) == before


def test_a_case_moved_out_of_sight_leads_back_to_the_inbox(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, HELP)
    done = visit(ANNA).post("/cases/1/route", role="hr")
    assert done.headers["location"] == "/?done=moved"
    assert visit(ANNA).get("/cases/1").status_code == 404
    assert visit(HANNA).get("/cases/1").status_code == 200


def test_a_move_is_taken_back(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, HELP)
    anna = visit(ANNA)
    assert "/cases/1/undo" not in anna.get("/cases/1").text
    assert anna.post("/cases/1/route", role="ekonomi").status_code == 303
    assert "/cases/1/undo" in anna.get("/cases/1").text
    assert anna.post("/cases/1/undo").headers["location"] == "/cases/1?done=undone#top"
    assert case(board_world).role == "support"


def test_what_was_merged_leads_to_what_goes_on(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, HELP, INVOICE)
    assert visit(ANNA).post("/cases/1/merge", into="2").headers["location"] == "/cases/2?done=merged#top"
    assert visit(ANNA).get("/cases/1").headers["location"] == "/cases/2"
    assert '/cases/1"' not in visit(ANNA).get("/?status=all").text


def test_lists_are_filtered_and_views_kept(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, HELP, INVOICE, UNCLEAR)
    anna = visit(ANNA)

    def numbers(query: str) -> list[int]:
        return [n for n in (3, 2, 1) if f'href="/cases/{n}"' in anna.get(f"/?{query}").text]

    assert numbers("") == [3, 2, 1]
    assert numbers("role=ekonomi") == [2]
    assert numbers("status=unclaimed") == [3]
    assert numbers("party=@nordkedjan.test") == [2]
    assert numbers("party=order@nordkedjan.test") == [2]
    assert numbers("party=nobody@nowhere.test") == []
    assert numbers("q=faktura") == [2]
    assert numbers("since=2026-11-22&until=2026-11-22") == [3, 2, 1]
    assert numbers("until=2026-11-21") == []
    assert numbers("since=nonsense") == [3, 2, 1]
    assert numbers("below=2") == [1]
    assert (
        anna.post("/views", name="Leverantörer <b>", query="role=ekonomi&evil=1").headers["location"]
        == "/?role=ekonomi"
    )
    assert "Leverantörer &lt;b&gt;" in anna.get("/").text
    assert "Leverantörer" not in visit(OLLE).get("/").text
    assert visit(OLLE).post("/views/1/remove").status_code == 303
    assert "Leverantörer" in anna.get("/").text
    assert anna.post("/views/1/remove").status_code == 303
    assert "Leverantörer" not in anna.get("/").text


def listed(browser: Browser, query: str) -> list[int]:
    return [int(number) for number in re.findall(r'href="/cases/(\d+)"', browser.get(f"/?{query}").text)]


def test_what_was_touched_last_comes_first_where_somebody_wants_it(
    visit: Visit, board_world: World, receive: Receive, clock: Clock
) -> None:
    receive(board_world, *(mail(f"Faktura {n}", "Hej") for n in range(53)))
    anna = visit(ANNA)
    for number in (7, 30):
        clock.move(timedelta(minutes=5))
        anna.post(f"/cases/{number}/note", text="Ringde.")
    first = listed(anna, "order=activity")
    assert first[:3] == [30, 7, 53]
    link = re.search(r'rel="next" href="/\?([^"]+)"', anna.get("/?order=activity").text)
    assert link is not None
    clock.move(timedelta(minutes=5))
    anna.post(f"/cases/{first[-1]}/note", text="Nytt medan någon läser.")
    rest = listed(anna, link[1].replace("&amp;", "&"))
    assert sorted(first + rest) == list(range(1, 54))
    assert listed(anna, "order=activity&status=all")[:2] == [53, 52]
    anna.post("/cases/30/close")
    assert 30 not in listed(anna, "order=activity")
    assert anna.get("/?order=activity&at=nonsense").status_code == 422


def test_a_page_goes_on_below_the_last_one(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, *(mail(f"Faktura {n}", "Hej") for n in range(53)))
    first = visit(ANNA).get("/?role=ekonomi").text
    assert first.count('class="row"') == 50
    assert "role=ekonomi&amp;below=4" in first
    assert visit(ANNA).get("/?role=ekonomi&below=4").text.count('class="row"') == 3
    assert visit(ANNA).get("/?since=2026-11-01&below=4").text.count('class="row"') == 3
    assert visit(ANNA).get("/?since=2026-11-01&below=99").text.count('class="row"') == 0
