"""What lies outside. The composer needs nothing from there."""
