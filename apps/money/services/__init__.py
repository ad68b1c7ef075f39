"""What may be done with a household's money, and what it adds up to."""
