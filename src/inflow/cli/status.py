"""`inflow status`: is everything well? Exit status 1 when not."""

from dataclasses import asdict
from typing import Annotated

import typer

from inflow import health
from inflow.cli.common import JSON, console, opened, print_json, shown, told
from inflow.store.health import look


def status(context: typer.Context, *, json: Annotated[bool, JSON] = False) -> None:
    """Say how everything stands: mailboxes, outbox, mails that wait or could not be processed. Exit status 1 on an alarm."""
    with told(), opened(context) as world, world.database.reading() as connection:
        known = look(connection, [one.name for one in world.settings.mailboxes])
        wrong = health.alarms(connection, world)
        zone = world.settings.organisation.zone
    if json:
        print_json({"ok": not wrong, "alarms": [asdict(one) for one in wrong], **asdict(known)})
    else:
        for one in known.mailboxes:
            read = f"read {one.checked_at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if one.checked_at else "never read"
            watched = f", watched by {shown(one.host)}" if one.host else ""
            wrong_now = f" [red]{shown(one.error)}[/red]" if one.error else ""
            console.print(f"mailbox {shown(one.name)}: {read}{watched}{wrong_now}")
        for probe in known.probes:
            took = f"{probe.seconds:.1f} s" if probe.seconds is not None else "on its way"
            console.print(f"probe {shown(probe.mailbox)}: {took}")
        console.print(
            f"outbox: {known.outbox} wait, {known.failed} failed; received: {known.received} wait; quarantined: {known.quarantined}"
        )
        for alarm in wrong:
            console.print(f"[red]alarm[/red] {shown(alarm.text)}")
        if not wrong:
            console.print("[green]all is well[/green]")
    if wrong:
        raise typer.Exit(1)
