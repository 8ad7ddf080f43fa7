"""Killed again and again while mail keeps arriving: is anything lost, is any case opened twice?

    make soak                               1,000 kills on each database (SQLite, then PostgreSQL), about 25 minutes each
    make soak ARGS="--kills 50"             as many as you like
    make soak ARGS="--only sqlite --seed 7" one database; the same draws again
    make soak ARGS="--kills 0"              the state machine of the tests alone, 300 lives of 40 steps, some minutes

Each kill is SIGKILL at a random moment of the life of a daemon that works over a private Dovecot, with the SMTP sink of the tests.
Exit status 1 when a mail is lost, a case was opened twice, or more forwards came twice than there were kills.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.servers.config import config_text
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink
from tests.store.test_outbox_machine import Outbox
from tests.system.killing import Tally, kill_at_random
from tests.system.promises import prepare

ENGINES = ("sqlite", "postgresql")
LIVES = 300


def soak(engine: str, *, kills: int, seed: int) -> Tally:
    """One long run over fresh servers."""
    with ExitStack() as servers:
        folder = Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="inflow-soak-")))
        dovecot, sink = servers.enter_context(Dovecot()), servers.enter_context(Sink())
        url = f"sqlite:///{folder / 'inflow.db'}"
        if engine == "postgresql":
            postgres = servers.enter_context(Postgres())
            url = postgres.url(postgres.create())
        prepare(url)
        user, config = dovecot.new_user(), folder / "inflow.toml"
        config.write_text(
            config_text(imap_port=dovecot.port, imap_user=user, smtp_port=sink.port, database_url=url), encoding="utf-8"
        )
        log = (folder / "log").open("ab")
        os.dup2(log.fileno(), sys.stdout.fileno())
        return kill_at_random(config, dovecot, user, sink, kills=kills, draw=random.Random(seed))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--kills", type=int, default=1000, help="on each database (default 1,000)")
    arguments.add_argument("--only", choices=ENGINES, help="this database alone")
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32), help="of the draws")
    chosen = arguments.parse_args()
    os.environ["INFLOW_IMAP_PASSWORD"] = PASSWORD
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    begun = time.monotonic()
    run_state_machine_as_test(
        Outbox, settings=settings(max_examples=LIVES, stateful_step_count=40, deadline=None, database=None)
    )
    print(f"state machine: {LIVES} lives of 40 steps, {time.monotonic() - begun:.0f} s", file=told)
    well = True
    print(f"seed {chosen.seed}", file=told)
    for engine in ([chosen.only] if chosen.only else ENGINES) if chosen.kills else ():
        tally = soak(engine, kills=chosen.kills, seed=chosen.seed)
        well = well and not tally.lost and not tally.doubled_cases and tally.doubled_forwards <= tally.kills
        print(
            f"{engine}: {tally.kills} kills, {tally.mails} mails, {tally.lost} lost, {tally.doubled_cases} cases opened twice, "
            f"{tally.doubled_forwards} forwards came twice (same Message-ID), {tally.quarantined} quarantined, "
            f"{tally.seconds:.0f} s",
            file=told,
        )
    sys.exit(not well)


if __name__ == "__main__":
    main()
