"""Ready answers: Markdown files that an organisation keeps beside its config, one a key."""

import re
from pathlib import Path

_KEY = re.compile(r"[\w-]{1,60}")
_FRONT = re.compile(r"\A(?:---|\+\+\+)\n.*?\n(?:---|\+\+\+)\n", re.DOTALL)


class NoAnswerError(ValueError):
    """There is no answer with this key; the message says which there are."""


def keys(folder: Path) -> list[str]:
    """The keys of the answers there are."""
    return sorted(path.stem for path in folder.glob("*.md")) if folder.is_dir() else []


def text_of(folder: Path, key: str) -> str:
    """The answer of a key, without what its file says about itself at the top. Raises NoAnswerError."""
    path = folder / f"{key.strip().lower()}.md"
    if not _KEY.fullmatch(key.strip()) or not path.is_file():
        there = ", ".join(keys(folder)) or "none yet"
        raise NoAnswerError(f"there is no answer {key!r}; there are: {there}")
    return _FRONT.sub("", path.read_text(encoding="utf-8").replace("\r\n", "\n")).strip()
