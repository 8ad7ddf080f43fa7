"""The words that mail programs put around quoted history, signatures and forwards, in the languages Inflow meets."""

# ruff: noqa: E501 - a list of phrases reads better in long lines than in broken ones

import re

WRITES = (
    r"wrote|writes|skrev|skreiv|skriver|kirjoitti|schrieb|a [ée]crit|a [ée]crit le|schreef|geschreven|geschrieben|escribi[óo]|napisał(?:\(a\)|a|o)?"
    r"|pisze|napisana przez|ha scritto|scrisse|escreveu|написал(?:\(а\)|а)?|пише|пишет|написав|写道|写了|írta|napsal(?:\(a\)|a)?|yazdı|a scris|rašė|kirjutas"
)
MONTHS = (
    r"jan|feb|mar|mär|maa|apr|maj|mai|may|mei|jun|jul|aug|ago|sep|set|okt|oct|out|ott|nov|dec|dez|des|dic|dez"
    r"|tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu|janv|févr|mars|avr|juin|juil|août|déc|ene|abr"
    r"|fev|mag|giu|lug|gen|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru|янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек"
)
OPENERS = (
    r"on|at|den|på|am|le|el|op|il|em|no dia|às|na|w dniu|dnia|wiadomość|в|måndag|tisdag|lördag|söndag|lørdag|søndag|maanantai|tiistai|keskiviikko|torstai|perjantai"
    r"|lauantai|sunnuntai|monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|maandag|dinsdag"
    r"|woensdag|donderdag|vrijdag|zaterdag|zondag|mån|tis|ons|tors|fre|lör|sön|mandag|tirsdag|onsdag|torsdag|fredag|man|tir|tor|lør|søn|ma|ti|ke|to|pe|la|su|mo|di|mi|do|fr|sa|so"
    r"|mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|ter|qua|qui|sex|sáb|mar|gio|sab|pon|wt|śr|czw|pt|sob|niedz|wo|vr|za|zo|пн|вт|ср|чт|пт|сб|вс"
)
FROM = r"from|från|fra|frå|lähettäjä|von|de|expéditeur|van|da|od|remitente|от|mittente|nadawca|от кого|od kogo"
SENT = (
    r"sent|skickat|sendt|lähetetty|gesendet|envoyé(?: le)?|verzonden|enviado(?: el| em)?|inviato|wysłano|date|datum|dato|päiväys|päivämäärä"
    r"|message du|fecha|data|отправлено|дата|oggetto data|sendt dato|skickat den|am"
)
TO = r"to|till|til|vastaanottaja|an|à|a|aan|para|do|кому|destinataire|destinatario|odbiorca"
SUBJECT = r"subject|ämne|emne|aihe|betreff|objet|onderwerp|asunto|oggetto|temat|assunto|тема|sujet"
OTHER = r"cc|copie à|kopia|kopi|kopio|reply-to|svar till|antwort an|importance|prioritet|vikt|attachments|bilagor|risposta|répondre à|bcc|dw|kopie|copie"
ORIGINAL = (
    r"original message|original appointment|ursprungligt meddelande|original(?:meddelande|meddelelse|melding|besked|viesti)|opprinnelig melding|oprindelig (?:meddelelse|besked)"
    r"|alkuperäinen viesti|ursprüngliche nachricht|originalnachricht|message d[’']origine|message original|oorspronkelijk bericht"
    r"|mensaje original|messaggio originale|wiadomość oryginalna|oryginalna wiadomość|mensagem original|исходное сообщение"
    r"|reply message|svarsmeddelande|(?:please )?(?:type|write|enter) your (?:reply|response) above this line|(?:please )?reply above this line"
    r"|(?:vänligen )?(?:skriv (?:ditt )?svar|svara) ovanför (?:denna|den här) (?:rad|linje)(?:en)?|skriv (?:dit|ditt) svar over denne linj[ae]n?"
    r"|bitte antworten sie oberhalb dieser (?:zeile|linie)|kirjoita vastauksesi tämän (?:rivin|viivan) yläpuolelle"
)
FORWARDED = (
    r"forwarded message|begin forwarded message|vidarebefordrat (?:meddelande|brev)|vidarebefordrat mail|videresendt (?:melding|meddelelse|besked)"
    r"|edelleenlähetetty viesti|välitetty viesti|weitergeleitete (?:nachricht|mail)|anfang der weitergeleiteten nachricht|message transféré"
    r"|début du message transféré|début du message réexpédié|doorgestuurd bericht|begin doorgestuurd bericht|mensaje reenviado"
    r"|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato|wiadomość przekazana|przekazana wiadomość|mensagem encaminhada"
    r"|mensagem reencaminhada|início da mensagem (?:re)?encaminhada|vidarebefordrat meddelande började|börja vidarebefordrat meddelande|fwd"
    r"|(?:start|begynnelse) på videresendt (?:melding|meddelelse|besked|e-post)|videresendt e-post|(?:edelleenlähetetty|välitetty) viesti alkaa"
    r"|treść przekazanej wiadomości|początek (?:przekazywanej|przekazanej|przesłanej dalej) wiadomości|wiadomość przesłana dalej"
)
FORWARD_SUBJECT = re.compile(r"^\s*(?:fwd?|vb|vs|vl|wg|tr|rv|doorst|i|enc|pd|fs|re?nv)\s*:", re.IGNORECASE)
SENT_FROM = (
    r"sent (?:from|via|with|by|using)|from my|skickat (?:från|med|via)|skickades från|skickat fra|sendt (?:fra|med|via)|sent frå|lähetetty (?:\w+ )?"
    r"|gesendet (?:von|mit|über)|von meinem .{2,40} gesendet|von .{2,20} gesendet|diese nachricht wurde von|envoyée? (?:depuis|de|à partir|avec|via)"
    r"|verzonden (?:vanaf|met|vanuit|via)|verstuurd vanaf|enviado (?:desde|do|de|a partir|pelo|através|con|via)|inviat[oa] (?:da(?:l|lla|ll')?|con|tramite)|wysłane? (?:z|za)"
    r"|wysłano z|outlook (?:für|voor) \w+ (?:beziehen|herunterladen|downloaden)|(?:get|hämta|skaffa|få|ladda ner|hent|skaff deg|last ned|hanki|lataa|download"
    r"|laden sie|holen sie sich|téléchargez|télécharger|obtenez|obtenir|obtener|obtén|obtenga|descargar?|obter|obtenha|baixar|baixe|transferir|scarica|ottieni"
    r"|pobierz|uzyskaj)(?: o| program| aplikację)? outlook|someone from mobile|從我的 .{2,20} 傳送|отправлено (?:из|с)|virus-free|virusfri|virenfrei"
)
DEVICE = (
    r"iphone|ipad|ipod|android|samsung|galaxy|blackberry|windows|outlook|mail|mobil|mobile|phone|telefon|puhelin|smartphone|cell|handy"
    r"|nokia|huawei|xiaomi|sony|htc|lg|motorola|oneplus|pixel|proton|tutanota|gmail|mailbox|airmail|typeapp|spark|device|tablet|surfplatta"
    r"|nine|k-9|thunderbird|boomerang|superhuman|mailspring|yahoo|app"
)
CLOSINGS = (
    r"(?:best |kind |warm |kindest |warmest |many )?regards|(?:yours )?(?:sincerely|faithfully|truly)|(?:with )?(?:best|kind) wishes|all the best|cheers"
    r"|(?:many )?thanks(?: and (?:best |kind )?regards)?|thank you|m\.?v\.?h|med (?:vänliga?|bästa|varma) hälsning(?:ar)?|(?:vänliga?|bästa|varma) hälsning(?:ar)?"
    r"|hälsningar|vänligen|allt gott|tack på förhand|(?:med )?venlige? hils(?:en|ner)|(?:med )?vennlige? hils(?:en|ner)|(?:de )?(?:bedste|beste) hils(?:en|ner)|hilsen"
    r"|(?:ystävällisin |parhain )?terveisin|yst(?:äv)?\.? terv\.?|terv\.?|kunnioittavasti|mit (?:freundlichen|besten|herzlichen|lieben) grü(?:ß|ss)en|mit freundlichem gru(?:ß|ss)"
    r"|(?:freundliche|viele|beste|liebe|schöne|herzliche) grü(?:ß|ss)e|gru(?:ß|ss)|mfg|hochachtungsvoll|(?:bien |très )?cordialement|(?:sincères |meilleures )?salutations(?: distinguées)?"
    r"|bien à vous|(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|mvg|(?:un |reciba un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|(?:un )?cordial[ie] salut[io]"
    r"|(?:distinti |i migliori )?saluti|cordialmente|(?:serdecznie )?pozdrawiam(?: serdecznie)?|pozdrowienia|z (?:wyrazami )?(?:poważaniem|szacunku|szacunkiem)|atenciosamente|att"
    r"|(?:com os )?(?:melhores |meus )?cumprimentos|(?:um )?abraço"
)
DISCLAIMERS = (
    r"(?:this|the information (?:contained )?in this) (?:e-?mail|message|communication|transmission)\b.{0,200}(?:confidential|privileged|intended)"
    r"|(?:confidentiality|disclaimer|legal) notice|disclaimer:|the contents of this e-?mail|if you (?:have received|are not the intended)"
    r"|(?:detta|det här) (?:e-?post|e-?mail|mejl|mail|meddelande).{0,200}(?:konfidentiell|sekretess|avsett|avsedd)"
    r"|denne (?:e-?post|e-?mail|mail).{0,200}(?:konfidensiell|fortrolig|beregnet)|tämä (?:sähköposti)?viesti.{0,200}(?:luottamuksel|tarkoitettu)"
    r"|diese (?:e-?mail|nachricht).{0,200}vertraulich|ce (?:message|courriel|mail|mél).{0,200}confidenti|dit (?:e-?mail)?bericht.{0,200}(?:vertrouwelijk|bestemd)"
    r"|este (?:mensaje|correo|e-?mail).{0,200}confidencial|(?:questo messaggio|questa e-?mail|le informazioni).{0,200}(?:riservat|confidenzial)"
    r"|(?:niniejsza|ta) wiadomość.{0,200}poufn|esta mensagem.{0,200}confidencial|p(?:lease|ense).{0,20}(?:consider|think).{0,60}before printing|tänk på miljön"
)
