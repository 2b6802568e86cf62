"""Fixtures of the analyzer's tests."""

import pytest

from .stills import Quiet


@pytest.fixture
def quiet() -> Quiet:
    return Quiet()
