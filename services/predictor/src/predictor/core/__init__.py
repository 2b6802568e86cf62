"""What decides: rules, evidence, confidence. Knows nothing of the wire, of files or of the environment."""
