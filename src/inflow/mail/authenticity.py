"""What the trusted server says of the sender (RFC 8601), and what in the mail pretends. Marked and shown, never trusted.

Only the topmost Authentication-Results of the trusted authserv-id counts: anyone may have written the others. A forwarder's
word counts when the config trusts it and that server found its seal whole.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from operator import methodcaller

from inflow.mail.message import Address, Authenticity

Headers = Mapping[str, tuple[str, ...]]
Result = tuple[str, str, dict[str, str]]

_PIECE = re.compile(r"\\.|[()\"]|[^\\()\"]+|\\", re.DOTALL)
_SPECIAL = re.compile(r"[^\w.-]")
_RESULT = re.compile(r"^\s*([a-z0-9-]{2,30})(?:/\d+)?\s*=\s*([a-z]{2,20})\b(.*)$", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(
    r"\b(header\.(?:from|d|i)|smtp\.(?:mailfrom|helo)|policy\.\w+|action)\s*=\s*\"?([^\s;\"]{1,200})", re.IGNORECASE
)
_ADDRESS = re.compile(r"[^\s<>@\"']{1,64}@([\w.-]{1,255}\.[A-Za-z]{2,24})")
_CONFUSABLE = str.maketrans(
    {
        "0": "o",
        "3": "e",
        "5": "s",
        "а": "a",
        "е": "e",
        "о": "o",
        "р": "p",
        "с": "c",
        "у": "y",
        "х": "x",
        "і": "i",
        "ј": "j",
        "ѕ": "s",
        "ԁ": "d",
    }
    | {
        "ɡ": "g",
        "ӏ": "l",
        "ı": "i",
        "ο": "o",
        "α": "a",
        "ν": "v",
        "ø": "o",
        "æ": "ae",
        "ß": "ss",
        "к": "k",
        "м": "m",
        "т": "t",
        "в": "b",
        "н": "h",
    }
)
_INSTANCE = re.compile(r"\s*i\s*=\s*([1-9]\d?)\s*;", re.IGNORECASE)
_TAG = methodcaller("partition", "=")
MAX_INSTANCES = 50
_RESTRICTED = {"fail", "permerror", "softfail"}


def judge(
    headers: Headers,
    sender: Sequence[Address],
    reply_to: Sequence[Address],
    *,
    authserv_id: str,
    own_domains: Sequence[str],
    arc_sealers: Sequence[str] = (),
) -> Authenticity:
    """The verdict on the From domain and its evidence. `pass` needs DMARC, or an aligned DKIM or SPF where DMARC is absent; or
    the word of a forwarder among `arc_sealers` whose seal the trusted server found whole (RFC 8617)."""
    verdict, evidence = _results(headers, sender, authserv_id, arc_sealers)
    tricks = tuple(_tricks(sender, reply_to, own_domains))
    return Authenticity(verdict=verdict, evidence=(*evidence, *tricks), tricks=tricks)


def _results(
    headers: Headers, sender: Sequence[Address], authserv_id: str, sealers: Sequence[str]
) -> tuple[str, list[str]]:
    if not authserv_id:
        return "none", ["no trusted server is configured"]
    trusted = next(
        (value for value in headers.get("authentication-results", ()) if _server(value) == authserv_id.lower()), None
    )
    if trusted is None:
        return "none", [f"no Authentication-Results of {authserv_id}", *_spf_field(headers, authserv_id)]
    results = _parse(trusted)
    domain = sender[0].domain if len(sender) == 1 else ""
    evidence = [
        f"{method}={result}" + (f" ({', '.join(f'{k}={v}' for k, v in found.items())})" if found else "")
        for method, result, found in results
    ]
    if not domain:
        return "fail" if sender else "none", [*evidence, "not exactly one From address"]
    verdict, evidence = _verdict(results, domain, evidence)
    if verdict != "pass" and (word := _sealed(headers, results, domain, sealers)):
        return "pass", [*evidence, word]
    return verdict, evidence


def _server(value: str) -> str:
    words = _plain(value).partition(";")[0].split()
    return words[0].lower() if words else ""


def _plain(value: str) -> str:
    """A field without its comments, which nest (RFC 5322 section 3.2.2), and with nothing in its quoted strings that reads like
    a result: the server repeats there what the sender wrote."""
    kept, depth, quoted = [], 0, False
    for piece in _PIECE.findall(value[:10_000]):
        if piece == '"' and not depth:
            quoted = not quoted
        elif piece == "(" and not quoted:
            depth += 1
        elif piece == ")" and not quoted:
            depth = max(depth - 1, 0)
            kept.append(" ")
        elif not depth:
            kept.append(_SPECIAL.sub("_", piece) if quoted else piece)
    return "".join(kept)


def _parse(value: str) -> list[Result]:
    """The results in order: method, result, properties (RFC 8601 section 2.2)."""
    found = []
    for part in _plain(value).split(";")[1:]:
        match = _RESULT.match(part)
        if match:
            properties = {name.lower(): text.lower() for name, text in _PROPERTY.findall(match[3])}
            found.append((match[1].lower(), match[2].lower(), properties))
    return found


def _verdict(results: list[Result], domain: str, evidence: list[str]) -> tuple[str, list[str]]:
    for method, result, found in results:
        if method == "dmarc":
            said = found.get("header.from", domain).strip("@")
            if result == "pass" and said != domain:
                return "fail", [*evidence, f"dmarc speaks of {said}, the From is {domain}"]
            if result in {"pass", "fail"}:
                return result, evidence
    if any(_aligned(method, result, found, domain) for method, result, found in results):
        return "pass", [*evidence, "no dmarc, but aligned"]
    arc = next((result for method, result, _ in results if method == "arc"), "")
    if arc == "pass":
        return "none", [*evidence, "a forwarder's seal is intact (ARC), which says nothing of the sender"]
    failed = any(method in {"spf", "dkim"} and result in _RESTRICTED for method, result, _ in results)
    return ("fail" if failed else "none"), evidence


def _sealed(headers: Headers, results: list[Result], domain: str, sealers: Sequence[str]) -> str:
    """The word of the last forwarder on the From domain, if it is one of ours and the trusted server says that the chain is whole
    (RFC 8617 section 5.2); else empty. Earlier forwarders say nothing, whatever they wrote."""
    if not any(method == "arc" and result == "pass" for method, result, _ in results):
        return ""
    seals = _instances(headers.get("arc-seal", ()))
    words = _instances(headers.get("arc-authentication-results", ()))
    last = len(seals)
    if not last or set(seals) != set(range(1, last + 1)) or set(words) != set(seals):
        return ""
    tags = {name.strip().lower(): value.strip().lower() for name, _, value in map(_TAG, seals[last].split(";"))}
    sealer = tags.get("d", "")
    if sealer not in {one.lower() for one in sealers} or tags.get("cv") != ("none" if last == 1 else "pass"):
        return ""
    verdict, _ = _verdict(_parse(words[last]), domain, [])
    return f"{sealer} forwarded it and vouches for {domain} (ARC)" if verdict == "pass" else ""


def _instances(values: Sequence[str]) -> dict[int, str]:
    """The fields of ARC sets by instance, without it; none when an instance stands twice or is not told."""
    found: dict[int, str] = {}
    for value in values[: MAX_INSTANCES + 1]:
        match = _INSTANCE.match(value)
        if match is None or int(match[1]) in found:
            return {}
        found[int(match[1])] = value[match.end() :]
    return found if len(found) <= MAX_INSTANCES else {}


def _aligned(method: str, result: str, found: Mapping[str, str], domain: str) -> bool:
    if result != "pass":
        return False
    if method == "dkim":
        return domain in {found.get("header.d", ""), found.get("header.i", "").rpartition("@")[2]}
    return method == "spf" and found.get("smtp.mailfrom", "").rpartition("@")[2] == domain


def _spf_field(headers: Headers, authserv_id: str) -> list[str]:
    """Received-SPF (RFC 7208 section 9.1) of the trusted server: shown, but no verdict on the From."""
    for value in headers.get("received-spf", ())[:1]:
        if f"receiver={authserv_id}".lower() in value.lower().replace(" ", ""):
            return [f"Received-SPF: {value.split()[0].lower()}"]
    return []


def _tricks(sender: Sequence[Address], reply_to: Sequence[Address], own_domains: Sequence[str]) -> list[str]:
    evidence = []
    own = [domain.lower() for domain in own_domains]
    for one in sender[:5]:
        shown = _ADDRESS.search(one.name)
        if shown and shown[1].lower() != one.domain:
            evidence.append(f"the name shows another address: {shown[0]} is not {one.address}")
        evidence.extend(f"{one.domain} looks like {domain}" for domain in own if looks_like(one.domain, domain))
    elsewhere = [one.address for one in reply_to[:5] if sender and one.domain and one.domain != sender[0].domain]
    return [*evidence, *(f"answers would go elsewhere: {address}" for address in elsewhere)]


def looks_like(domain: str, own: str) -> bool:
    """Whether a domain could be taken for our own without being it: confusable letters, one letter off, ours with more words."""
    if not domain or domain == own or domain.endswith(f".{own}"):
        return False
    plain, ours = _skeleton(domain), _skeleton(own)
    if plain == ours or f".{own}." in f".{domain}.":
        return True
    name = ours.rpartition(".")[0]
    long_enough = len(name) > 3  # noqa: PLR2004 - shorter names have honest neighbours
    return long_enough and (
        _one_off(plain, ours)
        or plain.rpartition(".")[0] == name
        or plain.rpartition(".")[0].startswith((f"{name}-", f"{name}."))
    )


def _skeleton(domain: str) -> str:
    """A domain with confusable letters folded together (after Unicode TR 39)."""
    try:
        text = domain.encode("ascii").decode("idna") if "xn--" in domain else domain
    except UnicodeError:
        text = domain
    folded = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter)).translate(_CONFUSABLE)
    return bare.replace("rn", "m").replace("vv", "w").replace("l", "i").replace("1", "i")


def _one_off(one: str, other: str) -> bool:
    """Whether one letter was changed, added, left out, or two neighbours exchanged."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    rest, rest_other = one[start:], other[start:]
    exchanged = rest[:2] == rest_other[:2][::-1] and rest[2:] == rest_other[2:]
    return rest[1:] == rest_other[1:] or rest[1:] == rest_other or rest == rest_other[1:] or exchanged
