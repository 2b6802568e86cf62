"""Makes the package under test reachable beside its tests."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder

# pytest names the modules of this folder after their path, "gateway.tests.…", and so occupies the name of the package
# under test with a namespace that holds the tests only. The package's own folder is put before them.
_package = PathFinder.find_spec("gateway")
assert _package is not None
assert _package.submodule_search_locations is not None
_occupied = sys.modules["gateway"]
_occupied.__path__ = list(dict.fromkeys([*_package.submodule_search_locations, *_occupied.__path__]))
