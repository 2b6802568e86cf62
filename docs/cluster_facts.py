"""Writes into the docs what follows from the chart: the graph of who may speak with whom, and the list of images.

Run as `python docs/cluster_facts.py [--check]`; needs helm. With --check nothing is written and the exit code is 1 when
a page is stale.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parent.parent
CHART: Final = ROOT / "helm" / "animatize"
RELEASE: Final = "animatize"

#: Everything that the chart itself can run, switched on.
WHOLE: Final = ("redis.mode=embedded", "jaeger.enabled=true", "collector.enabled=true")

#: The version whose kinds are asked for; nothing in the two pages depends on it.
KUBERNETES: Final = "1.34.0"

COMPONENT: Final = "app.kubernetes.io/component"


def rendered() -> list[dict[str, Any]]:
    """All objects of the chart with everything on. Exits with a sentence when helm is not here."""
    tool = shutil.which("helm", path=str(ROOT / ".tools")) or shutil.which("helm")
    if tool is None:
        sys.exit("helm is not here: run `make tools`")
    command = [tool, "template", RELEASE, str(CHART), "--namespace", RELEASE, "--kube-version", KUBERNETES]
    for value in WHOLE:
        command += ["--set", value]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [found for found in yaml.safe_load_all(out) if found]


def images(objects: list[dict[str, Any]]) -> str:
    """A Markdown list of the images, each once, in the order of their names."""
    found = {
        container["image"]
        for one in objects
        if one["kind"] == "Deployment"
        for container in one["spec"]["template"]["spec"]["containers"]
    }
    own = sorted(image for image in found if image.startswith("animatize-"))
    others = sorted(found - set(own))
    asked = {"valkey": "redis.mode embedded", "jaegertracing": "jaeger.enabled", "otel": "collector.enabled"}
    lines = [f"- `{image}`" for image in own]
    lines += [f"- `{image}`, only with `{asked[image.split('/')[0]]}`" for image in others]
    return "\n".join(lines)


def graph(objects: list[dict[str, Any]]) -> str:
    """A Mermaid graph of the network policies: an edge where some policy lets it in."""
    lines = ["```mermaid", "graph LR"]
    lines += [f"  {edge}" for edge in sorted(set(_edges(objects)))]
    return "\n".join([*lines, "```"])


def _edges(objects: list[dict[str, Any]]) -> Iterator[str]:
    for policy in objects:
        if policy["kind"] != "NetworkPolicy" or "helm.sh/hook" in policy["metadata"].get("annotations", {}):
            continue
        own = policy["spec"]["podSelector"]["matchLabels"].get(COMPONENT)
        for rule in policy["spec"].get("ingress") or []:
            for peer in rule["from"]:
                yield f"{_name(peer)} -->|{_ports(rule)}| {own}"
        for rule in policy["spec"].get("egress") or []:
            # Edges within the release are told by the end that lets them in.
            for peer in rule["to"]:
                if "namespaceSelector" in peer or "ipBlock" in peer:
                    yield f"{own} -->|{_ports(rule)}| {_name(peer)}"


def _ports(rule: dict[str, Any]) -> str:
    return ", ".join(sorted({str(port["port"]) for port in rule["ports"]}))


def _name(peer: dict[str, Any]) -> str:
    pods = peer.get("podSelector", {}).get("matchLabels", {})
    if COMPONENT in pods:
        return str(pods[COMPONENT])
    if "namespaceSelector" in peer:
        namespace = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
        return "dns[cluster DNS]" if pods.get("k8s-app") == "kube-dns" else f"{namespace}[namespace {namespace}]"
    return "client[pods with the client label]"


def page(name: str, section: str, content: str) -> tuple[Path, str]:
    """A page of the docs with the text between its two markers replaced."""
    path = ROOT / "docs" / name
    text = path.read_text(encoding="utf-8")
    before, opening, rest = text.partition(f"<!-- {section}: written by docs/cluster_facts.py -->\n")
    _, closing, after = rest.partition(f"<!-- /{section} -->")
    if not opening or not closing:
        sys.exit(f"{path.relative_to(ROOT)} lacks the markers of its section {section}")
    return path, f"{before}{opening}\n{content}\n\n{closing}{after}"


def main(arguments: list[str]) -> int:
    """Writes both pages, or with --check says which are stale."""
    objects = rendered()
    pages = dict([page("security.md", "graph", graph(objects)), page("air-gapped.md", "images", images(objects))])
    stale = [path for path, text in pages.items() if path.read_text(encoding="utf-8") != text]
    if "--check" not in arguments:
        for path in stale:
            path.write_text(pages[path], encoding="utf-8")
        return 0
    for path in stale:
        print(f"{path.relative_to(ROOT)} is stale: run `make chart`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
