"""`inflow demo`: the whole of it on this machine, with nothing to set up."""

from typing import Annotated

import typer


def demo(
    *, once: Annotated[bool, typer.Option("--once", help="Play the sample mail, print the cases, exit.")] = False
) -> None:
    """Play sample mail through the real daemon, between an embedded IMAP and SMTP server on this machine."""
    from inflow.demo.play import run_demo

    run_demo(once=once)
