"""The service from its front door to a clean end."""

import pytest

from chassis.testing.doors import free_port, run_until_listening
from predictor import __main__ as door


def test_the_service_starts_serves_and_ends_cleanly_on_sigterm(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("ANIMATIZE_PREDICTOR_PORT", str(port))
    monkeypatch.setenv("ANIMATIZE_PREDICTOR_DRAIN_PAUSE_S", "0")

    assert run_until_listening(door.main, port) == 0


def test_a_setting_that_is_misspelt_ends_it_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANIMATIZE_PREDICTOR_PROT", "1")

    assert door.main() == 2
    assert "ANIMATIZE_PREDICTOR_PORT" in capsys.readouterr().err
