"""The gateway: the one call, and every call that a caller of the mesh needs, at one address."""
