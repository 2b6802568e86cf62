"""The way to another service: found by name, spread over its replicas, left when it is ill, retried where that is safe.

The numbers are those of the gRPC guides on retry, keepalive and health checking, held against grpcio 1.85.1. Three
things are set apart from the usual recipes: no `timeout` in the service config (broken in grpcio: grpc/grpc#34547,
grpc/grpc#40633; each call gets its own instead), no `max_pings_without_data` of 0 (kills long silent calls), and names
looked up again after one second instead of thirty (a roll-out loses calls otherwise).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

import grpc

from chassis.deadline import DEFAULT_TIMEOUT_S
from chassis.errors import MessageTooLarge
from chassis.outgoing import Outgoing
from chassis.settings import TlsFiles
from chassis.telemetry import Telemetry
from chassis.tls import PemFiles, Pems

__all__ = ["Balancing", "MessageTooLarge", "Peer", "open_channel", "service_config"]

#: A ping that is not answered within five seconds means a peer that hangs; the default would be sixty.
_OPTIONS: Final = (
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.ping_timeout_ms", 5_000),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    ("grpc.dns_min_time_between_resolutions_ms", 1_000),
    ("grpc.max_metadata_size", 16 << 10),
    # The mesh is reached directly; a proxy meant for the outside must not see calls to loopback or to a pod.
    ("grpc.enable_http_proxy", 0),
    # A connection that another channel found refused, to an address that has since been given away, is not ours.
    ("grpc.use_local_subchannel_pool", 1),
)

#: Targets that say themselves how they are looked up; any other is a name and a port.
_SCHEMES: Final = ("dns:", "ipv4:", "ipv6:", "unix:", "xds:")


#: How calls are spread over the addresses that a name has.
Balancing = Literal["round_robin", "pick_first"]


@dataclass(frozen=True)
class Peer:
    """Another service and how it is called.

    target: `host:port`, or a URI such as `dns:///name:port` or `ipv4:host:port,host:port`.
    service: full name, for its health.
    retried: names of methods that may be repeated without harm; only those are, and only when the other end was not
    there or told when to come back. tls: files of this end, None for plain text.
    default_timeout_s: for calls that neither say how long nor serve a call with a deadline.
    balancing: `round_robin` spreads calls over all addresses; `pick_first` keeps to one, for a name behind which
    something else spreads them, such as a service mesh with sidecars.
    health_check: whether replicas that say NOT_SERVING are left out; never with `pick_first`, which asks nobody.
    keepalive_s: seconds of silence after which a connection with running calls is asked whether it lives; a peer that
    hangs is left that and five seconds later. Our own servers bear three, others close a connection that asks often.
    """

    target: str
    service: str
    retried: frozenset[str] = frozenset()
    tls: TlsFiles | None = None
    max_message_bytes: int = 24 << 20
    default_timeout_s: float = DEFAULT_TIMEOUT_S
    balancing: Balancing = "round_robin"
    health_check: bool = True
    keepalive_s: float = 30


def open_channel(peer: Peer, *, telemetry: Telemetry) -> Outgoing:
    """A channel for generated stubs, to be made in the running event loop and ended with `await channel.close()`.

    With TLS it is rebuilt when its files change; running calls finish on the old connection. Raises SettingsError when
    the TLS files cannot be used.
    """
    target = peer.target if peer.target.startswith(_SCHEMES) else f"dns:///{peer.target}"
    options: list[tuple[str, Any]] = [
        *_OPTIONS,
        ("grpc.keepalive_time_ms", round(peer.keepalive_s * 1000)),
        ("grpc.service_config", json.dumps(service_config(peer))),
        # Without it retries are silently off for requests over 256 KiB: for every one with an image.
        ("grpc.per_rpc_retry_buffer_size", peer.max_message_bytes),
        ("grpc.max_send_message_length", peer.max_message_bytes),
        ("grpc.max_receive_message_length", peer.max_message_bytes),
    ]
    files = None if peer.tls is None else PemFiles(peer.tls)

    def build(pems: Pems | None) -> grpc.aio.Channel:
        interceptors = telemetry.client_interceptors(target=peer.target)
        if pems is None:
            return grpc.aio.insecure_channel(target, options=options, interceptors=interceptors)
        return grpc.aio.secure_channel(target, pems.channel_credentials(), options=options, interceptors=interceptors)

    def renew() -> grpc.aio.Channel | None:
        found = None if files is None else files.changed()
        return None if found is None else build(found)

    return Outgoing(
        lambda: build(None if files is None else files.current),
        renew=renew,
        max_message_bytes=peer.max_message_bytes,
        default_timeout_s=peer.default_timeout_s,
    )


def service_config(peer: Peer) -> dict[str, Any]:
    """The service config of gRPC for a peer, before it becomes JSON. Methods not named safe are never repeated."""
    config: dict[str, Any] = {
        "loadBalancingConfig": [{peer.balancing: {}}],
        "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1},
    }
    if peer.health_check and peer.balancing != "pick_first":
        config["healthCheckConfig"] = {"serviceName": peer.service}
    if peer.retried:
        config["methodConfig"] = [
            {
                "name": [{"service": peer.service, "method": method} for method in sorted(peer.retried)],
                "retryPolicy": {
                    "maxAttempts": 4,
                    "initialBackoff": "0.1s",
                    "maxBackoff": "1s",
                    "backoffMultiplier": 2,
                    # Every RESOURCE_EXHAUSTED of ours that waiting does not cure says so by its pushback trailer.
                    "retryableStatusCodes": ["UNAVAILABLE", "RESOURCE_EXHAUSTED"],
                },
            }
        ]
    return config
