"""The scripts of the chart as modules; they lie in no package."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from .tools import ROOT


def load(path: str) -> ModuleType:
    """The script at a path from the root of the repository."""
    file = ROOT / path
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


values_schema = load("helm/values_schema.py")
