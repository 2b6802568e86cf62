"""How large a still may be. Every limit is applied to the header, before anything is decoded."""

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The largest still that is accepted; each field positive, else ValueError."""

    max_bytes: int = 20 * _MIB
    """Length of the file in bytes. Below the message limit of the wire, so that a refusal can be answered."""
    max_pixels: int = 50_000_000
    """Width times height. Above every photograph a phone's main camera makes by default (48 MP)."""
    max_side_px: int = 16_384
    """Longer side in pixels. What WebP can hold, and what AV1 decoders promise."""
    max_decode_bytes: int = 160 * _MIB
    """Memory that decoding one still may take, as estimated from its header: a progressive JPEG, an AVIF or a 16-bit
    PNG needs several times what a plain one of the same size does. 160 MiB beside the libraries' own 60 MiB keeps a
    process that decodes one still at a time under 300 MB."""

    def __post_init__(self) -> None:
        for name in ("max_bytes", "max_pixels", "max_side_px", "max_decode_bytes"):
            if getattr(self, name) <= 0:
                message = f"{name} is positive, found {getattr(self, name)}"
                raise ValueError(message)
