"""A machine that does to the store what a life does: mails come, processes book, send, die and come back, time passes.

After every step the audit is clean; what is recorded as sent was sent; in the end every forward is sent, or failed with an event.
"""

import asyncio
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from inflow import triage
from inflow.casework import delivery as law
from inflow.casework.delivery import Outcome, may_begin
from inflow.config import build
from inflow.desk.learning import Learner
from inflow.desk.world import open_world
from inflow.dispatch import Dispatch, _Attempt
from inflow.mail.message import Message
from inflow.mail.parse import parse
from inflow.reader import Reader, Unreadable
from inflow.smtp import Result
from inflow.store import audit, deliveries, received
from inflow.store.rows import Due
from inflow.store.schema import delivery, message
from inflow.triage import Batch
from tests.servers.config import config_text

MAX_ATTEMPTS = 3
OWNERS = st.sampled_from(["a", "b"])


class PlainReader:
    """Reads without a child: what the machine feeds is harmless."""

    def warm(self) -> None:
        """Nothing to start."""

    def read_all(self, mails: Sequence[tuple[bytes, str]]) -> list[Message]:
        return [parse(raw) for raw, _ in mails]

    def unread(self, raw: bytes, reason: str) -> Unreadable:
        return Unreadable(raw=raw, reason=reason)


