"""Delivery reports in plain words, from servers that never read RFC 3464: known shapes by flufl.bounce, the rest by ours."""

# ruff: noqa: E501 - a list of phrases reads better in long lines than in broken ones

import email
import re

from flufl.bounce import _scan as known_shapes
from flufl.bounce import all_failures

from inflow.mail.mime import Part
from inflow.mail.reply_words import FORWARD_SUBJECT

known_shapes.log.disabled = True  # it would log a traceback, with addresses, for each header it trips over

MAX_KNOWN = 65_536
MAX_LINES = 1_500
MAX_TOLD = 50_000
MAX_BLAMED = 20_000
MAX_FIELD = 1_000

_SENDERS = re.compile(
    r"mailer.?daemon|postmaster|mail.?delivery|mdaemon|mail.?system|delivery.?(?:sub)?system|microsoftexchange|returned?.?mail|\bdaemon@",
    re.IGNORECASE,
)
_MACHINES = re.compile(
    r"bounce|(?:^|<)<?>|\bnobody@|\bMTA\b|smtp|administrator|\bmail.?admin|\badmin@|mail.?router|exchange|\bno-?reply@|gateway|antivirus",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|non.?deliver|delivery (?:status|fail|has failed|problem|report|error|notif)|fail(?:ure|ed).{0,20}(?:deliver|notice|mail)"
    r"|(?:mail|message|e-?mail).{0,30}(?:fail|not (?:be )?deliver|error|delayed|returned)|return(?:ed|ing)? (?:mail|message|to sender)|mail (?:error|system error)|delivery.{0,10}delay"
    r"|could not (?:be delivered|deliver|send)|unable to deliver|can(?:no|')t (?:be )?deliver|bounce|user unknown|\bNDN\b|rejected|warning.{0,40}(?:deliver|sent|mail|delay)"
    r"|kunde inte levereras|g(?:ick|år) inte att leverera|olevererbar|obeställbar|oleverer|ej levererad|levereringsfel|leveransfel|kunne ikke leveres|ikke leveret|uleverbar|kan ikke leveres"
    r"|leveringsfejl|toimitus.{0,20}epäonnistui|ei voitu toimittaa|unzustellbar|nicht zugestellt|zustellung|non remis|échec|non distribu|onbestelbaar|niet bezorgd|no se (?:ha )?(?:puede|pudo|podido) entregar|devuelto"
    r"|non recapitat|mancato recapito|nie dostarczon|niedostarcz|não (?:foi )?entreg|falha n[ao] entrega",
    re.IGNORECASE,
)
_END = re.compile(
    r"^[ \t>]*(?:-{2,60}.{0,80}(?:original|copy|below|returned|headers?|unsent|message follows|kopia|ursprunglig).{0,80}|.{0,40}(?:original message (?:headers|follows|text)|message header follows|copy of (?:the|your) (?:original )?(?:message|mail)|diagnosinformation för administratörer|diagnostic information for administrators|ursprungliga? meddelande\w*).{0,80}|Received: .{5,}|Return-Path: .{2,})$",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,255}\.[A-Za-z][\w-]{1,24}"
_BLAMED = re.compile(
    rf"(?:^[\s>*-]{{0,12}}<?(?:mailto:)?({_ADDRESS})>?\s*(?:<mailto:[^>]*>)?\s*[:;(.,]?\s*(?:$|\(|\S))"
    rf"|(?:to|till|til|an|för|for|recipients?|address(?:es)?|user|mailbox|mottagaren?|rcpt to|följande (?:adress|mottagare))\W{{1,8}}<?({_ADDRESS})",
    re.IGNORECASE | re.MULTILINE,
)
_ANY = re.compile(_ADDRESS)
_FAILS = re.compile(
    r"\b[45]\d\d[ -]|\b[45]\.\d\.\d|not (?:be )?deliver|unknown|undeliver|failed|failure|does ?n.t exist|not exist|not found|full|quota|reject|refused|denied|invalid|unable to|"
    r"inte (?:levereras|nås|hittas|finns)|kunde inte|okänd|misslyckades|kunne ikke|ikke (?:leveres|funnet)|mislykkedes|epäonnistui|nicht (?:zugestellt|gefunden)|unbekannt|"
    r"échou|n'a pas|inconnu|niet (?:bezorgd|gevonden)|no (?:se )?(?:pudo|existe)|non (?:recapit|esiste)|nie (?:istnieje|dostarcz)|não (?:foi|existe)|nicht",
    re.IGNORECASE,
)


