# ruff: noqa: E501 - what programs write stands as they write it
"""What mail programs write around answers and forwards in twelve languages: the lines that tests put together."""

from dataclasses import dataclass

WHO = "Info Test"
AT = "info@exempel.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language: `new` and `old` are what people wrote, all else is written by programs."""

    new: str
    old: str
    answers: tuple[str, str]
    introductions: tuple[str, ...]
    labels: tuple[str, str, str, str, str, str]  # From, Sent, Date, To, Cc, Subject
    date: str
    original: tuple[str, ...]
    phones: tuple[str, ...]
    forwards: tuple[str, ...]
    forward_prefix: str
    closing: str
    space: str = ""


LANGUAGES = {
    "sv": Words(
        new="Tack, nu fungerar det igen.",
        old="Hej, vi tittar på saken.",
        answers=("Den på plan tre.", "Sedan i går."),
        introductions=(
            f"Den mån 23 nov. 2026 kl 10:11 skrev {WHO} <{AT}>:",
            f"23 nov. 2026 kl. 10:11 skrev {WHO} <{AT}>:",
            f"Den 2026-11-23 kl. 10:11, skrev {WHO}:",
            f"Den måndag 23 november 2026 10:11:12 CET skrev {WHO} <{AT}>:",
            f"{WHO} <{AT}> skrev den 23 november 2026 10:11:",
        ),
        labels=("Från", "Skickat", "Datum", "Till", "Kopia", "Ämne"),
        date="den 23 november 2026 10:11",
        original=("Ursprungligt meddelande", "Originalmeddelande"),
        phones=("Skickat från min iPhone", "Hämta Outlook för iOS<https://aka.test/x>", "Skickades från Outlook för Android", "Skickat från min Galaxy", "Skickat från min Samsung Galaxy-telefon.", "Skickades från E-post för Windows 10"),
        forwards=("-------- Vidarebefordrat meddelande --------", "Vidarebefordrat brev:"),
        forward_prefix="VB",
        closing="Med vänliga hälsningar",
    ),
    "nb": Words(
        new="Takk, nå virker den igjen.",
        old="Hei, vi ser på saken.",
        answers=("Den i tredje etasje.", "Siden i går."),
        introductions=(
            f"man. 23. nov. 2026 kl. 10:11 skrev {WHO} <{AT}>:",
            f"23. nov. 2026 kl. 10:11 skrev {WHO} <{AT}>:",
            f"Den 23.11.2026 10:11, skrev {WHO}:",
            f"På 23.11.2026 10:11, skrev {WHO}:",
            f"mandag 23. november 2026 10:11:12 CET skrev {WHO} <{AT}>:",
        ),
        labels=("Fra", "Sendt", "Dato", "Til", "Kopi", "Emne"),
        date="mandag 23. november 2026 10:11",
        original=("Opprinnelig melding",),
        phones=("Sendt fra min iPhone", "Få Outlook for iOS<https://aka.test/x>", "Skaff deg Outlook for Android", "Sendt fra min Galaxy", "Sendt fra min Samsung Galaxy-smarttelefon.", "Sendt fra E-post for Windows"),
        forwards=("-------- Videresendt melding --------", "Start på videresendt melding:", "Videresendt melding:"),
        forward_prefix="VS",
        closing="Med vennlig hilsen",
    ),
    "da": Words(
        new="Tak, nu virker den igen.",
        old="Hej, vi kigger på sagen.",
        answers=("Den på tredje sal.", "Siden i går."),
        introductions=(
            f"Den man. 23. nov. 2026 kl. 10.11 skrev {WHO} <{AT}>:",
            f"Den 23. nov. 2026 kl. 10.11 skrev {WHO} <{AT}>:",
            f"Den 23.11.2026 kl. 10.11 skrev {WHO}:",
            f"On 23.11.2026 10.11, {WHO} skrev:".replace("On", "Den"),
            f"Den mandag den 23. november 2026 10.11.12 CET skrev {WHO} <{AT}>:",
        ),
        labels=("Fra", "Sendt", "Dato", "Til", "Cc", "Emne"),
        date="23. november 2026 10:11",
        original=("Oprindelig meddelelse", "Oprindelig besked"),
        phones=("Sendt fra min iPhone", "Hent Outlook til iOS<https://aka.test/x>", "Få Outlook til Android", "Sendt fra min Galaxy", "Sendt fra min Samsung Galaxy smartphone.", "Sendt fra Mail til Windows"),
        forwards=("-------- Videresendt meddelelse --------", "Start på videresendt besked:", "Videresendt besked:"),
        forward_prefix="VS",
        closing="Med venlig hilsen",
    ),
    "fi": Words(
        new="Kiitos, nyt se toimii taas.",
        old="Hei, tutkimme asiaa.",
        answers=("Kolmannen kerroksen tulostin.", "Eilisestä lähtien."),
        introductions=(
            f"ma 23. marrask. 2026 klo 10.11 {WHO} ({AT}) kirjoitti:",
            f"{WHO} <{AT}> kirjoitti 23.11.2026 kello 10.11:",
            f"{WHO} kirjoitti 23.11.2026 klo 10.11:",
            f"maanantai 23. marraskuuta 2026 klo 10.11.12 {WHO} <{AT}> kirjoitti:",
        ),
        labels=("Lähettäjä", "Lähetetty", "Päivämäärä", "Vastaanottaja", "Kopio", "Aihe"),
        date="maanantai 23. marraskuuta 2026 10.11",
        original=("Alkuperäinen viesti",),
        phones=("Lähetetty iPhonesta", "Hanki Outlook for iOS<https://aka.test/x>", "Hanki Outlook Androidille", "Lähetetty Samsung Galaxy -älypuhelimesta.", "Lähetetty laitteesta Galaxy", "Lähetetty Windowsin Sähköpostista"),
        forwards=("-------- Välitetty viesti --------", "Edelleenlähetetty viesti alkaa:", "Välitetty viesti alkaa:"),
        forward_prefix="VL",
        closing="Ystävällisin terveisin",
    ),
    "en": Words(
        new="Thanks, it works again now.",
        old="Hello, we are looking into it.",
        answers=("The one on the third floor.", "Since yesterday."),
        introductions=(
            f"On Mon, Nov 23, 2026 at 10:11 AM {WHO} <{AT}> wrote:",
            f"On Mon, 23 Nov 2026 at 10:11, {WHO} <{AT}> wrote:",
            f"On 23 Nov 2026, at 10:11, {WHO} <{AT}> wrote:",
            f"On Nov 23, 2026, at 10:11\u202fAM, {WHO} <{AT}> wrote:",
            f"On 23/11/2026 10:11, {WHO} wrote:",
            f"On Monday, 23 November 2026 at 10:11:12 CET, {WHO} <{AT}> wrote:",
            f"------- On Monday, November 23rd, 2026 at 10:11, {WHO} <{AT}> wrote:".replace("------- ", ""),
        ),
        labels=("From", "Sent", "Date", "To", "Cc", "Subject"),
        date="Monday, November 23, 2026 10:11 AM",
        original=("Original Message", "Original message"),
        phones=("Sent from my iPhone", "Get Outlook for iOS<https://aka.test/x>", "Sent from Outlook for Android", "Sent from my Galaxy", "Sent from my Samsung Galaxy smartphone.", "Sent from Mail for Windows", "Sent from Yahoo Mail on Android", "Sent with Proton Mail secure email."),
        forwards=("-------- Forwarded Message --------", "Begin forwarded message:", "---------- Forwarded message ---------"),
        forward_prefix="FW",
        closing="Kind regards",
    ),
    "de": Words(
        new="Danke, jetzt geht es wieder.",
        old="Hallo, wir sehen uns das an.",
        answers=("Der im dritten Stock.", "Seit gestern."),
        introductions=(
            f"Am Mo., 23. Nov. 2026 um 10:11 Uhr schrieb {WHO} <{AT}>:",
            f"Am 23.11.2026 um 10:11 schrieb {WHO} <{AT}>:",
            f"Am 23.11.26 um 10:11 schrieb {WHO}:",
            f"Am Montag, 23. November 2026 um 10:11:12 MEZ hat {WHO} <{AT}> Folgendes geschrieben:",
            f"{WHO} <{AT}> schrieb am Mo., 23. Nov. 2026, 10:11:",
            f"{WHO} <{AT}> hat am 23.11.2026 10:11 CET geschrieben:",
        ),
        labels=("Von", "Gesendet", "Datum", "An", "Cc", "Betreff"),
        date="Montag, 23. November 2026 10:11",
        original=("Ursprüngliche Nachricht", "Originalnachricht"),
        phones=("Von meinem iPhone gesendet", "Outlook für iOS beziehen<https://aka.test/x>", "Holen Sie sich Outlook für Android", "Laden Sie Outlook für iOS herunter", "Gesendet von Outlook für Android", "Von meinem Samsung Galaxy Smartphone gesendet.", "Von meinem/meiner Galaxy gesendet", "Gesendet von Mail für Windows"),
        forwards=("-------- Weitergeleitete Nachricht --------", "Anfang der weitergeleiteten Nachricht:"),
        forward_prefix="WG",
        closing="Mit freundlichen Grüßen",
    ),
    "fr": Words(
        new="Merci, elle marche de nouveau.",
        old="Bonjour, nous regardons cela.",
        answers=("Celle du troisième étage.", "Depuis hier."),
        introductions=(
            f"Le lun. 23 nov. 2026 à 10:11, {WHO} <{AT}> a écrit :",
            f"Le 23 nov. 2026 à 10:11, {WHO} <{AT}> a écrit :",
            f"Le 23/11/2026 à 10:11, {WHO} a écrit\xa0:",
            f"Le lundi 23 novembre 2026 à 10:11:12 UTC+1, {WHO} <{AT}> a écrit :",
        ),
        labels=("De", "Envoyé", "Date", "À", "Cc", "Objet"),
        date="lundi 23 novembre 2026 10:11",
        original=("Message d'origine", "Message original"),
        phones=("Envoyé de mon iPhone", "Télécharger Outlook pour iOS<https://aka.test/x>", "Obtenir Outlook pour Android", "Obtenez Outlook pour Android", "Envoyé depuis mon smartphone Samsung Galaxy.", "Envoyé à partir de Outlook pour Android", "Envoyé à partir de Courrier pour Windows"),
        forwards=("-------- Message transféré --------", "Début du message réexpédié :", "Début du message transféré :"),
        forward_prefix="TR",
        closing="Bien cordialement",
        space=" ",
    ),
    "nl": Words(
        new="Bedankt, hij werkt weer.",
        old="Hallo, we kijken ernaar.",
        answers=("Die op de derde verdieping.", "Sinds gisteren."),
        introductions=(
            f"Op ma 23 nov 2026 om 10:11 schreef {WHO} <{AT}>:",
            f"Op 23 nov. 2026, om 10:11 heeft {WHO} <{AT}> het volgende geschreven:",
            f"Op 23-11-2026 om 10:11 schreef {WHO}:",
            f"Op maandag 23 november 2026 om 10:11:12 CET schreef {WHO} <{AT}>:",
        ),
        labels=("Van", "Verzonden", "Datum", "Aan", "CC", "Onderwerp"),
        date="maandag 23 november 2026 10:11",
        original=("Oorspronkelijk bericht",),
        phones=("Verstuurd vanaf mijn iPhone", "Outlook voor iOS downloaden<https://aka.test/x>", "Download Outlook voor Android", "Verzonden vanaf mijn Galaxy", "Verzonden vanaf mijn Samsung Galaxy-smartphone.", "Verzonden vanuit Mail voor Windows", "Verzonden vanuit Outlook voor Android"),
        forwards=("-------- Doorgestuurd bericht --------", "Begin doorgestuurd bericht:"),
        forward_prefix="FW",
        closing="Met vriendelijke groet",
    ),
    "es": Words(
        new="Gracias, ya funciona otra vez.",
        old="Hola, lo estamos mirando.",
        answers=("La de la tercera planta.", "Desde ayer."),
        introductions=(
            f"El lun, 23 nov 2026 a las 10:11, {WHO} (<{AT}>) escribió:",
            f"El 23 nov 2026, a las 10:11, {WHO} <{AT}> escribió:",
            f"El 23/11/26 a las 10:11, {WHO} escribió:",
            f"El lunes, 23 de noviembre de 2026, 10:11:12 CET, {WHO} <{AT}> escribió:",
        ),
        labels=("De", "Enviado", "Fecha", "Para", "CC", "Asunto"),
        date="lunes, 23 de noviembre de 2026 10:11",
        original=("Mensaje original",),
        phones=("Enviado desde mi iPhone", "Obtener Outlook para iOS<https://aka.test/x>", "Descargar Outlook para Android", "Enviado desde Outlook para Android", "Enviado desde mi smartphone Samsung Galaxy.", "Enviado desde mi Galaxy", "Enviado desde Correo para Windows"),
        forwards=("-------- Mensaje reenviado --------", "Inicio del mensaje reenviado:"),
        forward_prefix="RV",
        closing="Un cordial saludo",
    ),
    "pl": Words(
        new="Dziękuję, teraz działa.",
        old="Dzień dobry, sprawdzamy to.",
        answers=("Ta na trzecim piętrze.", "Od wczoraj."),
        introductions=(
            f"pon., 23 lis 2026 o 10:11 {WHO} <{AT}> napisał(a):",
            f"Wiadomość napisana przez {WHO} <{AT}> w dniu 23 lis 2026, o godz. 10:11:",
            f"W dniu 23.11.2026 o 10:11, {WHO} pisze:",
            f"W dniu 23 lis 2026, o godz. 10:11, {WHO} <{AT}> napisał(a):",
            f"W dniu poniedziałek, 23 listopada 2026 10:11:12 CET {WHO} <{AT}> napisał(a):",
            f"Dnia 23 listopada 2026 10:11 {WHO} <{AT}> napisał(a):",
        ),
        labels=("Od", "Wysłano", "Data", "Do", "DW", "Temat"),
        date="poniedziałek, 23 listopada 2026 10:11",
        original=("Wiadomość oryginalna", "Oryginalna wiadomość"),
        phones=("Wysłane z iPhone'a", "Pobierz program Outlook dla systemu iOS<https://aka.test/x>", "Uzyskaj Outlook dla systemu Android", "Wysłane z telefonu Samsung Galaxy", "Wysłano z mojego Galaxy", "Wysłane z aplikacji Poczta dla systemu Windows", "Wysłane z programu Outlook dla systemu Android"),
        forwards=("-------- Przekazana wiadomość --------", "-------- Treść przekazanej wiadomości --------", "Początek przekazywanej wiadomości:"),
        forward_prefix="PD",
        closing="Z poważaniem",
    ),
    "it": Words(
        new="Grazie, adesso funziona di nuovo.",
        old="Buongiorno, stiamo guardando.",
        answers=("Quella al terzo piano.", "Da ieri."),
        introductions=(
            f"Il giorno lun 23 nov 2026 alle ore 10:11 {WHO} <{AT}> ha scritto:",
            f"Il giorno 23 nov 2026, alle ore 10:11, {WHO} <{AT}> ha scritto:",
            f"Il 23/11/2026 10:11, {WHO} ha scritto:",
            f"Il lunedì 23 novembre 2026 alle ore 10:11:12 CET, {WHO} <{AT}> ha scritto:",
            f"Il lun 23 nov 2026, 10:11 {WHO} <{AT}> ha scritto:",
        ),
        labels=("Da", "Inviato", "Data", "A", "Cc", "Oggetto"),
        date="lunedì 23 novembre 2026 10:11",
        original=("Messaggio originale",),
        phones=("Inviato da iPhone", "Scarica Outlook per iOS<https://aka.test/x>", "Ottieni Outlook per Android", "Inviato dal mio Galaxy", "Inviato da smartphone Samsung Galaxy.", "Inviato da Posta per Windows", "Inviato da Outlook per Android"),
        forwards=("-------- Messaggio inoltrato --------", "Inizio messaggio inoltrato:"),
        forward_prefix="I",
        closing="Cordiali saluti",
    ),
    "pt": Words(
        new="Obrigado, já funciona outra vez.",
        old="Olá, estamos a ver isso.",
        answers=("A do terceiro andar.", "Desde ontem."),
        introductions=(
            f"Em seg., 23 de nov. de 2026 às 10:11, {WHO} <{AT}> escreveu:",
            f"{WHO} <{AT}> escreveu (segunda, 23/11/2026 à(s) 10:11):",
            f"No dia 23/11/2026, às 10:11, {WHO} <{AT}> escreveu:",
            f"Em 23/11/2026 10:11, {WHO} escreveu:",
            f"Às 10:11 de 23/11/2026, {WHO} escreveu:",
            f"Em segunda-feira, 23 de novembro de 2026 às 10:11:12 BRT, {WHO} <{AT}> escreveu:",
        ),
        labels=("De", "Enviado", "Data", "Para", "Cc", "Assunto"),
        date="segunda-feira, 23 de novembro de 2026 10:11",
        original=("Mensagem original",),
        phones=("Enviado do meu iPhone", "Obter o Outlook para iOS<https://aka.test/x>", "Obtenha o Outlook para Android", "Enviado a partir do meu smartphone Samsung Galaxy.", "Enviado de meu Galaxy", "Enviado do Email para Windows", "Enviado a partir do Outlook para Android"),
        forwards=("-------- Mensagem reencaminhada --------", "-------- Mensagem encaminhada --------", "Início da mensagem reencaminhada:", "Início da mensagem encaminhada:"),
        forward_prefix="ENC",
        closing="Com os melhores cumprimentos",
    ),
}  # fmt: skip