class Outbox(RuleBasedStateMachine):
    """Two processes over one store; `told` counts what the server has said 250 to."""

    def __init__(self) -> None:
        super().__init__()
        self.usual, law.MAX_ATTEMPTS = law.MAX_ATTEMPTS, MAX_ATTEMPTS
        self.folder = TemporaryDirectory()
        self.now = datetime(2026, 11, 22, tzinfo=UTC)
        url = f"sqlite:///{self.folder.name}/inflow.db"
        text = config_text(imap_port=1, imap_user="info", smtp_port=1, database_url=url)
        world = open_world(build(tomllib.loads(text), folder=Path(self.folder.name)))
        self.worlds = {owner: replace(world, owner=owner, now=lambda: self.now) for owner in ("a", "b")}
        self.database = world.database
        self.uids = count(1)
        self.mails = 0
        self.told: Counter[int] = Counter()
        self.blamed_for: Counter[int] = Counter()
        self.in_hand: dict[str, list[Due]] = {"a": [], "b": []}

    @rule(copies=st.integers(1, 3), again=st.booleans())
    def mail_comes(self, *, copies: int, again: bool) -> None:
        self.mails += not again or not self.mails
        raw = b"From: e@kund.test\r\nSubject: %d\r\n\r\nHej" % self.mails
        seen = [received.seen(raw, mailbox="info", uidvalidity=n, uid=next(self.uids)) for n in range(copies)]
        with self.database.writing(durable=True) as connection:
            received.admit(connection, seen, now=self.now)

    @rule(owner=OWNERS, slow=st.booleans())
    def triage(self, owner: str, *, slow: bool) -> None:
        """Sometimes so slow that the other process takes the batch over."""
        world = self.worlds[owner]
        batch = triage.take(world, cast(Reader, PlainReader()), Learner(world))
        if slow:
            self.blame(batch)
            self.now += received.CLAIMED_FOR + timedelta(seconds=1)
            self.triage("b" if owner == "a" else "a", slow=False)
        triage.put(world, batch)

    @rule(owner=OWNERS)
    def triage_dies(self, owner: str) -> None:
        """With all that the process had in hand; it comes back under another name."""
        batch = triage.take(self.worlds[owner], cast(Reader, PlainReader()), Learner(self.worlds[owner]))
        self.blame(batch)
        self.worlds[owner] = replace(self.worlds[owner], owner=f"{owner}{next(self.uids)}")
        self.in_hand[owner].clear()

    def blame(self, batch: Batch) -> None:
        """A mail that was alone in a hand that died, or was too slow, may be what it died of."""
        self.blamed_for.update(waiting.id for waiting, _ in batch if len(batch) == 1)

    @rule(owner=OWNERS)
    def book(self, owner: str) -> None:
        """What has been tried too often is given up as soon as it is in hand, before anything else happens to it."""
        booked = [booked.due for booked in Dispatch(self.worlds[owner])._book(3)]
        hopeless = [due for due in booked if not self.may_begin(due)]
        self.in_hand[owner] += [due for due in booked if due not in hopeless]
        for due in hopeless:
            self.settle(owner, due, Outcome.NEVER)

    def may_begin(self, due: Due) -> bool:
        return may_begin(attempts=due.attempts - 1, queued_at=due.queued_at, now=self.now)

    def settle(self, owner: str, due: Due, outcome: Outcome) -> None:
        result = Result(outcome=outcome, error=None if outcome is Outcome.SENT else "no")
        Dispatch(self.worlds[owner])._record([_Attempt(due=due, result=result, settled=asyncio.Event())])

    @precondition(lambda self: any(self.in_hand.values()))
    @rule(owner=OWNERS, outcome=st.sampled_from(Outcome), dies=st.sampled_from(["no", "no", "before", "after"]))
    def attempt(self, owner: str, outcome: Outcome, dies: str) -> None:
        if not self.in_hand[owner]:
            return
        due = self.in_hand[owner].pop(0)
        if dies == "before":
            self.in_hand[owner].clear()
            return
        outcome = outcome if self.may_begin(due) else Outcome.NEVER
        self.told[due.id] += outcome is Outcome.SENT
        if dies == "after":
            self.in_hand[owner].clear()
            return
        self.settle(owner, due, outcome)

    @rule(owner=OWNERS)
    def stop(self, owner: str) -> None:
        Dispatch(self.worlds[owner])._release([due.id for due in self.in_hand[owner]])
        self.in_hand[owner].clear()

    @rule()
    def time_passes(self) -> None:
        """To the next moment at which anything is due."""
        with self.database.reading() as connection:
            moments = [deliveries.next_due(connection), received.next_due(connection)]
        later = [moment for moment in moments if moment is not None and moment > self.now]
        self.now = min(later, default=self.now + timedelta(seconds=1))

    @rule()
    def an_operator_tries_again(self) -> None:
        with self.database.writing() as connection:
            deliveries.retry(connection, None, now=self.now)

    @invariant()
    def nothing_is_amiss(self) -> None:
        with self.database.reading() as connection:
            assert list(audit.broken(connection)) == []
            sent = set(connection.scalars(select(delivery.c.id).where(delivery.c.status == "sent")))
            attempts = connection.scalars(select(delivery.c.attempts).where(delivery.c.status == "queued")).all()
            cases = connection.scalars(select(message.c.case_id).where(message.c.case_id.is_not(None))).all()
            blamed = connection.scalars(select(message.c.id).where(message.c.state == "quarantined")).all()
        assert all(self.blamed_for[id_] >= received.QUARANTINE_AFTER for id_ in blamed)
        assert sent <= (+self.told).keys()
        assert all(number <= MAX_ATTEMPTS + 1 for number in attempts)
        assert len(cases) == len(set(cases)) <= self.mails

    def teardown(self) -> None:
        """What is left goes through in the end, without anybody's help."""
        try:
            self._finish()
        finally:
            law.MAX_ATTEMPTS = self.usual
            self.database.engine.dispose()
            self.folder.cleanup()

    def _finish(self) -> None:
        for hand in self.in_hand.values():
            hand.clear()
        for _ in range(200):
            self.triage("a", slow=False)
            self.book("a")
            while self.in_hand["a"]:
                self.attempt("a", Outcome.SENT, "no")
            with self.database.reading() as connection:
                if deliveries.next_due(connection) is None and received.next_due(connection) is None:
                    break
            self.time_passes()
        else:
            raise AssertionError("something never ends")
        self.nothing_is_amiss()
        with self.database.reading() as connection:
            filed = connection.scalars(select(message.c.id).where(message.c.case_id.is_not(None))).all()
        assert len(filed) == self.mails


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
