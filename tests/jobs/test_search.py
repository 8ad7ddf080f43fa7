"""What people type finds what they mean, alike on both engines."""

import base64
import io
from datetime import timedelta

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from sqlalchemy import text

from inflow import papers
from inflow.casework.query import parse
from inflow.desk import files, undo
from inflow.desk.world import World
from inflow.store import audit, board, found, indexing, search
from inflow.store.board import Reader
from inflow.store.cases import Filters
from inflow.store.cases import find as list_cases
from inflow.store.found import Found
from tests.jobs.conftest import Clock, Receive, mail

MAILS = (
    mail("Fakturor för oktober", "Här är underlaget.", sender="Anna Ek <anna@nordkedjan.test>"),
    mail("Hej", "Jag har inte fått fakturan för bilarna.", sender="Bo Ås <bo@kund.test>"),
    mail("Broken invoices", "The invoices were wrong, and a payment was refunded.", sender="Cy <cy@abroad.test>"),
    mail("Fråga", "Kan ni höra av er om möbler? Det gäller en köksö.", sender="Dag <dag@kund.test>"),
    mail("Hora", "Ingenting om mobler har.", sender="Eli <eli@kund.test>"),
)


def numbers(world: World, words: str) -> list[int]:
    with world.database.reading() as connection:
        shown = [one.case.number for one in found.find(connection, parse(words)).found]
        assert sorted(shown) == sorted(case.number for case in list_cases(connection, Filters(search=words, limit=0)))
        return shown


def first(world: World, words: str) -> Found:
    with world.database.reading() as connection:
        return found.find(connection, parse(words)).found[0]


SOUGHT: tuple[tuple[str, list[int]], ...] = (
    ("faktura", [1, 2]),
    ("fakturorna", [1, 2]),
    ("invoice", [3]),
    ("refunding", [3]),
    ("faktura bil", [2]),
    ("höra", [4]),
    ("hora", [5]),
    ("MÖBLER", [4]),
    ("mo\u0308bler", [4]),
    ("köksö", [4]),
    ("unde", [1]),
    ("from:anna", [1]),
    ("from:kund.test", [2, 4, 5]),
    ("från:bo faktura", [2]),
    ("subject:faktura", []),
    ("subject:faktur", [1]),
    ('"för oktober"', [1]),
    ('"oktober för"', []),
    ('"faktur"', []),
    ("faktura -oktober", [2]),
    ("bo@kund.test", [2]),
    ("party:@kund.test", [2, 4, 5]),
    ("party:bo@kund.test", [2]),
    ("role:ekonomi faktura", [1, 2]),
    ("status:closed faktura", []),
    ("after:2026-11-22", [1, 2, 3, 4, 5]),
    ("before:2026-11-22", []),
    ("faktura before:2026-11-22", []),
    ("has:attachment", []),
    ("finns inte", []),
    ("", []),
    ("' OR 1=1 --", []),
    ("\"*) AND ( NEAR/3 : ' \\ & | !", []),
)


def test_words_find_cases(world: World, receive: Receive) -> None:
    receive(world, *MAILS)
    assert {words: sorted(numbers(world, words)) for words, _ in SOUGHT} == dict(SOUGHT)


def test_a_subject_weighs_more_than_a_word_in_passing(world: World, receive: Receive) -> None:
    receive(
        world,
        mail("Batteri laddar inte", "Det gick sönder."),
        mail("Hej", "En fråga om annat, och batteri." + " x" * 300),
    )
    assert numbers(world, "batteri") == [1, 2]


def test_what_is_found_shows_why(world: World, receive: Receive) -> None:
    receive(world, *MAILS)
    one = first(world, "faktura bil")
    assert ("fakturan", True) in one.excerpt
    assert ("bilarna", True) in one.excerpt
    assert first(world, "faktura underlag").subject[0] == ("Fakturor", True)


def test_who_may_not_read_a_case_finds_neither_it_nor_a_piece_of_it(world: World, receive: Receive) -> None:
    receive(world, *MAILS)
    with world.database.reading() as connection:
        for words in ("faktura", "role:ekonomi", "from:anna", "oktober"):
            reader = Reader(address="x@exempel.test", hidden=("ekonomi",))
            some = found.find(connection, parse(words), board.visible(reader)).found
            assert 1 not in [one.case.number for one in some]
            assert "oktober" not in str(some)


def test_more_than_a_page_is_found_page_by_page(world: World, receive: Receive) -> None:
    receive(world, *MAILS)
    with world.database.reading() as connection:
        for words in ("from:kund", "party:@kund.test"):
            first_page = found.find(connection, parse(words), limit=2)
            assert first_page.more == 2
            last = found.find(connection, parse(words), leave_out=2, limit=2)
            assert last.more is None
            assert sorted(one.case.number for one in (*first_page.found, *last.found)) == [2, 4, 5]


