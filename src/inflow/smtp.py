"""The relay: an envelope and bytes in, an outcome out. Connections are kept open and made again when the server closed them."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiosmtplib
from pydantic import Field

from inflow.casework.delivery import Outcome
from inflow.units import Duration, MissingSecretError, Rate, Secret, Security, Table

LONGEST_TRANSFER = 600
_ABOUT_US = frozenset({421, 454, 530, 534, 535, 538})
"""Replies that speak of our login or the server's state, never of this mail (RFC 4954): waiting and mending help."""


class SmtpSettings(Table):
    """The server that takes our mail."""

    host: str = Field(min_length=1)
    port: int = Field(25, ge=1, le=65535)
    security: Security = Field("starttls", description="none, starttls or tls; never falls back to clear text.")
    username: str | None = None
    password: Secret | None = None
    ca_file: Path | None = Field(None, description="Certificates to trust besides the system's, in PEM.")
    connections: int = Field(4, ge=1, le=64, description="How many are kept open at once.")
    rate: Rate | None = Field(None, description="A provider's ceiling; deliveries wait their turn, none is refused.")
    timeout: Duration = Field("30s", validate_default=True, description="How long one answer of the server may take.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How an attempt ended, in one word and the server's own."""

    outcome: Outcome
    error: str | None = None


class Relay:
    """One connection to the server, opened when it is needed. Not for two tasks at once."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, sender: str, recipient: str, content: bytes) -> Result:
        """One mail to one recipient. Never raises for what a server or network does: an unknown trouble means later."""
        try:
            async with asyncio.timeout(LONGEST_TRANSFER):
                await self._begin(sender, content)
                client = self._connected()
                await client.rcpt(recipient, encoding=_encoding(recipient))
                await client.data(content)
        except aiosmtplib.SMTPResponseException as error:
            if error.code == 421:  # noqa: PLR2004
                self.close()
            else:
                await self._reset()
            return Result(outcome=_outcome(error), error=f"{error.code} {_one_line(error.message)}")
        except (aiosmtplib.SMTPException, OSError, TimeoutError, MissingSecretError, UnicodeError) as error:
            self.close()
            return Result(outcome=Outcome.LATER, error=_one_line(str(error)) or type(error).__name__)
        except asyncio.CancelledError:
            self.close()
            raise
        return Result(outcome=Outcome.SENT)

    async def _begin(self, sender: str, content: bytes) -> None:
        """MAIL FROM; on a kept-open connection that the server has closed meanwhile, once more on a new one."""
        reused = self._client is not None and self._client.is_connected
        try:
            await self._mail(sender, content)
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPResponseException) as error:
            if not reused or (isinstance(error, aiosmtplib.SMTPResponseException) and error.code != 421):  # noqa: PLR2004
                raise
            self.close()
            await self._mail(sender, content)

    async def _mail(self, sender: str, content: bytes) -> None:
        client = await self.connect()
        options = [f"SIZE={len(content)}"] if client.supports_extension("size") else []
        if client.supports_extension("8bitmime") and not content.isascii():
            options.append("BODY=8BITMIME")
        if not sender.isascii() and client.supports_extension("smtputf8"):
            options.append("SMTPUTF8")
        await client.mail(sender, options=options, encoding=_encoding(sender))

    async def connect(self) -> aiosmtplib.SMTP:
        """The open, logged-in connection. Raises what aiosmtplib raises."""
        if self._client is not None and self._client.is_connected:
            return self._client
        settings = self._settings
        self._client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=_context(settings),
            timeout=settings.timeout.total_seconds(),
        )
        await self._client.connect()
        if settings.username and settings.password:
            await self._client.login(settings.username, settings.password.read())
        return self._client

    def _connected(self) -> aiosmtplib.SMTP:
        assert self._client is not None
        return self._client

    async def _reset(self) -> None:
        try:
            await self._connected().rset()
        except (aiosmtplib.SMTPException, OSError, TimeoutError, AssertionError):
            self.close()

    async def quit(self) -> None:
        """Say goodbye, briefly."""
        if self._client is not None and self._client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await self._client.quit(timeout=2)
        self.close()

    def close(self) -> None:
        """Cut the connection without waiting for anybody."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _context(settings: SmtpSettings) -> ssl.SSLContext | None:
    """Whom we believe, where the connection is encrypted: to know everybody the system trusts takes time."""
    if settings.security == "none":
        return None
    context = ssl.create_default_context()
    if settings.ca_file:
        context.load_verify_locations(settings.ca_file)
    return context


def _outcome(error: aiosmtplib.SMTPResponseException) -> Outcome:
    connecting = (aiosmtplib.SMTPConnectResponseError, aiosmtplib.SMTPHeloError, aiosmtplib.SMTPAuthenticationError)
    about_us = isinstance(error, connecting) or error.code in _ABOUT_US
    return Outcome.NEVER if error.code // 100 == 5 and not about_us else Outcome.LATER  # noqa: PLR2004


def _encoding(address: str) -> str:
    return "ascii" if address.isascii() else "utf-8"


def _one_line(message: str) -> str:
    return " ".join(message.split())[:500]
