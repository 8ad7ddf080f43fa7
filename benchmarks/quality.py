"""How well Inflow routes, beside two baselines in the same run: `INFLOW_ROUTING_DATA=DIR python benchmarks/quality.py`.

The baselines: keywords only (the words of the role's name), and plain word TF-IDF with logistic regression and a fixed
threshold of 0.5. Every figure is measured on rows nothing was learned from. `--full` resamples 200 times instead of 20.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from inflow.cli.classify import read_examples
from inflow.mail.message import Message
from inflow.routing.archive import dumps
from inflow.routing.evaluation import Judged, coverage_at, judge, quality
from inflow.routing.features import Sample
from inflow.routing.keywords import keyword_hits, keyword_scores
from inflow.routing.model import correct
from inflow.routing.roles import Role
from inflow.routing.training import Example, train

PROMISE = 0.05
COLUMNS = ("accuracy", "cov@2%", "cov@5%", "coverage", "misrouted", "other", "AUROC", "ECE", "train s", "ms/mail")

_ROLES = 8
_SYLLABLES = ("ba", "de", "fi", "go", "hu", "jå", "kä", "lö", "mar", "nes", "pir", "rot", "sum", "tys", "vak", "lig")
_TWICE = 0.05
_OPENINGS = ("Hello,", "Hi there,", "Dear Sir or Madam,", "Good morning,", "Hi team,")
_FILLERS = (
    "I hope you are well.",
    "I have been a customer for many years.",
    "Could you please look into this as soon as possible?",
    "I tried to call but nobody answered.",
    "Please let me know what you need from me.",
    "I am writing again since I had no answer.",
    "This is quite urgent for me.",
)
_CLOSINGS = ("Best regards", "Kind regards", "Thanks in advance", "Yours sincerely")
_FIRST, _LAST = ("Anna", "Erik", "Karin", "Lars", "Maria", "Nils"), ("Ek", "Berg", "Lind", "Alm", "Dahl", "Holm")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a system made of a set, and what it cost."""

    judged: Judged
    seconds: float
    milliseconds: float


System = Callable[[Sequence[Example], Sequence[Example]], Measured]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--full", action="store_true", help="200 resampled runs of the promise instead of 20")
    arguments.add_argument("--speed", type=int, metavar="MAILS", help="only time so many invented mails")
    wanted = arguments.parse_args()
    if wanted.speed:
        speed_of(wanted.speed)
        return
    folder = Path(os.environ["INFLOW_ROUTING_DATA"])
    banking, clinc = (load(folder, name) for name in ("banking77", "clinc150"))
    mails = mails_alike(banking[0], 3000, seed=1), mails_alike(banking[1], 1000, seed=2)
    print(f"{'set':22}{'system':12}" + "".join(f"{name:>10}" for name in COLUMNS))
    for name, known, unseen in sets(banking, clinc, mails):
        for system, measure in SYSTEMS.items():
            print(f"{name:22}{system:12}{row(measure(known, unseen))}", flush=True)
    learning_curve(*mails)
    promise_kept(
        {"mail-like": mails[0] + mails[1], "banking77, 8 roles": banking[0], "clinc150, 8 roles": clinc[0]},
        full=wanted.full,
    )
    speed()


def load(folder: Path, name: str) -> tuple[list[Example], list[Example]]:
    """The train and dev part of a set."""
    return tuple(  # type: ignore[return-value]
        [
            row
            for row in read_examples(iter(file.read_text("utf-8").splitlines()), name=file.name)
            if isinstance(row, Example)
        ]
        for file in (folder / f"{name}-train.jsonl", folder / f"{name}-dev.jsonl")
    )


def sets(
    banking: tuple[list[Example], list[Example]],
    clinc: tuple[list[Example], list[Example]],
    mails: tuple[list[Example], list[Example]],
) -> Iterator[tuple[str, list[Example], list[Example]]]:
    """Name, known rows, unseen rows."""
    yield from ((f"mail-like, {number}", mails[0][:number], mails[1]) for number in (50, 200, 1000))
    yield from ((f"banking77, {number} a role", few(banking[0], number, seed=0), banking[1]) for number in (5, 10))
    yield "banking77, all", *banking
    yield "clinc150, all", *clinc


