"""Which format a file is, by its first bytes and never by its name."""

from typing import Final

from film.stills.errors import NotAnImage, UnsupportedStill
from film.stills.facts import Format

_REFUSED: Final = (
    (b"BM", "a BMP"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"II+\0", "a TIFF"),
    (b"MM\0+", "a TIFF"),
    (b"8BPS", "a Photoshop"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000"),
    (b"\x76\x2f\x31\x01", "an OpenEXR"),
    (b"\0\0\x01\0", "an ICO"),
    (b"%PDF", "a PDF"),
    (b"<svg", "an SVG"),
    (b"<?xml", "an XML"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM"),
)
"""Files that people do send, so that the answer can name them."""

_BRANDS: Final = {
    b"heic": "a HEIC",
    b"heix": "a HEIC",
    b"heim": "a HEIC",
    b"hevc": "a HEIC",
    b"mif1": "a HEIF",
    b"msf1": "a HEIF",
}


def sniff(content: bytes) -> Format:
    """The format of a file. Raises UnsupportedStill for a known kind that is not accepted, else NotAnImage."""
    if not content:
        raise NotAnImage(found="0 bytes")
    if content.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if content.startswith((b"GIF87a", b"GIF89a")):
        return Format.GIF
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return Format.WEBP
    if content[4:8] == b"ftyp":
        return _iso_media(content)
    for magic, kind in _REFUSED:
        if content.startswith(magic):
            raise UnsupportedStill(found=f"{kind} file")
    raise NotAnImage(found=f"{len(content):,} bytes that begin like no image")


def _iso_media(content: bytes) -> Format:
    """AVIF by its main or a compatible brand; the other users of the container are named."""
    end = int.from_bytes(content[:4])
    # Main brand, version, then the compatible brands, four bytes each.
    brands = [content[at : at + 4] for at in (8, *range(16, min(end, 256), 4))]
    if b"avif" in brands or b"avis" in brands:
        return Format.AVIF
    raise UnsupportedStill(found=f"{_BRANDS.get(brands[0], 'an MP4 or QuickTime')} file")
