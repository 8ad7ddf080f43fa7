"""How a case's promises, its way through the levels and who was asked about it look: as JSON, and as lines for people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from inflow.casework.promises import Promise, State
from inflow.cli.common import console, shown
from inflow.store.asked import Asked

_COLOURS = {State.BROKEN: "red", State.RUNNING: "yellow", State.PAUSED: "blue", State.KEPT: "green"}


def time_json(
    promises: Sequence[Promise], asked: Sequence[Asked], decisions: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Fields of `cases show`: `promises`, `asked`, and `chain`, the roles that have had the case."""
    return {
        "promises": [
            {
                "what": one.what.value,
                "role": one.role,
                "state": one.state.value,
                "began_at": one.began_at,
                "due_at": one.due_at,
                "settled_at": one.settled_at,
            }
            for one in promises
        ],
        "asked": [
            {"role": one.role, "at": one.asked_at, "answer": one.answer, "why": one.why, "by": one.by} for one in asked
        ],
        "chain": chain(decisions),
    }


def chain(decisions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The roles that have had a case, in their order, each with when and why it came there."""
    hops: list[dict[str, Any]] = []
    for one in decisions:
        if not hops or hops[-1]["role"] != one["role"]:
            hops.append({"role": one["role"], "at": one["at"], "reasons": list(one["reasons"])})
    return hops


def print_time(
    promises: Sequence[Promise], asked: Sequence[Asked], decisions: Sequence[dict[str, Any]], *, zone: ZoneInfo
) -> None:
    """Lines that tell what is promised and when it is due, the way through the roles, and who was asked."""
    hops = chain(decisions)
    if len(hops) > 1:
        console.print(f"[dim]way:[/dim] {' → '.join(shown(hop['role']) for hop in hops)}")
        for hop in hops[1:]:
            console.print(
                f"[dim]  {_time(hop['at'], zone)} {shown(hop['role'])}: {shown('; '.join(hop['reasons']))}[/dim]"
            )
    for one in promises:
        if one.state not in (State.MOVED, State.DROPPED):
            due = f"due {_time(one.due_at, zone)}" if one.due_at else "waits for the sender"
            ended = f", {_time(one.settled_at, zone)}" if one.settled_at else ""
            state = f"[{_COLOURS[one.state]}]{one.state}[/]"
            console.print(f"[dim]promise:[/dim] {one.what} by {shown(one.role)} {due}: {state}{ended}")
    if asked:
        said = [f"{one.role} ({one.answer or 'no answer'}{': ' + one.why if one.why else ''})" for one in asked]
        console.print(f"[dim]asked:[/dim] {shown(', '.join(said))}")


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
