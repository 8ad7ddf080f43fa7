"""What kind of party writes is learned of the words of senders whose kind the config knows, for senders nobody has seen."""

import random
from collections.abc import Callable

from inflow.desk import learning
from inflow.desk.world import World
from inflow.store import cases
from inflow.store.cases import Filters
from inflow.store.rows import Case
from tests.jobs.conftest import Receive, mail

DOMAINS = 30
SUPPLIERS, AUTHORITIES = ([f"{name}{n}.test" for n in range(DOMAINS)] for name in ("leverans", "myndighet"))
LISTED = f"\n[parties.domains]\nsupplier = {SUPPLIERS}\nauthority = {AUTHORITIES}\n".replace("'", '"')
SELLS = (
    "leverans order kedjor följesedel prislista bromsar leverantör däck fabriken försenad ekrar bekräftar växlar pedaler "
    "sortiment kampanjpris restorder sadlar lager spårningsnummer katalog lampor slangar återförsäljare retur framgaffel "
    "kreditnota godkänd rabatt"
)
RULES = (
    "föreläggs yttrande ärendet handlingar förvaltningslagen diarienummer beslut överklagar bilagan tillsyn lagen uppgifter "
    "kungörelse samråd planärendet synpunkter nämnden tillståndet verksamhet ansökan förlängning inspektion protokollet "
    "brister åtgärdas redovisas avgiften prövningen taxan myndigheten"
)


def written(number: int, words: str, domain: str) -> bytes:
    some = random.Random(f"{words[:9]} {number}").sample(words.split(), 14)
    return mail(some[0], f"Hej, det gäller {' '.join(some[1:])}.", sender=f"avsandare{number}@{domain}")


def newest(world: World) -> Case:
    with world.database.reading() as connection:
        return cases.find(connection, Filters(limit=1))[0]


def test_a_sender_nobody_has_seen_is_told_by_words(make_world: Callable[..., World], receive: Receive) -> None:
    world = make_world(more=LISTED)
    for words, domains in ((SELLS, SUPPLIERS), (RULES, AUTHORITIES)):
        receive(world, *[written(n, words, domains[n % DOMAINS]) for n in range(90)])
    learning.train_anew(world)
    receive(world, written(99, RULES, "okand.test"))
    case = newest(world)
    assert case.party.kind == "authority"
    assert any(reason.startswith("its words are those of one who is authority (learned: ") for reason in case.reasons)


def test_with_few_known_nobody_is_told_by_words(make_world: Callable[..., World], receive: Receive) -> None:
    world = make_world(more=LISTED)
    receive(world, written(1, SELLS, SUPPLIERS[0]), written(2, RULES, AUTHORITIES[0]))
    learning.train_anew(world)
    receive(world, written(7, RULES, "okand.test"))
    assert newest(world).party.kind == "public"


def test_the_config_knows_better_than_words(make_world: Callable[..., World], receive: Receive) -> None:
    world = make_world(more=LISTED)
    receive(world, written(1, RULES, SUPPLIERS[0]))
    assert newest(world).party.kind == "supplier"
