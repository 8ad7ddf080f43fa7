# ruff: noqa: E501 - what servers write stands as they write it
"""Delivery reports as the servers of this world write them, about bo@kund.test, whom <orig-1@exempel.test> did not reach."""

from dataclasses import dataclass

BO = "bo@kund.test"
ORIGINAL = "orig-1@exempel.test"
COPY = f"Received: from a.exempel.test by mx.exempel.test; Mon, 23 Nov 2026 10:11:12 +0100\nMessage-ID: <{ORIGINAL}>\nFrom: Info <info@exempel.test>\nTo: {BO}\nSubject: Faktura 17\n\nHej Bo, anna@kund.test bad oss skriva.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report: its fields, its words, its machine-readable part; and what a person would take from it."""

    sender: str
    subject: str
    words: str
    fields: str = ""
    report: str = ""
    kind: str = "text/plain; charset=utf-8"
    action: str = "failed"
    status: str = ""
    reason: str = "user-unknown"
    copy: str = "message/rfc822"
    plain: bool = False


def raw(report: Report) -> bytes:
    """The mail. `plain`: the copy of the original stands below the words, in one text."""
    head = f"From: {report.sender}\nTo: <info@exempel.test>\nSubject: {report.subject}\nDate: Mon, 23 Nov 2026 10:12:00 +0100\nMessage-ID: <r@mx.test>\n{report.fields}"
    if report.plain:
        return f"{head}Content-Type: {report.kind}\n\n{report.words}\n{COPY}".encode()
    if not report.report:
        parts = (
            f"--b\nContent-Type: {report.kind}\n\n{report.words}\n--b\nContent-Type: {report.copy}\n\n{COPY}\n--b--\n"
        )
        return f"{head}Content-Type: multipart/mixed; boundary=b\n\n{parts}".encode()
    status = f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n\n{report.report}\n"
    parts = f"--b\nContent-Type: {report.kind}\n\n{report.words}\n{status}--b\nContent-Type: {report.copy}\n\n{COPY}\n--b--\n"
    return f"{head}Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n{parts}".encode()


def block(action: str, status: str, diagnostic: str) -> str:
    return f"Final-Recipient: rfc822; {BO}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {diagnostic}\n"


DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.test>"
EXCHANGE = "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@exempel.test>"
REPORTS = {
    "postfix": Report(
        sender=DAEMON,
        subject="Undelivered Mail Returned to Sender",
        words=f"This is the mail system at host mx.test.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\n<{BO}>: host mx.kund.test[192.0.2.1] said: 550 5.1.1 <{BO}>: Recipient address rejected: User unknown in virtual mailbox table (in reply to RCPT TO command)",
        report=block(
            "failed", "5.1.1", f"550 5.1.1 <{BO}>: Recipient address rejected: User unknown in virtual mailbox table"
        ),
        status="5.1.1",
    ),
    "postfix, later": Report(
        sender=DAEMON,
        subject="Delayed Mail (still being retried)",
        words=f"This is the mail system at host mx.test.\n\n####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####################################################################\n\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<{BO}>: connect to mx.kund.test[192.0.2.1]:25: Connection timed out",
        report=block("delayed", "4.4.1", "connect to mx.kund.test[192.0.2.1]:25: Connection timed out").replace(
            "smtp;", "X-Postfix;"
        ),
        action="delayed",
        status="4.4.1",
        reason="expired",
    ),
    "postfix, host": Report(
        sender=DAEMON,
        subject="Undelivered Mail Returned to Sender",
        words=f"<{BO}>: Host or domain name not found. Name service error for name=kund.test type=AAAA: Host not found",
        report=block(
            "failed",
            "5.4.4",
            "Host or domain name not found. Name service error for name=kund.test type=AAAA: Host not found",
        ).replace("smtp;", "X-Postfix;"),
        status="5.4.4",
        reason="host-unknown",
    ),
    "exim": Report(
        sender="Mail Delivery System <Mailer-Daemon@mx.test>",
        subject="Mail delivery failed: returning message to sender",
        fields=f"X-Failed-Recipients: {BO}\nAuto-Submitted: auto-replied\n",
        words=f"This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {BO}\n    host mx.kund.test [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<{BO}>:\n    552 5.2.2 <{BO}>: Mailbox quota exceeded\n\n------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <info@exempel.test>",
        plain=True,
        status="5.2.2",
        reason="mailbox-full",
    ),
    "exim, later": Report(
        sender="Mail Delivery System <Mailer-Daemon@mx.test>",
        subject="Warning: message 1kh5Xx-0001Ab-2C delayed 24 hours",
        fields="Auto-Submitted: auto-replied\n",
        words=f"This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.test.\n\nThe message identifier is:     1kh5Xx-0001Ab-2C\nThe subject of the message is: Faktura 17\n\nThe address to which the message has not yet been delivered is:\n\n  {BO}\n    Delay reason: Connection timed out\n\nNo action is required on your part. Delivery attempts will continue for\nsome time, and this warning may be repeated at intervals.\n",
        plain=True,
        action="delayed",
        reason="expired",
    ),
    "qmail": Report(
        sender="MAILER-DAEMON@mx.test",
        subject="failure notice",
        words=f"Hi. This is the qmail-send program at mx.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{BO}>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 User unknown\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <info@exempel.test>",
        plain=True,
        status="5.1.1",
    ),
    "qmail, no host": Report(
        sender="MAILER-DAEMON@mx.test",
        subject="failure notice",
        words=f"Hi. This is the qmail-send program at mx.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{BO}>:\nSorry, I couldn't find any host named kund.test. (#5.1.2)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <info@exempel.test>",
        plain=True,
        status="5.1.2",
        reason="host-unknown",
    ),
    "sendmail": Report(
        sender="Mail Delivery Subsystem <MAILER-DAEMON@mx.test>",
        subject="Returned mail: see transcript for details",
        words=f"The original message was received at Mon, 23 Nov 2026 10:11:12 +0100\nfrom a.exempel.test [192.0.2.9]\n\n   ----- The following addresses had permanent fatal errors -----\n<{BO}>\n    (reason: 550 5.7.1 Message rejected as spam by Content Filtering)\n\n   ----- Transcript of session follows -----\n... while talking to mx.kund.test.:\n>>> DATA\n<<< 550 5.7.1 Message rejected as spam by Content Filtering\n554 5.0.0 Service unavailable\n",
        report=block("failed", "5.7.1", "550 5.7.1 Message rejected as spam by Content Filtering"),
        status="5.7.1",
        reason="spam",
    ),
    "sendmail, later": Report(
        sender="Mail Delivery Subsystem <MAILER-DAEMON@mx.test>",
        subject="Warning: could not send message for past 4 hours",
        words=f"    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\nThe original message was received at Mon, 23 Nov 2026 10:11:12 +0100\n\n   ----- Transcript of session follows -----\n<{BO}>... Deferred: Connection refused by mx.kund.test.\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old\n",
        report=block("delayed", "4.4.1", "Connection refused"),
        action="delayed",
        status="4.4.1",
        reason="system",
    ),
    "exchange 2003": Report(
        sender="System Administrator <postmaster@exempel.test>",
        subject="Undeliverable: Faktura 17",
        words=f"Your message\n\n  To:      {BO}\n  Subject: Faktura 17\n  Sent:    Mon, 23 Nov 2026 10:11:12 +0100\n\ndid not reach the following recipient(s):\n\n{BO} on Mon, 23 Nov 2026 10:12:00 +0100\n    The e-mail account does not exist at the organization this message was\n    sent to.  Check the e-mail address, or contact the recipient directly\n    to find out the correct address.\n    <mx.kund.test #5.1.1>\n",
        status="5.1.1",
    ),
    "exchange in swedish": Report(
        sender="Systemadministratören <postmaster@exempel.test>",
        subject="Går inte att leverera: Faktura 17",
        words=f"Meddelandet\n\n      Ämne: Faktura 17\n      Skickat: 2026-11-23 10:11\n\nkunde inte nå följande mottagare:\n\n      '{BO}' den 2026-11-23 10:12\n            550 5.1.1 <{BO}>: Mottagaren finns inte\n",
        status="5.1.1",
    ),
    "microsoft 365": Report(
        sender=EXCHANGE,
        subject="Undeliverable: Faktura 17",
        kind="text/html; charset=utf-8",
        words=f"<html><body><p>Your message to <a href='mailto:{BO}'>{BO}</a> couldn't be delivered.</p><p><b>bo</b> wasn't found at <b>kund.test</b>.</p><table><tr><td>info</td><td>Office 365</td><td>bo</td></tr></table></body></html>",
        report=block(
            "failed",
            "5.1.10",
            f"550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {BO} not found by SMTP address lookup",
        ),
        status="5.1.10",
    ),
    "microsoft 365 in swedish": Report(
        sender=EXCHANGE,
        subject="Olevererbart: Faktura 17",
        kind="text/html; charset=utf-8",
        words=f"<html><body><p>Ditt meddelande till <a href='mailto:{BO}'>{BO}</a> kunde inte levereras.</p><p>bo hittades inte på kund.test.</p></body></html>",
        status="",
    ),
    "microsoft 365, too big": Report(
        sender=EXCHANGE,
        subject="Undeliverable: Faktura 17",
        words=f"Your message to {BO} couldn't be delivered.\n\nThe message is too large.",
        report=block(
            "failed", "5.3.4", "550 5.3.4 ROUTING.SizeLimit; message size exceeds fixed maximum size for route"
        ),
        status="5.3.4",
        reason="too-big",
    ),
    "microsoft 365, blocked": Report(
        sender=EXCHANGE,
        subject="Undeliverable: Faktura 17",
        words=f"Your message to {BO} has been blocked.",
        report=block(
            "failed",
            "5.7.606",
            "550 5.7.606 Access denied, banned sending IP [192.0.2.9]. To request removal from this list please visit https://sender.test/",
        ),
        status="5.7.606",
        reason="blocked",
    ),
    "notes": Report(
        sender="Postmaster@exempel.test",
        subject=f"DELIVERY FAILURE: User bo ({BO}) not listed in Domino Directory",
        words=f"Your message\n\n  Subject: Faktura 17\n\nwas not delivered to:\n\n  {BO}\n\nbecause:\n\n  User bo ({BO}) not listed in Domino Directory\n",
        status="",
    ),
    "google": Report(
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
        subject="Delivery Status Notification (Failure)",
        fields=f"X-Failed-Recipients: {BO}\nAuto-Submitted: auto-replied\n",
        words=f"\n** Address not found **\n\nYour message wasn't delivered to {BO} because the address couldn't be found, or is unable to receive mail.\n\nLearn more here: https://support.test/answer\n\nThe response was:\n\n550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos or unnecessary spaces.",
        report=block("failed", "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist."),
        status="5.1.1",
    ),
    "google, long ago": Report(
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
        subject="Delivery Status Notification (Failure)",
        words=f"Delivery to the following recipient failed permanently:\n\n     {BO}\n\nTechnical details of permanent failure: \nGoogle tried to deliver your message, but it was rejected by the server for the recipient domain kund.test by mx.kund.test. [192.0.2.1].\n\nThe error that the other server returned was:\n554 5.7.1 <info@exempel.test>: Relay access denied\n\n----- Original message -----\n",
        plain=True,
        status="5.7.1",
        reason="relaying-denied",
    ),
    "google, later": Report(
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
        subject="Delivery Status Notification (Delay)",
        words=f"\n** Delivery incomplete **\n\nThere was a temporary problem delivering your message to {BO}. Gmail will retry for 46 more hours. You'll be notified if the delivery fails permanently.\n\nThe response was:\n\nThe recipient server did not accept our requests to connect.",
        report=block("delayed", "4.4.1", "The recipient server did not accept our requests to connect."),
        action="delayed",
        status="4.4.1",
        reason="system",
    ),
    "yahoo": Report(
        sender="MAILER-DAEMON@yahoo.test",
        subject="Failure Notice",
        words=f"Sorry, we were unable to deliver your message to the following address.\n\n<{BO}>:\nRemote host said: 554 delivery error: dd This user doesn't have a kund.test account ({BO}) [0] - mta1.kund.test\n\n--- Below this line is a copy of the message.\n",
        plain=True,
        status="5.0.0",
    ),
    "amazon": Report(
        sender="MAILER-DAEMON@eu-north-1.amazonses.test",
        subject="Delivery Status Notification (Failure)",
        words=f"An error occurred while trying to deliver the mail to the following recipients:\n{BO}",
        report=block("failed", "5.1.1", "550 5.1.1 user unknown"),
        status="5.1.1",
    ),
    "groupwise": Report(
        sender="Mailer-Daemon <Mailer-Daemon@mx.test>",
        subject="Message status - undeliverable",
        words=f"The message that you sent was undeliverable to the following:\n\t{BO} (552 mailbox full)\n",
        status="5.0.0",
        reason="mailbox-full",
    ),
    "a swedish provider": Report(
        sender="Postmaster <postmaster@leverantor.test>",
        subject="E-postmeddelandet kunde inte levereras",
        words=f"Ditt meddelande kunde inte levereras till följande mottagare:\n\n  {BO}\n\nOrsak: mottagarens brevlåda är full.\n\n----- Ursprungligt meddelande -----\n",
        plain=True,
        reason="mailbox-full",
    ),
    "another swedish provider": Report(
        sender="Mail Delivery System <mailer-daemon@leverantor.test>",
        subject="Leveransfel: ditt e-brev kom inte fram",
        words=f"Hej!\n\nDitt e-brev till {BO} kom inte fram. Adressen är okänd hos mottagaren.\n\nServern svarade:\n550 5.1.1 <{BO}>: okänd användare\n",
        status="5.1.1",
    ),
    "a norwegian provider": Report(
        sender="postmaster@leverandor.test",
        subject="Meldingen kunne ikke leveres",
        words=f"Meldingen din kunne ikke leveres til {BO}.\n\n550 5.1.1 Brukeren er ukjent\n",
        status="5.1.1",
    ),
    "a finnish provider": Report(
        sender="postmaster@palvelu.test",
        subject="Viestin toimitus epäonnistui",
        words=f"Viestiä ei voitu toimittaa vastaanottajalle {BO}.\n\n550 5.1.1 Tuntematon käyttäjä\n",
        status="5.1.1",
    ),
    "a german provider": Report(
        sender="Mailer-Daemon <mailer-daemon@anbieter.test>",
        subject="Mail delivery failed: returning message to sender",
        words=f"Ihre Nachricht konnte nicht zugestellt werden an:\n\n{BO}:\nSMTP error from remote server for RCPT TO command, host: mx.kund.test (192.0.2.1) reason: 550 Requested action not taken: mailbox unavailable\n",
        status="5.0.0",
    ),
    "a success beside a failure": Report(
        sender=DAEMON,
        subject="Undelivered Mail Returned to Sender",
        words="see below",
        report=f"Final-Recipient: rfc822; anna@kund.test\nAction: delivered\nStatus: 2.0.0\n\n{block('failed', '5.7.26', '550 5.7.26 This mail has been blocked because the sender is unauthenticated: DMARC policy')}",
        status="5.7.26",
        reason="policy",
    ),
}
