import json

from inflow.mail.outline import as_json
from inflow.mail.parse import parse
from tests.mail.letters import letter, multipart

CONTRACT = {
    "subject", "from", "to", "cc", "reply_to", "date", "message_id", "in_reply_to", "references", "text", "reply_text", "language",
    "nature", "bounce", "attachments", "authenticity", "defects",
}  # fmt: skip


def test_the_fields_scripts_rely_on_are_there_and_are_json() -> None:
    kind, body = multipart("mixed", "Content-Type: text/plain\n\nHej", 'Content-Type: image/png; name="a.png"\n\nx')
    found = json.loads(json.dumps(as_json(parse(letter(kind, "Subject: Fråga", body=body)))))
    assert set(found) >= CONTRACT
    assert found["from"] == {"name": "Anna Test", "address": "anna@kund.test"}
    assert found["to"] == [{"name": "", "address": "info@exempel.test"}]
    assert found["date"] == "2026-11-23T09:11:12+00:00"
    assert (found["message_id"], found["nature"], found["bounce"]) == ("1@kund.test", "person", None)
    assert set(found["attachments"][0]) == {"filename", "content_type", "size", "inline", "sha256"}
    assert set(found["authenticity"]) == {"verdict", "evidence"}


def test_nothing_at_all_is_json_too() -> None:
    found = as_json(parse(b""))
    assert (found["from"], found["date"], found["text"], found["attachments"]) == (None, None, "", [])


def test_a_bounce_has_the_shape_of_the_contract() -> None:
    found = as_json(parse(letter("From: MAILER-DAEMON@x.test", "X-Failed-Recipients: bo@x.test", body="User unknown")))
    assert found["bounce"] == {
        "recipients": [
            {
                "address": "bo@x.test",
                "action": "failed",
                "status": "",
                "reason": "user-unknown",
                "diagnostic": "User unknown",
            }
        ],
        "original_message_id": None,
    }
