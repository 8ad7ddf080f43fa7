"""The classifier in use: the stored model, with every correction since, so that the very next mail knows of it."""

from dataclasses import replace

import structlog
from sqlalchemy import Connection

from inflow.desk.world import World
from inflow.mail.message import Address
from inflow.routing.archive import CorruptModelError, dumps, loads
from inflow.routing.features import Sample
from inflow.routing.model import Model, correct
from inflow.routing.monitor import tightened
from inflow.routing.parties import anonymous, party_kind
from inflow.routing.training import Example, describe, train
from inflow.store import learning as store

TRAIN_ANEW_AFTER = 20
"""A twentieth of the examples is new: with few examples each correction is worth a training."""
AT_ONCE = 200
RECENT = 200
log = structlog.get_logger()


class Learner:
    """One process's copy of the model. Not for two threads at once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._version = 0
        self._through = 0
        self._model: Model | None = None

    def model(self, connection: Connection) -> Model | None:
        """The model as of now; None when the classifier is off or nothing has been trained yet."""
        if not self._world.settings.classifier.enabled:
            return None
        if (version := store.latest_version(connection)) != self._version:
            self._load(connection, version)
        if self._model is not None and store.latest_correction(connection) > self._through:
            self._catch_up(connection)
        return self._model

    def _load(self, connection: Connection, version: int) -> None:
        stored = store.load(connection)
        self._version, self._model = version, None
        if stored is not None:
            try:
                self._model, self._through = loads(stored.content), stored.through
            except CorruptModelError as error:
                log.warning("model not usable: it is built anew from the cases", error=str(error))

    def _catch_up(self, connection: Connection) -> None:
        for id_, example in store.corrected_since(connection, self._through, limit=AT_ONCE):
            if self._model is not None and example.role in self._model.roles:
                self._model = correct(self._model, example.sample, example.role, weight=example.weight)
            self._through = id_
        if self._model is not None:
            self._model = self._watched(connection, self._model)

    def _watched(self, connection: Connection, model: Model) -> Model:
        """The model with a higher threshold when recent corrections say that it promises too much."""
        world = self._world
        recent = store.settled(connection, now=world.now(), limit=RECENT)
        promised = world.settings.classifier.max_misrouted
        threshold = tightened(model.threshold, recent, max_misrouted=promised)
        if threshold != model.threshold:
            log.warning("classifier tightened", routes_from=threshold.confidence, was=model.threshold.confidence)
        return replace(model, threshold=threshold)


def is_due(world: World) -> bool:
    """Whether to train anew: there is no usable model, its roles are others than the config's, or enough was corrected."""
    if not world.settings.classifier.enabled:
        return False
    with world.database.reading() as connection:
        stored = store.load(connection)
        if stored is None:
            return True
        newest = store.latest_correction(connection)
    try:
        roles = set(loads(stored.content).roles)
    except CorruptModelError:
        return True
    wanted = {role.name for role in world.policy.choices}
    return roles != wanted or newest - stored.through >= max(1, stored.examples // TRAIN_ANEW_AFTER)


def train_anew(world: World) -> Model:
    """Learn from everything there is, and keep the model for all processes. Returns it."""
    with world.database.reading() as connection:
        through = store.latest_correction(connection)
        examples = store.examples(connection, now=world.now())
        known = _known_kinds(connection, world)
    described = {role.name: describe(role) for role in world.policy.choices}
    promised = world.settings.classifier.max_misrouted
    model = replace(train(examples, described, max_misrouted=promised), kinds=_kinds(known, max_misrouted=promised))
    with world.database.writing() as connection:
        version = store.save(connection, dumps(model), through=through, examples=len(examples), now=world.now())
    log.info("model trained", version=version, examples=len(examples))
    return model


def _known_kinds(connection: Connection, world: World) -> list[Example]:
    """Messages of senders whose kind the config knows by their domain; nothing is read where it knows none. A domain's mails
    are held out together, so that what is measured is how senders fare that nobody has seen."""
    listed = world.settings.parties.domains
    samples = store.openings(connection) if listed else []
    senders = [(one, Address(name="", address=one.sender)) for one in samples]
    kinds = [(one, sender, party_kind(sender, internal_domains=(), listed=listed)) for one, sender in senders]
    return [Example(sample=anonymous(one), role=kind, group=sender.domain) for one, sender, kind in kinds if kind]


def _kinds(known: list[Example], *, max_misrouted: float) -> Model | None:
    """What tells kinds of party apart; None where there are not two."""
    found = {one.role for one in known}
    described = {kind: Sample(text=kind) for kind in found}
    return train(known, described, max_misrouted=max_misrouted) if len(found) > 1 else None
