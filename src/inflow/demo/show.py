"""How the demo looks in a terminal, and in a pipe."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from inflow.demo.watch import Filed
from inflow.store.rows import Case

HOW = {
    "thread": "green",
    "rule": "cyan",
    "history": "blue",
    "model": "magenta",
    "person": "green",
    "other": "yellow",
}


class Show:
    """Prints to one console; `titles` are how roles are shown to people."""

    def __init__(self, console: Console, *, titles: dict[str, str]) -> None:
        self._console = console
        self._titles = titles

    def welcome(self, organisation: str, address: str, *, number: int) -> None:
        """Say what is about to happen."""
        self._console.print()
        self._console.print(Rule(Text(f"Inflow at {organisation}", style="bold"), style="dim"))
        self._console.print(
            f"{number} mails are on their way to [bold]{address}[/]. The daemon takes each of them in once, makes it a "
            "case,\nworks out which role should have it, and hands it on. Everything runs on this machine.\n"
        )

    def filed(self, filed: Filed) -> None:
        """One mail: who wrote what, where it went, and why."""
        message, case = filed.message, filed.case
        sender = plain(message["from_name"] or message["from_address"])
        head = Text.assemble(
            (f"{'#' + str(case.number):>4}  ", "bold"), (f"{sender[:28]:<28}  ", "bold"), plain(message["subject"])
        )
        if message["nature"] not in ("person", None):
            head.append(f"  ({message['nature']})", style="dim")
        self._console.print(head, overflow="ellipsis", no_wrap=True)
        self._console.print(Padding(self._why(filed), (0, 0, 0, 6), expand=False))

    def summary(self, cases: Sequence[Case], *, mails: int, handed_on: int) -> None:
        """All cases in a table."""
        self._console.print()
        self._console.print(Rule(Text("The cases", style="bold"), style="dim"))
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
        table.add_column("case", justify="right", min_width=4)
        for name, width in (("role", 11), ("by", 7), ("status", 9), ("from", 24)):
            table.add_column(name, no_wrap=True, min_width=width)
        table.add_column("subject", overflow="ellipsis", no_wrap=True, max_width=56)
        for case in cases:
            table.add_row(
                Text(f"#{case.number}", style="bold"),
                Text(self._title(case.role)),
                Text(case.decided_by, style=HOW.get(case.decided_by, "")),
                Text(case.status.value),
                Text(plain(case.party.name or case.party.address)[:24]),
                Text(plain(case.subject) + (f"  ({case.messages} mails)" if case.messages > 1 else "")),
            )
        self._console.print(table)
        clear = sum(case.decided_by != "other" for case in cases)
        self._console.print(
            f"\n{mails} mails became [bold]{len(cases)} cases[/]; {clear} found their role by themselves, the rest "
            f"lie with Övrigt. {handed_on} mails were handed on."
        )

    def invitation(self, config: Path, *, imap_port: int, smtp_port: int, web_port: int) -> None:
        """Say how to look around, and how to write to it."""
        inflow = f"{_command()} --config {config}"
        self._console.print()
        self._console.print(Rule(Text("It stays up: look around", style="bold"), style="dim"))
        self._console.print(f"[dim]# the board, in a browser[/]\n[bold]http://127.0.0.1:{web_port}[/]")
        hello = "printf 'From: you@kund.test\\nSubject: Faktura\\n\\nHej!\\n'"
        curl = f"curl -T - smtp://127.0.0.1:{smtp_port} --mail-from you@kund.test --mail-rcpt info@fjallvind.test"
        for what, command in (
            ("all cases", f"{inflow} cases list"),
            ("one, with its whole story", f"{inflow} cases show 1"),
            ("full text", f"{inflow} cases search faktura"),
            ("move one: that teaches", f"{inflow} cases route 13 order --by you"),
            ("write to it", f"{hello} | {curl}"),
        ):
            self._console.print(f"[dim]# {what}[/]")
            self._console.print(Text(command), soft_wrap=True)
        self._console.print(
            f"\nThe roles' own mailboxes: IMAP 127.0.0.1:{imap_port}, no TLS, user [bold]support[/] (order, hr "
            f"...), password [bold]demo[/].\nIts log: {config.parent / 'inflow.log'}. "
            "[bold]Ctrl-C[/] ends it and removes everything it made.\n",
            soft_wrap=True,
        )

    def goodbye(self) -> None:
        """The last line after Ctrl-C."""
        self._console.print("\nStopped; everything it made is removed.")

    def trouble(self, log: str) -> None:
        """The daemon has ended, or not done its work in time: the end of its log."""
        self._console.print("\n[bold red]The daemon did not get through.[/] The end of its log:\n")
        self._console.print(Text("\n".join(plain(line) for line in log.splitlines()[-20:])), soft_wrap=True)

    def _why(self, filed: Filed) -> Text:
        case = filed.case
        if not filed.first:
            return Text.assemble(("↳ ", "green"), "the same case: it continues what lies with ", self._title(case.role))
        style = HOW.get(case.decided_by, "")
        return Text.assemble(
            ("→ ", style), (self._title(case.role), f"bold {style}"), ("  " + plain("; ".join(case.reasons)), "dim")
        )

    def _title(self, role: str) -> str:
        return self._titles.get(role, role)


def plain(text: str) -> str:
    """One line without control characters: mail may hold anything."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _command() -> str:
    found = shutil.which("inflow")
    return "inflow" if found else ".venv/bin/inflow"
