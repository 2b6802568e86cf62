"""The local renderer: one still and one camera movement in, frames out. NumPy and OpenCV only; no provider, no GPU."""
