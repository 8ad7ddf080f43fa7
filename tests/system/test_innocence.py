"""A death of the process is no proof against the mails it had in hand: only what was alone in hand three times is given up."""

import json
import random
import signal
import time
from pathlib import Path

import pytest

from tests.conftest import Inflow, WriteConfig
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.sink import Sink
from tests.system.killing import start_daemon
from tests.system.promises import arrived, filed, mail, prepare, subjects

DEADLY = """
import os, signal, sys, time
if "inflow.reader" in sys.orig_argv:
    from inflow.mail import parse as module

    real = module.parse

    def parse(raw, **keywords):
        time.sleep(0.03 if b"Hej" in raw else 0)  # so that a kill finds mails in hand
        return real(raw, **keywords)

    module.parse = parse
elif any(one.endswith("inflow") for one in sys.orig_argv):
    from inflow.desk import whose

    arrival = whose.arrival

    def deadly(world, waiting, message, **keywords):
        if b"POISON" in message.raw:
            os.kill(os.getpid(), signal.SIGKILL)
        return arrival(world, waiting, message, **keywords)

    whose.arrival = deadly
"""


@pytest.fixture(autouse=True)
def deadly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails are read slowly, and one that says POISON ends the process that files it."""
    folder = tmp_path / "deadly"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(DEADLY)
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=":")
    monkeypatch.setenv("INFLOW_IMAP_PASSWORD", PASSWORD)


def test_six_kills_at_random_over_a_healthy_batch_blame_nobody(
    database_url: str, dovecot: Dovecot, imap_user: str, sink: Sink, write_config: WriteConfig, inflow: Inflow
) -> None:
    config = write_config(database_url=database_url)
    prepare(database_url)
    names = [f"m{n}" for n in range(60)]
    dovecot.deliver(imap_user, *[mail(name) for name in names])
    for _ in range(6):
        daemon = start_daemon(config)
        time.sleep(random.uniform(0.3, 1.2))
        daemon.kill()
        daemon.join()
    assert inflow("run", "--once").returncode == 0
    assert filed(database_url).keys() == subjects(names)
    assert arrived(sink.received).keys() == subjects(names)


def test_a_mail_that_kills_the_process_is_found_out_and_its_neighbours_are_not_blamed(
    database_url: str, dovecot: Dovecot, imap_user: str, sink: Sink, write_config: WriteConfig, inflow: Inflow
) -> None:
    write_config(database_url=database_url)
    prepare(database_url)
    dovecot.deliver(imap_user, *[mail(f"a{n}") for n in range(5)], mail("bad", text="POISON"))
    dovecot.deliver(imap_user, *[mail(f"b{n}") for n in range(5)])
    ends = [inflow("run", "--once").returncode for _ in range(5)]
    assert ends == [-signal.SIGKILL] * 4 + [0]  # once in company, three times alone
    cases = json.loads(inflow("cases", "list", "--json").stdout)
    states = {one["subject"]: one["decision"]["reasons"][0] for one in cases}
    assert states.keys() == subjects(["bad", *[f"{group}{n}" for group in "ab" for n in range(5)]])
    blamed = [subject for subject, reason in states.items() if "could not be processed" in reason]
    assert blamed == ["Mail bad."]
