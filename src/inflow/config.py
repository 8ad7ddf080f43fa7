"""The TOML an operator writes → one frozen Settings. Every fault is named by its key, all of them at once."""

import os
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, ValidationError, field_validator

from inflow import rotas
from inflow.casework.clocks import Clock, WorkingTime, read_week
from inflow.casework.free_days import FreeDays, is_day
from inflow.casework.settings import DutySettings, PromiseSettings
from inflow.doors import Webhooks, WebSettings
from inflow.faults import table_faults
from inflow.imap import ImapSettings
from inflow.routing.roles import Role
from inflow.routing.rules import Rule
from inflow.routing.settings import ClassifierSettings, PartySettings
from inflow.smtp import SmtpSettings
from inflow.units import Duration, MissingSecretError, Secret, Table, Template

SEARCHED = (Path("config/inflow.toml"), Path("/etc/inflow/inflow.toml"))
Language = Literal["sv", "en"]
EMAIL = r"^[^@\s]+@[^@\s]+$"


class ConfigError(Exception):
    """The config is wrong; `faults` are lines `key: what is wrong`, in the order of the file's tables."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Organisation(Table):
    """Who we are."""

    name: str = Field(min_length=1, description="Shown to senders and members.")
    domains: tuple[str, ...] = Field((), description="A sender at one of these, or below it, is internal.")
    language: Language = Field("sv", description="Of notices to roles: sv or en.")
    timezone: str = Field("Europe/Stockholm", description="Times people read are in this zone.")
    reply_name: Template = Field(
        "{organisation}",
        pattern=r"^[^\r\n]+$",
        description="Whom answers are from; may hold {first_name} of the member, {role}, {organisation}.",
    )
    signature: Template | None = Field(
        None, description="Stands under answers; the same variables. Not set: the member's own is kept; empty: none."
    )
    working_hours: tuple[str, ...] | None = Field(
        None, description="Such as `mon-fri 08:00-17:00`. Given, promises and the clocks of other count working time."
    )
    country: str | None = Field(None, description="Whose public holidays are free: `SE`, `DE-BY`.")
    closed: tuple[str, ...] = Field((), description="More free days: `2026-05-15`, or each year's `12-24`.")

    @field_validator("closed")
    @classmethod
    def _days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [day for day in value if not is_day(day)]:
            raise ValueError(f"{wrong[0]!r} is no day; write 2026-05-15, or 12-24 for every year")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is not a time zone; write for example 'Europe/Stockholm'")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the organisation."""
        return ZoneInfo(self.timezone)


class DatabaseSettings(Table):
    """Where everything is remembered."""

    url: str = Field(
        pattern=r"^(sqlite:///.+|postgresql://.+)$",
        description="sqlite:///FILE (relative to this file) or postgresql://user@host/name.",
    )
    password: Secret | None = Field(None, description="Of the PostgreSQL user, where it needs one.")


class Acknowledge(Table):
    """Whether a sender is told at once that the mail has come in."""

    enabled: bool = False
    answers: bool = Field(False, description="With the ready answer, where the mail asks for one beyond doubt.")


class MailboxSettings(Table):
    """A way in: a shared address and the IMAP folder it fills."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="What logs and commands call it.")
    address: str = Field(pattern=EMAIL, description="What people write to, and what replies come from.")
    subaddressing: bool = Field(default=True, description="address+anything reaches this mailbox too.")
    authserv_id: str | None = Field(
        None, description="The server whose Authentication-Results are believed (RFC 8601)."
    )
    arc_sealers: tuple[Annotated[str, Field(pattern=r"^[^@\s]+$")], ...] = Field(
        (), description="Domains of forwarders whose ARC seal is believed (RFC 8617), when that server says arc=pass."
    )
    acknowledge: Acknowledge = Acknowledge()
    imap: ImapSettings


class OtherSettings(Table):
    """The role that takes what no one else recognisably should."""

    role: str = Field(description="Its name.")
    ask_after: Duration = Field("4h", validate_default=True, description="Then every role is asked: whose is this?")
    management_after: Duration = Field(
        "1d", validate_default=True, description="Then it is a question for the management."
    )
    management: str | None = Field(None, pattern=EMAIL, description="Who is asked then.")


class CaseSettings(Table):
    """The life of cases."""

    forward_absences: bool = Field(
        default=False,
        description="Whether automatic replies in a case go to its role; they are noted in the case anyway.",
    )

    reopen_within: Duration = Field(
        "30d", validate_default=True, description="A reply to a case closed longer ago opens a new one, linked to it."
    )


class AnswerSettings(Table):
    """Ready answers that `/answer KEY` sends."""

    folder: Path = Field(Path("answers"), description="Where the files KEY.md are; relative to this file.")


class Probe(Table):
    """Inflow mails itself by the way that everybody's mail takes, and measures the round trip."""

    enabled: bool = Field(default=False, description="Off where the mail server may not send to the shared address.")
    every: Duration = Field("1h", validate_default=True, description="How often.")
    patience: Duration = Field("15m", validate_default=True, description="Not back by then: an alarm.")


class Operations(Table):
    """Who keeps Inflow running, and when silence is an alarm."""

    address: str | None = Field(None, pattern=EMAIL, description="Gets what operations must know.")
    mailbox_silence: Duration = Field(
        "15m", validate_default=True, description="A mailbox not read for so long: an alarm."
    )
    outbox_age: Duration = Field("1h", validate_default=True, description="A delivery that waits so long: an alarm.")
    probe: Probe = Probe()


