"""What decides: the composer, the dialects, the linter. Knows nothing of the wire or of any provider."""
