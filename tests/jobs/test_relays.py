"""What a sender sees of an answer: whom it is from, its signature, its HTML and images. Never who wrote it, but as configured."""

import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from inflow.casework.addresses import Way
from inflow.desk.world import World
from tests.jobs.conftest import Receive, mail
from tests.jobs.conversing import ANNA, EVA, address, last, outbox, reply, told, words
from tests.servers.config import HEAD, ROLES

SIGNED = "Prova igen.\n\n-- \nAnna Berg\nProduktsupport\nanna@exempel.test | +46 8 123 45 67"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(40))
WAYS = ["organisation", "role"]


@pytest.fixture
def templated(make_world: Callable[..., World], receive: Receive) -> Callable[..., World]:
    """A world with templates of the organisation or of the role, in which Eva has written to support."""

    def templated(*, organisation: str = "", role: str = "") -> World:
        line = organisation.replace("{", "{{").replace("}", "}}")
        world = make_world(
            head=HEAD.replace("[organisation]\n", f"[organisation]\n{line}\n"),
            roles=ROLES.replace('name = "support"\n', f'name = "support"\n{role}\n', 1),
        )
        receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA, message_id="fraga@kund.test"))
        return world

    return templated


def set_at(templated: Callable[..., World], where: str, line: str) -> World:
    return templated(**{where: line})


# Whom it is from.


def test_an_answer_is_from_the_organisation_where_nothing_is_said(
    templated: Callable[..., World], receive: Receive
) -> None:
    world = templated()
    receive(world, reply(world, "Prova igen."))
    assert last(world, "relay")["From"] == "Exempel AB <info@exempel.test>"


@pytest.mark.parametrize("where", WAYS)
def test_the_first_name_shows_where_the_config_says_so(
    templated: Callable[..., World], receive: Receive, where: str
) -> None:
    world = set_at(templated, where, 'reply_name = "{first_name}, {organisation}"')
    receive(world, reply(world, "Prova igen."))
    sent = last(world, "relay")
    assert sent["From"] == '"Anna, Exempel AB" <info@exempel.test>'
    assert sent["Reply-To"].addresses[0].display_name == "Anna, Exempel AB"
    assert "anna@" not in sent.as_string().lower()


def test_a_role_says_it_in_another_way_than_the_organisation(templated: Callable[..., World], receive: Receive) -> None:
    world = templated(organisation='reply_name = "{first_name}"', role='reply_name = "{role}, {organisation}"')
    receive(world, reply(world, "Prova igen."))
    assert str(last(world, "relay")["From"]).startswith('"Produktsupport, Exempel AB"')


# What stands under it.


def test_the_member_s_own_signature_is_kept_with_the_shared_address_in_it(
    templated: Callable[..., World], receive: Receive
) -> None:
    world = templated()
    receive(world, reply(world, SIGNED))
    text = "Prova igen.\n\n-- \nAnna Berg\nProduktsupport\ninfo@exempel.test | +46 8 123 45 67"
    assert words(last(world, "relay")).strip() == text


@pytest.mark.parametrize("where", WAYS)
def test_the_configured_signature_stands_in_its_place(
    templated: Callable[..., World], receive: Receive, where: str
) -> None:
    world = set_at(templated, where, 'signature = "Hälsningar\\n{first_name}\\n{role}, {organisation}"')
    receive(world, reply(world, SIGNED))
    text = "Prova igen.\n\n-- \nHälsningar\nAnna\nProduktsupport, Exempel AB"
    assert words(last(world, "relay")).strip() == text


def test_a_role_takes_every_signature_away(templated: Callable[..., World], receive: Receive) -> None:
    world = templated(organisation='signature = "{organisation}"', role='signature = ""')
    receive(world, reply(world, SIGNED))
    assert words(last(world, "relay")).strip() == "Prova igen."


def test_a_ready_answer_stands_above_the_signature(
    templated: Callable[..., World], receive: Receive, tmp_path: Path
) -> None:
    world = templated()
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "login.md").write_text("Så här gör du.", encoding="utf-8")
    receive(world, reply(world, f"/answer login\n\n{SIGNED}"))
    assert words(last(world, "relay")).startswith("Prova igen.\n\nSå här gör du.\n\n-- \nAnna Berg\n")


def test_the_member_s_address_is_exchanged_wherever_it_is_written(
    templated: Callable[..., World], receive: Receive
) -> None:
    world = templated()
    receive(world, reply(world, "Skriv till Anna@Exempel.test eller joanna@exempel.test."))
    assert words(last(world, "relay")).strip() == "Skriv till info@exempel.test eller joanna@exempel.test."


# HTML.

