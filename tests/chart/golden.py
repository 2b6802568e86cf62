"""Keeps rendered examples of the chart, for people to read and for tests to hold against.

Run `python -m tests.chart.golden` at the root of the repository to write them anew after a change of the chart that is
meant; `git diff tests/chart/golden` then shows what the change does to a release.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from .kinds import Object
from .presets import rendered

FOLDER: Final = Path(__file__).resolve().parent / "golden"
EXAMPLES: Final = ("default", "production", "evaluation")
"""The presets that are kept."""

#: Texts of this many lines and more are files of their own in the chart, or made from one.
_LONG: Final = 40
_HEADER = """\
# The preset `{preset}` as Helm renders it for a release called animatize, sorted; without versions, checksums and texts
# that are files of their own in the chart. Written by `python -m tests.chart.golden`.
"""


class _Dumper(yaml.SafeDumper):
    """YAML without references, and with longer texts as people write them."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def example(preset: str) -> str:
    """The text of an example."""
    return _HEADER.format(preset=preset) + "".join(f"---\n{_written(each)}" for each in normalised(rendered(preset)))


def normalised(objects: Iterable[Object]) -> list[Object]:
    """The objects, sorted, without what changes with every release of the chart."""
    kept = [_plain(copy.deepcopy(subject)) for subject in objects]
    return sorted(kept, key=lambda subject: (subject["kind"], subject["metadata"]["name"]))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        ignored = ("helm.sh/chart", "app.kubernetes.io/version", "checksum/config", "binaryData")
        made = {name: _plain(part) for name, part in value.items() if name not in ignored}
        if value.get("kind") == "PrometheusRule":
            made["spec"] = {"groups": [group["name"] for group in value["spec"]["groups"]]}
        return made
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, str) and value.count("\n") >= _LONG:
        return "(a file)"
    return value


def _written(subject: Object) -> str:
    return yaml.dump(subject, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)


def main() -> int:
    """Writes all examples."""
    FOLDER.mkdir(exist_ok=True)
    for preset in EXAMPLES:
        (FOLDER / f"{preset}.yaml").write_text(example(preset), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
