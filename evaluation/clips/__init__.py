"""What is wrong with a clip that was made of a still: named defects with figures, for clips of any maker."""
