"""What strangers sent, made anew to be looked at, in a child process: of an image its pixels, of a PDF its pages without all that
acts; whatever a file does to a decoder costs what was asked for with it and nothing else.

The child gets frames on its standard input, eight octets of length and a file; it answers each with such a frame, empty for one
that cannot be shown.
"""

import io
import struct
import sys
import warnings
from collections.abc import Sequence
from typing import BinaryIO

from PIL import Image, ImageOps

from inflow import child

SECONDS = 10
LARGEST = 20_000_000
MOST_PIXELS = 40_000_000
MOST_SIDE = 2_000
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
PDF = b"%PDF-"
MOST_PAGES = 100
_DRAWN = frozenset({"/Type", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate"})
_LENGTH = struct.Struct(">Q")


def redrawn(files: Sequence[bytes], *, seconds: int = SECONDS) -> list[bytes]:
    """Each image as a PNG or JPEG of ours, each PDF as one of ours, in their order; empty for those that cannot be shown in time and
    memory."""
    wanted = [one if len(one) <= LARGEST else b"" for one in files]
    asked = b"".join(_LENGTH.pack(len(one)) + one for one in wanted)
    answer = io.BytesIO(child.said("inflow.pictures", asked, seconds=seconds))
    return [_frame(answer) or b"" for _ in files]


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """The child: each file in turn."""
    while (content := _frame(questions)) is not None:
        try:
            drawn = reprinted(content) if content.startswith(PDF) else draw(content)
        except (Exception, MemoryError):  # noqa: BLE001  strangers made it: it cannot be shown
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


def reprinted(content: bytes) -> bytes:
    """The first hundred pages of a PDF, with what is drawn on them and nothing that acts: no script, link, form, note, file or
    metadata (ISO 32000-1 section 12). Raises whatever it makes a reader raise."""
    from pypdf import PdfReader, PdfWriter

    fresh = PdfWriter()
    for page in PdfReader(io.BytesIO(content)).pages[:MOST_PAGES]:
        fresh.add_page(page, excluded_keys=[key for key in page if key not in _DRAWN])
    fresh.metadata = None
    out = io.BytesIO()
    fresh.write(out)
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
    child.begin()
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    serve(sys.stdin.buffer, sys.stdout.buffer)
