"""Who is let in to the board, and which systems are told what happens: the `[web]` and `[[webhook]]` tables of the config."""

from ipaddress import ip_address, ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from inflow.units import Duration, Secret, Table


def _network(value: str) -> str:
    ip_network(value)
    return value


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


Network = Annotated[str, AfterValidator(_network)]


class OidcSettings(Table):
    """An identity provider (OpenID Connect)."""

    issuer: str = Field(pattern=r"^https?://[^\s]+$", description="Its address, as it names itself.")
    client_id: str = Field(min_length=1, description="What it calls the board.")
    client_secret: Secret = Field(description="Of the board at the provider.")
    groups_claim: str = Field(
        "groups", description="The claim that lists groups; members of a role may be `group:NAME`."
    )


class WebhookSettings(Table):
    """Another system that is told what happens to cases (Standard Webhooks)."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="What logs and commands call it.")
    url: str = Field(
        pattern=r"^(https://[^\s]+|http://(127\.0\.0\.1|localhost|\[::1\])([:/][^\s]*)?)$",
        description="Where it is told; https, but on this machine.",
    )
    secret: Secret = Field(description="That both know: `whsec_` and base64, or 16 characters and more.")
    events: tuple[str, ...] = Field((), description="Kinds of events that are told, such as `opened`; none: all.")
    confidential: bool = Field(default=False, description="Whether it is told of confidential cases too.")


def _distinct(value: tuple[WebhookSettings, ...]) -> tuple[WebhookSettings, ...]:
    names = [one.name for one in value]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two have the name {min(twice)!r}")
    return value


Webhooks = Annotated[tuple[WebhookSettings, ...], AfterValidator(_distinct)]


class WebSettings(Table):
    """The board: who is let in, and where it listens."""

    enabled: bool = Field(default=False, description="Whether `inflow run` shows the board too.")
    host: str = Field("127.0.0.1", description="The address it listens at.")
    port: int = Field(8025, ge=0, le=65535, description="The port it listens at.")
    url: str = Field(
        "", pattern=r"^(https?://[^\s/]+)?$", description="Where browsers reach it, such as `https://inflow.example`."
    )
    header: str = Field(
        "X-Forwarded-Email", pattern=r"^[A-Za-z0-9-]+$", description="In which the proxy says who it is."
    )
    proxies: tuple[Network, ...] = Field((), description="Addresses or networks of proxies that are believed.")
    session: Duration = Field("12h", validate_default=True, description="How long somebody stays signed in.")
    oidc: OidcSettings | None = Field(None, description='With `auth = "oidc"`.')
    auth: Literal["local", "proxy", "oidc", "demo"] = Field(
        "local",
        validate_default=True,
        description="Accounts of `inflow users`, a header of a trusted proxy, or an identity provider; demo: anyone on this machine.",
    )

    @field_validator("auth")
    @classmethod
    def _whole(cls, value: str, info: ValidationInfo) -> str:
        said = info.data
        if value == "proxy" and not said.get("proxies"):
            raise ValueError("'proxy' needs web.proxies: the addresses from which the header is believed")
        if value == "oidc" and not (said.get("oidc") and said.get("url")):
            raise ValueError("'oidc' needs [web.oidc], and web.url, to which the provider sends people back")
        if value == "demo" and not _is_loopback(str(said.get("host"))):
            raise ValueError("'demo' lets everybody in: web.host must be a loopback address")
        return value

    @property
    def is_on_loopback(self) -> bool:
        """Whether nobody but this machine reaches it."""
        return _is_loopback(self.host)

    @property
    def is_https(self) -> bool:
        """Whether browsers reach it over TLS: always, but for one who tries it on this machine."""
        return self.url.startswith("https:") or not self.is_on_loopback

    def believes(self, client: str) -> bool:
        """Whether an address is a trusted proxy's."""
        try:
            return any(ip_address(client) in ip_network(one) for one in self.proxies)
        except ValueError:
            return False