def with_files(*named: tuple[str, str, bytes]) -> bytes:
    parts = "".join(
        f'--b\r\nContent-Type: {kind}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{base64.encodebytes(content).decode()}\r\n"
        for name, kind, content in named
    )
    return (
        "From: Eva <eva@kund.test>\r\nTo: info@exempel.test\r\nSubject: Bilagor\r\nMessage-ID: <files@kund.test>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        f"Se bilagor.\r\n{parts}--b--\r\n"
    ).encode()


def pdf(words: str) -> bytes:
    """A PDF with one line in it."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    fonts = DictionaryObject(
        {NameObject("/F1"): DictionaryObject({NameObject(k): NameObject(v) for k, v in font.items()})}
    )
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 10 100 Td ({words}) Tj ET".encode("latin-1"))
    page[NameObject("/Contents")] = stream
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


FILES = with_files(
    ("avtal.pdf", "application/octet-stream", pdf("Leasingavtal nummer 4711")),
    ("rader.csv", "text/csv", "artikel;antal\ncykelställ;12\n".encode()),
    ("bild.png", "image/png", b"\x89PNG zebra"),
    ("sur.pdf", "application/pdf", b"%PDF-1.7 broken"),
)


def test_what_stands_in_text_files_and_pdf_is_found_after_filing(world: World, receive: Receive) -> None:
    receive(world, FILES, *MAILS)
    assert numbers(world, "leasingavtalet") == []
    assert numbers(world, "avtal.pdf has:attachment") == [1]
    assert files.step(world) == 1
    assert files.step(world) == 0
    assert numbers(world, "leasingavtal 4711") == [1]
    one = first(world, "cykelställen")
    assert (one.file, ("cykelställ", True) in one.excerpt) == ("rader.csv", True)
    assert numbers(world, "zebra") == []


def test_files_that_were_read_are_forgotten_with_their_mail(world: World, receive: Receive) -> None:
    receive(world, FILES)
    files.step(world)
    with world.database.writing() as connection:
        undo.erase(connection, world, "eva@kund.test", by="ombudet")
        assert list(audit.broken(connection)) == []
    assert numbers(world, "leasingavtal") == []
    assert numbers(world, "bilagor") == []


def test_a_file_that_takes_too_long_costs_its_mail_the_files_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    bomb = pdf("x" * 10).replace(b"/Helvetica", b"/Helvetica" + b" " * 10)
    assert papers.read(with_files(("a.pdf", "application/pdf", bomb)), [0, 7], seconds=15)[1] == ""
    assert papers.read(FILES, [0, 1], seconds=0) == ["", ""]


def test_a_mail_of_more_words_than_an_index_holds_is_filed_and_found(world: World, receive: Receive) -> None:
    words = " ".join(chr(0x20000 + n // 300) + chr(0x20000 + n % 300) for n in range(90_000))
    receive(world, mail(words[:120_000], words[120_000:]), with_files(("ord.txt", "text/plain", words.encode())))
    assert files.step(world) == 1
    assert sorted(numbers(world, words[:2])) == [1, 2]
    assert numbers(world, words[120_000:120_002]) == [1]


def test_however_many_of_the_newest_are_read_first_the_same_is_found(
    world: World, receive: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = (mail(f"Nummer {n}", "En lampa" if n % 3 else "En trumpet", sender=f"p{n}@kund.test") for n in range(30))
    receive(world, *MAILS, *said, mail("Sist", "En faktura till.", sender="sist@kund.test"))
    for newest in (10, 30, 2000):
        monkeypatch.setattr(search, "_AMONG", newest)
        with world.database.reading() as connection:
            often = search.best(connection, parse("trumpet"), among=7)
            rare = search.best(connection, parse("faktura"), among=7)
        assert sorted(hit.case for hit in often) == [15, 18, 21, 24, 27, 30, 33]
        assert sorted(hit.case for hit in rare) == [1, 2, 36]


def test_an_index_that_was_made_anew_is_filled_with_what_there_is(world: World, receive: Receive, clock: Clock) -> None:
    receive(world, *MAILS, FILES)
    clock.move(timedelta(minutes=1))
    files.step(world)
    with world.database.writing() as connection:
        emptied = "INSERT INTO search(search) VALUES ('delete-all')"
        connection.execute(text(emptied if world.database.is_sqlite else "DELETE FROM search"))
        assert search.cases(connection, "faktura") == []
        told: list[int] = []
        indexing.fill(connection, told.append)
        assert told == [len(MAILS) + 1]
    assert numbers(world, "faktura") == [2, 1] or numbers(world, "faktura") == [1, 2]
    assert numbers(world, "avtal.pdf") == numbers(world, "leasingavtal") == numbers(world, '"nummer 4711"') == [6]
    assert numbers(world, '"4711 nummer"') == []
