"""Seeds for what looks random, derived from the request so that the same request gives the same bytes."""

import hashlib
from dataclasses import replace
from typing import Final

from generator.core.order import Order, Preset

_SEED_BYTES: Final = 8


def seed_of(order: Order) -> int:
    """The order's own seed, or one from a hash over the still, the movement and the frames: 1..2**64-1.

    What changes the file alone leaves the seed as it is, so that a GIF shows what the MP4 of the same order does.
    """
    output = replace(order.output, format=None, preset=Preset.FAST, faststart=False, poster=False)
    return order.seed or max(1, int.from_bytes(_digest(replace(order, output=output))[:_SEED_BYTES], "big"))


def attempt_id(order: Order) -> str:
    """A name for the attempt: the same for the same order."""
    return f"local-{_digest(order).hex()[:16]}"


def _digest(order: Order) -> bytes:
    digest = hashlib.sha256(order.still)
    # Frozen values of strings, numbers and enums: their repr is the same in every process.
    for part in (order.plan, order.scene, order.output, order.seed):
        digest.update(b"\0" + repr(part).encode())
    return digest.digest()
