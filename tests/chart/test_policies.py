"""Every preset keeps every policy, and every policy notices a breach."""

from __future__ import annotations

import pytest

from .policies import POLICIES
from .presets import rendered
from .renders import PRESETS


@pytest.mark.parametrize("policy", POLICIES)
def test_every_preset_keeps_every_policy(policy: str) -> None:
    breaches = {preset: list(POLICIES[policy](rendered(preset))) for preset in PRESETS}

    assert {preset: sentences for preset, sentences in breaches.items() if sentences} == {}
