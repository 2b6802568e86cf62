"""What a tier asks of Redis, counted: an open circuit is known by what is not sent, however slow the machine is."""

from __future__ import annotations

from dataclasses import replace

from chassis.redis_tier import RedisTier


def counted(tier: RedisTier) -> list[None]:
    """Grows by one with each command that is sent from now on, and by none with those that are spared."""
    sent: list[None] = []
    before = tier._client.prepared

    async def prepared() -> None:
        sent.append(None)
        await before()

    tier._client = replace(tier._client, prepared=prepared)
    return sent
