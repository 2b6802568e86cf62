"""Which connections the NetworkPolicies of a render admit, by the rules of Kubernetes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from .kinds import COMPONENT, Object, Workload, of_kind, selects, workloads
from .link_policies import ports_of

Direction = Literal["ingress", "egress"]


class Net:
    """The pods of a render and the policies that are about them."""

    def __init__(self, objects: Iterable[Object]) -> None:
        self.objects = list(objects)
        self.policies = of_kind(self.objects, "NetworkPolicy")
        self.pods: dict[str, Workload] = {
            workload.pod["metadata"]["labels"][COMPONENT]: workload for workload in workloads(self.objects)
        }

    def about(self, component: str, direction: Direction) -> list[Object]:
        """The policies that restrict a component's pods in this direction."""
        labels = self.pods[component].pod["metadata"]["labels"]
        return [
            policy
            for policy in self.policies
            if selects(policy["spec"]["podSelector"], labels) and direction.title() in policy["spec"]["policyTypes"]
        ]

    def rules(self, component: str, direction: Direction) -> Iterator[Object]:
        """The rules that admit something for a component in this direction."""
        for policy in self.about(component, direction):
            yield from policy["spec"].get(direction) or ()

    def admits(self, component: str, direction: Direction, other: str, port: int, *, named: bool = False) -> bool:
        """Whether the component's policies admit a connection with another one of this release on a port.

        `named`: count only rules that name pods of the release, not those that admit whole namespaces.
        """
        labels = self.pods[other].pod["metadata"]["labels"]
        home = self.pods[other].object["metadata"]["namespace"]
        return not self.about(component, direction) or any(
            _takes_port(rule, port) and _takes_pod(rule, direction, labels, home, named=named)
            for rule in self.rules(component, direction)
        )

    def edges(self) -> frozenset[tuple[str, str, int]]:
        """(caller, called, port) of every connection between pods of the release that both ends admit."""
        return frozenset(
            (caller, called, port)
            for caller, called, port in self._pairs()
            if self.admits(caller, "egress", called, port) and self.admits(called, "ingress", caller, port)
        )

    def one_sided(self) -> Iterator[str]:
        """Connections that one end admits by name and the other does not, so that they never come about."""
        for caller, called, port in self._pairs():
            out = self.admits(caller, "egress", called, port, named=True)
            into = self.admits(called, "ingress", caller, port, named=True)
            if out and not self.admits(called, "ingress", caller, port):
                yield f"{caller} may call {called} on {port}, which does not let it in"
            if into and not self.admits(caller, "egress", called, port):
                yield f"{called} lets {caller} in on {port}, which may not call it"

    def _pairs(self) -> Iterator[tuple[str, str, int]]:
        for caller in self.pods:
            for called, workload in self.pods.items():
                if caller != called:
                    yield from ((caller, called, port) for port in ports_of(workload.pod).values())

    def outside(self, component: str, direction: Direction) -> Iterator[tuple[list[Object], list[Object]]]:
        """(peers, ports) of every rule that names others than pods of the release; no peers means everyone."""
        side = "from" if direction == "ingress" else "to"
        for rule in self.rules(component, direction):
            peers = [peer for peer in rule.get(side, ()) if not self._is_own(peer)]
            if peers or not rule.get(side):
                yield peers, rule.get("ports", [])

    def _is_own(self, peer: Object) -> bool:
        return peer.keys() == {"podSelector"} and any(
            selects(peer["podSelector"], workload.pod["metadata"]["labels"]) for workload in self.pods.values()
        )


def _takes_port(rule: Object, port: int) -> bool:
    return not rule.get("ports") or any(
        entry["port"] == port and entry.get("protocol", "TCP") == "TCP" for entry in rule["ports"]
    )


def _takes_pod(rule: Object, direction: Direction, labels: dict[str, str], home: str, *, named: bool) -> bool:
    peers: Sequence[dict[str, Any]] | None = rule.get("from" if direction == "ingress" else "to")
    if not peers:
        return not named
    namespace = {"kubernetes.io/metadata.name": home}
    for peer in peers:
        if "ipBlock" in peer or (named and "namespaceSelector" in peer):
            continue
        if selects(peer.get("namespaceSelector", {}), namespace) and selects(peer.get("podSelector", {}), labels):
            return True
    return False
