"""Words that mean about the same in the mail of an organisation, in English, Swedish and German: a line a meaning.

General words only, of no one organisation and no one trade: what is learned of `refund` holds for `återbetalning`, too.
"""

from inflow.routing.words import stem

_ALIKE = """
money cash funds pengar kontanter medel geld bargeld
amount sum total balance belopp summa saldo betrag kontostand guthaben
cost price fee charge rate tariff expense expensive kostnad pris avgift taxa dyr utgift preis gebühr kosten teuer
pay payment paid settle betala betalning betald erlägga zahlen zahlung bezahlen bezahlt überweisen
invoice bill faktura räkning rechnung
receipt proof voucher kvitto intyg underlag quittung beleg nachweis
refund reimburse reimbursement repay återbetalning återbetala ersättning erstattung rückerstattung erstatten
discount rebate rabatt erbjudande kampanj angebot
debt owe overdue arrears skuld förfallen obetald schulden überfällig offen
reminder påminnelse inkasso kravbrev mahnung erinnerung
salary wage payroll lön gehalt lohn
vat skatt moms steuer mehrwertsteuer
account profile user konto användare benutzer nutzer
card kort bankkort karte
transfer send sent wire remit överföra skicka sända überweisung
withdraw withdrawal withdrawn uttag abheben abhebung
deposit insert load fill insättning sätta fylla einzahlung einzahlen
save spara
loan credit mortgage lån kredit darlehen
buy bought purchase order köpa köpte beställa beställning kaufen bestellen bestellung
sell vendor merchant shop store sälja försäljning butik verkaufen laden händler
deliver ship shipping shipment arrive arrival leverans frakt ankomma lieferung liefern versand
package parcel paket försändelse kolli sendung
letter post brev brief
email mail mejl epost
return retur lämna rücksendung zurückgeben
exchange swap replace replacement convert conversion switch byta ersätta utbyte växla tauschen ersatz wechseln ersetzen
cancel revoke abort revert undo reverse stop avboka avbeställa avbryta ångra stornieren kündigen kündigung widerrufen
change modify update edit alter adjust amend ändra uppdatera justera redigera ändern änderung aktualisieren anpassen
correct fix repair mend resolve solve rätta laga åtgärda lösa reparieren reparatur beheben korrigieren lösung
wrong incorrect mistake error false faulty inaccurate fel felaktig misstag falsch fehler fehlerhaft
broken damaged defective crack trasig skadad sönder defekt kaputt beschädigt schaden
fail failure decline reject refuse denied misslyckas avvisa neka nekad avslag avslå fehlgeschlagen abgelehnt ablehnen
problem issue trouble difficulty bother besvär svårighet bekymmer schwierigkeit störung
complaint complain dissatisfied disappointed klaga klagomål reklamation missnöjd beschwerde beschweren unzufrieden
work function operate fungera funka funktionieren funktion
lose lost missing misplace vanish gone tappa förlora förlorad borta försvunnen saknas verlieren verloren verschwunden
steal stolen theft rob stulen stöld stjäla gestohlen diebstahl
fraud scam suspicious phishing hack compromise unauthorized bedrägeri misstänkt lurad kapad betrug verdächtig
block freeze lock frozen suspend spärra låsa låst spärrad sperren gesperrt
unlock unblock unfreeze entsperren
password passcode pin code pincode credential lösenord kod pinkod passwort kennwort
login logon signin log access logga inloggning åtkomst tillgång anmelden zugang zugriff einloggen
forget forgot forgotten glömma glömt vergessen
activate enable start aktivera aktivieren
deactivate disable close delete remove erase avaktivera stänga radera deaktivieren schließen löschen entfernen
create make open establish skapa öppna upprätta göra erstellen eröffnen öffnen
register enroll enrol join subscribe registrera anmäla prenumerera ansluta registrieren registrierung abonnieren
unsubscribe leave quit resign avsluta abmelden
verify verification confirm identify authenticate verifiera bekräfta identifiera legitimera bestätigen bestätigung
identity passport licence license id legitimation pass körkort ausweis führerschein
allow permit permission authorise approve tillåta tillstånd godkänna samtycke erlauben erlaubnis genehmigen zustimmung
apply application request ask demand ansöka begära beantragen antrag bitten
help support assist assistance hjälp stöd bistå hilfe helfen unterstützung
question query enquiry inquiry wonder fråga undra förfrågan frage anfrage
answer respond response svar besked antwort
explain clarify describe tell inform information förklara berätta upplysning beskriva erklären auskunft
know understand realise realize veta förstå wissen verstehen
find locate search look seek where hitta leta söka finna var suchen wo
see view show display check visa titta kolla kontrollera sehen zeigen anzeigen
get receive got obtain acquire gain collect få erhålla hämta mottaga fick bekommen erhalten erhielt abholen
give provide supply grant ge tillhandahålla bevilja geben bereitstellen
want wish desire need require must vill önska behöver behov måste krävs möchte wollen wünschen brauchen benötigen muss
can able possible could may kan möjligt går möjlighet kann können möglich möglichkeit
use utilise utilize bruka verwenden
keep hold retain behålla hålla behalten
wait pending late slow vänta dröja försenad sen försening warten verspätet verspätung verzögerung spät
fast quick soon urgent immediately instant asap hurry snabb snabbt brådskande genast akut schnell dringend sofort bald
time when hour long duration tid när länge timme hur zeit wann stunde lange dauer dauert
date day deadline due datum dag tag frist
today now currently idag nu heute jetzt aktuell
previous earlier past before yesterday igår tidigare förra innan gestern früher vorher
week month year annual vecka månad år årlig woche jahr jährlich
often again twice double duplicate multiple several igen dubbel två gånger flera åter doppelt wieder mehrfach erneut
schedule calendar meeting appointment book reserve reservation möte bokning boka kalender schema buchung reservierung
travel trip journey holiday abroad flight fly tour resa semester utomlands flyg reise flug urlaub ausland
hotel stay accommodation room hotell boende rum unterkunft zimmer
country nation international overseas foreign land utland internationell utländsk
place location address area region city town plats adress ort stad område anschrift stadt
house home apartment flat hus hem lägenhet bostad haus wohnung
rent tenant lease landlord hyra hyresgäst miete vermieter
move relocate flytta umziehen umzug
car vehicle auto drive bil fordon köra fahrzeug fahren
bus train traffic commute transport tåg trafik verkehr zug
parking parkplatz
road street route way direction map väg gata straße weg gehweg
fuel gas petrol oil tire engine bränsle bensin olja däck motor benzin
phone mobile telephone cell call ring telefon samtal handy anrufen
computer laptop device machine hardware printer enhet maskin skrivare rechner gerät drucker
software program system programvara anwendung
website web site internet online page webb sida hemsida webseite seite
network wifi connection connect nätverk uppkoppling anslutning netzwerk verbindung verbinden
message text sms notification alert chat meddelande avisering nachricht benachrichtigung
file document form paper attachment dokument blankett papper bilaga datei formular unterlagen anhang
contract agreement terms condition avtal kontrakt villkor vertrag bedingungen
rule law policy regulation legal regel rättslig rättighet gesetz regelung rechtlich vorschrift
insurance insure coverage cover claim försäkring versicherung
doctor health medical sick ill illness nurse hospital läkare hälsa sjuk vård sjukhus arzt gesundheit krank krankenhaus
injury hurt pain accident skada ont olycka unfall verletzung
medicine drug vaccine läkemedel medikament
child kid son daughter baby children barn kinder kita
school education teacher course student class lesson skola förskola utbildning lärare kurs elev schule bildung lehrer
job employee position vacancy hire jobb arbete anställd tjänst arbetsgivare arbeit stelle arbeitgeber mitarbeiter
absence vacation pto ledighet frånvaro ledig abwesenheit
boss manager chief director chef leiter
colleague staff team personnel kollega personal
person people human someone individual agent representative människa handläggare mensch leute
customer client kund klient
company business firm organisation organization corporation enterprise företag verksamhet bolag unternehmen
family friend relative mother father parent wife husband familj vän släkt förälder familie freund eltern
name surname namn heta
age old born birthday ålder gammal född
new fresh recent latest ny nytt senaste neu
increase raise big large great high more hög mer öka höja groß hoch mehr erhöhen
decrease reduce small little low less minimum liten låg mindre minska sänka klein niedrig weniger senken
limit maximum cap restriction gräns begränsning grenze begrenzung
free gratis costless kostnadsfri kostenlos
good well best nice bra gut
bad poor awful terrible dålig usel hemsk schlecht
safe secure security protect säker säkerhet skydda trygg sicher sicherheit schützen
water sewage pipe leak vatten avlopp rör läcka wasser abwasser kanal
electricity power energy heat el energi värme strom heizung
waste garbage trash rubbish recycle sopor avfall återvinning müll abfall tonne sperrmüll
clean dirty wash städa smutsig tvätta reinigen schmutzig sauber
build construction bygga byggnad bygglov bauen gebäude
noise loud sound buller ljud störande tyst lärm laut
light lamp dark ljus belysning licht beleuchtung straßenlaterne
weather snow temperature forecast väder regn snö wetter schnee
tree garden grass plant träd trädgård växt baum garten pflanze grünfläche
food eat meal cook dish recipe lunch dinner restaurant ingredient mat äta måltid recept restaurang essen rezept
music song audio listen musik låt spela lied hören
photo picture image camera bild foto kamera
video film movie tv
press journalist media article nyhet artikel
public government municipality council myndighet kommun offentlig behörde gemeinde öffentlich
crime polis brott polizei
vote election politics rösta politik wahl wählen
environment nature pollution climate miljö utsläpp umwelt klima
animal dog cat pet djur hund katt tier katze
number many much count quantity measure antal mängd nummer många mycket anzahl menge viele
size weight length storlek vikt längd größe gewicht
type sort model version slag modell
part piece component reservdel teil
stock inventory warehouse bestand
product item produkt produce ware
supplier leverantör lieferant
project task goal projekt uppgift mål aufgabe ziel
why reason cause varför orsak anledning warum grund
different difference other another skillnad annan olika unterschied andere
same equal identical samma gleich
marriage married wedding birth certificate vigsel äktenskap ehe heirat hochzeit geburt urkunde
thanks grateful tack danke
hello hi hej hallo
language translate translation speak say språk översätta tala sprache übersetzen sprechen
temporary virtual disposable tillfällig engångs vorübergehend
automatic automatically recurring automatiskt automatisch
terminal atm bankomat automat geldautomat
currency valuta währung
topup refill recharge påfyllning aufladen
contact reach touch kontakt nå kontaktieren erreichen
"""


def meaning(word: str) -> str:
    """What a word means, in any inflection, as the first word of its line; empty where that is not known."""
    return _MEANINGS.get(stem(word), "")


_MEANINGS = {stem(word): line.split()[0] for line in _ALIKE.strip().splitlines() for word in line.split()}
