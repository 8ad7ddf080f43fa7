"""One mailbox against a real Dovecot: found, fetched, marked done by whatever the server can do, and never expunged blindly."""

import threading
import time
from collections.abc import Iterator

import pytest

from inflow.imap import ImapSettings, Mailbox, MailboxError
from inflow.units import Secret
from tests.servers.dovecot import PASSWORD, Dovecot

MAILS = [f"Subject: {n}\r\nMessage-ID: <{n}@kund.test>\r\n\r\ntext {n}\r\n".encode() for n in range(3)]


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFLOW_IMAP_PASSWORD", PASSWORD)


def settings(server: Dovecot, user: str, **changes: object) -> ImapSettings:
    plain = {
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "username": user,
        "password": Secret(env="INFLOW_IMAP_PASSWORD"),
    }
    return ImapSettings(**(plain | changes))


@pytest.fixture
def mailbox(dovecot: Dovecot, imap_user: str) -> Iterator[Mailbox]:
    opened = Mailbox(settings(dovecot, imap_user))
    yield opened
    opened.close()


def test_mails_are_found_fetched_and_moved(dovecot: Dovecot, imap_user: str, mailbox: Mailbox) -> None:
    dovecot.deliver(imap_user, *MAILS)
    mailbox.connect()
    uids = mailbox.waiting(after=0)
    assert set(mailbox.fetch(uids).values()) == set(MAILS)
    assert set(mailbox.sizes(uids).values()) == {len(mail) for mail in MAILS}
    assert not any("\\Seen" in flags for flags in dovecot.flags(imap_user))

    mailbox.mark_done(uids[:2])

    assert mailbox.marks_by == "move"
    assert dovecot.count(imap_user) == 1
    assert dovecot.count(imap_user, "Inflow/Done") == 2
    assert mailbox.waiting(after=0) == uids[2:]


def test_a_uid_that_is_gone_is_simply_not_there(dovecot: Dovecot, imap_user: str, mailbox: Mailbox) -> None:
    dovecot.deliver(imap_user, *MAILS)
    mailbox.connect()
    uids = mailbox.waiting(after=0)
    other = Mailbox(settings(dovecot, imap_user))
    other.connect()
    other.mark_done(uids[:1])
    other.close()
    assert sorted(mailbox.fetch(uids)) == uids[1:]


def test_without_move_it_copies_and_expunges_only_its_own(imap_user: str) -> None:
    with Dovecot(without=["MOVE"]) as server:
        user = server.new_user()
        server.deliver(user, *MAILS)
        mailbox = Mailbox(settings(server, user))
        mailbox.connect()
        uids = mailbox.waiting(after=0)
        mailbox.client.add_flags(uids[2:], [b"\\Deleted"])
        mailbox.mark_done(uids[:1])
        mailbox.close()
        assert server.count(user, "Inflow/Done") == 1
        assert server.count(user) == 2  # what somebody else had marked \Deleted is still there


def test_without_move_and_uidplus_it_only_flags() -> None:
    with Dovecot(without=["MOVE", "UIDPLUS"]) as server:
        user = server.new_user()
        server.deliver(user, *MAILS)
        mailbox = Mailbox(settings(server, user))
        mailbox.connect()
        uids = mailbox.waiting(after=0)
        mailbox.mark_done(uids[:2])
        assert mailbox.marks_by == "keyword"
        assert mailbox.waiting(after=0) == uids[2:]
        mailbox.close()
        assert server.count(user) == 3


def test_done_by_flag_leaves_the_mail_where_it_is(dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, *MAILS)
    mailbox = Mailbox(settings(dovecot, imap_user, done="flag"))
    mailbox.connect()
    uids = mailbox.waiting(after=0)
    mailbox.mark_done(uids)
    assert mailbox.waiting(after=0) == []
    mailbox.close()
    assert [("$InflowDone" in flags, "\\Seen" in flags) for flags in dovecot.flags(imap_user)] == [(True, False)] * 3


def test_a_folder_name_is_translated_to_the_servers_separator() -> None:
    with Dovecot(hierarchy=".") as server:
        user = server.new_user()
        server.deliver(user, MAILS[0])
        mailbox = Mailbox(settings(server, user))
        mailbox.connect()
        mailbox.mark_done(mailbox.waiting(after=0))
        assert "Inflow.Done" in mailbox.folders()
        mailbox.close()


def test_idle_ends_when_a_mail_comes(dovecot: Dovecot, imap_user: str, mailbox: Mailbox) -> None:
    mailbox.connect()
    timer = threading.Timer(0.5, dovecot.append, (imap_user, MAILS[0]))
    timer.start()
    begun = time.monotonic()
    mailbox.wait(20)
    assert time.monotonic() - begun < 5
    timer.join()
    assert len(mailbox.waiting(after=0)) == 1


def test_a_wait_ends_when_it_is_woken_or_cut(mailbox: Mailbox) -> None:
    mailbox.connect()
    for end in (mailbox.wake, mailbox.abort):
        timer = threading.Timer(0.3, end)
        timer.start()
        begun = time.monotonic()
        try:
            mailbox.wait(20)
        except MailboxError:
            assert end == mailbox.abort
        assert time.monotonic() - begun < 5
        timer.join()


def test_a_wrong_password_and_a_missing_folder_are_told(
    dovecot: Dovecot, imap_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG", "fel")
    wrong = Mailbox(settings(dovecot, imap_user, password=Secret(env="WRONG")))
    with pytest.raises(MailboxError, match="login failed"):
        wrong.connect()
    wrong.close()
    missing = Mailbox(settings(dovecot, imap_user, folder="Inkorgen"))
    with pytest.raises(MailboxError, match="Inkorgen"):
        missing.connect()
    assert "INBOX" in missing.folders()
    missing.close()


def test_it_never_falls_to_clear_text(dovecot: Dovecot, imap_user: str) -> None:
    for security in ("starttls", "tls"):
        mailbox = Mailbox(settings(dovecot, imap_user, security=security))
        with pytest.raises(MailboxError):
            mailbox.connect()
        mailbox.close()


def test_nobody_listens(imap_user: str) -> None:
    mailbox = Mailbox(
        ImapSettings(host="127.0.0.1", port=1, security="none", username=imap_user, password=Secret(env="X"))
    )
    with pytest.raises(MailboxError):
        mailbox.connect()
    mailbox.close()
