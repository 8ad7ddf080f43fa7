"""Reading the files of a mail in a child process of its own: whatever a file does to a parser costs that mail's files and nothing else.

The child gets the positions of the files in its arguments and the mail on its standard input; it says what stands in each, a JSON text
a line, as it goes.
"""

import json
import logging
import resource
import subprocess
import sys
from collections.abc import Sequence

from inflow.mail.papers import words_in
from inflow.mail.parse import parse

SECONDS = 20
MEMORY = 1 << 30


def read(raw: bytes, positions: Sequence[int], *, seconds: int = SECONDS) -> list[str]:
    """What stands in some of the files of a mail, in their order; nothing of those that cannot be read in time and memory."""
    command = [sys.executable, "-m", "inflow.papers", str(seconds), *map(str, positions)]
    with subprocess.Popen(  # noqa: S603  our own interpreter and numbers
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            said, _ = child.communicate(raw, timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            said, _ = child.communicate()
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
    logging.disable(logging.CRITICAL)
    limit, *wanted = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    serve(sys.stdin.buffer.read(), wanted)
