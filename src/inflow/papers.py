"""Reading the files of a mail in a child process of its own: whatever a file does to a parser costs that mail's files and nothing else.

The child gets the positions of the files in its arguments and the mail on its standard input; it says what stands in each, a JSON text
a line, as it goes.
"""

import json
import sys
from collections.abc import Sequence

from inflow import child
from inflow.mail.papers import words_in
from inflow.mail.parse import parse

SECONDS = 20


def read(raw: bytes, positions: Sequence[int], *, seconds: int = SECONDS) -> list[str]:
    """What stands in some of the files of a mail, in their order; nothing of those that cannot be read in time and memory."""
    said = child.said("inflow.papers", raw, *positions, seconds=seconds)
    whole = [str(json.loads(line)) for line in said.decode("ascii", "replace").split("\n")[:-1]]
    return whole + [""] * (len(positions) - len(whole))


def serve(raw: bytes, positions: Sequence[int]) -> None:
    """The child: each file in turn."""
    files = parse(raw).attachments
    for position in positions:
        words = ""
        try:
            one = files[position]
            words = words_in(one.content, one.filename, one.content_type)
        except (Exception, MemoryError):  # noqa: BLE001  strangers made it: nothing can be read
            words = ""
        sys.stdout.write(json.dumps(words) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    wanted = child.begin()
    serve(sys.stdin.buffer.read(), wanted)
