"""A mail itself: its HTML in a sandbox, its files, its raw bytes. Each is of a case that whoever asks may see, and every look at
a confidential one is an event."""

import base64
import hashlib
from html import escape
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from inflow import pictures
from inflow.mail.parse import parse
from inflow.store import board
from inflow.web import hostile
from inflow.web.looking import MOST_NUMBER, opened
from inflow.web.pages import language_of, translator
from inflow.web.visitor import Asking, Visitor, world_of

router = APIRouter(prefix="/cases/{number}/messages/{id_}")
_STYLE = (
    "html{color-scheme:light;background:#fff;color:#111;font:16px/1.5 system-ui,sans-serif}body{margin:12px;overflow-wrap:anywhere}"
    "img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox"
_FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
_PAPER_POLICY = "default-src 'none'; sandbox; frame-ancestors 'self'"


@router.get("/html")
def html(
    request: Request, asking: Asking, number: int, id_: int, *, images: Annotated[bool, Query()] = False
) -> Response:
    """The mail as its sender formatted it: nothing runs, nothing is loaded but remote images where somebody asks."""
    raw = _raw(request, asking, number, id_, what=f"message {id_} as it is formatted", understood=True)
    files = {one.content_id: one for one in parse(raw).attachments if one.content_id}
    shown = hostile.shown(raw, files, images=images, redraw=pictures.redrawn)
    _ = translator(language_of(request))
    body = shown.html if shown else f"<p>{escape(_('This mail has no formatted version.'))}</p>"
    page = (
        f'<!doctype html><html lang=""><head><meta charset="utf-8"><title>{escape(_("Mail"))}</title>'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    )
    loaded = "data: https: http:" if images else "data:"
    policy = (
        f"default-src 'none'; img-src {loaded}; style-src-elem 'sha256-{_STYLE_HASH}'; style-src-attr 'unsafe-inline'; "
        f"form-action 'none'; base-uri 'none'; frame-ancestors 'self'; {_SANDBOX}"
    )
    return Response(page, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": policy})


@router.get("/files/{position}")
def file(
    request: Request, asking: Asking, number: int, id_: int, *, position: int, view: Annotated[bool, Query()] = False
) -> Response:
    """A file that a mail brought, to be saved; to be looked at, of an image or a PDF what is seen of it and nothing else."""
    what = f"file {position} of message {id_}" + (" to look at" if view else "")
    raw = _raw(request, asking, number, id_, what=what, understood=True)
    files = parse(raw).attachments
    if not 0 <= position < len(files):
        raise HTTPException(404)
    if view:
        return _looked_at(files[position].content)
    headers = {
        "Content-Security-Policy": _FILE_POLICY,
        "Content-Disposition": hostile.attachment_header(files[position].filename),
    }
    kind = hostile.download_type(files[position].content_type)
    return Response(files[position].content, media_type=kind, headers=headers)


def _looked_at(content: bytes) -> Response:
    """An image or a PDF made anew. Raises 404 for anything else."""
    paper = content.startswith(pictures.PDF)
    seen = pictures.redrawn([content])[0] if paper or hostile.picture_type(content) else b""
    if not seen:
        raise HTTPException(404)
    kind = "application/pdf" if paper else hostile.picture_type(seen)
    policy = _PAPER_POLICY if paper else _FILE_POLICY
    return Response(seen, media_type=kind, headers={"Content-Security-Policy": policy})


@router.get("/raw")
def raw(request: Request, asking: Asking, number: int, id_: int) -> Response:
    """The mail byte for byte as it came."""
    content = _raw(request, asking, number, id_, what=f"message {id_} as it came")
    headers = {
        "Content-Security-Policy": _FILE_POLICY,
        "Content-Disposition": hostile.attachment_header(f"case-{number}-message-{id_}.eml"),
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


def _raw(request: Request, asking: Visitor, number: int, id_: int, *, what: str, understood: bool = False) -> bytes:
    """The raw mail, and the event where the case is confidential. Raises NoCaseError."""
    world = world_of(request)
    with opened(world, asking.reader, number, what=what) as (connection, _):
        return board.raw(connection, asking.reader, number, min(max(id_, 0), MOST_NUMBER), understood=understood)
