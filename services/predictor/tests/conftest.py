from contextlib import contextmanager

import pytest

from predictor.adapters import rule_files
from predictor.core.intent import Intent
from predictor.core.predictor import Predictor
from predictor.rpc import analysis, prediction


class Unwatched:
    """A watch that lets everything pass."""

    @contextmanager
    def stage(self, name):
        yield


@pytest.fixture(scope="session")
def book():
    return rule_files.load(rule_files.SHIPPED)


@pytest.fixture(scope="session")
def predict(book):
    """From an analysis on the wire to a prediction on the wire, without the wire."""
    predictor = Predictor(book)

    def run(scene, intent=None, max_candidates=5):
        found = predictor.predict(
            analysis.facts(scene), intent or Intent(), max_candidates=max_candidates, watch=Unwatched()
        )
        return prediction.prediction(found)

    return run
