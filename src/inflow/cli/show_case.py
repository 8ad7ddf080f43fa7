"""How cases look: as JSON for scripts, and in a terminal for people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from inflow.cli.common import console, safe, shown
from inflow.mail.message import Address
from inflow.store.rows import Case

_COLOURS = {"new": "yellow", "open": "cyan", "unclaimed": "magenta", "waiting": "blue", "closed": "dim"}
_DIRECTIONS = {"in": ("▼", "cyan"), "out": ("▲", "green"), "note": ("✎", "yellow")}


def list_json(case: Case) -> dict[str, Any]:
    """A case in a list."""
    return {**case.as_json(), "messages": case.messages}


def show_json(
    case: Case,
    *,
    messages: Sequence[dict[str, Any]],
    events: Sequence[dict[str, Any]],
    deliveries: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """A case with everything of it."""
    return {
        **case.as_json(),
        "messages": [_message_json(one) for one in messages],
        "events": list(events),
        "deliveries": list(deliveries),
    }


def _message_json(one: dict[str, Any]) -> dict[str, Any]:
    files = [
        {key: file[key] for key in ("filename", "content_type", "size", "inline", "sha256")}
        for file in one["attachments"]
    ]
    return {
        "id": one["id"],
        "direction": one["direction"],
        "from": {"name": one["from_name"], "address": one["from_address"]},
        "subject": one["subject"],
        "date": one["date"],
        "received_at": one["received_at"],
        "text": one["text"],
        "reply_text": one["reply_text"],
        "language": one["language"],
        "nature": one["nature"],
        "message_id": one["message_id"],
        "size": one["size"],
        "state": one["state"],
        "defects": one["defects"] or [],
        "attachments": files,
    }


def print_cases(found: Sequence[Case], *, zone: ZoneInfo) -> None:
    """A table of cases."""
    if not found:
        console.print("[dim]No cases.[/dim]")
        return
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column("#", justify="right", style="bold", no_wrap=True, min_width=3)
    table.add_column("status", no_wrap=True, min_width=9)
    table.add_column("role", no_wrap=True, min_width=8, max_width=12, overflow="ellipsis")
    table.add_column("from", no_wrap=True, min_width=12, max_width=18, overflow="ellipsis")
    table.add_column("subject", ratio=1, no_wrap=True, min_width=20, overflow="ellipsis")
    table.add_column("opened", no_wrap=True, min_width=11, style="dim")
    this_year = datetime.now(zone).year
    for case in found:
        status = f"[{_COLOURS[case.status]}]{case.status}[/]"
        who = case.party.name or case.party.address
        moment = case.opened_at.astimezone(zone)
        opened = f"{moment:%d %b %H:%M}" if moment.year == this_year else f"{moment:%Y-%m-%d}"
        more = f" [dim]({case.messages})[/dim]" if case.messages > 1 else ""
        table.add_row(str(case.number), status, shown(case.role), shown(who), shown(case.subject) + more, opened)
    console.print(table)


def print_case(
    case: Case,
    *,
    added: Sequence[Address],
    messages: Sequence[dict[str, Any]],
    events: Sequence[dict[str, Any]],
    deliveries: Sequence[dict[str, Any]],
    zone: ZoneInfo,
) -> None:
    """A case as a page: what it is, why it is here, what was said, what happened, what went out."""
    console.print(f"[bold]#{case.number}  {shown(case.subject) or '(no subject)'}[/bold]")
    status = f"[{_COLOURS[case.status]}]{case.status}[/]"
    labels = "".join(f"  [reverse] {shown(name)} [/]" for name in case.labels)
    console.print(f"{status}  with [bold]{shown(case.role)}[/bold] (level {case.level}){labels}")
    who = f"{case.party.name} <{case.party.address}>" if case.party.name else case.party.address
    console.print(f"{shown(who)} [dim]({shown(case.party.kind)}), opened {_time(case.opened_at, zone)}[/dim]")
    if added:
        console.print(f"[dim]answers also go to[/dim] {shown(', '.join(one.address for one in added))}")
    if case.merged_into:
        console.print(f"[yellow]merged into #{case.merged_into}[/yellow]")
    console.print(
        f"[dim]why {shown(case.role)}:[/dim] {shown('; '.join(case.reasons))} [dim]({case.decided_by}, {case.confidence:.0%})[/dim]"
    )
    for one in messages:
        _print_message(one, zone)
    _print_rows("events", [(_time(one["at"], zone), one["kind"], one["text"], one["by"]) for one in events])
    _print_rows(
        "deliveries",
        [
            (
                _time(one["sent_at"] or one["created_at"], zone),
                f"{one['kind']} {one['status']}",
                f"to {one['to']}",
                one["error"] or "",
            )
            for one in deliveries
        ],
    )


def _print_message(one: dict[str, Any], zone: ZoneInfo) -> None:
    mark, colour = _DIRECTIONS[one["direction"]]
    who = (
        f"{one['from_name']} <{one['from_address']}>"
        if one["from_name"] and one["from_address"]
        else one["from_name"] or one["from_address"]
    )
    nature = "" if one["nature"] == "person" else f"  [reverse] {one['nature']} [/]"
    console.print()
    console.print(
        f"[{colour}]{mark} {shown(who)}[/]{nature} [dim]{_time(one['date'] or one['received_at'], zone)}[/dim]"
    )
    console.print(Padding(Text(safe((one["reply_text"] or one["text"]).strip()) or "(no text)"), (0, 0, 0, 2)))
    for file in one["attachments"]:
        console.print(
            f"  [cyan]+ {shown(file['filename'] or '(no name)')}[/cyan] [dim]{shown(file['content_type'])}, {_size(file['size'])}[/dim]"
        )


def _print_rows(title: str, rows: Sequence[tuple[str, str, str, str]]) -> None:
    if not rows:
        return
    console.print(f"\n[bold]{title}[/bold]")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for style in ("dim", "bold", None, "dim"):
        table.add_column(style=style, overflow="fold")
    for row in rows:
        table.add_row(*map(shown, row))
    console.print(table)


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _size(octets: int) -> str:
    for unit in ("B", "kB", "MB"):
        if octets < 1000:  # noqa: PLR2004
            return f"{octets:.0f} {unit}"
        octets /= 1000  # type: ignore[assignment]
    return f"{octets:.1f} GB"
