"""A process that meets every kind of still, one after the other, stays small."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Encode = Callable[..., bytes]

# The kernel's high-water mark, which no sampling can miss; getrusage would count the parent before the fork too.
CHILD = r"""
import re, sys
from pathlib import Path
import psutil
from film.stills import Limits, StillError, decode, read_header
base = psutil.Process().memory_info().rss
outcomes = []
for name in sys.argv[1:]:
    content = Path(name).read_bytes()
    try:
        decode(content, fit_px=512)
        outcomes.append("decoded")
    except StillError as error:
        outcomes.append(type(error).__name__)
peak = int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
estimate = read_header(content, limits=Limits(max_decode_bytes=10**10)).decode_bytes if outcomes == ["decoded"] else 0
print(base, peak, estimate, len(content), *outcomes)
"""


def measure(*files: Path) -> tuple[int, int, int, int, list[str]]:
    """Bytes before, bytes at most, bytes estimated for a single file, its length, and what became of each."""
    command = [sys.executable, "-c", CHILD, *map(str, files)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    base, peak, estimate, length = map(int, answer[:4])
    return base, peak, estimate, length, answer[4:]


@pytest.fixture(scope="module")
def blocks() -> NDArray[np.uint8]:
    """A large picture of soft colours, (4000, 6000, 3) uint8, 24 MP."""
    seed = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(seed, (6000, 4000), interpolation=cv2.INTER_LINEAR), np.uint8)


@pytest.fixture(scope="module")
def files(blocks: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Stills near the limits, by name."""
    folder = tmp_path_factory.mktemp("stills")
    coarse = blocks // 64 * 64
    plain, avif = [cv2.IMWRITE_PNG_COMPRESSION, 1], [cv2.IMWRITE_AVIF_SPEED, 10]
    wide = (coarse[:3000, :5000].astype(np.uint16)) * 257
    opaque = np.full((*wide.shape[:2], 1), 40_000, np.uint16)
    made = {
        "baseline.jpg": (np.tile(blocks, (1, 2, 1)), []),
        "progressive.jpg": (blocks, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
        "colour.png": (coarse[:, :5500], plain),
        "wide.png": (np.dstack([wide, opaque]), plain),
        "still.webp": (blocks, [cv2.IMWRITE_WEBP_QUALITY, 50]),
        "still.avif": (blocks[:3000, :4500], avif),
        "deep.avif": (blocks[:2800, :4000].astype(np.uint16) * 4, [*avif, cv2.IMWRITE_AVIF_DEPTH, 10]),
    }
    for name, (pixels, options) in made.items():
        assert cv2.imwrite(str(folder / name), pixels, options)
    Image.fromarray(blocks[:, :, 0]).save(folder / "still.gif")
    Image.fromarray(blocks).convert("CMYK").save(folder / "cmyk.jpg")
    return {path.name: path for path in sorted(folder.iterdir())}


pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the high-water mark is Linux's")

NAMES = [
    "baseline.jpg",
    "progressive.jpg",
    "colour.png",
    "wide.png",
    "still.webp",
    "still.avif",
    "deep.avif",
    "still.gif",
    "cmyk.jpg",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_header_tells_how_much_memory_decoding_takes(name: str, files: dict[str, Path]) -> None:
    base, peak, estimate, length, outcomes = measure(files[name])

    assert outcomes == ["decoded"]
    assert peak - base - length <= estimate * 1.1 + 8_000_000


def test_a_process_that_meets_them_all_stays_under_300_mb(
    files: dict[str, Path], picture: Image.Image, encode: Encode, tmp_path: Path
) -> None:
    rest = {
        "nothing": b"",
        "text": b"not an image at all",
        "cut": encode(picture, "JPEG")[:900],
        "large": b"\xff\xd8\xff" + bytes(40_000_000),
        "bomb": b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xc3\x50\0\0\xc3\x50\x08\2\0\0\0",
        "grey": encode(picture.convert("L"), "JPEG"),
        "turned": encode(picture, "JPEG", orientation=6),
    }
    for name, content in rest.items():
        (tmp_path / name).write_bytes(content)

    _, peak, _, _, outcomes = measure(*files.values(), *(tmp_path / name for name in rest))

    refused = ["NotAnImage", "NotAnImage", "Truncated", "TooManyBytes", "TooManyPixels"]
    assert outcomes == ["decoded"] * len(files) + refused + ["decoded"] * 2
    assert peak < 300_000_000
