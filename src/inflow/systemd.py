"""What the supervisor is told (sd_notify), where one listens."""

import os
import socket
from contextlib import suppress


def notify(state: str) -> None:
    """Tell systemd, where it listens (sd_notify)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
            speaker.connect("\0" + address[1:] if address.startswith("@") else address)
            speaker.send(state.encode())
