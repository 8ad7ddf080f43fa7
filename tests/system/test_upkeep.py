"""A copy of a live database is whole, and `inflow verify` finds what is not."""

import json
from pathlib import Path

from sqlalchemy import update

from inflow.store.engine import open_database
from inflow.store.schema import cases, event, message
from tests.conftest import Inflow, StartInflow, WriteConfig
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink
from tests.system.promises import filed, mail, prepare, subjects


def test_a_backup_taken_while_mail_is_filed_is_whole(
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    tmp_path: Path,
    write_config: WriteConfig,
    config_path: Path,
    inflow: Inflow,
    start_inflow: StartInflow,
) -> None:
    write_config()
    start_inflow("run")
    names = [f"m{n}" for n in range(300)]
    dovecot.deliver(imap_user, *[mail(name) for name in names])
    sink.wait_for(3, seconds=30)

    assert inflow("backup", str(tmp_path / "copy.db")).returncode == 0

    again = inflow("backup", str(tmp_path / "copy.db"))
    assert (again.returncode, "not overwritten" in again.stderr) == (1, True)
    copied = filed_or_waiting(f"sqlite:///{tmp_path / 'copy.db'}")
    assert 3 <= copied <= len(names)
    config_path.write_text(config_path.read_text().replace("inflow.db", "copy.db"))
    assert inflow("verify").returncode == 0
    assert inflow("run", "--once").returncode == 0
    assert filed(f"sqlite:///{tmp_path / 'copy.db'}").keys() <= subjects(names)


def filed_or_waiting(url: str) -> int:
    database = open_database(url)
    with database.reading() as connection:
        rows = connection.execute(message.select().where(message.c.direction == "in")).all()
    database.engine.dispose()
    return len(rows)


def test_a_postgresql_database_is_not_copied_but_told_how(
    postgres_url: str, write_config: WriteConfig, inflow: Inflow, tmp_path: Path
) -> None:
    write_config(database_url=postgres_url)
    ran = inflow("backup", str(tmp_path / "copy"))
    assert (ran.returncode, "pg_dump" in ran.stderr) == (1, True)


def test_verify_finds_what_was_changed_behind_our_back(
    database_url: str, dovecot: Dovecot, imap_user: str, write_config: WriteConfig, inflow: Inflow
) -> None:
    write_config(database_url=database_url)
    prepare(database_url)
    dovecot.deliver(imap_user, *[mail(f"m{n}") for n in range(3)])
    assert inflow("run", "--once").returncode == 0
    assert inflow("verify").returncode == 0
    database = open_database(database_url)
    with database.writing() as connection:
        connection.execute(update(message).where(message.c.id == 1).values(sha256="0" * 64))
        connection.execute(update(cases).where(cases.c.id == 2).values(status="waiting"))
        connection.execute(event.delete().where(event.c.case_id == 3, event.c.kind == "routed"))
    database.engine.dispose()

    found = inflow("verify", "--json")

    assert found.returncode == 1
    assert json.loads(found.stdout)["faults"] == [
        "the raw bytes of message 1 are not what they were",
        "case 2 does not stand where its events have led it",
        "case 3 does not stand where its events have led it",
    ]
