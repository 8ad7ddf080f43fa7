"""Orders that are one press away: mailto links (RFC 6068) in an HTML alternative of a mail of ours. They open a mail in the reader's own
client; the reader sends it, so that it is the reader's mail, signed and vouched for like any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An order such as `/route support`, what the link says, and what stands beside it."""

    order: str
    label: str
    beside: str = ""


def mailto(address: str, *, subject: str, order: str) -> str:
    """A link that opens a mail with an order in it; every character that a client might read as its own is escaped."""
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject, safe='')}&body={quote(order, safe='')}"


def page(text: str, links: Sequence[Link], *, address: str, subject: str) -> str:
    """A mail's text as HTML, its links below: text stays text, whatever it holds."""
    items = "".join(
        f'<li><a href="{escape(mailto(address, subject=subject, order=one.order))}">{escape(one.label)}</a>'
        f"{' ' + escape(one.beside) if one.beside else ''}</li>"
        for one in links
    )
    words = escape(text.rstrip("\n"))
    return (
        '<html><body><div style="font-family: monospace; white-space: pre-wrap">'
        f'{words}</div>\n<ul style="font-family: sans-serif">{items}</ul></body></html>'
    )
