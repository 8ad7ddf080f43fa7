# ruff: noqa: E501 - letters stand as they were sent
import pytest

from inflow.mail.html import html_text
from inflow.mail.quotes import new_text, whole_text
from tests.mail.letters import read

NEW = "Tack, nu fungerar det."
OLD = "> Hej, vi tittar på saken.\n> Info"


@pytest.mark.parametrize(
    "introduction",
    [
        "Den mån 23 nov. 2026 kl 10:11 skrev Info Test <info@exempel.test>:",
        "mån 23 nov. 2026 kl. 10:11 skrev Info Test <info@exempel.test>:",
        "Den 2026-11-23 kl. 10:11, skrev Info Test:",
        "2026-11-23 10:11 skrev Info Test:",
        "23 nov. 2026 kl. 10:11 skrev Info Test <info@exempel.test>:",
        "Info Test <info@exempel.test> skrev: (23 november 2026 10:11:12 CET)".replace(": (23", " den (23") + ":",
        "On Mon, Nov 23, 2026 at 10:11 AM Info Test <info@exempel.test> wrote:",
        "On Mon, Nov 23, 2026 at 10:11 AM Info Test\n<info@exempel.test> wrote:",
        "On Mon, Nov 23, 2026 at 10:11 AM Info Test <\ninfo@exempel.test> wrote:",
        "On 23/11/2026 10:11, Info Test wrote:",
        "Info Test <info@exempel.test> wrote:",
        "man. 23. nov. 2026 kl. 10:11 skrev Info Test <info@exempel.test>:",
        "Den 23.11.2026 10:11, skrev Info Test:",
        "Den man. 23. nov. 2026 kl. 10.11 skrev Info Test <info@exempel.test>:",
        "ma 23. marrask. 2026 klo 10.11 Info Test (info@exempel.test) kirjoitti:",
        "Info Test kirjoitti 23.11.2026 klo 10.11:",
        "Am Mo., 23. Nov. 2026 um 10:11 Uhr schrieb Info Test <info@exempel.test>:",
        "Am 23.11.26 um 10:11 schrieb Info Test:",
        "Le lun. 23 nov. 2026 à 10:11, Info Test <info@exempel.test> a écrit :",
        "Op ma 23 nov 2026 om 10:11 schreef Info Test <info@exempel.test>:",
        "Op 23 nov. 2026 om 10:11 heeft Info Test <info@exempel.test> het volgende geschreven:",
        "El lun, 23 nov 2026 a las 10:11, Info Test (<info@exempel.test>) escribió:",
        "pon., 23 lis 2026 o 10:11 Info Test <info@exempel.test> napisał(a):",
        "W dniu 23.11.2026 o 10:11, Info Test pisze:".replace("pisze", "napisał"),
        "Il giorno lun 23 nov 2026 alle ore 10:11 Info Test <info@exempel.test> ha scritto:",
        "Em seg., 23 de nov. de 2026 às 10:11, Info Test <info@exempel.test> escreveu:",
        "2026-11-23 10:11 GMT+01:00 Info Test <info@exempel.test>:",
        "Dňa po 23. 11. 2026 o 10:11 Info Test <info@exempel.test> napísal(a):",
        "Στις Δευ 23 Νοε 2026 στις 10:11 Info Test <info@exempel.test> έγραψε:",
    ],
)
def test_what_programs_write_above_a_quotation_goes_with_it(introduction: str) -> None:
    assert new_text(f"{NEW}\n\n{introduction}\n\n{OLD}") == NEW
    assert new_text(f"{NEW}\n\n> {introduction.replace(chr(10), chr(10) + '> ')}\n>\n{OLD}") == NEW


