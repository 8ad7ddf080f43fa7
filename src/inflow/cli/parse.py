"""`inflow parse`: what Inflow understands of raw mails."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from inflow.cli.common import JSON, console, fail, print_json_line, shown
from inflow.mail.message import Message
from inflow.mail.outline import as_json
from inflow.mail.parse import parse

FILES = typer.Argument(
    metavar="FILE...", help="Raw mails (.eml); a folder means all files below it, sorted; - is standard input."
)


def mails(paths: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Names and raw bytes of the mails that paths name. A file that cannot be read ends it with exit status 1."""
    for path in paths:
        if str(path) == "-":
            yield "-", typer.get_binary_stream("stdin").read()
            continue
        for file in sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]:
            try:
                yield str(file), file.read_bytes()
            except OSError as error:
                fail(f"{file}: {error.strerror}")


def parse_files(
    files: Annotated[list[Path], FILES],
    *,
    json: Annotated[bool, JSON] = False,
    authserv_id: Annotated[str, typer.Option(help="The server whose Authentication-Results is believed.")] = "",
    arc_sealer: Annotated[
        list[str] | None,
        typer.Option(metavar="DOMAIN", help="A forwarder that is believed when it found the seal whole."),
    ] = None,
) -> None:
    """Show what Inflow understands of raw mails. Needs no config and no database; changes nothing."""
    for name, raw in mails(files):
        message = parse(raw, authserv_id=authserv_id, arc_sealers=arc_sealer or ())
        if json:
            print_json_line({"file": name, **as_json(message)})
        else:
            _show(name, message)


def _show(name: str, message: Message) -> None:
    console.rule(shown(name), align="left", style="dim")
    people = {"From": message.from_, "To": message.to, "Cc": message.cc}
    for field, addresses in people.items():
        if addresses:
            console.print(
                f"[bold]{field}[/bold] " + shown(", ".join(f"{one.name} <{one.address}>".strip() for one in addresses))
            )
    console.print(f"[bold]Subject[/bold] {shown(message.subject)}")
    console.print(
        f"[dim]{shown(message.date or 'no date')} · {message.nature} · {message.language or 'language unknown'}[/dim]"
    )
    for one in message.attachments:
        console.print(
            f"[cyan]+ {shown(one.filename or '(no name)')}[/cyan] [dim]{shown(one.content_type)}, {one.size} bytes[/dim]"
        )
    for defect in message.defects:
        console.print(f"[yellow]! {shown(defect)}[/yellow]")
    console.print()
    console.print(shown(message.reply_text or message.text), soft_wrap=True)
    console.print()
