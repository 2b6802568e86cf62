"""The trained eye of the analyzer: its labels, the fit of its heads on a published network, and the file it becomes."""
