"""What is read of integrations: sessions, how they stand, and what was said on them."""