@pytest.mark.parametrize(
    "block",
    [
        "Från: Info <info@exempel.test>\nSkickat: den 23 november 2026 10:11\nTill: Anna\nÄmne: SV: Skrivare",
        "From: Info <info@exempel.test>\nSent: Monday, November 23, 2026 10:11 AM\nTo: Anna\nCc: Bo\nSubject: RE: Printer",
        "*Från:* Info\n*Skickat:* den 23 november\n*Till:* Anna\n*Ämne:* Skrivare",
        "Fra: Info <info@exempel.test>\nSendt: mandag 23. november 2026 10:11\nTil: Anna\nEmne: SV: Skriver",
        "Lähettäjä: Info\nLähetetty: maanantai 23. marraskuuta 2026 10.11\nVastaanottaja: Anna\nAihe: VS: Tulostin",
        "Von: Info\nGesendet: Montag, 23. November 2026 10:11\nAn: Anna\nBetreff: AW: Drucker",
        "De : Info\nEnvoyé : lundi 23 novembre 2026 10:11\nÀ : Anna\nObjet : RE: Imprimante",
        "Van: Info\nVerzonden: maandag 23 november 2026 10:11\nAan: Anna\nOnderwerp: RE: Printer",
        "De: Info\nEnviado: lunes, 23 de noviembre de 2026 10:11\nPara: Anna\nAsunto: RE: Impresora",
        "Od: Info\nWysłano: poniedziałek, 23 listopada 2026 10:11\nDo: Anna\nTemat: RE: Drukarka",
        "Da: Info\nInviato: lunedì 23 novembre 2026 10:11\nA: Anna\nOggetto: R: Stampante",
        "De: Info\nEnviada: x\nEnviado em: segunda-feira, 23 de novembro de 2026 10:11\nPara: Anna\nAssunto: RES: Impressora".replace(
            "Enviada: x\n", ""
        ),
        "-----Ursprungligt meddelande-----\nFrån: Info\nSkickat: i går\nTill: Anna\nÄmne: x",
        "-------- Originalmeddelande --------",
        "##- Skriv ditt svar ovanför denna rad -##",
        "##- Please type your reply above this line -##",
        "________________________________\nFrån: Info\nSkickat: i går\nTill: Anna\nÄmne: x",
    ],
)
def test_outlook_s_block_and_all_below_it_goes(block: str) -> None:
    assert new_text(f"{NEW}\n\n{block}\n\nHej, vi tittar på saken.\n\nInfo") == NEW


@pytest.mark.parametrize(
    "line",
    [
        "Skickat från min iPhone",
        "Skickades från Outlook för Android",
        "Skickat från E-post för Windows",
        "Hämta Outlook för iOS<https://aka.test/x>",
        "Sent from my iPhone",
        "Sent from my Samsung Galaxy smartphone.",
        "Get Outlook for Android",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Verzonden vanaf mijn iPhone",
        "Enviado desde mi iPhone",
        "Wysłane z iPhone'a",
        "Inviato da iPhone",
        "Enviado do meu iPhone",
    ],
)
def test_what_phones_sign_with_goes(line: str) -> None:
    assert new_text(f"{NEW}\n\n{line}\n") == NEW


def test_a_signature_below_its_delimiter_goes() -> None:
    assert new_text(f"{NEW}\n\n-- \nAnna Test\nKund AB\n") == NEW


def test_a_closing_with_contact_details_goes_and_a_name_alone_stays() -> None:
    assert new_text(f"{NEW}\n\nMed vänlig hälsning\n\nAnna Test\nKund AB\nTel 08-123 45 67") == NEW
    assert new_text(f"{NEW}\n\nMvh\nAnna") == f"{NEW}\n\nMvh\nAnna"


def test_a_disclaimer_at_the_end_goes() -> None:
    notice = "This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the addressee, delete it."
    assert new_text(f"{NEW}\n\n{notice}\n") == NEW


def test_a_line_that_looks_like_a_label_is_no_part_of_the_block_below_it() -> None:
    block = "Från: Info <info@exempel.test>\nSkickat: i går\nTill: Anna\nÄmne: x\n\nVi tittar."
    assert new_text(f"Order: 17\nDatum: 2026-11-23\n\n{block}") == "Order: 17\nDatum: 2026-11-23"


def test_a_list_above_an_introduction_is_kept() -> None:
    text = f"Jag behöver:\n\n1. Skruv\n2. Mutter\n\nInfo Test kirjoitti 23.11.2026 klo 10.11:\n\n{OLD}"
    assert new_text(text) == "Jag behöver:\n\n1. Skruv\n2. Mutter"


def test_answers_between_the_quotations_are_kept() -> None:
    text = (
        "Hej!\n\nDen 2026-11-23 10:11, skrev Info:\n> Vilken skrivare?\n\nDen på plan tre.\n\n> Sedan när?\n\nI går.\n"
    )
    reply = new_text(text)
    assert all(word in reply for word in ("Hej!", "Den på plan tre.", "I går."))
    assert "skrev Info" not in reply


def test_quotations_a_person_made_are_kept() -> None:
    text = "Du skrev\n\n> allt går bra\n\nmen det gör det inte."
    assert new_text(text) == text


