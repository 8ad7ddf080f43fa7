"""Reading mails in a child process, so that whatever a mail does to a parser (for ever, all the memory, a crash in C code) ends
with the child and costs one mail: bounded time and memory for each.

The child speaks frames on its standard input and output: eight octets of length, then a mail; back comes the pickled Message.
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
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from inflow.mail.message import Message
from inflow.mail.parse import parse

SECONDS_A_MAIL = 20.0
MEMORY = 3 << 30
_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A mail that could not be read, and why in words."""

    raw: bytes
    reason: str


class Reader:
    """A child that reads mails for one thread; started when needed, and again after a mail that broke it."""

    def __init__(self, *, authserv_ids: Mapping[str, str] | None = None, seconds: float = SECONDS_A_MAIL) -> None:
        self._authserv_ids = authserv_ids or {}
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None

    def read(self, raw: bytes, *, mailbox: str = "") -> Message | Unreadable:
        """What a mail says, or why it could not be read in time and memory."""
        child = self._started()
        try:
            return self._ask(child, raw, self._authserv_ids.get(mailbox, ""))
        except TimeoutError:
            self.close()
            return Unreadable(raw=raw, reason=f"reading it took longer than {self._seconds:g} seconds")
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.close()
            return Unreadable(raw=raw, reason=f"reading it ended the process that read it ({type(error).__name__})")

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "inflow.reader"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
            )
        return self._child

    def _ask(self, child: subprocess.Popen[bytes], raw: bytes, authserv_id: str) -> Message | Unreadable:
        assert child.stdin is not None
        assert child.stdout is not None
        deadline = time.monotonic() + self._seconds
        question = authserv_id.encode() + b"\0" + raw
        _write(child.stdin.fileno(), _LENGTH.pack(len(question)) + question, deadline)
        length = _LENGTH.unpack(_read(child.stdout.fileno(), _LENGTH.size, deadline))[0]
        answer = _Unpickler(io.BytesIO(_read(child.stdout.fileno(), length, deadline)), raw).load()
        return answer if isinstance(answer, Message) else Unreadable(raw=raw, reason=str(answer))

    def close(self) -> None:
        """End the child now."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    pipe.close()
            self._child = None


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
    """Leaves out the mail itself: the asker has it."""

    def __init__(self, file: BinaryIO, raw: bytes) -> None:
        super().__init__(file, protocol=5)
        self._raw = raw

    def persistent_id(self, thing: Any) -> str | None:
        return "raw" if thing is self._raw else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: BinaryIO, raw: bytes) -> None:
        super().__init__(file)
        self._raw = raw

    def persistent_load(self, _name: str) -> bytes:
        return self._raw


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """The child: mails in, Messages out, until the asker hangs up."""
    while len(head := questions.read(_LENGTH.size)) == _LENGTH.size:
        question = questions.read(_LENGTH.unpack(head)[0])
        authserv_id, _, raw = question.partition(b"\0")
        del question
        answer: Message | str
        try:
            answer = parse(raw, authserv_id=authserv_id.decode())
            for attachment in answer.attachments:
                _ = attachment.sha256
        except (Exception, MemoryError) as error:  # noqa: BLE001  the promise of parse is tested elsewhere; here it costs one mail
            answer = f"reading it failed: {type(error).__name__}: {error}"
        packed = io.BytesIO()
        _Pickler(packed, raw).dump(answer)
        answers.write(_LENGTH.pack(packed.tell()))
        answers.write(packed.getbuffer())
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    serve(sys.stdin.buffer, sys.stdout.buffer)
