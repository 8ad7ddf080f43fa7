"""What every server started for a test needs: a free loopback port, a wait with a deadline, a stop by process id."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


class ServerMissingError(RuntimeError):
    """A server that the tests need is not installed on this machine; `server` is what INFLOW_TEST_WITHOUT calls it."""

    def __init__(self, server: str, program: str) -> None:
        super().__init__(f"{program} is not installed: run scripts/install-servers as root (Debian, Ubuntu)")
        self.server = server


def find_program(name: str, *folders: str, server: str) -> str:
    """The path of a server's program, looked for in `folders` first. Raises ServerMissingError."""
    path = shutil.which(name, path=os.pathsep.join([*folders, os.defpath, os.environ.get("PATH", "")]))
    if path is None:
        raise ServerMissingError(server, name)
    return path


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(condition: Callable[[], bool], *, seconds: float = 10, what: str = "the condition") -> None:
    """Return as soon as the condition holds; TimeoutError with `what` when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(0.01)


def answers(port: int) -> bool:
    """Whether somebody accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for_server(process: subprocess.Popen[bytes], port: int, *, log: Path) -> None:
    """Return when the server accepts connections; RuntimeError with the end of its log when it died instead."""

    def up_or_dead() -> bool:
        return process.poll() is not None or answers(port)

    wait_until(up_or_dead, seconds=30, what=f"a server on port {port}")
    if process.poll() is not None:
        raise RuntimeError(f"the server ended at start:\n{log.read_text(errors='replace')[-2000:]}")


def stop(process: subprocess.Popen[bytes], *, number: int) -> None:
    """Send the signal, wait for the end; kill what has not ended after ten seconds."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
