"""Says a predicted movement in the words that a video or image model understands."""
