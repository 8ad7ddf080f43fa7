"""docs/reference/commands.md says what there is."""

import re
from pathlib import Path

from inflow.casework.commands import Verb, read

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"
ROWS = re.findall(r"^\| `/(\S+?)(?: [^`]*)?` \| (.*?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def meant(word: str) -> list[Verb]:
    return [command.verb for command in read(f"/{word} x").commands]


def test_every_command_is_in_the_reference_once() -> None:
    assert sorted(word for word, _ in ROWS) == sorted(verb.value for verb in Verb)


def test_every_other_word_means_the_command_of_its_row() -> None:
    for word, others in ROWS:
        aliases = re.findall(r"`/(\S+?)`", others)
        assert aliases
        assert [meant(one) for one in (word, *aliases)] == [[Verb(word)]] * (len(aliases) + 1)


def test_no_other_word_is_missing() -> None:
    from inflow.casework.commands import _NAMES

    told = {word for name, others in ROWS for word in (name, *re.findall(r"`/(\S+?)`", others))}
    assert told == set(_NAMES)
