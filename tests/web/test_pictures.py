"""Images of a mail are looked at as new pictures: nothing of a stranger's octets reaches a browser but what is seen."""

import base64
import io
import re
import struct
import zlib
from email.message import EmailMessage

import pytest
from PIL import Image, PngImagePlugin

from inflow.desk.world import World
from inflow.pictures import MOST_SIDE, redrawn
from inflow.store import events
from tests.jobs.conftest import Receive
from tests.web.conftest import HANNA, Visit

HTML = b"<script>alert(1)</script>"
RED = (200, 10, 10)


def image(form: str, *, size: tuple[int, int] = (30, 20), mode: str = "RGB", **options: object) -> bytes:
    """An image as somebody's camera would make it."""
    out = io.BytesIO()
    Image.new(mode, size, RED if mode == "RGB" else 1).save(out, form, **options)
    return out.getvalue()


def told_all() -> dict[str, bytes]:
    """Images that tell more than what is seen."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0112], exif[0x013B] = "hemligt ställe", 6, "fotograf@kund.test"
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", HTML.decode())
    return {
        "turned.jpg": image("JPEG", exif=exif, comment=HTML),
        "text.png": image("PNG", pnginfo=text) + HTML,
        "polyglot.gif": image("GIF", comment=HTML) + b";" + HTML,
        "photo.webp": image("WEBP", exif=exif),
        "clear.png": image("PNG", mode="RGBA"),
    }


def bomb(width: int, height: int) -> bytes:
    """A PNG of few octets and many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1 << 20), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


SCRIPT = b"<< /S /JavaScript /JS (app.alert\\('hej'\\);) >>"


def paper(script: bytes = SCRIPT) -> bytes:
    """A PDF that tries everything: scripts at its opening, of its pages, names and fields, a link, a form, a file."""
    words = b"1 0 0 rg 0 0 300 200 re f 0 g BT /F1 40 Tf 20 100 Td (HEJ) Tj ET"
    opens = b" /OpenAction %b /AA << /WC %b >> /Names << /JavaScript << /Names [(a) %b] >> >>" % (
        script,
        script,
        script,
    )
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R" + opens + b" /AcroForm << /Fields [6 0 R] /XFA (x) >> /Metadata 4 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 300 200] /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /AA << /O %b >> /Annots [6 0 R 7 0 R 8 0 R] >>" % script,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(words), words),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (f) /Rect [0 0 300 200] /A %b /P 3 0 R >>" % script,
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 300 200] /A << /S /URI /URI (https://evil.test/) >> >>",
        b"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS << /Type /Filespec /F (x.exe) /EF << /F 4 0 R >> >> >>",
    )
    out, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 %d\n0000000000 65535 f \n%btrailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
    return out + tail % (len(objects) + 1, table, len(objects) + 1, len(out))


NONE = {
    "bomb": bomb(60_000, 60_000),
    "wide bomb": bomb(1 << 30, 1),
    "truncated": image("PNG", size=(400, 400))[:200],
    "truncated jpeg": image("JPEG", size=(400, 400))[:300],
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "svg that says it is a png": b"\x89PNG\r\n\x1a\n<svg onload=alert(1)>",
    "html that says it is a gif": b"GIF89a/*" + HTML,
    "bmp": image("BMP"),
    "tiff": image("TIFF"),
    "nothing": b"",
    "no pdf": b"%PDF-1.7\n" + HTML,
    "half a pdf": paper()[:300],
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n(hej) show",
}


def test_a_picture_has_the_pixels_and_nothing_else() -> None:
    drawn = dict(zip(told_all(), redrawn(list(told_all().values())), strict=True))
    for name, picture in drawn.items():
        for hidden in (b"<script", b"hemligt", b"fotograf", b"Exif"):
            assert hidden not in picture, name
        with Image.open(io.BytesIO(picture)) as seen:
            assert seen.format == ("JPEG" if name in ("turned.jpg", "photo.webp") else "PNG"), name
            assert seen.size == ((20, 30) if name in ("turned.jpg", "photo.webp") else (30, 20)), name
            assert seen.mode == ("RGBA" if name == "clear.png" else "RGB"), name
            near = [abs(a - b) < 8 for a, b in zip(seen.convert("RGB").getpixel((5, 5)), RED, strict=True)]  # type: ignore[arg-type]
            assert all(near) or name == "clear.png"


def test_what_is_no_image_or_a_bomb_is_none_and_costs_the_others_nothing() -> None:
    good = image("PNG")
    asked = [good, *NONE.values(), good]
    first, *drawn, last = redrawn(asked)
    assert dict(zip(NONE, drawn, strict=True)) == dict.fromkeys(NONE, b"")
    assert first == last != b""


