"""What the docs say exists."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer

from inflow.cli.main import app
from inflow.config import build

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"^ {4}inflow ([a-z][^#\n]*?)(?: {2,}#.*)?$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
MAKE = re.compile(r"^ {4}make ([a-z-]+)", re.MULTILINE)
TOML = re.compile(r"```toml\n(.*?)```", re.DOTALL)


def written(pattern: re.Pattern[str]) -> list[str]:
    return [found for page in PAGES for found in pattern.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("line", sorted(set(written(COMMAND))))
def test_a_command_in_the_docs_exists(line: str) -> None:
    command: Any = typer.main.get_command(app)
    words = line.split()
    while words and hasattr(command, "get_command"):
        command = command.get_command(None, words.pop(0))
        assert command is not None, line
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("text", written(TOML))
def test_a_config_in_the_docs_loads(text: str) -> None:
    assert build(tomllib.loads(text), folder=ROOT).roles


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_in_the_docs_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("target", sorted(set(written(MAKE))))
def test_a_make_target_in_the_docs_exists(target: str) -> None:
    assert re.search(rf"^[a-z ]*\b{target}\b[a-z ]*:", (ROOT / "Makefile").read_text(), re.MULTILINE)