PAGE = (
    '<html><body><div>Hej <b>Eva</b>,</div><ol><li>logga ut</li><li>se <a href="https://exempel.test/a">här</a></li></ol>'
    '<div><img src="cid:mine@x"><img src="https://spion.test/p.gif" width="1"></div><div>{closing}</div>'
    '<br><div class="gmail_quote"><div class="gmail_attr">Den sön 22 nov. 2026 skrev Eva via Exempel AB &lt;info@exempel.test&gt;:</div>'
    '<blockquote>── Ärende #1 ──<br>En hemlig rad.<img src="cid:theirs@x"></blockquote></div></body></html>'
)
PLAIN = (
    "Hej *Eva*,\r\n\r\n   1. logga ut\r\n   2. se här <https://exempel.test/a>\r\n\r\n[image: bild.png]\r\n{closing}\r\n\r\n"
    "Den sön 22 nov. 2026 skrev Eva via Exempel AB <info@exempel.test>:\r\n\r\n> ── Ärende #1 ──\r\n> En hemlig rad.\r\n"
)


def from_gmail(world: World, *, closing: str = "", plain: str = PLAIN, page: str = PAGE, order: str = "") -> bytes:
    """A member's answer in both, with an image of its own and one that it quotes."""
    mail_ = EmailMessage()
    mail_["From"], mail_["To"], mail_["Subject"] = ANNA, address(world), "Sv: [#1] Hjälp"
    mail_["Message-ID"] = "<svar@exempel.test>"
    mail_.set_content(order + plain.format(closing=closing))
    mail_.add_alternative(order.replace("\n", "<br>") + page.format(closing=closing), subtype="html")
    whole = mail_.get_body(("html",))
    assert whole is not None
    for cid, content in (("mine@x", PNG), ("theirs@x", PNG[::-1])):
        whole.add_related(content, "image", "png", cid=f"<{cid}>", filename="bild.png", disposition="inline")
    mail_.add_attachment(b"%PDF-1.4\n", maintype="application", subtype="pdf", filename="guide.pdf")
    return mail_.as_bytes()


def html(sent: EmailMessage) -> str:
    body = sent.get_body(("html",))
    return "" if body is None else str(body.get_content())


def parts(sent: EmailMessage) -> list[str]:
    return [one.get_content_type() for one in sent.walk()]


def test_an_answer_in_html_goes_out_in_both_with_its_own_image_beside_it(
    templated: Callable[..., World], receive: Receive
) -> None:
    world = templated()
    receive(world, from_gmail(world))
    sent = last(world, "relay")
    assert parts(sent) == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "application/pdf",
    ]  # fmt: skip
    assert '<li>se <a href="https://exempel.test/a">här</a></li>' in html(sent)
    (image,) = [one for one in sent.walk() if one.get_content_type() == "image/png"]
    assert image.get_payload(decode=True) == PNG
    assert f'src="cid:{str(image["Content-ID"]).strip("<>")}"' in html(sent)
    whole = html(sent) + words(sent)
    assert not any(word in whole for word in ("Ärende", "hemlig", "spion", "anna@", "theirs"))


def test_an_order_above_the_html_is_taken_out_of_it(templated: Callable[..., World], receive: Receive) -> None:
    world = templated()
    receive(world, from_gmail(world, order="/label x\n"))
    sent = last(world, "relay")
    assert "<li>logga ut</li>" in html(sent)
    assert "label" not in html(sent)


def test_the_configured_signature_stands_in_the_html_too(templated: Callable[..., World], receive: Receive) -> None:
    world = templated(role='signature = "{first_name} & {organisation}"')
    receive(world, from_gmail(world, closing="-- \nBerg"))
    sent = last(world, "relay")
    assert html(sent).strip().endswith("<p>-- <br>Anna &amp; Exempel AB</p></body></html>")
    assert "Berg" not in html(sent) + words(sent)


def test_html_that_says_something_else_does_not_go_out(templated: Callable[..., World], receive: Receive) -> None:
    world = templated()
    receive(world, from_gmail(world, page=PAGE.replace("logga ut", "betala till konto 2")))
    assert "text/html" not in parts(last(world, "relay"))


def test_an_image_of_the_sender_does_not_come_back_where_the_html_cannot_be_cut(
    templated: Callable[..., World], receive: Receive
) -> None:
    world = templated()
    theirs = EmailMessage()
    theirs["From"], theirs["To"], theirs["Subject"] = EVA, address(world, Way.SENDER), "Sv: [#1] Hjälp"
    theirs.set_content('<p>Se bilden.</p><img src="cid:theirs@x">', subtype="html")
    theirs.add_related(PNG[::-1], "image", "png", cid="<theirs@x>", disposition="inline")
    receive(world, theirs.as_bytes())
    receive(world, from_gmail(world, page=PAGE.replace("logga ut", "något annat")))
    sent = last(world, "relay")
    assert [one.get_filename() for one in sent.iter_attachments()] == ["bild.png", "guide.pdf"]
    assert next(iter(sent.iter_attachments())).get_content() == PNG


