"""`inflow check`: is the config right, and with `--connect`, does everything it names answer?"""

import asyncio
from typing import Annotated, Any

import aiosmtplib
import typer

from inflow.cli.common import JSON, console, errors, print_json, settings, shown, told
from inflow.config import MailboxSettings, Settings, secrets
from inflow.desk import answers
from inflow.imap import Mailbox, MailboxError
from inflow.routing.doubts import doubtful_rules
from inflow.smtp import Relay
from inflow.store.engine import Trouble, one_line, open_database
from inflow.store.migrate import current, head
from inflow.units import MissingSecretError


def check(
    context: typer.Context,
    *,
    connect: Annotated[
        bool, typer.Option("--connect", help="Log in to every IMAP, SMTP and database, and say what each offers.")
    ] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Read the config and say what is wrong with it, all at once (exit status 78)."""
    with told():
        read = settings(context)
    warnings = list(_warnings(read))
    results = _connect_all(read) if connect else []
    if json:
        print_json({"ok": all(one["ok"] for one in results), "warnings": warnings, "connections": results})
    else:
        for warning in warnings:
            errors.print(f"[yellow]warning:[/yellow] {shown(warning)}")
        for one in results:
            mark = "[green]ok[/green]    " if one["ok"] else "[red]failed[/red]"
            console.print(f"{mark} {shown(one['what'])}: {shown(one['says'])}")
        if not connect:
            console.print(
                f"[green]ok[/green] {len(read.mailboxes)} mailboxes, {len(read.roles)} roles, {len(read.rules)} rules"
            )
    if not all(one["ok"] for one in results):
        raise typer.Exit(1)


def _warnings(read: Settings) -> list[str]:
    found = [f"{key}: {fault}" for key, fault in secrets(read)]
    for i, mailbox in enumerate(read.mailboxes):
        if mailbox.authserv_id is None:
            found.append(
                f"mailbox[{i}].authserv_id: is not set, so a member's reply is believed by its signed address and its sender alone"
            )
        if mailbox.arc_sealers and mailbox.authserv_id is None:
            found.append(
                f"mailbox[{i}].arc_sealers: nobody is believed without authserv_id, which says whose seal is whole"
            )
        if mailbox.acknowledge.enabled and mailbox.authserv_id is None:
            found.append(
                f"mailbox[{i}].acknowledge: nobody is acknowledged without authserv_id, for nobody is vouched for"
            )
        if not mailbox.subaddressing:
            found.append(
                f"mailbox[{i}].subaddressing: is off, so bounces and answers are known by their references alone"
            )
        if mailbox.imap.security == "none" and mailbox.imap.host not in ("127.0.0.1", "localhost", "::1"):
            found.append(f"mailbox[{i}].imap.security: the password goes to {mailbox.imap.host} in clear text")
    found += [f"rule: {doubt}" for doubt in doubtful_rules(read.rules)]
    found += [f"answers: {fault}" for fault in answers.faults(read.answers.folder, {role.name for role in read.roles})]
    if read.other.management is None:
        found.append("other.management: is not set, so what nobody claims stays with other")
    if read.operations.address is None:
        found.append("operations.address: is not set, so nobody is told when something is wrong")
    return found


def _connect_all(read: Settings) -> list[dict[str, Any]]:
    results = [_imap(mailbox) for mailbox in read.mailboxes]
    return [*results, asyncio.run(_smtp(read)), _database(read)]


def _imap(settings_: MailboxSettings) -> dict[str, Any]:
    what = f"mailbox {settings_.name} ({settings_.imap.username} at {settings_.imap.host}:{settings_.imap.port})"
    mailbox = Mailbox(settings_.imap)
    try:
        mailbox.connect()
        offers = [one for one in mailbox.capabilities if one in ("IDLE", "MOVE", "UIDPLUS", "CONDSTORE", "QRESYNC")]
        says = f"{settings_.imap.folder} is there; the server offers {', '.join(offers) or 'nothing special'}; done by {mailbox.marks_by}"
    except (MailboxError, MissingSecretError) as error:
        return {"what": what, "ok": False, "says": str(error) + _folders(mailbox, settings_.imap.folder)}
    else:
        return {"what": what, "ok": True, "says": says}
    finally:
        mailbox.close()


def _folders(mailbox: Mailbox, folder: str) -> str:
    """Which folders there are, when the one that was asked for is not."""
    try:
        there = mailbox.folders()
    except MailboxError:
        return ""
    return "" if folder in there else f"; there is no folder {folder!r}, there are: {', '.join(sorted(there))}"


async def _smtp(read: Settings) -> dict[str, Any]:
    what = f"smtp ({read.smtp.host}:{read.smtp.port})"
    relay = Relay(read.smtp)
    try:
        client = await relay.connect()
        names = [name for name in ("8bitmime", "size", "smtputf8", "pipelining") if client.supports_extension(name)]
        return {
            "what": what,
            "ok": True,
            "says": f"ready; the server offers {', '.join(names).upper() or 'nothing special'}",
        }
    except (aiosmtplib.SMTPException, OSError, MissingSecretError) as error:
        return {"what": what, "ok": False, "says": " ".join(str(error).split()) or type(error).__name__}
    finally:
        await relay.quit()


def _database(read: Settings) -> dict[str, Any]:
    what = "database"
    try:
        password = read.database.password.read() if read.database.password else None
        database = open_database(read.database.url, password=password)
        have = current(database)
        engine = database.engine.dialect.name
        database.engine.dispose()
    except MissingSecretError as error:
        return {"what": what, "ok": False, "says": str(error)}
    except Trouble as error:
        return {"what": what, "ok": False, "says": one_line(error)}
    if have == head() or engine == "sqlite":
        return {"what": what, "ok": True, "says": f"{engine}, schema {have or 'made on first run'}"}
    return {
        "what": what,
        "ok": False,
        "says": f"{engine}, schema {have or 'none'}, needs {head()}: run `inflow db upgrade`",
    }
