"""One mailbox connection, for one thread. UIDs only; it never falls to clear text and never expunges what it did not copy.

`abort` may be called from any thread, at any time after the object is made: it cuts whatever the connection is doing.
"""

import contextlib
import imaplib
import select
import socket
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError
from pydantic import Field

from inflow.units import Duration, Secret, Security, Size, Table

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
DONE_KEYWORD = b"$InflowDone"
TOO_BIG_KEYWORD = b"$InflowTooBig"

imaplib._MAXLINE = 64 << 20  # type: ignore[attr-defined]  # one SEARCH answer is one line: a million waiting mails must not end the session  # noqa: SLF001


class ImapSettings(Table):
    """How to reach one mailbox."""

    host: str = Field(min_length=1)
    port: int = Field(993, ge=1, le=65535)
    security: Security = Field("tls", description="none, starttls or tls; never falls back to clear text.")
    username: str = Field(min_length=1)
    password: Secret
    ca_file: Path | None = Field(None, description="Certificates to trust besides the system's, in PEM.")
    folder: str = Field("INBOX", min_length=1)
    done: Literal["move", "flag"] = Field("move", description="move (to done_folder) or flag ($InflowDone).")
    done_folder: str = Field(
        "Inflow/Done", min_length=1, description="Written with /, whatever the server's separator."
    )
    too_big_folder: str = Field("Inflow/TooBig", min_length=1, description="Where mail above max_size is left.")
    max_size: Size = Field(50 << 20, ge=1, description="Above it only the headers are taken in.")
    poll: Duration = Field("60s", validate_default=True, description="Also the longest wait when IDLE is silent.")
    idle: bool = Field(default=True, description="Wait with IDLE (RFC 2177) where the server has it.")


