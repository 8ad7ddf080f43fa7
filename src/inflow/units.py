"""Kinds of value an operator writes in the config: durations, sizes, rates, secrets. Each says what it expects when it is wrong."""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)", re.IGNORECASE)
_BYTES = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
_RATE = re.compile(r"(\d+)\s*/\s*(s|sec|min|h|d)")
_PERIOD = {"s": 1, "sec": 1, "min": 60, "h": 3600, "d": 86400}


Security = Literal["none", "starttls", "tls"]


class Table(BaseModel):
    """A table of the config: it never changes, and a key it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class MissingSecretError(Exception):
    """A secret that the config points to is not there."""


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        message = "a duration is written like '60s', '5m', '4h' or '1d'"
        raise ValueError(message)
    return timedelta(seconds=float(match[1]) * _SECONDS[match[2]])


def _size(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        message = "a size is written like '50MB' or '500KB'"
        raise ValueError(message)
    return int(float(match[1]) * _BYTES[match[2].upper()])


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(lambda value: f"{value.total_seconds():g}s"),
    WithJsonSchema({"type": "string", "pattern": _DURATION.pattern, "examples": ["60s", "4h", "1d"]}),
]
Size = Annotated[
    int,
    BeforeValidator(_size),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["50MB"]}),
]


VARIABLES = ("first_name", "role", "organisation")


def _template(value: str) -> str:
    try:
        found = [(name, form, conversion) for _, name, form, conversion in Formatter().parse(value) if name is not None]
    except ValueError as error:
        message = f"a brace is not closed ({error}); a plain one is written twice: {{{{"
        raise ValueError(message) from None
    for name, form, conversion in found:
        if name not in VARIABLES or form or conversion:
            known = ", ".join(f"{{{one}}}" for one in VARIABLES)
            message = f"{{{name}}} is no variable; there are {known}"
            raise ValueError(message)
    return value


Template = Annotated[str, AfterValidator(_template)]
"""Text with variables in braces: `{first_name}`, `{role}`, `{organisation}`."""


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its variables filled in; a line with one that has no value is left out."""
    lines = [
        line
        for line in template.splitlines()
        if all(values[name] for _, name, _, _ in Formatter().parse(line) if name is not None)
    ]
    return "\n".join(lines).format_map(values)


class Rate(BaseModel):
    """So many in so many seconds, written `30/min`."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"type": "string", "examples": ["30/min"]})

    count: int = Field(ge=1)
    seconds: int = Field(ge=1)

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, value: object) -> object:
        if isinstance(value, str) and (match := _RATE.fullmatch(value.strip())):
            return {"count": int(match[1]), "seconds": _PERIOD[match[2]]}
        if isinstance(value, dict):
            return value
        message = "a rate is written like '30/min', '5/s' or '2000/h'"
        raise ValueError(message)

    @property
    def interval(self) -> float:
        """Seconds between two at an even pace."""
        return self.seconds / self.count


class Secret(BaseModel):
    """Where a secret is: `{ env = "NAME" }` or `{ file = "PATH" }`. It is read when it is used and never kept in the config."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str | None = Field(None, min_length=1)
    file: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _never_plain(cls, value: object) -> object:
        if isinstance(value, str):
            message = 'a secret is never written in the config: use { env = "NAME" } or { file = "PATH" }'
            raise ValueError(message)  # noqa: TRY004  pydantic reports a ValueError by its key
        return value

    @model_validator(mode="after")
    def _one_place(self, info: ValidationInfo) -> Self:
        if (self.env is None) == (self.file is None):
            message = 'give either { env = "NAME" } or { file = "PATH" }'
            raise ValueError(message)
        if self.file and info.context:
            object.__setattr__(self, "file", Path(info.context["folder"]) / self.file)
        return self

    def read(self) -> str:
        """The secret itself. Raises MissingSecretError, which says where it was looked for."""
        if self.env:
            try:
                return os.environ[self.env]
            except KeyError:
                raise MissingSecretError(f"the environment variable {self.env} is not set") from None
        assert self.file is not None
        try:
            return self.file.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise MissingSecretError(f"the file {self.file} cannot be read: {error.strerror}") from error
