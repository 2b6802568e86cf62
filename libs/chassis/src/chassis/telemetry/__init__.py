"""Traces, metrics and logs of a service, and the watch that core code reports through."""

from chassis.telemetry.outcome import record_exception
from chassis.telemetry.telemetry import Telemetry
from chassis.telemetry.watch import Watch

__all__ = ["Telemetry", "Watch", "record_exception"]
