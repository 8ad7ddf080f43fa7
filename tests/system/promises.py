"""What must hold after any trouble, asked of the mailbox, of the database and of the mails that arrived."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from email import policy
from email.parser import BytesHeaderParser

from sqlalchemy import select

from inflow.store import audit
from inflow.store.engine import open_database
from inflow.store.migrate import upgrade
from inflow.store.schema import message
from tests.servers.sink import Received


def prepare(url: str) -> None:
    """The tables, on either engine."""
    database = open_database(url)
    upgrade(database)
    database.engine.dispose()


def mail(name: str, *, sender: str = "", headers: str = "", text: str = "") -> bytes:
    """A mail that says its name in the subject, and what it is about in one line."""
    sender = sender or f"{name}@kund.test"
    return (
        f"From: {sender}\r\nTo: info@exempel.test\r\nSubject: Mail {name}.\r\nMessage-ID: <{name}@kund.test>\r\n"
        f"Date: Sun, 22 Nov 2026 10:00:00 +0100\r\n{headers}MIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text or 'Hej från ' + name}\r\n"
    ).encode()


def filed(url: str) -> dict[str, list[int]]:
    """For each subject that came in, the cases its messages belong to; and nothing in the database is amiss."""
    database = open_database(url)
    found = defaultdict(list)
    with database.reading() as connection:
        assert list(audit.broken(connection)) == []
        assert audit.contradicted(connection, after=0, limit=100_000)[1] == []
        rows = connection.execute(
            select(message.c.subject, message.c.case_id, message.c.state).where(message.c.direction == "in")
        )
        for subject, case, state in rows:
            assert state == "filed", (subject, state)
            found[subject].append(case)
    database.engine.dispose()
    return found


def arrived(received: Iterable[Received]) -> dict[str, list[str]]:
    """For each subject that was forwarded, the Message-IDs of the copies that arrived."""
    found = defaultdict(list)
    for one in received:
        forward = BytesHeaderParser(policy=policy.default).parsebytes(one.raw)
        found[forward["Subject"].partition("] ")[2]].append(str(forward["Message-ID"]))
    return found


def extra_copies(copies: dict[str, list[str]]) -> int:
    """How many arrived more than once; every copy bears the Message-ID of the first."""
    for subject, ids in copies.items():
        assert len(set(ids)) == 1, (subject, ids)
    return sum(Counter({subject: len(ids) - 1 for subject, ids in copies.items()}).values())


def subjects(names: Iterable[str]) -> set[str]:
    """The subjects of mails of these names."""
    return {f"Mail {name}." for name in names}
