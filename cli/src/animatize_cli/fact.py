"""One line of what the command says about a result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """A label and a plain sentence.

    main: it is what the stage is about. doubt: something that a person should know before trusting the result.
    """

    label: str
    text: str
    main: bool = False
    doubt: bool = False
