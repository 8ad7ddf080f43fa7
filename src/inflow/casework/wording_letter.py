"""The weekly letter to decision-makers: one page, as plain text and as HTML. Pure: it says what it is given, and cleans nothing.

Each line ends with a key; the command at the foot shows the cases behind it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from inflow.casework.numbers import duration

WIDTH = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that is told: its number first, the key of the cases behind it, and somebody's own words."""

    text: str
    key: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the letter tells. Pairs are of a name and a number; keys of cases are made of the names."""

    organisation: str
    week: str
    days: str
    came_in: int
    before: int
    roles: Sequence[tuple[str, str, int]] = ()
    rising: Sequence[tuple[str, str, int, float]] = ()
    problems: Sequence[tuple[int, str, int, str, str]] = ()
    waited: tuple[int, float, float] | None = None
    unanswered: int = 0
    slowest: Sequence[tuple[str, str, float]] = ()
    gaps: int = 0
    gap_groups: Sequence[tuple[str, int]] = ()
    moved: int = 0
    moves: Sequence[tuple[str, str, int]] = ()
    broken: int = 0
    broken_by: Sequence[tuple[str, str, int]] = ()
    cords: int = 0
    hanging: Sequence[tuple[int, str]] = field(default=())


_SV = {
    "title": "Veckan hos {organisation}: vecka {week}",
    "came_in": "Kom in",
    "cases": "{count} ärende, veckan före {before}|{count} ärenden, veckan före {before}",
    "rises": "Ökar",
    "rising": "{title}: {count}, brukar vara {usual}",
    "problems": "Fungerar inte",
    "problem": "{senders} har skrivit om {title} ({state})",
    "waited": "Väntan på svar",
    "answered": "{count} fick svar: hälften inom {median}, nio av tio inom {p90}",
    "nobody": "ingen har fått svar än",
    "unanswered": "{count} väntar än",
    "slow": "{title}: hälften inom {median}",
    "gaps": "Hade ingen ägare",
    "gap": "{count} fråga som ingen roll tog|{count} frågor som ingen roll tog",
    "group": "{count} har frågat",
    "moved": "Hamnade fel",
    "moves": "{count} ärende flyttades av någon|{count} ärenden flyttades av någon",
    "move": "{count} från {source} till {target}",
    "broken": "Brutna löften",
    "breach": "{count} löfte bröts|{count} löften bröts",
    "by": "{title}: {count}",
    "cords": "Larm",
    "cord": "snöret drogs {count} gång|snöret drogs {count} gånger",
    "hangs": "larm {number} hänger kvar: {title}",
    "secret": "förtroligt",
    "foot": "Ärendena bakom ett tal: inflow letter --week {week} --cases NYCKEL   Problem: inflow problems show NUMMER",
    "proposed": "föreslaget", "open": "öppet", "known": "känt", "solved": "löst",
}  # fmt: skip
_EN = {
    "title": "The week at {organisation}: week {week}",
    "came_in": "Came in",
    "cases": "{count} case, {before} the week before|{count} cases, {before} the week before",
    "rises": "Rises",
    "rising": "{title}: {count}, usually {usual}",
    "problems": "Does not work",
    "problem": "{senders} have written about {title} ({state})",
    "waited": "Waited for an answer",
    "answered": "{count} were answered: half within {median}, nine in ten within {p90}",
    "nobody": "nobody has been answered yet",
    "unanswered": "{count} wait still",
    "slow": "{title}: half within {median}",
    "gaps": "Had no owner",
    "gap": "{count} question that no role took|{count} questions that no role took",
    "group": "{count} asked",
    "moved": "Went wrong",
    "moves": "{count} case was moved by somebody|{count} cases were moved by somebody",
    "move": "{count} from {source} to {target}",
    "broken": "Broken promises",
    "breach": "{count} promise was broken|{count} promises were broken",
    "by": "{title}: {count}",
    "cords": "The cord",
    "cord": "it was pulled once|it was pulled {count} times",
    "hangs": "andon {number} hangs still: {title}",
    "secret": "confidential",
    "foot": "The cases behind a number: inflow letter --week {week} --cases KEY   Problems: inflow problems show NUMBER",
    "proposed": "proposed", "open": "open", "known": "known", "solved": "solved",
}  # fmt: skip


def letter(told: Told, language: str) -> tuple[str, str, str]:
    """Subject, plain text and HTML."""
    words = _words(language)
    title = words["title"].format(organisation=told.organisation, week=told.week)
    foot = words["foot"].format(week=told.week)
    found = sections(told, language)
    return title, _as_text(title, told.days, found, foot), _as_html(title, told.days, found, foot)


def sections(told: Told, language: str) -> list[tuple[str, list[Line]]]:
    """The headings of the letter, and the lines below each."""
    return [(name, lines) for name, lines in _sections(told, language) if lines]


def _words(language: str) -> Mapping[str, str]:
    return _SV if language == "sv" else _EN


def _sections(told: Told, language: str) -> list[tuple[str, list[Line]]]:
    words = _words(language)
    came = [Line(text=_counted(words["cases"], told.came_in, before=told.before), key="in")]
    came += [Line(text=f"{title}: {count}", key=f"in:{name}") for name, title, count in told.roles]
    return [
        (words["came_in"], came),
        (words["rises"], _rising(told, words)),
        (words["problems"], _problems(told, words)),
        (words["waited"], _waits(told, words, language)),
        (words["gaps"], _gaps(told, words)),
        (words["moved"], _moves(told, words)),
        (words["broken"], _broken(told, words)),
        (words["cords"], _cords(told, words)),
    ]


def _rising(told: Told, words: Mapping[str, str]) -> list[Line]:
    return [
        Line(text=words["rising"].format(title=title, count=count, usual=f"{usual:.0f}"), key=key)
        for key, title, count, usual in told.rising
    ]


def _problems(told: Told, words: Mapping[str, str]) -> list[Line]:
    found = []
    for number, title, senders, state, quote in told.problems:
        text = words["problem"].format(senders=senders, title=title, state=words.get(state, state))
        found.append(Line(text=text, key=f"problem:{number}", quote=quote))
    return found


def _waits(told: Told, words: Mapping[str, str], language: str) -> list[Line]:
    if told.waited is None:
        lines = [Line(text=words["nobody"])] if told.came_in else []
    else:
        count, median, p90 = told.waited
        text = words["answered"].format(count=count, median=duration(median, language), p90=duration(p90, language))
        lines = [Line(text=text, key="answered")]
    lines += [
        Line(text=words["slow"].format(title=title, median=duration(median, language)), key=f"answered:{name}")
        for name, title, median in told.slowest
    ]
    unanswered = words["unanswered"].format(count=told.unanswered)
    return [*lines, *([Line(text=unanswered, key="waiting")] if told.unanswered else [])]


def _gaps(told: Told, words: Mapping[str, str]) -> list[Line]:
    if not told.gaps:
        return []
    groups = [
        Line(text=words["group"].format(count=senders) + ("" if said else f" ({words['secret']})"), quote=said)
        for said, senders in told.gap_groups
    ]
    return [Line(text=_counted(words["gap"], told.gaps), key="gaps"), *groups]


def _moves(told: Told, words: Mapping[str, str]) -> list[Line]:
    if not told.moved:
        return []
    return [
        Line(text=_counted(words["moves"], told.moved), key="moved"),
        *(
            Line(text=words["move"].format(count=count, source=source, target=target), key=f"moved:{source}:{target}")
            for source, target, count in told.moves
        ),
    ]


def _broken(told: Told, words: Mapping[str, str]) -> list[Line]:
    if not told.broken:
        return []
    by = [
        Line(text=words["by"].format(title=title, count=count), key=f"broken:{name}")
        for name, title, count in told.broken_by
    ]
    return [Line(text=_counted(words["breach"], told.broken), key="broken"), *by]


def _cords(told: Told, words: Mapping[str, str]) -> list[Line]:
    lines = [Line(text=_counted(words["cord"], told.cords), key="andon")] if told.cords else []
    return lines + [
        Line(text=words["hangs"].format(number=number, title=title or words["secret"]))
        for number, title in told.hanging
    ]


def _as_text(title: str, days: str, sections: Sequence[tuple[str, Sequence[Line]]], foot: str) -> str:
    lines = [title, days]
    for name, said in sections:
        lines += ["", name.upper()]
        for one in said:
            key = f"[{one.key}]" if one.key else ""
            text = _short(one.text, WIDTH - 4 - len(key))
            lines.append(f"  {text}{' ' * (WIDTH - 2 - len(text) - len(key))}{key}".rstrip())
            lines += [f"      “{_short(one.quote, WIDTH - 8)}”"] if one.quote else []
    return "\n".join([*lines, "", *foot.split("   "), ""])


def _as_html(title: str, days: str, sections: Sequence[tuple[str, Sequence[Line]]], foot: str) -> str:
    rows = []
    for name, said in sections:
        rows.append(f'<tr><th colspan="2" style="{_NAME}">{escape(name)}</th></tr>')
        for one in said:
            quote = f'<div style="{_QUOTE}">“{escape(one.quote)}”</div>' if one.quote else ""
            rows.append(
                f'<tr><td style="{_CELL}">{escape(one.text)}{quote}</td><td style="{_KEY}">{escape(one.key)}</td></tr>'
            )
    feet = "<br>".join(escape(one) for one in foot.split("   "))
    return (
        f'<html><head><meta charset="utf-8"><title>{escape(title)}</title></head><body style="{_PAGE}">'
        f'<h1 style="font-size: 20px; margin: 0">{escape(title)}</h1><p style="margin: 2px 0 0; color: #666">{escape(days)}</p>'
        f'<table role="presentation" style="border-collapse: collapse; width: 100%">{"".join(rows)}</table>'
        f'<p style="font-size: 12px; color: #666; margin-top: 20px">{feet}</p></body></html>'
    )


_PAGE = "font-family: -apple-system, Segoe UI, Roboto, Arial, sans-serif; font-size: 15px; line-height: 1.4; max-width: 640px; margin: 16px"
_NAME = "text-align: left; font-size: 13px; letter-spacing: .04em; padding: 16px 0 2px; border-bottom: 1px solid #bbb"
_CELL = "padding: 3px 12px 3px 0; vertical-align: top"
_KEY = "padding: 3px 0; vertical-align: top; text-align: right; white-space: nowrap; font: 12px monospace; color: #666"
_QUOTE = "font-style: italic; border-left: 3px solid #bbb; padding-left: 8px; margin: 2px 0 2px 4px"


def _counted(pattern: str, count: int, **more: object) -> str:
    """The wording for one, or for many."""
    one, _, many = pattern.partition("|")
    return (one if count == 1 else many).format(count=count, **more)


def _short(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
