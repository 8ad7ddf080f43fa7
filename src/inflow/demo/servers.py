"""An IMAP server (pymap, in memory) and an SMTP server (aiosmtpd) on free loopback ports, in one thread.

What is sent to `NAME@DOMAIN` or `NAME+anything@DOMAIN` lies in the INBOX of the account NAME where there is one;
the rest is taken and dropped, for it would have left the house.
"""

import asyncio
import threading
from argparse import Namespace
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import Passwords, UserMetadata

HOST = "127.0.0.1"
PASSWORD = "demo"  # noqa: S105 - of accounts that live in the memory of this process


class Servers:
    """`with Servers(accounts, domain=...) as servers:` runs both until the block ends."""

    def __init__(self, accounts: Iterable[str], *, domain: str) -> None:
        self.imap_port = 0
        self.smtp_port = 0
        self._accounts = tuple(accounts)
        self._domain = domain
        self._config = Config(
            Namespace(passlib_cfg=None, proxy_protocol=None, cert=None, key=None, tls=False),
            host=HOST,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
            secure_auth=False,
        )
        self._loop = asyncio.new_event_loop()
        self._connections: set[object] = set()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="demo servers", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(timeout=10):
            raise TimeoutError("the demo's servers did not start within ten seconds")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._config.apply_context()
        imap = await self._imap_server()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._connections.add(asyncio.current_task())  # asyncio itself holds tasks weakly
            await imap(reader, writer, SocketInfoLocal(writer.transport))

        listeners = [
            await asyncio.start_server(connected, HOST, 0),
            await self._loop.create_server(self._smtp_server, HOST, 0),
        ]
        self.imap_port, self.smtp_port = (listener.sockets[0].getsockname()[1] for listener in listeners)
        self._ready.set()
        await self._stop.wait()
        for listener in listeners:
            listener.close()  # wait_closed() would wait for every client; the runner cancels them when it closes

    async def _imap_server(self) -> IMAPServer:
        login = Login(self._config)
        password = await Passwords(self._config).hash_password(PASSWORD)
        for account in self._accounts:
            login.users_dict[account] = UserMetadata(self._config, account, password=password)
            self._config.set_cache[account] = (MailboxSet(), FilterSet())
        return IMAPServer(login, self._config)

    def _smtp_server(self) -> SMTP:
        return SMTP(self, hostname="demo.test", loop=self._loop, enable_SMTPUTF8=True, data_size_limit=2**26)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Put the mail where its recipients are; called by aiosmtpd."""
        raw = bytes(envelope.original_content or b"")
        for recipient in envelope.rcpt_tos:
            await self._deliver(recipient, raw)
        return "250 2.0.0 kept"

    async def _deliver(self, recipient: str, raw: bytes) -> None:
        local, _, domain = recipient.lower().rpartition("@")
        account = local.partition("+")[0]
        if domain == self._domain and account in self._accounts:
            inbox = await self._config.set_cache[account][0].get_mailbox("INBOX")
            await inbox.append(AppendMessage(raw, datetime.now(UTC), frozenset()), recent=True)
