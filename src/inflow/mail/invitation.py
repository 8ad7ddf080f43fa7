"""What a calendar part says (RFC 5545, 5546): method, what, when, where. Enough to read, not to keep a calendar."""

import re

from inflow.mail.message import Invitation

MAX_CALENDAR = 200_000
_LINE = re.compile(r"^([A-Z-]{1,40})((?:;[^:\n\"]*+(?:\"[^\"\n]*+\"[^:\n\"]*+)*+)?+):(.*)$", re.MULTILINE)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$")
_ZONE = re.compile(r"TZID=\"?([^\";:]{1,60})")


def read_invitation(text: str) -> Invitation | None:
    """The first event of a calendar object; None when there is none."""
    text = re.sub(r"\r?\n[ \t]", "", text[:MAX_CALENDAR]).replace("\r\n", "\n")
    head, separator, event = text.partition("BEGIN:VEVENT")
    if not separator:
        return None
    event = event.partition("END:VEVENT")[0].partition("BEGIN:VALARM")[0]
    method = next((found[3].strip().upper() for found in _LINE.finditer(head) if found[1] == "METHOD"), "")
    lines: dict[str, tuple[str, str]] = {}
    for found in _LINE.finditer(event):
        lines.setdefault(found[1], (found[2], found[3].strip()))
    return Invitation(
        method=method,
        summary=_value(lines, "SUMMARY"),
        description=_value(lines, "DESCRIPTION"),
        place=_value(lines, "LOCATION"),
        organizer=re.sub(r"^mailto:", "", _value(lines, "ORGANIZER"), flags=re.IGNORECASE),
        starts=_time(lines, "DTSTART"),
        ends=_time(lines, "DTEND"),
    )


def _value(lines: dict[str, tuple[str, str]], name: str) -> str:
    value = lines.get(name, ("", ""))[1]
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _time(lines: dict[str, tuple[str, str]], name: str) -> str:
    """A time as ISO 8601 with the name of its zone behind it, as the sender gave it."""
    parameters, value = lines.get(name, ("", ""))
    found = _TIME.match(value)
    if not found:
        return ""
    text = f"{found[1]}-{found[2]}-{found[3]}"
    if found[4]:
        text += f"T{found[4]}:{found[5]}:{found[6]}" + ("+00:00" if found[7] else "")
    zone = _ZONE.search(parameters)
    return f"{text} {zone[1]}" if zone else text
