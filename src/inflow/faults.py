"""What is wrong with a config beyond the form of its values: names that point nowhere, circles, clocks on which no time passes.

Read from the raw table, so that it is told beside faults of form, all of them at once.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from inflow.casework.clocks import read_week
from inflow.casework.free_days import unknown


def table_faults(table: dict[str, Any]) -> Iterator[str]:
    """Every such fault of a config, a line `key: what is wrong` each."""
    yield from _reference_faults(table)
    yield from _clock_faults(table)


def _reference_faults(table: dict[str, Any]) -> Iterator[str]:
    """Names that point nowhere or stand twice."""
    roles = _rows(table, "role")
    names = {role["name"] for role in roles if isinstance(role.get("name"), str)}
    for noun in ("role", "mailbox", "rule"):
        yield from _doubles(_rows(table, noun), f"{noun}", "name")
    for noun in ("role", "mailbox"):
        yield from _doubles(_rows(table, noun), f"{noun}", "address")
    for i, role in enumerate(roles):
        if role.get("next") is not None and role["next"] not in names:
            yield f"role[{i}].next: there is no role {role['next']!r}"
        elif role.get("next") is not None and _circular(role, roles):
            yield f"role[{i}].next: goes round in a circle"
    for i, rule in enumerate(_rows(table, "rule")):
        if rule.get("route") is not None and rule["route"] not in names:
            yield f"rule[{i}].route: there is no role {rule['route']!r}"
    other = table.get("other")
    if isinstance(other, dict) and "role" in other and other["role"] not in names:
        yield f"other.role: there is no role {other['role']!r}"
    yield from _collisions(table)


def _rows(table: dict[str, Any], noun: str) -> list[dict[str, Any]]:
    rows = table.get(noun)
    return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []


def _doubles(rows: list[dict[str, Any]], noun: str, key: str) -> Iterator[str]:
    seen: dict[str, int] = {}
    for i, row in enumerate(rows):
        value = row.get(key)
        if isinstance(value, str) and (first := seen.setdefault(value.lower(), i)) != i:
            yield f"{noun}[{i}].{key}: {value!r} is already {noun}[{first}]"


def _circular(role: dict[str, Any], roles: list[dict[str, Any]]) -> bool:
    following = {row.get("name"): row.get("next") for row in roles}
    seen = set()
    name = role.get("name")
    while name is not None and name not in seen:
        seen.add(name)
        name = following.get(name)
    return name is not None


def _collisions(table: dict[str, Any]) -> Iterator[str]:
    """A role that is a watched mailbox would be forwarded to itself for ever."""
    watched = {row.get("address") for row in _rows(table, "mailbox")} - {None}
    for i, role in enumerate(_rows(table, "role")):
        if role.get("address") in watched:
            yield f"role[{i}].address: {role['address']!r} is a watched mailbox: its forwards would come back as new mail"


def _clock_faults(table: dict[str, Any]) -> Iterator[str]:
    """Clocks on which no time would pass, and what counts on one that is not there."""
    organisation = table.get("organisation")
    organisation = organisation if isinstance(organisation, dict) else {}
    working = organisation.get("working_hours")
    yield from _week_fault("organisation.working_hours", working)
    for i, role in enumerate(_rows(table, "role")):
        yield from _week_fault(f"role[{i}].working_hours", role.get("working_hours"))
        if role.get("working_hours") is not None and working is None:
            yield f"role[{i}].working_hours: set organisation.working_hours first: the other roles would have no working hours"
    yield from _country_fault(organisation.get("country"))
    for key in ("country", "closed"):
        if organisation.get(key) and working is None:
            yield f"organisation.{key}: means nothing without organisation.working_hours"
    for i, promise in enumerate(_rows(table, "promise")):
        if working is None:
            yield (
                f"promise[{i}]: counts in working time and there is none: set organisation.working_hours"
                ' (round the clock: ["mon-sun 00:00-24:00"])'
            )
        yield from _unknown_roles(f"promise[{i}].role", promise.get("role"), table)
    for i, duty in enumerate(_rows(table, "duty")):
        yield from _unknown_roles(f"duty[{i}].role", [duty.get("role")], table)
    yield from _doubled([duty.get("role") for duty in _rows(table, "duty")])


def _doubled(roles: Sequence[object]) -> Iterator[str]:
    for i, role in enumerate(roles):
        if role in roles[:i]:
            yield f"duty[{i}].role: {role!r} has a rota already: duty[{roles.index(role)}]"


def _week_fault(key: str, lines: object) -> Iterator[str]:
    if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
        try:
            read_week(lines)
        except ValueError as error:
            yield f"{key}: {error}"


def _country_fault(country: object) -> Iterator[str]:
    if isinstance(country, str) and (fault := unknown(country)):
        yield f"organisation.country: {fault}"


def _unknown_roles(key: str, named: object, table: dict[str, Any]) -> Iterator[str]:
    known = {role.get("name") for role in _rows(table, "role")}
    if isinstance(named, list):
        yield from (
            f"{key}: there is no role {name!r}" for name in named if isinstance(name, str) and name not in known
        )
