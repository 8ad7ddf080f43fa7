"""What an operator may say about routing: `[classifier]` and `[parties]`. Every value is checked when it is read."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from inflow.routing.facts import PartyKind


class Mode(StrEnum):
    """Whether the learned classifier acts or only says what it would have done."""

    ON = "on"
    SHADOW = "shadow"


class ClassifierSettings(BaseModel):
    """The `[classifier]` table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=True, description="Whether the learned classifier is asked at all.")
    max_misrouted: float = Field(
        0.05,
        gt=0,
        lt=1,
        description="Of what it routes by itself, at most this share may be wrong; the rest goes to other.",
    )
    mode: Mode = Field(Mode.ON, description="`shadow`: it decides, and `classifier report` tells, but it does not act.")


class PartySettings(BaseModel):
    """The `[parties]` table: the domains of each kind of party."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    domains: dict[PartyKind, tuple[str, ...]] = Field(
        default_factory=dict, description="Domains of each kind; a subdomain counts too."
    )