def looks_like_report(root: Part, headers: dict[str, tuple[str, ...]]) -> bool:
    """Whether a machine may have written this about a delivery: sender, subject, or a field that only such mails have."""
    if "x-failed-recipients" in headers or root.parameters.get("report-type", "").lower() == "delivery-status":
        return True
    if _SENDERS.search(f"{_field(headers, 'from')} {_field(headers, 'return-path')}"):
        return True
    subject = _field(headers, "subject")
    who = " ".join(_field(headers, name) for name in ("from", "return-path", "auto-submitted"))
    return bool(_MACHINES.search(who) and _SUBJECT.search(subject)) and not FORWARD_SUBJECT.match(subject)


def _field(headers: dict[str, tuple[str, ...]], name: str) -> str:
    return " ".join(headers.get(name, ())[:3])[:MAX_FIELD]


def failed_addresses(root: Part, headers: dict[str, tuple[str, ...]], text: str) -> tuple[list[str], list[str]]:
    """The addresses delayed and those failed, as a report tells them in words."""
    if named := [
        one.strip() for value in headers.get("x-failed-recipients", ()) for one in value.split(",") if "@" in one
    ]:
        return [], named
    temporary, permanent = _known(root)
    if temporary or permanent:
        return temporary, permanent
    if not (_SUBJECT.search(_field(headers, "subject")) or _is_machine(headers)):
        return [], []
    return [], _blamed(headers, text)


def _is_machine(headers: dict[str, tuple[str, ...]]) -> bool:
    """Whether the sender is surely none: a postmaster may be a person, unless the mail says that nobody wrote it."""
    sender = _field(headers, "from")
    named = _SENDERS.search(sender)
    return named is not None and (
        named[0].lower() != "postmaster"
        or "auto-submitted" in headers
        or _field(headers, "return-path").strip() == "<>"
        or _field(headers, "precedence").strip().lower() == "bulk"
    )


def told_part(text: str) -> str:
    """The words of a report, without the copy of the mail below them."""
    end = _END.search(text, 0, MAX_TOLD)
    return text[: end.start()] if end and text[: end.start()].strip() else text


def _known(root: Part) -> tuple[list[str], list[str]]:
    """What flufl.bounce recognises; it gets ASCII only, for it trips over other header values."""
    content = b"\n".join(root.raw[:MAX_KNOWN].split(b"\n", MAX_LINES)[:MAX_LINES])
    if not content.isascii():
        content = content.decode("ascii", "replace").replace("\ufffd", "?").encode("ascii")
    try:
        temporary, permanent = all_failures(email.message_from_bytes(content))
    except Exception:  # noqa: BLE001 - a reader of others' code must not stop the mail
        return [], []
    return sorted(one.decode("ascii", "replace") for one in temporary), sorted(
        one.decode("ascii", "replace") for one in permanent
    )


def _blamed(headers: dict[str, tuple[str, ...]], text: str) -> list[str]:
    """Addresses told to have failed in the words before the copy of the mail."""
    told = told_part(text)
    if not _FAILS.search(told):
        return []
    own = " ".join(_field(headers, name) for name in ("from", "to", "return-path")).lower()
    told = told[:MAX_BLAMED]
    for found in ((one[0] or one[1] for one in _BLAMED.findall(told)), _ANY.findall(told)):
        named = dict.fromkeys(one.strip("'`") for one in found)
        blamed = [one for one in named if one.lower() not in own and not _SENDERS.search(one)]
        if blamed:
            return blamed[:20]
    return []
