"""Why nothing was made.

GeneratorError
├── WrongOrder              a field of the request cannot be met as it stands
│   ├── UnsupportedSize     a size or length beyond the limits
│   └── TooMuchMemory       work that this service has no memory for
├── NotBuilt                something promised that is not there yet
├── ModelUnavailable        a model that cannot be used here
├── ClipError               a file that cannot be measured
├── ClipTooLarge            a clip that cannot be handed over in the way asked for
└── EncodingFailed          the encoder refused
"""


class GeneratorError(Exception):
    """The family's root; the text is one plain sentence for the caller."""


class WrongOrder(GeneratorError):
    """A field of the request that cannot be met: which one, what was found, and what is accepted."""

    def __init__(self, *, field: str, found: str, accepted: str) -> None:
        super().__init__(f"{field}: found {found}; accepted is {accepted}")
        self.field = field
        self.found = found
        self.accepted = accepted


class UnsupportedSize(WrongOrder):
    """A size or length beyond the limits."""


class TooMuchMemory(WrongOrder):
    """Work that would take more memory than this service has for all of its calls; `needed`, `most` in bytes."""

    def __init__(self, *, field: str, needed: int, most: int) -> None:
        super().__init__(
            field=field,
            found=f"work for about {_mib(needed):,} MiB of memory",
            accepted=f"at most {_mib(most):,} MiB in this service: fewer pixels in a frame, or a shorter clip where "
            "its file is large; or a service with more memory and a larger max_work_mib",
        )
        self.needed = needed
        self.most = most


class NotBuilt(GeneratorError):
    """Something that the contract promises and this version does not do; the text says what to use instead."""


class ModelUnavailable(GeneratorError):
    """A model that cannot be used here; `model` is its name, "provider/model"."""

    def __init__(self, model: str) -> None:
        super().__init__(
            f'no provider is configured for the model "{model}"; the model "local/renderer" needs no provider and no '
            "key: leave spending.models empty or name it"
        )
        self.model = model


class ClipError(GeneratorError):
    """A file that cannot be measured: what was found and what is accepted; the field is always `content`."""

    def __init__(self, *, found: str, accepted: str) -> None:
        super().__init__(f"content: found {found}; accepted is {accepted}")
        self.field = "content"
        self.found = found
        self.accepted = accepted


class ClipTooLarge(GeneratorError):
    """A clip with more bytes than its delivery allows; `limit` in bytes."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(
            f"the clip has more than {limit:,} bytes, the most that this delivery allows; ask for a shorter or a "
            "smaller clip, or for delivery in chunks"
        )
        self.limit = limit


class EncodingFailed(GeneratorError):
    """The encoder refused frames that it should take; a fault of ours."""


def _mib(size: int) -> int:
    return -(-size // (1 << 20))
