"""Writing mail. What we say stands in an Outgoing; `render` makes bytes of it, the same bytes each time.

A forward encloses the parts of the original byte for byte behind our own first part, so that signatures verify and
nothing is lost by decoding and encoding. Nothing from outside can add a header: every value is cleaned on its way in.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import quote, unquote

from inflow.mail.answer import exchanged
from inflow.mail.identity import fields, split
from inflow.mail.lines import within
from inflow.mail.message import Address, Attachment
from inflow.mail.parse import parse
from inflow.mail.rich import Rich, rich

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_ATOMS = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
_LINE = 76
_PERSONAL = frozenset(
    f"application/{kind}" for kind in ("pkcs7-signature", "x-pkcs7-signature", "pgp-signature", "pgp-keys")
)
"""What signs the whole of a mail names its writer, and no longer fits the words alone."""
_IMAGES = frozenset(f"image/{kind}" for kind in ("png", "jpeg", "jpg", "gif", "webp", "bmp"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that we add ourselves."""

    filename: str
    content_type: str
    base64: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One mail of ours before it is bytes. `text` is the first part; `encloses` says what of the source mail follows it:
    `parts` (its own, byte for byte), `file` (the whole of it as an attachment), `reply` (its attachments, no signatures, and its
    HTML where that says `text` and nothing else) or `` (nothing). `closing` stands below `text`; in the HTML the address
    `hides` is exchanged for ours; an inline image of which `leaves_out` has the SHA-256 is not the writer's."""

    from_: Address
    to: tuple[Address, ...]
    subject: str
    date: str
    message_id: str
    text: str
    reply_to: Address | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    encloses: str = ""
    files: tuple[Enclosure, ...] = ()
    cc: tuple[Address, ...] = ()
    closing: str = ""
    hides: str = ""
    leaves_out: tuple[str, ...] = ()
    html: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values, for the outbox."""
        return asdict(self)

    @classmethod
    def of_json(cls, row: dict[str, Any]) -> "Outgoing":
        """What `as_json` gave."""
        reply_to = row["reply_to"]
        return cls(
            **{
                **row,
                "encloses": "reply"
                if row["encloses"] == "attachments"
                else row["encloses"],  # as it was called before 0002
                "from_": Address(**row["from_"]),
                "to": tuple(Address(**address) for address in row["to"]),
                "reply_to": Address(**reply_to) if reply_to else None,
                "references": tuple(row["references"]),
                "headers": tuple((name, value) for name, value in row["headers"]),
                "files": tuple(Enclosure(**file) for file in row["files"]),
                "cc": tuple(Address(**address) for address in row.get("cc", ())),
                "leaves_out": tuple(row.get("leaves_out", ())),
            }
        )


def at(moment: datetime) -> str:
    """A Date of RFC 5322 section 3.3."""
    return format_datetime(moment)


def render(outgoing: Outgoing, source: bytes | None = None) -> bytes:
    """The mail as bytes with CRLF line ends; `source` is the raw mail that it encloses, where it encloses one."""
    head = "".join(f"{line}\r\n" for line in _head(outgoing)).encode("ascii")
    parts = _parts(outgoing, source)
    if len(parts) == 1:
        return head + parts[0]
    return head + _multipart("mixed", parts, outgoing.message_id)


def _parts(outgoing: Outgoing, source: bytes | None) -> list[bytes]:
    """What the mail is made of: our words first, then what it encloses."""
    text = "\n\n".join(part for part in (outgoing.text.rstrip("\n"), outgoing.closing) if part) + "\n"
    parts = [_own_words(outgoing, text)]
    if source is not None and outgoing.encloses == "parts":
        parts = [_own_words(outgoing, outgoing.text), within(_entity(source))]
    elif source is not None and outgoing.encloses == "file":
        whole = Enclosure(filename="original.eml", content_type="application/octet-stream", base64=_base64(source))
        parts.append(_file_part(whole))
    elif source is not None and outgoing.encloses == "reply":
        parts = _reply(outgoing, source, parts[0])
    return parts + [_file_part(file) for file in outgoing.files]


def _own_words(outgoing: Outgoing, text: str) -> bytes:
    """Our own words: plain, and in HTML beside it where there are links."""
    if not outgoing.html:
        return _text_part(text)
    return _multipart("alternative", [_text_part(text), _html_part(outgoing.html)], f"{outgoing.message_id}own")


def _html_part(page: str) -> bytes:
    html = b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return html + _base64(page.encode()).encode()


def _reply(outgoing: Outgoing, source: bytes, text: bytes) -> list[bytes]:
    """A member's own mail: text, HTML with its images where that is certain, and the files that are the member's."""
    message = parse(source)
    files = [one for one in message.attachments if one.content_type not in _PERSONAL]
    images = {one.content_id: one for one in files if one.content_type in _IMAGES and one.content_id}
    found = rich(
        source,
        outgoing.text,
        new=message.reply_text,
        exchange=lambda said: exchanged(said, outgoing.hides, outgoing.from_.address),
        images=images,
        mark=outgoing.message_id,
    )
    if found and _signed_address(outgoing.from_.address).search(unquote(found.html)):
        found = None
    shown = frozenset(found.shows.values()) if found else frozenset()
    left = found.left if found else frozenset()
    files = [one for one in files if one.content_id not in shown | left or not one.content_id]
    files = [one for one in files if not (one.inline and one.sha256 in outgoing.leaves_out)]
    body = _alternative(outgoing, text, found, images) if found else text
    return [body, *(_file_part(_enclosure(one)) for one in files)]


def _signed_address(address: str) -> re.Pattern[str]:
    """A subaddress of ours, which a link may hide."""
    local, _, domain = address.rpartition("@")
    return re.compile(rf"{re.escape(local)}\+[^@\s]+@{re.escape(domain)}", re.IGNORECASE)


def _alternative(outgoing: Outgoing, text: bytes, found: Rich, images: Mapping[str, Attachment]) -> bytes:
    """The same in plain text and in HTML, its images beside it (RFC 2046 section 5.1.4, RFC 2387)."""
    closing = "<br>".join(escape(line) for line in outgoing.closing.split("\n")) if outgoing.closing else ""
    page = f"<html><body>{found.html}{closing and f'<p>{closing}</p>'}</body></html>"
    html = b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    html += _base64(page.encode()).encode()
    if found.shows:
        shown = [_image_part(images[cid], name) for name, cid in found.shows.items()]
        html = _multipart('related; type="text/html"', [html, *shown], outgoing.message_id)
    return _multipart("alternative", [text, html], outgoing.message_id)


def _multipart(kind: str, parts: list[bytes], message_id: str) -> bytes:
    boundary = _boundary(f"{message_id}{kind}", parts)
    mark = b"--" + boundary.encode()
    opening = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    return opening + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


def _head(outgoing: Outgoing) -> list[str]:
    lines = [f"From: {_mailbox(outgoing.from_)}", _addresses("To", outgoing.to)]
    if outgoing.cc:
        lines.append(_addresses("Cc", outgoing.cc))
    if outgoing.reply_to:
        lines.append(f"Reply-To: {_mailbox(outgoing.reply_to)}")
    lines += [
        _unstructured("Subject", outgoing.subject),
        f"Date: {outgoing.date}",
        f"Message-ID: <{outgoing.message_id}>",
    ]
    if outgoing.in_reply_to:
        lines.append(f"In-Reply-To: {_id(outgoing.in_reply_to)}")
    if outgoing.references:
        lines.append("References: " + "\r\n ".join(_id(reference) for reference in outgoing.references))
    lines += [_unstructured(name, value) for name, value in outgoing.headers]
    return [*lines, "MIME-Version: 1.0"]


def _clean(value: str) -> str:
    return " ".join(_CONTROL.sub(" ", value).split())


def _id(message_id: str) -> str:
    return f"<{re.sub(r'[^!-~]|[<>]', '', message_id)}>"


def _unstructured(name: str, value: str) -> str:
    value = _clean(value)
    if value.isascii() and len(value) + len(name) < _LINE and "=?" not in value:
        return f"{name}: {value}"
    encoded = Header(value, "utf-8", header_name=name, maxlinelen=_LINE).encode(linesep="\r\n")
    return f"{name}: {encoded}"


def _mailbox(address: Address) -> str:
    spec = re.sub(r"[^!-~]|[<>,;\"]", "", address.address)
    name = _clean(address.name)
    if not name:
        return spec
    if _ATOMS.fullmatch(name) and "=?" not in name and len(name) < _LINE:
        return f"{name} <{spec}>"
    if name.isascii() and "=?" not in name and len(name) < _LINE:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"\r\n <{spec}>'
    encoded = Header(name, "utf-8", maxlinelen=_LINE, header_name="Reply-To").encode(linesep="\r\n")
    return f"{encoded}\r\n <{spec}>"


def _addresses(name: str, addresses: tuple[Address, ...]) -> str:
    return f"{name}: " + ",\r\n ".join(_mailbox(address) for address in addresses)


def _text_part(text: str) -> bytes:
    """Our own words: plain where ASCII does, else base64, which no server on the way touches."""
    body = "\r\n".join(line.rstrip("\r") for line in text.split("\n"))
    if body.isascii() and max(map(len, body.split("\r\n"))) < 998:  # noqa: PLR2004  RFC 5322 section 2.1.1
        return b"Content-Type: text/plain; charset=us-ascii\r\n\r\n" + body.encode("ascii")
    encoded = _base64(body.encode("utf-8"))
    return b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded.encode()


def _image_part(image: Attachment, content_id: str) -> bytes:
    lines = (
        f"Content-Type: {_clean(image.content_type)}",
        f"Content-ID: {_id(content_id)}",
        _disposition("inline", image.filename or "image"),
    )
    return _encoded(lines, _base64(image.content))


def _file_part(file: Enclosure) -> bytes:
    return _encoded(
        (f"Content-Type: {_clean(file.content_type)}", _disposition("attachment", file.filename)), file.base64
    )


def _encoded(lines: tuple[str, ...], content: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in lines)
    return f"{head}Content-Transfer-Encoding: base64\r\n\r\n{content}".encode("ascii")


def _disposition(kind: str, filename: str) -> str:
    name = _clean(filename).replace("\\", "_").replace('"', "'").replace("/", "_")
    said = f'filename="{name}"' if name.isascii() else f"filename*=utf-8''{quote(name, safe='')}"
    return f"Content-Disposition: {kind}; {said}"


def _enclosure(attached: Attachment) -> Enclosure:
    name = attached.filename or "attachment"
    return Enclosure(filename=name, content_type=attached.content_type, base64=_base64(attached.content))


def _entity(raw: bytes) -> bytes:
    """The MIME entity of a mail (RFC 2045): its Content- fields and its body, byte for byte."""
    head, body = split(raw)
    content = [field for name, field in fields(head) if name.lower().startswith(b"content-")]
    return b"".join(field + b"\r\n" for field in content) + b"\r\n" + body


def _boundary(message_id: str, parts: list[bytes]) -> str:
    """A boundary that no part holds, and the same one each time."""
    number = 0
    while True:
        boundary = "=_inflow_" + hashlib.sha256(f"{message_id}{number}".encode()).hexdigest()[:32]
        if not any(boundary.encode() in part for part in parts):
            return boundary
        number += 1


def _base64(content: bytes) -> str:
    return base64.encodebytes(content).decode("ascii").replace("\n", "\r\n").rstrip("\r\n")
