"""Nothing twice: however often one mail is seen it is one message, and two mails are two though they share a Message-ID."""

import pytest
from sqlalchemy import func, select

from inflow.store.engine import open_database
from inflow.store.schema import sighting
from tests.conftest import Inflow, WriteConfig
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink
from tests.system.promises import arrived, filed, mail, prepare, subjects

NAMES = ["one", "two", "three"]
TRACES = b"Received: from b by c; Sun, 22 Nov 2026 10:00:01 +0100\r\nDelivered-To: info@exempel.test\r\nReturn-Path: <x@y.test>\r\n"


@pytest.fixture
def taken(
    database_url: str,
    dovecot: Dovecot,
    imap_user: str,
    write_config: WriteConfig,
    inflow: Inflow,
) -> str:
    """Three mails have been taken in and forwarded; the URL of the database."""
    second = dovecot.new_user()
    write_config(database_url=database_url, mailboxes={"info": imap_user, "hr-in": second})
    prepare(database_url)
    dovecot.deliver(imap_user, *[mail(name) for name in NAMES])
    assert inflow("run", "--once").returncode == 0
    return database_url


def sightings(url: str) -> int:
    database = open_database(url)
    with database.reading() as connection:
        number: int = connection.execute(select(func.count()).select_from(sighting)).scalar_one()
    database.engine.dispose()
    return number


@pytest.mark.parametrize("again", ["moved back", "new uidvalidity", "other trace headers", "second mailbox"])
def test_a_mail_seen_again_is_no_new_message_and_the_sighting_is_recorded(
    taken: str, again: str, dovecot: Dovecot, imap_user: str, sink: Sink, inflow: Inflow
) -> None:
    match again:
        case "moved back":
            move_back(dovecot, imap_user)
        case "new uidvalidity":
            move_back(dovecot, imap_user)
            dovecot.reset_uidvalidity(imap_user)
        case "other trace headers":
            dovecot.deliver(imap_user, *[TRACES + mail(name) for name in NAMES])
        case _:
            second = f"user{int(imap_user.removeprefix('user')) + 1}"
            dovecot.deliver(second, *[mail(name) for name in NAMES])
    assert inflow("run", "--once").returncode == 0
    assert {name: len(cases) for name, cases in filed(taken).items()} == dict.fromkeys(subjects(NAMES), 1)
    assert {name: len(ids) for name, ids in arrived(sink.received).items()} == dict.fromkeys(subjects(NAMES), 1)
    assert dovecot.count(imap_user) == 0
    assert sightings(taken) == 6


def move_back(dovecot: Dovecot, user: str) -> None:
    with dovecot.login(user, "Inflow/Done") as connection:
        assert connection.uid("MOVE", "1:*", "INBOX")[0] == "OK"


def test_two_mails_with_one_message_id_and_mails_with_none_are_all_kept(
    taken: str, dovecot: Dovecot, imap_user: str, sink: Sink, inflow: Inflow
) -> None:
    reused = [mail("one", text=f"något annat {n}") for n in range(2)]
    without = [b"\r\n".join(line for line in mail(name).split(b"\r\n") if b"Message-ID" not in line) for name in "xyz"]
    dovecot.deliver(imap_user, *reused, *without)
    assert inflow("run", "--once").returncode == 0
    assert {name: len(cases) for name, cases in filed(taken).items()} == {
        **dict.fromkeys(subjects(NAMES), 1),
        "Mail one.": 3,
        **dict.fromkeys(subjects("xyz"), 1),
    }
    assert len(sink.received) == 8
