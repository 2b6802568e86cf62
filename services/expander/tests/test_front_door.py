"""The service from its front door to a clean end."""

import pytest

from chassis.testing.doors import run_until_serving
from expander import __main__ as door


def test_the_service_starts_serves_and_ends_cleanly_on_sigterm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANIMATIZE_EXPANDER_PORT", "0")
    monkeypatch.setenv("ANIMATIZE_EXPANDER_DRAIN_PAUSE_S", "0")

    assert run_until_serving(door.main) == 0


def test_a_setting_that_is_misspelt_ends_it_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANIMATIZE_EXPANDER_PROT", "1")

    assert door.main() == 2
    assert "ANIMATIZE_EXPANDER_PORT" in capsys.readouterr().err
