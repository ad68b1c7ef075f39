"""What may be done with accounts, and what their books say."""