def test_an_answer_below_the_quotation_goes_out_as_text(templated: Callable[..., World], receive: Receive) -> None:
    world = templated()
    wrote = "Den sön 22 nov. 2026 skrev Eva via Exempel AB &lt;info@exempel.test&gt;:"
    page = f"<div>{wrote}<blockquote>Kan inte logga in.</blockquote></div><div>Prova igen.</div>"
    plain = f"{wrote.replace('&lt;', '<').replace('&gt;', '>')}\n> Kan inte logga in.\n\nProva igen.\n"
    receive(world, from_gmail(world, page=page, plain=plain))
    sent = last(world, "relay")
    assert words(sent).strip() == "Prova igen."
    assert "text/html" not in parts(sent)


def test_a_signed_address_that_a_link_hides_does_not_go_out(templated: Callable[..., World], receive: Receive) -> None:
    world = templated()
    hidden = f'<a href="mailto:{address(world).replace("@", "%40")}">här</a>'
    receive(world, from_gmail(world, page=PAGE.replace('<a href="https://exempel.test/a">här</a>', hidden)))
    sent = last(world, "relay")
    assert "info+r" not in sent.as_string()
    assert "text/html" not in parts(sent)


# Forgetting nothing and leaking nothing.


def test_an_answer_that_repeats_the_block_is_not_sent_and_the_member_is_told(
    templated: Callable[..., World], receive: Receive
) -> None:
    world = templated()
    receive(world, reply(world, "Se nedan.\n\n── Ärende #1 ─────\nFrån: Eva"))
    assert outbox(world, "relay") == []
    assert "for us alone" in told(world, "command-refused")


@pytest.mark.parametrize("setting", ["", "[cases]\nforward_absences = true\n"])
def test_an_out_of_office_is_forwarded_where_the_config_says_so(
    make_world: Callable[..., World], receive: Receive, setting: str
) -> None:
    world = make_world(more=setting)
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA, message_id="fraga@kund.test"))
    receive(world, reply(world, "Prova igen."))
    away = "Auto-Submitted: auto-replied\r\n"
    receive(world, mail("Autosvar", "Åter 7 december.", sender=EVA, to=address(world, Way.SENDER), headers=away))
    assert len(outbox(world, "forward")) == (2 if setting else 1)
    assert told(world, "joined").startswith("auto-reply")


def test_a_signature_of_the_sender_still_verifies_in_what_the_role_gets(
    templated: Callable[..., World], receive: Receive, tmp_path: Path
) -> None:
    world = templated()
    key, certificate, said = (tmp_path / name for name in ("key.pem", "cert.pem", "said"))
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        key,
        "-out",
        certificate,
        "-days",
        "9999",
        "-subj",
        "/CN=Eva",
    )
    said.write_bytes(
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nHej  \r\n\tf\xc3\xb6r alltid. Kan inte logga in.\r\n"
    )
    signed = openssl("smime", "-sign", "-in", said, "-signer", certificate, "-inkey", key, "-crlfeol")
    head = f"From: {EVA}\r\nTo: info@exempel.test\r\nSubject: Signerat\r\nMessage-ID: <signerat@kund.test>\r\n"
    receive(world, head.encode() + signed)
    forward = last(world, "forward", number=2)
    (own,) = [one for one in forward.walk() if one.get_content_type() == "multipart/signed"]
    raw = bytes_of(world, forward)
    begins = raw.index(b"Content-Type: multipart/signed")
    boundary = str(forward.get_boundary())
    entity = tmp_path / "entity"
    entity.write_bytes(b"MIME-Version: 1.0\r\n" + raw[begins : raw.rindex(f"\r\n--{boundary}--".encode())])
    assert own.get_param("protocol") is not None
    assert b"r alltid." in openssl("smime", "-verify", "-in", entity, "-CAfile", certificate, "-noverify")
    entity.write_bytes(entity.read_bytes().replace(b"alltid", b"aldrig"))
    with pytest.raises(subprocess.CalledProcessError):
        openssl("smime", "-verify", "-in", entity, "-CAfile", certificate, "-noverify")


def openssl(*arguments: object) -> bytes:
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=True).stdout


def bytes_of(world: World, sent: EmailMessage) -> bytes:
    """A mail that waits, as the octets that go out."""
    from inflow.mail.compose import Outgoing, render
    from inflow.store import deliveries, messages

    with world.database.writing() as connection:
        due = deliveries.claim(connection, owner="t", now=world.now(), limit=99)
        (one,) = [one for one in due if f"<{one.message_id}>" == sent["Message-ID"]]
        raw = render(Outgoing.of_json(one.outgoing), messages.raw(connection, one.source or 0))
        connection.rollback()
    return raw
