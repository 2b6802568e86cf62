"""What the analyzer uses from outside."""
