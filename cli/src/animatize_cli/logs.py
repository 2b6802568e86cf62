"""What a service wrote, for a person: its JSON lines as plain ones, the last and the worrying first of all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

#: Severities that are worth showing when something went wrong.
_WORRYING: Final = frozenset({"WARNING", "ERROR", "CRITICAL"})

#: Bytes from the end of a log that are read; enough for many lines and their stack traces.
_TAIL_BYTES: Final = 64 << 10


def last_lines(log: Path, *, count: int, worrying: bool = False) -> list[str]:
    """The last lines of a log, oldest first; empty when there is no log.

    worrying: leaves out what a healthy service says. Lines that are no JSON, such as a crash, are always kept.
    """
    try:
        with log.open("rb") as file:
            file.seek(0, 2)
            begin = max(0, file.tell() - _TAIL_BYTES)
            file.seek(begin)
            text = file.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return []
    lines = [plain for line in text.splitlines()[1 if begin else 0 :] for plain in _plain(line, worrying=worrying)]
    return lines[-count:]


def _plain(line: str, *, worrying: bool) -> list[str]:
    record = _record(line)
    if record is None:
        return [line] if line.strip() else []
    severity = str(record.get("severity", ""))
    if worrying and severity not in _WORRYING:
        return []
    said = [f"{severity.lower()}: {record.get('body', '')}" if severity in _WORRYING else str(record.get("body", ""))]
    stack = str(record.get("exception.stacktrace", "")).strip()
    # The last line of a stack trace says what happened.
    return [*said, f"  {stack.splitlines()[-1]}"] if stack else said


def _record(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
