"""The generator: one still and one camera movement in, one clip out whose motion was measured."""
