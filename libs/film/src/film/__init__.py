"""The domain's common language: movements and their mirror map, the camera's axes, places in a still, still decoding.

Only `film.stills` needs OpenCV, NumPy and Pillow (the extra `stills`); everything else is the standard library.
"""
