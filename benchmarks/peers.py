"""The libraries that Inflow's reading is compared with; each is optional, none is a dependency."""

import email
import email.policy
import logging
import re
from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from typing import Any

_CODES = {"no": "nb", "nn": "nb"}
_missing: list[str] = []
logging.disable(logging.CRITICAL)


def load(name: str) -> Any:
    try:
        return import_module(name)
    except Exception:  # noqa: BLE001 - a peer may fail to import in any way
        if name not in _missing:
            _missing.append(name)
        return None


def missing() -> list[str]:
    return _missing


def safe(check: Callable[..., bool], *arguments: Any) -> bool:
    try:
        return bool(check(*arguments))
    except Exception:  # noqa: BLE001 - what raises is a miss
        return False


def safe_text(function: Callable[[str], str], text: str) -> str:
    try:
        return function(text) or ""
    except Exception:  # noqa: BLE001
        return ""


def answers(who: str, key: str) -> bool:
    bounces = {"is_bounce", "bounced_addresses", "temporary_addresses"}
    return (key in bounces) == (who == "flufl.bounce") and key not in {
        "mime_types",
        "leaf_count",
        "subject_raw",
        "html_text_modulo_ws",
    }


def read_mail(raw: bytes) -> dict[str, dict[str, Any]]:
    found = {"stdlib": _stdlib(raw)}
    if (parser := load("mailparser")) is not None:
        found["mail-parser"] = _attempt(lambda: _mailparser(parser, raw))
    if (bounce := load("flufl.bounce")) is not None:
        found["flufl.bounce"] = _attempt(lambda: _flufl(bounce, raw))
    return found


def _attempt(function: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return function()
    except Exception:  # noqa: BLE001
        return {}


def _stdlib(raw: bytes) -> dict[str, Any]:
    message: Any = email.message_from_bytes(raw, policy=email.policy.default)
    getters: dict[str, Callable[[], Any]] = {
        "subject": lambda: str(message["subject"] or ""),
        "from_all": lambda: [(one.display_name, one.addr_spec) for one in message["from"].addresses],
        "to": lambda: [(one.display_name, one.addr_spec) for one in message["to"].addresses],
        "reply_to": lambda: [(one.display_name, one.addr_spec) for one in message["reply-to"].addresses],
        "message_id": lambda: str(message["message-id"]).strip().strip("<>"),
        "text": lambda: message.get_body(("plain", "html")).get_content(),
        "plain_texts": list,
        "attachments": lambda: [_stdlib_attachment(part) for part in message.iter_attachments()],
    }
    found = {}
    for key, getter in getters.items():
        try:
            found[key] = getter()
        except Exception:  # noqa: BLE001
            found[key] = [] if key != "subject" else ""
    return found


def _stdlib_attachment(part: Any) -> dict[str, str]:
    content = part.get_payload(decode=True) or b""
    return {
        "filename": part.get_filename() or "",
        "content_type": part.get_content_type(),
        "sha256": sha256(content).hexdigest(),
    }


def _mailparser(parser: Any, raw: bytes) -> dict[str, Any]:
    mail = parser.parse_from_bytes(raw)
    return {
        "subject": mail.subject,
        "from_all": mail.from_,
        "to": mail.to,
        "reply_to": mail.reply_to,
        "message_id": (mail.message_id or "").strip("<>"),
        "text": "\n".join(mail.text_plain or mail.text_html),
        "plain_texts": [],
        "attachments": [
            {
                "filename": one["filename"],
                "content_type": one["mail_content_type"],
                "sha256": sha256(_mailparser_content(one)).hexdigest(),
            }
            for one in mail.attachments
        ],
    }


def _mailparser_content(one: dict[str, Any]) -> bytes:
    import base64

    return base64.b64decode(one["payload"]) if one["binary"] else one["payload"].encode("utf-8", "replace")


def _flufl(bounce: Any, raw: bytes) -> dict[str, Any]:
    message = email.message_from_bytes(raw)
    temporary, permanent = bounce.all_failures(message)
    recipients = [{"address": one.decode(), "action": "delayed"} for one in temporary]
    recipients += [{"address": one.decode(), "action": "failed"} for one in permanent]
    return {"bounce": {"recipients": recipients} if recipients else None}


def trimmers() -> dict[str, Callable[[str], str]]:
    found: dict[str, Callable[[str], str]] = {"(nothing done)": lambda text: text}
    if (reply := load("mailparser_reply")) is not None:
        parser = reply.EmailReplyParser(languages=["en", "de", "fr", "it", "pl", "sv", "es", "nl", "da"])
        found["mail-parser-reply"] = parser.parse_reply
    if (quotations := load("talon.quotations")) is not None:
        found["talon"] = quotations.extract_from_plain
    return found


def language_guessers() -> dict[str, Callable[[str], str]]:
    if (cld2 := load("pycld2")) is None:
        return {}
    return {"pycld2": lambda text: _cld2(cld2, text)}


def _cld2(cld2: Any, text: str) -> str:
    code = cld2.detect(re.sub(r"[\x00-\x1f]", " ", text), bestEffort=True)[2][0][1]
    return str(_CODES.get(code, code))
