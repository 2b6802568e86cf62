"""Names for stills by what they are: one for the file's bytes, one for the decoded pixels."""

import hashlib

from film.stills.decode import Still


def byte_digest(content: bytes) -> str:
    """SHA-256 of a file's bytes, 64 hex digits. Two files of one picture differ; it needs no decoding."""
    return hashlib.sha256(content).hexdigest()


def pixel_digest(still: Still) -> str:
    """SHA-256 over the shape and the pixels of a decoded still, 64 hex digits.

    The same picture in another lossless file has the same digest; the same file decoded at another size has not.
    """
    digest = hashlib.sha256(repr(still.pixels.shape).encode())
    digest.update(still.pixels.data)
    return digest.hexdigest()
