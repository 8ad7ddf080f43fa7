"""Which parts of a mail a person reads, and which are attached (after RFC 8621 section 4.1.4)."""

import re
from dataclasses import dataclass, field
from io import StringIO

from inflow.mail.charsets import decode
from inflow.mail.embedded import take_out
from inflow.mail.html import html_text
from inflow.mail.mime import Part
from inflow.mail.parameters import parameters
from inflow.mail.protection import without_armour
from inflow.mail.transfer import decode_transfer

_TEXT = {"text/plain", "text/html", "text"}
_ENRICHED_TEXT = {"text/enriched", "text/richtext"}
_META = re.compile(rb"<meta[^>]{1,200}charset=[\"']?([A-Za-z0-9_-]{2,30})", re.IGNORECASE)
_ENRICHED = re.compile(r"<<|<param>[^<]{0,500}</param>|</?[A-Za-z-]{1,60}>")
_NO_BASE64 = re.compile(rb"[^\s=]{1,40} +[^\s=]{1,40} +[^\s=]{1,40}|[a-z][.,!?](?:\s|$)|^\s*[?!\"(<]")
_LOOK = 300
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(slots=True)
class Reading:
    """The parts that make the text, and the parts that do not."""

    bodies: list[Part] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)
    spare: list[Part] = field(default_factory=list)


def encoding_of(part: Part) -> str:
    """The Content-Transfer-Encoding, lower-case, without what some clients write around it."""
    value = part.first("content-transfer-encoding")
    return value.decode("ascii", "replace").strip(" \t\"';").lower().partition(" ")[0] if value else ""


def disposition_of(part: Part) -> tuple[str, dict[str, str]]:
    """The Content-Disposition and its parameters (RFC 2183)."""
    value = part.first("content-disposition")
    if not value:
        return "", {}
    kind, found = parameters(value)
    return kind.lower(), found


def part_text(part: Part) -> str:
    """A text part as text with plain line ends, HTML made readable, files in it taken out. Read once, then kept."""
    if part.text is None:
        part.text = _read_text(part)
    return part.text


def _read_text(part: Part) -> str:
    content, part.files, missing = take_out(_content(part))
    part.defects.extend(missing)
    is_html = part.content_type == "text/html" or (
        part.content_type not in {"text/plain", *_ENRICHED_TEXT} and content[:2000].lstrip()[:1] == b"<"
    )
    text, defect = decode(content, part.parameters.get("charset", "") or (_meta_charset(content) if is_html else ""))
    if defect:
        part.defects.append(defect)
    if is_html:
        return html_text(text)
    if part.content_type in _ENRICHED_TEXT:
        text = _ENRICHED.sub(lambda found: "<" if found[0] == "<<" else "", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return without_armour(_CONTROL.sub("", text))


def _content(part: Part) -> bytes:
    """The octets of a text, as they stand where they are not what their encoding says."""
    content, encoding = part.body, encoding_of(part)
    if encoding == "base64" and _NO_BASE64.search(content, 0, _LOOK):
        part.defects.append("declared base64 but is not: read as it stands")
        return content
    return decode_transfer(content, encoding)


def _meta_charset(content: bytes) -> str:
    found = _META.search(content[:2000])
    return found[1].decode("ascii") if found else ""


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Format=flowed made into paragraphs, quote depth kept (RFC 3676)."""
    out = StringIO()
    depth, paragraph = -1, ""
    for line in StringIO(text):
        stripped = line.removesuffix("\n").lstrip(">")
        quotes = len(line.removesuffix("\n")) - len(stripped)
        stripped = stripped.removeprefix(" ")
        flows = stripped.endswith(" ") and stripped != "-- "
        if depth >= 0 and (quotes != depth or stripped == "-- "):
            _write_paragraph(out, depth, paragraph)
            depth, paragraph = -1, ""
        paragraph += stripped[:-1] if flows and delete_space else stripped
        depth = quotes
        if not flows:
            _write_paragraph(out, depth, paragraph)
            depth, paragraph = -1, ""
    if depth >= 0:
        _write_paragraph(out, depth, paragraph)
    return out.getvalue() if text.endswith("\n") else out.getvalue().removesuffix("\n")


def _write_paragraph(out: StringIO, depth: int, paragraph: str) -> None:
    out.write(f"{'>' * depth}{' ' * (depth > 0)}{paragraph}\n")


def read(part: Part) -> Reading:
    """Sort the leaves of a mail into text and attachments."""
    return _read_multipart(part) if part.children else _read_leaf(part, first=True, kind="")


def _read_multipart(part: Part) -> Reading:
    kind = part.content_type.partition("/")[2]
    readings = [
        read(child) if child.children else _read_leaf(child, first=number == 0, kind=kind)
        for number, child in enumerate(part.children)
    ]
    if kind == "alternative":
        return _choose(readings)
    if kind == "related" and len(readings) > 1:
        rest = [leaf for other in readings[1:] for leaf in (*other.bodies, *other.attached)]
        return Reading(readings[0].bodies, readings[0].attached + rest, readings[0].spare)
    return Reading(
        [leaf for one in readings for leaf in one.bodies],
        [leaf for one in readings for leaf in one.attached],
        [leaf for one in readings for leaf in one.spare],
    )


def _read_leaf(part: Part, *, first: bool, kind: str) -> Reading:
    if part.content_type.startswith("multipart/"):
        return _read_broken(part)
    if _is_body(part, first=first or (kind == "alternative" and part.content_type in _TEXT)):
        return Reading(bodies=[part])
    return Reading(attached=[part])


def _read_broken(part: Part) -> Reading:
    """A multipart in which no part was found: what it holds is text."""
    return Reading(bodies=[part]) if part.body.strip() else Reading()


def _is_body(part: Part, *, first: bool) -> bool:
    if part.content_type not in _TEXT and not (first and part.content_type in _ENRICHED_TEXT):
        return False
    kind, found = disposition_of(part)
    named = bool(found.get("filename") or part.parameters.get("name"))
    return kind != "attachment" and (first or not named)


def _says_something(reading: Reading) -> bool:
    return any(part_text(leaf).strip() for leaf in reading.bodies)


def _choose(readings: list[Reading]) -> Reading:
    """Of alternatives the plain text if it says something, else the last that does (RFC 2046 section 5.1.4)."""
    attached = [leaf for one in readings for leaf in one.attached]
    with_text = [one for one in readings if one.bodies]
    plain = [one for one in with_text if all(leaf.content_type == "text/plain" for leaf in one.bodies)]
    others = [one for one in reversed(with_text) if one not in plain]
    chosen = next((one for one in (*plain, *others) if _says_something(one)), (with_text or [Reading()])[-1])
    spare = [leaf for one in with_text if one is not chosen for leaf in one.bodies]
    return Reading(chosen.bodies, attached, spare)
