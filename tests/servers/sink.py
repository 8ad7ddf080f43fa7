"""An SMTP server that keeps what it receives and answers as a test tells it to.

sink.answer("gone@exempel.test", "550 5.1.1 no such user")
sink.answer("busy@exempel.test", "451 4.3.0 later", at=Stage.DATA, times=1)
sink.cuts = 1                       # takes the next mail's bytes, then cuts the line without a word
"""

import asyncio
import ssl
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Any, Self

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.process import free_port, wait_until

PASSWORD = "correct-horse"


class Stage(StrEnum):
    """Where in the conversation an answer is given."""

    RCPT = "rcpt"
    DATA = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One mail the sink said 250 to; `connection` numbers the connections, so that re-use can be seen."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    connection: int
    tls: bool


@dataclass(slots=True, kw_only=True)
class _Answer:
    reply: str
    stage: Stage
    times: float


@dataclass(eq=False)
class Sink:
    """`with Sink() as sink:` runs it in a thread on a free loopback port; between `stop()` and `start()` it refuses."""

    security: str = "none"
    require_login: bool = False
    received: list[Received] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    cuts: int = 0
    delay: float = 0
    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    authority: trustme.CA = field(default_factory=trustme.CA)
    _answers: dict[str, _Answer] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _connections: Any = field(default_factory=lambda: count(1))
    _controller: Controller | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Accept connections, on the same port as before."""
        self._controller = _Controller(self)
        self._controller.start()

    def stop(self) -> None:
        """Cut every connection and refuse new ones; what was received stays."""
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None

    def answer(self, recipient: str, reply: str, *, at: Stage = Stage.RCPT, times: float = float("inf")) -> None:
        """Answer this for mail to the recipient, so many times; afterwards 250 again."""
        self._answers[recipient] = _Answer(reply=reply, stage=at, times=times)

    def to(self, recipient: str) -> list[Received]:
        """What one recipient has received, in order."""
        return [mail for mail in self.received if recipient in mail.recipients]

    def wait_for(self, number: int, *, seconds: float = 10) -> list[Received]:
        """All mails received, as soon as there are so many; TimeoutError when they do not come."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.received) >= number, timeout=seconds):
                raise TimeoutError(f"{len(self.received)} of {number} mails came in {seconds:g} s: {self.attempts}")
        return list(self.received)

    def wait_for_attempts(self, number: int, *, seconds: float = 10) -> list[str]:
        """The recipients tried so far, taken or not, as soon as there are so many."""
        wait_until(lambda: len(self.attempts) >= number, seconds=seconds, what=f"{number} attempts")
        return list(self.attempts)

    # What aiosmtpd calls, in its thread.

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Number the connection at its first word."""
        session.host_name = hostname
        if not hasattr(session, "number"):
            session.number = next(self._connections)  # type: ignore[attr-defined]
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer as told, else take the recipient."""
        self.attempts.append(address)
        refusal = self._told(address, Stage.RCPT)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Wait, cut, refuse or keep the mail."""
        await asyncio.sleep(self.delay)
        if self.cuts:
            self.cuts -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 4.4.2 never sent"
        refusals = [self._told(address, Stage.DATA) for address in envelope.rcpt_tos]
        if any(refusals):
            return next(filter(None, refusals))
        mail = Received(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            raw=bytes(envelope.original_content or b""),
            connection=getattr(session, "number", 0),
            tls=session.ssl is not None,
        )
        with self._changed:
            self.received.append(mail)
            self._changed.notify_all()
        return "250 2.0.0 kept"

    def _told(self, address: str, stage: Stage) -> str | None:
        answer = self._answers.get(address)
        if answer is None or answer.stage != stage or answer.times <= 0:
            return None
        answer.times -= 1
        return answer.reply


class _Controller(Controller):
    """aiosmtpd's thread, with the sink's TLS and login."""

    def __init__(self, sink: Sink) -> None:
        context = _server_context(sink.authority)
        smtp: dict[str, Any] = {"decode_data": False, "enable_SMTPUTF8": True, "data_size_limit": 2**28}
        if sink.security == "starttls":
            smtp |= {"tls_context": context, "require_starttls": True}
        if sink.require_login:
            smtp |= {
                "authenticator": _check_login,
                "auth_required": True,
                "auth_require_tls": sink.security == "starttls",
            }
        super().__init__(
            sink,
            hostname=sink.host,
            port=sink.port,
            ssl_context=context if sink.security == "tls" else None,
            server_hostname="sink.test",
            **smtp,
        )


def _server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


def _check_login(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: LoginPassword
) -> AuthResult:
    return AuthResult(success=login.password == PASSWORD.encode(), handled=False)