class Settings(Table):
    """Everything Inflow is told: the whole of inflow.toml."""

    organisation: Organisation
    database: DatabaseSettings
    smtp: SmtpSettings
    mailboxes: tuple[MailboxSettings, ...] = Field(alias="mailbox", min_length=1)
    roles: tuple[Role, ...] = Field(alias="role", min_length=1)
    other: OtherSettings
    rules: tuple[Rule, ...] = Field((), alias="rule")
    classifier: ClassifierSettings = ClassifierSettings()
    parties: PartySettings = PartySettings()
    promises: tuple[PromiseSettings, ...] = Field((), alias="promise")
    duties: tuple[DutySettings, ...] = Field((), alias="duty")
    cases: CaseSettings = CaseSettings()
    answers: AnswerSettings = AnswerSettings()
    operations: Operations = Operations()
    web: WebSettings = WebSettings()
    webhooks: Webhooks = Field((), alias="webhook")

    def role(self, name: str) -> Role | None:
        """The role of that name."""
        return next((role for role in self.roles if role.name == name), None)

    @property
    def managing(self) -> Role | None:
        """The management, as one that may order: whoever writes from its own address or our domains. It is nobody's receiver."""
        return Role(name="management", address=self.other.management) if self.other.management else None

    def clock(self, role: str = "") -> Clock:
        """The working time of a role, or of the organisation; None: every hour counts."""
        own, ours = self.role(role), self.organisation
        hours = (own.working_hours if own else None) or ours.working_hours
        return _clock(hours, ours.timezone, ours.country, ours.closed) if hours else None

    def mailbox(self, name: str | None) -> MailboxSettings:
        """The mailbox of that name; the first when there is none (any more)."""
        return next((mailbox for mailbox in self.mailboxes if mailbox.name == name), self.mailboxes[0])

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address that is ours: mailboxes and roles, lower-case."""
        return frozenset(
            [*(one.address.lower() for one in self.mailboxes), *(one.address.lower() for one in self.roles)]
        )


def find(path: Path | None) -> Path:
    """The config file to read: `--config`, else $INFLOW_CONFIG, else the usual places. Raises ConfigError."""
    if path is None and (named := os.environ.get("INFLOW_CONFIG")):
        path = Path(named)
    if path is not None:
        return path
    for candidate in SEARCHED:
        if candidate.is_file():
            return candidate
    raise ConfigError(
        [
            f"--config: no config file: looked for {' and '.join(map(str, SEARCHED))}; give --config FILE or set INFLOW_CONFIG"
        ]
    )


def load(path: Path | None = None) -> Settings:
    """Read and check the whole file. Raises ConfigError with every fault; touches nothing."""
    path = find(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: is not TOML: {error}"]) from error
    return build(table, folder=path.resolve().parent)


def build(table: dict[str, Any], *, folder: Path) -> Settings:
    """Settings of a TOML table; relative paths in it are below `folder`. Raises ConfigError with every fault."""
    faults: list[str] = []
    settings = None
    try:
        settings = Settings.model_validate(table, context={"folder": folder})
    except ValidationError as error:
        faults += [f"{_key(fault['loc'])}: {_text(fault['msg'])}" for fault in error.errors()]
    faults += list(table_faults(table))
    if settings is not None and not faults:
        faults += list(_rota_faults(settings))
    if faults or settings is None:
        raise ConfigError(faults)
    database = settings.database.model_copy(update={"url": _absolute(settings.database.url, folder)})
    answers = settings.answers.model_copy(update={"folder": folder / settings.answers.folder})
    return settings.model_copy(update={"database": database, "answers": answers})


@lru_cache
def _clock(hours: tuple[str, ...], zone: str, country: str | None, closed: tuple[str, ...]) -> WorkingTime:
    return WorkingTime(zone=ZoneInfo(zone), week=read_week(hours), free=FreeDays(country, closed))


def _rota_faults(settings: Settings) -> Iterator[str]:
    ours, now = settings.organisation, datetime.now(UTC)
    for i, duty in enumerate(settings.duties):
        if role := settings.role(duty.role):
            clock = settings.clock(role.name)
            yield from rotas.faults(
                f"duty[{i}]", duty, role, domains=ours.domains, clock=clock, zone=ours.zone, now=now
            )


def secrets(settings: Settings) -> Iterator[tuple[str, str]]:
    """The secrets that cannot be read: pairs of key and what is wrong."""
    places = [("database.password", settings.database.password), ("smtp.password", settings.smtp.password)]
    places += [(f"mailbox[{i}].imap.password", mailbox.imap.password) for i, mailbox in enumerate(settings.mailboxes)]
    places += [(f"webhook[{i}].secret", hook.secret) for i, hook in enumerate(settings.webhooks)]
    places += [("web.oidc.client_secret", settings.web.oidc.client_secret)] if settings.web.oidc else []
    for key, secret in places:
        try:
            if secret:
                secret.read()
        except MissingSecretError as error:
            yield key, str(error)


def _absolute(url: str, folder: Path) -> str:
    scheme, _, rest = url.partition(":///")
    return f"sqlite:///{folder / rest}" if scheme == "sqlite" and rest != ":memory:" else url


def _key(location: tuple[int | str, ...]) -> str:
    key = ""
    for step in location:
        key += f"[{step}]" if isinstance(step, int) else f".{step}" if key else step
    return key or "inflow.toml"


def _text(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return {"Extra inputs are not permitted": "unknown key", "Field required": "is missing"}.get(text, text)
