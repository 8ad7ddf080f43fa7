"""What the JSON API says, as it is documented: the fields that the commands print with `--json`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from inflow.store.rows import Case


class PartyShape(BaseModel):
    """Who wrote."""

    address: str
    name: str
    kind: str


class DecisionShape(BaseModel):
    """Where it went and why."""

    role: str
    by: str
    confidence: float
    reasons: list[str]


class CaseShape(BaseModel):
    """A case in a list."""

    number: int
    subject: str
    status: Literal["new", "open", "waiting", "closed", "unclaimed"]
    role: str
    level: int
    party: PartyShape
    opened_at: datetime
    updated_at: datetime
    labels: list[str]
    decision: DecisionShape
    messages: int | None = None


class FoundShape(CaseShape):
    """A case that was found, and the piece of text that shows why."""

    excerpt: str
    file: str = Field(description="The file in which it stands; empty: the mail itself.")


class PageShape(BaseModel):
    """Some cases; `below`: ask for those of lower numbers than this for the next ones."""

    cases: list[CaseShape]
    below: int | None


class AttachmentShape(BaseModel):
    """A file of a message."""

    filename: str
    content_type: str
    size: int
    inline: bool
    sha256: str
    position: int = Field(description="Where it is read: /cases/{number}/messages/{id}/files/{position}")


class MessageShape(BaseModel):
    """A message of a case."""

    id: int
    direction: Literal["in", "out", "note"]
    from_name: str
    from_address: str
    subject: str
    received_at: datetime
    text: str
    reply_text: str
    nature: str
    message_id: str | None
    attachments: list[AttachmentShape]


class EventShape(BaseModel):
    """A line of a history."""

    at: datetime
    kind: str
    by: str
    text: str


class WholeShape(CaseShape):
    """A case with everything that was said and done."""

    conversation: list[MessageShape]
    events: list[EventShape]


class AnswerShape(BaseModel):
    """A ready answer: for which questions, roles and languages (none: all), and until when."""

    key: str
    title: str
    questions: list[str]
    roles: list[str]
    languages: list[str]
    valid_until: date | None
    text: str


class EntryShape(AnswerShape):
    """A ready answer in the bank."""

    used: int = Field(description="In how many cases it has helped.")


class LikelyShape(AnswerShape):
    """A ready answer that a case asks for."""

    likeness: float = Field(description="How much of a question of it the mail asks, 0.5 to 1.")
    words: list[str] = Field(description="The words of the mail that say so.")


class ProblemShape(BaseModel):
    """Something that several have written about; senders and cases are counted as far as the token sees them."""

    number: int
    title: str
    words: list[str]
    state: Literal["proposed", "open", "known", "solved"]
    owner: str | None
    answer: str
    senders: int
    cases: int
    opened_at: datetime
    updated_at: datetime
    solved_at: datetime | None
    loud: bool = Field(description="It rises: an alarm is about it.")


class ReportShape(BaseModel):
    """A case of a problem, who or what put it there and why."""

    model_config = ConfigDict(from_attributes=True)

    case: int
    subject: str
    status: str
    role: str
    at: datetime
    by: str
    why: str
    told_at: datetime | None = Field(description="When its sender was told of the solution.")


class WholeProblemShape(ProblemShape):
    """A problem with its cases, the oldest first; the latest 500."""

    reports: list[ReportShape]


class CordShape(BaseModel):
    """A cord: at a case, at a problem, or (neither) in the house; how often it was pulled before somebody said what is done."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    case: int | None
    problem: int | None
    reason: str
    by: str
    pulled_at: datetime
    pulls: int
    answered_at: datetime | None
    answered_by: str
    answer: str


class Fault(BaseModel):
    """Why it could not be done."""

    detail: str


def of_case(case: Case) -> dict[str, Any]:
    """The fields of a case; those that no shape above names are left out on the way."""
    return {**case.as_json(), "messages": case.messages}


def whole(case: Case, conversation: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields of a case with everything."""
    return {**of_case(case), "conversation": conversation, "events": events}
