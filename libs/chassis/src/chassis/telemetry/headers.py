"""What goes with every export to a collector, such as the key that it asks for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from chassis.settings_reading import SettingsError

#: What HTTP/2 takes as a header's name, and gRPC as a value; a name that ends in -bin would hold bytes, not text.
_NAME: Final = re.compile(r"[a-z0-9_.-]+(?<!-bin)")
_VALUE: Final = re.compile(r"[\x20-\x7e]+")


def read(path: Path) -> dict[str, str]:
    """The headers of a file with lines `name=value`; empty lines and those that begin with # say nothing.

    Names are written in lower case whatever the file does. Raises SettingsError that tells which line is wrong, and
    never what is in it.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise SettingsError("otlp_headers_file cannot be read as UTF-8 text") from None
    headers: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, _, value = (part.strip() for part in line.partition("="))
        if not _NAME.fullmatch(name.lower()) or not _VALUE.fullmatch(value):
            raise SettingsError(f"line {number} of otlp_headers_file is not of the form name=value, in plain ASCII")
        headers[name.lower()] = value
    return headers
