"""A private Dovecot on free loopback ports: every user name is an account, its Maildir lies in a temporary folder.

Started as root, mail is read as `nobody`; started by anybody else, everything runs as that user.
"""

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Self

import trustme

from tests.servers.dovecot_config import dovecot_config
from tests.servers.process import find_program, free_port, stop, wait_for_server

PASSWORD = "correct-horse"


class Dovecot:
    """`with Dovecot() as dovecot:` runs it; `without` names capabilities it must not offer, such as MOVE or UIDPLUS."""

    def __init__(self, *, without: Iterable[str] = (), hierarchy: str = "/") -> None:
        version = _version()
        self.host = "127.0.0.1"
        self.port = free_port()
        self.tls_port = free_port()
        self.authority = trustme.CA()
        self.root = Path(tempfile.mkdtemp(prefix="inflow-dovecot-"))
        self._names = count(1)
        self._deliveries = count(1)
        self._write_files(version, set(without), hierarchy)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self) -> None:
        """Start it, on the same ports and with the same mail as before; return when it answers."""
        command = [_program(), "-F", "-c", str(self.root / "dovecot.conf")]
        log = self.root / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output)
        wait_for_server(self._process, self.port, log=log)

    def stop(self) -> None:
        """Stop it; the mail stays where it is."""
        if self._process is not None:
            stop(self._process, number=signal.SIGTERM)

    def new_user(self) -> str:
        """The name of an account that nobody has used."""
        return f"user{next(self._names)}"

    @contextmanager
    def login(self, user: str, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """A logged-in connection with the folder selected; made when missing."""
        with imaplib.IMAP4(self.host, self.port, timeout=30) as connection:
            connection.login(user, PASSWORD)
            quoted = f'"{folder}"'
            if connection.select(quoted)[0] != "OK":
                connection.create(quoted)
                connection.select(quoted)
            yield connection

    def append(self, user: str, raw: bytes, folder: str = "INBOX") -> None:
        """Put one mail into the folder by IMAP APPEND, as a mail server that is told to would."""
        with self.login(user, folder) as connection:
            status, answer = connection.append(f'"{folder}"', "", "", raw)
        if status != "OK":
            raise RuntimeError(f"APPEND was refused: {answer!r}")

    def deliver(self, user: str, *mails: bytes) -> None:
        """Drop mails into the INBOX as files, as a delivery agent does: thousands a second, bytes untouched."""
        maildir = self.root / "mail" / user / "Maildir"
        for folder in ("", "tmp", "new", "cur"):
            self._own_folder(maildir / folder)
        for raw in mails:
            name = f"{next(self._deliveries):09}.{os.getpid()}.inflow.test"
            arriving = maildir / "tmp" / name
            arriving.write_bytes(raw)
            self._own(arriving)
            arriving.rename(maildir / "new" / name)

    def messages(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The mails of a folder, oldest first, without touching their flags."""
        with self.login(user, folder) as connection:
            parts = connection.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]
        return [part[1] for part in parts if isinstance(part, tuple)]

    def flags(self, user: str, folder: str = "INBOX") -> list[set[str]]:
        """The flags of each mail of a folder, oldest first."""
        with self.login(user, folder) as connection:
            lines = connection.uid("FETCH", "1:*", "(FLAGS)")[1]
        return [{flag.decode() for flag in imaplib.ParseFlags(line)} for line in lines if isinstance(line, bytes)]

    def count(self, user: str, folder: str = "INBOX") -> int:
        """How many mails a folder has."""
        with self.login(user) as connection:
            connection.create(f'"{folder}"')
            answer = connection.select(f'"{folder}"', readonly=True)[1]
        return int(answer[0] or 0)

    def reset_uidvalidity(self, user: str) -> None:
        """Forget the numbers the INBOX gave its mails, as after a restore from backup: new UIDVALIDITY, UIDs from 1."""
        self.kick(user)
        uids = self.root / "mail" / user / "Maildir" / "dovecot-uidlist"
        version, validity, _, guid = uids.read_text().split("\n", 1)[0].split()
        for index in uids.parent.glob("dovecot.index*"):
            index.unlink()
        uids.write_text(f"{version} V{int(validity[1:]) + 1} N1 {guid}\n")

    def kick(self, user: str) -> None:
        """Cut every connection of this user."""
        command = [find_program("doveadm", server="dovecot"), "-c", str(self.root / "dovecot.conf"), "kick", user]
        subprocess.run(command, check=False, capture_output=True, timeout=30)

    def _write_files(self, version: str, without: set[str], hierarchy: str) -> None:
        self.root.chmod(0o755)
        for name in ("run", "state", "mail"):
            (self.root / name).mkdir(mode=0o755)
        self._own(self.root / "mail")
        certificate = self.authority.issue_cert("127.0.0.1", "localhost")
        certificate.private_key_pem.write_to_path(self.root / "server.key")
        certificate.cert_chain_pems[0].write_to_path(self.root / "server.pem")
        self.authority.cert_pem.write_to_path(self.root / "authority.pem")
        settings = dovecot_config(
            version,
            without=without,
            root=self.root,
            port=self.port,
            tls_port=self.tls_port,
            password=PASSWORD,
            hierarchy=hierarchy,
            **_users(),
        )
        (self.root / "dovecot.conf").write_text(settings)

    def _own_folder(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(parents=True)
            self._own(folder.parent)
            self._own(folder)

    def _own(self, path: Path) -> None:
        """Let the processes that read mail have it."""
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _program() -> str:
    return find_program("dovecot", "/usr/sbin", server="dovecot")


def _version() -> str:
    return subprocess.run([_program(), "--version"], check=True, capture_output=True, text=True).stdout.split()[0]


def _users() -> dict[str, str]:
    if os.getuid() == 0:
        mail = {"mail_user": "nobody", "mail_group": "nogroup"}
        return mail | {"internal_user": "dovecot", "internal_group": "dovecot", "login_user": "dovenull"}
    user, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    mail = {"mail_user": user, "mail_group": group}
    return mail | {"internal_user": user, "internal_group": group, "login_user": user}
