"""What core code reports through."""

from __future__ import annotations

from chassis.telemetry.telemetry import Telemetry


class Watch:
    """Stub of the watch."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
