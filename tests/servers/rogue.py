"""An IMAP server that keeps the rules but where a test tells it otherwise: `rogue.tricks["UID FETCH"] = trick`.

A trick takes the tag and the arguments of a command and gives the bytes to answer, or None to answer honestly; bytes without the
tag of the command are followed by a hang-up, unless they end with `STAY`.
"""

import re
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

Trick = Callable[[bytes, bytes], bytes | None]
STAY = b"\0stay"


@dataclass(eq=False)
class Rogue:
    """`with Rogue({1: raw}) as rogue:` serves one INBOX on `rogue.port`; `moved` are the mails that were moved away."""

    mails: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 7
    greeting: bytes = b"* OK ready\r\n"
    tricks: dict[str, Trick] = field(default_factory=dict)
    moved: dict[int, bytes] = field(default_factory=dict)
    port: int = 0
    sessions: int = 0

    def __enter__(self) -> Self:
        rogue = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                rogue.sessions += 1
                self.wfile.write(rogue.greeting)
                while (line := self.rfile.readline(1 << 20)) and self.speak(line):
                    pass

            def speak(self, line: bytes) -> bool:
                answer = rogue.answer(line)
                try:
                    self.wfile.write(answer.removesuffix(STAY))
                except OSError:
                    return False
                return answer.endswith(STAY) or line.split()[0] in answer

        socketserver.ThreadingTCPServer.daemon_threads = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, line: bytes) -> bytes:
        """What is said to one command line."""
        tag, _, rest = line.strip().partition(b" ")
        words = rest.split(b" ", 2)
        name = (b" ".join(words[:2]) if words[0].upper() == b"UID" else words[0]).decode().upper()
        arguments = rest[len(name) + 1 :]
        trick = self.tricks.get(name)
        tricked = trick(tag, arguments) if trick else None
        return self._honest(name, arguments) + tag + b" OK done\r\n" if tricked is None else tricked

    def _honest(self, name: str, arguments: bytes) -> bytes:
        match name:
            case "CAPABILITY":
                return b"* CAPABILITY IMAP4rev1 MOVE UIDPLUS\r\n"
            case "LIST":
                return b'* LIST () "/" "' + (b"Inflow/Done" if b"Done" in arguments else b"") + b'"\r\n'
            case "SELECT":
                return b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] ok\r\n" % (len(self.mails), self.uidvalidity)
            case "UID SEARCH":
                return b"* SEARCH " + b" ".join(b"%d" % uid for uid in sorted(self.mails)) + b"\r\n"
            case "UID FETCH":
                return b"".join(self.fetched(uid, arguments) for uid in self.asked(arguments))
            case "UID MOVE":
                self.moved |= {uid: self.mails.pop(uid) for uid in self.asked(arguments)}
            case "UID COPY":
                self.moved |= {uid: self.mails[uid] for uid in self.asked(arguments)}
            case "UID STORE" if b"Deleted" in arguments:  # expunged at once, as some servers do
                for uid in self.asked(arguments):
                    del self.mails[uid]
        return b""

    def asked(self, arguments: bytes) -> list[int]:
        """The UIDs of a command that are there."""
        ranges = [(int(one.split(b":")[0]), int(one.split(b":")[-1])) for one in arguments.split()[0].split(b",")]
        return [uid for uid in sorted(self.mails) if any(first <= uid <= last for first, last in ranges)]

    def fetched(self, uid: int, arguments: bytes) -> bytes:
        """One line of an answer to FETCH."""
        raw = self.mails[uid]
        if b"RFC822.SIZE" in arguments:
            return b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n" % (uid, uid, len(raw))
        headers = b"HEADER" in arguments
        raw = re.split(rb"(?<=\r\n)\r\n", raw)[0] + b"\r\n" if headers else raw
        return b"* %d FETCH (UID %d BODY[%s] {%d}\r\n%s)\r\n" % (uid, uid, b"HEADER" * headers, len(raw), raw)
