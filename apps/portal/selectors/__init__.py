"""What a client sees of their own household."""
