import pytest

from .scene import Clips


@pytest.fixture(scope="session")
def clips() -> Clips:
    """Clips of the test scenes, each made once."""
    return Clips()
