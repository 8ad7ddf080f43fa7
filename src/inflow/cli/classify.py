"""`inflow evaluate` and what stands behind `inflow classify`: the router, run on files. Changes nothing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer

from inflow.mail.message import Message
from inflow.routing.decide import Policy, decide
from inflow.routing.evaluation import judge, quality
from inflow.routing.facts import Facts
from inflow.routing.features import Sample
from inflow.routing.model import Model
from inflow.routing.settings import ClassifierSettings
from inflow.routing.training import Example, train


def classified(
    file: str, message: Message, policy: Policy, *, facts: Facts, model: Model | None = None
) -> dict[str, Any]:
    """The row that `classify --json` prints for a message."""
    decision = decide(message, facts, policy, model=model)
    return {
        "file": file,
        "role": decision.role,
        "by": decision.by.value,
        "confidence": round(decision.confidence, 4),
        "reasons": list(decision.reasons),
        "candidates": [{"role": one.role, "confidence": round(one.confidence, 4)} for one in decision.candidates],
    }


def evaluate(
    train_file: Annotated[Path, typer.Option("--train", exists=True, dir_okay=False, help="What to learn from.")],
    test_file: Annotated[Path, typer.Option("--test", exists=True, dir_okay=False, help="What to measure on.")],
    *,
    max_misrouted: Annotated[float, typer.Option(min=0.0001, max=0.9999, help="The promise to keep.")] = (
        ClassifierSettings().max_misrouted
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Train on labelled messages, measure on others. Rows are {"text", "role"}, with optional "from" and "subject"."""
    measured = evaluated(_read(train_file), _read(test_file), max_misrouted=max_misrouted)
    if as_json:
        typer.echo(json.dumps(measured))
        return
    for name, value in measured.items():
        typer.echo(f"{name:15} {'-' if value is None else f'{value:.4g}' if isinstance(value, float) else value}")


def evaluated(
    known: Sequence[Example], unseen: Sequence[Example], *, max_misrouted: float
) -> dict[str, float | int | None]:
    """The figures of `evaluate`. A role describes itself by its name alone."""
    began = perf_counter()
    model = train(
        known, {example.role: Sample(text=_words(example.role)) for example in known}, max_misrouted=max_misrouted
    )
    trained = perf_counter()
    judged = judge(model, unseen)
    spent = perf_counter() - trained
    return {
        "n_train": len(known),
        "n_test": len(unseen),
        **asdict(quality(judged)),
        "seconds_train": round(trained - began, 4),
        "ms_per_message": round(1000 * spent / max(1, len(unseen)), 4),
    }


def read_examples(lines: Iterator[str], *, name: str) -> Iterator[Example | str]:
    """The example of each line, or what is wrong with it."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            yield f"{name}:{number}: not JSON"
            continue
        yield _example(row) or f"{name}:{number}: no text or no role"


def _example(row: Any) -> Example | None:
    if not isinstance(row, dict):
        return None
    text, role, sender, subject = (row.get(key) or "" for key in ("text", "role", "from", "subject"))
    if (
        not all(isinstance(value, str) for value in (text, role, sender, subject))
        or not role
        or not (text + subject).strip()
    ):
        return None
    address = sender.rpartition("<")[2].rstrip("> ").strip().lower()
    return Example(sample=Sample(text=text, subject=subject, sender=address), role=role)


def _read(file: Path) -> list[Example]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        rows = list(read_examples(lines, name=str(file)))
    faults = [row for row in rows if isinstance(row, str)]
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        typer.echo(f"{file}: {len(faults)} rows skipped", err=True)
    return [row for row in rows if isinstance(row, Example)]


def _words(role: str) -> str:
    return role.replace("_", " ").replace("-", " ")
