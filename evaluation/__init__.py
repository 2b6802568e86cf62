"""What the product's verdicts are worth, measured on built scenes and photographs. A development tool."""
