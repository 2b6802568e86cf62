"""The `animatize` command: starts the mesh on this machine, calls it, and says in plain words what happened."""
