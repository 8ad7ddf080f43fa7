"""Expectations of the corpora that a reader for people must not meet, each with the reason; all else is a miss of ours."""

UNCLOSED = "lists the last text of a multipart that is not closed as an attachment; it is read as text"
PACKED = "keeps uuencoded content packed, which must be unpacked"
PATH = "keeps a path, or what quoting makes of its backslashes, in a file name; ours is the name alone, safe to store"
SOURCE = "takes the source of parts for text"
DISPUTED: dict[tuple[str, str], dict[str, str]] = {
    ("stalwart", "attachments"): {
        **dict.fromkeys((f"malformed-{n:03}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 11, 16)), UNCLOSED),
        **dict.fromkeys(("legacy-017", "legacy-048", "legacy-049"), PACKED),
        **dict.fromkeys(("legacy-035", "legacy-039", "rfc-001"), PATH),
        "legacy-016": "is the digest of line feeds; the mail has carriage returns too",
        "malformed-012": "sees two of three attached mails",
        "malformed-017": "overlooks the file name in a Content-Disposition without a word before it",
        "thirdparty-002": "attaches text that only says it is base64; it is read as it stands",
        "thirdparty-015": "sees one of three attached mails",
    },
    ("stalwart", "text_parts"): {
        "legacy-049": PACKED,
        "malformed-001": SOURCE,
        "malformed-019": "is empty for three texts that can be read",
        "malformed-020": SOURCE,
        "malformed-021": SOURCE,
        "thirdparty-000": "keeps a NUL character in the text",
    },
    ("stalwart", "subject"): {"legacy-034": "leaves UTF-7 in a field as it is; zbateson reads it"},
    ("stalwart", "to_list"): {"legacy-034": "leaves UTF-7 in a field as it is; zbateson reads it"},
    ("zbateson", "from_list"): {"m0010": "reads one of two From fields; both are shown"},
    ("zbateson", "to_list"): dict.fromkeys(("m0006", "m3004"), "names the first of several addresses"),
}
