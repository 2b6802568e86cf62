"""What every service stands on, whatever it is about: server, channel, errors, deadlines, settings, telemetry."""
