"""What the trusted server says of the sender (RFC 8601), and what in the mail pretends. Marked and shown, never trusted."""

import re

from inflow.mail.message import Authenticity

_RESULT = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*(\w+)", re.IGNORECASE)


def judge(headers: dict[str, tuple[str, ...]], authserv_id: str) -> Authenticity:
    """The verdict of the topmost Authentication-Results of `authserv_id`; none without it."""
    for value in headers.get("authentication-results", ()):
        name = value.partition(";")[0].split()
        if authserv_id and name and name[0].lower() == authserv_id.lower():
            results = {found[1].lower(): found[2].lower() for found in _RESULT.finditer(value)}
            verdict = {"pass": "pass", "fail": "fail"}.get(results.get("dmarc", ""), "none")
            return Authenticity(
                verdict=verdict, evidence=tuple(f"{method}={result}" for method, result in results.items())
            )
    return Authenticity()
