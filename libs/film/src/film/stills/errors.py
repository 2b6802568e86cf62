"""Why a still is refused.

StillError
├── NotAnImage          the bytes are no picture of any kind we know
├── UnsupportedStill    a picture, of a kind that is not accepted
├── TooLarge
│   ├── TooManyBytes    the file is longer than the limit
│   └── TooManyPixels   the picture is larger than the limit, or would need too much memory to decode
└── Damaged             the file breaks the rules of its own format
    └── Truncated       the file ends before the picture does
"""

from typing import Final

FIELD: Final = "image.content"
"""Name of the request field that carries a still's bytes."""

ACCEPTED_FORMATS: Final = "a JPEG, PNG, WebP, AVIF or GIF file"


class StillError(Exception):
    """A still that cannot be used: which field, what was found there, and what is accepted.

    `found` and `accepted` are phrases that fit into "found …; accepted is …" and hold nothing of the file's content
    but its kind and its sizes.
    """

    def __init__(self, *, found: str, accepted: str, field: str = FIELD) -> None:
        super().__init__(f"{field}: found {found}; accepted is {accepted}")
        self.field = field
        self.found = found
        self.accepted = accepted


class NotAnImage(StillError):
    """The bytes are no picture of any kind we know, or there are none."""

    def __init__(self, *, found: str) -> None:
        super().__init__(found=found, accepted=ACCEPTED_FORMATS)


class UnsupportedStill(StillError):
    """A picture of a kind that is not accepted, named."""

    def __init__(self, *, found: str, accepted: str = ACCEPTED_FORMATS) -> None:
        super().__init__(found=found, accepted=accepted)


class TooLarge(StillError):
    """More than a limit allows."""


class TooManyBytes(TooLarge):
    """The file is longer than the limit; `size` and `limit` in bytes."""

    def __init__(self, *, size: int, limit: int) -> None:
        super().__init__(found=f"{size:,} bytes", accepted=f"at most {limit:,} bytes")
        self.size = size
        self.limit = limit


class TooManyPixels(TooLarge):
    """The picture is larger than the limit; known from the header, nothing was decoded.

    `width_px` and `height_px` as stored in the file.
    """

    def __init__(self, *, width_px: int, height_px: int, kind: str, accepted: str) -> None:
        super().__init__(found=f"{kind} of {width_px:,} x {height_px:,} pixels", accepted=accepted)
        self.width_px = width_px
        self.height_px = height_px


class Damaged(StillError):
    """The file breaks the rules of its own format."""

    def __init__(self, *, kind: str, what: str) -> None:
        super().__init__(found=f"{kind} that is damaged: {what}", accepted=f"{kind} that is whole")


class Truncated(Damaged):
    """The file ends before the picture does; `size` is the number of bytes that came."""

    def __init__(self, *, kind: str, size: int) -> None:
        StillError.__init__(
            self, found=f"{kind} that ends too early, after {size:,} bytes", accepted=f"{kind} that is whole"
        )
        self.size = size
