"""The HTML of a reply is cut to what is new, or there is none: whatever a client writes, nothing else goes out."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inflow.mail.answer import exchanged
from inflow.mail.page import letters, shown
from inflow.mail.parse import parse
from inflow.mail.rich import Rich, rich

ANNA, OURS = "anna@exempel.test", "info@exempel.test"
OUTLOOK = (
    '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>Från:</b> Eva via Exempel AB &lt;info@exempel.test&gt;<br>'
    "<b>Skickat:</b> den 22 november 2026 10:00<br><b>Till:</b> support@exempel.test<br><b>Ämne:</b> Hjälp</p></div></div>"
)
GMAIL = '<br><div class="gmail_quote"><div class="gmail_attr">On Sun, Nov 22, 2026 Eva &lt;info@exempel.test&gt; wrote:<br></div>'
BLOCK = '<blockquote><p>── Ärende #1 ──</p><p>Från: Eva</p><img src="cid:theirs@x"></blockquote></div>'


def html(page: str, plain: str = "") -> bytes:
    """A mail of a member in HTML alone, or in plain text and HTML."""
    head = f"From: Anna <{ANNA}>\r\nSubject: Sv: Hjälp\r\nMIME-Version: 1.0\r\n".encode()
    part = f"Content-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n".encode()
    if not plain:
        return head + part
    text = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{plain}\r\n".encode()
    kind = b"Content-Type: multipart/alternative; boundary=b\r\n\r\n"
    return head + kind + b"--b\r\n" + text + b"--b\r\n" + part + b"--b--\r\n"


def cut(raw: bytes, said: str | None = None) -> Rich | None:
    """What goes out of it when `said` is what is said: all that is new, where that is not given."""
    new = parse(raw).reply_text
    return rich(
        raw,
        new if said is None else said,
        new=new,
        exchange=lambda text: exchanged(text, ANNA, OURS),
        images=("mine@x", "theirs@x"),
        mark="m@exempel.test",
    )


def kept(page: str, plain: str = "", said: str | None = None) -> str:
    found = cut(html(page, plain), said)
    assert found is not None
    return found.html


@pytest.mark.parametrize("history", [OUTLOOK + BLOCK, GMAIL + BLOCK, ""], ids=["Outlook", "Gmail", "none"])
def test_the_new_part_keeps_its_form_and_the_history_is_gone(history: str) -> None:
    found = kept(f'<div><p style="color:red">Hej <b>Eva</b>,</p><p>prova <i>igen</i>.</p></div>{history}')
    assert found == '<div><p style="color:red">Hej <b>Eva</b>,</p><p>prova <i>igen</i>.</p></div>'


QUOTED = "<div>── Ärende #1 ──</div><div>Från: Eva</div><div>En hemlig rad.</div>"
CLIENTS = {
    "Apple Mail": (
        '<html><body style="overflow-wrap: break-word">Hej <b>Eva</b>,<div><br></div><div>prova igen.<br>'
        '<div><br><blockquote type="cite"><div>22 nov. 2026 kl. 10:00 skrev Eva via Exempel AB &lt;info@exempel.test&gt;:</div><br>'
        f'<div>{QUOTED}</div></blockquote></div><br></div></body></html>'
    ),
    "iPhone": (
        '<html><body dir="auto">Hej <b>Eva</b>,<div>prova igen.<br><br><div dir="ltr">Skickat från min iPhone</div><div dir="ltr"><br>'
        f'<blockquote type="cite">22 nov. 2026 kl. 10:00 skrev Eva via Exempel AB &lt;info@exempel.test&gt;:<br><br></blockquote></div>'
        f'<blockquote type="cite"><div dir="ltr">{QUOTED}</div></blockquote></div></body></html>'
    ),
    "Outlook on the web": (
        '<html><head><style>P {margin:0}</style></head><body><div class="elementToProof">Hej <b>Eva</b>,</div>'
        '<div class="elementToProof">prova igen.</div><div id="appendonsend"></div><hr style="width:98%">'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>Från:</b> Eva via Exempel AB &lt;info@exempel.test&gt;<br>'
        f'<b>Skickat:</b> den 22 november 2026 10:00<br><b>Till:</b> Support<br><b>Ämne:</b> Hjälp</font></div>{QUOTED}</body></html>'
    ),
    "Outlook": (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><!--[if gte mso 9]><xml></xml><![endif]--></head><body lang="SV">'
        '<div class="WordSection1"><p class="MsoNormal">Hej <b>Eva</b>,<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        f'<p class="MsoNormal">prova igen.<o:p></o:p></p>{OUTLOOK}{QUOTED}</div></body></html>'
    ),
    "Thunderbird": (
        '<html><head><meta http-equiv="Content-Type" content="text/html"></head><body><p>Hej <b>Eva</b>,</p><p>prova igen.<br></p>'
        '<div class="moz-cite-prefix">Den 2026-11-22 kl. 10:00, skrev Eva via Exempel AB:<br></div>'
        f'<blockquote type="cite" cite="mid:x@y">{QUOTED}</blockquote></body></html>'
    ),
}  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS)
def test_what_a_client_writes_is_cut_where_the_history_begins(client: str) -> None:
    found = kept(CLIENTS[client])
    assert letters(shown(found)) == "HejEvaprovaigen"
    assert "<b>Eva</b>" in found


def test_orders_at_the_top_are_gone() -> None:
    found = kept("<div>/label x<br>/close</div><div><br></div><div>/close, sade hon.</div>", said="/close, sade hon.")
    assert shown(found).strip() == "/close, sade hon."


def test_a_signature_that_is_replaced_is_gone() -> None:
    page = "<p>Prova igen.</p><p>-- </p><p>Anna Berg<br>Support</p>" + OUTLOOK
    assert shown(kept(page)).strip() == "Prova igen."


def test_the_address_of_the_member_is_exchanged_in_words_and_links() -> None:
    found = kept(
        '<p>Hej.</p><p>-- </p><p>Anna<br><a href="mailto:Anna@exempel.test">anna@exempel.test</a></p>',
        said=f"Hej.\n-- \nAnna\n{OURS}",
    )
    assert ANNA not in found.lower()
    assert f'href="mailto:{OURS}"' in found


def test_an_address_that_hides_in_an_encoded_link_is_no_html_at_all() -> None:
    assert cut(html('<p>Skriv <a href="mailto:anna%40exempel.test">hit</a></p>')) is None


def test_an_image_of_the_member_stays_and_those_of_the_history_and_of_the_net_do_not() -> None:
    page = (
        '<p>Se bilden:</p><p><img src="cid:mine@x" alt="bild"><img src="https://spion.test/p.gif" width="1"></p>'
        + GMAIL
        + BLOCK
    )
    found = cut(html(page))
    assert found is not None
    assert found.shows == {"1.m@exempel.test": "mine@x"}
    assert found.left == {"theirs@x"}
    assert 'src="cid:1.m@exempel.test"' in found.html
    assert "spion" not in found.html


@pytest.mark.parametrize(
    "unsafe",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        "<iframe src='https://evil.test'></iframe>",
        '<p style="background:url(https://spion.test/)">x</p>',
        '<form action="https://evil.test"><input value="x"></form>',
        '<meta http-equiv="refresh" content="0;url=https://evil.test">',
        '<link rel="stylesheet" href="https://spion.test/s.css">',
        "<style>@import url(https://spion.test/s.css)</style>",
        "<!--[if mso]><p>evil</p><![endif]-->",
        '<svg><image href="https://spion.test/p.gif"/></svg>',
        '<base href="https://evil.test/">',
    ],
)
def test_what_could_run_or_call_home_does_not_go_out(unsafe: str) -> None:
    found = cut(html(f"<p>Hej.</p>{unsafe}<p>Prova igen.</p>"))
    assert found is None or not any(word in found.html for word in ("evil", "spion", "alert", "onerror"))


def test_words_that_the_plain_text_does_not_say_are_no_html_at_all() -> None:
    assert cut(html("<p>Betala till konto 2.</p>", plain="Prova igen.")) is None
    assert cut(html("<p>Prova <span style='display:none'>inte</span> igen.</p>", plain="Prova igen.")) is None


def test_hidden_words_below_the_new_text_do_not_go_out() -> None:
    assert shown(kept("<p>Hej.</p><p style='display:none'>── Ärende #1 ──</p>", plain="Hej.")) == "Hej."


def test_lists_links_and_images_that_plain_text_writes_out_are_the_same_words() -> None:
    page = '<ol><li>ett</li><li>se <a href="https://exempel.test/a">här</a></li></ol><p><img src="cid:mine@x"></p>'
    plain = "1. ett\r\n2. se här <https://exempel.test/a>\r\n\r\n[image: bild.png]"
    assert "<li>ett</li>" in kept(page, plain)


def test_an_emoji_alone_in_its_line_stays() -> None:
    assert "😀" in kept("<div>Tack!</div><div>😀</div>", plain="Tack!\r\n😀")


def test_without_html_there_is_none() -> None:
    assert cut(b"From: anna@exempel.test\r\n\r\nHej.\r\n") is None


def test_a_page_of_depth_and_length_costs_little_and_never_raises() -> None:
    cut(html("<div>" * 5000 + "Hej." + "</div>" * 5000))
    cut(html("<p>Hej.</p>" * 50_000))


PIECES = st.sampled_from(
    [
        "Hej", " ", "Eva.", "<p>", "</p>", "<b>", "</b>", "<br>", "<blockquote>", "</blockquote>", "<table><tr><td>", "</table>",
        "<!--", "-->", "-- ", "&gt; ", "&lt;", "Från: Eva", "hemligt", '<img src="cid:mine@x">', '<img src="cid:theirs@x">',
        "<div id=appendonsend></div>", "On Sun, Nov 22, 2026 Eva wrote:", f" {ANNA} ", "<a href='mailto:anna@exempel.test'>", "</a>",
        "── Ärende #1 ──", "\n", "😀",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25), st.text(max_size=20))
@example(["<p>", "Hej", "</p>", "<p>", "hemligt"], "Hej")
def test_whatever_the_html_says_what_goes_out_says_the_words_and_nothing_else(pieces: list[str], plain: str) -> None:
    for raw in (html("".join(pieces)), html("".join(pieces), plain=plain or "Hej")):
        found = cut(raw)
        if found is not None:
            said = re.sub(r"<mailto:[^>\s]*>", "", exchanged(parse(raw).reply_text, ANNA, OURS))
            assert letters(shown(found.html)) in letters(said)
            assert exchanged(shown(found.html), ANNA, "") == shown(found.html)
            assert "theirs@x" not in found.html
