"""Reasons as a Swedish reader reads them. They are kept in English, as they were given; what is not known here stays as it is."""

import re
from functools import lru_cache

_SWEDISH = [
    (re.compile(pattern), swedish)
    for pattern, swedish in (
        (r'^the rule "(.+)" matches$', r'regeln "\1" stämmer'),
        (r"\bbecause of\b", "på grund av"),
        (r"; against it: ", "; däremot talar: "),
        (r"\bby its words as a whole\b", "av orden som helhet"),
        (r"\(words of (\S+)\)", r"(ord för \1)"),
        (r"\(learned: ", "(lärt: "),
        (r"^no role was recognised surely enough$", "ingen roll kändes igen med tillräcklig säkerhet"),
        (r"^keywords point to (\S+) and (\S+) about equally$", r"nyckelorden pekar lika mycket på \1 och \2"),
        (r"^it is unclear: ", "det är oklart: "),
        (r"\bkeywords point to\b", "nyckelorden pekar på"),
        (r"\bwhat was learned to\b", "det lärda på"),
        (r"\bearlier mails from (\S+) went to (\S+) \((\d+) of (\d+)\)", r"tidigare mejl från \1 gick till \2 (\3 av \4)"),
        (r"\bearlier mails to\b", "tidigare mejl till"),
        (r"^it answers a message of case #(\d+)$", r"det svarar på ett mejl i ärende #\1"),
        (r"^it was sent to (?:the|a) signed address of case #(\d+)$", r"det kom till den signerade adressen för ärende #\1"),
        (r"^its subject names case #(\d+), in which (\S+) takes part$", r"ämnet nämner ärende #\1, där \2 deltar"),
        (r"^(\S+) answers what was asked$", r"\1 svarar på det som frågades"),
        (r"^the receiving server does not vouch for (\S+): ", r"den mottagande servern går inte i god för \1: "),
        (r"\bno Authentication-Results of (\S+)", r"inget Authentication-Results från \1"),
        (r"\bno result for this sender$", "inget besked om avsändaren"),
        (r"^(\S+) is not a member of (\S+)$", r"\1 är inte medlem av \2"),
        (r"^its address is of this case, but it answers a mail of case #(\d+)$",
         r"adressen hör till det här ärendet, men det svarar på ett mejl i ärende #\1"),
        (r"^the case lies with (\S+), and only its members have to do with it$",
         r"ärendet ligger hos \1, och bara dess medlemmar har med det att göra"),
        (r"^it answers a mail to a role, and did not come to the signed address of that mail$",
         "det svarar på ett mejl till en roll, men kom inte till det mejlets signerade adress"),
        (r"^its signed address was cut off on its way\b", "den signerade adressen klipptes av på vägen"),
        (r"^its signed address was made with a key that is not believed any more\b",
         "den signerade adressen gjordes med en nyckel som inte längre gäller"),
        (r"^its signed address is not one that was made here: it was changed\b",
         "den signerade adressen är inte gjord här: den är ändrad"),
        (r", and nothing else says which case it is of$", ", och inget annat säger vilket ärende det hör till"),
        (r"^(\S+) gets the answers too$", r"\1 får också svaren"),
        (r"^(\S+) is neither the sender nor added, and gets no answer without /add (\S+)$",
         r"\1 är varken avsändaren eller tillagd och får inget svar utan /lägg-till \2"),
        (r"^its words are those of one who is (\S+) \(learned: (\d+%)\)$", r"orden är som från en \1 (lärt: \2)"),
        (r"^moved by ", "flyttat av "),
        (r"^claimed by ", "taget av "),
        (r"^escalated by ", "eskalerat av "),
        (r"^it answers the handover$", "det svarar på överlämningen"),
        (r"^first-answer was promised by ", "ett första svar var lovat senast "),
        (r"^next-answer was promised by ", "ett svar var lovat senast "),
        (r"^solved was promised by ", "en lösning var lovad senast "),
        (r"^it bears a sign-in link or a one-time code: nobody but other gets it$",
         "det innehåller en inloggningslänk eller engångskod: bara övrigt får det"),
        (r"^it could not be processed and is attached as it came: ", "det kunde inte behandlas och är bifogat som det kom: "),
        (r"^the mail is larger \((\d+ MB)\) than the mailbox takes; .*$",
         r"mejlet är större (\1) än brevlådan tar emot; det ligger kvar där i mappen TooBig"),
        (r"^the name shows another address: (\S+) is not (\S+)$", r"namnet visar en annan adress: \1 är inte \2"),
        (r"^(\S+) looks like (\S+)$", r"\1 liknar \2"),
        (r"^answers would go elsewhere: (\S+)$", r"svar skulle gå någon annanstans: \1"),
    )
]  # fmt: skip


@lru_cache(maxsize=2_000)
def told(reason: str, language: str) -> str:
    """A reason in the organisation's language."""
    if language == "sv":
        for pattern, swedish in _SWEDISH:
            reason = pattern.sub(swedish, reason)
    return reason
