"""A week in the life of a house, on both databases: real mailbox, real relay, a fast clock. The letters that come out are read."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from inflow.casework.alike import said
from inflow.desk import letter
from inflow.store import audit, cases
from tests.conftest import Inflow, WriteConfig
from tests.servers.config import HEAD, ROLES
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.sink import Sink
from tests.system.promises import prepare
from tests.system.week import PEOPLE, House, Writer, html, plain

BOSS, SUPPORT, HR = "ledning@exempel.test", "support@exempel.test", "hr@exempel.test"
CONFIDENTIAL = ROLES.replace("confidential = true", 'confidential = true\nmembers = ["hanna@exempel.test"]')
HOURS = HEAD.replace("[database]", 'working_hours = ["mon-fri 08:00-17:00"]\n\n[database]')
MORE = """
[[promise]]
role = ["ekonomi"]
first_answer = "6h"
"""
WRITERS = [Writer(name=name) for name in PEOPLE]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November, in UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def house(
    database_url: str,
    write_config: WriteConfig,
    monkeypatch: pytest.MonkeyPatch,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
) -> Iterator[House]:
    monkeypatch.setenv("INFLOW_IMAP_PASSWORD", PASSWORD)
    prepare(database_url)
    config = write_config(database_url=database_url, head=HOURS, roles=CONFIDENTIAL, more=MORE)
    house = House.of(config, dovecot=dovecot, user=imap_user, sink=sink)
    yield house
    with house.world.database.reading() as connection:
        assert list(audit.broken(connection)) == []
        assert audit.contradicted(connection, after=0, limit=1000)[1] == []
    house.world.database.engine.dispose()


def play(house: House) -> None:
    """Two weeks: the first is quiet; in the second a thing breaks, somebody asks what nobody owns, and somebody tells a secret."""
    quiet(house)
    monday_and_tuesday(house)
    wednesday(house)
    rest_of_the_week(house)


def quiet(house: House) -> None:
    for day, who in ((9, 0), (10, 1), (12, 2)):
        house.until(at(day, 8))
        house.routine(WRITERS[who])


def monday_and_tuesday(house: House) -> None:
    house.until(at(16, 8))
    for who in WRITERS[:4]:
        house.routine(who)
    house.write(WRITERS[5], "Bryggan", "Får man ha hunden lös på bryggan om kvällen?")
    house.write(WRITERS[6], "Min chef", "Chefen Gösta skriker åt mig i fikarummet varje dag. Jag vågar inte gå dit.")
    house.write(WRITERS[7], "Fel faktura", "Det här är ingen faktura: kaffebryggaren läcker och jag vill ha hjälp.")
    house.until(at(16, 9))
    for mail in house.sent("ovrigt@exempel.test", "Min chef"):
        house.answer(mail, "/route hr", by="anna@exempel.test")
    for mail in house.sent("ekonomi@exempel.test", "ingen faktura"):
        house.answer(mail, "/route support den läcker", by="bo@exempel.test")
    house.until(at(16, 11))
    for mail in house.sent(SUPPORT, "Svara:", "glömt")[:1]:
        house.answer(mail, "Tryck på 'glömt lösenord', så kommer ett nytt.", by="anna@exempel.test")
    for mail in house.sent(HR, "Min chef")[:1]:
        house.answer(mail, "/andon Gösta måste bort i dag", by="hanna@exempel.test")
    house.until(at(17, 8))


def wednesday(house: House) -> None:
    """The portal breaks; twelve write in two hours. The cord pulls itself, people pull it too, the management answers."""
    house.until(at(18, 9))
    for who in WRITERS[:7]:
        house.portal(who)
    house.until(at(18, 9, 30))
    for who in WRITERS[7:12]:
        house.portal(who)
    house.portal(WRITERS[0])
    house.write(Writer(name="Mallory Malmgren"), "Sv: larm", "/andon Jag är kund och vill ha snöret")
    house.until(at(18, 10))
    forwards = house.sent(SUPPORT, "Svara:", "Kundportalen")
    for mail in forwards[:3]:
        house.answer(mail, "/andon Alla ringer om portalen", by="bo@exempel.test")
    for mail in house.sent("ovrigt@exempel.test", "Svara:", "E42"):
        house.answer(mail, f"/same {forwards[0]['X-Inflow-Case']}\n/route support", by="anna@exempel.test")
    house.until(at(18, 10, 30))
    house.until(at(18, 11, 5))
    (called,) = house.sent(BOSS, "Snöret drogs av sig självt")
    house.answer(called, "/andon-answer Vi backar utgåvan före lunch.", by="ledning@exempel.test")
    house.until(at(18, 12))
    house.answer(house.sent(SUPPORT, "Svara:", "E42")[0], "/problem Kundportalen", by="anna@exempel.test")
    house.until(at(18, 13))
    house.answer(
        house.sent(SUPPORT, "Svara:", "E42")[0],
        "/löst Kundportalen går igen. Tack för att du sade till!",
        by="anna@exempel.test",
    )
    house.until(at(18, 14))
    (solved,) = house.sent("anna@exempel.test", "väntar på besked")
    house.answer(solved, "/berätta", by="anna@exempel.test")
    house.until(at(18, 15))


def rest_of_the_week(house: House) -> None:
    for day in (19, 20):
        house.until(at(day, 8))
        house.routine(WRITERS[day % 7])
    house.until(at(23, 7))


def test_a_week_is_played_and_the_letters_tell_it(house: House, inflow: Inflow) -> None:
    play(house)
    everybody_was_told_once(house)
    the_cord_called_once_and_then_in_sums(house)
    (sent,) = house.sent(BOSS, "vecka 2026-W47")
    the_letter_tells_the_week(plain(sent))
    nothing_personal_and_nothing_confidential(house, plain(sent) + html(sent))
    its_html_says_the_same(plain(sent), html(sent))
    every_number_has_its_cases(house, plain(sent))
    what_the_commands_show(inflow)


def everybody_was_told_once(house: House) -> None:
    for who in WRITERS[:12]:
        assert len(house.sent(who.address, "Kundportalen går igen")) == 1, who
    assert house.sent("mallory@malmgren.test") == []


def the_cord_called_once_and_then_in_sums(house: House) -> None:
    assert len(house.sent(BOSS, "Snöret drogs av sig självt")) == 1
    sums = [plain(mail) for mail in house.sent(BOSS, "Larmet hänger kvar", "problem")]
    assert 1 <= len(sums) <= 2
    assert "Totalt 4 drag, 12 avsändare" in sums[-1]
    assert "Vi backar utgåvan" in plain(house.sent(SUPPORT, "Larmet besvarat")[0])
    assert house.sent(SUPPORT, "andra har skrivit om", "samma sak")
    assert house.sent(SUPPORT, "LARM:", "Svara:")


def the_letter_tells_the_week(text: str) -> None:
    assert len(text.splitlines()) <= 60
    assert max(map(len, text.splitlines())) <= 100
    assert re.search(r"2\d ärenden, veckan före 2 +\[in\]", text)
    assert re.search(r"12 har skrivit om Kundportalen \(löst\) +\[problem:\d\]", text)
    assert re.search(r"“.*[Kk]undportalen.*”", text)
    assert re.search(r"fick svar: hälften inom .*, nio av tio inom .* +\[answered\]", text)
    assert re.search(r"\d fråg(?:a|or) som ingen roll tog +\[gaps\]", text)
    assert "“Får man ha hunden lös på bryggan om kvällen?”" in text
    assert re.search(r"Kundportalen: 12, brukar vara 0 +\[problem:\d\]", text)
    assert re.search(r"1 från ekonomi till support +\[moved:ekonomi:support\]", text)
    assert re.search(r"1 löfte bröts +\[broken\]", text)
    assert re.search(r"snöret drogs \d gånger", text)
    assert "förtroligt" in text


def nothing_personal_and_nothing_confidential(house: House, text: str) -> None:
    for who in (*WRITERS, Writer(name="Mallory Malmgren")):
        for name in (*who.name.split(), who.address):
            assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text), name
    assert not re.search(r"07\d-\d|\d{6}-\d{4}|Storgatan", text)
    secret = set(said("Min chef", "Chefen Gösta skriker i fikarummet").values())
    public = [mail for one in (BOSS, SUPPORT, "ekonomi@exempel.test") for mail in house.sent(one)]
    for mail in (*map(plain, public), text):
        assert not secret & set(re.findall(r"\w+", mail.lower())), mail
    assert house.sent(HR, "Gösta måste bort")


def its_html_says_the_same(text: str, page: str) -> None:
    for line in text.splitlines():
        if found := re.fullmatch(r"  (\S.*?) +\[(\S+)\]", line):
            assert found[1] in page
            assert f">{found[2]}<" in page


def every_number_has_its_cases(house: House, text: str) -> None:
    pattern = r"^  (\d+) (?:ärenden?|fråg|fick|väntar|från|har skrivit).*\[(\S+)\]$"
    told = {key: int(number) for number, key in re.findall(pattern, text, re.MULTILINE)}
    assert {"in", "answered", "waiting", "gaps", "moved"} <= told.keys()
    with house.world.database.reading() as connection:
        span = letter.named(house.world, "2026-W47")
        for key, number in told.items():
            behind = [cases.get(connection, one) for one in letter.numbers(connection, span, key)]
            assert len({one.party.address for one in behind} if key.startswith("problem") else behind) == number, key


def what_the_commands_show(inflow: Inflow) -> None:
    listed = json.loads(inflow("problems", "list", "--all", "--json").stdout)
    problem = max(listed, key=lambda one: one["senders"])
    assert (problem["title"], problem["state"], problem["senders"]) == ("Kundportalen", "solved", 12)
    (secret,) = json.loads(inflow("andon", "list", "--json").stdout)
    assert secret["reason"] == "(confidential)"
    assert "Kundportalen" in inflow("letter", "--week", "2026-W47").stdout
    behind = json.loads(inflow("letter", "--week", "2026-W47", "--cases", "moved:ekonomi:support", "--json").stdout)
    assert [one["subject"] for one in behind] == ["Fel faktura"]
    assert "there are: in, answered" in inflow("letter", "--cases", "nonsense").stderr
    assert inflow("letter", "--week", "W47").returncode == 1
