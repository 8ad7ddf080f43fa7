"""What is new in a reply: quoted history and signature off, forwards and inline answers kept. When unsure, keep more.

The way is a few passes over the lines: forward or history found from the top; then, from the bottom up, signatures,
disclaimers and trailing quotations go; then quotations that a program introduced (`X wrote:`) go, those a person made stay.
"""

from inflow.mail.quote_marks import (
    HISTORY_MARK,
    attribution_end,
    fenced,
    header_block_end,
    is_decorated,
    is_forward,
    is_original,
    is_quoted,
    is_separator,
    noticed,
)
from inflow.mail.signatures import without_tail

MAX_LINES = 5_000
LONG = 60
MAX_DROPPED = 20
_TEXT, _QUOTE, _INTRODUCED, _CODE = 0, 1, 2, 3


def new_text(text: str, *, forwarded: bool = False, signed: bool = False) -> str:
    """Only what this message adds. `forwarded`: the subject says it is a forward, so its history is the message; `signed`: a
    person's own signature stays."""
    lines = text.replace("\r\n", "\n").replace("\xa0", " ").split("\n", MAX_LINES)
    kept, rest = lines[:MAX_LINES], lines[MAX_LINES:]
    marks = noticed(kept)
    head, tail = _split_history(kept, marks, forwarded=forwarded)
    found = _without_quotes(head, marks if head == kept[: len(head)] else noticed(head), signed=signed)
    if tail is not None:
        found = [*found, "", *tail, *rest] if any(line.strip() for line in found) else [*tail, *rest]
    return "\n".join(line for line in found if line != HISTORY_MARK).strip("\n").rstrip()


def whole_text(text: str) -> str:
    """The readable text without the marks that HTML left for `new_text`."""
    return (
        text if HISTORY_MARK not in text else "\n".join(line for line in text.split("\n") if HISTORY_MARK not in line)
    )


def _split_history(lines: list[str], marks: set[int], *, forwarded: bool) -> tuple[list[str], list[str] | None]:
    """The lines before the history, and those of a forward, which are kept; None when there is nothing to keep after."""
    position = dropped = 0
    while position < len(lines) and dropped < MAX_DROPPED:
        if position in marks and (cut := _history_at(lines, position)) is not None:
            kind, end = cut
            before = _strip_separators(lines[:position])
            said = any(line.strip() for line in before)
            if kind == "forward" or (forwarded and kind == "history"):
                return before, lines[position if said else end :]
            if said:
                return before, None
            if kind == "history":
                return [], lines[end:] if _has_text(lines[end:]) else None
            lines = [*before, *lines[end:]]
            marks = noticed(lines)
            position = len(before)
            dropped += 1
            continue
        position += 1
    return lines, None


def _history_at(lines: list[str], position: int) -> tuple[str, int] | None:
    """What begins at a line: a forward, history (an Outlook header block or separator), or history told by `X wrote:` alone."""
    line = lines[position]
    if not line.strip():
        return None
    if is_forward(line):
        start = _next_text(lines, position + 1)
        return "forward", header_block_end(lines, start) or position + 1
    if is_quoted(line):
        return None
    if (end := header_block_end(lines, position)) is not None:
        return "history", end
    if line == HISTORY_MARK or is_original(line):
        return _marked_history(lines, position)
    return _unmarked_history(lines, position)


def _marked_history(lines: list[str], position: int) -> tuple[str, int] | None:
    """History after a separator or a mark from HTML; what the mark stands before may say better what it is."""
    ahead = _next_text(lines, position + 1)
    if (
        lines[position] == HISTORY_MARK
        and ahead < len(lines)
        and (is_forward(lines[ahead]) or attribution_end(lines, ahead))
    ):
        return None
    return "history", header_block_end(lines, ahead) or position + 1


def _unmarked_history(lines: list[str], position: int) -> tuple[str, int] | None:
    """An introduction with no quote marks after it: all below is history."""
    end = attribution_end(lines, position)
    if end is None:
        return None
    ahead = _next_text(lines, end)
    return ("attribution", end) if ahead == len(lines) or not is_quoted(lines[ahead], introduced=True) else None


def _next_text(lines: list[str], position: int) -> int:
    while position < len(lines) and not lines[position].strip():
        position += 1
    return position


def _has_text(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _strip_separators(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1] == HISTORY_MARK or _is_rule(lines[end - 1])):
        end -= 1
    return lines[:end]


def _is_rule(line: str) -> bool:
    return is_separator(line) or is_decorated(line)


def _without_quotes(lines: list[str], marks: set[int], *, signed: bool) -> list[str]:
    kinds, introductions = _classify(lines, marks)
    while True:
        before = len(lines)
        lines = without_tail(lines, kinds, signed=signed)
        end = len(lines)
        while end and (
            kinds[end - 1] in {_QUOTE, _INTRODUCED} or not lines[end - 1].strip() or is_separator(lines[end - 1])
        ):
            end -= 1
        if end == 0 and _INTRODUCED not in kinds:
            return lines
        lines, kinds = lines[:end], kinds[:end]
        if len(lines) == before:
            break
    drop = introductions | set(_introduced(lines, kinds))
    return [line for number, line in enumerate(lines) if number not in drop]


def _classify(lines: list[str], marks: set[int]) -> tuple[list[int], set[int]]:
    """The kind of each line; and the numbers of the lines that only introduce a quotation."""
    protected = fenced(lines)
    kinds = [_CODE if number in protected else _TEXT for number in range(len(lines))]
    introductions: set[int] = set()
    position = 0
    while position < len(lines):
        if position not in marks:
            position += 1
            continue
        end = attribution_end(lines, position)
        if end is not None:
            block = _quote_end(lines, end, introduced=True)
            if not is_quoted(lines[position]):
                introductions.update(range(position, end))
            kinds[position:block] = [_INTRODUCED] * (block - position)
            position = max(block, end)
        elif is_quoted(lines[position]):
            block = _quote_end(lines, position, introduced=False)
            kinds[position:block] = [_QUOTE] * (block - position)
            position = block
        else:
            position += 1
    return kinds, introductions


def _quote_end(lines: list[str], position: int, *, introduced: bool) -> int:
    """Where a run of quoted lines ends; blank lines between them belong to it."""
    end = position
    while position < len(lines) and (
        not lines[position].strip() or is_quoted(lines[position], introduced=introduced) or _is_wrapped(lines, position)
    ):
        position += 1
        if lines[position - 1].strip():
            end = position
    return end


def _is_wrapped(lines: list[str], position: int) -> bool:
    """The rest of a long quoted line that some program broke without a mark."""
    before, line = lines[position - 1], lines[position]
    return (
        len(before) > LONG
        and is_quoted(before)
        and line[:1].islower()
        and not before.rstrip().endswith((".", "?", "!", ":"))
        and position + 1 < len(lines)
        and is_quoted(lines[position + 1])
    )


def _introduced(lines: list[str], kinds: list[int]) -> list[int]:
    """Introduced quotations, but not those that stand between a person's own lines: these are answered inline."""
    first = next((number for number, kind in enumerate(kinds) if kind == _TEXT and lines[number].strip()), len(lines))
    return [number for number, kind in enumerate(kinds) if kind == _INTRODUCED and number < first]
