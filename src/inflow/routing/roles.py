"""A role: a person-independent receiver."""

from pydantic import BaseModel, ConfigDict, Field

from inflow.units import Template


class Role(BaseModel):
    """One `[[role]]` of the config: a mailbox with a description of what it handles, never a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]*$",
        description="What people and scripts call it: lower-case letters, digits, - and _.",
    )
    title: str = Field("", description="How it is shown to people; the name when empty.")
    address: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", description="The mailbox that receives its cases.")
    description: str = Field("", description="What it handles, in a sentence: the router reads it.")
    keywords: tuple[str, ...] = Field(
        (), description="Words and phrases that speak for this role; the subject counts more than the text."
    )
    members: tuple[str, ...] = Field(
        (),
        description="Who may answer a sender on its behalf: addresses, `*@domain`, on the board `group:NAME`. "
        "Empty: itself and the own domains.",
    )
    level: int = Field(1, ge=1, le=9, description="1 answers first; higher levels are escalated to.")
    next: str | None = Field(None, description="The role its cases escalate to.")
    working_hours: tuple[str, ...] | None = Field(
        None, description="Its own working hours, where they are others than the organisation's."
    )
    confidential: bool = Field(default=False, description="Its cases are read by its members only.")
    reply_name: Template | None = Field(
        None, pattern=r"^[^\r\n]+$", description="Whom its answers are from; organisation.reply_name when not set."
    )
    signature: Template | None = Field(
        None, description="Stands under its answers in place of the member's; organisation.signature when not set."
    )
