"""The generator at the wire."""
