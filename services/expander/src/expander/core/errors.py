"""What can be wrong with a wish for words.

Exception
├── ExpanderError
│   ├── NothingToSay          the prediction abstains: it holds no shot
│   ├── NoLanguageModel       a language model is asked for and none is configured
│   └── TooDear               the language model may cost more than is allowed
└── LanguageModelError        the language model did not write; only the composer's fallback sees it
"""


class ExpanderError(Exception):
    """A call that cannot be answered; the family's root."""


class NothingToSay(ExpanderError):
    """The prediction holds no shot. because: the reason of its abstention, or ""."""

    def __init__(self, because: str) -> None:
        reason = f": {because}" if because else ""
        super().__init__(f"prediction.best is absent, so there is no movement to say{reason}")
        self.because = because


class NoLanguageModel(ExpanderError):
    """A language model is asked for and none is configured."""

    def __init__(self) -> None:
        super().__init__(
            "no language model is configured; WRITER_COMPOSER and WRITER_AUTO write without one and need no key"
        )


class TooDear(ExpanderError):
    """The language model may cost more than is allowed. Both amounts in micro-USD."""

    def __init__(self, *, ceiling_micro_usd: int, allowed_micro_usd: int) -> None:
        super().__init__(
            f"the language model may cost {ceiling_micro_usd} micro-USD, allowed are {allowed_micro_usd}; "
            "WRITER_COMPOSER is free"
        )
        self.ceiling_micro_usd = ceiling_micro_usd
        self.allowed_micro_usd = allowed_micro_usd


class LanguageModelError(Exception):
    """The language model did not write. The text says why, in a plain sentence without secrets."""
