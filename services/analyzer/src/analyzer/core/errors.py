"""Why an analysis is not made, beside a still that cannot be used (`film.stills.StillError`).

AnalysisError
├── Cancelled        nobody wants the result any more
├── NotFetched       the still is given by a place or a name, and only its bytes are accepted here
└── DigestMismatch   the still's bytes are not those that the caller announced
"""


class AnalysisError(Exception):
    """An analysis that was not made."""


class Cancelled(AnalysisError):
    """Nobody wants the result any more: the call was cancelled or its deadline passed."""

    def __init__(self) -> None:
        super().__init__("the analysis was cancelled")


class NotFetched(AnalysisError):
    """The still is given by an address or a handle; `field` is the request field that holds it."""

    def __init__(self, *, field: str) -> None:
        super().__init__(f"{field}: the analyzer takes the bytes of a still; send them in image.content")
        self.field = field


class DigestMismatch(AnalysisError):
    """The still's bytes have another SHA-256 than the caller announced; both as 64 hex digits."""

    def __init__(self, *, announced: str, found: str) -> None:
        super().__init__(f"image.sha256: announced {announced}, the bytes have {found}")
        self.announced = announced
        self.found = found
        self.field = "image.sha256"
