"""The analyzer at the wire."""
