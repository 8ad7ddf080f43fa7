"""What an operator may promise, and who is on duty: `[[promise]]` and `[[duty]]`. Every value is checked when it is read."""

from datetime import date, timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from inflow.routing.facts import PartyKind
from inflow.units import Duration, Table

ADDRESS = r"^[^@\s]+@[^@\s]+$"


class PromiseSettings(Table):
    """What senders may count on, in working time; the first that fits a case holds."""

    role: tuple[str, ...] = Field((), description="Of these roles; none named: of every role but other.")
    party: tuple[PartyKind, ...] = Field((), description="To these kinds of party; none named: to everyone.")
    first_answer: Duration | None = Field(None, description="The first answer goes out within; `1d` is a working day.")
    next_answer: Duration | None = Field(None, description="Each later answer goes out within.")
    solved: Duration | None = Field(
        None, description="The case is closed within; it pauses while the sender's answer is awaited."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.within:
            raise ValueError("promises nothing: give first_answer, next_answer or solved")
        if any(within <= timedelta(0) for within in self.within.values()):
            raise ValueError("a promise needs time: it cannot be kept in none")
        return self

    @property
    def within(self) -> dict[str, timedelta]:
        """What is promised, by its name, and how soon."""
        said = {"first-answer": self.first_answer, "next-answer": self.next_answer, "solved": self.solved}
        return {what: within for what, within in said.items() if within is not None}


class ShiftSettings(Table):
    """A stretch of days and who mans the role in it."""

    first: date = Field(alias="from", description="The first day.")
    last: date = Field(alias="to", description="The last day.")
    who: str = Field(pattern=ADDRESS, description="The address that gets the role's mail as well.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("ends before it begins")
        return self


class DutySettings(Table):
    """Who mans a role, beside its mailbox: by turns, by dates, or by an iCalendar file."""

    role: str = Field(description="Which role; *other* as well as any.")
    rotation: tuple[str, ...] = Field((), description="Addresses that take turns, in this order.")
    every: Literal["day", "week"] = Field("week", description="How long a turn of the rotation is.")
    starts: date = Field(
        date(2024, 1, 1), description="The first day of the first one's turn; a Monday when not given."
    )
    shifts: tuple[ShiftSettings, ...] = Field(
        (),
        description='Stretches instead, `{ from = 2026-11-23, to = 2026-11-29, who = "ADDRESS" }`, with no gap or overlap.',
    )
    calendar: Path | None = Field(
        None,
        description="An iCalendar file instead: events with a mail address as attendee. Read anew when it changes.",
    )

    @model_validator(mode="after")
    def _one_way(self, info: ValidationInfo) -> Self:
        if self.calendar and info.context:
            object.__setattr__(self, "calendar", info.context["folder"] / self.calendar)
        if sum(map(bool, (self.rotation, self.shifts, self.calendar))) != 1:
            raise ValueError("give one of rotation, shifts or calendar")
        return self
