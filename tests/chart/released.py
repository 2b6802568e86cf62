"""The last released chart as later ones have to bear it: its values, and the fields that no upgrade can change.

Run `python -m tests.chart.released` at the root of the repository when a chart is released; in between only to take up
new objects.
"""

from __future__ import annotations

import functools
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from .kinds import Object, title
from .presets import rendered
from .renders import CHART, PRESETS

FOLDER: Final = Path(__file__).resolve().parent / "released"
VALUES: Final = FOLDER / "values.yaml"
FIELDS: Final = FOLDER / "immutable.yaml"

#: Presets that call objects otherwise, or put them elsewhere: no upgrade leads there.
OTHERWISE = frozenset({"namespace-override"})
#: A claim may grow and nothing else: its size is a value of the user.
_SIZE = ("resources", "storageClassName")


def immutable(objects: Iterable[Object]) -> dict[str, Any]:
    """`Kind/name` -> the fields that the API server refuses to change once the object is there."""
    found = {}
    for subject in objects:
        spec = subject.get("spec", {})
        match subject["kind"]:
            case "Deployment":
                found[title(subject)] = {"selector": spec["selector"]}
            case "Service":
                # From an address to none and back is refused; which address it is, the cluster says.
                found[title(subject)] = {"clusterIP": spec.get("clusterIP", "(given)"), "selector": spec["selector"]}
            case "PersistentVolumeClaim":
                found[title(subject)] = {name: value for name, value in spec.items() if name not in _SIZE}
    return found


@functools.cache
def of_presets() -> dict[str, dict[str, Any]]:
    """The immutable fields of every object of every preset between which a release may be upgraded, by preset."""
    return {preset: immutable(rendered(preset)) for preset in PRESETS if preset not in OTHERWISE}


def main() -> int:
    """Takes the chart as it is for the released one."""
    FOLDER.mkdir(exist_ok=True)
    together = {name: fields for each in of_presets().values() for name, fields in each.items()}
    text = yaml.safe_dump(together, sort_keys=True)
    FIELDS.write_text(f"# Written by `python -m tests.chart.released`.\n{text}", encoding="utf-8")
    shutil.copyfile(CHART / "values.yaml", VALUES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
