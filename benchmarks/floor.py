"""The floor: the shortest honest script that takes mail from IMAP into SQLite and sends it on.

One committed transaction a batch before the mailbox changes, one kept-open connection to each side. It knows no cases,
roles, retries or crashes: what Inflow costs beyond it is the price of those.
"""

import email
import imaplib
import smtplib
import sqlite3
import sys
from email import policy

BATCH = 50


def main(imap_port: int, smtp_port: int, user: str, password: str, database: str) -> None:  # noqa: PLR0917
    store = sqlite3.connect(database)
    store.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE mail (raw, subject, sender, text)"
    )
    with imaplib.IMAP4("127.0.0.1", imap_port) as imap, smtplib.SMTP("127.0.0.1", smtp_port) as smtp:
        imap.login(user, password)
        imap.create("Done")
        imap.select("INBOX")
        uids = imap.uid("SEARCH", "ALL")[1][0].split()
        for at in range(0, len(uids), BATCH):
            batch = b",".join(uids[at : at + BATCH]).decode()
            raws = [part[1] for part in imap.uid("FETCH", batch, "(BODY.PEEK[])")[1] if isinstance(part, tuple)]
            rows = [(raw, *read(raw)) for raw in raws]
            with store:
                store.executemany("INSERT INTO mail VALUES (?, ?, ?, ?)", rows)
            imap.uid("MOVE", batch, "Done")
            for raw in raws:
                smtp.sendmail("info@exempel.test", ["support@exempel.test"], raw, ["BODY=8BITMIME"])


def read(raw: bytes) -> tuple[str, str, str]:
    message = email.message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("plain", "html"))
    return str(message["subject"]), str(message["from"]), body.get_content() if body else ""


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:6])
