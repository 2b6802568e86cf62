"""The analyzer: what is in the still."""
