"""Reading mails in a child process, so that whatever a mail does to a parser (for ever, all the memory, a crash in C code) ends
with the child and costs one mail: bounded time and memory for each.

The child says a newline when it is ready; then it speaks frames on its standard input and output: eight octets of length and
some mails, pickled; back come the Messages.
"""

import io
import os
import pickle
import resource
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from inflow.mail.language import language_of
from inflow.mail.message import Address, Message
from inflow.mail.parse import LANGUAGES, parse

SECONDS_A_MAIL = 20.0
MEMORY = 3 << 30
SECONDS_TO_START = 60.0
_READY = b"\n"
_ENDED = "reading it ended the process that read it"
_LENGTH = struct.Struct(">Q")
_Question = tuple[bytes, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A mail that could not be read, why in words, and what is known of it: its subject, sender and date at most."""

    raw: bytes
    reason: str
    known: Message = Message(raw=b"", headers={})  # noqa: RUF009  frozen


class Reader:
    """A child that reads mails for one thread; started when needed, and again after a mail that broke it."""

    def __init__(
        self,
        *,
        authserv_ids: Mapping[str, str] | None = None,
        arc_sealers: Mapping[str, Sequence[str]] | None = None,
        own_domains: Sequence[str] = (),
        seconds: float = SECONDS_A_MAIL,
    ) -> None:
        """`authserv_ids` and `arc_sealers`: by mailbox, the server and the forwarders whose word is believed; `own_domains`: the
        organisation's, which others may pretend to be."""
        self._own_domains = own_domains
        self._authserv_ids = authserv_ids or {}
        self._arc_sealers = arc_sealers or {}
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._is_ready = False

    def read(self, raw: bytes, *, mailbox: str = "") -> Message | Unreadable:
        """What a mail says, or why it could not be read in time and memory. A child that ended is given a second chance with the
        same mail: something else may have ended it."""
        question = (raw, self._believed(mailbox))
        answer = self._try([question])
        if answer == _ENDED:
            answer = self._try([question])
        said = answer if isinstance(answer, str) else answer[0]
        return said if isinstance(said, Message) else self.unread(raw, said)

    def read_all(self, mails: Sequence[tuple[bytes, str]]) -> list[Message | Unreadable]:
        """What some mails say, raw with their mailboxes: asked for together, and one by one when something is wrong with any."""
        answer = self._try([(raw, self._believed(mailbox)) for raw, mailbox in mails])
        if not isinstance(answer, str) and all(isinstance(one, Message) for one in answer):
            return [one for one in answer if isinstance(one, Message)]
        return [self.read(raw, mailbox=mailbox) for raw, mailbox in mails]

    def _believed(self, mailbox: str) -> tuple[str, ...]:
        return (self._authserv_ids.get(mailbox, ""), *self._arc_sealers.get(mailbox, ()))

    def begin(self) -> None:
        """Start the child, and do not wait until it is ready: its start takes as long as our own."""
        if self._child is None or self._child.poll() is not None:
            self.close()
            command = [sys.executable, "-m", "inflow.reader", str(self._seconds), *self._own_domains]
            self._child = subprocess.Popen(  # noqa: S603  our own interpreter and a number
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            )
            self._is_ready = False

    def warm(self) -> None:
        """Have the child at work before a mail is in hand."""
        self._started()

    def unread(self, raw: bytes, reason: str) -> Unreadable:
        """A mail that nothing reads (again), with as much of its headers as can be known without touching the body."""
        head = raw[:20_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0][:5_000]
        answer = self._try([(head + b"\n\n", ("",))])
        said = answer if isinstance(answer, str) else answer[0]
        known = said if isinstance(said, Message) else Message(raw=b"", headers={})
        return Unreadable(raw=raw, reason=reason, known=little_of(known, raw))

    def _try(self, mails: Sequence[_Question]) -> list[Message | str] | str:
        """What the child says of each mail, or what was wrong with the child."""
        child = self._started()
        try:
            return self._ask(child, mails)
        except TimeoutError:
            self.close()
            return f"reading it took longer than {self._seconds:g} seconds"
        except (OSError, EOFError, pickle.UnpicklingError):
            self.close()
            return _ENDED

    def _started(self) -> subprocess.Popen[bytes]:
        """The child, ready: its start is no part of any mail's time. Raises OSError, EOFError when it cannot be started."""
        self.begin()
        assert self._child is not None
        assert self._child.stdout is not None
        if not self._is_ready:
            _read(self._child.stdout.fileno(), len(_READY), time.monotonic() + SECONDS_TO_START)
            self._is_ready = True
        return self._child

    def _ask(self, child: subprocess.Popen[bytes], mails: Sequence[_Question]) -> list[Message | str]:
        assert child.stdin is not None
        assert child.stdout is not None
        deadline = time.monotonic() + self._seconds
        question = pickle.dumps(list(mails), protocol=5)
        _write(child.stdin.fileno(), _LENGTH.pack(len(question)) + question, deadline)
        length = _LENGTH.unpack(_read(child.stdout.fileno(), _LENGTH.size, deadline))[0]
        raws = [raw for raw, _ in mails]
        answers: list[Message | str] = _Unpickler(
            io.BytesIO(_read(child.stdout.fileno(), length, deadline)), raws
        ).load()
        return answers

    def close(self) -> None:
        """End the child now."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    pipe.close()
            self._child = None


def little_of(message: Message, raw: bytes) -> Message:
    """Of a message that nothing can be done with, its subject, first sender and date; short, and nothing in it is believed."""
    sender = tuple(Address(name=one.name[:200], address=one.address[:320]) for one in message.from_[:1])
    defects = ("it could not be processed",)
    return Message(raw=raw, headers={}, subject=message.subject[:500], from_=sender, date=message.date, defects=defects)


def _write(fd: int, content: bytes, deadline: float) -> None:
    os.set_blocking(fd, False)
    view = memoryview(content)
    while view:
        _ready([], [fd], deadline)
        view = view[os.write(fd, view) :]


def _read(fd: int, length: int, deadline: float) -> bytes:
    content = bytearray()
    while len(content) < length:
        _ready([fd], [], deadline)
        chunk = os.read(fd, min(length - len(content), 1 << 20))
        if not chunk:
            raise EOFError
        content += chunk
    return bytes(content)


def _ready(reading: list[int], writing: list[int], deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0 or not any(select.select(reading, writing, [], left)):
        raise TimeoutError


class _Pickler(pickle.Pickler):
    """Leaves out the mails themselves: the asker has them."""

    def __init__(self, file: BinaryIO, raws: Sequence[bytes]) -> None:
        super().__init__(file, protocol=5)
        self._places = {id(raw): place for place, raw in enumerate(raws)}

    def persistent_id(self, thing: Any) -> int | None:
        return self._places.get(id(thing)) if type(thing) is bytes else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: BinaryIO, raws: Sequence[bytes]) -> None:
        super().__init__(file)
        self._raws = raws

    def persistent_load(self, place: int) -> bytes:
        return self._raws[place]


def serve(
    questions: BinaryIO, answers: BinaryIO, *, seconds: float = SECONDS_A_MAIL, own_domains: Sequence[str] = ()
) -> None:
    """The child: mails in, Messages out, until the asker hangs up. Should the asker die, an alarm ends what is still running."""
    while len(head := questions.read(_LENGTH.size)) == _LENGTH.size:
        mails: list[_Question] = pickle.loads(questions.read(_LENGTH.unpack(head)[0]))  # noqa: S301  from our own process
        signal.setitimer(signal.ITIMER_REAL, seconds + 5)
        packed = io.BytesIO()
        _Pickler(packed, [raw for raw, _ in mails]).dump([_said(*mail, own_domains) for mail in mails])
        answers.write(_LENGTH.pack(packed.tell()))
        answers.write(packed.getbuffer())
        answers.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)


def _said(raw: bytes, believed: Sequence[str], own_domains: Sequence[str]) -> Message | str:
    """What a mail says, or why it cannot be read."""
    authserv_id, *arc_sealers = believed
    try:
        message = parse(raw, authserv_id=authserv_id, arc_sealers=arc_sealers, own_domains=own_domains)
        for attachment in message.attachments:
            _ = attachment.sha256
    except (Exception, MemoryError) as error:  # noqa: BLE001  the promise of parse is tested elsewhere; here it costs one mail
        return f"reading it failed: {type(error).__name__}: {error}"
    return message


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    language_of("språkmodellen läses in innan någon väntar", LANGUAGES)  # part of the start, never of a mail's time
    os.write(sys.stdout.fileno(), _READY)
    serve(sys.stdin.buffer, sys.stdout.buffer, seconds=float(sys.argv[1]), own_domains=sys.argv[2:])
