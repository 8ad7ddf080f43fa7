"""TLS that breaks in mid-stream, and servers that stop offering it: nothing is lost, and nothing ever goes in clear text."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Inflow, StartInflow, WriteConfig
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.process import wait_until
from tests.servers.proxy import Proxy
from tests.servers.sink import Sink
from tests.system.promises import arrived, extra_copies, mail, subjects

SPOILT: list[dict[str, Any]] = [{"corrupt_after": 100_000}, {"cut_after": 100_007}]


@pytest.fixture
def encrypt(write_config: WriteConfig, config_path: Path) -> Callable[..., None]:
    """Write a config with TLS for one server: `[mailbox.imap]` or `[smtp]`."""

    def write(security: str, port: int, authority: Path, **changes: object) -> None:
        write_config(**changes)
        plain = f'port = {port}\nsecurity = "none"'
        text = config_path.read_text()
        assert plain in text
        config_path.write_text(text.replace(plain, f'port = {port}\nsecurity = "{security}"\nca_file = "{authority}"'))

    return write


@pytest.fixture
def tls_sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(security="starttls") as sink:
        sink.authority.cert_pem.write_to_path(tmp_path / "authority.pem")
        yield sink


def once_each(sink: Sink, names: list[str]) -> None:
    wait_until(lambda: arrived(sink.received).keys() == subjects(names), seconds=60, what="every mail")
    assert extra_copies(arrived(sink.received)) == 0


@pytest.mark.parametrize("spoilt", SPOILT, ids=["a byte spoilt", "cut inside a record"])
def test_tls_to_the_mailbox_that_breaks_in_mid_stream(
    spoilt: dict[str, Any],
    encrypt: Callable[..., None],
    tmp_path: Path,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    start_inflow: StartInflow,
) -> None:
    with Proxy(dovecot.tls_port, **spoilt) as proxy:
        encrypt("tls", proxy.port, dovecot.root / "authority.pem", imap_port=proxy.port)
        dovecot.deliver(imap_user, mail("big", text="lång rad\r\n" * 40_000))
        start_inflow("run")
        wait_until(lambda: proxy.connections >= 2, seconds=20, what="a second try")
        assert "mailbox cannot be read" in (tmp_path / "inflow.log").read_text()
        assert dovecot.count(imap_user) == 1
        proxy.heal()
        once_each(sink, ["big"])
        wait_until(lambda: dovecot.count(imap_user) == 0, what="an empty INBOX")


@pytest.mark.parametrize(
    "spoilt", [SPOILT[0], {"cut_after_sent": 100_007}], ids=["a byte spoilt", "cut inside a record"]
)
def test_tls_to_the_relay_that_breaks_in_mid_stream(
    spoilt: dict[str, Any],
    encrypt: Callable[..., None],
    tmp_path: Path,
    dovecot: Dovecot,
    imap_user: str,
    tls_sink: Sink,
    inflow: Inflow,
) -> None:
    with Proxy(tls_sink.port, **spoilt) as proxy:
        encrypt("starttls", proxy.port, tmp_path / "authority.pem", smtp_port=proxy.port)
        dovecot.deliver(imap_user, mail("big", text="lång rad\r\n" * 40_000))
        assert inflow("run", "--once").returncode == 1
        assert tls_sink.received == []
        proxy.heal()
        assert inflow("outbox", "retry").returncode == 0
        assert inflow("run", "--once").returncode == 0
    once_each(tls_sink, ["big"])
    assert all(one.tls for one in tls_sink.received)


def test_a_mailbox_that_stops_offering_tls_gets_no_password(
    encrypt: Callable[..., None], dovecot: Dovecot, imap_user: str, sink: Sink, inflow: Inflow
) -> None:
    with Proxy(dovecot.port, replace=(b"STARTTLS", b"NOTHING!")) as proxy:
        encrypt("starttls", proxy.port, dovecot.root / "authority.pem", imap_port=proxy.port)
        dovecot.deliver(imap_user, mail("one"))
        assert inflow("run", "--once").returncode == 1
        assert b"CAPABILITY" in proxy.overheard
        assert b"LOGIN" not in proxy.overheard
        assert PASSWORD.encode() not in proxy.overheard
        proxy.heal()
        assert inflow("run", "--once").returncode == 0
    once_each(sink, ["one"])


def test_a_relay_that_stops_offering_tls_gets_no_mail(
    encrypt: Callable[..., None], tmp_path: Path, dovecot: Dovecot, imap_user: str, tls_sink: Sink, inflow: Inflow
) -> None:
    with Proxy(tls_sink.port, replace=(b"STARTTLS", b"NOTHING!")) as proxy:
        encrypt("starttls", proxy.port, tmp_path / "authority.pem", smtp_port=proxy.port)
        dovecot.deliver(imap_user, mail("one"))
        assert inflow("run", "--once").returncode == 1
        assert b"EHLO" in proxy.overheard
        assert b"MAIL FROM" not in proxy.overheard.upper()
        proxy.heal()
        assert inflow("outbox", "retry").returncode == 0
        assert inflow("run", "--once").returncode == 0
    once_each(tls_sink, ["one"])
    assert tls_sink.received[0].tls
