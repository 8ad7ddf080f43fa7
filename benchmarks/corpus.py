"""Real mails with known answers: what Inflow reads right, set by set, beside the best single library in the same run.

`INFLOW_CORPUS=FOLDER python benchmarks/corpus.py`; `INFLOW_ROUTING_DATA` adds the language table.
"""

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.disputed import DISPUTED
from inflow.mail.body import part_text, read
from inflow.mail.html import html_text
from inflow.mail.language import language_of
from inflow.mail.mime import leaves, split, walk
from inflow.mail.outline import as_json
from inflow.mail.parse import parse
from inflow.mail.quotes import new_text

LANGUAGES = {"swe": "sv", "nob": "nb", "dan": "da", "fin": "fi", "eng": "en", "deu": "de"}
Row = dict[str, Any]


def fold(text: str | None) -> str:
    return " ".join((text or "").split())


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def same_text(expected: str, found: str) -> bool:
    """Equal without white space; U+FFFD in the expectation stands for any one character its source could not read."""
    expected, found = squeeze(expected), squeeze(found)
    if "\ufffd" not in expected:
        return expected == found
    return re.fullmatch(re.escape(expected).replace("\ufffd", ".{1,2}"), found, re.DOTALL) is not None


def same_addresses(expected: list[Any], found: list[Any]) -> bool:
    return len(expected) == len(found) and all(
        same_text(name or "", other_name or "") and same_text(address or "", other or "")
        for (name, address), (other_name, other) in zip(expected, found, strict=True)
    )


def ours(raw: bytes) -> Row:
    message = parse(raw)
    found = as_json(message)
    root = split(raw)
    reading = read(root)
    html = [part for part in (*reading.bodies, *reading.spare) if part.content_type == "text/html"]
    found["html_text"] = part_text(html[0]) if html else ""
    plain = [part for part in (*reading.bodies, *reading.spare) if part.content_type != "text/html"]
    found["plain_texts"] = [part_text(part) for part in plain]
    found["mime_types"] = [part.content_type for part in walk(root)]
    found["part_count"], found["leaf_count"] = len(walk(root)), len(leaves(root))
    for key in ("from_all", "to", "cc", "reply_to"):
        found[key] = [(one["name"], one["address"]) for one in found[key]]  # type: ignore[attr-defined]
    return found


def attached(expected: Any, found: Row) -> bool:
    """Same names and types in any order; the same content where the source states it."""
    wanted = sorted(
        [(one.get("filename") or "", one.get("type") or "text/plain", one.get("sha256") or "") for one in expected]
    )
    got = sorted((one["filename"], one["content_type"], one["sha256"]) for one in found["attachments"])
    return len(wanted) == len(got) and all(
        same_text(name, other[0]) and kind == other[1] and content in {"", other[2]}
        for (name, kind, content), other in zip(wanted, got, strict=True)
    )


def text_parts(expected: Any, found: Row) -> bool:
    return same_text("".join(expected), found["text"]) or any(
        same_text(expected[0], text) for text in [found["text"], *found["plain_texts"]]
    )


def bounced(expected: Any, found: Row) -> bool:
    wanted = {address.lower() for address in expected}
    return wanted == failed(found, temporary=False) or (bool(wanted) and wanted == failed(found, temporary=True))


def failed(found: Row, *, temporary: bool) -> set[str]:
    recipients = found["bounce"]["recipients"] if found["bounce"] else []
    return {one["address"].lower() for one in recipients if (one["action"] == "delayed") == temporary}


CHECKS: dict[str, Callable[[Any, Row], bool]] = {
    "subject": lambda expected, found: same_text(expected or "", found["subject"]),
    "subject_raw": lambda expected, found: fold(expected) == fold(found["subject"]) or "=?" in expected,
    "from_list": lambda expected, found: same_addresses(expected, found["from_all"]),
    "to_list": lambda expected, found: same_addresses(expected, found["to"]),
    "reply_to_list": lambda expected, found: same_addresses(expected, found["reply_to"]),
    "message_id": lambda expected, found: expected == found["message_id"],
    "attachments": attached,
    "attachment_count": lambda expected, found: expected == len(found["attachments"]),
    "text_parts": text_parts,
    "text_modulo_ws": lambda expected, found: (
        same_text(expected, found["text"]) or any(same_text(expected, text) for text in found["plain_texts"])
    ),
    "html_text_modulo_ws": lambda expected, found: same_text(
        expected, re.sub(r"^\* |\[[^]]*\]|<[^>]*>|^-{20}$", "", found["html_text"], flags=re.MULTILINE)
    ),
    "mime_types": lambda expected, found: expected == found["mime_types"] if "mime_types" in found else False,
    "leaf_count": lambda expected, found: expected == found.get("leaf_count"),
    "is_bounce": lambda expected, found: expected == (found["bounce"] is not None),
    "bounced_addresses": bounced,
    "temporary_addresses": lambda expected, found: (
        {address.lower() for address in expected} == failed(found, temporary=True)
    ),
}
MAIL_SETS = ("stalwart", "zbateson", "mikel_mail", "mime4j", "mimekit", "flufl")
REPLY_SETS = ("reply_trimmer", "reply_crisp", "reply_github")


