"""The servers that other tests stand on do what those tests believe they do."""

import imaplib
import smtplib
import ssl

import psycopg
import pytest

from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postgres import Postgres
from tests.servers.proxy import Proxy
from tests.servers.sink import Sink, Stage

MAIL = b"From: a@kund.test\r\nTo: info@exempel.test\r\nSubject: hej\r\n\r\nhej\r\n"


def send(sink: Sink, *recipients: str) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP(sink.host, sink.port, timeout=10) as client:
        return client.sendmail("a@kund.test", recipients, MAIL)


def offered(client: imaplib.IMAP4) -> set[str]:
    return set(client.capability()[1][0].decode().split())


def test_an_appended_mail_is_there_with_its_bytes(dovecot: Dovecot, imap_user: str) -> None:
    dovecot.append(imap_user, MAIL)
    assert dovecot.messages(imap_user) == [MAIL]


def test_a_delivered_mail_is_there_with_its_bytes(dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, MAIL, MAIL + b"2")
    assert dovecot.messages(imap_user) == [MAIL, MAIL + b"2"]


def test_each_user_has_a_mailbox_of_its_own(dovecot: Dovecot, imap_user: str) -> None:
    dovecot.append(imap_user, MAIL)
    assert dovecot.count(dovecot.new_user()) == 0


def test_folders_are_made_and_counted(dovecot: Dovecot, imap_user: str) -> None:
    dovecot.append(imap_user, MAIL, "Inflow/Done")
    assert (dovecot.count(imap_user), dovecot.count(imap_user, "Inflow/Done")) == (0, 1)


def test_dovecot_offers_what_a_modern_server_offers(dovecot: Dovecot, imap_user: str) -> None:
    with dovecot.login(imap_user) as client:
        assert {"IDLE", "MOVE", "UIDPLUS"} <= offered(client)


def test_dovecot_can_hide_what_an_old_server_lacks() -> None:
    with Dovecot(without=["MOVE", "UIDPLUS"]) as server, server.login(server.new_user()) as client:
        assert {"MOVE", "UIDPLUS"}.isdisjoint(offered(client))


def test_dovecot_refuses_a_wrong_password(dovecot: Dovecot, imap_user: str) -> None:
    with (
        imaplib.IMAP4(dovecot.host, dovecot.port) as client,
        pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"),
    ):
        client.login(imap_user, "wrong")


def test_dovecot_speaks_tls_with_a_certificate_of_its_own_authority(dovecot: Dovecot, imap_user: str) -> None:
    trusted = ssl.create_default_context(cafile=str(dovecot.root / "authority.pem"))
    with imaplib.IMAP4_SSL("localhost", dovecot.tls_port, ssl_context=trusted) as client:
        assert client.login(imap_user, PASSWORD)[0] == "OK"


def test_a_reset_uidvalidity_changes_and_keeps_the_mail(dovecot: Dovecot, imap_user: str) -> None:
    def uidvalidity() -> object:
        with dovecot.login(imap_user) as client:
            return client.response("UIDVALIDITY")[1]

    dovecot.append(imap_user, MAIL)
    before = uidvalidity()
    dovecot.reset_uidvalidity(imap_user)
    assert uidvalidity() != before
    assert dovecot.messages(imap_user) == [MAIL]


def test_each_postgresql_database_is_fresh_and_durable(postgres: Postgres) -> None:
    first, second = postgres.create(), postgres.create()
    with psycopg.connect(postgres.url(first)) as connection:
        connection.execute("CREATE TABLE mail (id int)")
    with psycopg.connect(postgres.url(second)) as connection:
        assert connection.execute("SELECT to_regclass('mail')").fetchone() == (None,)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    postgres.drop(first)
    postgres.drop(second)


def test_postgresql_keeps_its_data_over_a_restart() -> None:
    with Postgres() as server:
        name = server.create()
        with psycopg.connect(server.url(name)) as connection:
            connection.execute("CREATE TABLE mail (id int)")
        server.stop()
        server.start()
        with psycopg.connect(server.url(name)) as connection:
            assert connection.execute("SELECT count(*) FROM mail").fetchone() == (0,)


def test_the_sink_keeps_envelope_and_bytes(sink: Sink) -> None:
    send(sink, "support@exempel.test")
    (mail,) = sink.wait_for(1)
    assert (mail.sender, mail.recipients, mail.raw) == ("a@kund.test", ("support@exempel.test",), MAIL)


def test_the_sink_refuses_a_recipient_as_told_and_takes_the_others(sink: Sink) -> None:
    sink.answer("gone@exempel.test", "550 5.1.1 no such user")
    assert send(sink, "gone@exempel.test", "hr@exempel.test") == {"gone@exempel.test": (550, b"5.1.1 no such user")}
    assert [mail.recipients for mail in sink.wait_for(1)] == [("hr@exempel.test",)]


def test_the_sink_answers_after_the_data_as_often_as_told(sink: Sink) -> None:
    sink.answer("hr@exempel.test", "451 4.3.0 later", at=Stage.DATA, times=1)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(sink, "hr@exempel.test")
    assert refused.value.smtp_code == 451
    send(sink, "hr@exempel.test")
    assert len(sink.received) == 1


def test_the_sink_cuts_after_the_data_without_a_word(sink: Sink) -> None:
    sink.cuts = 1
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sink, "hr@exempel.test")
    assert sink.received == []


def test_a_stopped_sink_refuses_connections_and_comes_back_on_its_port(sink: Sink) -> None:
    sink.stop()
    with pytest.raises(ConnectionRefusedError):
        send(sink, "hr@exempel.test")
    sink.start()
    send(sink, "hr@exempel.test")
    assert len(sink.to("hr@exempel.test")) == 1


def test_the_sink_takes_mail_over_starttls_with_a_login() -> None:
    with (
        Sink(security="starttls", require_login=True) as sink,
        smtplib.SMTP("localhost", sink.port, timeout=10) as client,
    ):
        trusted = ssl.create_default_context(cadata=sink.authority.cert_pem.bytes().decode())
        client.starttls(context=trusted)
        client.login("inflow", "correct-horse")
        client.sendmail("a@kund.test", ["hr@exempel.test"], MAIL)
        assert sink.wait_for(1)[0].tls


def test_the_proxy_passes_everything_on(sink: Sink) -> None:
    with Proxy(sink.port) as proxy, smtplib.SMTP("127.0.0.1", proxy.port, timeout=10) as client:
        client.sendmail("a@kund.test", ["hr@exempel.test"], MAIL)
        assert sink.wait_for(1)[0].raw == MAIL


def test_the_proxy_cuts_after_so_many_bytes_and_heals(sink: Sink) -> None:
    with Proxy(sink.port, cut_after=10) as proxy:
        with pytest.raises(smtplib.SMTPServerDisconnected):
            smtplib.SMTP("127.0.0.1", proxy.port, timeout=10).ehlo()
        proxy.heal()
        with smtplib.SMTP("127.0.0.1", proxy.port, timeout=10) as client:
            assert client.noop()[0] == 250


def test_the_proxy_swallows_everything_when_told(sink: Sink) -> None:
    with Proxy(sink.port, black_hole=True) as proxy, pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        smtplib.SMTP("127.0.0.1", proxy.port, timeout=0.3)
