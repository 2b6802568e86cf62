"""Pytest fixtures that every house uses."""
