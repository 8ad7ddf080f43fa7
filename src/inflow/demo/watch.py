"""What the demo sees: it reads the daemon's database, through the same functions as the command line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from inflow.store import cases, deliveries, messages
from inflow.store.engine import Trouble, open_database
from inflow.store.rows import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A mail that came in and the case it belongs to; `first` when it opened it."""

    message: dict[str, Any]
    case: Case
    first: bool


class Watch:
    """`with Watch(path) as watch:` looks into the database, also before the daemon has made it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database = open_database(f"sqlite:///{path}")
        self._counts: dict[int, int] = {}
        self._seen: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.engine.dispose()

    def news(self) -> list[Filed]:
        """The mails filed since the last look, in the order they came."""
        news = []
        for case in self.cases():
            if self._counts.get(case.number) != case.messages:
                self._counts[case.number] = case.messages
                news += [filed for filed in self._incoming(case) if filed.message["id"] not in self._seen]
        self._seen |= {filed.message["id"] for filed in news}
        return sorted(news, key=lambda filed: int(filed.message["id"]))

    def cases(self) -> list[Case]:
        """All cases, oldest first; none as long as there is no database."""
        if not self._path.exists():
            return []
        try:
            with self._database.reading() as connection:
                return cases.find(connection, cases.Filters(limit=0))[::-1]
        except Trouble:
            return []

    def waiting(self) -> bool:
        """Whether a delivery still waits to be handed on."""
        with self._database.reading() as connection:
            return any(row["status"] == "queued" for row in deliveries.unsent(connection, limit=0))

    def handed_on(self) -> int:
        """How many mails the roles have got."""
        with self._database.reading() as connection:
            rows = [row for case in self._counts for row in deliveries.of_case(connection, case)]
        return sum(row["status"] == "sent" for row in rows)

    def _incoming(self, case: Case) -> list[Filed]:
        with self._database.reading() as connection:
            rows = messages.of_case(connection, case.number)
        return [
            Filed(message=row, case=case, first=position == 0)
            for position, row in enumerate(rows)
            if row["direction"] == "in"
        ]
