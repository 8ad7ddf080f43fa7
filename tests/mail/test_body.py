# ruff: noqa: E501 - letters stand as they were sent
import pytest

from inflow.mail.body import unflow
from inflow.mail.charsets import decode
from inflow.mail.html import html_text
from inflow.mail.parse import parse
from tests.mail.letters import letter, multipart, read

PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"
HTML = "Content-Type: text/html; charset=utf-8\n\n"


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "iso-8859-1"),
        ("windows-1252", "cp1252"),
        ("us-ascii", "iso-8859-1"),
        ("us-ascii", "utf-8"),
        ("utf-8", "iso-8859-1"),
        ("iso-8859-1", "utf-8"),
        ("x-unknown", "cp1252"),
        ("finns-inte", "utf-8"),
        ("", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-7", "utf-7"),
        ("IBM850", "cp850"),
    ],
)
def test_swedish_letters_survive_every_declaration(declared: str, real: str) -> None:
    words = "Räksmörgåsen på Öland är försenad, säger Åsa."
    field = f"Content-Type: text/plain; charset={declared}" if declared else "X-None: 1"
    assert read(field, body=words.encode(real)).text == words


def test_a_wrong_charset_is_told() -> None:
    assert any(
        "utf-8" in defect
        for defect in read("Content-Type: text/plain; charset=utf-8", body="på ön i går".encode("latin-1")).defects
    )


def test_one_bad_byte_does_not_spoil_the_rest() -> None:
    assert decode("åäö åäö åäö ".encode() + b"\x96 slut", "utf-8")[0] == "åäö åäö åäö – slut"


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Frågan från Göran gäller Öland", "cp1252"),
        ("Ärendet gäller Åsa på lagret", "cp850"),
        ("Frågan från Göran gäller Öland", "mac_roman"),
        ("Spørsmålet gjelder Øyvind på lageret", "iso-8859-1"),
        ("Zażółć gęślą jaźń, proszę o pomoc z fakturą", "cp1250"),
        ("Zażółć gęślą jaźń, proszę o pomoc z fakturą", "iso-8859-2"),
        ("Привет, у меня вопрос", "koi8-r"),
        ("Привет, у меня вопрос", "cp1251"),
        ("Καλημέρα σας, έχω μια ερώτηση", "iso-8859-7"),
        ("こんにちは、元気ですか。", "cp932"),
        ("你好，我有一个问题", "gb18030"),
    ],
)
def test_a_short_text_without_any_declaration_is_guessed(text: str, charset: str) -> None:
    assert decode(text.encode(charset), "")[0] == text


def test_other_scripts_are_guessed() -> None:
    russian = "Здравствуйте, у меня не работает принтер на третьем этаже. Помогите, пожалуйста." * 3
    assert decode(russian.encode("cp1251"), "")[0] == russian


def test_the_plain_alternative_is_read() -> None:
    kind, body = multipart("alternative", PLAIN + "klartext", HTML + "<p>html</p>")
    message = read(kind, body=body)
    assert (message.text, message.attachments) == ("klartext", ())


def test_an_empty_plain_alternative_gives_way_to_html() -> None:
    kind, body = multipart("alternative", PLAIN + " \n", HTML + "<p>Bara här</p>")
    assert read(kind, body=body).text == "Bara här"


def test_several_text_parts_are_read_in_order() -> None:
    kind, body = multipart("mixed", PLAIN + "ett", "Content-Type: image/png\n\nx", PLAIN + "två")
    message = read(kind, body=body)
    assert message.text == "ett\n\ntvå"
    assert [one.content_type for one in message.attachments] == ["image/png"]


def test_a_signed_mail_is_read() -> None:
    kind, body = multipart("signed", PLAIN + "signerat", "Content-Type: application/pgp-signature\n\nx")
    message = read(kind, body=body)
    assert (message.text, message.protection) == ("signerat", "signed")


def test_an_encrypted_mail_says_so() -> None:
    kind, body = multipart(
        "encrypted",
        "Content-Type: application/pgp-encrypted\n\nVersion: 1",
        "Content-Type: application/octet-stream\n\nx",
    )
    message = read(kind, body=body)
    assert message.protection == "encrypted"
    assert "encrypted: the text cannot be read here" in message.defects