class MailboxError(Exception):
    """The mailbox cannot be used: unreachable, refused, or not as expected. Waiting may help."""


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What goes wrong with a server, as one kind of error with a sentence."""
    try:
        yield
    except LoginError as error:
        raise MailboxError(f"login failed: {error}") from error
    except MailboxError:
        raise
    except (IMAPClientError, OSError) as error:
        raise MailboxError(str(error)[:1000] or type(error).__name__) from error
    except Exception as error:  # what a server says can break the library in any way
        raise MailboxError(f"the server's answer makes no sense: {type(error).__name__}: {str(error)[:500]}") from error


def _number(value: Any, *, bits: int = 32) -> int:
    """A number as IMAP has them: 32 bits, 63 for sizes, not negative (RFC 9051 section 9). Raises ValueError."""
    number = int(value)
    if not 0 <= number < 1 << bits:
        raise ValueError(f"{number} is not a number of IMAP")
    return number


class Mailbox:
    """A logged-in session with one folder selected."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._client: IMAPClient | None = None
        self._wake, self._waker = socket.socketpair()
        self._wake.setblocking(False)
        self._aborted = False
        self.uidvalidity = 0
        self._keywords = False
        self._done_folder = ""
        self._separator = "/"
        self._prefix = ""

    @property
    def client(self) -> IMAPClient:
        """The session. Raises MailboxError when there is none."""
        if self._client is None:
            raise MailboxError("not connected")
        return self._client

    def connect(self) -> None:
        """Connect, log in and select the folder. Raises MailboxError."""
        with _told():
            self._open()
            self.client.login(self._settings.username, self._settings.password.read())
            self._learn()
            selected = self.client.select_folder(self._settings.folder)
            self.uidvalidity = _number(selected[b"UIDVALIDITY"])
            allowed = selected.get(b"PERMANENTFLAGS", ())
            self._keywords = b"\\*" in allowed or DONE_KEYWORD in allowed
            if self._settings.done == "move":
                self._done_folder = self._folder(self._settings.done_folder)

    def _open(self) -> None:
        settings = self._settings
        context = ssl.create_default_context()
        if settings.ca_file:
            context.load_verify_locations(settings.ca_file)
        self._client = IMAPClient(
            settings.host,
            settings.port,
            ssl=settings.security == "tls",
            ssl_context=context if settings.security == "tls" else None,
            timeout=SocketTimeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
        )
        self._client._imap.debug = 0  # noqa: SLF001  IMAPClient formats every literal for a debug log that nobody reads
        self._bound_literals()
        if self._aborted:
            raise MailboxError("stopped")
        if settings.security == "starttls":
            self._client.starttls(context)

    def _bound_literals(self) -> None:
        """A server may say that gigabytes follow: nothing that was asked for is so large."""
        connection, longest = self.client._imap, 2 * self._settings.max_size + (1 << 20)  # noqa: SLF001
        read = connection.read

        def bounded(size: int) -> bytes:
            if size > longest:
                raise MailboxError(f"the server announced {size} bytes")
            return bytes(read(size))

        connection.read = bounded

    def _learn(self) -> None:
        """The personal namespace (RFC 2342): how the server writes a/b, and what stands before it."""
        if self.client.has_capability("NAMESPACE") and (personal := self.client.namespace().personal):
            prefix, separator = personal[0]
            self._prefix, self._separator = str(prefix), str(separator or "/")
        else:
            listed = self.client.list_folders("", "")
            separator = listed[0][1] if listed else b"/"
            self._separator = separator.decode() if isinstance(separator, bytes) else "/"

    def _folder(self, name: str) -> str:
        """The server's name of a folder written with /; made when it is not there."""
        full = self._prefix + name.replace("/", self._separator)
        if not self.client.folder_exists(full):
            self.client.create_folder(full)
            self.client.subscribe_folder(full)
        return full

    def folders(self) -> list[str]:
        """Names of the folders that are there. Raises MailboxError."""
        with _told():
            return [str(name) for _, _, name in self.client.list_folders()]

    @property
    def capabilities(self) -> list[str]:
        """What the server offers."""
        with _told():
            return sorted(one.decode("ascii", "replace") for one in self.client.capabilities())

    @property
    def marks_by(self) -> str:
        """How done mail is marked here: move, keyword or seen (RFC 6851; without UIDPLUS nothing can be moved safely)."""
        if self._settings.done == "move" and (
            self.client.has_capability("MOVE") or self.client.has_capability("UIDPLUS")
        ):
            return "move"
        return "keyword" if self._keywords else "seen"

    def waiting(self, *, after: int) -> list[int]:
        """UIDs not marked done, ascending. Where a mark cannot be told from a reader's, those above `after`. Raises MailboxError."""
        with _told():
            self.client.noop()  # only then is a server bound to tell of what has come since (RFC 3501 section 6.1.2)
            match self.marks_by:
                case "move":
                    found = self.client.search(["UNDELETED"])
                case "keyword":
                    found = self.client.search(["UNKEYWORD", DONE_KEYWORD, "UNKEYWORD", TOO_BIG_KEYWORD])
                case _:
                    found = [uid for uid in self.client.search(["UID", f"{after + 1}:*"]) if uid > after]
            self._same_folder()
            return sorted({_number(uid) for uid in found})

    def _same_folder(self) -> None:
        """The numbers of this session mean what they did: a server that renumbers under our feet is asked anew."""
        told = self.client._imap.untagged_responses.get("UIDVALIDITY", ())  # noqa: SLF001
        if any(int(one) != self.uidvalidity for one in told):
            raise MailboxError("UIDVALIDITY changed")

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """RFC822.SIZE by UID; a UID that is gone is not in it. Raises MailboxError."""
        with _told():
            found = self.client.fetch(uids, [b"RFC822.SIZE"]) if uids else {}
            return {
                uid: _number(found[uid][b"RFC822.SIZE"], bits=63)
                for uid in uids
                if b"RFC822.SIZE" in found.get(uid, ())
            }

    def fetch(self, uids: Sequence[int], *, headers_only: bool = False) -> dict[int, bytes]:
        """Raw mails by UID, without marking them read; a UID that is gone is not in it. Raises MailboxError."""
        with _told():
            what, key = (b"BODY.PEEK[HEADER]", b"BODY[HEADER]") if headers_only else (b"BODY.PEEK[]", b"BODY[]")
            found = self.client.fetch(uids, [what])
            self._same_folder()
            raws = {uid: found[uid].get(key) for uid in uids if uid in found}
            return {uid: raw for uid, raw in raws.items() if isinstance(raw, bytes)}

    def mark_done(self, uids: Sequence[int]) -> None:
        """Out of the way of people who look into the mailbox, in one command a batch. Raises MailboxError."""
        with _told():
            self._mark(uids, self._done_folder, DONE_KEYWORD)

    def mark_too_big(self, uids: Sequence[int]) -> None:
        """Left where people find it. Raises MailboxError."""
        with _told():
            folder = self._folder(self._settings.too_big_folder) if self.marks_by == "move" else ""
            self._mark(uids, folder, TOO_BIG_KEYWORD)

    def _mark(self, uids: Sequence[int], folder: str, keyword: bytes) -> None:
        match self.marks_by:
            case "move" if self.client.has_capability("MOVE"):
                self.client.move(uids, folder)
            case "move":
                self.client.copy(uids, folder)
                self.client.add_flags(uids, [b"\\Deleted"], silent=True)
                self.client.uid_expunge(uids)
            case "keyword":
                self.client.add_flags(uids, [keyword], silent=True)
            case _:
                self.client.add_flags(uids, [b"\\Seen"], silent=True)

    def wait(self, seconds: float) -> None:
        """Until something happens in the folder, `wake` is called, or the time is up. Raises MailboxError."""
        with _told():
            if self._settings.idle and self.client.has_capability("IDLE"):
                self.client.idle()
                try:
                    if not self._has_buffered():
                        self._select([self.client.socket(), self._wake], seconds)
                finally:
                    self.client.idle_done()
            else:
                self._select([self._wake], seconds)

    def _select(self, sockets: list[Any], seconds: float) -> None:
        select.select(sockets, [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            self._wake.recv(4096)

    def _has_buffered(self) -> bool:
        """Whether an answer came in one packet with the `+` of IDLE: select() does not see what Python has read already."""
        connection = self.client.socket()
        connection.settimeout(0)
        try:
            return bool(self.client._imap.file.peek(1))  # noqa: SLF001
        except (ssl.SSLWantReadError, BlockingIOError):
            return False
        finally:
            connection.settimeout(ANSWER_SECONDS)

    def wake(self) -> None:
        """End a `wait` now. May be called from any thread."""
        with contextlib.suppress(OSError):
            self._waker.send(b".")

    def abort(self) -> None:
        """Cut the connection, whatever it is doing. May be called from any thread."""
        self._aborted = True
        self.wake()
        if self._client is not None:
            with contextlib.suppress(OSError, AttributeError):
                self._client.socket().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Log out if the server still listens; the object is of no use afterwards."""
        if self._client is not None:
            with contextlib.suppress(Exception):
                if not self._aborted:
                    self._client.socket().settimeout(2)
                    self._client.logout()
            with contextlib.suppress(Exception):
                self._client.shutdown()
        self._wake.close()
        self._waker.close()
