"""The config: the contract's file loads as it stands, and every fault is named by its key, all of them at once."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from inflow.config import ConfigError, build, load, secrets
from tests.conftest import Inflow, WriteConfig

EXAMPLE = Path(__file__).parents[1] / "config" / "inflow.toml"
REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "config.md"


def faults(text: str, tmp_path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        build(tomllib.loads(text), folder=tmp_path)
    return caught.value.faults


def test_the_example_loads_as_it_stands() -> None:
    settings = load(EXAMPLE)
    assert settings.other.role == "ovrigt"
    assert settings.other.ask_after == timedelta(hours=4)
    assert settings.mailboxes[0].imap.poll == timedelta(seconds=60)
    assert settings.database.url == f"sqlite:///{EXAMPLE.parent / 'var' / 'inflow.db'}"


CHANGES = [
    ("port = 143", 'port = "x"', "mailbox[0].imap.port: "),
    ("port = 143", "port = 99999", "mailbox[0].imap.port: "),
    ('folder = "INBOX"', 'foldr = "INBOX"', "mailbox[0].imap.foldr: unknown key"),
    ('poll = "60s"', 'poll = "soon"', "mailbox[0].imap.poll: a duration is written like"),
    ('next = "support-2"', 'next = "support-3"', "role[0].next: there is no role 'support-3'"),
    ('next = "support-2"', 'next = "support"', "role[0].next: goes round in a circle"),
    ('route = "ekonomi"', 'route = "ekonmi"', "rule[0].route: there is no role 'ekonmi'"),
    ('role = "ovrigt"', 'role = "other"', "other.role: there is no role 'other'"),
    ('name = "support-2"', 'name = "support"', "role[1].name: 'support' is already role[0]"),
    ('address = "hr@exempel.test"', 'address = "info@exempel.test"', "role[3].address: 'info@exempel.test' is a watched mailbox"),
    ('subject = "faktura|invoice"', 'subject = "faktura("', "rule[0].when.subject: not a regular expression"),
    ('password = { env = "INFLOW_IMAP_PASSWORD" }', 'password = "hemligt"', "mailbox[0].imap.password: a secret is never written"),
    ('timezone = "Europe/Stockholm"', 'timezone = "Europe/Stokholm"', "organisation.timezone: "),
    ('url = "sqlite:///var/inflow.db"', 'url = "mysql://x"', "database.url: "),
    ("max_misrouted = 0.05", "max_misrouted = 5", "classifier.max_misrouted: "),
    ('security = "none"', 'security = "ssl"', "smtp.security: "),
    ('language = "sv"', 'reply_name = "{name}"', "organisation.reply_name: {name} is no variable; there are {first_name}"),
    ('language = "sv"', 'reply_name = "{organisation.__class__}"', "organisation.reply_name: {organisation.__class__} is no variable"),
    ('language = "sv"', 'reply_name = "{organisation"', "organisation.reply_name: a brace is not closed"),
    ('language = "sv"', 'reply_name = ""', "organisation.reply_name: "),
    ('language = "sv"', 'reply_name = "a\\r\\nBcc: x@y.test"', "organisation.reply_name: "),
    ('language = "sv"', 'signature = "{first_name!r}"', "organisation.signature: {first_name} is no variable"),
    ('title = "Produktsupport"', 'signature = "{adress}"', "role[0].signature: {adress} is no variable"),
    ("subaddressing = true", 'arc_sealers = ["a@b.test"]', "mailbox[0].arc_sealers[0]: "),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "fault"), CHANGES, ids=[change[1] for change in CHANGES])
def test_a_fault_is_named_by_its_key(right: str, wrong: str, fault: str, tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert right in text
    assert any(line.startswith(fault) for line in faults(text.replace(right, wrong, 1), tmp_path))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    text = (
        text.replace("port = 143", "prt = 143")
        .replace('route = "ekonomi"', 'route = "x"')
        .replace('\nname = "info"\n', "\n")
    )
    told = faults(text, tmp_path)
    assert "mailbox[0].imap.prt: unknown key" in told
    assert "mailbox[0].name: is missing" in told
    assert "rule[0].route: there is no role 'x'" in told


def test_a_secret_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INFLOW_IMAP_PASSWORD", raising=False)
    assert list(secrets(load(EXAMPLE))) == [
        ("mailbox[0].imap.password", "the environment variable INFLOW_IMAP_PASSWORD is not set")
    ]


def test_a_wrong_config_is_exit_status_78_before_anything_is_touched(
    write_config: WriteConfig, inflow: Inflow, tmp_path: Path
) -> None:
    path = write_config()
    path.write_text(path.read_text().replace("[other]", "[othr]"))
    for command in (["check"], ["run", "--once"], ["cases", "list"]):
        ended = inflow(*command)
        assert ended.returncode == 78
        assert "othr: unknown key" in ended.stderr
        assert "other: is missing" in ended.stderr
    assert not list(tmp_path.glob("*.db"))


def test_what_is_no_toml_and_what_is_not_there_say_so(inflow: Inflow, config_path: Path) -> None:
    assert inflow("check").returncode == 78
    config_path.write_text("[organisation\n")
    ended = inflow("check")
    assert ended.returncode == 78
    assert "is not TOML" in ended.stderr


def test_check_connect_says_what_each_offers_and_what_is_wrong(
    write_config: WriteConfig, inflow: Inflow, config_path: Path
) -> None:
    write_config()
    good = inflow("check", "--connect")
    assert good.returncode == 0, good.stderr
    assert "MOVE" in good.stdout
    config_path.write_text(config_path.read_text().replace('folder = "INBOX"', 'folder = "Inkorgen"'))
    bad = inflow("check", "--connect")
    assert bad.returncode == 1
    assert "there is no folder 'Inkorgen', there are: " in bad.stdout.replace("\n", " ")


def test_the_reference_is_what_the_models_say(inflow: Inflow) -> None:
    assert inflow("config", "reference").stdout.strip() == REFERENCE.read_text(encoding="utf-8").strip()


def test_the_schema_is_json_schema(inflow: Inflow) -> None:
    assert '"$schema"' in inflow("config", "schema").stdout
