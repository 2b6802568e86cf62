"""Who writes: the language model where one is there, wanted and affordable, else the composer."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from expander.core.brief import Brief
from expander.core.composer import TEMPLATE_VERSION, compose
from expander.core.dialects import Name
from expander.core.errors import LanguageModelError, NoLanguageModel, TooDear
from expander.core.linter import lint
from expander.core.ports import LanguageModel
from expander.core.prompt import Expansion, Prompt

AUTO: Final = "auto"
COMPOSER: Final = "composer"
LANGUAGE_MODEL: Final = "language_model"


class Expander:
    """Writes prompts. language_model: None when none is configured; the composer needs none."""

    def __init__(self, language_model: LanguageModel | None = None) -> None:
        self._model = language_model

    async def expand(
        self, brief: Brief, dialects: Sequence[Name], *, writer: str, max_cost_micro_usd: int | None
    ) -> Expansion:
        """One prompt for each dialect, in that order.

        writer: AUTO falls back to the composer, with the reason; LANGUAGE_MODEL does not. max_cost_micro_usd: None for
        no limit, 0 for free work only.

        Raises NoLanguageModel or TooDear when the language model is asked for and cannot be used, and
        LanguageModelError when it fails.
        """
        drafts = tuple(compose(brief, name) for name in dialects)
        composed = Expansion(drafts, COMPOSER, TEMPLATE_VERSION)
        if writer == LANGUAGE_MODEL and self._model is None:
            raise NoLanguageModel
        if writer == COMPOSER or self._model is None:
            return composed
        try:
            return await self._rewritten(self._model, drafts, max_cost_micro_usd)
        except (TooDear, LanguageModelError) as error:
            if writer == LANGUAGE_MODEL:
                raise
            return replace(composed, fallback_because=str(error))

    def key(self, brief: Brief, dialects: Sequence[Name], *, writer: str, max_cost_micro_usd: int | None) -> str:
        """Names the answer: equal for equal content, and for nothing else. 64 hexadecimal digits."""
        model = (self._model.provider, self._model.model) if self._model is not None else ()
        # The values are frozen dataclasses of plain fields in a fixed order, so their text is canonical.
        content = repr((TEMPLATE_VERSION, model, brief, tuple(map(str, dialects)), writer, max_cost_micro_usd))
        return hashlib.sha256(content.encode()).hexdigest()

    async def _rewritten(
        self, model: LanguageModel, drafts: tuple[Prompt, ...], allowed_micro_usd: int | None
    ) -> Expansion:
        ceiling = model.ceiling_micro_usd(drafts)
        if allowed_micro_usd is not None and ceiling > allowed_micro_usd:
            raise TooDear(ceiling_micro_usd=ceiling, allowed_micro_usd=allowed_micro_usd)
        written = await model.rewrite(drafts)
        if len(written.texts) != len(drafts):
            raise LanguageModelError(f"the language model wrote {len(written.texts)} of {len(drafts)} prompts")
        prompts = tuple(
            replace(draft, text=text, findings=tuple(lint(text, draft.dialect)))
            for draft, text in zip(drafts, written.texts, strict=True)
        )
        return Expansion(
            prompts,
            LANGUAGE_MODEL,
            TEMPLATE_VERSION,
            provider=model.provider,
            model=model.model,
            cost_micro_usd=written.cost_micro_usd,
        )
