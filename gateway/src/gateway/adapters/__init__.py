"""What the gateway speaks to: one client for each service behind it, and stills that lie elsewhere."""
