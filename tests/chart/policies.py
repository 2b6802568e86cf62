"""All policies: what must hold of every render, whatever the values, and of every set of plain manifests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from . import link_policies, network_policies, object_policies, pod_policies, setting_policies
from .kinds import Object

Policy = Callable[[Sequence[Object]], Iterable[str]]

POLICIES: dict[str, Policy] = {
    policy.__name__: policy
    for module in (pod_policies, object_policies, link_policies, setting_policies, network_policies)
    for policy in module.POLICIES
}
"""Name -> function that takes the objects of a release and yields a sentence for each breach."""