class Table:
    """Counts per set and expectation, ours and each peer's; keeps our misses."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], dict[str, list[int]]] = {}
        self.misses: list[str] = []
        self.disputed: dict[tuple[str, str], int] = {}

    def add(self, key: tuple[str, str], who: str, *, right: bool, miss: str = "") -> None:
        """Count one answer of one reader."""
        count = self.counts.setdefault(key, {}).setdefault(who, [0, 0])
        count[0] += right
        count[1] += 1
        if not right and who == "inflow":
            why = DISPUTED.get(key, {}).get(miss, "")
            self.disputed[key] = self.disputed.get(key, 0) + bool(why)
            self.misses.append(f"{key[0]} {key[1]} {miss}" + (f": the expectation {why}" if why else ""))

    def show(self) -> None:
        """Print a line per set and expectation, with what is right of the undisputed ones, and the best of the others."""
        for (name, expectation), found in self.counts.items():
            right, total = found["inflow"]
            others = {who: count[0] for who, count in found.items() if who != "inflow"}
            best = max(others.items(), key=lambda item: item[1], default=("-", 0))
            line = f"{name:14} {expectation:22} {right:5} of {total:5}  {right / total:6.1%}   best other: {best[0]} {best[1] / total:6.1%}"
            if disputed := self.disputed.get((name, expectation), 0):
                line += f"   {disputed} disputed: {right} of {total - disputed} others"
            print(line)


def rows_of(folder: Path, name: str) -> list[Row]:
    path = folder / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def mail_sets(folder: Path, table: Table) -> None:
    for name in sorted({path.stem for path in folder.glob("*.jsonl")} - set(REPLY_SETS)):
        for row in (row for row in rows_of(folder, name) if row.get("raw")):
            raw = (folder / row["raw"]).read_bytes()
            started = time.perf_counter()
            found = ours(raw)
            table.add((name, "survive, under 1 s"), "inflow", right=time.perf_counter() - started < 1, miss=row["id"])
            if name not in {"flufl", "mimekit"} and "is_bounce" not in row["expect"]:
                table.add(
                    (name, "bounce or not"),
                    "inflow",
                    right=(found["bounce"] is None) or "report" in str(found["mime_types"]),
                    miss=row["id"],
                )
            readers = {"inflow": found} | peers.read_mail(raw)
            for key, expected in row["expect"].items():
                for who, answer in readers.items():
                    if key in CHECKS and (who == "inflow" or peers.answers(who, key)):
                        table.add((name, key), who, right=peers.safe(CHECKS[key], expected, answer), miss=row["id"])


def reply_sets(folder: Path, table: Table) -> None:
    trimmers = {"inflow": new_text} | peers.trimmers()
    for name in REPLY_SETS:
        for row in rows_of(folder, name):
            text = row["input"].get("text") or html_text(row["input"]["html"])
            for who, trim in trimmers.items():
                reply = peers.safe_text(trim, text)
                for key, expected in row["expect"].items():
                    if key == "reply_text":
                        right = trimmed(reply) == trimmed(expected)
                    elif key in {"reply_contains", "reply_lacks"}:
                        right = all((fold(one) in fold(reply)) == (key == "reply_contains") for one in expected)
                    else:
                        continue
                    table.add((name, key), who, right=right, miss=row["id"])


def language_set(folder: Path, table: Table) -> None:
    guessers = {"inflow": lambda text: language_of(text, tuple(LANGUAGES.values()))} | peers.language_guessers()
    for part in ("dev", "train"):
        for row in rows_of(folder, f"sib200-{part}"):
            for label, text in (("sentence", row["text"]), ("four words", " ".join(row["text"].split()[:4]))):
                for who, guess in guessers.items():
                    right = peers.safe_text(guess, text) == LANGUAGES[row["language"]]
                    table.add((f"sib200-{part}", label), who, right=right, miss=f"{row['language']}: {text[:40]}")


def main() -> None:
    table = Table()
    folder = Path(os.environ["INFLOW_CORPUS"])
    parse("Subject: x\n\nspråkmodellen läses in med det första brevet".encode())  # half a second, once a process
    mail_sets(folder, table)
    reply_sets(folder, table)
    if routing := os.environ.get("INFLOW_ROUTING_DATA"):
        language_set(Path(routing), table)
    for note in peers.missing():
        print(f"not installed: {note}")
    table.show()
    print(f"\n{len(table.misses)} misses")
    for miss in table.misses:
        if not miss.startswith("sib200"):
            print(f"  {miss}")


if __name__ == "__main__":
    main()
