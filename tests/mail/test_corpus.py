import json
from pathlib import Path

import pytest

from inflow.mail.outline import as_json
from inflow.mail.parse import parse

CORPUS = sorted((Path(__file__).parent.parent / "corpus").glob("*.eml"))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_mail_says_what_a_person_would_read(path: Path) -> None:
    found = json.loads(json.dumps(as_json(parse(path.read_bytes()))))
    for one in found["attachments"]:
        del one["sha256"]
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert {key: found[key] for key in expected} == expected