def few(rows: Sequence[Example], a_role: int, *, seed: int) -> list[Example]:
    """So many of each role, drawn by chance."""
    taken: dict[str, list[Example]] = {}
    for at in np.random.default_rng(seed).permutation(len(rows)):
        taken.setdefault(rows[at].role, []).append(rows[at])
    return [example for examples in taken.values() for example in examples[:a_role]]


def named(examples: Sequence[Example]) -> dict[str, Sample]:
    return {example.role: Sample(text=example.role.replace("_", " ")) for example in examples}


def by_inflow(known: Sequence[Example], unseen: Sequence[Example]) -> Measured:
    began = perf_counter()
    model = train(known, named(known), max_misrouted=PROMISE)
    trained = perf_counter()
    return timed(judge(model, unseen), began, trained, len(unseen))


def by_keywords(known: Sequence[Example], unseen: Sequence[Example]) -> Measured:
    began = perf_counter()
    names = sorted(named(known))
    roles = [
        Role(name=f"r{at}", address=f"r{at}@exempel.test", keywords=tuple(name.split("_")))
        for at, name in enumerate(names)
    ]
    likely = np.zeros((len(unseen), len(names)))
    trained = perf_counter()
    for at, example in enumerate(unseen):
        message = Message(raw=b"", headers={}, subject=example.sample.subject, text=example.sample.text)
        for role, score in keyword_scores(keyword_hits(message, roles)).items():
            likely[at, int(role[1:])] = score
    shares = likely / np.maximum(likely.sum(axis=1, keepdims=True), 1e-9)
    return timed(judged(shares, names, unseen), began, trained, len(unseen))


def by_plain_words(known: Sequence[Example], unseen: Sequence[Example]) -> Measured:
    began = perf_counter()
    words = TfidfVectorizer()
    learned = LogisticRegression(max_iter=50).fit(
        words.fit_transform(texts(known)), [example.role for example in known]
    )
    trained = perf_counter()
    return timed(
        judged(learned.predict_proba(words.transform(texts(unseen))), list(learned.classes_), unseen),
        began,
        trained,
        len(unseen),
    )


SYSTEMS: dict[str, System] = {"inflow": by_inflow, "plain words": by_plain_words, "keywords": by_keywords}


def texts(examples: Sequence[Example]) -> list[str]:
    return [f"{example.sample.subject} {example.sample.text}" for example in examples]


def judged(
    likely: np.ndarray[tuple[int, int], np.dtype[np.float64]], roles: Sequence[str], unseen: Sequence[Example]
) -> Judged:
    """A baseline's probabilities, with its fixed threshold of 0.5."""
    best, confidence = likely.argmax(axis=1), likely.max(axis=1)
    return Judged(
        confidence=confidence,
        right=np.array([roles[at] == example.role for at, example in zip(best, unseen, strict=True)], dtype=bool),
        in_scope=np.array([example.role in roles for example in unseen], dtype=bool),
        routed=confidence >= 0.5,
    )


def timed(found: Judged, began: float, trained: float, rows: int) -> Measured:
    return Measured(found, trained - began, 1000 * (perf_counter() - trained) / rows)


def row(measured: Measured) -> str:
    """A line of the table; a dash where there is nothing to measure on."""
    figures = quality(measured.judged)
    shares = (
        figures.accuracy,
        coverage_at(measured.judged, 0.02),
        coverage_at(measured.judged, 0.05),
        figures.coverage,
        figures.misrouted,
        figures.other_recall,
        figures.auroc,
        figures.ece,
    )
    printed = (f"{'-' if share is None else f'{share:.3f}':>10}" for share in shares)
    return f"{''.join(printed)}{measured.seconds:>10.2f}{measured.milliseconds:>10.2f}"


