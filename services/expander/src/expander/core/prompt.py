"""A prompt in one dialect, and what the linter says about it."""

from dataclasses import dataclass, field
from enum import StrEnum

from expander.core.dialects import Name


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """The provider will refuse or ignore it."""
    WARNING = "warning"
    """The result will likely be worse."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a dialect wants otherwise. start and end: characters in the text, end exclusive."""

    rule: str
    message: str
    severity: Severity
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a prompt as whole phrases; "" for none."""

    camera: str = ""
    subject: str = ""
    environment: str = ""
    style: str = ""
    timing: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text to send, what to avoid ("" where the dialect has no place for it), its parts and findings."""

    dialect: Name
    text: str
    negative: str = ""
    parts: Parts = field(default_factory=Parts)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Expansion:
    """Prompts in the order asked for. provider and model: "" for the composer. cost_micro_usd: 0 for free work."""

    prompts: tuple[Prompt, ...]
    written_by: str
    template_version: str
    fallback_because: str = ""
    provider: str = ""
    model: str = ""
    cost_micro_usd: int = 0
