"""XMP packets for picture files: the same words that a video's own fields hold."""

import uuid
from typing import Final
from xml.sax.saxutils import escape

from generator.core.provenance import SOFTWARE, Provenance

_UUID: Final = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac")
"""Of XMP in ISO base media files: XMP specification part 3, section 1.3.9."""


def packet(provenance: Provenance) -> bytes:
    """An XMP packet, ISO 16684-1: title and description of Dublin Core, and the tool that made the file."""
    title, comment = escape(provenance.title), escape(provenance.comment)
    tool = escape(f"{SOFTWARE} {provenance.version}")
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{comment}</rdf:li></rdf:Alt></dc:description>'
        f"<xmp:CreatorTool>{tool}</xmp:CreatorTool></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def uuid_box(provenance: Provenance) -> bytes:
    """The packet as a box of an ISO base media file, which readers that do not know it pass over."""
    content = _UUID.bytes + packet(provenance)
    return (len(content) + 8).to_bytes(4, "big") + b"uuid" + content
