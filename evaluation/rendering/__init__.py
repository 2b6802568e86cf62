"""How good the local renderer's clips are, against exact truth and its own promises."""
