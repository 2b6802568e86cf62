"""Filled with the service."""
