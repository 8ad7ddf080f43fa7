"""A feed of what happened to cases (Atom, RFC 4287). What no XML may hold is left out of texts."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from inflow.desk.world import World
from inflow.store.feed import Happened

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(happened: Sequence[Happened], *, world: World) -> str:
    """The feed, newest first."""
    organisation, url = world.settings.organisation, world.settings.web.url
    tag = f"tag:{(*organisation.domains, 'localhost')[0]},2026:inflow"
    updated = happened[0].at if happened else world.now()
    entries = "".join(_entry(one, tag=tag, url=url) for one in happened)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>{_text(tag)}</id><title>{_text(organisation.name)}</title><updated>{updated.isoformat()}</updated>"
        f"{entries}</feed>\n"
    )


def _entry(one: Happened, *, tag: str, url: str) -> str:
    link = f"<link href={quoteattr(f'{url}/cases/{one.case}')}/>" if url else ""
    return (
        f"<entry><id>{_text(f'{tag}/{one.id}')}</id><title>{_text(f'#{one.case} {one.kind}: {one.subject}')}</title>"
        f"<updated>{one.at.isoformat()}</updated><author><name>{_text(one.by or 'inflow')}</name></author>{link}"
        f"<category term={quoteattr(one.kind)}/><content>{_text(one.text)}</content></entry>"
    )


def _text(text: str) -> str:
    return escape(_NO_XML.sub("", text))
