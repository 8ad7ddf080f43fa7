"""Silence is an alarm, told once and again when it heals; noise is not made: no loop, no answer to a machine."""

import json
from pathlib import Path

import pytest

from tests.conftest import Inflow, StartInflow, WriteConfig
from tests.servers.config import ROLES, config_text
from tests.servers.dovecot import Dovecot
from tests.servers.process import wait_until
from tests.servers.sink import Sink
from tests.system.promises import arrived, mail, subjects

OPERATIONS = '\n[operations]\naddress = "drift@exempel.test"\nmailbox_silence = "2s"\n'
PROBE = '[operations.probe]\nenabled = true\nevery = "1h"\npatience = "1m"\n'
ACKNOWLEDGE = "\n[mailbox.acknowledge]\nenabled = true\n"


def carry(sink: Sink, dovecot: Dovecot, users: dict[str, str], carried: int) -> int:
    """Take what the sink has for watched addresses into their mailboxes, as the next mail server would."""
    for one in sink.received[carried:]:
        for recipient in one.recipients:
            local, _, domain = recipient.partition("@")
            user = users.get(f"{local.partition('+')[0]}@{domain}")
            if user:
                dovecot.deliver(user, b"Return-Path: <" + one.sender.encode() + b">\r\n" + one.raw)
    return len(sink.received)


def test_a_probe_comes_back_is_measured_and_is_never_a_case(
    dovecot: Dovecot, imap_user: str, sink: Sink, write_config: WriteConfig, inflow: Inflow, start_inflow: StartInflow
) -> None:
    write_config(more=OPERATIONS.replace('"2s"', '"10m"') + PROBE)
    start_inflow("run")
    sink.wait_for(1)
    carry(sink, dovecot, {"info@exempel.test": imap_user}, 0)
    wait_until(lambda: bool(probes(inflow)) and probes(inflow)[0]["seconds"] is not None, seconds=20, what="the probe")
    assert probes(inflow)[0]["back_at"] is not None
    assert json.loads(inflow("cases", "list", "--json").stdout) == []
    assert len(sink.received) == 1
    assert inflow("verify").returncode == 0


def probes(inflow: Inflow) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(inflow("status", "--json").stdout)["probes"]
    return found


@pytest.fixture
def two(tmp_path: Path, dovecot: Dovecot, sink: Sink) -> dict[str, str]:
    """Two organisations, each with an Inflow whose every role is the other's shared address; address to account."""
    users = {"info@a.test": dovecot.new_user(), "info@b.test": dovecot.new_user()}
    for here, there in (("a", "b"), ("b", "a")):
        text = config_text(
            imap_port=dovecot.port,
            imap_user=users[f"info@{here}.test"],
            smtp_port=sink.port,
            database_url=f"sqlite:///{tmp_path / here}.db",
            mailbox='authserv_id = "mx.test"',
            roles=ROLES,
        )
        text = text.replace("info@exempel.test", f"info@{here}.test").replace("folder = ", "folder = ", 1)
        for role in ("support", "support2", "ekonomi", "hr", "ovrigt", "ledning"):
            text = text.replace(f'"{role}@exempel.test"', f'"info+{role}@{there}.test"')
        text = text.replace('poll = "60s"\nidle = true\n', 'poll = "60s"\nidle = true\n' + ACKNOWLEDGE)
        (tmp_path / f"{here}.toml").write_text(text.replace("exempel.test", f"{here}.test"))
    return users


def test_two_inflows_that_write_to_each_other_fall_silent(
    two: dict[str, str], tmp_path: Path, dovecot: Dovecot, sink: Sink, write_config: WriteConfig, inflow: Inflow
) -> None:
    write_config()
    vouched = "Authentication-Results: mx.test; dmarc=pass header.from=kund.test; spf=pass smtp.mailfrom=kund.test\r\n"
    dovecot.deliver(two["info@a.test"], *[mail(f"m{n}", headers=vouched) for n in range(3)])
    carried, quiet = 0, 0
    for _ in range(12):
        for here in "ab":
            ran = inflow("--config", str(tmp_path / f"{here}.toml"), "run", "--once")
            assert ran.returncode == 0, ran.stderr
        before, carried = carried, carry(sink, dovecot, two, carried)
        quiet = quiet + 1 if carried == before else 0
        if quiet == 2:
            break
    assert quiet == 2, [one.recipients for one in sink.received]
    assert len(sink.received) < 40


def test_an_acknowledgement_goes_to_a_person_who_is_vouched_for_and_to_nobody_else(
    dovecot: Dovecot, imap_user: str, sink: Sink, write_config: WriteConfig, config_path: Path, inflow: Inflow
) -> None:
    write_config(mailbox='authserv_id = "mx.test"')
    config_path.write_text(config_path.read_text().replace("idle = true\n", "idle = true\n" + ACKNOWLEDGE))
    vouched = "Authentication-Results: mx.test; dmarc=pass header.from=kund.test; spf=pass smtp.mailfrom=kund.test\r\n"
    machines = {
        "auto": "Auto-Submitted: auto-replied\r\n",
        "list": "List-Id: <l.kund.test>\r\nList-Unsubscribe: <mailto:u@kund.test>\r\n",
        "bulk": "Precedence: bulk\r\n",
        "suppressed": "X-Auto-Response-Suppress: DR, AutoReply\r\n",
        "null": "Return-Path: <>\r\n",
    }
    dovecot.deliver(imap_user, mail("person", headers=vouched + "Auto-Submitted: no\r\n"), mail("unvouched"))
    dovecot.deliver(imap_user, *[mail(name, headers=vouched + header) for name, header in machines.items()])
    assert inflow("run", "--once").returncode == 0
    outside = [recipient for one in sink.received for recipient in one.recipients if recipient.endswith("@kund.test")]
    assert outside == ["person@kund.test"]
    assert arrived(sink.to("ovrigt@exempel.test")).keys() >= subjects(["person", "unvouched", "suppressed"])
