"""The inflow.toml of the contract, pointing at a test's own servers."""

ROLES = """
[[role]]
name = "support"
title = "Produktsupport"
address = "support@exempel.test"
description = "Hjälp med produkten: fel, inloggning, användning"
keywords = ["fungerar inte", "felmeddelande", "logga in", "error", "login"]
members = ["*@exempel.test"]
level = 1
next = "support-2"

[[role]]
name = "support-2"
address = "support2@exempel.test"
level = 2

[[role]]
name = "ekonomi"
address = "ekonomi@exempel.test"
description = "Fakturor och betalningar"
keywords = ["faktura", "betalning", "invoice", "payment"]

[[role]]
name = "hr"
address = "hr@exempel.test"
description = "Lön, semester, anställning"
confidential = true

[[role]]
name = "ovrigt"
address = "ovrigt@exempel.test"

[other]
role = "ovrigt"
ask_after = "4h"
management_after = "1d"
management = "ledning@exempel.test"
"""

HEAD = """
[organisation]
name = "Exempel AB"
domains = ["exempel.test"]
language = "sv"
timezone = "Europe/Stockholm"

[database]
url = "{database_url}"

[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
connections = 4
{smtp}
"""

MAILBOX = """
[[mailbox]]
name = "{name}"
address = "{name}@exempel.test"
subaddressing = true
{mailbox}
[mailbox.imap]
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "{user}"
password = {{ env = "INFLOW_IMAP_PASSWORD" }}
folder = "INBOX"
done = "{done}"
done_folder = "Inflow/Done"
poll = "{poll}"
idle = true
"""


def config_text(
    *,
    imap_port: int,
    imap_user: str,
    smtp_port: int,
    database_url: str,
    mailboxes: dict[str, str] | None = None,
    done: str = "move",
    poll: str = "60s",
    smtp: str = "",
    mailbox: str = "",
    roles: str = ROLES,
    head: str = HEAD,
    more: str = "",
) -> str:
    """The whole file. `mailboxes`: name to IMAP account (`info` alone when not given); `smtp`, `mailbox`: more lines of those tables;
    `head`: what
    stands before the mailboxes; `more`: TOML at the end, such as rules."""
    start = head.format(database_url=database_url, smtp_port=smtp_port, smtp=smtp)
    ways_in = [
        MAILBOX.format(name=name, user=user, imap_port=imap_port, mailbox=mailbox, done=done, poll=poll)
        for name, user in (mailboxes or {"info": imap_user}).items()
    ]
    return "".join([start, *ways_in, roles, more])
