"""Between the mailbox and the commit: what may happen there on a real server."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from inflow import imap, intake
from inflow.config import MailboxSettings
from inflow.desk.world import World
from inflow.imap import Mailbox, MailboxError
from inflow.intake import Watch, backoff, batches
from inflow.store import mailboxes
from inflow.store.mailboxes import Lease, LeaseLostError
from inflow.store.schema import message
from tests.jobs.conftest import mail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.process import wait_until
from tests.servers.proxy import Proxy


@pytest.fixture
def world(make_world: Callable[..., World], dovecot: Dovecot, imap_user: str, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("INFLOW_IMAP_PASSWORD", PASSWORD)
    return make_world(imap_port=dovecot.port, imap_user=imap_user, poll="1s")


@pytest.fixture
def settings(world: World) -> MailboxSettings:
    return world.settings.mailboxes[0]


@pytest.fixture
def lease(world: World) -> Lease:
    with world.database.writing() as connection:
        lease = mailboxes.take(connection, "info", owner=world.owner, now=world.now())
    assert lease is not None
    return lease


@pytest.fixture
def mailbox(settings: MailboxSettings) -> Iterator[Mailbox]:
    mailbox = Mailbox(settings.imap)
    mailbox.connect()
    yield mailbox
    mailbox.close()


def step(world: World, mailbox: Mailbox, lease: Lease) -> int:
    settings = world.settings.mailboxes[0]
    return intake.step(world, settings, mailbox, lease=lease, on_new=lambda: None, stopping=threading.Event(), apart=[])


def kept(world: World) -> int:
    with world.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(message)).scalar_one()


@pytest.mark.parametrize("between", ["sizes", "fetch", "mark_done"])
def test_a_mail_that_vanishes_under_our_hands_takes_no_other_with_it(
    world: World,
    mailbox: Mailbox,
    lease: Lease,
    dovecot: Dovecot,
    imap_user: str,
    monkeypatch: pytest.MonkeyPatch,
    between: str,
) -> None:
    for n in range(3):
        dovecot.append(imap_user, mail(f"Mail {n}"))
    real = getattr(mailbox, between)

    def after_another_client(uids: Sequence[int]) -> object:
        with dovecot.login(imap_user) as other:
            other.store("2", "+FLAGS", "\\Deleted")
            other.expunge()
        return real(uids)

    monkeypatch.setattr(mailbox, between, after_another_client)
    with suppress(MailboxError):  # some servers refuse to move what is gone: the next round does
        step(world, mailbox, lease)
    monkeypatch.undo()
    step(world, mailbox, lease)
    assert kept(world) == (3 if between == "mark_done" else 2)
    assert dovecot.count(imap_user) == 0


def test_a_mail_too_big_is_marked_as_such_also_when_that_failed_at_first(
    world: World,
    settings: MailboxSettings,
    mailbox: Mailbox,
    lease: Lease,
    dovecot: Dovecot,
    imap_user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = settings.imap.model_copy(update={"max_size": 1000})
    limited = settings.model_copy(update={"imap": small})
    dovecot.append(imap_user, mail("small"))
    dovecot.append(imap_user, mail("big", "x" * 2000))

    def cut(uids: Sequence[int]) -> None:
        raise MailboxError("cut")

    def step() -> None:
        intake.step(world, limited, mailbox, lease=lease, on_new=lambda: None, stopping=threading.Event(), apart=[])

    monkeypatch.setattr(mailbox, "mark_too_big", cut)
    with suppress(MailboxError):
        step()
    monkeypatch.undo()
    step()
    assert kept(world) == 2
    assert dovecot.count(imap_user) == 0
    assert [b"Subject: big" in raw for raw in dovecot.messages(imap_user, "Inflow/TooBig")] == [True]


def test_who_has_lost_the_lease_takes_nothing_in(
    world: World, mailbox: Mailbox, lease: Lease, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.append(imap_user, mail())
    with world.database.writing() as connection:
        assert mailboxes.take(connection, "info", owner="another", now=world.now()) is None
        assert mailboxes.take(connection, "info", owner="another", now=world.now(), dead=frozenset({world.owner}))
    with pytest.raises(LeaseLostError):
        step(world, mailbox, lease)
    assert kept(world) == 0
    assert dovecot.count(imap_user) == 1


def test_a_connection_gone_deaf_is_found_out_and_made_anew(
    make_world: Callable[..., World], dovecot: Dovecot, imap_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFLOW_IMAP_PASSWORD", PASSWORD)
    monkeypatch.setattr(imap, "ANSWER_SECONDS", 1)
    with Proxy(dovecot.port) as proxy:
        world = make_world(imap_port=proxy.port, imap_user=imap_user, poll="1s")
        watch = Watch(world, world.settings.mailboxes[0], on_new=lambda: None)
        thread = threading.Thread(target=watch.run)
        thread.start()
        dovecot.append(imap_user, mail("first"))
        wait_until(lambda: kept(world) == 1, what="the first mail")
        proxy.black_hole = True
        dovecot.append(imap_user, mail("second"))
        wait_until(lambda: watch.error is not None, what="the silence to be noticed")
        proxy.heal()
        wait_until(lambda: kept(world) == 2, seconds=20, what="the second mail")
        watch.stop()
        watch.cut()
        thread.join(10)
        assert not thread.is_alive()


def test_batches_are_bounded_by_bytes_and_by_count() -> None:
    assert list(batches({})) == []
    assert [len(batch) for batch in batches(dict.fromkeys(range(250), 1))] == [100, 100, 50]
    assert list(batches({1: 5 << 20, 2: 5 << 20, 3: 50 << 20, 4: 1})) == [[1], [2], [3], [4]]


def test_the_wait_after_failures_grows_to_minutes_and_no_further() -> None:
    waits = [backoff(failures, jitter=0.5) for failures in range(1, 30)]
    assert waits == sorted(waits)
    assert waits[0] == 1
    assert waits[-1] == 300
