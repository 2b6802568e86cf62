"""Tells how a still could plausibly move, and how sure that is."""
