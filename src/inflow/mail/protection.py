"""Signed and encrypted mail told apart, what is signed made readable: S/MIME (RFC 8551), PGP (RFC 3156, 9580).

Nothing is verified: a signature is only said to be there.
"""

import re

from inflow.mail.mime import Part, walk

_DATA_OID = bytes.fromhex("06092a864886f70d010701")
_PGP_TEXT = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z-]{1,40}: [^\n]*\n)*\n"
    r"(.*?)(?:^-----BEGIN PGP SIGNATURE-----\n.*?(?:^-----END PGP SIGNATURE-----[ \t]*\n?|\Z)|\Z)",
    re.DOTALL | re.MULTILINE,
)
MAX_NESTING = 30


def protection_of(root: Part, text: str) -> str:
    """`encrypted`, `signed` or empty."""
    kinds = {part.content_type for part in walk(root)[:200]}
    smime = [
        part for part in walk(root)[:200] if part.content_type in {"application/pkcs7-mime", "application/x-pkcs7-mime"}
    ]
    opaque = any(part.parameters.get("smime-type", "").lower() == "signed-data" for part in smime)
    if "multipart/encrypted" in kinds or (smime and not opaque) or "-----BEGIN PGP MESSAGE-----" in text[:5000]:
        return "encrypted"
    signed = {
        "multipart/signed",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
    }
    return "signed" if opaque or kinds & signed or "-----BEGIN PGP SIGNED MESSAGE-----" in text[:5000] else ""


def without_armour(text: str) -> str:
    """Clear-signed PGP text without the lines around it (RFC 9580 section 7)."""
    if "-----BEGIN PGP SIGNED MESSAGE-----" not in text:
        return text
    return _PGP_TEXT.sub(lambda found: re.sub(r"^- ", "", found[1], flags=re.MULTILINE), text)


def signed_content(der: bytes) -> bytes:
    """The mail inside an opaque S/MIME signature (RFC 5652 section 5.2); empty when none can be found."""
    place = der.find(_DATA_OID)
    if place < 0:
        return b""
    try:
        tag, start, end = _element(der, place + len(_DATA_OID))
        return _octets(der, start, end, 0) if tag == 0xA0 else b""  # noqa: PLR2004
    except IndexError:
        return b""


def _element(der: bytes, position: int) -> tuple[int, int, int]:
    """Tag, and where the content of an element begins and ends; an indefinite length reaches to its end marker or the end."""
    tag, length = der[position], der[position + 1]
    start = position + 2
    if length == 0x80:  # noqa: PLR2004
        return tag, start, len(der)
    if length > 0x80:  # noqa: PLR2004
        octets = length & 0x7F
        length = int.from_bytes(der[start : start + octets][:8])
        start += octets
    return tag, start, min(start + length, len(der))


def _octets(der: bytes, position: int, end: int, depth: int) -> bytes:
    """The octets of an OCTET STRING, whole or in pieces."""
    pieces: list[bytes] = []
    while position < end and der[position] in {0x04, 0x24} and depth < MAX_NESTING:
        tag, start, stop = _element(der, position)
        if tag == 0x24:  # noqa: PLR2004
            return b"".join(pieces) + _octets(der, start, stop, depth + 1)
        pieces.append(der[start:stop])
        position = stop
    return b"".join(pieces)