def test_a_large_one_is_made_smaller() -> None:
    (picture,) = redrawn([image("JPEG", size=(5000, 2500))])
    with Image.open(io.BytesIO(picture)) as seen:
        assert seen.size == (MOST_SIDE, MOST_SIDE // 2)


def test_of_a_pdf_only_what_is_drawn_is_left() -> None:
    (printed,) = redrawn([paper()])
    assert b"(HEJ) Tj" in printed
    assert b"/Helvetica" in printed
    acts = (
        b"/JS",
        b"/JavaScript",
        b"/OpenAction",
        b"/AA",
        b"/A ",
        b"/Annot",
        b"/AcroForm",
        b"/XFA",
        b"/URI",
        b"/Names",
        b"/EF",
        b"alert",
    )
    assert [one for one in (*acts, b"/Metadata", b"/Info") if one in printed] == []


def test_what_takes_too_long_is_none() -> None:
    assert redrawn([image("PNG")], seconds=0) == [b""]


def letter(*, secret: bool = False) -> bytes:
    """A mail with an image in its text, and files beside it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        "hemlig@secret.test" if secret else "a@kund.test",
        "info@exempel.test",
        "Bild",
    )
    mail.set_content("Se bilden")
    data = base64.b64encode(told_all()["text.png"]).decode()
    html = f'<p>Se</p><img src="cid:ett"><img src="data:image/png;base64,{data}"><img src="data:image/gif;base64,R0lG"><img src="cid:två">'
    mail.add_alternative(html, subtype="html")
    body = mail.get_payload()[1]  # type: ignore[index]
    body.add_related(told_all()["turned.jpg"], maintype="image", subtype="jpeg", cid="<ett>")  # type: ignore[union-attr]
    mail.add_attachment(told_all()["polyglot.gif"], maintype="image", subtype="gif", filename="rolig.gif")
    mail.add_attachment(paper(), maintype="application", subtype="pdf", filename="papper.pdf")
    mail.add_attachment(NONE["svg"], maintype="image", subtype="png", filename="tecken.png")
    return mail.as_bytes()


def position(page: str, name: str) -> str:
    """Where a file is read, as the page of its case says."""
    found = re.search(rf'href="([^"]+/files/\d+)" download>{name}', page)
    assert found
    return found[1]


def test_an_image_is_shown_as_a_new_picture_and_saved_as_it_was(
    visit: Visit, board_world: World, receive: Receive
) -> None:
    receive(board_world, letter())
    anna = visit(HANNA)
    page = anna.get("/cases/1").text
    where = position(page, "rolig.gif")
    shown = anna.get(f"{where}?view=1")
    assert shown.headers["content-type"] == "image/png"
    assert b"script" not in shown.content
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    saved = anna.get(where)
    assert saved.content == told_all()["polyglot.gif"]
    assert saved.headers["content-disposition"].startswith("attachment;")
    assert anna.get(f"{position(page, 'tecken.png')}?view=1").status_code == 404


def test_a_pdf_is_shown_as_its_pages_and_saved_as_it_was(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, letter())
    anna = visit(HANNA)
    where = position(anna.get("/cases/1").text, "papper.pdf")
    shown = anna.get(f"{where}?view=1")
    assert shown.headers["content-type"] == "application/pdf"
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox; frame-ancestors 'self'"
    assert b"/JS" not in shown.content
    saved = anna.get(where)
    assert saved.content == paper()
    assert saved.headers["content-disposition"].startswith("attachment;")


def test_the_images_in_a_formatted_mail_are_new_pictures_too(
    visit: Visit, board_world: World, receive: Receive
) -> None:
    receive(board_world, letter())
    html = visit(HANNA).get("/cases/1/messages/1/html").text
    sources = re.findall(r'<img[^>]* src="data:image/(\w+);base64,([^"]+)"', html)
    assert [kind for kind, _ in sources] == ["jpeg", "png"]
    for _, coded in sources:
        octets = base64.b64decode(coded)
        assert b"script" not in octets
        assert b"hemligt" not in octets
    assert html.count("<img") == 4


@pytest.mark.parametrize("view", ["", "?view=1"])
def test_a_look_at_a_confidential_picture_is_an_event(
    visit: Visit, board_world: World, receive: Receive, view: str
) -> None:
    receive(board_world, letter(secret=True))
    hanna = visit(HANNA)
    where = position(hanna.get("/cases/1").text, "rolig.gif")
    assert hanna.get(f"{where}{view}").status_code == 200
    with board_world.database.reading() as connection:
        last = events.of_case(connection, 1)[-1]
    number = where.rpartition("/")[2]
    assert last["text"] == f"file {number} of message 1" + (" to look at" if view else "")
