"""The front door and what the service can be told."""

import signal
import subprocess
import sys

import pytest

from chassis.settings import SettingsError, describe, load
from generator.settings import PREFIX, Settings


def test_settings_come_from_the_environment():
    settings = load(Settings, prefix=PREFIX, environ={"ANIMATIZE_GENERATOR_MAX_CLIP_BYTES": str(1 << 21)})

    assert settings.max_clip_bytes == 1 << 21
    assert settings.port == 50054


def test_a_misspelt_setting_is_refused():
    with pytest.raises(SettingsError, match="MAX_CLIP_BYTES"):
        load(Settings, prefix=PREFIX, environ={"ANIMATIZE_GENERATOR_MAX_CLIP_BITES": "1"})


def test_every_setting_is_described():
    table = describe(Settings, prefix=PREFIX)

    assert all(f"{PREFIX}{name.upper()}" in table for name in Settings.model_fields)


def test_the_process_starts_says_so_and_ends_on_a_signal(monkeypatch):
    monkeypatch.setenv(f"{PREFIX}PORT", "0")
    monkeypatch.setenv(f"{PREFIX}DRAIN_PAUSE_S", "0")
    with subprocess.Popen(
        [sys.executable, "-m", "generator"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        line = next(line for line in process.stdout if "server.started" in line)
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()

    assert "127.0.0.1:" in line
    assert process.returncode == 0, rest


def test_wrong_settings_end_the_process_with_one_line_and_code_2(monkeypatch):
    monkeypatch.setenv(f"{PREFIX}PORTT", "1")

    ended = subprocess.run([sys.executable, "-m", "generator"], capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert "PORT" in ended.stderr
    assert "Traceback" not in ended.stderr
