"""The figures on the board: charts drawn here, each with its table and its CSV. By role, never by person."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from inflow.desk.figures import report
from inflow.web.charts import bars, legend
from inflow.web.pages import page
from inflow.web.visitor import Asking, Visitor, world_of

router = APIRouter()
Row = tuple[Any, ...]


class Figure(NamedTuple):
    """A table of the statistics: what its columns are called, its rows, and what is drawn of it (columns by row), if anything."""

    title: str
    columns: tuple[str, ...]
    rows: list[Row]
    drawn: Mapping[str, Mapping[str, float]] | None = None
    in_seconds: bool = False


@router.get("/statistics")
def statistics(request: Request, asking: Asking) -> Response:
    """What comes in and how long it takes, of the roles that somebody sees."""
    found = _report(request, asking)
    return page(
        request,
        asking,
        "statistics.html",
        report=found,
        figures={name: made(found) for name, made in FIGURES.items()},
        bars=bars,
        legend=legend,
    )


@router.get("/statistics/{key}.csv")
def as_csv(request: Request, asking: Asking, key: str) -> Response:
    """One table, for a spreadsheet."""
    if key not in FIGURES:
        raise HTTPException(404)
    figure = FIGURES[key](_report(request, asking))
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(figure.columns)
    rows.writerows([(_harmless(row[0]), *("" if one is None else one for one in row[1:])) for row in figure.rows])
    named = {"Content-Disposition": f'attachment; filename="inflow-{key}.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=named)


def _harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


def _report(request: Request, asking: Visitor) -> dict[str, Any]:
    world = world_of(request)
    with world.database.reading() as connection:
        return report(connection, world, reader=asking.reader)


def _weeks(found: dict[str, Any]) -> Figure:
    rows: list[Row] = [(week, sum(counted.values())) for week, counted in found["weeks"].items()]
    return Figure("Cases a week", ("Week", "Cases"), rows, _largest(found["weeks"]))


def _largest(series: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """What is drawn of many parts: the five largest, and the others (no name) as one."""
    parts = {part for counted in series.values() for part in counted}
    named = sorted(parts, key=lambda part: (-sum(counted.get(part, 0) for counted in series.values()), part))[:5]
    return {
        name: {part: counted.get(part, 0) for part in named}
        | {"": sum(count for part, count in counted.items() if part not in named)}
        for name, counted in series.items()
    }


def _hours(found: dict[str, Any]) -> Figure:
    rows: list[Row] = list(found["hours"].items())
    return Figure(
        "Cases by hour of the day",
        ("Hour", "Cases"),
        rows,
        {hour: {"": count} for hour, count in found["hours"].items()},
    )


def _waits(by: str, title: str, column: str) -> Callable[[dict[str, Any]], Figure]:
    def made(found: dict[str, Any]) -> Figure:
        first, closing = found[f"first_answer_seconds{by}"], found[f"closing_seconds{by}"]
        names = sorted(first.keys() | closing.keys())
        rows: list[Row] = [
            (name, *(one.get(name, {}).get(key) for one in (first, closing) for key in ("cases", "median", "p90")))
            for name in names
        ]
        columns = (
            column,
            "Answered",
            "First answer, median",
            "First answer, p90",
            "Closed",
            "Closed, median",
            "Closed, p90",
        )
        return Figure(title, columns, rows, in_seconds=True)

    return made


def _backlog(found: dict[str, Any]) -> Figure:
    rows: list[Row] = [(role, *ages.values(), sum(ages.values())) for role, ages in found["backlog"].items()]
    columns = ("Role", "up to 1 day", "up to 3 days", "up to 7 days", "up to 30 days", "older", "Cases")
    return Figure("Not closed, by age", columns, rows)


def _parties(found: dict[str, Any]) -> Figure:
    return Figure("Cases by kind of sender", ("Kind", "Cases"), list(found["by"]["party"].items()))


def _roles(found: dict[str, Any]) -> Figure:
    return Figure("Cases by role", ("Role", "Cases"), list(found["by"]["role"].items()))


def _routing(found: dict[str, Any]) -> Figure:
    routing = found["routing"]
    rows: list[Row] = [(by, count, routing["moved_by"].get(by, 0)) for by, count in found["by"]["decided_by"].items()]
    return Figure("Who decided, and what was moved afterwards", ("Decided by", "Cases", "Moved"), rows)


def _promises(found: dict[str, Any]) -> Figure:
    rows: list[Row] = [
        (f"{role}, {what}", counted["kept"], counted["broken"])
        for role, kept in found["promises"].items()
        for what, counted in kept.items()
    ]
    return Figure("Promises", ("Promise", "kept", "broken"), rows)


FIGURES: dict[str, Callable[[dict[str, Any]], Figure]] = {
    "weeks": _weeks,
    "hours": _hours,
    "roles": _roles,
    "parties": _parties,
    "waits-by-role": _waits("", "How long it takes, by role", "Role"),
    "waits-by-sender": _waits("_by_party", "How long it takes, by kind of sender", "Kind"),
    "waits-by-week": _waits("_by_week", "How long it takes, by week", "Week"),
    "backlog": _backlog,
    "routing": _routing,
    "promises": _promises,
}
