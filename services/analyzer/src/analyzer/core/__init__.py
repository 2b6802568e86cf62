"""What is in the still: the measurements, free of wire and files."""