def test_clear_signed_text_loses_its_armour() -> None:
    armour = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHej\n- - en lista\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    message = read(body=armour)
    assert message.text.strip() == "Hej\n- en lista"


def test_an_opaque_signature_is_opened() -> None:
    inner = b"From: chef@exempel.test\nContent-Type: text/plain; charset=utf-8\n\nInnanf\xc3\xb6r"
    octets = b"\x04" + bytes([len(inner)]) + inner
    der = bytes.fromhex("06092a864886f70d010701") + b"\xa0" + bytes([len(octets)]) + octets
    message = read(
        "Content-Type: application/pkcs7-mime; smime-type=signed-data", "Subject: Skal", body=b"\x30\x80" + der
    )
    assert (message.text, message.subject) == ("Innanför", "Skal")
    assert [one.address for one in message.from_] == ["anna@kund.test"]


def test_text_only_in_an_attached_mail_is_read() -> None:
    inner = "Content-Type: message/rfc822\n\nSubject: inuti\n\nDet egentliga innehållet"
    kind, body = multipart("mixed", inner)
    message = read(kind, body=body)
    assert message.text == "Det egentliga innehållet"
    assert message.attachments[0].content_type == "message/rfc822"


def test_text_only_in_an_attachment_is_read() -> None:
    kind, body = multipart(
        "mixed", "Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nbara bilaga"
    )
    message = read(kind, body=body)
    assert (message.text, message.attachments[0].filename) == ("bara bilaga", "a.txt")


def test_a_multipart_that_never_closes_is_read() -> None:
    message = read("Content-Type: multipart/mixed; boundary=b", body=f"--b\n{PLAIN}öppet slut")
    assert message.text == "öppet slut"
    assert message.defects


def test_a_multipart_without_a_boundary_is_read() -> None:
    message = read("Content-Type: multipart/mixed", body=f"--hemlig\n{PLAIN}gissad gräns\n--hemlig--\n")
    assert message.text == "gissad gräns"


@pytest.mark.parametrize("encoding", ["quoted-printable", "QUOTED-PRINTABLE ", "base64", "8bit", "x-okänd"])
def test_transfer_encodings(encoding: str) -> None:
    bodies = {"quoted-printable": b"Hej p=C3=A5=\n dig", "base64": b"SGVqIHDDpSBkaWc="}
    body = bodies.get(encoding.strip().lower(), "Hej på dig".encode())
    assert parse(letter(f"Content-Transfer-Encoding: {encoding}", body=body)).text == "Hej på dig"


def test_flowed_text_becomes_paragraphs() -> None:
    assert (
        unflow("Hej \ndu \nglade.\n> citat \n> som går vidare\n-- \nAnna")
        == "Hej du glade.\n> citat som går vidare\n-- \nAnna"
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hej</p><p>du</p>", "Hej\n\ndu"),
        ("Hej<br>du", "Hej\ndu"),
        ("<ul><li>ett<li>två</ul>", "* ett\n* två"),
        ("<ol><li>ett</li><li>två</li></ol>", "1. ett\n2. två"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a\tb\nc\td"),
        ("<a href='https://x.test/a'>här</a>", "här <https://x.test/a>"),
        ("<a href='https://x.test/'>https://x.test</a>", "https://x.test"),
        ("<a href='mailto:a@x.test'>a@x.test</a>", "a@x.test"),
        ("<div style='display:none'>lockbete</div>Hej", "Hej"),
        ("<style>p{}</style><script>x</script><title>t</title>Hej", "Hej"),
        ("<img src='https://spår.test/x.gif' width=1>Hej", "Hej"),
        ("a&nbsp;&aring;&#8364;", "a å€"),
        ("<blockquote>förr</blockquote>nu", "> förr\n\nnu"),
        ("<pre>  a\n    b</pre>", "  a\n    b"),
        ("   ", ""),
        ("", ""),
        ("<p>trasig <b>html <i>här", "trasig html här"),
    ],
)
def test_html_reads_as_a_person_sees_it(html: str, text: str) -> None:
    assert html_text(html) == text


def test_the_charset_of_html_may_stand_inside() -> None:
    body = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>привет</p>'.encode("koi8-r")
    assert read("Content-Type: text/html", body=body).text == "привет"
