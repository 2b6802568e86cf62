"""What the generator uses from outside: the encoder and the reader of clips."""
