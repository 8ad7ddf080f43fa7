"""Images of strangers drawn anew in a child process: what comes out are pixels and nothing else, no metadata and no octet of the
original; whatever an image does to a decoder costs the pictures that were asked for with it and nothing else.

The child gets frames on its standard input, eight octets of length and an image; it answers each with such a frame, empty for one
that cannot be drawn.
"""

import io
import logging
import resource
import struct
import subprocess
import sys
import warnings
from collections.abc import Sequence
from typing import BinaryIO

from PIL import Image, ImageOps

SECONDS = 10
MEMORY = 1 << 30
LARGEST = 20_000_000
MOST_PIXELS = 40_000_000
MOST_SIDE = 2_000
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_LENGTH = struct.Struct(">Q")


def redrawn(images: Sequence[bytes], *, seconds: int = SECONDS) -> list[bytes]:
    """Each image as a PNG or JPEG of ours, in their order; empty for those that cannot be drawn in time and memory."""
    wanted = [one if len(one) <= LARGEST else b"" for one in images]
    asked = b"".join(_LENGTH.pack(len(one)) + one for one in wanted)
    command = [sys.executable, "-m", "inflow.pictures", str(seconds)]
    with subprocess.Popen(  # noqa: S603  our own interpreter and a number
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            said, _ = child.communicate(asked, timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            said, _ = child.communicate()
    answer = io.BytesIO(said)
    return [_frame(answer) or b"" for _ in images]


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """The child: each image in turn."""
    while (image := _frame(questions)) is not None:
        try:
            drawn = draw(image)
        except (Exception, MemoryError):  # noqa: BLE001  strangers made it: it cannot be drawn
            drawn = b""
        answers.write(_LENGTH.pack(len(drawn)) + drawn)
        answers.flush()


def draw(content: bytes) -> bytes:
    """An image of a few formats as new pixels, upright, of two thousand a side at most; of one that moves the first. Raises whatever it
    makes a decoder raise."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError("it has too many pixels")
        image.draft("RGB", (MOST_SIDE, MOST_SIDE))
        turned = ImageOps.exif_transpose(image)
        see_through = turned.has_transparency_data
        pixels = turned.convert("RGBA" if see_through else "RGB")
        pixels.thumbnail((MOST_SIDE, MOST_SIDE))
        lossy = image.format in ("JPEG", "WEBP") and not see_through
    fresh = Image.new(pixels.mode, pixels.size)
    fresh.paste(pixels)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=85) if lossy else fresh.save(out, "PNG")
    return out.getvalue()


def _frame(stream: BinaryIO) -> bytes | None:
    """The next frame; None where there is no whole one."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = stream.read(length)
    return content if len(content) == length else None


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
    serve(sys.stdin.buffer, sys.stdout.buffer)
