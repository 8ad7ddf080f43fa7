"""Why a mail was not delivered: status codes (RFC 3463) and what servers say, in the contract's words."""

# ruff: noqa: E501 - a list of phrases reads better in long lines than in broken ones

import re

_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -])")
_BY_TEXT = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        ("relaying-denied", r"relay(?:ing)? (?:access )?(?:is )?(?:denied|prohibited|not (?:permitted|allowed))|(?:unable|not permitted|denied) to relay|we do not relay"),
        ("mailbox-full", r"(?:mailbox|inbox|account|box|folder|storage|utilisateur).{0,30}(?:full|over ?quota|exceed)|quota.{0,20}exceed|exceed.{0,20}quota|over ?quota|out of storage|disk quota|brevlåda.{0,20}full|postkassen er full|postfach.{0,20}voll|quota d[ée]pass"),
        ("too-big", r"(?:message|mail|size|file).{0,40}(?:too (?:big|large)|exceed|larger than)|size limit|for stort|för stor[t]?\b|zu groß"),
        ("spam", r"\bspam(?!haus|cop|rats)|\bjunk|unsolicited|\bUBE\b|\bUCE\b|virus|malware|phish|content.{0,20}reject|reject.{0,20}content|bulk mail|skräppost"),
        ("blocked", r"black ?list|block ?list|\bRBL\b|\bDNSBL\b|spamhaus|barracuda|\bblocked\b|\bbanned\b|reputation|(?:your|sending) (?:ip|host|server).{0,60}(?:listed|denied|refused|reject)|spärrad"),
        ("user-unknown", r"(?:user|recipient|mailbox|address|account|addressee|alias|person|usager|destinataire|mottagar\w*|adress\w*|användare\w*|empfänger)\W.{0,60}(?:unknown|not (?:found|exist|known|listed|a known|valid|recogni[sz]ed|our)|doesn.t exist|does not exist|invalid|disabled|inactive|no longer|unavailable|not available|inconnu|suspend|discontinued|closed|cancel|finns inte|okänd|existerar inte|existiert nicht|unbekannt|hittades inte|kunde inte hittas)|(?:unknown|no such|invalid|bad|non.?existent|not a valid|no|undefined|unrecognized|inactive|disabled) .{0,25}(?:user|recipient|mailbox|address|account|addressee|person|alias|here by that name)|not listed in|user ?unknown|unknown ?user|isn.t in a domain|does not have an? \S+ account|doesn.t have an? \S+ account|that name|mailbox unavailable|couldn.t be found|wasn.t found at|hittades inte (?:på|hos|i)\b|ble ikke funnet (?:på|hos|i)\b|blev ikke fundet (?:på|hos|i)\b|ei löytynyt|wurde .{0,60}nicht gefunden|n.a pas été trouvé|is niet gevonden|no se (?:ha )?encontr|não foi encontrad|ukjent|ukendt|tuntematon|unbekannt"),
        ("host-unknown", r"host.{0,20}(?:unknown|not found|lookup)|unknown host|unrouteable|domain.{0,30}(?:not (?:found|exist)|does not exist|unknown)|no (?:mx|route)|\bMX\b.{0,30}(?:not|no|point)|name (?:server|service).{0,30}(?:error|not|no)|NXDOMAIN|name or service not known|can.t find any host|illegal host|bad destination (?:host|mailbox address)|no data record"),
        ("expired", r"expired|too long|retry time(?:out)?|timed? ?out|time limit|gave up|giving up|(?:has|have) (?:not )?been .{0,30}queue|could not be delivered (?:for|within|after)|\bdays?\b.{0,30}(?:undeliver|not been delivered)|delivery.{0,20}delayed"),
        ("policy", r"policy|\bdmarc\b|\bspf\b|\bdkim\b|authenticat|not (?:authorized|permitted|allowed)|permission|restrict|access denied|prohibited|denied|moderat|rejected|refused by"),
        ("system", r"connection refused|temporar|grey ?list|local error|disk|resources|internal error|system error|try again|loop|too many hops|unable to|cannot|can't create|protocol|busy|configuration"),
    )
)  # fmt: skip
_BY_STATUS = (
    (r"\.1\.(?:0|1|3|4|5|6|10)$|\.2\.1$", "user-unknown"),
    (r"\.2\.2$", "mailbox-full"),
    (r"\.(?:3\.4|2\.3)$", "too-big"),
    (r"\.1\.2$|\.4\.[34]$", "host-unknown"),
    (r"\.4\.7$", "expired"),
    (r"\.7\.", "policy"),
    (r"\.[345]\.", "system"),
)
_DECIDING = re.compile(r"\.7\.2\d$|\.1\.(?:1|10|2)$|\.2\.2$|\.3\.4$|\.4\.7$")
MAX_TEXT = 3000


def status_in(text: str) -> str:
    """The first enhanced status code in a text (RFC 3463), or the one an SMTP reply code stands for; empty when none."""
    found = _STATUS.search(text[:MAX_TEXT])
    if found:
        return found[1]
    code = _CODE.search(text[:MAX_TEXT])
    return f"{code[1][0]}.0.0" if code else ""


def reason_of(status: str, diagnostic: str) -> str:
    """One of the contract's reasons; `other` when neither code nor text says why."""
    if _DECIDING.search(status):
        return _of_status(status)
    text = diagnostic[:MAX_TEXT]
    return next((reason for reason, pattern in _BY_TEXT if pattern.search(text)), "") or _of_status(status) or "other"


def _of_status(status: str) -> str:
    return next((reason for pattern, reason in _BY_STATUS if re.search(pattern, status)), "")
