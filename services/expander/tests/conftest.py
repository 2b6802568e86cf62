import pytest

from expander.rpc.brief import brief

from . import shots


@pytest.fixture
def briefed():
    """The brief of a request, built from the same arguments."""

    def build(*args, **fields):
        return brief(shots.expand(*args, **fields))

    return build
