"""From the bytes of a mail to what a person would read. Whatever bytes come, a Message comes out, with defects where it guessed."""

import re
from collections.abc import Iterable, Sequence

from inflow.mail.addresses import addresses
from inflow.mail.attachments import attachments
from inflow.mail.authenticity import judge
from inflow.mail.body import part_text, read
from inflow.mail.bounce import read_bounce
from inflow.mail.dates import parse_date
from inflow.mail.language import language_of
from inflow.mail.message import Address, Message
from inflow.mail.mime import Part, split, walk
from inflow.mail.nature import nature_of
from inflow.mail.quotes import new_text, whole_text
from inflow.mail.reply_words import FORWARD_SUBJECT
from inflow.mail.words import decode_field

LANGUAGES = ("sv", "nb", "da", "fi", "en", "de", "fr", "nl", "es", "pl", "it", "pt")
MAX_REFERENCES = 200
_ID = re.compile(r"<\s*([^<>]{1,900}?)\s*>")


def parse(
    raw: bytes, *, authserv_id: str = "", own_domains: Sequence[str] = (), languages: Sequence[str] = LANGUAGES
) -> Message:
    """What a mail says. `authserv_id`: the server whose Authentication-Results is believed; `languages`: the ones to choose among."""
    root = split(raw)
    headers = _headers(root)
    subject = next(iter(headers.get("subject", ())), "")
    reading = read(root)
    texts, defects = _texts(reading.bodies)
    marked = "\n\n".join(part.strip("\n") for part in texts if part.strip())
    text = whole_text(marked)
    bounce = read_bounce(root, headers)
    reply = new_text(marked, forwarded=FORWARD_SUBJECT.match(subject) is not None)
    nature, evidence = nature_of(root, headers, subject, bounce)
    date = next(iter(headers.get("date", ())), "")
    moment = parse_date(date)
    return Message(
        raw=raw,
        headers=headers,
        subject=subject,
        from_=_mailboxes(root, "from"),
        to=_mailboxes(root, "to"),
        cc=_mailboxes(root, "cc"),
        reply_to=_mailboxes(root, "reply-to"),
        date=moment,
        message_id=next(iter(_ids(headers, "message-id")), None),
        in_reply_to=_ids(headers, "in-reply-to"),
        references=_ids(headers, "references"),
        text=text,
        reply_text=reply,
        language=language_of(reply or text, languages),
        nature=nature,
        nature_evidence=evidence,
        bounce=bounce,
        attachments=attachments(reading.attached),
        authenticity=judge(headers, authserv_id),
        defects=_defects(root, (*defects, *(("no date that can be read",) if moment is None else ()))),
    )


def _headers(root: Part) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, value in root.fields:
        found.setdefault(name, []).append(decode_field(value))
    return {name: tuple(values) for name, values in found.items()}


def _texts(bodies: Iterable[Part]) -> tuple[list[str], list[str]]:
    read_parts = [part_text(part) for part in bodies]
    return [text for text, _ in read_parts], [defect for _, defects in read_parts for defect in defects]


def _mailboxes(root: Part, name: str) -> tuple[Address, ...]:
    return tuple(address for key, value in root.fields if key == name for address in addresses(value))


def _ids(headers: dict[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    text = " ".join(headers.get(name, ()))[:100_000]
    found = _ID.findall(text) or [word.strip("<>,;") for word in text.split() if name == "message-id" or "@" in word]
    ids = dict.fromkeys(identifier.replace(" ", "") for identifier in found if identifier)
    return tuple(ids)[-MAX_REFERENCES:]


def _defects(root: Part, others: Iterable[str]) -> tuple[str, ...]:
    found = [defect for part in walk(root) for defect in part.defects]
    return tuple(dict.fromkeys([*found, *others]))[:20]
