"""What the generator does, knowing neither gRPC nor any codec."""
