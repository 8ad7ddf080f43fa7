"""What kind of thing wrote a mail (RFC 3834, 5230, 2369, 2919, 3464, 8058 and the habits of vendors), with the evidence."""

import re

from inflow.mail.message import Bounce, Nature
from inflow.mail.mime import Part

MAX_HOPS = 50
_AUTO_SUBJECT = re.compile(
    r"^\W*(auto(matic(ally)?|matisk|maattinen|matische)?[ -:]*(reply|svar|response|antwort|vastaus|réponse)|out of (the )?office"
    r"|autosvar|frånvaro|fravær|abwesenheit|poissa)",
    re.IGNORECASE,
)


def nature_of(
    root: Part, headers: dict[str, tuple[str, ...]], subject: str, bounce: Bounce | None
) -> tuple[Nature, tuple[str, ...]]:
    """The nature and what speaks for it, the surest first."""
    if len(headers.get("received", ())) > MAX_HOPS:
        return Nature.LOOP, (f"{len(headers['received'])} Received fields",)
    if any("inflow" in value.lower() for value in headers.get("x-loop", ())) or "x-inflow-case" in headers:
        evidence: tuple[str, ...] = ("carries our own mark",)
    else:
        evidence = ()
    if bounce is not None:
        return Nature.BOUNCE, (*evidence, "a delivery report (RFC 3464)")
    submitted = headers.get("auto-submitted", ("no",))[0].lower().partition(";")[0].strip()
    if submitted not in {"no", ""}:
        return Nature.AUTO_REPLY, (*evidence, f"Auto-Submitted: {submitted}")
    if _AUTO_SUBJECT.match(subject):
        return Nature.AUTO_REPLY, (*evidence, "subject of an automatic reply")
    if "list-id" in headers or "list-post" in headers:
        return Nature.LIST, (*evidence, "List-Id")
    if headers.get("precedence", ("",))[0].lower() in {"bulk", "junk", "list"} or "list-unsubscribe" in headers:
        return Nature.BULK, (*evidence, "bulk mail headers")
    return Nature.PERSON, evidence
