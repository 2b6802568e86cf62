"""What lies outside: rule files."""
