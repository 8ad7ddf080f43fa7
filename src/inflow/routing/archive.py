"""A model as bytes, to be kept in the database: versioned, with a checksum, and the same bytes for the same model."""

import hashlib
import json
import zlib
from itertools import pairwise

import numpy as np

from inflow.routing.calibration import Threshold
from inflow.routing.model import Model
from inflow.routing.vocabulary import Block, Vocabulary

_VERSION = b"inflow-model-6\n"
_DIGEST = 32


class CorruptModelError(ValueError):
    """The bytes are not a model of this version: train anew from the cases."""


def dumps(model: Model) -> bytes:
    """The model as bytes."""
    threshold = model.threshold
    head = {
        "roles": model.roles,
        "examples": model.examples,
        "taught": model.taught,
        "corrections": model.corrections,
        "temperature": model.temperature,
        "slope": model.slope,
        "familiar": model.familiar,
        "threshold": [threshold.confidence, threshold.routed, threshold.wrong],
        "rarest": model.vocabulary.rarest,
        "sizes": [len(block.known) for block in model.vocabulary.blocks],
        "kinds": model.kinds is not None,
    }
    arrays = [
        array for block in model.vocabulary.blocks for array in (block.known.astype("<u4"), block.rarity.astype("<f4"))
    ]
    parts = [json.dumps(head).encode() + b"\n", *(array.tobytes() for array in (*arrays, model.weights.astype("<f4")))]
    parts += [dumps(model.kinds)] if model.kinds else []
    body = zlib.compress(b"".join(parts), level=1)
    return _VERSION + hashlib.sha256(body).digest() + body


def loads(stored: bytes) -> Model:
    """The model that `dumps` wrote. Raises CorruptModelError for anything else."""
    start = len(_VERSION) + _DIGEST
    body = stored[start:]
    if not stored.startswith(_VERSION) or hashlib.sha256(body).digest() != stored[len(_VERSION) : start]:
        raise CorruptModelError("the stored model is damaged or of another version")
    line, _, arrays = zlib.decompress(body).partition(b"\n")
    head = json.loads(line)
    sizes = [size for size in head["sizes"] for _ in range(2)]
    edges = [0, *np.cumsum([4 * size for size in sizes]).tolist()]
    pieces = [arrays[low:high] for low, high in pairwise(edges)]
    blocks = zip(pieces[::2], pieces[1::2], strict=True)
    confidence, routed, wrong = head["threshold"]
    end = edges[-1] + 4 * (sum(head["sizes"]) + 1) * len(head["roles"])
    return Model(
        roles=tuple(head["roles"]),
        vocabulary=Vocabulary(
            tuple(Block(np.frombuffer(known, "<u4"), np.frombuffer(rarity, "<f4")) for known, rarity in blocks),
            rarest=head["rarest"],
        ),
        weights=np.frombuffer(arrays[edges[-1] : end], "<f4").reshape(-1, len(head["roles"])),
        examples=head["examples"],
        taught=head["taught"],
        corrections=head["corrections"],
        temperature=head["temperature"],
        slope=head["slope"],
        familiar=head["familiar"],
        threshold=Threshold(confidence=confidence, routed=routed, wrong=wrong),
        kinds=loads(arrays[end:]) if head["kinds"] else None,
    )
