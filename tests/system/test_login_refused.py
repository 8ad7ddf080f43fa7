"""A login that is refused for long: asked again at a bounded pace, told once, healed by itself; other mailboxes never notice.

The hour is played in seconds: the longest wait (5 minutes), the patience (2 minutes) and the look (1 minute) are cut to a six-hundredth.
"""

import json
from pathlib import Path

import pytest

from tests.conftest import Inflow, StartInflow, WriteConfig
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.process import wait_until
from tests.servers.proxy import Proxy
from tests.servers.sink import Sink
from tests.system.promises import arrived, mail, subjects

HURRIED = """
from datetime import timedelta
from inflow import health, intake
from inflow.casework import health as judged

intake.LONGEST_BACKOFF, health.LOOK_EVERY, judged.ERROR_PATIENCE = 0.5, 0.1, timedelta(seconds=0.2)
"""
OPERATIONS = '[operations]\naddress = "drift@exempel.test"\n'


@pytest.fixture(autouse=True)
def hurried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "hurried"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HURRIED)
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=":")


def test_a_login_refused_for_an_hour_is_told_once_heals_by_itself_and_hinders_no_other_mailbox(
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    tmp_path: Path,
    write_config: WriteConfig,
    config_path: Path,
    inflow: Inflow,
    start_inflow: StartInflow,
) -> None:
    well = dovecot.new_user()
    secret = tmp_path / "secret"
    secret.write_text("wrong")
    with Proxy(dovecot.port) as proxy:
        write_config(mailboxes={"info": imap_user, "kontor": well}, more=OPERATIONS)
        text = config_path.read_text().replace('env = "INFLOW_IMAP_PASSWORD"', 'file = "secret"', 1)
        config_path.write_text(text.replace(f"port = {dovecot.port}", f"port = {proxy.port}", 1))
        dovecot.deliver(imap_user, mail("waits"))
        start_inflow("run")
        wait_until(lambda: told(sink) == 1, seconds=30, what="the alarm")
        refused = proxy.connections
        for name in ("one", "two", "three"):
            dovecot.deliver(well, mail(name))
            wait_until(lambda name=name: subjects([name]) <= at_other(sink).keys(), seconds=20, what=name)  # type: ignore[misc]
        wait_until(lambda: proxy.connections >= refused + 5, seconds=20, what="five more tries")
        status = inflow("status", "--json")
        assert status.returncode == 1
        (alarm,) = json.loads(status.stdout)["alarms"]
        assert (alarm["name"], "login failed" in alarm["text"]) == ("mailbox info", True)
        assert told(sink) == 1
        assert at_other(sink).keys() == subjects(["one", "two", "three"])

        secret.write_text(PASSWORD)

        wait_until(lambda: subjects(["waits"]) <= at_other(sink).keys(), seconds=20, what="the mail that waited")
        wait_until(lambda: told(sink) == 2, seconds=20, what="the healing")
        assert inflow("status").returncode == 0
        log = (tmp_path / "inflow.log").read_text()
        assert log.count("mailbox cannot be read") == 1
        assert log.count("mailbox can be read again") == 1


def told(sink: Sink) -> int:
    return len(sink.to("drift@exempel.test"))


def at_other(sink: Sink) -> dict[str, list[str]]:
    return arrived(sink.to("ovrigt@exempel.test"))
