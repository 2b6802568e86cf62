"""Where a JPEG's picture ends, wherever in a large file that is."""

import cv2
import numpy as np
import pytest

from film.stills import jpeg

MIB = 1 << 20


def head() -> bytes:
    """A baseline JPEG up to the beginning of its compressed data."""
    content = cv2.imencode(".jpg", np.zeros((16, 16, 3), np.uint8))[1].tobytes()
    scan = content.index(b"\xff\xda")
    return content[: scan + 2 + int.from_bytes(content[scan + 2 : scan + 4])]


@pytest.mark.parametrize("length", [0, 1, 2, 7, MIB - 2, MIB - 1, MIB, MIB + 1, 2 * MIB - 1, 2 * MIB])
def test_the_first_end_marker_is_found_at_every_offset(length: int) -> None:
    data = np.random.default_rng(length).integers(0, 0xFF, length, np.uint8).tobytes()

    facts = jpeg.read(head() + data + b"\xff\xd9" + b"what a camera appends \xff\xd9")

    assert facts.complete
    assert facts.data_end == len(head()) + length


@pytest.mark.parametrize("tail", [b"", b"\xff", b"\xd9", b"\xff\x00\xd9"])
def test_half_an_end_marker_is_none(tail: bytes) -> None:
    assert not jpeg.read(head() + bytes(MIB) + tail).complete
