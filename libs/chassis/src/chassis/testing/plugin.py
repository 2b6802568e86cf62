"""The pytest plugin (loaded by the workspace settings)."""
