"""`inflow demo`: the real daemon between servers of its own, twenty-five mails, and what became of each.

Nothing is simulated: the mails go in by SMTP, `inflow run` fetches them by IMAP, decides, and hands them on by SMTP.
Everything it writes lies in one temporary folder that is gone when it ends.
"""

import signal
import smtplib
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.utils import parseaddr
from importlib.resources import files
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from inflow.demo.servers import HOST, PASSWORD, Servers
from inflow.demo.show import Show
from inflow.demo.watch import Watch

PAUSE = 0.4
PATIENCE = 90.0


def run_demo(*, once: bool) -> None:
    """Play the sample mails; then return, or stay until Ctrl-C. SystemExit(1) where the daemon does not get through."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    organisation = tomllib.loads(_config_text(imap_port=0, smtp_port=0, web_port=0))
    addresses = [entry["address"] for entry in (*organisation["mailbox"], *organisation["role"])]
    show = Show(_console(), titles={role["name"]: role["title"] for role in organisation["role"]})
    accounts = [address.partition("@")[0] for address in addresses]
    domain = organisation["organisation"]["domains"][0]
    with TemporaryDirectory(prefix="inflow-demo-") as folder, Servers(accounts, domain=domain) as servers:
        web_port = _free_port()
        config = _write_config(
            Path(folder), imap_port=servers.imap_port, smtp_port=servers.smtp_port, web_port=web_port
        )
        show.welcome(organisation["organisation"]["name"], addresses[0], number=len(_mails()))
        with _daemon(config) as daemon, Watch(Path(folder) / "inflow.db") as watch:
            try:
                status = _play(daemon, watch, show, smtp_port=servers.smtp_port, pause=0 if once else PAUSE)
                if status == 0 and not once:
                    show.invitation(config, imap_port=servers.imap_port, smtp_port=servers.smtp_port, web_port=web_port)
                    status = _stay(daemon, watch, show)
            except KeyboardInterrupt:
                status = 0
                show.goodbye()
        if status:
            show.trouble((Path(folder) / "inflow.log").read_text(errors="replace"))
            raise SystemExit(status)


def _play(daemon: subprocess.Popen[bytes], watch: Watch, show: Show, *, smtp_port: int, pause: float) -> int:
    """Send every mail, tell what becomes of it; 0 when all of them are filed and handed on."""
    mails = _mails()
    filed = 0
    for raw in mails:
        _send(raw, smtp_port)
        time.sleep(pause)
        filed += _tell(watch, show)
    deadline = time.monotonic() + PATIENCE
    while filed < len(mails) or watch.waiting():
        if daemon.poll() is not None or time.monotonic() > deadline:
            return 1
        time.sleep(0.1)
        filed += _tell(watch, show)
    show.summary(watch.cases(), mails=filed, handed_on=watch.handed_on())
    return 0


def _stay(daemon: subprocess.Popen[bytes], watch: Watch, show: Show) -> int:
    """Tell of every mail that somebody sends, for as long as the daemon runs."""
    while daemon.poll() is None:
        _tell(watch, show)
        time.sleep(0.3)
    return 1


def _tell(watch: Watch, show: Show) -> int:
    news = watch.news()
    for filed in news:
        show.filed(filed)
    return len(news)


@contextmanager
def _daemon(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`inflow run`, its log beside its config. In a session of its own: Ctrl-C reaches it as the SIGTERM we send."""
    command = [sys.executable, "-c", "from inflow.cli.main import main; main()", "--config", str(config), "run"]
    with (config.parent / "inflow.log").open("wb") as log:
        daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)  # noqa: S603 - our own command
    try:
        yield daemon
    finally:
        daemon.terminate()
        try:
            daemon.wait(timeout=20)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()


def _write_config(folder: Path, **ports: int) -> Path:
    (folder / "password").write_text(PASSWORD)
    config = folder / "inflow.toml"
    config.write_text(_config_text(**ports), encoding="utf-8")
    return config


def _free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _send(raw: bytes, port: int) -> None:
    """Send a mail as its sender's server would: an automatic one with the empty envelope sender."""
    headers = message_from_bytes(raw)
    sender = "" if "Return-Path" in headers else parseaddr(str(headers["From"]))[1]
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.sendmail(sender, ["info@fjallvind.test"], raw)


def _mails() -> list[bytes]:
    folder = files("inflow.demo") / "mails"
    return [entry.read_bytes() for entry in sorted(folder.iterdir(), key=_name) if entry.name.endswith(".eml")]


def _name(entry: Any) -> str:
    return str(entry.name)


def _config_text(**ports: int) -> str:
    return Template((files("inflow.demo") / "inflow.toml").read_text(encoding="utf-8")).substitute(ports)


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 120
    return console
