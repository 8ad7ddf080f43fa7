"""A TCP proxy that does to a connection what networks do: cut it, slow it, swallow it, and come back."""

import selectors
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Self

CHUNK = 65_536


@dataclass(eq=False)
class Proxy:
    """`with Proxy(port) as proxy:` listens on `proxy.port` and passes everything on to the loopback port it was given.

    `cut_after`, `cut_after_sent`: cut a connection once so many bytes came from the server, from the client.
    `delay`: seconds each piece waits.
    `black_hole`: take bytes and pass none on. `refuse`: close new connections at once. `corrupt_after`: spoil a byte of every
    piece once so many came from either side. `replace`: words of the server, and what is put in their place. `heal()` undoes all
    of it. `overheard`: all that clients said.
    """

    target: int
    cut_after: int | None = None
    cut_after_sent: int | None = None
    delay: float = 0
    black_hole: bool = False
    refuse: bool = False
    corrupt_after: int | None = None
    replace: tuple[bytes, bytes] = (b"", b"")
    overheard: bytearray = field(default_factory=bytearray)
    connections: int = 0
    port: int = 0
    _listener: socket.socket = field(default_factory=socket.socket)
    _open: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _closing: bool = False

    def __enter__(self) -> Self:
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.port = self._listener.getsockname()[1]
        self._begin(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        self._listener.shutdown(socket.SHUT_RDWR)
        self.cut()
        for thread in self._threads:
            thread.join(timeout=5)
        self._listener.close()

    def heal(self) -> None:
        """Let everything through again; connections that were cut stay cut."""
        self.cut_after, self.delay, self.black_hole, self.refuse = None, 0, False, False
        self.corrupt_after, self.cut_after_sent, self.replace = None, None, (b"", b"")

    def cut(self) -> None:
        """Cut all connections now."""
        for end in self._open:
            _hang_up(end)

    def _begin(self, work: object, *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.refuse:
                client.close()
            else:
                self._begin(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket() as server, selectors.DefaultSelector() as ready:
            self._open += [client, server]
            try:
                server.connect(("127.0.0.1", self.target))
                ready.register(client, selectors.EVENT_READ, server)
                ready.register(server, selectors.EVENT_READ, client)
                self._pump(ready, server)
            except OSError:
                pass
            self._open.remove(client)
            self._open.remove(server)

    def _pump(self, ready: selectors.BaseSelector, server: socket.socket) -> None:
        from_server = from_client = 0
        while not self._closing:
            for key, _ in ready.select(timeout=0.2):
                source = key.fileobj
                assert isinstance(source, socket.socket)
                chunk = source.recv(CHUNK)
                if not chunk:
                    return
                if source is server:
                    chunk = chunk.replace(*self.replace) if self.replace[0] else chunk
                    chunk = chunk[: _left(self.cut_after, from_server)]
                    from_server += len(chunk)
                else:
                    chunk = chunk[: _left(self.cut_after_sent, from_client)]
                    from_client += len(chunk)
                    self.overheard += chunk
                if self.corrupt_after is not None and from_server + from_client > self.corrupt_after:
                    chunk = chunk[:-1] + bytes([chunk[-1] ^ 0xFF])
                if not self.black_hole:
                    time.sleep(self.delay)
                    key.data.sendall(chunk)
                if 0 in (_left(self.cut_after, from_server), _left(self.cut_after_sent, from_client)):
                    return


def _left(limit: int | None, passed: int) -> int | None:
    return None if limit is None else max(0, limit - passed)


def _hang_up(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