@pytest.mark.parametrize(
    "forward",
    [
        "---------- Forwarded message ---------\nFrån: Bo <bo@kund.test>\nDate: mån 23 nov. 2026\nSubject: Hjälp\nTo: anna\n\nMin skrivare brinner.",
        "-------- Vidarebefordrat meddelande --------\nÄmne: Hjälp\nDatum: i går\nFrån: Bo\nTill: Anna\n\nMin skrivare brinner.",
        "Begin forwarded message:\n\n> From: Bo <bo@kund.test>\n> Subject: Hjälp\n> Date: 23 November 2026\n> To: Anna\n> \n> Min skrivare brinner.",
        "Vidarebefordrat brev:\n\nMin skrivare brinner.",
    ],
)
def test_the_content_of_a_forward_is_kept(forward: str) -> None:
    assert "Min skrivare brinner." in new_text(f"Kan ni ta den här?\n\n{forward}")
    assert "Min skrivare brinner." in new_text(forward)


def test_the_subject_may_say_that_it_is_a_forward() -> None:
    body = "Se nedan.\n\nFrån: Bo <bo@kund.test>\nSkickat: i går\nTill: Anna\nÄmne: Hjälp\n\nMin skrivare brinner."
    assert "brinner" in read("Subject: VB: Hjälp", body=body).reply_text
    assert "brinner" not in read("Subject: SV: Hjälp", body=body).reply_text
    assert "brinner" not in read("Subject: Re: Fwd: Hjälp", body=body).reply_text


def test_vs_is_a_forward_in_norwegian_and_an_answer_in_finnish() -> None:
    norwegian = "Se under.\n\nFra: Bo <bo@kund.test>\nSendt: i går\nTil: Anna\nEmne: x\n\nSkriveren brenner."
    finnish = (
        "Kiitos!\n\nLähettäjä: Bo <bo@kund.test>\nLähetetty: eilen\nVastaanottaja: Anna\nAihe: x\n\nTulostin palaa."
    )
    assert "brenner" in read("Subject: VS: x", body=norwegian).reply_text
    assert read("Subject: VS: x", body=finnish).reply_text == "Kiitos!"


@pytest.mark.parametrize(
    "text",
    [
        "Den här rutinen skrev Anna:\nsteg ett\nsteg två",
        "Till: alla\nDatum: fredag\nVi ses då.",
        "Hej!\nJag fick 10:30 en tid: fredag.\nPasser det?",
        "On the other hand:\nit works",
        "```\n-- \nFrom: x\nSent: y\nTo: z\nSubject: w\n```\nSå ser koden ut.",
        "Vi skrev 2026-11-20 till er om fakturan. Svar önskas.",
        "Artiklar:\n----\n1. Skruv\n2. Mutter\n\n----\nTack för hjälpen!\nVi återkommer.\n\nHa det\nså länge\n\noch så\nvidare\n\nallihop\n\nhej",
        "> bara ett citat",
    ],
)
def test_what_only_looks_like_history_is_kept(text: str) -> None:
    assert new_text(text) == text


def test_the_whole_is_kept_beside_the_new() -> None:
    message = read(body=f"{NEW}\n\nDen 2026-11-23 10:11, skrev Info:\n{OLD}\n")
    assert message.reply_text == NEW
    assert "vi tittar på saken" in message.text


@pytest.mark.parametrize(
    "html",
    [
        "<div>Tack, nu fungerar det.</div><div class='gmail_quote'><div class='gmail_attr'>Den mån 23 nov. 2026 kl 10:11 skrev Info &lt;<a href='mailto:i@x.test'>i@x.test</a>&gt;:<br></div><blockquote>Vi tittar.</blockquote></div>",
        "<p>Tack, nu fungerar det.</p><div id='appendonsend'></div><hr><div id='divRplyFwdMsg'><b>Od:</b> Info</div><div>Vi tittar.</div>",
        "<p>Tack, nu fungerar det.</p><div><div style='border-top:solid #E1E1E1 1pt'><p><b>Från:</b> Info<br><b>Skickat:</b> i går<br><b>Till:</b> Anna<br><b>Ämne:</b> x</p></div></div><p>Vi tittar.</p>",
        "<p>Tack, nu fungerar det.</p><div class='moz-cite-prefix'>Den 2026-11-23 kl. 10:11, skrev Info:<br></div><blockquote type='cite'>Vi tittar.</blockquote>",
        "<div>Tack, nu fungerar det.<br><br>Skickat från min iPhone</div><div><br><blockquote type='cite'>23 nov. 2026 kl. 10:11 skrev Info &lt;i@x.test&gt;:</blockquote></div><blockquote type='cite'>Vi tittar.</blockquote>",
    ],
)
def test_the_structure_of_html_tells_history_too(html: str) -> None:
    message = read("Content-Type: text/html; charset=utf-8", body=html)
    assert message.reply_text == NEW
    assert "Vi tittar." in message.text
    assert message.text == whole_text(html_text(html))
