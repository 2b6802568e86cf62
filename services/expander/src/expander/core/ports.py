"""What the expander needs from outside, in its own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from expander.core.prompt import Prompt


@dataclass(frozen=True, slots=True)
class Written:
    """Texts in the order of the drafts, and what they cost in micro-USD."""

    texts: tuple[str, ...]
    cost_micro_usd: int


class LanguageModel(Protocol):
    """A model that writes prompts better than a template does. provider and model: their names."""

    @property
    def provider(self) -> str:
        """The provider's name."""
        ...

    @property
    def model(self) -> str:
        """The model's name."""
        ...

    def ceiling_micro_usd(self, drafts: Sequence[Prompt]) -> int:
        """The most that rewriting these drafts can cost, known before the call."""
        ...

    async def rewrite(self, drafts: Sequence[Prompt]) -> Written:
        """The drafts in better words; what they say must stay. Raises LanguageModelError."""
        ...
