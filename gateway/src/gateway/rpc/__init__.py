"""What callers speak to: the gateway's own service, and the services behind it under their own names."""
