"""A child process that does one thing with what strangers made: whatever that does to it, it ends in time and memory."""

import logging
import resource
import subprocess
import sys

MEMORY = 1 << 30


def said(module: str, given: bytes, *arguments: int, seconds: int) -> bytes:
    """What a module of ours, started as a program, says of what it is given; of one that is ended, what it had said until then."""
    command = [sys.executable, "-m", module, str(seconds), *map(str, arguments)]
    with subprocess.Popen(  # noqa: S603  our own interpreter, a module of ours and numbers
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            return child.communicate(given, timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            child.kill()
            return child.communicate()[0]


def begin() -> list[int]:
    """The child begins: quietly, with bounded memory and computing time. Returns its arguments but the first, its seconds."""
    seconds, *arguments = map(int, sys.argv[1:])
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    return arguments
