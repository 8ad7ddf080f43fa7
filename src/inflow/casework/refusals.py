"""Why an order could not be carried out, as a Swedish reader reads it. The history keeps it in English; what is not known here stays."""

import re

from inflow.casework.reasons import told

_SWEDISH = [
    (re.compile(pattern), swedish)
    for pattern, swedish in (
        (r"^there is no role '([^']*)'; there are: ", r"det finns ingen roll '\1'; det finns: "),
        (r"^there is no answer '([^']*)'; there are: none yet$", r"det finns inget svar '\1', och inga andra än"),
        (r"^there is no answer '([^']*)'; there are: ", r"det finns inget svar '\1'; det finns: "),
        (r"^there is no case #(\d+)$", r"det finns inget ärende #\1"),
        (r"^(.*) is not the number of a case$", r"\1 är inte numret på ett ärende"),
        (r"^case #(\d+) lies with (\S+) already$", r"ärende #\1 ligger redan hos \2"),
        (r"^case #(\d+) is closed$", r"ärende #\1 är stängt"),
        (r"^case #(\d+) is not unclaimed: (\S+) has it$", r"ärende #\1 är inte utan ägare: \2 har det"),
        (r"^case #(\d+) is not without an owner: it is (\S+) with (\S+)$", r"ärende #\1 är inte utan ägare: det är \2 hos \3"),
        (r"^case #(\d+) and case #(\d+) are one already$", r"ärende #\1 och #\2 är redan ett"),
        (r"^every role has been asked about case #(\d+)$", r"alla roller har redan fått frågan om ärende #\1"),
        (r"^a case that is (\S+) cannot be (\S+)$", r"ett ärende som är \1 kan inte bli \2"),
        (r"^(\S+) has no next level; `route` moves a case to any role$",
         r"\1 har ingen nästa nivå; /till flyttar till vilken roll som helst"),
        (r"^a case cannot be linked to itself$", "ett ärende kan inte länkas till sig självt"),
        (r"^choose some of the messages of case #(\d+): .*$", r"ärende #\1 har bara det mejlet"),
        (r"^answer the mail that is to be a case of its own$", "svara på det mejl som ska bli ett eget ärende"),
        (r"^there is no held reply that you may release \(nobody releases their own\)$",
         "det finns inget kvarhållet svar som du får släppa (ingen släpper sitt eget)"),
        (r"^it repeats what stands above a case and is for us alone: leave the history away$",
         "det upprepar det som står ovanför ett ärende och bara är för oss: ta bort historiken"),
        (r"^it is encrypted and cannot be read here$", "det är krypterat och kan inte läsas här"),
        (r"^the case has no sender to write to$", "ärendet har ingen avsändare att skriva till"),
        (r"^the label is empty$", "etiketten är tom"),
        (r"^the note is empty$", "noteringen är tom"),
        (r"^there is no question: write it after the name, or on the lines below$",
         "frågan saknas: skriv den efter namnet eller på raderna nedanför"),
        (r"^(\S+) is not one mail address$", r"\1 är inte en mejladress"),
        (r"^(\S+) is the sender: a plain reply goes there$", r"\1 är avsändaren: ett vanligt svar går dit"),
        (r"^write whom to add as one mail address$", "skriv vem som ska läggas till som en mejladress"),
        (r"^(\S+) is an address of ours: a role gets a case by /route or /ask$",
         r"\1 är en av våra adresser: en roll får ett ärende med /till eller /fråga"),
        (r"^(\S+) gets the answers already$", r"\1 får redan svaren"),
        (r"^(\d+) people have been added; remove one first$", r"\1 personer är tillagda; ta bort någon först"),
        (r"^(\S+) is nobody who was added$", r"\1 är inte tillagd"),
        (r"^begin the mail with a line /to ADDRESS, and write below it what to say$",
         "börja mejlet med en rad /mottagare ADRESS och skriv under den det som ska sägas"),
        (r"^(/.*) cannot stand in the first mail of a case$", r"\1 kan inte stå i ett ärendes första mejl"),
        (r"^it begins a new case, in a mail to the \+new address$", "det börjar ett nytt ärende, i ett mejl till +new-adressen"),
        (r"^say for which role you write, with a line /route ROLE ", "säg för vilken roll du skriver, med en rad /till ROLL "),
        (r"^(\S+) has answered for case #(\d+) already: (\S+)$", r"\1 har redan svarat om ärende #\2: \3"),
        (r"^(\S+) has no rota$", r"\1 har ingen jourlista"),
        (r"^(\S+) has no shift ahead: name the day, as in ", r"\1 har inget pass framför sig: skriv dagen, som i "),
        (r"^(\S+) has that shift already$", r"\1 har redan det passet"),
        (r"^(\S+) is not a day; write for example ", r"\1 är ingen dag; skriv till exempel "),
        (r"^(\S+) is not a member of (\S+), and could not answer its mail$",
         r"\1 är inte medlem av \2 och kunde inte svara på dess mejl"),
        (r"^nobody has moved case #(\d+): there is no move to take back$",
         r"ingen har flyttat ärende #\1: det finns ingen flytt att ta tillbaka"),
        (r"^say why: the reason goes to the sender$", "skriv varför: skälet går till avsändaren"),
        (r"^that nobody handles a matter is for the management to decide: /route ROLE or /whose$",
         "att ingen har hand om något bestämmer ledningen: /till ROLL eller /vems"),
        (r"^the rota says nothing of (\S+)$", r"jourlistan säger inget om \1"),
        (r"^there is nothing to send: write an answer$", "det finns inget att skicka: skriv ett svar"),
        (r"^this answer has been sent already$", "det svaret är redan skickat"),
        (r"^(\S+) is not a week; write for example 2026-W47$", r"\1 är ingen vecka; skriv till exempel 2026-W47"),
        (r"^there is no (\S+) in the letter; there are: ", r"det finns inget \1 i brevet; det finns: "),
        (r"^there is no andon (\d+)$", r"det finns inget larm \1"),
        (r"^there is no problem (\d+)$", r"det finns inget problem \1"),
        (r"^problem (\d+) is called (.*)$", r"problem \1 heter \2"),
        (r"^the name is empty$", "namnet är tomt"),
        (r"^problem (\d+) is confidential: only (\S+) can own it$", r"problem \1 är förtroligt: bara \2 kan äga det"),
        (r"^case #(\d+) is of no problem$", r"ärende #\1 hör inte till något problem"),
        (r"^no cord hangs at case #(\d+)$", r"inget larm hänger vid ärende #\1"),
        (r"^say why you pull the cord$", "skriv varför du drar i snöret"),
        (r"^say what is done$", "skriv vad som görs"),
        (r"^(\S+) has answered andon (\d+)$", r"\1 har redan besvarat larm \2"),
        (r"^a case is the same as itself: name another$", "ett ärende är samma som sig självt: skriv ett annat"),
        (r"^problem (\d+) has no answer yet: say first that it is solved, and what to tell$",
         r"problem \1 har inget svar än: skriv först /löst SVARET"),
        (r"^one of the cases is confidential: it can be the same only as cases of its own role$",
         "ett av ärendena är förtroligt: det kan bara vara samma som ärenden hos sin egen roll"),
        (r"^case #(\d+) was confidential: it is of no problem that everybody sees$",
         r"ärende #\1 har varit förtroligt: det hör inte till något problem som alla ser"),
        (r"^it bears a sign-in link or a one-time code: nobody but other gets it$",
         "det innehåller en inloggningslänk eller engångskod: bara övrigt får det"),
    )
]  # fmt: skip


def refused(fault: str, language: str) -> str:
    """A fault in the organisation's language."""
    if language == "sv":
        for pattern, swedish in _SWEDISH:
            fault = pattern.sub(swedish, fault)
    return told(fault, language)
