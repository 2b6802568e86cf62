"""What the gateway decides: the order of the stages, their time, what follows from an abstention, what it all costs."""
