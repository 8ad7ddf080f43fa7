"""What is new in a reply: quoted history and signature off. When unsure keep more."""

import re

_QUOTED = re.compile(r"^\s{0,3}>")
_WROTE = re.compile(
    r"^.{0,200}\b(wrote|skrev|skreiv|kirjoitti|schrieb|a écrit|schreef|escribió|napisał|ha scritto|escreveu)\b.{0,200}:\s*$"
)
_OUTLOOK = re.compile(
    r"^-{2,}\s*(Original Message|Ursprungligt meddelande|Opprinnelig melding|Oprindelig meddelelse)", re.IGNORECASE
)


def new_text(text: str) -> str:
    """Only what this message adds."""
    kept: list[str] = []
    for line in text.split("\n"):
        if line.rstrip() == "--" or _OUTLOOK.match(line):
            break
        if _QUOTED.match(line) or (len(line) < 400 and _WROTE.match(line)):  # noqa: PLR2004
            continue
        kept.append(line)
    return "\n".join(kept).strip() or text.strip()
