"""What stands in a file that came with a mail: a text file or a PDF. Strangers made it: it is read in a child only (inflow.papers)."""

import io
from pathlib import PurePosixPath

from inflow.mail.charsets import decode
from inflow.mail.html import html_text

LONGEST = 100_000
LARGEST = 20_000_000
_MOST_PAGES = 100
_TEXT = frozenset({".txt", ".md", ".csv", ".tsv", ".log", ".json", ".xml", ".yaml", ".yml"})
_PAGE = frozenset({".html", ".htm"})


def is_readable(filename: str, content_type: str, size: int) -> bool:
    """Whether what stands in a file of this kind can be read."""
    return size <= LARGEST and (_kind(filename, content_type) != "")


def words_in(content: bytes, filename: str, content_type: str) -> str:
    """What stands in it, the first 100,000 letters. Raises whatever the file makes a parser raise."""
    kind = _kind(filename, content_type)
    if kind == "pdf":
        return _of_pdf(content)
    text = decode(content[: 4 * LONGEST], "utf-8")[0]
    return (html_text(text) if kind == "page" else text)[:LONGEST]


def _kind(filename: str, content_type: str) -> str:
    ending = PurePosixPath(filename.lower()).suffix
    if content_type == "application/pdf" or ending == ".pdf":
        return "pdf"
    if content_type == "text/html" or ending in _PAGE:
        return "page"
    return "text" if ending in _TEXT or content_type in ("text/plain", "text/csv", "text/markdown") else ""


def _of_pdf(content: bytes) -> str:
    from pypdf import PdfReader

    said, left = [], LONGEST
    for page in PdfReader(io.BytesIO(content)).pages[:_MOST_PAGES]:
        said.append(page.extract_text()[:left])
        left -= len(said[-1])
        if left <= 0:
            break
    return "\n".join(said)
