"""From the bytes of a mail to what a person would read. Whatever bytes come, a Message comes out, with defects where it guessed.

The order: parts, header fields, text, what is new in it, then what kind of mail it is and who vouches for its sender.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime

from inflow.mail.absence import back_on
from inflow.mail.addresses import addresses
from inflow.mail.attachments import attachments
from inflow.mail.authenticity import judge
from inflow.mail.body import read
from inflow.mail.bounce import read_bounce
from inflow.mail.dates import parse_date
from inflow.mail.language import language_of
from inflow.mail.message import Address, Message, Nature
from inflow.mail.mime import Part, leaves, split
from inflow.mail.nature import nature_of
from inflow.mail.protection import protection_of
from inflow.mail.quotes import new_text, whole_text
from inflow.mail.reading import all_defects, invitation_of, opened, text_of
from inflow.mail.reply_words import FORWARD_SUBJECT
from inflow.mail.words import clean, decode_field, header_text

LANGUAGES = ("sv", "nb", "da", "fi", "en", "de", "fr", "nl", "es", "pl", "it", "pt")
_RESULTS = frozenset({"authentication-results", "arc-authentication-results", "arc-seal"})
MAX_REFERENCES = 200
MAX_DEFECTS = 20
_ID = re.compile(r"<\s*([^<>]{1,900}?)\s*>")


def parse(
    raw: bytes,
    *,
    authserv_id: str = "",
    arc_sealers: Sequence[str] = (),
    own_domains: Sequence[str] = (),
    languages: Sequence[str] = LANGUAGES,
) -> Message:
    """What a mail says; never raises. `authserv_id`: the server whose Authentication-Results is believed (RFC 8601);
    `arc_sealers`: the forwarders that are believed when it found their seal whole (RFC 8617).

    `own_domains`: the organisation's, to tell look-alikes and its own lists; `languages`: the codes to choose among.
    """
    root = opened(split(raw))
    charset = _charset(root)
    headers = _headers(root, charset)
    subject = next(iter(headers.get("subject", ())), "")
    reading = read(root)
    marked = text_of(reading)
    text = whole_text(marked)
    reply = new_text(marked, forwarded=_is_forward(subject, marked))
    moment, date_defect = _date(headers)
    bounce = read_bounce(root, headers)
    nature, evidence = nature_of(root, headers, bounce, own_domains)
    from_ = _mailboxes(root, "from", charset)
    reply_to = _mailboxes(root, "reply-to", charset)
    protection = protection_of(root, marked)
    return Message(
        raw=raw,
        headers=headers,
        subject=subject,
        from_=from_,
        to=_mailboxes(root, "to", charset),
        cc=_mailboxes(root, "cc", charset),
        reply_to=reply_to,
        date=moment,
        message_id=next(iter(_ids(headers, "message-id")), None),
        in_reply_to=_ids(headers, "in-reply-to"),
        references=_ids(headers, "references"),
        text=text,
        reply_text=reply,
        language=language_of(reply or text, tuple(languages)),
        nature=nature,
        nature_evidence=evidence,
        bounce=bounce,
        absent_until=_absence(nature, text, moment),
        invitation=invitation_of(root),
        protection=protection,
        attachments=attachments(reading.attached, leaves(root)),
        authenticity=judge(
            headers, from_, reply_to, authserv_id=authserv_id, own_domains=own_domains, arc_sealers=arc_sealers
        ),
        defects=_defects(root, from_, date_defect, protection),
    )


def _is_forward(subject: str, text: str) -> bool:
    """Whether the subject says so. `VS:` is a forward in Norwegian and Danish, and an answer in Finnish."""
    found = FORWARD_SUBJECT.match(subject)
    return found is not None and not (found[0].strip().lower() == "vs:" and "Lähettäjä:" in text)


def _charset(root: Part) -> str:
    """The charset of the text: 8-bit header fields are mostly in it too."""
    return next((part.parameters["charset"] for part in leaves(root)[:5] if "charset" in part.parameters), "")


def _headers(root: Part, charset: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, value in root.fields:
        text = clean(header_text(value)) if name in _RESULTS else decode_field(value, charset)
        found.setdefault(name, []).append(text)
    return {name: tuple(values) for name, values in found.items()}


def _mailboxes(root: Part, name: str, charset: str) -> tuple[Address, ...]:
    return tuple(address for key, value in root.fields if key == name for address in addresses(value, charset))


def _date(headers: dict[str, tuple[str, ...]]) -> tuple[datetime | None, str]:
    """The Date, else the moment of the last hop (RFC 5321 section 4.4), with what was wrong."""
    value = next(iter(headers.get("date", ())), "")
    moment = parse_date(value)
    if moment:
        return moment, ""
    hop = next(iter(headers.get("received", ())), "").rpartition(";")[2]
    received = parse_date(hop) if hop else None
    problem = "a date nobody can read" if value else "no date"
    return received, f"{problem}: taken from the last hop" if received else problem


def _ids(headers: dict[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    """Message-ids without brackets, each once, the last of too many (the nearest ancestors)."""
    text = " ".join(headers.get(name, ()))[-100_000:]
    found = _ID.findall(text) or [word.strip("<>,;") for word in text.split() if name == "message-id" or "@" in word]
    return tuple(dict.fromkeys("".join(identifier.split()) for identifier in found if identifier))[-MAX_REFERENCES:]


def _absence(nature: Nature, text: str, moment: datetime | None) -> date | None:
    return back_on(text, moment.date() if moment else None) if nature is Nature.AUTO_REPLY else None


def _defects(root: Part, from_: tuple[Address, ...], date_defect: str, protection: str) -> tuple[str, ...]:
    found = all_defects(root)
    if len(from_) != 1:
        found.append("no From address" if not from_ else f"{len(from_)} From addresses")
    if date_defect:
        found.append(date_defect)
    if protection == "encrypted":
        found.append("encrypted: the text cannot be read here")
    return tuple(found[:MAX_DEFECTS])