def mails_alike(rows: Sequence[Example], number: int, *, seed: int) -> list[Example]:
    """So many mails of eight of the roles; the same seed gives the same mails."""
    chance = np.random.default_rng(seed)
    intents = sorted({row.role for row in rows})
    said: dict[str, list[str]] = {}
    for row in rows:
        said.setdefault(row.role, []).append(row.sample.text)
    mails: list[Example] = []
    for _ in range(number):
        if mails and chance.random() < _TWICE:
            mails.append(mails[int(chance.integers(len(mails)))])
            continue
        intent = intents[int(chance.integers(_ROLES)) * (len(intents) // _ROLES)]
        mails.append(Example(sample=Sample(text=_text(said[intent], chance)), role=intent))
    return mails


def _text(sentences: Sequence[str], chance: np.random.Generator) -> str:
    picked = [str(one) for one in chance.choice(sentences, int(chance.integers(1, 3)), replace=False)]
    around = [str(one) for one in chance.choice(_FILLERS, int(chance.integers(1, 4)), replace=False)]
    body = [str(one) for one in chance.permutation(picked + around)]
    name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    phone = f"Tel 070-{chance.integers(1_000_000, 9_999_999)}"
    return f"{chance.choice(_OPENINGS)}\n\n{' '.join(body)}\n\n{chance.choice(_CLOSINGS)}\n{name}\n{phone}"


def learning_curve(known: Sequence[Example], unseen: Sequence[Example]) -> None:
    """The mail-like set from nothing: accuracy and share routed by itself after so many corrections."""
    print("\nlearning curve, mail-like: corrections, accuracy, routed by itself, of these wrong")
    for number in (0, 5, 10, 20, 50, 100, 200, 500):
        model = train(known[:number], named(known), max_misrouted=PROMISE)
        figures = quality(judge(model, unseen))
        print(f"{number:>6}{figures.accuracy or 0:>10.3f}{figures.coverage or 0:>10.3f}{figures.misrouted or 0:>10.3f}")


def promise_kept(pools: dict[str, list[Example]], *, full: bool) -> None:
    """In how many resampled runs the true share misrouted is within the promise; learned from 50, 100, 200, 500 rows."""
    print(f"\npromise of {PROMISE:.0%} misrouted: runs kept, mean share misrouted, mean share routed")
    for name, pool in pools.items():
        for number in (50, 100, 200, 500):
            runs = [resampled(pool, number, seed=seed) for seed in range(50 if full else 5)]
            wrong, routed = (np.array(column) for column in zip(*runs, strict=True))
            print(
                f"{name:22}{number:>5}{(wrong <= PROMISE).mean():>10.3f}{wrong.mean():>10.3f}{routed.mean():>10.3f}",
                flush=True,
            )


def resampled(pool: Sequence[Example], number: int, *, seed: int) -> tuple[float, float]:
    chance = np.random.default_rng(seed)
    roles = sorted({example.role for example in pool})
    chosen = set(chance.choice(roles, 8, replace=False)) if len(roles) > 8 else set(roles)
    rows = [pool[at] for at in chance.permutation(len(pool)) if pool[at].role in chosen]
    figures = quality(judge(train(rows[:number], named(rows), max_misrouted=PROMISE), rows[number : number + 1000]))
    return figures.misrouted or 0.0, figures.coverage or 0.0


def speed() -> None:
    """Seconds to train on mails of 150 to 250 words, milliseconds of a correction, peak memory: each in a process of its own."""
    print()
    for number in (1_000, 10_000):
        subprocess.run([sys.executable, __file__, "--speed", str(number)], check=True)


def speed_of(number: int) -> None:
    chance = np.random.default_rng(3)
    words = [
        f"{chance.choice(_SYLLABLES)}{chance.choice(_SYLLABLES)}{chance.choice(_SYLLABLES)}" for _ in range(20_000)
    ]
    common = 1 / np.arange(1, len(words) + 1)
    drawn = chance.choice(len(words), (number, 250), p=common / common.sum())
    mails = [
        Example(
            sample=Sample(
                text=" ".join(words[(at + 37 * (row % 8)) % 20_000] for at in some[: chance.integers(150, 250)])
            ),
            role=f"r{row % 8}",
        )
        for row, some in enumerate(drawn.tolist())
    ]
    before = peak()
    began = perf_counter()
    model = train(mails, named(mails), max_misrouted=PROMISE)
    trained = perf_counter()
    corrected = correct(model, mails[0].sample, mails[1].role)
    done = perf_counter()
    judge(corrected, mails[:200])
    each = (perf_counter() - done) / 200
    more = (peak() - before) // 1024
    stored = len(dumps(model)) // 2**20
    print(
        f"{number} mails: trained in {trained - began:.2f} s, a correction in {1000 * (done - trained):.0f} ms, ",
        end="",
    )
    print(f"{1000 * each:.2f} ms a mail, {more} MB more memory, {stored} MB stored", flush=True)


def peak() -> int:
    """The most memory this process has held, in KB."""
    return int(Path("/proc/self/status").read_text("ascii").partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    main()
